package recon

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/lib/pq"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/payout"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

type store struct{ q tx.Querier }

// pair is a line and the payment it speaks of.
type pair struct {
	LineID      id.Line             `db:"line_id"`
	PaymentID   id.Payment          `db:"payment_id"`
	PaymentCode string              `db:"payment_code"`
	State       payout.PaymentState `db:"state"`
	Method      payout.Method       `db:"method"`
	Content     string              `db:"content"`
	Day         day.Date            `db:"day"`
	Amount      vnd.Amount          `db:"amount"` // of the payment, positive
	Moved       vnd.Amount          `db:"moved"`  // what the line moves of it: less than the amount where several lines pay it
	Piece       int                 `db:"piece"`  // 1, or the line's place among the lines that pay the payment
	Taken       vnd.Amount          `db:"taken"`  // what other live lines of its direction move of the payment
	Most        vnd.Amount          // the office's limit of what the bank may keep, where it kept something
	Withheld    vnd.Amount          `db:"withheld"` // what the bank kept of money it sent back; Amount is what comes back in the book
	Pieces      int                 `db:"pieces"`   // how many these are; 0 counts as 1
	Incoming    bool                `db:"incoming"`
	Description string              `db:"description"`
	Recorded    bool                `db:"-"`
	Part        int                 `db:"-"` // 1, or its place among the payments of a line that pays several
	Score       int                 `db:"-"`
	Rule        string              `db:"-"`
	Why         string              `db:"-"`
}

// used tells whether other lines move the whole payment already.
func (p pair) used() bool { return p.Taken >= p.Amount && p.State != payout.Part }

func (s store) lockAccount(ctx context.Context, account id.Account) error {
	var one int
	return s.q.GetContext(ctx, &one, `SELECT 1 FROM bank_account WHERE id = $1 FOR UPDATE`, account)
}

// lockAccountOf locks the account of a line, so that a person and a run never take the same line at once.
func (s store) lockAccountOf(ctx context.Context, line id.Line) error {
	return s.lockFound(ctx, ErrLineMissing, `SELECT 1 FROM bank_account WHERE id = (SELECT account_id FROM statement_line WHERE id = $1) FOR UPDATE`, int64(line))
}

func (s store) lockAccountOfMatch(ctx context.Context, match id.Match) error {
	return s.lockFound(ctx, ErrMatchMissing, `SELECT 1 FROM bank_account
		WHERE id = (SELECT l.account_id FROM recon_match m JOIN statement_line l ON l.id = m.line_id WHERE m.id = $1) FOR UPDATE`, int64(match))
}

func (s store) lockAccountOfRun(ctx context.Context, run id.Run) error {
	return s.lockFound(ctx, ErrRunMissing, `SELECT 1 FROM bank_account WHERE id = (SELECT account_id FROM match_run WHERE id = $1) FOR UPDATE`, int64(run))
}

func (s store) lockFound(ctx context.Context, missing error, query string, key int64) error {
	var one int
	err := s.q.GetContext(ctx, &one, query, key)
	if errors.Is(err, sql.ErrNoRows) {
		return missing
	}
	return err
}

// byIndex keeps the planner from reading whole tables for the rest of the transaction: a run writes matches by the thousand, and the statistics
// it plans the next rule by still say that there are none.
func (s store) byIndex(ctx context.Context) error {
	_, err := s.q.ExecContext(ctx, `SET LOCAL enable_seqscan = off`)
	return err
}

func (s store) newRun(ctx context.Context, account id.Account, through day.Date, by id.User) (id.Run, error) {
	var run id.Run
	err := s.q.GetContext(ctx, &run, `INSERT INTO match_run (account_id, through, made_by) VALUES ($1, $2, $3) RETURNING id`, account, through, by)
	return run, err
}

// dropRun forgets a run that found nothing: running again must leave no trace.
func (s store) dropRun(ctx context.Context, run id.Run) error {
	_, err := s.q.ExecContext(ctx, `DELETE FROM match_run WHERE id = $1`, run)
	return err
}

// openLines are lines without a live match, as the triggers of lines and matches keep them.
const openLines = ` EXISTS (SELECT 1 FROM statement_line_open n WHERE n.line_id = l.id)`

// openFrom are the open lines l themselves, in the order of their days however many others there are.
const openFrom = ` statement_line_open n JOIN statement_line l ON l.id = n.line_id AND l.account_id = n.account_id AND l.day = n.day`

// certainSQL: exactly one payment code in the memo, the same amount, a released order, and no other live line of the same kind for the
// payment. Of several such lines the one of the oldest day is taken, the others stay open; two of that day are left to a person. Codes are looked
// for as written and with all spaces taken out, because banks wrap lines inside words; digits that follow a code make it another number.
const certainSQL = openSQL + `, named AS (
  SELECT` + pairColumns + `, rank() OVER (PARTITION BY p.id ORDER BY u.day) AS age, count(*) OVER (PARTITION BY p.id, u.day) AS twins
  FROM unexplained u JOIN payment p ON cardinality(u.codes) = 1 AND p.code = u.codes[1] AND p.amount = abs(u.amount)
  JOIN payout_order o ON o.id = p.order_id AND o.state = 'released'
  WHERE` + free + agreed + `)
SELECT line_id, payment_id, payment_code, state, method, content, day, amount, incoming, description FROM named WHERE age = 1 AND twins = 1
ORDER BY day, line_id`

// keep writes matches; run 0 means by hand.
func (s store) keep(ctx context.Context, run id.Run, pairs []pair, by id.User) error {
	n := len(pairs)
	lines, payments, amounts := make([]int64, n), make([]int64, n), make([]int64, n)
	kinds, rules, whys, recorded := make([]string, n), make([]string, n), make([]string, n), make([]bool, n)
	parts, scores, pieces, withheld, most := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, p := range pairs {
		lines[i], payments[i], amounts[i] = int64(p.LineID), int64(p.PaymentID), int64(p.Moved)
		kinds[i], rules[i], whys[i], recorded[i] = string(PaymentKind), p.Rule, p.Why, p.Recorded
		parts[i], scores[i] = int64(max(p.Part, 1)), int64(p.Score)
		pieces[i], withheld[i], most[i] = int64(max(p.Piece, 1)), int64(p.Withheld), int64(p.Most)
		if p.Incoming {
			kinds[i] = string(ReturnKind)
		}
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO recon_match (run_id, made_by, line_id, kind, payment_id, amount, rule, why, recorded, part, score, piece, withheld, withheld_most)
		 SELECT NULLIF($1::bigint, 0), $2::bigint, * FROM unnest($3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::boolean[], $10::smallint[], $11::smallint[], $12::smallint[], $13::bigint[], $14::bigint[])`,
		run, by, pq.Array(lines), pq.Array(kinds), pq.Array(payments), pq.Array(amounts), pq.Array(rules), pq.Array(whys), pq.Array(recorded), pq.Array(parts), pq.Array(scores), pq.Array(pieces), pq.Array(withheld), pq.Array(most))
	return err
}

// fees classifies open lines of money out whose memo begins with one of the bank's words for a fee.
func (s store) fees(ctx context.Context, run id.Run, account id.Account, through day.Date, words []string, by id.User) (int, error) {
	res, err := s.q.ExecContext(ctx,
		`INSERT INTO recon_match (line_id, kind, amount, rule, why, run_id, made_by)
		 SELECT l.id, 'fee', -l.amount, 'classified', 'nội dung bắt đầu bằng ' || btrim(w.word), $3::bigint, $5::bigint
		 FROM statement_line l CROSS JOIN LATERAL (SELECT word FROM unnest($4::text[]) AS word
		   WHERE starts_with(fold(l.description), fold(word)) ORDER BY length(word) DESC LIMIT 1) w
		 WHERE l.account_id = $1 AND l.day <= $2 AND l.amount < 0 AND`+openLines, account, through, run, pq.Array(words), by)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// others classifies open lines whose memo begins with one of the words for money that is none of our payments. What bears the trace of a code, or has the
// amount of a payment that still waits, is left to a person.
func (s store) others(ctx context.Context, run id.Run, account id.Account, through day.Date, words []string, by id.User) (int, error) {
	res, err := s.q.ExecContext(ctx,
		`WITH said AS MATERIALIZED (SELECT l.id, l.day, l.amount, w.word FROM statement_line l CROSS JOIN LATERAL (SELECT word FROM unnest($4::text[]) AS word
		     WHERE starts_with(fold(l.description), fold(word)) ORDER BY length(word) DESC LIMIT 1) w
		   WHERE l.account_id = $1 AND l.day <= $2 AND`+openLines+` AND position('GPMB' IN replace(upper(l.description), ' ', '')) = 0)
		 INSERT INTO recon_match (line_id, kind, amount, rule, why, run_id, made_by)
		 SELECT l.id, 'other', abs(l.amount), 'classified', 'nội dung bắt đầu bằng ' || btrim(l.word), $3::bigint, $5::bigint FROM said l WHERE NOT`+proposedLine,
		account, through, run, pq.Array(words), by)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

func (s store) openCount(ctx context.Context, account id.Account, through day.Date) (int, error) {
	var n int
	err := s.q.GetContext(ctx, &n, `SELECT count(*) FROM statement_line l WHERE l.account_id = $1 AND l.day <= $2 AND`+openLines, account, through)
	return n, err
}

// pairsOf are a line and the payments a person puts together: released orders, whose amounts still open come to the line; or one payment of which the
// line moves a part.
func (s store) pairsOf(ctx context.Context, line id.Line, codes []string) ([]pair, error) {
	pairs := []pair{}
	err := s.q.SelectContext(ctx, &pairs,
		`SELECT l.id AS line_id, p.id AS payment_id, p.code AS payment_code, p.state, o.method, o.content, l.day, due.amount, due.amount AS moved, l.amount > 0 AS incoming, l.description,
		   live.pieces + 1 AS piece, live.taken
		 FROM statement_line l JOIN payment p ON p.code = ANY($2)
		 CROSS JOIN LATERAL (SELECT CASE WHEN l.amount < 0 AND p.open > 0 THEN p.open ELSE p.amount END AS amount) due
		 CROSS JOIN LATERAL (SELECT COALESCE(max(m.piece), 0) AS pieces, COALESCE(sum(m.amount), 0)::bigint AS taken FROM recon_match m
		   WHERE m.payment_id = p.id AND m.undone_at IS NULL AND m.kind = CASE WHEN l.amount > 0 THEN 'return' ELSE 'payment' END) live
		 JOIN payout_order o ON o.id = p.order_id AND o.state = 'released' AND o.released_on <= l.day
		 WHERE l.id = $1 AND p.state IN ('ordered', 'part', 'paid', 'deposited', 'returned') ORDER BY p.id FOR UPDATE OF p`, line, pq.Array(codes))
	if err != nil {
		return nil, err
	}
	if len(pairs) != len(codes) || len(pairs) > 1 && pairs[0].Incoming {
		return nil, ErrPaymentMissing
	}
	var whole vnd.Amount
	if err := s.q.GetContext(ctx, &whole, `SELECT abs(amount) FROM statement_line WHERE id = $1`, line); err != nil {
		return nil, err
	}
	used := slices.ContainsFunc(pairs, pair.used)
	if len(pairs) == 1 && whole < pairs[0].Amount {
		if used {
			return nil, fault.InvalidField("payment", "recon.payment_used")
		}
		pairs[0].Amount, pairs[0].Moved = whole, whole
	}
	var sum vnd.Amount
	for _, p := range pairs {
		sum += p.Amount
	}
	if sum != whole {
		return nil, fault.InvalidField("payment", "recon.sum_differs", sum, whole, whole-sum)
	}
	if used || len(pairs) > 1 && slices.ContainsFunc(pairs, func(p pair) bool { return p.Piece > 1 }) {
		return nil, ErrPaymentUsed
	}
	return pairs, nil
}

func (s store) classify(ctx context.Context, line id.Line, kind Kind, why string, by id.User) error {
	res, err := s.q.ExecContext(ctx,
		`INSERT INTO recon_match (line_id, kind, amount, rule, why, made_by)
		 SELECT id, $2::text, abs(amount), 'classified', $3::text, $4::bigint FROM statement_line WHERE id = $1`, line, kind, why, by)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrLineMissing, err)
	}
	return nil
}

type undone struct {
	ID          id.Match `db:"id"`
	PaymentCode string   `db:"payment_code"`
	LineID      id.Line  `db:"line_id"`
	Recorded    bool     `db:"recorded"`
}

// undoMatch takes a match back with all parts of its line, the last first; and with all lines of its payment, unless each has recorded its own part.
func (s store) undoMatch(ctx context.Context, match id.Match, reason string, by id.User) ([]undone, error) {
	parts := []undone{}
	err := s.q.SelectContext(ctx, &parts,
		`WITH gone AS (UPDATE recon_match m SET undone_by = $2, undone_at = clock_timestamp(), undo_reason = $3
		   WHERE m.undone_at IS NULL AND m.line_id IN (SELECT x.line_id FROM recon_match s JOIN recon_match x ON x.undone_at IS NULL
		     AND (x.line_id = s.line_id OR x.payment_id = s.payment_id AND x.kind = s.kind AND EXISTS (SELECT 1 FROM recon_match y
		       WHERE y.payment_id = s.payment_id AND y.kind = s.kind AND y.undone_at IS NULL AND NOT y.recorded)) WHERE s.id = $1 AND s.undone_at IS NULL) RETURNING m.id, m.line_id, m.payment_id, m.recorded)
		 SELECT g.id, COALESCE((SELECT code FROM payment WHERE id = g.payment_id), '') AS payment_code, g.line_id, g.recorded FROM gone g ORDER BY g.id DESC`, match, by, reason)
	if err == nil && len(parts) == 0 {
		return nil, ErrUndone
	}
	return parts, err
}

// returnedSince tells whether a later live match of the same payment brought its return: the stack of results is taken down from the top.
func (s store) returnedSince(ctx context.Context, match id.Match) (bool, error) {
	var yes bool
	err := s.q.GetContext(ctx, &yes, `SELECT EXISTS (SELECT 1 FROM recon_match m JOIN recon_match later ON later.payment_id = m.payment_id
		WHERE m.id = $1 AND m.recorded AND m.kind = 'payment' AND later.kind = 'return' AND later.recorded AND later.undone_at IS NULL)`, match)
	return yes, err
}

func (s store) markRunUndone(ctx context.Context, run id.Run, by id.User) ([]id.Match, error) {
	res, err := s.q.ExecContext(ctx, `UPDATE match_run SET undone_by = $2, undone_at = clock_timestamp() WHERE id = $1 AND undone_at IS NULL`, run, by)
	if err != nil {
		return nil, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return nil, errors.Join(ErrUndone, err)
	}
	matches := []id.Match{}
	err = s.q.SelectContext(ctx, &matches, `SELECT id FROM recon_match WHERE run_id = $1 AND undone_at IS NULL AND part = 1 AND piece = 1 ORDER BY id DESC`, run)
	return matches, err
}
