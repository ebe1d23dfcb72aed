package ledger

import (
	"context"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Adjustment is an entry about a day of a closed month, written in the first month that was open. Amount is what it moved, in đồng, negative for
// a reversal.
type Adjustment struct {
	ID         id.Journal `db:"id" json:"-"`
	Kind       Kind       `db:"kind" json:"kind"`
	Reference  string     `db:"reference" json:"reference"`
	Project    string     `db:"project" json:"project"`
	OccurredOn day.Date   `db:"occurred_on" json:"occurred_on"`
	Day        day.Date   `db:"day" json:"day"`
	Amount     vnd.Amount `db:"amount" json:"amount_vnd"`
	Reversal   bool       `db:"reversal" json:"reversal"`
	MadeBy     string     `db:"made_by" json:"made_by"`
	RecordedAt time.Time  `db:"recorded_at" json:"recorded_at"`
	Sum        vnd.Amount `db:"sum" json:"-"` // of all that were asked for
}

// Adjusted are the adjustments of a month, at most 5,000, with the sum of them all.
type Adjusted struct {
	Items []Adjustment `json:"items"`
	Sum   vnd.Amount   `json:"sum_vnd"`
}

const adjustmentSQL = `SELECT a.*, sum(a.amount) OVER ()::bigint AS sum FROM (SELECT j.id, j.kind, j.reference, p.code AS project, j.occurred_on, j.day, j.reverses IS NOT NULL AS reversal, u.full_name AS made_by, j.recorded_at,
	CASE WHEN j.reverses IS NULL THEN 1 ELSE -1 END * COALESCE((SELECT sum(t.amount) FROM posting t WHERE t.journal_id = j.id AND t.amount > 0), 0)::bigint AS amount
	FROM journal j JOIN project p ON p.id = j.project_id JOIN app_user u ON u.id = j.made_by
	WHERE j.occurred_on IS NOT NULL AND ($2::timestamptz IS NULL OR j.recorded_at <= $2)`

// TakenIn is what a month took in of closed months before it, read by the given querier so that it stands in one snapshot with the rest of a report.
// known limits it to what was recorded by then; zero does not.
func TakenIn(ctx context.Context, q tx.Querier, month day.Month, known time.Time) (Adjusted, error) {
	return adjusted(ctx, q, adjustmentSQL+` AND j.day >= $1::date AND j.day < $1::date + interval '1 month'`, month, known)
}

func adjusted(ctx context.Context, q tx.Querier, query string, month day.Month, known time.Time) (Adjusted, error) {
	var limit any
	if !known.IsZero() {
		limit = known
	}
	a := Adjusted{Items: []Adjustment{}}
	err := q.SelectContext(ctx, &a.Items, query+`) a ORDER BY a.occurred_on, a.id LIMIT 5000`, month, limit)
	if len(a.Items) > 0 {
		a.Sum = a.Items[0].Sum
	}
	return a, err
}

// ClosedAt tells whether a month was closed at a moment (zero: now), by itself or with the first month that was ever closed.
func ClosedAt(ctx context.Context, q tx.Querier, month day.Month, known time.Time) (closed bool, err error) {
	if known.IsZero() {
		err = q.GetContext(ctx, &closed, `SELECT COALESCE(ledger_closed_through() >= $1::date, false)`, month)
		return closed, err
	}
	err = q.GetContext(ctx, &closed,
		`SELECT EXISTS (SELECT 1 FROM ledger_period WHERE month >= $1::date AND closed_at <= $2 AND (reopened_at IS NULL OR reopened_at > $2))
		   OR COALESCE($1::date < (SELECT min(month) FROM ledger_period WHERE closed_at <= $2), false)`, month, known)
	return closed, err
}

// MonthBook is how a month stands: closed or not, what it took in of earlier months, and what of its own days stands in later ones.
type MonthBook struct {
	Month   day.Month `json:"month"`
	Closed  bool      `json:"closed"`
	TakenIn Adjusted  `json:"taken_in"`
	Later   Adjusted  `json:"later"`
}

// MonthBook reads how a month stands. Refuses nothing: a month about which nothing is known is open and empty.
func (p Periods) MonthBook(ctx context.Context, who actor.Actor, month day.Month) (MonthBook, error) {
	b := MonthBook{Month: month}
	if _, err := who.Require(PeriodRead); err != nil {
		return b, err
	}
	err := p.DB.Snapshot(ctx, func(ctx context.Context) (err error) {
		q := p.DB.Read(ctx)
		if b.Closed, err = ClosedAt(ctx, q, month, time.Time{}); err != nil {
			return err
		}
		if b.TakenIn, err = TakenIn(ctx, q, month, time.Time{}); err != nil {
			return err
		}
		b.Later, err = adjusted(ctx, q, adjustmentSQL+` AND j.occurred_on >= $1::date AND j.occurred_on < $1::date + interval '1 month'`, month, time.Time{})
		return err
	})
	return b, err
}
