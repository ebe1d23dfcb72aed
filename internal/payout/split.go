package payout

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// splitting is the input of Split.
type splitting struct {
	Code     string
	Version  int
	Payments []string
	NewCode  string `json:",omitempty"` // the answer
}

// Split moves payments of a draft or submitted order into a new draft of the same maker, and gives its code. The sums add up, the fund takes
// neither more nor less; of a submitted order the book gives the moved money back until the draft is submitted. An order split off from one that
// needs a second approval needs it too. Refuses: nothing or everything chosen, a payment of another order, payout.not_maker, payout.wrong_state.
func (p Payouts) Split(ctx context.Context, who actor.Actor, code string, version int, payments []string, key string, today day.Date) (string, error) {
	scope, err := who.Require(Make)
	if err != nil {
		return "", err
	}
	in := splitting{Code: code, Version: version, Payments: slices.Sorted(slices.Values(payments))}
	var answer string
	err = p.Ledger.Once(ctx, who, "payout.split", key, in, &answer, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		o, err := s.lockOrder(ctx, scope, code)
		if err != nil {
			return err
		}
		if o.Version != version {
			return fault.ChangedBy(o.ChangedBy, o.ChangedAt)
		}
		answer, err = p.split(ctx, s, who, o, in.Payments, today)
		return err
	})
	return answer, refuse(err)
}

func (p Payouts) split(ctx context.Context, s store, who actor.Actor, o Order, codes []string, today day.Date) (string, error) {
	all, err := s.held(ctx, o.ID)
	if err != nil {
		return "", err
	}
	moved, err := o.maySplit(who.ID, all, codes)
	if err != nil {
		return "", err
	}
	if o.State == OrderSubmitted {
		if _, err := p.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.OrderCancelled, Reference: o.Code, Project: o.ProjectID, Day: today,
			Postings: giveBack(moved)}); err != nil {
			return "", err
		}
	}
	code, err := s.splitOff(ctx, o, moved, who.ID, today)
	if err != nil {
		return "", err
	}
	after := map[string]any{"payments": codes, "sum": sumOf(moved)}
	if err := p.Log.Write(ctx, audit.Event{Actor: who, Act: "payout.split", ObjectKind: "order", ObjectCode: o.Code, Before: map[string]any{"total": o.Total},
		After: map[string]any{"total": o.Total - sumOf(moved), "into": code}}); err != nil {
		return "", err
	}
	return code, p.Log.Write(ctx, audit.Event{Actor: who, Act: "payout.split_off", ObjectKind: "order", ObjectCode: code, Reason: o.Code, After: after})
}

// maySplit finds the payments chosen, or says what stands against it.
func (o Order) maySplit(who id.User, all []held, codes []string) ([]held, error) {
	switch {
	case o.State != OrderDraft && o.State != OrderSubmitted:
		return nil, errState(o)
	case o.MadeByID != who:
		return nil, ErrNotMaker
	}
	var moved []held
	for _, h := range all {
		if slices.Contains(codes, h.Code) {
			moved = append(moved, h)
		}
	}
	switch {
	case len(codes) == 0:
		return nil, fault.InvalidField("payments", "payout.split_nothing")
	case len(moved) != len(slices.Compact(codes)):
		return nil, fault.InvalidField("payments", "payout.split_foreign", o.Code)
	case len(moved) == len(all):
		return nil, fault.InvalidField("payments", "payout.split_all", o.Code)
	}
	return moved, nil
}

func sumOf(payments []held) (sum vnd.Amount) {
	for _, p := range payments {
		sum += p.Amount
	}
	return sum
}

// splitOff writes the new draft and takes its money out of the order, in that order of the fund: first less, then more.
func (s store) splitOff(ctx context.Context, o Order, moved []held, by id.User, today day.Date) (string, error) {
	var anew vnd.Amount
	ids := make(pq.Int64Array, 0, len(moved))
	for _, h := range moved {
		if ids = append(ids, int64(h.ID)); !h.Again {
			anew += h.Amount
		}
	}
	if err := s.sign(ctx, o, `total = total - $5::bigint, payment_count = payment_count - $6::int, draws = draws - $7::bigint`, by, sumOf(moved), len(moved), anew); err != nil {
		return "", err
	}
	code, child, err := s.insertSplit(ctx, o, moved, anew, by, today)
	if err != nil {
		return "", err
	}
	_, err = s.q.ExecContext(ctx, `UPDATE payment SET order_id = $2, state = 'prepared', version = version + 1 WHERE id = ANY($1)`, ids, child)
	return code, err
}

func (s store) insertSplit(ctx context.Context, o Order, moved []held, anew vnd.Amount, by id.User, today day.Date) (code string, order id.Order, err error) {
	if code, err = s.orderCode(ctx, today); err != nil {
		return "", 0, err
	}
	err = s.q.GetContext(ctx, &order,
		`INSERT INTO payout_order (code, project_id, method, source, content, state, day, total, payment_count, made_by, changed_by, plan_year, draws, parent_id, parent_kind, second_needed)
		 SELECT $2, project_id, method, source, content, 'draft', day, $3, $4, made_by, $5, plan_year, $6, id, 'split', second_needed
		 FROM payout_order WHERE id = $1 RETURNING id`,
		o.ID, code, sumOf(moved), len(moved), by, anew)
	return code, order, err
}

// reissuing is the content of Reissue.
type reissuing struct{ Code string }

// Reissue makes a draft that carries every returned payment of a released order not issued again yet, with the same method and fund, and gives
// its code. Refuses: payout.wrong_state, payout.nothing_to_reissue and what Draft refuses. The same key gives the same code.
func (p Payouts) Reissue(ctx context.Context, who actor.Actor, code, key string, today day.Date) (string, error) {
	scope, err := who.Require(Make)
	if err != nil {
		return "", err
	}
	var answer string
	err = p.Ledger.Once(ctx, who, "payout.reissue", key, reissuing{code}, &answer, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		o, err := s.order(ctx, scope, code)
		if err != nil {
			return err
		}
		if o.State != OrderReleased {
			return errState(o)
		}
		in, err := s.failed(ctx, o)
		if err != nil {
			return err
		}
		if in, err = in.onDay(today); err != nil {
			in.Year = today.Year() // what is issued again draws nothing anew
		}
		answer, err = p.draft(ctx, who, scope, in, origin{o.ID, "reissue"}, today)
		return err
	})
	return answer, refuse(err)
}

// failed is the order of what came back.
func (s store) failed(ctx context.Context, o Order) (NewOrder, error) {
	in := NewOrder{Project: o.ProjectCode, Method: o.Method, Source: o.Source, Year: o.Year, Content: o.Content}
	var codes []string
	if err := s.q.SelectContext(ctx, &codes, `SELECT p.code FROM payment p WHERE p.order_id = $1 AND p.state = 'returned' AND p.returned > `+reissued+` ORDER BY p.id`, o.ID); err != nil {
		return in, err
	}
	if len(codes) == 0 {
		return in, ErrNothingToAgain
	}
	for _, code := range codes {
		in.Lines = append(in.Lines, NewLine{ReissueOf: code})
	}
	return in, nil
}

// Relative is an order that came out of another one.
type Relative struct {
	Code  string     `db:"code" json:"code"`
	Kind  string     `db:"parent_kind" json:"kind"`
	State OrderState `db:"state" json:"state"`
	Total vnd.Amount `db:"total" json:"total_vnd"`
}

// ChildrenOf lists the orders that came out of one the caller has got through Order.
func (p Payouts) ChildrenOf(ctx context.Context, order id.Order) ([]Relative, error) {
	rows := []Relative{}
	err := p.DB.Read(ctx).SelectContext(ctx, &rows, `SELECT code, parent_kind, state, total FROM payout_order WHERE parent_id = $1 ORDER BY id LIMIT 500`, order)
	return rows, err
}
