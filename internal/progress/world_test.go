package progress_test

import (
	"errors"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/progress"
)

// office is a city with two units, three works (two of the first unit) and the people who enter and accept.
type office struct {
	t                       *testing.T
	db                      *postgres.DB
	room                    progress.Progress
	lan, hoa, other, head   actor.Actor
	today                   day.Date
	november, december      day.Month
	workA, workB, workOther string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db := pgtest.Open(t)
	o := &office{t: t, db: db, room: progress.Progress{DB: db, Log: audit.Log{DB: db}}, today: day.Must("28/12/2023"),
		november: day.MustMonth("2023-11"), december: day.MustMonth("2023-12"), workA: "0000001", workB: "0000002", workOther: "0000003"}
	o.exec(`INSERT INTO unit (code, name, kind) VALUES ('U1', 'Ban QLDA', 'management'), ('U2', 'Phòng khác', 'management')`)
	enter := map[actor.Permission]actor.Reach{progress.Read: actor.Unit, progress.Enter: actor.Unit, progress.ReadObstacles: actor.Unit, progress.EditObstacles: actor.Unit}
	accept := map[actor.Permission]actor.Reach{progress.Read: actor.All, progress.Accept: actor.All, progress.ReadObstacles: actor.All}
	o.lan, o.hoa = o.person("lan", "Lan", 1, enter), o.person("hoa", "Hoa", 1, enter)
	o.other, o.head = o.person("other", "Người khác", 2, enter), o.person("head", "Trưởng phòng", 2, accept)
	for code, unit := range map[string]int{o.workA: 1, o.workB: 1, o.workOther: 2} {
		o.exec(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
			VALUES ($1, 'Công trình ' || $1, 'C', 'transport', $2, 'UBND', 2022, 2024, 5000, 'building', 1)`, code, unit)
	}
	o.exec(`INSERT INTO funding_source (code, name, rank) VALUES ('city', 'Ngân sách thành phố', 1)`)
	for kind, amount := range map[string]int{"assigned": 900, "carried_over": 100} {
		o.exec(`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
			SELECT id, 2023, 'city', $1, $2, 'QĐ', '2023-01-01', 'UBND', 1 FROM project`, kind, amount)
	}
	return o
}

func (o *office) exec(query string, args ...any) {
	o.t.Helper()
	if _, err := o.db.Pool().ExecContext(o.t.Context(), query, args...); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) person(username, name string, unit id.Unit, grants map[actor.Permission]actor.Reach) actor.Actor {
	o.t.Helper()
	who := actor.Actor{Username: username, Name: name, Unit: unit, Grants: grants}
	if err := o.db.Read(o.t.Context()).GetContext(o.t.Context(), &who.ID,
		`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $2, '', $3) RETURNING id`, username, name, unit); err != nil {
		o.t.Fatal(err)
	}
	return who
}

func row(code string, version int, executed, disbursed int64) progress.Row {
	r := progress.Row{Code: code, Version: version}
	r.Executed, r.Estimate, r.Disbursed, r.Treasury, r.PhysicalBP = vndOf(executed), vndOf(executed), vndOf(disbursed), vndOf(disbursed), 5000
	return r
}

func (o *office) save(who actor.Actor, month day.Month, rows ...progress.Row) error {
	return o.room.Save(o.t.Context(), who, month, rows, o.today)
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) entry(code string, month day.Month) progress.Entry {
	o.t.Helper()
	e, err := o.room.Get(o.t.Context(), o.head, code, month)
	o.must(err)
	return e
}

func (o *office) accepted(month day.Month, rows ...progress.Row) {
	o.t.Helper()
	o.must(o.save(o.lan, month, rows...))
	for _, r := range rows {
		o.must(o.room.Submit(o.t.Context(), o.lan, month, progress.Picks(r.Code), o.today))
		o.must(o.room.Accept(o.t.Context(), o.head, month, progress.Picks(r.Code)))
	}
}

// told lists what a refusal says of its fields.
func told(err error) []string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	var out []string
	for _, field := range f.Fields {
		out = append(out, field.Name+" "+field.Code)
	}
	return out
}
