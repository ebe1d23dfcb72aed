package payoutweb

import (
	"context"
	"net/http"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/webkit"
)

func evidenceChoices(c *webkit.Ctx) []webkit.Choice {
	var choices []webkit.Choice
	for _, e := range payout.HandEvidence() {
		choices = append(choices, webkit.Choice{Value: string(e), Text: c.T("payout.evidence." + string(e))})
	}
	return choices
}

func (w Web) creditInterest(c *webkit.Ctx) error {
	var wrong fault.Wrong
	f := readTyped(c, "interest", "from", "to", "amount", "advice_ref", "advice_day")
	in := payout.Interest{From: webkit.OptionalDay(&wrong, "from", f.Fields["from"]), To: webkit.OptionalDay(&wrong, "to", f.Fields["to"]), Amount: webkit.Money(&wrong, "amount", f.Fields["amount"]),
		AdviceRef: f.Fields["advice_ref"], AdviceDay: webkit.OptionalDay(&wrong, "advice_day", f.Fields["advice_day"])}
	err := wrong.Err()
	if err == nil {
		err = w.Payouts.CreditInterest(c.Context(), c.Actor(), c.Param("code"), c.Version(), in, c.Key(), c.Today())
	}
	return w.toldDeposit(c, f, err, "deposit.interest.done")
}

func (w Web) takeBackInterest(c *webkit.Ctx) error {
	code := c.Param("code")
	interest, _ := strconv.ParseInt(c.Param("id"), 10, 64) // what is no number is no interest
	if err := w.Payouts.TakeBackInterest(c.Context(), c.Actor(), code, c.Version(), interest, c.Form("reason"), c.Key(), c.Today()); err != nil {
		return c.Warn(depositPath(code), err)
	}
	return c.Done(depositPath(code), "deposit.interest.taken_back", code)
}

func (w Web) askRelease(c *webkit.Ctx) error {
	var wrong fault.Wrong
	f := readTyped(c, "ask", "applicant", "amount", "paper_no", "paper_day", "condition", "decision_name", "decision_no", "decision_day")
	v := f.Fields
	a := payout.Application{Amount: webkit.Money(&wrong, "amount", v["amount"]), Applicant: v["applicant"], PaperNo: v["paper_no"], PaperDay: webkit.OptionalDay(&wrong, "paper_day", v["paper_day"]),
		Condition: payout.Condition(v["condition"]), DecisionName: v["decision_name"], DecisionNo: v["decision_no"], DecisionDay: webkit.OptionalDay(&wrong, "decision_day", v["decision_day"])}
	err := wrong.Err()
	if err == nil {
		err = w.Payouts.AskRelease(c.Context(), c.Actor(), c.Param("code"), c.Version(), a, c.Key(), c.Today())
	}
	return w.toldDeposit(c, f, err, "deposit.asked")
}

func (w Web) approveDeposit(c *webkit.Ctx) error {
	err := w.Payouts.DecideRelease(c.Context(), c.Actor(), c.Param("code"), c.Version(), true, "", c.Key())
	return w.toldDeposit(c, readTyped(c, "approve"), err, "deposit.approved")
}

func (w Web) refuseDeposit(c *webkit.Ctx) error {
	f := readTyped(c, "refuse", "reason")
	err := w.Payouts.DecideRelease(c.Context(), c.Actor(), c.Param("code"), c.Version(), false, f.Fields["reason"], c.Key())
	return w.toldDeposit(c, f, err, "deposit.refused")
}

func (w Web) handOver(c *webkit.Ctx) error {
	var wrong fault.Wrong
	f := readTyped(c, "hand-over", "day", "evidence_kind", "evidence_ref")
	r := payout.Result{Day: webkit.OptionalDay(&wrong, "day", f.Fields["day"]), EvidenceKind: payout.Evidence(f.Fields["evidence_kind"]), EvidenceRef: f.Fields["evidence_ref"]}
	err := wrong.Err()
	if err == nil {
		err = single(w.Payouts.HandOver(c.Context(), c.Actor(), c.Param("code"), c.Version(), r, c.Key(), c.Today()))
	}
	return w.toldDeposit(c, f, err, "deposit.handed")
}

func (w Web) takeBackRelease(c *webkit.Ctx) error {
	code := c.Param("code")
	release, _ := strconv.ParseInt(c.Param("id"), 10, 64) // what is no number is no release
	if err := w.Payouts.TakeBackInterestRelease(c.Context(), c.Actor(), code, c.Version(), release, c.Form("reason"), c.Key(), c.Today()); err != nil {
		return c.Warn(depositPath(code), err)
	}
	return c.Done(depositPath(code), "deposit.hand_over.taken_back", code)
}

func (w Web) depositOperations(k *webkit.Kit) {
	webkit.Op(k, webkit.Operation{ID: "credit-deposit-interest", Method: http.MethodPost, Path: "/deposits/{code}/interest", Permission: payout.KeepDeposits,
		Summary: "Take up interest the bank credited on a deposit: it is the person's. Once for a key"}, w.apiInterest)
	webkit.Op(k, webkit.Operation{ID: "take-back-deposit-interest", Method: http.MethodPost, Path: "/deposits/{code}/interest/{id}/take-back", Permission: payout.Reverse,
		Summary: "Take an interest back, with a reason. Once for a key"}, w.apiInterestBack)
	webkit.Op(k, webkit.Operation{ID: "ask-deposit-release", Method: http.MethodPost, Path: "/deposits/{code}/releases", Permission: payout.KeepDeposits,
		Summary: "Ask for a deposit to be handed over, with the condition of its ground; amount 0 asks for the interest of one that is over. Once for a key"}, w.apiAsk)
	webkit.Op(k, webkit.Operation{ID: "take-back-deposit-release", Method: http.MethodPost, Path: "/deposits/{code}/releases/{id}/take-back", Permission: payout.Reverse,
		Summary: "Take a hand-over of interest alone back, with a reason. Once for a key"}, w.apiReleaseBack)
	webkit.Op(k, webkit.Operation{ID: "decide-deposit-release", Method: http.MethodPost, Path: "/deposits/{code}/decide", Permission: payout.ReleaseDeposit,
		Summary: "Approve the release that waits, or refuse it with a reason, as another person than who asked. Once for a key"}, w.apiDecide)
}

// DepositStep is what every act on a deposit takes. It is exported because the API's library passes over embedded types that are not.
type DepositStep struct {
	CodeInput
	webkit.Match
	webkit.Idempotent
}

// apiOnDeposit does an act on a deposit and answers how it stands.
func (w Web) apiOnDeposit(ctx context.Context, who actor.Actor, in DepositStep, act func(version int) error) (*webkit.Versioned[depositBody], error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := act(version); err != nil {
		return nil, single(err)
	}
	return w.depositNow(ctx, who, in.Code)
}

type interestInput struct {
	DepositStep
	Body payout.Interest
}

func (w Web) apiInterest(ctx context.Context, who actor.Actor, in *interestInput) (*webkit.Versioned[depositBody], error) {
	return w.apiOnDeposit(ctx, who, in.DepositStep, func(version int) error {
		return w.Payouts.CreditInterest(ctx, who, in.Code, version, in.Body, in.Key, w.Today())
	})
}

// rowBackInput is a row of the deposit, an interest or a release, and why it is taken back.
type rowBackInput struct {
	DepositStep
	ID   int64 `path:"id"`
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiInterestBack(ctx context.Context, who actor.Actor, in *rowBackInput) (*webkit.Versioned[depositBody], error) {
	return w.apiOnDeposit(ctx, who, in.DepositStep, func(version int) error {
		return w.Payouts.TakeBackInterest(ctx, who, in.Code, version, in.ID, in.Body.Reason, in.Key, w.Today())
	})
}

func (w Web) apiReleaseBack(ctx context.Context, who actor.Actor, in *rowBackInput) (*webkit.Versioned[depositBody], error) {
	return w.apiOnDeposit(ctx, who, in.DepositStep, func(version int) error {
		return w.Payouts.TakeBackInterestRelease(ctx, who, in.Code, version, in.ID, in.Body.Reason, in.Key, w.Today())
	})
}

type askInput struct {
	DepositStep
	Body payout.Application
}

func (w Web) apiAsk(ctx context.Context, who actor.Actor, in *askInput) (*webkit.Versioned[depositBody], error) {
	return w.apiOnDeposit(ctx, who, in.DepositStep, func(version int) error {
		return w.Payouts.AskRelease(ctx, who, in.Code, version, in.Body, in.Key, w.Today())
	})
}

type decideInput struct {
	DepositStep
	Body struct {
		Approved bool   `json:"approved"`
		Reason   string `json:"reason,omitempty" doc:"needed to refuse"`
	}
}

func (w Web) apiDecide(ctx context.Context, who actor.Actor, in *decideInput) (*webkit.Versioned[depositBody], error) {
	return w.apiOnDeposit(ctx, who, in.DepositStep, func(version int) error {
		return w.Payouts.DecideRelease(ctx, who, in.Code, version, in.Body.Approved, in.Body.Reason, in.Key)
	})
}

// handOverInput is the evidence of a hand-over; the amount is that of the approved release.
type handOverInput struct {
	CodeInput
	webkit.Idempotent
	Body struct {
		Day          day.Date `json:"day"`
		EvidenceKind string   `json:"evidence_kind" enum:"bank_advice,signed_list,deposit_minutes"`
		EvidenceRef  string   `json:"evidence_ref"`
	}
}

// apiReleaseDeposit hands over the approved release of a payment's deposit. The key alone keeps it from happening twice: a second call finds
// nothing approved but gets the first answer.
func (w Web) apiReleaseDeposit(ctx context.Context, who actor.Actor, in *handOverInput) (*webkit.Body[paymentBody], error) {
	r := payout.Result{Day: in.Body.Day, EvidenceKind: payout.Evidence(in.Body.EvidenceKind), EvidenceRef: in.Body.EvidenceRef}
	if err := w.Payouts.HandOverOf(ctx, who, in.Code, r, in.Key, w.Today()); err != nil {
		return nil, single(err)
	}
	return w.paymentNow(ctx, who, in.Code)
}
