package contract

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse, besides wrong fields.
var (
	ErrMissing          = fault.Missing("contract.missing")
	ErrPackageMissing   = fault.Missing("package.missing")
	ErrGuaranteeMissing = fault.Missing("guarantee.missing")
	ErrBillMissing      = fault.Missing("bill.missing")
	ErrNotActive        = fault.Conflicting("contract.not_active")
	ErrTerminated       = fault.Conflicting("contract.terminated")
	ErrOwnBill          = fault.Conflicting("bill.maker_never_approves")
	ErrTwice            = fault.New(fault.Invalid, "contract.one_each")
	ErrNothing          = fault.New(fault.Invalid, "bill.nothing_picked")
	errProject          = fault.InvalidField("project", "project.missing")
	errContractorName   = fault.InvalidField("contractor", "contract.contractor_name")
	errReplaces         = fault.InvalidField("replaces", "guarantee.missing")
)

// refuse names a broken constraint in the words of the business. The rules speak first, with the figures; this is for two people at the same moment.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "package_code_once":
		return fault.InvalidField("code", "contract.package_twice")
	case "contract_number_once", "contract_amendment_once", "acceptance_once", "guarantee_once":
		return fault.InvalidField("number", "contract.number_twice")
	case "guarantee_replaced_once":
		return errReplaces
	case "contract_accepted_within_value", "contract_billed_within_accepted", "contract_value_whole", "contract_within_estimate",
		"disbursement_contract_within_value", "disbursement_advance_stays_guaranteed", "disbursement_bill_within_payable", "disbursement_bill_within_recovery", "bill_paid":
		return fault.Conflicting("contract.moved_meanwhile")
	case "bill_maker_never_approves":
		return ErrOwnBill
	default:
		return err
	}
}
