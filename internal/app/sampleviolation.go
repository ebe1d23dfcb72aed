package app

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/violation"
)

// violationEvents is the register of violations as its file tells it: each is entered on the day it was found, gets its decision on the day of
// the decision, and is closed on the day it was handled.
func (s *sampleCity) violationEvents() ([]event, error) {
	var events []event
	err := each(s.files, "violations.csv", func(r record) error {
		in := violation.Input{What: r.text("what"), Place: r.text("place"), Description: r.text("description"), Ward: r.text("ward"), Project: r.text("project"),
			FoundOn: r.day("found_on"), DueOn: r.day("due_on")}
		decision := violation.Decision{Number: r.text("decision_number"), DecidedOn: r.day("decided_on"), Measure: r.text("measure"), Fine: r.money("fine")}
		end := violation.Handling{HandledOn: r.day("handled_on"), Outcome: r.text("outcome"), Area: r.area("area")}
		code, version := new(string), 1
		add := func(on day.Date, do func(ctx context.Context, today day.Date) error) {
			events = append(events, event{on, rankViolation, do})
		}
		add(in.FoundOn, func(ctx context.Context, today day.Date) (err error) {
			*code, err = s.Rooms.Violations.Add(ctx, s.as("planning-head"), in, today)
			return err
		})
		if !decision.DecidedOn.IsZero() {
			decided := violation.Change{Input: in}
			decided.Decision = decision
			add(decision.DecidedOn, func(ctx context.Context, today day.Date) error {
				return s.Rooms.Violations.Update(ctx, s.as("planning-head"), *code, 1, decided, today)
			})
			version++
		}
		if !end.HandledOn.IsZero() {
			add(end.HandledOn, func(ctx context.Context, today day.Date) error {
				return s.Rooms.Violations.Handle(ctx, s.as("planning-head"), *code, version, violation.Decision{}, end, today)
			})
		}
		return nil
	})
	return events, err
}
