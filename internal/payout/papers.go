package payout

import (
	"context"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// PaperKind is a file that leaves with an order.
type PaperKind string

// The files of an order. The list and the slip are signed before the order is released; the others act and so come after.
const (
	PaperList     PaperKind = "list"     // the list of payees to be signed
	PaperSlip     PaperKind = "slip"     // the treasury's drawing slip, form 05.a/TT
	PaperTransfer PaperKind = "transfer" // a bank's file of many transfers
	PaperPain     PaperKind = "pain001"  // the same as ISO 20022
	PaperVietQR   PaperKind = "vietqr"   // one payment as a picture
	PaperCalls    PaperKind = "calls"    // letters to come and collect
)

// Parts is what a payment is made of, in đồng: land + structure + crop + other − deducted = the payment.
type Parts struct {
	Land, Structure, Crop, Other, Deducted vnd.Amount
}

// Net is what the parts come to.
func (p Parts) Net() vnd.Amount { return p.Land + p.Structure + p.Crop + p.Other - p.Deducted }

// PaperRow is a payee of an order as its papers name him. Lines are the sums of the award's lines by category; Other is moving, investment
// and support.
type PaperRow struct {
	Code       string     `db:"code"`
	Payee      string     `db:"payee_name"`
	IdentityNo string     `db:"identity_no"`
	BankName   string     `db:"bank_name"`
	AccountNo  string     `db:"account_no"`
	BankBIN    string     `db:"bin"` // of the bank's name as it was written, by the list of the order's day; empty when it is in none
	Address    string     `db:"address"`
	Parcels    string     `db:"parcels"`
	Area       area.Area  `db:"area"`
	CaseCode   string     `db:"case_code"`
	PlanCode   string     `db:"plan_code"`
	DecisionNo string     `db:"decision_no"`
	DecidedOn  day.Date   `db:"decided_on"`
	Amount     vnd.Amount `db:"amount"`
	Awarded    vnd.Amount `db:"awarded"`
	Deducted   vnd.Amount `db:"deducted"`
	ReissueOf  string     `db:"reissue_of"`
	State      string     `db:"state"`

	Land      vnd.Amount `db:"land"`
	Structure vnd.Amount `db:"structure"`
	Crop      vnd.Amount `db:"crop"`
	Other     vnd.Amount `db:"other"`
	Withheld  vnd.Amount `db:"withheld"` // deduction lines
}

// Paper is what the papers of an order say, all of it fixed since the order was approved but the codes, which are those of its day.
type Paper struct {
	Order                           Order
	Parent, Agency, Project, Source string
	Signer                          string // who made the list
	Rows                            []PaperRow
	Codes                           map[string]string
	Full                            bool // identity and account numbers are whole
}

// Whole tells whether a payment is all of its award's net.
func (r PaperRow) Whole() bool { return r.Amount == r.Awarded-r.Deducted }

// Parts shares the award's parts out to this payment: an instalment or a co-owner gets of each part as much as of the whole, and what
// rounding leaves goes to the largest, so that they always come to the amount. Refuses an award whose lines do not come to it
// (payout.paper_award): such a list would be signed with a wrong sum.
func (r PaperRow) Parts() (Parts, error) {
	whole := Parts{r.Land, r.Structure, r.Crop, r.Other, r.Withheld}
	net := r.Awarded - r.Deducted
	if whole.Net() != net || r.Withheld != r.Deducted || r.Amount <= 0 || r.Amount > net {
		return Parts{}, fault.Conflicting("payout.paper_award", r.Code, r.CaseCode, whole.Net(), net)
	}
	if r.Amount == net {
		return whole, nil
	}
	part := Parts{}
	var largest *vnd.Amount
	for _, p := range []struct {
		of  vnd.Amount
		out *vnd.Amount
	}{{whole.Land, &part.Land}, {whole.Structure, &part.Structure}, {whole.Crop, &part.Crop}, {whole.Other, &part.Other}, {whole.Deducted, &part.Deducted}} {
		share, err := vnd.MulDiv(p.of, int64(r.Amount), int64(net))
		if err != nil {
			return Parts{}, err
		}
		*p.out = share
		if p.out != &part.Deducted && (largest == nil || *p.out > *largest) {
			largest = p.out
		}
	}
	*largest += r.Amount - part.Net()
	return part, nil
}

// Prove checks every row and the sum of the rows against the order's total; a paper that does not add up is not written.
func (p Paper) Prove() error {
	sum := vnd.Amount(0)
	for _, r := range p.Rows {
		parts, err := r.Parts()
		if err != nil {
			return err
		}
		if parts.Net() != r.Amount {
			return fault.Conflicting("payout.paper_award", r.Code, r.CaseCode, parts.Net(), r.Amount)
		}
		sum += r.Amount
	}
	if sum != p.Order.Total || len(p.Rows) != p.Order.PaymentCount {
		return fault.Conflicting("payout.paper_sum", p.Order.Code, sum, p.Order.Total)
	}
	return nil
}

// Papers reads what a paper of an order says. full asks for whole identity and account numbers: that takes identity:open and is written into
// the log, with the paper's name. Refuses: payout.missing, a state in which the paper is not written, a method that has none, sums that
// do not agree.
func (p Payouts) Papers(ctx context.Context, who actor.Actor, code string, kind PaperKind, full bool) (Paper, error) {
	return p.papers(ctx, who, code, kind, full, map[string]any{"paper": kind})
}

func (p Payouts) papers(ctx context.Context, who actor.Actor, code string, kind PaperKind, full bool, logged map[string]any) (Paper, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Paper{}, err
	}
	opens := scope
	if full {
		if opens, err = who.Require("identity:open"); err != nil {
			return Paper{}, err
		}
	}
	paper := Paper{Full: full}
	run := p.DB.Snapshot
	if full {
		run = p.DB.Run // the log is written
	}
	err = run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Read(ctx)}
		if _, err := s.order(ctx, opens, code); err != nil { // both may reach less than everything
			return err
		}
		if paper.Order, err = s.order(ctx, scope, code); err != nil {
			return err
		}
		if err := paper.Order.mayPrint(kind); err != nil {
			return err
		}
		if err := s.fill(ctx, &paper); err != nil {
			return err
		}
		if !full {
			return nil
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "payout.paper", ObjectKind: "order", ObjectCode: code, After: logged})
	})
	if err != nil {
		return Paper{}, err
	}
	return paper, paper.Prove()
}

// PaperOf is Papers for one payment.
func (p Payouts) PaperOf(ctx context.Context, who actor.Actor, payment string, kind PaperKind) (Paper, PaperRow, error) {
	one, _, err := p.Payment(ctx, who, payment)
	if err != nil {
		return Paper{}, PaperRow{}, err
	}
	paper, err := p.papers(ctx, who, one.OrderCode, kind, true, map[string]any{"paper": kind, "payment": payment})
	if err != nil {
		return Paper{}, PaperRow{}, err
	}
	i := slices.IndexFunc(paper.Rows, func(r PaperRow) bool { return r.Code == payment })
	if i < 0 {
		return Paper{}, PaperRow{}, ErrPaymentMissing
	}
	return paper, paper.Rows[i], nil
}

// Prints lists the papers of an order as it stands.
func (o Order) Prints() []PaperKind {
	var kinds []PaperKind
	for _, k := range []PaperKind{PaperList, PaperSlip, PaperTransfer, PaperPain, PaperVietQR, PaperCalls} {
		if o.mayPrint(k) == nil {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func (o Order) mayPrint(kind PaperKind) error {
	switch kind {
	case PaperList, PaperSlip:
		if o.State == OrderApproved || o.State == OrderReleased {
			return nil
		}
	case PaperTransfer, PaperPain, PaperVietQR:
		if o.Method != MethodTransfer {
			return fault.Conflicting("payout.paper_method", o.Code, "@payout.method."+string(o.Method))
		}
		if o.State == OrderReleased {
			return nil
		}
	case PaperCalls:
		if o.Method != MethodCash {
			return fault.Conflicting("payout.paper_method", o.Code, "@payout.method."+string(o.Method))
		}
		if o.State == OrderReleased {
			return nil
		}
	default:
		return ErrPaperMissing
	}
	return errState(o)
}

// TreasuryKeys are the codes that the treasury's and banks' forms want of a work, in the order of the form.
func TreasuryKeys() []string {
	return []string{"project_code", "budget_unit", "treasury_account", "treasury_name", "item", "chapter", "sector", "source", "program", "contract",
		"payer_name", "payer_account", "payer_bank", "place"}
}

// SetCode writes a code of the work of an order, in force from a day; nothing is overwritten, the last entry counts. Refuses: a key that is
// none, a value of more than 120 characters or of several lines.
func (p Payouts) SetCodes(ctx context.Context, who actor.Actor, order string, from day.Date, values map[string]string) error {
	scope, err := who.Require(Make)
	if err != nil {
		return err
	}
	var wrong fault.Wrong
	wrong.Check(!from.IsZero(), "valid_from", "required")
	for key, value := range values {
		wrong.Check(slices.Contains(TreasuryKeys(), key), key, "choose")
		wrong.Check(len([]rune(value)) <= 120 && !strings.ContainsAny(value, "\r\n\t"), key, "payout.code_form")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		o, err := s.order(ctx, scope, order)
		if err != nil {
			return err
		}
		changed := map[string]string{}
		now, err := s.codes(ctx, o.ProjectID, from)
		if err != nil {
			return err
		}
		for _, key := range TreasuryKeys() {
			if value, given := values[key]; given && strings.TrimSpace(value) != now[key] {
				changed[key] = strings.TrimSpace(value)
				if err := s.putCode(ctx, o, key, changed[key], from, who.ID); err != nil {
					return err
				}
			}
		}
		if len(changed) == 0 {
			return nil
		}
		delete(changed, "payer_account")
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "payout.codes", ObjectKind: "order", ObjectCode: order, After: changed})
	})
}

// Codes are the codes of a work in force on a day.
func (p Payouts) Codes(ctx context.Context, o Order, on day.Date) (map[string]string, error) {
	return store{p.DB.Read(ctx)}.codes(ctx, o.ProjectID, on)
}
