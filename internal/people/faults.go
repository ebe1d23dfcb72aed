package people

import (
	"errors"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// What this room may refuse. Wrong fields come from rules.go: people.username_form, people.username_reserved, people.password_short,
// people.password_long, people.password_is_username, people.password_common, people.role_unknown, people.ward_needed,
// people.unit_kind, people.token_days, required.
var (
	ErrMissing       = fault.Missing("people.missing")
	ErrTokenMissing  = fault.Missing("people.token_missing")
	ErrUsernameTaken = fault.InvalidField("username", "people.username_taken")
	ErrUnitUnknown   = fault.InvalidField("unit", "people.unit_unknown")
	ErrWardUnknown   = fault.InvalidField("ward", "people.ward_unknown")
	ErrPasswordWrong = fault.InvalidField("current", "people.password_wrong")
	ErrSignIn        = fault.New(fault.Invalid, "people.sign_in_wrong")
	ErrTooManyTries  = fault.New(fault.TooMany, "people.too_many_tries", waitMinutes)
	ErrTokenInvalid  = fault.New(fault.Unauthenticated, "people.token_invalid")
	ErrTokenNotOwn   = fault.New(fault.Forbidden, "people.token_not_own")
	ErrOwnAccount    = fault.Conflicting("people.own_account")
	ErrLastManager   = fault.Conflicting("people.last_manager")
)

// refuse names a broken constraint in the words of this room.
func refuse(err error) error {
	var v *tx.Violation
	if errors.As(err, &v) && v.Constraint == "app_user_username_once" {
		return ErrUsernameTaken
	}
	return err
}
