package lateweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/late"
	"matbang/internal/webkit"
)

type ageingInput struct {
	Project string `query:"project"`
	Cause   string `query:"cause" enum:"office,no_funds,absent,refused,dispute,undetermined"`
	Over    int    `query:"over" minimum:"0" doc:"more days late than this"`
	Show    string `query:"show" enum:"owed,unplanned,all" default:"owed" doc:"what is still owed, what has a surcharge that no plan has taken up, or whatever was ever late"`
	AsOf    string `query:"as_of" format:"date" doc:"left out: today"`
	Page    int    `query:"page" minimum:"1"`
}

// dayOr reads a day of a query, today when it is left out or wrong.
func (w Web) dayOr(text string) day.Date {
	if d, err := day.Parse(text); err == nil && !d.IsZero() {
		return d
	}
	return w.Today()
}

func (w Web) apiAgeing(ctx context.Context, who actor.Actor, in *ageingInput) (*webkit.Body[late.Ageing], error) {
	f := late.Filter{Project: in.Project, Cause: late.Cause(in.Cause), Over: in.Over, Show: showOr(in.Show), AsOf: w.dayOr(in.AsOf)}
	answer, err := w.Late.Ageing(ctx, who, f, in.Page)
	return &webkit.Body[late.Ageing]{Body: answer}, err
}

// CaseInput names a case; exported because the API library reads embedded fields of exported types only.
type CaseInput struct {
	Case string `path:"case"`
}

type ofCaseInput struct {
	CaseInput
	AsOf string `query:"as_of" format:"date" doc:"left out: today"`
}

type overdueBody struct {
	Items []late.Overdue `json:"items"`
}

func (w Web) apiOfCase(ctx context.Context, who actor.Actor, in *ofCaseInput) (*webkit.Body[overdueBody], error) {
	overdue, err := w.Late.OfCase(ctx, who, in.Case, w.dayOr(in.AsOf))
	return &webkit.Body[overdueBody]{Body: overdueBody{overdue}}, err
}

type causeInput struct {
	CaseInput
	Body struct {
		Plan  string `json:"plan"`
		Cause string `json:"cause" enum:"office,no_funds,absent,refused,dispute,undetermined"`
		Paper string `json:"paper,omitempty" doc:"needed for a cause of the person's"`
		Note  string `json:"note,omitempty"`
	}
}

func (w Web) apiCause(ctx context.Context, who actor.Actor, in *causeInput) (*webkit.Body[overdueBody], error) {
	if err := w.Late.StateCause(ctx, who, in.Case, in.Body.Plan, late.Cause(in.Body.Cause), in.Body.Paper, in.Body.Note); err != nil {
		return nil, err
	}
	return w.apiOfCase(ctx, who, &ofCaseInput{CaseInput: in.CaseInput})
}

type plansInput struct {
	Project string `query:"project"`
	Cursor  string `query:"cursor"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type plansBody struct {
	Items []late.SurchargePlan `json:"items"`
	Next  string               `json:"next_cursor"`
}

func (w Web) apiPlans(ctx context.Context, who actor.Actor, in *plansInput) (*webkit.Body[plansBody], error) {
	plans, err := w.Late.Plans(ctx, who, in.Project, in.Cursor, in.Limit+1)
	body := plansBody{Items: plans}
	if len(plans) > in.Limit {
		body.Items = plans[:in.Limit]
		body.Next = body.Items[in.Limit-1].Code
	}
	return &webkit.Body[plansBody]{Body: body}, err
}

type planBody struct {
	late.SurchargePlan
	Lines []late.PlanLine `json:"lines"`
}

type versioned = webkit.Versioned[planBody]

func (w Web) planNow(ctx context.Context, who actor.Actor, code string, err error) (*versioned, error) {
	if err != nil {
		return nil, err
	}
	p, lines, err := w.Late.Get(ctx, who, code)
	if err != nil {
		return nil, err
	}
	return webkit.WithVersion(planBody{p, lines}, p.Version), nil
}

type draftInput struct {
	webkit.Idempotent
	Body struct {
		Project string   `json:"project"`
		Through day.Date `json:"through"`
		Payer   string   `json:"payer" enum:"budget,investor"`
		Note    string   `json:"note,omitempty"`
	}
}

func (w Web) apiDraft(ctx context.Context, who actor.Actor, in *draftInput) (*versioned, error) {
	b := in.Body
	code, err := w.Late.Draft(ctx, who, late.NewPlan{Project: b.Project, Through: b.Through, Payer: b.Payer, Note: b.Note}, in.Key, w.Today())
	return w.planNow(ctx, who, code, err)
}

// PlanCode names a plan; exported because the API library reads embedded fields of exported types only.
type PlanCode struct {
	Code string `path:"code"`
}

// PlanAct is an act on a plan as it was read.
type PlanAct struct {
	PlanCode
	webkit.Match
	webkit.Idempotent
}

func (w Web) apiPlan(ctx context.Context, who actor.Actor, in *PlanCode) (*versioned, error) {
	return w.planNow(ctx, who, in.Code, nil)
}

// act runs an act with the version the caller read.
func (w Web) act(ctx context.Context, who actor.Actor, in PlanAct, run func(version int) error) (*versioned, error) {
	version, err := in.Version()
	if err == nil {
		err = run(version)
	}
	return w.planNow(ctx, who, in.Code, err)
}

type approveInput struct {
	PlanAct
	Body struct {
		DecisionNo string   `json:"decision_no"`
		DecidedOn  day.Date `json:"decided_on"`
	}
}

func (w Web) apiApprove(ctx context.Context, who actor.Actor, in *approveInput) (*versioned, error) {
	return w.act(ctx, who, in.PlanAct, func(version int) error {
		return w.Late.Approve(ctx, who, in.Code, version, in.Body.DecisionNo, in.Body.DecidedOn, in.Key, w.Today())
	})
}

type reasonInput struct {
	PlanAct
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiCancel(ctx context.Context, who actor.Actor, in *reasonInput) (*versioned, error) {
	return w.act(ctx, who, in.PlanAct, func(version int) error { return w.Late.Cancel(ctx, who, in.Code, version, in.Body.Reason, in.Key) })
}

type payInput struct {
	PlanAct
	Body struct {
		Line         int64    `json:"line"`
		Day          day.Date `json:"day"`
		EvidenceKind string   `json:"evidence_kind" enum:"bank_advice,signed_list"`
		EvidenceRef  string   `json:"evidence_ref"`
	}
}

func (w Web) apiPay(ctx context.Context, who actor.Actor, in *payInput) (*versioned, error) {
	b := in.Body
	return w.act(ctx, who, in.PlanAct, func(version int) error {
		return w.Late.RecordPaid(ctx, who, in.Code, version, late.Result{Line: b.Line, Day: b.Day, EvidenceKind: b.EvidenceKind, EvidenceRef: b.EvidenceRef}, in.Key, w.Today())
	})
}

type takeBackInput struct {
	PlanAct
	Body struct {
		Line   int64  `json:"line"`
		Reason string `json:"reason"`
	}
}

func (w Web) apiTakeBack(ctx context.Context, who actor.Actor, in *takeBackInput) (*versioned, error) {
	return w.act(ctx, who, in.PlanAct, func(version int) error {
		return w.Late.TakeBack(ctx, who, in.Code, version, in.Body.Line, in.Body.Reason, in.Key, w.Today())
	})
}
