package ledger

import (
	"errors"

	"matbang/internal/tx"
)

// refusePeriod names a broken constraint of closing in the words of the business.
func refusePeriod(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "ledger_period_closer_had_no_hand":
		return ErrOwnHand
	case "ledger_period_closed_once":
		return ErrMonthClosed
	case "ledger_period_closer_never_reopens":
		return ErrCloserReopens
	default:
		return err
	}
}
