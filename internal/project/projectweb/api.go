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
	Review bool   `query:"review" doc:"only works with points to look at again; the rows then say how many"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *listInput) (*webkit.ListOutput[project.Row], error) {
	month, _ := day.ParseMonth(in.Month)
	f := project.Filter{Group: in.Group, Sector: in.Sector, State: in.State, Ward: in.Ward, Month: month, Year: month.Year(), Review: in.Review}
	if in.Review { // what is to review is asked for only then: it reads more than the list does
		f.Today = w.Today()
	}
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
	Decisions []project.Decision   `json:"decisions"`
	Versions  []project.Version    `json:"versions"`
	Phases    []project.PhaseRow   `json:"phases"`
	Next      project.Phase        `json:"next_phase"`
	Gate      []project.Condition  `json:"gate" doc:"what must be there before the next phase opens"`
	Findings  []projectFindingBody `json:"findings"`
	Place     project.Place        `json:"place" doc:"WGS84, millionths of a degree"`
}

type projectFindingBody struct {
	Code      string `json:"code"`
	Text      string `json:"text"`
	Basis     string `json:"basis"`
	Confirmed bool   `json:"confirmed" doc:"the text of the article was seen"`
}

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Versioned[projectBody], error) {
	f, err := w.Projects.File(ctx, who, in.Code, w.Today())
	if err != nil {
		return nil, err
	}
	body := projectBody{Project: f.Project, Decisions: f.Decisions, Versions: f.Versions, Phases: f.Phases, Next: f.Next, Gate: f.Gate,
		Findings: make([]projectFindingBody, 0, len(f.Findings)), Place: f.Place}
	for _, x := range f.Findings {
		body.Findings = append(body.Findings, projectFindingBody{x.Code, w.say("vi", "project.finding."+x.Code, x.Args...), x.Basis, x.Confirmed})
	}
	return webkit.WithVersion(body, f.Project.Version), nil
}

type inputBody struct {
	Code            string     `json:"code,omitempty"`
	Name            string     `json:"name"`
	Group           string     `json:"group"`
	FieldGroup      int        `json:"field_group,omitempty" minimum:"0" maximum:"4" doc:"1 to 4, group of fields of the law; left out: that of the sector, or unchanged"`
	Sector          string     `json:"sector"`
	Unit            string     `json:"unit,omitempty"`
	Investor        string     `json:"investor"`
	StartYear       int        `json:"start_year"`
	EndYear         int        `json:"end_year"`
	FundingFrom     int        `json:"funding_from,omitempty"`
	FundingTo       int        `json:"funding_to,omitempty"`
	TotalInvestment vnd.Amount `json:"total_investment_vnd,omitempty"`
	State           string     `json:"state,omitempty" doc:"of a new work; later the phases say it"`
	StateSince      *day.Date  `json:"state_since,omitempty" doc:"of a new work"`
	Clearance       bool       `json:"clearance,omitempty"`
	WardCodes       []string   `json:"ward_codes"`
	Note            string     `json:"note,omitempty"`
	ValidFrom       *day.Date  `json:"valid_from,omitempty" doc:"needed when name, group, field, investor, unit or wards change"`
	Reason          string     `json:"reason,omitempty" doc:"of such a change"`
	Place           *string    `json:"place,omitempty" doc:"WGS84, one vertex a line: latitude longitude; empty takes the place away, left out leaves it"`
}

func (b inputBody) input() (project.Input, error) {
	in := project.Input{Code: b.Code, Name: b.Name, Group: b.Group, FieldGroup: b.FieldGroup, Sector: b.Sector, Unit: b.Unit, Investor: b.Investor,
		StartYear: b.StartYear, EndYear: b.EndYear, FundingFrom: b.FundingFrom, FundingTo: b.FundingTo, TotalInvestment: b.TotalInvestment,
		State: project.State(b.State), StateSince: dayOr(b.StateSince), Clearance: b.Clearance, WardCodes: b.WardCodes, Note: b.Note, ValidFrom: dayOr(b.ValidFrom), Reason: b.Reason}
	if b.Place == nil {
		return in, nil
	}
	place, err := project.ParsePlace(*b.Place)
	in.Place = &place
	return in, err
}

func (w Web) apiCreate(ctx context.Context, who actor.Actor, in *struct{ Body inputBody }) (*webkit.Versioned[projectBody], error) {
	input, err := in.Body.input()
	if err != nil {
		return nil, err
	}
	if input.State == "" {
		input.State = project.Preparing
	}
	if err := w.Projects.Create(ctx, who, input, w.Today()); err != nil {
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
	input, err := in.Body.input()
	if err != nil {
		return nil, err
	}
	if err := w.Projects.Update(ctx, who, version, input, w.Today()); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &in.CodeInput)
}

type projectDecisionInput struct {
	CodeInput
	Body struct {
		Kind            string     `json:"kind" enum:"policy,investment,adjustment,settlement"`
		Number          string     `json:"number"`
		DecidedOn       day.Date   `json:"decided_on"`
		Authority       string     `json:"authority"`
		TotalInvestment vnd.Amount `json:"total_investment_vnd" doc:"of a settlement: the settled value"`
		Construction    vnd.Amount `json:"construction_vnd,omitempty" doc:"when any part is given, the parts add up to the total"`
		Equipment       vnd.Amount `json:"equipment_vnd,omitempty"`
		Clearance       vnd.Amount `json:"clearance_vnd,omitempty"`
		Management      vnd.Amount `json:"management_vnd,omitempty"`
		Consulting      vnd.Amount `json:"consulting_vnd,omitempty"`
		Other           vnd.Amount `json:"other_vnd,omitempty"`
		Contingency     vnd.Amount `json:"contingency_vnd,omitempty"`
	}
}

func (w Web) apiAddDecision(ctx context.Context, who actor.Actor, in *projectDecisionInput) (*webkit.Versioned[projectBody], error) {
	b := in.Body
	d := project.Decision{Kind: b.Kind, Number: b.Number, DecidedOn: b.DecidedOn, Authority: b.Authority, TotalInvestment: b.TotalInvestment,
		Parts: project.Parts{Construction: b.Construction, Equipment: b.Equipment, Clearance: b.Clearance, Management: b.Management,
			Consulting: b.Consulting, Other: b.Other, Contingency: b.Contingency}}
	if err := w.Projects.AddDecision(ctx, who, in.Code, d, w.Today()); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &in.CodeInput)
}

// ProjectEntryBody is the day, the reason and the paper of a phase; exported for the same reason as CodeInput.
type ProjectEntryBody struct {
	EnteredOn day.Date `json:"entered_on"`
	Reason    string   `json:"reason,omitempty"`
	Document  string   `json:"document,omitempty"`
}

func (b ProjectEntryBody) entry() project.Entry {
	return project.Entry{On: b.EnteredOn, Reason: b.Reason, Document: b.Document}
}

type projectPhaseInput struct {
	CodeInput
	webkit.Match
	Body struct {
		Phase string `json:"phase" enum:"investment,procurement,construction,handover,settlement,closed"`
		ProjectEntryBody
	}
}

func (w Web) apiOpenPhase(ctx context.Context, who actor.Actor, in *projectPhaseInput) (*webkit.Versioned[projectBody], error) {
	return w.entered(ctx, who, in.CodeInput, in.Match, func(version int) error {
		return w.Projects.OpenPhase(ctx, who, in.Code, version, project.Phase(in.Body.Phase), in.Body.entry(), w.Today())
	})
}

type projectHaltInput struct {
	CodeInput
	webkit.Match
	Body ProjectEntryBody
}

func (w Web) apiSuspend(ctx context.Context, who actor.Actor, in *projectHaltInput) (*webkit.Versioned[projectBody], error) {
	return w.entered(ctx, who, in.CodeInput, in.Match, func(version int) error {
		return w.Projects.Suspend(ctx, who, in.Code, version, in.Body.entry(), w.Today())
	})
}

func (w Web) apiResume(ctx context.Context, who actor.Actor, in *projectHaltInput) (*webkit.Versioned[projectBody], error) {
	return w.entered(ctx, who, in.CodeInput, in.Match, func(version int) error {
		return w.Projects.Resume(ctx, who, in.Code, version, in.Body.entry(), w.Today())
	})
}

func (w Web) entered(ctx context.Context, who actor.Actor, code CodeInput, match webkit.Match, do func(version int) error) (*webkit.Versioned[projectBody], error) {
	version, err := match.Version()
	if err != nil {
		return nil, err
	}
	if err := do(version); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &code)
}
