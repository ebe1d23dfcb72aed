package land

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse.
var (
	ErrMissing       = fault.Missing("land.case_missing")
	ErrHolderMissing = fault.Missing("land.holder_missing")
	ErrHolderTwice   = fault.InvalidField("holder_code", "land.holder_twice_somewhere")
	ErrStepTwice     = fault.InvalidField("kind", "land.step_twice_meanwhile")
	ErrStepMissing   = fault.Conflicting("land.step_missing")
	ErrStepNotLast   = fault.Conflicting("land.step_not_last")
	ErrReason        = fault.InvalidField("reason", "land.reason_needed")
	ErrShares        = fault.InvalidField("parties", "land.shares_whole_somewhere")
	ErrPartyInUse    = fault.InvalidField("parties", "land.party_in_payment")
	ErrParcelOver    = fault.InvalidField("parcels", "land.parcel_over_meanwhile")
	ErrCodeTaken     = fault.InvalidField("code", "land.holder_code_taken")
)

// RowFault is one wrong field of one row of many.
type RowFault struct {
	Row   int // from 0
	Field fault.Field
}

// oneErr is what a form gets: the wrong fields of its only row.
func oneErr(faults []RowFault) error {
	if len(faults) == 0 {
		return nil
	}
	f := &fault.Fault{Kind: fault.Invalid, Code: "invalid_input"}
	for _, r := range faults {
		f.Fields = append(f.Fields, r.Field)
	}
	return f
}

// manyErr is what an import gets: every wrong field under "rows.<row>.<field>"; see Rows.
func manyErr(faults []RowFault) error {
	named := make([]RowFault, len(faults))
	for i, r := range faults {
		r.Field.Name = fmt.Sprintf("rows.%d.%s", r.Row, r.Field.Name)
		named[i] = r
	}
	return oneErr(named)
}

// Rows gives back the rows of a refusal of many. It is false when the error is no such refusal.
func Rows(err error) ([]RowFault, bool) {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		return nil, false
	}
	var faults []RowFault
	for _, field := range f.Fields {
		rest, many := strings.CutPrefix(field.Name, "rows.")
		row, name, found := strings.Cut(rest, ".")
		n, err := strconv.Atoi(row)
		if !many || !found || err != nil {
			return nil, false
		}
		field.Name = name
		faults = append(faults, RowFault{n, field})
	}
	return faults, len(faults) > 0
}

// rowsOf puts the wrong fields of one row under its number.
func rowsOf(row int, found []fault.Field) []RowFault {
	faults := make([]RowFault, 0, len(found))
	for _, f := range found {
		faults = append(faults, RowFault{row, f})
	}
	return faults
}

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "land_case_one_per_holder_and_project":
		return ErrHolderTwice
	case "case_step_once":
		return ErrStepTwice
	case "holder_shares_whole":
		return ErrShares
	case "payment_party_id_fkey":
		return ErrPartyInUse
	case "parcel_not_over_recovered":
		return ErrParcelOver
	case "holder_code_once":
		return ErrCodeTaken
	default:
		return err
	}
}
