package payout

import (
	"context"

	"github.com/lib/pq"

	"matbang/internal/day"
	"matbang/internal/ledger"
)

// standingSQL follows each account of each case through its days: what stands there now has stood since the first entry after the account was
// last empty. Only accounts that hold something now, or that had an entry since the day asked for, are followed: what was settled before is not read.
// The reason is the newest stated cause of lateness, the kind of order it waits in, or that of its last result.
const standingSQL = `
WITH followed AS (
  SELECT k.case_id, k.account FROM ledger_balance k WHERE k.amount <> 0 AND k.account = ANY($1::text[]) AND ($2 = 0 OR k.project_id = $2) AND ($3 = 0 OR k.case_id = $3)
  UNION
  SELECT b.case_id, b.account FROM journal j JOIN posting b ON b.journal_id = j.id
  WHERE $10 AND j.day > $4::date AND b.account = ANY($1::text[]) AND ($2 = 0 OR b.project_id = $2) AND ($3 = 0 OR b.case_id = $3)),
moves AS (
  SELECT k.case_id, k.account, m.* FROM followed k CROSS JOIN LATERAL (
    SELECT b.project_id, j.day, max(j.id) AS journal, sum(b.amount)::bigint AS amount
    FROM posting b JOIN journal j ON j.id = b.journal_id WHERE b.case_id = k.case_id AND b.account = k.account AND j.day <= $4::date GROUP BY b.project_id, j.day) m
  WHERE ($5 = 0 OR EXISTS (SELECT 1 FROM project p WHERE p.id = m.project_id AND p.unit_id = $5))
    AND ($6 = 0 OR EXISTS (SELECT 1 FROM land_case c WHERE c.id = k.case_id AND c.ward_id = $6))
    AND ($7 = 0 OR EXISTS (SELECT 1 FROM project_member x WHERE x.project_id = m.project_id AND x.user_id = $7))),
running AS (SELECT m.*, sum(amount) OVER w AS stands FROM moves m WINDOW w AS (PARTITION BY case_id, account ORDER BY day)),
emptied AS (SELECT r.*, max(CASE WHEN stands = 0 THEN day END) OVER (PARTITION BY case_id, account) AS empty_on FROM running r),
standing AS (
  SELECT case_id, account, project_id, sum(amount)::bigint AS amount, min(day) FILTER (WHERE empty_on IS NULL OR day > empty_on) AS since
  FROM emptied GROUP BY case_id, account, project_id HAVING sum(amount) <> 0),
told AS (
  SELECT s.*, $4::date - s.since AS days, c.code AS case_code, h.name AS holder, pr.code AS project,
    CASE WHEN s.account IN ('returned', 'deposited') THEN COALESCE(r.kind, s.account)
         WHEN s.account = 'ordered' THEN 'awaits_signatures' WHEN s.account = 'with_treasury' THEN 'awaits_bank'
         ELSE COALESCE(k.cause, CASE h.state WHEN 'absent' THEN 'absent' ELSE 'not_stated' END) END AS reason, COALESCE(r.reason, '') AS said
  FROM standing s JOIN land_case c ON c.id = s.case_id JOIN holder h ON h.id = c.holder_id JOIN project pr ON pr.id = s.project_id
  LEFT JOIN LATERAL (SELECT x.kind, x.reason FROM payment_result x JOIN payment y ON y.id = x.payment_id
    WHERE y.case_id = s.case_id AND s.account IN ('returned', 'deposited') AND x.kind = s.account AND x.day <= $4::date ORDER BY x.id DESC LIMIT 1) r ON true
  LEFT JOIN LATERAL (SELECT l.cause FROM late_cause l JOIN award a ON a.id = l.award_id WHERE a.case_id = s.case_id ORDER BY l.id DESC LIMIT 1) k ON true
  WHERE ($8 = '' OR s.account = $8))
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
	return []any{accounts, l.Project, l.Case, on, l.Scope.Unit, l.Scope.Ward, l.Scope.Member, account, reason, !l.AsOf.IsZero()}
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
	err := s.q.SelectContext(ctx, &rows, standingSQL+`
		SELECT account, case_code, holder, project, amount, since, days, reason, said, count(*) OVER () AS total
		FROM told WHERE ($9 = '' OR reason = $9) ORDER BY since, case_code, account LIMIT $11 OFFSET $12`, args...)
	list, total := make([]Standing, 0, len(rows)), 0
	for _, r := range rows {
		list, total = append(list, r.Standing), r.Total
	}
	return list, total, err
}
