package capital

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/project"
)

// work is a work of the person's scope that may also read its capital.
func (c Capital) work(ctx context.Context, who actor.Actor, code string) (project.Project, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return project.Project{}, err
	}
	return c.Projects.GetWithin(ctx, who, scope, code)
}

// Lines reads every line of a work in the person's scope, oldest first.
func (c Capital) Lines(ctx context.Context, who actor.Actor, code string) ([]Line, error) {
	p, err := c.work(ctx, who, code)
	if err != nil {
		return nil, err
	}
	return store{c.DB.Read(ctx)}.lines(ctx, p.ID)
}

// Funds reads what may be drawn and what is drawn of a work in the person's scope, by year and source.
func (c Capital) Funds(ctx context.Context, who actor.Actor, code string) ([]Fund, error) {
	p, err := c.work(ctx, who, code)
	if err != nil {
		return nil, err
	}
	return store{c.DB.Read(ctx)}.funds(ctx, p.ID)
}

// Medium reads the lines of the medium-term plans of a work in the person's scope, oldest first.
func (c Capital) Medium(ctx context.Context, who actor.Actor, code string) ([]MediumLine, error) {
	p, err := c.work(ctx, who, code)
	if err != nil {
		return nil, err
	}
	return store{c.DB.Read(ctx)}.medium(ctx, p.ID)
}

// Sources lists the sources of funding in their order.
func (c Capital) Sources(ctx context.Context) ([]Source, error) {
	return store{c.DB.Read(ctx)}.sources(ctx)
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

func (s store) lines(ctx context.Context, project id.Project) ([]Line, error) {
	rows := []Line{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT l.year, l.source, f.name AS source_name, l.kind, l.amount, l.decision_number, l.decided_on, l.authority,
		   u.full_name AS recorded_by_name, l.recorded_at
		 FROM capital_line l JOIN funding_source f ON f.code = l.source JOIN app_user u ON u.id = l.recorded_by
		 WHERE l.project_id = $1 ORDER BY l.year, l.decided_on, l.id LIMIT 2000`, project)
	return rows, err
}

func (s store) medium(ctx context.Context, project id.Project) ([]MediumLine, error) {
	rows := []MediumLine{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT l.from_year, l.to_year, l.source, f.name AS source_name, l.kind, l.amount, l.decision_number, l.decided_on, l.authority,
		   u.full_name AS recorded_by_name, l.recorded_at
		 FROM medium_term_line l JOIN funding_source f ON f.code = l.source JOIN app_user u ON u.id = l.recorded_by
		 WHERE l.project_id = $1 ORDER BY l.from_year, f.rank, l.decided_on, l.id LIMIT 2000`, project)
	return rows, err
}

func (s store) funds(ctx context.Context, project id.Project) ([]Fund, error) {
	rows := []Fund{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+fundColumns+` FROM capital_fund c JOIN funding_source s ON s.code = c.source
		WHERE c.project_id = $1 ORDER BY c.year, s.rank, c.source LIMIT 2000`, project)
	return rows, err
}

func (s store) sources(ctx context.Context) ([]Source, error) {
	rows := []Source{}
	err := s.q.SelectContext(ctx, &rows, `SELECT code, name, rank FROM funding_source ORDER BY rank, code LIMIT 500`)
	return rows, err
}
