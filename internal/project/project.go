// Package project is the register of capital works (công trình): what is built, where, by whom, on which decisions.
// Planning staff enter works of their own unit; a ward sees those that lie in it. Nothing approved is overwritten: a decision is
// added, and the newest decision's total investment is the work's total.
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

// Project is one capital work.
type Project struct {
	ID              id.Project `db:"id" json:"-"`
	Code            string     `db:"code" json:"code"` // 7 digits, text: leading zeros count
	Name            string     `db:"name" json:"name"`
	Group           string     `db:"group_code" json:"group"`
	Sector          string     `db:"sector" json:"sector"`
	UnitID          id.Unit    `db:"unit_id" json:"-"`
	UnitCode        string     `db:"unit_code" json:"unit"`
	UnitName        string     `db:"unit_name" json:"unit_name"`
	Investor        string     `db:"investor" json:"investor"`
	StartYear       int        `db:"start_year" json:"start_year"`
	EndYear         int        `db:"end_year" json:"end_year"`
	TotalInvestment vnd.Amount `db:"total_investment" json:"total_investment_vnd"`
	State           State      `db:"state" json:"state"`
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
}

// Decision is a policy decision, an investment decision or an adjustment; versions, never overwritten.
type Decision struct {
	Kind            string     `db:"kind" json:"kind"` // policy | investment | adjustment
	Number          string     `db:"number" json:"number"`
	DecidedOn       day.Date   `db:"decided_on" json:"decided_on"`
	Authority       string     `db:"authority" json:"authority"`
	TotalInvestment vnd.Amount `db:"total_investment" json:"total_investment_vnd"`
	RecordedBy      string     `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt      time.Time  `db:"recorded_at" json:"recorded_at"`
}

// Input is what a person enters about a work.
type Input struct {
	Code            string
	Name            string
	Group           string
	Sector          string
	Unit            string // code; empty means the person's own unit
	Investor        string
	StartYear       int
	EndYear         int
	TotalInvestment vnd.Amount
	State           State
	Clearance       bool
	WardCodes       []string
	Note            string
	Sample          bool
}

// Filter chooses works of a list; empty fields do not limit.
type Filter struct {
	Group, Sector, State, Ward string
	Clearance                  bool
	Year                       int // whose capital the rows show
	Month                      day.Month
}
