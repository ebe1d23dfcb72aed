package report

import (
	"context"
	"slices"

	"matbang/internal/day"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// owed is money of a case that has not reached the person, and the papers its legal clock may start from.
type owed struct {
	RuleSet    string     `db:"rule_set"`
	Absent     bool       `db:"absent"`
	Recovered  day.Date   `db:"recovered"` // recovery decision in force
	Effective  day.Date   `db:"effective"` // first plan decision in force
	NotOrdered vnd.Amount `db:"not_ordered"`
	Ordered    vnd.Amount `db:"ordered"`
	Returned   vnd.Amount `db:"returned"`
}

func (o owed) amount() vnd.Amount { return o.NotOrdered + o.Ordered + o.Returned }

// cause is why the money has not arrived, as far as the book can tell.
func (o owed) cause() string {
	switch {
	case o.Absent:
		return "absent"
	case o.Returned > 0:
		return "returned"
	case o.Ordered > 0 && o.NotOrdered == 0:
		return "ordered"
	default:
		return "not_ordered"
	}
}

const owedSQL = `
WITH stands AS (
  SELECT b.case_id,
    COALESCE(sum(b.amount) FILTER (WHERE b.account = 'not_ordered'), 0)::bigint AS not_ordered,
    COALESCE(sum(b.amount) FILTER (WHERE b.account IN ('ordered', 'with_treasury')), 0)::bigint AS ordered,
    COALESCE(sum(b.amount) FILTER (WHERE b.account = 'returned'), 0)::bigint AS returned
  FROM posting b JOIN journal j ON j.id = b.journal_id
  WHERE j.day <= $1 AND ($2::timestamptz IS NULL OR j.recorded_at <= $2) GROUP BY 1)
SELECT c.rule_set, h.state = 'absent' AS absent, s.not_ordered, s.ordered, s.returned,
  (SELECT min(t.effective_on) FROM case_step t WHERE t.case_id = c.id AND t.kind = 'recovery_decision' AND t.withdrawn_at IS NULL
     AND ($2::timestamptz IS NULL OR t.recorded_at <= $2)) AS recovered,
  (SELECT min(p.effective_on) FROM award a JOIN plan p ON p.id = a.plan_id WHERE a.case_id = c.id AND p.state = 'approved') AS effective
FROM stands s JOIN land_case c ON c.id = s.case_id JOIN holder h ON h.id = c.holder_id
WHERE s.not_ordered + s.ordered + s.returned > 0`

// late reckons what is owed past its legal day. The clock starts from the recovery decision or from the plan, as the case's rule set says.
func (b *builder) late(ctx context.Context) error {
	rows := []owed{}
	if err := b.q.SelectContext(ctx, &rows, owedSQL, b.report.AsOf, b.knownAt()); err != nil {
		return err
	}
	clocks := map[string]clock{}
	causes := map[string]*LateCause{}
	late := &b.report.LatePayments
	for _, o := range rows {
		c, err := b.clock(ctx, clocks, o.RuleSet)
		if err != nil {
			return err
		}
		days, due := c.lateDays(o, b.report.AsOf)
		if days == 0 {
			continue
		}
		charge, err := legal.Surcharge(o.amount(), due.Add(1), days, c.rates)
		if err != nil {
			return err
		}
		late.Cases++
		late.Amount += o.amount()
		late.Surcharge += charge.Amount
		add(causes, o)
	}
	late.ByCause = sorted(causes)
	return nil
}

func add(causes map[string]*LateCause, o owed) {
	cause := o.cause()
	if causes[cause] == nil {
		causes[cause] = &LateCause{Cause: cause}
	}
	causes[cause].Cases++
	causes[cause].Amount += o.amount()
}

func sorted(causes map[string]*LateCause) []LateCause {
	list := []LateCause{}
	for _, name := range []string{"not_ordered", "ordered", "returned", "absent"} {
		if c := causes[name]; c != nil {
			list = append(list, *c)
		}
	}
	return slices.Clip(list)
}

// clock is what a rule set says about paying in time.
type clock struct {
	fromPlan    bool
	days        int
	countPayDay bool
	calendar    legal.Calendar
	rates       []legal.Rate
}

func (b *builder) clock(ctx context.Context, known map[string]clock, ruleSet string) (clock, error) {
	if c, ok := known[ruleSet]; ok {
		return c, nil
	}
	c := clock{}
	on := b.report.AsOf
	base, err := b.rules.Value(ctx, ruleSet, legal.PaymentBase, on)
	if err != nil {
		return c, err
	}
	days, err := b.rules.Value(ctx, ruleSet, legal.PaymentDays, on)
	if err != nil {
		return c, err
	}
	convention, err := b.rules.Value(ctx, ruleSet, legal.LateWithPayDay, on)
	if err != nil {
		return c, err
	}
	if c.calendar, err = b.rules.Calendar(ctx); err != nil {
		return c, err
	}
	c.fromPlan, c.days, c.countPayDay = base.Value == 1, int(days.Value), convention.Value == 1
	c.rates, err = b.rules.Rates(ctx, ruleSet, on.Add(-3660), on)
	known[ruleSet] = c
	return c, err
}

// lateDays is how late the money is on a day, and the day it was due; 0 while the clock has not started.
func (c clock) lateDays(o owed, on day.Date) (int, day.Date) {
	start := o.Recovered
	if c.fromPlan {
		start = o.Effective
	}
	if start.IsZero() {
		return 0, start
	}
	due := c.calendar.DueDay(start, c.days)
	return legal.LateDays(due, on, c.countPayDay), due
}
