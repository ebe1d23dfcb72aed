// Package late is money that the law says is due and that has not been paid: due days, the surcharge for each day, its causes, and the plan by which
// the surcharge is approved and paid as an obligation of its own (Land Law 31/2024/QH15, article 94 clause 3; for decisions up to 31/7/2024 Land Law
// 45/2013/QH13, article 93). What is owed is reckoned anew from the book at every question; only causes, plans and payments are kept.
package late

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/legal"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read actor.Permission = "late:read"
	Plan actor.Permission = "late:plan"
	Sign actor.Permission = "late:approve"
	Pay  actor.Permission = "late:pay"
)

// Cause is why money is late. The first two are the office's, the next three the person's.
type Cause string

// The causes.
const (
	Office       Cause = "office"
	NoFunds      Cause = "no_funds"
	Absent       Cause = "absent"
	Refused      Cause = "refused"
	Dispute      Cause = "dispute"
	Undetermined Cause = "undetermined"
)

// Causes lists every cause in the order of a form.
func Causes() []Cause { return []Cause{Office, NoFunds, Absent, Refused, Dispute, Undetermined} }

// OfThePerson tells whether the delay is not the office's.
func (c Cause) OfThePerson() bool { return c == Absent || c == Refused || c == Dispute }

// Bands of lateness, in days: the upper ends of all but the last.
func Bands() []int { return []int{30, 90, 180} }

// Overdue is what one award owes on a day. Owed is what has neither reached the person nor been deposited; Surcharge counts what was paid late too.
type Overdue struct {
	AwardID   id.Award   `json:"-"`
	CaseID    id.Case    `json:"-"`
	CaseCode  string     `json:"case"`
	Holder    string     `json:"holder"`
	PlanCode  string     `json:"plan"`
	Project   string     `json:"project"`
	RuleSet   string     `json:"rule_set"`
	Start     day.Date   `json:"clock_from"` // the paper the clock starts from took effect
	Due       day.Date   `json:"due"`
	Net       vnd.Amount `json:"net_vnd"`
	Owed      vnd.Amount `json:"owed_vnd"`
	Days      int        `json:"days_late"` // of what is still owed; 0 when nothing is
	Cause     Cause      `json:"cause"`
	Surcharge vnd.Amount `json:"surcharge_vnd"`
	Planned   vnd.Amount `json:"planned_vnd"` // of the surcharge, in plans not cancelled
	Parts     []Interval `json:"intervals"`
	NoBasis   bool       `json:"no_basis"` // a late day has no rate: no amount is given
}

// Left is the surcharge no plan has taken up, never below zero.
func (d Overdue) Left() vnd.Amount { return max(d.Surcharge-d.Planned, 0) }

// Interval is a run of days on which the same amount was owed.
type Interval struct {
	From   day.Date     `json:"from"`
	To     day.Date     `json:"to"`
	Owed   vnd.Amount   `json:"owed_vnd"`
	Charge legal.Charge `json:"charge"`
}

// Band is the late money of a cause between two numbers of days; Over 0 is the first.
type Band struct {
	Cause     Cause      `json:"cause"`
	Over      int        `json:"days_over"`
	Cases     int        `json:"cases"`
	Owed      vnd.Amount `json:"owed_vnd"`
	Surcharge vnd.Amount `json:"surcharge_vnd"`
}

// Show is which late awards are asked for.
type Show string

// What can be shown: what is still owed, what has a surcharge that no plan has taken up, or whatever was ever late.
const (
	ShowOwed      Show = "owed"
	ShowUnplanned Show = "unplanned"
	ShowAll       Show = "all"
)

// Filter chooses awards; empty fields do not limit.
type Filter struct {
	Project string
	Cause   Cause
	Over    int // more days late than this
	Show    Show
	AsOf    day.Date
}

// CauseRow is a cause as it was stated.
type CauseRow struct {
	Cause      Cause     `db:"cause" json:"cause"`
	Paper      string    `db:"paper" json:"paper"`
	Note       string    `db:"note" json:"note"`
	MadeBy     string    `db:"made_by_name" json:"made_by"`
	RecordedAt time.Time `db:"recorded_at" json:"recorded_at"`
}

// Payers are who bears the surcharge: the budget of the approving level, or the investor who undertook to advance the money and was late
// (decree 88/2024/NĐ-CP, article 28, as replaced by decree 49/2026/NĐ-CP).
func Payers() []string { return []string{"budget", "investor"} }

// State is where a plan stands.
type State string

// The states of a plan.
const (
	Draft     State = "draft"
	Approved  State = "approved"
	Cancelled State = "cancelled"
)

// SurchargePlan (phương án chi trả bồi thường chậm) is what is asked for and approved; Total and Paid in đồng.
type SurchargePlan struct {
	ID           int64      `db:"id" json:"-"`
	Code         string     `db:"code" json:"code"`
	ProjectID    id.Project `db:"project_id" json:"-"`
	Project      string     `db:"project" json:"project"`
	ProjectName  string     `db:"project_name" json:"project_name"`
	Through      day.Date   `db:"through" json:"through"`
	Payer        string     `db:"payer" json:"payer"`
	Note         string     `db:"note" json:"note"`
	State        State      `db:"state" json:"state"`
	Total        vnd.Amount `db:"total" json:"total_vnd"`
	Paid         vnd.Amount `db:"paid" json:"paid_vnd"`
	LineCount    int        `db:"line_count" json:"lines_count"`
	DecisionNo   string     `db:"decision_no" json:"decision_no"`
	DecidedOn    day.Date   `db:"decided_on" json:"decided_on"`
	MadeByID     id.User    `db:"made_by" json:"-"`
	MadeBy       string     `db:"made_by_name" json:"made_by"`
	ApprovedByID id.User    `db:"approved_by" json:"-"` // 0 until approved
	ApprovedBy   string     `db:"approved_by_name" json:"approved_by"`
	CancelReason string     `db:"cancel_reason" json:"cancel_reason"`
	ChangedBy    string     `db:"changed_by_name" json:"changed_by"`
	ChangedAt    time.Time  `db:"changed_at" json:"changed_at"`
	Version      int        `db:"version" json:"version"`
}

// PlanLine is one award in a plan. PaidOn is empty until its payment is recorded.
type PlanLine struct {
	ID       int64      `db:"id" json:"id"`
	AwardID  id.Award   `db:"award_id" json:"-"`
	CaseID   id.Case    `db:"case_id" json:"-"`
	CaseCode string     `db:"case_code" json:"case"`
	Holder   string     `db:"holder" json:"holder"`
	PlanCode string     `db:"plan_code" json:"plan"`
	Amount   vnd.Amount `db:"amount" json:"amount_vnd"`
	Before   vnd.Amount `db:"before" json:"before_vnd"` // taken up by earlier plans
	Due      day.Date   `db:"due_on" json:"due"`
	Cause    Cause      `db:"cause" json:"cause"`
	Formula  string     `db:"formula" json:"formula"`
	PaidOn   day.Date   `db:"paid_on" json:"paid_on"`
	Evidence string     `db:"evidence_ref" json:"evidence_ref"`
	PaidID   int64      `db:"paid_id" json:"payment_id"`
}

// Late is the room.
type Late struct {
	DB     tx.DB
	Log    audit.Log
	Ledger ledger.Ledger
	Rules  legal.Rules
}
