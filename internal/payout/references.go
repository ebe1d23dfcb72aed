package payout

import (
	"context"
	"strings"
	"time"
	"unicode"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// Reference is a number under which the treasury or the bank has entered a released order; its statement prints it.
type Reference struct {
	Reference string    `db:"reference" json:"reference"`
	Day       day.Date  `db:"day" json:"day"` // of the treasury's entry
	NotedBy   string    `db:"noted_by_name" json:"noted_by"`
	NotedAt   time.Time `db:"noted_at" json:"noted_at"`
}

// NewReference is what a person enters of one.
type NewReference struct {
	Reference string   `json:"reference"`
	Day       day.Date `json:"day"`
}

// The least and most letters and digits of a reference that can be told from others, and how many an order may have: each slip handed in has one.
const (
	referenceLeast = 3
	referenceMost  = 40
	MaxReferences  = 20
)

func (in NewReference) check(o Order, today day.Date) error {
	var w fault.Wrong
	letters := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsDigit(r) || unicode.IsLetter(r)) {
			return r
		}
		return -1
	}, in.Reference)
	readable := len(letters) >= referenceLeast && len(letters) <= referenceMost && strings.ContainsAny(letters, "0123456789") && len([]rune(in.Reference)) <= 60
	w.Check(readable, "reference", "payout.reference_unreadable", referenceLeast, referenceMost)
	w.Check(!in.Day.IsZero(), "day", "required")
	w.Check(!in.Day.After(today), "day", "day_future")
	w.Check(in.Day.IsZero() || !in.Day.Before(o.ReleasedOn), "day", "payout.reference_early", o.ReleasedOn)
	return w.Err()
}

// NoteReference writes the number under which the treasury or the bank entered a released order, so that reconciliation can tell its lines by
// it. Refuses: payout.wrong_state, a number of fewer than three letters and digits, a day before the release or in the future,
// payout.reference_twice, more than 20. The same key writes once.
func (p Payouts) NoteReference(ctx context.Context, who actor.Actor, code string, in NewReference, key string, today day.Date) error {
	in.Reference = strings.Join(strings.Fields(in.Reference), " ")
	return p.onReferences(ctx, who, "payout.note_reference", code, in, key, func(ctx context.Context, s store, o Order) error {
		if err := in.check(o, today); err != nil {
			return err
		}
		noted, err := s.references(ctx, o.ID)
		if err != nil {
			return err
		}
		if len(noted) >= MaxReferences {
			return fault.InvalidField("reference", "payout.references_many", MaxReferences)
		}
		return s.noteReference(ctx, o.ID, in, who.ID)
	})
}

// WithdrawReference takes a wrongly noted number back; matches that rest on it stay until somebody undoes them. Refuses: payout.reference_missing.
func (p Payouts) WithdrawReference(ctx context.Context, who actor.Actor, code, reference, key string) error {
	return p.onReferences(ctx, who, "payout.withdraw_reference", code, NewReference{Reference: reference}, key, func(ctx context.Context, s store, o Order) error {
		return s.withdrawReference(ctx, o.ID, reference, who.ID)
	})
}

// onReferences runs an act on the references of a locked, released order, once for a key.
func (p Payouts) onReferences(ctx context.Context, who actor.Actor, act, code string, in NewReference, key string, run func(ctx context.Context, s store, o Order) error) error {
	scope, err := who.Require(RecordResult)
	if err != nil {
		return err
	}
	input := struct {
		Order string
		NewReference
	}{code, in}
	return refuse(p.Ledger.Once(ctx, who, act, key, input, &struct{}{}, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		o, err := s.lockOrder(ctx, scope, code)
		if err != nil {
			return err
		}
		if o.State != OrderReleased {
			return errState(o)
		}
		if err := run(ctx, s, o); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "order", ObjectCode: o.Code, After: in})
	}))
}

// ReferencesOf are the numbers noted for an order, the oldest first. The order was read before with the reader's rights.
func (p Payouts) ReferencesOf(ctx context.Context, order id.Order) ([]Reference, error) {
	return store{p.DB.Read(ctx)}.references(ctx, order)
}

func (s store) references(ctx context.Context, order id.Order) ([]Reference, error) {
	rows := []Reference{}
	err := s.q.SelectContext(ctx, &rows, `SELECT r.reference, r.day, u.full_name AS noted_by_name, r.noted_at FROM order_reference r
		JOIN app_user u ON u.id = r.noted_by WHERE r.order_id = $1 AND r.withdrawn_at IS NULL ORDER BY r.id LIMIT $2`, order, MaxReferences)
	return rows, err
}

func (s store) noteReference(ctx context.Context, order id.Order, in NewReference, by id.User) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO order_reference (order_id, reference, day, noted_by) VALUES ($1, $2, $3, $4)`, order, in.Reference, in.Day, by)
	return err
}

func (s store) withdrawReference(ctx context.Context, order id.Order, reference string, by id.User) error {
	res, err := s.q.ExecContext(ctx, `UPDATE order_reference SET withdrawn_by = $3, withdrawn_at = clock_timestamp()
		WHERE order_id = $1 AND reference = $2 AND withdrawn_at IS NULL`, order, reference, by)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return ErrReferenceMissing
	}
	return nil
}
