package report

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/progress"
	"matbang/internal/vnd"
)

// Source is the money of the plan year from one source, by the vouchers: what was drawn to the end of the month before and to the end of
// the month stand apart, as the monthly form of public investment asks (TT 37/2025/TT-BTC). In đồng.
type Source struct {
	Code        string     `db:"code" json:"code"`
	Name        string     `db:"name" json:"name"`
	Plan        vnd.Amount `db:"plan" json:"plan_vnd"`
	CarriedOver vnd.Amount `db:"carried_over" json:"carried_over_vnd"`
	Advanced    vnd.Amount `db:"advanced" json:"advanced_vnd"`
	DrawnBefore vnd.Amount `db:"drawn_before" json:"drawn_before_vnd"`
	Drawn       vnd.Amount `db:"drawn" json:"drawn_vnd"`
}

// Drawable is what the source may pay in the year.
func (s Source) Drawable() vnd.Amount { return s.Plan + s.CarriedOver + s.Advanced }

const sourcesSQL = `
WITH plan AS (
  SELECT source, COALESCE(sum(amount) FILTER (WHERE kind IN ('assigned', 'adjusted')), 0)::bigint AS plan,
    COALESCE(sum(amount) FILTER (WHERE kind = 'carried_over'), 0)::bigint AS carried_over, COALESCE(sum(amount) FILTER (WHERE kind = 'advanced'), 0)::bigint AS advanced
  FROM capital_line WHERE year = $1 AND decided_on <= $3 AND ($4::timestamptz IS NULL OR recorded_at <= $4) GROUP BY 1),
drawn AS (
  SELECT source, sum(cash)::bigint AS drawn, COALESCE(sum(cash) FILTER (WHERE paid_on < $2), 0)::bigint AS drawn_before
  FROM disbursement_voucher WHERE plan_year = $1 AND paid_on <= $3 AND ($4::timestamptz IS NULL OR recorded_at <= $4) GROUP BY 1)
SELECT f.code, f.name, COALESCE(plan.plan, 0) AS plan, COALESCE(plan.carried_over, 0) AS carried_over, COALESCE(plan.advanced, 0) AS advanced,
  COALESCE(drawn.drawn_before, 0) AS drawn_before, COALESCE(drawn.drawn, 0) AS drawn
FROM funding_source f LEFT JOIN plan ON plan.source = f.code LEFT JOIN drawn ON drawn.source = f.code
WHERE plan.source IS NOT NULL OR drawn.source IS NOT NULL ORDER BY f.rank`

func (b *builder) sources(ctx context.Context) error {
	return b.q.SelectContext(ctx, &b.report.Sources, sourcesSQL, b.month.Year(), b.month.First(), b.report.AsOf, b.knownAt())
}

// Advances are the advances for clearance, and those without a contract, that are not settled, and how many are past a limit of the law.
type Advances struct {
	Open    int                        `json:"open"`
	Late    int                        `json:"late"`
	Counts  disbursement.ControlCounts `json:"by_level"`
	Longest int                        `json:"longest_days"`
}

func (b *builder) advances(ctx context.Context) error {
	rows, err := b.control(ctx, b.report.AsOf)
	c := disbursement.CountControl(rows)
	b.report.Advances = Advances{Open: len(rows), Late: c.LateCount(), Counts: c}
	for _, a := range rows {
		b.report.Advances.Longest = max(b.report.Advances.Longest, a.Days)
	}
	return err
}

// Adjustment is a correction of an issued month that the month of the report took in: its own growth is the difference of the cumulative
// figures less these. Amounts in đồng, the physical share in basis points.
type Adjustment struct {
	Project  string          `json:"project"`
	Code     string          `json:"code"`
	ForMonth day.Month       `json:"for_month"`
	Figure   progress.Figure `json:"figure"` // executed | disbursed | disbursed_treasury | physical
	Change   vnd.Amount      `json:"change"`
	Reason   string          `json:"reason"`
}

func (b *builder) adjustments(ctx context.Context) error {
	rows, err := progress.AdjustmentsOf(ctx, b.q, b.month, b.known)
	for _, a := range rows {
		b.report.Adjustments = append(b.report.Adjustments, Adjustment{a.Project, a.Code, a.ForMonth, a.Figure, a.Change, a.Reason})
	}
	return err
}

// corrected is what accepted adjustments of later months, to the end of a month, change in the figures of an issued one.
func (s store) corrected(ctx context.Context, issued, through day.Month) (map[string]vnd.Amount, error) {
	var rows []struct {
		Figure string     `db:"figure"`
		Change vnd.Amount `db:"change"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT a.figure, sum(a.change)::bigint AS change FROM progress_adjustment a
		 JOIN progress_entry e ON e.project_id = a.project_id AND e.month = a.in_month AND e.state = 'accepted'
		 WHERE a.for_month = $1 AND a.in_month <= $2 AND a.figure <> 'physical' GROUP BY 1`, issued, through)
	changes := make(map[string]vnd.Amount, len(rows))
	for _, row := range rows {
		changes[row.Figure] = row.Change
	}
	return changes, err
}
