package debtweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/debt"
	"matbang/internal/listing"
	"matbang/internal/webkit"
)

type listInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in holder, case and code, without marks"`
	State   string `query:"state" enum:"open,settled,taken_back"`
	Kind    string `query:"kind" enum:"land_use_fee,land_rent,resettlement,other"`
	Project string `query:"project"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *listInput) (*webkit.ListOutput[debt.Debt], error) {
	answer, _, err := w.Debts.List(ctx, who, debt.Filter{State: in.State, Kind: in.Kind, Project: in.Project}, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(d debt.Debt) string { return d.Code }), nil
}

type body struct {
	debt.Debt
	Payments []debt.Payment `json:"payments"`
}

func (w Web) now(ctx context.Context, who actor.Actor, code string) (*webkit.Versioned[body], error) {
	d, payments, err := w.Debts.Get(ctx, who, code)
	if err != nil {
		return nil, err
	}
	return webkit.WithVersion(body{d, payments}, d.Version), nil
}

// CodeInput is an address; exported because the API's library passes over embedded types that are not.
type CodeInput struct {
	Code string `path:"code"`
}

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Versioned[body], error) {
	return w.now(ctx, who, in.Code)
}

type recordInput struct {
	webkit.Idempotent
	Body debt.New
}

func (w Web) apiRecord(ctx context.Context, who actor.Actor, in *recordInput) (*webkit.Versioned[body], error) {
	code, err := w.Debts.Record(ctx, who, in.Body, in.Key, w.Today())
	if err != nil {
		return nil, err
	}
	return w.now(ctx, who, code)
}

// StepInput is an act on a debt as it was read.
type StepInput struct {
	CodeInput
	webkit.Match
	webkit.Idempotent
}

type repayInput struct {
	StepInput
	Body debt.Repayment
}

func (w Web) apiRepay(ctx context.Context, who actor.Actor, in *repayInput) (*webkit.Versioned[body], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := w.Debts.Repay(ctx, who, in.Code, version, in.Body, in.Key, w.Today()); err != nil {
		return nil, err
	}
	return w.now(ctx, who, in.Code)
}

type takeBackInput struct {
	StepInput
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiTakeBack(ctx context.Context, who actor.Actor, in *takeBackInput) (*webkit.Versioned[body], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := w.Debts.TakeBack(ctx, who, in.Code, version, in.Body.Reason, in.Key, w.Today()); err != nil {
		return nil, err
	}
	return w.now(ctx, who, in.Code)
}
