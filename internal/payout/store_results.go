package payout

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// lockTargets locks payments in one order and reads them with their orders; what lies outside the scope is not there.
func (s store) lockTargets(ctx context.Context, scope actor.Scope, codes []string) (map[string]*target, error) {
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM payment WHERE code = ANY($1) ORDER BY id FOR UPDATE`, pq.Array(codes)); err != nil {
		return nil, err
	}
	return s.targets(ctx, scope, codes)
}

func (s store) targets(ctx context.Context, scope actor.Scope, codes []string) (map[string]*target, error) {
	rows := []*target{}
	if err := s.q.SelectContext(ctx, &rows,
		`SELECT p.id, p.code, o.code AS order_code, o.state AS order_state, o.made_by, o.release_journal IS NOT NULL AS in_treasury, o.method, o.released_on,
		   p.project_id, p.case_id, p.amount, p.version, p.open, p.paid, p.returned, p.deposited, `+reissued+` AS reissued, `+
			reissuedBy+` AS reissued_by`+paymentFrom+` WHERE`+paymentScope+` AND p.code = ANY($4)`,
		scope.Unit, scope.Ward, scope.Member, pq.Array(codes)); err != nil {
		return nil, err
	}
	targets := make(map[string]*target, len(rows))
	for _, t := range rows {
		targets[t.Code] = t
	}
	return targets, nil
}

// standing are results that no reversal has taken back.
const standing = ` r.kind <> 'reversed' AND NOT EXISTS (SELECT 1 FROM journal x WHERE x.reverses = r.journal_id)`

// standingResult is the newest result of a payment that stands, or the one with this evidence.
func (s store) standingResult(ctx context.Context, payment id.Payment, evidence string) (standingResult, error) {
	var r standingResult
	err := s.q.GetContext(ctx, &r,
		`SELECT r.id, r.kind, r.came_from, r.amount, r.journal_id, r.evidence_kind FROM payment_result r
		 WHERE r.payment_id = $1 AND ($2 = '' OR r.evidence_ref = $2) AND`+standing+` ORDER BY r.id DESC LIMIT 1`, payment, evidence)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNoResult
	}
	return r, err
}

// keepResults adds the results and brings their payments up to them. Limit is what byAnother held a person's results against.
func (s store) keepResults(ctx context.Context, moves []move, by id.User, limit vnd.Amount) error {
	n := len(moves)
	payments, amounts, journals := make([]int64, n), make([]int64, n), make([]int64, n)
	kinds, from, days, reasons := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	evidence, refs, limits := make([]string, n), make([]string, n), make([]int64, n)
	changed := map[id.Payment]*target{}
	for i, m := range moves {
		payments[i], amounts[i], journals[i] = int64(m.at.ID), int64(m.Amount), int64(m.journal)
		kinds[i], from[i], days[i], reasons[i] = string(m.Kind), string(m.from), m.Day.String(), m.Reason
		evidence[i], refs[i] = string(m.EvidenceKind), m.EvidenceRef
		changed[m.at.ID] = m.at
		if m.ByPerson {
			limits[i] = int64(limit)
		}
	}
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO payment_result (made_by, payment_id, kind, came_from, day, amount, reason, evidence_kind, evidence_ref, journal_id, hand_from)
		 SELECT $1, r.payment, r.kind, CASE WHEN r.kind <> 'reversed' THEN r.came_from END, r.day, r.amount, r.reason, r.evidence, r.ref, r.journal, r.hand_from
		 FROM unnest($2::bigint[], $3::text[], $4::text[], $5::date[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[])
		   AS r(payment, kind, came_from, day, amount, reason, evidence, ref, journal, hand_from)`,
		by, pq.Array(payments), pq.Array(kinds), pq.Array(from), pq.Array(days), pq.Array(amounts), pq.Array(reasons), pq.Array(evidence), pq.Array(refs),
		pq.Array(journals), pq.Array(limits)); err != nil {
		return err
	}
	return s.keepParts(ctx, slices.Collect(maps.Values(changed)))
}

// keepParts writes how payments stand after an act, guarded by the versions it has seen.
func (s store) keepParts(ctx context.Context, targets []*target) error {
	n := len(targets)
	ids, versions, states := make([]int64, n), make([]int64, n), make([]string, n)
	open, paid, returned, deposited := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, t := range targets {
		ids[i], versions[i], states[i] = int64(t.ID), int64(t.Version), string(t.state())
		open[i], paid[i], returned[i], deposited[i] = int64(t.Open), int64(t.Paid), int64(t.Returned), int64(t.Deposited)
	}
	res, err := s.q.ExecContext(ctx,
		`UPDATE payment p SET state = n.state, open = n.open, paid = n.paid, returned = n.returned, deposited = n.deposited, version = p.version + 1
		 FROM unnest($1::bigint[], $2::int[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
		   AS n(id, version, state, open, paid, returned, deposited) WHERE p.id = n.id AND p.version = n.version`,
		pq.Array(ids), pq.Array(versions), pq.Array(states), pq.Array(open), pq.Array(paid), pq.Array(returned), pq.Array(deposited))
	if err != nil {
		return err
	}
	if changed, err := res.RowsAffected(); err != nil || int(changed) != n {
		return errors.Join(ErrMeanwhile, err)
	}
	return nil
}

// againstKnown refuses results that a person has recorded already: the same kind, day, amount and paper of the same payment. Otherwise a part told
// twice, by two people or in two files, would be paid twice in the book while something is still open.
func (s store) againstKnown(ctx context.Context, results []Result) error {
	n := len(results)
	codes, kinds, days, amounts, refs := codesOf(results), make([]string, n), make([]string, n), make([]int64, n), make([]string, n)
	for i, r := range results {
		kinds[i], days[i], amounts[i], refs[i] = string(r.Kind), r.Day.String(), int64(r.Amount), r.EvidenceRef
	}
	var known []int
	if err := s.q.SelectContext(ctx, &known, `SELECT n.at FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
		  WITH ORDINALITY AS n(code, kind, day, amount, ref, at) JOIN payment p ON p.code = n.code JOIN payment_result r ON r.payment_id = p.id
		WHERE r.kind = n.kind AND r.day = NULLIF(n.day, '')::date AND r.amount = n.amount AND r.evidence_kind <> 'statement_line'
		  AND lower(btrim(r.evidence_ref)) = lower(btrim(n.ref)) AND`+standing+` ORDER BY n.at`,
		pq.Array(codes), pq.Array(kinds), pq.Array(days), pq.Array(amounts), pq.Array(refs)); err != nil {
		return err
	}
	var w fault.Wrong
	for _, at := range known {
		r := results[at-1]
		w.Add(resultField(at-1, "evidence_ref"), "payout.result_known", r.PaymentCode, r.EvidenceRef)
	}
	return w.Err()
}
