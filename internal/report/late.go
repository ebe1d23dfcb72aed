package report

import (
	"context"

	"matbang/internal/late"
)

// late sums up what room late says is owed past its legal day: cases, money, the surcharge so far, and why.
func (b *builder) late(ctx context.Context) error {
	overdue, err := b.owed(ctx, b.report.AsOf, b.known)
	if err != nil {
		return err
	}
	all := &b.report.LatePayments
	all.ByCause = []LateCause{}
	for _, cause := range late.Causes() {
		if c := causeOf(cause, overdue); c.Cases > 0 {
			all.ByCause = append(all.ByCause, c)
		}
	}
	sum := late.SumOf(overdue)
	all.Cases, all.Amount, all.Surcharge = sum.Cases, sum.Owed, sum.Surcharge
	return nil
}

func causeOf(cause late.Cause, overdue []late.Overdue) LateCause {
	var of []late.Overdue
	for _, d := range overdue {
		if d.Cause == cause {
			of = append(of, d)
		}
	}
	sum := late.SumOf(of)
	return LateCause{Cause: string(cause), Cases: sum.Cases, Amount: sum.Owed}
}
