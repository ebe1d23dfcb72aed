package schedule

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse, besides wrong fields.
var (
	ErrMissing = fault.Missing("schedule.missing")
	ErrNone    = fault.Conflicting("schedule.none")
	ErrOwn     = fault.Conflicting("schedule.own_plan")
	ErrSame    = fault.Conflicting("schedule.baseline_same")
	ErrNothing = fault.New(fault.Invalid, "schedule.nothing_recorded")
)

// refuse names a broken constraint in the words of the business. The rules speak first; this is for what slips past them.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "schedule_fixer_is_not_editor":
		return ErrOwn
	case "schedule_weights_whole":
		return fault.Conflicting("schedule.weights_not_whole", "")
	default:
		return err
	}
}
