package progress

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

// Obstacle is what holds a work up, who has to decide, by when, and what was decided.
type Obstacle struct {
	ID          id.Obstacle `db:"id" json:"-"`
	Code        string      `db:"code" json:"code"`
	Project     string      `db:"project" json:"project"`
	ProjectName string      `db:"project_name" json:"project_name"`
	Kind        string      `db:"kind" json:"kind"`
	Level       string      `db:"level" json:"level"` // who has to decide
	Content     string      `db:"content" json:"content"`
	OpenedOn    day.Date    `db:"opened_on" json:"opened_on"`
	DueOn       day.Date    `db:"due_on" json:"due_on"`
	ResolvedOn  day.Date    `db:"resolved_on" json:"resolved_on"`
	Answer      string      `db:"answer" json:"answer"`
	ChangedBy   string      `db:"changed_name" json:"changed_by"`
	ChangedAt   time.Time   `db:"changed_at" json:"changed_at"`
	Version     int         `db:"version" json:"version"`
}

// Late tells whether an obstacle is open beyond its day.
func (o Obstacle) Late(today day.Date) bool {
	return o.ResolvedOn.IsZero() && !o.DueOn.IsZero() && o.DueOn.Before(today)
}

// ObstacleKinds and ObstacleLevels are what a form offers.
func ObstacleKinds() []string {
	return []string{"land", "capital", "procedure", "contractor", "weather", "other"}
}

// ObstacleLevels are those who can decide, from the city upward and outward.
func ObstacleLevels() []string {
	return []string{"city", "province", "ministry", "contractor", "investor"}
}

// ObstacleInput is what a person enters about an obstacle. DueOn may be empty.
type ObstacleInput struct {
	Project, Kind, Level, Content string
	OpenedOn, DueOn               day.Date
}

func (in ObstacleInput) check(today day.Date) error {
	var w fault.Wrong
	w.Check(in.Project != "", "project", "required")
	w.Check(slices.Contains(ObstacleKinds(), in.Kind), "kind", "choose")
	w.Check(slices.Contains(ObstacleLevels(), in.Level), "level", "choose")
	w.Check(strings.TrimSpace(in.Content) != "", "content", "required")
	w.Check(!in.OpenedOn.IsZero(), "opened_on", "required")
	w.Check(!in.OpenedOn.After(today), "opened_on", "day_future")
	w.Check(in.DueOn.IsZero() || !in.DueOn.Before(in.OpenedOn), "due_on", "obstacle.due_order")
	return w.Err()
}

// AddObstacle enters an obstacle of a work in the person's scope and gives its code.
func (p Progress) AddObstacle(ctx context.Context, who actor.Actor, in ObstacleInput, today day.Date) (string, error) {
	scope, err := who.Require(EditObstacles)
	if err != nil {
		return "", err
	}
	if err := in.check(today); err != nil {
		return "", err
	}
	code := ""
	err = p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		if code, err = s.addObstacle(ctx, scope, in, who.ID); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "obstacle.add", ObjectKind: "obstacle", ObjectCode: code, After: in})
	})
	return code, err
}

// Answer is what was decided about an obstacle; ResolvedOn is empty while it stays open.
type Answer struct {
	Text       string
	ResolvedOn day.Date
}

// AnswerObstacle records an answer, and with a day resolves the obstacle for good. Refuses: obstacle.missing, changed_meanwhile,
// obstacle.resolved_fixed, an empty answer, a day before it was opened or in the future.
func (p Progress) AnswerObstacle(ctx context.Context, who actor.Actor, code string, version int, a Answer, today day.Date) error {
	scope, err := who.Require(EditObstacles)
	if err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		o, err := s.obstacle(ctx, scope, code, true)
		if err != nil {
			return err
		}
		if o.Version != version {
			return fault.ChangedBy(o.ChangedBy, o.ChangedAt)
		}
		if !o.ResolvedOn.IsZero() {
			return ErrResolved
		}
		if err := a.check(o, today); err != nil {
			return err
		}
		if err := s.answerObstacle(ctx, o.ID, a, who.ID); err != nil {
			return err
		}
		act := "obstacle.answer"
		if !a.ResolvedOn.IsZero() {
			act = "obstacle.resolve"
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "obstacle", ObjectCode: code, Before: o, After: a})
	})
}

func (a Answer) check(o Obstacle, today day.Date) error {
	var w fault.Wrong
	w.Check(strings.TrimSpace(a.Text) != "", "answer", "required")
	w.Check(!a.ResolvedOn.After(today), "resolved_on", "day_future")
	w.Check(a.ResolvedOn.IsZero() || !a.ResolvedOn.Before(o.OpenedOn), "resolved_on", "obstacle.resolved_order", o.OpenedOn)
	return w.Err()
}

// ObstacleFilter chooses obstacles; empty fields do not limit. State is open, late or resolved.
type ObstacleFilter struct{ Project, Kind, Level, State string }

// ObstacleStates are the states a list can be filtered by.
func ObstacleStates() []string { return []string{"open", "late", "resolved"} }

// Obstacles reads obstacles of the scope: open ones first, the longest open at the top.
func (p Progress) Obstacles(ctx context.Context, who actor.Actor, f ObstacleFilter, q listing.Query, today day.Date) (listing.Answer[Obstacle], error) {
	scope, err := who.Require(ReadObstacles)
	if err != nil {
		return listing.Answer[Obstacle]{}, err
	}
	return store{p.DB.Read(ctx)}.obstacles(ctx, scope, f, q, today)
}

// Obstacle reads one obstacle. Refuses: obstacle.missing.
func (p Progress) Obstacle(ctx context.Context, who actor.Actor, code string) (Obstacle, error) {
	scope, err := who.Require(ReadObstacles)
	if err != nil {
		return Obstacle{}, err
	}
	return store{p.DB.Read(ctx)}.obstacle(ctx, scope, code, false)
}

const obstacleColumns = `o.id, o.code, p.code AS project, p.name AS project_name, o.kind, o.level, o.content, o.opened_on, o.due_on,
	o.resolved_on, o.answer, u.full_name AS changed_name, o.changed_at, o.version`

const obstacleFrom = ` FROM obstacle o JOIN project p ON p.id = o.project_id JOIN app_user u ON u.id = o.changed_by`

const obstacleWhere = ` WHERE` + inScope + ` AND ($4 = '' OR p.code = $4) AND ($5 = '' OR o.kind = $5) AND ($6 = '' OR o.level = $6)
	AND ($7 = '' OR $7 = 'open' AND o.resolved_on IS NULL OR $7 = 'resolved' AND o.resolved_on IS NOT NULL
	  OR $7 = 'late' AND o.resolved_on IS NULL AND o.due_on < $8::date)
	AND ($9 = '' OR p.name_fold LIKE '%' || fold($9) || '%' OR fold(o.content) LIKE '%' || fold($9) || '%' OR p.code LIKE $9 || '%')`

func obstacleSorts() map[string]string {
	return map[string]string{"project": "p.code", "kind": "o.kind", "level": "o.level", "opened": "o.opened_on", "due": "o.due_on", "resolved": "o.resolved_on"}
}

func (s store) obstacles(ctx context.Context, scope actor.Scope, f ObstacleFilter, q listing.Query, today day.Date) (listing.Answer[Obstacle], error) {
	answer := listing.Answer[Obstacle]{Items: []Obstacle{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, f.Project, f.Kind, f.Level, f.State, today, q.Like()}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1`+obstacleFrom+obstacleWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	order := q.Order(obstacleSorts(), "(o.resolved_on IS NOT NULL), o.opened_on, o.id")
	if q.After != "" || q.Page == 0 {
		order = "o.id"
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+obstacleColumns+obstacleFrom+obstacleWhere+`
		   AND ($10 = '' OR o.id > (SELECT a.id FROM obstacle a WHERE a.code = $10)) ORDER BY `+order+` LIMIT $11 OFFSET $12`,
		append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

func (s store) obstacle(ctx context.Context, scope actor.Scope, code string, lock bool) (Obstacle, error) {
	query := `SELECT ` + obstacleColumns + obstacleFrom + ` WHERE` + inScope + ` AND o.code = $4`
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM obstacle WHERE code = $1 FOR UPDATE`, code); err != nil {
			return Obstacle{}, err
		}
	}
	var o Obstacle
	err := s.q.GetContext(ctx, &o, query, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return o, ErrObstacleMissing
	}
	return o, err
}

func (s store) addObstacle(ctx context.Context, scope actor.Scope, in ObstacleInput, by id.User) (string, error) {
	var code string
	err := s.q.GetContext(ctx, &code,
		`INSERT INTO obstacle (project_id, kind, level, content, opened_on, due_on, changed_by)
		 SELECT p.id, $5, $6, $7, $8::date, $9::date, $10 FROM project p WHERE`+inScope+` AND p.code = $4 RETURNING code`,
		scope.Unit, scope.Ward, scope.Member, in.Project, in.Kind, in.Level, strings.TrimSpace(in.Content), in.OpenedOn, in.DueOn, by)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errProject
	}
	return code, err
}

func (s store) answerObstacle(ctx context.Context, obstacle id.Obstacle, a Answer, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE obstacle SET answer = $2, resolved_on = $3, changed_by = $4, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		obstacle, strings.TrimSpace(a.Text), a.ResolvedOn, by)
	return err
}
