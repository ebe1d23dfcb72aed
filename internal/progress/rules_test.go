package progress

import (
	"errors"
	"slices"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
)

func wrongFields(err error) []string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name+" "+field.Code)
	}
	return names
}

func TestFiguresOfAWork(t *testing.T) {
	good := Figures{Executed: 900, Estimate: 950, Disbursed: 500, Treasury: 400, PhysicalBP: 9600}
	work := Work{Code: "W", Drawable: 1000, Floor: Floor{Executed: 800, Disbursed: 450}}
	tests := []struct {
		what   string
		change func(*Figures)
		want   []string
	}{
		{"all in order", func(*Figures) {}, nil},
		{"executed may pass the plan", func(f *Figures) { f.Executed = 5000 }, nil},
		{"treasury above disbursed", func(f *Figures) { f.Treasury = 501 }, []string{"W.disbursed_treasury progress.treasury_over"}},
		{"disbursed above what may be drawn", func(f *Figures) { f.Disbursed = 1001 }, []string{"W.disbursed progress.over_drawn"}},
		{"exactly what may be drawn", func(f *Figures) { f.Disbursed = 1000 }, nil},
		{"a fall is no error: it needs a reason", func(f *Figures) { f.Executed, f.Disbursed = 1, 449 }, nil},
		{"negative estimate", func(f *Figures) { f.Estimate = -1 }, []string{"W.estimate_month_end progress.negative"}},
		{"more than the whole work", func(f *Figures) { f.PhysicalBP = 10001 }, []string{"W.physical progress.physical_range"}},
		{"several at once", func(f *Figures) { f.Executed, f.PhysicalBP = -5, -1 }, []string{"W.executed progress.negative", "W.physical progress.physical_range"}},
	}
	for _, tt := range tests {
		f := good
		tt.change(&f)
		var p problems
		work.check(f, &p)
		if got := wrongFields(p.err()); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.want)
		}
	}
}

func TestNoChangeTakesTheMonthBefore(t *testing.T) {
	before := Figures{Executed: 800, Estimate: 820, Disbursed: 300, Treasury: 300, PhysicalBP: 5000}
	typed := Row{Code: "W", NoChange: true, Figures: Figures{Executed: 1}}
	tests := []struct {
		what, before, month string
		want                []string
	}{
		{"from the month before", "2023-11", "2023-12", nil},
		{"over a gap in the year", "2023-08", "2023-12", nil},
		{"in January amounts begin anew", "2022-12", "2023-01", nil},
		{"in January even with nothing before", "", "2023-01", nil},
		{"nothing entered this year yet", "2022-12", "2023-05", []string{"W.no_change progress.no_before"}},
	}
	for _, tt := range tests {
		w := Work{Code: "W", Before: before}
		if tt.before != "" {
			w.BeforeMonth = day.MustMonth(tt.before)
		}
		var p problems
		if got := w.take(typed, day.MustMonth(tt.month), &p); got != before {
			t.Errorf("%s: took %+v", tt.what, got)
		}
		if got := wrongFields(p.err()); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.want)
		}
	}
}

func TestAMonthThatHasNotBegunIsRefused(t *testing.T) {
	today := day.Must("05/12/2023")
	for month, ok := range map[string]bool{"2023-11": true, "2023-12": true, "2024-01": false} {
		if err := checkMonth(day.MustMonth(month), today); (err == nil) != ok {
			t.Errorf("%s: %v", month, err)
		}
	}
}
