package recon_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/figures"
	"matbang/internal/payout"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/recon/corpus"
)

// benchPayments is a city's years in one account: about as many lines.
const benchPayments = 100_000

// bulk loads a corpus past the triggers, which would take longer than what is measured. The book holds the ordered money as balances.
func (w *world) bulk(c corpus.Corpus) {
	w.t.Helper()
	ctx := w.t.Context()
	w.exec(`CREATE TABLE corpus_payment (code text, ord text, payee text, identity text, bank text, account text, amount bigint, released date, slip text)`)
	w.copyIn(ctx, "corpus_payment", []string{"code", "ord", "payee", "identity", "bank", "account", "amount", "released", "slip"}, len(c.Payments), func(i int) []any {
		p := c.Payments[i]
		return []any{p.Code, p.Order, p.Payee, p.Identity, p.Bank, p.Account, int64(p.Amount), p.Released.String(), p.Slip}
	})
	w.must(w.db.Run(ctx, func(ctx context.Context) error {
		for _, statement := range append([]string{`SET LOCAL session_replication_role = replica`}, strings.Split(benchLoad+";\n"+noteSlips, ";\n")...) {
			if _, err := w.db.Write(ctx).ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}))
	w.lines(c)
}

const benchLoad = `INSERT INTO payout_order (code, project_id, method, source, content, state, day, total, payment_count, made_by, changed_by, approved_by, approved_at, released_by, released_at, released_on, plan_year, release_journal)
SELECT c.ord, p.id, 'transfer', 'nsdp', '', 'released', min(c.released), sum(c.amount), count(*), 4, 4, 2, now(), 3, now(), min(c.released), 2023, 1 FROM corpus_payment c, project p GROUP BY c.ord, p.id;
INSERT INTO plan (code, project_id, name, rule_set, state, drafted_by, changed_by) SELECT 'PA', id, 'x', '2013', 'draft', 4, 4 FROM project;
INSERT INTO holder (code, kind, name, ward_id, changed_by) SELECT c.code, 'individual', c.payee, w.id, 4 FROM corpus_payment c, ward w;
INSERT INTO holder_party (holder_id, full_name, relation, share_bp) SELECT id, name, 'owner', 10000 FROM holder;
INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, opened_on, changed_by) SELECT 'HS-' || h.code, p.id, h.id, h.ward_id, '2013', '2023-01-01', 4 FROM holder h, project p;
INSERT INTO award (plan_id, project_id, case_id, total) SELECT l.id, l.project_id, k.id, c.amount FROM corpus_payment c JOIN land_case k ON k.code = 'HS-' || c.code, plan l;
INSERT INTO payment (code, order_id, project_id, case_id, award_id, party_id, amount, open, state, payee_name, identity_no, bank_name, account_no)
SELECT c.code, o.id, o.project_id, k.id, a.id, t.id, c.amount, c.amount, 'ordered', c.payee, c.identity, c.bank, c.account
FROM corpus_payment c JOIN payout_order o ON o.code = c.ord JOIN land_case k ON k.code = 'HS-' || c.code JOIN award a ON a.case_id = k.id JOIN holder_party t ON t.holder_id = k.holder_id ORDER BY c.code;
INSERT INTO ledger_balance (case_id, project_id, account, amount, since, moved)
SELECT p.case_id, p.project_id, b.account, b.sign * p.amount, '2023-01-01', '2023-01-01' FROM payment p, (VALUES ('approved', -1), ('with_treasury', 1)) b(account, sign)`

// plain is the fastest SQL we could write for the keys that bring nearly all matches: the code, with the spaces taken out, and the amount; then the payee's
// account in its column, or account or identity number in the memo, and the amount, unique on both sides. Matches are written with every constraint live. It
// knows no contradictions, no maimed codes, no sums, no order of days, no return after a payment, and enters nothing in the book.
func plain() []string {
	const insert = `INSERT INTO recon_match (line_id, kind, payment_id, amount, rule, why, made_by)
		SELECT line_id, CASE WHEN amount > 0 THEN 'return' ELSE 'payment' END, payment_id, abs(amount), `
	return []string{
		insert + `'code_amount', 'x', 1 FROM (SELECT l.id AS line_id, p.id AS payment_id, l.amount, count(*) OVER (PARTITION BY p.id, l.amount > 0) AS lines
			FROM (SELECT *, substring(upper(replace(description, ' ', '')) FROM 'GPMB[0-9]{2}T[0-9]{5}') AS code FROM statement_line) l
			JOIN payment p ON p.code = l.code AND p.amount = abs(l.amount)) found WHERE lines = 1`,
		`ANALYZE recon_match`,
		`CREATE TEMP TABLE rest ON COMMIT DROP AS SELECT l.id, l.amount, k.key FROM statement_line l LEFT JOIN recon_match m ON m.line_id = l.id
			CROSS JOIN LATERAL (SELECT l.counterparty_account UNION SELECT f[1] FROM regexp_matches(l.description, '[0-9]{9,}', 'g') AS f) k(key) WHERE m.id IS NULL AND k.key <> ''`,
		`ANALYZE rest`,
		insert + `'account_amount', 'x', 1 FROM (SELECT r.id AS line_id, p.id AS payment_id, r.amount, count(*) OVER (PARTITION BY p.id, r.amount > 0) AS lines, count(*) OVER (PARTITION BY r.id) AS payments
			FROM rest r JOIN payment p ON p.amount = abs(r.amount) AND (p.account_no = r.key OR p.identity_no = r.key)
			LEFT JOIN recon_match m ON m.payment_id = p.id AND m.kind = CASE WHEN r.amount > 0 THEN 'return' ELSE 'payment' END WHERE m.id IS NULL) found WHERE lines = 1 AND payments = 1`,
		`SET CONSTRAINTS ALL IMMEDIATE`,
	}
}

var errBack = errors.New("taken back")

// timed runs something in a transaction that is taken back: the next one finds everything as it was.
func (w *world) timed(run func(ctx context.Context)) time.Duration {
	w.t.Helper()
	var took time.Duration
	began := time.Now()
	err := w.db.Run(w.t.Context(), func(ctx context.Context) error {
		run(ctx)
		_, err := w.db.Write(ctx).ExecContext(ctx, `SET CONSTRAINTS ALL IMMEDIATE`)
		w.must(err)
		took = time.Since(began)
		return errBack
	})
	if !errors.Is(err, errBack) {
		w.t.Fatal(err)
	}
	return took
}

// BenchmarkLimitMatching compares some 110,000 lines of the corpus with 100,000 payments: plain SQL, the engine's matches, and these with every result
// entered in the book (journal, postings, balances, payment, log). The engine may take three times what plain SQL takes.
func BenchmarkLimitMatching(b *testing.B) {
	db := pgtest.Open(b)
	w := worldOn(b, db, db)
	c := corpus.New(1, benchPayments)
	w.bulk(c)
	book := w.Record
	var plainTook, engineTook, bookTook time.Duration
	matched, byPlain := 0, 0
	for b.Loop() {
		plainTook += w.timed(func(ctx context.Context) {
			for _, statement := range plain() {
				_, err := w.db.Write(ctx).ExecContext(ctx, statement)
				w.must(err)
			}
			w.must(w.db.Write(ctx).GetContext(ctx, &byPlain, `SELECT count(*) FROM recon_match`))
		})
		run := func(ctx context.Context) {
			out, err := w.Match(ctx, w.accountant, ours, w.today, w.today)
			w.must(err)
			matched = out.Matched + out.Returned
		}
		w.Record = func(context.Context, actor.Actor, []payout.Result, day.Date) error { return nil }
		engineTook += w.timed(run)
		w.Record = book
		bookTook += w.timed(run)
	}
	w.Record = func(context.Context, actor.Actor, []payout.Result, day.Date) error { return nil }
	w.match()
	j := w.judge(c)
	b.Log(j)
	name := fmt.Sprintf("matching %d lines with %d payments", len(c.Lines), len(c.Payments))
	n := time.Duration(b.N)
	figures.Say(b, figures.Row{Figure: name + ", lines taken", Measured: fmt.Sprintf("%d (plain SQL %d)", matched, byPlain)})
	figures.Times(b, name+", against plain SQL", 3, engineTook/n, plainTook/n)
	figures.Times(b, name+" and all results in the book, against plain SQL that only matches", 0, bookTook/n, plainTook/n)
	found := j.whole.confirmed + j.whole.proposed
	figures.Count(b, "false confirmations", 0, j.whole.wrong)
	figures.AtLeast(b, "true matches found", 9800, found, j.whole.lines)
	figures.AtLeast(b, "of these without a person", 9500, j.whole.confirmed, found)
}
