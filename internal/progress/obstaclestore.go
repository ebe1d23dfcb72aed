package progress

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

const obstacleColumns = `o.id, o.code, p.code AS project, p.name AS project_name, o.kind, o.level, o.body, o.content, o.opened_on, o.due_on,
	o.households, o.held_area, o.held_length, o.answers, n.promised_on, o.resolved_on, o.answer AS outcome, COALESCE(r.code, '') AS reopens,
	COALESCE(b.code, '') AS reopened_by, u.full_name AS changed_name, o.changed_at, o.version`

const obstacleFrom = ` FROM obstacle o JOIN project p ON p.id = o.project_id JOIN app_user u ON u.id = o.changed_by
	LEFT JOIN obstacle_answer n ON n.obstacle_id = o.id AND n.number = o.answers
	LEFT JOIN obstacle r ON r.id = o.reopens LEFT JOIN obstacle b ON b.reopens = o.id`

// notHandedOver is the condition that a case c is open: nobody recorded its hand-over.
const notHandedOver = ` NOT EXISTS (SELECT 1 FROM case_step h WHERE h.case_id = c.id AND h.kind = 'handover' AND h.withdrawn_at IS NULL)`

// closable says in SQL what Obstacle.Closable says of an open obstacle x.
const closable = ` x.resolved_on IS NULL AND x.households > 0 AND (
	  EXISTS (SELECT 1 FROM obstacle_case k WHERE k.obstacle_id = x.id)
	    AND NOT EXISTS (SELECT 1 FROM obstacle_case k JOIN land_case c ON c.id = k.case_id WHERE k.obstacle_id = x.id AND` + notHandedOver + `)
	  OR NOT EXISTS (SELECT 1 FROM land_case c WHERE (c.project_id = x.project_id OR c.project_id IN (SELECT w.project_id FROM obstacle_work w WHERE w.obstacle_id = x.id)) AND` + notHandedOver + `))`

// obstacleWhere: what narrows down to few obstacles is asked first, as an array of ids, so that the index of ids finds them among a million.
const obstacleWhere = ` WHERE` + inScope + ` AND ($4 = '' OR o.id = ANY(ARRAY(SELECT x.id FROM obstacle x JOIN project y ON y.id = x.project_id WHERE y.code = $4
	    UNION SELECT w.obstacle_id FROM obstacle_work w JOIN project y ON y.id = w.project_id WHERE y.code = $4)))
	AND ($5 = '' OR o.kind = $5) AND ($6 = '' OR o.level = $6)
	AND ($7 = '' OR $7 = 'open' AND o.resolved_on IS NULL OR $7 = 'resolved' AND o.resolved_on IS NOT NULL
	  OR $7 = 'late' AND o.resolved_on IS NULL AND o.due_on < $8::date
	  OR $7 = 'closable' AND o.id = ANY(ARRAY(SELECT x.id FROM obstacle x WHERE` + closable + `)))
	AND ($9 = '' OR o.content_fold LIKE '%' || fold($9) || '%' OR o.code = upper($9)
	  OR o.project_id = ANY(ARRAY(SELECT y.id FROM project y WHERE y.name_fold LIKE '%' || fold($9) || '%' OR y.code LIKE $9 || '%')))
	AND ($10 = '' OR o.resolved_on IS NULL) AND ($11::date IS NULL OR o.opened_on >= $11::date) AND ($12::date IS NULL OR o.opened_on <= $12::date)`

func obstacleSorts() map[string]string {
	return map[string]string{"project": "p.code", "kind": "o.kind", "level": "o.level", "opened": "o.opened_on", "due": "o.due_on", "households": "o.households"}
}

func (s store) obstacles(ctx context.Context, scope actor.Scope, f ObstacleFilter, q listing.Query, today day.Date) (listing.Answer[Obstacle], error) {
	answer := listing.Answer[Obstacle]{Items: []Obstacle{}, Query: q}
	from, to := openedBetween(f.Age, today)
	args := []any{scope.Unit, scope.Ward, scope.Member, f.Project, f.Kind, f.Level, f.State, today, q.Like(), f.Age, from, to}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1 FROM obstacle o JOIN project p ON p.id = o.project_id`+obstacleWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	order := q.Order(obstacleSorts(), "(o.resolved_on IS NOT NULL), o.due_on, o.id")
	if q.After != "" || q.Page == 0 {
		order = "o.id"
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+obstacleColumns+obstacleFrom+obstacleWhere+`
		   AND ($13 = '' OR o.id > (SELECT a.id FROM obstacle a WHERE a.code = $13)) ORDER BY `+order+` LIMIT $14 OFFSET $15`,
		append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

func (s store) obstacle(ctx context.Context, scope actor.Scope, code string, lock bool) (Obstacle, error) {
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM obstacle WHERE code = $1 FOR UPDATE`, code); err != nil {
			return Obstacle{}, err
		}
	}
	one := make([]Obstacle, 1)
	err := s.q.GetContext(ctx, &one[0], `SELECT `+obstacleColumns+obstacleFrom+` WHERE`+inScope+` AND o.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return one[0], ErrObstacleMissing
	}
	if err != nil {
		return one[0], err
	}
	return one[0], s.hold(ctx, one)
}

// hold puts to obstacles their further works and what the land register says of their holders.
func (s store) hold(ctx context.Context, list []Obstacle) error {
	ids := make([]id.Obstacle, 0, len(list))
	for _, o := range list {
		ids = append(ids, o.ID)
	}
	var rows []struct {
		ID    id.Obstacle `db:"id"`
		Works string      `db:"works"`
		Held
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT o.id, COALESCE(f.works, '') AS works, COALESCE(l.linked, 0) AS linked, COALESCE(l.linked_open, 0) AS linked_open, COALESCE(h.open, 0) AS open FROM obstacle o
		 LEFT JOIN LATERAL (SELECT string_agg(p.code, ',' ORDER BY p.code) AS works FROM obstacle_work w JOIN project p ON p.id = w.project_id WHERE w.obstacle_id = o.id) f ON true
		 LEFT JOIN LATERAL (SELECT count(DISTINCT c.holder_id) AS linked, count(DISTINCT c.holder_id) FILTER (WHERE`+notHandedOver+`) AS linked_open
		   FROM obstacle_case k JOIN land_case c ON c.id = k.case_id WHERE k.obstacle_id = o.id) l ON o.households > 0
		 LEFT JOIN LATERAL (SELECT count(DISTINCT c.holder_id) AS open FROM land_case c WHERE c.project_id IN (SELECT o.project_id UNION ALL SELECT w.project_id FROM obstacle_work w WHERE w.obstacle_id = o.id)
		   AND`+notHandedOver+`) h ON o.households > 0
		 WHERE o.id IN (SELECT jsonb_array_elements_text($1::jsonb)::bigint)`, jsonOf(ids))
	for _, r := range rows {
		i := slices.Index(ids, r.ID)
		list[i].Held = r.Held
		if r.Works != "" {
			list[i].Works = strings.Split(r.Works, ",")
		}
	}
	return err
}

// jsonOf is a list as a parameter. Numbers and texts always have a form.
func jsonOf[T any](list []T) string {
	data, err := json.Marshal(list)
	if err != nil || list == nil {
		return "[]"
	}
	return string(data)
}

// heldWorks finds the work and the further works of an input, in that order, each in the scope.
func (s store) heldWorks(ctx context.Context, scope actor.Scope, in ObstacleInput) ([]id.Project, error) {
	var rows []struct {
		ID   id.Project `db:"id"`
		Code string     `db:"code"`
	}
	if err := s.q.SelectContext(ctx, &rows, `SELECT p.id, p.code FROM project p WHERE`+inScope+` AND p.code IN (SELECT jsonb_array_elements_text($4::jsonb))`,
		scope.Unit, scope.Ward, scope.Member, jsonOf(append([]string{in.Project}, in.Works...))); err != nil {
		return nil, err
	}
	var wrong fault.Wrong
	works := make([]id.Project, 0, len(rows))
	for i, code := range append([]string{in.Project}, in.Works...) {
		found := false
		for _, r := range rows {
			if r.Code == code {
				works, found = append(works, r.ID), true
			}
		}
		if i == 0 {
			wrong.Check(found, "project", "project.missing")
		} else {
			wrong.Check(found, "works", "obstacle.work_missing", code)
		}
	}
	return works, wrong.Err()
}

// openCases finds the named cases among the open ones of the works, and counts their holders.
func (s store) openCases(ctx context.Context, works []id.Project, codes []string) ([]id.Case, int, error) {
	if len(codes) == 0 {
		return nil, 0, nil
	}
	var rows []struct {
		ID     id.Case   `db:"id"`
		Code   string    `db:"code"`
		Holder id.Holder `db:"holder_id"`
	}
	if err := s.q.SelectContext(ctx, &rows,
		`SELECT c.id, c.code, c.holder_id FROM land_case c WHERE c.project_id IN (SELECT jsonb_array_elements_text($1::jsonb)::bigint)
		   AND c.code IN (SELECT jsonb_array_elements_text($2::jsonb)) AND`+notHandedOver+` ORDER BY c.id`, jsonOf(works), jsonOf(codes)); err != nil {
		return nil, 0, err
	}
	cases, holders, found := make([]id.Case, 0, len(rows)), map[id.Holder]bool{}, map[string]bool{}
	for _, r := range rows {
		cases, found[r.Code] = append(cases, r.ID), true
		holders[r.Holder] = true
	}
	for _, code := range codes {
		if !found[code] {
			return nil, 0, fault.InvalidField("cases", "obstacle.case_not_open", code)
		}
	}
	return cases, len(holders), nil
}

func (s store) openHolders(ctx context.Context, works []id.Project) (int, error) {
	n := 0
	err := s.q.GetContext(ctx, &n, `SELECT count(DISTINCT c.holder_id) FROM land_case c
		WHERE c.project_id IN (SELECT jsonb_array_elements_text($1::jsonb)::bigint) AND`+notHandedOver, jsonOf(works))
	return n, err
}

func (s store) addObstacle(ctx context.Context, work id.Project, in ObstacleInput, reopens id.Obstacle, by id.User) (id.Obstacle, string, error) {
	var made struct {
		ID   id.Obstacle `db:"id"`
		Code string      `db:"code"`
	}
	err := s.q.GetContext(ctx, &made,
		`INSERT INTO obstacle (project_id, kind, level, body, content, opened_on, due_on, households, held_area, held_length, reopens, changed_by)
		 VALUES ($1, $2, $3, $4, $5, $6::date, $7::date, $8, $9, $10, NULLIF($11::bigint, 0), $12) RETURNING id, code`,
		work, in.Kind, in.Level, in.Body, in.Content, in.OpenedOn, in.DueOn, in.Households, in.Area, in.Length, reopens, by)
	return made.ID, made.Code, err
}

func (s store) linkWorks(ctx context.Context, made id.Obstacle, works []id.Project) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO obstacle_work (obstacle_id, project_id) SELECT $1, jsonb_array_elements_text($2::jsonb)::bigint`, made, jsonOf(works))
	return err
}

func (s store) linkCases(ctx context.Context, made id.Obstacle, cases []id.Case) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO obstacle_case (obstacle_id, case_id) SELECT $1, jsonb_array_elements_text($2::jsonb)::bigint`, made, jsonOf(cases))
	return err
}

func (s store) answerObstacle(ctx context.Context, o id.Obstacle, a numberedAnswer, by id.User) error {
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO obstacle_answer (obstacle_id, number, answered_on, answered_by, document_no, content, promised_on, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7::date, $8)`,
		o, a.Number, a.On, a.By, a.DocumentNo, a.Text, a.PromisedOn, by); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx, `UPDATE obstacle SET answers = $2, changed_by = $3, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, o, a.Number, by)
	return err
}

func (s store) resolveObstacle(ctx context.Context, obstacle id.Obstacle, out Outcome, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE obstacle SET answer = $2, resolved_on = $3, resolved_at = clock_timestamp(), changed_by = $4, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		obstacle, out.Text, out.On, by)
	return err
}

func (s store) answers(ctx context.Context, obstacle id.Obstacle) ([]Answer, error) {
	rows := []Answer{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT a.number, a.answered_on, a.answered_by, a.document_no, a.content, a.promised_on, u.full_name AS recorded_name, a.recorded_at
		 FROM obstacle_answer a JOIN app_user u ON u.id = a.recorded_by WHERE a.obstacle_id = $1 ORDER BY a.number DESC LIMIT 500`, obstacle)
	return rows, err
}

const heldCaseColumns = `c.code, p.code AS project, CASE WHEN $1 THEN h.name ELSE '' END AS holder,
	(SELECT s.done_on FROM case_step s WHERE s.case_id = c.id AND s.kind = 'handover' AND s.withdrawn_at IS NULL) AS handed_over`

func (s store) casesOf(ctx context.Context, obstacle id.Obstacle, names bool) ([]HeldCase, error) {
	rows := []HeldCase{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+heldCaseColumns+` FROM obstacle_case k JOIN land_case c ON c.id = k.case_id JOIN project p ON p.id = c.project_id
		JOIN holder h ON h.id = c.holder_id WHERE k.obstacle_id = $2 ORDER BY handed_over NULLS FIRST, c.code LIMIT 500`, names, obstacle)
	return rows, err
}

func (s store) casesToHold(ctx context.Context, scope actor.Scope, project string, names bool) ([]HeldCase, error) {
	rows := []HeldCase{}
	err := s.q.SelectContext(ctx, &rows, `SELECT c.code, p.code AS project, CASE WHEN $5 THEN h.name ELSE '' END AS holder FROM project p JOIN land_case c ON c.project_id = p.id
		JOIN holder h ON h.id = c.holder_id WHERE`+inScope+` AND p.code = $4 AND`+notHandedOver+` ORDER BY c.code LIMIT 500`,
		scope.Unit, scope.Ward, scope.Member, project, names)
	return rows, err
}

// ageCount is how many obstacles of one level and kind stand in one bucket.
type ageCount struct {
	Level string
	Kind  string
	Age   string
	Count int
}

func (s store) ageing(ctx context.Context, scope actor.Scope, project string, today day.Date) ([]ageCount, error) {
	var rows []struct {
		Level string `db:"level"`
		Kind  string `db:"kind"`
		Days  int    `db:"days"` // the longest of its bucket
		Count int    `db:"count"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT o.level, o.kind, max($5::date - o.opened_on) AS days, count(*) AS count FROM obstacle o
		 WHERE o.resolved_on IS NULL AND ($1::bigint + $2::bigint + $3::bigint = 0 AND $4 = '' OR o.project_id IN (SELECT p.id FROM project p WHERE`+inScope+` AND ($4 = '' OR p.code = $4)))
		 GROUP BY o.level, o.kind, LEAST(GREATEST($5::date - o.opened_on - 1, 0) / 30, 3)`, scope.Unit, scope.Ward, scope.Member, project, today)
	counts := make([]ageCount, 0, len(rows))
	for _, r := range rows {
		counts = append(counts, ageCount{r.Level, r.Kind, ageOf(r.Days), r.Count})
	}
	return counts, err
}

func (s store) lateByLevel(ctx context.Context, scope actor.Scope, today day.Date) ([]LateObstacles, int, error) {
	rows := []LateObstacles{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT CASE WHEN o.due_on < $4::date THEN o.level ELSE '' END AS level, count(*) AS count, max($4::date - o.due_on) AS days
		 FROM obstacle o WHERE o.resolved_on IS NULL AND o.due_on <= $4::date + $5::int
		   AND ($1::bigint + $2::bigint + $3::bigint = 0 OR o.project_id IN (SELECT p.id FROM project p WHERE`+inScope+`))
		 GROUP BY 1 ORDER BY 1`, scope.Unit, scope.Ward, scope.Member, today, SoonDays)
	if len(rows) > 0 && rows[0].Level == "" {
		return rows[1:], rows[0].Count, err
	}
	return rows, 0, err
}
