package indicator

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse, besides wrong fields.
var (
	ErrMissing     = fault.Missing("indicator.missing")
	ErrNothing     = fault.New(fault.Invalid, "indicator.nothing_picked")
	ErrOwn         = fault.Conflicting("indicator.own_value")
	ErrNotEntered  = fault.Conflicting("indicator.not_entered")
	ErrCodeTaken   = fault.InvalidField("code", "indicator.code_taken")
	ErrUnitUnknown = fault.InvalidField("unit", "project.unit_unknown")
)

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "indicator_code_once":
		return ErrCodeTaken
	case "indicator_enterer_never_accepts":
		return ErrOwn
	default:
		return err
	}
}
