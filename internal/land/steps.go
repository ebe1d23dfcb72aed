package land

import (
	"context"
	"errors"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
)

// RecordStep records a step of a case. Refuses: wrong fields, land.case_missing, a step out of order, on a day before the step it follows,
// twice, or a recovery decision before the notice period has run (names the earliest lawful day).
func (l Land) RecordStep(ctx context.Context, who actor.Actor, code string, st Step, today day.Date) error {
	faults, err := l.record(ctx, who, []CaseStep{{code, st}}, today)
	if len(faults) == 1 && faults[0].Field.Name == "case" {
		return ErrMissing
	}
	return firstErr(err, oneErr(faults))
}

// RecordSteps records many with the same checks in one transaction, each case's in the order given. A refusal names the rows, see Rows.
func (l Land) RecordSteps(ctx context.Context, who actor.Actor, steps []CaseStep, today day.Date) error {
	faults, err := l.record(ctx, who, steps, today)
	return firstErr(err, manyErr(faults))
}

// stepping is the work of recording steps: what stands, and the law's periods, each read once.
type stepping struct {
	land     Land
	cases    map[string]Case
	standing map[id.Case][]Step
	codes    map[id.Case][]string
	periods  map[periodKey]legal.Rule
	faults   []RowFault
}

type periodKey struct {
	set, key string
	on       string
}

func (l Land) record(ctx context.Context, who actor.Actor, steps []CaseStep, today day.Date) ([]RowFault, error) {
	scope, err := who.Require(DoStep)
	if err != nil || len(steps) == 0 {
		return nil, err
	}
	var w *stepping
	err = l.DB.Run(ctx, func(ctx context.Context) error {
		s := store{l.DB.Write(ctx)}
		if w, err = l.readSteps(ctx, s, scope, steps); err != nil {
			return err
		}
		rows := make([]stepRow, 0, len(steps))
		for i, st := range steps {
			row, err := w.take(ctx, i, st, today)
			if err != nil {
				return err
			}
			rows = append(rows, row)
		}
		if len(w.faults) > 0 {
			return errFaults
		}
		if err := s.insertSteps(ctx, rows, who.ID); err != nil {
			return err
		}
		return l.logSteps(ctx, who, w, steps)
	})
	if errors.Is(err, errFaults) && len(w.faults) > 0 {
		return w.faults, nil
	}
	return nil, refuse(err)
}

func (l Land) readSteps(ctx context.Context, s store, scope actor.Scope, steps []CaseStep) (*stepping, error) {
	w := &stepping{land: l, cases: map[string]Case{}, periods: map[periodKey]legal.Rule{}}
	codes := make([]string, 0, len(steps))
	for _, st := range steps {
		codes = append(codes, st.Case)
	}
	slices.Sort(codes)
	cases, err := s.lockCases(ctx, scope, slices.Compact(codes))
	if err != nil {
		return nil, err
	}
	list := make([]id.Case, 0, len(cases))
	for _, c := range cases {
		w.cases[c.Code] = c
		list = append(list, c.ID)
	}
	if w.standing, err = s.standing(ctx, list); err != nil {
		return nil, err
	}
	w.codes, err = s.landCodes(ctx, list)
	return w, err
}

// take checks one step against what stands and lets it stand for those that follow.
func (w *stepping) take(ctx context.Context, row int, st CaseStep, today day.Date) (stepRow, error) {
	c, found := w.cases[st.Case]
	if !found {
		w.faults = append(w.faults, RowFault{row, fault.Field{Name: "case", Code: "land.case_missing"}})
		return stepRow{}, nil
	}
	step := st.complete()
	wrong := step.check(today)
	if len(wrong) == 0 {
		wrong = step.follows(w.standing[c.ID])
	}
	if len(wrong) == 0 && step.Kind == Decision && !step.AgreedEarly {
		rule, err := w.period(ctx, c, step.DoneOn)
		if err != nil {
			return stepRow{}, err
		}
		wrong = step.waited(w.standing[c.ID], int(rule.Value), rule.Basis)
	}
	w.faults = append(w.faults, rowsOf(row, wrong)...)
	w.standing[c.ID] = append(w.standing[c.ID], step)
	return stepRow{c.ID, step}, nil
}

// period is the notice period for the land of a case on the day of the recovery decision.
func (w *stepping) period(ctx context.Context, c Case, on day.Date) (legal.Rule, error) {
	key := periodKey{c.RuleSet, legal.NoticeDaysOther, on.String()}
	if onlyFarm(w.codes[c.ID]) {
		key.key = legal.NoticeDaysFarm
	}
	if rule, known := w.periods[key]; known {
		return rule, nil
	}
	rule, err := w.land.Legal.Value(ctx, key.set, key.key, on)
	w.periods[key] = rule
	return rule, err
}

// logSteps writes an event for a step recorded by hand, and one a work for many loaded at once.
func (l Land) logSteps(ctx context.Context, who actor.Actor, w *stepping, steps []CaseStep) error {
	if len(steps) == 1 {
		return l.Log.Write(ctx, audit.Event{Actor: who, Act: "case.step", ObjectKind: "case", ObjectCode: steps[0].Case, After: steps[0].Step})
	}
	counts := map[string]int{}
	var projects []string
	for _, st := range steps {
		code := w.cases[st.Case].ProjectCode
		if counts[code] == 0 {
			projects = append(projects, code)
		}
		counts[code]++
	}
	for _, code := range projects {
		if err := l.Log.Write(ctx, audit.Event{Actor: who, Act: "case.step_many", ObjectKind: "project", ObjectCode: code,
			After: map[string]any{"steps": counts[code]}}); err != nil {
			return err
		}
	}
	return nil
}
