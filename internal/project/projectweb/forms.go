package projectweb

import (
	"strconv"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/project"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// form is a work as it was typed: shown again, unchanged, when something is wrong.
type form struct {
	Code, Name, Group, FieldGroup, Sector, Unit, Investor, StartYear, EndYear, FundingFrom, FundingTo, TotalInvestment, State, Note string
	StateSince, ValidFrom, Reason, Place                                                                                            string
	Clearance                                                                                                                       bool
	WardCodes                                                                                                                       []string
	Version                                                                                                                         int
}

func formOf(f project.File) form {
	p := f.Project
	return form{Code: p.Code, Name: p.Name, Group: p.Group, FieldGroup: strconv.Itoa(p.FieldGroup), Sector: p.Sector, Unit: p.UnitCode, Investor: p.Investor,
		StartYear: strconv.Itoa(p.StartYear), EndYear: strconv.Itoa(p.EndYear), FundingFrom: optionalYear(p.FundingFrom), FundingTo: optionalYear(p.FundingTo),
		TotalInvestment: p.TotalInvestment.String(), State: string(p.State), Note: p.Note, Place: f.Place.Text(),
		Clearance: p.Clearance, WardCodes: splitCodes(p.WardCodes), Version: p.Version}
}

func optionalYear(year int) string {
	if year == 0 {
		return ""
	}
	return strconv.Itoa(year)
}

func readForm(c *webkit.Ctx) form {
	return form{Code: c.Form("code"), Name: c.Form("name"), Group: c.Form("group"), FieldGroup: c.Form("field_group"), Sector: c.Form("sector"),
		Unit: c.Form("unit"), Investor: c.Form("investor"), StartYear: c.Form("start_year"), EndYear: c.Form("end_year"),
		FundingFrom: c.Form("funding_from"), FundingTo: c.Form("funding_to"), TotalInvestment: c.Form("total_investment"), State: c.Form("state"),
		Note: c.Form("note"), StateSince: c.Form("state_since"), ValidFrom: c.Form("valid_from"), Reason: c.Form("reason"), Place: c.Form("place"), Clearance: c.Form("clearance") != "",
		WardCodes: c.FormAll("ward_codes"), Version: c.Version()}
}

// input reads the typed texts; what cannot be read is refused at its field.
func (f form) input() (project.Input, error) {
	var wrong fault.Wrong
	in := project.Input{Code: f.Code, Name: f.Name, Group: f.Group, Sector: f.Sector, Unit: f.Unit, Investor: f.Investor, State: project.State(f.State),
		Note: f.Note, Reason: f.Reason, Clearance: f.Clearance, WardCodes: f.WardCodes}
	if f.FieldGroup != "" { // left empty it is the one of the sector
		n, err := strconv.Atoi(f.FieldGroup)
		wrong.Check(err == nil && n > 0, "field_group", "choose")
		in.FieldGroup = n
	}
	in.StartYear = webkit.Year(&wrong, "start_year", f.StartYear)
	in.EndYear = webkit.Year(&wrong, "end_year", f.EndYear)
	if f.FundingFrom != "" || f.FundingTo != "" {
		in.FundingFrom = webkit.Year(&wrong, "funding_from", f.FundingFrom)
		in.FundingTo = webkit.Year(&wrong, "funding_to", f.FundingTo)
	}
	if f.TotalInvestment != "" {
		in.TotalInvestment = webkit.Money(&wrong, "total_investment", f.TotalInvestment)
	}
	in.StateSince = webkit.OptionalDay(&wrong, "state_since", f.StateSince)
	in.ValidFrom = webkit.OptionalDay(&wrong, "valid_from", f.ValidFrom)
	if err := wrong.Err(); err != nil {
		return in, err
	}
	place, err := project.ParsePlace(f.Place)
	in.Place = &place
	return in, err
}

// decisionForm is a decision as it was typed.
type decisionForm struct {
	Kind, Number, DecidedOn, Authority, TotalInvestment string
	Parts                                               map[string]string
}

func readDecision(c *webkit.Ctx) decisionForm {
	f := decisionForm{c.Form("kind"), c.Form("number"), c.Form("decided_on"), c.Form("authority"), c.Form("total_investment"), map[string]string{}}
	for _, name := range project.PartNames() {
		f.Parts[name] = c.Form(name)
	}
	return f
}

func (f decisionForm) decision() (project.Decision, error) {
	var wrong fault.Wrong
	d := project.Decision{Kind: f.Kind, Number: f.Number, Authority: f.Authority}
	d.DecidedOn = webkit.Day(&wrong, "decided_on", f.DecidedOn)
	d.TotalInvestment = webkit.Money(&wrong, "total_investment", f.TotalInvestment)
	for name, into := range map[string]*vnd.Amount{"construction": &d.Construction, "equipment": &d.Equipment, "clearance": &d.Clearance,
		"management": &d.Management, "consulting": &d.Consulting, "other": &d.Other, "contingency": &d.Contingency} {
		if f.Parts[name] != "" {
			*into = webkit.Money(&wrong, name, f.Parts[name])
		}
	}
	return d, wrong.Err()
}

// entryForm is what was typed to open a phase, to suspend or to go on. Act is which of the three.
type entryForm struct {
	Act, On, Reason, Document string
	Version                   int
}

func readEntry(c *webkit.Ctx, act string) entryForm {
	return entryForm{act, c.Form("entered_on"), c.Form("reason"), c.Form("document"), c.Version()}
}

func (f entryForm) entry() (project.Entry, error) {
	var wrong fault.Wrong
	e := project.Entry{Reason: f.Reason, Document: f.Document, On: webkit.Day(&wrong, "entered_on", f.On)}
	return e, wrong.Err()
}

// dayOr reads a day of the API that may be left out.
func dayOr(given *day.Date) day.Date {
	if given == nil {
		return day.Date{}
	}
	return *given
}

func splitCodes(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
