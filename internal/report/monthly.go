// Package report is what leadership reads: the monthly report, built from the working data in one snapshot, frozen when it is issued.
// An issued report is the document as it was, with its hash and the moment up to which the data was known; it rebuilds to the same figures.
package report

import (
	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read  actor.Permission = "report:read"
	Issue actor.Permission = "report:issue"
)

// Status of a month's report.
const (
	Draft  = "draft"
	Issued = "issued"
)

// Monthly is the report of a month, by the names other systems hold on to. Amounts in đồng, areas in m², shares in basis points.
type Monthly struct {
	Month        day.Month    `json:"month"`
	Status       string       `json:"status"`
	Number       string       `json:"number"`
	AsOf         day.Date     `json:"as_of"`
	SHA256       string       `json:"sha256"`
	Sample       bool         `json:"sample"`
	Capital      Capital      `json:"capital"`
	Land         Land         `json:"land"`
	Compensation Compensation `json:"compensation"`
	LatePayments Late         `json:"late_payments"`
	Projects     []Project    `json:"projects"`
	Obstacles    []Obstacle   `json:"obstacles"`
	NotReported  []NotYet     `json:"not_reported"`
	Changes      []Change     `json:"changes_to_earlier_months"`
	Adjustments  []Adjustment `json:"prior_period_adjustments"`
	Sources      []Source     `json:"by_source"`
	Advances     Advances     `json:"advances"`
	Indicators   []Indicator  `json:"indicators"`
	Violations   Violations   `json:"violations"`
	Book         *Book        `json:"book"` // nil in reports issued before months were closed
	Worse        []Attention  `json:"got_worse"`
	Decide       []Attention  `json:"needs_decision"`
}

// Capital is the works' money of the year, to the end of the month.
type Capital struct {
	Works             int        `json:"works"`
	Plan              vnd.Amount `json:"plan_vnd"`
	Executed          vnd.Amount `json:"executed_vnd"`
	ExecutedBP        int64      `json:"executed_bp"`
	Disbursed         vnd.Amount `json:"disbursed_vnd"`
	DisbursedTreasury vnd.Amount `json:"disbursed_treasury_vnd"`
	EstimateMonthEnd  vnd.Amount `json:"estimate_month_end_vnd"`
}

// Land is the recovery of land to date. Cases are not holders: a holder may lose land to two works.
type Land struct {
	Projects   int       `json:"projects"`
	Holders    int       `json:"holders"`
	Cases      int       `json:"cases"`
	Area       area.Area `json:"area_m2"`
	HandedOver area.Area `json:"handed_over_m2"`
}

// Compensation is what was approved and what became of it.
type Compensation struct {
	ProjectsApproved int           `json:"projects_approved"`
	Approved         vnd.Amount    `json:"approved_vnd"`
	InPayment        InPayment     `json:"in_payment"`
	Bridge           ledger.Bridge `json:"bridge"`
}

// InPayment is about the works whose payment has begun.
type InPayment struct {
	Projects  int        `json:"projects"`
	Approved  vnd.Amount `json:"approved_vnd"`
	Paid      vnd.Amount `json:"paid_vnd"`
	Deposited vnd.Amount `json:"deposited_vnd"`
}

// Late is money still owed after its legal day.
type Late struct {
	Cases     int         `json:"cases"`
	Amount    vnd.Amount  `json:"amount_vnd"`
	Surcharge vnd.Amount  `json:"surcharge_to_date_vnd"`
	ByCause   []LateCause `json:"by_cause"`
}

// LateCause is the late money of one cause.
type LateCause struct {
	Cause  string     `json:"cause"` // as room late tells them apart; reports issued before it told: not_ordered, ordered, returned, absent
	Cases  int        `json:"cases"`
	Amount vnd.Amount `json:"amount_vnd"`
}

// Project is one work's row.
type Project struct {
	Code              string     `db:"code" json:"code"`
	Name              string     `db:"name" json:"name"`
	Group             string     `db:"group_code" json:"group"`
	Wards             string     `db:"wards" json:"wards"`
	State             string     `db:"state" json:"state"`
	Plan              vnd.Amount `db:"plan" json:"plan_vnd"`
	Executed          vnd.Amount `db:"executed" json:"executed_vnd"`
	ExecutedBP        int64      `db:"-" json:"executed_bp"`
	ExecutedBefore    vnd.Amount `db:"executed_before" json:"executed_before_vnd"` // to the end of the month before
	EstimateMonthEnd  vnd.Amount `db:"estimate" json:"estimate_month_end_vnd"`
	Disbursed         vnd.Amount `db:"disbursed" json:"disbursed_vnd"`
	DisbursedTreasury vnd.Amount `db:"disbursed_treasury" json:"disbursed_treasury_vnd"`
	PhysicalBP        int64      `db:"physical_bp" json:"physical_bp"`
	Scheduled         bool       `db:"-" json:"scheduled"`            // has a baseline: the next five say something
	ComputedBP        int64      `db:"-" json:"computed_physical_bp"` // by the weights of the milestones
	PlannedBP         int64      `db:"-" json:"planned_physical_bp"`  // by the baseline
	LateDays          int        `db:"-" json:"late_days"`            // behind the baseline; negative: ahead
	BaselineEnd       day.Date   `db:"-" json:"baseline_end"`
	ForecastEnd       day.Date   `db:"-" json:"forecast_end"` // at the measured pace; empty when none can be measured
	Cases             int        `db:"cases" json:"cases"`
	Area              area.Area  `db:"area" json:"area_m2"`
	HandedOver        area.Area  `db:"handed_over" json:"handed_over_m2"`
	Approved          vnd.Amount `db:"-" json:"approved_vnd"`
	Deducted          vnd.Amount `db:"-" json:"deducted_vnd"`
	Paid              vnd.Amount `db:"-" json:"paid_vnd"`
	Deposited         vnd.Amount `db:"-" json:"deposited_vnd"`
	Reported          string     `db:"reported" json:"reported"` // state of the month's entry; empty when there is none
	ID                int64      `db:"id" json:"-"`
}

// Obstacle is what still stood in the way at the end of the month.
type Obstacle struct {
	Project  string   `db:"project" json:"project"`
	Kind     string   `db:"kind" json:"kind"`
	Level    string   `db:"level" json:"level"`
	Content  string   `db:"content" json:"content"`
	OpenedOn day.Date `db:"opened_on" json:"opened_on"`
	DueOn    day.Date `db:"due_on" json:"due_on"`
	Days     int      `db:"-" json:"days_open"`
}

// NotYet is a work without an accepted entry of the month.
type NotYet struct {
	Project string `db:"project" json:"project"`
	Name    string `db:"name" json:"name"`
	State   string `db:"state" json:"state"` // none | draft | submitted | returned
}

// Change is a figure of an issued month that would be another today, because something came after the issue.
type Change struct {
	Month  day.Month  `json:"month"`
	Figure string     `json:"figure"`
	Issued vnd.Amount `json:"issued_vnd"`
	Now    vnd.Amount `json:"now_vnd"`
}
