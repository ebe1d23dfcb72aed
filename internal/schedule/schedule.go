// Package schedule is the milestones (mốc) of a work, planned and real. Planning staff divide a work into milestones with weights and planned
// days; the head of planning fixes them as a baseline (đường gốc) when the weights make 100 %. From then on the plan may move, the baseline
// does not: the page shows both and the slip between them. Weights count from the baseline that fixed them, so nobody changes what is done
// by changing a weight.
//
// What is done of a milestone is recorded as of a day and never changed; of several rows of one day the last one holds. From weights and
// shares follow the physical progress computed for any day, the one planned for it, how far the two lie apart, and, from the pace measured
// over the last months, the day the work will be finished. Shares are basis points, 0 to 10,000; days are counted whole.
package schedule

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/project"
	"matbang/internal/tx"
)

// Permissions of this room.
const (
	Read     actor.Permission = "schedule:read"
	Edit     actor.Permission = "schedule:edit"
	Baseline actor.Permission = "schedule:baseline"
)

// Whole is 100 % in basis points.
const Whole = 10000

// Schedules is the room.
type Schedules struct {
	DB    tx.DB
	Log   audit.Log
	Rules legal.Rules
}

// Milestone is one part of a work. WeightBP is the weight as entered: it counts from the next baseline on (Plan.Weight tells the one that
// counts now). Start and End are the current plan, both zero while nobody gave days.
type Milestone struct {
	ID         id.Milestone `db:"id" json:"-"`
	Project    id.Project   `db:"project_id" json:"-"`
	Rank       int          `db:"rank" json:"rank"`
	Name       string       `db:"name" json:"name"`
	WeightBP   int          `db:"weight_bp" json:"weight_bp"`
	Start      day.Date     `db:"planned_start" json:"planned_start"`
	End        day.Date     `db:"planned_end" json:"planned_end"`
	StartedOn  day.Date     `db:"started_on" json:"started_on"`
	FinishedOn day.Date     `db:"finished_on" json:"finished_on"` // set when all of it is done, and only then
	DoneBP     int          `db:"done_bp" json:"done_bp"`         // as of the newest day recorded
}

// Done is what of a milestone was done at the end of a day. History: never changed.
type Done struct {
	Milestone  id.Milestone `db:"milestone_id" json:"-"`
	Project    id.Project   `db:"project_id" json:"-"`
	On         day.Date     `db:"on_day" json:"on"`
	DoneBP     int          `db:"done_bp" json:"done_bp"`
	Note       string       `db:"note" json:"note,omitempty"`
	RecordedBy string       `db:"recorded_name" json:"recorded_by"`
	RecordedAt time.Time    `db:"recorded_at" json:"recorded_at"`
}

// Fixed is a baseline: the plan as it stood when it was fixed.
type Fixed struct {
	ID         id.Baseline `db:"id" json:"-"`
	Project    id.Project  `db:"project_id" json:"-"`
	Number     int         `db:"number" json:"number"` // 1 is the first, which no later one overwrites
	On         day.Date    `db:"fixed_on" json:"fixed_on"`
	EditedBy   string      `db:"edited_name" json:"entered_by"`
	FixedBy    string      `db:"fixed_name" json:"fixed_by"`
	At         time.Time   `db:"fixed_at" json:"fixed_at"`
	Reason     string      `db:"reason" json:"reason,omitempty"`
	Milestones []Frozen    `json:"milestones"`
}

// Frozen is a milestone as a baseline holds it.
type Frozen struct {
	Baseline  id.Baseline  `db:"baseline_id" json:"-"`
	Milestone id.Milestone `db:"milestone_id" json:"-"`
	Rank      int          `db:"rank" json:"rank"` // of the milestone now
	Name      string       `db:"name" json:"name"`
	WeightBP  int          `db:"weight_bp" json:"weight_bp"`
	Start     day.Date     `db:"planned_start" json:"planned_start"`
	End       day.Date     `db:"planned_end" json:"planned_end"`
}

// Plan is the schedule of one work with all its history. Version is 0 while there is none.
type Plan struct {
	Project    id.Project    `db:"project_id" json:"-"`
	Code       string        `db:"code" json:"code"`
	Name       string        `db:"name" json:"name"`
	State      project.State `db:"state" json:"state"`
	UnitName   string        `db:"unit_name" json:"unit_name"`
	Hands      actor.Hands   `db:"hands" json:"-"`                          // everybody who entered the plan since the last baseline
	EditedName string        `db:"edited_name" json:"entered_by,omitempty"` // of the plan
	EditedAt   *time.Time    `db:"edited_at" json:"entered_at,omitempty"`
	ChangedBy  string        `db:"changed_name" json:"-"`
	ChangedAt  *time.Time    `db:"changed_at" json:"-"`
	Version    int           `db:"version" json:"version"`
	TypedBP    int           `db:"typed_bp" json:"typed_physical_bp"` // % done as the newest accepted month says
	TypedMonth day.Month     `db:"typed_month" json:"typed_month"`    // zero: no month is accepted
	Milestones []Milestone   `json:"milestones"`                      // by rank
	Baselines  []Fixed       `json:"baselines"`                       // oldest first
	History    []Done        `json:"-"`                               // by day, then as recorded
}

// Row is a milestone as a person enters the plan. Was is the rank it had when the page was shown, 0 for a new one; its new rank is its place
// in the list.
type Row struct {
	Was      int      `json:"was,omitempty"`
	Name     string   `json:"name"`
	WeightBP int      `json:"weight_bp"`
	Start    day.Date `json:"planned_start,omitempty"`
	End      day.Date `json:"planned_end,omitempty"`
}

// Entry is what is recorded of one milestone: DoneBP at the end of the day On. StartedOn may be left out: then it is the first day recorded.
type Entry struct {
	Rank      int      `json:"rank"`
	On        day.Date `json:"on"`
	DoneBP    int      `json:"done_bp"`
	StartedOn day.Date `json:"started_on,omitempty"`
	Note      string   `json:"note,omitempty"`
}

// WorkEntries are the entries of one work. Version is the one the page showed; 0 does not check.
type WorkEntries struct {
	Code    string  `json:"code"`
	Version int     `json:"-"`
	Entries []Entry `json:"entries"`
}
