// Package capital is the money a work may draw in a year: assigned, adjusted (±), carried over from the year before, advanced; each a line
// with its decision and source, added and never overwritten.
package capital

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/project"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read actor.Permission = "capital:read"
	Edit actor.Permission = "capital:edit"
)

// Kinds of a line. The year's plan is assigned + adjusted; what may be drawn is plan + carried over + advanced
// (NĐ 254/2025/NĐ-CP article 6, and the like rule of the decrees before it).
func Kinds() []string { return []string{"assigned", "adjusted", "carried_over", "advanced"} }

// Line is one decision about one source in one year. Amount is in đồng; only an adjustment may be negative.
type Line struct {
	Year       int        `db:"year" json:"year"`
	Source     string     `db:"source" json:"source"`
	SourceName string     `db:"source_name" json:"source_name"`
	Kind       string     `db:"kind" json:"kind"`
	Amount     vnd.Amount `db:"amount" json:"amount_vnd"`
	Number     string     `db:"decision_number" json:"decision_number"`
	DecidedOn  day.Date   `db:"decided_on" json:"decided_on"`
	Authority  string     `db:"authority" json:"authority"`
	RecordedBy string     `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt time.Time  `db:"recorded_at" json:"recorded_at"`
}

// Source is a source of funding.
type Source struct {
	Code string `db:"code"`
	Name string `db:"name"`
	Rank int    `db:"rank"`
}

// YearTotal is the capital of one work in one year, in đồng.
type YearTotal struct{ Plan, CarriedOver, Advanced, Drawable vnd.Amount }

// Total adds up the lines of a year.
func Total(lines []Line, year int) YearTotal {
	var t YearTotal
	for _, l := range lines {
		if l.Year != year {
			continue
		}
		switch l.Kind {
		case "carried_over":
			t.CarriedOver += l.Amount
		case "advanced":
			t.Advanced += l.Amount
		default:
			t.Plan += l.Amount
		}
	}
	t.Drawable = t.Plan + t.CarriedOver + t.Advanced
	return t
}

// Refusals of this room.
var (
	ErrTwice         = fault.InvalidField("decision_number", "capital.twice")
	ErrSourceUnknown = fault.InvalidField("source", "choose")
)

// check lists what is wrong with a line, given the lines that stand and what is drawn already.
func (l Line) check(standing []Line, drawn vnd.Amount, today day.Date) error {
	var w fault.Wrong
	w.Check(slices.Contains(Kinds(), l.Kind), "capital_kind", "choose")
	w.Check(l.Source != "", "source", "choose")
	w.Check(l.Year >= 2000 && l.Year <= 2100, "year", "year_range")
	w.Check(l.Amount <= vnd.Max, "amount", "money_range", l.Amount)
	w.Check(l.Amount != 0, "amount", "amount_not_zero")
	w.Check(l.Amount > 0 || l.Kind == "adjusted", "amount", "amount_positive")
	w.Check(strings.TrimSpace(l.Number) != "", "decision_number", "required")
	w.Check(strings.TrimSpace(l.Authority) != "", "capital_authority", "required")
	w.Check(!l.DecidedOn.IsZero(), "capital_decided_on", "required")
	w.Check(!l.DecidedOn.After(today), "capital_decided_on", "day_future")
	if l.Amount < 0 {
		after := Total(standing, l.Year).Drawable + l.Amount
		w.Check(sumOfSource(standing, l)+l.Amount >= 0, "amount", "capital.below_zero", sumOfSource(standing, l))
		w.Check(after >= drawn, "amount", "capital.below_drawn", after, drawn)
	}
	return w.Err()
}

func sumOfSource(lines []Line, like Line) vnd.Amount {
	var sum vnd.Amount
	for _, l := range lines {
		if l.Year == like.Year && l.Source == like.Source && (l.Kind == "assigned" || l.Kind == "adjusted") {
			sum += l.Amount
		}
	}
	return sum
}

// Capital is the room.
type Capital struct {
	DB       tx.DB
	Log      audit.Log
	Projects project.Projects
}

// Lines reads every line of a work in the person's scope, oldest first.
func (c Capital) Lines(ctx context.Context, who actor.Actor, code string) ([]Line, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	p, err := c.Projects.GetWithin(ctx, who, scope, code)
	if err != nil {
		return nil, err
	}
	return store{c.DB.Read(ctx)}.lines(ctx, p.ID)
}

// Sources lists the sources of funding in their order.
func (c Capital) Sources(ctx context.Context) ([]Source, error) {
	return store{c.DB.Read(ctx)}.sources(ctx)
}

// Add adds a line. Refuses wrong fields, a source that would fall below zero, a year that would fall below what is drawn already (both
// figures shown), and the same decision told twice.
func (c Capital) Add(ctx context.Context, who actor.Actor, code string, l Line, today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	return c.DB.Run(ctx, func(ctx context.Context) error {
		s := store{c.DB.Write(ctx)}
		p, err := c.Projects.GetWithin(ctx, who, scope, code)
		if err != nil {
			return err
		}
		if err := s.lock(ctx, p.ID); err != nil {
			return err
		}
		if _, err := s.lockFund(ctx, p.ID, l.Year, l.Source); err != nil {
			return refuse(err)
		}
		standing, err := s.lines(ctx, p.ID)
		if err != nil {
			return err
		}
		drawn, err := s.drawn(ctx, p.ID, l.Year)
		if err != nil {
			return err
		}
		if err := l.check(standing, drawn, today); err != nil {
			return err
		}
		if err := s.add(ctx, p.ID, l, who.ID); err != nil {
			return refuse(err)
		}
		return c.Log.Write(ctx, audit.Event{Actor: who, Act: "capital.add", ObjectKind: "project", ObjectCode: code, After: l})
	})
}

func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "capital_line_once":
		return ErrTwice
	case "capital_line_source_fkey", "capital_fund_source":
		return ErrSourceUnknown
	case "capital_fund_year":
		return fault.InvalidField("year", "year_range")
	default:
		return err
	}
}
