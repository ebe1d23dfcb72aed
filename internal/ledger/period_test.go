package ledger

import (
	"errors"
	"testing"

	"matbang/internal/day"
)

func TestMonthsFollowOneAnotherAndOpenFromTheEnd(t *testing.T) {
	month := func(text string) day.Month {
		m, _ := day.ParseMonth(text) // "" is no month
		return m
	}
	for _, c := range []struct{ last, today, want string }{
		{"", "2023-12-31", "2023-12"}, {"", "2024-01-30", "2023-12"}, {"2023-12-31", "2024-05-02", "2024-01"}, {"2023-11-30", "2024-05-02", "2023-12"},
	} {
		last, _ := day.Parse(c.last)
		if got := after(last, day.Must(c.today)); got != month(c.want) {
			t.Errorf("closed to %q, on %s: next is %s, want %s", c.last, c.today, got, c.want)
		}
	}
	for _, c := range []struct {
		open, first, last string
		want              error
	}{
		{"2023-12", "2023-12", "2023-12", nil}, {"2024-01", "2023-12", "2024-01", nil},
		{"2023-12", "2023-12", "2024-01", ErrMonthNotLast}, {"2023-11", "2023-12", "2024-01", ErrBeforeFirst}, {"2023-11", "2023-12", "", ErrBeforeFirst},
		{"2024-02", "2023-12", "2024-01", ErrMonthNotClosed}, {"2023-12", "2023-12", "", ErrMonthNotClosed}, {"2023-12", "", "", ErrMonthNotClosed},
	} {
		if err := mayReopen(month(c.open), month(c.first), month(c.last)); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("open %s of %s to %s: %v, want %v", c.open, c.first, c.last, err, c.want)
		}
	}
}
