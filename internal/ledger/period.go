package ledger

import (
	"context"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/tx"
)

// Permissions of closing months.
const (
	PeriodRead   actor.Permission = "period:read"
	PeriodClose  actor.Permission = "period:close"
	PeriodReopen actor.Permission = "period:reopen"
)

// Obstacle is what keeps a month from being closed, or a warning before it: how much of what, and where it is mended.
type Obstacle struct {
	Code    string `json:"code"`
	About   string `json:"about"` // the account it is about, where it is about one
	Count   int    `json:"count"`
	Href    string `json:"href"`
	Warning bool   `json:"warning"` // does not keep the month open
}

// Periods closes months of the book. Ready is what other rooms know of a month that is not settled yet.
type Periods struct {
	DB    tx.DB
	Log   audit.Log
	Ready func(ctx context.Context, through day.Date) ([]Obstacle, error)
}

// Period is a month that was closed.
type Period struct {
	Month      day.Month  `db:"month" json:"month"`
	ClosedByID id.User    `db:"closed_by" json:"-"`
	ClosedBy   string     `db:"closed_by_name" json:"closed_by"`
	ClosedAt   time.Time  `db:"closed_at" json:"closed_at"`
	ReopenedBy string     `db:"reopened_by_name" json:"reopened_by"`
	ReopenedAt *time.Time `db:"reopened_at" json:"reopened_at"`
	Reason     string     `db:"reopen_reason" json:"reason"`
	Later      int        `db:"later" json:"later_entries"` // entries about its days, written after it was closed
}

// List are the closings, the newest month first, at most ten years of them.
func (p Periods) List(ctx context.Context, who actor.Actor) ([]Period, error) {
	if _, err := who.Require(PeriodRead); err != nil {
		return nil, err
	}
	rows := []Period{}
	err := p.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT x.month, x.closed_by, c.full_name AS closed_by_name, x.closed_at, COALESCE(o.full_name, '') AS reopened_by_name, x.reopened_at, x.reopen_reason,
		   (SELECT count(*) FROM journal j WHERE j.occurred_on >= x.month AND j.occurred_on < x.month + interval '1 month') AS later
		 FROM ledger_period x JOIN app_user c ON c.id = x.closed_by LEFT JOIN app_user o ON o.id = x.reopened_by ORDER BY x.month DESC, x.id DESC LIMIT 120`)
	return rows, err
}

// Next is the month that can be closed next: the one after the last closed, else the last that is over.
func (p Periods) Next(ctx context.Context, who actor.Actor, today day.Date) (day.Month, []Obstacle, error) {
	if _, err := who.Require(PeriodRead); err != nil {
		return day.Month{}, nil, err
	}
	last, err := p.closedThrough(ctx)
	if err != nil {
		return day.Month{}, nil, err
	}
	month := after(last, today)
	obstacles, err := p.Ready(ctx, month.Last())
	return month, obstacles, err
}

// after is the month that follows the last closed day; where no month was ever closed the last that is over.
func after(last, today day.Date) day.Month {
	if last.IsZero() {
		return today.Add(1).Month().Add(-1)
	}
	return last.Add(1).Month()
}

func (p Periods) closedThrough(ctx context.Context) (day.Date, error) {
	var last day.Date
	err := p.DB.Read(ctx).GetContext(ctx, &last, `SELECT ledger_closed_through()`)
	return last, err
}

// openDay is the day an entry is written on: its own, or the first after the closed months; then occurred is its own.
func (s store) openDay(ctx context.Context, on day.Date) (written day.Date, occurred *day.Date, err error) {
	last, err := s.closedThrough(ctx)
	if err != nil {
		return on, nil, err
	}
	if last.IsZero() || on.After(last) {
		return on, nil, nil
	}
	return last.Add(1), &on, nil
}

// closedThrough is the last closed day, which stays so until this transaction ends: closing waits for whoever has asked.
func (s store) closedThrough(ctx context.Context) (last day.Date, err error) {
	if _, err = s.q.ExecContext(ctx, `SELECT pg_advisory_xact_lock_shared(hashtextextended('ledger_period', 0))`); err != nil {
		return last, err
	}
	err = s.q.GetContext(ctx, &last, `SELECT ledger_closed_through()`)
	return last, err
}
