package capital

import (
	"context"

	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

type store struct{ q tx.Querier }

// lock keeps two decisions about one work apart: both would check against the same sum.
func (s store) lock(ctx context.Context, project id.Project) error {
	var one int
	return s.q.GetContext(ctx, &one, `SELECT 1 FROM project WHERE id = $1 FOR UPDATE`, project)
}

func (s store) lines(ctx context.Context, project id.Project) ([]Line, error) {
	rows := []Line{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT l.year, l.source, f.name AS source_name, l.kind, l.amount, l.decision_number, l.decided_on, l.authority,
		   u.full_name AS recorded_by_name, l.recorded_at
		 FROM capital_line l JOIN funding_source f ON f.code = l.source JOIN app_user u ON u.id = l.recorded_by
		 WHERE l.project_id = $1 ORDER BY l.year, l.decided_on, l.id LIMIT 500`, project)
	return rows, err
}

// drawn is the highest accepted disbursement of the year.
func (s store) drawn(ctx context.Context, project id.Project, year int) (vnd.Amount, error) {
	var drawn vnd.Amount
	err := s.q.GetContext(ctx, &drawn,
		`SELECT COALESCE(max(disbursed), 0) FROM progress_entry
		 WHERE project_id = $1 AND month >= make_date($2, 1, 1) AND month <= make_date($2, 12, 1) AND state = 'accepted'`, project, year)
	return drawn, err
}

func (s store) add(ctx context.Context, project id.Project, l Line, by id.User) error {
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`, project, l.Year, l.Source, l.Kind, l.Amount, l.Number, l.DecidedOn, l.Authority, by); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx,
		`UPDATE capital_fund SET plan = plan + CASE WHEN $4 IN ('assigned', 'adjusted') THEN $5 ELSE 0 END,
		   carried_over = carried_over + CASE WHEN $4 = 'carried_over' THEN $5 ELSE 0 END, advanced = advanced + CASE WHEN $4 = 'advanced' THEN $5 ELSE 0 END
		 WHERE project_id = $1 AND year = $2 AND source = $3`, project, l.Year, l.Source, l.Kind, l.Amount)
	return err
}

func (s store) sources(ctx context.Context) ([]Source, error) {
	rows := []Source{}
	err := s.q.SelectContext(ctx, &rows, `SELECT code, name, rank FROM funding_source ORDER BY rank LIMIT 500`)
	return rows, err
}

// PutSource adds a source of funding or corrects its name. Reference data: safe to repeat.
func (c Capital) PutSource(ctx context.Context, src Source) error {
	return c.DB.Run(ctx, func(ctx context.Context) error {
		_, err := c.DB.Write(ctx).ExecContext(ctx,
			`INSERT INTO funding_source (code, name, rank) VALUES ($1, $2, $3)
			 ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, rank = EXCLUDED.rank`, src.Code, src.Name, src.Rank)
		return err
	})
}
