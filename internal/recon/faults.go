package recon

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// Refusals of this room.
var (
	ErrLineMissing    = fault.Missing("recon.line_missing")
	ErrLineUsed       = fault.Conflicting("recon.line_used")
	ErrPaymentUsed    = fault.Conflicting("recon.payment_used")
	ErrPaymentMissing = fault.InvalidField("payment", "recon.payment_missing")
	ErrMatchMissing   = fault.Missing("recon.match_missing")
	ErrRunMissing     = fault.Missing("recon.run_missing")
	ErrUndone         = fault.Conflicting("recon.undone")
	ErrReturnFirst    = fault.Conflicting("recon.return_first")
	ErrReasonNeeded   = fault.InvalidField("reason", "required")
	ErrThroughNeeded  = fault.InvalidField("through", "required")
)

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "recon_match_line_once", "recon_match_whole_line":
		return ErrLineUsed
	case "recon_match_payment_once", "recon_match_whole_payment":
		return ErrPaymentUsed
	default:
		return err
	}
}

// IsMissing tells whether a read found no such line: explained meanwhile, or never there.
func IsMissing(err error) bool { return errors.Is(err, ErrLineMissing) }
