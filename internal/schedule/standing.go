package schedule

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/id"
)

// Stands is where many works stand on a day; those without a schedule are absent. Asks for no permission, as Computed.
func (s Schedules) Stands(ctx context.Context, projects []id.Project, on day.Date) (map[id.Project]Facts, error) {
	if len(projects) == 0 {
		return nil, nil
	}
	months, err := s.Months(ctx, on)
	if err != nil {
		return nil, err
	}
	plans, err := store{s.DB.Read(ctx)}.plansOf(ctx, projects)
	stands := make(map[id.Project]Facts, len(plans))
	for _, p := range plans {
		stands[p.Project] = p.Facts(on, months)
	}
	return stands, err
}
