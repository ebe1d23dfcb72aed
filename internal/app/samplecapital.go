package app

import (
	"context"
	"fmt"

	"matbang/internal/capital"
	"matbang/internal/day"
)

// capitalEvents are the decisions about capital: of one day through one act, as one resolution gives money to many works.
func (s *sampleCity) capitalEvents() ([]event, error) {
	var lines []capital.Of[capital.Line]
	if err := each(s.files, "capital.csv", func(r record) error {
		lines = append(lines, capital.Of[capital.Line]{Code: r.text("project"), Line: capital.Line{Year: r.int("year"), Source: r.text("source"), Kind: r.text("kind"),
			Amount: r.money("amount"), Number: r.text("decision_number"), DecidedOn: r.day("decided_on"), Authority: r.text("authority")}})
		return nil
	}); err != nil {
		return nil, err
	}
	events := byDay(lines, func(l capital.Of[capital.Line]) day.Date { return l.Line.DecidedOn }, rankCapital,
		func(ctx context.Context, lines []capital.Of[capital.Line], today day.Date) error {
			return s.Rooms.Capital.AddAll(ctx, s.as("planner"), lines, today)
		})
	medium, err := s.mediumEvents()
	if err != nil {
		return nil, err
	}
	months, err := s.monthPlanEvents()
	return append(append(events, medium...), months...), err
}

func (s *sampleCity) mediumEvents() ([]event, error) {
	var lines []capital.Of[capital.MediumLine]
	err := each(s.files, "medium_term.csv", func(r record) error {
		lines = append(lines, capital.Of[capital.MediumLine]{Code: r.text("project"), Line: capital.MediumLine{From: r.int("from_year"), Source: r.text("source"),
			Kind: r.text("kind"), Amount: r.money("amount"), Number: r.text("decision_number"), DecidedOn: r.day("decided_on"), Authority: r.text("authority")}})
		return nil
	})
	return byDay(lines, func(l capital.Of[capital.MediumLine]) day.Date { return l.Line.DecidedOn }, rankCapital,
		func(ctx context.Context, lines []capital.Of[capital.MediumLine], today day.Date) error {
			return s.Rooms.Capital.AddMediumAll(ctx, s.as("planner"), lines, today)
		}), err
}

// monthPlanEvents are the years as their works mean to draw them, saved once the year's capital stood.
func (s *sampleCity) monthPlanEvents() ([]event, error) {
	var events []event
	err := each(s.files, "month_plan.csv", func(r record) error {
		code, year := r.text("project"), r.int("year")
		var months capital.Months
		for i := range months {
			months[i] = r.money(fmt.Sprintf("month_%d", i+1))
		}
		events = append(events, event{r.day("saved_on"), rankCapital, func(ctx context.Context, _ day.Date) error {
			return s.Rooms.Capital.SaveMonths(ctx, s.as("planner"), code, year, 0, months)
		}})
		return nil
	})
	return events, err
}
