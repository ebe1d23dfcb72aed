package capital

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Months is money by month of a plan year, in đồng. The 13th is the January after: money of the year may still be drawn in it
// (NĐ 254/2025/NĐ-CP article 12, and the like rule of the decrees before it).
type Months [13]vnd.Amount

// Sum is the whole year.
func (m Months) Sum() vnd.Amount {
	var sum vnd.Amount
	for _, a := range m {
		sum += a
	}
	return sum
}

// Cumulative is the sum up to each month.
func (m Months) Cumulative() Months {
	for i := 1; i < len(m); i++ {
		m[i] += m[i-1]
	}
	return m
}

// Straight spreads a year's money over its twelve months in equal parts, to the đồng: the plan of whoever entered none.
func Straight(a vnd.Amount) Months {
	var m Months
	for i := range vnd.Amount(12) {
		m[i] = a*(i+1)/12 - a*i/12 // a is at most 2^53: twelve times it is a number still
	}
	return m
}

// MonthPlan is how a work means to draw a year's money. Version 0: nobody entered one.
type MonthPlan struct {
	Year      int        `json:"year"`
	Amounts   Months     `json:"amounts_vnd"`
	Drawable  vnd.Amount `json:"drawable_vnd"` // what the months must add up to
	Entered   bool       `json:"entered"`      // else the straight line stands for it
	Version   int        `json:"version"`
	ChangedBy string     `json:"changed_by"`
	ChangedAt time.Time  `json:"changed_at,omitzero"`
}

// Rest is what the months leave of the year's money; negative when the year was lowered after they were planned.
func (p MonthPlan) Rest() vnd.Amount { return p.Drawable - p.Amounts.Sum() }

// check refuses negative months, and months above what may be drawn in the year (both figures).
func (m Months) check(drawable vnd.Amount) error {
	var w fault.Wrong
	for i, a := range m {
		w.Check(a >= 0, fmt.Sprintf("month_%d", i+1), "amount_positive")
		w.Check(a <= vnd.Max, fmt.Sprintf("month_%d", i+1), "money_range", a)
	}
	if err := w.Err(); err != nil {
		return err
	}
	if sum := m.Sum(); sum > drawable {
		return fault.Conflicting("capital.months_above", sum, drawable)
	}
	return nil
}

// MonthPlan reads how a work in the person's scope means to draw a year's money.
func (c Capital) MonthPlan(ctx context.Context, who actor.Actor, code string, year int) (MonthPlan, error) {
	p, err := c.work(ctx, who, code)
	if err != nil {
		return MonthPlan{}, err
	}
	return store{c.DB.Read(ctx)}.monthPlan(ctx, p.ID, year)
}

// SaveMonths enters how a work means to draw a year's money; version is the one the page showed, 0 for none. All months empty takes the plan
// back. Refuses negative months, months above what may be drawn, changed_meanwhile.
func (c Capital) SaveMonths(ctx context.Context, who actor.Actor, code string, year, version int, m Months) error {
	if err := c.mayEdit(ctx, who, code); err != nil {
		return err
	}
	if year < 2000 || year > 2100 {
		return fault.InvalidField("year", "year_range")
	}
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		books, err := s.lock(ctx, scope, []string{code})
		if err != nil {
			return err
		}
		work := books[code]
		old, err := s.monthPlan(ctx, work.id, year)
		if err != nil {
			return err
		}
		if old.Version != version {
			return fault.ChangedBy(old.ChangedBy, old.ChangedAt)
		}
		if err := m.check(old.Drawable); err != nil {
			return err
		}
		if err := s.saveMonths(ctx, work.id, year, m, who.ID); err != nil {
			return err
		}
		return c.Log.Write(ctx, audit.Event{Actor: who, Act: "capital.months", ObjectKind: "project", ObjectCode: code,
			Before: monthsTold{year, old.Amounts}, After: monthsTold{year, m}})
	})
}

type monthsTold struct {
	Year    int    `json:"year"`
	Amounts Months `json:"amounts_vnd"`
}

func (s store) monthPlan(ctx context.Context, project id.Project, year int) (MonthPlan, error) {
	var head struct {
		Drawable  vnd.Amount `db:"drawable"`
		Version   int        `db:"version"`
		ChangedBy string     `db:"changed_by_name"`
		ChangedAt *time.Time `db:"changed_at"`
	}
	err := s.q.GetContext(ctx, &head,
		`SELECT COALESCE((SELECT sum(amount) FROM capital_line WHERE project_id = $1 AND year = $2), 0)::bigint AS drawable,
		   COALESCE(h.version, 0) AS version, COALESCE(u.full_name, '') AS changed_by_name, h.changed_at
		 FROM (SELECT 1) one LEFT JOIN capital_month_head h ON h.project_id = $1 AND h.year = $2 LEFT JOIN app_user u ON u.id = h.changed_by`, project, year)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return MonthPlan{}, err
	}
	p := MonthPlan{Year: year, Drawable: head.Drawable, Version: head.Version, ChangedBy: head.ChangedBy}
	if head.ChangedAt != nil {
		p.ChangedAt = *head.ChangedAt
	}
	var cells []struct {
		Month  int        `db:"month"`
		Amount vnd.Amount `db:"amount"`
	}
	err = s.q.SelectContext(ctx, &cells, `SELECT month, amount FROM capital_month_plan WHERE project_id = $1 AND year = $2`, project, year)
	for _, c := range cells {
		p.Amounts[c.Month-1] = c.Amount
	}
	p.Entered = len(cells) > 0
	return p, err
}

// saveMonths replaces the months of a year; the version goes up whatever becomes of them.
func (s store) saveMonths(ctx context.Context, project id.Project, year int, m Months, by id.User) error {
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO capital_month_head (project_id, year, changed_by) VALUES ($1, $2, $3)
		 ON CONFLICT (project_id, year) DO UPDATE SET version = capital_month_head.version + 1, changed_by = EXCLUDED.changed_by, changed_at = clock_timestamp()`,
		project, year, by); err != nil {
		return err
	}
	if _, err := s.q.ExecContext(ctx, `DELETE FROM capital_month_plan WHERE project_id = $1 AND year = $2`, project, year); err != nil || m.Sum() == 0 {
		return err
	}
	amounts := make(pq.Int64Array, len(m))
	for i, a := range m {
		amounts[i] = int64(a)
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO capital_month_plan (project_id, year, month, amount) SELECT $1, $2, n, a FROM unnest($3::bigint[]) WITH ORDINALITY AS x(a, n)`,
		project, year, amounts)
	return err
}

// Curve is what is planned to be drawn by the end of each month of a year, cumulative. Straight counts the works that entered no months:
// their money is spread evenly over twelve.
type Curve struct {
	Months          Months
	Works, Straight int
}

// PlanCurve adds up how the works mean to draw a year's money; no works named means all. The caller has got the works within its scope.
func (c Capital) PlanCurve(ctx context.Context, works []id.Project, year int) (Curve, error) {
	ids := make(pq.Int64Array, 0, len(works))
	for _, w := range works {
		ids = append(ids, int64(w))
	}
	var rows []struct {
		Month  int        `db:"month"` // 0: the works without months
		Amount vnd.Amount `db:"amount"`
		Works  int        `db:"works"`
	}
	err := c.DB.Read(ctx).SelectContext(ctx, &rows,
		`WITH money AS (SELECT project_id, sum(amount) AS amount FROM capital_line
		    WHERE year = $1 AND (cardinality($2::bigint[]) = 0 OR project_id = ANY($2)) GROUP BY 1),
		 cell AS (SELECT m.* FROM capital_month_plan m WHERE year = $1 AND (cardinality($2::bigint[]) = 0 OR project_id = ANY($2)))
		 SELECT 0 AS month, COALESCE(sum(amount), 0)::bigint AS amount, count(*) AS works FROM money
		   WHERE NOT EXISTS (SELECT 1 FROM cell WHERE cell.project_id = money.project_id)
		 UNION ALL SELECT month, sum(amount)::bigint, count(*) FROM cell GROUP BY 1 ORDER BY 1`, year, ids)
	var curve Curve
	for _, r := range rows {
		if r.Month == 0 {
			curve.Months, curve.Straight, curve.Works = Straight(r.Amount), r.Works, r.Works
			continue
		}
		curve.Months[r.Month-1] += r.Amount
		if r.Month == 1 {
			curve.Works += r.Works
		}
	}
	curve.Months = curve.Months.Cumulative()
	return curve, err
}
