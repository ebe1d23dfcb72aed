package app

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/project"
)

func (s *sampleCity) projects(ctx context.Context) error {
	if err := each(s.files, "projects.csv", func(r record) error {
		return s.Rooms.Projects.Create(ctx, s.as("planner"), project.Input{Code: r.text("code"), Name: r.text("name"), Group: r.text("group_code"),
			Sector: r.text("sector"), Unit: r.text("unit"), Investor: r.text("investor"), StartYear: r.int("start_year"), EndYear: r.int("end_year"),
			TotalInvestment: r.money("total_investment"), State: project.State(r.text("state")), Clearance: r.flag("clearance"),
			WardCodes: r.list("ward_codes"), Note: r.text("note"), Sample: true}, day.New(r.int("start_year"), 12, 31))
	}); err != nil {
		return err
	}
	return each(s.files, "decisions.csv", func(r record) error {
		return s.Rooms.Projects.AddDecision(ctx, s.as("planner"), r.text("project"), project.Decision{Kind: r.text("kind"), Number: r.text("number"),
			DecidedOn: r.day("decided_on"), Authority: r.text("authority"), TotalInvestment: r.money("total_investment")}, r.day("decided_on"))
	})
}

// projectEvents is what the files say of this room.
func (s *sampleCity) projectEvents() ([]event, error) { return nil, nil }
