package disbursement

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/project"
	"matbang/internal/tx"
)

type store struct{ q tx.Querier }

// inScope is the three conditions of a scope over works, as parameters $1 (unit), $2 (ward), $3 (member).
const inScope = ` ($1 = 0 OR p.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM project_ward s WHERE s.project_id = p.id AND s.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.user_id = $3))`

// open locks the works of the entries, so that acts about one work come one after the other, and reads what stands.
func (s store) open(ctx context.Context, who actor.Actor, scope actor.Scope, entries []Entry) (*book, error) {
	b := newBook(entries)
	var contracts, bills pq.StringArray
	for _, e := range entries {
		if e.Contract != "" {
			contracts = append(contracts, e.Contract)
		}
		if e.Bill != "" {
			bills = append(bills, e.Bill)
		}
	}
	projects, err := s.lockWorks(ctx, scope, b)
	if err != nil {
		return nil, err
	}
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM contract WHERE code = ANY($1) AND project_id = ANY($2) ORDER BY id FOR NO KEY UPDATE`, contracts, projects); err != nil {
		return nil, err
	}
	if err := s.readContracts(ctx, b, projects); err != nil {
		return nil, err
	}
	if err := s.readBills(ctx, b, bills, projects); err != nil {
		return nil, err
	}
	b.advances, err = s.advances(ctx, projects, who.ID)
	return b, err
}

func (s store) lockWorks(ctx context.Context, scope actor.Scope, b *book) (pq.Int64Array, error) {
	var codes pq.StringArray
	for code := range b.projects {
		codes = append(codes, code)
	}
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM project WHERE code = ANY($1) ORDER BY id FOR NO KEY UPDATE`, codes); err != nil {
		return nil, err
	}
	var rows []struct {
		ID   id.Project `db:"id"`
		Code string     `db:"code"`
	}
	if err := s.q.SelectContext(ctx, &rows, `SELECT p.id, p.code FROM project p WHERE`+inScope+` AND p.code = ANY($4)`,
		scope.Unit, scope.Ward, scope.Member, codes); err != nil {
		return nil, err
	}
	if len(rows) != len(codes) {
		return nil, project.ErrMissing
	}
	var projects pq.Int64Array
	for _, r := range rows {
		b.projects[r.Code], projects = r.ID, append(projects, int64(r.ID))
	}
	return projects, nil
}

func (s store) readContracts(ctx context.Context, b *book, projects pq.Int64Array) error {
	var rows []contractState
	err := s.q.SelectContext(ctx, &rows,
		`SELECT c.id, c.project_id, c.code, c.state, c.value, COALESCE(d.advanced, 0) AS advanced, COALESCE(d.paid, 0) AS paid,
		   COALESCE(d.recovered, 0) AS recovered, COALESCE(d.refunded, 0) AS refunded
		 FROM contract c LEFT JOIN disbursement_contract d ON d.contract_id = c.id WHERE c.project_id = ANY($1)`, projects)
	for i := range rows {
		b.contracts[rows[i].Code] = &rows[i]
	}
	return err
}

func (s store) readBills(ctx context.Context, b *book, codes pq.StringArray, projects pq.Int64Array) error {
	var rows []billState
	err := s.q.SelectContext(ctx, &rows,
		`SELECT x.id, x.contract_id, x.code, x.state, x.day, x.payable, x.advance_recovered AS asked, COALESCE(d.paid, 0) AS paid,
		   COALESCE(d.recovered, 0) AS recovered
		 FROM bill x JOIN contract c ON c.id = x.contract_id LEFT JOIN disbursement_bill d ON d.bill_id = x.id
		 WHERE x.code = ANY($1) AND c.project_id = ANY($2)`, codes, projects)
	for i := range rows {
		b.bills[rows[i].Code] = &rows[i]
	}
	return err
}

// advances are the advances of works that were not taken back, oldest first.
func (s store) advances(ctx context.Context, projects pq.Int64Array, by id.User) ([]*advanceState, error) {
	rows := []*advanceState{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT v.id, v.code, CASE WHEN v.recorded_by = $2 THEN COALESCE(v.idempotency_key, '') ELSE '' END AS idempotency_key, v.project_id, v.plan_year, v.source, v.purpose, COALESCE(v.contract_id, 0) AS contract_id, v.paid_on,
		   a.amount, a.recovered, a.refunded, a.held
		 FROM disbursement_advance a JOIN disbursement_voucher v ON v.id = a.voucher_id
		 WHERE a.project_id = ANY($1) AND a.amount > 0 ORDER BY v.paid_on, v.id`, projects, by)
	return rows, err
}

// answer is what was recorded under a key.
type answer struct {
	Key  string `db:"idempotency_key"`
	Code string `db:"code"`
	Hash string `db:"hash"`
	line int    // of an entry recorded just now
}

// answers are the vouchers that a person's keys stand for already.
func (s store) answers(ctx context.Context, by id.User, keys []string) (map[string]answer, error) {
	var rows []answer
	err := s.q.SelectContext(ctx, &rows,
		`SELECT idempotency_key, code, encode(input_hash, 'hex') AS hash FROM disbursement_voucher WHERE recorded_by = $1 AND idempotency_key = ANY($2)`,
		by, pq.StringArray(keys))
	known := make(map[string]answer, len(keys))
	for _, r := range rows {
		known[r.Key] = r
	}
	return known, err
}

// name gives lines their numbers and codes, and lets them name each other by these.
func (s store) name(ctx context.Context, b *book) error {
	ids := map[id.Voucher]id.Voucher{0: 0}
	var fresh []id.Voucher
	if err := s.q.SelectContext(ctx, &fresh, `SELECT nextval(pg_get_serial_sequence('disbursement_voucher', 'id')) FROM generate_series(1, $1)`, len(b.lines)); err != nil {
		return err
	}
	perYear := map[int]int{}
	for i := range b.lines {
		ids[b.lines[i].ID] = fresh[i]
		perYear[b.lines[i].Year]++
	}
	last := map[int]int{}
	for year, n := range perYear {
		var top int
		if err := s.q.GetContext(ctx, &top, `INSERT INTO serial (series, last) VALUES ($1, $2) ON CONFLICT (series) DO UPDATE SET last = serial.last + $2 RETURNING last`,
			fmt.Sprintf("GN-%d", year), n); err != nil {
			return err
		}
		last[year] = top - n
	}
	for i := range b.lines {
		l := &b.lines[i]
		l.ID, l.With = ids[l.ID], ids[l.With]
		if l.Advance < 0 {
			l.Advance = ids[l.Advance]
		}
		last[l.Year]++
		l.Code = fmt.Sprintf("GN-%d-%04d", l.Year, last[l.Year])
	}
	return nil
}

func (s store) insert(ctx context.Context, lines []line, by id.User) error {
	data, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO disbursement_voucher (id, code, project_id, plan_year, source, kind, purpose, contract_id, bill_id, advance_id, with_id, reversal_of,
		   amount, number, paid_on, note, idempotency_key, input_hash, recorded_by)
		 SELECT r.id, r.code, r.project_id, r.plan_year, r.source, r.kind, r.purpose, NULLIF(r.contract_id, 0), NULLIF(r.bill_id, 0), NULLIF(r.advance_id, 0),
		   NULLIF(r.with_id, 0), NULLIF(r.reversal_of, 0), r.amount, r.number, r.paid_on, r.note, NULLIF(r.idempotency_key, ''),
		   decode(NULLIF(r.input_hash, ''), 'hex'), $2
		 FROM jsonb_to_recordset($1::jsonb) AS r(id bigint, code text, project_id bigint, plan_year int, source text, kind text, purpose text,
		   contract_id bigint, bill_id bigint, advance_id bigint, with_id bigint, reversal_of bigint, amount bigint, number text, paid_on date, note text,
		   idempotency_key text, input_hash text) ORDER BY r.id`, string(data), by)
	return err
}

// addTotals adds new vouchers to the totals kept beside them. Every row of totals belongs to a work that this act has locked.
func (s store) addTotals(ctx context.Context, b *book) error {
	ids := make(pq.Int64Array, 0, len(b.lines))
	for _, l := range b.lines {
		ids = append(ids, int64(l.ID))
	}
	for _, statement := range []string{
		`INSERT INTO disbursement_advance (voucher_id, project_id, contract_id, amount)
		 SELECT id, project_id, contract_id, amount FROM disbursement_voucher WHERE id = ANY($1) AND kind = 'advance' AND reversal_of IS NULL`,
		`UPDATE disbursement_advance a SET amount = a.amount - x.taken_back, recovered = a.recovered + x.recovered, refunded = a.refunded + x.refunded, held = a.held + x.held
		 FROM (SELECT COALESCE(advance_id, reversal_of) AS voucher_id, COALESCE(sum(amount) FILTER (WHERE kind = 'advance'), 0) AS taken_back,
		         COALESCE(sum(` + signed + `) FILTER (WHERE kind = 'recovery'), 0) AS recovered,
		         COALESCE(sum(` + signed + `) FILTER (WHERE kind = 'refund'), 0) AS refunded, COALESCE(sum(` + signed + `) FILTER (WHERE kind = 'held'), 0) AS held
		       FROM disbursement_voucher WHERE id = ANY($1) AND (advance_id IS NOT NULL OR kind = 'advance' AND reversal_of IS NOT NULL) GROUP BY 1) x
		 WHERE a.voucher_id = x.voucher_id`,
		`INSERT INTO disbursement_contract (contract_id, value) SELECT DISTINCT c.id, c.value FROM disbursement_voucher v JOIN contract c ON c.id = v.contract_id
		 WHERE v.id = ANY($1) ON CONFLICT DO NOTHING`,
		`UPDATE disbursement_contract d SET advanced = d.advanced + x.advanced, paid = d.paid + x.paid, recovered = d.recovered + x.recovered, refunded = d.refunded + x.refunded
		 FROM (SELECT contract_id, ` + sums + ` FROM disbursement_voucher WHERE id = ANY($1) AND contract_id IS NOT NULL GROUP BY 1) x WHERE d.contract_id = x.contract_id`,
		`INSERT INTO disbursement_bill (bill_id, payable, to_recover) SELECT DISTINCT x.id, x.payable, x.advance_recovered FROM disbursement_voucher v JOIN bill x ON x.id = v.bill_id
		 WHERE v.id = ANY($1) ON CONFLICT DO NOTHING`,
		`UPDATE disbursement_bill d SET paid = d.paid + x.paid, recovered = d.recovered + x.recovered
		 FROM (SELECT bill_id, ` + sums + ` FROM disbursement_voucher WHERE id = ANY($1) AND bill_id IS NOT NULL GROUP BY 1) x WHERE d.bill_id = x.bill_id`,
	} {
		if _, err := s.q.ExecContext(ctx, statement, ids); err != nil {
			return err
		}
	}
	return nil
}

// signed is the amount of a voucher, negative when it takes another back; sums are the four totals over vouchers.
const (
	signed = `CASE WHEN reversal_of IS NULL THEN amount ELSE -amount END`
	sums   = `COALESCE(sum(` + signed + `) FILTER (WHERE kind = 'advance'), 0)::bigint AS advanced, COALESCE(sum(` + signed + `) FILTER (WHERE kind = 'payment'), 0)::bigint AS paid,
	  COALESCE(sum(` + signed + `) FILTER (WHERE kind = 'recovery'), 0)::bigint AS recovered, COALESCE(sum(` + signed + `) FILTER (WHERE kind = 'refund'), 0)::bigint AS refunded`
)

// placeOf is the work of a voucher in the scope, and its contract: both are locked before it is taken back.
func (s store) placeOf(ctx context.Context, scope actor.Scope, voucher string) (Entry, error) {
	var at struct{ Project, Contract string }
	err := s.q.GetContext(ctx, &at, `SELECT p.code AS project, COALESCE(c.code, '') AS contract
		FROM disbursement_voucher v JOIN project p ON p.id = v.project_id LEFT JOIN contract c ON c.id = v.contract_id WHERE`+inScope+` AND v.code = $4`,
		scope.Unit, scope.Ward, scope.Member, voucher)
	if errors.Is(err, sql.ErrNoRows) {
		return Entry{}, ErrMissing
	}
	return Entry{Project: at.Project, Contract: at.Contract}, err
}

// together are a voucher and what was recorded with it; the voucher that leads them is the first.
func (s store) together(ctx context.Context, voucher string) ([]line, error) {
	var rows []struct {
		ID       id.Voucher `db:"id"`
		Reverses id.Voucher `db:"reversal_of"`
		Data     []byte     `db:"data"`
	}
	if err := s.q.SelectContext(ctx, &rows,
		`SELECT v.id, COALESCE(v.reversal_of, 0) AS reversal_of, jsonb_build_object('project_id', v.project_id, 'plan_year', v.plan_year, 'source', v.source, 'kind', v.kind,
		   'purpose', v.purpose, 'contract_id', COALESCE(v.contract_id, 0), 'bill_id', COALESCE(v.bill_id, 0), 'advance_id', COALESCE(v.advance_id, 0),
		   'amount', v.amount, 'number', v.number) AS data
		 FROM disbursement_voucher v JOIN disbursement_voucher n ON COALESCE(n.with_id, n.id) = COALESCE(v.with_id, v.id)
		 WHERE n.code = $1 ORDER BY v.with_id NULLS FIRST, v.id`, voucher); err != nil {
		return nil, err
	}
	lines := make([]line, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Data, &lines[i]); err != nil {
			return nil, err
		}
		lines[i].ID, lines[i].ReversalOf = r.ID, r.Reverses
	}
	if len(lines) == 0 {
		return nil, ErrMissing
	}
	return lines, nil
}
