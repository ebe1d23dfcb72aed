// Package capital is the money a work may draw: the medium-term plan of five years, and in each year what is assigned, adjusted (±), carried
// over from the year before and advanced; each a line with its decision and source, added and never overwritten. Beside the lines stand
// their kept sums (funds), which a draw locks; see README.md.
package capital

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
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

// planned tells whether the line is part of the year's plan: these are what the total investment and the medium-term plan limit.
func (l Line) planned() bool { return l.Kind == "assigned" || l.Kind == "adjusted" }

// Of is a line of one work, as a file or a decision over many works brings it.
type Of[T any] struct {
	Code string // of the work
	Line T
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

// Capital is the room.
type Capital struct {
	DB       tx.DB
	Log      audit.Log
	Projects project.Projects
}
