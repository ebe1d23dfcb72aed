package payoutweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/webkit"
)

// noteForm is a number of the treasury as it was typed.
type noteForm struct{ Reference, Day string }

func (w Web) noteReference(c *webkit.Ctx) error {
	var wrong fault.Wrong
	code, typed := c.Param("code"), noteForm{c.Form("reference"), c.Form("day")}
	in := payout.NewReference{Reference: typed.Reference, Day: webkit.Day(&wrong, "day", typed.Day)}
	err := wrong.Err()
	if err == nil {
		err = w.Payouts.NoteReference(c.Context(), c.Actor(), code, in, c.Key(), c.Today())
	}
	if err == nil {
		return c.Done(orderPath(code), "payout.reference.noted", in.Reference)
	}
	page, pageErr := w.orderData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Noted = typed
	return c.Refuse(err, "payout/order", page)
}

func (w Web) withdrawReference(c *webkit.Ctx) error {
	code, reference := c.Param("code"), c.Form("reference")
	if err := w.Payouts.WithdrawReference(c.Context(), c.Actor(), code, reference, c.Key()); err != nil {
		return c.Warn(orderPath(code), err)
	}
	return c.Done(orderPath(code), "payout.reference.withdrawn", reference)
}

type noteReferenceInput struct {
	CodeInput
	webkit.Idempotent
	Body payout.NewReference
}

func (w Web) apiNoteReference(ctx context.Context, who actor.Actor, in *noteReferenceInput) (*webkit.Versioned[orderBody], error) {
	if err := w.Payouts.NoteReference(ctx, who, in.Code, in.Body, in.Key, w.Today()); err != nil {
		return nil, err
	}
	return w.orderNow(ctx, who, in.Code)
}

type withdrawReferenceInput struct {
	CodeInput
	webkit.Idempotent
	Body struct {
		Reference string `json:"reference"`
	}
}

func (w Web) apiWithdrawReference(ctx context.Context, who actor.Actor, in *withdrawReferenceInput) (*webkit.Versioned[orderBody], error) {
	if err := w.Payouts.WithdrawReference(ctx, who, in.Code, in.Body.Reference, in.Key); err != nil {
		return nil, err
	}
	return w.orderNow(ctx, who, in.Code)
}
