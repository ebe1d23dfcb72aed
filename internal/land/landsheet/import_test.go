package landsheet

import (
	"context"
	"slices"
	"strings"
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

// world is two wards, three works (the last recovers no land) and the officer who imports.
type world struct {
	Importer
	t     *testing.T
	db    *postgres.DB
	lan   actor.Actor
	today day.Date
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.Open(t)
	log := audit.Log{DB: db}
	w := &world{t: t, db: db, today: day.Must("2023-12-31"), Importer: Importer{
		Land: land.Land{DB: db, Log: log, Projects: project.Projects{DB: db, Log: log}, Legal: legal.Rules{DB: db}}}}
	w.sql(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01840', 'Phường Đức Xuân', 'ward', '2015-01-01'), ('01849', 'Xã Dương Quang', 'commune', '2015-01-01');
		INSERT INTO unit (code, name, kind) VALUES ('GPMB', 'Trung tâm PTQĐ', 'clearance');
		INSERT INTO app_user (username, full_name, password_hash, unit_id) SELECT 'lan', 'Hoàng Thị Lan', 'x', id FROM unit;
		INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, clearance, changed_by)
		  SELECT c, 'Công trình ' || c, 'C', 'transport', (SELECT id FROM unit), 'UBND', 2023, 2024, 1000000000, 'building', c <> '7654323', (SELECT id FROM app_user)
		  FROM unnest(ARRAY['7654321', '7654322', '7654323']) c;
		INSERT INTO project_ward (project_id, ward_id) SELECT p.id, w.id FROM project p CROSS JOIN ward w WHERE w.code = '01840' OR p.code = '7654322';
		INSERT INTO rule_set (code, name, valid_from, valid_to, basis) VALUES ('2013', 'Luật Đất đai 2013', '2014-07-01', '2024-07-31', 'Luật 45/2013/QH13')`)
	var row struct {
		ID   id.User `db:"id"`
		Unit id.Unit `db:"unit_id"`
	}
	if err := db.Read(t.Context()).GetContext(t.Context(), &row, `SELECT id, unit_id FROM app_user`); err != nil {
		t.Fatal(err)
	}
	w.lan = actor.Actor{ID: row.ID, Username: "lan", Name: "Lan", Unit: row.Unit, Grants: map[actor.Permission]actor.Reach{
		land.Read: actor.Unit, land.Edit: actor.Unit, project.Read: actor.Unit}}
	return w
}

func (w *world) sql(statements string) {
	w.t.Helper()
	for statement := range strings.SplitSeq(statements, ";\n") {
		if err := w.db.Run(w.t.Context(), func(ctx context.Context) error {
			_, err := w.db.Write(ctx).ExecContext(ctx, statement)
			return err
		}); err != nil {
			w.t.Fatalf("%s: %v", statement, err)
		}
	}
}

func (w *world) rows() [4]int {
	w.t.Helper()
	var n [4]int
	for i, table := range []string{"land_case", "holder", "parcel", "audit_event"} {
		if err := w.db.Read(w.t.Context()).GetContext(w.t.Context(), &n[i], `SELECT count(*) FROM `+table); err != nil {
			w.t.Fatal(err)
		}
	}
	return n
}

func (w *world) send(dryRun bool, lines ...line) Result {
	w.t.Helper()
	result, err := w.Import(w.t.Context(), w.lan, "f.xlsx", book(w.t, lines...), Options{DryRun: dryRun, Today: w.today})
	if err != nil {
		w.t.Fatal(err)
	}
	return result
}

func other(changes ...line) line {
	return with(append([]line{{"name": "Hà Thị Mai", "identity_no": "006086005555", "number": "20"}}, changes...)...)
}

func TestImportWritesHoldersCasesAndParcels(t *testing.T) {
	w := newWorld(t)
	r := w.send(false, with(), with(line{"number": "263A", "kind": "", "residence": ""}), other(line{"state": "Vắng mặt"}))
	if !r.Written || r.Rows != 3 || r.Cases != 2 || r.Parcels != 3 || len(r.Faults) != 0 {
		t.Fatalf("%+v", r)
	}
	if n := w.rows(); n[0] != 2 || n[1] != 2 || n[2] != 3 {
		t.Errorf("cases, holders, parcels: %v", n)
	}
	d, err := w.Land.Case(t.Context(), w.lan, r.Planned[0].Code)
	if err != nil || d.Parcels[0].Number != "17+175" || d.Parcels[1].Number != "263A" || d.RecoveredArea.String() != "171,20" || d.OpenedOn != w.today {
		t.Errorf("%v %+v", err, d)
	}
	if d, err = w.Land.Case(t.Context(), w.lan, r.Planned[1].Code); err != nil || d.HolderState != "absent" || d.Parties[0].IdentityNo != "006086005555" {
		t.Errorf("%v %+v", err, d)
	}
}

func TestADryRunShowsEverythingAndWritesNothing(t *testing.T) {
	w := newWorld(t)
	before := w.rows()
	r := w.send(true, with(), with(line{"number": "263A"}), other())
	if r.Written || r.Cases != 2 || len(r.Faults) != 0 || r.Recovered.String() != "256,80" {
		t.Fatalf("%+v", r)
	}
	p := r.Planned[0]
	if p.Code != "" || p.Holder != "Nông Văn Bảo" || p.Parcels != "12/17+175, 12/263A" || p.Ward != "Phường Đức Xuân" || !slices.Equal(p.Rows, []int{2, 3}) {
		t.Errorf("planned %+v", p)
	}
	if w.rows() != before {
		t.Errorf("rows %v, before %v", w.rows(), before)
	}
	if again := w.send(false, with(), other()); again.Planned[0].Code != "7654321-0001" {
		t.Errorf("a dry run took a number: %+v", again.Planned)
	}
}

func TestOneFaultAndNothingIsWritten(t *testing.T) {
	w := newWorld(t)
	w.send(false, with(), with(line{"project": "7654322", "name": "Lý Văn Ca", "identity_no": "006086007777", "number": "90"}))
	before := w.rows()
	for _, tt := range []struct {
		why   string
		lines []line
		want  []string
	}{
		{"a cell that cannot be read", []line{other(), with(line{"area": "1.234"})}, []string{"3 Diện tích thửa (m²) area_ambiguous"}},
		{"an unknown work", []line{other(), other(line{"project": "9999999", "name": "X", "identity_no": ""})}, []string{"3 Mã dự án project.missing"}},
		{"a work that recovers no land", []line{other(line{"project": "7654323"})}, []string{"2 Mã dự án land.project_without_clearance"}},
		{"a ward the work does not lie in", []line{other(line{"ward": "Xã Dương Quang"})}, []string{"2 Phường, xã có đất land.ward_not_of_project"}},
		{"an unknown holder", []line{other(line{"holder_code": "NSD-999999"})}, []string{"2 Mã chủ sử dụng đất land.holder_unknown"}},
		{"the same holder twice in the work, by number", []line{other(), with(line{"number": "5"})}, []string{"3 Tên chủ sử dụng đất land.holder_twice"}},
		{"the same holder twice in the work, by code", []line{other(), with(line{"holder_code": "nsd-000001", "number": "5"})}, []string{"3 Mã chủ sử dụng đất land.holder_twice"}},
		{"the same name without a number", []line{with(line{"identity_no": "", "number": "5"})}, []string{"2 Tên chủ sử dụng đất landsheet.name_there"}},
		{"known from another work", []line{with(line{"name": "Lý Văn Ca", "identity_no": "006086007777", "number": "5"})}, []string{"2 Số định danh landsheet.holder_known"}},
		{"a code beside another name", []line{with(line{"project": "7654322", "holder_code": "NSD-000001", "name": "Hà Thị Mai", "number": "5"})},
			[]string{"2 Tên chủ sử dụng đất landsheet.name_differs"}},
		{"more recovered than the parcel has", []line{other(line{"number": "5"}), other(line{"recovered": "300,01"})}, []string{"3 Diện tích thu hồi (m²) land.parcel_over"}},
		{"more than another case leaves", []line{other(line{"number": "17+175", "recovered": "250"})}, []string{"2 Diện tích thu hồi (m²) land.parcel_over"}},
		{"another area than the other case says", []line{other(line{"number": "17+175", "area": "500"})}, []string{"2 Diện tích thửa (m²) land.parcel_area_differs"}},
		{"one parcel twice in a case", []line{other(), other()}, []string{"3 Số thửa land.parcel_twice"}},
		{"a day to come", []line{other(line{"opened_on": "01/01/2024"})}, []string{"2 Ngày mở hồ sơ day_future"}},
		{"a land code of four letters, an identity with letters", []line{other(line{"land_code": "ABCD", "identity_no": "x1"})},
			[]string{"2 Số định danh land.identity_form", "2 Loại đất land.land_code_form"}},
		{"a new holder without kind and residence", []line{other(line{"kind": "", "residence": ""})}, []string{"2 Đối tượng choose", "2 Phường, xã nơi ở choose"}},
		{"faults of every stage at once", []line{other(line{"project": "9999999"}), with(line{"number": "5"}), other(line{"name": "Y", "identity_no": "", "recovered": "999", "number": "6"}),
			other(line{"name": "Z", "identity_no": "", "area": "x"})},
			[]string{"2 Mã dự án project.missing", "3 Tên chủ sử dụng đất land.holder_twice", "4 Diện tích thu hồi (m²) land.parcel_over", "5 Diện tích thửa (m²) area_form"}},
	} {
		for _, dryRun := range []bool{true, false} {
			r := w.send(dryRun, tt.lines...)
			if got := codesOf(r.Faults); !slices.Equal(got, tt.want) || r.Written {
				t.Errorf("%s: %v, want %v", tt.why, got, tt.want)
			}
		}
		for _, f := range w.send(true, tt.lines...).Faults {
			if f.Column == "" || f.Sheet == "" {
				t.Errorf("%s: no place in %+v", tt.why, f)
			}
		}
	}
	if w.rows() != before {
		t.Errorf("rows %v, before %v", w.rows(), before)
	}
}

func TestOneHolderInTwoWorksOfAFileIsOneHolder(t *testing.T) {
	w := newWorld(t)
	r := w.send(false, with(), with(line{"project": "7654322", "number": "5"}), other())
	if n := w.rows(); !r.Written || n[0] != 3 || n[1] != 2 {
		t.Fatalf("%+v %v", r, n)
	}
	if r.Planned[1].Code != "7654322-0001" {
		t.Errorf("codes %+v", r.Planned)
	}
}

func TestAKnownHolderIsTakenByCode(t *testing.T) {
	w := newWorld(t)
	w.send(false, with())
	r := w.send(false, with(line{"project": "7654322", "holder_code": "NSD-000001", "number": "5"}))
	if n := w.rows(); !r.Written || n[0] != 2 || n[1] != 1 {
		t.Errorf("%+v %v", r, n)
	}
}

func TestTheTemplateKnowsTheStandingWards(t *testing.T) {
	w := newWorld(t)
	content, err := w.Template(t.Context(), "", w.today)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := w.Import(t.Context(), w.lan, "t.xlsx", content, Options{Today: w.today}); err != nil || r.Rows != 0 || len(r.Faults) != 0 {
		t.Errorf("%v %+v", err, r)
	}
}

func TestWhoMayNotEditImportsNothing(t *testing.T) {
	w := newWorld(t)
	reader := w.lan
	reader.Grants = map[actor.Permission]actor.Reach{land.Read: actor.All}
	_, err := w.Import(t.Context(), reader, "f.xlsx", book(t, with()), Options{Today: w.today})
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("%v", err)
	}
	if _, err = w.Import(t.Context(), w.lan, "f.xlsx", []byte("no workbook"), Options{Today: w.today}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

func TestAnEmptyFileWritesNothing(t *testing.T) {
	if r := newWorld(t).send(false); r.Written || r.Rows != 0 || len(r.Faults) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestTheWorkMayBeChosenForTheWholeFile(t *testing.T) {
	w := newWorld(t)
	r, err := w.Import(t.Context(), w.lan, "f.xlsx", book(t, with(line{"project": ""})), Options{Project: "7654321", Today: w.today})
	if err != nil || !r.Written || r.Planned[0].Code != "7654321-0001" {
		t.Errorf("%v %+v", err, r)
	}
}
