package scheduleweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/schedule"
	"matbang/internal/webkit"
)

// CodeInput names a work; exported because the API library reads embedded fields of exported types only.
type CodeInput struct {
	Code string `path:"code"`
}

type scheduleBody struct {
	schedule.Plan
	EnteredBP int            `json:"entered_weight_bp" doc:"sum of the weights as entered; a baseline wants 10000"`
	Standing  string         `json:"standing" enum:"late,on_time,finished,no_baseline"`
	Facts     schedule.Facts `json:"facts"`
}

type scheduleOutput = webkit.Versioned[scheduleBody]

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *CodeInput) (*scheduleOutput, error) {
	plan, err := w.Schedules.Plan(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	months, err := w.Schedules.Months(ctx, w.Today())
	facts := plan.Facts(w.Today(), months)
	return webkit.WithVersion(scheduleBody{Plan: plan, EnteredBP: plan.EnteredBP(), Standing: facts.Standing(), Facts: facts}, plan.Version), err
}

type saveInput struct {
	CodeInput
	IfMatch string `header:"If-Match" doc:"version of the schedule as it was read; leave out for a work that has none"`
	Body    struct {
		Milestones []schedule.Row `json:"milestones" doc:"all of them in their order; was is the rank of one that stands, 0 for a new one"`
	}
}

func (w Web) apiSave(ctx context.Context, who actor.Actor, in *saveInput) (*scheduleOutput, error) {
	version := 0
	if in.IfMatch != "" {
		var err error
		if version, err = (webkit.Match{IfMatch: in.IfMatch}).Version(); err != nil {
			return nil, err
		}
	}
	if err := w.Schedules.Save(ctx, who, in.Code, version, in.Body.Milestones); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &in.CodeInput)
}

type milestoneRecordInput struct {
	CodeInput
	webkit.Match
	Body struct {
		Entries []schedule.Entry `json:"entries"`
	}
}

func (w Web) apiRecord(ctx context.Context, who actor.Actor, in *milestoneRecordInput) (*scheduleOutput, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	works := []schedule.WorkEntries{{Code: in.Code, Version: version, Entries: in.Body.Entries}}
	if err := w.Schedules.Record(ctx, who, works, w.Today()); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &in.CodeInput)
}

type fixInput struct {
	CodeInput
	webkit.Match
	Body struct {
		Reason string `json:"reason,omitempty" doc:"needed from the second baseline on"`
	}
}

func (w Web) apiFix(ctx context.Context, who actor.Actor, in *fixInput) (*scheduleOutput, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if _, err := w.Schedules.Fix(ctx, who, in.Code, version, in.Body.Reason, w.Today()); err != nil {
		return nil, err
	}
	return w.apiGet(ctx, who, &in.CodeInput)
}
