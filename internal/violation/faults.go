package violation

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse.
var (
	ErrMissing    = fault.Missing("violation.missing")
	ErrHandled    = fault.Conflicting("violation.handled_fixed")
	ErrOutOfScope = fault.InvalidField("ward", "violation.other_scope")
	ErrDecided    = fault.InvalidField("decision_number", "violation.decision_there")
	ErrProject    = fault.InvalidField("project", "violation.project_unknown")
)

// refuse names a broken constraint in the words of the business. The rules say the same before; the database has the last word.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "violation_kind", "violation_what":
		return fault.InvalidField("what", "choose")
	case "violation_measure":
		return fault.InvalidField("measure", "choose")
	case "violation_place_given":
		return fault.InvalidField("place", "required")
	case "violation_decision_whole", "violation_measure_decided", "violation_decided_after_found":
		return fault.InvalidField("decision_number", "violation.decision_needed")
	case "violation_due_order":
		return fault.InvalidField("due_on", "violation.due_order")
	case "violation_handled_decided", "violation_area_cleared":
		return fault.InvalidField("decision_number", "violation.decision_first")
	default:
		return err
	}
}
