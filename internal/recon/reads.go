package recon

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// Tally counts lines, matched and open, of an account in a period, and what is open from before.
func (r Recon) Tally(ctx context.Context, who actor.Actor, account id.Account, from, through day.Date) (Tally, error) {
	tallies, err := r.Tallies(ctx, who, []id.Account{account}, from, through)
	return tallies[account], err
}

// Tallies is Tally of several accounts in one question.
func (r Recon) Tallies(ctx context.Context, who actor.Actor, accounts []id.Account, from, through day.Date) (map[id.Account]Tally, error) {
	if _, err := who.Require(bank.Read); err != nil {
		return nil, err
	}
	rows := []struct {
		Account id.Account `db:"account_id"`
		Tally
	}{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`WITH open AS (SELECT l.account_id, count(*) FILTER (WHERE l.day >= $2) AS open, count(*) FILTER (WHERE l.day < $2) AS earlier, sum(abs(l.amount))::bigint AS open_sum
		   FROM`+openFrom+` WHERE l.account_id = ANY($1) AND l.day <= $3 GROUP BY l.account_id)
		 SELECT a.id AS account_id, t.lines, t.lines - COALESCE(o.open, 0) AS matched, COALESCE(o.open, 0) AS open, COALESCE(o.earlier, 0) AS earlier, COALESCE(o.open_sum, 0) AS open_sum
		 FROM unnest($1::bigint[]) AS a(id) CROSS JOIN LATERAL (SELECT count(*) AS lines FROM statement_line l WHERE l.account_id = a.id AND l.day BETWEEN $2 AND $3) t
		 LEFT JOIN open o ON o.account_id = a.id`, pq.Array(accounts), from, through)
	tallies := make(map[id.Account]Tally, len(rows))
	for _, row := range rows {
		tallies[row.Account] = row.Tally
	}
	return tallies, err
}

// Waiting is how many lines of all accounts nothing explains yet, and their sum in đồng. Nothing waits for whoever cannot match.
func (r Recon) Waiting(ctx context.Context, who actor.Actor, through day.Date) (lines int, sum vnd.Amount, err error) {
	if !who.Can(Run) && !who.Can(Confirm) {
		return 0, 0, nil
	}
	var open struct {
		Lines int        `db:"lines"`
		Sum   vnd.Amount `db:"sum"`
	}
	err = r.DB.Read(ctx).GetContext(ctx, &open,
		`SELECT count(*) AS lines, COALESCE(sum(abs(l.amount)), 0)::bigint AS sum FROM`+openFrom+` WHERE l.day <= $1`, through)
	return open.Lines, open.Sum, err
}

// OpenLine reads one line of an account that nothing explains yet. Refuses: recon.line_missing.
func (r Recon) OpenLine(ctx context.Context, who actor.Actor, account id.Account, line id.Line) (bank.Line, error) {
	var l bank.Line
	if _, err := who.Require(bank.Read); err != nil {
		return l, err
	}
	err := r.DB.Read(ctx).GetContext(ctx, &l,
		`SELECT `+lineColumns+` FROM statement_line l WHERE l.id = $1 AND l.account_id = $2 AND`+openLines, line, account)
	if errors.Is(err, sql.ErrNoRows) {
		return l, ErrLineMissing
	}
	return l, err
}

// StatementLines lists the lines of a statement, in the order of the file, with what explains them.
func (r Recon) StatementLines(ctx context.Context, who actor.Actor, statement id.Statement, q listing.Query) (listing.Answer[LineRow], error) {
	answer := listing.Answer[LineRow]{Query: q, Items: []LineRow{}}
	if _, err := r.Bank.StatementOf(ctx, who, statement); err != nil {
		return answer, err
	}
	read := r.DB.Read(ctx)
	if err := read.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1 FROM statement_line WHERE statement_id = $1 LIMIT 10001) counted`, statement); err != nil {
		return answer, err
	}
	err := read.SelectContext(ctx, &answer.Items,
		`SELECT `+lineColumns+`, COALESCE(m.id, 0) AS match_id, COALESCE(m.kind, '') AS kind, COALESCE(p.code, '') AS payment_code
		 FROM statement_line l LEFT JOIN recon_match m ON m.line_id = l.id AND m.undone_at IS NULL AND m.part = 1 LEFT JOIN payment p ON p.id = m.payment_id
		 WHERE l.statement_id = $1 AND l.line_no > $2::bigint ORDER BY l.line_no LIMIT $3 OFFSET $4`, statement, place(q), q.Limit(), q.Offset())
	return answer, err
}

const lineColumns = `l.id, l.line_no, l.day, l.value_day, l.amount, l.reference, l.description, l.counterparty, l.counterparty_account`

const openWhere = ` FROM` + openFrom + ` WHERE l.account_id = $1 AND l.day <= $2
	AND ($3 = '' OR position(fold($3) IN fold(l.description || ' ' || l.reference || ' ' || l.counterparty)) > 0 OR starts_with(abs(l.amount)::text, replace($3, '.', '')))`

// OpenLines lists lines that nothing explains yet, oldest first. The search looks in memo, reference and counterparty without marks, and at
// the beginning of the amount.
func (r Recon) OpenLines(ctx context.Context, who actor.Actor, account id.Account, through day.Date, q listing.Query) (listing.Answer[bank.Line], error) {
	answer := listing.Answer[bank.Line]{Query: q, Items: []bank.Line{}}
	if _, err := who.Require(bank.Read); err != nil {
		return answer, err
	}
	read := r.DB.Read(ctx)
	if err := read.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1`+openWhere+` LIMIT 10001) counted`, account, through, q.Text); err != nil {
		return answer, err
	}
	err := read.SelectContext(ctx, &answer.Items,
		`SELECT `+lineColumns+openWhere+` AND ($4::bigint = 0 OR (l.day, l.id) > (SELECT a.day, a.id FROM statement_line a WHERE a.id = $4::bigint))
		 ORDER BY l.day, l.id LIMIT $5 OFFSET $6`, account, through, q.Text, place(q), q.Limit(), q.Offset())
	return answer, err
}

// place is where a list goes on; a cursor that is none of ours starts from the beginning.
func place(q listing.Query) int64 {
	n, err := strconv.ParseInt(q.After, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// NextOpen is the open line that comes after a line, else the first one, else 0: where a person goes on after a decision.
func (r Recon) NextOpen(ctx context.Context, who actor.Actor, account id.Account, through day.Date, line id.Line) (id.Line, error) {
	if _, err := who.Require(bank.Read); err != nil {
		return 0, err
	}
	var next id.Line
	err := r.DB.Read(ctx).GetContext(ctx, &next,
		`SELECT COALESCE((SELECT l.id FROM`+openFrom+` WHERE l.account_id = $1 AND l.day <= $2
		   ORDER BY (l.day, l.id) > (SELECT a.day, a.id FROM statement_line a WHERE a.id = $3) DESC, l.day, l.id LIMIT 1), 0)`, account, through, line)
	return next, err
}

// candidatesSQL compares text without marks, case and spaces (banks strip the first two and wrap lines inside words), and accounts by digits.
const candidatesSQL = `
WITH line AS (
  SELECT l.*, replace(upper(l.description), ' ', '') AS memo, replace(fold(l.description || ' ' || l.counterparty), ' ', '') AS names,
         regexp_replace(l.counterparty_account, '[^0-9]', '', 'g') AS other_account, regexp_replace(upper(l.reference), '[^0-9A-Z]', '', 'g') AS reference_key
  FROM statement_line l WHERE l.id = $1)
SELECT p.id AS payment_id, p.code AS payment_code, o.code AS order_code, p.payee_name, p.state, p.amount, o.released_on, l.day - o.released_on AS days_after,
  position(p.code IN l.memo) > 0 AS same_code, CASE WHEN p.state = 'part' THEN p.open ELSE p.amount END = abs(l.amount) AS same_amount,
  CASE WHEN p.amount - l.amount BETWEEN 1 AND $2 AND l.amount > 0 THEN p.amount - l.amount ELSE 0 END AS less_fee,
  position(p.code IN l.memo) = 0 AND word_similarity(p.code, l.memo) > 0.6 AS code_likely,
  length(a.digits) >= 6 AND (a.digits = l.other_account OR position(a.digits IN l.memo) > 0) AS same_account,
  EXISTS (SELECT 1 FROM order_reference r WHERE r.order_id = o.id AND r.withdrawn_at IS NULL AND r.day <= l.day
    AND (r.reference_key = l.reference_key OR length(r.reference_key) >= 6 AND position(r.reference_key IN regexp_replace(l.memo, '[^0-9A-Z]', '', 'g')) > 0)) AS same_reference,
  length(p.identity_no) IN (9, 12) AND position(p.identity_no IN l.memo) > 0 AS same_identity,
  p.payee_name <> '' AND position(replace(fold(p.payee_name), ' ', '') IN l.names) > 0 AS same_name,
  p.payee_name <> '' AND position(replace(fold(p.payee_name), ' ', '') IN l.names) = 0
    AND word_similarity(replace(fold(p.payee_name), ' ', ''), l.names) > 0.5 AS name_likely
FROM line l CROSS JOIN LATERAL (
    SELECT id FROM payment WHERE amount = abs(l.amount)
    UNION SELECT id FROM payment WHERE code = ANY(ARRAY(SELECT m[1] FROM regexp_matches(l.memo, '(GPMB[0-9]{2}T[0-9]{5})', 'g') AS m)) AND amount > abs(l.amount)
    UNION SELECT id FROM payment WHERE l.amount > 0 AND amount BETWEEN l.amount + 1 AND l.amount + $2 AND account_no <> ''
      AND length(l.other_account) >= 6 AND regexp_replace(account_no, '[^0-9]', '', 'g') = l.other_account) near
JOIN payment p ON p.id = near.id
JOIN payout_order o ON o.id = p.order_id AND o.state = 'released'
CROSS JOIN LATERAL (SELECT regexp_replace(p.account_no, '[^0-9]', '', 'g') AS digits) a
WHERE o.released_on <= l.day AND p.state IN ('ordered', 'part', 'paid', 'deposited', 'returned')
  AND (p.state = 'part' OR NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.payment_id = p.id AND m.undone_at IS NULL
    AND m.kind = CASE WHEN l.amount > 0 THEN 'return' ELSE 'payment' END))
ORDER BY position(p.code IN l.memo) > 0 AND p.amount = abs(l.amount) DESC, same_code DESC, code_likely DESC, same_reference DESC, same_account DESC, same_identity DESC, same_name DESC, name_likely DESC, o.released_on DESC, p.id LIMIT 20`

// Candidates proposes payments for an open line, the likeliest first: those of the same amount, and those whose code stands in the memo though the line
// moves only a part of them; for money that came back also those of the payee's account that it lacks no more than a fee of. A name alone never confirms: these are proposals.
func (r Recon) Candidates(ctx context.Context, who actor.Actor, line id.Line) ([]Candidate, error) {
	if _, err := who.Require(bank.Read); err != nil {
		return nil, err
	}
	rows := []Candidate{}
	most, err := r.withheldMostOf(ctx, line)
	if err != nil {
		return nil, err
	}
	err = r.DB.Read(ctx).SelectContext(ctx, &rows, candidatesSQL, line, most)
	return rows, err
}

// Matches lists the matches of an account, newest first; live ones only unless undone is set.
func (r Recon) Matches(ctx context.Context, who actor.Actor, account id.Account, withUndone bool, q listing.Query) (listing.Answer[Match], error) {
	answer := listing.Answer[Match]{Query: q, Items: []Match{}}
	if _, err := who.Require(bank.Read); err != nil {
		return answer, err
	}
	const where = ` FROM recon_match m JOIN statement_line l ON l.id = m.line_id WHERE l.account_id = $1 AND ($2 OR m.undone_at IS NULL)`
	read := r.DB.Read(ctx)
	if err := read.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1`+where+` LIMIT 10001) counted`, account, withUndone); err != nil {
		return answer, err
	}
	err := read.SelectContext(ctx, &answer.Items,
		`SELECT m.id, m.line_id, m.kind, COALESCE(p.code, '') AS payment_code, COALESCE(p.payee_name, '') AS payee_name, m.day, m.description, m.amount, m.withheld, m.rule, m.why, m.score, COALESCE(m.run_id, 0) AS run_id,
		   u.full_name AS made_by_name, m.made_at, COALESCE(x.full_name, '') AS undone_by_name, m.undone_at, m.undo_reason
		 FROM (SELECT m.*, l.day, l.description`+where+` AND ($3::bigint = 0 OR m.id < $3::bigint) ORDER BY m.id DESC LIMIT $4 OFFSET $5) m
		 JOIN app_user u ON u.id = m.made_by LEFT JOIN app_user x ON x.id = m.undone_by LEFT JOIN payment p ON p.id = m.payment_id
		 ORDER BY m.id DESC`, account, withUndone, place(q), q.Limit(), q.Offset())
	return answer, err
}

// Runs lists the latest runs of an account.
func (r Recon) Runs(ctx context.Context, who actor.Actor, account id.Account) ([]RunRow, error) {
	if _, err := who.Require(bank.Read); err != nil {
		return nil, err
	}
	rows := []RunRow{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT r.id, r.through, c.matches, c.live, u.full_name AS made_by_name, r.made_at, r.undone_at, COALESCE(x.full_name, '') AS undone_by_name
		 FROM match_run r JOIN app_user u ON u.id = r.made_by LEFT JOIN app_user x ON x.id = r.undone_by
		 CROSS JOIN LATERAL (SELECT count(*) AS matches, count(*) FILTER (WHERE m.undone_at IS NULL) AS live FROM recon_match m WHERE m.run_id = r.id) c
		 WHERE r.account_id = $1 ORDER BY r.id DESC LIMIT 20`, account)
	return rows, err
}

// Invariants of the comparison.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 4, Name: "line_used_once", Title: "Mỗi dòng sao kê chỉ khớp một lần",
			SQL: `SELECT 'statement_line ' || line_id FROM recon_match WHERE undone_at IS NULL GROUP BY line_id, part HAVING count(*) > 1`},
		{Number: 4, Name: "open_lines_kept", Title: "Danh sách dòng sao kê chưa khớp đúng với các dòng không có kết quả khớp còn hiệu lực",
			SQL: `SELECT 'statement_line ' || COALESCE(n.line_id, l.id) FROM statement_line_open n
				FULL JOIN (SELECT id, account_id, day FROM statement_line l WHERE NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)) l
				  ON l.id = n.line_id AND l.account_id = n.account_id AND l.day = n.day WHERE n.line_id IS NULL OR l.id IS NULL`},
		{Number: 4, Name: "match_amount_equal", Title: "Số tiền khớp bằng dòng sao kê và không vượt khoản chi",
			SQL: `SELECT 'match ' || m.id FROM recon_match m LEFT JOIN statement_line l ON l.id = m.line_id LEFT JOIN payment p ON p.id = m.payment_id
				WHERE m.undone_at IS NULL AND ((SELECT sum(x.amount) FROM recon_match x WHERE x.line_id = m.line_id AND x.undone_at IS NULL) IS DISTINCT FROM abs(l.amount)
				  OR (p.id IS NOT NULL AND m.amount + m.withheld > p.amount)
				  OR (m.piece > 1 AND (SELECT sum(x.amount) > p.amount OR NOT bool_and(x.recorded) AND sum(x.amount) <> p.amount
				    FROM recon_match x WHERE x.payment_id = p.id AND x.kind = m.kind AND x.undone_at IS NULL)))`},
		{Number: 4, Name: "line_evidence_matched", Title: "Kết quả chi lấy chứng cứ từ sao kê phải có dòng khớp còn hiệu lực, và ngược lại",
			SQL: `SELECT 'payment ' || p.code FROM (` + lineResults + ` SELECT payment_id, line FROM told) r
				FULL JOIN (SELECT payment_id, 'statement_line ' || line_id AS line FROM recon_match WHERE undone_at IS NULL AND recorded) m
				  ON m.payment_id = r.payment_id AND m.line = r.line
				JOIN payment p ON p.id = COALESCE(r.payment_id, m.payment_id) WHERE r.line IS NULL OR m.line IS NULL`},
	}
}

// lineResults are results proved by a statement line that no reversal has taken back.
const lineResults = `WITH told AS (SELECT r.payment_id, r.evidence_ref AS line FROM payment_result r
	WHERE r.evidence_kind = 'statement_line' AND r.kind <> 'reversed' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id))`
