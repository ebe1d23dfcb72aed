package schedule

import (
	"context"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// Save enters the plan of a work: all its milestones, in their order. version is the one the page showed, 0 for a work without a schedule.
// Refuses: wrong fields, schedule.missing (also outside the scope), changed_meanwhile, a row taken out that history names. After the first
// baseline the weights entered must make 100 %; they count from the next baseline on.
func (s Schedules) Save(ctx context.Context, who actor.Actor, code string, version int, rows []Row) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	return s.DB.Run(ctx, func(ctx context.Context) error {
		st := store{s.DB.Write(ctx)}
		plan, err := st.one(ctx, scope, code)
		if err != nil {
			return err
		}
		if err := st.open(ctx, plan.Project, who.ID); err != nil {
			return err
		}
		if plan, err = st.one(ctx, scope, code); err != nil {
			return err
		}
		if plan.Version != version {
			return changed(plan)
		}
		if err := plan.check(rows); err != nil {
			return err
		}
		if err := st.replace(ctx, plan, rows); err != nil {
			return refuse(err)
		}
		if err := st.edited(ctx, plan.Project, who.ID); err != nil {
			return err
		}
		return s.write(ctx, who, "schedule.save", code, "", plan.Milestones, rows)
	})
}

// Record adds what was done of milestones, of one work or of many, all or none. A day in the past is taken: the history is told by its days.
// Refuses: wrong fields (with the work's code before them when there are several works), a share that falls without a note, schedule.missing,
// changed_meanwhile.
func (s Schedules) Record(ctx context.Context, who actor.Actor, works []WorkEntries, today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	return s.DB.Run(ctx, func(ctx context.Context) error {
		st := store{s.DB.Write(ctx)}
		codes := sortedCodes(works)
		if err := st.lock(ctx, codes); err != nil {
			return err
		}
		plans, err := st.plans(ctx, scope, codes)
		if err != nil {
			return err
		}
		touched, added, err := judge(works, plans, today)
		if err != nil {
			return err
		}
		if err := st.record(ctx, touched, added, who.ID); err != nil {
			return refuse(err)
		}
		projects := make([]id.Project, 0, len(plans))
		for _, p := range plans {
			projects = append(projects, p.Project)
		}
		if err := st.touched(ctx, projects, who.ID); err != nil {
			return err
		}
		if len(works) == 1 {
			return s.write(ctx, who, "schedule.record", works[0].Code, "", nil, works[0].Entries)
		}
		return s.Log.Write(ctx, audit.Event{Actor: who, Act: "schedule.record", ObjectKind: "schedule", ObjectCode: today.Month().String(), After: works})
	})
}

// judge checks the entries of every work.
func judge(works []WorkEntries, plans []Plan, today day.Date) (touched []Milestone, added []Done, err error) {
	var wrong fault.Wrong
	for i, w := range works {
		at := slices.IndexFunc(plans, func(p Plan) bool { return p.Code == w.Code })
		switch {
		case at < 0, slices.ContainsFunc(works[:i], func(before WorkEntries) bool { return before.Code == w.Code }):
			return nil, nil, ErrMissing
		case len(plans[at].Milestones) == 0:
			return nil, nil, ErrNone
		case len(w.Entries) == 0:
			return nil, nil, ErrNothing
		case w.Version != 0 && w.Version != plans[at].Version:
			return nil, nil, changed(plans[at])
		}
		prefix := ""
		if len(works) > 1 {
			prefix = w.Code + "."
		}
		m, d := plans[at].record(w.Entries, today, prefix, &wrong)
		touched, added = append(touched, m...), append(added, d...)
	}
	return touched, added, wrong.Err()
}

// Fix makes the plan as it stands a baseline and gives its number. Refuses: schedule.own_plan (whoever entered the plan since the last baseline never fixes it),
// weights that do not make 100 %, a milestone without days, a plan that says what the last baseline says, a later one without a reason,
// schedule.missing, changed_meanwhile.
func (s Schedules) Fix(ctx context.Context, who actor.Actor, code string, version int, reason string, today day.Date) (int, error) {
	scope, err := who.Require(Baseline)
	if err != nil {
		return 0, err
	}
	reason = strings.TrimSpace(reason)
	number := 0
	err = s.DB.Run(ctx, func(ctx context.Context) error {
		st := store{s.DB.Write(ctx)}
		if err := st.lock(ctx, []string{code}); err != nil {
			return err
		}
		plan, err := st.one(ctx, scope, code)
		if err != nil {
			return err
		}
		if plan.Version != version {
			return changed(plan)
		}
		if err := plan.mayFix(who.ID, reason); err != nil {
			return err
		}
		number = len(plan.Baselines) + 1
		if err := st.fix(ctx, plan, number, reason, today, who.ID); err != nil {
			return refuse(err)
		}
		if err := st.touched(ctx, []id.Project{plan.Project}, who.ID); err != nil {
			return err
		}
		return s.write(ctx, who, "schedule.fix", code, reason, nil, map[string]any{"number": number, "milestones": plan.Milestones})
	})
	return number, err
}

func (s Schedules) write(ctx context.Context, who actor.Actor, act, code, reason string, before, after any) error {
	return s.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "project", ObjectCode: code, Before: before, After: after, Reason: reason})
}

// one reads a work with its schedule. Refuses: schedule.missing.
func (s store) one(ctx context.Context, scope actor.Scope, code string) (Plan, error) {
	plans, err := s.plans(ctx, scope, []string{code})
	if err != nil {
		return Plan{}, err
	}
	if len(plans) == 0 {
		return Plan{}, ErrMissing
	}
	return plans[0], nil
}
