package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// BookRead lets a person read the book journal by journal.
const BookRead actor.Permission = "ledger:read"

// Refusals of reading.
var (
	ErrJournalMissing = fault.Missing("ledger.journal_missing")
	errNoProject      = fault.InvalidField("project", "ledger.project_missing")
	errNoCase         = fault.InvalidField("case", "ledger.case_missing")
)

// Chart lists every account in the order of the book: the way from approved to paid, then debts, interest of deposits, surcharge for lateness, each
// with its own source.
func Chart() []Account {
	return []Account{Approved, Deducted, NotOrdered, Ordered, WithTreasury, Returned, Deposited, Paid, DebtSource, Debt,
		InterestSource, InterestDue, InterestPaid, SurchargeApproved, SurchargeDue, SurchargePaid}
}

// Kinds lists every kind of journal in the order of a case's life.
func Kinds() []Kind {
	return []Kind{PlanApproved, OrderSubmitted, OrderReleased, OrderCancelled, PaymentPaid, PaymentReturned, PaymentDeposited, DepositReleased,
		InterestCredited, InterestHanded, SurchargePlanned, SurchargeHanded, DebtRecorded, DebtRepaid, reversal}
}

// BookFilter chooses entries of the book; empty fields do not limit. Days are those the entries are written on.
type BookFilter struct {
	Project, Case string // codes
	Account       Account
	Kind          Kind
	Reference     string // of an order, payment, plan or paper, whole
	From, Through day.Date
}

// Balance is what stands on an account, in đồng; sources are negative.
type Balance struct {
	Account Account    `json:"account"`
	Amount  vnd.Amount `json:"amount_vnd"`
}

// Balances are the accounts of the city, a work or a case as of the end of a day (zero: now), in the order of the chart. Refuses codes nobody has.
func (l Ledger) Balances(ctx context.Context, who actor.Actor, f BookFilter) ([]Balance, error) {
	scope, err := who.Require(BookRead)
	if err != nil {
		return nil, err
	}
	limits := Limits{AsOf: f.Through, Scope: scope}
	s := store{l.DB.Read(ctx)}
	if limits.Project, err = idOf[id.Project](ctx, s, `SELECT id FROM project WHERE code = $1`, f.Project, errNoProject); err != nil {
		return nil, err
	}
	if limits.Case, err = idOf[id.Case](ctx, s, `SELECT id FROM land_case WHERE code = $1`, f.Case, errNoCase); err != nil {
		return nil, err
	}
	rows, err := s.balances(ctx, limits)
	sums := map[Account]vnd.Amount{}
	for _, r := range rows {
		sums[r.Account] += r.Amount
	}
	list := make([]Balance, 0, len(Chart()))
	for _, account := range Chart() {
		list = append(list, Balance{account, sums[account]})
	}
	return list, err
}

func idOf[T ~int64](ctx context.Context, s store, query, code string, missing error) (found T, err error) {
	if code == "" {
		return 0, nil
	}
	if err = s.q.GetContext(ctx, &found, query, code); errors.Is(err, sql.ErrNoRows) {
		return 0, missing
	}
	return found, err
}

// JournalRow is a journal as it is read: its amount is what it moved, in đồng.
type JournalRow struct {
	ID         id.Journal `db:"id" json:"id"`
	Kind       Kind       `db:"kind" json:"kind"`
	Reference  string     `db:"reference" json:"reference"`
	Project    string     `db:"project" json:"project"`
	Day        day.Date   `db:"day" json:"day"`
	OccurredOn day.Date   `db:"occurred_on" json:"occurred_on"` // where it came to light after its month was closed
	Amount     vnd.Amount `db:"amount" json:"amount_vnd"`
	Reverses   id.Journal `db:"reverses" json:"reverses,omitempty"`
	ReversedBy id.Journal `db:"reversed_by" json:"reversed_by,omitempty"`
	MadeBy     string     `db:"made_by_name" json:"made_by"`
	RecordedAt time.Time  `db:"recorded_at" json:"recorded_at"`
	Seal       int64      `db:"seal" json:"seal,omitempty"` // its number in the chain; 0 = not sealed yet
}

// PostingRow is one posting of a journal.
type PostingRow struct {
	Case    string     `db:"case_code" json:"case"`
	Account Account    `db:"account" json:"account"`
	Amount  vnd.Amount `db:"amount" json:"amount_vnd"`
}

// Journals lists journals, the newest first. Refuses: no reading of the book.
func (l Ledger) Journals(ctx context.Context, who actor.Actor, f BookFilter, q listing.Query) (listing.Answer[JournalRow], error) {
	answer := listing.Answer[JournalRow]{Query: q, Items: []JournalRow{}}
	scope, err := who.Require(BookRead)
	if err != nil || f.Kind != "" && !slices.Contains(Kinds(), f.Kind) || f.Account != "" && !slices.Contains(Chart(), f.Account) {
		return answer, err
	}
	return store{l.DB.Read(ctx)}.journals(ctx, scope, f, answer)
}

// JournalOf is one journal with its postings. Refuses: ledger.journal_missing, also outside the scope.
func (l Ledger) JournalOf(ctx context.Context, who actor.Actor, journal id.Journal) (JournalRow, []PostingRow, error) {
	scope, err := who.Require(BookRead)
	if err != nil {
		return JournalRow{}, nil, err
	}
	return store{l.DB.Read(ctx)}.journalOf(ctx, scope, journal)
}
