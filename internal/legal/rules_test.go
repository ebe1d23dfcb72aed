package legal_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

func TestDueDayDoesNotCountTheFirstDayAndNeverEndsOnARestDay(t *testing.T) {
	calendar := legal.NewCalendar(day.Must("2024-02-08"), day.Must("2024-02-09"), day.Must("2024-02-12"), day.Must("2024-02-13"), day.Must("2024-02-14"))
	for _, c := range []struct {
		why, base, want string
		days            int
	}{
		{"plain", "2026-03-10", "2026-04-09", 30},
		{"ends on a Saturday", "2023-11-09", "2023-12-11", 30},
		{"ends on a Sunday", "2023-11-10", "2023-12-11", 30},
		{"ends in Tết, then a weekend, then Tết again", "2024-01-09", "2024-02-15", 30},
		{"over the end of a leap February", "2024-01-30", "2024-02-29", 30},
	} {
		if got := calendar.DueDay(day.Must(c.base), c.days); got.String() != c.want {
			t.Errorf("%s: %d days from %s end on %s, want %s", c.why, c.days, c.base, got, c.want)
		}
	}
}

func TestLateDays(t *testing.T) {
	due := day.Must("2026-04-09")
	for _, c := range []struct {
		paid      string
		with, not int
	}{{"2026-04-29", 20, 19}, {"2026-04-10", 1, 0}, {"2026-04-09", 0, 0}, {"2026-03-20", 0, 0}} {
		if with, not := legal.LateDays(due, day.Must(c.paid), true), legal.LateDays(due, day.Must(c.paid), false); with != c.with || not != c.not {
			t.Errorf("paid %s: %d and %d days late, want %d and %d", c.paid, with, not, c.with, c.not)
		}
	}
}

func TestSurcharge(t *testing.T) {
	rates := []legal.Rate{
		{From: day.Must("2015-01-01"), To: day.Must("2016-06-30"), BasisPoints: 5, Basis: "old"},
		{From: day.Must("2016-07-01"), BasisPoints: 3, Basis: "new"},
	}
	for _, c := range []struct {
		why     string
		amount  vnd.Amount
		first   string
		days    int
		want    vnd.Amount
		formula string
	}{
		{"the worked example, day of payment counted", 185_640_000, "2026-04-10", 20, 1_113_840, "185.640.000 đ × 20 ngày × 0,03 % = 1.113.840 đ"},
		{"the worked example, day of payment not counted", 185_640_000, "2026-04-10", 19, 1_058_148, "185.640.000 đ × 19 ngày × 0,03 % = 1.058.148 đ"},
		{"across a change of rate", 1_000_000, "2016-06-29", 4, 1_600, "1.000.000 đ × (2 ngày × 0,05 % + 2 ngày × 0,03 %) = 1.600 đ"},
		{"not late", 1_000_000, "2026-04-10", 0, 0, "1.000.000 đ × 0 ngày = 0 đ"},
		{"paid early", 1_000_000, "2026-04-10", -3, 0, "1.000.000 đ × 0 ngày = 0 đ"},
		{"rounded once, half up", 5_000, "2026-04-10", 1, 2, "5.000 đ × 1 ngày × 0,03 % = 2 đ"},
	} {
		got, err := legal.Surcharge(c.amount, day.Must(c.first), c.days, rates)
		if err != nil || got.Amount != c.want || got.Formula != c.formula {
			t.Errorf("%s: %v %q %v; want %v %q", c.why, got.Amount, got.Formula, err, c.want, c.formula)
		}
	}
}

// However rates follow, overlap or leave days out: reckoned by runs the surcharge is what it is day by day, each day at the newest rate that holds.
func TestSurchargeIsWhatItIsDayByDay(t *testing.T) {
	begin := day.Must("2016-01-01")
	rapid.Check(t, func(rt *rapid.T) {
		var rates []legal.Rate
		for range rapid.IntRange(1, 5).Draw(rt, "rates") {
			r := legal.Rate{From: begin.Add(rapid.IntRange(0, 40).Draw(rt, "from")), BasisPoints: rapid.Int64Range(1, 3).Draw(rt, "rate")}
			if rapid.Bool().Draw(rt, "ends") {
				r.To = r.From.Add(rapid.IntRange(0, 30).Draw(rt, "length"))
			}
			rates = append(rates, r)
		}
		first, days := begin.Add(rapid.IntRange(0, 50).Draw(rt, "first")), rapid.IntRange(0, 60).Draw(rt, "days")
		var sum vnd.Amount
		whole := true
		for i := range days {
			one, err := legal.Surcharge(10_000, first.Add(i), 1, rates)
			sum, whole = sum+one.Amount, whole && err == nil
		}
		got, err := legal.Surcharge(10_000, first, days, rates)
		if (err == nil) != whole || whole && got.Amount != sum {
			rt.Fatalf("%d days from %s at %v: %d %v, day by day %d %t", days, first, rates, got.Amount, err, sum, whole)
		}
		for _, p := range got.Parts {
			days -= p.Days
		}
		if whole && days != 0 {
			rt.Fatalf("the runs miss %d days: %+v", days, got.Parts)
		}
	})
}

func TestADayWithoutARateGivesNoAmount(t *testing.T) {
	rates := []legal.Rate{{From: day.Must("2016-07-01"), To: day.Must("2026-06-30"), BasisPoints: 3}}
	_, err := legal.Surcharge(1_000_000, day.Must("2026-06-29"), 3, rates)
	if !errors.Is(err, fault.Conflicting("legal.no_rate")) {
		t.Errorf("got %v, want legal.no_rate", err)
	}
}

func TestSetOnADay(t *testing.T) {
	sets := []legal.Set{
		{Code: "2013", ValidFrom: day.Must("2014-07-01"), ValidTo: day.Must("2024-07-31")},
		{Code: "2024", ValidFrom: day.Must("2024-08-01")},
	}
	for on, want := range map[string]string{"2023-12-31": "2013", "2024-07-31": "2013", "2024-08-01": "2024", "2030-01-01": "2024", "2010-01-01": ""} {
		got, err := legal.SetOn(sets, day.Must(on))
		if got.Code != want || (err != nil) != (want == "") {
			t.Errorf("on %s: %q %v, want %q", on, got.Code, err, want)
		}
	}
}
