package projectweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type listInput struct {
	webkit.ListInput
	Q      string `query:"q" doc:"searched in code and name, without marks"`
	Group  string `query:"group"`
	Sector string `query:"sector"`
	State  string `query:"state"`
	Ward   string `query:"ward" doc:"code of the ward"`
	Month  string `query:"month" doc:"YYYY-MM; whose plan and progress the rows show"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *listInput) (*webkit.ListOutput[project.Row], error) {
	month, _ := day.ParseMonth(in.Month)
	f := project.Filter{Group: in.Group, Sector: in.Sector, State: in.State, Ward: in.Ward, Month: month, Year: month.Year()}
	answer, err := w.Projects.List(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(r project.Row) string { return r.Code }), nil
}

// CodeInput names a work; exported because the API library reads embedded fields of exported types only.
type CodeInput struct {
	Code string `path:"code"`
}

type projectBody struct {
	project.Project
	Decisions []project.Decision `json:"decisions"`
}

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Versioned[projectBody], error) {
	p, err := w.Projects.Get(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	decisions, err := w.Projects.Decisions(ctx, p.ID)
	return webkit.WithVersion(projectBody{p, decisions}, p.Version), err
}

type inputBody struct {
	Code            string     `json:"code,omitempty"`
	Name            string     `json:"name"`
	Group           string     `json:"group"`
	Sector          string     `json:"sector"`
	Unit            string     `json:"unit,omitempty"`
	Investor        string     `json:"investor"`
	StartYear       int        `json:"start_year"`
	EndYear         int        `json:"end_year"`
	TotalInvestment vnd.Amount `json:"total_investment_vnd,omitempty"`
	State           string     `json:"state"`
	Clearance       bool       `json:"clearance,omitempty"`
	WardCodes       []string   `json:"ward_codes"`
	Note            string     `json:"note,omitempty"`
}

func (b inputBody) input() project.Input {
	return project.Input{Code: b.Code, Name: b.Name, Group: b.Group, Sector: b.Sector, Unit: b.Unit, Investor: b.Investor, StartYear: b.StartYear,
		EndYear: b.EndYear, TotalInvestment: b.TotalInvestment, State: project.State(b.State), Clearance: b.Clearance, WardCodes: b.WardCodes, Note: b.Note}
}

func (w Web) apiCreate(ctx context.Context, who actor.Actor, in *struct{ Body inputBody }) (*webkit.Versioned[projectBody], error) {
	if err := w.Projects.Create(ctx, who, in.Body.input(), w.Today()); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &CodeInput{in.Body.Code})
}

type updateInput struct {
	CodeInput
	webkit.Match
	Body inputBody
}

func (w Web) apiUpdate(ctx context.Context, who actor.Actor, in *updateInput) (*webkit.Versioned[projectBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	in.Body.Code = in.Code
	if err := w.Projects.Update(ctx, who, version, in.Body.input(), w.Today()); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &in.CodeInput)
}
