package payout

import (
	"context"

	"github.com/lib/pq"

	"matbang/internal/day"
	"matbang/internal/ledger"
)

// standingSQL reads what stands on accounts and since when. On a day that is kept beside each balance, unless the balance has moved after that day:
// those alone are followed through their days. What is not ordered has the newest stated cause of lateness for its reason; all else stands where it is
// for what it waits for.
const standingSQL = `
WITH chosen AS NOT MATERIALIZED (
  SELECT k.* FROM ledger_balance k WHERE k.account = ANY($1::text[]) AND ($2 = 0 OR k.project_id = $2) AND ($3 = 0 OR k.case_id = $3)
    AND ($5 = 0 OR EXISTS (SELECT 1 FROM project p WHERE p.id = k.project_id AND p.unit_id = $5))
    AND ($6 = 0 OR EXISTS (SELECT 1 FROM land_case c WHERE c.id = k.case_id AND c.ward_id = $6))
    AND ($7 = 0 OR EXISTS (SELECT 1 FROM project_member x WHERE x.project_id = k.project_id AND x.user_id = $7))),
followed AS (SELECT k.case_id, k.account, k.project_id FROM chosen k WHERE k.account NOT IN ('approved', 'deducted', 'paid') AND k.moved > $4::date),
standing AS (
  SELECT k.case_id, k.account, k.project_id, k.amount::bigint AS amount, k.since FROM chosen k
  WHERE k.account NOT IN ('approved', 'deducted', 'paid') AND k.amount <> 0 AND k.moved <= $4::date
  UNION ALL
  SELECT s.case_id, s.account, f.project_id, s.amount, s.since
  FROM ledger_standing($4::date, (SELECT array_agg(x.case_id ORDER BY x.case_id, x.account) FROM followed x), (SELECT array_agg(x.account ORDER BY x.case_id, x.account) FROM followed x)) s
    JOIN followed f ON f.case_id = s.case_id AND f.account = s.account WHERE s.amount <> 0),
told AS (
  SELECT s.*, $4::date - s.since AS days, CASE s.account WHEN 'ordered' THEN 'awaits_signatures' WHEN 'with_treasury' THEN 'awaits_bank'
    WHEN 'not_ordered' THEN COALESCE((SELECT l.cause FROM late_cause l JOIN award a ON a.id = l.award_id WHERE a.case_id = s.case_id ORDER BY l.id DESC LIMIT 1),
      (SELECT CASE h.state WHEN 'absent' THEN 'absent' ELSE 'not_stated' END FROM land_case c JOIN holder h ON h.id = c.holder_id WHERE c.id = s.case_id))
    ELSE s.account END AS reason
  FROM standing s WHERE ($8 = '' OR s.account = $8))
`

func standingArgs(l ledger.Limits, account ledger.Account, reason string, today day.Date) []any {
	on := l.AsOf
	if on.IsZero() {
		on = today
	}
	accounts := pq.StringArray{}
	for _, a := range StandAccounts() {
		accounts = append(accounts, string(a))
	}
	return []any{accounts, l.Project, l.Case, on, l.Scope.Unit, l.Scope.Ward, l.Scope.Member, account, reason}
}

func (s store) ages(ctx context.Context, l ledger.Limits, today day.Date) ([]AgeRow, error) {
	rows := []AgeRow{}
	err := s.q.SelectContext(ctx, &rows, standingSQL+`
		SELECT account, reason, count(*) AS cases, sum(amount)::bigint AS amount, COALESCE(sum(amount) FILTER (WHERE days <= 30), 0)::bigint AS band1,
		  COALESCE(sum(amount) FILTER (WHERE days > 30 AND days <= 90), 0)::bigint AS band2, COALESCE(sum(amount) FILTER (WHERE days > 90 AND days <= 180), 0)::bigint AS band3,
		  COALESCE(sum(amount) FILTER (WHERE days > 180), 0)::bigint AS band4, min(since) AS oldest
		FROM told WHERE ($9 = '' OR reason = $9) GROUP BY account, reason ORDER BY array_position($1::text[], account), sum(amount) DESC`,
		standingArgs(l, "", "", today)...)
	return rows, err
}

// maxStandingPage keeps a page beyond all numbers from overflowing.
const maxStandingPage = 100_000

func (s store) standings(ctx context.Context, l ledger.Limits, q StandingQuery, today day.Date) ([]Standing, int, error) {
	var rows []struct {
		Standing
		Total int `db:"total"`
	}
	args := append(standingArgs(l, q.Account, q.Reason, today), StandingPage, (min(max(q.Page, 1), maxStandingPage)-1)*StandingPage)
	err := s.q.SelectContext(ctx, &rows, standingSQL+`, page AS (
		SELECT t.*, count(*) OVER () AS total FROM told t WHERE ($9 = '' OR reason = $9) ORDER BY since, case_id, account LIMIT $10 OFFSET $11)
		SELECT g.account, c.code AS case_code, h.name AS holder, pr.code AS project, g.amount, g.since, g.days, g.reason, COALESCE(r.reason, '') AS said, g.total
		FROM page g JOIN land_case c ON c.id = g.case_id JOIN holder h ON h.id = c.holder_id JOIN project pr ON pr.id = g.project_id
		LEFT JOIN LATERAL (SELECT x.reason FROM payment_result x JOIN payment y ON y.id = x.payment_id
		  WHERE y.case_id = g.case_id AND x.kind = g.account AND x.day <= $4::date ORDER BY x.id DESC LIMIT 1) r ON true
		ORDER BY g.since, g.case_id, g.account`, args...)
	list, total := make([]Standing, 0, len(rows)), 0
	for _, r := range rows {
		list, total = append(list, r.Standing), r.Total
	}
	return list, total, err
}
