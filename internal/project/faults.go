package project

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse.
var (
	ErrMissing      = fault.Missing("project.missing")
	ErrOutOfScope   = fault.New(fault.Forbidden, "project.other_unit")
	ErrUnitUnknown  = fault.InvalidField("unit", "project.unit_unknown")
	ErrWardUnknown  = fault.InvalidField("ward_codes", "project.ward_unknown")
	ErrCodeTaken    = fault.InvalidField("code", "project.code_taken")
	ErrDecisionTold = fault.InvalidField("number", "project.decision_twice")
	ErrPhaseOrder   = fault.Conflicting("project.phase_order")
	ErrStateByPhase = fault.InvalidField("state", "project.state_by_phase")
)

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "project_code_once":
		return ErrCodeTaken
	case "project_decision_once":
		return ErrDecisionTold
	case "project_phase_once":
		return ErrPhaseOrder
	default:
		return err
	}
}
