package debt

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/invariant"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// Filter chooses debts; empty fields do not limit.
type Filter struct{ State, Kind, Project string }

// Sums is what the chosen debts come to, in đồng; those taken back count for nothing.
type Sums struct {
	Count  int        `db:"count" json:"count"`
	Amount vnd.Amount `db:"amount" json:"amount_vnd"`
	Repaid vnd.Amount `db:"repaid" json:"repaid_vnd"`
}

// Left is what is still owed of all of them.
func (s Sums) Left() vnd.Amount { return s.Amount - s.Repaid }

// List lists debts, the newest first unless sorted, with the sums of all that is chosen.
func (d Debts) List(ctx context.Context, who actor.Actor, f Filter, q listing.Query) (listing.Answer[Debt], Sums, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Debt]{}, Sums{}, err
	}
	return store{d.DB.Read(ctx)}.debts(ctx, scope, f, q)
}

// Get reads one debt and its payments. Refuses: debt.missing.
func (d Debts) Get(ctx context.Context, who actor.Actor, code string) (Debt, []Payment, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Debt{}, nil, err
	}
	s := store{d.DB.Read(ctx)}
	e, err := s.debt(ctx, scope, code)
	if err != nil {
		return e, nil, err
	}
	payments, err := s.payments(ctx, e.ID)
	return e, payments, err
}

// Invariants of debts.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 2, Name: "debt_repaid_adds_up", Title: "Đã nộp của khoản nợ nghĩa vụ bằng tổng các lần nộp còn hiệu lực",
			SQL: `SELECT 'debt ' || d.code FROM debt d WHERE d.repaid <> (SELECT COALESCE(sum(y.amount), 0) FROM debt_payment y WHERE y.debt_id = d.id AND y.gone_at IS NULL)`},
		{Number: 2, Name: "debts_equal_book", Title: "Nợ nghĩa vụ còn lại của từng hồ sơ bằng số dư sổ",
			SQL: `SELECT 'case ' || c.code || ': ' || COALESCE(d.remaining, 0) || ' <> ' || COALESCE(b.amount, 0)
				FROM (SELECT case_id, sum(amount - repaid) AS remaining FROM debt WHERE gone_at IS NULL GROUP BY 1) d
				FULL JOIN (SELECT case_id, amount FROM ledger_balance WHERE account = 'debt') b ON b.case_id = d.case_id
				JOIN land_case c ON c.id = COALESCE(d.case_id, b.case_id) WHERE COALESCE(d.remaining, 0) <> COALESCE(b.amount, 0)`},
	}
}
