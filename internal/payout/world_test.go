package payout_test

import (
	"context"
	"fmt"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/ledger"
	"matbang/internal/payout"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/vnd"
)

var today = day.Must("2023-12-20") //nolint:gochecknoglobals // the day of every test

// world is a work with people, in which tests make awards and pay them out.
type world struct {
	t       testing.TB
	db      *postgres.DB
	payouts payout.Payouts
	book    ledger.Ledger
	project id.Project
	unit    id.Unit
	ward    id.Ward

	accountant, second, chief, director, reader actor.Actor
	drafter, appraiser, leader                  actor.Actor
	made                                        int // awards so far
	keys                                        int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.Open(t)
	w := &world{t: t, db: db, book: ledger.Ledger{DB: db}}
	w.payouts = payout.Payouts{DB: db, Log: audit.Log{DB: db}, Ledger: w.book}
	w.exec(`INSERT INTO funding_source (code, name, rank) VALUES ('city', 'Ngân sách thành phố', 1)`)
	w.exec(`INSERT INTO rule_set (code, name, valid_from, basis) VALUES ('2013', 'Luật Đất đai 2013', '2014-07-01', 'Luật 45/2013/QH13')`)
	w.get(&w.ward, `INSERT INTO ward (code, name, kind, valid_from) VALUES ('01837', 'Đức Xuân', 'ward', '2015-01-01') RETURNING id`)
	w.get(&w.unit, `INSERT INTO unit (code, name, kind) VALUES ('TTPTQD', 'Trung tâm', 'clearance') RETURNING id`)
	all := func(permissions ...actor.Permission) map[actor.Permission]actor.Reach {
		grants := map[actor.Permission]actor.Reach{payout.Read: actor.All, payout.BridgeRead: actor.All}
		for _, p := range permissions {
			grants[p] = actor.All
		}
		return grants
	}
	w.accountant = w.person("accountant", all(payout.Make, payout.Cancel, payout.RecordResult))
	w.second = w.person("accountant2", all(payout.Make, payout.Approve, payout.Release, payout.Cancel))
	w.chief = w.person("chief", all(payout.Approve, payout.Release, payout.Cancel, payout.Reverse))
	w.director = w.person("director", all(payout.Release, payout.Approve, payout.Cancel, payout.Deposit))
	w.reader = w.person("reader", all())
	w.drafter, w.appraiser, w.leader = w.person("drafter", all()), w.person("appraiser", all()), w.person("leader", all(payout.Approve))
	w.get(&w.project, `INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, clearance, changed_by)
		VALUES ('7654321', 'Đường Phiêng My', 'C', 'transport', $1, 'Ban QLDA', 2022, 2024, 90000000000, 'building', true, $2) RETURNING id`, w.unit, w.leader.ID)
	w.capital("city", 2023, 900_000_000_000)
	return w
}

// capital gives the work money of a source in a year, as a decision of the capital room does.
func (w *world) capital(source string, year int, amount vnd.Amount) {
	w.t.Helper()
	w.exec(`UPDATE project SET total_investment = total_investment + $1`, amount)
	w.exec(`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		VALUES ($1, $2, $3, 'assigned', $4, '01/NQ', '2022-12-20', 'HĐND thành phố', $5)`, w.project, year, source, amount, w.leader.ID)
	w.exec(`INSERT INTO capital_fund (project_id, year, source, plan) VALUES ($1, $2, $3, $4)`, w.project, year, source, amount)
}

func (w *world) person(name string, grants map[actor.Permission]actor.Reach) actor.Actor {
	a := actor.Actor{Username: name, Name: "Ông " + name, Unit: w.unit, Grants: grants}
	w.get(&a.ID, `INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $2, 'x', $3) RETURNING id`, name, a.Name, w.unit)
	return a
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if err := w.try(query, args...); err != nil {
		w.t.Fatalf("%v\n%s", err, query)
	}
}

// try runs a statement as somebody with the database in hand would.
func (w *world) try(query string, args ...any) error {
	return w.db.Run(context.Background(), func(ctx context.Context) error {
		_, err := w.db.Write(ctx).ExecContext(ctx, query, args...)
		return err
	})
}

func (w *world) get(dest any, query string, args ...any) {
	w.t.Helper()
	if err := w.db.Run(context.Background(), func(ctx context.Context) error {
		return w.db.Write(ctx).GetContext(ctx, dest, query, args...)
	}); err != nil {
		w.t.Fatalf("%v\n%s", err, query)
	}
}

// entitled is a person of a holder.
type entitled struct {
	name, account string
	share         int
}

// award is an approved award with its case and plan.
type award struct {
	id         id.Award
	caseID     id.Case
	code, plan string
}

// award makes a holder, a case and an approved plan that awards total less deducted, and writes it into the book. Without persons named
// there is one with everything.
func (w *world) award(total, deducted vnd.Amount, persons ...entitled) award {
	w.t.Helper()
	w.made++
	n := w.made
	if len(persons) == 0 {
		persons = []entitled{{fmt.Sprintf("Nguyễn Thị Hường %d", n), fmt.Sprintf("8600%06d", n), 10000}}
	}
	a := award{code: fmt.Sprintf("HS-%03d", n), plan: fmt.Sprintf("PA-%03d", n)}
	var holder id.Holder
	w.get(&holder, `INSERT INTO holder (code, kind, name, ward_id, changed_by) VALUES ($1, 'household', $2, $3, $4) RETURNING id`,
		fmt.Sprintf("H-%03d", n), "Hộ "+persons[0].name, w.ward, w.leader.ID)
	w.parties(holder, persons)
	w.get(&a.caseID, `INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, opened_on, changed_by)
		VALUES ($1, $2, $3, $4, '2013', '2023-01-10', $5) RETURNING id`, a.code, w.project, holder, w.ward, w.leader.ID)
	a.id = w.approvedPlan(a, total, deducted)
	return a
}

func (w *world) parties(holder id.Holder, persons []entitled) {
	w.t.Helper()
	if err := w.db.Run(context.Background(), func(ctx context.Context) error {
		for i, p := range persons { // their accounts stand as checked by the appraiser
			if _, err := w.db.Write(ctx).ExecContext(ctx,
				`INSERT INTO holder_party (holder_id, full_name, relation, identity_no, share_bp, bank_name, account_no) VALUES ($1, $2, $3, $4, $5, 'Agribank', $6)`,
				holder, p.name, []string{"owner", "co_owner"}[min(i, 1)], fmt.Sprintf("0060850%05d", w.made*10+i), p.share, p.account); err != nil {
				return err
			}
		}
		_, err := w.db.Write(ctx).ExecContext(ctx, `UPDATE account_check SET state = 'checked', decided_by = $2, decided_at = now() WHERE holder_id = $1 AND current`, holder, w.appraiser.ID)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
}

// checkAll checks every account that waits.
func (w *world) checkAll() {
	w.t.Helper()
	w.exec(`UPDATE account_check SET state = 'checked', decided_by = $1, decided_at = now() WHERE current AND state = 'waiting'`, w.appraiser.ID)
}

func (w *world) approvedPlan(a award, total, deducted vnd.Amount) (awardID id.Award) {
	w.t.Helper()
	if err := w.db.Run(context.Background(), func(ctx context.Context) error {
		q := w.db.Write(ctx)
		var plan id.Plan
		if err := q.GetContext(ctx, &plan, `INSERT INTO plan (code, project_id, name, rule_set, state, total, deducted, award_count, drafted_by, changed_by)
			VALUES ($1, $2, 'Phương án', '2013', 'draft', $3, $4, 1, $5, $5) RETURNING id`, a.plan, w.project, total, deducted, w.drafter.ID); err != nil {
			return err
		}
		if err := q.GetContext(ctx, &awardID, `INSERT INTO award (plan_id, project_id, case_id, total, deducted) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			plan, w.project, a.caseID, total, deducted); err != nil {
			return err
		}
		for step, who := range map[string]actor.Actor{"draft": w.drafter, "appraise": w.appraiser, "approve": w.leader} {
			if _, err := q.ExecContext(ctx, `INSERT INTO money_step (award_id, user_id, step) VALUES ($1, $2, $3)`, awardID, who.ID, step); err != nil {
				return err
			}
		}
		postings := []ledger.Posting{{Case: a.caseID, Account: ledger.Approved, Amount: -total}, {Case: a.caseID, Account: ledger.NotOrdered, Amount: total - deducted}}
		if deducted != 0 {
			postings = append(postings, ledger.Posting{Case: a.caseID, Account: ledger.Deducted, Amount: deducted})
		}
		if _, err := w.book.Post(ctx, w.leader, ledger.Entry{Kind: ledger.PlanApproved, Reference: "12/QĐ", Project: w.project, Day: day.Must("2023-06-01"), Postings: postings}); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, `UPDATE plan SET state = 'approved', submitted_by = $2, submitted_at = now(), appraised_by = $3, appraised_at = now(),
			approved_by = $4, approved_at = now(), decision_no = '12/QĐ', decided_on = '2023-06-01', effective_on = '2023-06-01' WHERE id = $1`,
			plan, w.drafter.ID, w.appraiser.ID, w.leader.ID)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return awardID
}

func (w *world) key() string {
	w.keys++
	return fmt.Sprintf("key-%06d", w.keys)
}

func order(method payout.Method, lines ...payout.NewLine) payout.NewOrder {
	return payout.NewOrder{Project: "7654321", Method: method, Source: "city", Content: "Chi trả bồi thường", Lines: lines}
}

func part(a award, amount vnd.Amount) payout.NewLine {
	return payout.NewLine{CaseCode: a.code, PlanCode: a.plan, Amount: amount}
}

// draft, submit, approve and release do one step and must succeed.
func (w *world) draft(in payout.NewOrder) string {
	w.t.Helper()
	code, err := w.payouts.Draft(context.Background(), w.accountant, in, w.key(), today)
	w.must(err)
	return code
}

func (w *world) submit(code string) {
	w.t.Helper()
	w.must(w.payouts.Submit(context.Background(), w.accountant, code, w.version(code), w.key(), today))
}

func (w *world) approve(code string) {
	w.t.Helper()
	w.must(w.payouts.Approve(context.Background(), w.chief, code, w.version(code), w.key()))
}

func (w *world) release(code string) {
	w.t.Helper()
	w.must(w.payouts.Release(context.Background(), w.director, code, w.version(code), w.key(), today))
}

// released makes an order that stands released, and gives its code and its payments.
func (w *world) released(in payout.NewOrder) (string, []payout.Payment) {
	w.t.Helper()
	code := w.draft(in)
	w.submit(code)
	w.approve(code)
	w.release(code)
	return code, w.payments(code)
}

func (w *world) payments(code string) []payout.Payment {
	w.t.Helper()
	payments, err := w.payouts.PaymentsOf(context.Background(), w.order(code).ID)
	w.must(err)
	return payments
}

func (w *world) order(code string) payout.Order {
	w.t.Helper()
	o, err := w.payouts.Order(context.Background(), w.reader, code)
	w.must(err)
	return o
}

func (w *world) version(code string) int { return w.order(code).Version }

func (w *world) record(who actor.Actor, results ...payout.Result) {
	w.t.Helper()
	w.must(w.payouts.RecordResults(context.Background(), who, results, w.key(), today))
}

func result(p payout.Payment, kind payout.ResultKind) payout.Result {
	return payout.Result{PaymentCode: p.Code, Kind: kind, Day: today, Amount: p.Amount, Reason: "tài khoản đã đóng",
		EvidenceKind: payout.EvidenceBankAdvice, EvidenceRef: "GBN 15/12"}
}

func (w *world) bridge(a award) ledger.Bridge {
	w.t.Helper()
	bridges, err := w.book.ByCase(context.Background(), []id.Case{a.caseID})
	w.must(err)
	return bridges[a.caseID]
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// sound asks every invariant of payouts and of the book.
func (w *world) sound() {
	w.t.Helper()
	results, err := invariant.RunAll(context.Background(), w.db, append(payout.Invariants(), ledger.Invariants()...))
	w.must(err)
	for _, r := range results {
		if len(r.Faults) > 0 {
			w.t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}
