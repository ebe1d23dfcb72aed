package disbursement_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/capital"
	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/legal"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/project"
	"matbang/internal/vnd"
)

const (
	ours   = "7654321"
	theirs = "7654322"
	deal   = "HD-2023-0001" // of 1.000.000, 30 % advance agreed
)

var today = day.Must("2023-12-20") //nolint:gochecknoglobals // the day of every test

// world is a work with money from two sources in two years, a contract, and the people who record and agree.
type world struct {
	disbursement.Disbursements
	t                              testing.TB
	db                             *postgres.DB
	unit                           id.Unit
	planner, second, account, boss actor.Actor
	project                        id.Project
	contract                       id.Contract
	bills, keys                    int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.Open(t)
	log, rules := audit.Log{DB: db}, legal.Rules{DB: db}
	projects := project.Projects{DB: db, Log: log}
	w := &world{t: t, db: db}
	w.Disbursements = disbursement.Disbursements{DB: db, Log: log, Projects: projects, Rules: rules, Capital: capital.Capital{DB: db, Log: log, Projects: projects},
		Contracts: contract.Contracts{DB: db, Log: log, Legal: rules}}
	w.law(rules)
	w.exec(`INSERT INTO funding_source (code, name, rank) VALUES ('central', 'Trung ương', 1), ('city', 'Thành phố', 2)`)
	w.exec(`INSERT INTO unit (code, name, kind) VALUES ('BQLDA', 'Ban QLDA', 'management'), ('KHAC', 'Khác', 'management')`)
	w.get(&w.unit, `SELECT id FROM unit WHERE code = 'BQLDA'`)
	record := map[actor.Permission]actor.Reach{project.Read: actor.Unit, disbursement.Read: actor.Unit, disbursement.Record: actor.Unit, contract.Read: actor.Unit}
	w.planner, w.second = w.person("planner", record), w.person("second", record)
	w.account = w.person("accountant", map[actor.Permission]actor.Reach{project.Read: actor.All, disbursement.Read: actor.All, disbursement.Confirm: actor.All})
	w.boss = w.person("boss", map[actor.Permission]actor.Reach{project.Read: actor.All, disbursement.Read: actor.All, disbursement.Record: actor.All, disbursement.Confirm: actor.All, contract.Read: actor.All})
	w.works()
	return w
}

func (w *world) law(rules legal.Rules) {
	w.must(rules.PutSet(context.Background(), legal.Set{Code: "DTC", Subject: legal.Investment, Name: "Đầu tư công", ValidFrom: day.Must("2020-01-01"), Basis: "NĐ"}))
	for key, value := range map[string]int64{legal.PayCompletedUntil: 10131, legal.AdvanceUntil: 1231, legal.ClearanceAdvanceUntil: 10131, legal.AdvanceSettleDays: 30,
		legal.AdvanceReturnMonths: 3, legal.AdvanceRepayMonths: 12, legal.AdvanceOtherMonths: 6, legal.AdvanceRecoveredByBP: 8000, legal.AdvanceGuaranteeFrom: 1_000_000_000} {
		w.must(rules.PutRule(context.Background(), legal.Rule{RuleSet: "DTC", Key: key, Value: value, Unit: "x", ValidFrom: day.Must("2020-01-01"), Basis: "điều về " + key, Confirmed: true}))
	}
}

func (w *world) works() {
	w.exec(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		SELECT c, 'Đường ' || c, 'C', 'urban', (SELECT id FROM unit WHERE code = u), 'Ban', 2022, 2025, 9000000, 'building', $1 FROM (VALUES ('7654321', 'BQLDA'), ('7654322', 'KHAC')) v(c, u)`, w.planner.ID)
	w.get(&w.project, `SELECT id FROM project WHERE code = $1`, ours)
	w.exec(`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		SELECT p.id, y, s, 'assigned', a, '1/QĐ', date '2022-01-01', 'UBND', $1 FROM project p, (VALUES (2023, 'central', 900000), (2023, 'city', 600000), (2022, 'city', 500000)) v(y, s, a)`, w.planner.ID)
	w.exec(`INSERT INTO capital_fund (project_id, year, source, plan) SELECT project_id, year, source, amount FROM capital_line`)
	w.exec(`INSERT INTO contractor (name, tax_code, changed_by) VALUES ('Công ty A', '0099900015', $1)`, w.planner.ID)
	w.exec(`INSERT INTO package (project_id, code, name, field, method, estimate, decision_number, decided_on, authority, changed_by)
		VALUES ($1, 'XL-01', 'Xây lắp', 'works', 'open', 1000000, '1/QĐ', '2022-11-01', 'UBND', $2)`, w.project, w.planner.ID)
	w.get(&w.contract, `INSERT INTO contract (code, package_id, project_id, contractor_id, number, signed_on, kind, original_value, value, starts_on, original_ends_on, ends_on, advance_bp, changed_by, recorded_by)
		SELECT 'HD-2023-0001', g.id, g.project_id, c.id, '1/HĐ', '2022-12-01', 'fixed_unit', 1000000, 1000000, '2022-12-01', '2025-01-01', '2025-01-01', 3000, $1, $1 FROM package g, contractor c RETURNING id`, w.planner.ID)
	w.exec(`INSERT INTO acceptance (contract_id, number, kind, accepted_on, value, recorded_by) VALUES ($1, 'NT-01', 'stage', '2023-01-02', 1000000, $2)`, w.contract, w.planner.ID)
}

func (w *world) person(name string, grants map[actor.Permission]actor.Reach) actor.Actor {
	a := actor.Actor{Username: name, Name: "Bà " + name, Unit: w.unit, Grants: grants}
	w.get(&a.ID, `INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $2, 'x', $3) RETURNING id`, name, a.Name, w.unit)
	return a
}

// bill is an approved bill of the contract; its completed value is what is paid and what is recovered.
func (w *world) bill(payable, recovered vnd.Amount) string {
	w.bills++
	var code string
	w.get(&code, `INSERT INTO bill (contract_id, number, day, completed_value, advance_recovered, payable, state, made_by, edited_by, changed_by, submitted_by, submitted_at, approved_by, approved_at)
		VALUES ($1, $2, '2023-01-05', $3::bigint + $4::bigint, $4, $3, 'approved', $5, $5, $5, $5, now(), $6, now()) RETURNING code`, w.contract, w.bills, payable, recovered, w.planner.ID, w.account.ID)
	return code
}

func (w *world) key() string {
	w.keys++
	return fmt.Sprintf("key-%06d", w.keys)
}

// entry is a clearance advance, changed as the test wants.
func (w *world) entry(change func(*disbursement.Entry)) disbursement.Entry {
	e := disbursement.Entry{Project: ours, Year: 2023, Source: "city", Kind: disbursement.KindAdvance, Purpose: disbursement.ForClearance, Amount: 1000,
		Number: "01/GRV", PaidOn: day.Must("2023-03-10"), Key: w.key()}
	change(&e)
	return e
}

// onContract is a voucher of the contract out of the central money.
func (w *world) onContract(kind disbursement.Kind, amount vnd.Amount, change ...func(*disbursement.Entry)) disbursement.Entry {
	return w.entry(func(e *disbursement.Entry) {
		e.Kind, e.Purpose, e.Contract, e.Amount, e.Source = kind, disbursement.ForContract, deal, amount, "central"
		for _, c := range change {
			c(e)
		}
	})
}

func (w *world) recorded(e disbursement.Entry) string {
	w.t.Helper()
	code, err := w.Record(context.Background(), w.planner, e, today)
	w.must(err)
	return code
}

func (w *world) drawn(year int, source string) (drawn vnd.Amount) {
	w.t.Helper()
	w.get(&drawn, `SELECT drawn FROM capital_fund WHERE project_id = $1 AND year = $2 AND source = $3`, w.project, year, source)
	return drawn
}

// try runs a statement as somebody with the database in hand would.
func (w *world) try(query string, args ...any) error {
	return w.db.Run(context.Background(), func(ctx context.Context) error {
		_, err := w.db.Write(ctx).ExecContext(ctx, query, args...)
		return err
	})
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if err := w.try(query, args...); err != nil {
		w.t.Fatalf("%v\n%s", err, query)
	}
}

func (w *world) get(dest any, query string, args ...any) {
	w.t.Helper()
	if err := w.db.Run(context.Background(), func(ctx context.Context) error { return w.db.Write(ctx).GetContext(ctx, dest, query, args...) }); err != nil {
		w.t.Fatalf("%v\n%s", err, query)
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// sound asks every invariant of the room.
func (w *world) sound() {
	w.t.Helper()
	results, err := invariant.RunAll(context.Background(), w.db, disbursement.Invariants())
	w.must(err)
	for _, r := range results {
		if len(r.Faults) > 0 {
			w.t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}

// codeOf is the first wrong field with its code and figures, or the refusal's own code.
func codeOf(err error) string {
	var f *fault.Fault
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &f):
		return err.Error()
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Code
	default:
		return f.Code
	}
}
