package app

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/progress"
)

func (s *sampleCity) obstacleEvents() ([]event, error) {
	answers, err := grouped(s.files, "obstacle_answers.csv", "obstacle", func(r record) progress.AnswerInput {
		return progress.AnswerInput{On: r.day("answered_on"), By: r.text("answered_by"), DocumentNo: r.text("document_no"), Text: r.text("text"), PromisedOn: r.day("promised_on")}
	})
	if err != nil {
		return nil, err
	}
	var events []event
	err = each(s.files, "obstacles.csv", func(r record) error {
		made := new(string)
		o := progress.ObstacleInput{Project: r.text("project"), Kind: r.text("kind"), Level: r.text("level"), Content: r.text("content"), OpenedOn: r.day("opened_on"),
			DueOn: r.day("due_on"), Body: r.text("body"), Works: r.list("works"), Households: r.int("households"), Cases: r.list("cases"), Area: r.area("area"), Length: r.int("length")}
		events = append(events, event{o.OpenedOn, rankObstacle, func(ctx context.Context, today day.Date) (err error) {
			*made, err = s.Rooms.Progress.AddObstacle(ctx, s.as("planner"), o, today)
			return err
		}})
		for i, a := range answers[r.text("key")] {
			events = append(events, event{a.On, rankObstacle, func(ctx context.Context, today day.Date) error {
				return s.Rooms.Progress.AnswerObstacle(ctx, s.as("planner"), *made, i+1, a, today)
			}})
		}
		if out := (progress.Outcome{Text: r.text("answer"), On: r.day("resolved_on")}); !out.On.IsZero() {
			version := len(answers[r.text("key")]) + 1
			events = append(events, event{out.On, rankObstacle, func(ctx context.Context, today day.Date) error {
				return s.Rooms.Progress.ResolveObstacle(ctx, s.as("planner"), *made, version, out, today)
			}})
		}
		return nil
	})
	return events, err
}

// reminderEvents are the mornings of a month on which the running program would have looked whether to remind: from three days before the due day.
func (s *sampleCity) reminderEvents() ([]event, error) {
	var events []event
	for month := day.New(2023, 1, 1).Month(); month.Year() == 2023; month = month.Add(1) {
		due := progress.Limits{DueDay: entryDueDay}.Due(month)
		for on := due.Add(-3); !on.After(month.Last()); on = on.Add(1) {
			events = append(events, event{on, rankReminder, func(ctx context.Context, today day.Date) error {
				_, err := s.Rooms.Progress.Remind(ctx, today)
				return err
			}})
		}
	}
	return events, nil
}
