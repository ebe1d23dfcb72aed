package contractweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type billOutput = webkit.Versioned[contract.Bill]

func (w Web) apiBill(ctx context.Context, who actor.Actor, in *CodeInput) (*billOutput, error) {
	return w.billNow(ctx, who, in.Code, nil)
}

func (w Web) billNow(ctx context.Context, who actor.Actor, code string, err error) (*billOutput, error) {
	if err != nil {
		return nil, err
	}
	b, err := w.Contracts.Bill(ctx, who, code)
	return webkit.WithVersion(b, b.Version), err
}

type writeBillInput struct {
	ContractInput
	Body struct {
		Day       day.Date   `json:"day"`
		Completed vnd.Amount `json:"completed_value_vnd" doc:"accepted work that this bill asks to pay"`
		Recovered vnd.Amount `json:"advance_recovered_vnd,omitempty"`
		Note      string     `json:"note,omitempty"`
	}
}

func (in writeBillInput) input() contract.BillInput {
	return contract.BillInput{Day: in.Body.Day, Completed: in.Body.Completed, Recovered: in.Body.Recovered, Note: in.Body.Note}
}

func (w Web) apiAddBill(ctx context.Context, who actor.Actor, in *writeBillInput) (*billOutput, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	code, err := w.Contracts.AddBill(ctx, who, in.Code, version, in.input(), w.Today())
	return w.billNow(ctx, who, code, err)
}

func (w Web) apiUpdateBill(ctx context.Context, who actor.Actor, in *writeBillInput) (*billOutput, error) {
	version, err := in.Version()
	if err == nil {
		err = w.Contracts.UpdateBill(ctx, who, in.Code, version, in.input(), w.Today())
	}
	return w.billNow(ctx, who, in.Code, err)
}

func (in ContractInput) pick() (contract.Pick, error) {
	version, err := in.Version()
	return contract.Pick{Code: in.Code, Version: version}, err
}

func (w Web) apiSubmitBill(ctx context.Context, who actor.Actor, in *ContractInput) (*billOutput, error) {
	pick, err := in.pick()
	if err == nil {
		err = w.Contracts.SubmitBills(ctx, who, pick)
	}
	return w.billNow(ctx, who, in.Code, err)
}

func (w Web) apiApproveBill(ctx context.Context, who actor.Actor, in *ContractInput) (*billOutput, error) {
	pick, err := in.pick()
	if err == nil {
		err = w.Contracts.ApproveBills(ctx, who, pick)
	}
	return w.billNow(ctx, who, in.Code, err)
}

type billReasonInput struct {
	ContractInput
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiReturnBill(ctx context.Context, who actor.Actor, in *billReasonInput) (*billOutput, error) {
	version, err := in.Version()
	if err == nil {
		err = w.Contracts.ReturnBill(ctx, who, in.Code, version, in.Body.Reason)
	}
	return w.billNow(ctx, who, in.Code, err)
}

func (w Web) apiCancelBill(ctx context.Context, who actor.Actor, in *billReasonInput) (*billOutput, error) {
	version, err := in.Version()
	if err == nil {
		err = w.Contracts.CancelBill(ctx, who, in.Code, version, in.Body.Reason)
	}
	return w.billNow(ctx, who, in.Code, err)
}
