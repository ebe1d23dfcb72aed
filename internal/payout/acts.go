package payout

import (
	"context"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/compensation"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// Draft makes an order and its payments, reserved but not yet in the book, and gives its code. An amount is split over those entitled by
// their shares. Refuses: wrong lines, each at its place (lines[2].amount): an award that is not there or not approved, more than is left of
// it (both figures), a payee whose money stands in another live order, a returned payment that is not free. The same key gives the same code.
func (p Payouts) Draft(ctx context.Context, who actor.Actor, in NewOrder, key string, today day.Date) (string, error) {
	scope, err := who.Require(Make)
	if err != nil {
		return "", err
	}
	if err := in.check(); err != nil {
		return "", err
	}
	if in, err = in.onDay(today); err != nil {
		return "", err
	}
	var code string
	err = p.Ledger.Once(ctx, who, "payout.draft", key, in, &code, func(ctx context.Context) error {
		code, err = p.draft(ctx, who, scope, in, origin{}, today)
		return err
	})
	if err != nil {
		return "", refuse(err)
	}
	return code, nil
}

func (p Payouts) draft(ctx context.Context, who actor.Actor, scope actor.Scope, in NewOrder, from origin, today day.Date) (string, error) {
	s := store{p.DB.Write(ctx)}
	project, err := s.projectID(ctx, scope, in.Project)
	if err != nil {
		return "", err
	}
	if err := s.sourceStands(ctx, in.Source); err != nil {
		return "", err
	}
	d, lines, err := s.drafting(ctx, project, in.Lines)
	if err != nil {
		return "", err
	}
	payments, err := d.assemble(lines)
	if err != nil {
		return "", err
	}
	fund, err := s.lockFund(ctx, project, in.Year, in.Source)
	if err != nil {
		return "", err
	}
	if err := fund.allows(draws(payments)); err != nil {
		return "", err
	}
	code, err := s.insertOrder(ctx, project, in, payments, from, who.ID, today)
	if err != nil {
		return "", err
	}
	return code, p.Log.Write(ctx, audit.Event{Actor: who, Act: "payout.draft", ObjectKind: "order", ObjectCode: code, After: in})
}

// step is the content of a one-button act on an order: the same key with other content is refused.
type step struct {
	Code    string
	Version int
	Reason  string `json:",omitempty"`
}

// onOrder runs an act on a locked order once for a key, after the version check; run gets the order as it stands.
func (p Payouts) onOrder(ctx context.Context, who actor.Actor, may actor.Permission, act string, in step, key string,
	run func(ctx context.Context, s store, o Order) error) error {
	scope, err := who.Require(may)
	if err != nil {
		return err
	}
	var done step
	return refuse(p.Ledger.Once(ctx, who, act, key, in, &done, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		o, err := s.lockOrder(ctx, scope, in.Code)
		if err != nil {
			return err
		}
		if o.Version != in.Version {
			return fault.ChangedBy(o.ChangedBy, o.ChangedAt)
		}
		if err := run(ctx, s, o); err != nil {
			return err
		}
		done = in
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "order", ObjectCode: o.Code, Reason: in.Reason,
			Before: map[string]any{"state": o.State}, After: map[string]any{"total": o.Total, "payments": o.PaymentCount}})
	}))
}

// Submit sends a draft for approval; the book takes its money up. Refuses: payout.missing, changed_meanwhile, payout.not_maker,
// payout.wrong_state, compensation.same_person, ledger.overdrawn. From the office's limit on (legal.SecondApprovalFrom) the order will need a
// second approval.
func (p Payouts) Submit(ctx context.Context, who actor.Actor, code string, version int, key string, today day.Date) error {
	return p.onOrder(ctx, who, Make, "payout.submit", step{Code: code, Version: version}, key, func(ctx context.Context, s store, o Order) error {
		if err := o.maySubmit(who.ID); err != nil {
			return err
		}
		payments, err := s.held(ctx, o.ID)
		if err != nil {
			return err
		}
		if err := compensation.RecordSteps(ctx, s.q, awardsOf(payments), who.ID, compensation.StepOrderMake); err != nil {
			return err
		}
		if _, err := p.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.OrderSubmitted, Reference: o.Code, Project: o.ProjectID, Day: today,
			Postings: takeUp(payments)}); err != nil {
			return err
		}
		if err := s.setPaymentStates(ctx, o.ID, Prepared, Ordered); err != nil {
			return err
		}
		limit, err := p.secondFrom(ctx, today)
		if err != nil {
			return err
		}
		return s.submit(ctx, o, who.ID, limit)
	})
}

// Approve is the second person's step: it copies each payee's name, identity and account into the payment. Refuses: payout.maker_never_approves,
// payout.account_missing and payout.account_unchecked with the names of a transfer's payees without a (checked) account, and what Submit
// refuses of an order.
func (p Payouts) Approve(ctx context.Context, who actor.Actor, code string, version int, key string) error {
	return p.onOrder(ctx, who, Approve, "payout.approve", step{Code: code, Version: version}, key, func(ctx context.Context, s store, o Order) error {
		if err := o.mayApprove(who.ID); err != nil {
			return err
		}
		if err := p.recordStep(ctx, s, o, who.ID, compensation.StepOrderApprove); err != nil {
			return err
		}
		if err := s.copyPayees(ctx, o); err != nil {
			return err
		}
		return s.approve(ctx, o, who.ID)
	})
}

// Release is the third person's step: the money leaves for the treasury. Refuses: payout.three_persons and what Submit refuses of an order.
func (p Payouts) Release(ctx context.Context, who actor.Actor, code string, version int, key string, today day.Date) error {
	return p.onOrder(ctx, who, Release, "payout.release", step{Code: code, Version: version}, key, func(ctx context.Context, s store, o Order) error {
		if err := o.mayRelease(who.ID); err != nil {
			return err
		}
		payments, err := s.held(ctx, o.ID)
		if err != nil {
			return err
		}
		if err := compensation.RecordSteps(ctx, s.q, awardsOf(payments), who.ID, compensation.StepOrderRelease); err != nil {
			return err
		}
		journal, err := p.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.OrderReleased, Reference: o.Code, Project: o.ProjectID, Day: today,
			Postings: sendOut(payments)})
		if err != nil {
			return err
		}
		return s.release(ctx, o, who.ID, today, journal)
	})
}

// ApproveAgain is the second approval of an order above the office's limit, by somebody who neither made nor approved it and will not release
// it. Refuses: payout.second_not_needed, payout.second_done, payout.second_person and what Submit refuses of an order.
func (p Payouts) ApproveAgain(ctx context.Context, who actor.Actor, code string, version int, key string) error {
	return p.onOrder(ctx, who, Approve, "payout.second_approve", step{Code: code, Version: version}, key, func(ctx context.Context, s store, o Order) error {
		if err := o.maySecond(who.ID); err != nil {
			return err
		}
		if err := p.recordStep(ctx, s, o, who.ID, compensation.StepOrderSecond); err != nil {
			return err
		}
		return s.second(ctx, o, who.ID)
	})
}

// secondFrom is the office's limit on a day, in đồng; 0 where the office set none.
func (p Payouts) secondFrom(ctx context.Context, on day.Date) (vnd.Amount, error) {
	rules, err := legal.Rules{DB: p.DB}.AllOn(ctx, legal.Office, on)
	return vnd.Amount(rules[legal.SecondApprovalFrom].Value), err
}

func (p Payouts) recordStep(ctx context.Context, s store, o Order, who id.User, kind string) error {
	payments, err := s.held(ctx, o.ID)
	if err != nil {
		return err
	}
	return compensation.RecordSteps(ctx, s.q, awardsOf(payments), who, kind)
}

// Cancel ends an order that was not released and frees its money; the steps done stay known. Refuses: a missing reason, payout.wrong_state.
func (p Payouts) Cancel(ctx context.Context, who actor.Actor, code string, version int, reason, key string, today day.Date) error {
	in := step{Code: code, Version: version, Reason: reason}
	return p.onOrder(ctx, who, Cancel, "payout.cancel", in, key, func(ctx context.Context, s store, o Order) error {
		if err := o.mayCancel(reason); err != nil {
			return err
		}
		payments, err := s.held(ctx, o.ID)
		if err != nil {
			return err
		}
		from := Prepared
		if o.State != OrderDraft {
			from = Ordered
			if _, err := p.Ledger.Post(ctx, who, ledger.Entry{Kind: ledger.OrderCancelled, Reference: o.Code, Project: o.ProjectID, Day: today,
				Postings: giveBack(payments)}); err != nil {
				return err
			}
		}
		if err := s.setPaymentStates(ctx, o.ID, from, Cancelled); err != nil {
			return err
		}
		return s.cancel(ctx, o, who.ID, reason)
	})
}

// Waiting is what waits for a person in this room.
type Waiting struct {
	Drafts  int `db:"drafts"`  // own drafts not submitted
	Approve int `db:"approve"` // orders this person may approve
	Release int `db:"release"` // orders this person may release
	Results int `db:"results"` // payments of released orders without a result
	Reissue int `db:"reissue"` // returned payments not issued again
}

// Count is the number behind the menu entry: what this person can do now.
func (w Waiting) Count() int { return w.Drafts + w.Approve + w.Release + w.Reissue }

// WaitingDeposits is what of the deposits waits for a person.
type WaitingDeposits struct {
	Decide     int `db:"decide"`     // releases another person has asked for
	HandOver   int `db:"hand_over"`  // approved releases
	Incomplete int `db:"incomplete"` // deposits without ground, place or minutes
}

// Count is the number behind the menu entry.
func (w WaitingDeposits) Count() int { return w.Decide + w.HandOver + w.Incomplete }

// WaitingDeposits counts what of the deposits this person can do now; nothing for whoever keeps and decides none.
func (p Payouts) WaitingDeposits(ctx context.Context, who actor.Actor) (WaitingDeposits, error) {
	scope, err := who.Require(SeeDeposits)
	if err != nil || !who.Can(ReleaseDeposit) && !who.Can(KeepDeposits) {
		return WaitingDeposits{}, nil //nolint:nilerr // nothing waits for whoever may not even look
	}
	return store{p.DB.Read(ctx)}.waitingDeposits(ctx, who, scope)
}

// Waiting counts what waits for a person; nothing for a person without a step in payouts.
func (p Payouts) Waiting(ctx context.Context, who actor.Actor) (Waiting, error) {
	scope, err := who.Require(Read)
	if err != nil || !slices.ContainsFunc([]actor.Permission{Make, Approve, Release, RecordResult}, who.Can) {
		return Waiting{}, nil //nolint:nilerr // nothing waits for whoever may not even look
	}
	return store{p.DB.Read(ctx)}.waiting(ctx, who, scope)
}
