package app

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/id"
	"matbang/internal/progress"
	"matbang/internal/schedule"
)

// factsOf shows the monthly entry what vouchers, the treasury and milestones say of works at the end of a month, without that room knowing them.
func factsOf(money disbursement.Disbursements, plans schedule.Schedules) func(ctx context.Context, projects []id.Project, month day.Month) (map[id.Project]progress.Facts, error) {
	return func(ctx context.Context, projects []id.Project, month day.Month) (map[id.Project]progress.Facts, error) {
		totals, err := money.Totals(ctx, projects, month.Year(), month.Last())
		if err != nil {
			return nil, err
		}
		computed, err := plans.Computed(ctx, projects, month.Last())
		if err != nil {
			return nil, err
		}
		facts := make(map[id.Project]progress.Facts, len(totals)+len(computed))
		for project, t := range totals {
			facts[project] = progress.Facts{Vouchers: t.Sums != (disbursement.Sums{}), Cash: t.Cash(), Confirmed: t.Confirmed, AgreedOn: t.AgreedOn}
		}
		for project, share := range computed {
			f := facts[project]
			f.Schedule, f.PhysicalBP = true, share
			facts[project] = f
		}
		return facts, nil
	}
}
