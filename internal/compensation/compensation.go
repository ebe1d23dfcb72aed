// Package compensation is the plan of compensation, support and resettlement (phương án bồi thường, hỗ trợ): what each case of a work is
// awarded, line by line. The clearance unit drafts and submits, another person appraises or returns with a reason, a third approves with
// the number and day of the decision. From then on nothing of it changes, and its money stands in the ledger as approved.
// See README.md for the states and the invariants.
package compensation

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read     actor.Permission = "plan:read"
	Draft    actor.Permission = "plan:draft"
	Appraise actor.Permission = "plan:appraise"
	Approve  actor.Permission = "plan:approve"
)

// State is where a plan stands.
type State string

// The states of a plan. A returned plan becomes a draft again when it is edited; an approved one is frozen.
const (
	Drafted   State = "draft"
	Submitted State = "submitted"
	Appraised State = "appraised"
	Approved  State = "approved"
	Returned  State = "returned"
)

// States lists every state in the order of a plan's life.
func States() []State { return []State{Drafted, Submitted, Appraised, Approved, Returned} }

// Category is what a line pays for; a deduction is an obligation withheld.
type Category string

// The categories of a line.
const (
	Land       Category = "land"
	Structure  Category = "structure"
	Crop       Category = "crop"
	Moving     Category = "moving"
	Investment Category = "investment" // what remains of money put into the land
	Support    Category = "support"
	Deduction  Category = "deduction"
)

// Categories lists every category in the order of a plan's table.
func Categories() []Category {
	return []Category{Land, Structure, Crop, Moving, Investment, Support, Deduction}
}

// Plan is one plan of one work. Amounts are in đồng; Deducted is the part of Total that is withheld.
type Plan struct {
	ID              id.Plan     `db:"id" json:"-"`
	Code            string      `db:"code" json:"code"`
	ProjectID       id.Project  `db:"project_id" json:"-"`
	ProjectCode     string      `db:"project_code" json:"project"`
	ProjectName     string      `db:"project_name" json:"project_name"`
	Name            string      `db:"name" json:"name"`
	RuleSet         string      `db:"rule_set" json:"rule_set"`
	RuleSetName     string      `db:"rule_set_name" json:"rule_set_name"`
	State           State       `db:"state" json:"state"`
	Total           vnd.Amount  `db:"total" json:"total_vnd"`
	Deducted        vnd.Amount  `db:"deducted" json:"deducted_vnd"`
	AwardCount      int         `db:"award_count" json:"award_count"`
	DecisionNo      string      `db:"decision_no" json:"decision_number"`
	DecidedOn       day.Date    `db:"decided_on" json:"decided_on"`
	EffectiveOn     day.Date    `db:"effective_on" json:"effective_on"`
	AppraisalNo     string      `db:"appraisal_no" json:"appraisal_number"`
	DraftedBy       id.User     `db:"drafted_by" json:"-"`
	DraftedByName   string      `db:"drafted_by_name" json:"drafted_by"`
	SubmittedBy     *id.User    `db:"submitted_by" json:"-"`
	SubmittedByName string      `db:"submitted_by_name" json:"submitted_by"`
	SubmittedAt     *time.Time  `db:"submitted_at" json:"submitted_at,omitempty"`
	AppraisedBy     *id.User    `db:"appraised_by" json:"-"`
	AppraisedByName string      `db:"appraised_by_name" json:"appraised_by"`
	AppraisedAt     *time.Time  `db:"appraised_at" json:"appraised_at,omitempty"`
	ApprovedBy      *id.User    `db:"approved_by" json:"-"`
	ApprovedByName  string      `db:"approved_by_name" json:"approved_by"`
	ApprovedAt      *time.Time  `db:"approved_at" json:"approved_at,omitempty"`
	ReturnedByName  string      `db:"returned_by_name" json:"returned_by"`
	ReturnedAt      *time.Time  `db:"returned_at" json:"returned_at,omitempty"`
	ReturnReason    string      `db:"return_reason" json:"return_reason"`
	ChangedBy       string      `db:"changed_by_name" json:"changed_by"`
	ChangedAt       time.Time   `db:"changed_at" json:"changed_at"`
	JournalID       *id.Journal `db:"journal_id" json:"-"`
	Version         int         `db:"version" json:"version"`
}

// Net is what remains to be paid out of a plan, in đồng.
func (p Plan) Net() vnd.Amount { return p.Total - p.Deducted }

// Editable tells whether awards may still be written.
func (p Plan) Editable() bool { return p.State == Drafted || p.State == Returned }

// Award is what a plan gives to one case. A case may have awards in several plans (a supplementary plan).
type Award struct {
	ID         id.Award   `db:"id" json:"-"`
	PlanCode   string     `db:"plan_code" json:"plan"`
	PlanState  State      `db:"plan_state" json:"plan_state"`
	CaseID     id.Case    `db:"case_id" json:"-"`
	CaseCode   string     `db:"case_code" json:"case"`
	HolderName string     `db:"holder_name" json:"holder"`
	WardName   string     `db:"ward_name" json:"ward"`
	Recovered  area.Area  `db:"recovered_area" json:"recovered_area_m2"`
	Total      vnd.Amount `db:"total" json:"total_vnd"`
	Deducted   vnd.Amount `db:"deducted" json:"deducted_vnd"`
	LineCount  int        `db:"line_count" json:"line_count"`
	Lines      []Line     `db:"-" json:"lines,omitempty"`
}

// Net is what remains to be paid out of an award, in đồng.
func (a Award) Net() vnd.Amount { return a.Total - a.Deducted }

// Line is quantity × price × factor, rounded once to the đồng. Quantity is in hundredths of the unit (m², tree, month, household),
// the factor in basis points (10,000 = 100 %), price and amount in đồng. A deduction has a positive amount too.
type Line struct {
	No          int        `db:"line_no" json:"line"`
	Category    Category   `db:"category" json:"category"`
	Description string     `db:"description" json:"description"`
	Unit        string     `db:"unit" json:"unit"`
	Quantity    area.Area  `db:"quantity" json:"quantity"`
	Price       vnd.Amount `db:"price" json:"price_vnd"`
	FactorBP    int        `db:"factor_bp" json:"factor_bp"`
	Amount      vnd.Amount `db:"amount" json:"amount_vnd"`
	Basis       string     `db:"basis" json:"basis"` // the decision, price list or article it rests on
}

// NewPlan is what a person enters to begin a plan; awards may come with it.
type NewPlan struct {
	Project string // code
	Name    string
	RuleSet string
	Awards  []AwardInput
}

// AwardInput is the lines of one case; Amount of each is computed here and not taken from the input. A line's No, when given, is its
// row in the form and names its faults; a FactorBP of 0 is 0 %.
type AwardInput struct {
	CaseCode string
	Lines    []Line
}

// Decision approves a plan. EffectiveOn is never before DecidedOn.
type Decision struct {
	Number      string   `json:"number"`
	DecidedOn   day.Date `json:"decided_on"`
	EffectiveOn day.Date `json:"effective_on"`
}

// Approval is the answer of an approval, the same for every repetition of the request.
type Approval struct {
	Plan     string     `json:"plan"`
	Journal  id.Journal `json:"-"`
	Awards   int        `json:"awards"`
	Total    vnd.Amount `json:"total_vnd"`
	Deducted vnd.Amount `json:"deducted_vnd"`
}

// Finding is something about a plan that an appraiser would ask about. A blocking one stops the submission. Expected and Found are
// figures (areas in m² with a decimal point) or codes.
type Finding struct {
	Code     string `db:"code" json:"code"`
	Blocking bool   `db:"blocking" json:"blocking"`
	Case     string `db:"case_code" json:"case,omitempty"`
	Expected string `db:"expected" json:"expected,omitempty"`
	Found    string `db:"found" json:"found,omitempty"`
}

// Filter chooses plans of a list; empty fields do not limit. Year is that of the code.
type Filter struct {
	Project, State, Year string
}

// CategorySum is the money of one category over a plan, in đồng.
type CategorySum struct {
	Category Category   `db:"category" json:"category"`
	Amount   vnd.Amount `db:"amount" json:"amount_vnd"`
}

// PayableAward is an award of an approved plan, as payout needs it. What is still to be ordered the ledger knows.
type PayableAward struct {
	AwardID     id.Award   `db:"award_id"`
	CaseID      id.Case    `db:"case_id"`
	CaseCode    string     `db:"case_code"`
	HolderID    id.Holder  `db:"holder_id"`
	HolderName  string     `db:"holder_name"`
	PlanCode    string     `db:"plan_code"`
	Total       vnd.Amount `db:"total"`
	Deducted    vnd.Amount `db:"deducted"`
	EffectiveOn day.Date   `db:"effective_on"`
}

// Choice is a code with its name, for a form.
type Choice struct {
	Code string `db:"code"`
	Name string `db:"name"`
}

// Compensation is the room: reads and acts over plans.
type Compensation struct {
	DB     tx.DB
	Log    audit.Log
	Ledger ledger.Ledger
}
