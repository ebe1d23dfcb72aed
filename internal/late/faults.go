package late

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse.
var (
	ErrMissing     = fault.Missing("late.missing")
	ErrPlanMissing = fault.Missing("late.plan_missing")
	ErrLineMissing = fault.Missing("late.line_missing")
	ErrProject     = fault.InvalidField("project", "late.project_unknown")
	ErrState       = fault.Conflicting("late.wrong_state")
	ErrMaker       = fault.Conflicting("late.maker_never_approves")
	ErrThird       = fault.Conflicting("late.third_person")
	ErrPaid        = fault.Conflicting("late.paid")
	ErrNotPaid     = fault.Conflicting("late.not_paid")
	ErrNothing     = fault.InvalidField("project", "late.nothing_left")
	ErrNoBasis     = fault.InvalidField("through", "late.no_basis")
	ErrTooMany     = fault.InvalidField("project", "late.too_many", MaxLines)
	ErrInDraft     = fault.Conflicting("late.in_draft")
	ErrReason      = fault.InvalidField("reason", "required")
)

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "late_plan_maker_never_approves":
		return ErrMaker
	case "late_payment_third_person":
		return ErrThird
	case "late_plan_line_one_draft":
		return ErrInDraft
	case "late_payment_reversed_once":
		return ErrNotPaid
	case "late_plan_fixed":
		return ErrState
	default:
		return err
	}
}
