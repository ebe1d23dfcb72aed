package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/lib/pq"

	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

type store struct{ q tx.Querier }

func (s store) post(ctx context.Context, by id.User, e Entry, reverses *id.Journal) (id.Journal, error) {
	var journal id.Journal
	written, occurred, err := s.openDay(ctx, e.Day)
	if err != nil {
		return 0, err
	}
	if err := s.q.GetContext(ctx, &journal,
		`INSERT INTO journal (kind, reference, project_id, day, occurred_on, reverses, made_by) VALUES ($1,$2,$3,$4,$5,$6,$7) RETURNING id`,
		e.Kind, e.Reference, e.Project, written, occurred, reverses, by); err != nil {
		return 0, refuse(err)
	}
	cases, accounts, amounts := columns(e.Postings)
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO posting (journal_id, account, project_id, case_id, amount)
		 SELECT $1, p.account, $2, p.case_id, p.amount FROM unnest($3::bigint[], $4::text[], $5::bigint[]) AS p(case_id, account, amount)`,
		journal, e.Project, cases, accounts, amounts); err != nil {
		return 0, refuse(err)
	}
	return journal, s.addToBalances(ctx, e.Project, onDay(written.String(), e.Postings))
}

// postAll writes many journals in four statements. Their numbers come in the order of the entries.
func (s store) postAll(ctx context.Context, by id.User, entries []Entry) ([]id.Journal, error) {
	last, err := s.closedThrough(ctx)
	if err != nil {
		return nil, err
	}
	kinds, references, days, occurred := make([]string, len(entries)), make([]string, len(entries)), make([]string, len(entries)), make([]string, len(entries))
	projects := make(pq.Int64Array, len(entries))
	for i, e := range entries {
		kinds[i], references[i], projects[i], days[i] = string(e.Kind), e.Reference, int64(e.Project), e.Day.String()
		if !last.IsZero() && !e.Day.After(last) {
			days[i], occurred[i] = last.Add(1).String(), e.Day.String()
		}
	}
	journals := []id.Journal{}
	if err := s.q.SelectContext(ctx, &journals,
		`INSERT INTO journal (kind, reference, project_id, day, occurred_on, made_by)
		 SELECT x.kind, x.reference, x.project, x.day, NULLIF(x.occurred, '')::date, $6::bigint
		 FROM unnest($1::text[], $2::text[], $3::bigint[], $4::date[], $5::text[]) WITH ORDINALITY AS x(kind, reference, project, day, occurred, n)
		 ORDER BY x.n RETURNING id`, pq.Array(kinds), pq.Array(references), projects, pq.Array(days), pq.Array(occurred), by); err != nil {
		return nil, refuse(err)
	}
	return journals, s.postingsOf(ctx, journals, days, entries)
}

// postingsOf writes the postings of journals, each written on its day, and brings the balances up to them work by work.
func (s store) postingsOf(ctx context.Context, journals []id.Journal, days []string, entries []Entry) error {
	var owners, projects []int64
	var postings []Posting
	byWork := map[id.Project][]datedPosting{}
	for i, e := range entries {
		for _, p := range e.Postings {
			owners, projects, postings = append(owners, int64(journals[i])), append(projects, int64(e.Project)), append(postings, p)
		}
		byWork[e.Project] = append(byWork[e.Project], onDay(days[i], e.Postings)...)
	}
	cases, accounts, amounts := columns(postings)
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO posting (journal_id, account, project_id, case_id, amount)
		 SELECT p.journal, p.account, p.project, p.case_id, p.amount
		 FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS p(journal, account, project, case_id, amount)`,
		pq.Array(owners), accounts, pq.Array(projects), cases, amounts); err != nil {
		return refuse(err)
	}
	for _, work := range slices.Sorted(maps.Keys(byWork)) {
		if err := s.addToBalances(ctx, work, byWork[work]); err != nil {
			return err
		}
	}
	return nil
}

// datedPosting is a posting and the day its journal is written on.
type datedPosting struct {
	Posting
	day string
}

func onDay(written string, postings []Posting) []datedPosting {
	dated := make([]datedPosting, len(postings))
	for i, p := range postings {
		dated[i] = datedPosting{p, written}
	}
	return dated
}

// addToBalances makes sure every balance exists, so that one never used can be locked too, locks them in one order, and adds. Since when something
// stands there follows from the balance itself where its newest day is before the posting's, else from its history.
func (s store) addToBalances(ctx context.Context, project id.Project, postings []datedPosting) error {
	plain, days := make([]Posting, len(postings)), make(pq.StringArray, len(postings))
	for i, p := range postings {
		plain[i], days[i] = p.Posting, p.day
	}
	cases, accounts, amounts := columns(plain)
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO ledger_balance (case_id, project_id, account, amount)
		 SELECT DISTINCT p.case_id, $1::bigint, p.account, 0 FROM unnest($2::bigint[], $3::text[]) AS p(case_id, account)
		 ORDER BY 1, 3 ON CONFLICT DO NOTHING`, project, cases, accounts); err != nil {
		return refuse(err)
	}
	if _, err := s.q.ExecContext(ctx,
		`SELECT 1 FROM ledger_balance b WHERE (b.case_id, b.account) IN (SELECT * FROM unnest($1::bigint[], $2::text[]))
		 ORDER BY b.case_id, b.account FOR UPDATE`, cases, accounts); err != nil {
		return refuse(err)
	}
	_, err := s.q.ExecContext(ctx,
		`UPDATE ledger_balance b SET amount = b.amount + d.amount, moved = GREATEST(b.moved, d.last),
		   since = CASE WHEN b.amount + d.amount = 0 THEN NULL
		     WHEN d.first < d.last OR d.first <= b.moved THEN (SELECT s.since FROM ledger_standing('infinity', ARRAY[b.case_id], ARRAY[b.account]) s)
		     WHEN b.amount = 0 THEN d.first ELSE b.since END
		 FROM (SELECT p.case_id, p.account, sum(p.amount)::bigint AS amount, min(p.day) AS first, max(p.day) AS last
		       FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::date[]) AS p(case_id, account, amount, day) GROUP BY 1, 2) d
		 WHERE b.case_id = d.case_id AND b.account = d.account`, cases, accounts, amounts, days)
	return refuse(err)
}

func columns(postings []Posting) (cases, accounts, amounts any) {
	var c, m []int64
	var a []string
	for _, p := range postings {
		c, a, m = append(c, int64(p.Case)), append(a, string(p.Account)), append(m, int64(p.Amount))
	}
	return pq.Int64Array(c), pq.StringArray(a), pq.Int64Array(m)
}

func (s store) entry(ctx context.Context, journal id.Journal) (Entry, error) {
	var head struct {
		Project id.Project `db:"project_id"`
		Day     day.Date   `db:"day"`
	}
	if err := s.q.GetContext(ctx, &head, `SELECT project_id, day FROM journal WHERE id = $1`, journal); err != nil {
		return Entry{}, fmt.Errorf("ledger: journal %d: %w", journal, err)
	}
	e := Entry{Project: head.Project, Day: head.Day}
	err := s.q.SelectContext(ctx, &e.Postings, `SELECT case_id, account, amount FROM posting WHERE journal_id = $1 ORDER BY id`, journal)
	return e, err
}

// firstAnswer takes the key for this transaction, so that of two equal requests at once the second waits and sees the first's answer.
func (s store) firstAnswer(ctx context.Context, user id.User, act, key string, hash []byte) ([]byte, bool, error) {
	if _, err := s.q.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1 || ':' || $2, 7))`, fmt.Sprint(user), key); err != nil {
		return nil, false, err
	}
	var kept struct {
		Act    string `db:"act"`
		Hash   []byte `db:"input_hash"`
		Answer []byte `db:"answer"`
	}
	err := s.q.GetContext(ctx, &kept, `SELECT act, input_hash, answer FROM idempotency WHERE user_id = $1 AND key = $2`, user, key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if kept.Act != act || !bytes.Equal(kept.Hash, hash) {
		return nil, false, ErrKeyReused
	}
	return kept.Answer, true, nil
}

func (s store) keepAnswer(ctx context.Context, user id.User, act, key string, hash []byte, answer any) error {
	text, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	_, err = s.q.ExecContext(ctx, `INSERT INTO idempotency (key, user_id, act, input_hash, answer) VALUES ($1,$2,$3,$4,$5)`,
		key, user, act, hash, string(text))
	return err
}

type balance struct {
	Project id.Project `db:"project_id"`
	Case    id.Case    `db:"case_id"`
	Account Account    `db:"account"`
	Amount  vnd.Amount `db:"amount"`
}

const scoped = ` ($1 = 0 OR b.project_id = $1) AND ($2 = 0 OR b.case_id = $2)
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project p WHERE p.id = b.project_id AND p.unit_id = $3))
	AND ($4 = 0 OR EXISTS (SELECT 1 FROM land_case c WHERE c.id = b.case_id AND c.ward_id = $4))
	AND ($5 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = b.project_id AND m.user_id = $5))`

func (s store) balances(ctx context.Context, l Limits) ([]balance, error) {
	rows := []balance{}
	args := []any{l.Project, l.Case, l.Scope.Unit, l.Scope.Ward, l.Scope.Member}
	if l.AsOf.IsZero() && l.Known.IsZero() {
		err := s.q.SelectContext(ctx, &rows,
			`SELECT b.project_id, b.account, sum(b.amount)::bigint AS amount FROM ledger_balance b WHERE`+scoped+` GROUP BY 1, 2`, args...)
		return rows, err
	}
	if l.Known.IsZero() && l.Case == 0 && l.Scope.Ward == 0 {
		err := s.q.SelectContext(ctx, &rows, dayBalances, append(args, l.AsOf)...)
		return rows, err
	}
	var known any
	if !l.Known.IsZero() {
		known = l.Known
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT b.project_id, b.account, sum(b.amount)::bigint AS amount FROM posting b JOIN journal j ON j.id = b.journal_id
		 WHERE`+scoped+` AND ($6::date IS NULL OR j.day <= $6) AND ($7::timestamptz IS NULL OR j.recorded_at <= $7) GROUP BY 1, 2`,
		append(args, l.AsOf, known)...)
	return rows, err
}

// dayBalances adds up the days, and the postings that sealing has not added to them yet.
const dayBalances = `SELECT b.project_id, b.account, sum(b.amount)::bigint AS amount FROM (
	  SELECT project_id, account, day, amount, 0::bigint AS case_id FROM ledger_day
	  UNION ALL SELECT p.project_id, p.account, j.day, p.amount, p.case_id FROM journal_unsealed w JOIN journal j ON j.id = w.journal_id JOIN posting p ON p.journal_id = j.id) b
	WHERE` + scoped + ` AND b.day <= $6::date GROUP BY 1, 2`

func (s store) caseBalances(ctx context.Context, cases []id.Case) ([]balance, error) {
	ids := make(pq.Int64Array, len(cases))
	for i, c := range cases {
		ids[i] = int64(c)
	}
	rows := []balance{}
	err := s.q.SelectContext(ctx, &rows, `SELECT project_id, case_id, account, amount FROM ledger_balance WHERE case_id = ANY($1)`, ids)
	return rows, err
}

// refuse names a broken constraint in the words of the business.
func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "ledger_balance_sign":
		return ErrOverdrawn
	case "journal_reversed_once":
		return ErrReversed
	case "journal_month_open":
		return ErrDayClosed
	default:
		return err
	}
}
