package recon_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/ledger"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/recon"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// world is one account, and payments of released orders made by SQL and the ledger, as plans and orders would make them.
type world struct {
	recon.Recon
	db         *postgres.DB
	t          testing.TB
	accountant actor.Actor
	chief      actor.Actor
	today      day.Date
	account    id.Account
	files      int
}

const ours = "VCB-01"

func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.Open(t)
	return worldOn(t, db, db)
}

// worldOn lets the room see the database through through.
func worldOn(t testing.TB, db *postgres.DB, through tx.DB) *world {
	t.Helper()
	log := audit.Log{DB: through}
	payouts := payout.Payouts{DB: through, Log: log, Ledger: ledger.Ledger{DB: through}}
	w := &world{db: db, t: t, today: day.Must("31/12/2023")}
	w.Recon = recon.Recon{DB: through, Log: log, Bank: bank.Bank{DB: through, Log: log}, Record: payouts.Record, Reverse: payouts.TakeBack}
	w.exec(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01840', 'Đức Xuân', 'ward', '2000-01-01')`)
	w.exec(`INSERT INTO unit (code, name, kind) VALUES ('tc', 'Phòng Tài chính', 'finance')`)
	for _, name := range []string{"accountant", "chief", "director", "maker"} {
		w.exec(`INSERT INTO app_user (username, full_name, password_hash, unit_id) SELECT $1::text, 'Người ' || $1::text, 'x', id FROM unit`, name)
	}
	w.accountant = w.actor("accountant", bank.Read, bank.Import, recon.Run, recon.Confirm)
	w.chief = w.actor("chief", bank.Read, recon.Confirm, recon.Undo)
	w.exec(`INSERT INTO funding_source (code, name, rank) VALUES ('nsdp', 'Ngân sách', 1)`)
	w.exec(`INSERT INTO rule_set (code, name, valid_from, basis) VALUES ('2013', 'Luật 2013', '2014-07-01', 'x')`)
	w.exec(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		SELECT '7654321', 'Đường', 'C', 'transport', u.id, 'Ban', 2023, 2024, 1000000000000, 'building', a.id FROM unit u, app_user a WHERE a.username = 'maker'`)
	profile := bank.Profile{Code: "generic", Name: "Chung", Mapping: bank.Mapping{Delimiter: ";", HeaderSearch: []string{"day", "amount", "text"},
		Columns: map[string]string{"day": "day", "amount": "amount", "description": "text", "reference": "ref", "counterparty_account": "to"}, Thousands: ".", Out: "negative",
		OpeningLabel: "opening", ClosingLabel: "closing", FeeWords: []string{"PHI ", "PHÍ DỊCH VỤ"}, OtherWords: []string{"TT LUONG", "NOP THUE", "TRA LAI TIEN GUI", "KBNN CAP KINH PHI"}}}
	w.must(w.Bank.PutProfile(t.Context(), profile))
	w.must(w.Bank.AddAccount(t.Context(), w.accountant, bank.Account{Code: ours, Name: "Tiền gửi", Bank: "VCB", Number: "0011004123456", Profile: "generic"}))
	w.get(&w.account, `SELECT id FROM bank_account`)
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.Pool().ExecContext(w.t.Context(), query, args...)
	w.must(err)
}

func (w *world) get(dest any, query string, args ...any) {
	w.t.Helper()
	w.must(w.db.Read(w.t.Context()).GetContext(w.t.Context(), dest, query, args...))
}

func (w *world) actor(name string, may ...actor.Permission) actor.Actor {
	w.t.Helper()
	who := actor.Actor{Username: name, Name: name, Grants: map[actor.Permission]actor.Reach{}}
	w.get(&who.ID, `SELECT id FROM app_user WHERE username = $1`, name)
	for _, p := range may {
		who.Grants[p] = actor.All
	}
	return who
}

// order makes a released order with one payment for each amount and gives the codes of the payments.
func (w *world) order(method payout.Method, releasedOn string, payee string, amounts ...vnd.Amount) []string {
	w.t.Helper()
	ctx, db := w.t.Context(), w.db
	var codes []string
	w.must(db.Run(ctx, func(ctx context.Context) error {
		q := db.Write(ctx)
		must := func(dest any, query string, args ...any) {
			w.t.Helper()
			w.must(q.GetContext(ctx, dest, query, args...))
		}
		var maker, chief, director id.User
		must(&maker, `SELECT id FROM app_user WHERE username = 'maker'`)
		must(&chief, `SELECT id FROM app_user WHERE username = 'chief'`)
		must(&director, `SELECT id FROM app_user WHERE username = 'director'`)
		number, err := tx.Serial(ctx, q, "test-order")
		w.must(err)
		var order id.Order
		must(&order, `INSERT INTO payout_order (code, project_id, method, source, content, state, day, made_by, changed_by, approved_by, approved_at, released_by, released_at, released_on)
			SELECT $1, p.id, $2, 'nsdp', 'Tạm giữ do tranh chấp', 'draft', $3, $4, $4, $5, now(), $6, now(), $3 FROM project p RETURNING id`,
			fmt.Sprintf("CT-2023-%03d", number), method, releasedOn, maker, chief, director)
		for _, amount := range amounts {
			codes = append(codes, w.payment(ctx, q, order, maker, payee, amount))
		}
		_, err = q.ExecContext(ctx, `UPDATE payout_order SET state = 'released', release_journal = (SELECT max(id) FROM journal) WHERE id = $1`, order)
		return err
	}))
	return codes
}

func (w *world) payment(ctx context.Context, q tx.Querier, order id.Order, maker id.User, payee string, amount vnd.Amount) string {
	w.t.Helper()
	number, err := tx.Serial(ctx, q, "test-payment")
	w.must(err)
	code := fmt.Sprintf("GPMB23T%05d", number)
	var caseID id.Case
	var project id.Project
	w.must(q.GetContext(ctx, &project, `SELECT id FROM project`))
	w.must(q.GetContext(ctx, &caseID,
		`WITH h AS (INSERT INTO holder (code, kind, name, ward_id, changed_by) SELECT $1::text, 'individual', $2, ward.id, $3 FROM ward RETURNING id),
		 c AS (INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, opened_on, changed_by)
		       SELECT 'HS-' || $1::text, $4, h.id, ward.id, '2013', '2023-01-01', $3 FROM h, ward RETURNING id)
		 SELECT id FROM c`, code, payee, maker, project))
	_, err = q.ExecContext(ctx,
		`WITH t AS (INSERT INTO holder_party (holder_id, full_name, relation, share_bp, account_no)
		            SELECT id, name, 'owner', 10000, '107001234567' FROM holder WHERE code = $1::text RETURNING id),
		 pl AS (INSERT INTO plan (code, project_id, name, rule_set, state, drafted_by, changed_by)
		        VALUES ('PA-' || $1::text, $2, 'x', '2013', 'draft', $3, $3) RETURNING id),
		 aw AS (INSERT INTO award (plan_id, project_id, case_id, total) SELECT id, $2, $4, $5::bigint FROM pl RETURNING id)
		 INSERT INTO payment (code, order_id, project_id, case_id, award_id, party_id, amount, state, payee_name, account_no)
		 SELECT $1::text, $6, $2, $4, aw.id, t.id, $5::bigint, 'ordered', $7, '107001234567' FROM aw, t`,
		code, project, maker, caseID, int64(amount), order, payee)
	w.must(err)
	book := ledger.Ledger{DB: w.db}
	for _, step := range []struct {
		kind     ledger.Kind
		from, to ledger.Account
	}{{ledger.PlanApproved, ledger.Approved, ledger.NotOrdered}, {ledger.OrderSubmitted, ledger.NotOrdered, ledger.Ordered}, {ledger.OrderReleased, ledger.Ordered, ledger.WithTreasury}} {
		_, err := book.Post(ctx, actor.Actor{ID: maker}, ledger.Entry{Kind: step.kind, Reference: code, Project: project, Day: day.Must("01/12/2023"),
			Postings: ledger.Move(caseID, step.from, step.to, amount)})
		w.must(err)
	}
	return code
}

// line is a movement of a statement, as a person would read it: "14/12/2023;-500;text".
func (w *world) load(lines ...string) bank.Statement {
	w.t.Helper()
	statement, err := w.tryLoad(lines...)
	w.must(err)
	return statement
}

func (w *world) tryLoad(lines ...string) (bank.Statement, error) {
	w.files++
	var sum vnd.Amount
	for _, l := range lines {
		amount, err := vnd.Parse(strings.Split(l, ";")[1])
		w.must(err)
		sum += amount
	}
	const opening vnd.Amount = 1000000000
	content := fmt.Sprintf("opening;%s\nday;amount;text;ref;to\n%s\nclosing;%s\n", opening, strings.Join(lines, "\n"), opening+sum)
	return w.Bank.Load(w.t.Context(), w.accountant, ours, fmt.Sprintf("sk-%d.csv", w.files), []byte(content))
}

func (w *world) match() recon.Outcome {
	w.t.Helper()
	out, err := w.Match(w.t.Context(), w.accountant, ours, w.today, w.today)
	w.must(err)
	return out
}

func (w *world) state(payment string) string {
	w.t.Helper()
	var state string
	w.get(&state, `SELECT state FROM payment WHERE code = $1`, payment)
	return state
}

func (w *world) wantState(payment, want string) {
	w.t.Helper()
	if got := w.state(payment); got != want {
		w.t.Errorf("payment %s is %s, want %s", payment, got, want)
	}
}

// bridge is the whole book; its difference must be 0 whatever happens.
func (w *world) bridge() ledger.Bridge {
	w.t.Helper()
	b, err := ledger.Ledger{DB: w.db}.Bridge(w.t.Context(), ledger.Limits{})
	w.must(err)
	if b.Difference != 0 {
		w.t.Errorf("the bridge does not close: %+v", b)
	}
	return b
}

func (w *world) open() []bank.Line {
	w.t.Helper()
	answer, err := w.OpenLines(w.t.Context(), w.accountant, w.account, w.today, listing.Query{})
	w.must(err)
	return answer.Items
}

// lineOf is the id of the only open line whose text contains some words.
func (w *world) lineOf(words string) id.Line {
	w.t.Helper()
	for _, l := range w.open() {
		if strings.Contains(l.Description, words) {
			return l.ID
		}
	}
	w.t.Fatalf("no open line %q", words)
	return 0
}

func (w *world) matches(withUndone bool) []recon.Match {
	w.t.Helper()
	answer, err := w.Matches(w.t.Context(), w.accountant, w.account, withUndone, listing.Query{})
	w.must(err)
	return answer.Items
}

func (w *world) matchOf(payment string, kind recon.Kind) id.Match {
	w.t.Helper()
	for _, m := range w.matches(false) {
		if m.PaymentCode == payment && m.Kind == kind {
			return m.ID
		}
	}
	w.t.Fatalf("no live match %s of %s", kind, payment)
	return 0
}

func (w *world) refused(err, want error) {
	w.t.Helper()
	var got, wanted *fault.Fault
	if !errors.As(err, &got) || !errors.As(want, &wanted) || got.Code != wanted.Code ||
		len(wanted.Fields) > 0 && (len(got.Fields) == 0 || got.Fields[0].Code != wanted.Fields[0].Code) {
		w.t.Errorf("got %v, want %v", err, want)
	}
}

// sound runs the invariants of bank and recon.
func (w *world) sound() {
	w.t.Helper()
	results, err := invariant.RunAll(w.t.Context(), w.db, append(recon.Invariants(), bank.Invariants()...))
	w.must(err)
	for _, r := range results {
		if len(r.Faults) > 0 {
			w.t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}
