package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/id"
	"matbang/internal/late"
	"matbang/internal/ledger"
	"matbang/internal/legal"
	"matbang/internal/schedule"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// builder gathers one report as of a day, out of what was known at a moment (zero: all that is known now).
type builder struct {
	q      tx.Querier
	book   ledger.Ledger
	rules  legal.Rules
	month  day.Month
	known  time.Time
	report Monthly

	schedules schedule.Schedules
	control   func(ctx context.Context, on day.Date) ([]disbursement.OpenAdvance, error)
	owed      func(ctx context.Context, on day.Date, known time.Time) ([]late.Overdue, error)
}

func (b *builder) build(ctx context.Context) (Monthly, error) {
	b.report = Monthly{Month: b.month, Status: Draft, AsOf: b.month.Last(), Projects: []Project{}, Obstacles: []Obstacle{},
		NotReported: []NotYet{}, Changes: []Change{}, Adjustments: []Adjustment{}, Sources: []Source{}, Indicators: []Indicator{}}
	for _, part := range []func(context.Context) error{b.projects, b.notReported, b.land, b.compensation, b.late, b.obstacles,
		b.sources, b.advances, b.adjustments, b.schedule, b.indicators, b.violations, b.bookOf, b.attention} {
		if err := part(ctx); err != nil {
			return Monthly{}, fmt.Errorf("report of %s: %w", b.month, err)
		}
	}
	return b.report, nil
}

// knownAt is the parameter of "recorded by then"; NULL means no limit.
func (b *builder) knownAt() any {
	if b.known.IsZero() {
		return nil
	}
	return b.known
}

func (b *builder) projects(ctx context.Context) error {
	r := &b.report
	if err := b.q.SelectContext(ctx, &r.Projects, projectsSQL, b.month, r.AsOf, b.knownAt(), b.month.Year()); err != nil {
		return err
	}
	c := &r.Capital
	for i := range r.Projects {
		p := &r.Projects[i]
		p.ExecutedBP = vnd.Ratio(p.Executed, p.Plan)
		c.Works++
		c.Plan += p.Plan
		c.Executed += p.Executed
		c.Disbursed += p.Disbursed
		c.DisbursedTreasury += p.DisbursedTreasury
		c.EstimateMonthEnd += p.EstimateMonthEnd
	}
	c.ExecutedBP = vnd.Ratio(c.Executed, c.Plan)
	return nil
}

func orNone(state string) string {
	if state == "" {
		return "none"
	}
	return state
}

// notReported lists who owes an entry of the month and has none accepted, a work without capital in the year included.
func (b *builder) notReported(ctx context.Context) error {
	return b.q.SelectContext(ctx, &b.report.NotReported,
		`SELECT p.code AS project, p.name, CASE WHEN e.id IS NULL THEN 'none' WHEN e.state = 'accepted' THEN 'submitted' ELSE e.state END AS state
		 FROM project p LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = $1
		 WHERE (e.id IS NOT NULL OR p.id IN (SELECT o.project_id FROM progress_owed($1) o))
		   AND NOT (e.id IS NOT NULL AND e.state = 'accepted' AND ($2::timestamptz IS NULL OR e.accepted_at <= $2)) ORDER BY p.code LIMIT 50000`,
		b.month, b.knownAt())
}

// projectsSQL: works with a plan in the year, as decided by the day, under the name and in the wards they had then; progress only as accepted; cases as opened by the day.
const projectsSQL = `
WITH plan AS (
  SELECT project_id, sum(amount)::bigint AS amount FROM capital_line
  WHERE year = $4 AND kind IN ('assigned', 'adjusted') AND decided_on <= $2 AND ($3::timestamptz IS NULL OR recorded_at <= $3) GROUP BY 1),
cases AS (
  SELECT c.project_id, count(*) AS cases, sum(c.recovered_area) AS area,
         COALESCE(sum(c.recovered_area) FILTER (WHERE EXISTS (SELECT 1 FROM case_step s WHERE s.case_id = c.id AND s.kind = 'handover'
           AND s.withdrawn_at IS NULL AND s.done_on <= $2 AND ($3::timestamptz IS NULL OR s.recorded_at <= $3))), 0) AS handed_over
  FROM land_case c WHERE c.opened_on <= $2 AND ($3::timestamptz IS NULL OR c.recorded_at <= $3) GROUP BY 1)
SELECT p.id, p.code, was.name, was.group_code, p.state, was.ward_names AS wards,
  plan.amount AS plan, COALESCE(e.executed, 0) AS executed, COALESCE(before.executed, 0) AS executed_before,
  COALESCE(e.estimate_month_end, 0) AS estimate, COALESCE(e.disbursed, 0) AS disbursed, COALESCE(e.disbursed_treasury, 0) AS disbursed_treasury,
  COALESCE(e.physical_bp, 0) AS physical_bp, COALESCE(c.cases, 0) AS cases, COALESCE(c.area, 0) AS area, COALESCE(c.handed_over, 0) AS handed_over,
  CASE WHEN e.id IS NOT NULL THEN 'accepted' ELSE COALESCE(any_entry.state, '') END AS reported
FROM project p JOIN plan ON plan.project_id = p.id JOIN project_as_of($2) was ON was.project_id = p.id
LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = $1 AND e.state = 'accepted' AND ($3::timestamptz IS NULL OR e.accepted_at <= $3)
LEFT JOIN progress_entry any_entry ON any_entry.project_id = p.id AND any_entry.month = $1
LEFT JOIN progress_entry before ON before.project_id = p.id AND before.month = ($1::date - interval '1 month')::date AND before.state = 'accepted'
  AND extract(year FROM before.month) = $4 AND ($3::timestamptz IS NULL OR before.accepted_at <= $3)
LEFT JOIN cases c ON c.project_id = p.id
ORDER BY p.code LIMIT 50000`

func (b *builder) land(ctx context.Context) error {
	var row struct {
		Projects   int       `db:"projects"`
		Holders    int       `db:"holders"`
		Cases      int       `db:"cases"`
		Area       area.Area `db:"area"`
		HandedOver area.Area `db:"handed_over"`
	}
	err := b.q.GetContext(ctx, &row,
		`SELECT count(DISTINCT c.project_id) AS projects, count(DISTINCT c.holder_id) AS holders, count(*) AS cases,
		   COALESCE(sum(c.recovered_area), 0) AS area,
		   COALESCE(sum(c.recovered_area) FILTER (WHERE EXISTS (SELECT 1 FROM case_step s WHERE s.case_id = c.id AND s.kind = 'handover'
		     AND s.withdrawn_at IS NULL AND s.done_on <= $1 AND ($2::timestamptz IS NULL OR s.recorded_at <= $2))), 0) AS handed_over
		 FROM land_case c WHERE c.opened_on <= $1 AND ($2::timestamptz IS NULL OR c.recorded_at <= $2)`, b.report.AsOf, b.knownAt())
	b.report.Land = Land{row.Projects, row.Holders, row.Cases, row.Area, row.HandedOver}
	return err
}

func (b *builder) compensation(ctx context.Context) error {
	bridges, err := b.book.ByProject(ctx, ledger.Limits{AsOf: b.report.AsOf, Known: b.known})
	if err != nil {
		return err
	}
	begun, err := b.begun(ctx)
	if err != nil {
		return err
	}
	c := &b.report.Compensation
	for project, bridge := range bridges {
		c.ProjectsApproved++
		c.Approved += bridge.Approved
		c.Bridge = c.Bridge.Plus(bridge)
		if slices.Contains(begun, project) {
			c.InPayment.Projects++
			c.InPayment.Approved += bridge.Approved
			c.InPayment.Paid += bridge.Paid
			c.InPayment.Deposited += bridge.Deposited
		}
	}
	for i := range b.report.Projects {
		p := &b.report.Projects[i]
		bridge := bridges[id.Project(p.ID)]
		p.Approved, p.Deducted, p.Paid, p.Deposited = bridge.Approved, bridge.Deducted, bridge.Paid, bridge.Deposited
	}
	return nil
}

// begun lists the works whose payment has begun: an order was submitted by the day.
func (b *builder) begun(ctx context.Context) ([]id.Project, error) {
	projects := []id.Project{}
	err := b.q.SelectContext(ctx, &projects,
		`SELECT DISTINCT project_id FROM journal WHERE kind = 'order_submitted' AND day <= $1 AND ($2::timestamptz IS NULL OR recorded_at <= $2)`,
		b.report.AsOf, b.knownAt())
	return projects, err
}

func (b *builder) obstacles(ctx context.Context) error {
	r := &b.report
	err := b.q.SelectContext(ctx, &r.Obstacles,
		`SELECT p.code AS project, o.kind, o.level, o.content, o.opened_on, o.due_on FROM obstacle o JOIN project p ON p.id = o.project_id
		 WHERE o.opened_on <= $1 AND (o.resolved_on IS NULL OR o.resolved_on > $1 OR o.resolved_at > $2) AND ($2::timestamptz IS NULL OR o.recorded_at <= $2)
		 ORDER BY o.opened_on, o.id LIMIT 500`, r.AsOf, b.knownAt())
	for i := range r.Obstacles {
		r.Obstacles[i].Days = r.AsOf.Sub(r.Obstacles[i].OpenedOn)
	}
	return err
}
