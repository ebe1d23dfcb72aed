package land_test

import (
	"context"
	"errors"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/land"
	"matbang/internal/legal"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/project"
)

const (
	works     = "7654321" // recovers land, lies in both wards
	secondly  = "7654322" // recovers land, lies in both wards
	pavement  = "7654323" // recovers none
	elsewhere = "7654324" // recovers land, of another unit
	ducXuan   = "01840"
	songCau   = "01843"
)

// world is two wards, two units, four works and the people who act.
type world struct {
	land.Land
	db                      *postgres.DB
	lan, minh, ward, leader actor.Actor
	today                   day.Date
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.Open(t)
	w := &world{db: db, today: day.Must("2023-12-31")}
	log := audit.Log{DB: db}
	w.Land = land.Land{DB: db, Log: log, Projects: project.Projects{DB: db, Log: log}, Legal: legal.Rules{DB: db}}
	w.sql(t, `INSERT INTO ward (code, name, kind, valid_from) VALUES ('01840', 'Phường Đức Xuân', 'ward', '2015-01-01'), ('01843', 'Phường Sông Cầu', 'ward', '2015-01-01')`)
	w.sql(t, `INSERT INTO unit (code, name, kind) VALUES ('GPMB', 'Trung tâm PTQĐ', 'clearance'), ('KHAC', 'Đơn vị khác', 'clearance')`)
	w.sql(t, `INSERT INTO app_user (username, full_name, password_hash, unit_id, ward_id)
		SELECT n, f, 'x', (SELECT id FROM unit WHERE code = 'GPMB'), (SELECT id FROM ward WHERE code = wc)
		FROM (VALUES ('lan', 'Hoàng Thị Lan', NULL), ('minh', 'Triệu Văn Minh', NULL), ('ward', 'Cán bộ phường', '01840'), ('leader', 'Chủ tịch', NULL)) AS v(n, f, wc)`)
	w.sql(t, `INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, clearance, changed_by)
		SELECT c, 'Công trình ' || c, 'C', 'transport', (SELECT id FROM unit WHERE code = uc), 'UBND', 2023, 2024, 1000000000, 'building', cl, (SELECT id FROM app_user WHERE username = 'lan')
		FROM (VALUES ('7654321', 'GPMB', true), ('7654322', 'GPMB', true), ('7654323', 'GPMB', false), ('7654324', 'KHAC', true)) AS v(c, uc, cl)`)
	w.sql(t, `INSERT INTO project_ward (project_id, ward_id) SELECT p.id, w.id FROM project p CROSS JOIN ward w`)
	w.sql(t, `INSERT INTO rule_set (code, name, valid_from, valid_to, basis) VALUES ('2013', 'Luật Đất đai 2013', '2014-07-01', '2024-07-31', 'Luật 45/2013/QH13')`)
	w.sql(t, `INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis) VALUES ('2013', 'notice_days_farm', 90, 'day', '2014-07-01', 'Đ67 k1'),
		('2013', 'notice_days_other', 180, 'day', '2014-07-01', 'Đ67 k1')`)
	all := func(reach actor.Reach, more ...actor.Permission) map[actor.Permission]actor.Reach {
		grants := map[actor.Permission]actor.Reach{land.Read: reach, project.Read: reach}
		for _, p := range more {
			grants[p] = reach
		}
		return grants
	}
	w.lan = w.actor(t, "lan", all(actor.Unit, land.Edit, land.DoStep, land.OpenIdentity))
	w.minh = w.actor(t, "minh", all(actor.Unit, land.Edit, land.DoStep))
	w.ward = w.actor(t, "ward", all(actor.Ward, land.Edit, land.DoStep))
	w.leader = w.actor(t, "leader", all(actor.All))
	return w
}

func (w *world) actor(t *testing.T, name string, grants map[actor.Permission]actor.Reach) actor.Actor {
	t.Helper()
	var row struct {
		ID   id.User  `db:"id"`
		Unit id.Unit  `db:"unit_id"`
		Ward *id.Ward `db:"ward_id"`
		Name string   `db:"full_name"`
	}
	if err := w.db.Read(t.Context()).GetContext(t.Context(), &row, `SELECT id, unit_id, ward_id, full_name FROM app_user WHERE username = $1`, name); err != nil {
		t.Fatal(err)
	}
	a := actor.Actor{ID: row.ID, Username: name, Name: row.Name, Unit: row.Unit, Grants: grants}
	if row.Ward != nil {
		a.Ward = *row.Ward
	}
	return a
}

func (w *world) sql(t *testing.T, statement string, args ...any) {
	t.Helper()
	if err := w.db.Run(t.Context(), func(ctx context.Context) error {
		_, err := w.db.Write(ctx).ExecContext(ctx, statement, args...)
		return err
	}); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (w *world) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	if err := w.db.Read(t.Context()).GetContext(t.Context(), &n, query, args...); err != nil {
		t.Fatal(err)
	}
	return n
}

func household(name, ward string) land.HolderInput {
	return land.HolderInput{Kind: "household", Name: name, Ward: ward,
		Parties: []land.Party{{FullName: name, Relation: "owner", ShareBP: 10000, IdentityNo: "006086001234", AccountNo: "3751012345"}}}
}

func parcel(number string, size, part int) land.Parcel {
	p := land.Parcel{MapSheet: "12", Number: number, LandCode: "ONT"}
	p.Area, p.Recovered = p.Area+100*areaOf(size), p.Recovered+100*areaOf(part)
	return p
}

func newCase(name, number string) land.NewCase {
	return land.NewCase{Project: works, Holder: household(name, ducXuan), Ward: ducXuan, OpenedOn: day.Must("2023-01-05"),
		Parcels: []land.Parcel{parcel(number, 300, 100)}}
}

func (w *world) mustOpen(t *testing.T, in land.NewCase) string {
	t.Helper()
	code, err := w.OpenCase(t.Context(), w.lan, in, w.today)
	if err != nil {
		t.Fatalf("opening a case: %v", err)
	}
	return code
}

// codesOf are the names and codes of the wrong fields of a refusal, or its own code.
func codesOf(err error) []string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		if err == nil {
			return nil
		}
		return []string{err.Error()}
	}
	if len(f.Fields) == 0 {
		return []string{f.Code}
	}
	codes := make([]string, 0, len(f.Fields))
	for _, field := range f.Fields {
		codes = append(codes, field.Name+" "+field.Code)
	}
	return codes
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
