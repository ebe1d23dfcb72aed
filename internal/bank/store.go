package bank

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"matbang/internal/day"
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
	Code      string     `db:"code"`
	Name      string     `db:"name"`
	SeenOn    day.Date   `db:"seen_on"`
	Basis     string     `db:"basis"`
	Confirmed bool       `db:"confirmed"`
	Mapping   []byte     `db:"mapping"`
	Version   int        `db:"version"`
	ChangedBy string     `db:"changed_by_name"`
	ChangedAt *time.Time `db:"changed_at"`
}

func (r profileRow) profile() (Profile, error) {
	p := Profile{Code: r.Code, Name: r.Name, SeenOn: r.SeenOn, Basis: r.Basis, Confirmed: r.Confirmed, Version: r.Version, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt}
	if err := json.Unmarshal(r.Mapping, &p.Mapping); err != nil {
		return p, fmt.Errorf("profile %s: %w", r.Code, err)
	}
	return p, nil
}

const profileSelect = `SELECT p.code, p.name, p.seen_on, p.basis, p.confirmed, p.mapping, p.version, COALESCE(u.full_name, '') AS changed_by_name, p.changed_at
	FROM statement_profile p LEFT JOIN app_user u ON u.id = p.changed_by`

func (s store) profile(ctx context.Context, code string) (Profile, error) {
	return s.oneProfile(ctx, profileSelect+` WHERE p.code = $1`, code)
}

func (s store) lockProfile(ctx context.Context, code string) (Profile, error) {
	return s.oneProfile(ctx, profileSelect+` WHERE p.code = $1 FOR UPDATE OF p`, code)
}

func (s store) oneProfile(ctx context.Context, query, code string) (Profile, error) {
	var row profileRow
	err := s.q.GetContext(ctx, &row, query, code)
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
	if err := s.q.SelectContext(ctx, &rows, profileSelect+` ORDER BY p.code LIMIT 500`); err != nil {
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

// putProfile leaves alone what an officer has changed.
func (s store) putProfile(ctx context.Context, p Profile) error {
	mapping, err := json.Marshal(p.Mapping)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO statement_profile (code, name, mapping, seen_on, basis, confirmed) VALUES ($1, $2, $3, $4, $5, $6)
		 ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, mapping = EXCLUDED.mapping, seen_on = EXCLUDED.seen_on, basis = EXCLUDED.basis,
		   confirmed = EXCLUDED.confirmed WHERE statement_profile.changed_by IS NULL`, p.Code, p.Name, string(mapping), p.SeenOn, p.Basis, p.Confirmed)
	return err
}

// saveProfile writes an officer's profile: a new one, or the next version of one that is locked.
func (s store) saveProfile(ctx context.Context, p Profile, by id.User) error {
	mapping, err := json.Marshal(p.Mapping)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO statement_profile (code, name, mapping, seen_on, basis, confirmed, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, clock_timestamp())
		 ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, mapping = EXCLUDED.mapping, seen_on = EXCLUDED.seen_on, basis = EXCLUDED.basis,
		   confirmed = EXCLUDED.confirmed, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at, version = statement_profile.version + 1`,
		p.Code, p.Name, string(mapping), p.SeenOn, p.Basis, p.Confirmed, by)
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
