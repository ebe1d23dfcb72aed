package projectweb

import (
	"strconv"

	"matbang/internal/fault"
	"matbang/internal/project"
	"matbang/internal/webkit"
)

// form is a work as it was typed: shown again, unchanged, when something is wrong.
type form struct {
	Code, Name, Group, Sector, Investor, StartYear, EndYear, TotalInvestment, State, Note string
	Clearance                                                                             bool
	WardCodes                                                                             []string
	Version                                                                               int
}

func formOf(p project.Project) form {
	return form{Code: p.Code, Name: p.Name, Group: p.Group, Sector: p.Sector, Investor: p.Investor, StartYear: strconv.Itoa(p.StartYear),
		EndYear: strconv.Itoa(p.EndYear), TotalInvestment: p.TotalInvestment.String(), State: string(p.State), Note: p.Note,
		Clearance: p.Clearance, WardCodes: splitCodes(p.WardCodes), Version: p.Version}
}

func readForm(c *webkit.Ctx) form {
	return form{Code: c.Form("code"), Name: c.Form("name"), Group: c.Form("group"), Sector: c.Form("sector"), Investor: c.Form("investor"),
		StartYear: c.Form("start_year"), EndYear: c.Form("end_year"), TotalInvestment: c.Form("total_investment"), State: c.Form("state"),
		Note: c.Form("note"), Clearance: c.Form("clearance") != "", WardCodes: c.FormAll("ward_codes"), Version: c.Version()}
}

// input reads the typed texts; what cannot be read is refused at its field.
func (f form) input() (project.Input, error) {
	var wrong fault.Wrong
	in := project.Input{Code: f.Code, Name: f.Name, Group: f.Group, Sector: f.Sector, Investor: f.Investor, State: project.State(f.State),
		Note: f.Note, Clearance: f.Clearance, WardCodes: f.WardCodes}
	in.StartYear = webkit.Year(&wrong, "start_year", f.StartYear)
	in.EndYear = webkit.Year(&wrong, "end_year", f.EndYear)
	if f.TotalInvestment != "" {
		in.TotalInvestment = webkit.Money(&wrong, "total_investment", f.TotalInvestment)
	}
	return in, wrong.Err()
}

// decisionForm is a decision as it was typed.
type decisionForm struct{ Kind, Number, DecidedOn, Authority, TotalInvestment string }

func readDecision(c *webkit.Ctx) decisionForm {
	return decisionForm{c.Form("kind"), c.Form("number"), c.Form("decided_on"), c.Form("authority"), c.Form("total_investment")}
}

func (f decisionForm) decision() (project.Decision, error) {
	var wrong fault.Wrong
	d := project.Decision{Kind: f.Kind, Number: f.Number, Authority: f.Authority}
	d.DecidedOn = webkit.Day(&wrong, "decided_on", f.DecidedOn)
	d.TotalInvestment = webkit.Money(&wrong, "total_investment", f.TotalInvestment)
	return d, wrong.Err()
}
