package capitalweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/capital"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// CodeInput names a work; exported because the API library reads embedded fields of exported types only.
type CodeInput struct {
	Code string `path:"code"`
}

type fundBody struct {
	capital.Fund
	Drawable vnd.Amount `json:"drawable_vnd"`
	Left     vnd.Amount `json:"left_vnd"`
}

type capitalBody struct {
	Items []capital.Line `json:"items"`
	Funds []fundBody     `json:"funds"`
}

func (w Web) apiCapital(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Body[capitalBody], error) {
	v, err := w.Capital.View(ctx, who, in.Code)
	body := capitalBody{Items: v.Lines, Funds: make([]fundBody, 0, len(v.Funds))}
	for _, f := range v.Funds {
		body.Funds = append(body.Funds, fundBody{f, f.Drawable(), f.Left()})
	}
	return &webkit.Body[capitalBody]{Body: body}, err
}

type addCapitalInput struct {
	CodeInput
	Body struct {
		Year      int        `json:"year"`
		Source    string     `json:"source"`
		Kind      string     `json:"kind" enum:"assigned,adjusted,carried_over,advanced"`
		Amount    vnd.Amount `json:"amount_vnd"`
		Number    string     `json:"decision_number"`
		DecidedOn day.Date   `json:"decided_on"`
		Authority string     `json:"authority"`
	}
}

func (w Web) apiAddCapital(ctx context.Context, who actor.Actor, in *addCapitalInput) (*webkit.Body[capitalBody], error) {
	b := in.Body
	line := capital.Line{Year: b.Year, Source: b.Source, Kind: b.Kind, Amount: b.Amount, Number: b.Number, DecidedOn: b.DecidedOn, Authority: b.Authority}
	if err := w.Capital.Add(ctx, who, in.Code, line, w.Today()); err != nil {
		return nil, err
	}
	return w.apiCapital(ctx, who, &in.CodeInput)
}

type mediumBody struct {
	Items []capital.MediumLine `json:"items"`
}

func (w Web) apiMedium(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Body[mediumBody], error) {
	lines, err := w.Capital.Medium(ctx, who, in.Code)
	return &webkit.Body[mediumBody]{Body: mediumBody{lines}}, err
}

type addMediumInput struct {
	CodeInput
	Body struct {
		From      int        `json:"from_year" doc:"first year of the period: 2021 for 2021–2025"`
		Source    string     `json:"source"`
		Kind      string     `json:"kind" enum:"assigned,adjusted"`
		Amount    vnd.Amount `json:"amount_vnd"`
		Number    string     `json:"decision_number"`
		DecidedOn day.Date   `json:"decided_on"`
		Authority string     `json:"authority"`
	}
}

func (w Web) apiAddMedium(ctx context.Context, who actor.Actor, in *addMediumInput) (*webkit.Body[mediumBody], error) {
	b := in.Body
	line := capital.MediumLine{From: b.From, Source: b.Source, Kind: b.Kind, Amount: b.Amount, Number: b.Number, DecidedOn: b.DecidedOn, Authority: b.Authority}
	if err := w.Capital.AddMedium(ctx, who, in.Code, line, w.Today()); err != nil {
		return nil, err
	}
	return w.apiMedium(ctx, who, &in.CodeInput)
}

// MonthsInput names a year of a work.
type MonthsInput struct {
	Code string `path:"code"`
	Year int    `path:"year" minimum:"2000" maximum:"2100"`
}

type monthsBody struct {
	Year      int          `json:"year"`
	Amounts   []vnd.Amount `json:"amounts_vnd" doc:"months 1 to 12, then the January after; empty when none is planned"`
	Planned   []vnd.Amount `json:"cumulative_vnd" doc:"planned to be drawn by the end of each month; a straight line when none is planned"`
	Drawable  vnd.Amount   `json:"drawable_vnd"`
	Entered   bool         `json:"entered"`
	ChangedBy string       `json:"changed_by"`
}

func (w Web) apiMonths(ctx context.Context, who actor.Actor, in *MonthsInput) (*webkit.Versioned[monthsBody], error) {
	p, err := w.Capital.MonthPlan(ctx, who, in.Code, in.Year)
	if err != nil {
		return nil, err
	}
	body := monthsBody{Year: p.Year, Amounts: []vnd.Amount{}, Drawable: p.Drawable, Entered: p.Entered, ChangedBy: p.ChangedBy}
	curve := capital.Straight(p.Drawable)
	if p.Entered {
		curve, body.Amounts = p.Amounts, p.Amounts[:]
	}
	curve = curve.Cumulative()
	body.Planned = curve[:]
	return webkit.WithVersion(body, p.Version), nil
}

type saveMonthsInput struct {
	MonthsInput
	IfMatch string `header:"If-Match" doc:"version of the months as they were read; leave out for a year that has none yet"`
	Body    struct {
		Amounts []vnd.Amount `json:"amounts_vnd" doc:"months 1 to 12, then the January after; what is left out is none, an empty list takes the plan back" nullable:"false"`
	}
}

func (w Web) apiSaveMonths(ctx context.Context, who actor.Actor, in *saveMonthsInput) (*webkit.Versioned[monthsBody], error) {
	version := 0
	if in.IfMatch != "" {
		var err error
		if version, err = (webkit.Match{IfMatch: in.IfMatch}).Version(); err != nil {
			return nil, err
		}
	}
	var m capital.Months
	if len(in.Body.Amounts) > len(m) {
		return nil, fault.InvalidField("amounts_vnd", "capital.months_many")
	}
	copy(m[:], in.Body.Amounts)
	if err := w.Capital.SaveMonths(ctx, who, in.Code, in.Year, version, m); err != nil {
		return nil, err
	}
	return w.apiMonths(ctx, who, &in.MonthsInput)
}
