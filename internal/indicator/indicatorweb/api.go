package indicatorweb

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"matbang/internal/actor"
	"matbang/internal/indicator"
	"matbang/internal/webkit"
)

// YearInput names a year; exported because the API library reads embedded fields of exported types only.
type YearInput struct {
	Year int `path:"year" minimum:"2000" maximum:"2100"`
}

// valueBody is an indicator of a year. Figures are exact decimal numbers of the measure; ratios are basis points.
type valueBody struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	NameEN     string   `json:"name_en"`
	Measure    string   `json:"measure"`
	Unit       string   `json:"unit"`
	Plan       *decimal `json:"plan"`
	Result     *decimal `json:"result"`
	Mark       string   `json:"mark" enum:"exact,over,nearly"`
	RatioBP    *int     `json:"ratio_bp" doc:"computed from two exact figures, else as given"`
	RatioGiven bool     `json:"ratio_given"`
	LastYear   *decimal `json:"last_year"`
	GrowthBP   *int     `json:"growth_bp"`
	Note       string   `json:"note"`
	State      string   `json:"state" doc:"empty, entered or accepted"`
	Version    int      `json:"version"`
}

// decimal is a figure as the API carries it: a number with at most two decimals, exact on both ways.
type decimal indicator.Figure

// Schema describes it as a number.
func (decimal) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Nullable: true, Description: "in the measure, at most two decimals", Examples: []any{42.65}}
}

// MarshalJSON writes a number.
func (d decimal) MarshalJSON() ([]byte, error) { return indicator.Figure(d).MarshalJSON() }

// UnmarshalJSON reads a number with at most two decimals.
func (d *decimal) UnmarshalJSON(data []byte) error { return (*indicator.Figure)(d).UnmarshalJSON(data) }

func bodyOf(r indicator.Row) valueBody {
	b := valueBody{Code: r.Code, Name: r.Name, NameEN: r.NameEN, Measure: r.Measure, Unit: r.Unit, Plan: (*decimal)(r.Plan), Result: (*decimal)(r.Result),
		Mark: string(r.Mark), LastYear: (*decimal)(r.LastYear), Note: r.Note, State: string(r.State), Version: r.Version}
	if bp, given, ok := r.Ratio(); ok {
		b.RatioBP, b.RatioGiven = &bp, given
	}
	if bp, _, ok := r.Growth(); ok {
		b.GrowthBP = &bp
	}
	return b
}

type yearBody struct {
	Items []valueBody `json:"items"`
}

func (w Web) apiYear(ctx context.Context, who actor.Actor, in *YearInput) (*webkit.Body[yearBody], error) {
	rows, err := w.Indicators.Year(ctx, who, in.Year)
	body := yearBody{Items: make([]valueBody, 0, len(rows))}
	for _, r := range rows {
		body.Items = append(body.Items, bodyOf(r))
	}
	return &webkit.Body[yearBody]{Body: body}, err
}

type valueInput struct {
	Code     string   `json:"code"`
	Version  int      `json:"version" doc:"of the value seen; 0 when there was none"`
	Plan     *decimal `json:"plan,omitempty"`
	Result   *decimal `json:"result,omitempty"`
	Mark     string   `json:"mark,omitempty" enum:"exact,over,nearly" default:"exact"`
	RatioBP  *int     `json:"ratio_bp,omitempty"`
	LastYear *decimal `json:"last_year,omitempty"`
	GrowthBP *int     `json:"growth_bp,omitempty"`
	Note     string   `json:"note,omitempty"`
	Reason   string   `json:"reason,omitempty"`
}

type saveInput struct {
	YearInput
	Body struct {
		Items []valueInput `json:"items" maxItems:"500"`
	}
}

func (v valueInput) input() indicator.Input {
	return indicator.Input{Code: v.Code, Version: v.Version, Value: indicator.Value{Plan: (*indicator.Figure)(v.Plan), Result: (*indicator.Figure)(v.Result),
		Mark: indicator.Mark(v.Mark), RatioBP: v.RatioBP, LastYear: (*indicator.Figure)(v.LastYear), GrowthBP: v.GrowthBP, Note: v.Note, Reason: v.Reason}}
}

func (w Web) apiSave(ctx context.Context, who actor.Actor, in *saveInput) (*webkit.Body[yearBody], error) {
	inputs := make([]indicator.Input, 0, len(in.Body.Items))
	for _, v := range in.Body.Items {
		inputs = append(inputs, v.input())
	}
	if err := w.Indicators.Save(ctx, who, in.Year, inputs, w.Today()); err != nil {
		return nil, err
	}
	return w.apiYear(ctx, who, &in.YearInput)
}

type acceptInput struct {
	YearInput
	Body struct {
		Codes []string `json:"codes" maxItems:"500"`
	}
}

func (w Web) apiAccept(ctx context.Context, who actor.Actor, in *acceptInput) (*webkit.Body[yearBody], error) {
	picks := make([]indicator.Pick, 0, len(in.Body.Codes))
	for _, code := range in.Body.Codes {
		picks = append(picks, indicator.Pick{Code: code})
	}
	if err := w.Indicators.Accept(ctx, who, in.Year, picks); err != nil {
		return nil, err
	}
	return w.apiYear(ctx, who, &in.YearInput)
}

type defineInput struct {
	Body struct {
		Code      string `json:"code"`
		Name      string `json:"name"`
		NameEN    string `json:"name_en,omitempty"`
		Measure   string `json:"measure"`
		Decimals  int    `json:"decimals,omitempty"`
		Direction string `json:"direction,omitempty" enum:"higher,lower" default:"higher"`
		Unit      string `json:"unit" doc:"code of the department that answers for it"`
		Rank      int    `json:"rank,omitempty"`
		FromYear  int    `json:"from_year"`
		ToYear    int    `json:"to_year,omitempty"`
	}
}

func (w Web) apiDefine(ctx context.Context, who actor.Actor, in *defineInput) (*webkit.Body[yearBody], error) {
	b := in.Body
	if err := w.Indicators.Define(ctx, who, indicator.Indicator{Code: b.Code, Name: b.Name, NameEN: b.NameEN, Measure: b.Measure, Decimals: b.Decimals,
		Direction: b.Direction, Unit: b.Unit, Rank: b.Rank, FromYear: b.FromYear, ToYear: b.ToYear}); err != nil {
		return nil, err
	}
	return w.apiYear(ctx, who, &YearInput{b.FromYear})
}
