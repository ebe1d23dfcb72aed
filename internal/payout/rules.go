package payout

import (
	"fmt"
	"slices"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// MaxLines bounds one order: more is several orders.
const MaxLines = 2000

// check lists what is wrong with an entered order by itself.
func (in NewOrder) check() error {
	var w fault.Wrong
	w.Check(in.Project != "", "project", "choose")
	w.Check(slices.Contains(Methods(), in.Method), "method", "choose")
	w.Check(in.Source != "", "source", "choose")
	w.Check(in.Year == 0 || in.Year >= 2000 && in.Year <= 2100, "plan_year", "year_range")
	w.Check(len(in.Lines) > 0, "lines", "payout.lines_needed")
	w.Check(len(in.Lines) <= MaxLines, "lines", "payout.lines_many", MaxLines)
	for i, l := range in.Lines {
		switch {
		case l.ReissueOf != "":
		case l.AwardID == 0 && (l.CaseCode == "" || l.PlanCode == ""):
			w.Add(lineField(i, "case"), "required")
		default:
			w.Check(l.Amount > 0 || l.Amount == 0 && l.ShareBP > 0 && l.ShareBP <= wholeBP, lineField(i, "amount"), "amount_positive")
		}
	}
	return w.Err()
}

const wholeBP = 10_000

// onDay gives an order its plan year. Money of a plan year may leave in it and in the year after.
func (in NewOrder) onDay(today day.Date) (NewOrder, error) {
	if in.Year == 0 {
		in.Year = today.Year()
	}
	if in.Year > today.Year() || in.Year < today.Year()-1 {
		return in, fault.InvalidField("plan_year", "payout.plan_year", fmt.Sprint(today.Year()-1), fmt.Sprint(today.Year()))
	}
	return in, nil
}

// instalment is a share of what is left, rounded to the đồng and never above it.
func instalment(left vnd.Amount, shareBP int) vnd.Amount {
	part, err := vnd.MulDiv(left, int64(shareBP), wholeBP)
	if err != nil || part < 0 {
		return 0
	}
	return min(part, left)
}

func lineField(i int, name string) string { return fmt.Sprintf("lines[%d].%s", i, name) }

// awardFacts is what an award allows; claimed is what live payments hold of it, money issued again counted once, in đồng.
type awardFacts struct {
	ID       id.Award   `db:"award_id"`
	CaseID   id.Case    `db:"case_id"`
	CaseCode string     `db:"case_code"`
	PlanCode string     `db:"plan_code"`
	Approved bool       `db:"approved"`
	Net      vnd.Amount `db:"net"`
	Claimed  vnd.Amount `db:"claimed"`
	parties  []party
}

// party is a person entitled to a share, and the order that person's money of this award stands in without a result, if any.
type party struct {
	AwardID   id.Award `db:"award_id"`
	ID        id.Party `db:"party_id"`
	Name      string   `db:"full_name"`
	ShareBP   int64    `db:"share_bp"`
	LiveOrder string   `db:"live_order"`
}

// original is a payment that is to be issued again.
type original struct {
	ID       id.Payment   `db:"id"`
	Code     string       `db:"code"`
	AwardID  id.Award     `db:"award_id"`
	PartyID  id.Party     `db:"party_id"`
	Free     vnd.Amount   `db:"free"` // returned and not issued again, in đồng
	State    PaymentState `db:"state"`
	Reissued string       `db:"reissued_by"`
}

// newPayment is a payment to be written.
type newPayment struct {
	CaseID    id.Case
	AwardID   id.Award
	PartyID   id.Party
	Payee     string
	Amount    vnd.Amount
	ReissueOf id.Payment // 0 = none
}

// drafting turns the lines of an order into payments, against what the locked rows say.
type drafting struct {
	awards    map[id.Award]awardFacts
	originals map[string]original
	wrong     fault.Wrong
	payments  []newPayment
	payees    map[[2]int64]bool // award and party in this order
}

// payments makes the payments of the lines, in their order, or says everything that stands against them.
func (d *drafting) assemble(lines []NewLine) ([]newPayment, error) {
	d.payees = map[[2]int64]bool{}
	for i, l := range lines {
		if l.ReissueOf != "" {
			d.again(i, l)
		} else {
			d.part(i, l)
		}
	}
	return d.payments, d.wrong.Err()
}

// part splits an amount of an award over those entitled, by their shares.
func (d *drafting) part(i int, l NewLine) {
	a, known := d.awards[l.AwardID]
	left := a.Net - a.Claimed
	if l.Amount == 0 && l.ShareBP > 0 {
		l.Amount = instalment(left, l.ShareBP)
	}
	switch {
	case !known:
		d.wrong.Add(lineField(i, "case"), "payout.award_missing", l.CaseCode, l.PlanCode)
		return
	case !a.Approved:
		d.wrong.Add(lineField(i, "case"), "payout.plan_not_approved", a.PlanCode)
		return
	case l.Amount <= 0: // a share of nothing
		d.wrong.Add(lineField(i, "amount"), "payout.nothing_left_of", a.CaseCode)
		return
	case l.Amount > left:
		d.wrong.Add(lineField(i, "amount"), "payout.above_left", a.CaseCode, l.Amount, left)
		return
	}
	var shares []int64
	var entitled []party
	for _, p := range a.parties {
		if p.ShareBP > 0 {
			shares, entitled = append(shares, p.ShareBP), append(entitled, p)
		}
	}
	amounts := vnd.Split(l.Amount, shares)
	if len(entitled) == 0 || l.Amount > 0 && amounts == nil { // nobody, or shares that are no whole
		d.wrong.Add(lineField(i, "case"), "payout.no_payee", a.CaseCode)
		return
	}
	for n, amount := range amounts {
		if amount > 0 {
			d.add(i, a, entitled[n], amount, 0)
		}
	}
}

// again pays what came back of a payment once more: the same payee, all of it that is not issued again yet.
func (d *drafting) again(i int, l NewLine) {
	o, known := d.originals[l.ReissueOf]
	switch {
	case !known:
		d.wrong.Add(lineField(i, "reissue_of"), "payout.payment_missing", l.ReissueOf)
		return
	case o.State != Returned:
		d.wrong.Add(lineField(i, "reissue_of"), "payout.not_returned", o.Code, "@payout.payment.state."+string(o.State))
		return
	case o.Free == 0:
		d.wrong.Add(lineField(i, "reissue_of"), "payout.reissued", o.Code, o.Reissued)
		return
	case l.Amount != 0 && l.Amount != o.Free:
		d.wrong.Add(lineField(i, "amount"), "payout.reissue_amount", o.Code, l.Amount, o.Free)
		return
	}
	a := d.awards[o.AwardID]
	for _, p := range a.parties {
		if p.ID == o.PartyID {
			d.add(i, a, p, o.Free, o.ID)
		}
	}
}

func (d *drafting) add(i int, a awardFacts, p party, amount vnd.Amount, reissue id.Payment) {
	payee := [2]int64{int64(a.ID), int64(p.ID)}
	switch {
	case d.payees[payee]:
		d.wrong.Add(lineField(i, "case"), "payout.line_twice", p.Name, a.CaseCode)
	case p.LiveOrder != "":
		d.wrong.Add(lineField(i, "case"), "payout.payee_in_order", p.Name, p.LiveOrder)
	default:
		d.payees[payee] = true
		d.payments = append(d.payments, newPayment{a.CaseID, a.ID, p.ID, p.Name, amount, reissue})
	}
}

// maySubmit: only who made the order submits it.
func (o Order) maySubmit(who id.User) error {
	if o.State != OrderDraft {
		return errState(o)
	}
	if o.MadeByID != who {
		return ErrNotMaker
	}
	return nil
}

// mayApprove: a second person.
func (o Order) mayApprove(who id.User) error {
	if o.State != OrderSubmitted {
		return errState(o)
	}
	if o.MadeByID == who {
		return ErrMaker
	}
	return nil
}

// maySecond: a large order is approved once more, by somebody who neither made nor approved it.
func (o Order) maySecond(who id.User) error {
	switch {
	case o.State != OrderApproved:
		return errState(o)
	case !o.SecondNeeded:
		return fault.Conflicting("payout.second_not_needed", o.Code)
	case o.SecondByID != 0:
		return fault.Conflicting("payout.second_done", o.Code, o.SecondBy)
	case o.MadeByID == who || o.ApprovedByID == who:
		return ErrSecondPerson
	}
	return nil
}

// waitsForSecond tells whether the next signature is the second approval.
func (o Order) waitsForSecond() bool {
	return o.State == OrderApproved && o.SecondNeeded && o.SecondByID == 0
}

// mayRelease: a third person, or a fourth where two approved.
func (o Order) mayRelease(who id.User) error {
	switch {
	case o.State != OrderApproved:
		return errState(o)
	case o.waitsForSecond():
		return fault.Conflicting("payout.second_needed", o.Code, o.Total, o.SecondFrom)
	case o.MadeByID == who || o.ApprovedByID == who || o.SecondByID == who:
		return ErrThreePersons
	}
	return nil
}

// mayCancel: nothing that was released is cancelled; its payments are returned or reversed.
func (o Order) mayCancel(reason string) error {
	if o.State == OrderReleased || o.State == OrderCancelled {
		return errState(o)
	}
	if strings.TrimSpace(reason) == "" {
		return ErrReasonNeeded
	}
	return nil
}

// held is a payment of an order as the book moves it.
type held struct {
	ID      id.Payment `db:"id"`
	Code    string     `db:"code"`
	CaseID  id.Case    `db:"case_id"`
	AwardID id.Award   `db:"award_id"`
	Amount  vnd.Amount `db:"amount"`
	Again   bool       `db:"again"` // issued again: its money comes from returned, and goes back there
}

// takeUp moves the money of an order into ordered; giveBack is the way back.
func takeUp(payments []held) []ledger.Posting {
	var postings []ledger.Posting
	for _, p := range payments {
		from := ledger.NotOrdered
		if p.Again {
			from = ledger.Returned
		}
		postings = append(postings, ledger.Move(p.CaseID, from, ledger.Ordered, p.Amount)...)
	}
	return postings
}

func giveBack(payments []held) []ledger.Posting {
	postings := takeUp(payments)
	for i := range postings {
		postings[i].Amount = -postings[i].Amount
	}
	return postings
}

// sendOut carries the money of an order to the treasury, where it stands until the results.
func sendOut(payments []held) []ledger.Posting {
	var postings []ledger.Posting
	for _, p := range payments {
		postings = append(postings, ledger.Move(p.CaseID, ledger.Ordered, ledger.WithTreasury, p.Amount)...)
	}
	return postings
}

func awardsOf(payments []held) []id.Award {
	awards := make([]id.Award, 0, len(payments))
	for _, p := range payments {
		awards = append(awards, p.AwardID)
	}
	slices.Sort(awards)
	return slices.Compact(awards)
}
