package reconweb

import (
	"cmp"
	"errors"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/recon"
	"matbang/internal/webkit"
)

// fileLimit is far above one month of a city's account.
const fileLimit = 10 << 20

// number reads an id of an address; what is none names nothing.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// lineForm is what a person decided about a line, as it was typed.
type lineForm struct{ Payment, Other, Reason, Kind string }

func readLineForm(c *webkit.Ctx) lineForm {
	return lineForm{Payment: c.Form("payment"), Other: c.Form("payment_other"), Reason: c.Form("reason"), Kind: c.Form("kind")}
}

// code is the payment meant: the one typed counts before the one ticked.
func (f lineForm) code() string { return cmp.Or(f.Other, f.Payment) }

// reason is one thing that speaks for a candidate, in words. A strong one could hardly be chance.
type reason struct {
	Text   string
	Strong bool
}

// candidate is a proposed payment with its reasons.
type candidate struct {
	recon.Candidate
	Reasons []reason
	Ticked  bool
}

// reasonsOf puts in words what speaks for a candidate, the strongest first.
func reasonsOf(c *webkit.Ctx, found recon.Candidate) []reason {
	var reasons []reason
	for _, r := range []struct {
		holds  bool
		key    string
		strong bool
	}{
		{found.SameCode, "recon.why.same_code", true}, {found.CodeLikely, "recon.why.code_likely", false}, {found.SameAccount, "recon.why.same_account", true},
		{found.SameIdentity, "recon.why.same_identity", true},
		{found.SameName, "recon.why.same_name", false}, {found.NameLikely, "recon.why.name_likely", false},
	} {
		if r.holds {
			reasons = append(reasons, reason{c.T(r.key), r.strong})
		}
	}
	amount := reason{c.T("recon.why.amount"), false}
	if !found.SameAmount {
		amount = reason{c.T("recon.why.part", found.Amount), true}
	}
	return append(reasons, amount, reason{c.T("recon.why.days", found.DaysAfter), false})
}

// candidates ticks none by itself: a person decides, and only the code in the memo is strong enough to be offered first.
func candidates(c *webkit.Ctx, found []recon.Candidate, chosen string) []candidate {
	rows := make([]candidate, 0, len(found))
	for i, f := range found {
		rows = append(rows, candidate{Candidate: f, Reasons: reasonsOf(c, f), Ticked: f.PaymentCode == chosen || chosen == "" && i == 0 && f.SameCode && f.SameAmount})
	}
	return rows
}

// fileFault is one thing wrong with a refused file, in the order of its rows. Row is 0 when the whole file is meant.
type fileFault struct {
	Row  string
	Text string
}

func fileFaults(c *webkit.Ctx, err error) []fileFault {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	rows := make([]fileFault, 0, len(f.Fields))
	for _, field := range f.Fields {
		row := ""
		if after, found := cutRow(field.Name); found {
			row = after
		}
		rows = append(rows, fileFault{row, c.T("fault."+field.Code, field.Args...)})
	}
	return rows
}

func cutRow(name string) (string, bool) {
	const prefix = "row "
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return name[len(prefix):], true
	}
	return "", false
}

// masked hides the account numbers of persons from whoever may not open them.
func masked(who actor.Actor, l bank.Line) bank.Line {
	if !who.Can(bank.OpenIdentity) {
		l.CounterpartyAccount = webkit.Mask(l.CounterpartyAccount)
	}
	return l
}

func maskedAll(who actor.Actor, lines []bank.Line) []bank.Line {
	for i := range lines {
		lines[i] = masked(who, lines[i])
	}
	return lines
}

func lineID(c *webkit.Ctx) id.Line { return id.Line(number(c.Param("line"))) }
