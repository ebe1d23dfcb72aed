package progress

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
)

const adjustmentSelect = `SELECT p.code AS project, a.code, a.in_month, a.for_month, a.figure, a.change, a.reason, COALESCE(r.code, '') AS reverses,
	  v.id IS NOT NULL AS reversed, COALESCE(e.state, '') AS state, u.full_name AS entered_by, a.recorded_at,
	  EXISTS (SELECT 1 FROM report_issue i WHERE i.kind = 'monthly' AND i.month = a.in_month) AS issued
	FROM progress_adjustment a JOIN project p ON p.id = a.project_id JOIN app_user u ON u.id = a.entered_by
	LEFT JOIN progress_adjustment r ON r.id = a.reverses LEFT JOIN progress_adjustment v ON v.reverses = a.id
	LEFT JOIN progress_entry e ON e.project_id = a.project_id AND e.month = a.in_month`

func (s store) adjustments(ctx context.Context, scope actor.Scope, month day.Month, code string) ([]Adjustment, error) {
	rows := []Adjustment{}
	err := s.q.SelectContext(ctx, &rows, adjustmentSelect+` WHERE`+inScope+` AND ($4::date IS NULL OR a.in_month = $4::date) AND ($5 = '' OR p.code = $5)
		ORDER BY a.id DESC LIMIT 2000`, scope.Unit, scope.Ward, scope.Member, month, code)
	return rows, err
}

func (s store) adjustment(ctx context.Context, scope actor.Scope, code, adjustment string) (Adjustment, error) {
	var a Adjustment
	err := s.q.GetContext(ctx, &a, adjustmentSelect+` WHERE`+inScope+` AND p.code = $4 AND a.code = $5`, scope.Unit, scope.Ward, scope.Member, code, adjustment)
	if errors.Is(err, sql.ErrNoRows) {
		return a, ErrAdjustmentMissing
	}
	return a, err
}

// adjust writes a correction and takes an entry that was handed in back to draft: it now says something else.
func (s store) adjust(ctx context.Context, project id.Project, c Correction, reverses string, by id.User) (string, error) {
	var code string
	err := s.q.GetContext(ctx, &code,
		`INSERT INTO progress_adjustment (project_id, in_month, for_month, figure, change, reason, reverses, entered_by)
		 VALUES ($1, $2, $3, $4, $5, $6, (SELECT a.id FROM progress_adjustment a WHERE a.code = NULLIF($7, '')), $8) RETURNING code`,
		project, c.InMonth, c.ForMonth, string(c.Figure), c.Change, c.Reason, reverses, by)
	if err != nil {
		return "", err
	}
	_, err = s.q.ExecContext(ctx,
		`UPDATE progress_entry SET state = CASE state WHEN 'submitted' THEN 'draft' ELSE state END, no_change = false, changed_by = $3,
		   changed_at = clock_timestamp(), submitted_by = NULL, submitted_at = NULL, version = version + 1 WHERE project_id = $1 AND month = $2::date`,
		project, c.InMonth, by)
	return code, err
}

// corrected reads the accepted months of a work before a month as they stand with the adjustments made since of them or of months before
// them: amounts of the same year, the physical share of all.
func (s store) corrected(ctx context.Context, project id.Project, before day.Month) ([]corrected, error) {
	months := []corrected{}
	err := s.q.SelectContext(ctx, &months,
		`SELECT e.month, e.executed + a.executed AS executed, e.disbursed + a.disbursed AS disbursed, e.disbursed_treasury + a.treasury AS disbursed_treasury,
		   e.physical_bp + a.physical AS physical_bp,
		   COALESCE((SELECT sum(l.amount) FROM capital_line l WHERE l.project_id = e.project_id AND l.year = extract(year FROM e.month)), 0)::bigint AS drawable
		 FROM progress_entry e CROSS JOIN LATERAL (
		   SELECT COALESCE(sum(a.change) FILTER (WHERE same AND a.figure = 'executed'), 0)::bigint AS executed,
		     COALESCE(sum(a.change) FILTER (WHERE same AND a.figure = 'disbursed'), 0)::bigint AS disbursed,
		     COALESCE(sum(a.change) FILTER (WHERE same AND a.figure = 'disbursed_treasury'), 0)::bigint AS treasury,
		     COALESCE(sum(a.change) FILTER (WHERE a.figure = 'physical'), 0)::int AS physical
		   FROM progress_adjustment a CROSS JOIN LATERAL (SELECT date_trunc('year', a.for_month) = date_trunc('year', e.month) AS same) y
		   WHERE a.project_id = e.project_id AND a.in_month > e.month AND a.for_month <= e.month) a
		 WHERE e.project_id = $1 AND e.month < $2::date AND e.state = 'accepted' ORDER BY e.month LIMIT 600`, project, before)
	return months, err
}

// adjusters reads who entered adjustments of the named works in a month.
func (s store) adjusters(ctx context.Context, month day.Month, codes []string) (adjusters, error) {
	var rows []struct {
		Code string  `db:"code"`
		User id.User `db:"entered_by"`
	}
	err := s.q.SelectContext(ctx, &rows, `SELECT DISTINCT p.code, a.entered_by FROM progress_adjustment a JOIN project p ON p.id = a.project_id
		WHERE a.in_month = $1::date AND p.code = ANY(string_to_array($2, ','))`, month, strings.Join(codes, ","))
	by := adjusters{}
	for _, r := range rows {
		by[r.Code] = append(by[r.Code], r.User)
	}
	return by, err
}

func (s store) newestIssued(ctx context.Context) (day.Month, error) {
	var month day.Month
	err := s.q.GetContext(ctx, &month, `SELECT max(month) FROM report_issue WHERE kind = 'monthly'`)
	return month, err
}
