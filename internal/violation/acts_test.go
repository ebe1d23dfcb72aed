package violation_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/invariant"
	"matbang/internal/listing"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/tx"
	"matbang/internal/violation"
)

// world is two units, a head who may all, an officer of each unit who reads all and edits the unit's, and a ward's officer.
type world struct {
	violation.Violations
	t                     *testing.T
	db                    *postgres.DB
	head, lan, minh, ward actor.Actor
	today                 day.Date
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.Open(t)
	w := &world{t: t, db: db, today: day.Must("2023-12-31"), Violations: violation.Violations{DB: db, Log: audit.Log{DB: db}}}
	w.sql(`INSERT INTO ward (code, name, kind, valid_from, valid_to) VALUES ('01840', 'Phường Đức Xuân', 'ward', '2015-03-11', '2025-06-30'), ('01837', 'Phường Sông Cầu', 'ward', '2015-03-11', '2025-06-30'),
		('01840', 'Phường Đức Xuân (mới)', 'ward', '2025-07-01', NULL)`)
	w.sql(`INSERT INTO unit (code, name, kind) VALUES ('TCKH', 'Phòng Tài chính', 'finance'), ('STC', 'Sở', 'department')`)
	w.head, w.lan, w.minh = w.person("head", "TCKH", actor.All, actor.All), w.person("lan", "TCKH", actor.All, actor.Unit), w.person("minh", "STC", actor.All, actor.Unit)
	w.ward = w.person("ward", "STC", actor.Ward, actor.Ward)
	w.get(&w.ward.Ward, `SELECT min(id) FROM ward WHERE code = '01840'`)
	w.sql(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		VALUES ('0000001', 'Đường Phiêng My', 'C', 'transport', 1, 'UBND', 2022, 2024, 5000000, 'building', 1)`)
	return w
}

func (w *world) person(name, unit string, reads, edits actor.Reach) actor.Actor {
	a := actor.Actor{Username: name, Name: "Người " + name, Grants: map[actor.Permission]actor.Reach{violation.Read: reads, violation.Edit: edits}}
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

// wants holds that a refusal has a code, in itself or at one of its fields.
func (w *world) wants(err error, code string) {
	w.t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != code && !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Code == code }) {
		w.t.Errorf("refusal %v, want %s", err, code)
	}
}

func (w *world) whole() {
	w.t.Helper()
	results, err := invariant.RunAll(context.Background(), w.db, violation.Invariants())
	w.must(err)
	for _, r := range results {
		if len(r.Faults) > 0 {
			w.t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}

func (w *world) add(who actor.Actor, change func(*violation.Input)) string {
	w.t.Helper()
	in := violation.Input{What: "no_permit", Place: "Tổ 9, đường Trường Chinh", Ward: "01840", FoundOn: day.Must("12/01/2023"), DueOn: day.Must("15/04/2023")}
	change(&in)
	code, err := w.Add(w.t.Context(), who, in, w.today)
	w.must(err)
	return code
}

func same(*violation.Input) {}

func decided() violation.Decision {
	return violation.Decision{Number: "118/QĐ", DecidedOn: day.Must("19/01/2023"), Measure: "fine", Fine: 40_000_000}
}

func ended() violation.Handling {
	return violation.Handling{HandledOn: day.Must("28/03/2023"), Outcome: "Đã nộp phạt", Area: 8640}
}

func TestAViolationFromFindingToItsEnd(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	code := w.add(w.lan, func(in *violation.Input) { in.Place, in.Project = "  Tổ 9 ", "0000001" })
	if code != "VP-2023-01" || w.add(w.lan, same) != "VP-2023-02" || w.add(w.lan, func(in *violation.Input) { in.FoundOn = day.Must("30/12/2022") }) != "VP-2022-01" {
		t.Error("codes are not numbered by year")
	}
	v, err := w.Get(ctx, w.lan, code)
	w.must(err)
	if v.Place != "Tổ 9" || v.Kind != violation.Procedure || v.WardName != "Phường Đức Xuân" || v.Project != "0000001" || v.State(w.today) != violation.Late || v.Version != 1 {
		t.Errorf("%+v", v)
	}
	w.wants(w.Handle(ctx, w.lan, code, 1, violation.Decision{}, ended(), w.today), "violation.decision_first")
	w.must(w.Handle(ctx, w.lan, code, 1, decided(), ended(), w.today))
	v, err = w.Get(ctx, w.lan, code)
	w.must(err)
	if v.Decision != decided() || v.Handling != ended() || v.Version != 2 || v.Reason != "" {
		t.Errorf("%+v", v)
	}
	w.wants(w.Handle(ctx, w.lan, code, 2, violation.Decision{}, ended(), w.today), "violation.handled_fixed")
	again := violation.Change{Input: violation.Input{What: v.What, Place: v.Place, Ward: v.WardCode, FoundOn: v.FoundOn, Decision: decided()}, Handling: ended()}
	again.Area = 8000
	w.wants(w.Update(ctx, w.lan, code, 2, again, w.today), "violation.reason_needed")
	again.Reason = "Đo lại"
	w.must(w.Update(ctx, w.lan, code, 2, again, w.today))
	v, err = w.Get(ctx, w.lan, code)
	w.must(err)
	if v.Area != 8000 || v.Reason != "Đo lại" || v.Version != 3 || v.Project != "" {
		t.Errorf("%+v", v)
	}
	history, err := w.Log.History(ctx, "violation", code, 10)
	w.must(err)
	if len(history) != 3 || history[0].Reason != "Đo lại" {
		t.Errorf("history %+v", history)
	}
	w.whole()
}

func TestADecisionIsGivenOnce(t *testing.T) {
	w := newWorld(t)
	code := w.add(w.head, func(in *violation.Input) { in.Decision = decided() })
	other := decided()
	other.Number = "119/QĐ"
	w.wants(w.Handle(t.Context(), w.head, code, 1, other, ended(), w.today), "violation.decision_there")
	w.must(w.Handle(t.Context(), w.head, code, 1, decided(), ended(), w.today))
	w.whole()
}

func TestWhereAViolationMayLie(t *testing.T) {
	w := newWorld(t)
	in := violation.Input{What: "pavement", Place: "Vỉa hè", Ward: "01999", FoundOn: day.Must("12/01/2023")}
	_, err := w.Add(t.Context(), w.head, in, w.today)
	w.wants(err, "violation.ward_unknown")
	in.Ward, in.Project = "01840", "9999999"
	_, err = w.Add(t.Context(), w.head, in, w.today)
	w.wants(err, "violation.project_unknown")
	in.Project, in.FoundOn = "", day.Must("01/07/2025")
	code, err := w.Add(t.Context(), w.head, in, day.Must("02/07/2025"))
	w.must(err)
	if v, err := w.Get(t.Context(), w.head, code); err != nil || v.WardName != "Phường Đức Xuân (mới)" {
		t.Errorf("%s %v", v.WardName, err)
	}
}

// Whoever reads all may still change only what the own unit entered; a ward's officer sees and enters the ward's alone.
func TestScopes(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	lans := w.add(w.lan, same)
	other := w.add(w.minh, func(in *violation.Input) { in.Ward = "01837" })
	all := func(who actor.Actor) string {
		answer, err := w.List(ctx, who, violation.Filter{}, listing.Query{}, w.today)
		w.must(err)
		codes := ""
		for _, v := range answer.Items {
			codes += v.Code + " "
		}
		sums, err := w.Sums(ctx, who, violation.Filter{}, w.today)
		w.must(err)
		if sums.Found != len(answer.Items) || answer.Total != len(answer.Items) {
			t.Errorf("%s: %d rows, %d in the sums, %d counted", who.Username, len(answer.Items), sums.Found, answer.Total)
		}
		return strings.TrimSpace(codes)
	}
	if all(w.minh) != "VP-2023-01 VP-2023-02" || all(w.ward) != "VP-2023-01" {
		t.Errorf("minh %s, ward %s", all(w.minh), all(w.ward))
	}
	w.wants(w.Handle(ctx, w.minh, lans, 1, decided(), ended(), w.today), "violation.missing")
	_, err := w.Get(ctx, w.ward, other)
	w.wants(err, "violation.missing")
	for who, want := range map[string]bool{"lan": true, "minh": false, "head": true} {
		may, err := w.MayEdit(ctx, map[string]actor.Actor{"lan": w.lan, "minh": w.minh, "head": w.head}[who], lans)
		if w.must(err); may != want {
			t.Errorf("%s may edit: %v", who, may)
		}
	}
	in := violation.Input{What: "pavement", Place: "Vỉa hè", Ward: "01837", FoundOn: w.today}
	_, err = w.Add(ctx, w.ward, in, w.today)
	w.wants(err, "violation.other_scope")
	w.wants(w.Update(ctx, w.ward, lans, 1, violation.Change{Input: in}, w.today), "violation.other_scope")
	if v, err := w.Get(ctx, w.lan, lans); err != nil || v.Version != 1 || v.WardCode != "01840" {
		t.Errorf("moved out of the scope: %+v %v", v, err)
	}
	late, soon, err := w.Waiting(ctx, w.minh, w.today)
	if w.must(err); late != 1 || soon != 0 {
		t.Errorf("minh waits for %d late, %d soon", late, soon)
	}
	reader := w.person("reader", "TCKH", actor.All, actor.None)
	if late, _, err := w.Waiting(ctx, reader, w.today); err != nil || late != 0 {
		t.Errorf("a reader waits for %d %v", late, err)
	}
	if _, err := w.Add(ctx, reader, in, w.today); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a reader enters: %v", err)
	}
}

func TestTheListIsSearchedFilteredSortedAndPaged(t *testing.T) {
	w := newWorld(t)
	late := w.add(w.head, func(in *violation.Input) { in.Description = "Xây vượt tầng" })
	open := w.add(w.head, func(in *violation.Input) { in.What, in.Ward, in.DueOn = "roadway", "01837", day.Must("05/01/2024") })
	handled := w.add(w.head, func(in *violation.Input) { in.Decision = decided() })
	w.must(w.Handle(t.Context(), w.head, handled, 1, violation.Decision{}, ended(), w.today))
	before := w.add(w.head, func(in *violation.Input) { in.FoundOn, in.DueOn = day.Must("31/12/2022"), day.Date{} })
	for _, c := range []struct {
		f    violation.Filter
		q    listing.Query
		want []string
	}{
		{violation.Filter{}, listing.Query{Page: 1}, []string{late, open, before, handled}},
		{violation.Filter{State: "late"}, listing.Query{Page: 1}, []string{late}},
		{violation.Filter{State: "open", Year: 2023}, listing.Query{Page: 1}, []string{late, open}},
		{violation.Filter{State: "handled"}, listing.Query{Page: 1}, []string{handled}},
		{violation.Filter{Kind: violation.Encroachment}, listing.Query{Page: 1}, []string{open}},
		{violation.Filter{Ward: "01837"}, listing.Query{Page: 1}, []string{open}},
		{violation.Filter{Year: 2022}, listing.Query{Page: 1}, []string{before}},
		{violation.Filter{}, listing.Query{Page: 1, Text: "vuot tang"}, []string{late}},
		{violation.Filter{}, listing.Query{Page: 1, Text: "118/qd"}, []string{handled}},
		{violation.Filter{}, listing.Query{Page: 1, Text: "vp-2022"}, []string{before}},
		{violation.Filter{}, listing.Query{Page: 1, Text: "100%"}, nil},
		{violation.Filter{Year: 2023}, listing.Query{Page: 1, Sort: "found", Desc: true}, []string{handled, open, late}},
		{violation.Filter{}, listing.Query{Page: 2, Per: 3, Sort: "code"}, []string{handled}},
		{violation.Filter{}, listing.Query{After: late, Per: 2}, []string{open, handled}},
	} {
		answer, err := w.List(t.Context(), w.head, c.f, c.q, w.today)
		w.must(err)
		var got []string
		for _, v := range answer.Items {
			got = append(got, v.Code)
		}
		if c.q.Sort == "found" {
			slices.Sort(got)
			slices.Sort(c.want)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v %+v: %v, want %v", c.f, c.q, got, c.want)
		}
	}
	for _, sort := range []string{"code", "kind", "ward", "found", "due", "handled", "fine", "area"} {
		if _, err := w.List(t.Context(), w.head, violation.Filter{}, listing.Query{Page: 1, Sort: sort}, w.today); err != nil {
			t.Errorf("sort %s: %v", sort, err)
		}
	}
	sums, err := w.Sums(t.Context(), w.head, violation.Filter{Year: 2023, State: "late"}, w.today)
	if w.must(err); sums != (violation.Sums{Found: 3, Procedure: 2, Handled: 1, Open: 2, Late: 1, Area: 8640, Fines: 40_000_000}) {
		t.Errorf("%+v", sums)
	}
	years, err := w.Years(t.Context(), w.head)
	if w.must(err); !slices.Equal(years, []int{2023, 2022}) {
		t.Errorf("%v", years)
	}
}

func TestTwoPeopleAtOnce(t *testing.T) {
	w := newWorld(t)
	code := w.add(w.lan, func(in *violation.Input) { in.Decision = decided() })
	errs := make([]error, 4)
	var all sync.WaitGroup
	for i := range errs {
		all.Add(1)
		go func() {
			defer all.Done()
			end := ended()
			end.Outcome = fmt.Sprint("Cách ", i)
			errs[i] = w.Handle(context.Background(), []actor.Actor{w.head, w.lan}[i%2], code, 1, violation.Decision{}, end, w.today)
		}()
	}
	all.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case fault.KindOf(err) != fault.Changed:
			t.Errorf("%v", err)
		}
	}
	if done != 1 {
		t.Errorf("%d of them handled it", done)
	}
	w.whole()
}

func TestCodesOfManyAtOnceAreNeverTheSame(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	codes := make([]string, 6)
	for i := range codes {
		all.Add(1)
		go func() {
			defer all.Done()
			in := violation.Input{What: "pavement", Place: "Vỉa hè", Ward: "01840", FoundOn: w.today}
			codes[i], _ = w.Add(context.Background(), w.lan, in, w.today)
		}()
	}
	all.Wait()
	slices.Sort(codes)
	if len(slices.Compact(codes)) != 6 || codes[0] != "VP-2023-01" || codes[5] != "VP-2023-06" {
		t.Errorf("%v", codes)
	}
}

// The database refuses by name what the rules refuse with a sentence, and no version is ever changed.
func TestTheDatabaseHasTheLastWord(t *testing.T) {
	w := newWorld(t)
	w.add(w.lan, same)
	for statement, name := range map[string]string{
		`UPDATE violation SET handled_on = '2023-03-01', outcome = 'x', version = 2`:                                                   "violation_handled_decided",
		`UPDATE violation SET decision_number = '1', decided_on = '2023-02-01', handled_on = '2023-03-01', outcome = ' ', version = 2`: "violation_handled_decided",
		`UPDATE violation SET decision_number = '1', decided_on = '2023-02-01', handled_on = '2023-01-31', outcome = 'x', version = 2`: "violation_handled_decided",
		`UPDATE violation SET decision_number = '1', version = 2`:                                                                      "violation_decision_whole",
		`UPDATE violation SET decision_number = '1', decided_on = '2023-01-11', version = 2`:                                           "violation_decided_after_found",
		`UPDATE violation SET fine = 1, version = 2`:                                                                                   "violation_measure_decided",
		`UPDATE violation SET due_on = '2023-01-11', version = 2`:                                                                      "violation_due_order",
		`UPDATE violation SET area = 1, version = 2`:                                                                                   "violation_area_cleared",
		`UPDATE violation SET place = ' ', version = 2`:                                                                                "violation_place_given",
		`UPDATE violation SET what = 'x', version = 2`:                                                                                 "violation_what",
	} {
		var v *tx.Violation
		if err := w.try(statement); !errors.As(err, &v) || v.Constraint != name {
			t.Errorf("%s: %v, want %s", statement, err, name)
		}
	}
	for _, statement := range []string{`UPDATE violation_version SET area = 1`, `DELETE FROM violation_version`, `UPDATE violation SET due_on = NULL`} {
		if err := w.try(statement); err == nil {
			t.Errorf("%s: taken", statement)
		}
	}
	w.whole()
}

// What a report was told stays, whatever is changed later: it is asked again as of the moment it was built.
func TestAReportIsBuiltAgainAsItWasKnown(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	handled := w.add(w.head, func(in *violation.Input) { in.Decision = decided() })
	w.must(w.Handle(ctx, w.head, handled, 1, violation.Decision{}, ended(), w.today))
	late := w.add(w.head, func(in *violation.Input) { in.What, in.Place = "pavement", "Vỉa hè cũ" })
	earlier := w.add(w.head, func(in *violation.Input) { in.FoundOn, in.DueOn = day.Must("31/12/2022"), day.Date{} })
	w.add(w.head, func(in *violation.Input) { in.FoundOn, in.DueOn = day.Must("31/12/2023"), day.Must("31/12/2023") })
	summary := func(asOf string, known time.Time) (violation.YearSummary, []string) {
		t.Helper()
		sum, err := violation.Summary(ctx, w.db.Read(ctx), 2023, day.Must(asOf), known)
		w.must(err)
		rows, err := violation.Reported(ctx, w.db.Read(ctx), 2023, day.Must(asOf), known)
		w.must(err)
		var lines []string
		nLate := 0
		for _, r := range rows {
			lines = append(lines, r.Code+" "+r.Place)
			if r.Late {
				nLate++
			}
		}
		if len(rows) != sum.Open+sum.Earlier || nLate != sum.Late {
			t.Errorf("%s: annex of %d rows, %d late; sums %+v", asOf, len(rows), nLate, sum.KindSummary)
		}
		return sum, lines
	}
	sum, lines := summary("31/12/2023", time.Time{})
	if sum.KindSummary != (violation.KindSummary{Found: 3, Handled: 1, Open: 2, Late: 1, Area: 8640, Earlier: 1}) ||
		sum.Kinds[0] != (violation.KindSummary{Kind: violation.Procedure, Found: 2, Handled: 1, Open: 1, Area: 8640, Earlier: 1}) ||
		sum.Kinds[1] != (violation.KindSummary{Kind: violation.Encroachment, Found: 1, Open: 1, Late: 1}) {
		t.Errorf("%+v", sum)
	}
	if lines[0] != late+" Vỉa hè cũ" || lines[len(lines)-1] != earlier+" Tổ 9, đường Trường Chinh" {
		t.Errorf("%v", lines)
	}
	if march, _ := summary("27/03/2023", time.Time{}); march.Handled != 0 || march.Open != 2 || march.Late != 0 || march.Area != 0 {
		t.Errorf("the day before it was handled: %+v", march)
	}
	if march, _ := summary("28/03/2023", time.Time{}); march.Handled != 1 || march.Area != 8640 {
		t.Errorf("the day it was handled: %+v", march)
	}
	var known time.Time
	w.get(&known, `SELECT clock_timestamp()`)
	c := violation.Change{Input: violation.Input{What: "roadway", Place: "Lòng đường", Ward: "01837", FoundOn: day.Must("13/01/2023"), Decision: decided()}}
	w.must(w.Update(ctx, w.head, late, 1, c, w.today))
	w.must(w.Handle(ctx, w.head, late, 2, violation.Decision{}, ended(), w.today))
	again, was := summary("31/12/2023", known)
	if again.KindSummary != sum.KindSummary || !slices.Equal(was, lines) {
		t.Errorf("as known then: %+v %v", again.KindSummary, was)
	}
	if now, _ := summary("31/12/2023", time.Time{}); now.Handled != 2 || now.Late != 0 || now.Area != 2*8640 {
		t.Errorf("as known now: %+v", now.KindSummary)
	}
	w.whole()
}
