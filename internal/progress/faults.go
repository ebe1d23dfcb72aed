package progress

import (
	"errors"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse, besides wrong fields.
var (
	ErrMissing           = fault.Missing("progress.missing")
	ErrNothing           = fault.New(fault.Invalid, "progress.nothing_picked")
	ErrIssued            = fault.Conflicting("progress.month_issued")
	ErrOwn               = fault.Conflicting("progress.own_entry")
	ErrAdjustmentMissing = fault.Missing("progress.adjust_missing")
	ErrFixed             = fault.Conflicting("progress.adjust_fixed")
	ErrObstacleMissing   = fault.Missing("obstacle.missing")
	ErrResolved          = fault.Conflicting("obstacle.resolved_fixed")
	ErrNotResolved       = fault.Conflicting("obstacle.not_resolved")
	ErrRemindedToday     = fault.Conflicting("reminder.twice")
	ErrNothingMissing    = fault.Conflicting("reminder.nothing_missing")
	ErrNobodyEnters      = fault.Conflicting("reminder.nobody")
	ErrReminderMissing   = fault.Missing("reminder.missing")
)

// errReopenedBy says that somebody took the obstacle up again already, by its code.
func errReopenedBy(code string) error { return fault.Conflicting("obstacle.reopened_twice", code) }

// refuse names a broken constraint in the words of the business. The rules speak first; this is for two people at the same moment.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "progress_month_issued":
		return ErrIssued
	case "progress_enterer_never_accepts", "progress_adjuster_never_accepts":
		return ErrOwn
	case "progress_adjustment_month_issued":
		return fault.InvalidField("in_month", "progress.month_issued")
	case "progress_adjustment_of_issued":
		return fault.InvalidField("for_month", "progress.adjust_not_issued")
	case "progress_adjustment_of_entry":
		return fault.InvalidField("for_month", "progress.adjust_no_entry")
	case "progress_adjustment_before_acceptance":
		return fault.InvalidField("in_month", "progress.adjust_accepted")
	case "progress_adjustment_reversed_once", "progress_adjustment_reversal":
		return ErrFixed
	case "obstacle_reopened_once":
		return errReopenedBy("")
	case "reminder_once_a_day":
		return ErrRemindedToday
	default:
		return err
	}
}

// Single drops the code before the field names of a refusal, for callers that named one work only.
func Single(err error, code string) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	one := *f
	one.Fields = nil
	for _, field := range f.Fields {
		field.Name = strings.TrimPrefix(field.Name, FieldOf(code, ""))
		one.Fields = append(one.Fields, field)
	}
	return &one
}
