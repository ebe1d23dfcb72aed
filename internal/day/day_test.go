package day_test

import (
	"testing"
	"time"

	"matbang/internal/day"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"31/12/2023": "2023-12-31", "2023-12-31": "2023-12-31", "1/2/2023": "2023-02-01", " 05/03/2024 ": "2024-03-05",
	} {
		if got, err := day.Parse(in); err != nil || got.String() != want {
			t.Errorf("Parse(%q) = %v, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "30/02/2023", "12/31/2023", "2023-13-01", "31/12/23", "hôm nay"} {
		if got, err := day.Parse(in); err == nil {
			t.Errorf("Parse(%q) accepted as %v", in, got)
		}
	}
}

func TestTheDayIsVietnams(t *testing.T) {
	lateEvening := time.Date(2023, 12, 31, 17, 0, 0, 0, time.UTC)
	if got := day.Of(lateEvening).String(); got != "2024-01-01" {
		t.Errorf("17:00 UTC is %s in Vietnam, want 2024-01-01", got)
	}
}

func TestMonth(t *testing.T) {
	m := day.MustMonth("02/2024")
	if m.Last().String() != "2024-02-29" || m.Add(-2).String() != "2023-12" || m.VN() != "02/2024" {
		t.Errorf("last %v, two before %v, written %s", m.Last(), m.Add(-2), m.VN())
	}
}

func TestDaysBetween(t *testing.T) {
	if got := day.Must("2023-03-01").Sub(day.Must("2023-02-27")); got != 2 {
		t.Errorf("got %d days", got)
	}
}
