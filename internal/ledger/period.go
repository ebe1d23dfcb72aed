package ledger

import (
	"context"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
)

// Permissions of closing months.
const (
	PeriodRead   actor.Permission = "period:read"
	PeriodClose  actor.Permission = "period:close"
	PeriodReopen actor.Permission = "period:reopen"
)

// Refusals of closing months.
var (
	ErrMonthEarly    = fault.Conflicting("period.not_over")
	ErrMonthOrder    = fault.Conflicting("period.order")
	ErrMonthClosed   = fault.Conflicting("period.closed")
	ErrMonthNotLast  = fault.Conflicting("period.not_last")
	ErrOwnHand       = fault.Conflicting("period.own_hand")
	ErrCloserReopens = fault.Conflicting("period.closer_reopens")
	ErrReopenReason  = fault.InvalidField("reason", "required")
)

// Obstacle is what keeps a month from being closed: how much of what, and where it is mended.
type Obstacle struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
	Href  string `json:"href"`
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
	month, err := p.after(ctx, last, today)
	if err != nil {
		return month, nil, err
	}
	obstacles, err := p.Ready(ctx, month.Last())
	return month, obstacles, err
}

// after is the month that follows the last closed day: where none is closed any more the one that was opened again, where none ever was the last that is over.
func (p Periods) after(ctx context.Context, last, today day.Date) (day.Month, error) {
	if !last.IsZero() {
		return last.Add(1).Month(), nil
	}
	var reopened day.Date
	err := p.DB.Read(ctx).GetContext(ctx, &reopened, `SELECT max(month) FROM ledger_period`)
	if err != nil || reopened.IsZero() {
		return today.Add(1).Month().Add(-1), err
	}
	return reopened.Month(), nil
}

func (p Periods) closedThrough(ctx context.Context) (day.Date, error) {
	var last day.Date
	err := p.DB.Read(ctx).GetContext(ctx, &last, `SELECT ledger_closed_through()`)
	return last, err
}

// Close closes a month, and with the first one all before it. Refuses: a month that is not over (period.not_over), one out of order (period.order),
// one with an obstacle (its code), a person who loaded a statement of these days or matched a line of theirs by hand (period.own_hand).
func (p Periods) Close(ctx context.Context, who actor.Actor, month day.Month, today day.Date) error {
	if _, err := who.Require(PeriodClose); err != nil {
		return err
	}
	switch {
	case month.IsZero():
		return ErrMonthOrder
	case month.Last().After(today):
		return ErrMonthEarly
	}
	return refusePeriod(p.DB.Run(ctx, func(ctx context.Context) error {
		q := p.DB.Write(ctx)
		if _, err := q.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('ledger_period', 0))`); err != nil { // waits for entries under way
			return err
		}
		next, obstacles, err := p.Next(ctx, actor.Actor{ID: who.ID, Grants: map[actor.Permission]actor.Reach{PeriodRead: actor.All}}, month.Last())
		if err != nil {
			return err
		}
		if month != next {
			return ErrMonthOrder
		}
		if len(obstacles) > 0 {
			return fault.Conflicting("period."+obstacles[0].Code, obstacles[0].Count)
		}
		if _, err := q.ExecContext(ctx, `INSERT INTO ledger_period (month, closed_by) VALUES ($1, $2)`, month.First(), who.ID); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "period.close", ObjectKind: "period", ObjectCode: month.String()})
	}))
}

// Reopen opens the last closed month again, with a reason, by another person than the one who closed it. Refuses: period.not_last,
// period.closer_reopens, a missing reason.
func (p Periods) Reopen(ctx context.Context, who actor.Actor, month day.Month, reason string) error {
	if _, err := who.Require(PeriodReopen); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(reason) == "":
		return ErrReopenReason
	case month.IsZero():
		return ErrMonthNotLast
	}
	return refusePeriod(p.DB.Run(ctx, func(ctx context.Context) error {
		q := p.DB.Write(ctx)
		if _, err := q.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('ledger_period', 0))`); err != nil {
			return err
		}
		last, err := p.closedThrough(ctx)
		if err != nil {
			return err
		}
		if last != month.Last() {
			return ErrMonthNotLast
		}
		if _, err := q.ExecContext(ctx, `UPDATE ledger_period SET reopened_by = $2, reopened_at = clock_timestamp(), reopen_reason = $3
			WHERE month = $1 AND reopened_at IS NULL`, month.First(), who.ID, strings.TrimSpace(reason)); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "period.reopen", ObjectKind: "period", ObjectCode: month.String(), Reason: reason})
	}))
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
