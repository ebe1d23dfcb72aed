package disbursementweb

import (
	"strings"

	"matbang/internal/disbursement"
	"matbang/internal/fault"
	"matbang/internal/webkit"
)

// form is a voucher, an agreement or a taking back as it was typed. Act is the form it was typed in; the others on the page stay empty.
type form struct {
	Act, Key                                                                   string
	Kind, Target, Source, Bill, Advance, Amount, Recover, Number, PaidOn, Note string
	Through, AgreedOn, Reason, Voucher                                         string
}

// The forms of a work's page.
const (
	actPayment = "payment"
	actAdvance = "advance"
	actSettle  = "settle"
	actConfirm = "confirm"
	actReverse = "reverse"
)

func readForm(c *webkit.Ctx) form {
	return form{Act: c.Form("act"), Key: c.Key(), Kind: c.Form("kind"), Target: c.Form("target"), Source: c.Form("source"), Bill: c.Form("bill"), Advance: c.Form("advance"),
		Amount: c.Form("amount"), Recover: c.Form("recover"), Number: c.Form("number"), PaidOn: c.Form("paid_on"), Note: c.Form("note"),
		Through: c.Form("through"), AgreedOn: c.Form("agreed_on"), Reason: c.Form("reason"), Voucher: c.Form("voucher")}
}

// contractTarget begins a target that is a contract; any other target is a purpose.
const contractTarget = "contract:"

// entry reads the typed texts. What is about an advance takes purpose and contract from it.
func (f form) entry(project string, year int, advances []disbursement.AdvanceChoice) (disbursement.Entry, error) {
	var wrong fault.Wrong
	e := disbursement.Entry{Project: project, Year: year, Source: f.Source, Kind: disbursement.Kind(f.Kind), Bill: f.Bill, Advance: f.Advance,
		Number: f.Number, Note: f.Note, Key: f.Key}
	switch f.Act {
	case actPayment:
		e.Kind = disbursement.KindPayment
	case actAdvance:
		e.Kind = disbursement.KindAdvance
	}
	if code, found := strings.CutPrefix(f.Target, contractTarget); found {
		e.Purpose, e.Contract = disbursement.ForContract, code
	} else {
		e.Purpose = disbursement.Purpose(f.Target)
	}
	if f.Act == actSettle {
		e = aboutAdvance(e, advances)
		wrong.Check(e.Advance != "", "advance", "choose")
	} else {
		wrong.Check(f.Target != "", "target", "choose")
	}
	e.Amount = webkit.Money(&wrong, "amount", f.Amount)
	if f.Recover != "" {
		e.Recover = webkit.Money(&wrong, "recover", f.Recover)
	}
	e.PaidOn = webkit.Day(&wrong, "paid_on", f.PaidOn)
	return e, wrong.Err()
}

// aboutAdvance takes purpose, contract and fund from the advance chosen.
func aboutAdvance(e disbursement.Entry, advances []disbursement.AdvanceChoice) disbursement.Entry {
	for _, a := range advances {
		if a.Code == e.Advance {
			e.Purpose, e.Contract, e.Year, e.Source = a.Purpose, a.Contract, a.Year, a.Source
		}
	}
	return e
}

func (f form) agreement(project string, year int) (disbursement.Agreement, error) {
	var wrong fault.Wrong
	a := disbursement.Agreement{Project: project, Year: year, Source: f.Source, Number: f.Number, Note: f.Note, Key: f.Key}
	a.Through = webkit.Day(&wrong, "through", f.Through)
	a.Amount = webkit.Money(&wrong, "amount", f.Amount)
	a.AgreedOn = webkit.Day(&wrong, "agreed_on", f.AgreedOn)
	return a, wrong.Err()
}

// onPage gives a field of the room the name it has on the page: a contract is chosen in the field of the target.
func onPage(err error) error {
	return renamed(err, map[string]string{"contract": "target", "purpose": "target", "plan_year": "paid_on"})
}
