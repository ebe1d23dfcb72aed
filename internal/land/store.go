package land

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

type store struct{ q tx.Querier }

const caseColumns = `c.id, c.code, c.project_id, p.code AS project_code, p.name AS project_name, c.holder_id, h.code AS holder_code, h.name AS holder_name,
	h.kind AS holder_kind, h.state AS holder_state, c.ward_id, w.code AS ward_code, w.name AS ward_name, c.rule_set, c.recovered_area, c.note, c.sample,
	c.opened_on, u.full_name AS changed_by_name, c.changed_at, c.version`

const caseFrom = ` FROM land_case c JOIN project p ON p.id = c.project_id JOIN holder h ON h.id = c.holder_id JOIN ward w ON w.id = c.ward_id
	JOIN app_user u ON u.id = c.changed_by`

// caseInScope is the three conditions of a scope over cases, as parameters $1 (unit), $2 (ward), $3 (member).
const caseInScope = ` ($1 = 0 OR p.unit_id = $1) AND ($2 = 0 OR c.ward_id = $2)
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = c.project_id AND m.user_id = $3))`

func (s store) find(ctx context.Context, scope actor.Scope, code string, lock bool) (Case, error) {
	query := `SELECT ` + caseColumns + caseFrom + ` WHERE` + caseInScope + ` AND c.code = $4`
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM land_case WHERE code = $1 FOR UPDATE`, code); err != nil {
			return Case{}, err
		}
	}
	var c Case
	err := s.q.GetContext(ctx, &c, query, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrMissing
	}
	return c, err
}

// lockCases locks cases by code in the order of their ids and gives those in scope.
func (s store) lockCases(ctx context.Context, scope actor.Scope, codes []string) ([]Case, error) {
	cases := []Case{}
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM land_case WHERE code = ANY($1) ORDER BY id FOR UPDATE`, pq.StringArray(codes)); err != nil {
		return nil, err
	}
	err := s.q.SelectContext(ctx, &cases,
		`SELECT `+caseColumns+caseFrom+` WHERE`+caseInScope+` AND c.code = ANY($4) ORDER BY c.id`,
		scope.Unit, scope.Ward, scope.Member, pq.StringArray(codes))
	return cases, err
}

// caseListWhere: the text is a code's beginning, a part of a name without marks, or a whole parcel number. The sub-selects of the
// text are their own index searches, so that the list stays quick when there are a million cases.
const caseListWhere = ` WHERE` + caseInScope + `
	AND ($4 = '' OR starts_with(c.code, upper($4))
	  OR c.holder_id IN (SELECT hs.id FROM holder hs WHERE hs.name_fold LIKE '%' || fold($5) || '%')
	  OR c.id IN (SELECT cp.case_id FROM parcel ps JOIN case_parcel cp ON cp.parcel_id = ps.id WHERE ps.number = upper($4)))
	AND ($6 = '' OR p.code = $6) AND ($7 = '' OR w.code = $7) AND ($8 = '' OR h.kind = $8)
	AND ($9 = '' OR CASE WHEN $9 = 'none' THEN NOT EXISTS (SELECT 1 FROM case_step st WHERE st.case_id = c.id AND st.withdrawn_at IS NULL)
	  ELSE EXISTS (SELECT 1 FROM case_step st WHERE st.case_id = c.id AND st.kind = $9 AND st.withdrawn_at IS NULL)
	    AND NOT EXISTS (SELECT 1 FROM case_step st WHERE st.case_id = c.id AND st.kind = $10 AND st.withdrawn_at IS NULL) END)
	AND ($11 = '' OR ($11 = 'yes') = EXISTS (SELECT 1 FROM award a JOIN plan pl ON pl.id = a.plan_id WHERE a.case_id = c.id AND pl.state = 'approved'))`

const lastStep = `FROM case_step st WHERE st.case_id = c.id AND st.withdrawn_at IS NULL
	ORDER BY array_position(ARRAY['handover', 'recovery_decision', 'posting', 'inventory', 'notice'], st.kind) LIMIT 1`

func caseSort() map[string]string {
	return map[string]string{"holder": `h.name COLLATE "vi-VN-x-icu"`, "area": "c.recovered_area", "ward": "w.code", "project": "p.code", "opened": "c.opened_on"}
}

func (s store) list(ctx context.Context, scope actor.Scope, f Filter, q listing.Query) (listing.Answer[Row], error) {
	answer := listing.Answer[Row]{Items: []Row{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Text, q.Like(), f.Project, f.Ward, f.HolderKind, f.Step, stepAfter(f.Step), f.Award}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1`+caseFrom+caseListWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	order := q.Order(caseSort(), "c.code")
	if q.Sort == "code" && q.Desc {
		order = "c.code DESC"
	}
	err := s.q.SelectContext(ctx, &answer.Items, `SELECT `+caseColumns+`,
		  COALESCE((SELECT string_agg(pa.map_sheet || '/' || pa.number, ', ' ORDER BY pa.map_sheet, pa.number)
		    FROM (SELECT DISTINCT pb.map_sheet, pb.number FROM case_parcel cp JOIN parcel pb ON pb.id = cp.parcel_id WHERE cp.case_id = c.id) pa), '') AS parcels,
		  COALESCE((SELECT st.kind `+lastStep+`), '') AS step, (SELECT st.done_on `+lastStep+`) AS step_on`+
		caseFrom+caseListWhere+` AND ($12 = '' OR c.code > $12) ORDER BY `+order+` LIMIT $13 OFFSET $14`,
		append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

// stepAfter is the step that comes next, empty after the last.
func stepAfter(kind string) string {
	kinds := StepKinds()
	for i, k := range kinds[:len(kinds)-1] {
		if k == kind {
			return kinds[i+1]
		}
	}
	return ""
}

func (s store) parcels(ctx context.Context, c id.Case) ([]Parcel, error) {
	rows := []Parcel{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT pa.map_sheet, pa.number, pa.area, cp.land_code, cp.recovered FROM case_parcel cp JOIN parcel pa ON pa.id = cp.parcel_id
		 WHERE cp.case_id = $1 ORDER BY pa.map_sheet, pa.number, cp.land_code LIMIT 500`, c)
	return rows, err
}

func (s store) steps(ctx context.Context, c id.Case) ([]StepRow, error) {
	rows := []StepRow{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT st.kind, st.done_on, st.effective_on, st.document_no, st.note, st.agreed_early, u.full_name AS recorded_by_name, st.recorded_at,
		   COALESCE(v.full_name, '') AS withdrawn_by_name, st.withdrawn_at, st.withdrawn_reason
		 FROM case_step st JOIN app_user u ON u.id = st.recorded_by LEFT JOIN app_user v ON v.id = st.withdrawn_by
		 WHERE st.case_id = $1 ORDER BY st.done_on, st.id LIMIT 500`, c)
	return rows, err
}

// standing are the steps that stand, by case.
func (s store) standing(ctx context.Context, cases []id.Case) (map[id.Case][]Step, error) {
	var rows []struct {
		Case id.Case `db:"case_id"`
		Step
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT case_id, kind, done_on, effective_on, document_no, note, agreed_early FROM case_step
		 WHERE case_id = ANY($1) AND withdrawn_at IS NULL ORDER BY id`, ids(cases))
	steps := map[id.Case][]Step{}
	for _, r := range rows {
		steps[r.Case] = append(steps[r.Case], r.Step)
	}
	return steps, err
}

// landCodes are the kinds of land of cases.
func (s store) landCodes(ctx context.Context, cases []id.Case) (map[id.Case][]string, error) {
	var rows []struct {
		Case id.Case `db:"case_id"`
		Code string  `db:"land_code"`
	}
	err := s.q.SelectContext(ctx, &rows, `SELECT DISTINCT case_id, land_code FROM case_parcel WHERE case_id = ANY($1)`, ids(cases))
	codes := map[id.Case][]string{}
	for _, r := range rows {
		codes[r.Case] = append(codes[r.Case], r.Code)
	}
	return codes, err
}

// planOf is the code of a plan that has left its draft and concerns the case, empty when there is none. All plans of the case are
// locked against a change of state until the act ends.
func (s store) planOf(ctx context.Context, c id.Case) (string, error) {
	var plans []struct {
		Code  string `db:"code"`
		State string `db:"state"`
	}
	err := s.q.SelectContext(ctx, &plans,
		`SELECT pl.code, pl.state FROM plan pl JOIN award a ON a.plan_id = pl.id WHERE a.case_id = $1 ORDER BY pl.id FOR SHARE OF pl`, c)
	for _, p := range plans {
		if p.State != "draft" && p.State != "returned" {
			return p.Code, err
		}
	}
	return "", err
}

func ids[T ~int64](list []T) pq.Int64Array {
	plain := make(pq.Int64Array, len(list))
	for i, n := range list {
		plain[i] = int64(n)
	}
	return plain
}

// rowsJSON is many rows as one parameter; SQL reads them by jsonb_to_recordset.
func rowsJSON(rows any) (string, error) {
	data, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("land: %w", err)
	}
	return string(data), nil
}
