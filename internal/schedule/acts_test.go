package schedule_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/legal"
	"matbang/internal/listing"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/schedule"
)

// office is two units with a work each, the people who enter plans, and the head who fixes them.
type office struct {
	t                       *testing.T
	db                      *postgres.DB
	room                    schedule.Schedules
	lan, hoa, other, head   actor.Actor
	both                    actor.Actor // may enter and fix
	today                   day.Date
	work, second, elsewhere string
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db := pgtest.Open(t)
	o := &office{t: t, db: db, room: schedule.Schedules{DB: db, Log: audit.Log{DB: db}, Rules: legal.Rules{DB: db}}, today: day.Must("2023-12-31"),
		work: "0000001", second: "0000002", elsewhere: "0000003"}
	o.exec(`INSERT INTO unit (code, name, kind) VALUES ('U1', 'Ban QLDA', 'management'), ('U2', 'Phòng khác', 'management')`)
	enter := map[actor.Permission]actor.Reach{schedule.Read: actor.Unit, schedule.Edit: actor.Unit}
	fix := map[actor.Permission]actor.Reach{schedule.Read: actor.All, schedule.Baseline: actor.All}
	all := maps.Clone(fix)
	all[schedule.Edit] = actor.All
	o.lan, o.hoa, o.other = o.person("lan", 1, enter), o.person("hoa", 1, enter), o.person("other", 2, enter)
	o.head, o.both = o.person("head", 2, fix), o.person("both", 2, all)
	for i, code := range []string{o.work, o.second, o.elsewhere} {
		o.exec(`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
			VALUES ($1, 'Công trình ' || $1, 'C', 'transport', $2, 'UBND', 2022, 2024, 5000, 'building', 1)`, code, 1+i/2)
	}
	o.exec(`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('NB', 'office', 'Nội bộ', '2020-01-01', '')`)
	o.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NB', 'forecast_months', 6, 'month', '2020-01-01', '', true)`)
	return o
}

func (o *office) exec(query string, args ...any) {
	o.t.Helper()
	if _, err := o.db.Pool().ExecContext(o.t.Context(), query, args...); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) person(name string, unit id.Unit, grants map[actor.Permission]actor.Reach) actor.Actor {
	o.t.Helper()
	who := actor.Actor{Username: name, Name: name, Unit: unit, Grants: grants}
	o.must(o.db.Read(o.t.Context()).GetContext(o.t.Context(), &who.ID,
		`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ($1, $1, '', $2) RETURNING id`, name, unit))
	return who
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) plan(code string) schedule.Plan {
	o.t.Helper()
	p, err := o.room.Plan(o.t.Context(), o.head, code)
	o.must(err)
	return p
}

func (o *office) save(who actor.Actor, code string, version int, rows ...schedule.Row) error {
	return o.room.Save(o.t.Context(), who, code, version, rows)
}

func (o *office) fix(who actor.Actor, code, reason string) error {
	_, err := o.room.Fix(o.t.Context(), who, code, o.plan(code).Version, reason, o.today)
	return err
}

func (o *office) record(code string, entries ...schedule.Entry) error {
	return o.room.Record(o.t.Context(), o.lan, []schedule.WorkEntries{{Code: code, Entries: entries}}, o.today)
}

func (o *office) invariantsHold() {
	o.t.Helper()
	results, err := invariant.RunAll(o.t.Context(), o.db, schedule.Invariants())
	o.must(err)
	for _, r := range results {
		for _, f := range r.Faults {
			o.t.Errorf("%s: %s", r.Name, f)
		}
	}
}

// rows are a plan of 40 % and 60 %.
func rows() []schedule.Row {
	return []schedule.Row{{Name: "Nền", WeightBP: 4000, Start: day.Must("2023-01-01"), End: day.Must("2023-03-31")},
		{Name: "Mặt", WeightBP: 6000, Start: day.Must("2023-04-01"), End: day.Must("2023-12-31")}}
}

// again names the standing milestones in their order.
func again(rows ...schedule.Row) []schedule.Row {
	for i := range rows {
		rows[i].Was = i + 1
	}
	return rows
}

func entry(rank int, on string, bp int) schedule.Entry {
	return schedule.Entry{Rank: rank, On: day.Must(on), DoneBP: bp}
}

func wants(t *testing.T, why string, err error, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", why, err, want)
	}
}

func TestAPlanIsEnteredFixedAndMoved(t *testing.T) {
	o := newOffice(t)
	o.must(o.save(o.lan, o.work, 0, rows()[0]))
	if p := o.plan(o.work); p.Version != 1 || len(p.Milestones) != 1 || p.EnteredBP() != 4000 {
		t.Fatalf("%+v", p)
	}
	wants(t, "4,000 is no whole", o.fix(o.head, o.work, ""), fault.Conflicting("schedule.weights_not_whole"))
	both := rows()
	both[0].Was = 1
	o.must(o.save(o.lan, o.work, 1, both...))
	o.must(o.fix(o.head, o.work, ""))
	wants(t, "the same again", o.fix(o.head, o.work, "x"), schedule.ErrSame)

	moved := again(rows()...)
	moved[0], moved[1] = moved[1], moved[0]
	moved[0].End, moved[0].Name = day.Must("2024-02-29"), "Mặt đường"
	o.must(o.save(o.lan, o.work, o.plan(o.work).Version, moved...))
	p := o.plan(o.work)
	f := p.Facts(o.today, 6)
	if p.Milestones[0].Name != "Mặt đường" || p.Baselines[0].Milestones[0].Name != "Mặt" || f.SlipDays != 60 || f.PlannedBP != 10000 {
		t.Errorf("the plan moves and the baseline does not: %+v %+v", p.Milestones, p.Baselines[0].Milestones)
	}
	wants(t, "a later one without a reason", o.fix(o.head, o.work, " "), fault.InvalidField("", ""))
	o.must(o.fix(o.head, o.work, "QĐ điều chỉnh"))
	p = o.plan(o.work)
	if len(p.Baselines) != 2 || p.Baselines[0].Milestones[1].End != day.Must("2023-03-31") || p.Baselines[1].Reason != "QĐ điều chỉnh" {
		t.Errorf("%+v", p.Baselines)
	}
	o.invariantsHold()
}

func TestWhoEnteredNeverFixes(t *testing.T) {
	o := newOffice(t)
	o.must(o.save(o.both, o.work, 0, rows()...))
	wants(t, "the same person", o.fix(o.both, o.work, ""), schedule.ErrOwn)
	o.must(o.save(o.lan, o.work, 1, again(rows()...)...))
	wants(t, "the same person, once another has touched the plan", o.fix(o.both, o.work, ""), schedule.ErrOwn)
	o.must(o.fix(o.head, o.work, ""))
	later := again(rows()...)
	later[1].End = later[1].End.Add(30)
	o.must(o.save(o.lan, o.work, o.plan(o.work).Version, later...))
	o.must(o.fix(o.both, o.work, "kéo dài")) // had no hand in what changed since the last baseline
	later[1].End = later[1].End.Add(30)
	o.must(o.save(o.lan, o.work, o.plan(o.work).Version, later...))
	o.must(o.record(o.work, entry(1, "2023-02-01", 100)))
	_, err := o.db.Pool().ExecContext(t.Context(), `INSERT INTO schedule_baseline (project_id, number, fixed_on, edited_by, fixed_by, reason)
		SELECT project_id, 3, '2023-12-31', $1, edited_by, 'x' FROM schedule`, o.head.ID)
	if err == nil {
		t.Error("the database takes a baseline fixed by the person who entered the plan")
	}
	_, err = o.db.Pool().ExecContext(t.Context(), `INSERT INTO schedule_baseline (project_id, number, fixed_on, edited_by, fixed_by, reason)
		SELECT project_id, 3, '2023-12-31', edited_by, $1, 'x' FROM schedule`, o.head.ID)
	if err == nil {
		t.Error("the database takes a baseline whose weights make nothing")
	}
}

func TestHistoryIsNeverChanged(t *testing.T) {
	o := newOffice(t)
	o.must(o.save(o.lan, o.work, 0, rows()...))
	o.must(o.fix(o.head, o.work, ""))
	o.must(o.record(o.work, entry(1, "2023-02-01", 5000)))
	for _, q := range []string{`UPDATE milestone_progress SET done_bp = 1`, `DELETE FROM milestone_progress`, `UPDATE schedule_baseline SET reason = 'x'`,
		`UPDATE baseline_milestone SET weight_bp = 1`, `DELETE FROM baseline_milestone`} {
		if _, err := o.db.Pool().ExecContext(t.Context(), q); err == nil {
			t.Errorf("%s is taken", q)
		}
	}
}

func TestOnlyTheirOwnWorks(t *testing.T) {
	o := newOffice(t)
	o.must(o.save(o.lan, o.work, 0, rows()...))
	_, err := o.room.Plan(t.Context(), o.other, o.work)
	wants(t, "read from another unit", err, schedule.ErrMissing)
	wants(t, "saved from another unit", o.save(o.other, o.work, 1, again(rows()...)...), schedule.ErrMissing)
	wants(t, "recorded from another unit", o.room.Record(t.Context(), o.other, []schedule.WorkEntries{{Code: o.work, Entries: []schedule.Entry{entry(1, "2023-02-01", 1)}}}, o.today), schedule.ErrMissing)
	_, err = o.room.Fix(t.Context(), o.lan, o.work, 1, "", o.today)
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a planner fixes: %v", err)
	}
	wants(t, "recorded before there are milestones", o.record(o.second, entry(1, "2023-02-01", 1)), schedule.ErrNone)
	wants(t, "one of two works lies elsewhere", o.room.Record(t.Context(), o.lan, []schedule.WorkEntries{
		{Code: o.work, Entries: []schedule.Entry{entry(1, "2023-02-01", 1)}}, {Code: o.elsewhere, Entries: []schedule.Entry{entry(1, "2023-02-01", 1)}}}, o.today), schedule.ErrMissing)
	if p := o.plan(o.work); len(p.History) != 0 || p.Version != 1 {
		t.Errorf("all or none: %+v", p)
	}
	answer, err := o.room.Portfolio(t.Context(), o.other, schedule.Filter{}, listing.Query{}, o.today)
	o.must(err)
	if len(answer.List.Items) != 0 {
		t.Error("the portfolio shows another unit's work")
	}
}

func TestTwoPeopleAtOnce(t *testing.T) {
	o := newOffice(t)
	outcomes := make([]error, 6)
	var together sync.WaitGroup
	for i := range outcomes {
		together.Go(func() {
			who := []actor.Actor{o.lan, o.hoa}[i%2]
			outcomes[i] = o.save(who, o.work, 0, rows()...)
		})
	}
	together.Wait()
	done := 0
	for _, err := range outcomes {
		switch {
		case err == nil:
			done++
		case fault.KindOf(err) != fault.Changed:
			t.Error(err)
		}
	}
	if p := o.plan(o.work); done != 1 || p.Version != 1 || len(p.Milestones) != 2 {
		t.Errorf("%d of six first plans were taken: %+v", done, p.Milestones)
	}
	// A plan saved while the head looks at the one before is not fixed unseen.
	seen := o.plan(o.work).Version
	moved := again(rows()...)
	moved[1].End = day.Must("2024-12-31")
	o.must(o.save(o.hoa, o.work, seen, moved...))
	if _, err := o.room.Fix(t.Context(), o.head, o.work, seen, "", o.today); fault.KindOf(err) != fault.Changed {
		t.Errorf("fixed what nobody looked at: %v", err)
	}
}

func TestProgressEnteredLateAndTakenBack(t *testing.T) {
	o := newOffice(t)
	o.must(o.save(o.lan, o.work, 0, rows()...))
	o.must(o.fix(o.head, o.work, ""))
	o.must(o.record(o.work, entry(1, "2023-03-31", 10000), entry(2, "2023-06-30", 2000)))
	o.must(o.record(o.work, schedule.Entry{Rank: 1, On: day.Must("2023-02-28"), DoneBP: 6000, StartedOn: day.Must("2023-01-10")}))
	p := o.plan(o.work)
	if m := p.Milestones[0]; m.DoneBP != 10000 || m.StartedOn != day.Must("2023-01-10") || m.FinishedOn != day.Must("2023-03-31") {
		t.Errorf("%+v", m)
	}
	if p.Physical(day.Must("2023-02-28")) != 2400 || p.Physical(o.today) != 5200 {
		t.Errorf("%d, %d", p.Physical(day.Must("2023-02-28")), p.Physical(o.today))
	}
	if err := o.record(o.work, entry(1, "2023-12-01", 9000)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("falls without a note: %v", err)
	}
	o.must(o.record(o.work, schedule.Entry{Rank: 1, On: day.Must("2023-12-01"), DoneBP: 9000, Note: "lún, phải làm lại"}))
	if m := o.plan(o.work).Milestones[0]; m.DoneBP != 9000 || !m.FinishedOn.IsZero() {
		t.Errorf("%+v", m)
	}
	if err := o.record(o.work, entry(1, "2024-01-01", 10000)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a day to come: %v", err)
	}
	o.invariantsHold()
}

// What SQL computes for many works and what the rules compute for one is the same, on any day, through baselines and late entries.
func TestComputedIsTheSameForOneAndForMany(t *testing.T) {
	o := newOffice(t)
	random := rand.New(rand.NewPCG(7, 2023))
	o.must(o.save(o.lan, o.work, 0, rows()...))
	projects := []id.Project{1, 2, 3}
	compare := func() {
		t.Helper()
		p := o.plan(o.work)
		for range 12 {
			on := day.Must("2022-12-15").Add(random.IntN(420))
			shares, err := o.room.Computed(t.Context(), projects, on)
			o.must(err)
			share, found := shares[p.Project]
			if found != (len(p.Baselines) > 0) || found && share != p.Physical(on) || len(shares) > 1 {
				t.Fatalf("%s: %v, the rules say %d", on, shares, p.Physical(on))
			}
		}
	}
	compare()
	_, err := o.room.Fix(t.Context(), o.head, o.work, 1, "", day.Must("2022-12-20"))
	o.must(err)
	for i := range 30 {
		e := schedule.Entry{Rank: 1 + random.IntN(2), On: day.Must("2023-01-01").Add(random.IntN(365)), DoneBP: random.IntN(101) * 100, Note: "thử"}
		o.must(o.record(o.work, e))
		if i == 12 {
			changed := again(rows()...)
			changed[0].WeightBP, changed[1].WeightBP = 2500, 7500
			o.must(o.save(o.lan, o.work, o.plan(o.work).Version, changed...))
			compare()
			_, err := o.room.Fix(t.Context(), o.head, o.work, o.plan(o.work).Version, "điều chỉnh", day.Must("2023-07-01"))
			o.must(err)
		}
		compare()
		o.invariantsHold()
	}
	forecasts, err := o.room.Forecasts(t.Context(), projects, o.today)
	o.must(err)
	if len(forecasts) != 1 || forecasts[1] != o.plan(o.work).Forecast(o.today, 6) {
		t.Errorf("%+v", forecasts)
	}
}

func TestPortfolioShowsTheLatestFirst(t *testing.T) {
	o := newOffice(t)
	for _, code := range []string{o.work, o.second} {
		o.must(o.save(o.lan, code, 0, rows()...))
		o.must(o.fix(o.head, code, ""))
	}
	o.must(o.record(o.work, entry(1, "2023-03-31", 10000), entry(2, "2023-11-30", 10000)))
	o.must(o.record(o.second, entry(1, "2023-03-31", 5000)))
	o.must(o.save(o.other, o.elsewhere, 0, rows()...))
	read := func(f schedule.Filter, q listing.Query) []string {
		t.Helper()
		answer, err := o.room.Portfolio(t.Context(), o.head, f, q, o.today)
		o.must(err)
		if !maps.Equal(answer.Counts, map[string]int{"late": 1, "finished": 1, "no_baseline": 1}) && f == (schedule.Filter{Standing: f.Standing}) && q.Text == "" {
			t.Errorf("%v", answer.Counts)
		}
		var codes []string
		for _, s := range answer.List.Items {
			codes = append(codes, s.Plan.Code)
		}
		return codes
	}
	for _, c := range []struct {
		f    schedule.Filter
		q    listing.Query
		want []string
	}{
		{schedule.Filter{}, listing.Query{}, []string{o.work, o.second, o.elsewhere}},
		{schedule.Filter{}, listing.Query{Sort: "late", Desc: true}, []string{o.second, o.elsewhere, o.work}},
		{schedule.Filter{Standing: "late"}, listing.Query{}, []string{o.second}},
		{schedule.Filter{}, listing.Query{Text: "cong trinh 0000003"}, []string{o.elsewhere}},
		{schedule.Filter{State: "suspended"}, listing.Query{}, nil},
		{schedule.Filter{}, listing.Query{Per: 2, Page: 2}, []string{o.elsewhere}},
		{schedule.Filter{}, listing.Query{Per: 2, Page: 9}, nil},
	} {
		if got := read(c.f, c.q); !slices.Equal(got, c.want) {
			t.Errorf("%+v %+v: %v, want %v", c.f, c.q, got, c.want)
		}
	}
}
