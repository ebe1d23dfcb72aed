package bank

import (
	"slices"

	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// known says where a balance of a file comes from.
type known int

const (
	unknown known = iota
	derived       // from the running balance of the first or last line
	stated        // written in the file as such
)

func (p Parsed) hasOpening() bool { return p.opening != unknown }
func (p Parsed) hasClosing() bool { return p.closing != unknown }

// checkTotals compares a total row ("Tổng", "Cộng phát sinh") with the lines above it.
func (r *reader) checkTotals(i int, row []string) {
	if r.m.Out == outNegative || r.isBalanceRow(row) || r.cell(row, "debit") == "" || r.cell(row, "credit") == "" {
		return
	}
	debit, errDebit := r.amount(r.cell(row, "debit"))
	credit, errCredit := r.amount(r.cell(row, "credit"))
	if errDebit != nil || errCredit != nil {
		return
	}
	out, in := debit, credit
	if r.m.Out == outCredit {
		out, in = credit, debit
	}
	if r.faults == 0 && (out != r.out.Debits || in != r.out.Credits) {
		r.fail(i, "bank.totals", out, in, r.out.Debits, r.out.Credits)
	}
}

// proved checks what the file says about itself: running balances, then opening + credits − debits = closing.
func (r *reader) proved() (Parsed, error) {
	if len(r.out.Lines) == 0 && r.faults == 0 {
		return r.out, fault.InvalidField("file", "bank.no_lines")
	}
	r.checkRunning()
	if err := r.wrong.Err(); err != nil {
		return r.out, err
	}
	p := r.out
	if gap := p.Opening + p.Credits - p.Debits - p.Closing; p.hasOpening() && p.hasClosing() && gap != 0 {
		return p, fault.InvalidField("file", "bank.not_proved", p.Opening, p.Credits, p.Debits, p.Closing, gap)
	}
	return p, nil
}

// checkRunning follows the balances from line to line, oldest first. Banks also print the newest line first; such a file is followed upwards.
func (r *reader) checkRunning() {
	if r.faults > 0 || len(r.out.Lines) == 0 {
		return
	}
	order := make([]int, len(r.out.Lines))
	for i := range order {
		order[i] = i
	}
	upwards := slices.Clone(order)
	slices.Reverse(upwards)
	first, last := r.out.Lines[0].Day, r.out.Lines[len(order)-1].Day
	breaks := r.breaks(order)
	if first.After(last) || len(breaks) > 0 && first == last && len(r.breaks(upwards)) == 0 {
		order, breaks = upwards, r.breaks(upwards)
	}
	for _, b := range breaks {
		r.fail(r.out.Lines[b.at].LineNo-1, "bank.running", r.running[b.at].text, b.want)
	}
	r.derive(order)
}

type gap struct {
	at   int
	want vnd.Amount
}

// breaks lists lines whose balance does not follow from the one before. After a break it goes on from what the file says.
func (r *reader) breaks(order []int) []gap {
	var found []gap
	at, knows := r.out.Opening, r.out.hasOpening()
	for _, i := range order {
		at += r.out.Lines[i].Amount
		b := r.running[i]
		if b.given && knows && b.amount != at {
			found = append(found, gap{i, at})
		}
		if b.given {
			at, knows = b.amount, true
		}
	}
	return found
}

// derive takes balances that the file does not state from its running balances.
func (r *reader) derive(order []int) {
	p, oldest, newest := &r.out, order[0], order[len(order)-1]
	if b := r.running[oldest]; p.opening == unknown && b.given {
		p.Opening, p.opening = b.amount-p.Lines[oldest].Amount, derived
	}
	if b := r.running[newest]; p.closing == unknown && b.given {
		p.Closing, p.closing = b.amount, derived
	}
}
