package land_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/land"
	"matbang/internal/listing"
)

func areaOf(wholeMetres int) area.Area { return area.Area(wholeMetres) }

func TestOpenCase(t *testing.T) {
	w := newWorld(t)
	in := newCase("Nông Văn Bảo", "17 + 175")
	in.Parcels = append(in.Parcels, parcel("263A", 500, 50))
	code := w.mustOpen(t, in)
	if code != "7654321-0001" {
		t.Errorf("code %s", code)
	}
	d, err := w.Case(t.Context(), w.lan, code)
	must(t, err)
	if d.RecoveredArea.String() != "150,00" || d.RuleSet != "2013" || len(d.Parties) != 1 || d.Holder.Code != "NSD-000001" {
		t.Errorf("got %+v", d)
	}
	if d.Parcels[0].Number != "17+175" || d.Parcels[1].Number != "263A" {
		t.Errorf("parcels %+v", d.Parcels)
	}
	again := newCase("", "20")
	again.Project, again.HolderCode = secondly, d.Holder.Code
	if second := w.mustOpen(t, again); second != "7654322-0001" {
		t.Errorf("the second work's code is %s", second)
	}
	holder, err := w.Holder(t.Context(), w.lan, d.Holder.Code)
	if must(t, err); len(holder.Cases) != 2 {
		t.Errorf("one holder in two works has %d cases", len(holder.Cases))
	}
}

func TestOpenCaseRefuses(t *testing.T) {
	w := newWorld(t)
	w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	for _, c := range []struct {
		why    string
		change func(*land.NewCase)
		want   string
	}{
		{"a work that recovers no land", func(in *land.NewCase) { in.Project = pavement }, "project land.project_without_clearance"},
		{"a work of another unit", func(in *land.NewCase) { in.Project = elsewhere }, "project project.missing"},
		{"no such work", func(in *land.NewCase) { in.Project = "0000000" }, "project project.missing"},
		{"the same holder twice", func(in *land.NewCase) { in.HolderCode = "NSD-000001" }, "holder_code land.holder_twice"},
		{"an unknown holder", func(in *land.NewCase) { in.HolderCode = "NSD-999999" }, "holder_code land.holder_unknown"},
		{"more than is left of a parcel", func(in *land.NewCase) { in.Parcels[0] = parcel("17+175", 300, 201) }, "parcels.0.recovered land.parcel_over"},
		{"another area of a known parcel", func(in *land.NewCase) { in.Parcels[0] = parcel("17+175", 301, 1) }, "parcels.0.area land.parcel_area_differs"},
		{"nothing recovered", func(in *land.NewCase) { in.Parcels[0].Recovered = 0 }, "parcels.0.recovered land.area_positive"},
		{"an unknown ward", func(in *land.NewCase) { in.Ward = "99999" }, "ward land.ward_not_of_project"},
		{"an unknown ward of residence", func(in *land.NewCase) { in.Holder.Ward = "99999" }, "holder.ward land.ward_unknown"},
		{"shares of 60 %", func(in *land.NewCase) { in.Holder.Parties[0].ShareBP = 6000 }, "holder.parties land.shares_whole"},
		{"tomorrow", func(in *land.NewCase) { in.OpenedOn = day.Must("2024-01-01") }, "opened_on day_future"},
		{"a day before any rule set", func(in *land.NewCase) { in.OpenedOn = day.Must("2010-01-01") }, "rule_set legal.no_set"},
	} {
		in := newCase("Hà Thị Mai", "99")
		c.change(&in)
		_, err := w.OpenCase(t.Context(), w.lan, in, w.today)
		if got := codesOf(err); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %v, want %s", c.why, got, c.want)
		}
	}
	if n := w.count(t, `SELECT count(*) FROM holder`); n != 1 {
		t.Errorf("refused cases left %d holders", n)
	}
}

func TestManyCasesAreAllOrNothingAndNameTheirRows(t *testing.T) {
	w := newWorld(t)
	var rows []land.NewCase
	for i := range 30 {
		rows = append(rows, newCase(fmt.Sprintf("Hộ %02d", i), fmt.Sprintf("%d", 100+i)))
	}
	rows[7].Parcels[0].Recovered = 0
	rows[29].Project = pavement
	_, err := w.OpenCases(t.Context(), w.lan, rows, w.today)
	if got := codesOf(err); !slices.Equal(got, []string{"rows.7.parcels.0.recovered land.area_positive"}) {
		t.Errorf("got %v", got)
	}
	rows[7].Parcels[0].Recovered = 100
	_, err = w.OpenCases(t.Context(), w.lan, rows, w.today)
	if found, ok := land.Rows(err); !ok || found[0].Row != 29 || found[0].Field.Name != "project" {
		t.Errorf("got %+v, %v", found, ok)
	}
	if n := w.count(t, `SELECT count(*) FROM land_case`); n != 0 {
		t.Errorf("%d cases were written", n)
	}
	rows[29].Project = secondly
	codes, err := w.OpenCases(t.Context(), w.lan, rows, w.today)
	if must(t, err); codes[0] != "7654321-0001" || codes[28] != "7654321-0029" || codes[29] != "7654322-0001" {
		t.Errorf("codes %v", codes)
	}
	if n := w.count(t, `SELECT count(*) FROM land_case c JOIN holder h ON h.id = c.holder_id WHERE c.code = '7654321-0009' AND h.name = 'Hộ 08'`); n != 1 {
		t.Error("codes do not follow the rows")
	}
	rows[0], rows[1] = newCase("", "500"), newCase("", "501")
	rows[0].HolderCode, rows[1].HolderCode = "NSD-000030", "NSD-000030"
	_, err = w.OpenCases(t.Context(), w.lan, rows[:2], w.today)
	if got := codesOf(err); !slices.Equal(got, []string{"rows.1.holder_code land.holder_twice_rows"}) {
		t.Errorf("the same holder in two rows: %v", got)
	}
}

func TestSharesAndParcelsAreKeptByTheDatabaseToo(t *testing.T) {
	w := newWorld(t)
	w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	for name, statement := range map[string]string{
		"holder_shares_whole":       `UPDATE holder_party SET share_bp = 9999`,
		"parcel_not_over_recovered": `UPDATE case_parcel SET recovered = 300.01`,
	} {
		err := w.db.Run(t.Context(), func(ctx context.Context) error {
			_, err := w.db.Write(ctx).ExecContext(ctx, statement)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s did not hold: %v", name, err)
		}
	}
}

func TestAWardSeesItsOwnLandOnly(t *testing.T) {
	w := newWorld(t)
	own := w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	in := newCase("Hà Thị Mai", "5")
	in.Ward, in.Holder.Ward = songCau, songCau
	other := w.mustOpen(t, in)
	ctx := t.Context()

	list, err := w.Cases(ctx, w.ward, land.Filter{}, listing.Query{})
	if must(t, err); len(list.Items) != 1 || list.Total != 1 || list.Items[0].Code != own {
		t.Errorf("the ward's list is %+v", list.Items)
	}
	holders, err := w.Holders(ctx, w.ward, land.HolderFilter{}, listing.Query{})
	if must(t, err); len(holders.Items) != 1 || holders.Items[0].Name != "Nông Văn Bảo" {
		t.Errorf("the ward's holders are %+v", holders.Items)
	}
	st := land.Step{Kind: land.Notice, DoneOn: day.Must("2023-01-10"), DocumentNo: "1/TB"}
	for what, err := range map[string]error{
		"reading":    second(w.Case(ctx, w.ward, other)),
		"finding":    second(w.Find(ctx, w.ward, other)),
		"holder":     second(w.Holder(ctx, w.ward, "NSD-000002")),
		"changing":   w.UpdateCase(ctx, w.ward, other, 1, land.CaseChange{Parcels: in.Parcels}),
		"a step":     w.RecordStep(ctx, w.ward, other, st, w.today),
		"withdrawal": w.WithdrawStep(ctx, w.ward, other, land.Notice, "nhầm"),
		"its person": w.UpdateHolder(ctx, w.ward, "NSD-000002", 1, in.Holder, w.today),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s in another ward: %v, want not found", what, err)
		}
	}
	in.Holder.Name = "Người khác"
	if _, err := w.OpenCase(ctx, w.ward, in, w.today); !slices.Equal(codesOf(err), []string{"ward land.ward_other"}) {
		t.Errorf("a case in another ward: %v", err)
	}
	must(t, w.RecordStep(ctx, w.ward, own, st, w.today))
}

func second[T any](_ T, err error) error { return err }

func TestReadersChangeNothing(t *testing.T) {
	w := newWorld(t)
	code := w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	ctx := t.Context()
	for what, err := range map[string]error{
		"open":     second(w.OpenCase(ctx, w.leader, newCase("A", "1"), w.today)),
		"change":   w.UpdateCase(ctx, w.leader, code, 1, land.CaseChange{}),
		"step":     w.RecordStep(ctx, w.leader, code, land.Step{}, w.today),
		"withdraw": w.WithdrawStep(ctx, w.leader, code, land.Notice, "x"),
		"holder":   second(w.AddHolder(ctx, w.leader, household("A", ducXuan), w.today)),
		"numbers":  second(w.OpenNumbers(ctx, w.leader, "NSD-000001", "xem")),
	} {
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v, want forbidden", what, err)
		}
	}
}

func TestTheSecondPersonIsToldWhoChangedTheCase(t *testing.T) {
	w := newWorld(t)
	code := w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	change := land.CaseChange{Note: "đã đo lại", Parcels: []land.Parcel{parcel("17+175", 320, 120)}}
	must(t, w.UpdateCase(t.Context(), w.lan, code, 1, change))
	err := w.UpdateCase(t.Context(), w.minh, code, 1, land.CaseChange{Parcels: change.Parcels})
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Changed || f.Args[0] != "Hoàng Thị Lan" {
		t.Fatalf("got %v", err)
	}
	if when, ok := f.Args[1].(time.Time); !ok || time.Since(when) > time.Minute {
		t.Errorf("when: %v", f.Args[1])
	}
	d, err := w.Case(t.Context(), w.lan, code)
	if must(t, err); d.Note != "đã đo lại" || d.RecoveredArea != 12000 || d.Parcels[0].Area != 32000 {
		t.Errorf("got %+v %+v", d.Case, d.Parcels)
	}
}

func TestParcelsStandStillOnceAPlanHasLeftItsDraft(t *testing.T) {
	w := newWorld(t)
	code := w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	w.sql(t, `INSERT INTO plan (code, project_id, name, rule_set, state, drafted_by, changed_by)
		SELECT 'PA-01', p.id, 'Đợt 1', '2013', 'draft', u.id, u.id FROM project p, app_user u WHERE p.code = $1 AND u.username = 'lan'`, works)
	w.sql(t, `INSERT INTO award (plan_id, project_id, case_id) SELECT pl.id, pl.project_id, c.id FROM plan pl, land_case c`)
	same, other := []land.Parcel{parcel("17+175", 300, 100)}, []land.Parcel{parcel("17+175", 300, 90)}
	must(t, w.UpdateCase(t.Context(), w.lan, code, 1, land.CaseChange{Parcels: other}))
	must(t, w.UpdateCase(t.Context(), w.lan, code, 2, land.CaseChange{Parcels: same}))
	w.sql(t, `UPDATE plan SET state = 'submitted'`)
	if err := w.UpdateCase(t.Context(), w.lan, code, 3, land.CaseChange{Parcels: other}); !slices.Equal(codesOf(err), []string{"land.case_in_plan"}) {
		t.Errorf("parcels changed under a plan: %v", err)
	}
	must(t, w.UpdateCase(t.Context(), w.lan, code, 3, land.CaseChange{Parcels: same, Note: "ghi chú vẫn sửa được"}))
}

func TestSearchAndFilters(t *testing.T) {
	w := newWorld(t)
	first := w.mustOpen(t, newCase("Nguyễn Thị Hường", "17+175"))
	in := newCase("HTX Đoàn Kết 100%", "263A")
	in.Holder.Kind = "organisation"
	other := w.mustOpen(t, in)
	must(t, w.RecordStep(t.Context(), w.lan, first, land.Step{Kind: land.Notice, DoneOn: day.Must("2023-01-10"), DocumentNo: "1/TB"}, w.today))
	for _, c := range []struct {
		text string
		f    land.Filter
		want string
	}{
		{"nguyen thi huong", land.Filter{}, first}, {"HƯỜNG", land.Filter{}, first}, {"17+175", land.Filter{}, first}, {"263a", land.Filter{}, other},
		{other, land.Filter{}, other}, {"0%", land.Filter{}, other}, {"_", land.Filter{}, ""}, {"", land.Filter{HolderKind: "organisation"}, other},
		{"", land.Filter{Step: land.Notice}, first}, {"", land.Filter{Step: "none"}, other}, {"", land.Filter{Award: "yes"}, ""}, {"", land.Filter{Project: secondly}, ""},
	} {
		list, err := w.Cases(t.Context(), w.lan, c.f, listing.Query{Text: c.text})
		must(t, err)
		var got []string
		for _, row := range list.Items {
			got = append(got, row.Code)
		}
		if strings.Join(got, ",") != c.want || list.Total != len(got) {
			t.Errorf("%q %+v: %v of %d, want %s", c.text, c.f, got, list.Total, c.want)
		}
	}
	for _, sort := range []string{"", "code", "holder", "area", "ward", "project", "opened"} {
		list, err := w.Cases(t.Context(), w.lan, land.Filter{}, listing.Query{Sort: sort, Desc: true})
		if must(t, err); len(list.Items) != 2 {
			t.Errorf("sorted by %q: %d", sort, len(list.Items))
		}
	}
}
