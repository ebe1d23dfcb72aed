package project_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/project"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// world is two units with a planner each, a leader, a ward's officer and a guest who is a member of single works.
type world struct {
	project.Projects
	t                              *testing.T
	db                             *postgres.DB
	lan, minh, leader, ward, guest actor.Actor
	today                          day.Date
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.Open(t)
	w := &world{t: t, db: db, today: day.Must("2023-12-31"), Projects: project.Projects{DB: db, Log: audit.Log{DB: db}}}
	w.sql(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01840', 'Phường Đức Xuân', 'ward', '2015-01-01'), ('01843', 'Phường Sông Cầu', 'ward', '2015-01-01')`)
	w.sql(`INSERT INTO unit (code, name, kind) VALUES ('BQLDA', 'Ban QLDA', 'management'), ('KHAC', 'Đơn vị khác', 'management')`)
	w.lan = w.person("lan", "BQLDA", actor.Unit)
	w.minh = w.person("minh", "KHAC", actor.Unit)
	w.leader, w.ward, w.guest = w.person("leader", "BQLDA", actor.All), w.person("ward", "KHAC", actor.Ward), w.person("guest", "KHAC", actor.Own)
	w.get(&w.ward.Ward, `SELECT id FROM ward WHERE code = '01840'`)
	return w
}

func (w *world) person(name, unit string, reach actor.Reach) actor.Actor {
	a := actor.Actor{Username: name, Name: "Người " + name, Grants: map[actor.Permission]actor.Reach{project.Read: reach, project.Edit: reach}}
	w.get(&a.Unit, `SELECT id FROM unit WHERE code = $1`, unit)
	w.get(&a.ID, `INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $2, 'x', $3) RETURNING id`, name, a.Name, a.Unit)
	return a
}

func (w *world) try(statement string, args ...any) error {
	return w.db.Run(context.Background(), func(ctx context.Context) error {
		_, err := w.db.Write(ctx).ExecContext(ctx, statement, args...)
		return err
	})
}

func (w *world) sql(statement string, args ...any) { w.t.Helper(); w.must(w.try(statement, args...)) }

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

func input(code, name string) project.Input {
	return project.Input{Code: code, Name: name, Group: "C", Sector: "transport", Investor: "Ban QLDA", StartYear: 2022, EndYear: 2024,
		TotalInvestment: 10_000_000_000, State: project.Building, WardCodes: []string{"01840"}}
}

func (w *world) create(who actor.Actor, in project.Input) project.Project {
	w.t.Helper()
	w.must(w.Create(w.t.Context(), who, in, w.today))
	p, err := w.Get(w.t.Context(), w.leader, in.Code)
	w.must(err)
	return p
}

// codeOf is the field and code of a refusal, or its own code.
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

func TestCreate(t *testing.T) {
	w := newWorld(t)
	in := input("0041207", "Đường Phiêng My")
	in.WardCodes = []string{"01843", "01840", "01843"} // a ward named twice is named once
	p := w.create(w.lan, in)
	if p.Code != "0041207" || p.UnitCode != "BQLDA" || p.Wards != "Phường Đức Xuân, Phường Sông Cầu" || p.Version != 1 || p.ChangedBy != w.lan.Name {
		t.Errorf("got %+v", p)
	}
	for _, c := range []struct {
		why  string
		who  actor.Actor
		code string
		do   func(*project.Input)
		want string
	}{
		{"a code in use", w.lan, "0041207", func(*project.Input) {}, "code project.code_taken"},
		{"a code in use in another unit", w.minh, "0041207", func(*project.Input) {}, "code project.code_taken"},
		{"an unknown ward", w.lan, "0041208", func(in *project.Input) { in.WardCodes = []string{"01840", "99999"} }, "ward_codes project.ward_unknown"},
		{"an unknown unit", w.lan, "0041208", func(in *project.Input) { in.Unit = "NONE" }, "unit project.unit_unknown"},
		{"for another unit", w.lan, "0041208", func(in *project.Input) { in.Unit = "KHAC" }, "project.other_unit"},
		{"without the permission", actor.Actor{ID: 1, Unit: 1}, "0041208", func(*project.Input) {}, "forbidden"},
	} {
		in := input(c.code, "Đường")
		c.do(&in)
		if got := codeOf(w.Create(t.Context(), c.who, in, w.today)); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	var n int
	if w.get(&n, `SELECT count(*) FROM project`); n != 1 {
		t.Errorf("%d works after refusals", n)
	}
	elsewhere := input("0041209", "Cầu")
	elsewhere.Unit = "KHAC"
	if p := w.create(w.leader, elsewhere); p.UnitCode != "KHAC" {
		t.Errorf("unit %s", p.UnitCode)
	}
}

func TestWhatLiesOutsideTheScopeIsNotFound(t *testing.T) {
	w := newWorld(t)
	w.create(w.lan, input("0041207", "Của Lan"))
	far := input("0041208", "Xa phường")
	far.WardCodes = []string{"01843"}
	w.create(w.lan, far)
	w.sql(`INSERT INTO project_member (project_id, user_id) SELECT id, $1 FROM project WHERE code = '0041208'`, w.guest.ID)
	for _, c := range []struct {
		who  actor.Actor
		want []string
	}{{w.lan, []string{"0041207", "0041208"}}, {w.leader, []string{"0041207", "0041208"}}, {w.minh, nil}, {w.ward, []string{"0041207"}}, {w.guest, []string{"0041208"}}} {
		answer, err := w.List(t.Context(), c.who, project.Filter{Year: 2023}, listing.Query{})
		w.must(err)
		if got := codes(answer); !slices.Equal(got, c.want) || answer.Total != len(c.want) {
			t.Errorf("%s lists %v of %d", c.who.Username, got, answer.Total)
		}
		for _, code := range []string{"0041207", "0041208"} {
			want := "project.missing"
			if slices.Contains(c.want, code) {
				want = ""
			}
			if _, err := w.Get(t.Context(), c.who, code); codeOf(err) != want {
				t.Errorf("%s gets %s: %v", c.who.Username, code, err)
			}
		}
	}
	if err := w.Update(t.Context(), w.minh, 1, input("0041207", "Chiếm"), w.today); codeOf(err) != "project.missing" {
		t.Errorf("another unit's planner changes it: %v", err)
	}
	if err := w.AddDecision(t.Context(), w.minh, "0041207", decision("1/QĐ", "2023-01-01", 1), w.today); codeOf(err) != "project.missing" {
		t.Errorf("another unit's planner decides: %v", err)
	}
}

func TestTheSecondIsToldWhoCameFirst(t *testing.T) {
	w := newWorld(t)
	p := w.create(w.lan, input("0041207", "Đường"))
	first := input("0041207", "Đường Phiêng My")
	first.WardCodes = []string{"01843"}
	first.ValidFrom, first.Reason = w.today, "đổi tên"
	w.must(w.Update(t.Context(), w.leader, p.Version, first, w.today))
	err := w.Update(t.Context(), w.lan, p.Version, input("0041207", "Đường khác"), w.today)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Changed || f.Args[0] != w.leader.Name {
		t.Fatalf("got %v", err)
	}
	after, err := w.Get(t.Context(), w.lan, "0041207")
	if w.must(err); after.Name != "Đường Phiêng My" || after.WardCodes != "01843" || after.Version != 2 || after.ChangedBy != w.leader.Name || after.ChangedAt != f.Args[1] {
		t.Errorf("got %+v", after)
	}
}

func decision(number, on string, total vnd.Amount) project.Decision {
	return project.Decision{Kind: "adjustment", Number: number, DecidedOn: day.Must(on), Authority: "UBND tỉnh", TotalInvestment: total}
}

func TestTheNewestDecisionSetsTheTotal(t *testing.T) {
	w := newWorld(t)
	w.create(w.lan, input("0041207", "Đường"))
	for _, step := range []struct {
		d    project.Decision
		want vnd.Amount
	}{
		{decision("12/QĐ", "2023-03-01", 12_000_000_000), 12_000_000_000},
		{decision("5/QĐ", "2022-03-01", 9_000_000_000), 12_000_000_000}, // an older one, told later
		{decision("30/QĐ", "2023-06-01", 11_000_000_000), 11_000_000_000},
		{decision("31/QĐ", "2023-06-01", 11_500_000_000), 11_500_000_000}, // of one day: the one told last
	} {
		w.must(w.AddDecision(t.Context(), w.lan, "0041207", step.d, w.today))
		p, err := w.Get(t.Context(), w.lan, "0041207")
		if w.must(err); p.TotalInvestment != step.want {
			t.Errorf("after %s the total is %s", step.d.Number, p.TotalInvestment)
		}
	}
	if err := w.AddDecision(t.Context(), w.lan, "0041207", decision("12/QĐ", "2023-03-01", 1), w.today); codeOf(err) != "number project.decision_twice" {
		t.Errorf("told twice: %v", err)
	}
	p, err := w.Get(t.Context(), w.lan, "0041207")
	w.must(err)
	changed := input("0041207", "Đường")
	changed.TotalInvestment = 1
	w.must(w.Update(t.Context(), w.lan, p.Version, changed, w.today))
	if p, _ = w.Get(t.Context(), w.lan, "0041207"); p.TotalInvestment != 11_500_000_000 {
		t.Errorf("a change of the work changed its total to %s", p.TotalInvestment)
	}
	all, err := w.Decisions(t.Context(), p.ID)
	if w.must(err); len(all) != 4 || all[0].Number != "5/QĐ" || all[3].RecordedBy != w.lan.Name {
		t.Errorf("decisions %+v", all)
	}
	for _, statement := range []string{`UPDATE project_decision SET total_investment = 1`, `DELETE FROM project_decision`} {
		var v *tx.Violation
		if err := w.try(statement); !errors.As(err, &v) || v.Kind != tx.Restrict {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func codes(a listing.Answer[project.Row]) []string {
	var found []string
	for _, r := range a.Items {
		found = append(found, r.Code)
	}
	return found
}

func TestSearchSortAndFilter(t *testing.T) {
	w := newWorld(t)
	w.create(w.lan, input("0000003", "Đường trục chính Phiêng My"))
	bridge := input("0000001", "Cầu Bắc Kạn II")
	bridge.Group, bridge.Sector, bridge.TotalInvestment, bridge.Clearance, bridge.WardCodes = "A", "urban", 500_000, true, []string{"01843"}
	w.create(w.lan, bridge)
	done := input("0000002", "Nâng cấp 100% kênh Nà Kẹn")
	done.State, done.TotalInvestment = project.Completed, 900_000_000_000
	w.create(w.minh, done)
	w.sql(`INSERT INTO funding_source (code, name, rank) VALUES ('city', 'Ngân sách', 1)`)
	w.sql(`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		SELECT id, 2023, 'city', 'assigned', substr(code, 7)::int * 100, 'x', date '2023-01-01', 'UBND', changed_by FROM project UNION ALL
		SELECT id, 2023, 'city', 'adjusted', -50, 'x', '2023-01-01', 'UBND', changed_by FROM project WHERE code = '0000001' UNION ALL
		SELECT id, 2023, 'city', 'advanced', 9999, 'x', '2023-01-01', 'UBND', changed_by FROM project WHERE code = '0000001' UNION ALL
		SELECT id, 2022, 'city', 'assigned', 7777, 'x', '2022-01-01', 'UBND', changed_by FROM project`)
	for _, c := range []struct {
		why  string
		f    project.Filter
		q    listing.Query
		want string
	}{
		{"everything, by code", project.Filter{}, listing.Query{}, "1 2 3"},
		{"without marks", project.Filter{}, listing.Query{Text: "duong truc chinh phieng my"}, "3"},
		{"in capitals with marks", project.Filter{}, listing.Query{Text: "PHIÊNG MY"}, "3"},
		{"in decomposed letters", project.Filter{}, listing.Query{Text: "Phie\u0302ng"}, "3"},
		{"the beginning of a code", project.Filter{}, listing.Query{Text: "000000"}, "1 2 3"},
		{"the end of a code", project.Filter{}, listing.Query{Text: "0003"}, ""},
		{"a sign of the pattern language", project.Filter{}, listing.Query{Text: "100%"}, "2"},
		{"only such a sign", project.Filter{}, listing.Query{Text: "%"}, "2"},
		{"another such sign", project.Filter{}, listing.Query{Text: "_"}, ""},
		{"a backslash", project.Filter{}, listing.Query{Text: `\`}, ""},
		{"an attempt", project.Filter{}, listing.Query{Text: "' OR 1=1 --"}, ""},
		{"by total", project.Filter{}, listing.Query{Sort: "total"}, "1 3 2"},
		{"by total, falling", project.Filter{}, listing.Query{Sort: "total", Desc: true}, "2 3 1"},
		{"by the plan of the year", project.Filter{Year: 2023}, listing.Query{Sort: "plan", Desc: true}, "3 2 1"},
		{"by unit, then code", project.Filter{}, listing.Query{Sort: "unit", Desc: true}, "2 1 3"},
		{"by what nobody may sort", project.Filter{}, listing.Query{Sort: "u.name; DROP TABLE project"}, "1 2 3"},
		{"group", project.Filter{Group: "A"}, listing.Query{}, "1"},
		{"sector", project.Filter{Sector: "transport"}, listing.Query{}, "2 3"},
		{"state", project.Filter{State: "completed"}, listing.Query{}, "2"},
		{"ward", project.Filter{Ward: "01843"}, listing.Query{}, "1"},
		{"with clearance", project.Filter{Clearance: true}, listing.Query{}, "1"},
		{"two filters", project.Filter{Sector: "transport", State: "building"}, listing.Query{}, "3"},
		{"after a code", project.Filter{}, listing.Query{After: "0000001"}, "2 3"},
		{"a page of one", project.Filter{}, listing.Query{Per: 1, Page: 2}, "2"},
		{"beyond the end", project.Filter{}, listing.Query{Per: 1, Page: 4}, ""},
	} {
		answer, err := w.List(t.Context(), w.leader, c.f, c.q)
		w.must(err)
		var got []string
		for _, code := range codes(answer) {
			got = append(got, strings.TrimLeft(code, "0"))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.why, got, c.want)
		}
	}
	answer, err := w.List(t.Context(), w.leader, project.Filter{Year: 2023}, listing.Query{Text: "Cầu"})
	if w.must(err); answer.Items[0].Plan != 50 || answer.Total != 1 {
		t.Errorf("plan of 2023 is %s: what was advanced and other years' money is no plan", answer.Items[0].Plan)
	}
}

func TestCountingStopsAtTheCap(t *testing.T) {
	w := newWorld(t)
	w.sql(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		SELECT lpad(i::text, 7, '0'), 'Công trình ' || i, 'C', 'urban', $1, 'Ban', 2022, 2024, 1, 'building', $2 FROM generate_series(1, 10100) i`, w.lan.Unit, w.lan.ID)
	answer, err := w.List(t.Context(), w.lan, project.Filter{}, listing.Query{Page: 5000})
	if w.must(err); answer.Total != 10001 || !answer.Capped() || answer.Pages() != 200 || len(answer.Items) != 50 {
		t.Errorf("total %d, %d pages, %d rows", answer.Total, answer.Pages(), len(answer.Items))
	}
	last := fmt.Sprintf("%07d", 10098)
	if answer, err = w.List(t.Context(), w.lan, project.Filter{}, listing.Query{After: last}); err != nil || len(answer.Items) != 2 {
		t.Errorf("the API reads past the cap: %d, %v", len(answer.Items), err)
	}
}

func TestEveryChangeIsInTheLog(t *testing.T) {
	w := newWorld(t)
	p := w.create(w.lan, input("0041207", "Đường"))
	renamed := input("0041207", "Đường Phiêng My")
	renamed.ValidFrom, renamed.Reason = w.today, "đổi tên"
	w.must(w.Update(t.Context(), w.lan, p.Version, renamed, w.today))
	w.must(w.AddDecision(t.Context(), w.lan, "0041207", decision("12/QĐ", "2023-03-01", 1), w.today))
	rows, err := w.Log.History(t.Context(), "project", "0041207", 9)
	w.must(err)
	var acts []string
	for _, r := range rows {
		acts = append(acts, r.Act+" "+r.ActorName)
	}
	if !slices.Equal(acts, []string{"project.decide lan", "project.update lan", "project.create lan"}) || !strings.Contains(*rows[1].Before, `"Đường"`) {
		t.Errorf("log %v", acts)
	}
}
