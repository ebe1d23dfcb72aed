// Package payout is paying out what approved plans award: see README.md. An order (lệnh chi) is made by one person, approved by a second and
// released by a third; it holds one payment for each payee. A payment becomes paid, returned or held on deposit only by a result with its
// evidence; nothing types it and nothing implies it.
package payout

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read         actor.Permission = "payout:read"
	Make         actor.Permission = "payout:make"
	Approve      actor.Permission = "payout:approve"
	Release      actor.Permission = "payout:release"
	Cancel       actor.Permission = "payout:cancel"
	RecordResult actor.Permission = "payment:record"
	Deposit      actor.Permission = "payment:deposit"
	Reverse      actor.Permission = "payment:reverse"
	BridgeRead   actor.Permission = "bridge:read"
)

// Method is how an order's money leaves: by transfer to the payee, in cash against a signed list, or to the deposit account of money that
// cannot be handed over (Land Law 31/2024/QH15, article 94: refused, disputed or absent).
type Method string

// The methods of payment.
const (
	MethodTransfer Method = "transfer"
	MethodCash     Method = "cash"
	MethodDeposit  Method = "deposit"
)

// Methods lists every method in the order a form offers them.
func Methods() []Method { return []Method{MethodTransfer, MethodCash, MethodDeposit} }

// OrderState is where an order stands.
type OrderState string

// The states of an order.
const (
	OrderDraft     OrderState = "draft"
	OrderSubmitted OrderState = "submitted"
	OrderApproved  OrderState = "approved"
	OrderReleased  OrderState = "released"
	OrderCancelled OrderState = "cancelled"
)

// OrderStates lists every state in the order of an order's life.
func OrderStates() []OrderState {
	return []OrderState{OrderDraft, OrderSubmitted, OrderApproved, OrderReleased, OrderCancelled}
}

// PaymentState is where the money of a payment stands.
type PaymentState string

// The states of a payment. Where results have divided it (Divided), the state names what is most pressing: a part without a result, else money
// that came back, else a deposit.
const (
	Prepared  PaymentState = "prepared" // in a draft: reserved, not in the book
	Ordered   PaymentState = "ordered"  // in a submitted order, without a result yet
	Part      PaymentState = "part"     // has results, and a part without one
	Paid      PaymentState = "paid"
	Returned  PaymentState = "returned"
	Deposited PaymentState = "deposited"
	Cancelled PaymentState = "cancelled"
)

// PaymentStates lists every state of a payment.
func PaymentStates() []PaymentState {
	return []PaymentState{Prepared, Ordered, Part, Paid, Returned, Deposited, Cancelled}
}

// ResultKind is what became of a payment.
type ResultKind string

// The kinds of results.
const (
	ResultPaid            ResultKind = "paid"
	ResultReturned        ResultKind = "returned"
	ResultDeposited       ResultKind = "deposited"
	ResultDepositReleased ResultKind = "deposit_released"
	ResultReversed        ResultKind = "reversed" // a result taken back; written by Reverse only
)

// Evidence is the kind of paper that proves a result.
type Evidence string

// The kinds of evidence. A statement line is told by reconciliation alone, a correction by a reversal alone.
const (
	EvidenceStatementLine  Evidence = "statement_line"
	EvidenceBankAdvice     Evidence = "bank_advice"
	EvidenceSignedList     Evidence = "signed_list"
	EvidenceDepositMinutes Evidence = "deposit_minutes"
	EvidenceCorrection     Evidence = "correction"
)

// HandEvidence lists the papers a person may name.
func HandEvidence() []Evidence {
	return []Evidence{EvidenceBankAdvice, EvidenceSignedList, EvidenceDepositMinutes}
}

// NewOrder is what a person enters to make an order.
type NewOrder struct {
	Project string // code
	Method  Method
	Source  string // code of the funding source
	Year    int    `json:",omitempty"` // plan year of the fund; 0 is the year of the day it is made
	Content string // memo
	Lines   []NewLine
}

// NewLine is an amount, in đồng, of one award, named by its id or by case and plan; or a returned payment to issue again, in full. Without an
// amount, ShareBP basis points of what is left of the award when the order is made.
type NewLine struct {
	AwardID   id.Award
	CaseCode  string
	PlanCode  string
	Amount    vnd.Amount
	ShareBP   int    `json:",omitempty"` // an instalment: 1–10,000
	ReissueOf string // code of the returned payment
}

// Result is what became of a payment or of a part of it, with its evidence. Amount is in đồng.
type Result struct {
	PaymentCode  string
	Kind         ResultKind
	Day          day.Date // the bank's or the paper's day, not the day of typing
	Amount       vnd.Amount
	Reason       string
	EvidenceKind Evidence
	EvidenceRef  string
	ByPerson     bool `json:",omitempty"` // told by a person, not by a rule of reconciliation; the acts set it
}

// Sums is how the payments of an order stand, in đồng.
type Sums struct {
	Prepared  vnd.Amount `db:"prepared" json:"prepared_vnd"`
	Ordered   vnd.Amount `db:"ordered" json:"ordered_vnd"`
	Paid      vnd.Amount `db:"paid" json:"paid_vnd"`
	Returned  vnd.Amount `db:"returned" json:"returned_vnd"`
	Deposited vnd.Amount `db:"deposited" json:"deposited_vnd"`
	Cancelled vnd.Amount `db:"cancelled" json:"cancelled_vnd"`
}

// Total adds them up; it must be the order's total.
func (s Sums) Total() vnd.Amount {
	return s.Prepared + s.Ordered + s.Paid + s.Returned + s.Deposited + s.Cancelled
}

// Order is a payout order with its signatures.
type Order struct {
	ID           id.Order   `db:"id" json:"-"`
	Code         string     `db:"code" json:"code"`
	ProjectID    id.Project `db:"project_id" json:"-"`
	ProjectCode  string     `db:"project_code" json:"project"`
	ProjectName  string     `db:"project_name" json:"project_name"`
	Method       Method     `db:"method" json:"method"`
	Source       string     `db:"source" json:"source"`
	SourceName   string     `db:"source_name" json:"source_name"`
	Year         int        `db:"plan_year" json:"plan_year"`
	Draws        vnd.Amount `db:"draws" json:"draws_vnd"`             // what it takes of its fund: all but money issued again
	Parent       string     `db:"parent_code" json:"parent"`          // the order it came out of, with ParentKind
	ParentKind   string     `db:"parent_kind" json:"parent_kind"`     // split, reissue or nothing
	SecondFrom   vnd.Amount `db:"second_from" json:"second_from_vnd"` // the limit in force when it was submitted; 0 = none
	SecondNeeded bool       `db:"second_needed" json:"second_needed"`
	SecondByID   id.User    `db:"second_by" json:"-"` // 0 until the second approval
	SecondBy     string     `db:"second_by_name" json:"second_by"`
	SecondAt     *time.Time `db:"second_at" json:"second_at"`
	Content      string     `db:"content" json:"content"`
	State        OrderState `db:"state" json:"state"`
	Day          day.Date   `db:"day" json:"day"`
	Total        vnd.Amount `db:"total" json:"total_vnd"`
	PaymentCount int        `db:"payment_count" json:"payments_count"`
	MadeByID     id.User    `db:"made_by" json:"-"`
	MadeBy       string     `db:"made_by_name" json:"made_by"`
	SubmittedAt  *time.Time `db:"submitted_at" json:"submitted_at"`
	ApprovedByID id.User    `db:"approved_by" json:"-"` // 0 until approved
	ApprovedBy   string     `db:"approved_by_name" json:"approved_by"`
	ApprovedAt   *time.Time `db:"approved_at" json:"approved_at"`
	ReleasedBy   string     `db:"released_by_name" json:"released_by"`
	ReleasedAt   *time.Time `db:"released_at" json:"released_at"`
	ReleasedOn   day.Date   `db:"released_on" json:"released_on"`
	CancelledBy  string     `db:"cancelled_by_name" json:"cancelled_by"`
	CancelledAt  *time.Time `db:"cancelled_at" json:"cancelled_at"`
	CancelReason string     `db:"cancel_reason" json:"cancel_reason"`
	ChangedBy    string     `db:"changed_by_name" json:"changed_by"`
	ChangedAt    time.Time  `db:"changed_at" json:"changed_at"`
	Version      int        `db:"version" json:"version"`
	Sums
}

// Difference is what the payments of an order do not explain of its total; anything but 0 is a fault of the system.
func (o Order) Difference() vnd.Amount { return o.Total - o.Sums.Total() }

// Payment is the money of one payee in one order. Before approval identity and account are those of the person's file, later the copy.
type Payment struct {
	ID          id.Payment   `db:"id" json:"-"`
	Code        string       `db:"code" json:"code"`
	OrderCode   string       `db:"order_code" json:"order"`
	OrderState  OrderState   `db:"order_state" json:"order_state"`
	Method      Method       `db:"method" json:"method"`
	ReleasedOn  day.Date     `db:"released_on" json:"released_on"`
	ProjectCode string       `db:"project_code" json:"project"`
	ProjectName string       `db:"project_name" json:"project_name"`
	CaseCode    string       `db:"case_code" json:"case"`
	PlanCode    string       `db:"plan_code" json:"plan"`
	Payee       string       `db:"payee_name" json:"payee"`
	IdentityNo  string       `db:"identity_no" json:"identity_no"` // masked at the edge unless the person may open it
	BankName    string       `db:"bank_name" json:"bank_name"`
	AccountNo   string       `db:"account_no" json:"account_no"` // masked likewise
	Amount      vnd.Amount   `db:"amount" json:"amount_vnd"`
	State       PaymentState `db:"state" json:"state"`
	Divided
	ResultDay  day.Date   `db:"result_day" json:"result_day"` // of the last result not taken back
	SignedBy   string     `db:"signed_by" json:"signed_by"`   // who signed for cash in the payee's name
	ReissueOf  string     `db:"reissue_of_code" json:"reissue_of"`
	ReissuedBy string     `db:"reissued_by" json:"reissued_by"`       // the payment that issues it again
	Awarded    vnd.Amount `db:"awarded" json:"awarded_vnd"`           // the whole award, gross
	Deducted   vnd.Amount `db:"deducted" json:"deducted_vnd"`         // of the whole award
	PaidBefore vnd.Amount `db:"paid_before" json:"paid_other_vnd"`    // to this payee of this award by other payments
	FromBank   bool       `db:"from_bank" json:"from_bank_statement"` // the last result is a statement line's
	Account    string     `db:"account_state" json:"account_state"`   // of the person's file: waiting, checked, refused; nothing without an account
	Changed    bool       `db:"changed_since" json:"changed_since"`   // the person's file says something else than the approved copy
}

// ResultRow is a result as it is kept.
type ResultRow struct {
	Kind         ResultKind `db:"kind" json:"kind"`
	Day          day.Date   `db:"day" json:"day"`
	Amount       vnd.Amount `db:"amount" json:"amount_vnd"`
	Reason       string     `db:"reason" json:"reason"`
	EvidenceKind Evidence   `db:"evidence_kind" json:"evidence_kind"`
	EvidenceRef  string     `db:"evidence_ref" json:"evidence_ref"`
	MadeBy       string     `db:"made_by_name" json:"made_by"`
	RecordedAt   time.Time  `db:"recorded_at" json:"recorded_at"`
	TakenBack    bool       `db:"taken_back" json:"taken_back"`

	Representative `json:"representative"` // who signed in the payee's name; without a name the payee did
}

// Payouts is the room.
type Payouts struct {
	DB     tx.DB
	Log    audit.Log
	Ledger ledger.Ledger
}
