package payoutweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/webkit"
)

type depositsInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in payee, payment and deposit code"`
	State   string `query:"state" enum:"incomplete,held,asked,approved,released,taken_back"`
	Ground  string `query:"ground" enum:"refused,disputed,absent,other,unknown"`
	Project string `query:"project"`
	Payment string `query:"payment"`
	Over    int    `query:"over_days" minimum:"0" maximum:"36500"`
}

func (w Web) apiDeposits(ctx context.Context, who actor.Actor, in *depositsInput) (*webkit.ListOutput[payout.DepositEntry], error) {
	f := payout.DepositFilter{State: in.State, Ground: in.Ground, Project: in.Project, Payment: in.Payment, Over: in.Over, Today: w.Today()}
	answer, _, err := w.Payouts.Deposits(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	for i := range answer.Items {
		answer.Items[i].AccountNo = webkit.Mask(answer.Items[i].AccountNo)
	}
	return webkit.Listed(answer, func(d payout.DepositEntry) string { return d.Code }), nil
}

type depositBody struct {
	payout.DepositEntry
	Interests []payout.InterestRow `json:"interest"`
	Releases  []payout.ReleaseRow  `json:"releases"`
}

func (w Web) apiDepositEntry(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Versioned[depositBody], error) {
	return w.depositNow(ctx, who, in.Code)
}

func (w Web) depositNow(ctx context.Context, who actor.Actor, code string) (*webkit.Versioned[depositBody], error) {
	d, err := w.Payouts.Deposit(ctx, who, code)
	if err != nil {
		return nil, err
	}
	d.AccountNo = webkit.Mask(d.AccountNo)
	body := depositBody{DepositEntry: d}
	if body.Interests, body.Releases, err = w.Payouts.DepositHistory(ctx, d); err != nil {
		return nil, err
	}
	return webkit.WithVersion(body, d.Version), nil
}

type completeDepositInput struct {
	CodeInput
	webkit.Match
	Body payout.DepositDetails
}

func (w Web) apiCompleteDeposit(ctx context.Context, who actor.Actor, in *completeDepositInput) (*webkit.Versioned[depositBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := w.Payouts.CompleteDeposit(ctx, who, in.Code, version, in.Body); err != nil {
		return nil, err
	}
	return w.depositNow(ctx, who, in.Code)
}
