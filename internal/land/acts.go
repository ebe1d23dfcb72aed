package land

import (
	"context"
	"errors"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// OpenCase opens a case and gives its code, <project code>-<serial of the project>. Refuses: wrong fields, a work that recovers no land or is not
// in scope, a ward the work does not lie in, the same holder twice in a work (the other case is named), more recovered than a parcel has,
// an area that differs from what another case says.
func (l Land) OpenCase(ctx context.Context, who actor.Actor, in NewCase, today day.Date) (string, error) {
	codes, faults, err := l.open(ctx, who, []NewCase{in}, today)
	if err != nil || len(faults) > 0 {
		return "", firstErr(err, oneErr(faults))
	}
	return codes[0], nil
}

// OpenCases opens many with the same checks in one transaction: all or nothing. Codes come in the order of the rows; a refusal names the
// rows, see Rows.
func (l Land) OpenCases(ctx context.Context, who actor.Actor, ins []NewCase, today day.Date) ([]string, error) {
	codes, faults, err := l.open(ctx, who, ins, today)
	return codes, firstErr(err, manyErr(faults))
}

func (l Land) open(ctx context.Context, who actor.Actor, ins []NewCase, today day.Date) ([]string, []RowFault, error) {
	scope, err := who.Require(Edit)
	if err != nil || len(ins) == 0 {
		return nil, nil, err
	}
	var o *opening
	err = l.DB.Run(ctx, func(ctx context.Context) error {
		o = &opening{land: l, s: store{l.DB.Write(ctx)}, who: who, scope: scope, today: today}
		for _, in := range ins {
			o.rows = append(o.rows, &openRow{in: in.tidy(today)})
		}
		if err := o.run(ctx); err != nil {
			return err
		}
		return o.log(ctx)
	})
	if errors.Is(err, errFaults) && len(o.faults) > 0 {
		return nil, o.faults, nil
	}
	return o.codes(), nil, refuse(err)
}

// UpdateCase changes the note and the parcels; version is the one the page showed. Refuses: wrong fields, land.case_missing,
// changed_meanwhile (says who and when), land.case_in_plan when the parcels change while a plan with this case has left its draft.
func (l Land) UpdateCase(ctx context.Context, who actor.Actor, code string, version int, change CaseChange) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	change.Parcels, change.Note = tidyParcels(change.Parcels), strings.TrimSpace(change.Note)
	if err := oneErr(rowsOf(0, checkParcels(change.Parcels))); err != nil {
		return err
	}
	var faults []RowFault
	err = l.DB.Run(ctx, func(ctx context.Context) error {
		s := store{l.DB.Write(ctx)}
		old, err := s.find(ctx, scope, code, true)
		if err != nil {
			return err
		}
		if old.Version != version {
			return fault.ChangedBy(old.ChangedBy, old.ChangedAt)
		}
		before, err := s.parcels(ctx, old.ID)
		if err != nil {
			return err
		}
		if faults, err = s.changeParcels(ctx, old, before, change.Parcels); err != nil {
			return err
		}
		if err := s.updateCase(ctx, old.ID, change.Note, recovered(change.Parcels), who.ID); err != nil {
			return err
		}
		return l.Log.Write(ctx, audit.Event{Actor: who, Act: "case.update", ObjectKind: "case", ObjectCode: code,
			Before: CaseChange{old.Note, before}, After: change})
	})
	return firstErr(oneErr(faults), refuse(err))
}

// changeParcels replaces the parcels of a case unless they are the same as before.
func (s store) changeParcels(ctx context.Context, c Case, before, after []Parcel) ([]RowFault, error) {
	if sameParcels(before, after) {
		return nil, nil
	}
	plan, err := s.planOf(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if plan != "" {
		return nil, fault.Conflicting("land.case_in_plan", plan)
	}
	if err := s.clearParcels(ctx, c.ID); err != nil {
		return nil, err
	}
	wants := wantsOf(0, c.WardID, after)
	known, faults, err := s.hold(ctx, wants, c.ID)
	if err == nil && len(faults) > 0 {
		err = errFaults
	}
	if err != nil {
		return faults, err
	}
	return nil, s.insertCaseParcels(ctx, caseParcels(wants, known, func(int) id.Case { return c.ID }))
}

func sameParcels(a, b []Parcel) bool {
	if len(a) != len(b) {
		return false
	}
	return !slices.ContainsFunc(a, func(p Parcel) bool { return !slices.Contains(b, p) })
}

// WithdrawStep takes back the last step of a case with a reason; it stays readable as withdrawn. Refuses: land.reason_needed,
// land.case_missing, land.step_missing, land.step_not_last.
func (l Land) WithdrawStep(ctx context.Context, who actor.Actor, code, kind, reason string) error {
	scope, err := who.Require(DoStep)
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	return l.DB.Run(ctx, func(ctx context.Context) error {
		s := store{l.DB.Write(ctx)}
		c, err := s.find(ctx, scope, code, true)
		if err != nil {
			return err
		}
		standing, err := s.standing(ctx, []id.Case{c.ID})
		if err != nil {
			return err
		}
		step, found := find(standing[c.ID], kind)
		if !found {
			return ErrStepMissing
		}
		if !last(standing[c.ID], kind) {
			return ErrStepNotLast
		}
		if err := s.withdrawStep(ctx, c.ID, kind, reason, who.ID); err != nil {
			return err
		}
		return l.Log.Write(ctx, audit.Event{Actor: who, Act: "case.withdraw_step", ObjectKind: "case", ObjectCode: code, Before: step, Reason: reason})
	})
}
