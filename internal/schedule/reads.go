package schedule

import (
	"context"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/listing"
)

// Plan reads the schedule of one work; its Version is 0 and it has no milestones while there is none. Refuses: schedule.missing.
func (s Schedules) Plan(ctx context.Context, who actor.Actor, code string) (Plan, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Plan{}, err
	}
	return store{s.DB.Read(ctx)}.one(ctx, scope, code)
}

// Months is the number of months whose pace a forecast goes on with, by the house rule of the day.
func (s Schedules) Months(ctx context.Context, today day.Date) (int, error) {
	rule, err := s.Rules.On(ctx, legal.Office, legal.ForecastMonths, today)
	return int(rule.Value), err
}

// Computed is the physical share of many works at the end of a day, in basis points, from the weights of the baseline in force on that day
// and what is recorded. Works without a baseline are absent. Reads without asking for a permission: the caller shows works it may show.
func (s Schedules) Computed(ctx context.Context, projects []id.Project, on day.Date) (map[id.Project]int, error) {
	return store{s.DB.Read(ctx)}.computed(ctx, projects, on)
}

// Forecasts foretells the end of many works; those without a schedule are absent. Asks for no permission, as Computed.
func (s Schedules) Forecasts(ctx context.Context, projects []id.Project, today day.Date) (map[id.Project]Forecast, error) {
	months, err := s.Months(ctx, today)
	if err != nil {
		return nil, err
	}
	plans, err := store{s.DB.Read(ctx)}.plansOf(ctx, projects)
	forecasts := make(map[id.Project]Forecast, len(plans))
	for _, p := range plans {
		forecasts[p.Project] = p.Forecast(today, months)
	}
	return forecasts, err
}

// Filter chooses works of the portfolio; empty fields do not limit. Standing is one of Standings.
type Filter struct{ Sector, State, Unit, Standing string }

// Standings are how a work may stand against its baseline.
func Standings() []string { return []string{"late", "on_time", "finished", "no_baseline"} }

// Standing is how the work stands: behind counts from a month on, because progress is recorded by the month.
func (f Facts) Standing() string {
	switch {
	case !f.Fixed:
		return "no_baseline"
	case f.Forecast.Kind == Finished:
		return "finished"
	case f.LateDays > 30:
		return "late"
	default:
		return "on_time"
	}
}

// Standing is one work of the portfolio with where it stands.
type Standing struct {
	Plan  Plan
	Facts Facts
}

// Portfolio is where many works stand, and how many stand how before the filter by standing.
type Portfolio struct {
	List   listing.Answer[Standing]
	Counts map[string]int
}

// most is how many works one portfolio compares; above it the filter must choose.
const most = 500

// Portfolio compares the works of the scope that have a schedule, by code or by "late" (Desc: the latest first). It reads at
// most 500 works; the answer is Capped when there are more, and the filter must choose.
func (s Schedules) Portfolio(ctx context.Context, who actor.Actor, f Filter, q listing.Query, today day.Date) (Portfolio, error) {
	answer := Portfolio{List: listing.Answer[Standing]{Query: q, Items: []Standing{}}, Counts: map[string]int{}}
	scope, err := who.Require(Read)
	if err != nil {
		return answer, err
	}
	months, err := s.Months(ctx, today)
	if err != nil {
		return answer, err
	}
	plans, err := store{s.DB.Read(ctx)}.search(ctx, scope, f, q.Like(), most+1)
	if err != nil {
		return answer, err
	}
	var all []Standing
	for _, p := range plans[:min(len(plans), most)] {
		one := Standing{p, p.Facts(today, months)}
		answer.Counts[one.Facts.Standing()]++
		if f.Standing == "" || f.Standing == one.Facts.Standing() {
			all = append(all, one)
		}
	}
	if q.Sort == "late" {
		slices.SortStableFunc(all, func(a, b Standing) int { return a.Facts.LateDays - b.Facts.LateDays })
	}
	if q.Desc {
		slices.Reverse(all)
	}
	answer.List.Total = len(all)
	if len(plans) > most {
		answer.List.Total = listing.CountCap + 1
	}
	from := min(q.Offset(), len(all))
	answer.List.Items = append(answer.List.Items, all[from:min(from+q.Limit(), len(all))]...)
	return answer, nil
}
