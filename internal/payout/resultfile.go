package payout

import (
	"context"
	"errors"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
)

// CheckResults says what RecordResults would refuse now, and writes nothing. Of the faults of the kinds and papers and those of the payments it
// tells both at once.
func (p Payouts) CheckResults(ctx context.Context, who actor.Actor, results []Result, today day.Date) error {
	scope, err := requireFor(who, results)
	if err != nil {
		return err
	}
	targets, err := store{p.DB.Read(ctx)}.targets(ctx, scope, codesOf(results))
	if err != nil {
		return err
	}
	limit, err := p.byOtherFrom(ctx, byPerson(results), today)
	if err != nil {
		return err
	}
	_, err = movesOf(results, targets, today)
	err = both(byAnother(byPerson(results), targets, who.ID, limit), err)
	known := store{p.DB.Read(ctx)}.againstKnown(ctx, results)
	return both(both(byHand(results), err), known)
}

// both tells the wrong fields of two refusals as one; any other error goes before them.
func both(one, two error) error {
	var w fault.Wrong
	for _, err := range []error{one, two} {
		var f *fault.Fault
		switch {
		case err == nil:
		case !errors.As(err, &f) || len(f.Fields) == 0:
			return err
		default:
			for _, field := range f.Fields {
				w.Add(field.Name, field.Code, field.Args...)
			}
		}
	}
	return w.Err()
}

// OpenPayments are payments of released orders with something left without a result, of one order or of all, by order and code. Refuses:
// payout.missing for an order outside the scope, payout.template_many for more than MaxLines.
func (p Payouts) OpenPayments(ctx context.Context, who actor.Actor, order string) ([]Payment, error) {
	return p.openFor(ctx, who, RecordResult, order, []string{string(Ordered), string(Part)})
}

// Depositable is OpenPayments with those that came back and are not issued again: what may be put on deposit.
func (p Payouts) Depositable(ctx context.Context, who actor.Actor, order string) ([]Payment, error) {
	return p.openFor(ctx, who, Deposit, order, []string{string(Ordered), string(Part), string(Returned)})
}

func (p Payouts) openFor(ctx context.Context, who actor.Actor, may actor.Permission, order string, states []string) ([]Payment, error) {
	scope, err := who.Require(may)
	if err != nil {
		return nil, err
	}
	s := store{p.DB.Read(ctx)}
	if order != "" {
		if _, err := s.order(ctx, scope, order); err != nil {
			return nil, err
		}
	}
	open, err := s.openPayments(ctx, scope, order, states)
	if len(open) > MaxLines {
		return nil, fault.New(fault.TooLarge, "payout.template_many", MaxLines)
	}
	return open, err
}

func codesOf(results []Result) []string {
	codes := make([]string, len(results))
	for i, r := range results {
		codes[i] = r.PaymentCode
	}
	return codes
}
