// Package project is the register of capital works (công trình): what is built, where, by whom, on which decisions.
// Planning staff enter works of their own unit; a ward sees those that lie in it. Nothing approved is overwritten: a decision is
// added, and the decision that holds says the work's total; a new name, ward, investor, unit, group or field holds from a day and is a
// version beside the older ones; the phases of its life are opened one after the other, each when what the law asks for is there.
package project

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read actor.Permission = "project:read"
	Edit actor.Permission = "project:edit"
)

// State is where a work stands in its life.
type State string

// The states of a work.
const (
	Preparing State = "preparing"
	Building  State = "building"
	Suspended State = "suspended"
	Completed State = "completed"
)

// Sectors, Groups and States are what a form offers.
func Sectors() []string {
	return []string{"transport", "urban", "industry", "water", "sport", "education", "health", "lighting", "public", "other"}
}

// Groups are the project groups of the Law on Public Investment 58/2024/QH15, articles 9 to 11.
func Groups() []string { return []string{"A", "B", "C"} }

// States lists every state in the order of a work's life.
func States() []State { return []State{Preparing, Building, Suspended, Completed} }

// FieldGroups are the four groups of fields whose thresholds make a work A, B or C (Law 58/2024/QH15 art. 9, clauses 2 to 5).
func FieldGroups() []int { return []int{1, 2, 3, 4} }

// FieldGroupOf is the group of fields a sector lies in unless a person says otherwise: a city builds no ports, refineries or mines, so
// group 1 is never guessed.
func FieldGroupOf(sector string) int {
	switch sector {
	case "sport", "education", "health", "public", "other":
		return 4
	default:
		return 2
	}
}

// Project is one capital work.
type Project struct {
	ID              id.Project `db:"id" json:"-"`
	Code            string     `db:"code" json:"code"` // 7 digits, text: leading zeros count
	Name            string     `db:"name" json:"name"`
	Group           string     `db:"group_code" json:"group"`
	FieldGroup      int        `db:"field_group" json:"field_group"` // 1 to 4: whose thresholds hold
	Sector          string     `db:"sector" json:"sector"`
	UnitID          id.Unit    `db:"unit_id" json:"-"`
	UnitCode        string     `db:"unit_code" json:"unit"`
	UnitName        string     `db:"unit_name" json:"unit_name"`
	Investor        string     `db:"investor" json:"investor"`
	StartYear       int        `db:"start_year" json:"start_year"`
	EndYear         int        `db:"end_year" json:"end_year"`
	FundingFrom     int        `db:"funding_from" json:"funding_from"` // years in which it may get capital; 0 while not said
	FundingTo       int        `db:"funding_to" json:"funding_to"`
	TotalInvestment vnd.Amount `db:"total_investment" json:"total_investment_vnd"`
	State           State      `db:"state" json:"state"`
	Phase           Phase      `db:"phase" json:"phase"`
	Clearance       bool       `db:"clearance" json:"clearance"` // recovers land
	Wards           string     `db:"wards" json:"wards"`         // names, comma separated
	WardCodes       string     `db:"ward_codes" json:"ward_codes"`
	Note            string     `db:"note" json:"note"`
	Sample          bool       `db:"sample" json:"sample"`
	ChangedBy       string     `db:"changed_by_name" json:"changed_by"`
	ChangedAt       time.Time  `db:"changed_at" json:"changed_at"`
	Version         int        `db:"version" json:"version"`
}

// Row is a work in a list, with the capital of one year.
type Row struct {
	Project
	Plan     vnd.Amount `db:"plan" json:"plan_vnd"`         // assigned and adjusted in the year
	Executed vnd.Amount `db:"executed" json:"executed_vnd"` // accepted, cumulative in the year
	Review   int        `db:"-" json:"findings,omitempty"`  // points to look at again, when they were asked for
}

// Input is what a person enters about a work.
type Input struct {
	Code            string
	Name            string
	Group           string
	FieldGroup      int // 0 means the one of the sector, or unchanged
	Sector          string
	Unit            string // code; empty means the person's own unit, or unchanged
	Investor        string
	StartYear       int
	EndYear         int
	FundingFrom     int // 0: not said
	FundingTo       int
	TotalInvestment vnd.Amount
	State           State    // of a new work; later the phases say it
	StateSince      day.Date // of a new work: since when; zero means its start, or its end when it is completed
	Clearance       bool
	WardCodes       []string
	Note            string
	Sample          bool
	ValidFrom       day.Date // from when a changed name, group, field, investor, unit or ward holds
	Reason          string   // of such a change
	Place           *Place   // nil leaves the place as it is, one without vertices takes it away
}

// Filter chooses works of a list; empty fields do not limit.
type Filter struct {
	Group, Sector, State, Ward string
	Clearance                  bool
	Review                     bool     // only works with points to look at again
	Today                      day.Date // findings are of this day; zero: they are not asked for
	Year                       int      // whose capital the rows show
	Month                      day.Month
}
