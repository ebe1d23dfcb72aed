package payout

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

type store struct{ q tx.Querier }

// inProject is the three conditions of a scope over works, as parameters $1 (unit), $2 (ward), $3 (member).
const inProject = ` ($1 = 0 OR p.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM project_ward s WHERE s.project_id = p.id AND s.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.user_id = $3))`

func (s store) projectID(ctx context.Context, scope actor.Scope, code string) (id.Project, error) {
	var project id.Project
	err := s.q.GetContext(ctx, &project, `SELECT p.id FROM project p WHERE`+inProject+` AND p.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrProjectMissing
	}
	return project, err
}

func (s store) sourceStands(ctx context.Context, source string) error {
	var one int
	err := s.q.GetContext(ctx, &one, `SELECT 1 FROM funding_source WHERE code = $1`, source)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrSourceMissing
	}
	return err
}

// drafting locks the awards and the returned payments of the lines, in one order, and only then reads them: what another order took
// meanwhile is seen. The lines come back with the ids of their awards.
func (s store) drafting(ctx context.Context, project id.Project, lines []NewLine) (*drafting, []NewLine, error) {
	lines, err := s.resolve(ctx, project, lines)
	if err != nil {
		return nil, nil, err
	}
	var awards []id.Award
	var originals []string
	for _, l := range lines {
		awards = append(awards, l.AwardID)
		if l.ReissueOf != "" {
			originals = append(originals, l.ReissueOf)
		}
	}
	ids := int64s(awards)
	for _, lock := range []struct {
		query string
		keys  any
	}{
		{`SELECT 1 FROM award WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, ids},
		{`SELECT 1 FROM payment WHERE code = ANY($1) ORDER BY id FOR UPDATE`, pq.Array(originals)},
	} {
		if err := tx.Lock(ctx, s.q, lock.query, lock.keys); err != nil {
			return nil, nil, err
		}
	}
	d := &drafting{awards: map[id.Award]awardFacts{}, originals: map[string]original{}}
	if err := s.readAwards(ctx, d, project, ids); err != nil {
		return nil, nil, err
	}
	return d, lines, s.readOriginals(ctx, d, project, originals)
}

// resolve finds the award of each line; 0 where there is none in this work.
func (s store) resolve(ctx context.Context, project id.Project, lines []NewLine) ([]NewLine, error) {
	n := len(lines)
	ids, cases, plans, again := make([]int64, n), make([]string, n), make([]string, n), make([]string, n)
	for i, l := range lines {
		ids[i], cases[i], plans[i], again[i] = int64(l.AwardID), l.CaseCode, l.PlanCode, l.ReissueOf
	}
	found := []id.Award{}
	if err := s.q.SelectContext(ctx, &found,
		`SELECT COALESCE(CASE
		   WHEN l.again <> '' THEN (SELECT p.award_id FROM payment p WHERE p.code = l.again AND p.project_id = $1)
		   WHEN l.award <> 0 THEN (SELECT a.id FROM award a WHERE a.id = l.award AND a.project_id = $1)
		   ELSE (SELECT a.id FROM award a JOIN plan pl ON pl.id = a.plan_id JOIN land_case c ON c.id = a.case_id
		         WHERE c.code = l.case_code AND pl.code = l.plan_code AND a.project_id = $1) END, 0)
		 FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS l(award, case_code, plan_code, again, n) ORDER BY l.n`,
		project, pq.Array(ids), pq.Array(cases), pq.Array(plans), pq.Array(again)); err != nil {
		return nil, err
	}
	resolved := make([]NewLine, n)
	for i, l := range lines {
		l.AwardID = found[i]
		resolved[i] = l
	}
	return resolved, nil
}

// claims is what live payments hold of an award a: money issued again is counted where it was ordered first.
const claims = `(SELECT COALESCE(sum(c.amount), 0)::bigint FROM payment c WHERE c.award_id = a.id AND c.reissue_of IS NULL AND c.state <> 'cancelled')`

func (s store) readAwards(ctx context.Context, d *drafting, project id.Project, ids any) error {
	rows := []awardFacts{}
	if err := s.q.SelectContext(ctx, &rows,
		`SELECT a.id AS award_id, a.case_id, lc.code AS case_code, pl.code AS plan_code, pl.state = 'approved' AS approved,
		   (a.total - a.deducted)::bigint AS net, `+claims+` AS claimed
		 FROM award a JOIN plan pl ON pl.id = a.plan_id JOIN land_case lc ON lc.id = a.case_id WHERE a.id = ANY($1) AND a.project_id = $2`,
		ids, project); err != nil {
		return err
	}
	parties := []party{}
	if err := s.q.SelectContext(ctx, &parties,
		`SELECT a.id AS award_id, h.id AS party_id, h.full_name, h.share_bp, COALESCE(o.code, '') AS live_order
		 FROM award a JOIN land_case c ON c.id = a.case_id JOIN holder_party h ON h.holder_id = c.holder_id
		 LEFT JOIN payment lp ON lp.award_id = a.id AND lp.party_id = h.id AND lp.state IN ('prepared', 'ordered', 'part')
		 LEFT JOIN payout_order o ON o.id = lp.order_id
		 WHERE a.id = ANY($1) ORDER BY a.id, h.id`, ids); err != nil {
		return err
	}
	byAward := map[id.Award][]party{}
	for _, p := range parties {
		byAward[p.AwardID] = append(byAward[p.AwardID], p)
	}
	for _, a := range rows {
		a.parties = byAward[a.ID]
		d.awards[a.ID] = a
	}
	return nil
}

// reissued is what live payments issue again of payment p, in đồng; reissuedBy is the code of the newest of them, or nothing.
const (
	reissued   = `(SELECT COALESCE(sum(r.amount), 0)::bigint FROM payment r WHERE r.reissue_of = p.id AND r.state <> 'cancelled')`
	reissuedBy = `COALESCE((SELECT r.code FROM payment r WHERE r.reissue_of = p.id AND r.state <> 'cancelled' ORDER BY r.id DESC LIMIT 1), '')`
)

func (s store) readOriginals(ctx context.Context, d *drafting, project id.Project, codes []string) error {
	rows := []original{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.id, p.code, p.award_id, p.party_id, p.returned - `+reissued+` AS free, p.state, `+reissuedBy+` AS reissued_by
		 FROM payment p WHERE p.code = ANY($1) AND p.project_id = $2`, pq.Array(codes), project)
	for _, o := range rows {
		d.originals[o.Code] = o
	}
	return err
}

// serials takes n numbers of a series at once and gives the first: a number is never given twice.
func (s store) serials(ctx context.Context, series string, n int) (int, error) {
	var last int
	err := s.q.GetContext(ctx, &last,
		`INSERT INTO serial (series, last) VALUES ($1, $2)
		 ON CONFLICT (series) DO UPDATE SET last = serial.last + EXCLUDED.last RETURNING last`, series, n)
	return last - n + 1, err
}

func (s store) orderCode(ctx context.Context, today day.Date) (string, error) {
	number, err := s.serials(ctx, fmt.Sprintf("order/%d", today.Year()), 1)
	return fmt.Sprintf("CT-%d-%03d", today.Year(), number), err
}

func (s store) insertOrder(ctx context.Context, project id.Project, in NewOrder, payments []newPayment, from origin, by id.User, today day.Date) (string, error) {
	code, err := s.orderCode(ctx, today)
	if err != nil {
		return "", err
	}
	var total vnd.Amount
	for _, p := range payments {
		total += p.Amount
	}
	var order id.Order
	if err := s.q.GetContext(ctx, &order,
		`INSERT INTO payout_order (code, project_id, method, source, content, state, day, total, payment_count, made_by, changed_by, plan_year, draws, parent_id, parent_kind)
		 VALUES ($1,$2,$3,$4,$5,'draft',$6,$7,$8,$9,$9,$10,$11,NULLIF($12::bigint, 0),$13) RETURNING id`,
		code, project, in.Method, in.Source, in.Content, today, total, len(payments), by, in.Year, draws(payments), from.order, from.kind); err != nil {
		return "", err
	}
	return code, s.insertPayments(ctx, project, order, payments, today)
}

// insertPayments gives each payment its code, which the bank carries in the memo: GPMB23T00001. The code has room for 99,999 a year; a longer
// one would be cut by those who read it out of a memo.
func (s store) insertPayments(ctx context.Context, project id.Project, order id.Order, payments []newPayment, today day.Date) error {
	first, err := s.serials(ctx, fmt.Sprintf("payment/%d", today.Year()), len(payments))
	if err != nil {
		return err
	}
	if first+len(payments)-1 > 99999 {
		return ErrCodesUsedUp
	}
	n := len(payments)
	codes, payees := make([]string, n), make([]string, n)
	cases, awards, parties, amounts, again := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, p := range payments {
		codes[i], payees[i] = fmt.Sprintf("GPMB%02dT%05d", today.Year()%100, first+i), p.Payee
		cases[i], awards[i], parties[i], amounts[i], again[i] = int64(p.CaseID), int64(p.AwardID), int64(p.PartyID), int64(p.Amount), int64(p.ReissueOf)
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO payment (order_id, project_id, state, code, case_id, award_id, party_id, amount, payee_name, reissue_of)
		 SELECT $1, $2, 'prepared', n.code, n.case_id, n.award_id, n.party_id, n.amount, n.payee, NULLIF(n.again, 0)
		 FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::bigint[])
		   AS n(code, case_id, award_id, party_id, amount, payee, again)`,
		order, project, pq.Array(codes), pq.Array(cases), pq.Array(awards), pq.Array(parties), pq.Array(amounts), pq.Array(payees), pq.Array(again))
	return err
}

// lockOrder locks first and reads after, so that what it reads is what stands now.
func (s store) lockOrder(ctx context.Context, scope actor.Scope, code string) (Order, error) {
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM payout_order WHERE code = $1 FOR UPDATE`, code); err != nil {
		return Order{}, err
	}
	return s.order(ctx, scope, code)
}

// held reads the payments of an order, locked in one order.
func (s store) held(ctx context.Context, order id.Order) ([]held, error) {
	rows := []held{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT id, code, case_id, award_id, amount, reissue_of IS NOT NULL AS again FROM payment WHERE order_id = $1 ORDER BY id FOR UPDATE`, order)
	return rows, err
}

func (s store) setPaymentStates(ctx context.Context, order id.Order, from, to PaymentState) error {
	_, err := s.q.ExecContext(ctx, `UPDATE payment SET state = $3, version = version + 1 WHERE order_id = $1 AND state = $2`, order, from, to)
	return err
}

// copyPayees copies name, identity and account from the persons' files, and names those of a transfer who have no account.
func (s store) copyPayees(ctx context.Context, o Order) error {
	copied := []copiedPayee{}
	if err := s.q.SelectContext(ctx, &copied,
		`UPDATE payment p SET payee_name = h.full_name, identity_no = h.identity_no, bank_name = h.bank_name, account_no = h.account_no
		 FROM holder_party h LEFT JOIN account_check k ON k.party_id = h.id AND k.current
		 WHERE h.id = p.party_id AND p.order_id = $1 RETURNING p.payee_name, p.account_no, COALESCE(k.state, '') AS account_state`, o.ID); err != nil {
		return err
	}
	return o.payable(copied)
}

// submit keeps the limit in force; an order split off from a large one stays large, or the limit could be walked around.
func (s store) submit(ctx context.Context, o Order, by id.User, secondFrom vnd.Amount) error {
	return s.sign(ctx, o, `state = 'submitted', submitted_at = clock_timestamp(), second_from = $5::bigint,
		second_needed = second_needed OR ($5::bigint > 0 AND total >= $5::bigint)`, by, secondFrom)
}

func (s store) approve(ctx context.Context, o Order, by id.User) error {
	return s.sign(ctx, o, `state = 'approved', approved_by = $4, approved_at = clock_timestamp()`, by)
}

func (s store) second(ctx context.Context, o Order, by id.User) error {
	return s.sign(ctx, o, `second_by = $4, second_at = clock_timestamp()`, by)
}

func (s store) release(ctx context.Context, o Order, by id.User, on day.Date, journal id.Journal) error {
	return s.sign(ctx, o, `state = 'released', released_by = $4, released_at = clock_timestamp(), released_on = $5::date, release_journal = $6`, by, on, journal)
}

func (s store) cancel(ctx context.Context, o Order, by id.User, reason string) error {
	return s.sign(ctx, o, `state = 'cancelled', cancelled_by = $4, cancelled_at = clock_timestamp(), cancel_reason = $5`, by, reason)
}

// sign writes one step of an order, guarded by the state and version the act has seen.
func (s store) sign(ctx context.Context, o Order, set string, by id.User, more ...any) error {
	res, err := s.q.ExecContext(ctx, `UPDATE payout_order SET `+set+`, changed_by = $4, changed_at = clock_timestamp(), version = version + 1
		WHERE id = $1 AND version = $2 AND state = $3`, append([]any{o.ID, o.Version, o.State, by}, more...)...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrMeanwhile, err)
	}
	return nil
}

func int64s[T ~int64](ids []T) pq.Int64Array {
	out := make(pq.Int64Array, len(ids))
	for i, v := range ids {
		out[i] = int64(v)
	}
	return out
}
