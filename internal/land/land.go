// Package land is the recovery of land (thu hồi đất, giải phóng mặt bằng): who holds it, which parcels, and one case (hồ sơ) for one holder
// in one work. A holder who loses land to two works has two cases, so cases are never counted as holders. The steps of a case follow the law's
// order, notice → inventory → posting → recovery decision → handover, each with its day and paper; a wrong one is withdrawn with a reason and
// written again. What was paid is no business of this room: it comes from the book and is only shown beside the case.
package land

import (
	"context"
	"time"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/project"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Permissions of this room; the last two belong to others and decide only what is shown.
const (
	Read         actor.Permission = "case:read"
	Edit         actor.Permission = "case:edit"
	DoStep       actor.Permission = "case:step"
	OpenIdentity actor.Permission = "identity:open"
	seeMoney     actor.Permission = "bridge:read"
)

// Land is the room. Money gives the bridges of cases out of the book; nil means that money is not shown.
type Land struct {
	DB       tx.DB
	Log      audit.Log
	Projects project.Projects
	Legal    legal.Rules
	Money    func(ctx context.Context, cases []id.Case) (map[id.Case]Money, error)
}

// Money is where the money of a case stands, in đồng; the words are those of the ledger.
type Money struct {
	Approved   vnd.Amount `json:"approved_vnd"`
	Deducted   vnd.Amount `json:"deducted_vnd"`
	NotOrdered vnd.Amount `json:"not_ordered_vnd"`
	Ordered    vnd.Amount `json:"ordered_vnd"`
	Returned   vnd.Amount `json:"returned_vnd"`
	Deposited  vnd.Amount `json:"deposited_vnd"`
	Paid       vnd.Amount `json:"paid_vnd"`
}

// Holder is a household, individual or organisation that holds land; the persons behind it are its parties.
type Holder struct {
	ID        id.Holder `db:"id" json:"-"`
	Code      string    `db:"code" json:"code"`
	Kind      string    `db:"kind" json:"kind"`
	Name      string    `db:"name" json:"name"`
	State     string    `db:"state" json:"state"`
	WardCode  string    `db:"ward_code" json:"ward"`
	WardName  string    `db:"ward_name" json:"ward_name"`
	Address   string    `db:"address" json:"address"`
	Phone     string    `db:"phone" json:"phone"`
	Sample    bool      `db:"sample" json:"sample"`
	ChangedBy string    `db:"changed_by_name" json:"changed_by"`
	ChangedAt time.Time `db:"changed_at" json:"changed_at"`
	Version   int       `db:"version" json:"version"`
}

// HolderRow is a holder in a list. Cases are those in the reader's scope.
type HolderRow struct {
	Holder
	Parties int       `db:"parties" json:"parties"`
	Cases   int       `db:"cases" json:"cases"`
	Area    area.Area `db:"recovered_area" json:"recovered_m2"`
}

// Party is a person behind a holder. ShareBP is in basis points; the shares of a holder add up to 10,000, a representative has none unless
// entitled. The identity and account numbers never go into JSON: the log and the API must not carry them.
type Party struct {
	ID          id.Party `db:"id" json:"-"`
	FullName    string   `db:"full_name" json:"full_name"`
	Relation    string   `db:"relation" json:"relation"`
	IdentityNo  string   `db:"identity_no" json:"-"`
	ShareBP     int      `db:"share_bp" json:"share_bp"`
	BankName    string   `db:"bank_name" json:"bank_name"`
	AccountNo   string   `db:"account_no" json:"-"`
	AccountName string   `db:"account_name" json:"account_name"`
}

// HolderInput is what a person enters about a holder. An empty Code takes the next number. When a holder is changed, a party with an ID
// is that party, and its empty numbers stay as they were.
type HolderInput struct {
	Code    string  `json:"code"`
	Kind    string  `json:"kind"`
	Name    string  `json:"name"`
	State   string  `json:"state"`
	Ward    string  `json:"ward"` // code of the ward of residence
	Address string  `json:"address"`
	Phone   string  `json:"phone"`
	Sample  bool    `json:"sample"`
	Parties []Party `json:"parties"`
}

// Parcel is a parcel of land with what is recovered from it, in m². Sheet and number are text: "17+175" and "263A" are real numbers.
// LandCode is the three-letter code of the kind of land of the recovered part.
type Parcel struct {
	MapSheet  string    `db:"map_sheet" json:"map_sheet"`
	Number    string    `db:"number" json:"number"`
	Area      area.Area `db:"area" json:"area_m2"`
	LandCode  string    `db:"land_code" json:"land_code"`
	Recovered area.Area `db:"recovered" json:"recovered_m2"`
}

// Case is the recovery of one holder's land for one work.
type Case struct {
	ID            id.Case    `db:"id" json:"-"`
	Code          string     `db:"code" json:"code"`
	ProjectID     id.Project `db:"project_id" json:"-"`
	ProjectCode   string     `db:"project_code" json:"project"`
	ProjectName   string     `db:"project_name" json:"project_name"`
	HolderID      id.Holder  `db:"holder_id" json:"-"`
	HolderCode    string     `db:"holder_code" json:"holder"`
	HolderName    string     `db:"holder_name" json:"holder_name"`
	HolderKind    string     `db:"holder_kind" json:"holder_kind"`
	HolderState   string     `db:"holder_state" json:"holder_state"`
	WardID        id.Ward    `db:"ward_id" json:"-"`
	WardCode      string     `db:"ward_code" json:"ward"`
	WardName      string     `db:"ward_name" json:"ward_name"`
	RuleSet       string     `db:"rule_set" json:"rule_set"`
	RecoveredArea area.Area  `db:"recovered_area" json:"recovered_m2"`
	Note          string     `db:"note" json:"note"`
	Sample        bool       `db:"sample" json:"sample"`
	OpenedOn      day.Date   `db:"opened_on" json:"opened_on"`
	ChangedBy     string     `db:"changed_by_name" json:"changed_by"`
	ChangedAt     time.Time  `db:"changed_at" json:"changed_at"`
	Version       int        `db:"version" json:"version"`
}

// Row is a case in a list. Step is the last step reached, empty before the notice.
type Row struct {
	Case
	Parcels string   `db:"parcels" json:"parcels"`
	Step    string   `db:"step" json:"step"`
	StepOn  day.Date `db:"step_on" json:"step_on"`
	Money   *Money   `db:"-" json:"money,omitempty"`
}

// Detail is everything of one case.
type Detail struct {
	Case
	Holder  Holder    `json:"holder_detail"`
	Parties []Party   `json:"parties"`
	Parcels []Parcel  `json:"parcels"`
	Steps   []StepRow `json:"steps"` // standing and withdrawn, oldest first
	Money   *Money    `json:"money,omitempty"`
}

// NewCase is what a person enters to open a case: for a holder already known (HolderCode) or a new one (Holder).
type NewCase struct {
	Project    string      `json:"project"`
	HolderCode string      `json:"holder_code"`
	Holder     HolderInput `json:"holder"`
	Ward       string      `json:"ward"`      // code of the ward the land lies in
	RuleSet    string      `json:"rule_set"`  // empty: the set of the day of opening
	OpenedOn   day.Date    `json:"opened_on"` // empty: today
	Parcels    []Parcel    `json:"parcels"`
	Note       string      `json:"note"`
	Sample     bool        `json:"sample"`
}

// CaseChange is what can change in a case.
type CaseChange struct {
	Note    string   `json:"note"`
	Parcels []Parcel `json:"parcels"`
}

// Filter chooses cases of a list; empty fields do not limit. Step is the last step reached, "none" before the first; Award is "yes" or "no".
type Filter struct{ Project, Ward, HolderKind, Step, Award string }

// HolderFilter chooses holders of a list.
type HolderFilter struct{ Kind, State, Ward string }
