package bank

import (
	"math/big"
	"regexp"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/vnd"
)

var exactForm = regexp.MustCompile(`^[0-9]{1,18}([.,][0-9]{0,5})?$`)

// exact reads an amount of the interbank formats, which have a mark before the decimals and none between thousands. The text that comes back is
// the same number with a point; decimals that are all zero are dropped, others stay as they were written.
func exact(text string, negative bool) (string, bool) {
	if !exactForm.MatchString(text) {
		return "", false
	}
	whole, decimals, _ := strings.Cut(strings.Replace(text, ",", ".", 1), ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if strings.Trim(decimals, "0") != "" {
		out += "." + decimals
	}
	if negative && strings.Trim(out, "0.") != "" {
		out = "-" + out
	}
	return out, true
}

// number is the value of an exact text.
func number(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat)
	}
	return r
}

// prove checks opening + movements = closing where a statement says both. Refuses: bank.not_proved with the figures.
func (s Inspected) prove() error {
	if s.Opening == nil || s.Closing == nil {
		return nil
	}
	in, out := new(big.Rat), new(big.Rat)
	for _, l := range s.Lines {
		if n := number(l.Amount); n.Sign() > 0 {
			in.Add(in, n)
		} else {
			out.Sub(out, n)
		}
	}
	reached := new(big.Rat).Add(number(*s.Opening), in)
	reached.Sub(reached, out)
	if gap := reached.Sub(reached, number(*s.Closing)); gap.Sign() != 0 {
		return fault.InvalidField("file", "bank.not_proved", *s.Opening, written(in), written(out), *s.Closing, written(gap))
	}
	return nil
}

// written is a number with as many decimals as it has, at most five.
func written(n *big.Rat) string {
	text := n.FloatString(5)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// parsed makes a statement of whole đồng out of one that was read exactly. Refuses: bank.currency, bank.no_balance, bank.fraction with the line.
func (s Inspected) parsed() (Parsed, error) {
	p := Parsed{Account: s.Account, Currency: s.Currency, From: s.From, To: s.To, opening: stated, closing: stated}
	if s.Currency != "VND" {
		return p, fault.InvalidField("file", "bank.currency", s.Currency)
	}
	if s.Opening == nil || s.Closing == nil {
		return p, fault.InvalidField("file", "bank.no_balance", "OPBD", "CLBD")
	}
	var ok1, ok2 bool
	p.Opening, ok1 = wholeDong(*s.Opening)
	p.Closing, ok2 = wholeDong(*s.Closing)
	if !ok1 || !ok2 {
		return p, fault.InvalidField("file", "bank.fraction", 0, *s.Opening+" / "+*s.Closing)
	}
	for _, l := range s.Lines {
		amount, ok := wholeDong(l.Amount)
		if !ok {
			return p, fault.InvalidField("file", "bank.fraction", l.Line, l.Amount)
		}
		p.Lines = append(p.Lines, Line{LineNo: l.Line, Day: l.Day, ValueDay: l.ValueDay, Amount: amount, Reference: l.Reference,
			Description: l.Description, Counterparty: l.Counterparty, CounterpartyAccount: l.CounterpartyAccount})
	}
	p.Credits, p.Debits = sum(p.Lines)
	return p, nil
}

// wholeDong takes a number without decimals within what an amount holds.
func wholeDong(text string) (vnd.Amount, bool) {
	n := number(text)
	if !n.IsInt() || !n.Num().IsInt64() {
		return 0, false
	}
	a := n.Num().Int64()
	return vnd.Amount(a), a <= int64(vnd.Max) && a >= -int64(vnd.Max)
}
