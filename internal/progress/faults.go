package progress

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse, besides wrong fields.
var (
	ErrMissing         = fault.Missing("progress.missing")
	ErrNothing         = fault.New(fault.Invalid, "progress.nothing_picked")
	ErrIssued          = fault.Conflicting("progress.month_issued")
	ErrOwn             = fault.Conflicting("progress.own_entry")
	ErrObstacleMissing = fault.Missing("obstacle.missing")
	ErrResolved        = fault.Conflicting("obstacle.resolved_fixed")
	errProject         = fault.InvalidField("project", "project.missing")
)

// refuse names a broken constraint in the words of the business. The rules speak first; this is for two people at the same moment.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "progress_month_issued":
		return ErrIssued
	case "progress_enterer_never_accepts":
		return ErrOwn
	default:
		return err
	}
}

// single drops the code before the field names of an act over one work.
func single(err error, code string) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	one := *f
	one.Fields = make([]fault.Field, len(f.Fields))
	for i, field := range f.Fields {
		if name := FieldOf(code, ""); len(field.Name) > len(name) && field.Name[:len(name)] == name {
			field.Name = field.Name[len(name):]
		}
		one.Fields[i] = field
	}
	if one.Kind == fault.Conflict {
		one.Code, one.Args, one.Fields = one.Fields[0].Code, one.Fields[0].Args, nil
	}
	return &one
}
