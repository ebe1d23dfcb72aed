package schedule

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/project"
)

func on(text string) day.Date { return day.Must(text) }

// codesOf are the names and codes of the wrong fields of a refusal, or its own code.
func codesOf(err error) []string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
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

// road is a work of two milestones, 40 % in January to March and 60 % in April to December 2023, fixed on 1 December 2022.
func road() Plan {
	p := Plan{Project: 1, Code: "0000001", State: project.Building, Version: 2, Hands: "7"}
	p.Milestones = []Milestone{
		{ID: 1, Rank: 1, Name: "Nền", WeightBP: 4000, Start: on("2023-01-01"), End: on("2023-03-31")},
		{ID: 2, Rank: 2, Name: "Mặt", WeightBP: 6000, Start: on("2023-04-01"), End: on("2023-12-31")},
	}
	p.fix("2022-12-01")
	return p
}

func (p *Plan) fix(text string) {
	b := Fixed{ID: id.Baseline(len(p.Baselines) + 1), Number: len(p.Baselines) + 1, On: on(text)}
	for _, m := range p.Milestones {
		b.Milestones = append(b.Milestones, Frozen{b.ID, m.ID, m.Rank, m.Name, m.WeightBP, m.Start, m.End})
	}
	p.Baselines = append(p.Baselines, b)
}

// done records through the rules, as an act does.
func (p *Plan) done(t *testing.T, text string, rank, bp int, note string) {
	t.Helper()
	var wrong fault.Wrong
	touched, added := p.record([]Entry{{Rank: rank, On: on(text), DoneBP: bp, Note: note}}, on("2024-12-31"), "", &wrong)
	if err := wrong.Err(); err != nil {
		t.Fatal(err)
	}
	p.Milestones[rank-1] = touched[0]
	p.History = append(p.History, added...)
	slices.SortStableFunc(p.History, func(a, b Done) int { return a.On.Sub(b.On) })
}

func TestPlannedGoesEvenlyThroughEachMilestone(t *testing.T) {
	c := road().course()
	for text, want := range map[string]int{
		"2022-12-31": 0, "2023-01-01": 44, "2023-01-31": 1378, "2023-03-31": 4000, "2023-04-01": 4022, "2023-12-30": 9978, "2023-12-31": 10000, "2024-06-01": 10000,
	} {
		if got := c.planned(on(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
	oneDay := course{{10000, on("2024-02-29"), on("2024-02-29")}}
	if oneDay.planned(on("2024-02-28")) != 0 || oneDay.planned(on("2024-02-29")) != 10000 {
		t.Error("a milestone of one day, a leap day, is all or nothing")
	}
	leap := course{{10000, on("2024-02-01"), on("2024-02-29")}}
	if got := leap.planned(on("2024-02-28")); got != 9655 {
		t.Errorf("28 of 29 days are %d", got)
	}
	undated := course{{4000, day.Date{}, day.Date{}}, {6000, on("2023-01-01"), on("2023-01-10")}}
	if got := undated.planned(on("2025-01-01")); got != 6000 {
		t.Errorf("a milestone without days is planned at no time: %d", got)
	}
}

// What is planned never falls, ends at the whole, and "late" leads back to the day that planned the share.
func TestPlannedAndLateAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(2023, 3))
	for range 300 {
		var c course
		left := Whole
		for left > 0 {
			weight := min(left, 1+random.IntN(4000))
			start := on("2022-01-01").Add(random.IntN(700))
			c = append(c, stretch{weight, start, start.Add(random.IntN(300))})
			left -= weight
		}
		before := 0
		for d := c.first().Add(-2); !d.After(c.last().Add(2)); d = d.Add(1 + random.IntN(9)) {
			now := c.planned(d)
			if now < before || now > Whole {
				t.Fatalf("planned falls from %d to %d on %s: %v", before, now, d, c)
			}
			before = now
			share := random.IntN(Whole + 1)
			days := c.late(share, d)
			there := c.planned(d.Add(-days))
			next := c.planned(d.Add(-days + 1))
			switch {
			case days > 0 && (there > share || next <= share), days < 0 && (there < share || c.planned(d.Add(-days-1)) >= share), days == 0 && there != share:
				t.Fatalf("%d done on %s is called %d days late: %d planned there, %d the day after", share, d, days, there, next)
			}
		}
		if c.planned(c.last()) != Whole || c.planned(c.first().Add(-1)) != 0 {
			t.Fatalf("the course does not go from nothing to the whole: %v", c)
		}
	}
}

func TestPhysicalIsWeighedAndOnlyWholeWhenAllIsDone(t *testing.T) {
	p := road()
	p.done(t, "2023-02-10", 1, 5000, "")
	p.done(t, "2023-04-05", 1, 10000, "")
	p.done(t, "2023-06-30", 2, 3333, "")
	for text, want := range map[string]int{"2023-02-09": 0, "2023-02-10": 2000, "2023-04-05": 4000, "2023-06-30": 6000} {
		if got := p.Physical(on(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
	almost := map[id.Milestone]int{1: 1, 2: 9999}
	if got := physical(almost, map[id.Milestone]int{1: 9000, 2: 10000}); got != 9999 {
		t.Errorf("a work with a part missing is %d", got)
	}
	if got := physical(almost, map[id.Milestone]int{1: 10000, 2: 10000}); got != 10000 {
		t.Errorf("a finished work is %d", got)
	}
	if got := physical(map[id.Milestone]int{1: 10000, 2: 0}, map[id.Milestone]int{1: 10000}); got != 10000 {
		t.Errorf("a milestone dropped by the baseline holds the work at %d", got)
	}
}

func TestALateEntryForAnEarlierDay(t *testing.T) {
	p := road()
	p.done(t, "2023-03-31", 1, 8000, "")
	p.done(t, "2023-01-31", 1, 3000, "")
	p.done(t, "2023-01-31", 1, 2500, "đo lại")
	if m := p.Milestones[0]; m.DoneBP != 8000 || m.StartedOn != on("2023-01-31") {
		t.Errorf("the newest day does not hold: %+v", m)
	}
	if got := p.Physical(on("2023-02-15")); got != 1000 {
		t.Errorf("of two rows of a day the last one does not hold: %d", got)
	}
	var wrong fault.Wrong
	p.record([]Entry{{Rank: 1, On: on("2023-02-15"), DoneBP: 9000}}, on("2023-12-31"), "", &wrong)
	if got := codesOf(wrong.Err()); !slices.Equal(got, []string{"m1.note schedule.above_later"}) {
		t.Errorf("more than a later day says, without a note: %v", got)
	}
}

func TestFinishedFollowsTheHistory(t *testing.T) {
	p := road()
	p.done(t, "2023-03-20", 1, 10000, "")
	p.done(t, "2023-04-20", 1, 10000, "")
	if m := p.Milestones[0]; m.FinishedOn != on("2023-03-20") || m.StartedOn != on("2023-03-20") {
		t.Errorf("finished on the first day it was whole: %+v", m)
	}
	p.done(t, "2023-05-01", 1, 9000, "nghiệm thu lại")
	if m := p.Milestones[0]; !m.FinishedOn.IsZero() || m.DoneBP != 9000 {
		t.Errorf("taken back: %+v", m)
	}
	p.done(t, "2023-05-20", 1, 10000, "")
	if m := p.Milestones[0]; m.FinishedOn != on("2023-05-20") {
		t.Errorf("finished again: %+v", m)
	}
}

func TestWhatAnEntryMayNotSay(t *testing.T) {
	today := on("2023-12-31")
	p := road()
	p.done(t, "2023-03-31", 1, 8000, "")
	for _, c := range []struct {
		why  string
		e    Entry
		want []string
	}{
		{"today", Entry{Rank: 1, On: today, DoneBP: 8000}, nil},
		{"tomorrow", Entry{Rank: 1, On: today.Add(1), DoneBP: 9000}, []string{"m1.on day_future"}},
		{"no day", Entry{Rank: 2, DoneBP: 0}, []string{"m2.on required"}},
		{"another century", Entry{Rank: 2, On: on("1999-12-31"), DoneBP: 1}, []string{"m2.on year_range"}},
		{"falls without a note", Entry{Rank: 1, On: today, DoneBP: 7999}, []string{"m1.note schedule.falls"}},
		{"blanks are no note", Entry{Rank: 1, On: today, DoneBP: 7999, Note: "  "}, []string{"m1.note schedule.falls"}},
		{"falls with a note", Entry{Rank: 1, On: today, DoneBP: 7999, Note: "nghiệm thu lại"}, nil},
		{"more than the whole", Entry{Rank: 2, On: today, DoneBP: 10001}, []string{"m2.done schedule.done_range", "m2.note schedule.above_later"}},
		{"less than nothing", Entry{Rank: 2, On: today, DoneBP: -1}, []string{"m2.done schedule.done_range", "m2.note schedule.falls"}},
		{"an unknown milestone", Entry{Rank: 9, On: today, DoneBP: 1}, []string{"m9.done schedule.row_unknown"}},
		{"begun earlier", Entry{Rank: 2, On: today, DoneBP: 1, StartedOn: on("2023-02-01")}, nil},
		{"begun after it was done", Entry{Rank: 1, On: today, DoneBP: 9000, StartedOn: on("2023-05-01")}, []string{"m1.started schedule.started_late"}},
	} {
		var wrong fault.Wrong
		p.record([]Entry{c.e}, today, "", &wrong)
		if got := codesOf(wrong.Err()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestWhatAPlanMayNotSay(t *testing.T) {
	draft := road()
	draft.Baselines = nil
	withWork := road()
	withWork.Baselines = nil
	withWork.done(t, "2023-03-31", 2, 100, "")
	rows := func(change func([]Row) []Row) []Row {
		return change([]Row{{1, "Nền", 4000, on("2023-01-01"), on("2023-03-31")}, {2, "Mặt", 6000, on("2023-04-01"), on("2023-12-31")}})
	}
	for _, c := range []struct {
		why    string
		plan   Plan
		change func([]Row) []Row
		want   []string
	}{
		{"unchanged", road(), func(r []Row) []Row { return r }, nil},
		{"later days after a baseline", road(), func(r []Row) []Row { r[1].End = on("2024-02-29"); return r }, nil},
		{"9,999 before a baseline", draft, func(r []Row) []Row { r[0].WeightBP = 3999; return r }, nil},
		{"9,999 after a baseline", road(), func(r []Row) []Row { r[0].WeightBP = 3999; return r }, []string{"weights schedule.weights_fixed"}},
		{"another division after a baseline", road(), func(r []Row) []Row { r[0].WeightBP, r[1].WeightBP = 5000, 5000; return r }, nil},
		{"one dropped after a baseline", road(), func(r []Row) []Row { r[0].WeightBP, r[1].WeightBP = 0, 10000; return r }, nil},
		{"no weight before a baseline", draft, func(r []Row) []Row { r[0].WeightBP = 0; return r }, []string{"m1.weight schedule.weight_range"}},
		{"without days before a baseline", draft, func(r []Row) []Row { r[0].Start, r[0].End = day.Date{}, day.Date{}; return r }, nil},
		{"without days after a baseline", road(), func(r []Row) []Row { r[0].Start, r[0].End = day.Date{}, day.Date{}; return r }, []string{"m1.start required"}},
		{"half of the days", draft, func(r []Row) []Row { r[0].End = day.Date{}; return r }, []string{"m1.end schedule.both_days"}},
		{"the end before the start", draft, func(r []Row) []Row { r[0].End = on("2022-12-31"); return r }, []string{"m1.end schedule.end_before_start"}},
		{"of one day", draft, func(r []Row) []Row { r[0].End = r[0].Start; return r }, nil},
		{"taken out of a draft", draft, func(r []Row) []Row { return r[:1] }, nil},
		{"taken out after work began", withWork, func(r []Row) []Row { return r[:1] }, []string{"milestones schedule.kept"}},
		{"taken out of a baseline", road(), func(r []Row) []Row { r[0].WeightBP = 10000; return r[:1] }, []string{"milestones schedule.kept"}},
		{"exchanged", road(), func(r []Row) []Row { return []Row{r[1], r[0]} }, nil},
		{"one twice", draft, func(r []Row) []Row { r[1].Was = 1; return r }, []string{"m2.name schedule.row_unknown"}},
		{"a new one", draft, func(r []Row) []Row { return append(r, Row{Name: "Cầu", WeightBP: 10}) }, nil},
		{"nothing", draft, func([]Row) []Row { return nil }, []string{"milestones schedule.none"}},
		{"no name", draft, func(r []Row) []Row { r[0].Name = " "; return r }, []string{"m1.name required"}},
	} {
		if got := codesOf(c.plan.check(rows(c.change))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestWhoMayFixWhat(t *testing.T) {
	const head, planner = 8, 7
	draft := road()
	draft.Baselines = nil
	for _, c := range []struct {
		why    string
		plan   Plan
		change func(*Plan)
		who    id.User
		reason string
		want   []string
	}{
		{"the first, no reason needed", draft, func(*Plan) {}, head, "", nil},
		{"by the one who entered it", draft, func(*Plan) {}, planner, "", []string{"schedule.own_plan"}},
		{"9,999", draft, func(p *Plan) { p.Milestones[0].WeightBP-- }, head, "", []string{"schedule.weights_not_whole"}},
		{"10,001", draft, func(p *Plan) { p.Milestones[0].WeightBP++ }, head, "", []string{"schedule.weights_not_whole"}},
		{"a milestone without days", draft, func(p *Plan) { p.Milestones[1].Start, p.Milestones[1].End = day.Date{}, day.Date{} }, head, "", []string{"schedule.no_days"}},
		{"nothing", draft, func(p *Plan) { p.Milestones = nil }, head, "", []string{"schedule.none"}},
		{"the same again", road(), func(*Plan) {}, head, "điều chỉnh", []string{"schedule.baseline_same"}},
		{"a later one without a reason", road(), func(p *Plan) { p.Milestones[1].End = on("2024-03-31") }, head, "", []string{"reason required"}},
		{"a later one", road(), func(p *Plan) { p.Milestones[1].End = on("2024-03-31") }, head, "điều chỉnh", nil},
	} {
		c.plan.Milestones = slices.Clone(c.plan.Milestones)
		c.change(&c.plan)
		if got := codesOf(c.plan.mayFix(c.who, c.reason)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestTwoBaselines(t *testing.T) {
	p := road()
	p.done(t, "2023-03-31", 1, 10000, "")
	p.Milestones[0].WeightBP, p.Milestones[1].WeightBP = 3000, 7000
	p.Milestones[1].End = on("2024-02-29")
	if got := p.Physical(on("2023-06-30")); got != 4000 {
		t.Errorf("weights entered count before they are fixed: %d", got)
	}
	if f := p.Facts(on("2023-06-30"), 6); f.SlipDays != 60 || f.BaselineEnd != on("2023-12-31") {
		t.Errorf("the slip of the plan against the baseline: %+v", f)
	}
	p.fix("2023-07-01")
	if before, after := p.Physical(on("2023-06-30")), p.Physical(on("2023-07-01")); before != 4000 || after != 3000 {
		t.Errorf("the weights of the baseline in force on the day: %d, %d", before, after)
	}
	f := p.Facts(on("2023-12-31"), 6)
	if f.SlipDays != 0 || f.FirstEnd != on("2023-12-31") || f.BaselineEnd != on("2024-02-29") {
		t.Errorf("the first baseline is not kept: %+v", f)
	}
	if first, _ := p.Baseline(on("2020-01-01")); first.Number != 1 {
		t.Error("before any baseline the first one is meant")
	}
}

func TestForecast(t *testing.T) {
	today := on("2023-12-31")
	even := func(t *testing.T) Plan { // 5 % of the work each month from July on
		p := road()
		p.done(t, "2023-06-30", 1, 2500, "")
		for i, text := range []string{"2023-07-31", "2023-08-31", "2023-09-30", "2023-10-31", "2023-11-30", "2023-12-31"} {
			p.done(t, text, 1, 2500+1250*(i+1), "")
		}
		return p
	}
	f := even(t).Forecast(today, 6)
	if f.Kind != Expected || f.GainBP != 3000 || f.RemainingBP != 6000 || f.Months != 6 || f.From != on("2023-06-30") {
		t.Fatalf("%+v", f)
	}
	if f.On != today.Add(368) || f.Earliest != today.Add(360) || f.Latest != today.Add(372) {
		t.Errorf("twice what took 184 days is %s; a month of 30 days is the best, one of 31 the worst: %s, %s", f.On, f.Earliest, f.Latest)
	}
	for _, c := range []struct {
		why   string
		plan  func(t *testing.T) Plan
		today day.Date
		want  Forecast
	}{
		{"suspended, though it had a pace", func(t *testing.T) Plan { p := even(t); p.State = project.Suspended; return p }, today, Forecast{Kind: Suspended}},
		{"preparing", func(t *testing.T) Plan { p := even(t); p.State = project.Preparing; return p }, today, Forecast{Kind: Preparing}},
		{"no baseline", func(t *testing.T) Plan { p := even(t); p.Baselines = nil; return p }, today, Forecast{Kind: NoBaseline}},
		{"nothing done", func(*testing.T) Plan { return road() }, today, Forecast{Kind: NotStarted}},
		{"finished early", func(t *testing.T) Plan {
			p := road()
			p.done(t, "2023-02-28", 1, 10000, "")
			p.done(t, "2023-09-02", 2, 10000, "")
			return p
		}, today, Forecast{Kind: Finished, On: on("2023-09-02")}},
		{"finished though suspended", func(t *testing.T) Plan {
			p := road()
			p.State = project.Suspended
			p.done(t, "2023-02-28", 1, 10000, "")
			p.done(t, "2023-09-02", 2, 10000, "")
			return p
		}, today, Forecast{Kind: Finished, On: on("2023-09-02")}},
		{"begun less than a month ago", func(t *testing.T) Plan { p := road(); p.done(t, "2023-12-15", 1, 100, ""); return p }, today,
			Forecast{Kind: TooNew, From: today, RemainingBP: 9960}},
	} {
		if got := c.plan(t).Forecast(c.today, 6); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.why, got, c.want)
		}
	}
	still := road()
	still.done(t, "2023-03-31", 1, 10000, "")
	if got := still.Forecast(today, 6); got.Kind != NoPace || !got.On.IsZero() || got.Months != 6 {
		t.Errorf("nothing gained in the window: %+v", got)
	}
	slow := road()
	slow.done(t, "2023-03-31", 1, 5000, "")
	slow.done(t, "2023-12-20", 1, 5003, "")
	if got := slow.Forecast(today, 6); got.Kind != TooSlow || !got.On.IsZero() {
		t.Errorf("a pace of a hundred years: %+v", got)
	}
	paused := even(t)
	paused.done(t, "2024-01-31", 1, 10000, "đã bù tháng trước")
	if got := paused.Forecast(on("2024-02-29"), 2); got.Kind != Expected || !got.Latest.IsZero() || got.From != on("2023-12-29") {
		t.Errorf("in the worst month nothing was gained, and a leap day: %+v", got)
	}
	young := road()
	young.done(t, "2023-10-31", 1, 1000, "")
	young.done(t, "2023-12-31", 1, 2000, "")
	if got := young.Forecast(today, 6); got.Months != 2 || got.From != on("2023-10-31") {
		t.Errorf("only the months since it began are measured: %+v", got)
	}
}

func TestFactsOfAWork(t *testing.T) {
	p := road()
	p.TypedBP, p.TypedMonth = 2200, day.MustMonth("2023-03")
	p.done(t, "2023-03-31", 1, 5000, "")
	f := p.Facts(on("2023-03-31"), 6)
	if f.ComputedBP != 2000 || f.PlannedBP != 4000 || f.DeviationBP != -2000 || f.DifferenceBP != -200 || f.LateDays != 45 || f.Standing() != "late" {
		t.Errorf("%+v", f)
	}
	early := road()
	early.done(t, "2023-02-28", 1, 10000, "")
	early.done(t, "2023-09-02", 2, 10000, "")
	if f := early.Facts(on("2024-06-01"), 6); f.LateDays != -120 || f.Standing() != "finished" {
		t.Errorf("a work finished early is late by %d days: %s", f.LateDays, f.Standing())
	}
}

func TestMonthsBefore(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{{"2024-03-31", 1, "2024-02-29"}, {"2023-03-31", 1, "2023-02-28"}, {"2023-12-31", 6, "2023-06-30"}, {"2024-02-29", 12, "2023-02-28"}, {"2023-05-15", 5, "2022-12-15"}} {
		if got := monthsBefore(on(c.from), c.n); got != on(c.want) {
			t.Errorf("%d months before %s: %s", c.n, c.from, got)
		}
	}
}

func TestPercentText(t *testing.T) {
	for bp, want := range map[int]string{0: "0", 9999: "99,99", 10000: "100", 9650: "96,5", 1205: "12,05", -50: "-0,5"} {
		if got := PercentText(bp); got != want {
			t.Errorf("%d: %q", bp, got)
		}
	}
}
