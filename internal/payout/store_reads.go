package payout

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/legal"
	"matbang/internal/listing"
)

const orderColumns = `o.id, o.code, o.project_id, pr.code AS project_code, pr.name AS project_name, o.method, o.source, f.name AS source_name, o.content,
	o.plan_year, o.draws, COALESCE((SELECT code FROM payout_order WHERE id = o.parent_id), '') AS parent_code, o.parent_kind, o.second_from, o.second_needed,
	COALESCE(o.second_by, 0) AS second_by, COALESCE(se.full_name, '') AS second_by_name, o.second_at,
	o.state, o.day, o.total, o.payment_count, o.made_by, mk.full_name AS made_by_name, o.submitted_at,
	COALESCE(o.approved_by, 0) AS approved_by, COALESCE(ap.full_name, '') AS approved_by_name, o.approved_at,
	COALESCE(re.full_name, '') AS released_by_name, o.released_at, o.released_on,
	COALESCE(ca.full_name, '') AS cancelled_by_name, o.cancelled_at, o.cancel_reason, ch.full_name AS changed_by_name, o.changed_at, o.version,
	m.prepared, m.ordered, m.paid, m.returned, m.deposited, m.cancelled`

// orderDetails joins names and sums to orders o that are already chosen: for a list only to those of its page.
const orderDetails = ` JOIN project pr ON pr.id = o.project_id JOIN funding_source f ON f.code = o.source
	JOIN app_user mk ON mk.id = o.made_by JOIN app_user ch ON ch.id = o.changed_by
	LEFT JOIN app_user ap ON ap.id = o.approved_by LEFT JOIN app_user se ON se.id = o.second_by LEFT JOIN app_user re ON re.id = o.released_by LEFT JOIN app_user ca ON ca.id = o.cancelled_by
	CROSS JOIN LATERAL (SELECT COALESCE(sum(amount) FILTER (WHERE state = 'prepared'), 0)::bigint AS prepared,
	  COALESCE(sum(open) FILTER (WHERE state IN ('ordered', 'part')), 0)::bigint AS ordered, COALESCE(sum(paid), 0)::bigint AS paid,
	  COALESCE(sum(returned), 0)::bigint AS returned, COALESCE(sum(deposited), 0)::bigint AS deposited,
	  COALESCE(sum(amount) FILTER (WHERE state = 'cancelled'), 0)::bigint AS cancelled FROM payment WHERE order_id = o.id) m`

func (s store) order(ctx context.Context, scope actor.Scope, code string) (Order, error) {
	var o Order
	err := s.q.GetContext(ctx, &o, `SELECT `+orderColumns+` FROM payout_order o JOIN project p ON p.id = o.project_id`+orderDetails+
		` WHERE`+inProject+` AND o.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return o, ErrMissing
	}
	return o, err
}

const ordersWhere = ` FROM payout_order o JOIN project p ON p.id = o.project_id WHERE` + inProject + `
	AND ($4 = '' OR p.name_fold LIKE '%' || fold($4) || '%' OR o.code ILIKE '%' || $4 || '%')
	AND ($5 = '' OR o.state = $5) AND ($6 = '' OR p.code = $6) AND ($7 = '' OR o.method = $7)`

func orderSorts() map[string]string {
	return map[string]string{"code": "o.id", "day": "o.day", "project": "project_code", "state": "o.state", "total": "o.total", "count": "o.payment_count"}
}

func (s store) orders(ctx context.Context, scope actor.Scope, f OrderFilter, q listing.Query) (listing.Answer[Order], error) {
	answer := listing.Answer[Order]{Items: []Order{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.State, f.Project, f.Method}
	if err := s.q.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1`+ordersWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	order := q.Order(orderSorts(), "o.code")
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+orderColumns+` FROM (SELECT o.*, p.code AS project_code`+ordersWhere+` AND ($8 = '' OR o.code > $8)
		 ORDER BY `+order+` LIMIT $9 OFFSET $10) o`+orderDetails+` ORDER BY `+order,
		append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

// paymentFrom and paymentScope stand around payments p wherever they are read by a person.
const paymentFrom = ` FROM payment p JOIN payout_order o ON o.id = p.order_id JOIN project pr ON pr.id = p.project_id JOIN land_case c ON c.id = p.case_id`

const paymentScope = ` ($1 = 0 OR pr.unit_id = $1) AND ($2 = 0 OR c.ward_id = $2)
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member pm WHERE pm.project_id = pr.id AND pm.user_id = $3))`

const paymentColumns = `p.id, p.code, o.code AS order_code, o.state AS order_state, o.method, o.released_on, pr.code AS project_code, pr.name AS project_name,
	c.code AS case_code, pl.code AS plan_code, p.payee_name, p.amount, p.state, p.open, p.paid, p.returned, p.deposited, ` + reissued + ` AS reissued,
	CASE WHEN o.state IN ('approved', 'released') THEN p.identity_no ELSE h.identity_no END AS identity_no,
	CASE WHEN o.state IN ('approved', 'released') THEN p.bank_name ELSE h.bank_name END AS bank_name,
	CASE WHEN o.state IN ('approved', 'released') THEN p.account_no ELSE h.account_no END AS account_no,
	COALESCE((SELECT k.state FROM account_check k WHERE k.party_id = p.party_id AND k.current), '') AS account_state,
	o.state IN ('approved', 'released') AND (p.payee_name, p.identity_no, p.bank_name, p.account_no) <> (h.full_name, h.identity_no, h.bank_name, h.account_no) AS changed_since,
	COALESCE((SELECT y.full_name FROM payment_representative y JOIN payment_result r ON r.id = y.result_id WHERE r.payment_id = p.id AND` + standing + ` ORDER BY r.id DESC LIMIT 1), '') AS signed_by,
	last.day AS result_day, COALESCE(last.evidence_kind = 'statement_line', false) AS from_bank,
	COALESCE((SELECT code FROM payment WHERE id = p.reissue_of), '') AS reissue_of_code, ` + reissuedBy + ` AS reissued_by,
	a.total AS awarded, a.deducted,
	(SELECT COALESCE(sum(b.paid), 0)::bigint FROM payment b WHERE b.award_id = p.award_id AND b.party_id = p.party_id AND b.id <> p.id) AS paid_before`

// paymentDetails joins what a page shows to payments that are already chosen.
const paymentDetails = ` JOIN award a ON a.id = p.award_id JOIN plan pl ON pl.id = a.plan_id JOIN holder_party h ON h.id = p.party_id
	LEFT JOIN LATERAL (SELECT r.day, r.evidence_kind FROM payment_result r WHERE r.payment_id = p.id AND` + standing + ` ORDER BY r.id DESC LIMIT 1) last ON true`

func (s store) paymentsOf(ctx context.Context, order id.Order) ([]Payment, error) {
	rows := []Payment{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+paymentColumns+paymentFrom+paymentDetails+` WHERE p.order_id = $1 ORDER BY p.id`, order)
	return rows, err
}

// openPayments are asked from the payments' side: those still open are few among all there ever were.
func (s store) openPayments(ctx context.Context, scope actor.Scope, order string, states []string) ([]Payment, error) {
	rows := []Payment{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+paymentColumns+paymentFrom+paymentDetails+` WHERE`+paymentScope+`
		AND p.state = ANY($6) AND (p.state <> 'returned' OR p.returned > `+reissued+`) AND o.state = 'released' AND ($4 = '' OR o.code = $4) ORDER BY o.id, p.id LIMIT $5`,
		scope.Unit, scope.Ward, scope.Member, order, MaxLines+1, pq.Array(states))
	return rows, err
}

func (s store) payment(ctx context.Context, scope actor.Scope, code string) (Payment, error) {
	var p Payment
	err := s.q.GetContext(ctx, &p, `SELECT `+paymentColumns+paymentFrom+paymentDetails+` WHERE`+paymentScope+` AND p.code = $4`,
		scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return p, ErrPaymentMissing
	}
	return p, err
}

func (s store) results(ctx context.Context, payment id.Payment) ([]ResultRow, error) {
	rows := []ResultRow{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT r.kind, r.day, r.amount, r.reason, r.evidence_kind, r.evidence_ref, u.full_name AS made_by_name, r.recorded_at,
		   EXISTS (SELECT 1 FROM journal x WHERE x.reverses = r.journal_id) AS taken_back, COALESCE(y.full_name, '') AS rep_name, COALESCE(y.identity_no, '') AS rep_identity,
		   COALESCE(y.relation, '') AS rep_relation, COALESCE(y.paper_no, '') AS rep_paper_no, y.paper_day AS rep_paper_day, COALESCE(y.certified_by, '') AS rep_certified_by, y.valid_to AS rep_valid_to
		 FROM payment_result r JOIN app_user u ON u.id = r.made_by LEFT JOIN payment_representative y ON y.result_id = r.id WHERE r.payment_id = $1 ORDER BY r.id LIMIT 500`, payment)
	return rows, err
}

// A returned payment that is issued again is not in the account "returned" any more: filtering by that state leaves it out, so that the
// figures of the bridge open exactly their rows.
const paymentsWhere = paymentFrom + ` WHERE` + paymentScope + `
	AND ($4 = '' OR p.payee_fold LIKE '%' || fold($4) || '%' OR p.code LIKE upper($4) || '%')
	AND ($5 = '' OR p.state = $5 AND ($5 <> 'returned' OR p.returned > (SELECT COALESCE(sum(r.amount), 0) FROM payment r WHERE r.reissue_of = p.id AND r.state NOT IN ('prepared', 'cancelled'))))
	AND ($6 = '' OR pr.code = $6) AND ($7 = '' OR c.code = $7)`

func paymentSorts() map[string]string {
	return map[string]string{"code": "p.id", "payee": "p.payee_fold", "amount": "p.amount", "state": "p.state", "order": "p.order_id", "case": "p.case_id"}
}

func (s store) payments(ctx context.Context, scope actor.Scope, f PaymentFilter, q listing.Query) (listing.Answer[Payment], error) {
	answer := listing.Answer[Payment]{Items: []Payment{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.State, f.Project, f.Case}
	if err := s.q.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1`+paymentsWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	order := q.Order(paymentSorts(), "p.code")
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+paymentColumns+` FROM (SELECT p.*`+paymentsWhere+` AND ($8 = '' OR p.code > $8) ORDER BY `+order+` LIMIT $9 OFFSET $10) p
		 JOIN payout_order o ON o.id = p.order_id JOIN project pr ON pr.id = p.project_id JOIN land_case c ON c.id = p.case_id`+
			paymentDetails+` ORDER BY `+order, append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

// payables are the awards of approved plans with something left. The clock of payment begins with the plan's decision or with the recovery
// decision, as the plan's rule set has it.
func (s store) payables(ctx context.Context, project id.Project, f PayableFilter) ([]Payable, error) {
	rows := []Payable{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT * FROM (SELECT pl.effective_on AS effective,
		   COALESCE((SELECT r.value FROM legal_rule r WHERE r.rule_set = pl.rule_set AND r.key = '`+legal.PaymentDays+`' AND r.valid_from <= pl.effective_on ORDER BY r.valid_from DESC LIMIT 1), 0) AS days,
		   CASE (SELECT r.value FROM legal_rule r WHERE r.rule_set = pl.rule_set AND r.key = '`+legal.PaymentBase+`' AND r.valid_from <= pl.effective_on ORDER BY r.valid_from DESC LIMIT 1)
		     WHEN 1 THEN pl.effective_on
		     ELSE (SELECT max(st.effective_on) FROM case_step st WHERE st.case_id = lc.id AND st.kind = 'recovery_decision' AND st.withdrawn_at IS NULL) END AS base,
		   COALESCE((SELECT ob.code FROM obstacle_case oc JOIN obstacle ob ON ob.id = oc.obstacle_id WHERE oc.case_id = lc.id AND ob.resolved_on IS NULL ORDER BY ob.id LIMIT 1), '') AS obstacle,
		   CASE WHEN EXISTS (SELECT 1 FROM holder_party hp LEFT JOIN account_check k ON k.party_id = hp.id AND k.current WHERE hp.holder_id = h.id AND hp.share_bp > 0 AND k.id IS NULL) THEN 'none'
		     ELSE COALESCE((SELECT k.state FROM holder_party hp JOIN account_check k ON k.party_id = hp.id AND k.current WHERE hp.holder_id = h.id AND hp.share_bp > 0
		       ORDER BY k.state = 'checked', k.id LIMIT 1), 'none') END AS account, a.id AS award_id, lc.code AS case_code, pl.code AS plan_code, h.name AS holder, a.total, a.deducted,
		   (a.total - a.deducted)::bigint AS net, `+claims+` AS claimed,
		   (SELECT COALESCE(sum(c.paid), 0)::bigint FROM payment c WHERE c.award_id = a.id) AS paid,
		   COALESCE((SELECT o.code FROM payment c JOIN payout_order o ON o.id = c.order_id
		     WHERE c.award_id = a.id AND c.state IN ('prepared', 'ordered', 'part') ORDER BY c.id LIMIT 1), '') AS waiting
		 FROM award a JOIN plan pl ON pl.id = a.plan_id AND pl.state = 'approved' JOIN land_case lc ON lc.id = a.case_id
		 JOIN holder h ON h.id = lc.holder_id WHERE a.project_id = $1
		   AND ($3 = '' OR pl.code = $3) AND ($4 = '' OR h.name_fold LIKE '%' || fold($4) || '%' OR lc.code ILIKE '%' || $4 || '%')
		   AND ($5::date IS NULL OR pl.effective_on >= $5) AND ($6::date IS NULL OR pl.effective_on <= $6)
		   AND ($7 = '' OR EXISTS (SELECT 1 FROM ward w WHERE w.id = lc.ward_id AND w.code = $7))) x
		 WHERE net > claimed AND (NOT $8 OR obstacle = '') AND (NOT $9 OR account = 'checked')
		   AND ($10::date IS NULL OR base + days::int <= $10) ORDER BY case_code, plan_code LIMIT $2`,
		project, MaxLines, f.Plan, listing.Query{Text: f.Text}.Like(), f.From, f.To, f.Ward, f.Free, f.Checked, f.Due)
	return rows, err
}

func (s store) again(ctx context.Context, project id.Project) ([]Again, error) {
	rows := []Again{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.code, c.code AS case_code, pl.code AS plan_code, p.payee_name, p.returned - `+reissued+` AS amount, last.day, last.reason
		 FROM payment p JOIN land_case c ON c.id = p.case_id JOIN award a ON a.id = p.award_id JOIN plan pl ON pl.id = a.plan_id
		 JOIN LATERAL (SELECT r.day, r.reason FROM payment_result r WHERE r.payment_id = p.id AND`+standing+` ORDER BY r.id DESC LIMIT 1) last ON true
		 WHERE p.project_id = $1 AND p.state = 'returned' AND p.returned > `+reissued+` ORDER BY p.code LIMIT $2`, project, MaxLines)
	return rows, err
}

func (s store) projects(ctx context.Context, scope actor.Scope) ([]Choice, error) {
	rows := []Choice{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.code, p.name FROM project p WHERE`+inProject+` AND EXISTS (SELECT 1 FROM ledger_balance b WHERE b.project_id = p.id)
		 ORDER BY p.code LIMIT 500`, scope.Unit, scope.Ward, scope.Member)
	return rows, err
}

func (s store) openProjects(ctx context.Context, scope actor.Scope) ([]Open, error) {
	rows := []Open{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.code, p.name, COALESCE(sum(b.amount) FILTER (WHERE b.account = 'not_ordered'), 0)::bigint AS not_ordered,
		   COALESCE(sum(b.amount) FILTER (WHERE b.account = 'returned'), 0)::bigint AS returned
		 FROM project p JOIN ledger_balance b ON b.project_id = p.id AND b.account IN ('not_ordered', 'returned') AND b.amount > 0
		 WHERE`+inProject+` GROUP BY p.id ORDER BY p.code LIMIT 500`, scope.Unit, scope.Ward, scope.Member)
	return rows, err
}

func (s store) waiting(ctx context.Context, who actor.Actor, scope actor.Scope) (Waiting, error) {
	var w Waiting
	err := s.q.GetContext(ctx, &w,
		`SELECT count(*) FILTER (WHERE o.state = 'draft' AND o.made_by = $4) AS drafts,
		   count(*) FILTER (WHERE $5 AND o.made_by <> $4 AND (o.state = 'submitted'
		     OR o.state = 'approved' AND o.second_needed AND o.second_by IS NULL AND o.approved_by <> $4)) AS approve,
		   count(*) FILTER (WHERE $6 AND o.state = 'approved' AND (NOT o.second_needed OR o.second_by IS NOT NULL)
		     AND o.made_by <> $4 AND o.approved_by <> $4 AND o.second_by IS DISTINCT FROM $4) AS release,
		   CASE WHEN $7 THEN (SELECT count(*) FROM payment y JOIN payout_order yo ON yo.id = y.order_id AND yo.state = 'released' WHERE y.state IN ('ordered', 'part')) ELSE 0 END AS results,
		   CASE WHEN $8 THEN (SELECT count(*) FROM payment y WHERE y.state = 'returned'
		     AND y.returned > (SELECT COALESCE(sum(z.amount), 0) FROM payment z WHERE z.reissue_of = y.id AND z.state <> 'cancelled')) ELSE 0 END AS reissue
		 FROM payout_order o JOIN project p ON p.id = o.project_id WHERE`+inProject+` AND o.state IN ('draft', 'submitted', 'approved')`,
		scope.Unit, scope.Ward, scope.Member, who.ID, who.Can(Approve), who.Can(Release), who.Can(RecordResult), who.Can(Make))
	return w, err
}

// waitingDeposits counts releases to decide, releases approved and not handed over, and deposits of which the register knows nothing yet.
func (s store) waitingDeposits(ctx context.Context, who actor.Actor, scope actor.Scope) (WaitingDeposits, error) {
	var w WaitingDeposits
	err := s.q.GetContext(ctx, &w,
		`SELECT count(*) FILTER (WHERE $5 AND x.state = 'waiting' AND x.made_by <> $4) AS decide, count(*) FILTER (WHERE $6 AND x.state = 'approved' AND x.decided_by <> $4) AS hand_over,
		   CASE WHEN $6 THEN (SELECT count(*) FROM deposit g JOIN payment_result r ON r.id = g.result_id WHERE g.ground = 'unknown' AND`+standing+`) ELSE 0 END AS incomplete
		 FROM deposit_release x JOIN deposit d ON d.id = x.deposit_id JOIN payment y ON y.id = d.payment_id JOIN land_case c ON c.id = y.case_id JOIN project pr ON pr.id = y.project_id
		 WHERE`+paymentScope+` AND x.state IN ('waiting', 'approved')`,
		scope.Unit, scope.Ward, scope.Member, who.ID, who.Can(ReleaseDeposit), who.Can(KeepDeposits))
	return w, err
}

func (s store) caseID(ctx context.Context, scope actor.Scope, code string) (id.Case, error) {
	var c id.Case
	err := s.q.GetContext(ctx, &c, `SELECT c.id FROM land_case c JOIN project pr ON pr.id = c.project_id WHERE`+paymentScope+` AND c.code = $4`,
		scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrCaseMissing
	}
	return c, err
}

func (s store) projectNames(ctx context.Context, bridges map[id.Project]ledger.Bridge) (map[id.Project]Choice, error) {
	ids := make([]id.Project, 0, len(bridges))
	for project := range bridges {
		ids = append(ids, project)
	}
	rows := []struct {
		ID id.Project `db:"id"`
		Choice
	}{}
	names := make(map[id.Project]Choice, len(ids))
	err := s.q.SelectContext(ctx, &rows, `SELECT id, code, name FROM project WHERE id = ANY($1)`, int64s(ids))
	for _, r := range rows {
		names[r.ID] = r.Choice
	}
	return names, err
}

// firstFault is the first entry whose postings do not sum to zero; the balances may also disagree without one.
func (s store) firstFault(ctx context.Context) (*Fault, error) {
	var f Fault
	err := s.q.GetContext(ctx, &f,
		`SELECT kind, reference, day FROM journal WHERE id = (SELECT journal_id FROM posting GROUP BY journal_id, case_id HAVING sum(amount) <> 0
		 ORDER BY journal_id LIMIT 1)`)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // no such entry is an answer
	}
	return &f, err
}
