package capital_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/capital"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/project"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

const (
	ours   = "7654321"
	theirs = "7654322"
)

var today = day.Must("2023-12-31") //nolint:gochecknoglobals // the day of every test

type world struct {
	capital.Capital
	t         *testing.T
	db        *postgres.DB
	lan, head actor.Actor // lan keeps the money of her unit's works; head does too, and reads every unit's works
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.Open(t)
	log := audit.Log{DB: db}
	w := &world{t: t, db: db, Capital: capital.Capital{DB: db, Log: log, Projects: project.Projects{DB: db, Log: log}}}
	for range 2 { // reference data is safe to repeat
		w.must(w.PutSource(t.Context(), capital.Source{Code: "city", Name: "Ngân sách thành phố", Rank: 2}))
		w.must(w.PutSource(t.Context(), capital.Source{Code: "province", Name: "Ngân sách tỉnh", Rank: 1}))
	}
	w.sql(`INSERT INTO unit (code, name, kind) VALUES ('BQLDA', 'Ban QLDA', 'management'), ('KHAC', 'Đơn vị khác', 'management')`)
	w.lan = w.person("lan", actor.Unit)
	w.head = w.person("head", actor.All)
	w.sql(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		SELECT c, 'Công trình', 'C', 'urban', (SELECT id FROM unit WHERE code = u), 'Ban', 2022, 2024, 1000, 'building', $1 FROM (VALUES ('7654321', 'BQLDA'), ('7654322', 'KHAC')) v(c, u)`, w.lan.ID)
	return w
}

// person keeps capital of the unit's works and reads works as far as reach goes.
func (w *world) person(name string, reach actor.Reach) actor.Actor {
	a := actor.Actor{Username: name, Name: name, Grants: map[actor.Permission]actor.Reach{capital.Read: actor.Unit, capital.Edit: actor.Unit, project.Read: reach}}
	w.get(&a.Unit, `SELECT id FROM unit WHERE code = 'BQLDA'`)
	w.get(&a.ID, `INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $1, 'x', $2) RETURNING id`, name, a.Unit)
	return a
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
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

func line(kind, number string, amount vnd.Amount) capital.Line {
	return capital.Line{Year: 2023, Source: "city", Kind: kind, Amount: amount, Number: number, DecidedOn: day.Must("2023-06-01"), Authority: "HĐND"}
}

func (w *world) plan() vnd.Amount {
	w.t.Helper()
	lines, err := w.Lines(context.Background(), w.lan, ours)
	w.must(err)
	return capital.Total(lines, 2023).Plan
}

// codeOf is the first wrong field's code, or the refusal's own.
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

func TestLinesAreAddedAndNeverChanged(t *testing.T) {
	w := newWorld(t)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 100), today))
	w.must(w.Add(t.Context(), w.lan, ours, line("adjusted", "1/NQ", -40), today)) // one decision may assign and adjust
	other := line("assigned", "1/NQ", 5)
	other.Source = "province"
	w.must(w.Add(t.Context(), w.lan, ours, other, today))
	if err := w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 7), today); codeOf(err) != "decision_number capital.twice" {
		t.Errorf("told twice: %v", err)
	}
	lines, err := w.Lines(t.Context(), w.lan, ours)
	if w.must(err); len(lines) != 3 || w.plan() != 65 || lines[0].SourceName != "Ngân sách thành phố" || lines[0].RecordedBy != "lan" {
		t.Errorf("plan %s of %+v", w.plan(), lines)
	}
	for _, statement := range []string{`UPDATE capital_line SET amount = 1`, `DELETE FROM capital_line`} {
		var v *tx.Violation
		if err := w.try(statement); !errors.As(err, &v) || v.Kind != tx.Restrict {
			t.Errorf("%s: %v", statement, err)
		}
	}
	events, err := w.Log.History(t.Context(), "project", ours, 9)
	if w.must(err); len(events) != 3 || events[0].Act != "capital.add" {
		t.Errorf("%d events", len(events))
	}
}

func TestNoMoneyFallsBelowWhatIsDrawn(t *testing.T) {
	w := newWorld(t)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 100), today))
	w.sql(`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('accepts', 'x', 'x', $1)`, w.lan.Unit)
	w.sql(`INSERT INTO progress_entry (project_id, month, state, executed, estimate_month_end, disbursed, disbursed_treasury, physical_bp, entered_by, changed_by, submitted_by, accepted_by, accepted_at)
		SELECT p.id, m::date, s, 90, 0, d, 0, 0, $1, $1, $1, CASE WHEN s = 'accepted' THEN (SELECT id FROM app_user WHERE username = 'accepts') END, now()
		FROM project p CROSS JOIN (VALUES ('2023-05-01', 'accepted', 60), ('2023-06-01', 'submitted', 90), ('2022-12-01', 'accepted', 95)) v(m, s, d) WHERE p.code = $2`, w.lan.ID, ours)
	err := w.Add(t.Context(), w.lan, ours, line("adjusted", "2/NQ", -41), today)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Fields[0].Code != "capital.below_drawn" || f.Fields[0].Args[0] != vnd.Amount(59) || f.Fields[0].Args[1] != vnd.Amount(60) {
		t.Errorf("got %v", err)
	}
	w.must(w.Add(t.Context(), w.lan, ours, line("adjusted", "2/NQ", -40), today))
}

func TestWhoMayAddWhere(t *testing.T) {
	w := newWorld(t)
	nobody := actor.Actor{ID: w.lan.ID, Unit: w.lan.Unit, Grants: map[actor.Permission]actor.Reach{project.Read: actor.All}}
	unknown := line("assigned", "1/NQ", 1)
	unknown.Source = "moon"
	for _, c := range []struct {
		why, code string
		who       actor.Actor
		line      capital.Line
		want      string
	}{
		{"another unit's work", theirs, w.lan, line("assigned", "1/NQ", 1), "project.missing"},
		{"another unit's work, which one may read", theirs, w.head, line("assigned", "1/NQ", 1), "project.missing"},
		{"no such work", "0000000", w.lan, line("assigned", "1/NQ", 1), "project.missing"},
		{"without the permission", ours, nobody, line("assigned", "1/NQ", 1), "forbidden"},
		{"an unknown source", ours, w.lan, unknown, "source choose"},
		{"of the own unit", ours, w.head, line("assigned", "1/NQ", 1), ""},
	} {
		if got := codeOf(w.Add(t.Context(), c.who, c.code, c.line, today)); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	if _, err := w.Lines(t.Context(), w.head, theirs); codeOf(err) != "project.missing" {
		t.Errorf("another unit's capital is read by whoever may read its works: %v", err)
	}
	if _, err := w.Lines(t.Context(), nobody, ours); codeOf(err) != "forbidden" {
		t.Errorf("without the permission: %v", err)
	}
}

// Each of two adjustments at once fits the plan, both together do not.
func TestTwoAdjustmentsAtOnceSeeEachOther(t *testing.T) {
	w := newWorld(t)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 100), today))
	var both sync.WaitGroup
	for _, number := range []string{"2/NQ", "3/NQ", "4/NQ", "5/NQ"} {
		both.Go(func() {
			if got := codeOf(w.Add(context.Background(), w.lan, ours, line("adjusted", number, -60), today)); got != "" && got != "amount capital.below_zero" {
				t.Error(got)
			}
		})
	}
	both.Wait()
	if w.plan() != 40 {
		t.Errorf("the plan is %s", w.plan())
	}
}

func TestSourcesStandInTheirOrder(t *testing.T) {
	w := newWorld(t)
	sources, err := w.Sources(t.Context())
	if w.must(err); len(sources) != 2 || sources[0].Code != "province" {
		t.Errorf("got %+v", sources)
	}
}

// The page names both figures of a draw that does not fit, and a draw given back frees the money again.
func TestADrawSaysWhatFits(t *testing.T) {
	w := newWorld(t)
	work := w.project(ours)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 100), today))
	w.must(w.Add(t.Context(), w.lan, ours, line("carried_over", "2/NQ", 20), today))
	w.must(w.Draw(t.Context(), work, 2023, "city", 110))
	var f *fault.Fault
	if err := w.Draw(t.Context(), work, 2023, "city", 11); !errors.Is(err, capital.ErrOverDrawn) || !errors.As(err, &f) ||
		f.Args[0] != "Ngân sách thành phố" || f.Args[2] != vnd.Amount(120) || f.Args[3] != vnd.Amount(121) {
		t.Errorf("got %v", err)
	}
	w.must(w.Draw(t.Context(), work, 2023, "city", -10))
	w.must(w.Draw(t.Context(), work, 2023, "city", 20))
	for _, c := range []struct {
		why    string
		year   int
		source string
		amount vnd.Amount
		want   string
	}{
		{"a year without money", 2022, "city", 1, "capital.over_drawn"},
		{"a source nobody knows", 2023, "moon", 1, "source choose"},
		{"a year that is a slip", 20233, "city", 1, "year year_range"},
		{"back more than was drawn", 2023, "city", -121, "capital.returned_more"},
		{"more than a number holds", 2023, "city", vnd.Max + 1, "amount money_range"},
	} {
		if got := codeOf(w.Draw(t.Context(), work, c.year, c.source, c.amount)); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	w.sound()
}

// The constraints hold what a hand in the database would do.
func TestTheDatabaseHoldsToo(t *testing.T) {
	w := newWorld(t)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 900), today))
	w.must(w.Draw(t.Context(), w.project(ours), 2023, "city", 300))
	for statement, want := range map[string]string{
		`UPDATE capital_fund SET drawn = 901`: "capital_fund_drawn_within",
		`UPDATE capital_fund SET drawn = -1`:  "capital_fund_drawn_not_negative",
		`UPDATE capital_fund SET plan = 299`:  "capital_fund_drawn_within",
		`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
			SELECT project_id, 2024, source, kind, 101, '2', decided_on, authority, recorded_by FROM capital_line`: "capital_within_investment",
		`UPDATE project SET total_investment = 899 WHERE code = '7654321'`: "capital_within_investment",
	} {
		var v *tx.Violation
		if err := w.try(statement); !errors.As(err, &v) || v.Constraint != want {
			t.Errorf("%s: %v", statement, err)
		}
	}
	w.sql(`UPDATE project SET total_investment = 900 WHERE code = '7654321'`)
	if got := codeOf(w.Add(t.Context(), w.lan, ours, line("assigned", "2/NQ", 1), today)); got != "amount capital.over_total" {
		t.Error(got)
	}
}

// What a medium-term decision of one year and its period does: refused below its years, append only, not for another unit's work.
func TestMediumTerm(t *testing.T) {
	w := newWorld(t)
	medium := func(kind, number string, amount vnd.Amount) capital.MediumLine {
		return capital.MediumLine{From: 2021, Source: "city", Kind: kind, Amount: amount, Number: number, DecidedOn: day.Must("2021-08-01"), Authority: "HĐND"}
	}
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 100), today))
	if got := codeOf(w.AddMedium(t.Context(), w.lan, ours, medium("assigned", "1/NQ", 99), today)); got != "amount capital.below_years" {
		t.Error(got)
	}
	w.must(w.AddMedium(t.Context(), w.lan, ours, medium("assigned", "1/NQ", 150), today))
	if got := codeOf(w.AddMedium(t.Context(), w.lan, ours, medium("assigned", "1/NQ", 1), today)); got != "decision_number capital.twice" {
		t.Error(got)
	}
	if got := codeOf(w.Add(t.Context(), w.lan, ours, line("assigned", "2/NQ", 51), today)); got != "amount capital.over_medium" {
		t.Error(got)
	}
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "2/NQ", 50), today))
	if got := codeOf(w.AddMedium(t.Context(), w.lan, theirs, medium("assigned", "1/NQ", 1), today)); got != "project.missing" {
		t.Error(got)
	}
	var v *tx.Violation
	if err := w.try(`DELETE FROM medium_term_line`); !errors.As(err, &v) || v.Constraint != "medium_term_line_append_only" {
		t.Error(err)
	}
	view, err := w.View(t.Context(), w.lan, ours)
	if w.must(err); len(view.Periods()) != 1 || view.Periods()[0].Left != 0 || view.From != 2022 || view.To != 2024 {
		t.Errorf("%+v", view)
	}
}

// Of many lines none is kept when one is wrong, and each wrong one is named by its place.
func TestManyLinesAllOrNone(t *testing.T) {
	w := newWorld(t)
	of := func(code string, l capital.Line) capital.Of[capital.Line] {
		return capital.Of[capital.Line]{Code: code, Line: l}
	}
	err := w.AddAll(t.Context(), w.lan, []capital.Of[capital.Line]{of(ours, line("assigned", "1/NQ", 100)), of(theirs, line("assigned", "1/NQ", 1)),
		of(ours, line("assigned", "1/NQ", 1)), of(ours, line("gift", "3/NQ", 1)), of(ours, line("adjusted", "4/NQ", -40))}, today)
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Fatal(err)
	}
	var told []string
	for _, field := range f.Fields {
		told = append(told, field.Name+" "+field.Code)
	}
	want := "1.code project.missing, 3.capital_kind choose, 0.decision_number capital.twice, 2.decision_number capital.twice"
	if got := strings.Join(told, ", "); got != want || w.plan() != 0 {
		t.Errorf("%s, plan %s", got, w.plan())
	}
	w.must(w.AddAll(t.Context(), w.lan, []capital.Of[capital.Line]{of(ours, line("adjusted", "4/NQ", -40)), of(ours, line("assigned", "1/NQ", 100))}, today))
	if w.plan() != 60 {
		t.Errorf("plan %s", w.plan())
	}
	w.sound()
}

func TestMonthsOfAYear(t *testing.T) {
	w := newWorld(t)
	w.must(w.Add(t.Context(), w.lan, ours, line("assigned", "1/NQ", 120), today))
	save := func(version int, m capital.Months) string {
		return codeOf(w.SaveMonths(t.Context(), w.lan, ours, 2023, version, m))
	}
	works := []id.Project{w.project(ours)}
	curve, err := w.PlanCurve(t.Context(), works, 2023)
	if w.must(err); curve.Straight != 1 || curve.Months[0] != 10 || curve.Months[11] != 120 || curve.Months[12] != 120 {
		t.Errorf("straight: %+v", curve)
	}
	if got := save(0, capital.Months{60, 61}); got != "capital.months_above" {
		t.Error(got)
	}
	if got := save(0, capital.Months{11: 100, 12: 20}); got != "" {
		t.Error(got)
	}
	if got := save(0, capital.Months{11: 1}); got != "changed_meanwhile" {
		t.Error(got)
	}
	if curve, err = w.PlanCurve(t.Context(), nil, 2023); err != nil || curve.Straight != 0 || curve.Works != 1 || curve.Months[10] != 0 || curve.Months[11] != 100 || curve.Months[12] != 120 {
		t.Errorf("planned: %+v %v", curve, err)
	}
	plan, err := w.MonthPlan(t.Context(), w.lan, ours, 2023)
	if w.must(err); !plan.Entered || plan.Version != 1 || plan.Rest() != 0 || plan.ChangedBy != "lan" {
		t.Errorf("%+v", plan)
	}
	if got := save(1, capital.Months{}); got != "" {
		t.Error(got)
	}
	if plan, err = w.MonthPlan(t.Context(), w.lan, ours, 2023); err != nil || plan.Entered || plan.Version != 2 {
		t.Errorf("taken back: %+v %v", plan, err)
	}
	if _, err := w.MonthPlan(t.Context(), w.head, theirs, 2023); codeOf(err) != "project.missing" {
		t.Errorf("another unit's months: %v", err)
	}
}
