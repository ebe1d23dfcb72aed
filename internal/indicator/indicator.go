// Package indicator is the figures of the year that leadership reads beside the works (chỉ tiêu năm): budget revenue, forest planted, new
// cooperatives … Departments enter plan and result of their own, another hand accepts them, the monthly report quotes what is accepted.
//
// A city publishes many of them inexactly ("over 223", "nearly 290,000", "108 %"). A mark says so, and no exact figure is ever made of it: a
// ratio is computed from two exact figures only, else it is the one that was given.
package indicator

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/tx"
)

// Permissions of this room.
const (
	Read   actor.Permission = "indicator:read"
	Enter  actor.Permission = "indicator:enter"
	Define actor.Permission = "indicator:define"
	Accept actor.Permission = "indicator:accept"
)

// Mark says how exact a result is.
type Mark string

// The marks: as it stands, more than it, not quite it.
const (
	Exact  Mark = "exact"
	Over   Mark = "over"
	Nearly Mark = "nearly"
)

// Marks lists what a form offers.
func Marks() []string { return []string{string(Exact), string(Over), string(Nearly)} }

// Directions tell whether more is better.
func Directions() []string { return []string{"higher", "lower"} }

// State is where a value stands.
type State string

// The states of a value.
const (
	Entered  State = "entered"
	Accepted State = "accepted"
)

// Indicator is what is measured, in which measure, and which department answers for it.
type Indicator struct {
	Code      string `db:"code" json:"code"`
	Name      string `db:"name" json:"name"`
	NameEN    string `db:"name_en" json:"name_en"`
	Measure   string `db:"measure" json:"measure"`
	Decimals  int    `db:"decimals" json:"decimals"`
	Direction string `db:"direction" json:"direction"` // higher | lower: which is better
	Unit      string `db:"unit" json:"unit"`           // code
	UnitName  string `db:"unit_name" json:"unit_name"`
	Rank      int    `db:"rank" json:"rank"`
	FromYear  int    `db:"from_year" json:"from_year"`
	ToYear    int    `db:"to_year" json:"to_year"` // 0 = still measured
}

// Value is what is known of an indicator in a year. Figures are hundredths of the measure, ratios basis points; nil is not known.
type Value struct {
	Plan     *Figure `db:"plan" json:"plan"`
	Result   *Figure `db:"result" json:"result"`
	Mark     Mark    `db:"mark" json:"mark"`
	RatioBP  *int    `db:"ratio_bp" json:"given_ratio_bp"` // as given; Ratio tells the one that counts
	LastYear *Figure `db:"last_year" json:"last_year"`
	GrowthBP *int    `db:"growth_bp" json:"growth_bp"` // on last year, as given
	Note     string  `db:"note" json:"note"`
	Reason   string  `db:"reason" json:"reason"`
}

// Row is an indicator with its value of a year; State is empty while nothing is entered.
type Row struct {
	Indicator
	Value
	State      State       `db:"state" json:"state"`
	Hands      actor.Hands `db:"hands" json:"-"` // everybody who entered it since it was accepted last
	Entered    string      `db:"entered_name" json:"entered_by"`
	EnteredAt  *time.Time  `db:"entered_at" json:"entered_at,omitempty"`
	Accepted   string      `db:"accepted_name" json:"accepted_by"`
	AcceptedAt *time.Time  `db:"accepted_at" json:"accepted_at,omitempty"`
	Version    int         `db:"version" json:"version"`
	Mine       bool        `db:"mine" json:"-"` // the person may enter it
	ID         int64       `db:"id" json:"-"`
}

// Input is a value as a person enters it; Version is that of the value shown, 0 when there was none.
type Input struct {
	Code    string
	Version int
	Value
}

// Pick names a value by the code of its indicator; Version 0 does not check.
type Pick struct {
	Code    string
	Version int
}

// Indicators is the room.
type Indicators struct {
	DB  tx.DB
	Log audit.Log
}
