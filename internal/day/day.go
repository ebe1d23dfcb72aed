// Package day is the calendar day that law and banks mean, and the month of a report. Neither has a clock or a zone.
package day

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrForm says that a text is not a day or month that exists.
var ErrForm = errors.New("day: not a day of the calendar")

// Date is a day of the Gregorian calendar. The zero Date means "no day" and is NULL in the database.
type Date struct{ t time.Time }

// New makes a Date; days out of range run over as in time.Date.
func New(year int, month time.Month, dayOfMonth int) Date {
	return Date{time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)}
}

// Of is the day of the moment in Vietnam (Asia/Ho_Chi_Minh, UTC+7 without summer time).
func Of(t time.Time) Date {
	y, m, d := t.UTC().Add(7 * time.Hour).Date()
	return New(y, m, d)
}

// Parse reads dd/mm/yyyy (as people write) or yyyy-mm-dd (as machines do). Single digits for day and month are accepted.
func Parse(text string) (Date, error) {
	s := strings.TrimSpace(text)
	for _, layout := range []string{"2/1/2006", time.DateOnly, "2-1-2006", "2.1.2006"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1900 && t.Year() <= 2200 {
			return Date{t}, nil
		}
	}
	return Date{}, ErrForm
}

// Must is Parse for days written in the program and its tests.
func Must(text string) Date {
	d, err := Parse(text)
	if err != nil {
		panic(fmt.Sprintf("%v: %q", err, text))
	}
	return d
}

// IsZero tells whether there is no day.
func (d Date) IsZero() bool { return d.t.IsZero() }

// String is yyyy-mm-dd, empty for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.t.Format(time.DateOnly)
}

// VN is dd/mm/yyyy as Vietnamese papers write it, empty for no day.
func (d Date) VN() string {
	if d.IsZero() {
		return ""
	}
	return d.t.Format("02/01/2006")
}

// Add moves by n calendar days.
func (d Date) Add(n int) Date { return Date{d.t.AddDate(0, 0, n)} }

// Sub is the number of calendar days from other to d.
func (d Date) Sub(other Date) int { return int(d.t.Sub(other.t).Hours() / 24) }

// Before tells whether d comes before other.
func (d Date) Before(other Date) bool { return d.t.Before(other.t) }

// After tells whether d comes after other.
func (d Date) After(other Date) bool { return d.t.After(other.t) }

// Year is the calendar year.
func (d Date) Year() int { return d.t.Year() }

// Month is the month the day lies in.
func (d Date) Month() Month { return Month{New(d.t.Year(), d.t.Month(), 1)} }

// Value stores a DATE.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a DATE.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
	case time.Time:
		*d = New(v.Year(), v.Month(), v.Day())
	case []byte:
		return d.Scan(string(v))
	case string:
		if len(v) < 10 {
			return ErrForm
		}
		parsed, err := Parse(v[:10])
		*d = parsed
		return err
	default:
		return fmt.Errorf("day: cannot read %T", src)
	}
	return nil
}

// MarshalText writes yyyy-mm-dd.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads either form; an empty text is no day.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := Parse(string(text))
	*d = parsed
	return err
}
