package payout

import (
	"context"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
)

// CheckAccount is the permission of the second person: whoever entered an account never checks it.
const CheckAccount actor.Permission = "account:check"

// AccountState is where the check of a payee's account stands.
type AccountState string

// The states of an account. One that was changed before anybody looked at it is replaced.
const (
	AccountWaiting  AccountState = "waiting"
	AccountChecked  AccountState = "checked"
	AccountRefused  AccountState = "refused"
	AccountReplaced AccountState = "replaced"
)

// AccountStates lists the states an account in use can have.
func AccountStates() []AccountState {
	return []AccountState{AccountWaiting, AccountChecked, AccountRefused}
}

// Account is a payee's account as it was entered, with what became of its check. Origin tells those that no second person ever looked at:
// entered before the check was introduced, or loaded with the sample.
type Account struct {
	Code       string       `db:"code" json:"code"`
	HolderCode string       `db:"holder_code" json:"holder"`
	Payee      string       `db:"full_name" json:"payee"`
	BankName   string       `db:"bank_name" json:"bank_name"`
	AccountNo  string       `db:"account_no" json:"account_no"` // masked at the edge
	Name       string       `db:"account_name" json:"account_name"`
	State      AccountState `db:"state" json:"state"`
	Origin     string       `db:"origin" json:"origin"` // entered, before, sample
	Current    bool         `db:"current" json:"current"`
	EnteredBy  string       `db:"entered_by_name" json:"entered_by"`
	EnteredID  id.User      `db:"entered_by" json:"-"`
	EnteredAt  time.Time    `db:"entered_at" json:"entered_at"`
	DecidedBy  string       `db:"decided_by_name" json:"decided_by"`
	DecidedAt  *time.Time   `db:"decided_at" json:"decided_at"`
	Reason     string       `db:"reason" json:"reason"`
	Others     string       `db:"others" json:"same_number"` // payees of other identity with the same number: a warning, never a block
	Orders     string       `db:"orders" json:"orders"`      // live orders by transfer that wait for the check
	Version    int          `db:"version" json:"version"`
}

// AccountFilter chooses accounts in use. Twice keeps those whose number another payee has too.
type AccountFilter struct {
	State string
	Twice bool
}

// Accounts lists the accounts in use, searched by payee or the whole account number; full numbers, which the caller masks.
func (p Payouts) Accounts(ctx context.Context, who actor.Actor, f AccountFilter, q listing.Query) (listing.Answer[Account], error) {
	scope, err := who.Require(CheckAccount)
	if err != nil {
		return listing.Answer[Account]{}, err
	}
	return store{p.DB.Read(ctx)}.accounts(ctx, scope, f, q)
}

// AccountHistory is every account the payee of one ever had, newest first. Refuses: payout.account_unknown.
func (p Payouts) AccountHistory(ctx context.Context, who actor.Actor, code string) ([]Account, error) {
	scope, err := who.Require(CheckAccount)
	if err != nil {
		return nil, err
	}
	s := store{p.DB.Read(ctx)}
	if _, err := s.account(ctx, scope, code); err != nil {
		return nil, err
	}
	return s.accountHistory(ctx, code)
}

// OpenAccount reads one account with its full number, for a reason that goes into the log. Refuses: forbidden without identity:open, a missing
// reason, payout.account_unknown.
func (p Payouts) OpenAccount(ctx context.Context, who actor.Actor, code string, reason string) (Account, error) {
	if _, err := who.Require("identity:open"); err != nil {
		return Account{}, err
	}
	scope, err := who.Require(CheckAccount)
	if err != nil {
		return Account{}, err
	}
	if strings.TrimSpace(reason) == "" {
		return Account{}, ErrReasonNeeded
	}
	var a Account
	err = p.DB.Run(ctx, func(ctx context.Context) error {
		if a, err = (store{p.DB.Write(ctx)}).account(ctx, scope, code); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "account.open", ObjectKind: "holder", ObjectCode: a.HolderCode, Reason: strings.TrimSpace(reason)})
	})
	return a, err
}

// Check is the second person's word on an account: checked, or refused with a reason. Refuses: payout.account_same_person to whoever entered
// this number for this payee at any time, payout.account_decided, changed_meanwhile.
func (p Payouts) Check(ctx context.Context, who actor.Actor, code string, version int, ok bool, reason string) error {
	scope, err := who.Require(CheckAccount)
	if err != nil {
		return err
	}
	if reason = strings.TrimSpace(reason); !ok && reason == "" {
		return ErrReasonNeeded
	}
	return refuse(p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		a, err := s.lockAccount(ctx, scope, code)
		if err != nil {
			return err
		}
		if err := a.mayCheck(who.ID, version); err != nil {
			return err
		}
		act, state := "account.check", AccountChecked
		if !ok {
			act, state = "account.refuse", AccountRefused
		}
		if err := s.decideAccount(ctx, a, state, who.ID, reason); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "holder", ObjectCode: a.HolderCode, Reason: reason,
			After: map[string]any{"payee": a.Payee, "bank": a.BankName}})
	}))
}

// mayCheck: what waits, as it was read, by another person than the one who entered it.
func (a Account) mayCheck(who id.User, version int) error {
	switch {
	case a.State == AccountWaiting && a.EnteredID == who:
		return ErrAccountSame
	case a.State != AccountWaiting || !a.Current:
		return fault.Conflicting("payout.account_decided", a.Payee, "@payout.account.state."+string(a.State))
	case a.Version != version:
		return fault.ChangedBy(a.EnteredBy, a.EnteredAt)
	}
	return nil
}

// WaitingAccounts counts the accounts this person may check.
func (p Payouts) WaitingAccounts(ctx context.Context, who actor.Actor) (int, error) {
	scope, err := who.Require(CheckAccount)
	if err != nil {
		return 0, nil //nolint:nilerr // nothing waits for whoever may not check
	}
	return store{p.DB.Read(ctx)}.waitingAccounts(ctx, scope, who.ID)
}
