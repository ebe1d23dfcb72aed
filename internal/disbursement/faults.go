package disbursement

import (
	"errors"
	"fmt"
	"slices"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse besides the fields that rules.go and book.go name.
var (
	ErrMissing      = fault.Missing("disbursement.missing")
	ErrKeyMissing   = fault.InvalidField("idempotency_key", "disbursement.key_missing")
	ErrKeyReused    = fault.Conflicting("disbursement.key_reused")
	ErrReversed     = fault.Conflicting("disbursement.reversed_twice")
	ErrIsReversal   = fault.Conflicting("disbursement.is_reversal")
	ErrReasonEmpty  = fault.InvalidField("reason", "required")
	ErrSource       = fault.InvalidField("source", "choose")
	ErrMeanwhile    = fault.Conflicting("disbursement.meanwhile")
	ErrHeldByOrders = fault.Conflicting("capital.held_by_orders")
	ErrOwnVouchers  = fault.Conflicting("disbursement.own_vouchers")
	ErrAgreedTwice  = fault.InvalidField("number", "disbursement.agreed_twice")
)

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "disbursement_voucher_reversed_once":
		return ErrReversed
	case "disbursement_voucher_key_once", "treasury_confirmation_key_once":
		return ErrKeyReused
	case "disbursement_voucher_source_fkey", "treasury_confirmation_source_fkey", "capital_fund_source":
		return ErrSource
	case "disbursement_advance_balance", "disbursement_contract_balance", "disbursement_contract_within_value",
		"disbursement_bill_within_payable", "disbursement_bill_within_recovery":
		return ErrMeanwhile
	case "capital_fund_orders_within":
		return ErrHeldByOrders
	case "treasury_confirmer_never_recorder":
		return ErrOwnVouchers
	case "treasury_confirmation_once":
		return ErrAgreedTwice
	default:
		return err
	}
}

// at names the entry of a wrong field, where there are several: entries[2].amount.
func at(i int, err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	again := *f
	again.Fields = slices.Clone(f.Fields)
	for j := range again.Fields {
		again.Fields[j].Name = fmt.Sprintf("entries[%d].%s", i, again.Fields[j].Name)
	}
	return &again
}
