package recon

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/id"
)

// rung is one rule of the ladder: the surest first, each over what the ones before left open.
type rung struct {
	rule  string
	score int
	sql   string
	why   string // what the two sides have in common, before the payment's code
}

// ladder are the rules that confirm without a person. What is not unique on both sides is left to a person, and so is a name: three names fold
// to one. A line that bears a code of ours, also a maimed one, is never explained by a weaker rule: the code contradicts, or the first rule took it.
func ladder() []rung {
	return []rung{
		{"code_amount", 100, certainSQL, "mã khoản chi trong nội dung; số tiền bằng nhau"},
		{"codes_sum", 95, codesSQL, "các mã khoản chi trong nội dung; tổng số tiền bằng nhau"},
		{"account_amount", 85, keyedSQL + accountKey + uniquePairs, "số tài khoản người nhận; số tiền bằng nhau; chỉ một khoản và một dòng như vậy"},
		{"identity_amount", 80, keyedSQL + identityKey + uniquePairs, "số giấy tờ tùy thân trong nội dung; số tiền bằng nhau; chỉ một khoản và một dòng như vậy"},
	}
}

// openSQL are the open lines of one direction with the codes in their memos, as written and with all spaces taken out.
const openSQL = `
WITH unexplained AS MATERIALIZED (
  SELECT l.id, l.day, l.amount, l.description, l.counterparty_account,
         ARRAY(SELECT DISTINCT f.m[1] FROM (
           SELECT regexp_matches(upper(l.description), '(GPMB[0-9]{2}T[0-9]{5})(?![0-9])', 'g') AS m
           UNION ALL SELECT regexp_matches(upper(replace(l.description, ' ', '')), '(GPMB[0-9]{2}T[0-9]{5})(?![0-9])', 'g')) f) AS codes
  FROM statement_line l WHERE l.account_id = $1 AND l.day <= $2 AND (l.amount > 0) = $3 AND` + openLines + `)`

// free are payments that a line of this direction may still speak of.
const free = ` u.day >= o.released_on
  AND (CASE WHEN $3 THEN p.state IN ('ordered', 'paid', 'returned') ELSE p.state IN ('ordered', 'paid', 'deposited', 'returned') END)
  AND NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.payment_id = p.id AND m.undone_at IS NULL AND m.kind = CASE WHEN $3 THEN 'return' ELSE 'payment' END)`

const pairColumns = ` u.id AS line_id, p.id AS payment_id, p.code AS payment_code, p.state, o.method, o.content, u.day, p.amount, u.amount > 0 AS incoming, u.description`

// codesSQL: one debit for several payments, all of them named, whose amounts come to it.
const codesSQL = openSQL + `, named AS (
  SELECT` + pairColumns + `, cardinality(u.codes) AS wanted, abs(u.amount) AS whole
  FROM unexplained u JOIN payment p ON p.code = ANY(u.codes) JOIN payout_order o ON o.id = p.order_id AND o.state = 'released'
  WHERE NOT $3 AND cardinality(u.codes) BETWEEN 2 AND 500 AND` + free + `),
whole AS (SELECT line_id FROM named GROUP BY line_id, wanted, whole HAVING count(*) = wanted AND sum(amount) = whole),
once AS (SELECT n.payment_id FROM named n JOIN whole w USING (line_id) GROUP BY n.payment_id HAVING count(*) > 1)
SELECT n.line_id, n.payment_id, n.payment_code, n.state, n.method, n.content, n.day, n.amount, n.incoming, n.description
FROM named n JOIN whole w USING (line_id) WHERE NOT EXISTS (SELECT 1 FROM named x JOIN once ON once.payment_id = x.payment_id WHERE x.line_id = n.line_id)
ORDER BY n.line_id, n.payment_code`

// keyedSQL adds the numbers a line without a code bears: the other side's account, and every run of nine to nineteen digits in the memo.
const keyedSQL = openSQL + `, keyed AS MATERIALIZED (
  SELECT u.*, k.key FROM unexplained u CROSS JOIN LATERAL (
    SELECT regexp_replace(u.counterparty_account, '[^0-9]', '', 'g') AS key
    UNION SELECT m[1] FROM regexp_matches(u.description, '(?<![0-9])([0-9]{8,19})(?![0-9])', 'g') AS m) k
  WHERE cardinality(u.codes) = 0 AND position('GPMB' IN upper(replace(u.description, ' ', ''))) = 0 AND length(k.key) BETWEEN 8 AND 19),
pairs AS (SELECT DISTINCT` + pairColumns + `
  FROM keyed u JOIN payment p ON p.amount = abs(u.amount)`

const (
	accountKey  = ` AND p.account_no <> '' AND regexp_replace(p.account_no, '[^0-9]', '', 'g') = u.key`
	identityKey = ` AND p.identity_no <> '' AND p.identity_no = u.key AND length(u.key) IN (9, 12)`
)

// uniquePairs keeps a pair only where neither the line nor the payment could belong to another.
const uniquePairs = ` JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' WHERE` + free + `),
counted AS (SELECT pairs.*, count(*) OVER (PARTITION BY line_id) AS payments, count(*) OVER (PARTITION BY payment_id) AS lines FROM pairs)
SELECT line_id, payment_id, payment_code, state, method, content, day, amount, incoming, description FROM counted WHERE payments = 1 AND lines = 1
ORDER BY day, line_id`

// climb finds the pairs of one rung in one direction; several pairs of one line are its parts, in their order.
func (s store) climb(ctx context.Context, g rung, account id.Account, through day.Date, d direction) ([]pair, error) {
	pairs := []pair{}
	if err := s.q.SelectContext(ctx, &pairs, g.sql, account, through, d == incoming); err != nil {
		return nil, err
	}
	parts := map[id.Line]int{}
	for i := range pairs {
		p := &pairs[i]
		parts[p.LineID]++
		_, p.Recorded = p.result()
		p.Part, p.Rule, p.Score, p.Why = parts[p.LineID], g.rule, g.score, p.PaymentCode+": "+g.why
	}
	return pairs, nil
}
