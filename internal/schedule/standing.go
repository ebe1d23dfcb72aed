package schedule

import (
	"context"

	"matbang/internal/actor"
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

// Unfixed counts the schedules that are complete and wait for their first baseline, for whoever may fix one; 0 for others.
func (s Schedules) Unfixed(ctx context.Context, who actor.Actor) (int, error) {
	scope, err := who.Require(Baseline)
	if err != nil {
		return 0, nil // whoever may not fix one has nothing waiting
	}
	var waiting int
	err = s.DB.Read(ctx).GetContext(ctx, &waiting,
		`SELECT count(*) FROM schedule h JOIN project p ON p.id = h.project_id
		 WHERE ($1 = 0 OR p.unit_id = $1) AND $2 <> ALL (h.hands) AND NOT EXISTS (SELECT 1 FROM schedule_baseline b WHERE b.project_id = h.project_id)
		   AND (SELECT sum(m.weight_bp) FROM milestone m WHERE m.project_id = h.project_id) = 10000`, scope.Unit, who.ID)
	return waiting, err
}
