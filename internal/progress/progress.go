// Package progress is the monthly entry of each work (tiến độ tháng) and its obstacles (vướng mắc). Planning staff of a unit enter the
// figures of their works, cumulative from 1 January: work executed, money disbursed, what the treasury has confirmed. The head of planning
// accepts them or returns them with a reason; only accepted figures reach the monthly report, and nobody accepts figures of their own.
//
// An entry goes draft → submitted → accepted. Returned, it is mended and submitted again. Editing a submitted entry takes it back to draft.
// An accepted entry is changed only by being returned first, and never once the month's report is issued: an error found later enters the
// open month as an adjustment (điều chỉnh kỳ trước), whose entry, being cumulative, contains it.
//
// What jumps or falls beyond the limits of the house needs a reason: a draft may lack it, a submitted entry may not.
package progress

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read          actor.Permission = "progress:read"
	Enter         actor.Permission = "progress:enter"
	Accept        actor.Permission = "progress:accept"
	ReadObstacles actor.Permission = "obstacle:read"
	EditObstacles actor.Permission = "obstacle:edit"
)

// State is where an entry stands; empty while nothing is entered.
type State string

// The states of an entry.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Accepted  State = "accepted"
	Returned  State = "returned"
)

// States lists the states in the order of an entry's life.
func States() []State { return []State{Draft, Submitted, Accepted, Returned} }

// Figures are what is entered: amounts in đồng, cumulative from 1 January of the month's year; PhysicalBP is the share of the whole work
// done, 0 to 10,000 basis points.
type Figures struct {
	Executed   vnd.Amount `db:"executed" json:"executed_vnd"`
	Estimate   vnd.Amount `db:"estimate_month_end" json:"estimate_month_end_vnd"` // expected at the end of the month
	Disbursed  vnd.Amount `db:"disbursed" json:"disbursed_vnd"`
	Treasury   vnd.Amount `db:"disbursed_treasury" json:"disbursed_treasury_vnd"` // of which confirmed by the treasury
	PhysicalBP int        `db:"physical_bp" json:"physical_bp"`
}

// AnyVersion lets a file replace a draft whatever its version.
const AnyVersion = -1

// Row is one work's entry as a person enters it. Version is that of the entry shown, 0 when there was none. NoChange takes over the month
// before and does not look at Figures.
type Row struct {
	Code    string `json:"code"` // of the work
	Version int    `json:"-"`
	Figures
	NoChange bool   `json:"no_change"`
	Reason   string `json:"reason,omitempty"` // why the figures jump or fall, see Need
	Note     string `json:"note"`
}

// Pick names an entry of a month by the code of its work. Version 0 does not check. Reason is why this entry is returned, when it has a
// reason of its own.
type Pick struct {
	Code    string `json:"code"`
	Version int    `json:"-"`
	Reason  string `json:"reason,omitempty"`
}

// Picks names entries without their versions.
func Picks(codes ...string) []Pick {
	picks := make([]Pick, 0, len(codes))
	for _, code := range codes {
		picks = append(picks, Pick{Code: code})
	}
	return picks
}

// Entry is one work's entry of one month as it is kept.
type Entry struct {
	ID    id.Entry  `db:"id" json:"-"`
	Month day.Month `db:"month" json:"month"`
	State State     `db:"state" json:"state"`
	Figures
	NoChange     bool        `db:"no_change" json:"no_change"`
	Reason       string      `db:"reason" json:"reason"`
	Note         string      `db:"note" json:"note"`
	Hands        actor.Hands `db:"hands" json:"-"` // everybody who ever entered, changed or submitted it
	EnteredName  string      `db:"entered_name" json:"entered_by"`
	ChangedName  string      `db:"changed_name" json:"changed_by"`
	SubmitName   string      `db:"submitted_name" json:"submitted_by,omitempty"`
	AcceptName   string      `db:"accepted_name" json:"accepted_by,omitempty"`
	ReturnName   string      `db:"returned_name" json:"returned_by,omitempty"`
	ChangedAt    *time.Time  `db:"changed_at" json:"changed_at,omitempty"`
	SubmittedAt  *time.Time  `db:"submitted_at" json:"submitted_at,omitempty"`
	AcceptedAt   *time.Time  `db:"accepted_at" json:"accepted_at,omitempty"`
	ReturnedAt   *time.Time  `db:"returned_at" json:"returned_at,omitempty"`
	ReturnReason string      `db:"return_reason" json:"return_reason,omitempty"`
	HandedIn     day.Date    `db:"first_submitted_on" json:"first_submitted_on"` // the business day of the first submission; zero before it
	Version      int         `db:"version" json:"version"`
}

// DaysLate is how many days after its due day the entry was first handed in; 0 in time, or while it is not handed in.
func (e Entry) DaysLate(due day.Date) int {
	if e.HandedIn.IsZero() || due.IsZero() {
		return 0
	}
	return max(0, e.HandedIn.Sub(due))
}

// lastTouch is who brought the entry into its state, and when.
func (e Entry) lastTouch() (string, time.Time) {
	name, at := e.ChangedName, e.ChangedAt
	switch e.State {
	case Submitted:
		name, at = e.SubmitName, e.SubmittedAt
	case Accepted:
		name, at = e.AcceptName, e.AcceptedAt
	case Returned:
		name, at = e.ReturnName, e.ReturnedAt
	case Draft:
	}
	if at == nil {
		return name, time.Time{}
	}
	return name, *at
}

// Work is a row of the month's grid: a work with its plan, the month before and this month's entry (State empty when there is none).
type Work struct {
	Project     id.Project `db:"project_id" json:"-"`
	Code        string     `db:"code" json:"code"`
	Name        string     `db:"name" json:"name"`
	UnitName    string     `db:"unit_name" json:"unit_name"`
	Standing    string     `db:"standing" json:"project_state"` // preparing, building, suspended, completed
	Planned     bool       `db:"planned" json:"planned"`        // the year gives it capital
	Plan        vnd.Amount `db:"plan" json:"plan_vnd"`          // assigned and adjusted in the year
	Drawable    vnd.Amount `db:"drawable" json:"drawable_vnd"`  // plan, carried over and advanced
	Issued      bool       `db:"issued" json:"-"`               // the month's report is issued
	BeforeMonth day.Month  `db:"before_month" json:"before_month"`
	Before      Figures    `db:"before" json:"before"` // newest entry before the month; amounts 0 when it is of another year
	Since       Change     `db:"since" json:"-"`       // adjustments entered after that entry, up to this month
	Floor       Floor      `db:"floor" json:"-"`
	Facts       Facts      `db:"-" json:"-"`
	Needs       []Need     `db:"-" json:"-"` // what needs a reason; of entries that may still be changed
	Late        int        `db:"-" json:"days_late"`
	Entry       `json:"entry"`
}

// Floor is the newest accepted month before: cumulative figures do not fall below it, with the adjustments entered since, without a reason.
// Its amounts are 0 when it is of another year; Month is zero when there is none.
type Floor struct {
	Month      day.Month  `db:"month"`
	Executed   vnd.Amount `db:"executed"`
	Disbursed  vnd.Amount `db:"disbursed"`
	Treasury   vnd.Amount `db:"disbursed_treasury"`
	PhysicalBP int        `db:"physical_bp"`
	Adjusted   Change     `db:"adjusted"`
}

// Change is a sum of adjustments: amounts of the month's year, and the physical share.
type Change struct {
	Executed   vnd.Amount `db:"executed"`
	Disbursed  vnd.Amount `db:"disbursed"`
	Treasury   vnd.Amount `db:"disbursed_treasury"`
	PhysicalBP int        `db:"physical_bp"`
}

// Facts are what other rooms know of a work at the end of a month; they stand beside what is typed.
type Facts struct {
	Vouchers   bool       // the plan year has vouchers of this work
	Cash       vnd.Amount // drawn by them
	Confirmed  vnd.Amount // of which the treasury agreed
	AgreedOn   day.Date   // the day of the newest agreement; zero when there is none
	Schedule   bool       // the work has milestones
	PhysicalBP int        // computed from their weights
}

// Editable tells whether figures may be entered.
func (w Work) Editable() bool { return !w.Issued && w.State != Accepted }

// Counts is how many works of a month stand where.
type Counts struct {
	Works     int `db:"works"`
	Missing   int `db:"missing"` // nothing entered
	Draft     int `db:"draft"`
	Submitted int `db:"submitted"`
	Accepted  int `db:"accepted"`
	Returned  int `db:"returned"`
}

// ToEnter is what the planner still has to do.
func (c Counts) ToEnter() int { return c.Missing + c.Draft + c.Returned }

// GridFilter chooses works of the grid; empty fields do not limit. State "missing" means nothing entered.
type GridFilter struct{ Unit, State string }

// Unit is a unit whose works a person may see.
type Unit struct {
	Code string `db:"code"`
	Name string `db:"name"`
}
