package bank

import (
	"errors"
	"strings"
	"time"

	"matbang/internal/day"
	"matbang/internal/vnd"
)

// What a profile may call money out.
const (
	outDebit    = "debit"
	outCredit   = "credit"
	outNegative = "negative"
)

var errOnBothSides = errors.New("bank: an amount on both sides")

// cells reads what stands in cells by a mapping's marks.
type cells struct {
	decimal, thousands string
	form               string // of days, month first; empty for day first
	clean              *strings.Replacer
}

func cellsOf(m Mapping) cells {
	c := cells{decimal: m.Decimal, thousands: m.Thousands, clean: strings.NewReplacer("\u2212", "-", "\u00a0", " ", "\u202f", " ")}
	if strings.HasPrefix(m.DateForm, "mm") {
		c.form = strings.NewReplacer("mm", "1", "dd", "2", "yyyy", "2006").Replace(m.DateForm)
	}
	return c
}

func (c cells) optional(text, currency string) (Exact, error) {
	if text == "" || text == "-" {
		return Exact{}, nil
	}
	return c.amount(text, currency)
}

// amount reads a number by the profile's marks. Decimals of đồng must be one or two zeros, because đồng have none: three would rather be a
// file that groups thousands by the other mark. Other currencies keep theirs.
func (c cells) amount(text, currency string) (Exact, error) {
	s := text
	if !plainDigits(s) {
		s = strings.TrimSpace(c.clean.Replace(strings.ToLower(text)))
		for _, unit := range []string{strings.ToLower(currency), "vnd", "đ"} {
			s = strings.TrimSpace(strings.TrimSuffix(s, unit))
		}
		if inner, found := strings.CutPrefix(s, "("); found && strings.HasSuffix(inner, ")") {
			s = "-" + strings.TrimSuffix(inner, ")")
		}
		s = strings.TrimPrefix(s, "+")
	}
	decimals := ""
	if c.decimal != "" {
		var found bool
		s, decimals, found = strings.Cut(s, c.decimal)
		if found && (decimals == "" || !digits(decimals) || len(decimals) > exactPlaces || currency == "VND" && decimals != "0" && decimals != "00") {
			return Exact{}, vnd.ErrSecond
		}
	}
	if c.thousands != "" && c.thousands != "." {
		s = strings.ReplaceAll(s, c.thousands, ".")
	}
	whole, err := vnd.Parse(s)
	if err != nil || strings.Trim(decimals, "0") == "" {
		return dong(whole), err
	}
	parts, _ := exact("0."+decimals, strings.HasPrefix(s, "-"))
	return dong(whole).Add(parts), nil
}

func plainDigits(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && c != ',' && c != '-' {
			return false
		}
	}
	return true
}

// day reads by the profile's form. Other forms that put the day first, and yyyy-mm-dd, are read too; month first only when the profile says so.
func (c cells) day(text string) (day.Date, error) {
	if text == "" {
		return day.Date{}, day.ErrForm
	}
	first, _, _ := strings.Cut(squeeze(text), " ")
	first, _, _ = strings.Cut(first, "T")
	if d, ok := serialDay(first); ok {
		return d, nil
	}
	if c.form != "" {
		t, err := time.Parse(c.form, first)
		if err != nil {
			return day.Date{}, day.ErrForm
		}
		return day.Parse(t.Format(time.DateOnly))
	}
	if d, ok := usualDay(first); ok {
		return d, nil
	}
	return day.Parse(first)
}

// usualDay reads dd/mm/yyyy, as nearly every row has it, without trying other forms.
func usualDay(s string) (day.Date, bool) {
	if len(s) != 10 || s[2] != '/' || s[5] != '/' {
		return day.Date{}, false
	}
	n := func(text string) int {
		value := 0
		for i := range len(text) {
			if text[i] < '0' || text[i] > '9' {
				return 0
			}
			value = value*10 + int(text[i]-'0')
		}
		return value
	}
	d, m, y := n(s[:2]), n(s[3:5]), n(s[6:])
	if d == 0 || m == 0 || m > 12 || y < 1900 || y > 2200 {
		return day.Date{}, false
	}
	made := day.New(y, time.Month(m), d)
	return made, d <= 28 || made.VN() == s
}
