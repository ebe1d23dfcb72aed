package debt

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse. Wrong fields come from the checks: debt.before_paper, debt.above_left, required, choose, amount_positive, day_future.
var (
	ErrMissing = fault.Missing("debt.missing")
	ErrCase    = fault.InvalidField("case", "debt.case_unknown")
	ErrTwice   = fault.InvalidField("paper_no", "debt.twice")
	ErrReceipt = fault.InvalidField("receipt", "debt.receipt_twice")
	ErrGone    = fault.Conflicting("debt.gone")
	ErrSame    = fault.Conflicting("debt.same_person")
	ErrReason  = fault.InvalidField("reason", "required")
)

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "debt_once":
		return ErrTwice
	case "debt_payment_once":
		return ErrReceipt
	case "debt_taken_back_by_another", "debt_payment_taken_back_by_another":
		return ErrSame
	case "debt_fixed":
		return ErrGone
	default:
		return err
	}
}
