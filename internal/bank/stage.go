package bank

import (
	"context"
	"slices"

	"github.com/lib/pq"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// batch is how many lines go to the database at once, so that a large statement needs no more memory than a small one.
const batch = 2000

// staged is a line on its way into the database.
type staged struct {
	part   int
	m      Movement
	amount vnd.Amount
}

// stage makes the place where lines wait until their statement has proved itself; it ends with the transaction.
func (s store) stage(ctx context.Context) error {
	if _, err := s.q.ExecContext(ctx,
		`CREATE TEMP TABLE IF NOT EXISTS statement_stage (part integer, line_no integer, day date, value_day date, amount bigint, reference text,
		   description text, counterparty text, counterparty_account text) ON COMMIT DROP`); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx, `TRUNCATE statement_stage`)
	return err
}

func (s store) addStaged(ctx context.Context, lines []staged) error {
	n := len(lines)
	parts, numbers, amounts := make([]int64, n), make([]int64, n), make([]int64, n)
	days, valueDays := make([]string, n), make([]string, n)
	refs, texts, names, accounts := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, l := range lines {
		parts[i], numbers[i], amounts[i], days[i], valueDays[i] = int64(l.part), int64(l.m.Line), int64(l.amount), l.m.Day.String(), l.m.ValueDay.String()
		refs[i], texts[i], names[i], accounts[i] = l.m.Reference, l.m.Description, l.m.Counterparty, l.m.CounterpartyAccount
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO statement_stage SELECT * FROM unnest($1::integer[], $2::integer[], $3::date[], $4::date[], $5::bigint[], $6::text[], $7::text[],
		   $8::text[], $9::text[])`, pq.Array(parts), pq.Array(numbers), pq.Array(days), pq.Array(valueDays), pq.Array(amounts), pq.Array(refs),
		pq.Array(texts), pq.Array(names), pq.Array(accounts))
	return err
}

func (s store) analyzeStage(ctx context.Context) error {
	_, err := s.q.ExecContext(ctx, `ANALYZE statement_stage`)
	return err
}

func (s store) refuseKnownFile(ctx context.Context, account id.Account, hash [32]byte) error {
	var known bool
	err := s.q.GetContext(ctx, &known, `SELECT EXISTS (SELECT 1 FROM statement WHERE account_id = $1 AND sha256 = $2)`, account, hash[:])
	if err == nil && known {
		return ErrLoadedAlready
	}
	return err
}

// apartFrom are statements that share a day with the one at hand and none of its lines: the day was cut between two files.
type apartFrom struct{ before, after []id.Statement }

// neighbour is a statement that ends or begins on a day.
type neighbour struct {
	ID      id.Statement `db:"id"`
	From    day.Date     `db:"from_day"`
	To      day.Date     `db:"to_day"`
	Opening vnd.Amount   `db:"opening"`
	Closing vnd.Amount   `db:"closing"`
}

// apart finds them by their balances: one that ends on the first day with our opening balance, one that begins on the last day with our closing
// balance, and those that so join these on the same day. Where what seems common to both comes to nothing, the same balances could also mean that
// they overlap; then they are not taken for apart.
func (s store) apart(ctx context.Context, account id.Account, p part) (apartFrom, error) {
	var found apartFrom
	var around []neighbour
	err := s.q.SelectContext(ctx, &around, `SELECT id, from_day, to_day, opening, closing FROM statement
		WHERE account_id = $1 AND (to_day = $2 OR from_day = $3) ORDER BY id`, account, p.head.From, p.head.To)
	if err != nil || len(around) == 0 {
		return found, err
	}
	opening, _ := p.head.Opening.Dong()
	closing, _ := p.head.Closing.Dong()
	before := walk(around, func(n neighbour) bool { return n.To == p.head.From }, func(n neighbour) bool { return n.From == n.To },
		opening, func(n neighbour) (vnd.Amount, vnd.Amount) { return n.Closing, n.Opening })
	after := walk(around, func(n neighbour) bool { return n.From == p.head.To }, func(n neighbour) bool { return n.From == n.To },
		closing, func(n neighbour) (vnd.Amount, vnd.Amount) { return n.Opening, n.Closing })
	if found.before, err = s.reallyApart(ctx, p.number, before, p.head.From); err != nil {
		return found, err
	}
	found.after, err = s.reallyApart(ctx, p.number, after, p.head.To)
	return found, err
}

// walk follows balances from statement to statement within one day.
func walk(around []neighbour, touches, within func(neighbour) bool, at vnd.Amount, ends func(neighbour) (near, far vnd.Amount)) []id.Statement {
	var found []id.Statement
	reached := []vnd.Amount{at}
	for len(reached) > 0 {
		at, reached = reached[0], reached[1:]
		for _, n := range around {
			near, far := ends(n)
			if !touches(n) || near != at || slices.Contains(found, n.ID) {
				continue
			}
			found = append(found, n.ID)
			if within(n) {
				reached = append(reached, far)
			}
		}
	}
	return found
}

func (s store) reallyApart(ctx context.Context, part int, statements []id.Statement, on day.Date) ([]id.Statement, error) {
	if len(statements) == 0 {
		return nil, nil
	}
	var common vnd.Amount
	err := s.q.GetContext(ctx, &common, `
		SELECT COALESCE(sum(least(o.n, k.n) * o.amount), 0)::bigint FROM
		  (SELECT amount, replace(reference, ' ', '') AS ref, replace(description, ' ', '') AS memo, count(*) AS n FROM statement_stage
		   WHERE part = $1 AND day = $2 GROUP BY 1, 2, 3) o JOIN
		  (SELECT amount, replace(reference, ' ', '') AS ref, replace(description, ' ', '') AS memo, count(*) AS n FROM statement_line
		   WHERE statement_id = ANY($3) AND day = $2 GROUP BY 1, 2, 3) k USING (amount, ref, memo)`, part, on, pq.Array(ids(statements)))
	if err != nil || common == 0 {
		return nil, err
	}
	return statements, nil
}

func ids(statements []id.Statement) []int64 {
	out := make([]int64, 0, len(statements))
	for _, s := range statements {
		out = append(out, int64(s))
	}
	return out
}

// keep writes a statement with those of its lines that were not there. A line is known by day, amount, reference and memo, spaces left out; of
// lines that are equal in all of it as many are known as were loaded. Its hash also bears the how-manieth it is.
func (s store) keep(ctx context.Context, a Account, file source, place int, p part, apart apartFrom, by id.User) (id.Statement, error) {
	h := p.head
	opening, _ := h.Opening.Dong()
	closing, _ := h.Closing.Dong()
	credits, _ := h.Credits.Dong()
	debits, _ := h.Debits.Dong()
	var statement id.Statement
	err := s.q.GetContext(ctx, &statement, `
		WITH own AS MATERIALIZED (
		  SELECT *, replace(reference, ' ', '') AS ref, replace(description, ' ', '') AS memo,
		    row_number() OVER (PARTITION BY day, amount, replace(reference, ' ', ''), replace(description, ' ', '') ORDER BY line_no) AS n
		  FROM statement_stage WHERE part = $1),
		known AS MATERIALIZED (
		  SELECT day, amount, replace(reference, ' ', '') AS ref, replace(description, ' ', '') AS memo, count(*) AS loaded,
		    count(*) FILTER (WHERE NOT (day = $3::date AND statement_id = ANY($15) OR day = $4::date AND statement_id = ANY($16))) AS same
		  FROM statement_line WHERE account_id = $2 AND day BETWEEN (SELECT min(day) FROM own) AND (SELECT max(day) FROM own) GROUP BY 1, 2, 3, 4),
		fresh AS MATERIALIZED (
		  SELECT own.*, COALESCE(known.loaded, 0) - COALESCE(known.same, 0) + own.n AS occurrence
		  FROM own LEFT JOIN known USING (day, amount, ref, memo) WHERE own.n > COALESCE(known.same, 0)),
		kept AS (
		  INSERT INTO statement (account_id, from_day, to_day, opening, closing, credits, debits, line_count, known_count, known_credits, known_debits,
		    file_name, sha256, loaded_by, part)
		  SELECT $2, $3::date, $4::date, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::integer, $9::integer - count(*), $7::bigint - COALESCE(sum(amount) FILTER (WHERE amount > 0), 0),
		    $8::bigint + COALESCE(sum(amount) FILTER (WHERE amount < 0), 0), $10, $11, $12, $13 FROM fresh RETURNING id),
		lines AS (
		  INSERT INTO statement_line (statement_id, account_id, line_no, day, value_day, amount, reference, description, counterparty, counterparty_account, line_hash)
		  SELECT kept.id, $2, line_no, day, value_day, amount, reference, description, counterparty, counterparty_account,
		    sha256(convert_to(jsonb_build_array($14::text, day, amount, ref, memo, occurrence)::text, 'UTF8')) FROM fresh, kept ORDER BY line_no)
		SELECT id FROM kept`,
		p.number, a.ID, h.From, h.To, opening, closing, credits, debits, h.Lines, file.Name, file.hash[:], by, place, "line",
		pq.Array(ids(apart.before)), pq.Array(ids(apart.after)))
	if err != nil {
		return 0, err
	}
	if statement == 0 {
		return 0, fault.InvalidField("file", "bank.no_lines")
	}
	return statement, nil
}
