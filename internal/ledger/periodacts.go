package ledger

import (
	"context"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/tx"
)

// Close closes a month, and with the first one all before it for good. Refuses: a month that is not over (period.not_over), one out of order
// (period.order), one with an obstacle (its code), a person who did something in these days (period.own_statement, own_run, own_match, own_result).
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
		s := periodStore{p.DB.Write(ctx)}
		if err := s.lock(ctx); err != nil {
			return err
		}
		if err := p.mayClose(ctx, s, who, month); err != nil {
			return err
		}
		if _, err := s.q.ExecContext(ctx, `INSERT INTO ledger_period (month, closed_by) VALUES ($1, $2)`, month.First(), who.ID); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "period.close", ObjectKind: "period", ObjectCode: month.String()})
	}))
}

func (p Periods) mayClose(ctx context.Context, s periodStore, who actor.Actor, month day.Month) error {
	reader := actor.Actor{ID: who.ID, Grants: map[actor.Permission]actor.Reach{PeriodRead: actor.All}}
	next, obstacles, err := p.Next(ctx, reader, month.Last())
	if err != nil {
		return err
	}
	if month != next {
		return ErrMonthOrder
	}
	for _, o := range obstacles {
		if !o.Warning {
			return fault.Conflicting("period."+o.Code, o.Count, o.About)
		}
	}
	var act string
	if err := s.q.GetContext(ctx, &act, `SELECT COALESCE(ledger_period_hand($1, $2), '')`, who.ID, month.First()); err != nil {
		return err
	}
	return ownHand(act)
}

// Reopen opens the last closed month again, and only that one, with a reason, by another person than the one who closed it. Refuses: a missing reason,
// a month that is not closed (period.not_closed), one with later ones closed (period.not_last), one closed with the first month
// (period.before_first), the person who closed it (period.closer_reopens).
func (p Periods) Reopen(ctx context.Context, who actor.Actor, month day.Month, reason string) error {
	if _, err := who.Require(PeriodReopen); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(reason) == "":
		return ErrReopenReason
	case month.IsZero():
		return ErrMonthNotClosed
	}
	return refusePeriod(p.DB.Run(ctx, func(ctx context.Context) error {
		s := periodStore{p.DB.Write(ctx)}
		if err := s.lock(ctx); err != nil {
			return err
		}
		if err := s.mayReopen(ctx, month); err != nil {
			return err
		}
		if _, err := s.q.ExecContext(ctx, `UPDATE ledger_period SET reopened_by = $2, reopened_at = clock_timestamp(), reopen_reason = $3
			WHERE month = $1 AND reopened_at IS NULL`, month.First(), who.ID, strings.TrimSpace(reason)); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "period.reopen", ObjectKind: "period", ObjectCode: month.String(), Reason: reason})
	}))
}

type periodStore struct{ q tx.Querier }

// lock waits for entries under way, which share it, and for another person who closes or opens.
func (s periodStore) lock(ctx context.Context) error {
	_, err := s.q.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('ledger_period', 0))`)
	return err
}

func (s periodStore) mayReopen(ctx context.Context, month day.Month) error {
	var closed struct {
		First day.Date `db:"first"`
		Last  day.Date `db:"last"`
	}
	if err := s.q.GetContext(ctx, &closed, `SELECT min(month) AS first, max(month) FILTER (WHERE reopened_at IS NULL) AS last FROM ledger_period`); err != nil {
		return err
	}
	return mayReopen(month, closed.First.Month(), closed.Last.Month())
}

// mayReopen is the order of opening: from the end, and never before the first month that was ever closed. first and last are zero where none is.
func mayReopen(month, first, last day.Month) error {
	switch {
	case !first.IsZero() && month.Before(first):
		return fault.Conflicting("period.before_first", first.VN())
	case last.IsZero() || last.Before(month):
		return ErrMonthNotClosed
	case month.Before(last):
		return fault.Conflicting("period.not_last", last.VN())
	default:
		return nil
	}
}
