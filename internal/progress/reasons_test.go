package progress

import (
	"errors"
	"slices"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

var house = Limits{JumpBP: 2500, PhysicalBP: 1500, MissedBP: 500, DueDay: 25}

// TestWhatNeedsAReason holds a work of 10,000 đồng, accepted in November with 5,000, 4,000, 3,500 and 50 %, against December figures.
func TestWhatNeedsAReason(t *testing.T) {
	november := Figures{Executed: 5000, Estimate: 5200, Disbursed: 4000, Treasury: 3500, PhysicalBP: 5000}
	quiet := Figures{Executed: 5300, Estimate: 5400, Disbursed: 4100, Treasury: 3600, PhysicalBP: 5100}
	tests := []struct {
		what   string
		change func(*Work, *Figures)
		want   []string
	}{
		{"a quiet month", func(*Work, *Figures) {}, nil},
		{"growth of exactly the limit", func(_ *Work, f *Figures) { f.Executed = 7500 }, nil},
		{"one đồng more", func(_ *Work, f *Figures) { f.Executed = 7501 }, []string{"executed jump"}},
		{"two months at once may grow by two limits", func(w *Work, f *Figures) {
			w.Floor.Month, w.BeforeMonth, f.Executed, f.PhysicalBP = day.MustMonth("2023-10"), day.MustMonth("2023-10"), 10000, 8000
		}, nil},
		{"physical above its limit", func(_ *Work, f *Figures) { f.PhysicalBP = 6501 }, []string{"physical physical_jump"}},
		{"physical falls", func(_ *Work, f *Figures) { f.PhysicalBP = 4999 }, []string{"physical physical_falls"}},
		{"every amount falls", func(_ *Work, f *Figures) { f.Executed, f.Disbursed, f.Treasury = 4999, 3999, 3499 },
			[]string{"executed falls", "disbursed falls", "disbursed_treasury falls"}},
		{"far behind November's estimate", func(w *Work, f *Figures) { w.Before.Estimate = 5900 }, []string{"executed estimate"}},
		{"not quite so far", func(w *Work, f *Figures) { w.Before.Estimate = 5800 }, nil},
		{"an estimate of two months ago tells nothing", func(w *Work, f *Figures) { w.Before.Estimate, w.BeforeMonth = 9000, day.MustMonth("2023-10") }, nil},
		{"a fall that an adjustment explains", func(w *Work, f *Figures) { w.Floor.Adjusted.Executed, w.Since.Executed, f.Executed = -300, -300, 4700 }, nil},
		{"a fall beyond the adjustment", func(w *Work, f *Figures) { w.Floor.Adjusted.Executed, w.Since.Executed, f.Executed = -300, -300, 4699 }, []string{"executed falls"}},
		{"an adjustment upwards lifts the floor", func(w *Work, f *Figures) { w.Floor.Adjusted.Executed = 400 }, []string{"executed falls"}},
		{"growth that is an adjustment is no jump", func(w *Work, f *Figures) { w.Floor.Adjusted.Executed, w.Since.Executed, f.Executed = 4000, 4000, 9300 }, nil},
		{"physical adjusted down", func(w *Work, f *Figures) { w.Floor.Adjusted.PhysicalBP, f.PhysicalBP = -500, 4500 }, nil},
		{"a year without a plan", func(w *Work, f *Figures) { w.Plan, w.Drawable = 0, 0 }, []string{"executed no_plan"}},
		{"a year without a plan, and nothing built in the month", func(w *Work, f *Figures) { w.Plan, w.Drawable, f.Executed = 0, 0, 5000 }, nil},
		{"only money carried over: it is the measure", func(w *Work, f *Figures) { w.Plan, w.Drawable, f.Executed = 0, 1000, 5251 }, []string{"executed jump"}},
		{"the first entry of the year, in December", func(w *Work, f *Figures) {
			w.Floor, w.Before, w.BeforeMonth, f.Executed, f.PhysicalBP = Floor{}, Figures{}, day.Month{}, 10000, 10000
		}, nil},
		{"vouchers say the same", func(w *Work, f *Figures) { w.Facts = Facts{Vouchers: true, Cash: 4100} }, nil},
		{"vouchers say something else", func(w *Work, f *Figures) { w.Facts = Facts{Vouchers: true, Cash: 4101} }, []string{"disbursed vouchers"}},
		{"the treasury agreed on something else", func(w *Work, f *Figures) {
			w.Facts = Facts{Vouchers: true, Cash: 4100, Confirmed: 3000, AgreedOn: day.Must("05/12/2023")}
		}, []string{"disbursed_treasury agreement"}},
		{"a suspended work without change", func(w *Work, f *Figures) { w.Standing, *f = "suspended", w.NoGrowth() }, nil},
	}
	for _, tt := range tests {
		w := Work{Code: "W", Plan: 10000, Drawable: 10000, Before: november, BeforeMonth: day.MustMonth("2023-11"),
			Floor: Floor{Month: day.MustMonth("2023-11"), Executed: 5000, Disbursed: 4000, Treasury: 3500, PhysicalBP: 5000}}
		f := quiet
		tt.change(&w, &f)
		var got []string
		for _, n := range w.needs(f, day.MustMonth("2023-12"), house) {
			got = append(got, n.Field+" "+n.Code[len("progress.need."):])
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.want)
		}
		if len(w.needs(f, day.MustMonth("2023-12"), Limits{})) > len(got) {
			t.Errorf("%s: without limits more is asked", tt.what)
		}
	}
}

func TestInJanuaryAmountsBeginAnew(t *testing.T) {
	w := Work{Code: "W", Plan: 1000, Drawable: 1000, BeforeMonth: day.MustMonth("2023-12"), Floor: Floor{Month: day.MustMonth("2023-12"), PhysicalBP: 5000}}
	january := day.MustMonth("2024-01")
	if n := w.needs(Figures{Executed: 250, PhysicalBP: 5000}, january, house); n != nil {
		t.Errorf("a quarter of the plan in January: %+v", n)
	}
	n := w.needs(Figures{Executed: 251, PhysicalBP: 4900}, january, house)
	if len(n) != 2 || n[0].Code != "progress.need.jump" || n[1].Code != "progress.need.physical_falls" {
		t.Errorf("more, and a share that falls over the new year: %+v", n)
	}
}

func TestTheDueDayStaysInItsMonth(t *testing.T) {
	for _, tt := range []struct {
		due   int
		month string
		want  string
	}{{25, "2023-12", "25/12/2023"}, {31, "2023-02", "28/02/2023"}, {31, "2024-02", "29/02/2024"}, {1, "2024-01", "01/01/2024"}, {0, "2024-01", ""}} {
		if got := (Limits{DueDay: tt.due}).Due(day.MustMonth(tt.month)).VN(); got != tt.want {
			t.Errorf("day %d of %s: %s", tt.due, tt.month, got)
		}
	}
	due := day.Must("25/12/2023")
	for handed, want := range map[string]int{"25/12/2023": 0, "26/12/2023": 1, "01/11/2023": 0, "05/01/2024": 11} {
		if got := (Entry{HandedIn: day.Must(handed)}).DaysLate(due); got != want {
			t.Errorf("handed in %s: %d days late", handed, got)
		}
	}
	if (Entry{}).DaysLate(due) != 0 {
		t.Error("what is not handed in has no lateness of its own")
	}
}

// TestACorrectionHoldsForEveryLaterMonthOfItsYear checks corrections of March against March to May 2023 and January 2024.
func TestACorrectionHoldsForEveryLaterMonthOfItsYear(t *testing.T) {
	months := []corrected{
		{Month: day.MustMonth("2023-03"), Executed: 300, Disbursed: 300, Treasury: 250, PhysicalBP: 3000, Drawable: 1000},
		{Month: day.MustMonth("2023-04"), Executed: 200, Disbursed: 900, Treasury: 880, PhysicalBP: 4000, Drawable: 1000}, // executed fell, with a reason
		{Month: day.MustMonth("2024-01"), Executed: 10, Disbursed: 10, Treasury: 5, PhysicalBP: 9900, Drawable: 50},
	}
	tests := []struct {
		what   string
		figure Figure
		change int64
		want   string
	}{
		{"down to zero in the lowest month", FigureExecuted, -200, ""},
		{"below zero in a later month", FigureExecuted, -201, "progress.adjust_negative"},
		{"up: executed knows no bound", FigureExecuted, 1_000_000, ""},
		{"exactly what may be drawn", FigureDisbursed, 100, ""},
		{"one more", FigureDisbursed, 101, "progress.adjust_over_drawn"},
		{"disbursed below what the treasury confirmed", FigureDisbursed, -21, "progress.adjust_under_treasury"},
		{"disbursed down to it", FigureDisbursed, -20, ""},
		{"treasury above disbursed", FigureTreasury, 21, "progress.adjust_treasury_over"},
		{"treasury down", FigureTreasury, -250, ""},
		{"physical goes on into the next year", FigurePhysical, 101, "progress.adjust_physical"},
		{"physical to the whole", FigurePhysical, 100, ""},
		{"physical below nothing", FigurePhysical, -3001, "progress.adjust_physical"},
	}
	for _, tt := range tests {
		c := Correction{ForMonth: day.MustMonth("2023-03"), Figure: tt.figure}
		c.Change += vnd.Amount(tt.change)
		var f *fault.Fault
		got := ""
		if err := c.check(months); errors.As(err, &f) {
			got = f.Fields[0].Code
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
	if err := (Correction{ForMonth: day.MustMonth("2023-12"), Figure: FigureExecuted, Change: -999}).check(months); err != nil {
		t.Errorf("months before the corrected one do not change: %v", err)
	}
}
