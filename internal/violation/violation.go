// Package violation is the small register of works that broke construction procedure (vi phạm trật tự xây dựng) and of encroachments on
// roads, pavements and public land (lấn chiếm): where, since when, what was decided, by when it had to be put right, what came of it.
// No name of a person stands here: places and acts only. One that was handled is fixed: it is changed again only with a reason, which its
// page shows. What a row says of days, place and area is also kept version by version, so that an issued report can be built again.
package violation

import (
	"slices"
	"time"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read actor.Permission = "violation:read"
	Edit actor.Permission = "violation:edit"
)

// The two kinds of violations.
const (
	Procedure    = "construction_procedure"
	Encroachment = "encroachment"
)

// The states a list can be filtered by. Open ones include the late ones.
const (
	Open    = "open"
	Late    = "late"
	Handled = "handled"
)

// Violations is the room.
type Violations struct {
	DB  tx.DB
	Log audit.Log
}

// Kinds are the two kinds of violations.
func Kinds() []string { return []string{Procedure, Encroachment} }

// Whats are what was done, those against construction procedure first; what was done says the kind.
func Whats() []string { return append(procedures(), encroachments()...) }

func procedures() []string {
	return []string{"no_permit", "against_permit", "against_plan", "wrong_land", "no_notice"}
}

func encroachments() []string { return []string{"roadway", "pavement", "public_land"} }

// KindOf is the kind of what was done; empty for what is none.
func KindOf(what string) string {
	switch {
	case slices.Contains(procedures(), what):
		return Procedure
	case slices.Contains(encroachments(), what):
		return Encroachment
	default:
		return ""
	}
}

// Measures are what a decision may order, the mildest first.
func Measures() []string {
	return []string{"remind", "suspend", "fine", "legalise", "restore", "demolish"}
}

// States are what a list can be filtered by.
func States() []string { return []string{Open, Late, Handled} }

// Decision is what an office decided: a number and a day, together or not at all. Measure may be empty; Fine is in đồng, 0 for none.
type Decision struct {
	Number    string     `db:"decision_number" json:"decision_number,omitempty"`
	DecidedOn day.Date   `db:"decided_on" json:"decided_on,omitempty"`
	Measure   string     `db:"measure" json:"measure,omitempty"`
	Fine      vnd.Amount `db:"fine" json:"fine_vnd,omitempty"`
}

// Handling is how a violation ended: when, how, and the area that was cleared (0 when none was measured).
type Handling struct {
	HandledOn day.Date  `db:"handled_on" json:"handled_on,omitempty"`
	Outcome   string    `db:"outcome" json:"outcome,omitempty"`
	Area      area.Area `db:"area" json:"area_m2,omitempty"`
}

// Violation is one row of the register.
type Violation struct {
	ID          id.Violation `db:"id" json:"-"`
	Code        string       `db:"code" json:"code"` // VP-2023-01, by the year in which it was found when it was entered
	Kind        string       `db:"kind" json:"kind"`
	What        string       `db:"what" json:"what"`
	Place       string       `db:"place" json:"place"`
	Description string       `db:"description" json:"description"`
	WardCode    string       `db:"ward_code" json:"ward"`
	WardName    string       `db:"ward_name" json:"ward_name"`
	Project     string       `db:"project" json:"project"` // code; empty when it is at no work
	ProjectName string       `db:"project_name" json:"project_name"`
	UnitName    string       `db:"unit_name" json:"unit_name"` // who entered it
	FoundOn     day.Date     `db:"found_on" json:"found_on"`
	DueOn       day.Date     `db:"due_on" json:"due_on"` // by when it is to be put right
	Decision
	Handling
	Reason    string    `db:"reason" json:"reason"` // of the last change after it was handled
	ChangedBy string    `db:"changed_name" json:"changed_by"`
	ChangedAt time.Time `db:"changed_at" json:"changed_at"`
	Version   int       `db:"version" json:"version"`
}

// Input is what a person enters. Project, Description, DueOn and the decision may be empty.
type Input struct {
	What        string   `json:"what"`
	Place       string   `json:"place"`
	Description string   `json:"description,omitempty"`
	Ward        string   `json:"ward"` // code of a ward that stood on FoundOn
	Project     string   `json:"project,omitempty"`
	FoundOn     day.Date `json:"found_on"`
	DueOn       day.Date `json:"due_on,omitempty"`
	Decision
}

// Change is an input again. Handling and Reason are of a handled violation only, and then both are needed.
type Change struct {
	Input
	Handling
	Reason string `json:"reason,omitempty"`
}

// Filter chooses violations; empty fields do not limit. Year is the year in which they were found.
type Filter struct {
	Kind, Ward, State string
	Year              int
}

// Sums is what the violations of a filter come to. Open counts the late ones too; Area in 0.01 m² cleared, Fines in đồng decided.
type Sums struct {
	Found     int        `db:"found" json:"found"`
	Procedure int        `db:"procedure" json:"construction_procedure"` // of those found
	Handled   int        `db:"handled" json:"handled"`
	Open      int        `db:"open" json:"open"`
	Late      int        `db:"late" json:"late"`
	Area      area.Area  `db:"area" json:"area_m2"`
	Fines     vnd.Amount `db:"fines" json:"fines_vnd"`
}
