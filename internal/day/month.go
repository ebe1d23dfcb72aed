package day

import (
	"database/sql/driver"
	"strings"
	"time"
)

// Month is a calendar month, the period of a report. The zero Month means "no month".
type Month struct{ first Date }

// ParseMonth reads yyyy-mm (machines) or mm/yyyy (people).
func ParseMonth(text string) (Month, error) {
	s := strings.TrimSpace(text)
	for _, layout := range []string{"2006-01", "1/2006"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 && t.Year() <= 2200 {
			return Month{New(t.Year(), t.Month(), 1)}, nil
		}
	}
	return Month{}, ErrForm
}

// MustMonth is ParseMonth for months written in the program and its tests.
func MustMonth(text string) Month {
	m, err := ParseMonth(text)
	if err != nil {
		panic(err.Error() + ": " + text)
	}
	return m
}

// First is the first day of the month.
func (m Month) First() Date { return m.first }

// Last is the last day of the month.
func (m Month) Last() Date { return m.Add(1).first.Add(-1) }

// Add moves by n months.
func (m Month) Add(n int) Month { return Month{Date{m.first.t.AddDate(0, n, 0)}} }

// Year is the calendar year.
func (m Month) Year() int { return m.first.Year() }

// Before tells whether m comes before other.
func (m Month) Before(other Month) bool { return m.first.Before(other.first) }

// IsZero tells whether there is no month.
func (m Month) IsZero() bool { return m.first.IsZero() }

// String is yyyy-mm.
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return m.first.t.Format("2006-01")
}

// VN is mm/yyyy.
func (m Month) VN() string {
	if m.IsZero() {
		return ""
	}
	return m.first.t.Format("01/2006")
}

// Value stores the first day of the month.
func (m Month) Value() (driver.Value, error) { return m.first.Value() }

// Scan reads the first day of the month.
func (m *Month) Scan(src any) error { return m.first.Scan(src) }

// MarshalText writes yyyy-mm.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads either form.
func (m *Month) UnmarshalText(text []byte) error {
	parsed, err := ParseMonth(string(text))
	*m = parsed
	return err
}
