package progress

import (
	"context"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/tx"
)

// Progress is the room: reads and acts over monthly entries and obstacles. Facts, handed in by whoever knows the rooms above, tells what their
// books say of works at the end of a month; nil when nobody does.
type Progress struct {
	DB    tx.DB
	Log   audit.Log
	Rules legal.Rules
	Facts func(ctx context.Context, projects []id.Project, month day.Month) (map[id.Project]Facts, error)
	Staff func(ctx context.Context) ([]Person, error) // who may enter and who accepts, for reminders; nil: nobody is reminded
}

// Save enters rows of a month, all or none. Refuses, naming work and field: a work outside the scope, figures against the rules, an
// accepted entry, an issued month, an entry changed meanwhile (says by whom). A month that has not begun is refused. A jump or fall without a
// reason is kept: reads tell it (Work.Needs), Submit refuses it.
func (p Progress) Save(ctx context.Context, who actor.Actor, month day.Month, rows []Row, today day.Date) error {
	scope, err := who.Require(Enter)
	if err != nil {
		return err
	}
	if err := checkMonth(month, today); err != nil {
		return err
	}
	if len(rows) == 0 {
		return nil
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		works, err := p.lockWorks(ctx, scope, month, codesOf(rows))
		if err != nil {
			return err
		}
		after, before, err := judge(rows, works, month)
		if err != nil {
			return err
		}
		if err := (store{p.DB.Write(ctx)}).save(ctx, month, drafts(after, works), who.ID); err != nil {
			return refuse(err)
		}
		return p.log(ctx, who, "progress.save", month, "", before, after)
	})
}

// SaveOne enters one work's row. Field names carry no code; a work outside the scope is not found.
func (p Progress) SaveOne(ctx context.Context, who actor.Actor, month day.Month, row Row, today day.Date) error {
	scope, err := who.Require(Enter)
	if err != nil {
		return err
	}
	works, err := store{p.DB.Read(ctx)}.works(ctx, scope, month, []string{row.Code})
	if err != nil {
		return err
	}
	if len(works) == 0 {
		return ErrMissing
	}
	return Single(p.Save(ctx, who, month, []Row{row}, today), row.Code)
}

// judge checks every row and gives the figures to keep, beside those that stood before.
func judge(rows []Row, works map[string]Work, month day.Month) (after, before []Row, err error) {
	var wrong problems
	seen := map[string]bool{}
	for _, r := range rows {
		w, found := works[r.Code]
		if !found || seen[r.Code] {
			wrong.check(found, r.Code, fieldCode, "project.missing")
			wrong.check(!seen[r.Code], r.Code, fieldCode, "progress.row_twice")
			continue
		}
		seen[r.Code] = true
		if w.State != "" {
			before = append(before, Row{Code: r.Code, Figures: w.Figures, NoChange: w.NoChange, Reason: w.Reason, Note: w.Note})
		}
		w.maySave(r, &wrong)
		r.Figures = w.take(r, month, &wrong)
		w.check(r.Figures, &wrong)
		after = append(after, r)
	}
	return after, before, wrong.err()
}

func drafts(rows []Row, works map[string]Work) []saved {
	out := make([]saved, 0, len(rows))
	for _, r := range rows {
		out = append(out, saved{Project: works[r.Code].Project, Executed: int64(r.Executed), Estimate: int64(r.Estimate),
			Disbursed: int64(r.Disbursed), Treasury: int64(r.Treasury), Physical: r.PhysicalBP, NoChange: r.NoChange,
			Reason: strings.TrimSpace(r.Reason), Note: strings.TrimSpace(r.Note)})
	}
	return out
}

// Submit hands drafts (or returned entries) to the head of planning, all or none. The figures are judged again: capital and accepted months
// may have changed since they were saved. Refuses, naming work and field, a jump or fall without a reason.
func (p Progress) Submit(ctx context.Context, who actor.Actor, month day.Month, picks []Pick, today day.Date) error {
	limits, err := p.Limits(ctx, month)
	if err != nil {
		return err
	}
	return p.step(ctx, who, month, picks, step{needs: Enter, act: "progress.submit", set: setSubmitted, args: []any{today},
		judge: func(w Work, pick Pick, wrong *problems) {
			if w.mayStep(pick, wrong, Draft, Returned) {
				w.check(w.Figures, wrong)
				w.checkReason(month, limits, wrong)
			}
		}})
}

// Accept takes submitted entries, with the adjustments entered in the month, into the report's figures, all or none. Refuses entries that the
// person entered, changed, submitted or adjusted, and figures above what may be drawn by now.
func (p Progress) Accept(ctx context.Context, who actor.Actor, month day.Month, picks []Pick) error {
	return p.DB.Run(ctx, func(ctx context.Context) error {
		adjusters, err := store{p.DB.Read(ctx)}.adjusters(ctx, month, codesOf(picks))
		if err != nil {
			return err
		}
		return p.step(ctx, who, month, picks, step{needs: Accept, act: "progress.accept", set: setAccepted,
			judge: func(w Work, pick Pick, wrong *problems) {
				if !w.mayStep(pick, wrong, Submitted) {
					return
				}
				if w.ownHand(who.ID) || slices.Contains(adjusters[w.Code], who.ID) {
					wrong.stands(w.Code, "progress.own_entry")
					return
				}
				w.check(w.Figures, wrong)
			}})
	})
}

// Return gives entries back, each with its own reason or with the one for all. An accepted entry may be returned too, until the month's report
// is issued: it is the only way to correct one.
func (p Progress) Return(ctx context.Context, who actor.Actor, month day.Month, picks []Pick, reason string) error {
	reason = strings.TrimSpace(reason)
	picks = slices.Clone(picks)
	for i := range picks {
		if picks[i].Reason = strings.TrimSpace(picks[i].Reason); picks[i].Reason == "" {
			picks[i].Reason = reason
		}
		if picks[i].Reason == "" {
			return fault.InvalidField("reason", "required")
		}
	}
	return p.step(ctx, who, month, picks, step{needs: Accept, act: "progress.return", reason: reason, set: setReturned,
		judge: func(w Work, pick Pick, wrong *problems) { w.mayStep(pick, wrong, Submitted, Accepted) }})
}

// step is one act over entries of a month: who may do it, how each is judged, what is written, with args after the person.
type step struct {
	needs            actor.Permission
	act, reason, set string
	args             []any
	judge            func(Work, Pick, *problems)
}

// step locks, judges each entry, writes all, and logs one event with every code.
func (p Progress) step(ctx context.Context, who actor.Actor, month day.Month, picks []Pick, do step) error {
	scope, err := who.Require(do.needs)
	if err != nil {
		return err
	}
	if len(picks) == 0 {
		return ErrNothing
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		works, err := p.lockWorks(ctx, scope, month, codesOf(picks))
		if err != nil {
			return err
		}
		entries, err := judgeStep(picks, works, do.judge)
		if err != nil {
			return err
		}
		if err := (store{p.DB.Write(ctx)}).step(ctx, do.set, entries, append([]any{who.ID}, do.args...)...); err != nil {
			return refuse(err)
		}
		return p.log(ctx, who, do.act, month, do.reason, nil, picks)
	})
}

// stepped is an entry that goes a step on; the reason is that of its return.
type stepped struct {
	ID     id.Entry `json:"id"`
	Reason string   `json:"reason"`
}

func judgeStep(picks []Pick, works map[string]Work, judge func(Work, Pick, *problems)) ([]stepped, error) {
	var wrong problems
	entries := make([]stepped, 0, len(picks))
	for _, pick := range picks {
		w, found := works[pick.Code]
		if !found {
			return nil, ErrMissing
		}
		judge(w, pick, &wrong)
		entries = append(entries, stepped{w.ID, pick.Reason})
	}
	return entries, wrong.err()
}

// lockWorks locks the named works and then reads them as they stand under the lock.
func (p Progress) lockWorks(ctx context.Context, scope actor.Scope, month day.Month, codes []string) (map[string]Work, error) {
	s := store{p.DB.Write(ctx)}
	if err := s.lock(ctx, scope, codes); err != nil {
		return nil, err
	}
	works, err := s.works(ctx, scope, month, codes)
	if err != nil {
		return nil, err
	}
	return works, p.attach(ctx, month, works)
}

// attach puts beside works what other rooms know of them, and what therefore needs a reason.
func (p Progress) attach(ctx context.Context, month day.Month, works map[string]Work) error {
	limits, err := p.Limits(ctx, month)
	if err != nil {
		return err
	}
	facts, err := p.facts(ctx, month, works)
	if err != nil {
		return err
	}
	for code, w := range works {
		w.Facts, w.Late = facts[w.Project], w.DaysLate(limits.Due(month))
		if w.Editable() && w.State != "" {
			w.Needs = w.needs(w.Figures, month, limits)
		}
		works[code] = w
	}
	return nil
}

func (p Progress) facts(ctx context.Context, month day.Month, works map[string]Work) (map[id.Project]Facts, error) {
	if p.Facts == nil || len(works) == 0 {
		return map[id.Project]Facts{}, nil
	}
	projects := make([]id.Project, 0, len(works))
	for _, w := range works {
		projects = append(projects, w.Project)
	}
	slices.Sort(projects)
	return p.Facts(ctx, projects, month)
}

// log writes one event for the whole act; its object is the month, and After names every work.
func (p Progress) log(ctx context.Context, who actor.Actor, act string, month day.Month, reason string, before, after any) error {
	return p.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "progress", ObjectCode: month.String(), Before: before, After: after, Reason: reason})
}

func codesOf[T Row | Pick](items []T) []string {
	codes := make([]string, 0, len(items))
	for _, item := range items {
		switch v := any(item).(type) {
		case Row:
			codes = append(codes, v.Code)
		case Pick:
			codes = append(codes, v.Code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
