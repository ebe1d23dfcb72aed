package ledger

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// Refusals of closing months.
var (
	ErrMonthUnknown   = fault.Missing("period.unknown")
	ErrMonthEarly     = fault.Conflicting("period.not_over")
	ErrMonthOrder     = fault.Conflicting("period.order")
	ErrMonthClosed    = fault.Conflicting("period.closed")
	ErrMonthNotClosed = fault.Conflicting("period.not_closed")
	ErrMonthNotLast   = fault.Conflicting("period.not_last")
	ErrBeforeFirst    = fault.Conflicting("period.before_first")
	ErrOwnHand        = fault.Conflicting("period.own_hand")
	ErrOwnStatement   = fault.Conflicting("period.own_statement")
	ErrOwnRun         = fault.Conflicting("period.own_run")
	ErrOwnMatch       = fault.Conflicting("period.own_match")
	ErrOwnResult      = fault.Conflicting("period.own_result")
	ErrCloserReopens  = fault.Conflicting("period.closer_reopens")
	ErrDayClosed      = fault.Conflicting("period.day_closed")
	ErrReopenReason   = fault.InvalidField("reason", "required")
)

// ownHand names what a person did in the days to be closed; nothing is no fault.
func ownHand(act string) error {
	switch act {
	case "":
		return nil
	case "statement":
		return ErrOwnStatement
	case "run":
		return ErrOwnRun
	case "match":
		return ErrOwnMatch
	case "result":
		return ErrOwnResult
	default:
		return ErrOwnHand
	}
}

// refusePeriod names a broken constraint of closing in the words of the business.
func refusePeriod(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "ledger_period_closer_had_no_hand":
		return ErrOwnHand
	case "ledger_period_follows":
		return ErrMonthOrder
	case "ledger_period_closed_once":
		return ErrMonthClosed
	case "ledger_period_opens_from_the_end":
		return ErrMonthNotLast
	case "ledger_period_closer_never_reopens":
		return ErrCloserReopens
	default:
		return err
	}
}
