package capital

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// codesOf are the names, codes and figures of the wrong fields of a refusal.
func codesOf(err error) []string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	codes := make([]string, 0, len(f.Fields))
	for _, field := range f.Fields {
		code := field.Name + " " + field.Code
		for _, arg := range field.Args {
			code += fmt.Sprintf(" %d", arg)
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

func TestCheck(t *testing.T) {
	today := day.Must("2023-12-31")
	standing := []Line{line(2023, "city", "assigned", 100), line(2023, "province", "assigned", 50), line(2023, "city", "carried_over", 20), line(2022, "city", "assigned", 500)}
	for _, c := range []struct {
		why   string
		drawn vnd.Amount
		in    func() Line
		want  []string
	}{
		{"assigned", 0, func() Line { return line(2023, "city", "assigned", 1) }, nil},
		{"adjusted down to nothing", 0, func() Line { return line(2023, "city", "adjusted", -100) }, nil},
		{"a đồng below zero in its source, though the year has more", 0, func() Line { return line(2023, "city", "adjusted", -101) }, []string{"amount capital.below_zero 100"}},
		{"a source that has nothing", 0, func() Line { return line(2023, "ministry", "adjusted", -1) }, []string{"amount capital.below_zero 0"}},
		{"another year's money", 0, func() Line { return line(2024, "city", "adjusted", -1) }, []string{"amount capital.below_zero 0", "amount capital.below_drawn -1 0"}},
		{"down to what is drawn", 130, func() Line { return line(2023, "city", "adjusted", -40) }, nil},
		{"a đồng below what is drawn", 130, func() Line { return line(2023, "city", "adjusted", -41) }, []string{"amount capital.below_drawn 129 130"}},
		{"an assignment that is negative", 0, func() Line { return line(2023, "city", "assigned", -1) }, []string{"amount amount_positive"}},
		{"an advance that is negative", 0, func() Line { return line(2023, "city", "advanced", -1) }, []string{"amount amount_positive"}},
		{"nothing", 0, func() Line { return line(2023, "city", "adjusted", 0) }, []string{"amount amount_not_zero"}},
		{"more than a number holds", 0, func() Line { return line(2023, "city", "assigned", vnd.Max+1) }, []string{"amount money_range 9007199254740992"}},
		{"an unknown kind", 0, func() Line { return line(2023, "city", "gift", 1) }, []string{"capital_kind choose"}},
		{"a year that is a slip", 0, func() Line { return line(20233, "city", "assigned", 1) }, []string{"year year_range"}},
		{"tomorrow's decision", 0, func() Line { l := line(2023, "city", "assigned", 1); l.DecidedOn = today.Add(1); return l }, []string{"capital_decided_on day_future"}},
		{"no paper at all", 0, func() Line { return Line{Year: 2023, Kind: "assigned", Amount: 1, Number: " "} },
			[]string{"source choose", "decision_number required", "capital_authority required", "capital_decided_on required"}},
	} {
		got := codesOf(c.in().check(standing, c.drawn, today))
		if len(got) > 0 && got[0] == "amount amount_positive" {
			got = got[:1] // what a negative assignment would leave is beside the point
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}
