package project

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

const projectColumns = `p.id, p.code, p.name, p.group_code, p.field_group, p.sector, p.unit_id, u.code AS unit_code, u.name AS unit_name, p.investor,
	p.start_year, p.end_year, COALESCE(p.funding_from, 0) AS funding_from, COALESCE(p.funding_to, 0) AS funding_to, p.total_investment, p.state,
	` + phaseOfRow + ` AS phase, p.clearance, p.note, p.sample, c.full_name AS changed_by_name, p.changed_at, p.version,
	COALESCE((SELECT string_agg(w.name, ', ' ORDER BY w.code) FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE pw.project_id = p.id), '') AS wards,
	COALESCE((SELECT string_agg(w.code, ',' ORDER BY w.code) FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE pw.project_id = p.id), '') AS ward_codes`

// phaseOfRow is the phase written last; a row put in by hand stands where its state says.
const phaseOfRow = `COALESCE((SELECT f.phase FROM project_phase f WHERE f.project_id = p.id ORDER BY f.id DESC LIMIT 1),
	CASE p.state WHEN 'preparing' THEN 'policy' WHEN 'completed' THEN 'handover' ELSE 'construction' END)`

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
	AND (NOT $9 OR p.clearance) AND ($10 = '' OR p.id = ANY (string_to_array($10, ',')::bigint[]))`

func listArgs(scope actor.Scope, f Filter, q listing.Query, only []id.Project) []any {
	return []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.Group, f.Sector, f.State, f.Ward, f.Clearance, among(only)}
}

// among writes ids for = ANY (string_to_array(…)); nil means all and is empty, none at all is an id that nothing has.
func among(ids []id.Project) string {
	if ids == nil {
		return ""
	}
	texts := make([]string, 0, len(ids)+1)
	for _, p := range append(ids[:len(ids):len(ids)], 0) {
		texts = append(texts, strconv.FormatInt(int64(p), 10))
	}
	return strings.Join(texts, ",")
}

// sorts are the columns a list may be sorted by, each with the table it needs beside the works. What a list is not sorted by is read for
// the rows of the page alone: that keeps 20,000 works quick.
func sorts() (columns, joins map[string]string) {
	return map[string]string{"name": "p.name", "group": "p.group_code", "state": "p.state", "total": "p.total_investment",
			"plan": "COALESCE(y.plan, 0)", "executed": "COALESCE(e.executed, 0)", "unit": "u.code"},
		map[string]string{
			"unit": ` JOIN unit u ON u.id = p.unit_id`,
			"plan": ` LEFT JOIN (SELECT project_id, sum(amount)::bigint AS plan FROM capital_line
				WHERE year = $11 AND kind IN ('assigned', 'adjusted') GROUP BY project_id) y ON y.project_id = p.id`,
			"executed": ` LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = $12 AND e.state = 'accepted'`,
		}
}

func (s store) list(ctx context.Context, scope actor.Scope, f Filter, q listing.Query, only []id.Project) (listing.Answer[Row], error) {
	answer := listing.Answer[Row]{Items: []Row{}, Query: q}
	args := listArgs(scope, f, q, only)
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1 FROM project p`+listWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	columns, joins := sorts()
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+projectColumns+`,
		   COALESCE((SELECT sum(l.amount) FROM capital_line l WHERE l.project_id = p.id AND l.year = $11 AND l.kind IN ('assigned', 'adjusted')), 0) AS plan,
		   COALESCE((SELECT e.executed FROM progress_entry e WHERE e.project_id = p.id AND e.month = $12 AND e.state = 'accepted'), 0) AS executed
		 FROM (SELECT id, row_number() OVER () AS turn FROM (
		   SELECT p.id FROM project p`+joins[q.Sort]+listWhere+` AND ($13 = '' OR p.code > $13)
		   ORDER BY `+q.Order(columns, "p.code")+` LIMIT $14 OFFSET $15) ordered) page
		 JOIN project p ON p.id = page.id JOIN unit u ON u.id = p.unit_id JOIN app_user c ON c.id = p.changed_by ORDER BY page.turn`,
		append(args, f.Year, f.Month, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

func (s store) insert(ctx context.Context, in Input, unit id.Unit, by id.User) (id.Project, error) {
	var project id.Project
	err := s.q.GetContext(ctx, &project,
		`INSERT INTO project (code, name, group_code, field_group, sector, unit_id, investor, start_year, end_year, funding_from, funding_to,
		   total_investment, state, clearance, note, sample, changed_by)
		 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,NULLIF($10, 0),NULLIF($11, 0),$12,$13,$14,$15,$16,$17) RETURNING id`,
		in.Code, in.Name, in.Group, in.FieldGroup, in.Sector, unit, in.Investor, in.StartYear, in.EndYear, in.FundingFrom, in.FundingTo,
		in.TotalInvestment, in.State, in.Clearance, in.Note, in.Sample, by)
	return project, err
}

func (s store) update(ctx context.Context, project id.Project, in Input, unit id.Unit, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE project SET name = $2, group_code = $3, field_group = $4, sector = $5, unit_id = $6, investor = $7, start_year = $8, end_year = $9,
		   funding_from = NULLIF($10, 0), funding_to = NULLIF($11, 0), clearance = $12, note = $13, changed_by = $14, changed_at = clock_timestamp(),
		   version = version + 1 WHERE id = $1`,
		project, in.Name, in.Group, in.FieldGroup, in.Sector, unit, in.Investor, in.StartYear, in.EndYear, in.FundingFrom, in.FundingTo,
		in.Clearance, in.Note, by)
	return err
}

func (s store) setState(ctx context.Context, project id.Project, state State, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE project SET state = $2, changed_by = $3, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, project, state, by)
	return err
}

// setWards replaces the wards by those that bore the codes on a day; an unknown code is refused, one named twice counts once.
func (s store) setWards(ctx context.Context, project id.Project, codes []string, on day.Date) error {
	if _, err := s.q.ExecContext(ctx, `DELETE FROM project_ward WHERE project_id = $1`, project); err != nil {
		return err
	}
	codes = codesOnce(codes)
	res, err := s.q.ExecContext(ctx,
		`INSERT INTO project_ward (project_id, ward_id) SELECT $1, ward_on(code, $3) FROM unnest(string_to_array($2, ',')) AS asked(code)
		 WHERE ward_on(code, $3) IS NOT NULL`, project, strings.Join(codes, ","), on)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || int(n) != len(codes) {
		return errors.Join(ErrWardUnknown, err)
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
