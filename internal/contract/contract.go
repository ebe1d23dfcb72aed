// Package contract is the tender packages and contracts of a work: who builds what for how much, until when, secured by which guarantee,
// accepted and billed. A package stands in the plan of selecting contractors with its estimate; a contract is signed for it; what was signed
// changes by amendments only. Work is accepted, and what is accepted is billed: one person enters and submits a bill, another approves it.
// README.md tells the identities that always hold.
package contract

import (
	"context"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room. Who edits enters packages, contracts and bills of works of the own unit; who approves approves or returns bills.
const (
	Read    actor.Permission = "contract:read"
	Edit    actor.Permission = "contract:edit"
	Approve actor.Permission = "contract:approve"
)

// Contracts is the room. Paid, when it is given, says what was drawn for contracts so far: the room itself knows nothing of disbursement.
type Contracts struct {
	DB    tx.DB
	Log   audit.Log
	Legal legal.Rules
	Paid  func(ctx context.Context, contracts []id.Contract) (map[id.Contract]vnd.Amount, error)
}

// State is where a contract stands.
type State string

// The states of a contract. Completed comes with the acceptance of completion; a terminated one was ended before that, for a reason.
const (
	Active     State = "active"
	Completed  State = "completed"
	Terminated State = "terminated"
)

// Fields are what a package buys (Law on Bidding 22/2023/QH15): works, consulting, goods, other services, or several of them.
func Fields() []string { return []string{"works", "consulting", "goods", "services", "mixed"} }

// Methods are the ways of choosing a contractor.
func Methods() []string {
	return []string{"open", "limited", "direct", "shopping", "direct_purchase", "self", "community", "special"}
}

// Kinds are the kinds of a contract by its price.
func Kinds() []string {
	return []string{"lump_sum", "fixed_unit", "adjustable_unit", "time_based", "mixed"}
}

// States lists every state of a contract.
func States() []string { return []string{string(Active), string(Completed), string(Terminated)} }

// Package is one package of the plan of selecting contractors. Contracted is the value of its contracts that were not terminated.
type Package struct {
	ID             id.Package `db:"id" json:"-"`
	ProjectID      id.Project `db:"project_id" json:"-"`
	Project        string     `db:"project" json:"project"`
	ProjectName    string     `db:"project_name" json:"project_name"`
	Code           string     `db:"code" json:"code"`
	Name           string     `db:"name" json:"name"`
	Field          string     `db:"field" json:"field"`
	Method         string     `db:"method" json:"method"`
	Estimate       vnd.Amount `db:"estimate" json:"estimate_vnd"`
	DecisionNumber string     `db:"decision_number" json:"decision_number"`
	DecidedOn      day.Date   `db:"decided_on" json:"decided_on"`
	Authority      string     `db:"authority" json:"authority"`
	Note           string     `db:"note" json:"note"`
	Contracts      int        `db:"contracts" json:"contracts"`
	Contracted     vnd.Amount `db:"contracted" json:"contracted_vnd"`
	FirstSigned    day.Date   `db:"first_signed" json:"first_signed_on"`
	Reasoned       bool       `db:"reasoned" json:"over_estimate_reasoned"` // one of its contracts says why the estimate is passed
	ChangedBy      string     `db:"changed_name" json:"changed_by"`
	ChangedAt      time.Time  `db:"changed_at" json:"changed_at"`
	Version        int        `db:"version" json:"version"`
}

// PackageInput is what a person enters about a package.
type PackageInput struct {
	Project, Code, Name, Field, Method string
	Estimate                           vnd.Amount
	DecisionNumber, Authority, Note    string
	DecidedOn                          day.Date
}

// Contract is one signed contract with what became of it. Value and EndsOn are kept with the amendments; Accepted, Billed and Approved are
// sums over its acceptances, its bills that were not cancelled, and what approved bills ask to be paid.
type Contract struct {
	ID             id.Contract `db:"id" json:"-"`
	Code           string      `db:"code" json:"code"`
	PackageID      id.Package  `db:"package_id" json:"-"`
	Package        string      `db:"package" json:"package"`
	PackageName    string      `db:"package_name" json:"package_name"`
	Field          string      `db:"field" json:"field"`
	Estimate       vnd.Amount  `db:"estimate" json:"estimate_vnd"`
	ProjectID      id.Project  `db:"project_id" json:"-"`
	Project        string      `db:"project" json:"project"`
	ProjectName    string      `db:"project_name" json:"project_name"`
	ProjectEnds    int         `db:"project_ends" json:"-"`
	Clearance      bool        `db:"clearance" json:"-"`
	TaxCode        string      `db:"tax_code" json:"contractor_tax_code"`
	Contractor     string      `db:"contractor" json:"contractor"`
	Number         string      `db:"number" json:"number"`
	SignedOn       day.Date    `db:"signed_on" json:"signed_on"`
	Kind           string      `db:"kind" json:"kind"`
	OriginalValue  vnd.Amount  `db:"original_value" json:"original_value_vnd"`
	Value          vnd.Amount  `db:"value" json:"value_vnd"`
	StartsOn       day.Date    `db:"starts_on" json:"starts_on"`
	OriginalEndsOn day.Date    `db:"original_ends_on" json:"original_ends_on"`
	EndsOn         day.Date    `db:"ends_on" json:"ends_on"`
	AdvanceBP      int         `db:"advance_bp" json:"advance_bp"` // agreed advance as a share of the value
	AdvanceReason  string      `db:"advance_reason" json:"advance_reason"`
	RetentionBP    int         `db:"retention_bp" json:"retention_bp"` // kept back of every bill for the warranty
	OverReason     string      `db:"over_estimate_reason" json:"over_estimate_reason"`
	State          State       `db:"state" json:"state"`
	EndedOn        day.Date    `db:"ended_on" json:"ended_on"`
	EndReason      string      `db:"end_reason" json:"end_reason"`
	Note           string      `db:"note" json:"note"`
	Accepted       vnd.Amount  `db:"accepted" json:"accepted_vnd"`
	Billed         vnd.Amount  `db:"billed" json:"billed_vnd"`
	Approved       vnd.Amount  `db:"approved" json:"approved_vnd"`
	Waiting        int         `db:"waiting" json:"bills_submitted"`
	GuaranteeState string      `db:"guarantee_state" json:"guarantee_state"` // none, sound, expiring, expired
	Paid           *vnd.Amount `db:"-" json:"paid_vnd,omitempty"`            // drawn so far, where the room is told
	ChangedBy      string      `db:"changed_name" json:"changed_by"`
	ChangedAt      time.Time   `db:"changed_at" json:"changed_at"`
	Version        int         `db:"version" json:"version"`
}

// NewContract is what a person enters when a contract is signed. The contractor is known by the tax code; a new one needs a name.
type NewContract struct {
	Project, Package    string
	TaxCode, Contractor string
	Number              string
	SignedOn            day.Date
	Kind                string
	Value               vnd.Amount
	StartsOn, EndsOn    day.Date
	AdvanceBP           int
	AdvanceReason       string
	RetentionBP         int
	OverReason          string
	Note                string
}

// Amendment changes the value, the end, or both. Written once; the contract keeps the total.
type Amendment struct {
	Number      string     `db:"number" json:"number"`
	DecidedOn   day.Date   `db:"decided_on" json:"decided_on"`
	ValueChange vnd.Amount `db:"value_change" json:"value_change_vnd"`
	NewEndsOn   day.Date   `db:"new_ends_on" json:"new_ends_on"` // empty: the end stays
	Reason      string     `db:"reason" json:"reason"`
	OverReason  string     `db:"-" json:"over_estimate_reason,omitempty"` // why the estimate of the package is passed, if it is
	RecordedBy  string     `db:"recorded_name" json:"recorded_by"`
	RecordedAt  time.Time  `db:"recorded_at" json:"recorded_at"`
}

// Acceptance is work that was found done. Value is that of this acceptance alone; a negative one takes back what was accepted too much.
type Acceptance struct {
	Number     string     `db:"number" json:"number"`
	Kind       string     `db:"kind" json:"kind"` // stage | completion
	AcceptedOn day.Date   `db:"accepted_on" json:"accepted_on"`
	Value      vnd.Amount `db:"value" json:"value_vnd"`
	Note       string     `db:"note" json:"note"`
	RecordedBy string     `db:"recorded_name" json:"recorded_by"`
	RecordedAt time.Time  `db:"recorded_at" json:"recorded_at"`
}

// AcceptanceKinds are what a form offers.
func AcceptanceKinds() []string { return []string{"stage", "completion"} }

// Contractor is a firm by its tax code.
type Contractor struct {
	TaxCode string `db:"tax_code" json:"tax_code"`
	Name    string `db:"name" json:"name"`
}

// Filter chooses contracts of a list; empty fields do not limit.
type Filter struct {
	Project, State, Field string
	Warn                  string // one of Warnings: what needs somebody
}

// Warnings are the choices of Filter.Warn.
func Warnings() []string {
	return []string{"expired", "expiring", "late", "bills", "returned", "drafts"}
}
