// Package recon compares the bank's lines with our payments: see README.md.
package recon

import (
	"context"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/payout"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Run     actor.Permission = "match:run"
	Confirm actor.Permission = "match:confirm"
	Undo    actor.Permission = "match:undo"
)

// Kind is what a match says about its line.
type Kind string

// The kinds of matches.
const (
	PaymentKind Kind = "payment"
	ReturnKind  Kind = "return"
	Fee         Kind = "fee"
	Other       Kind = "other"
)

// Match is why a line is explained.
type Match struct {
	ID          id.Match   `db:"id" json:"id"`
	LineID      id.Line    `db:"line_id" json:"line"`
	Kind        Kind       `db:"kind" json:"kind"`
	PaymentCode string     `db:"payment_code" json:"payment"`
	Payee       string     `db:"payee_name" json:"payee"`
	Day         day.Date   `db:"day" json:"day"` // of the line
	Description string     `db:"description" json:"description"`
	Amount      vnd.Amount `db:"amount" json:"amount_vnd"`
	Withheld    vnd.Amount `db:"withheld" json:"withheld_vnd"` // what the bank kept of money it sent back
	Rule        string     `db:"rule" json:"rule"`
	Why         string     `db:"why" json:"why"`
	Score       int        `db:"score" json:"score"`
	RunID       id.Run     `db:"run_id" json:"run,omitempty"` // none: by hand
	MadeBy      string     `db:"made_by_name" json:"made_by"`
	MadeAt      time.Time  `db:"made_at" json:"made_at"`
	UndoneBy    string     `db:"undone_by_name" json:"undone_by"`
	UndoneAt    *time.Time `db:"undone_at" json:"undone_at"`
	UndoReason  string     `db:"undo_reason" json:"undo_reason"`
}

// Tally is how an account stands in a period. Open lines from before the period count on their own: they still wait.
type Tally struct {
	Lines   int        `db:"lines" json:"lines"`
	Matched int        `db:"matched" json:"matched"`
	Open    int        `db:"open" json:"open"`
	OpenSum vnd.Amount `db:"open_sum" json:"open_vnd"` // money in and out alike, in đồng
	Earlier int        `db:"earlier" json:"open_earlier"`
}

// Candidate is a payment an open line might prove, with what speaks for it.
type Candidate struct {
	PaymentID    id.Payment `db:"payment_id" json:"-"`
	PaymentCode  string     `db:"payment_code" json:"payment"`
	OrderCode    string     `db:"order_code" json:"order"`
	Payee        string     `db:"payee_name" json:"payee"`
	State        string     `db:"state" json:"state"`
	Amount       vnd.Amount `db:"amount" json:"amount_vnd"`
	LessFee      vnd.Amount `db:"less_fee" json:"less_fee_vnd"` // what a credit lacks of the payment, when a fee can be meant; else 0
	ReleasedOn   day.Date   `db:"released_on" json:"released_on"`
	DaysAfter    int        `db:"days_after" json:"days_after"`   // from the release to the line
	SameAmount   bool       `db:"same_amount" json:"same_amount"` // not: the line moves a part of the payment
	SameCode     bool       `db:"same_code" json:"same_code"`
	CodeLikely   bool       `db:"code_likely" json:"code_likely"`
	SameSlip     bool       `db:"same_reference" json:"same_reference"` // the number under which the treasury entered the order
	SameAccount  bool       `db:"same_account" json:"same_account"`
	SameIdentity bool       `db:"same_identity" json:"same_identity"`
	SameName     bool       `db:"same_name" json:"same_name"` // folded: three names may fold to one, so a name alone proves nothing
	NameLikely   bool       `db:"name_likely" json:"name_likely"`
}

// Score is how sure a candidate is, 0 to 100: only what stands at 80 or above is confirmed without a person, and only when nothing else could be meant.
func (c Candidate) Score() int {
	switch {
	case !c.SameAmount && c.LessFee > 0 && (c.SameCode || c.SameSlip || c.SameAccount):
		return 60
	case !c.SameAmount:
		return 50
	case c.SameCode:
		return 100
	case c.SameSlip:
		return 88
	case c.SameAccount:
		return 85
	case c.SameIdentity:
		return 80
	case c.CodeLikely && c.SameName:
		return 70
	case c.CodeLikely:
		return 55
	case c.SameName:
		return 42
	case c.NameLikely:
		return 25
	default:
		return 10
	}
}

// LineRow is a line of a statement with the live match that explains it; empty when none does.
type LineRow struct {
	bank.Line
	MatchID     id.Match `db:"match_id" json:"match,omitempty"`
	Kind        Kind     `db:"kind" json:"match_kind"`
	PaymentCode string   `db:"payment_code" json:"payment"`
}

// Outcome is what a run did.
type Outcome struct {
	RunID    id.Run `json:"run,omitempty"` // none when nothing was found
	Matched  int    `json:"matched"`
	Returned int    `json:"returned"`
	Fees     int    `json:"fees"`
	Others   int    `json:"others"` // money that is none of our payments
	Open     int    `json:"open"`
}

// RunRow is a run in a list.
type RunRow struct {
	ID       id.Run     `db:"id" json:"id"`
	Through  day.Date   `db:"through" json:"through"`
	Matches  int        `db:"matches" json:"matches"`
	MadeBy   string     `db:"made_by_name" json:"made_by"`
	Live     int        `db:"live" json:"matches_live"`
	MadeAt   time.Time  `db:"made_at" json:"made_at"`
	UndoneAt *time.Time `db:"undone_at" json:"undone_at"`
	UndoneBy string     `db:"undone_by_name" json:"undone_by"`
}

// Recon is the room. Record and Reverse are payout's acts for another room (Payouts.Record, Payouts.TakeBack): they join the transaction and
// leave the question of permission to the act that calls them.
type Recon struct {
	DB      tx.DB
	Log     audit.Log
	Bank    bank.Bank
	Record  func(ctx context.Context, who actor.Actor, results []payout.Result, today day.Date) error
	Reverse func(ctx context.Context, who actor.Actor, paymentCode, evidence, reason string, today day.Date) error
}
