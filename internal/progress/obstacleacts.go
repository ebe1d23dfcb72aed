package progress

import (
	"context"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
)

// seeCases is the permission, of the room above, to know whose land it is; it is compared, never granted here.
const seeCases actor.Permission = "case:read"

// AddObstacle enters an obstacle of a work in the person's scope and gives its code. Refuses, besides wrong fields: a further work outside the
// scope (works), a case that is not an open one of these works (cases), more households than have not handed over (both figures).
func (p Progress) AddObstacle(ctx context.Context, who actor.Actor, in ObstacleInput, today day.Date) (string, error) {
	scope, err := who.Require(EditObstacles)
	if err != nil {
		return "", err
	}
	in = in.tidy()
	if err := in.check(today); err != nil {
		return "", err
	}
	code := ""
	err = p.DB.Run(ctx, func(ctx context.Context) error {
		code, err = p.addObstacle(ctx, who, scope, in, 0)
		if err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "obstacle.add", ObjectKind: "obstacle", ObjectCode: code, After: in})
	})
	return code, err
}

// addObstacle writes an obstacle with its works and cases. reopens is the one it takes up again, or 0.
func (p Progress) addObstacle(ctx context.Context, who actor.Actor, scope actor.Scope, in ObstacleInput, reopens id.Obstacle) (string, error) {
	s := store{p.DB.Write(ctx)}
	works, err := s.heldWorks(ctx, scope, in)
	if err != nil {
		return "", err
	}
	cases, linked, err := s.openCases(ctx, works, in.Cases)
	if err != nil {
		return "", err
	}
	open, err := s.openHolders(ctx, works)
	if err != nil {
		return "", err
	}
	if in.Households, err = in.capHouseholds(linked, open); err != nil {
		return "", err
	}
	made, code, err := s.addObstacle(ctx, works[0], in, reopens, who.ID)
	if err != nil {
		return "", refuse(err)
	}
	if err := s.linkWorks(ctx, made, works[1:]); err != nil {
		return "", err
	}
	return code, s.linkCases(ctx, made, cases)
}

// AnswerObstacle adds what somebody answered. Refuses: obstacle.missing, changed_meanwhile, obstacle.resolved_fixed, wrong fields.
func (p Progress) AnswerObstacle(ctx context.Context, who actor.Actor, code string, version int, a AnswerInput, today day.Date) error {
	a.By, a.DocumentNo, a.Text = strings.TrimSpace(a.By), strings.TrimSpace(a.DocumentNo), strings.TrimSpace(a.Text)
	return p.changeObstacle(ctx, who, code, version, func(ctx context.Context, s store, o Obstacle) (audit.Event, error) {
		if !o.Open() {
			return audit.Event{}, ErrResolved
		}
		if err := a.check(o, today); err != nil {
			return audit.Event{}, err
		}
		kept := numberedAnswer{o.Answers + 1, a}
		return audit.Event{Act: "obstacle.answer", After: kept}, s.answerObstacle(ctx, o.ID, kept, who.ID)
	})
}

// numberedAnswer is an answer with its place among those of its obstacle, as the log and the table keep it.
type numberedAnswer struct {
	Number int `json:"number"`
	AnswerInput
}

// ResolveObstacle tells how and when an obstacle ended, for good. Refuses: obstacle.missing, changed_meanwhile, obstacle.resolved_fixed, an empty
// outcome, a day before it was opened or in the future.
func (p Progress) ResolveObstacle(ctx context.Context, who actor.Actor, code string, version int, out Outcome, today day.Date) error {
	out.Text = strings.TrimSpace(out.Text)
	return p.changeObstacle(ctx, who, code, version, func(ctx context.Context, s store, o Obstacle) (audit.Event, error) {
		if !o.Open() {
			return audit.Event{}, ErrResolved
		}
		if err := out.check(o, today); err != nil {
			return audit.Event{}, err
		}
		return audit.Event{Act: "obstacle.resolve", Before: o, After: out}, s.resolveObstacle(ctx, o.ID, out, who.ID)
	})
}

// ReopenObstacle takes a resolved obstacle up again as a new one that names it, with its works and with those of its cases that are still open.
// It is a new one, not a state, because issued reports were told the day on which the old one ended: that day is never taken back.
// Refuses: obstacle.missing, changed_meanwhile, obstacle.not_resolved, obstacle.reopened_twice, wrong fields.
func (p Progress) ReopenObstacle(ctx context.Context, who actor.Actor, code string, version int, r Reopening, today day.Date) (string, error) {
	r.Content = strings.TrimSpace(r.Content)
	made := ""
	err := p.changeObstacle(ctx, who, code, version, func(ctx context.Context, s store, o Obstacle) (audit.Event, error) {
		if o.Open() {
			return audit.Event{}, ErrNotResolved
		}
		if o.ReopenedBy != "" {
			return audit.Event{}, errReopenedBy(o.ReopenedBy)
		}
		if err := r.check(o, today); err != nil {
			return audit.Event{}, err
		}
		in, err := s.again(ctx, o, r)
		if err != nil {
			return audit.Event{}, err
		}
		made, err = p.addObstacle(ctx, who, actor.Scope{}, in, o.ID)
		return audit.Event{Act: "obstacle.reopen", ObjectCode: made, Before: map[string]string{"reopens": code}, After: in}, err
	})
	return made, err
}

// again is the input of an obstacle that takes another one up: as many households as still are open.
func (s store) again(ctx context.Context, o Obstacle, r Reopening) (ObstacleInput, error) {
	in := ObstacleInput{Project: o.Project, Works: o.Works, Kind: o.Kind, Level: o.Level, Body: o.Body, Content: r.Content, OpenedOn: r.OpenedOn, DueOn: r.DueOn,
		Area: o.Area, Length: o.Length}
	o.ResolvedOn = day.Date{}
	in.Households = o.Left()
	cases, err := s.casesOf(ctx, o.ID, false)
	for _, c := range cases {
		if c.HandedOver.IsZero() {
			in.Cases = append(in.Cases, c.Code)
		}
	}
	return in, err
}

// changeObstacle locks an obstacle, checks its version and writes what was done to it into the log, last.
func (p Progress) changeObstacle(ctx context.Context, who actor.Actor, code string, version int, do func(context.Context, store, Obstacle) (audit.Event, error)) error {
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
		event, err := do(ctx, s, o)
		if err != nil {
			return err
		}
		event.Actor, event.ObjectKind = who, "obstacle"
		if event.ObjectCode == "" {
			event.ObjectCode = code
		}
		return p.Log.Write(ctx, event)
	})
}

// Obstacles reads obstacles of the scope: open ones first, the earliest due at the top, so that the late ones lead.
func (p Progress) Obstacles(ctx context.Context, who actor.Actor, f ObstacleFilter, q listing.Query, today day.Date) (listing.Answer[Obstacle], error) {
	scope, err := who.Require(ReadObstacles)
	if err != nil {
		return listing.Answer[Obstacle]{}, err
	}
	s := store{p.DB.Read(ctx)}
	answer, err := s.obstacles(ctx, scope, f, q, today)
	if err != nil {
		return answer, err
	}
	return answer, s.hold(ctx, answer.Items)
}

// Obstacle reads one obstacle. Refuses: obstacle.missing.
func (p Progress) Obstacle(ctx context.Context, who actor.Actor, code string) (Obstacle, error) {
	scope, err := who.Require(ReadObstacles)
	if err != nil {
		return Obstacle{}, err
	}
	return store{p.DB.Read(ctx)}.obstacle(ctx, scope, code, false)
}

// ObstacleAnswers reads what was answered to an obstacle, the newest first.
func (p Progress) ObstacleAnswers(ctx context.Context, who actor.Actor, o Obstacle) ([]Answer, error) {
	if _, err := who.Require(ReadObstacles); err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.answers(ctx, o.ID)
}

// ObstacleCases reads the cases behind an obstacle, the open ones first, with the names of their holders for whoever may open cases.
func (p Progress) ObstacleCases(ctx context.Context, who actor.Actor, o Obstacle) ([]HeldCase, error) {
	if _, err := who.Require(ReadObstacles); err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.casesOf(ctx, o.ID, who.Can(seeCases))
}

// CasesToHold lists the open cases of a work that an obstacle may name; empty where the work recovers no land or lies outside the scope.
func (p Progress) CasesToHold(ctx context.Context, who actor.Actor, project string) ([]HeldCase, error) {
	scope, err := who.Require(EditObstacles)
	if err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.casesToHold(ctx, scope, project, who.Can(seeCases))
}

// ObstacleAgeing counts the open obstacles of the scope by how long they stand. Rows without any are left out.
func (p Progress) ObstacleAgeing(ctx context.Context, who actor.Actor, project string, today day.Date) (Ageing, error) {
	scope, err := who.Require(ReadObstacles)
	if err != nil {
		return Ageing{}, err
	}
	counts, err := store{p.DB.Read(ctx)}.ageing(ctx, scope, project, today)
	return Ageing{Levels: ageRows(counts, ObstacleLevels(), func(c ageCount) string { return c.Level }),
		Kinds: ageRows(counts, ObstacleKinds(), func(c ageCount) string { return c.Kind })}, err
}

func ageRows(counts []ageCount, names []string, name func(ageCount) string) []AgeRow {
	rows := make([]AgeRow, 0, len(names))
	for _, n := range names {
		row := AgeRow{Name: n}
		for _, c := range counts {
			if name(c) == n {
				row.Count[slices.Index(ObstacleAges(), c.Age)] += c.Count
				row.Total += c.Count
			}
		}
		if row.Total > 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// LateByLevel tells what is open beyond its day in the scope, by who must decide; dueSoon is how many more are due within SoonDays.
func (p Progress) LateByLevel(ctx context.Context, who actor.Actor, today day.Date) (late []LateObstacles, dueSoon int, err error) {
	scope, err := who.Require(ReadObstacles)
	if err != nil {
		return nil, 0, err
	}
	return store{p.DB.Read(ctx)}.lateByLevel(ctx, scope, today)
}
