package progress

import (
	"context"
	"encoding/json"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

type store struct{ q tx.Querier }

// inScope is the three conditions of a scope over works, as parameters $1 (unit), $2 (ward), $3 (member).
const inScope = ` ($1 = 0 OR p.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM project_ward s WHERE s.project_id = p.id AND s.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.user_id = $3))`

// entryColumns are an entry e with the names of its people; every one stands also when there is no entry.
const entryColumns = `COALESCE(e.id, 0) AS id, COALESCE(e.state, '') AS state, COALESCE(e.executed, 0) AS executed,
	COALESCE(e.estimate_month_end, 0) AS estimate_month_end, COALESCE(e.disbursed, 0) AS disbursed,
	COALESCE(e.disbursed_treasury, 0) AS disbursed_treasury, COALESCE(e.physical_bp, 0) AS physical_bp,
	COALESCE(e.no_change, false) AS no_change, COALESCE(e.reason, '') AS reason, COALESCE(e.note, '') AS note, e.first_submitted_on, COALESCE(array_to_string(e.hands, ','), '') AS hands,
	COALESCE(ue.full_name, '') AS entered_name,
	COALESCE(uc.full_name, '') AS changed_name, COALESCE(us.full_name, '') AS submitted_name, COALESCE(ua.full_name, '') AS accepted_name,
	COALESCE(ur.full_name, '') AS returned_name, e.changed_at, e.submitted_at, e.accepted_at, e.returned_at,
	COALESCE(e.return_reason, '') AS return_reason, COALESCE(e.version, 0) AS version`

const entryPeople = ` LEFT JOIN app_user ue ON ue.id = e.entered_by LEFT JOIN app_user uc ON uc.id = e.changed_by
	LEFT JOIN app_user us ON us.id = e.submitted_by LEFT JOIN app_user ua ON ua.id = e.accepted_by LEFT JOIN app_user ur ON ur.id = e.returned_by`

// workColumns and workFrom are a row of the grid for the month $4.
const workColumns = `p.id AS project_id, p.code, p.name, u.name AS unit_name, p.state AS standing, c.lines > 0 AS planned, c.plan, c.drawable,
	EXISTS (SELECT 1 FROM report_issue i WHERE i.kind = 'monthly' AND i.month = $4::date) AS issued, b.month AS before_month,
	COALESCE(b.executed, 0) AS "before.executed", COALESCE(b.estimate_month_end, 0) AS "before.estimate_month_end",
	COALESCE(b.disbursed, 0) AS "before.disbursed", COALESCE(b.disbursed_treasury, 0) AS "before.disbursed_treasury",
	COALESCE(b.physical_bp, 0) AS "before.physical_bp", f.month AS "floor.month", COALESCE(f.executed, 0) AS "floor.executed",
	COALESCE(f.disbursed, 0) AS "floor.disbursed", COALESCE(f.disbursed_treasury, 0) AS "floor.disbursed_treasury",
	COALESCE(f.physical_bp, 0) AS "floor.physical_bp", d.floor_executed AS "floor.adjusted.executed", d.floor_disbursed AS "floor.adjusted.disbursed",
	d.floor_treasury AS "floor.adjusted.disbursed_treasury", d.floor_physical AS "floor.adjusted.physical_bp", d.since_executed AS "since.executed",
	d.since_disbursed AS "since.disbursed", d.since_treasury AS "since.disbursed_treasury", d.since_physical AS "since.physical_bp",
	$4::date AS month, ` + entryColumns

// earlier is the newest entry of a work before the month: its amounts count only in the same year, its physical share always.
const earlier = `SELECT x.month, x.physical_bp, x.executed * same AS executed, x.estimate_month_end * same AS estimate_month_end,
	    x.disbursed * same AS disbursed, x.disbursed_treasury * same AS disbursed_treasury
	  FROM progress_entry x CROSS JOIN LATERAL (SELECT (date_trunc('year', x.month) = date_trunc('year', $4::date))::int AS same) y
	  WHERE x.project_id = p.id AND x.month < $4::date`

const workFrom = ` FROM project p JOIN unit u ON u.id = p.unit_id
	LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = $4::date` + entryPeople + `
	CROSS JOIN LATERAL (SELECT COALESCE(sum(l.amount) FILTER (WHERE l.kind IN ('assigned', 'adjusted')), 0)::bigint AS plan,
	    COALESCE(sum(l.amount), 0)::bigint AS drawable, count(*) AS lines
	  FROM capital_line l WHERE l.project_id = p.id AND l.year = extract(year FROM $4::date)) c
	LEFT JOIN LATERAL (` + earlier + ` ORDER BY x.month DESC LIMIT 1) b ON true
	LEFT JOIN LATERAL (` + earlier + ` AND x.state = 'accepted' ORDER BY x.month DESC LIMIT 1) f ON true
	CROSS JOIN LATERAL (SELECT COALESCE(sum(a.change) FILTER (WHERE money AND a.figure = 'executed'), 0)::bigint AS floor_executed,
	    COALESCE(sum(a.change) FILTER (WHERE money AND a.figure = 'disbursed'), 0)::bigint AS floor_disbursed,
	    COALESCE(sum(a.change) FILTER (WHERE money AND a.figure = 'disbursed_treasury'), 0)::bigint AS floor_treasury,
	    COALESCE(sum(a.change) FILTER (WHERE a.figure = 'physical'), 0)::int AS floor_physical,
	    COALESCE(sum(a.change) FILTER (WHERE newer AND money AND a.figure = 'executed'), 0)::bigint AS since_executed,
	    COALESCE(sum(a.change) FILTER (WHERE newer AND money AND a.figure = 'disbursed'), 0)::bigint AS since_disbursed,
	    COALESCE(sum(a.change) FILTER (WHERE newer AND money AND a.figure = 'disbursed_treasury'), 0)::bigint AS since_treasury,
	    COALESCE(sum(a.change) FILTER (WHERE newer AND a.figure = 'physical'), 0)::int AS since_physical
	  FROM progress_adjustment a CROSS JOIN LATERAL (SELECT a.for_month >= date_trunc('year', $4::date) AS money, b.month IS NULL OR a.in_month > b.month AS newer) y
	  WHERE a.project_id = p.id AND a.in_month <= $4::date AND (f.month IS NULL OR a.in_month > f.month)) d`

// reportable are the works that owe an entry of the month, and those that have one.
const reportable = ` (e.id IS NOT NULL OR p.id IN (SELECT o.project_id FROM progress_owed($4::date) o))`

// lock keeps other acts over these works away till the end of the transaction: a second entry, and a decision that lowers the capital.
func (s store) lock(ctx context.Context, scope actor.Scope, codes []string) error {
	var ids []id.Project
	return s.q.SelectContext(ctx, &ids,
		`SELECT p.id FROM project p WHERE`+inScope+` AND p.code = ANY(string_to_array($4, ',')) ORDER BY p.id FOR NO KEY UPDATE`,
		scope.Unit, scope.Ward, scope.Member, strings.Join(codes, ","))
}

// works reads the named works of the scope, by code.
func (s store) works(ctx context.Context, scope actor.Scope, month day.Month, codes []string) (map[string]Work, error) {
	rows := []Work{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT `+workColumns+workFrom+` WHERE`+inScope+` AND p.code = ANY(string_to_array($5, ',')) LIMIT 50000`,
		scope.Unit, scope.Ward, scope.Member, month, strings.Join(codes, ","))
	byCode := make(map[string]Work, len(rows))
	for _, w := range rows {
		byCode[w.Code] = w
	}
	return byCode, err
}

// gridOrder is the only order of the grid: it is read beside a paper in that order.
const gridOrder = ` ORDER BY p.code LIMIT $8 OFFSET $9`

func (s store) grid(ctx context.Context, scope actor.Scope, month day.Month, f GridFilter, q listing.Query) (listing.Answer[Work], error) {
	answer := listing.Answer[Work]{Items: []Work{}, Query: q}
	var rows []struct {
		Work
		Total int `db:"total"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT `+workColumns+`, count(*) OVER () AS total`+workFrom+` WHERE`+inScope+` AND`+reportable+`
		   AND ($5 = '' OR u.code = $5) AND ($6 = '' OR COALESCE(e.state, 'missing') = $6)
		   AND ($7 = '' OR p.name_fold LIKE '%' || fold($7) || '%' OR p.code LIKE $7 || '%')`+gridOrder,
		scope.Unit, scope.Ward, scope.Member, month, f.Unit, f.State, q.Like(), q.Limit(), q.Offset())
	for _, r := range rows {
		answer.Items, answer.Total = append(answer.Items, r.Work), r.Total
	}
	return answer, err
}

func (s store) counts(ctx context.Context, scope actor.Scope, month day.Month) (Counts, error) {
	var c Counts
	err := s.q.GetContext(ctx, &c,
		`SELECT count(*) AS works, count(*) FILTER (WHERE e.id IS NULL) AS missing, count(*) FILTER (WHERE e.state = 'draft') AS draft,
		   count(*) FILTER (WHERE e.state = 'submitted') AS submitted, count(*) FILTER (WHERE e.state = 'accepted') AS accepted,
		   count(*) FILTER (WHERE e.state = 'returned') AS returned
		 FROM project p LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = $4::date
		 WHERE`+inScope+` AND`+reportable,
		scope.Unit, scope.Ward, scope.Member, month)
	return c, err
}

func (s store) units(ctx context.Context, scope actor.Scope) ([]Unit, error) {
	units := []Unit{}
	err := s.q.SelectContext(ctx, &units,
		`SELECT u.code, u.name FROM unit u WHERE EXISTS (SELECT 1 FROM project p WHERE p.unit_id = u.id AND`+inScope+`)
		 ORDER BY u.name COLLATE "vi-VN-x-icu" LIMIT 500`, scope.Unit, scope.Ward, scope.Member)
	return units, err
}

func (s store) entries(ctx context.Context, scope actor.Scope, code string, month day.Month) ([]Entry, error) {
	rows := []Entry{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT e.month, `+entryColumns+` FROM project p JOIN progress_entry e ON e.project_id = p.id`+entryPeople+`
		 WHERE`+inScope+` AND p.code = $4 AND ($5::date IS NULL OR e.month = $5::date) ORDER BY e.month DESC LIMIT 500`,
		scope.Unit, scope.Ward, scope.Member, code, month)
	return rows, err
}

// saved is an entry on its way to the database.
type saved struct {
	Project   id.Project `json:"project_id"`
	Executed  int64      `json:"executed"`
	Estimate  int64      `json:"estimate_month_end"`
	Disbursed int64      `json:"disbursed"`
	Treasury  int64      `json:"disbursed_treasury"`
	Physical  int        `json:"physical_bp"`
	NoChange  bool       `json:"no_change"`
	Reason    string     `json:"reason"`
	Note      string     `json:"note"`
}

// save writes the drafts of a month in one statement. A reason of return stays with the draft that answers it.
func (s store) save(ctx context.Context, month day.Month, rows []saved, by id.User) error {
	data, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO progress_entry AS e (project_id, month, state, executed, estimate_month_end, disbursed, disbursed_treasury, physical_bp,
		   no_change, reason, note, entered_by, changed_by)
		 SELECT r.project_id, $2::date, 'draft', r.executed, r.estimate_month_end, r.disbursed, r.disbursed_treasury, r.physical_bp, r.no_change,
		   r.reason, r.note, $3, $3
		 FROM jsonb_to_recordset($1::jsonb) AS r(project_id bigint, executed bigint, estimate_month_end bigint, disbursed bigint,
		   disbursed_treasury bigint, physical_bp int, no_change boolean, reason text, note text) ORDER BY r.project_id
		 ON CONFLICT (project_id, month) DO UPDATE SET state = 'draft', executed = EXCLUDED.executed, estimate_month_end = EXCLUDED.estimate_month_end,
		   disbursed = EXCLUDED.disbursed, disbursed_treasury = EXCLUDED.disbursed_treasury, physical_bp = EXCLUDED.physical_bp,
		   no_change = EXCLUDED.no_change, reason = EXCLUDED.reason, note = EXCLUDED.note, changed_by = EXCLUDED.changed_by, changed_at = clock_timestamp(),
		   submitted_by = NULL, submitted_at = NULL, version = e.version + 1`, string(data), month, by)
	return err
}

// step moves entries of a month on. The three statements differ only in who, when and why they write.
func (s store) step(ctx context.Context, set string, entries []stepped, args ...any) error {
	data, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx, `UPDATE progress_entry e SET `+set+`, version = version + 1
		FROM jsonb_to_recordset($1::jsonb) AS r(id bigint, reason text) WHERE e.id = r.id`, append([]any{string(data)}, args...)...)
	return err
}

const (
	setSubmitted = `state = 'submitted', submitted_by = $2, submitted_at = clock_timestamp(), first_submitted_on = COALESCE(first_submitted_on, $3::date)`
	setAccepted  = `state = 'accepted', accepted_by = $2, accepted_at = clock_timestamp()`
	setReturned  = `state = 'returned', returned_by = $2, returned_at = clock_timestamp(), return_reason = r.reason, accepted_by = NULL, accepted_at = NULL`
)
