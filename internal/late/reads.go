package late

import (
	"context"
	"slices"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/legal"
)

// PageSize is how many awards one page shows.
const PageSize = 50

// Ageing is what is late on a day: the bands over all of a filter, and one page of awards, the longest first.
type Ageing struct {
	Bands   []Band    `json:"bands"`
	Overdue []Overdue `json:"overdue"`
	Total   int       `json:"total"`
	Sum     Band      `json:"sum"`
}

// Ageing reckons every late award of a scope. Refuses: legal.no_rule for a rule set without its values.
func (r Late) Ageing(ctx context.Context, who actor.Actor, f Filter, page int) (Ageing, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Ageing{}, err
	}
	overdue, err := r.reckon(ctx, scope, question{project: f.Project, on: f.AsOf, stillOwed: f.Show == ShowOwed})
	if err != nil {
		return Ageing{}, err
	}
	overdue = slices.DeleteFunc(overdue, func(d Overdue) bool { return !f.takes(d) })
	slices.SortStableFunc(overdue, func(a, b Overdue) int { return b.Days - a.Days })
	answer := Ageing{Bands: bandsOf(overdue), Total: len(overdue), Sum: SumOf(overdue)}
	first := min(max(page-1, 0), len(overdue)/PageSize+1) * PageSize // a page beyond all numbers would overflow
	first = min(first, len(overdue))
	answer.Overdue = overdue[first:min(first+PageSize, len(overdue))]
	return answer, nil
}

// StillOwed is what of all works was due and not paid at the end of a day, as it was known at a moment (zero: now). It asks for no permission: the report,
// which shows sums alone, has asked for its own.
func (r Late) StillOwed(ctx context.Context, on day.Date, known time.Time) ([]Overdue, error) {
	overdue, err := r.reckon(ctx, actor.Scope{}, question{on: on, known: known, stillOwed: true})
	return slices.DeleteFunc(overdue, func(d Overdue) bool { return d.Days == 0 }), err
}

// OfCase is what the awards of a case owe on a day, those in time too. An unknown case owes nothing.
func (r Late) OfCase(ctx context.Context, who actor.Actor, caseCode string, on day.Date) ([]Overdue, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	overdue, err := r.reckon(ctx, scope, question{caseCode: caseCode, on: on})
	if err == nil && len(overdue) == 0 {
		err = ErrMissing
	}
	return overdue, err
}

// Causes are what was stated about an award, the newest first.
func (r Late) Causes(ctx context.Context, who actor.Actor, caseCode, planCode string) ([]CauseRow, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	s := store{r.DB.Read(ctx)}
	award, err := s.award(ctx, scope, caseCode, planCode)
	if err != nil {
		return nil, err
	}
	return s.causes(ctx, award)
}

// Plans are the plans for paying the surcharge, the newest first.
func (r Late) Plans(ctx context.Context, who actor.Actor, project, after string, limit int) ([]SurchargePlan, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return store{r.DB.Read(ctx)}.plans(ctx, scope, project, after, limit)
}

// Get is one plan with its lines.
func (r Late) Get(ctx context.Context, who actor.Actor, code string) (SurchargePlan, []PlanLine, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return SurchargePlan{}, nil, err
	}
	s := store{r.DB.Read(ctx)}
	p, err := s.plan(ctx, scope, code, false)
	if err != nil {
		return p, nil, err
	}
	lines, err := s.lines(ctx, p.ID)
	return p, lines, err
}

// reckon reads obligations that may be late (all of one case), what was settled of them and the law, each in one query, and works out every debt.
func (r Late) reckon(ctx context.Context, scope actor.Scope, q question) ([]Overdue, error) {
	s := store{r.DB.Read(ctx)}
	obligations, err := s.obligations(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	events, err := s.settled(ctx, obligations, q)
	if err != nil {
		return nil, err
	}
	clocks := map[string]clock{}
	overdue := make([]Overdue, 0, len(obligations))
	for _, o := range obligations {
		c, err := r.clock(ctx, clocks, o.RuleSet, q.on)
		if err != nil {
			return nil, err
		}
		if d, started := c.overdue(o); started {
			c.reckon(&d, events[o.AwardID], q.on)
			overdue = append(overdue, d)
		}
	}
	return overdue, nil
}

// overdue is an obligation whose clock has started.
func (c clock) overdue(o obligation) (Overdue, bool) {
	start := o.Recovered
	if c.fromPlan || start.IsZero() || start.Before(o.Effective) {
		start = o.Effective
	}
	return Overdue{AwardID: o.AwardID, CaseID: o.CaseID, CaseCode: o.CaseCode, Holder: o.Holder, PlanCode: o.PlanCode, Project: o.Project, RuleSet: o.RuleSet,
		Start: start, Due: c.calendar.DueDay(start, c.days), Net: o.Net, Cause: o.Cause, Planned: o.Planned}, c.fromPlan || !o.Recovered.IsZero()
}

func (r Late) clock(ctx context.Context, known map[string]clock, ruleSet string, on day.Date) (clock, error) {
	if c, ok := known[ruleSet]; ok {
		return c, nil
	}
	c := clock{}
	for _, v := range []struct {
		key string
		set func(value int64)
	}{
		{legal.PaymentBase, func(v int64) { c.fromPlan = v == 1 }},
		{legal.PaymentDays, func(v int64) { c.days = int(v) }},
		{legal.LateWithPayDay, func(v int64) { c.countPayDay = v == 1 }},
		{legal.PersonsDelayFree, func(v int64) { c.personFree = v == 1 }},
	} {
		rule, err := r.Rules.Value(ctx, ruleSet, v.key, on)
		if err != nil {
			return c, err
		}
		v.set(rule.Value)
	}
	var err error
	if c.calendar, err = r.Rules.Calendar(ctx); err != nil {
		return c, err
	}
	c.rates, err = r.Rules.Rates(ctx, ruleSet, on.Add(-ratesBack), on)
	known[ruleSet] = c
	return c, err
}

// ratesBack is how many days back rates are read: no case stays unpaid for thirty years.
const ratesBack = 30 * 366
