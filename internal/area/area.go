// Package area is land area in hundredths of a square metre: exact, as cadastral papers give it.
package area

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
)

// Area is an area in hundredths of m² (0.01 m²).
type Area int64

// Ambiguous is returned for a text that could be read two ways: "1.234" is 1,234 m² to one person and 1.23 m² to another.
type Ambiguous struct {
	Text           string
	Grouped, Point Area
}

func (e *Ambiguous) Error() string {
	return fmt.Sprintf("area: %q may be %s or %s m²", e.Text, e.Grouped, e.Point)
}

// ErrForm says that a text is not an area with at most two decimals.
var ErrForm = fmt.Errorf("area: not an area in m² with at most two decimals")

// Parse reads what a person types: "1.234,50", "1234,5", "85.6", "300". One separator followed by exactly three digits is
// ambiguous and refused with both readings; the person writes "1234" or "1.234,00" instead.
func Parse(text string) (Area, error) {
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "m²"))
	dots, commas := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case dots+commas == 0:
		return build(s, "")
	case dots+commas == 1:
		return single(text, s, strings.IndexAny(s, ".,"))
	case commas == 1 && strings.LastIndexByte(s, ',') > strings.LastIndexByte(s, '.'):
		return grouped(s, ".", ",")
	case dots == 1 && strings.LastIndexByte(s, '.') > strings.LastIndexByte(s, ','):
		return grouped(s, ",", ".")
	case commas == 0:
		return grouped(s, ".", ",")
	default:
		return 0, ErrForm
	}
}

func single(text, s string, at int) (Area, error) {
	whole, rest := s[:at], s[at+1:]
	if len(rest) != 3 {
		return build(whole, rest)
	}
	joined, err := build(whole+rest, "")
	if err != nil || len(whole) > 3 || len(whole) == 0 {
		return 0, ErrForm
	}
	point, err := build(whole, rest[:2])
	if err != nil {
		return 0, ErrForm
	}
	return 0, &Ambiguous{Text: strings.TrimSpace(text), Grouped: joined, Point: point}
}

func grouped(s, group, decimal string) (Area, error) {
	whole, rest, _ := strings.Cut(s, decimal)
	parts := strings.Split(whole, group)
	for i, p := range parts {
		if (i > 0 && len(p) != 3) || len(p) == 0 || len(p) > 3 {
			return 0, ErrForm
		}
	}
	return build(strings.Join(parts, ""), rest)
}

func build(whole, decimals string) (Area, error) {
	if whole == "" || len(whole) > 12 || len(decimals) > 2 || strings.Trim(whole+decimals, "0123456789") != "" {
		return 0, ErrForm
	}
	n, err := strconv.ParseInt(whole+(decimals + "00")[:2], 10, 64)
	if err != nil {
		return 0, ErrForm
	}
	return Area(n), nil
}

// String writes the Vietnamese form with two decimals: 1.234,50.
func (a Area) String() string {
	whole := strconv.FormatInt(int64(a)/100, 10)
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return fmt.Sprintf("%s,%02d", b.String(), int64(a)%100)
}

// Decimal writes the machine form with a point and two decimals: 1234.50.
func (a Area) Decimal() string { return fmt.Sprintf("%d.%02d", int64(a)/100, int64(a)%100) }

// MarshalJSON writes a number with two decimals.
func (a Area) MarshalJSON() ([]byte, error) { return []byte(a.Decimal()), nil }

// UnmarshalJSON reads a number with at most two decimals; the point is always decimal here.
func (a *Area) UnmarshalJSON(data []byte) error {
	return a.Scan(string(data))
}

// Value stores NUMERIC(14,2).
func (a Area) Value() (driver.Value, error) { return a.Decimal(), nil }

// Scan reads NUMERIC, exactly.
func (a *Area) Scan(src any) error {
	switch v := src.(type) {
	case []byte:
		return a.Scan(string(v))
	case string:
		whole, rest, _ := strings.Cut(v, ".")
		parsed, err := build(whole, rest)
		*a = parsed
		return err
	case nil:
		*a = 0
		return nil
	case int64:
		*a = Area(v * 100)
		return nil
	default:
		return fmt.Errorf("area: cannot read %T", src)
	}
}
