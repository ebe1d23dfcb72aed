package payoutweb

import (
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/webkit"
)

func (w Web) submit(c *webkit.Ctx) error {
	return stepped(c, w.Payouts.Submit(c.Context(), c.Actor(), c.Param("code"), c.Version(), c.Key(), c.Today()), "payout.submitted")
}

func (w Web) approve(c *webkit.Ctx) error {
	return stepped(c, w.Payouts.Approve(c.Context(), c.Actor(), c.Param("code"), c.Version(), c.Key()), "payout.approved")
}

func (w Web) release(c *webkit.Ctx) error {
	return stepped(c, w.Payouts.Release(c.Context(), c.Actor(), c.Param("code"), c.Version(), c.Key(), c.Today()), "payout.released")
}

func (w Web) approveAgain(c *webkit.Ctx) error {
	return stepped(c, w.Payouts.ApproveAgain(c.Context(), c.Actor(), c.Param("code"), c.Version(), c.Key()), "payout.second_approved")
}

func (w Web) split(c *webkit.Ctx) error {
	chosen := c.FormAll("move")
	code, err := w.Payouts.Split(c.Context(), c.Actor(), c.Param("code"), c.Version(), chosen, c.Key(), c.Today())
	if err == nil {
		return c.Done(orderPath(code), "payout.split.done", code)
	}
	page, pageErr := w.orderData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Move, page.Splitting = chosen, true
	return c.Refuse(err, "payout/order", page)
}

func (w Web) reissue(c *webkit.Ctx) error {
	from := c.Param("code")
	code, err := w.Payouts.Reissue(c.Context(), c.Actor(), from, c.Key(), c.Today())
	if err != nil {
		return c.Warn(orderPath(from), err)
	}
	return c.Done(orderPath(code), "payout.reissue.done", code)
}

// stepped goes back to the order, with the refusal's sentence or with what was done.
func stepped(c *webkit.Ctx, err error, done string) error {
	code := c.Param("code")
	if err != nil {
		return c.Warn(orderPath(code), err)
	}
	return c.Done(orderPath(code), done, code)
}

func (w Web) cancel(c *webkit.Ctx) error {
	code, reason := c.Param("code"), c.Form("reason")
	err := w.Payouts.Cancel(c.Context(), c.Actor(), code, c.Version(), reason, c.Key(), c.Today())
	if err == nil {
		return c.Done(orderPath(code), "payout.cancelled", code)
	}
	page, pageErr := w.orderData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Reason = reason
	return c.Refuse(err, "payout/order", page)
}

func (w Web) record(c *webkit.Ctx) error {
	kind := payout.ResultKind(c.Form("kind"))
	if c.Form("representative") == "" || kind != payout.ResultPaid {
		return w.result(c, "result", kind)
	}
	var wrong fault.Wrong
	f, d := readResult(c, "result"), readTyped(c, "result", representativeFields()...)
	rep := d.representative(&wrong)
	r, err := f.result(c.Param("code"), kind)
	if err = joined(err, wrong.Err()); err == nil {
		err = single(w.Payouts.RecordSigned(c.Context(), c.Actor(), r, rep, c.Key(), c.Today()))
	}
	return w.toldWith(c, f, d, err, "payout.recorded")
}

func (w Web) deposit(c *webkit.Ctx) error {
	var wrong fault.Wrong
	f, d := readResult(c, "deposit"), readTyped(c, "deposit", detailFields()...)
	details := d.details(&wrong)
	r, err := f.result(c.Param("code"), payout.ResultDeposited)
	if err = joined(err, wrong.Err()); err == nil {
		err = single(w.Payouts.OpenDeposit(c.Context(), c.Actor(), r, details, c.Key(), c.Today()))
	}
	return w.toldWith(c, f, d, err, "payout.recorded")
}

func (w Web) result(c *webkit.Ctx, act string, kind payout.ResultKind) error {
	f := readResult(c, act)
	r, err := f.result(c.Param("code"), kind)
	if err == nil {
		err = single(w.Payouts.RecordResults(c.Context(), c.Actor(), []payout.Result{r}, c.Key(), c.Today()))
	}
	return w.told(c, f, err, "payout.recorded")
}

func (w Web) reverse(c *webkit.Ctx) error {
	f := readResult(c, "reverse")
	return w.told(c, f, w.Payouts.Reverse(c.Context(), c.Actor(), c.Param("code"), f.Reason, c.Key(), c.Today()), "payout.reversed")
}

// told goes back to the payment, or shows the same form again with what was typed.
func (w Web) told(c *webkit.Ctx, f resultForm, err error, done string) error {
	return w.toldWith(c, f, typed{}, err, done)
}

func (w Web) toldWith(c *webkit.Ctx, f resultForm, details typed, err error, done string) error {
	code := c.Param("code")
	if err == nil {
		return c.Done(paymentPath(code), done, code)
	}
	page, pageErr := w.paymentData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form, page.Details = f, details
	return c.Refuse(err, "payout/payment", page)
}
