package contract

import (
	"context"
	"slices"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// BillState is where a bill stands.
type BillState string

// The states of a bill. A returned one is mended and submitted again; a cancelled one is closed, and an approved one but for ReturnBill.
const (
	Draft        BillState = "draft"
	Submitted    BillState = "submitted"
	BillApproved BillState = "approved"
	Returned     BillState = "returned"
	Cancelled    BillState = "cancelled"
)

// Bill asks to pay accepted work: payable = completed − advance recovered − retained, always.
type Bill struct {
	ID           id.Bill     `db:"id" json:"-"`
	Code         string      `db:"code" json:"code"`
	ContractID   id.Contract `db:"contract_id" json:"-"`
	Contract     string      `db:"contract" json:"contract"`
	Number       int         `db:"number" json:"number"` // counts the bills of the contract
	Day          day.Date    `db:"day" json:"day"`
	Completed    vnd.Amount  `db:"completed_value" json:"completed_value_vnd"`
	Recovered    vnd.Amount  `db:"advance_recovered" json:"advance_recovered_vnd"`
	Retained     vnd.Amount  `db:"retained" json:"retained_vnd"`
	Payable      vnd.Amount  `db:"payable" json:"payable_vnd"`
	Note         string      `db:"note" json:"note"`
	State        BillState   `db:"state" json:"state"`
	Hands        actor.Hands `db:"hands" json:"-"` // everybody who ever made, changed or submitted it
	Maker        string      `db:"maker" json:"made_by"`
	Submitter    string      `db:"submitter" json:"submitted_by"`
	SubmittedAt  *time.Time  `db:"submitted_at" json:"submitted_at,omitempty"`
	Approver     string      `db:"approver" json:"approved_by"`
	ApprovedAt   *time.Time  `db:"approved_at" json:"approved_at,omitempty"`
	Returner     string      `db:"returner" json:"returned_by"`
	ReturnedAt   *time.Time  `db:"returned_at" json:"returned_at,omitempty"`
	ReturnReason string      `db:"return_reason" json:"return_reason"`
	CancelReason string      `db:"cancel_reason" json:"cancel_reason"`
	ChangedBy    string      `db:"changed_name" json:"changed_by"`
	ChangedAt    time.Time   `db:"changed_at" json:"changed_at"`
	Version      int         `db:"version" json:"version"`
}

// BillInput is what a person enters: what is kept back and what is left to pay follow from it.
type BillInput struct {
	Day                  day.Date
	Completed, Recovered vnd.Amount
	Note                 string
}

// Editable tells whether the figures may still change.
func (b Bill) Editable() bool { return b.State == Draft || b.State == Returned }

// Closed tells whether nothing may change any more.
func (b Bill) Closed() bool { return b.State == BillApproved || b.State == Cancelled }

// HadHand tells whether a person ever entered, changed or submitted the bill, and so may not approve it, also when others wrote over it since.
func (b Bill) HadHand(who id.User) bool { return b.Hands.Has(who) }

// Retention is what is kept back of completed work, by the one rounding rule of money.
func Retention(completed vnd.Amount, bp int) (vnd.Amount, error) {
	return vnd.MulDiv(completed, int64(bp), wholeBP)
}

// figure works a bill out against its contract; old is what this bill held of the accepted work before, 0 for a new one.
func (in BillInput) figure(c Contract, old vnd.Amount, today day.Date) (Bill, error) {
	var w fault.Wrong
	w.Check(!in.Day.IsZero(), "day", "required")
	w.Check(!in.Day.After(today), "day", "day_future")
	w.Check(in.Day.IsZero() || !in.Day.Before(c.SignedOn), "day", "contract.before_signing", c.SignedOn)
	positive(&w, "completed_value", in.Completed)
	w.Check(in.Recovered >= 0 && in.Recovered <= vnd.Max, "advance_recovered", "contract.recovered_negative")
	if err := w.Err(); err != nil {
		return Bill{}, err
	}
	left := c.Accepted - c.Billed + old
	w.Check(in.Completed <= left, "completed_value", "contract.billed_over", in.Completed, left)
	retained, err := Retention(in.Completed, c.RetentionBP)
	if err != nil {
		w.Add("completed_value", "money_range", in.Completed)
	}
	payable := in.Completed - in.Recovered - retained
	w.Check(payable >= 0, "advance_recovered", "contract.recovered_over", in.Recovered, in.Completed-retained)
	return Bill{Day: in.Day, Completed: in.Completed, Recovered: in.Recovered, Retained: retained, Payable: payable, Note: in.Note}, w.Err()
}

// AddBill enters a bill as a draft and gives its code; version is the contract's. Refuses: wrong fields, more than is accepted and not yet
// billed (both figures), an advance recovered beyond what the bill is worth.
func (r Contracts) AddBill(ctx context.Context, who actor.Actor, contract string, version int, in BillInput, today day.Date) (string, error) {
	made, err := r.AddBills(ctx, who, []On[BillInput]{{contract, version, in}}, today)
	if err != nil {
		return "", err
	}
	return made[0], nil
}

// AddBills enters bills of several contracts, one each, all or none, and gives their codes in the same order. Refuses what AddBill refuses,
// at the first that is wrong.
func (r Contracts) AddBills(ctx context.Context, who actor.Actor, rows []On[BillInput], today day.Date) ([]string, error) {
	codes := make([]string, len(rows))
	err := onContracts(ctx, r, who, rows, func(ctx context.Context, s store, contracts map[string]Contract) ([]audit.Event, error) {
		bills := make([]written, 0, len(rows))
		for _, row := range rows {
			c := contracts[row.Contract]
			b, err := row.What.figure(c, 0, today)
			if err != nil {
				return nil, err
			}
			bills = append(bills, written{Contract: c.ID, Day: b.Day, Value: b.Completed, Recovered: b.Recovered, Retained: b.Retained, Payable: b.Payable,
				Note: strings.TrimSpace(b.Note)})
		}
		made, err := s.addBills(ctx, bills, who.ID)
		if err != nil {
			return nil, err
		}
		events := make([]audit.Event, 0, len(rows))
		for i, row := range rows {
			codes[i] = made[bills[i].Contract]
			events = append(events, audit.Event{Act: "bill.add", After: map[string]any{"bill": codes[i], "figures": row.What}})
		}
		return events, nil
	})
	return codes, err
}

// UpdateBill changes a draft or returned bill; it becomes a draft again. Refuses: what AddBill refuses, bill.missing, changed_meanwhile,
// bill.wrong_state.
func (r Contracts) UpdateBill(ctx context.Context, who actor.Actor, bill string, version int, in BillInput, today day.Date) error {
	return r.onBills(ctx, who, Edit, []Pick{{bill, version}}, "bill.update", "", func(ctx context.Context, s store, bills []Bill) error {
		b := bills[0]
		if !b.Editable() {
			return b.wrongState()
		}
		c, err := s.byID(ctx, b.ContractID)
		if err != nil {
			return err
		}
		now, err := in.figure(c, b.Completed, today)
		if err != nil {
			return err
		}
		return s.updateBill(ctx, b.ID, now, who.ID)
	})
}

// Pick names a bill with the version that was seen.
type Pick struct {
	Code    string
	Version int
}

// SubmitBills sends bills for approval, all or none. Refuses: bill.missing, changed_meanwhile, bill.wrong_state.
func (r Contracts) SubmitBills(ctx context.Context, who actor.Actor, picks ...Pick) error {
	return r.onBills(ctx, who, Edit, picks, "bill.submit", "", func(ctx context.Context, s store, bills []Bill) error {
		return s.stepBills(ctx, bills, func(b Bill) bool { return b.Editable() },
			`UPDATE bill SET state = 'submitted', submitted_by = $2, submitted_at = clock_timestamp(), changed_by = $2, changed_at = clock_timestamp(),
			 version = version + 1 WHERE code = ANY(string_to_array($1, ','))`, who.ID)
	})
}

// ApproveBills is the second person's step, all or none. Refuses: what SubmitBills refuses, and bill.maker_never_approves.
func (r Contracts) ApproveBills(ctx context.Context, who actor.Actor, picks ...Pick) error {
	return r.onBills(ctx, who, Approve, picks, "bill.approve", "", func(ctx context.Context, s store, bills []Bill) error {
		if slices.ContainsFunc(bills, func(b Bill) bool { return b.HadHand(who.ID) }) {
			return ErrOwnBill
		}
		return s.stepBills(ctx, bills, func(b Bill) bool { return b.State == Submitted },
			`UPDATE bill SET state = 'approved', approved_by = $2, approved_at = clock_timestamp(), changed_by = $2, changed_at = clock_timestamp(),
			 version = version + 1 WHERE code = ANY(string_to_array($1, ','))`, who.ID)
	})
}

// ReturnBill gives a submitted bill back with a reason. An approved one comes back too, which the treasury did not pay: the only way out of its
// closed state, for somebody who had no hand in it and while nothing is paid or recovered on it. Refuses: a missing reason, what SubmitBills
// refuses, bill.maker_never_approves, bill.paid (with the figures).
func (r Contracts) ReturnBill(ctx context.Context, who actor.Actor, bill string, version int, reason string) error {
	return r.onBills(ctx, who, Approve, []Pick{{bill, version}}, "bill.return", reason, func(ctx context.Context, s store, bills []Bill) error {
		if !given(reason) {
			return fault.InvalidField("reason", "required")
		}
		if err := bills[0].mayComeBack(ctx, s, who.ID); err != nil {
			return err
		}
		return s.stepBills(ctx, bills, func(b Bill) bool { return b.State == Submitted || b.State == BillApproved },
			`UPDATE bill SET state = 'returned', returned_by = $2, returned_at = clock_timestamp(), return_reason = $3, approved_by = NULL, approved_at = NULL, changed_by = $2,
			 changed_at = clock_timestamp(), version = version + 1 WHERE code = ANY(string_to_array($1, ','))`, who.ID, reason)
	})
}

// mayComeBack judges an approved bill; any other is judged by its state alone.
func (b Bill) mayComeBack(ctx context.Context, s store, who id.User) error {
	if b.State != BillApproved {
		return nil
	}
	if b.HadHand(who) {
		return ErrOwnBill
	}
	paid, recovered, err := s.paid(ctx, b.ID)
	if err == nil && (paid != 0 || recovered != 0) {
		err = fault.Conflicting("bill.paid", b.Code, paid, recovered)
	}
	return err
}

// CancelBill ends a bill that was not approved and frees the accepted work it held. Refuses: a missing reason, what SubmitBills refuses.
func (r Contracts) CancelBill(ctx context.Context, who actor.Actor, bill string, version int, reason string) error {
	return r.onBills(ctx, who, Edit, []Pick{{bill, version}}, "bill.cancel", reason, func(ctx context.Context, s store, bills []Bill) error {
		if !given(reason) {
			return fault.InvalidField("reason", "required")
		}
		return s.stepBills(ctx, bills, func(b Bill) bool { return !b.Closed() },
			`UPDATE bill SET state = 'cancelled', cancelled_by = $2, cancelled_at = clock_timestamp(), cancel_reason = $3, changed_by = $2,
			 changed_at = clock_timestamp(), version = version + 1 WHERE code = ANY(string_to_array($1, ','))`, who.ID, reason)
	})
}

func (b Bill) wrongState() error {
	return fault.Conflicting("bill.wrong_state", b.Code, "@bill.state."+string(b.State))
}
