package payout

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// Permissions around money on deposit: who may see the register, keep it (details, interest, asking for a release, handing over) and approve a
// release. Putting money on deposit is payment:deposit.
const (
	SeeDeposits    actor.Permission = "deposit:see"
	KeepDeposits   actor.Permission = "deposit:keep"
	ReleaseDeposit actor.Permission = "deposit:release"
)

// Ground is why money stands on deposit (Land Law 45/2013/QH13 art. 93.3, Land Law 31/2024/QH15 art. 94.4).
type Ground string

// The grounds. Unknown is that of a deposit told by a statement line or a file, until somebody completes it.
const (
	GroundUnknown  Ground = "unknown"
	GroundRefused  Ground = "refused"
	GroundDisputed Ground = "disputed"
	GroundAbsent   Ground = "absent"
	GroundOther    Ground = "other"
)

// Grounds lists the grounds a person may state.
func Grounds() []Ground { return []Ground{GroundRefused, GroundDisputed, GroundAbsent, GroundOther} }

// DepositState is where a deposit stands.
type DepositState string

// The states of a deposit.
const (
	DepositIncomplete DepositState = "incomplete" // the ground and the bank's account are not stated yet
	DepositHeld       DepositState = "held"
	DepositAsked      DepositState = "asked"    // a release waits for approval
	DepositApproved   DepositState = "approved" // a release is approved and not yet handed over
	DepositOver       DepositState = "released"
	DepositTakenBack  DepositState = "taken_back" // the result that opened it was an error
)

// DepositStates lists every state of a deposit.
func DepositStates() []DepositState {
	return []DepositState{DepositIncomplete, DepositHeld, DepositAsked, DepositApproved, DepositOver, DepositTakenBack}
}

// DepositDetails is what a person says of a deposit. GroundNote names the other ground and its article. The account is that of the money, at
// the bank or the treasury, never the payee's.
type DepositDetails struct {
	Ground      Ground   `db:"ground" json:"ground" enum:"refused,disputed,absent,other"`
	GroundNote  string   `db:"ground_note" json:"ground_note,omitempty" doc:"needed for another ground, with its article"`
	Bank        string   `db:"bank" json:"bank"`
	AccountName string   `db:"account_name" json:"account_name"`
	AccountNo   string   `db:"account_no" json:"account_no"` // masked at the edge
	MinutesNo   string   `db:"minutes_no" json:"minutes_no"`
	MinutesDay  day.Date `db:"minutes_day" json:"minutes_day"`
}

// DepositEntry is a deposit of the register; amounts in đồng. Interest is the person's, beside the compensation.
type DepositEntry struct {
	ID          int64        `db:"id" json:"-"`
	Code        string       `db:"code" json:"code"`
	PaymentID   id.Payment   `db:"payment_id" json:"-"`
	PaymentCode string       `db:"payment_code" json:"payment"`
	CaseID      id.Case      `db:"case_id" json:"-"`
	CaseCode    string       `db:"case_code" json:"case"`
	ProjectID   id.Project   `db:"project_id" json:"-"`
	ProjectCode string       `db:"project_code" json:"project"`
	ProjectName string       `db:"project_name" json:"project_name"`
	Payee       string       `db:"payee_name" json:"payee"`
	Amount      vnd.Amount   `db:"amount" json:"amount_vnd"`
	Released    vnd.Amount   `db:"released" json:"released_vnd"`
	Credited    vnd.Amount   `db:"credited" json:"interest_vnd"`
	Paid        vnd.Amount   `db:"interest_paid" json:"interest_paid_vnd"`
	OpenedOn    day.Date     `db:"opened_on" json:"opened_on"`
	ReleasedOn  day.Date     `db:"released_on" json:"released_on"` // of the last hand-over
	State       DepositState `db:"state" json:"state"`
	Law         string       `db:"law" json:"law"`
	Reason      string       `db:"reason" json:"reason"`
	ChangedBy   string       `db:"changed_by_name" json:"changed_by"`
	ChangedAt   time.Time    `db:"changed_at" json:"changed_at"`
	Version     int          `db:"version" json:"version"`
	DepositDetails
}

// Left is what still stands on deposit, in đồng, without interest.
func (d DepositEntry) Left() vnd.Amount {
	if d.State == DepositTakenBack {
		return 0
	}
	return d.Amount - d.Released
}

// InterestDue is what the bank credited and nobody was handed yet, in đồng.
func (d DepositEntry) InterestDue() vnd.Amount { return d.Credited - d.Paid }

// Days is its age on a day, or how long it stood.
func (d DepositEntry) Days(today day.Date) int {
	if d.State != DepositTakenBack && !d.Open() {
		return d.ReleasedOn.Sub(d.OpenedOn)
	}
	return today.Sub(d.OpenedOn)
}

// Open tells whether money still stands there.
func (d DepositEntry) Open() bool { return d.Left() > 0 }

// InterestAlone tells whether all compensation has been handed over and interest that was credited has not: it leaves by a release of no compensation.
func (d DepositEntry) InterestAlone() bool {
	return d.State != DepositTakenBack && !d.Open() && d.InterestDue() > 0
}

// check lists what is wrong with the details of a deposit opened on a day.
func (d DepositDetails) check(opened day.Date) error {
	var w fault.Wrong
	w.Check(slices.Contains(Grounds(), d.Ground), "ground", "choose")
	w.Check(d.Ground != GroundOther || strings.TrimSpace(d.GroundNote) != "", "ground_note", "required")
	for _, f := range []struct{ name, value string }{{"bank", d.Bank}, {"account_name", d.AccountName}, {"account_no", d.AccountNo}, {"minutes_no", d.MinutesNo}} {
		w.Check(strings.TrimSpace(f.value) != "", f.name, "required")
	}
	switch {
	case d.MinutesDay.IsZero():
		w.Add("minutes_day", "required")
	case !opened.IsZero() && d.MinutesDay.After(opened):
		w.Add("minutes_day", "payout.minutes_late", opened)
	}
	return w.Err()
}

// NewDeposit is money put on deposit, with what the register has to say of it.
type NewDeposit struct {
	Result  Result
	Details DepositDetails
}

// OpenDeposit records that a payment, or a part of it, was put on deposit, with all the register has to say of it. Refuses: wrong details
// (minutes later than the deposit among them) and what RecordResults refuses of a result, at its field.
func (p Payouts) OpenDeposit(ctx context.Context, who actor.Actor, r Result, d DepositDetails, key string, today day.Date) error {
	if _, err := who.Require(Deposit); err != nil {
		return err
	}
	if err := d.check(r.Day); err != nil {
		return err
	}
	return p.OpenDeposits(ctx, who, []NewDeposit{{r, d}}, key, today)
}

// OpenDeposits is OpenDeposit of many payments, all or none; every fault stands at its row (results[2].minutes_day).
func (p Payouts) OpenDeposits(ctx context.Context, who actor.Actor, told []NewDeposit, key string, today day.Date) error {
	scope, err := who.Require(Deposit)
	if err != nil {
		return err
	}
	results := depositResults(told)
	if err := both(checkDetails(told), byHand(results)); err != nil {
		return err
	}
	count := 0
	return refuse(p.Ledger.Once(ctx, who, "deposit.open", key, told, &count, func(ctx context.Context) error {
		count = len(told)
		if err := p.recordByHand(ctx, who, scope, results, today); err != nil {
			return err
		}
		opened, err := store{p.DB.Write(ctx)}.detailOpened(ctx, told, who.ID)
		if err != nil {
			return err
		}
		for i, code := range opened {
			d := told[i].Details
			if err := p.logDeposit(ctx, who, DepositEntry{Code: code}, "deposit.complete", "", detailsLogged(d)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// CheckDeposits says what OpenDeposits would refuse now, and writes nothing.
func (p Payouts) CheckDeposits(ctx context.Context, who actor.Actor, told []NewDeposit, today day.Date) error {
	err := p.CheckResults(ctx, who, depositResults(told), today)
	return both(checkDetails(told), err)
}

func depositResults(told []NewDeposit) []Result {
	results := make([]Result, len(told))
	for i, d := range told {
		results[i] = d.Result
		results[i].Kind = ResultDeposited
	}
	return results
}

func checkDetails(told []NewDeposit) error {
	var w fault.Wrong
	for i, d := range told {
		var f *fault.Fault
		if errors.As(d.Details.check(d.Result.Day), &f) {
			for _, field := range f.Fields {
				w.Add(resultField(i, field.Name), field.Code, field.Args...)
			}
		}
	}
	return w.Err()
}

func detailsLogged(d DepositDetails) map[string]any {
	return map[string]any{"ground": d.Ground, "bank": d.Bank, "minutes": d.MinutesNo}
}

// CompleteDeposit states or corrects what the register says of a deposit that stands. Refuses: wrong details, payout.deposit_unknown,
// payout.deposit_over, changed_meanwhile.
func (p Payouts) CompleteDeposit(ctx context.Context, who actor.Actor, code string, version int, d DepositDetails) error {
	scope, err := who.Require(KeepDeposits)
	if err != nil {
		return err
	}
	return refuse(p.DB.Run(ctx, func(ctx context.Context) error { return p.completeInTx(ctx, who, scope, code, version, d) }))
}

func (p Payouts) completeInTx(ctx context.Context, who actor.Actor, scope actor.Scope, code string, version int, d DepositDetails) error {
	s := store{p.DB.Write(ctx)}
	e, err := s.lockDeposit(ctx, scope, code)
	if err != nil {
		return err
	}
	if err := d.check(e.OpenedOn); err != nil {
		return err
	}
	if e.Version != version {
		return fault.ChangedBy(e.ChangedBy, e.ChangedAt)
	}
	if !e.Open() {
		return ErrDepositOver
	}
	if err := s.completeDeposit(ctx, e, d, who.ID); err != nil {
		return err
	}
	return p.logDeposit(ctx, who, e, "deposit.complete", "", detailsLogged(d))
}

func (p Payouts) logDeposit(ctx context.Context, who actor.Actor, d DepositEntry, act, reason string, after any) error {
	return p.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "deposit", ObjectCode: d.Code, Reason: reason, After: after})
}

// DepositFilter chooses deposits; Over keeps those older than so many days.
type DepositFilter struct {
	State, Ground, Project, Payment string
	Over                            int
	Today                           day.Date
}

// DepositSums is what the chosen deposits come to, in đồng.
type DepositSums struct {
	Count    int        `db:"count" json:"count"`
	Amount   vnd.Amount `db:"amount" json:"amount_vnd"`
	Left     vnd.Amount `db:"remaining" json:"left_vnd"`
	Interest vnd.Amount `db:"interest" json:"interest_due_vnd"`
}

// Deposits lists the register, the newest first unless sorted, with the sums of all that is chosen. Account numbers are whole: the caller
// masks them.
func (p Payouts) Deposits(ctx context.Context, who actor.Actor, f DepositFilter, q listing.Query) (listing.Answer[DepositEntry], DepositSums, error) {
	scope, err := who.Require(SeeDeposits)
	if err != nil {
		return listing.Answer[DepositEntry]{}, DepositSums{}, err
	}
	return store{p.DB.Read(ctx)}.deposits(ctx, scope, f, q)
}

// Deposit reads one deposit. Refuses: payout.deposit_unknown.
func (p Payouts) Deposit(ctx context.Context, who actor.Actor, code string) (DepositEntry, error) {
	scope, err := who.Require(SeeDeposits)
	if err != nil {
		return DepositEntry{}, err
	}
	return store{p.DB.Read(ctx)}.deposit(ctx, scope, code)
}
