package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
)

type store struct{ q tx.Querier }

// inScope is the three conditions of a scope over works, as parameters $1 (unit), $2 (ward), $3 (member).
const inScope = ` ($1 = 0 OR p.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM project_ward s WHERE s.project_id = p.id AND s.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.user_id = $3))`

// headColumns and headFrom are a work with the head of its schedule, if it has one, and its newest accepted month.
const headColumns = `p.id AS project_id, p.code, p.name, p.state, u.name AS unit_name, COALESCE(array_to_string(s.hands, ','), '') AS hands,
	COALESCE(ue.full_name, '') AS edited_name, s.edited_at, COALESCE(uc.full_name, '') AS changed_name, s.changed_at,
	COALESCE(s.version, 0) AS version, COALESCE(e.physical_bp, 0) AS typed_bp, e.month AS typed_month`

const headFrom = ` FROM project p JOIN unit u ON u.id = p.unit_id LEFT JOIN schedule s ON s.project_id = p.id
	LEFT JOIN app_user ue ON ue.id = s.edited_by LEFT JOIN app_user uc ON uc.id = s.changed_by
	LEFT JOIN LATERAL (SELECT x.month, x.physical_bp FROM progress_entry x WHERE x.project_id = p.id AND x.state = 'accepted'
	  ORDER BY x.month DESC LIMIT 1) e ON true`

// plans reads the named works of the scope with their schedules, by code.
func (s store) plans(ctx context.Context, scope actor.Scope, codes []string) ([]Plan, error) {
	plans := []Plan{}
	if err := s.q.SelectContext(ctx, &plans, `SELECT `+headColumns+headFrom+` WHERE`+inScope+`
		AND p.code = ANY(string_to_array($4, ',')) ORDER BY p.code`, scope.Unit, scope.Ward, scope.Member, strings.Join(codes, ",")); err != nil {
		return nil, err
	}
	return plans, s.fill(ctx, plans)
}

// plansOf reads the schedules of works by their keys; a work without one is not among them.
func (s store) plansOf(ctx context.Context, projects []id.Project) ([]Plan, error) {
	plans := []Plan{}
	if err := s.q.SelectContext(ctx, &plans, `SELECT `+headColumns+headFrom+` WHERE p.id = ANY(string_to_array($1, ',')::bigint[])
		AND s.version > 0 ORDER BY p.code`, keys(projects)); err != nil {
		return nil, err
	}
	return plans, s.fill(ctx, plans)
}

// search reads the schedules of the scope that a filter chooses, by code.
func (s store) search(ctx context.Context, scope actor.Scope, f Filter, text string, limit int) ([]Plan, error) {
	plans := []Plan{}
	if err := s.q.SelectContext(ctx, &plans, `SELECT `+headColumns+headFrom+` WHERE`+inScope+` AND s.version > 0
		AND ($4 = '' OR p.name_fold LIKE '%' || fold($4) || '%' OR p.code LIKE $4 || '%')
		AND ($5 = '' OR p.sector = $5) AND ($6 = '' OR p.state = $6) AND ($7 = '' OR u.code = $7) ORDER BY p.code LIMIT $8`,
		scope.Unit, scope.Ward, scope.Member, text, f.Sector, f.State, f.Unit, limit); err != nil {
		return nil, err
	}
	return plans, s.fill(ctx, plans)
}

// fill reads milestones, baselines and history of many works, each in one query.
func (s store) fill(ctx context.Context, plans []Plan) error {
	at := make(map[id.Project]*Plan, len(plans))
	projects := make([]id.Project, 0, len(plans))
	for i := range plans {
		plans[i].Milestones, plans[i].Baselines = []Milestone{}, []Fixed{}
		at[plans[i].Project] = &plans[i]
		projects = append(projects, plans[i].Project)
	}
	var milestones []Milestone
	if err := s.q.SelectContext(ctx, &milestones, `SELECT id, project_id, rank, name, weight_bp, planned_start, planned_end, started_on, finished_on, done_bp
		FROM milestone WHERE project_id = ANY(string_to_array($1, ',')::bigint[]) ORDER BY project_id, rank`, keys(projects)); err != nil {
		return err
	}
	for _, m := range milestones {
		at[m.Project].Milestones = append(at[m.Project].Milestones, m)
	}
	if len(milestones) == 0 {
		return nil
	}
	var history []Done
	if err := s.q.SelectContext(ctx, &history, `SELECT d.milestone_id, m.project_id, d.on_day, d.done_bp, d.note, u.full_name AS recorded_name, d.recorded_at
		FROM milestone_progress d JOIN milestone m ON m.id = d.milestone_id JOIN app_user u ON u.id = d.recorded_by
		WHERE m.project_id = ANY(string_to_array($1, ',')::bigint[]) ORDER BY d.on_day, d.id`, keys(projects)); err != nil {
		return err
	}
	for _, h := range history {
		at[h.Project].History = append(at[h.Project].History, h)
	}
	return s.fillBaselines(ctx, at, projects)
}

func (s store) fillBaselines(ctx context.Context, at map[id.Project]*Plan, projects []id.Project) error {
	var baselines []Fixed
	if err := s.q.SelectContext(ctx, &baselines, `SELECT b.id, b.project_id, b.number, b.fixed_on, ue.full_name AS edited_name, uf.full_name AS fixed_name,
		  b.fixed_at, b.reason
		FROM schedule_baseline b JOIN app_user ue ON ue.id = b.edited_by JOIN app_user uf ON uf.id = b.fixed_by
		WHERE b.project_id = ANY(string_to_array($1, ',')::bigint[]) ORDER BY b.project_id, b.number`, keys(projects)); err != nil {
		return err
	}
	var frozen []Frozen
	if err := s.q.SelectContext(ctx, &frozen, `SELECT f.baseline_id, f.milestone_id, m.rank, f.name, f.weight_bp, f.planned_start, f.planned_end
		FROM baseline_milestone f JOIN milestone m ON m.id = f.milestone_id
		WHERE m.project_id = ANY(string_to_array($1, ',')::bigint[]) ORDER BY m.rank`, keys(projects)); err != nil {
		return err
	}
	parts := make(map[id.Baseline][]Frozen, len(baselines))
	for _, f := range frozen {
		parts[f.Baseline] = append(parts[f.Baseline], f)
	}
	for _, b := range baselines {
		b.Milestones = parts[b.ID]
		at[b.Project].Baselines = append(at[b.Project].Baselines, b)
	}
	return nil
}

func keys(projects []id.Project) string {
	texts := make([]string, 0, len(projects))
	for _, p := range projects {
		texts = append(texts, strconv.FormatInt(int64(p), 10))
	}
	return strings.Join(texts, ",")
}

// computed is the physical share of works at the end of a day, by the baseline in force on it, in one query.
func (s store) computed(ctx context.Context, projects []id.Project, on day.Date) (map[id.Project]int, error) {
	var rows []struct {
		Project id.Project `db:"project_id"`
		Share   int        `db:"share"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT b.project_id, LEAST((sum(f.weight_bp * COALESCE(d.done_bp, 0)) + 5000) / 10000,
		    CASE WHEN bool_and(f.weight_bp = 0 OR COALESCE(d.done_bp, 0) = 10000) THEN 10000 ELSE 9999 END) AS share
		 FROM unnest(string_to_array($1, ',')::bigint[]) AS w(project_id)
		 CROSS JOIN LATERAL (SELECT x.id, x.project_id FROM schedule_baseline x WHERE x.project_id = w.project_id
		   ORDER BY (x.fixed_on <= $2::date) DESC, CASE WHEN x.fixed_on <= $2::date THEN -x.number ELSE x.number END LIMIT 1) b
		 JOIN baseline_milestone f ON f.baseline_id = b.id
		 LEFT JOIN LATERAL (SELECT x.done_bp FROM milestone_progress x WHERE x.milestone_id = f.milestone_id AND x.on_day <= $2::date
		   ORDER BY x.on_day DESC, x.id DESC LIMIT 1) d ON true
		 GROUP BY b.project_id`, keys(projects), on)
	shares := make(map[id.Project]int, len(rows))
	for _, r := range rows {
		shares[r.Project] = r.Share
	}
	return shares, err
}

// open makes sure that a work has a head to lock, and keeps other acts over its schedule away till the end of the transaction.
func (s store) open(ctx context.Context, project id.Project, by id.User) error {
	if _, err := s.q.ExecContext(ctx, `INSERT INTO schedule (project_id, edited_by, changed_by) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING`, project, by); err != nil {
		return err
	}
	return tx.Lock(ctx, s.q, `SELECT 1 FROM schedule WHERE project_id = $1 FOR UPDATE`, project)
}

// lock keeps other acts over these works' schedules away, in sorted order.
func (s store) lock(ctx context.Context, codes []string) error {
	return tx.Lock(ctx, s.q, `SELECT 1 FROM schedule WHERE project_id IN (SELECT id FROM project WHERE code = ANY(string_to_array($1, ',')))
		ORDER BY project_id FOR UPDATE`, strings.Join(codes, ","))
}

// replace writes the plan as entered: rows that are gone, rows that stay, new rows.
func (s store) replace(ctx context.Context, p Plan, rows []Row) error {
	type written struct {
		ID     id.Milestone `json:"id"`
		Rank   int          `json:"rank"`
		Name   string       `json:"name"`
		Weight int          `json:"weight_bp"`
		Start  *day.Date    `json:"planned_start"`
		End    *day.Date    `json:"planned_end"`
	}
	known, out, stay := p.byRank(), make([]written, 0, len(rows)), []string{"0"}
	for i, r := range rows {
		w := written{ID: known[r.Was].ID, Rank: i + 1, Name: strings.TrimSpace(r.Name), Weight: r.WeightBP}
		if !r.Start.IsZero() {
			w.Start, w.End = &r.Start, &r.End
		}
		out, stay = append(out, w), append(stay, strconv.FormatInt(int64(w.ID), 10))
	}
	data, err := json.Marshal(out)
	if err != nil {
		return err
	}
	const read = ` FROM jsonb_to_recordset($2::jsonb) AS r(id bigint, rank int, name text, weight_bp int, planned_start date, planned_end date)`
	_, gone := s.q.ExecContext(ctx, `DELETE FROM milestone WHERE project_id = $1 AND id <> ALL(string_to_array($2, ',')::bigint[])`, p.Project, strings.Join(stay, ","))
	_, kept := s.q.ExecContext(ctx, `UPDATE milestone m SET rank = r.rank, name = r.name, weight_bp = r.weight_bp, planned_start = r.planned_start,
		planned_end = r.planned_end`+read+` WHERE m.id = r.id AND m.project_id = $1`, p.Project, string(data))
	_, made := s.q.ExecContext(ctx, `INSERT INTO milestone (project_id, rank, name, weight_bp, planned_start, planned_end)
		SELECT $1, r.rank, r.name, r.weight_bp, r.planned_start, r.planned_end`+read+` WHERE r.id = 0 ORDER BY r.rank`, p.Project, string(data))
	return errors.Join(gone, kept, made)
}

// edited notes who entered the plan, and gives the schedule its next version.
func (s store) edited(ctx context.Context, project id.Project, by id.User) error {
	_, err := s.q.ExecContext(ctx, `UPDATE schedule SET edited_by = $2, edited_at = clock_timestamp(), changed_by = $2, changed_at = clock_timestamp(),
		version = version + 1 WHERE project_id = $1`, project, by)
	return err
}

// touched gives schedules their next version.
func (s store) touched(ctx context.Context, projects []id.Project, by id.User) error {
	_, err := s.q.ExecContext(ctx, `UPDATE schedule SET changed_by = $2, changed_at = clock_timestamp(), version = version + 1
		WHERE project_id = ANY(string_to_array($1, ',')::bigint[])`, keys(projects), by)
	return err
}

// record adds to the history and brings the milestones in line with it.
func (s store) record(ctx context.Context, touched []Milestone, added []Done, by id.User) error {
	history := make([]map[string]any, 0, len(added))
	for _, d := range added {
		history = append(history, map[string]any{"milestone_id": d.Milestone, "on_day": d.On, "done_bp": d.DoneBP, "note": d.Note})
	}
	standing := make([]map[string]any, 0, len(touched))
	for _, m := range touched {
		standing = append(standing, map[string]any{"id": m.ID, "done_bp": m.DoneBP, "started_on": orNull(m.StartedOn), "finished_on": orNull(m.FinishedOn)})
	}
	rows, rowsErr := json.Marshal(history)
	stand, standErr := json.Marshal(standing)
	if err := errors.Join(rowsErr, standErr); err != nil {
		return err
	}
	if _, err := s.q.ExecContext(ctx, `INSERT INTO milestone_progress (milestone_id, on_day, done_bp, note, recorded_by)
		SELECT r.milestone_id, r.on_day, r.done_bp, r.note, $2 FROM jsonb_to_recordset($1::jsonb) AS r(milestone_id bigint, on_day date, done_bp int, note text)`,
		string(rows), by); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx, `UPDATE milestone m SET done_bp = r.done_bp, started_on = r.started_on, finished_on = r.finished_on
		FROM jsonb_to_recordset($1::jsonb) AS r(id bigint, done_bp int, started_on date, finished_on date) WHERE m.id = r.id`, string(stand))
	return err
}

func orNull(d day.Date) any {
	if d.IsZero() {
		return nil
	}
	return d
}

// fix writes a baseline: the plan as it stands.
func (s store) fix(ctx context.Context, p Plan, number int, reason string, on day.Date, by id.User) error {
	var baseline id.Baseline
	if err := s.q.GetContext(ctx, &baseline, `INSERT INTO schedule_baseline (project_id, number, fixed_on, edited_by, fixed_by, reason)
		SELECT $1, $2, $3, edited_by, $4, $5 FROM schedule WHERE project_id = $1 RETURNING id`, p.Project, number, on, by, reason); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx, `INSERT INTO baseline_milestone (baseline_id, milestone_id, name, weight_bp, planned_start, planned_end)
		SELECT $2, id, name, weight_bp, planned_start, planned_end FROM milestone WHERE project_id = $1`, p.Project, baseline)
	return err
}

func changed(p Plan) error {
	if p.ChangedAt == nil {
		return ErrMissing
	}
	return fault.ChangedBy(p.ChangedBy, *p.ChangedAt)
}

func sortedCodes(works []WorkEntries) []string {
	codes := make([]string, 0, len(works))
	for _, w := range works {
		codes = append(codes, w.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}
