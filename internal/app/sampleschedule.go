package app

import (
	"context"
	"slices"

	"matbang/internal/day"
	"matbang/internal/schedule"
)

// scheduleEvents is what the files say of this room: plans entered and fixed, some planned anew and fixed again, and what was done by the day.
func (s *sampleCity) scheduleEvents() ([]event, error) {
	first, err := grouped(s.files, "milestones.csv", "project", func(r record) schedule.Row {
		return schedule.Row{Name: r.text("name"), WeightBP: r.int("weight_bp"), Start: r.day("planned_start"), End: r.day("planned_end")}
	})
	if err != nil {
		return nil, err
	}
	again, err := grouped(s.files, "milestones.csv", "project", newRow)
	if err != nil {
		return nil, err
	}
	var events []event
	add := func(on day.Date, do func(context.Context, day.Date) error) {
		if !on.IsZero() {
			events = append(events, event{on, rankSchedule, do})
		}
	}
	err = each(s.files, "baselines.csv", func(r record) error {
		code, reason := r.text("project"), r.text("reason")
		add(r.day("entered_on"), func(ctx context.Context, _ day.Date) error { return s.enterPlan(ctx, code, first[code]) })
		add(r.day("fixed_on"), func(ctx context.Context, today day.Date) error { return s.fixPlan(ctx, code, "", today) })
		add(r.day("replanned_on"), func(ctx context.Context, _ day.Date) error { return s.enterPlan(ctx, code, again[code]) })
		add(r.day("fixed_again_on"), func(ctx context.Context, today day.Date) error { return s.fixPlan(ctx, code, reason, today) })
		return nil
	})
	if err != nil {
		return nil, err
	}
	done, err := s.milestoneEvents()
	return append(events, done...), err
}

// newRow is a milestone as it was planned anew; what stands empty did not change.
func newRow(r record) schedule.Row {
	row := schedule.Row{Was: r.int("rank"), Name: r.text("name"), WeightBP: r.int("weight_bp"), Start: r.day("planned_start"), End: r.day("planned_end")}
	if r.text("new_weight_bp") != "" {
		row.WeightBP = r.int("new_weight_bp")
	}
	if start := r.day("new_start"); !start.IsZero() {
		row.Start, row.End = start, r.day("new_end")
	}
	return row
}

func (s *sampleCity) enterPlan(ctx context.Context, code string, rows []schedule.Row) error {
	plan, err := s.Rooms.Schedules.Plan(ctx, s.as("planner"), code)
	if err != nil {
		return err
	}
	return s.Rooms.Schedules.Save(ctx, s.as("planner"), code, plan.Version, rows)
}

func (s *sampleCity) fixPlan(ctx context.Context, code, reason string, today day.Date) error {
	plan, err := s.Rooms.Schedules.Plan(ctx, s.as("planning-head"), code)
	if err != nil {
		return err
	}
	_, err = s.Rooms.Schedules.Fix(ctx, s.as("planning-head"), code, plan.Version, reason, today)
	return err
}

// milestoneEvents records what was done, all works of a day in one act.
func (s *sampleCity) milestoneEvents() ([]event, error) {
	type row struct {
		code       string
		recordedOn day.Date
		schedule.Entry
	}
	var rows []row
	if err := each(s.files, "milestone_progress.csv", func(r record) error {
		rows = append(rows, row{r.text("project"), r.day("recorded_on"), schedule.Entry{Rank: r.int("rank"), On: r.day("on"), DoneBP: r.int("done_bp"),
			StartedOn: r.day("started_on"), Note: r.text("note")}})
		return nil
	}); err != nil {
		return nil, err
	}
	return byDay(rows, func(r row) day.Date { return r.recordedOn }, rankSchedule, func(ctx context.Context, rows []row, today day.Date) error {
		var works []schedule.WorkEntries
		for _, r := range rows {
			at := slices.IndexFunc(works, func(w schedule.WorkEntries) bool { return w.Code == r.code })
			if at < 0 {
				at, works = len(works), append(works, schedule.WorkEntries{Code: r.code})
			}
			works[at].Entries = append(works[at].Entries, r.Entry)
		}
		return s.Rooms.Schedules.Record(ctx, s.as("planner"), works, today)
	}), nil
}
