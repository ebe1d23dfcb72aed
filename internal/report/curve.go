package report

import (
	"context"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// Curve is a year of one work, or of all works together, month by month and cumulative from 1 January, in đồng.
type Curve struct {
	Points   []CurvePoint
	Window   int  // months whose pace the forecast goes on with
	Straight bool // a work without a plan by month stands in the plan with equal parts
}

// CurvePoint is a month of a curve. Nil is a month about which nothing is known: not reported yet, or no longer to be forecast.
type CurvePoint struct {
	Month     day.Month
	Plan      vnd.Amount
	Executed  *vnd.Amount
	Disbursed *vnd.Amount
	Treasury  *vnd.Amount
	Forecast  *vnd.Amount
}

// Curve reads the year of the month for all works: accepted figures to the month, forecast from there to December.
func (r Reports) Curve(ctx context.Context, who actor.Actor, month day.Month) (Curve, error) {
	if _, err := who.Require(Read); err != nil {
		return Curve{}, err
	}
	return r.curve(ctx, month, "")
}

// WorkCurve reads the year of the month for one work; the caller has made sure that the person may see it.
func (r Reports) WorkCurve(ctx context.Context, code string, month day.Month) (Curve, error) {
	return r.curve(ctx, month, code)
}

func (r Reports) curve(ctx context.Context, month day.Month, code string) (Curve, error) {
	c := Curve{}
	err := r.DB.Snapshot(ctx, func(ctx context.Context) (err error) {
		s := store{r.DB.Read(ctx)}
		if c.Points, c.Straight, err = s.planned(ctx, month, code); err != nil {
			return err
		}
		last, err := s.reported(ctx, month, code, c.Points)
		if err != nil || last < 0 {
			return err
		}
		return r.foretell(ctx, &c, last, code)
	})
	return c, err
}

// foretell goes on from the newest reported month at the pace of the months that the house rule says.
func (r Reports) foretell(ctx context.Context, c *Curve, last int, code string) error {
	from := c.Points[last].Month
	window, err := r.Rules.On(ctx, legal.Office, legal.ForecastMonths, from.Last())
	if err != nil {
		return err
	}
	c.Window = int(window.Value)
	paces, err := store{r.DB.Read(ctx)}.paces(ctx, from, code, c.Window)
	for i := last; err == nil && i < len(c.Points); i++ {
		drawn := forecast(paces, i-last)
		c.Points[i].Forecast = &drawn
	}
	return err
}

// plannedSQL: what is planned to be drawn by each month: the work's plan by month where there is one, else equal parts of what its year may draw.
const plannedSQL = `
WITH work AS (SELECT id FROM project WHERE $2 = '' OR code = $2),
year AS (
  SELECT l.project_id, sum(l.amount)::numeric AS amount FROM capital_line l JOIN work ON work.id = l.project_id
  WHERE l.year = extract(year FROM $1::date) GROUP BY 1),
parts AS (
  SELECT m.project_id, m.month, m.amount FROM capital_month_plan m JOIN work ON work.id = m.project_id
  WHERE m.year = extract(year FROM $1::date) AND m.month <= 12)
SELECT (make_date(extract(year FROM $1::date)::int, n, 1)) AS month,
  COALESCE((SELECT sum(amount) FROM parts WHERE parts.month <= n), 0)::bigint
    + COALESCE((SELECT sum(round(amount * n / 12)) FROM year WHERE NOT EXISTS (SELECT 1 FROM parts WHERE parts.project_id = year.project_id)), 0)::bigint AS plan,
  EXISTS (SELECT 1 FROM year WHERE NOT EXISTS (SELECT 1 FROM parts WHERE parts.project_id = year.project_id)) AS straight
FROM generate_series(1, 12) AS n ORDER BY n`

func (s store) planned(ctx context.Context, month day.Month, code string) (points []CurvePoint, straight bool, err error) {
	var rows []struct {
		Month    day.Month  `db:"month"`
		Plan     vnd.Amount `db:"plan"`
		Straight bool       `db:"straight"`
	}
	err = s.q.SelectContext(ctx, &rows, plannedSQL, month, code)
	for _, row := range rows {
		points = append(points, CurvePoint{Month: row.Month, Plan: row.Plan})
		straight = straight || row.Straight
	}
	return points, straight, err
}

// reported puts the accepted figures into the points and gives the index of the newest month that has some, -1 when there is none.
func (s store) reported(ctx context.Context, month day.Month, code string, points []CurvePoint) (int, error) {
	var rows []struct {
		Month     day.Month  `db:"month"`
		Executed  vnd.Amount `db:"executed"`
		Disbursed vnd.Amount `db:"disbursed"`
		Treasury  vnd.Amount `db:"treasury"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT e.month, sum(e.executed)::bigint AS executed, sum(e.disbursed)::bigint AS disbursed, sum(e.disbursed_treasury)::bigint AS treasury
		 FROM progress_entry e JOIN project p ON p.id = e.project_id
		 WHERE e.state = 'accepted' AND e.month <= $1 AND e.month >= date_trunc('year', $1::date) AND ($2 = '' OR p.code = $2)
		 GROUP BY e.month ORDER BY e.month`, month, code)
	last := -1
	for i := range rows {
		last = slices.IndexFunc(points, func(p CurvePoint) bool { return p.Month == rows[i].Month })
		p := &points[last]
		p.Executed, p.Disbursed, p.Treasury = &rows[i].Executed, &rows[i].Disbursed, &rows[i].Treasury
	}
	return last, err
}

func (s store) paces(ctx context.Context, from day.Month, code string, window int) ([]pace, error) {
	paces := []pace{}
	err := s.q.SelectContext(ctx, &paces,
		`SELECT COALESCE(e.disbursed, 0) AS last, COALESCE(b.disbursed, 0) AS before,
		   LEAST($3, extract(month FROM $1::date)::int) AS months,
		   COALESCE((SELECT sum(l.amount) FROM capital_line l WHERE l.project_id = p.id AND l.year = extract(year FROM $1::date)), 0)::bigint AS drawable
		 FROM project p
		 LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = $1 AND e.state = 'accepted'
		 LEFT JOIN progress_entry b ON b.project_id = p.id AND b.month = ($1::date - make_interval(months => $3))::date AND b.state = 'accepted'
		   AND b.month >= date_trunc('year', $1::date)
		 WHERE e.id IS NOT NULL AND ($2 = '' OR p.code = $2)`, from, code, window)
	return paces, err
}
