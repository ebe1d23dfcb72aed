package capitalweb

import (
	"errors"
	"fmt"
	"slices"

	"matbang/internal/capital"
	"matbang/internal/fault"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// lineForm is a decision as it was typed; Year is a year, or the first year of a medium-term period.
type lineForm struct{ Year, Source, Kind, Amount, Number, DecidedOn, Authority string }

func readLine(c *webkit.Ctx, prefix, year string) lineForm {
	form := func(name string) string { return c.Form(prefix + name) }
	return lineForm{form(year), form("source"), form("capital_kind"), form("amount"), form("decision_number"), form("capital_decided_on"), form("capital_authority")}
}

func (f lineForm) line() (capital.Line, error) {
	var wrong fault.Wrong
	l := capital.Line{Source: f.Source, Kind: f.Kind, Number: f.Number, Authority: f.Authority}
	l.Year = webkit.Year(&wrong, "year", f.Year)
	l.Amount = webkit.Money(&wrong, "amount", f.Amount)
	l.DecidedOn = webkit.Day(&wrong, "capital_decided_on", f.DecidedOn)
	return l, wrong.Err()
}

func (f lineForm) medium() (capital.MediumLine, error) {
	var wrong fault.Wrong
	l := capital.MediumLine{Source: f.Source, Kind: f.Kind, Number: f.Number, Authority: f.Authority}
	l.From = webkit.Year(&wrong, "from_year", f.Year)
	l.Amount = webkit.Money(&wrong, "amount", f.Amount)
	l.DecidedOn = webkit.Day(&wrong, "capital_decided_on", f.DecidedOn)
	return l, wrong.Err()
}

// mediumPrefix keeps the fields of the medium-term form apart from those of the year's: both stand on one page.
const mediumPrefix = "medium_"

// prefixed names the wrong fields of a refusal as the form does.
func prefixed(err error, prefix string) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	named := *f
	named.Fields = slices.Clone(f.Fields)
	for i := range named.Fields {
		named.Fields[i].Name = prefix + named.Fields[i].Name
	}
	return &named
}

// monthsForm is the months of a year as they were typed.
type monthsForm struct {
	Amounts [13]string
	Version int
}

func monthsOf(p capital.MonthPlan) monthsForm {
	f := monthsForm{Version: p.Version}
	for i, a := range p.Amounts {
		if p.Entered && a != 0 {
			f.Amounts[i] = a.String()
		}
	}
	return f
}

func readMonths(c *webkit.Ctx) monthsForm {
	f := monthsForm{Version: c.Version()}
	for i := range f.Amounts {
		f.Amounts[i] = c.Form(monthField(i))
	}
	return f
}

func monthField(i int) string { return fmt.Sprintf("month_%d", i+1) }

// months reads the typed texts; an empty month is none.
func (f monthsForm) months() (capital.Months, error) {
	var wrong fault.Wrong
	var m capital.Months
	for i, text := range f.Amounts {
		if text != "" {
			m[i] = webkit.Money(&wrong, monthField(i), text)
		}
	}
	return m, wrong.Err()
}

// sum adds up what can be read of the typed texts, for the foot of the table.
func (f monthsForm) sum() vnd.Amount {
	var ignored fault.Wrong
	var sum vnd.Amount
	for _, text := range f.Amounts {
		if text != "" {
			sum += webkit.Money(&ignored, "", text)
		}
	}
	return sum
}
