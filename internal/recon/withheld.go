package recon

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// WithheldMost is what a bank may have kept of money it sends back, in đồng, for a person to call it a fee: the office's limit on the day on which
// the money came, 0 where it set none.
func (r Recon) WithheldMost(ctx context.Context, on day.Date) (vnd.Amount, error) {
	rules, err := legal.Rules{DB: r.DB}.AllOn(ctx, legal.Office, on)
	return vnd.Amount(rules[legal.ReturnFeeMost].Value), err
}

// withheldMostOf is the limit on the day of a line.
func (r Recon) withheldMostOf(ctx context.Context, line id.Line) (vnd.Amount, error) {
	var on day.Date
	if err := r.DB.Read(ctx).GetContext(ctx, &on, `SELECT day FROM statement_line WHERE id = $1`, line); errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	return r.WithheldMost(ctx, on)
}

// ConfirmReturnLessFee says that a credit brings a whole payment back, less a fee that the bank kept: the payee is owed all of it again, the
// missing money is the office's cost. The limit is that of the line's day. Refuses: recon.no_fee_missing with both figures, recon.fee_above, a
// debit, a payment used already.
func (r Recon) ConfirmReturnLessFee(ctx context.Context, who actor.Actor, line id.Line, paymentCode, reason string, today day.Date) error {
	if _, err := who.Require(Confirm); err != nil {
		return err
	}
	codes := codesIn(paymentCode)
	var wrong fault.Wrong
	wrong.Check(len(codes) == 1, "payment", "recon.one_payment")
	wrong.Check(strings.TrimSpace(reason) != "", "reason", "required")
	if err := wrong.Err(); err != nil {
		return err
	}
	most, err := r.withheldMostOf(ctx, line)
	if err != nil {
		return err
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		if err := s.lockAccountOf(ctx, line); err != nil {
			return err
		}
		p, err := s.returnLess(ctx, line, codes[0], most)
		if err != nil {
			return err
		}
		p.Piece, p.Part, p.Rule, p.Why, p.Score = 1, 1, rulePerson, reason, 100
		_, p.Recorded = p.result()
		if err := r.keep(ctx, who, 0, []pair{p}, today); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "match.confirm", ObjectKind: "payment", ObjectCode: codes[0], Reason: reason,
			After: map[string]any{"line": line, "payments": codes, "withheld_vnd": p.Withheld}})
	})
}

// returnLess is a credit and the payment that it brings back whole but for a fee.
func (s store) returnLess(ctx context.Context, line id.Line, code string, most vnd.Amount) (pair, error) {
	pairs := []pair{}
	err := s.q.SelectContext(ctx, &pairs,
		`SELECT l.id AS line_id, p.id AS payment_id, p.code AS payment_code, p.state, o.method, o.content, l.day, p.amount, abs(l.amount) AS moved, p.amount - l.amount AS withheld,
		   l.amount > 0 AS incoming, l.description, (SELECT COALESCE(sum(m.amount), 0)::bigint FROM recon_match m WHERE m.payment_id = p.id AND m.undone_at IS NULL AND m.kind = 'return') AS taken
		 FROM statement_line l JOIN payment p ON p.code = $2 JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' AND o.released_on <= l.day
		 WHERE l.id = $1 AND p.state IN ('ordered', 'paid', 'returned') FOR UPDATE OF p`, line, code)
	switch {
	case err != nil:
		return pair{}, err
	case len(pairs) == 0 || !pairs[0].Incoming:
		return pair{}, ErrPaymentMissing
	}
	switch p := pairs[0]; {
	case p.Taken > 0:
		return p, ErrPaymentUsed
	case p.Withheld <= 0:
		return p, fault.InvalidField("payment", "recon.no_fee_missing", p.Moved, p.Amount)
	case p.Withheld > most:
		return p, fault.InvalidField("payment", "recon.fee_above", p.Withheld, most)
	default:
		p.Most = most
		return p, nil
	}
}
