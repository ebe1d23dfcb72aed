package recon

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/listing"
)

// Tally counts lines, matched and open, of an account up to a day.
func (r Recon) Tally(ctx context.Context, who actor.Actor, account id.Account, through day.Date) (Tally, error) {
	if _, err := who.Require(bank.Read); err != nil {
		return Tally{}, err
	}
	return store{r.DB.Read(ctx)}.tally(ctx, account, through)
}

// OpenLines lists lines that nothing explains yet, oldest first.
func (r Recon) OpenLines(ctx context.Context, who actor.Actor, account id.Account, through day.Date, q listing.Query) (listing.Answer[bank.Line], error) {
	answer := listing.Answer[bank.Line]{Query: q, Items: []bank.Line{}}
	if _, err := who.Require(bank.Read); err != nil {
		return answer, err
	}
	const where = ` FROM statement_line l WHERE l.account_id = $1 AND l.day <= $2 AND` + openLines
	read := r.DB.Read(ctx)
	if err := read.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1`+where+` LIMIT 10001) counted`, account, through); err != nil {
		return answer, err
	}
	err := read.SelectContext(ctx, &answer.Items,
		`SELECT l.id, l.line_no, l.day, l.value_day, l.amount, l.reference, l.description, l.counterparty, l.counterparty_account`+where+
			` ORDER BY l.day, l.id LIMIT $3 OFFSET $4`, account, through, q.Limit(), q.Offset())
	return answer, err
}

// Candidates proposes payments of the same amount for an open line, the likeliest first. A name alone never confirms: these are proposals.
func (r Recon) Candidates(ctx context.Context, who actor.Actor, line id.Line) ([]Candidate, error) {
	if _, err := who.Require(bank.Read); err != nil {
		return nil, err
	}
	rows := []Candidate{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT p.id AS payment_id, p.code AS payment_code, o.code AS order_code, p.payee_name, p.state, p.amount, o.released_on,
		   p.payee_name <> '' AND position(fold(p.payee_name) IN fold(l.description || ' ' || l.counterparty)) > 0 AS same_name,
		   word_similarity(p.code, l.description) > 0.6 AS code_likely
		 FROM statement_line l JOIN payment p ON p.amount = abs(l.amount) JOIN payout_order o ON o.id = p.order_id AND o.state = 'released'
		 WHERE l.id = $1 AND o.released_on <= l.day
		   AND NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.payment_id = p.id AND m.undone_at IS NULL
		     AND m.kind = CASE WHEN l.amount > 0 THEN 'return' ELSE 'payment' END)
		   AND p.state IN ('ordered', 'paid', 'deposited', 'returned')
		 ORDER BY code_likely DESC, same_name DESC, word_similarity(p.code, l.description) DESC, o.released_on DESC, p.id LIMIT 20`, line)
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
		`SELECT m.id, m.line_id, m.kind, COALESCE(p.code, '') AS payment_code, COALESCE(p.payee_name, '') AS payee_name, m.amount, m.rule, m.why, m.run_id,
		   u.full_name AS made_by_name, m.made_at, x.full_name AS undone_by_name, m.undone_at, m.undo_reason
		 FROM (SELECT m.*`+where+` ORDER BY m.id DESC LIMIT $3 OFFSET $4) m
		 JOIN app_user u ON u.id = m.made_by LEFT JOIN app_user x ON x.id = m.undone_by LEFT JOIN payment p ON p.id = m.payment_id
		 ORDER BY m.id DESC`, account, withUndone, q.Limit(), q.Offset())
	return answer, err
}

// Runs lists the latest runs of an account.
func (r Recon) Runs(ctx context.Context, who actor.Actor, account id.Account) ([]RunRow, error) {
	if _, err := who.Require(bank.Read); err != nil {
		return nil, err
	}
	rows := []RunRow{}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT r.id, r.through, (SELECT count(*) FROM recon_match m WHERE m.run_id = r.id) AS matches, u.full_name AS made_by_name, r.made_at, r.undone_at
		 FROM match_run r JOIN app_user u ON u.id = r.made_by WHERE r.account_id = $1 ORDER BY r.id DESC LIMIT 20`, account)
	return rows, err
}

// Invariants of the comparison.
func Invariants() []invariant.Check {
	return []invariant.Check{
		{Number: 4, Name: "line_used_once", Title: "Mỗi dòng sao kê chỉ khớp một lần",
			SQL: `SELECT 'statement_line ' || line_id FROM recon_match WHERE undone_at IS NULL GROUP BY line_id HAVING count(*) > 1`},
		{Number: 4, Name: "match_amount_equal", Title: "Số tiền khớp bằng dòng sao kê và không vượt khoản chi",
			SQL: `SELECT 'match ' || m.id FROM recon_match m JOIN statement_line l ON l.id = m.line_id LEFT JOIN payment p ON p.id = m.payment_id
				WHERE m.undone_at IS NULL AND (m.amount <> abs(l.amount) OR (p.id IS NOT NULL AND m.amount > p.amount))`},
		{Number: 4, Name: "line_evidence_matched", Title: "Kết quả chi lấy chứng cứ từ sao kê phải có dòng khớp còn hiệu lực",
			SQL: `SELECT 'payment ' || p.code FROM payment p JOIN LATERAL (SELECT * FROM payment_result r WHERE r.payment_id = p.id ORDER BY r.id DESC LIMIT 1) r ON true
				WHERE r.evidence_kind = 'statement_line' AND NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.payment_id = p.id AND m.undone_at IS NULL)`},
	}
}
