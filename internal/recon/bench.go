package recon

import (
	"context"
	"database/sql"
	"errors"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Show is which lines the bench lists.
type Show string

// What the bench lists. Open lines from before the period stay on it until somebody explains them; the others are those of the period.
const (
	ShowOpen     Show = "open"
	ShowProposed Show = "proposed" // open, and some payment of the same amount still waits for its line
	ShowMatched  Show = "matched"
	ShowAll      Show = "all"
)

// BenchQuery asks for one page of lines: those after a line, in the order of their days. Text is searched in memo, reference and counterparty
// without marks, and at the beginning of the amount.
type BenchQuery struct {
	Account       id.Account
	From, Through day.Date
	Show          Show
	Text          string
	After         id.Line
	Limit         int
}

// BenchPage is one page of lines; More tells that others come after the last.
type BenchPage struct {
	Lines []LineRow
	More  bool
}

// proposedLine: a payment of the line's amount still waits for such a line. Its matches are counted payment by payment, see free.
const proposedLine = ` EXISTS (SELECT 1 FROM payment p JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' AND o.released_on <= l.day
	WHERE p.amount = abs(l.amount) AND p.state IN ('ordered', 'paid', 'deposited', 'returned') AND (SELECT count(*) FROM recon_match x
	  WHERE x.payment_id = p.id AND x.undone_at IS NULL AND x.kind = CASE WHEN l.amount > 0 THEN 'return' ELSE 'payment' END) = 0)`

const searched = ` AND ($4 = '' OR position(fold($4) IN fold(l.description || ' ' || l.reference || ' ' || l.counterparty)) > 0 OR starts_with(abs(l.amount)::text, replace($4, '.', '')))`

// shown is the part of a query that is different for each list. $2 is the first day of the period.
func shown(s Show) string {
	switch s {
	case ShowProposed:
		return ` AND $2::date IS NOT NULL AND` + proposedLine
	case ShowMatched:
		return ` AND l.day >= $2 AND NOT (` + openLines + `)`
	case ShowAll:
		return ` AND (l.day >= $2 OR` + openLines + `)`
	default:
		return ` AND $2::date IS NOT NULL`
	}
}

// Bench lists lines by key, however many there are: a page costs what it shows.
func (r Recon) Bench(ctx context.Context, who actor.Actor, q BenchQuery) (BenchPage, error) {
	page := BenchPage{Lines: []LineRow{}}
	if _, err := who.Require(bank.Read); err != nil {
		return page, err
	}
	err := r.DB.Read(ctx).SelectContext(ctx, &page.Lines, openFirst(q)+
		`SELECT `+lineColumns+`, COALESCE(m.id, 0) AS match_id, COALESCE(m.kind, '') AS kind, COALESCE(p.code, '') AS payment_code
		 FROM (SELECT l.* FROM `+linesOf(q)+` WHERE l.account_id = $1 AND l.day <= $3`+shown(q.Show)+searched+`
		   AND ($5::bigint = 0 OR (l.day, l.id) > (SELECT a.day, a.id FROM statement_line a WHERE a.id = $5::bigint)) ORDER BY l.day, l.id LIMIT $6) l
		 LEFT JOIN recon_match m ON m.line_id = l.id AND m.undone_at IS NULL AND m.part = 1 LEFT JOIN payment p ON p.id = m.payment_id ORDER BY l.day, l.id`,
		q.Account, q.From, q.Through, q.Text, q.After, q.Limit+1)
	if len(page.Lines) > q.Limit {
		page.Lines, page.More = page.Lines[:q.Limit], true
	}
	return page, err
}

// openFirst finds the open lines before anything is searched in them: folding the text of every line an account ever had takes longer than all the rest.
func openFirst(q BenchQuery) string {
	if linesOf(q) == "open_line l" {
		return openSet
	}
	return ""
}

const openSet = `WITH open_line AS MATERIALIZED (SELECT l.* FROM` + openFrom + ` WHERE l.account_id = $1) `

func linesOf(q BenchQuery) string {
	switch {
	case q.Show == ShowMatched || q.Show == ShowAll:
		return "statement_line l"
	case q.Show == ShowProposed || q.Text != "":
		return "open_line l"
	default:
		return openFrom
	}
}

// Proposed counts the open lines for which some payment of the same amount still waits.
func (r Recon) Proposed(ctx context.Context, who actor.Actor, account id.Account, through day.Date) (int, error) {
	if _, err := who.Require(bank.Read); err != nil {
		return 0, err
	}
	var n int
	err := r.DB.Read(ctx).GetContext(ctx, &n, openSet+`SELECT count(*) FROM open_line l WHERE l.day <= $2 AND`+proposedLine, account, through)
	return n, err
}

// LineOf reads one line of an account, open or explained. Refuses: recon.line_missing.
func (r Recon) LineOf(ctx context.Context, who actor.Actor, account id.Account, line id.Line) (LineRow, error) {
	var l LineRow
	if _, err := who.Require(bank.Read); err != nil {
		return l, err
	}
	err := r.DB.Read(ctx).GetContext(ctx, &l,
		`SELECT `+lineColumns+`, COALESCE(m.id, 0) AS match_id, COALESCE(m.kind, '') AS kind, COALESCE(p.code, '') AS payment_code FROM statement_line l
		 LEFT JOIN recon_match m ON m.line_id = l.id AND m.undone_at IS NULL AND m.part = 1 LEFT JOIN payment p ON p.id = m.payment_id
		 WHERE l.id = $1 AND l.account_id = $2`, line, account)
	if errors.Is(err, sql.ErrNoRows) {
		return l, ErrLineMissing
	}
	return l, err
}

// MatchesOf are the live matches of a line: one, or its parts.
func (r Recon) MatchesOf(ctx context.Context, who actor.Actor, line id.Line) ([]Match, error) {
	rows := []Match{}
	if _, err := who.Require(bank.Read); err != nil {
		return nil, err
	}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT m.id, m.line_id, m.kind, COALESCE(p.code, '') AS payment_code, COALESCE(p.payee_name, '') AS payee_name, l.day, l.description, m.amount, m.withheld, m.rule, m.why,
		   m.score, COALESCE(m.run_id, 0) AS run_id, u.full_name AS made_by_name, m.made_at, '' AS undone_by_name, m.undone_at, m.undo_reason
		 FROM recon_match m JOIN statement_line l ON l.id = m.line_id JOIN app_user u ON u.id = m.made_by LEFT JOIN payment p ON p.id = m.payment_id
		 WHERE m.line_id = $1 AND m.undone_at IS NULL ORDER BY m.part`, line)
	return rows, err
}

// Parts proposes payments for a debit that pays several: those named in the memo first (by code, order or payee), then what was released last.
// A searched text limits them to a code, an order or a payee.
func (r Recon) Parts(ctx context.Context, who actor.Actor, line id.Line, text string) ([]Candidate, error) {
	rows := []Candidate{}
	if _, err := who.Require(bank.Read); err != nil {
		return nil, err
	}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`WITH line AS (SELECT l.day, l.amount, replace(upper(l.description), ' ', '') AS memo, replace(fold(l.description || ' ' || l.counterparty), ' ', '') AS names
		   FROM statement_line l WHERE l.id = $1)
		 SELECT p.id AS payment_id, p.code AS payment_code, o.code AS order_code, p.payee_name, p.state, p.amount, o.released_on, l.day - o.released_on AS days_after, false AS same_amount, 0::bigint AS less_fee,
		   position(p.code IN l.memo) > 0 AS same_code, false AS code_likely, false AS same_reference, false AS same_account, false AS same_identity,
		   p.payee_name <> '' AND position(replace(p.payee_fold, ' ', '') IN l.names) > 0 AS same_name, false AS name_likely
		 FROM line l JOIN payment p ON p.amount < abs(l.amount) JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' AND o.released_on <= l.day
		 WHERE l.amount < 0 AND p.state IN ('ordered', 'paid', 'deposited', 'returned')
		   AND NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.payment_id = p.id AND m.undone_at IS NULL AND m.kind = 'payment')
		   AND ($2 = '' OR starts_with(p.code, upper($2)) OR o.code = upper($2) OR position(fold($2) IN p.payee_fold) > 0)
		 ORDER BY same_code DESC, position(replace(o.code, ' ', '') IN l.memo) > 0 DESC, same_name DESC, p.state = 'ordered' DESC, o.released_on DESC, p.code LIMIT 50`, line, text)
	return rows, err
}

// RunRule is what one rule of a run found.
type RunRule struct {
	RunID id.Run     `db:"run_id" json:"run"`
	Rule  string     `db:"rule" json:"rule"`
	Kind  Kind       `db:"kind" json:"kind"`
	Lines int        `db:"lines" json:"lines"`
	Sum   vnd.Amount `db:"sum" json:"sum_vnd"`
}

// RunRules parts the latest runs of an account by rule, the surest first, as they found it; what was taken back since counts too.
func (r Recon) RunRules(ctx context.Context, who actor.Actor, account id.Account) ([]RunRule, error) {
	rows := []RunRule{}
	if _, err := who.Require(bank.Read); err != nil {
		return nil, err
	}
	err := r.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT m.run_id, m.rule, m.kind, count(DISTINCT m.line_id) AS lines, sum(m.amount)::bigint AS sum
		 FROM (SELECT id FROM match_run WHERE account_id = $1 ORDER BY id DESC LIMIT 20) r JOIN recon_match m ON m.run_id = r.id
		 GROUP BY m.run_id, m.rule, m.kind ORDER BY m.run_id DESC, max(m.score) DESC, m.rule, m.kind`, account)
	return rows, err
}
