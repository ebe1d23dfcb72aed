package webkit

import (
	"errors"
	"strconv"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// The readers of typed fields: each notes in wrong what cannot be read, so that a form shows all its faults at once.

// Money reads an amount in đồng.
func Money(wrong *fault.Wrong, name, text string) vnd.Amount {
	amount, err := vnd.Parse(text)
	if err != nil {
		code, args := MoneyFault(err, text)
		wrong.Add(name, code, args...)
	}
	return amount
}

// MoneyFault names what is wrong with a typed amount.
func MoneyFault(err error, text string) (string, []any) {
	switch {
	case errors.Is(err, vnd.ErrEmpty):
		return "required", nil
	case errors.Is(err, vnd.ErrSecond):
		return "money_decimals", []any{text}
	case errors.Is(err, vnd.ErrRange):
		return "money_range", []any{text}
	default:
		return "money_form", []any{text}
	}
}

// Area reads an area in m²; one that could be read two ways is refused with both readings.
func Area(wrong *fault.Wrong, name, text string) area.Area {
	a, err := area.Parse(text)
	if err != nil {
		code, args := AreaFault(err, text)
		wrong.Add(name, code, args...)
	}
	return a
}

// AreaFault names what is wrong with a typed area.
func AreaFault(err error, text string) (string, []any) {
	var both *area.Ambiguous
	if errors.As(err, &both) {
		return "area_ambiguous", []any{both.Text, both.Grouped.String(), both.Point.String()}
	}
	return "area_form", []any{text}
}

// Day reads a day.
func Day(wrong *fault.Wrong, name, text string) day.Date {
	if text == "" {
		wrong.Add(name, "required")
		return day.Date{}
	}
	return OptionalDay(wrong, name, text)
}

// OptionalDay reads a day that may be left empty.
func OptionalDay(wrong *fault.Wrong, name, text string) day.Date {
	if text == "" {
		return day.Date{}
	}
	d, err := day.Parse(text)
	if err != nil {
		wrong.Add(name, "day_form", text)
	}
	return d
}

// Year reads a year of four digits.
func Year(wrong *fault.Wrong, name, text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1900 || n > 2200 {
		wrong.Add(name, "year_form", text)
	}
	return n
}

// Percent reads "96", "96,5" or "96.5" as basis points.
func Percent(wrong *fault.Wrong, name, text string) int {
	a, err := area.Parse(text)
	if err != nil || a > 10000 {
		wrong.Add(name, "percent_form", text)
	}
	return int(a)
}

// Choice is one entry of a select.
type Choice struct{ Value, Text string }

// Choices makes the entries of a select out of codes whose words stand under prefix.
func (c *Ctx) Choices(prefix string, codes ...string) []Choice {
	choices := make([]Choice, 0, len(codes))
	for _, code := range codes {
		choices = append(choices, Choice{code, c.T(prefix + code)})
	}
	return choices
}
