package payoutweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

func (w Web) apiApproveAgain(ctx context.Context, who actor.Actor, in *StepInput) (*webkit.Versioned[orderBody], error) {
	return w.apiStep(ctx, who, in, func(version int) error { return w.Payouts.ApproveAgain(ctx, who, in.Code, version, in.Key) })
}

type splitInput struct {
	StepInput
	Body struct {
		Payments []string `json:"payments" doc:"codes of the payments to move; at least one stays"`
	}
}

func (w Web) apiSplit(ctx context.Context, who actor.Actor, in *splitInput) (*webkit.Versioned[orderBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	code, err := w.Payouts.Split(ctx, who, in.Code, version, in.Body.Payments, in.Key, w.Today())
	if err != nil {
		return nil, err
	}
	return w.orderNow(ctx, who, code)
}

type reissueInput struct {
	CodeInput
	webkit.Idempotent
}

func (w Web) apiReissue(ctx context.Context, who actor.Actor, in *reissueInput) (*webkit.Versioned[orderBody], error) {
	code, err := w.Payouts.Reissue(ctx, who, in.Code, in.Key, w.Today())
	if err != nil {
		return nil, err
	}
	return w.orderNow(ctx, who, code)
}

type fundsInput struct {
	Project string `query:"project" required:"true"`
	Year    int    `query:"plan_year" doc:"this year's without it"`
}

type fundBody struct {
	payout.Fund
	Left vnd.Amount `json:"left_vnd"`
}

type fundsBody struct {
	Items []fundBody `json:"items"`
}

func (w Web) apiFunds(ctx context.Context, who actor.Actor, in *fundsInput) (*webkit.Body[fundsBody], error) {
	year := in.Year
	if year == 0 {
		year = w.Today().Year()
	}
	funds, err := w.Payouts.Funds(ctx, who, in.Project, year)
	body := fundsBody{Items: []fundBody{}}
	for _, f := range funds {
		body.Items = append(body.Items, fundBody{f, f.Left()})
	}
	return &webkit.Body[fundsBody]{Body: body}, err
}

type payablesInput struct {
	Project string   `query:"project" required:"true"`
	Ward    string   `query:"ward"`
	Plan    string   `query:"plan"`
	Q       string   `query:"q" doc:"searched in holder and case, without marks"`
	From    day.Date `query:"effective_from"`
	To      day.Date `query:"effective_to"`
	Due     day.Date `query:"due_until"`
	Free    bool     `query:"no_obstacle"`
	Checked bool     `query:"account_checked"`
}

type payableBody struct {
	Case     string     `json:"case"`
	Plan     string     `json:"plan"`
	Holder   string     `json:"holder"`
	Awarded  vnd.Amount `json:"awarded_vnd"`
	Deducted vnd.Amount `json:"deducted_vnd"`
	Left     vnd.Amount `json:"left_vnd"`
	Due      day.Date   `json:"due"`
	Order    string     `json:"in_order" doc:"the live order that keeps it from being picked"`
	Obstacle string     `json:"obstacle"`
	Account  string     `json:"account_state"`
}

type payablesBody struct {
	Items []payableBody `json:"items"`
}

func (w Web) apiPayables(ctx context.Context, who actor.Actor, in *payablesInput) (*webkit.Body[payablesBody], error) {
	awards, _, err := w.Payouts.Payables(ctx, who, in.Project, payout.PayableFilter{Ward: in.Ward, Plan: in.Plan, Text: in.Q, From: in.From, To: in.To,
		Due: in.Due, Free: in.Free, Checked: in.Checked})
	body := payablesBody{Items: []payableBody{}}
	for _, a := range awards {
		body.Items = append(body.Items, payableBody{a.CaseCode, a.PlanCode, a.Holder, a.Total, a.Deducted, a.Left(), a.Due, a.Waiting, a.Obstacle, a.Account})
	}
	return &webkit.Body[payablesBody]{Body: body}, err
}

type accountsInput struct {
	webkit.ListInput
	Q     string `query:"q" doc:"payee, or the whole account number"`
	State string `query:"state" doc:"waiting without it" enum:"waiting,checked,refused"`
	Twice bool   `query:"same_number"`
}

func (w Web) apiAccounts(ctx context.Context, who actor.Actor, in *accountsInput) (*webkit.ListOutput[payout.Account], error) {
	f := payout.AccountFilter{State: in.State, Twice: in.Twice}
	if f.State == "" && !f.Twice {
		f.State = string(payout.AccountWaiting)
	}
	answer, err := w.Payouts.Accounts(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	for i := range answer.Items {
		answer.Items[i].AccountNo = webkit.Mask(answer.Items[i].AccountNo)
	}
	return webkit.Listed(answer, func(a payout.Account) string { return a.Code }), nil
}

type checkAccountInput struct {
	CodeInput
	webkit.Match
	Body struct {
		Correct bool   `json:"correct"`
		Reason  string `json:"reason,omitempty" doc:"needed when it is not"`
	}
}

func (w Web) apiCheckAccount(ctx context.Context, who actor.Actor, in *checkAccountInput) (*webkit.Versioned[payout.Account], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := w.Payouts.Check(ctx, who, in.Code, version, in.Body.Correct, in.Body.Reason); err != nil {
		return nil, err
	}
	history, err := w.Payouts.AccountHistory(ctx, who, in.Code)
	for _, a := range history {
		if a.Code == in.Code {
			a.AccountNo = webkit.Mask(a.AccountNo)
			return webkit.WithVersion(a, a.Version), err
		}
	}
	return nil, err
}
