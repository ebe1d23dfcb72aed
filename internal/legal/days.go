package legal

import (
	"context"
	"time"

	"matbang/internal/day"
)

// Calendar knows the rest days besides Saturdays and Sundays.
type Calendar struct{ rest map[string]bool }

// NewCalendar makes a calendar out of rest days.
func NewCalendar(rest ...day.Date) Calendar {
	c := Calendar{map[string]bool{}}
	for _, d := range rest {
		c.rest[d.String()] = true
	}
	return c
}

// Rests tells whether nobody works on a day.
func (c Calendar) Rests(d day.Date) bool {
	weekday := time.Weekday((d.Sub(day.New(2023, time.January, 1))%7 + 7) % 7) // 1 January 2023 was a Sunday
	return weekday == time.Saturday || weekday == time.Sunday || c.rest[d.String()]
}

// DueDay is the last day of a time limit of so many calendar days after base. The first day does not count, and a limit that would end
// on a rest day ends on the next working day (Civil Code 91/2015/QH13, articles 147.2 and 148.5).
func (c Calendar) DueDay(base day.Date, days int) day.Date {
	due := base.Add(days)
	for c.Rests(due) {
		due = due.Add(1)
	}
	return due
}

// LateDays is how many days a payment was late: 0 when paid by the due day. Two conventions exist: the day of payment counts (practice)
// or it does not (Law on Tax Administration 38/2019/QH14, article 59.2b); which one is a value of the rule set.
func LateDays(due, paid day.Date, countPayDay bool) int {
	late := paid.Sub(due)
	if !countPayDay {
		late--
	}
	return max(late, 0)
}

// PaymentDue is the last day to pay by a rule set when its base paper took effect on a day. Refuses: legal.no_rule.
func (r Rules) PaymentDue(ctx context.Context, ruleSet string, base day.Date) (day.Date, error) {
	limit, err := r.Value(ctx, ruleSet, PaymentDays, base)
	if err != nil {
		return day.Date{}, err
	}
	calendar, err := r.Calendar(ctx)
	if err != nil {
		return day.Date{}, err
	}
	return calendar.DueDay(base, int(limit.Value)), nil
}
