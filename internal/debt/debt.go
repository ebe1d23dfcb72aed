// Package debt is what holders still owe the state for land after their compensation was set off against it: land use fee, land rent, the price of a
// resettlement plot. What the compensation cannot cover stays a recorded debt, never priced anew, until the person pays it (decree 88/2024/NĐ-CP,
// article 25 clause 1 and article 26). It stands in the book beside the bridge and is paid to the state budget, not by us.
package debt

import (
	"slices"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room.
const (
	Read     actor.Permission = "debt:read"
	Record   actor.Permission = "debt:record"
	TakeBack actor.Permission = "debt:reverse"
)

// Kind is what is owed for.
type Kind string

// The kinds of debts.
const (
	LandUseFee   Kind = "land_use_fee"
	LandRent     Kind = "land_rent"
	Resettlement Kind = "resettlement" // the price of a plot or house above the compensation
	Other        Kind = "other"
)

// Kinds lists every kind in the order of a form.
func Kinds() []Kind { return []Kind{LandUseFee, LandRent, Resettlement, Other} }

// State is where a debt stands.
type State string

// The states of a debt.
const (
	Open      State = "open"
	Settled   State = "settled"
	TakenBack State = "taken_back"
)

// States lists every state.
func States() []State { return []State{Open, Settled, TakenBack} }

// Debt is an obligation recorded for a case. Amounts are in đồng.
type Debt struct {
	ID          int64      `db:"id" json:"-"`
	Code        string     `db:"code" json:"code"`
	CaseID      id.Case    `db:"case_id" json:"-"`
	CaseCode    string     `db:"case_code" json:"case"`
	Holder      string     `db:"holder" json:"holder"`
	ProjectID   id.Project `db:"project_id" json:"-"`
	ProjectCode string     `db:"project_code" json:"project"`
	ProjectName string     `db:"project_name" json:"project_name"`
	Kind        Kind       `db:"kind" json:"kind"`
	Amount      vnd.Amount `db:"amount" json:"amount_vnd"`
	Repaid      vnd.Amount `db:"repaid" json:"repaid_vnd"`
	PaperNo     string     `db:"paper_no" json:"paper_no"` // of the tax office's notice or of the decision
	PaperDay    day.Date   `db:"paper_day" json:"paper_day"`
	Note        string     `db:"note" json:"note"`
	State       State      `db:"state" json:"state"`
	JournalID   id.Journal `db:"journal_id" json:"-"`
	MadeByID    id.User    `db:"made_by" json:"-"`
	MadeBy      string     `db:"made_by_name" json:"made_by"`
	MadeAt      time.Time  `db:"made_at" json:"made_at"`
	GoneBy      string     `db:"gone_by_name" json:"taken_back_by"`
	GoneAt      *time.Time `db:"gone_at" json:"taken_back_at"`
	ChangedBy   string     `db:"changed_by_name" json:"changed_by"`
	ChangedAt   time.Time  `db:"changed_at" json:"changed_at"`
	Version     int        `db:"version" json:"version"`
}

// Left is what is still owed, in đồng.
func (d Debt) Left() vnd.Amount {
	if d.State == TakenBack {
		return 0
	}
	return d.Amount - d.Repaid
}

// Payment is what a person paid of a debt to the state budget.
type Payment struct {
	ID        int64      `db:"id" json:"-"`
	Day       day.Date   `db:"day" json:"day"`
	Amount    vnd.Amount `db:"amount" json:"amount_vnd"`
	Receipt   string     `db:"receipt" json:"receipt"`
	JournalID id.Journal `db:"journal_id" json:"-"`
	MadeByID  id.User    `db:"made_by" json:"-"`
	MadeBy    string     `db:"made_by_name" json:"made_by"`
	MadeAt    time.Time  `db:"made_at" json:"made_at"`
	Gone      bool       `db:"gone" json:"taken_back"`
}

// New is what a person records.
type New struct {
	Case     string     `json:"case"`
	Kind     Kind       `json:"kind" enum:"land_use_fee,land_rent,resettlement,other"`
	Amount   vnd.Amount `json:"amount_vnd"`
	PaperNo  string     `json:"paper_no"`
	PaperDay day.Date   `json:"paper_day"`
	Note     string     `json:"note,omitempty" doc:"needed for another kind"`
}

func (in New) check(today day.Date) error {
	var w fault.Wrong
	w.Check(strings.TrimSpace(in.Case) != "", "case", "required")
	w.Check(slices.Contains(Kinds(), in.Kind), "kind", "choose")
	w.Check(in.Amount > 0, "amount", "amount_positive")
	w.Check(strings.TrimSpace(in.PaperNo) != "", "paper_no", "required")
	w.Check(!in.PaperDay.IsZero(), "paper_day", "required")
	w.Check(!in.PaperDay.After(today), "paper_day", "day_future")
	w.Check(in.Kind != Other || strings.TrimSpace(in.Note) != "", "note", "required")
	return w.Err()
}

// Repayment is what a person enters of a receipt.
type Repayment struct {
	Day     day.Date   `json:"day"`
	Amount  vnd.Amount `json:"amount_vnd"`
	Receipt string     `json:"receipt"`
}

func (in Repayment) check(d Debt, today day.Date) error {
	var w fault.Wrong
	w.Check(!in.Day.IsZero(), "day", "required")
	w.Check(!in.Day.After(today), "day", "day_future")
	w.Check(in.Day.IsZero() || !in.Day.Before(d.PaperDay), "day", "debt.before_paper", d.PaperDay)
	w.Check(in.Amount > 0, "amount", "amount_positive")
	w.Check(in.Amount <= d.Left(), "amount", "debt.above_left", in.Amount, d.Left())
	w.Check(strings.TrimSpace(in.Receipt) != "", "receipt", "required")
	return w.Err()
}

// Debts is the room.
type Debts struct {
	DB     tx.DB
	Log    audit.Log
	Ledger ledger.Ledger
}
