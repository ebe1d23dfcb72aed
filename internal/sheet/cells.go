package sheet

import (
	"errors"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/vnd"
)

// read reads one filled cell by the kind of its column. A non-empty code says what is wrong.
func (column Column) read(c cell, y1904 bool) (Value, string, []any) {
	v := Value{Typed: c.text}
	if c.broken {
		return v, "sheet.cell_error", []any{c.text}
	}
	var code string
	var args []any
	switch column.Kind {
	case Money:
		v.Money, code, args = readMoney(c)
	case Area:
		v.Area, code, args = readArea(c)
	case Day:
		v.Day, code, args = readDay(c, y1904)
	case Month:
		v.Month, code, args = readMonth(c, y1904)
	case Int:
		v.Int, code, args = readInt(c)
	case Percent:
		v.Int, code, args = readPercent(c)
	case Choice:
		v.Typed, code, args = readChoice(c, column.Choices)
	case Text:
		v.Typed = plainText(c)
	}
	return v, code, args
}

var numberForm = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?$`)

// decimal reads a number cell as a whole number of units of 10^-places. Spreadsheets keep binary fractions and show fifteen digits: the
// number is first rounded to those, as its author saw it; decimals left beyond places then make it !ok.
func decimal(raw string, places int) (int64, bool) {
	if !numberForm.MatchString(raw) {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(raw)
	if !ok {
		return 0, false
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	shown := r.FloatString(max(0, 15-len(whole.Abs(whole).String())))
	before, after, _ := strings.Cut(shown, ".")
	after = strings.TrimRight(after, "0")
	if len(after) > places {
		return 0, false
	}
	n, err := strconv.ParseInt(before+after+strings.Repeat("0", places-len(after)), 10, 64)
	return n, err == nil
}

func readMoney(c cell) (vnd.Amount, string, []any) {
	if c.number {
		n, ok := decimal(c.text, 0)
		if !ok {
			return 0, "sheet.money_fraction", []any{c.text}
		}
		if vnd.Amount(n) > vnd.Max || vnd.Amount(n) < -vnd.Max {
			return 0, "money_range", []any{c.text}
		}
		return vnd.Amount(n), "", nil
	}
	amount, err := vnd.Parse(c.text)
	switch {
	case err == nil:
		return amount, "", nil
	case errors.Is(err, vnd.ErrSecond):
		return 0, "money_decimals", []any{c.text}
	case errors.Is(err, vnd.ErrRange):
		return 0, "money_range", []any{c.text}
	default:
		return 0, "money_form", []any{c.text}
	}
}

func readArea(c cell) (area.Area, string, []any) {
	if c.number {
		n, ok := decimal(c.text, 2)
		if !ok || n < 0 || n > 99_999_999_999_999 {
			return 0, "sheet.area_number", []any{c.text}
		}
		return area.Area(n), "", nil
	}
	a, err := area.Parse(c.text)
	var both *area.Ambiguous
	switch {
	case err == nil:
		return a, "", nil
	case errors.As(err, &both):
		return 0, "area_ambiguous", []any{both.Text, both.Grouped.String(), both.Point.String()}
	default:
		return 0, "area_form", []any{c.text}
	}
}

// Serial days of spreadsheets. The first is where days begin to be believed: below it stand the numbers that people type for years.
const (
	firstSerial = 10_959  // 01/01/1930
	lastSerial  = 109_575 // 31/12/2199
	shift1904   = 1_462
)

func readDay(c cell, y1904 bool) (day.Date, string, []any) {
	if !c.number {
		d, err := day.Parse(c.text)
		if err != nil {
			return d, "day_form", []any{c.text}
		}
		return d, "", nil
	}
	n, ok := decimal(c.text, 0)
	if ok && y1904 {
		n += shift1904
	}
	if !ok || n < firstSerial || n > lastSerial {
		return day.Date{}, "day_form", []any{c.text}
	}
	return day.New(1899, 12, 30).Add(int(n)), "", nil
}

func readMonth(c cell, y1904 bool) (day.Month, string, []any) {
	if !c.number {
		if m, err := day.ParseMonth(c.text); err == nil {
			return m, "", nil
		}
	}
	d, code, _ := readDay(c, y1904)
	if code != "" {
		return day.Month{}, "sheet.month_form", []any{c.text}
	}
	return d.Month(), "", nil
}

func readInt(c cell) (int, string, []any) {
	n, ok := int64(0), false
	if c.number {
		n, ok = decimal(c.text, 0)
	} else if strings.Trim(c.text, "0123456789") == "" {
		parsed, err := strconv.ParseInt(c.text, 10, 64)
		n, ok = parsed, err == nil
	}
	if !ok || n < 0 || n > 1<<31-1 {
		return 0, "sheet.int_form", []any{c.text}
	}
	return int(n), "", nil
}

// readPercent reads 96, "96,5", "96.5 %" and a cell shown as 96 % alike.
func readPercent(c cell) (int, string, []any) {
	var bp int64
	ok := false
	switch {
	case c.number && c.percent:
		bp, ok = decimal(c.text, 4)
	case c.number:
		bp, ok = decimal(c.text, 2)
	default:
		a, err := area.Parse(strings.TrimSpace(strings.TrimSuffix(c.text, "%")))
		bp, ok = int64(a), err == nil
	}
	if !ok || bp < 0 || bp > 10_000 {
		return 0, "percent_form", []any{c.text}
	}
	return int(bp), "", nil
}

func readChoice(c cell, choices []string) (string, string, []any) {
	typed := plainText(c)
	for _, choice := range choices {
		if strings.EqualFold(typed, clean(choice)) {
			return choice, "", nil
		}
	}
	return typed, "sheet.choice", []any{typed, strings.Join(choices, ", ")}
}

// plainText is a cell of text; a number keeps its digits, never an exponent: codes are often typed as numbers.
func plainText(c cell) string {
	if !c.number || !numberForm.MatchString(c.text) {
		return c.text
	}
	r, ok := new(big.Rat).SetString(c.text)
	if !ok || !r.IsInt() {
		return c.text
	}
	return r.Num().String()
}
