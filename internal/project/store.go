package project

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

const projectColumns = `p.id, p.code, p.name, p.group_code, p.sector, p.unit_id, u.code AS unit_code, u.name AS unit_name, p.investor,
	p.start_year, p.end_year, p.total_investment, p.state, p.clearance, p.note, p.sample, c.full_name AS changed_by_name, p.changed_at, p.version,
	COALESCE((SELECT string_agg(w.name, ', ' ORDER BY w.code) FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE pw.project_id = p.id), '') AS wards,
	COALESCE((SELECT string_agg(w.code, ',' ORDER BY w.code) FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE pw.project_id = p.id), '') AS ward_codes`

const projectFrom = ` FROM project p JOIN unit u ON u.id = p.unit_id JOIN app_user c ON c.id = p.changed_by`

// inScope is the three conditions of a scope over works, as parameters $1 (unit), $2 (ward), $3 (member).
const inScope = ` ($1 = 0 OR p.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM project_ward s WHERE s.project_id = p.id AND s.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.user_id = $3))`

type store struct{ q tx.Querier }

func (s store) find(ctx context.Context, scope actor.Scope, code string, lock bool) (Project, error) {
	query := `SELECT ` + projectColumns + projectFrom + ` WHERE` + inScope + ` AND p.code = $4`
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM project WHERE code = $1 FOR UPDATE`, code); err != nil {
			return Project{}, err
		}
	}
	var p Project
	err := s.q.GetContext(ctx, &p, query, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return p, ErrMissing
	}
	return p, err
}

const listWhere = ` WHERE` + inScope + `
	AND ($4 = '' OR p.name_fold LIKE '%' || fold($4) || '%' OR p.code LIKE $4 || '%')
	AND ($5 = '' OR p.group_code = $5) AND ($6 = '' OR p.sector = $6) AND ($7 = '' OR p.state = $7)
	AND ($8 = '' OR EXISTS (SELECT 1 FROM project_ward fw JOIN ward w ON w.id = fw.ward_id WHERE fw.project_id = p.id AND w.code = $8))
	AND (NOT $9 OR p.clearance)`

func sortColumns() map[string]string {
	return map[string]string{"name": "p.name", "group": "p.group_code", "state": "p.state", "total": "p.total_investment",
		"plan": "plan", "executed": "executed", "unit": "u.code"}
}

func (s store) list(ctx context.Context, scope actor.Scope, f Filter, q listing.Query) (listing.Answer[Row], error) {
	answer := listing.Answer[Row]{Items: []Row{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.Group, f.Sector, f.State, f.Ward, f.Clearance}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1`+projectFrom+listWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+projectColumns+`,
		   COALESCE((SELECT sum(l.amount) FROM capital_line l WHERE l.project_id = p.id AND l.year = $10 AND l.kind IN ('assigned', 'adjusted')), 0) AS plan,
		   COALESCE((SELECT e.executed FROM progress_entry e WHERE e.project_id = p.id AND e.month = $11 AND e.state = 'accepted'), 0) AS executed`+
			projectFrom+listWhere+` AND ($12 = '' OR p.code > $12) ORDER BY `+q.Order(sortColumns(), "p.code")+` LIMIT $13 OFFSET $14`,
		append(args, f.Year, f.Month, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

func (s store) insert(ctx context.Context, in Input, unit id.Unit, by id.User) (id.Project, error) {
	var project id.Project
	err := s.q.GetContext(ctx, &project,
		`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, clearance, note, sample, changed_by)
		 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14) RETURNING id`,
		in.Code, in.Name, in.Group, in.Sector, unit, in.Investor, in.StartYear, in.EndYear, in.TotalInvestment, in.State, in.Clearance,
		in.Note, in.Sample, by)
	return project, err
}

func (s store) update(ctx context.Context, project id.Project, in Input, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE project SET name = $2, group_code = $3, sector = $4, investor = $5, start_year = $6, end_year = $7, state = $8,
		   clearance = $9, note = $10, changed_by = $11, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		project, in.Name, in.Group, in.Sector, in.Investor, in.StartYear, in.EndYear, in.State, in.Clearance, in.Note, by)
	return err
}

// setWards replaces the wards; an unknown code is refused, one named twice counts once.
func (s store) setWards(ctx context.Context, project id.Project, codes []string) error {
	if _, err := s.q.ExecContext(ctx, `DELETE FROM project_ward WHERE project_id = $1`, project); err != nil {
		return err
	}
	for _, code := range slices.Compact(slices.Sorted(slices.Values(codes))) {
		res, err := s.q.ExecContext(ctx,
			`INSERT INTO project_ward (project_id, ward_id) SELECT $1, id FROM ward WHERE code = $2 ORDER BY valid_from LIMIT 1`, project, code)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrWardUnknown, err)
		}
	}
	return nil
}

func (s store) unitByCode(ctx context.Context, code string) (id.Unit, error) {
	var unit id.Unit
	err := s.q.GetContext(ctx, &unit, `SELECT id FROM unit WHERE code = $1`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrUnitUnknown
	}
	return unit, err
}

func (s store) decisions(ctx context.Context, project id.Project) ([]Decision, error) {
	rows := []Decision{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT d.kind, d.number, d.decided_on, d.authority, d.total_investment, u.full_name AS recorded_by_name, d.recorded_at
		 FROM project_decision d JOIN app_user u ON u.id = d.recorded_by WHERE d.project_id = $1 ORDER BY d.decided_on, d.id LIMIT 500`, project)
	return rows, err
}

func (s store) addDecision(ctx context.Context, project id.Project, d Decision, by id.User) error {
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO project_decision (project_id, kind, number, decided_on, authority, total_investment, recorded_by)
		 VALUES ($1,$2,$3,$4,$5,$6,$7)`, project, d.Kind, d.Number, d.DecidedOn, d.Authority, d.TotalInvestment, by); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx,
		`UPDATE project SET total_investment = (SELECT total_investment FROM project_decision WHERE project_id = $1 ORDER BY decided_on DESC, id DESC LIMIT 1),
		   changed_by = $2, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, project, by)
	return err
}
