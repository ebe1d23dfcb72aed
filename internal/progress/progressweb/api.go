package progressweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type codeInput struct {
	Code string `path:"code"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *codeInput) (*webkit.ListOutput[progress.Entry], error) {
	if _, err := w.Projects.Get(ctx, who, in.Code); err != nil {
		return nil, err
	}
	entries, err := w.Progress.Entries(ctx, who, in.Code)
	return &webkit.ListOutput[progress.Entry]{Body: webkit.ListBody[progress.Entry]{Items: entries}}, err
}

// EntryInput is one entry by its address. Exported because huma passes over embedded types that are not.
type EntryInput struct {
	Code    string `path:"code"`
	Month   string `path:"month" doc:"YYYY-MM"`
	IfMatch string `header:"If-Match" doc:"version of the entry as it was read; leave out for a month that has no entry yet"`
}

func (in EntryInput) month() (day.Month, error) {
	m, err := day.ParseMonth(in.Month)
	if err != nil {
		return m, fault.InvalidField("month", "progress.month_form")
	}
	return m, nil
}

// pick is the entry with its version; without the header the version is 0.
func (in EntryInput) pick() (progress.Pick, day.Month, error) {
	month, err := in.month()
	if err != nil || in.IfMatch == "" {
		return progress.Pick{Code: in.Code}, month, err
	}
	version, err := webkit.Match{IfMatch: in.IfMatch}.Version()
	return progress.Pick{Code: in.Code, Version: version}, month, err
}

type entryOutput = webkit.Versioned[EntryView]

// EntryView is an entry as the API shows it, with what of it needs a reason before it is handed in.
type EntryView struct {
	progress.Entry
	NeedsReason []webkit.ProblemField `json:"needs_reason"`
}

func (w Web) entry(ctx context.Context, who actor.Actor, code string, month day.Month, err error) (*entryOutput, error) {
	if err != nil {
		return nil, progress.Single(err, code)
	}
	work, err := w.Progress.Work(ctx, who, code, month)
	if err == nil && work.State == "" {
		err = progress.ErrMissing
	}
	view := EntryView{Entry: work.Entry, NeedsReason: []webkit.ProblemField{}}
	for _, n := range work.Needs {
		view.NeedsReason = append(view.NeedsReason, webkit.ProblemField{Field: n.Field, Code: n.Code, Message: w.say(ctx, "fault."+n.Code, n.Args...)})
	}
	return webkit.WithVersion(view, work.Version), err
}

// say is a sentence for the API, in Vietnamese; without words its key.
func (w Web) say(_ context.Context, key string, args ...any) string {
	if w.Say == nil {
		return key
	}
	return w.Say("vi", key, args...)
}

type saveBody struct {
	Executed  *vnd.Amount `json:"executed_vnd,omitempty" doc:"cumulative from 1 January; the figures may be left out only with no_change"`
	Estimate  *vnd.Amount `json:"estimate_month_end_vnd,omitempty"`
	Disbursed *vnd.Amount `json:"disbursed_vnd,omitempty"`
	Treasury  *vnd.Amount `json:"disbursed_treasury_vnd,omitempty"`
	Physical  *int        `json:"physical_bp,omitempty" doc:"share of the whole work done, in basis points"`
	NoChange  bool        `json:"no_change,omitempty" doc:"take over the month before; the figures are not looked at"`
	Reason    string      `json:"reason,omitempty" doc:"why the figures jump or fall; see needs_reason"`
	Note      string      `json:"note,omitempty"`
}

// row reads the body; a figure that is left out is refused, never taken for 0.
func (b saveBody) row(pick progress.Pick) (progress.Row, error) {
	var wrong fault.Wrong
	row := progress.Row{Code: pick.Code, Version: max(pick.Version, 0), NoChange: b.NoChange, Reason: b.Reason, Note: b.Note}
	if b.NoChange {
		return row, nil
	}
	row.Executed = given(&wrong, "executed", b.Executed)
	row.Estimate = given(&wrong, "estimate_month_end", b.Estimate)
	row.Disbursed = given(&wrong, "disbursed", b.Disbursed)
	row.Treasury = given(&wrong, "disbursed_treasury", b.Treasury)
	row.PhysicalBP = given(&wrong, "physical", b.Physical)
	return row, wrong.Err()
}

func given[T any](wrong *fault.Wrong, name string, value *T) T {
	if value == nil {
		wrong.Add(name, "required")
		value = new(T)
	}
	return *value
}

type saveInput struct {
	EntryInput
	Body saveBody
}

func (w Web) apiSave(ctx context.Context, who actor.Actor, in *saveInput) (*entryOutput, error) {
	pick, month, err := in.pick()
	if err != nil {
		return nil, err
	}
	row, err := in.Body.row(pick)
	if err != nil {
		return nil, err
	}
	return w.entry(ctx, who, in.Code, month, w.Progress.SaveOne(ctx, who, month, row, w.Today()))
}

func (w Web) apiSubmit(ctx context.Context, who actor.Actor, in *EntryInput) (*entryOutput, error) {
	pick, month, err := in.pick()
	if err != nil {
		return nil, err
	}
	return w.entry(ctx, who, in.Code, month, w.Progress.Submit(ctx, who, month, []progress.Pick{pick}, w.Today()))
}

func (w Web) apiAccept(ctx context.Context, who actor.Actor, in *EntryInput) (*entryOutput, error) {
	pick, month, err := in.pick()
	if err != nil {
		return nil, err
	}
	return w.entry(ctx, who, in.Code, month, w.Progress.Accept(ctx, who, month, []progress.Pick{pick}))
}

type returnInput struct {
	EntryInput
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiReturn(ctx context.Context, who actor.Actor, in *returnInput) (*entryOutput, error) {
	pick, month, err := in.pick()
	if err != nil {
		return nil, err
	}
	return w.entry(ctx, who, in.Code, month, w.Progress.Return(ctx, who, month, []progress.Pick{pick}, in.Body.Reason))
}
