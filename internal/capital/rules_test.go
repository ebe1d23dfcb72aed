package capital

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// wrongOf are the names, codes and figures of the wrong fields of a refusal.
func wrongOf(err error) []string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	codes := make([]string, 0, len(f.Fields))
	for _, field := range f.Fields {
		code := field.Name + " " + field.Code
		for _, arg := range field.Args {
			if amount, ok := arg.(vnd.Amount); ok {
				arg = int64(amount)
			}
			code += fmt.Sprintf(" %v", arg)
		}
		codes = append(codes, code)
	}
	return codes
}

func line(year int, source, kind string, amount vnd.Amount) Line {
	return Line{Year: year, Source: source, Kind: kind, Amount: amount, Number: "12/QĐ", DecidedOn: day.Must("2023-06-01"), Authority: "HĐND"}
}

func TestTheYearsMoney(t *testing.T) {
	lines := []Line{line(2023, "city", "assigned", 100), line(2023, "city", "adjusted", -30), line(2023, "province", "adjusted", 5), line(2023, "city", "carried_over", 7),
		line(2023, "city", "advanced", 2), line(2022, "city", "assigned", 1000)}
	if got := Total(lines, 2023); got != (YearTotal{Plan: 75, CarriedOver: 7, Advanced: 2, Drawable: 84}) {
		t.Errorf("got %+v", got)
	}
}

// bookOf is a work with lines, of a large total investment unless told otherwise.
func bookOf(lines ...Line) *book {
	return &book{total: 1_000_000, lines: lines, drawn: map[place]vnd.Amount{}, accepted: map[int]vnd.Amount{}}
}

// told judges a line by itself and among the others of the book.
func told(b *book, l Line, today day.Date) []string {
	if err := l.check(today); err != nil {
		return wrongOf(err)
	}
	b.lines = append(b.lines, l)
	return wrongOf(b.check(l))
}

func TestCheck(t *testing.T) {
	today := day.Must("2023-12-31")
	with := func(l Line, change func(*Line)) Line { change(&l); return l }
	for _, c := range []struct {
		why      string
		accepted vnd.Amount
		in       Line
		want     string
	}{
		{"assigned", 0, line(2023, "city", "assigned", 1), ""},
		{"adjusted down to nothing", 0, line(2023, "city", "adjusted", -100), ""},
		{"a đồng below zero in its source, though the year has more", 0, line(2023, "city", "adjusted", -101), "amount capital.below_zero 100"},
		{"a source that has nothing", 0, line(2023, "ministry", "adjusted", -1), "amount capital.below_zero 0"},
		{"another year's money", 0, line(2024, "city", "adjusted", -1), "amount capital.below_zero 0"},
		{"down to what is drawn in the year", 130, line(2023, "city", "adjusted", -40), ""},
		{"a đồng below what is drawn in the year", 130, line(2023, "city", "adjusted", -41), "amount capital.below_drawn 129 130"},
		{"down to what is drawn of the source", 0, line(2023, "province", "adjusted", -20), ""},
		{"a đồng below what is drawn of the source", 0, line(2023, "province", "adjusted", -21), "amount capital.below_drawn_source 29 30"},
		{"an assignment that is negative", 0, line(2023, "city", "assigned", -1), "amount amount_positive"},
		{"an advance that is negative", 0, line(2023, "city", "advanced", -1), "amount amount_positive"},
		{"nothing", 0, line(2023, "city", "adjusted", 0), "amount amount_not_zero"},
		{"more than a number holds", 0, line(2023, "city", "assigned", vnd.Max+1), "amount money_range 9007199254740992"},
		{"so little that it is none", 0, line(2023, "city", "adjusted", -vnd.Max-1), "amount money_range -9007199254740992"},
		{"advances that no number holds together", 0, line(2023, "city", "advanced", vnd.Max), "amount money_range 9007199254740991"},
		{"up to the total investment", 0, line(2024, "city", "assigned", 999_350), ""},
		{"a đồng above the total investment", 0, line(2024, "city", "assigned", 999_351), "amount capital.over_total 1000001 1000000"},
		{"carried over, which the years before have counted", 0, line(2024, "city", "carried_over", 2_000_000), ""},
		{"an unknown kind", 0, line(2023, "city", "gift", 1), "capital_kind choose"},
		{"a year that is a slip", 0, line(20233, "city", "assigned", 1), "year year_range"},
		{"tomorrow's decision", 0, with(line(2023, "city", "assigned", 1), func(l *Line) { l.DecidedOn = today.Add(1) }), "capital_decided_on day_future"},
		{"no paper at all", 0, Line{Year: 2023, Kind: "assigned", Amount: 1, Number: " "},
			"source choose, decision_number required, capital_authority required, capital_decided_on required"},
	} {
		b := bookOf(line(2023, "city", "assigned", 100), line(2023, "province", "assigned", 50), line(2023, "city", "carried_over", 20), line(2022, "city", "assigned", 500))
		for i := range b.lines {
			b.lines[i].Number = "1/NQ"
		}
		b.accepted[2023], b.drawn[place{2023, "province"}] = c.accepted, 30
		if got := strings.Join(told(b, c.in, today), ", "); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
}

// Money moved from one line to another by one act needs no order: what stands at its end is judged.
func TestLinesOfOneActAreJudgedTogether(t *testing.T) {
	b := bookOf(line(2023, "city", "assigned", 100), line(2023, "city", "adjusted", -60), line(2023, "province", "adjusted", 60))
	b.total = 100
	for _, l := range b.lines {
		if err := b.check(l); err != nil {
			t.Errorf("%+v: %v", l, err)
		}
	}
}

func TestTheMediumTermHoldsTheYears(t *testing.T) {
	medium := func(from int, source, kind string, amount vnd.Amount) MediumLine {
		return MediumLine{From: from, Source: source, Kind: kind, Amount: amount, Number: "1/NQ", DecidedOn: day.Must("2021-06-01"), Authority: "HĐND"}
	}
	b := bookOf(line(2021, "city", "assigned", 40), line(2025, "city", "assigned", 60), line(2026, "city", "assigned", 999))
	b.medium = []MediumLine{medium(2021, "city", "assigned", 100)}
	for _, c := range []struct {
		why  string
		in   Line
		want string
	}{
		{"a đồng more in its period", line(2023, "city", "assigned", 1), "amount capital.over_medium 101 100 2021–2025"},
		{"the next period has no plan", line(2027, "city", "assigned", 5), ""},
		{"a source without a plan", line(2023, "province", "assigned", 5), ""},
		{"carried over money is of a year before", line(2023, "city", "carried_over", 5), ""},
		{"what is taken back", line(2025, "city", "adjusted", -1), ""},
	} {
		one := *b
		one.lines = append(slices.Clone(b.lines), c.in)
		for i := range b.lines {
			one.lines[i].Number = "9/NQ"
		}
		if got := strings.Join(wrongOf(one.check(c.in)), ", "); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	for _, c := range []struct {
		why  string
		in   MediumLine
		want string
	}{
		{"below what its years have", medium(2021, "city", "adjusted", -1), "amount capital.below_years 99 100"},
		{"below zero", medium(2021, "oda", "adjusted", -1), "amount capital.below_zero 0"},
		{"above the total investment", medium(2026, "oda", "assigned", 999_901), "amount capital.medium_over_total 1000001 1000000"},
		{"up to it", medium(2026, "oda", "assigned", 999_900), ""},
		{"told twice", medium(2021, "city", "assigned", 1), "decision_number capital.twice"},
	} {
		one := *b
		one.medium = append(slices.Clone(b.medium), c.in)
		if got := strings.Join(wrongOf(one.checkMedium(c.in)), ", "); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	for year, want := range map[int]int{2020: 2016, 2021: 2021, 2025: 2021, 2026: 2026} {
		if got := PeriodOf(year); got != want {
			t.Errorf("%d lies in the period of %d, want %d", year, got, want)
		}
	}
	if got := wrongOf(medium(2022, "city", "assigned", 1).check(day.Must("2023-12-31"))); !slices.Equal(got, []string{"from_year capital.period"}) {
		t.Errorf("a period that begins in 2022: %v", got)
	}
}

func TestMonths(t *testing.T) {
	straight := Straight(100)
	if straight.Sum() != 100 || straight[12] != 0 || straight[0] < 8 || straight[0] > 9 || straight.Cumulative()[12] != 100 {
		t.Errorf("straight %v", straight)
	}
	for _, a := range []vnd.Amount{0, 1, 11, 298_350_000_001, vnd.Max} {
		if m := Straight(a); m.Sum() != a || m[11] < m[0] || m[11]-m[0] > 1 {
			t.Errorf("%s spread over a year: %v", a, m)
		}
	}
	if err := (Months{12: 100}).check(100); err != nil {
		t.Error(err)
	}
	if got := wrongOf((Months{-1, 5}).check(100)); !slices.Equal(got, []string{"month_1 amount_positive"}) {
		t.Errorf("negative: %v", got)
	}
	var f *fault.Fault
	if err := (Months{60, 41}).check(100); !errors.As(err, &f) || f.Code != "capital.months_above" || f.Args[0] != vnd.Amount(101) || f.Args[1] != vnd.Amount(100) {
		t.Errorf("above: %v", err)
	}
}

func TestWhatThePageShowsOfAWork(t *testing.T) {
	v := View{From: 2022, To: 2024, FirstDecision: day.Must("2022-01-01"),
		Lines:  []Line{line(2022, "city", "assigned", 100), line(2022, "city", "adjusted", -30), line(2025, "city", "carried_over", 5)},
		Funds:  []Fund{{Year: 2022, Source: "city", Plan: 70, Drawn: 20}, {Year: 2025, Source: "city", CarriedOver: 5}},
		Medium: []MediumLine{{From: 2021, Source: "city", Amount: 90}, {From: 2021, Source: "oda", Amount: 7}}}
	rows, total := v.Matrix(2022)
	if len(rows) != 1 || rows[0].Assigned != 100 || rows[0].Adjusted != -30 || rows[0].Drawable != 70 || rows[0].Left != 50 || total.Drawn != 20 {
		t.Errorf("matrix %+v %+v", rows, total)
	}
	years, sum := v.Years()
	var told []string
	for _, y := range years {
		told = append(told, fmt.Sprint(y.Year, y.Plan, y.None, y.Outside))
	}
	if got := strings.Join(told, "; "); got != "2022 70 false false; 2023 0 true false; 2024 0 true false; 2025 0 false true" || sum.Plan != 70 {
		t.Errorf("years %s, %+v", got, sum)
	}
	if p := v.Periods(); len(p) != 2 || p[0].Given != 70 || p[0].Left != 20 || p[1].Given != 0 || p[1].None {
		t.Errorf("periods %+v", p)
	}
	if v.Early(day.Must("2022-01-01")) || !v.Early(day.Must("2021-12-31")) {
		t.Error("which decisions are early")
	}
}
