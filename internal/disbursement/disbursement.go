// Package disbursement is the money drawn from the treasury for a work (giải ngân): advances, payments for completed volume, the recovery of
// advances, money given back, and beside our own vouchers the figure the treasury confirmed. A voucher belongs to the plan year it draws on,
// not to the year of its day: a January payment may still draw on the year before (the 13-month year).
package disbursement

import (
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/capital"
	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/project"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read    actor.Permission = "disbursement:read"
	Record  actor.Permission = "disbursement:record"
	Confirm actor.Permission = "disbursement:confirm"
)

// Kind is what a voucher does.
type Kind string

// The kinds of vouchers. Advance and Payment are cash out of the fund, Refund is cash back. Recovery turns advance into paid volume without
// new cash (form 04.b/TT). Held says that advanced clearance money lies on deposit because it was refused or is disputed: no cash moves.
const (
	KindAdvance  Kind = "advance"
	KindPayment  Kind = "payment"
	KindRecovery Kind = "recovery"
	KindRefund   Kind = "refund"
	KindHeld     Kind = "held"
)

// Kinds are all kinds of vouchers, in the order of an advance's life.
func Kinds() []Kind { return []Kind{KindAdvance, KindPayment, KindRecovery, KindRefund, KindHeld} }

// onAdvance tells whether a voucher of this kind names the advance it is about.
func (k Kind) onAdvance() bool { return k == KindRecovery || k == KindRefund || k == KindHeld }

// Purpose is what the money is for.
type Purpose string

// The purposes. Clearance is compensation, support and resettlement; other is whatever needs no contract.
const (
	ForContract  Purpose = "contract"
	ForClearance Purpose = "clearance"
	ForOther     Purpose = "other"
)

// Purposes are all purposes of a voucher.
func Purposes() []Purpose { return []Purpose{ForContract, ForClearance, ForOther} }

// Disbursements is the room.
type Disbursements struct {
	DB        tx.DB
	Log       audit.Log
	Projects  project.Projects
	Capital   capital.Capital
	Contracts contract.Contracts
	Rules     legal.Rules
}

// Entry is one voucher as a person records it. Advance is the code of the advance that a recovery, refund or held money is about, or the key under
// which the same person recorded it; a recovery without it takes the oldest open advances of the work and purpose (of the contract) first. Recover
// is only for a payment of a contract: so much of its oldest advances is recovered in the same act, and the completed volume is Amount + Recover.
// Amounts are in đồng.
type Entry struct {
	Project  string     `json:"project"`
	Year     int        `json:"plan_year"`
	Source   string     `json:"source"`
	Kind     Kind       `json:"kind"`
	Purpose  Purpose    `json:"purpose"`
	Contract string     `json:"contract,omitempty"` // its code
	Bill     string     `json:"bill,omitempty"`     // its code
	Advance  string     `json:"advance,omitempty"`
	Amount   vnd.Amount `json:"amount_vnd"`
	Recover  vnd.Amount `json:"recover_vnd,omitempty"`
	Number   string     `json:"number"` // of the paper: giấy rút vốn, giấy đề nghị thu hồi tạm ứng
	PaidOn   day.Date   `json:"paid_on"`
	Note     string     `json:"note,omitempty"`
	Key      string     `json:"-"` // chosen by the caller: the same key with the same content is recorded once
}

// Voucher is a voucher as it is read.
type Voucher struct {
	ID           id.Voucher `db:"id" json:"-"`
	Code         string     `db:"code" json:"code"`
	ProjectCode  string     `db:"project_code" json:"project"`
	ProjectName  string     `db:"project_name" json:"project_name"`
	Year         int        `db:"plan_year" json:"plan_year"`
	Source       string     `db:"source" json:"source"`
	SourceName   string     `db:"source_name" json:"source_name"`
	Kind         Kind       `db:"kind" json:"kind"`
	Purpose      Purpose    `db:"purpose" json:"purpose"`
	ContractCode string     `db:"contract_code" json:"contract"`
	BillCode     string     `db:"bill_code" json:"bill"`
	AdvanceCode  string     `db:"advance_code" json:"advance"`
	WithCode     string     `db:"with_code" json:"with"`               // the payment recorded together with it
	ReversalOf   string     `db:"reversal_of_code" json:"reversal_of"` // the voucher this one takes back
	ReversedBy   string     `db:"reversed_by_code" json:"reversed_by"` // the voucher that takes this one back
	Amount       vnd.Amount `db:"amount" json:"amount_vnd"`
	Cash         vnd.Amount `db:"cash" json:"cash_vnd"`           // out of the fund; negative when money comes back
	Completed    vnd.Amount `db:"completed" json:"completed_vnd"` // volume paid for
	Number       string     `db:"number" json:"number"`
	PaidOn       day.Date   `db:"paid_on" json:"paid_on"`
	Note         string     `db:"note" json:"note"`
	RecordedBy   string     `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt   time.Time  `db:"recorded_at" json:"recorded_at"`
}

// Reversible tells whether the voucher may still be taken back by itself.
func (v Voucher) Reversible() bool {
	return v.ReversalOf == "" && v.ReversedBy == "" && v.WithCode == ""
}

// Filter chooses vouchers; empty fields do not limit.
type Filter struct {
	Project string
	Year    int
	Source  string
	Kind    string
	Purpose string
	Month   day.Month // of paid_on
}

// Sums are totals over vouchers, in đồng. Cash = Advanced + Paid − Refunded; Completed = Paid + Recovered; Balance = Advanced − Recovered − Refunded.
type Sums struct {
	Advanced  vnd.Amount `db:"advanced" json:"advanced_vnd"`
	Paid      vnd.Amount `db:"paid" json:"paid_vnd"`
	Recovered vnd.Amount `db:"recovered" json:"recovered_vnd"`
	Refunded  vnd.Amount `db:"refunded" json:"refunded_vnd"`
}

// Cash is what left the treasury.
func (s Sums) Cash() vnd.Amount { return s.Advanced + s.Paid - s.Refunded }

// Completed is the volume paid for, with or without new cash.
func (s Sums) Completed() vnd.Amount { return s.Paid + s.Recovered }

// Balance is what of the advances is still open.
func (s Sums) Balance() vnd.Amount { return s.Advanced - s.Recovered - s.Refunded }
