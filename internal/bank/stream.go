package bank

import (
	"matbang/internal/day"
	"matbang/internal/fault"
)

// Movement is one line of a statement as it was read, in any currency.
type Movement struct {
	Line                int      `json:"line"` // row of the file, or number of the entry where a format has entries
	Day                 day.Date `json:"day"`
	ValueDay            day.Date `json:"value_day"`
	Amount              Exact    `json:"amount"` // positive for money in
	Reference           string   `json:"reference"`
	Description         string   `json:"description"`
	Counterparty        string   `json:"counterparty"`
	CounterpartyAccount string   `json:"counterparty_account"`
	Kind                string   `json:"kind"` // debit for money out, credit for money in
}

// Head is what a statement says of itself. The balances are null where neither the file nor its running balances give them.
type Head struct {
	Account, Currency string // the account is empty when the file does not say it
	From, To          day.Date
	Opening, Closing  Exact
	Credits, Debits   Exact // both positive
	Lines, LeftOut    int   // left out: pending entries, which have not moved
	opening, closing  known
}

// known says where a balance of a file comes from.
type known int

const (
	unknown known = iota
	derived       // from the running balances of the lines
	stated        // written in the file as such
)

// Taker takes a file statement by statement, line by line. An error of its own ends the reading. Begin comes as soon as account and currency
// are known, End when the statement has proved itself; lines that were taken from one that does not prove must be given up.
type Taker interface {
	Begin(h Head) error
	Take(m Movement) error
	End(h Head) error
}

// emitter hands the lines of a statement on and keeps what proves it.
type emitter struct {
	to              Taker
	head            Head
	begun           bool
	lines           int // of the whole file
	credits, debits int // how many of each in this statement
	statements      int
}

// Limits of a file: what a year of a city's account never reaches.
const (
	maxLines      = 200000
	maxStatements = 5000
	maxFaultsTold = 50
)

func (e *emitter) begin() error {
	if e.begun {
		return nil
	}
	e.begun = true
	if e.statements++; e.statements > maxStatements {
		return fault.New(fault.TooLarge, "bank.too_many_statements", maxStatements)
	}
	return e.to.Begin(e.head)
}

func (e *emitter) take(m Movement) error {
	if err := e.begin(); err != nil {
		return err
	}
	if e.lines++; e.lines > maxLines {
		return fault.New(fault.TooLarge, "bank.too_many_rows", maxLines)
	}
	h := &e.head
	m.Kind = "credit"
	if m.Amount.Sign() < 0 {
		m.Kind = "debit"
		h.Debits = h.Debits.Sub(m.Amount)
		e.debits++
	} else {
		h.Credits = h.Credits.Add(m.Amount)
		e.credits++
	}
	const most = 1e18 // sums beyond it would run over
	if h.Debits.whole > most || h.Credits.whole > most {
		return fault.InvalidField("file", "bank.amount", m.Line, m.Amount.String())
	}
	h.Lines++
	if h.From.IsZero() || m.Day.Before(h.From) {
		h.From = m.Day
	}
	if m.Day.After(h.To) {
		h.To = m.Day
	}
	return e.to.Take(m)
}

// end proves opening + credits − debits = closing, where the file says both, and begins anew. Refuses: bank.not_proved with the figures.
func (e *emitter) end() error {
	if err := e.begin(); err != nil {
		return err
	}
	if err := e.head.prove(); err != nil {
		return err
	}
	h := e.head
	e.head, e.begun, e.credits, e.debits = Head{}, false, 0, 0
	return e.to.End(h)
}

func (h Head) hasOpening() bool { return h.opening != unknown }
func (h Head) hasClosing() bool { return h.closing != unknown }

func (h Head) prove() error {
	if !h.hasOpening() || !h.hasClosing() {
		return nil
	}
	if gap := h.Opening.Add(h.Credits).Sub(h.Debits).Sub(h.Closing); gap.Sign() != 0 {
		return fault.InvalidField("file", "bank.not_proved", figure(h.Opening), figure(h.Credits), figure(h.Debits), figure(h.Closing), figure(gap))
	}
	return nil
}

// span is the period as the statement says it; else it stays that of the lines, widened by the days of its balances.
func (h *Head) span(from, to, openDay, closeDay string) {
	at := func(stated, ofBalance string, own day.Date, wider func(day.Date) bool) day.Date {
		if d, err := day.Parse(cut(stated)); err == nil && !d.IsZero() {
			return d
		}
		if d, err := day.Parse(cut(ofBalance)); err == nil && !d.IsZero() && (own.IsZero() || wider(d)) {
			return d
		}
		return own
	}
	h.From = at(from, openDay, h.From, func(d day.Date) bool { return d.Before(h.From) })
	h.To = at(to, closeDay, h.To, func(d day.Date) bool { return d.After(h.To) })
	if h.To.IsZero() {
		h.To = h.From
	}
	if h.From.IsZero() || h.From.After(h.To) {
		h.From = h.To
	}
}

// cut leaves the day of a moment.
func cut(moment string) string { return moment[:min(len(moment), len("2006-01-02"))] }
