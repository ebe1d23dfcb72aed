package app

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"matbang/internal/day"
)

// event is something that was done on a day of the sample city's years.
type event struct {
	on   day.Date
	rank rank
	do   func(ctx context.Context, today day.Date) error
}

// rank orders what is done on one day: a case before its steps, a plan before an order, an order before its results, the month's report last.
type rank int

const (
	rankReport   rank = iota // of the month before
	rankReminder             // in the morning, before anybody enters
	rankProject              // phases, changes of the file
	rankCapital
	rankContract
	rankSchedule
	rankDisbursement
	rankCase
	rankStep
	rankPlan
	rankRecovery // on the day of the plan's decision, as the law of 2013 has it
	rankOrder
	rankResult
	rankStatement
	rankByHand
	rankHandover
	rankDebt
	rankObstacle
	rankProgress
	rankIndicator
	rankViolation
)

// play does everything the files tell, in the order of its days.
func (s *sampleCity) play(ctx context.Context) error {
	var events []event
	for _, read := range []func() ([]event, error){s.projectEvents, s.capitalEvents, s.contractEvents, s.scheduleEvents,
		s.disbursementEvents, s.indicatorEvents, s.violationEvents, s.obstacleEvents, s.reminderEvents, s.caseEvents, s.stepEvents, s.planEvents,
		s.orderEvents, s.resultEvents, s.debtEvents, s.statementEvents, s.progressEvents, s.reportEvents} {
		more, err := read()
		if err != nil {
			return err
		}
		events = append(events, more...)
	}
	slices.SortStableFunc(events, func(a, b event) int {
		if a.on != b.on {
			return a.on.Sub(b.on)
		}
		return int(a.rank) - int(b.rank)
	})
	for _, e := range events {
		if err := e.do(ctx, e.on); err != nil {
			return fmt.Errorf("sample city, %s: %w", e.on, err)
		}
	}
	return s.compare(ctx)
}

// byDay turns rows into one event a day, so that many rows go through one act.
func byDay[T any](rows []T, on func(T) day.Date, r rank, do func(ctx context.Context, rows []T, today day.Date) error) []event {
	var days []day.Date
	groups := map[day.Date][]T{}
	for _, row := range rows {
		d := on(row)
		if groups[d] == nil {
			days = append(days, d)
		}
		groups[d] = append(groups[d], row)
	}
	events := make([]event, 0, len(days))
	for _, d := range days {
		events = append(events, event{d, r, func(ctx context.Context, today day.Date) error { return do(ctx, groups[d], today) }})
	}
	return events
}

// endOfMonth is when papers gathered in a month are entered together.
func endOfMonth[T any](on func(T) day.Date) func(T) day.Date {
	return func(row T) day.Date { return on(row).Month().Last() }
}

// key is an idempotency key of the sample city's own.
func key(parts ...string) string { return "sample-" + strings.Join(parts, "-") }

// statementMonth reads the month out of a statement's file name, "2023-03-TK-VCB.csv".
func statementMonth(name string) (month day.Month, account string, err error) {
	base := strings.TrimSuffix(path.Base(name), path.Ext(name))
	if len(base) < 9 {
		return day.Month{}, "", fmt.Errorf("statement %s: a name such as 2023-03-TK-VCB.csv is needed", name)
	}
	month, err = day.ParseMonth(base[:7])
	return month, base[8:], err
}
