package violationweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/listing"
	"matbang/internal/violation"
	"matbang/internal/webkit"
)

type listInput struct {
	webkit.ListInput
	Q     string `query:"q" doc:"searched in place, description, decision and code, without marks"`
	Kind  string `query:"kind" enum:"construction_procedure,encroachment"`
	Ward  string `query:"ward" doc:"code of the ward"`
	State string `query:"state" enum:"open,late,handled" doc:"open ones include the late ones"`
	Year  int    `query:"year" doc:"in which they were found; left out: all" minimum:"1900" maximum:"2200"`
}

// ViolationView is a violation as the API shows it, with where it stands today.
type ViolationView struct {
	Area  area.Area `json:"area_m2"` // stands before the one of Violation
	State string    `json:"state" doc:"open, late or handled"`
	violation.Violation
}

func (w Web) view(v violation.Violation) ViolationView {
	return ViolationView{v.Area, v.State(w.Today()), v}
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *listInput) (*webkit.ListOutput[ViolationView], error) {
	f := violation.Filter{Kind: in.Kind, Ward: in.Ward, State: in.State, Year: in.Year}
	answer, err := w.Violations.List(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()}, w.Today())
	if err != nil {
		return nil, err
	}
	views := listing.Answer[ViolationView]{Query: answer.Query, Total: answer.Total, Items: make([]ViolationView, 0, len(answer.Items))}
	for _, v := range answer.Items {
		views.Items = append(views.Items, w.view(v))
	}
	return webkit.Listed(views, func(v ViolationView) string { return v.Code }), nil
}

// ViolationCode names a violation; exported because the API library reads embedded fields of exported types only.
type ViolationCode struct {
	Code string `path:"code"`
}

type one = webkit.Versioned[ViolationView]

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *ViolationCode) (*one, error) {
	return w.after(ctx, who, in.Code, nil)
}

// after is the violation as it stands after an act.
func (w Web) after(ctx context.Context, who actor.Actor, code string, err error) (*one, error) {
	if err != nil {
		return nil, err
	}
	v, err := w.Violations.Get(ctx, who, code)
	if err != nil {
		return nil, err
	}
	return webkit.WithVersion(w.view(v), v.Version), nil
}

func (w Web) apiAdd(ctx context.Context, who actor.Actor, in *struct{ Body violation.Input }) (*one, error) {
	code, err := w.Violations.Add(ctx, who, in.Body, w.Today())
	return w.after(ctx, who, code, err)
}

// EndBody is how a violation ended; exported because the API library reads embedded fields of exported types only.
type EndBody struct {
	HandledOn day.Date  `json:"handled_on,omitempty"`
	Outcome   string    `json:"outcome,omitempty"`
	Area      area.Area `json:"area_m2,omitempty"`
}

func (b EndBody) handling() violation.Handling {
	return violation.Handling{HandledOn: b.HandledOn, Outcome: b.Outcome, Area: b.Area}
}

type updateInput struct {
	ViolationCode
	webkit.Match
	Body struct {
		violation.Input
		EndBody
		Reason string `json:"reason,omitempty" doc:"of changing a handled one; needed then"`
	}
}

func (w Web) apiUpdate(ctx context.Context, who actor.Actor, in *updateInput) (*one, error) {
	version, err := in.Version()
	if err == nil {
		c := violation.Change{Input: in.Body.Input, Handling: in.Body.handling(), Reason: in.Body.Reason}
		err = w.Violations.Update(ctx, who, in.Code, version, c, w.Today())
	}
	return w.after(ctx, who, in.Code, err)
}

type handleInput struct {
	ViolationCode
	webkit.Match
	Body struct {
		violation.Decision
		EndBody
	}
}

func (w Web) apiHandle(ctx context.Context, who actor.Actor, in *handleInput) (*one, error) {
	version, err := in.Version()
	if err == nil {
		err = w.Violations.Handle(ctx, who, in.Code, version, in.Body.Decision, in.Body.handling(), w.Today())
	}
	return w.after(ctx, who, in.Code, err)
}
