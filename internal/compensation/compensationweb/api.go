package compensationweb

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/compensation"
	"matbang/internal/day"
	"matbang/internal/listing"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type listInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in code, name and decision number, without marks"`
	Project string `query:"project"`
	State   string `query:"state"`
	Year    string `query:"year" doc:"of the code"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *listInput) (*webkit.ListOutput[compensation.Plan], error) {
	f := compensation.Filter{Project: in.Project, State: in.State, Year: in.Year}
	answer, err := w.Compensation.Plans(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(p compensation.Plan) string { return p.Code }), nil
}

// CodeInput is a plan's address. It is exported because the API's library passes over embedded types that are not.
type CodeInput struct {
	Code string `path:"code"`
}

type getInput struct {
	CodeInput
	webkit.ListInput
}

// planBody is a plan with a page of its awards; next_cursor goes on with them.
type planBody struct {
	compensation.Plan
	Net        vnd.Amount           `json:"net_vnd"`
	Awards     []compensation.Award `json:"awards"`
	NextCursor string               `json:"next_cursor"`
}

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *getInput) (*webkit.Versioned[planBody], error) {
	p, err := w.Compensation.Get(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	awards, err := w.Compensation.Awards(ctx, p.ID, listing.Query{Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	page := webkit.Listed(awards, func(a compensation.Award) string { return a.CaseCode }).Body
	return webkit.WithVersion(planBody{p, p.Net(), page.Items, page.NextCursor}, p.Version), nil
}

func (w Web) again(ctx context.Context, who actor.Actor, code string) (*webkit.Versioned[planBody], error) {
	return w.apiGet(ctx, who, &getInput{CodeInput: CodeInput{code}})
}

// quantity is a number with at most two decimals, read exactly and never as a float.
type quantity struct{ area.Area }

// Schema describes it in OpenAPI.
func (quantity) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Description: "at most two decimals"}
}

type lineBody struct {
	Category    string     `json:"category" enum:"land,structure,crop,moving,investment,support,deduction"`
	Description string     `json:"description"`
	Unit        string     `json:"unit"`
	Quantity    quantity   `json:"quantity"`
	Price       vnd.Amount `json:"price_vnd"`
	FactorBP    *int       `json:"factor_bp,omitempty" doc:"10000 = 100 %, which is the default"`
	Basis       string     `json:"basis,omitempty"`
}

type awardBody struct {
	Case  string     `json:"case"`
	Lines []lineBody `json:"lines"`
}

func awardInputs(bodies []awardBody) []compensation.AwardInput {
	inputs := make([]compensation.AwardInput, len(bodies))
	for i, b := range bodies {
		inputs[i].CaseCode = b.Case
		for _, l := range b.Lines {
			factor := 10_000
			if l.FactorBP != nil {
				factor = *l.FactorBP
			}
			inputs[i].Lines = append(inputs[i].Lines, compensation.Line{Category: compensation.Category(l.Category), Description: l.Description,
				Unit: l.Unit, Quantity: l.Quantity.Area, Price: l.Price, FactorBP: factor, Basis: l.Basis})
		}
	}
	return inputs
}

type createInput struct {
	Body struct {
		Project string      `json:"project"`
		Name    string      `json:"name"`
		RuleSet string      `json:"rule_set"`
		Awards  []awardBody `json:"awards,omitempty"`
	}
}

func (w Web) apiCreate(ctx context.Context, who actor.Actor, in *createInput) (*webkit.Versioned[planBody], error) {
	b := in.Body
	code, err := w.Compensation.CreatePlan(ctx, who,
		compensation.NewPlan{Project: b.Project, Name: b.Name, RuleSet: b.RuleSet, Awards: awardInputs(b.Awards)}, w.Today())
	if err != nil {
		return nil, err
	}
	return w.again(ctx, who, code)
}

type putInput struct {
	CodeInput
	webkit.Match
	Body struct {
		Awards []awardBody `json:"awards"`
	}
}

func (w Web) apiPutAwards(ctx context.Context, who actor.Actor, in *putInput) (*webkit.Versioned[planBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := w.Compensation.PutAwards(ctx, who, in.Code, version, awardInputs(in.Body.Awards)); err != nil {
		return nil, err
	}
	return w.again(ctx, who, in.Code)
}

type awardInput struct {
	CodeInput
	Case string `path:"case"`
}

func (w Web) apiAward(ctx context.Context, who actor.Actor, in *awardInput) (*webkit.Versioned[compensation.Award], error) {
	p, a, err := w.Compensation.Award(ctx, who, in.Code, in.Case)
	if err != nil {
		return nil, err
	}
	return webkit.WithVersion(a, p.Version), nil
}

type checkBody struct {
	Blocking int                    `json:"blocking"`
	Findings []compensation.Finding `json:"findings"`
}

func (w Web) apiCheck(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Body[checkBody], error) {
	findings, err := w.Compensation.Check(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	body := checkBody{Findings: findings}
	for _, f := range findings {
		if f.Blocking {
			body.Blocking++
		}
	}
	return &webkit.Body[checkBody]{Body: body}, nil
}

// ActInput is an act on a plan as it was read.
type ActInput struct {
	CodeInput
	webkit.Match
}

func (w Web) apiSubmit(ctx context.Context, who actor.Actor, in *ActInput) (*webkit.Versioned[planBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := w.Compensation.Submit(ctx, who, in.Code, version); err != nil {
		return nil, err
	}
	return w.again(ctx, who, in.Code)
}

type appraiseInput struct {
	ActInput
	Body struct {
		Number string `json:"appraisal_number"`
	}
}

func (w Web) apiAppraise(ctx context.Context, who actor.Actor, in *appraiseInput) (*webkit.Versioned[planBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := w.Compensation.Appraise(ctx, who, in.Code, version, in.Body.Number); err != nil {
		return nil, err
	}
	return w.again(ctx, who, in.Code)
}

type returnInput struct {
	ActInput
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiReturn(ctx context.Context, who actor.Actor, in *returnInput) (*webkit.Versioned[planBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := w.Compensation.Return(ctx, who, in.Code, version, in.Body.Reason); err != nil {
		return nil, err
	}
	return w.again(ctx, who, in.Code)
}

type approveInput struct {
	ActInput
	webkit.Idempotent
	Body struct {
		Number      string   `json:"decision_number"`
		DecidedOn   day.Date `json:"decided_on"`
		EffectiveOn day.Date `json:"effective_on"`
	}
}

func (w Web) apiApprove(ctx context.Context, who actor.Actor, in *approveInput) (*webkit.Body[compensation.Approval], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	d := compensation.Decision{Number: in.Body.Number, DecidedOn: in.Body.DecidedOn, EffectiveOn: in.Body.EffectiveOn}
	answer, err := w.Compensation.Approve(ctx, who, in.Code, version, d, in.Key, w.Today())
	if err != nil {
		return nil, err
	}
	return &webkit.Body[compensation.Approval]{Body: answer}, nil
}
