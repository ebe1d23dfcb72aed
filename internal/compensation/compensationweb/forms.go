package compensationweb

import (
	"errors"
	"strconv"
	"strings"

	"matbang/internal/area"
	"matbang/internal/compensation"
	"matbang/internal/fault"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// planForm is a new plan as it was typed.
type planForm struct{ Project, Name, RuleSet string }

func readPlan(c *webkit.Ctx) planForm {
	return planForm{c.Form("project"), c.Form("name"), c.Form("rule_set")}
}

// actForm is what the acts of the plan's page ask for, as it was typed.
type actForm struct{ AppraisalNo, Reason, Number, DecidedOn, EffectiveOn string }

func readAct(c *webkit.Ctx) actForm {
	return actForm{c.Form("appraisal_number"), c.Form("reason"), c.Form("number"), c.Form("decided_on"), c.Form("effective_on")}
}

func (f actForm) decision() (compensation.Decision, error) {
	var wrong fault.Wrong
	d := compensation.Decision{Number: f.Number}
	d.DecidedOn = webkit.Day(&wrong, "decided_on", f.DecidedOn)
	d.EffectiveOn = webkit.Day(&wrong, "effective_on", f.EffectiveOn)
	return d, wrong.Err()
}

// The rows a form offers, and the most it takes.
const (
	offeredRows = 12
	mostRows    = 200
)

// lineForm is one row of an award as it was typed. No names its fields: "lines.3.price".
type lineForm struct {
	No                                                                  int
	Category, Description, Unit, Quantity, Price, Factor, Basis, Amount string
}

func (f lineForm) empty() bool {
	return f.Category+f.Description+f.Quantity+f.Price+f.Basis == ""
}

// awardForm is the rows of an award as they were typed.
type awardForm struct {
	Rows    []lineForm
	Version int
}

// formOf offers at least twelve rows, and always some empty ones.
func formOf(p compensation.Plan, a compensation.Award) awardForm {
	f := awardForm{Version: p.Version}
	for _, l := range a.Lines {
		f.Rows = append(f.Rows, lineForm{No: l.No, Category: string(l.Category), Description: l.Description, Unit: l.Unit, Quantity: l.Quantity.String(),
			Price: l.Price.String(), Factor: percentText(l.FactorBP), Basis: l.Basis, Amount: l.Amount.String()})
	}
	for n := max(offeredRows, len(a.Lines)+3); len(f.Rows) < n; {
		f.Rows = append(f.Rows, lineForm{No: len(f.Rows) + 1})
	}
	return f
}

func readAward(c *webkit.Ctx) awardForm {
	f := awardForm{Version: c.Version()}
	posted := c.FormMap()
	for no := 1; no <= mostRows && posted.Has(field(no, "category")); no++ {
		at := func(name string) string { return c.Form(field(no, name)) }
		f.Rows = append(f.Rows, lineForm{No: no, Category: at("category"), Description: at("description"), Unit: at("unit"),
			Quantity: at("quantity"), Price: at("price"), Factor: at("factor"), Basis: at("basis")})
	}
	return f
}

func field(no int, name string) string { return "lines." + strconv.Itoa(no) + "." + name }

// input reads the rows that are not empty; what cannot be read is refused at its field.
func (f awardForm) input(caseCode string) (compensation.AwardInput, error) {
	var wrong fault.Wrong
	in := compensation.AwardInput{CaseCode: caseCode}
	for _, row := range f.Rows {
		if !row.empty() {
			in.Lines = append(in.Lines, row.line(&wrong))
		}
	}
	return in, wrong.Err()
}

func (f lineForm) line(wrong *fault.Wrong) compensation.Line {
	l := compensation.Line{No: f.No, Category: compensation.Category(f.Category), Description: f.Description, Unit: f.Unit, Basis: f.Basis, FactorBP: 10_000}
	var err error
	if l.Quantity, err = area.Parse(f.Quantity); err != nil {
		var both *area.Ambiguous
		if errors.As(err, &both) {
			wrong.Add(field(f.No, "quantity"), "compensation.line_quantity_ambiguous", f.No, both.Text, both.Grouped.String(), both.Point.String())
		} else {
			wrong.Add(field(f.No, "quantity"), "compensation.line_quantity_form", f.No, f.Quantity)
		}
	}
	if l.Price, err = vnd.Parse(f.Price); err != nil {
		wrong.Add(field(f.No, "price"), "compensation.line_price_form", f.No, f.Price)
	}
	if f.Factor != "" {
		bp, err := area.Parse(strings.TrimSpace(strings.TrimSuffix(f.Factor, "%")))
		l.FactorBP = int(bp)
		wrong.Check(err == nil, field(f.No, "factor"), "compensation.line_factor", f.No)
	}
	return l
}

// percentText is a factor as people type it: 10000 → "100", 8050 → "80,5".
func percentText(bp int) string {
	whole, rest := strconv.Itoa(bp/100), bp%100
	if rest == 0 {
		return whole
	}
	return whole + "," + strings.TrimRight(area.Area(rest).String()[2:], "0")
}

// atFields takes the place in the bulk input off the names of the faults, so that they meet the form's fields.
func atFields(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	named := *f
	named.Fields = make([]fault.Field, len(f.Fields))
	for i, one := range f.Fields {
		one.Name = strings.TrimPrefix(one.Name, "awards.0.")
		named.Fields[i] = one
	}
	return &named
}
