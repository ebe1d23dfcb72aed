package contract_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/legal"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

var today = day.Must("2023-12-31") //nolint:gochecknoglobals // the day of every test

// world is two units with a work each, the law's limits of 2023, and the people who enter and approve.
type world struct {
	t                             testing.TB
	db                            *postgres.DB
	room                          contract.Contracts
	lan, hoa, other, head, leader actor.Actor
	packages, papers              int
}

const work, otherWork = "0000001", "0000002"

func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.Open(t)
	w := &world{t: t, db: db, room: contract.Contracts{DB: db, Log: audit.Log{DB: db}, Legal: legal.Rules{DB: db}}}
	w.exec(`INSERT INTO unit (code, name, kind) VALUES ('U1', 'Ban QLDA', 'management'), ('U2', 'Phòng khác', 'management')`)
	edit := map[actor.Permission]actor.Reach{contract.Read: actor.Unit, contract.Edit: actor.Unit}
	both := map[actor.Permission]actor.Reach{contract.Read: actor.All, contract.Edit: actor.All, contract.Approve: actor.All}
	w.lan, w.hoa, w.other = w.person("lan", 1, edit), w.person("hoa", 1, both), w.person("other", 2, edit)
	w.head = w.person("head", 2, map[actor.Permission]actor.Reach{contract.Read: actor.All, contract.Approve: actor.All})
	w.leader = w.person("leader", 2, map[actor.Permission]actor.Reach{contract.Read: actor.All})
	for code, unit := range map[string]int{work: 1, otherWork: 2} {
		w.exec(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, clearance, changed_by)
			VALUES ($1, 'Đường Phiêng My', 'C', 'transport', $2, 'Ban QLDA', 2022, 2024, 90000000000, 'building', true, 1)`, code, unit)
	}
	w.exec(`INSERT INTO project_decision (project_id, kind, number, decided_on, authority, total_investment, recorded_by)
		SELECT id, k.kind, k.kind, k.on_day::date, 'UBND', 90000000000, 1 FROM project, (VALUES ('policy', '2022-01-10'), ('investment', '2022-03-15')) k (kind, on_day)`)
	w.exec(`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('DTC', 'investment', 'x', '2020-01-01', 'x'), ('NB', 'office', 'x', '2020-01-01', 'x')`)
	w.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('DTC', 'advance_cap_bp', 3000, 'bp', '2023-01-01', 'x', true),
		('DTC', 'advance_guarantee_from', 1000000000, 'đồng', '2020-01-01', 'x', true), ('NB', 'guarantee_alert_days', 30, 'day', '2020-01-01', 'x', true)`)
	return w
}

func (w *world) person(name string, unit id.Unit, grants map[actor.Permission]actor.Reach) actor.Actor {
	a := actor.Actor{Username: name, Name: "Bà " + name, Unit: unit, Grants: grants}
	w.get(&a.ID, `INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $2, 'x', $3) RETURNING id`, name, a.Name, unit)
	return a
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	w.must(w.try(query, args...))
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
	w.must(w.db.Run(context.Background(), func(ctx context.Context) error { return w.db.Write(ctx).GetContext(ctx, dest, query, args...) }))
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused holds that an act was refused with a code, of its own or of a field.
func (w *world) refused(err error, code string) {
	w.t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) {
		w.t.Errorf("got %v, want the refusal %s", err, code)
		return
	}
	said := []string{f.Code}
	for _, field := range f.Fields {
		said = append(said, field.Name+" "+field.Code)
	}
	if !strings.Contains(strings.Join(said, "; "), code) {
		w.t.Errorf("refused with %v, want %s", said, code)
	}
}

// broken holds that the database itself refused, by the name of its constraint.
func (w *world) broken(err error, constraint string) {
	w.t.Helper()
	var v *tx.Violation
	if !errors.As(err, &v) || v.Constraint != constraint {
		w.t.Errorf("got %v, want the constraint %s", err, constraint)
	}
}

func (w *world) pack(estimate vnd.Amount) string {
	w.t.Helper()
	w.packages++
	in := packageInput()
	in.Code, in.Estimate = fmt.Sprintf("XL-%02d", w.packages), estimate
	w.must(w.room.AddPackage(context.Background(), w.lan, in, today))
	return in.Code
}

func packageInput() contract.PackageInput {
	return contract.PackageInput{Project: work, Code: "XL-99", Name: "Nền, mặt đường", Field: "works", Method: "open", Estimate: 1000, DecisionNumber: "12/QĐ-BQLDA",
		Authority: "Ban QLDA", DecidedOn: day.Must("2022-05-01")}
}

func (w *world) input(pack string, value vnd.Amount) contract.NewContract {
	w.papers++
	return contract.NewContract{Project: work, Package: pack, TaxCode: "0099900015", Contractor: "Công ty Khau Vàng", Number: fmt.Sprintf("%d/2023/HĐ-XD", w.papers),
		SignedOn: day.Must("2023-02-01"), Kind: "fixed_unit", Value: value, StartsOn: day.Must("2023-02-10"), EndsOn: day.Must("2024-06-30"), AdvanceBP: 3000, RetentionBP: 500}
}

// contract is a signed contract with its own package of that estimate.
func (w *world) contract(value, estimate vnd.Amount) string {
	w.t.Helper()
	code, err := w.room.Sign(context.Background(), w.lan, w.input(w.pack(estimate), value), today)
	w.must(err)
	return code
}

func (w *world) file(code string) contract.File {
	w.t.Helper()
	f, err := w.room.Get(context.Background(), w.leader, code, today)
	w.must(err)
	return f
}

func (w *world) number() string {
	w.papers++
	return fmt.Sprint(w.papers)
}

func (w *world) accept(code string, value vnd.Amount) error {
	return w.room.Accept(context.Background(), w.lan, code, w.file(code).Version,
		contract.Acceptance{Number: w.number(), Kind: "stage", AcceptedOn: day.Must("2023-06-30"), Value: value, Note: "khối lượng"}, today)
}

func (w *world) amend(code string, change vnd.Amount) error {
	return w.room.Amend(context.Background(), w.lan, code, w.file(code).Version,
		contract.Amendment{Number: w.number(), DecidedOn: day.Must("2023-05-30"), ValueChange: change, Reason: "phát sinh"}, today)
}

func (w *world) bill(code string, completed, recovered vnd.Amount) (string, error) {
	return w.room.AddBill(context.Background(), w.lan, code, w.file(code).Version,
		contract.BillInput{Day: day.Must("2023-07-05"), Completed: completed, Recovered: recovered}, today)
}

func (w *world) pick(bill string) contract.Pick {
	b, err := w.room.Bill(context.Background(), w.leader, bill)
	w.must(err)
	return contract.Pick{Code: bill, Version: b.Version}
}

// sound asks every invariant of the room.
func (w *world) sound() {
	w.t.Helper()
	results, err := invariant.RunAll(context.Background(), w.db, contract.Invariants())
	w.must(err)
	for _, r := range results {
		if len(r.Faults) > 0 {
			w.t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}
