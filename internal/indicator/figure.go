package indicator

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Figure is a figure in hundredths of its measure.
type Figure int64

// maxFigure keeps every figure a whole number in any client.
const maxFigure = Figure(9_007_199_254_740_991)

// ErrForm says that a text is no figure with at most so many decimals.
var ErrForm = errors.New("indicator: not a figure")

// Parse reads a figure as Vietnamese write it: dots group by three, a comma parts at most so many decimals: "290.000", "3,79", "42,65".
// "3.79" is refused: a dot before two digits would be read either way.
func Parse(text string, decimals int) (Figure, error) {
	whole, rest, parted := strings.Cut(strings.TrimSpace(text), ",")
	if parted && (rest == "" || len(rest) > decimals) {
		return 0, ErrForm
	}
	groups := strings.Split(whole, ".")
	for i, g := range groups {
		if g == "" || i > 0 && len(g) != 3 || len(groups) > 1 && len(g) > 3 {
			return 0, ErrForm
		}
	}
	digits := strings.Join(groups, "") + (rest + "00")[:2]
	if len(digits) > 16 || strings.Trim(digits, "0123456789") != "" {
		return 0, ErrForm
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || Figure(n) > maxFigure {
		return 0, ErrForm
	}
	return Figure(n), nil
}

// Text writes the figure with so many decimals: 290.000 or 42,65. A fraction of nothing is left out: "over 223" that was published must not
// look exact to the hundredth.
func (f Figure) Text(decimals int) string {
	whole := strconv.FormatInt(int64(f)/100, 10)
	var b strings.Builder
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	if decimals == 0 || int64(f)%100 == 0 {
		return b.String()
	}
	return b.String() + "," + fmt.Sprintf("%02d", int64(f)%100)[:decimals]
}

// MarshalJSON writes an exact decimal number: 42.65.
func (f Figure) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%02d", int64(f)/100, int64(f)%100), nil
}

// UnmarshalJSON reads a decimal number with at most two decimals.
func (f *Figure) UnmarshalJSON(data []byte) error {
	whole, rest, _ := strings.Cut(string(data), ".")
	n, err := Parse(whole+","+(rest + "00")[:2], 2)
	if err != nil || len(strings.TrimRight(rest, "0")) > 2 {
		return ErrForm
	}
	*f = n
	return nil
}

// Value stores the hundredths.
func (f Figure) Value() (driver.Value, error) { return int64(f), nil }
