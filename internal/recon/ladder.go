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
// to one. A line that bears a code of ours is never explained by a weaker rule, nor is one whose maimed code says something else than the rule: a
// code cut short or run into other digits may agree with it, one with a digit off contradicts.
func ladder() []rung {
	return []rung{
		{"code_amount", 100, certainSQL, "mã khoản chi trong nội dung; số tiền bằng nhau"},
		{"codes_sum", 95, codesSQL, "các mã khoản chi trong nội dung; tổng số tiền bằng nhau"},
		{"order_sum", 90, orderSQL + wholeOrder, "số lệnh chi trong nội dung; số tiền bằng tổng các khoản còn mở của lệnh"},
		{"reference_sum", 89, referenceSQL + wholeOrder, "số chứng từ kho bạc của lệnh; số tiền bằng tổng các khoản còn mở của lệnh"},
		{"reference_amount", 88, referenceSQL + slipPairs + uniquePairs, "số chứng từ kho bạc của lệnh; số tiền bằng nhau; chỉ một khoản và một dòng như vậy"},
		{"account_amount", 85, keyedSQL + accountKey + uniquePairs, "số tài khoản người nhận; số tiền bằng nhau; chỉ một khoản và một dòng như vậy"},
		{"identity_amount", 80, keyedSQL + identityKey + uniquePairs, "số giấy tờ tùy thân trong nội dung; số tiền bằng nhau; chỉ một khoản và một dòng như vậy"},
		{"maimed_code", 80, maimedSQL, "mã khoản chi bị cắt hoặc dính số; số tiền và tên không dấu trùng; chỉ một khoản và một dòng như vậy"},
	}
}

// afterFees is the rule that waits until the bank's fees are told apart: a fee that names a payment is no piece of it.
func afterFees() []rung {
	return []rung{{"code_pieces", 95, piecesSQL, "mã khoản chi trong nội dung của nhiều dòng; tổng các dòng bằng khoản chi"}}
}

// openSQL are the open lines of one direction with the codes in their memos, as written and with all spaces taken out.
const openSQL = `
WITH unexplained AS MATERIALIZED (
  SELECT l.id, l.line_hash, l.day, l.amount, l.reference, l.description, regexp_replace(l.counterparty_account, '[^0-9]', '', 'g') AS other_account,
         ARRAY(SELECT DISTINCT f.m[1] FROM (
           SELECT regexp_matches(upper(l.description), '(GPMB[0-9]{2}T[0-9]{5})(?![0-9])', 'g') AS m
           UNION ALL SELECT regexp_matches(upper(replace(l.description, ' ', '')), '(GPMB[0-9]{2}T[0-9]{5})(?![0-9])', 'g')) f) AS codes
  FROM statement_line l WHERE l.account_id = $1 AND l.day <= $2 AND (l.amount > 0) = $3 AND` + openLines + `)`

// free are payments that a line of this direction may still speak of. Counted payment by payment: what the run itself has just written is in no
// statistics, and joined as a whole it would be read once for every candidate.
const free = ` u.day >= o.released_on
  AND (CASE WHEN $3 THEN p.state IN ('ordered', 'paid', 'returned') ELSE p.state IN ('ordered', 'paid', 'deposited', 'returned') END)
  AND (SELECT count(*) FROM recon_match m WHERE m.payment_id = p.id AND m.undone_at IS NULL AND m.kind = CASE WHEN $3 THEN 'return' ELSE 'payment' END) = 0`

// agreed keeps away from a line whose other side is another payee with a payment of the same amount: somebody copied the memo of the one before,
// code and account contradict each other, and a person decides.
const agreed = ` AND (u.other_account IN ('', regexp_replace(p.account_no, '[^0-9]', '', 'g')) OR NOT EXISTS (SELECT 1 FROM payment x
    WHERE x.amount = p.amount AND x.account_no <> '' AND regexp_replace(x.account_no, '[^0-9]', '', 'g') = u.other_account))`

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

// piecesSQL: several debits for one payment, all of them with its code, that come to it when all that is open is taken together.
const piecesSQL = openSQL + `, pieces AS (
  SELECT` + pairColumns + `, abs(u.amount) AS moved, u.line_hash,
    count(*) OVER w AS lines, sum(abs(u.amount)) OVER w AS whole, row_number() OVER (w ORDER BY u.day, u.line_hash ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS piece
  FROM unexplained u JOIN payment p ON cardinality(u.codes) = 1 AND p.code = u.codes[1] AND p.amount > abs(u.amount)
  JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' WHERE NOT $3 AND` + free + ` WINDOW w AS (PARTITION BY p.id))
SELECT line_id, payment_id, payment_code, state, method, content, day, amount, incoming, description, moved, piece, lines AS pieces
FROM pieces WHERE lines BETWEEN 2 AND 100 AND whole = amount ORDER BY payment_id, piece`

// orderSQL finds the lines that name one order and no payment.
const orderSQL = openSQL + `, ordered AS (
  SELECT u.*, (SELECT min(f.m[1]) FROM regexp_matches(upper(replace(u.description, ' ', '')), '(CT-[0-9]{4}-[0-9]{3,6})(?![0-9])', 'g') AS f(m) HAVING count(DISTINCT f.m[1]) = 1) AS order_code
  FROM unexplained u WHERE NOT $3 AND cardinality(u.codes) = 0 AND u.description ~* 'C ?T ?-'),
keyed AS (SELECT u.*, o.id AS order_id, ARRAY[]::text[] AS maimed FROM ordered u JOIN payout_order o ON o.code = u.order_code)`

// wholeOrder: one debit of an order that comes to all that is open in it. A second such line, or a second such order, leaves all to a person.
const wholeOrder = `,
named AS (
  SELECT` + pairColumns + `, abs(u.amount) AS whole, count(*) OVER w AS n, sum(p.amount) OVER w AS open, o.id AS order_id
  FROM keyed u JOIN payout_order o ON o.id = u.order_id AND o.state = 'released' JOIN payment p ON p.order_id = o.id
  WHERE NOT $3 AND cardinality(u.maimed) = 0 AND p.state = 'ordered' AND` + free + ` WINDOW w AS (PARTITION BY u.id, o.id)),
fits AS (SELECT DISTINCT line_id, order_id FROM named WHERE open = whole AND n <= 500),
once AS (SELECT f.line_id, f.order_id FROM fits f WHERE NOT EXISTS (SELECT 1 FROM fits x WHERE (x.line_id = f.line_id) <> (x.order_id = f.order_id)))
SELECT line_id, payment_id, payment_code, state, method, content, day, amount, incoming, description FROM named JOIN once USING (line_id, order_id) ORDER BY line_id, payment_code`

// referenceSQL finds the released orders whose number at the treasury a line without a code bears: as its reference, or in the memo after a word for one.
const referenceSQL = openSQL + `, keyed AS MATERIALIZED (
  SELECT DISTINCT u.*, r.order_id, ARRAY(SELECT DISTINCT m[1] FROM regexp_matches(upper(replace(u.description, ' ', '')), '(GPMB[0-9]+T?[0-9]*)', 'g') AS m) AS maimed
  FROM unexplained u CROSS JOIN LATERAL (SELECT u.reference AS told
    UNION SELECT m[1] FROM regexp_matches(upper(u.description), '(?:SO CT|CHUNG TU|CTU|LENH|REF)[ :.]*([0-9A-Z/.-]{3,40})', 'g') AS m) k
  JOIN order_reference r ON r.reference_key = regexp_replace(upper(k.told), '[^0-9A-Z]', '', 'g') AND r.withdrawn_at IS NULL AND r.day <= u.day
  WHERE cardinality(u.codes) = 0)`

// slipPairs are the payments of such an order with the line's amount.
const slipPairs = `, pairs AS (SELECT DISTINCT` + pairColumns + `, u.line_hash
  FROM keyed u JOIN payment p ON p.order_id = u.order_id AND p.amount = abs(u.amount) AND` + agreesWithMaimed

// keyedSQL adds the numbers a line without a code bears: the other side's account, and every run of nine to nineteen digits in the memo.
const keyedSQL = openSQL + `, keyed AS MATERIALIZED (
  SELECT u.*, k.key, ARRAY(SELECT DISTINCT m[1] FROM regexp_matches(upper(replace(u.description, ' ', '')), '(GPMB[0-9]+T?[0-9]*)', 'g') AS m) AS maimed
  FROM unexplained u CROSS JOIN LATERAL (
    SELECT u.other_account AS key
    UNION SELECT m[1] FROM regexp_matches(u.description, '(?<![0-9])([0-9]{8,19})(?![0-9])', 'g') AS m) k
  WHERE cardinality(u.codes) = 0 AND length(k.key) BETWEEN 8 AND 19),
pairs AS (SELECT DISTINCT` + pairColumns + `, u.line_hash
  FROM keyed u JOIN payment p ON p.amount = abs(u.amount) AND` + agreesWithMaimed

// agreesWithMaimed: what is left of a code in the memo does not speak of another payment.
const agreesWithMaimed = ` (cardinality(u.maimed) = 0 OR cardinality(u.maimed) = 1 AND (starts_with(u.maimed[1], p.code) OR starts_with(p.code, u.maimed[1])))`

// maimedSQL: a code that lost up to three digits, runs into others or was typed with letters for noughts and ones, with the amount and the whole name.
// A twin of that amount and name to which the rest of the code fits as well keeps both from it, whatever became of the twin's money.
const maimedSQL = openSQL + `, maimed AS MATERIALIZED (
  SELECT x.*, replace(fold(x.description), ' ', '') AS names FROM (SELECT u.*,
    ARRAY(SELECT DISTINCT 'GPMB' || translate(m[1], 'OIL', '011') || 'T' || translate(m[2], 'OIL', '011')
      FROM regexp_matches(upper(replace(u.description, ' ', '')), 'GPMB([0-9OIL]{2})T([0-9OIL]{2,})', 'g') AS m) AS codes_left
    FROM unexplained u WHERE cardinality(u.codes) = 0 OFFSET 0) x WHERE cardinality(codes_left) = 1),
pairs AS (SELECT DISTINCT` + pairColumns + `, u.line_hash
  FROM maimed u JOIN payment p ON p.amount = abs(u.amount) AND length(p.payee_name) >= 8 AND position(replace(fold(p.payee_name), ' ', '') IN u.names) > 0
    AND (starts_with(u.codes_left[1], p.code) OR starts_with(p.code, u.codes_left[1]))
    AND (SELECT count(*) FROM payment t WHERE t.amount = p.amount AND replace(fold(t.payee_name), ' ', '') = replace(fold(p.payee_name), ' ', '')
           AND t.state NOT IN ('prepared', 'cancelled') AND (starts_with(u.codes_left[1], t.code) OR starts_with(t.code, u.codes_left[1]))) = 1` + uniquePairs

const (
	accountKey  = ` AND p.account_no <> '' AND regexp_replace(p.account_no, '[^0-9]', '', 'g') = u.key`
	identityKey = ` AND p.identity_no <> '' AND p.identity_no = u.key AND length(u.key) IN (9, 12)`
)

// uniquePairs keeps a pair only where neither the line nor the payment could belong to another.
const uniquePairs = ` JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' WHERE` + free + agreed + `),
counted AS (SELECT pairs.*, count(*) OVER (PARTITION BY line_id) AS payments, count(*) OVER (PARTITION BY payment_id) AS lines FROM pairs)
SELECT line_id, payment_id, payment_code, state, method, content, day, amount, incoming, description FROM counted WHERE payments = 1 AND lines = 1
ORDER BY day, line_hash`

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
		if p.Moved == 0 {
			p.Moved = p.Amount
		}
		_, p.Recorded = p.result()
		p.Part, p.Rule, p.Score, p.Why = parts[p.LineID], g.rule, g.score, p.PaymentCode+": "+g.why
	}
	return pairs, nil
}
