package bank

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/lib/pq"

	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

type store struct{ q tx.Querier }

const accountColumns = `id, code, name, bank, number, profile, sample`

func (s store) accounts(ctx context.Context) ([]Account, error) {
	rows := []Account{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+accountColumns+` FROM bank_account ORDER BY code LIMIT 500`)
	return rows, err
}

func (s store) account(ctx context.Context, code string) (Account, error) {
	var a Account
	err := s.q.GetContext(ctx, &a, `SELECT `+accountColumns+` FROM bank_account WHERE code = $1`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return a, ErrAccountMissing
	}
	return a, err
}

// lockAccount keeps two loads of one account apart, so that overlapping files never bring a line twice.
func (s store) lockAccount(ctx context.Context, code string) (Account, error) {
	var a Account
	err := s.q.GetContext(ctx, &a, `SELECT `+accountColumns+` FROM bank_account WHERE code = $1 FOR UPDATE`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return a, ErrAccountMissing
	}
	return a, err
}

func (s store) addAccount(ctx context.Context, a Account) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO bank_account (code, name, bank, number, profile, sample) VALUES ($1,$2,$3,$4,$5,$6)`,
		a.Code, a.Name, a.Bank, a.Number, a.Profile, a.Sample)
	return err
}

type profileRow struct {
	Code    string `db:"code"`
	Name    string `db:"name"`
	Mapping []byte `db:"mapping"`
}

func (r profileRow) profile() (Profile, error) {
	p := Profile{Code: r.Code, Name: r.Name}
	if err := json.Unmarshal(r.Mapping, &p.Mapping); err != nil {
		return p, fmt.Errorf("profile %s: %w", r.Code, err)
	}
	return p, nil
}

func (s store) profile(ctx context.Context, code string) (Profile, error) {
	var row profileRow
	err := s.q.GetContext(ctx, &row, `SELECT code, name, mapping FROM statement_profile WHERE code = $1`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return Profile{}, ErrProfileMissing
	}
	if err != nil {
		return Profile{}, err
	}
	return row.profile()
}

func (s store) profiles(ctx context.Context) ([]Profile, error) {
	var rows []profileRow
	if err := s.q.SelectContext(ctx, &rows, `SELECT code, name, mapping FROM statement_profile ORDER BY code LIMIT 500`); err != nil {
		return nil, err
	}
	profiles := make([]Profile, 0, len(rows))
	for _, row := range rows {
		p, err := row.profile()
		if err != nil {
			return nil, err
		}
		profiles = append(profiles, p)
	}
	return profiles, nil
}

func (s store) putProfile(ctx context.Context, p Profile) error {
	mapping, err := json.Marshal(p.Mapping)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO statement_profile (code, name, mapping) VALUES ($1, $2, $3)
		 ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, mapping = EXCLUDED.mapping`, p.Code, p.Name, string(mapping))
	return err
}

const statementColumns = `s.id, a.code AS account_code, s.from_day, s.to_day, s.opening, s.closing, s.credits, s.debits, s.line_count,
	s.known_count, s.file_name, u.full_name AS loaded_by_name, s.loaded_at`

const statementFrom = ` FROM statement s JOIN bank_account a ON a.id = s.account_id JOIN app_user u ON u.id = s.loaded_by`

// place is where a list goes on; a cursor that is none of ours starts from the beginning.
func place(q listing.Query) int64 {
	n, err := strconv.ParseInt(q.After, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func (s store) statement(ctx context.Context, statement id.Statement) (Statement, error) {
	var found Statement
	err := s.q.GetContext(ctx, &found, `SELECT `+statementColumns+statementFrom+` WHERE s.id = $1`, statement)
	if errors.Is(err, sql.ErrNoRows) {
		return found, ErrStatementMissing
	}
	return found, err
}

func (s store) statements(ctx context.Context, account id.Account, q listing.Query) (listing.Answer[Statement], error) {
	answer := listing.Answer[Statement]{Query: q, Items: []Statement{}}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1 FROM statement WHERE account_id = $1 LIMIT 10001) counted`, account); err != nil {
		return answer, err
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+statementColumns+statementFrom+` WHERE s.account_id = $1 AND ($2::bigint = 0 OR s.id < $2::bigint)
		 ORDER BY s.id DESC LIMIT $3 OFFSET $4`, account, place(q), q.Limit(), q.Offset())
	return answer, err
}

const lineColumns = `l.id, l.line_no, l.day, l.value_day, l.amount, l.reference, l.description, l.counterparty, l.counterparty_account`

func (s store) lines(ctx context.Context, statement id.Statement, q listing.Query) (listing.Answer[Line], error) {
	answer := listing.Answer[Line]{Query: q, Items: []Line{}}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1 FROM statement_line WHERE statement_id = $1 LIMIT 10001) counted`, statement); err != nil {
		return answer, err
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+lineColumns+` FROM statement_line l WHERE l.statement_id = $1 AND l.line_no > $2::bigint
		 ORDER BY l.line_no LIMIT $3 OFFSET $4`, statement, place(q), q.Limit(), q.Offset())
	return answer, err
}

// load keeps the statement and those of its lines that no earlier statement brought.
func (s store) load(ctx context.Context, a Account, fileName string, part int, hash [32]byte, p Parsed, by id.User) (Statement, error) {
	fresh, hashes, err := s.unknown(ctx, a.ID, p.Lines)
	if err != nil {
		return Statement{}, err
	}
	credits, debits := sum(fresh)
	var statement id.Statement
	if err := s.q.GetContext(ctx, &statement,
		`INSERT INTO statement (account_id, from_day, to_day, opening, closing, credits, debits, line_count, known_count, known_credits, known_debits,
		   file_name, sha256, loaded_by, part) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15) RETURNING id`,
		a.ID, p.From, p.To, p.Opening, p.Closing, p.Credits, p.Debits, len(p.Lines), len(p.Lines)-len(fresh), p.Credits-credits, p.Debits-debits,
		fileName, hash[:], by, part); err != nil {
		return Statement{}, err
	}
	if err := s.insertLines(ctx, statement, a.ID, fresh, hashes); err != nil {
		return Statement{}, err
	}
	return s.statement(ctx, statement)
}

func (s store) unknown(ctx context.Context, account id.Account, lines []Line) ([]Line, [][]byte, error) {
	seen := map[[32]byte]int{}
	all := make([][]byte, len(lines))
	for i, l := range lines {
		all[i] = fingerprint(l, seen)
	}
	var known [][]byte
	if err := s.q.SelectContext(ctx, &known,
		`SELECT line_hash FROM statement_line WHERE account_id = $1 AND line_hash = ANY($2)`, account, pq.ByteaArray(all)); err != nil {
		return nil, nil, err
	}
	loaded := map[string]bool{}
	for _, h := range known {
		loaded[string(h)] = true
	}
	var fresh []Line
	var hashes [][]byte
	for i, l := range lines {
		if !loaded[string(all[i])] {
			fresh, hashes = append(fresh, l), append(hashes, all[i])
		}
	}
	return fresh, hashes, nil
}

// batch is how many lines go to the database at once, so that a large statement needs no more memory than a small one.
const batch = 5000

func (s store) insertLines(ctx context.Context, statement id.Statement, account id.Account, lines []Line, hashes [][]byte) error {
	for from := 0; from < len(lines); from += batch {
		to := min(from+batch, len(lines))
		if err := s.insertSome(ctx, statement, account, lines[from:to], hashes[from:to]); err != nil {
			return err
		}
	}
	return nil
}

func (s store) insertSome(ctx context.Context, statement id.Statement, account id.Account, lines []Line, hashes [][]byte) error {
	n := len(lines)
	numbers, amounts := make([]int64, n), make([]int64, n)
	days, valueDays := make([]string, n), make([]string, n)
	refs, texts, names, accounts := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, l := range lines {
		numbers[i], amounts[i], days[i], valueDays[i] = int64(l.LineNo), int64(l.Amount), l.Day.String(), l.ValueDay.String()
		refs[i], texts[i], names[i], accounts[i] = l.Reference, l.Description, l.Counterparty, l.CounterpartyAccount
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO statement_line (statement_id, account_id, line_no, day, value_day, amount, reference, description, counterparty, counterparty_account, line_hash)
		 SELECT $1, $2, * FROM unnest($3::integer[], $4::date[], $5::date[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[])`,
		statement, account, pq.Array(numbers), pq.Array(days), pq.Array(valueDays), pq.Array(amounts), pq.Array(refs), pq.Array(texts),
		pq.Array(names), pq.Array(accounts), pq.ByteaArray(hashes))
	return err
}
