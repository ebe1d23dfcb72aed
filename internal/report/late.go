package report

import (
	"context"

	"matbang/internal/id"
	"matbang/internal/late"
	"matbang/internal/vnd"
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
	all.Cases, all.Amount = sumOf(overdue)
	for _, d := range overdue {
		all.Surcharge += d.Surcharge
	}
	return nil
}

func causeOf(cause late.Cause, overdue []late.Overdue) LateCause {
	var of []late.Overdue
	for _, d := range overdue {
		if d.Cause == cause {
			of = append(of, d)
		}
	}
	c := LateCause{Cause: string(cause)}
	c.Cases, c.Amount = sumOf(of)
	return c
}

// sumOf counts a case once, however many of its awards are late.
func sumOf(overdue []late.Overdue) (int, vnd.Amount) {
	cases, sum := map[id.Case]bool{}, vnd.Amount(0)
	for _, d := range overdue {
		cases[d.CaseID] = true
		sum += d.Owed
	}
	return len(cases), sum
}
