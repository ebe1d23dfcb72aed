package payout

import (
	"context"
	"errors"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/tx"
)

// lockTargets locks payments in one order and reads them with their orders; what lies outside the scope is not there.
func (s store) lockTargets(ctx context.Context, scope actor.Scope, codes []string) (map[string]target, error) {
	keys := pq.Array(codes)
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM payment WHERE code = ANY($1) ORDER BY id FOR UPDATE`, keys); err != nil {
		return nil, err
	}
	rows := []target{}
	if err := s.q.SelectContext(ctx, &rows,
		`SELECT p.id, p.code, o.code AS order_code, o.state AS order_state, o.method, o.released_on, p.project_id, p.case_id, p.amount, p.state, `+
			reissuedBy+` AS reissued_by`+paymentFrom+` WHERE`+paymentScope+` AND p.code = ANY($4)`,
		scope.Unit, scope.Ward, scope.Member, keys); err != nil {
		return nil, err
	}
	targets := make(map[string]target, len(rows))
	for _, t := range rows {
		targets[t.Code] = t
	}
	return targets, nil
}

// standing are results that no reversal has taken back.
const standing = ` r.kind <> 'reversed' AND NOT EXISTS (SELECT 1 FROM journal x WHERE x.reverses = r.journal_id)`

// lastResult is the newest result that stands (ID 0: none), and the state the payment had before it.
func (s store) lastResult(ctx context.Context, payment id.Payment) (last lastResult, before PaymentState, err error) {
	rows := []lastResult{}
	if err := s.q.SelectContext(ctx, &rows,
		`SELECT r.id, r.kind, r.journal_id, r.evidence_kind FROM payment_result r WHERE r.payment_id = $1 AND`+standing+` ORDER BY r.id DESC LIMIT 2`,
		payment); err != nil {
		return last, "", err
	}
	rows = append(rows, lastResult{}, lastResult{})
	return rows[0], rows[1].stateAfter(), nil
}

// keepResults adds the results and moves their payments, guarded by the states the act has seen.
func (s store) keepResults(ctx context.Context, moves []move, by id.User) error {
	n := len(moves)
	payments, amounts, journals := make([]int64, n), make([]int64, n), make([]int64, n)
	kinds, days, reasons := make([]string, n), make([]string, n), make([]string, n)
	evidence, refs, from, to := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, m := range moves {
		payments[i], amounts[i], journals[i] = int64(m.ID), int64(m.Result.Amount), int64(m.journal)
		kinds[i], days[i], reasons[i] = string(m.Kind), m.Day.String(), m.Reason
		evidence[i], refs[i], from[i], to[i] = string(m.EvidenceKind), m.EvidenceRef, string(m.State), string(m.to)
	}
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO payment_result (made_by, payment_id, kind, day, amount, reason, evidence_kind, evidence_ref, journal_id)
		 SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::date[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::bigint[])`,
		by, pq.Array(payments), pq.Array(kinds), pq.Array(days), pq.Array(amounts), pq.Array(reasons), pq.Array(evidence), pq.Array(refs),
		pq.Array(journals)); err != nil {
		return err
	}
	res, err := s.q.ExecContext(ctx,
		`UPDATE payment p SET state = n.to_state, version = p.version + 1
		 FROM unnest($1::bigint[], $2::text[], $3::text[]) AS n(id, from_state, to_state) WHERE p.id = n.id AND p.state = n.from_state`,
		pq.Array(payments), pq.Array(from), pq.Array(to))
	if err != nil {
		return err
	}
	if changed, err := res.RowsAffected(); err != nil || int(changed) != n {
		return errors.Join(ErrMeanwhile, err)
	}
	return nil
}
