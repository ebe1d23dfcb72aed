package app

import (
	"context"
	"fmt"

	"matbang/internal/day"
	"matbang/internal/project"
)

// projects enters the register as it was found: works of 2023 from their policy decision on, older ones in the middle of their life, each with
// the name, investor and wards it had before the changes that are played later.
func (s *sampleCity) projects(ctx context.Context) error {
	works, err := s.works()
	if err != nil {
		return err
	}
	for _, w := range works {
		if err := s.Rooms.Projects.Create(ctx, s.as("planner"), w.entered(), day.New(w.final.StartYear, 12, 31)); err != nil {
			return fmt.Errorf("work %s: %w", w.final.Code, err)
		}
	}
	return each(s.files, "decisions.csv", func(r record) error {
		return s.Rooms.Projects.AddDecision(ctx, s.as("planner"), r.text("project"), project.Decision{Kind: r.text("kind"), Number: r.text("number"),
			DecidedOn: r.day("decided_on"), Authority: r.text("authority"), TotalInvestment: r.money("total_investment"),
			Parts: project.Parts{Construction: r.money("construction"), Equipment: r.money("equipment"), Clearance: r.money("clearance"),
				Management: r.money("management"), Consulting: r.money("consulting"), Other: r.money("other"), Contingency: r.money("contingency")}}, r.day("decided_on"))
	})
}

// sampleWork is a work as it is at the end of 2023, with what it was before a change.
type sampleWork struct {
	final, before project.Input
	changed       bool
}

// entered is the work as the register first had it.
func (w sampleWork) entered() project.Input {
	if w.changed {
		return w.before
	}
	return w.final
}

// works reads the works of the files, in their order.
func (s *sampleCity) works() ([]sampleWork, error) {
	var works []sampleWork
	at := map[string]int{}
	if err := each(s.files, "projects.csv", func(r record) error {
		at[r.text("code")] = len(works)
		works = append(works, sampleWork{final: project.Input{Code: r.text("code"), Name: r.text("name"), Group: r.text("group_code"),
			Sector: r.text("sector"), Unit: r.text("unit"), Investor: r.text("investor"), StartYear: r.int("start_year"), EndYear: r.int("end_year"),
			TotalInvestment: r.money("total_investment"), Clearance: r.flag("clearance"), WardCodes: r.list("ward_codes"), Note: r.text("note"), Sample: true}})
		return nil
	}); err != nil {
		return nil, err
	}
	if err := each(s.files, "project_files.csv", func(r record) error {
		place, err := project.ParsePlace(r.text("place"))
		in := &works[at[r.text("project")]].final
		in.FieldGroup, in.FundingFrom, in.FundingTo = r.int("field_group"), r.int("funding_from"), r.int("funding_to")
		in.State, in.StateSince, in.Place = project.State(r.text("state")), r.day("since"), &place
		return err
	}); err != nil {
		return nil, err
	}
	return works, each(s.files, "project_changes.csv", func(r record) error {
		w := &works[at[r.text("project")]]
		w.changed, w.before = true, w.final
		if name := r.text("name_before"); name != "" {
			w.before.Name = name
		}
		if investor := r.text("investor_before"); investor != "" {
			w.before.Investor = investor
		}
		if wards := r.list("ward_codes_before"); len(wards) > 0 {
			w.before.WardCodes = wards
		}
		w.final.ValidFrom, w.final.Reason = r.day("valid_from"), r.text("reason")
		return nil
	})
}

// projectEvents are the changes of works and the phases of their lives.
func (s *sampleCity) projectEvents() ([]event, error) {
	works, err := s.works()
	if err != nil {
		return nil, err
	}
	var events []event
	for _, w := range works {
		if w.changed {
			in := w.final
			in.State = ""
			events = append(events, event{in.ValidFrom, rankProject, func(ctx context.Context, today day.Date) error {
				return s.withVersion(ctx, in.Code, func(version int) error { return s.Rooms.Projects.Update(ctx, s.as("planner"), version, in, today) })
			}})
		}
	}
	return events, each(s.files, "phases.csv", func(r record) error {
		code, phase, e := r.text("project"), r.text("phase"), project.Entry{On: r.day("entered_on"), Document: r.text("document"), Reason: r.text("reason")}
		events = append(events, event{e.On, rankProject, func(ctx context.Context, today day.Date) error {
			return s.withVersion(ctx, code, func(version int) error {
				if phase == string(project.Suspended) {
					return s.Rooms.Projects.Suspend(ctx, s.as("planner"), code, version, e, today)
				}
				return s.Rooms.Projects.OpenPhase(ctx, s.as("planner"), code, version, project.Phase(phase), e, today)
			})
		}})
		return nil
	})
}

// withVersion does an act on a work as it stands.
func (s *sampleCity) withVersion(ctx context.Context, code string, do func(version int) error) error {
	p, err := s.Rooms.Projects.Get(ctx, s.as("planner"), code)
	if err == nil {
		err = do(p.Version)
	}
	if err != nil {
		return fmt.Errorf("work %s: %w", code, err)
	}
	return nil
}
