// Package ledger is our own book of compensation money, double entry: see README.md for its accounts and what it promises.
package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Account is where money of a case stands.
type Account string

// The accounts of a case: the way from approved to paid, and beside it debts, the interest of deposits and the surcharge for lateness, each with
// a source of its own. Sources are negative; the others never are.
const (
	Approved     Account = "approved"
	Deducted     Account = "deducted"
	NotOrdered   Account = "not_ordered"
	Ordered      Account = "ordered"
	WithTreasury Account = "with_treasury" // of a released order, until its result; the bridge counts it as ordered
	Returned     Account = "returned"
	Deposited    Account = "deposited"
	Paid         Account = "paid"

	DebtSource        Account = "debt_source"
	Debt              Account = "debt"
	InterestSource    Account = "interest_source"
	InterestDue       Account = "interest_due"
	InterestPaid      Account = "interest_paid"
	SurchargeApproved Account = "surcharge_approved"
	SurchargeDue      Account = "surcharge_due"
	SurchargePaid     Account = "surcharge_paid"
)

// Kind is what a journal is about.
type Kind string

// The kinds of journals.
const (
	PlanApproved     Kind = "plan_approved"
	OrderSubmitted   Kind = "order_submitted"
	OrderReleased    Kind = "order_released"
	OrderCancelled   Kind = "order_cancelled"
	PaymentPaid      Kind = "payment_paid"
	PaymentReturned  Kind = "payment_returned"
	PaymentDeposited Kind = "payment_deposited"
	DepositReleased  Kind = "deposit_released"
	InterestCredited Kind = "interest_credited"
	InterestHanded   Kind = "interest_paid"
	SurchargePlanned Kind = "surcharge_approved"
	SurchargeHanded  Kind = "surcharge_paid"
	DebtRecorded     Kind = "debt_recorded"
	DebtRepaid       Kind = "debt_repaid"
	reversal         Kind = "reversal"
)

// Posting is an amount, in đồng, added to an account of a case.
type Posting struct {
	Case    id.Case    `db:"case_id"`
	Account Account    `db:"account"`
	Amount  vnd.Amount `db:"amount"`
}

// Entry is a journal to be written. Day is the day that bank or paper means, not the day of typing.
type Entry struct {
	Kind      Kind
	Reference string
	Project   id.Project
	Day       day.Date
	Postings  []Posting
}

// Move is the two postings that carry an amount from one account of a case to another.
func Move(c id.Case, from, to Account, amount vnd.Amount) []Posting {
	return []Posting{{c, from, -amount}, {c, to, amount}}
}

// Ledger is the book.
type Ledger struct{ DB tx.DB }

// Refusals of this room.
var (
	ErrOverdrawn   = fault.Conflicting("ledger.overdrawn")
	ErrKeyReused   = fault.Conflicting("ledger.key_reused")
	ErrKeyMissing  = fault.InvalidField("idempotency_key", "ledger.key_missing")
	ErrReversed    = fault.Conflicting("ledger.reversed_twice")
	errNotBalanced = errors.New("ledger: a journal must sum to zero for each case")
)

// Post writes a journal in the act's transaction. Refuses: ledger.overdrawn when an account would fall below zero.
func (l Ledger) Post(ctx context.Context, who actor.Actor, e Entry) (id.Journal, error) {
	if !balanced(e.Postings) {
		return 0, errNotBalanced
	}
	return store{l.DB.Write(ctx)}.post(ctx, who.ID, e, nil)
}

// PostAll is Post for many journals at once; their numbers come in the order of the entries. All are written or none.
func (l Ledger) PostAll(ctx context.Context, who actor.Actor, entries []Entry) ([]id.Journal, error) {
	for _, e := range entries {
		if !balanced(e.Postings) {
			return nil, errNotBalanced
		}
	}
	if len(entries) == 0 {
		return nil, nil
	}
	return store{l.DB.Write(ctx)}.postAll(ctx, who.ID, entries)
}

func balanced(postings []Posting) bool {
	sums := map[id.Case]vnd.Amount{}
	for _, p := range postings {
		sums[p.Case] += p.Amount
	}
	for _, sum := range sums {
		if sum != 0 {
			return false
		}
	}
	return len(postings) > 0
}

// Reverse takes a journal back by its mirror image, on a day. Refuses: ledger.reversed_twice, ledger.overdrawn.
func (l Ledger) Reverse(ctx context.Context, who actor.Actor, journal id.Journal, reference string, on day.Date) (id.Journal, error) {
	s := store{l.DB.Write(ctx)}
	e, err := s.entry(ctx, journal)
	if err != nil {
		return 0, err
	}
	for i := range e.Postings {
		e.Postings[i].Amount = -e.Postings[i].Amount
	}
	e.Kind, e.Reference, e.Day = reversal, reference, on
	return s.post(ctx, who.ID, e, &journal)
}

// Once runs an act that moves money at most once for a person and key. The first run's answer is kept; the same key with the same
// input fills answer from it and does nothing; with other input it is refused (ledger.key_reused). act fills answer, a pointer.
func (l Ledger) Once(ctx context.Context, who actor.Actor, act, key string, input, answer any, run func(ctx context.Context) error) error {
	if len(key) < 8 || len(key) > 255 {
		return ErrKeyMissing
	}
	content, err := json.Marshal(input)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	hash := sha256.Sum256(content)
	return l.DB.Run(ctx, func(ctx context.Context) error {
		s := store{l.DB.Write(ctx)}
		first, found, err := s.firstAnswer(ctx, who.ID, act, key, hash[:])
		if err != nil {
			return err
		}
		if found {
			return json.Unmarshal(first, answer)
		}
		if err := run(ctx); err != nil {
			return err
		}
		return s.keepAnswer(ctx, who.ID, act, key, hash[:], answer)
	})
}

// Bridge is the way from approved to paid, in đồng. Difference is what does not add up; anything but 0 is a fault of the system.
type Bridge struct {
	Approved   vnd.Amount `json:"approved_vnd"`
	Deducted   vnd.Amount `json:"deducted_vnd"`
	NotOrdered vnd.Amount `json:"not_ordered_vnd"`
	Ordered    vnd.Amount `json:"ordered_vnd"`
	Returned   vnd.Amount `json:"returned_vnd"`
	Deposited  vnd.Amount `json:"deposited_vnd"`
	Paid       vnd.Amount `json:"paid_vnd"`
	Difference vnd.Amount `json:"difference_vnd"`
}

// BridgeOf makes a bridge out of the balances of the accounts.
func BridgeOf(balances map[Account]vnd.Amount) Bridge {
	b := Bridge{Approved: -balances[Approved], Deducted: balances[Deducted], NotOrdered: balances[NotOrdered], Ordered: balances[Ordered] + balances[WithTreasury],
		Returned: balances[Returned], Deposited: balances[Deposited], Paid: balances[Paid]}
	b.Difference = b.Approved - b.Deducted - b.NotOrdered - b.Ordered - b.Returned - b.Deposited - b.Paid
	return b
}

// Plus adds two bridges.
func (b Bridge) Plus(o Bridge) Bridge {
	return Bridge{b.Approved + o.Approved, b.Deducted + o.Deducted, b.NotOrdered + o.NotOrdered, b.Ordered + o.Ordered,
		b.Returned + o.Returned, b.Deposited + o.Deposited, b.Paid + o.Paid, b.Difference + o.Difference}
}

// Limits chooses what a bridge is about; zero fields do not limit. Known is the moment up to which entries count, for a report rebuilt later.
type Limits struct {
	Project id.Project
	Case    id.Case
	AsOf    day.Date
	Known   time.Time
	Scope   actor.Scope
}

// Bridge adds up the book. Without day and moment it reads the kept balances, else the postings.
func (l Ledger) Bridge(ctx context.Context, limits Limits) (Bridge, error) {
	rows, err := store{l.DB.Read(ctx)}.balances(ctx, limits)
	if err != nil {
		return Bridge{}, err
	}
	sums := map[Account]vnd.Amount{}
	for _, r := range rows {
		sums[r.Account] += r.Amount
	}
	return BridgeOf(sums), nil
}

// ByProject is a bridge for each work that has entries.
func (l Ledger) ByProject(ctx context.Context, limits Limits) (map[id.Project]Bridge, error) {
	rows, err := store{l.DB.Read(ctx)}.balances(ctx, limits)
	if err != nil {
		return nil, err
	}
	sums := map[id.Project]map[Account]vnd.Amount{}
	for _, r := range rows {
		if sums[r.Project] == nil {
			sums[r.Project] = map[Account]vnd.Amount{}
		}
		sums[r.Project][r.Account] += r.Amount
	}
	bridges := make(map[id.Project]Bridge, len(sums))
	for project, balances := range sums {
		bridges[project] = BridgeOf(balances)
	}
	return bridges, nil
}

// ByCase is a bridge for each of the cases, from the kept balances, in one query.
func (l Ledger) ByCase(ctx context.Context, cases []id.Case) (map[id.Case]Bridge, error) {
	rows, err := store{l.DB.Read(ctx)}.caseBalances(ctx, cases)
	if err != nil {
		return nil, err
	}
	sums := map[id.Case]map[Account]vnd.Amount{}
	for _, r := range rows {
		if sums[r.Case] == nil {
			sums[r.Case] = map[Account]vnd.Amount{}
		}
		sums[r.Case][r.Account] = r.Amount
	}
	bridges := make(map[id.Case]Bridge, len(sums))
	for c, balances := range sums {
		bridges[c] = BridgeOf(balances)
	}
	return bridges, nil
}
