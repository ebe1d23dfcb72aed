package capital

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// Refusals of this room. ErrOverDrawn is to be recognized by errors.Is; the one given names source, year, what may be drawn and what would be.
var (
	ErrTwice         = fault.InvalidField("decision_number", "capital.twice")
	ErrSourceUnknown = fault.InvalidField("source", "choose")
	ErrOverDrawn     = fault.Conflicting("capital.over_drawn")
)

// refuse names a broken constraint in the words of the business. The rules ask before the constraints do: these are what two at once may meet.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "capital_line_once", "medium_term_line_once":
		return ErrTwice
	case "capital_line_source_fkey", "capital_fund_source", "medium_term_line_source":
		return ErrSourceUnknown
	case "capital_fund_year":
		return fault.InvalidField("year", "year_range")
	case "capital_within_investment":
		return fault.InvalidField("amount", "capital.over_total_now")
	case "capital_fund_orders_within": // what payout orders already take of the fund
		return fault.InvalidField("amount", "capital.held_by_orders")
	case "capital_fund_drawn_within":
		return fault.InvalidField("amount", "capital.below_drawn_now")
	default:
		return err
	}
}
