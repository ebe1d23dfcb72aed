package recon_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/payout"
	"matbang/internal/postgres/pgtest"
)

const benchLines = 100_000

// many fills an account with lines and as many payments: 90 % bear the code, 8 % only the payee's account, 2 % only a name.
func (w *world) many() {
	w.t.Helper()
	for _, table := range []string{"payout_order", "payment"} {
		w.exec(`ALTER TABLE ` + table + ` DISABLE TRIGGER USER`)
	}
	w.exec(`INSERT INTO payout_order (code, project_id, method, source, content, state, day, made_by, changed_by, approved_by, approved_at, released_by, released_at, released_on, plan_year)
		SELECT 'CT-' || n, p.id, 'transfer', 'nsdp', '', 'released', '2023-12-01', 4, 4, 2, now(), 3, now(), '2023-12-01', 2023 FROM project p, generate_series(1, 100) n`)
	w.exec(`INSERT INTO plan (code, project_id, name, rule_set, state, drafted_by, changed_by) SELECT 'PA', id, 'x', '2013', 'draft', 4, 4 FROM project`)
	w.exec(`INSERT INTO holder (code, kind, name, ward_id, changed_by) SELECT 'H' || n, 'individual', 'Nguyễn Văn ' || n % 997, ward.id, 4 FROM ward, generate_series(1, $1::int) n`, benchLines)
	w.exec(`INSERT INTO holder_party (holder_id, full_name, relation, share_bp) SELECT id, name, 'owner', 10000 FROM holder`)
	w.exec(`INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, opened_on, changed_by)
		SELECT 'HS-' || h.code, p.id, h.id, h.ward_id, '2013', '2023-01-01', 4 FROM holder h, project p`)
	w.exec(`INSERT INTO award (plan_id, project_id, case_id, total) SELECT l.id, l.project_id, c.id, 1000000 + c.id % 5000 * 1000 FROM plan l, land_case c`)
	w.exec(`INSERT INTO payment (code, order_id, project_id, case_id, award_id, party_id, amount, state, payee_name, account_no)
		SELECT 'GPMB' || 23 + a.id / 50000 || 'T' || lpad((a.id % 50000)::text, 5, '0'), 1 + a.id % 100, a.project_id, a.case_id, a.id, t.id, a.total, 'ordered', t.full_name,
		  '1070' || lpad(a.id::text, 8, '0') FROM award a JOIN land_case c ON c.id = a.case_id JOIN holder_party t ON t.holder_id = c.holder_id`)
	w.exec(`INSERT INTO ledger_balance (case_id, project_id, account, amount) SELECT case_id, project_id, 'approved', -amount FROM payment UNION ALL SELECT case_id, project_id, 'ordered', amount FROM payment`)
	w.exec(`INSERT INTO statement (account_id, from_day, to_day, opening, closing, credits, debits, line_count, file_name, sha256, loaded_by)
		SELECT $1, '2023-12-01', '2023-12-31', sum(amount), 0, 0, sum(amount), count(*), 'x', 'x', 1 FROM payment`, w.account)
	w.exec(`INSERT INTO statement_line (statement_id, account_id, line_no, day, value_day, amount, description, counterparty_account, line_hash)
		SELECT s.id, s.account_id, p.id, '2023-12-05', '2023-12-05', -p.amount,
		  CASE WHEN p.id % 50 < 45 THEN 'MBVCB.' || p.id || '.' || p.code || '.CHI TRA BT.CT TU 0011004123456' ELSE 'CHI TRA TIEN BT ' || upper(fold(p.payee_name)) END,
		  CASE WHEN p.id % 50 < 49 THEN p.account_no ELSE '' END, int8send(p.id) FROM payment p, statement s`)
	for _, table := range []string{"payout_order", "payment"} {
		w.exec(`ALTER TABLE ` + table + ` ENABLE TRIGGER USER`)
	}
	w.exec(`ANALYZE`)
}

// plainMatch is the same keys in SQL written for nothing else, its constraints live: what the engine is compared with.
func (w *world) plainMatch() time.Duration {
	w.t.Helper()
	began := time.Now()
	undo := errors.New("undo")
	err := w.db.Run(w.t.Context(), func(ctx context.Context) error {
		q := w.db.Write(ctx)
		for _, statement := range []string{
			`INSERT INTO recon_match (line_id, kind, payment_id, amount, rule, why, made_by)
			 SELECT l.id, 'payment', p.id, p.amount, 'code_amount', 'x', 1 FROM statement_line l JOIN payment p ON p.code = substring(l.description FROM 'GPMB[0-9]{2}T[0-9]{5}') AND p.amount = -l.amount`,
			`INSERT INTO recon_match (line_id, kind, payment_id, amount, rule, why, made_by)
			 SELECT min(l.id), 'payment', p.id, p.amount, 'account_amount', 'x', 1 FROM statement_line l JOIN payment p ON p.account_no = l.counterparty_account AND p.amount = -l.amount AND p.account_no <> ''
			 WHERE NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id) AND NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.payment_id = p.id) GROUP BY p.id, p.amount HAVING count(*) = 1`,
			`SET CONSTRAINTS ALL IMMEDIATE`} {
			if _, err := q.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return undo
	})
	if !errors.Is(err, undo) {
		w.t.Fatal(err)
	}
	return time.Since(began)
}

// BenchmarkMatching compares 100,000 lines with 100,000 payments: plain SQL for the same keys, and the ladder with its matches written. Recording
// the results in the book is the payments' work and not timed here.
func BenchmarkMatching(b *testing.B) {
	db := pgtest.Open(b)
	w := worldOn(b, db, db)
	w.many()
	w.Record = func(context.Context, actor.Actor, []payout.Result, day.Date) error { return nil }
	for b.Loop() {
		plain := w.plainMatch()
		began := time.Now()
		out := w.match()
		ladder := time.Since(began)
		if out.Matched != benchLines*98/100 || out.Open != benchLines*2/100 {
			b.Fatalf("matched %d, open %d", out.Matched, out.Open)
		}
		w.exec(`DELETE FROM recon_match`)
		b.ReportMetric(plain.Seconds(), "s-plain-SQL")
		b.ReportMetric(ladder.Seconds(), "s-ladder")
		b.ReportMetric(ladder.Seconds()/plain.Seconds(), "ladder/plain")
	}
}
