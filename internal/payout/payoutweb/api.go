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

// CodeInput is an address. It is exported because the API's library passes over embedded types that are not.
type CodeInput struct {
	Code string `path:"code"`
}

type ordersInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in the code and the name of the work, without marks"`
	State   string `query:"state"`
	Project string `query:"project"`
	Method  string `query:"method"`
}

func (w Web) apiOrders(ctx context.Context, who actor.Actor, in *ordersInput) (*webkit.ListOutput[payout.Order], error) {
	f := payout.OrderFilter{State: in.State, Project: in.Project, Method: in.Method}
	answer, err := w.Payouts.Orders(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(o payout.Order) string { return o.Code }), nil
}

type orderBody struct {
	payout.Order
	Payments   []payout.Payment   `json:"payments"`
	References []payout.Reference `json:"references"` // numbers of the treasury or the bank
}

func (w Web) apiOrder(ctx context.Context, who actor.Actor, in *CodeInput) (*webkit.Versioned[orderBody], error) {
	return w.orderNow(ctx, who, in.Code)
}

func (w Web) orderNow(ctx context.Context, who actor.Actor, code string) (*webkit.Versioned[orderBody], error) {
	o, err := w.Payouts.Order(ctx, who, code)
	if err != nil {
		return nil, err
	}
	payments, err := w.Payouts.PaymentsOf(ctx, o.ID)
	for i := range payments {
		payments[i] = masked(payments[i])
	}
	if err != nil {
		return nil, err
	}
	references, err := w.Payouts.ReferencesOf(ctx, o.ID)
	return webkit.WithVersion(orderBody{o, payments, references}, o.Version), err
}

type orderLineBody struct {
	Case      string     `json:"case,omitempty"`
	Plan      string     `json:"plan,omitempty"`
	Amount    vnd.Amount `json:"amount_vnd,omitempty"`
	ShareBP   int        `json:"share_bp,omitempty" minimum:"1" maximum:"10000" doc:"instead of an amount: this share of what is left when the order is made"`
	ReissueOf string     `json:"reissue_of,omitempty" doc:"code of a returned payment, issued again in full; then without case, plan and amount"`
}

type createOrderInput struct {
	webkit.Idempotent
	Body struct {
		Project string          `json:"project"`
		Method  string          `json:"method" enum:"transfer,cash,deposit"`
		Source  string          `json:"source"`
		Year    int             `json:"plan_year,omitempty" doc:"of the fund; this year's without it"`
		Content string          `json:"content,omitempty"`
		Lines   []orderLineBody `json:"lines"`
	}
}

func (w Web) apiCreate(ctx context.Context, who actor.Actor, in *createOrderInput) (*webkit.Versioned[orderBody], error) {
	b := in.Body
	order := payout.NewOrder{Project: b.Project, Method: payout.Method(b.Method), Source: b.Source, Year: b.Year, Content: b.Content}
	for _, l := range b.Lines {
		order.Lines = append(order.Lines, payout.NewLine{CaseCode: l.Case, PlanCode: l.Plan, Amount: l.Amount, ShareBP: l.ShareBP, ReissueOf: l.ReissueOf})
	}
	code, err := w.Payouts.Draft(ctx, who, order, in.Key, w.Today())
	if err != nil {
		return nil, err
	}
	return w.orderNow(ctx, who, code)
}

// StepInput is an act on an order as it was read.
type StepInput struct {
	CodeInput
	webkit.Match
	webkit.Idempotent
}

func (w Web) apiSubmit(ctx context.Context, who actor.Actor, in *StepInput) (*webkit.Versioned[orderBody], error) {
	return w.apiStep(ctx, who, in, func(version int) error { return w.Payouts.Submit(ctx, who, in.Code, version, in.Key, w.Today()) })
}

func (w Web) apiApprove(ctx context.Context, who actor.Actor, in *StepInput) (*webkit.Versioned[orderBody], error) {
	return w.apiStep(ctx, who, in, func(version int) error { return w.Payouts.Approve(ctx, who, in.Code, version, in.Key) })
}

func (w Web) apiRelease(ctx context.Context, who actor.Actor, in *StepInput) (*webkit.Versioned[orderBody], error) {
	return w.apiStep(ctx, who, in, func(version int) error { return w.Payouts.Release(ctx, who, in.Code, version, in.Key, w.Today()) })
}

type cancelOrderInput struct {
	StepInput
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiCancel(ctx context.Context, who actor.Actor, in *cancelOrderInput) (*webkit.Versioned[orderBody], error) {
	return w.apiStep(ctx, who, &in.StepInput, func(version int) error {
		return w.Payouts.Cancel(ctx, who, in.Code, version, in.Body.Reason, in.Key, w.Today())
	})
}

func (w Web) apiStep(ctx context.Context, who actor.Actor, in *StepInput, act func(version int) error) (*webkit.Versioned[orderBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := act(version); err != nil {
		return nil, err
	}
	return w.orderNow(ctx, who, in.Code)
}

type paymentsInput struct {
	webkit.ListInput
	Q       string `query:"q" doc:"searched in code and payee, without marks"`
	State   string `query:"state"`
	Project string `query:"project"`
	Case    string `query:"case"`
}

func (w Web) apiPayments(ctx context.Context, who actor.Actor, in *paymentsInput) (*webkit.ListOutput[payout.Payment], error) {
	f := payout.PaymentFilter{State: in.State, Project: in.Project, Case: in.Case}
	answer, err := w.Payouts.Payments(ctx, who, f, listing.Query{Text: in.Q, Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	for i := range answer.Items {
		answer.Items[i] = masked(answer.Items[i])
	}
	return webkit.Listed(answer, func(p payout.Payment) string { return p.Code }), nil
}

type paymentBody struct {
	payout.Payment
	Results []payout.ResultRow `json:"results"`
}

// evidenceBody is what proves a result of a payment or of a part of it.
type evidenceBody struct {
	Day          day.Date   `json:"day"`
	Amount       vnd.Amount `json:"amount_vnd"`
	Reason       string     `json:"reason,omitempty" doc:"needed for returned and deposited"`
	EvidenceKind string     `json:"evidence_kind" enum:"bank_advice,signed_list,deposit_minutes"`
	EvidenceRef  string     `json:"evidence_ref"`
}

func (b evidenceBody) result(code string, kind payout.ResultKind) payout.Result {
	return payout.Result{PaymentCode: code, Kind: kind, Day: b.Day, Amount: b.Amount, Reason: b.Reason,
		EvidenceKind: payout.Evidence(b.EvidenceKind), EvidenceRef: b.EvidenceRef}
}

type recordResultInput struct {
	CodeInput
	webkit.Idempotent
	Body struct {
		Kind         string     `json:"kind" enum:"paid,returned"`
		Day          day.Date   `json:"day"`
		Amount       vnd.Amount `json:"amount_vnd"`
		Reason       string     `json:"reason,omitempty" doc:"needed for returned"`
		EvidenceKind string     `json:"evidence_kind" enum:"bank_advice,signed_list,deposit_minutes"`
		EvidenceRef  string     `json:"evidence_ref"`

		Representative *payout.Representative `json:"representative,omitempty" doc:"who signed for cash in the payee's name"`
	}
}

func (w Web) apiRecord(ctx context.Context, who actor.Actor, in *recordResultInput) (*webkit.Body[paymentBody], error) {
	b := in.Body
	evidence := evidenceBody{b.Day, b.Amount, b.Reason, b.EvidenceKind, b.EvidenceRef}
	if b.Representative != nil && b.Kind == string(payout.ResultPaid) {
		if err := w.Payouts.RecordSigned(ctx, who, evidence.result(in.Code, payout.ResultPaid), *b.Representative, in.Key, w.Today()); err != nil {
			return nil, single(err)
		}
		return w.paymentNow(ctx, who, in.Code)
	}
	return w.apiResult(ctx, who, evidence.result(in.Code, payout.ResultKind(b.Kind)), in.Key)
}

type depositInput struct {
	CodeInput
	webkit.Idempotent
	Body struct {
		Day          day.Date              `json:"day"`
		Amount       vnd.Amount            `json:"amount_vnd"`
		Reason       string                `json:"reason"`
		EvidenceKind string                `json:"evidence_kind" enum:"bank_advice,signed_list,deposit_minutes"`
		EvidenceRef  string                `json:"evidence_ref"`
		Deposit      payout.DepositDetails `json:"deposit"`
	}
}

func (w Web) apiDeposit(ctx context.Context, who actor.Actor, in *depositInput) (*webkit.Body[paymentBody], error) {
	b := in.Body
	evidence := evidenceBody{b.Day, b.Amount, b.Reason, b.EvidenceKind, b.EvidenceRef}
	if err := w.Payouts.OpenDeposit(ctx, who, evidence.result(in.Code, payout.ResultDeposited), b.Deposit, in.Key, w.Today()); err != nil {
		return nil, single(err)
	}
	return w.paymentNow(ctx, who, in.Code)
}

func (w Web) apiResult(ctx context.Context, who actor.Actor, r payout.Result, key string) (*webkit.Body[paymentBody], error) {
	if err := w.Payouts.RecordResults(ctx, who, []payout.Result{r}, key, w.Today()); err != nil {
		return nil, single(err)
	}
	return w.paymentNow(ctx, who, r.PaymentCode)
}

type reversePaymentInput struct {
	CodeInput
	webkit.Idempotent
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiReverse(ctx context.Context, who actor.Actor, in *reversePaymentInput) (*webkit.Body[paymentBody], error) {
	if err := w.Payouts.Reverse(ctx, who, in.Code, in.Body.Reason, in.Key, w.Today()); err != nil {
		return nil, err
	}
	return w.paymentNow(ctx, who, in.Code)
}

func (w Web) paymentNow(ctx context.Context, who actor.Actor, code string) (*webkit.Body[paymentBody], error) {
	p, results, err := w.Payouts.Payment(ctx, who, code)
	return &webkit.Body[paymentBody]{Body: paymentBody{masked(p), maskedResults(results)}}, err
}
