package bank

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// Refusals of this room. Those of reading a file (Parse) stand beside the rule that refuses, with their row.
var (
	ErrAccountMissing   = fault.Missing("bank.account_missing")
	ErrStatementMissing = fault.Missing("bank.statement_missing")
	ErrProfileMissing   = fault.InvalidField("profile", "bank.profile_missing")
	ErrLoadedAlready    = fault.InvalidField("file", "bank.loaded_already")
	ErrNoProfileFits    = fault.InvalidField("file", "bank.no_profile_fits")
)

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if errors.As(err, &v) && v.Constraint == "statement_loaded_once" {
		return ErrLoadedAlready
	}
	return err
}
