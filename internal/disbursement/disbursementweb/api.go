package disbursementweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/listing"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// CodeInput names a work; exported because the API library reads embedded fields of exported types only.
type CodeInput struct {
	Code string `path:"code"`
}

type listInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in codes, numbers and the name of the work, without marks"`
	Project string `query:"project"`
	Year    int    `query:"plan_year"`
	Source  string `query:"source"`
	Kind    string `query:"kind"`
	Purpose string `query:"purpose"`
	Month   string `query:"month" doc:"YYYY-MM of the day of the voucher"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, in *listInput) (*webkit.ListOutput[disbursement.Voucher], error) {
	month, _ := day.ParseMonth(in.Month)
	f := disbursement.Filter{Project: in.Project, Year: in.Year, Source: in.Source, Kind: in.Kind, Purpose: in.Purpose, Month: month}
	answer, _, err := w.Disbursements.List(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(v disbursement.Voucher) string { return v.Code }), nil
}

type recordInput struct {
	CodeInput
	webkit.Idempotent
	Body struct {
		Year     int        `json:"plan_year" doc:"whose capital the money is drawn on"`
		Source   string     `json:"source"`
		Kind     string     `json:"kind" enum:"advance,payment,recovery,refund,held"`
		Purpose  string     `json:"purpose" enum:"contract,clearance,other"`
		Contract string     `json:"contract,omitempty" doc:"code; with purpose contract only"`
		Bill     string     `json:"bill,omitempty" doc:"code of an approved bill of the contract"`
		Advance  string     `json:"advance,omitempty" doc:"code of the advance recovered, refunded or held; a recovery without it takes the oldest first"`
		Amount   vnd.Amount `json:"amount_vnd"`
		Recover  vnd.Amount `json:"recover_vnd,omitempty" doc:"of the contract's advances, together with a payment; completed volume = amount + recover"`
		Number   string     `json:"number" doc:"of the paper"`
		PaidOn   day.Date   `json:"paid_on"`
		Note     string     `json:"note,omitempty"`
	}
}

type recordedBody struct {
	Code string `json:"code"`
}

func (w Web) apiRecord(ctx context.Context, who actor.Actor, in *recordInput) (*webkit.Body[recordedBody], error) {
	b := in.Body
	code, err := w.Disbursements.Record(ctx, who, disbursement.Entry{Project: in.Code, Year: b.Year, Source: b.Source, Kind: disbursement.Kind(b.Kind),
		Purpose: disbursement.Purpose(b.Purpose), Contract: b.Contract, Bill: b.Bill, Advance: b.Advance, Amount: b.Amount, Recover: b.Recover, Number: b.Number,
		PaidOn: b.PaidOn, Note: b.Note, Key: in.Key}, w.Today())
	return &webkit.Body[recordedBody]{Body: recordedBody{code}}, err
}

type reverseInput struct {
	Voucher string `path:"voucher"`
	webkit.Idempotent
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiReverse(ctx context.Context, who actor.Actor, in *reverseInput) (*webkit.Body[recordedBody], error) {
	code, err := w.Disbursements.Reverse(ctx, who, in.Voucher, in.Body.Reason, in.Key, w.Today())
	return &webkit.Body[recordedBody]{Body: recordedBody{code}}, err
}

type confirmationsInput struct {
	CodeInput
	Year int `query:"plan_year" doc:"every year when left out"`
}

type confirmationsBody struct {
	Items []disbursement.Confirmation `json:"items"`
}

func (w Web) apiConfirmations(ctx context.Context, who actor.Actor, in *confirmationsInput) (*webkit.Body[confirmationsBody], error) {
	rows, err := w.Disbursements.Confirmations(ctx, who, in.Code, in.Year)
	return &webkit.Body[confirmationsBody]{Body: confirmationsBody{rows}}, err
}

type confirmInput struct {
	CodeInput
	webkit.Idempotent
	Body struct {
		Year     int        `json:"plan_year"`
		Source   string     `json:"source"`
		Through  day.Date   `json:"through" doc:"the day until which the figure counts"`
		Amount   vnd.Amount `json:"amount_vnd" doc:"drawn since the beginning of the plan year"`
		AgreedOn day.Date   `json:"agreed_on"`
		Number   string     `json:"number"`
		Note     string     `json:"note,omitempty" doc:"needed when the figure falls"`
	}
}

func (w Web) apiConfirm(ctx context.Context, who actor.Actor, in *confirmInput) (*webkit.Body[confirmationsBody], error) {
	b := in.Body
	if err := w.Disbursements.ConfirmTreasury(ctx, who, disbursement.Agreement{Project: in.Code, Year: b.Year, Source: b.Source, Through: b.Through, Amount: b.Amount,
		AgreedOn: b.AgreedOn, Number: b.Number, Note: b.Note, Key: in.Key}, w.Today()); err != nil {
		return nil, err
	}
	return w.apiConfirmations(ctx, who, &confirmationsInput{in.CodeInput, b.Year})
}

type controlInput struct {
	Project string `query:"project"`
}

type controlBody struct {
	Items  []disbursement.OpenAdvance `json:"items"`
	Counts disbursement.ControlCounts `json:"counts"`
}

func (w Web) apiControl(ctx context.Context, who actor.Actor, in *controlInput) (*webkit.Body[controlBody], error) {
	rows, err := w.Disbursements.Control(ctx, who, in.Project, w.Today())
	return &webkit.Body[controlBody]{Body: controlBody{rows, disbursement.CountControl(rows)}}, err
}
