package bank

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/unicode/norm"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// Limits of a file of camt.053: how deep elements lie in each other, how much one of them may hold, how many parts an entry has.
const (
	maxDepth      = 64
	maxElement    = 1 << 20
	maxEntryParts = 400000
)

// camtReader goes through the elements of a file; one entry is in memory at a time.
type camtReader struct {
	d     *xml.Decoder
	in    *camtTokens
	e     *emitter
	s     *camtStatement // nil between statements
	known bool
}

// camtStatement is what the statement at hand says besides its lines.
type camtStatement struct {
	period            camtPeriod
	previous          *Exact // closing of the statement before, used where no opening is given
	openDay, closeDay string
	summary           *camtSummary
	booked, waiting   camtCount
	entries           int
}

// camtCount is how many entries there were, and what they come to.
type camtCount struct {
	entries [2]int // credits, debits
	sums    [2]Exact
}

// camtTokens hands the elements of a file on within limits. Go's decoder knows no entities but the five of XML itself; a document type, which
// would bring others, is refused.
type camtTokens struct {
	d     *xml.Decoder
	depth int
	parts int // of the entry at hand
}

var errXMLLimit = errors.New("bank: beyond the limits of a statement")

func (t *camtTokens) Token() (xml.Token, error) {
	token, err := t.d.RawToken()
	if err != nil {
		return nil, err
	}
	t.parts++
	switch e := token.(type) {
	case xml.StartElement:
		if t.depth++; t.depth > maxDepth || len(e.Attr) > 100 {
			return nil, errXMLLimit
		}
		if e.Name.Local == "Ntry" {
			t.parts = 0
		}
	case xml.EndElement:
		t.depth--
	case xml.Directive:
		return nil, errXMLLimit
	}
	if t.parts > maxEntryParts {
		return nil, errXMLLimit
	}
	return token, nil
}

// tagLimit refuses a text or tag without end before it fills the memory.
type tagLimit struct {
	in    io.Reader
	since int
}

func (l *tagLimit) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	for _, c := range p[:n] {
		if l.since++; c == '<' {
			l.since = 0
		} else if l.since > maxElement {
			return 0, errXMLLimit
		}
	}
	return n, err
}

// readCamt reads camt.053. Refuses: bank.xml with the place, bank.camt_kind for another message, bank.entry with the entry, bank.not_proved,
// bank.control_sum.
func readCamt(s source, e *emitter) error {
	content := s.bytes()
	if s.code == utf16Text {
		var err error
		if content, err = s.decoded(); err != nil {
			return err
		}
	}
	raw := xml.NewDecoder(&tagLimit{in: content})
	raw.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		if s.code == utf16Text && strings.HasPrefix(strings.ToLower(name), "utf-16") {
			return in, nil // decoded already
		}
		found, err := ianaindex.IANA.Encoding(name)
		if err != nil || found == nil || strings.HasPrefix(strings.ToLower(name), "utf-") {
			return nil, fault.InvalidField("file", "bank.charset", name)
		}
		return found.NewDecoder().Reader(in), nil
	}
	tokens := &camtTokens{d: raw}
	r := camtReader{d: xml.NewTokenDecoder(tokens), in: tokens, e: e}
	for {
		token, err := r.d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.broken(err)
		}
		if err := r.token(token); err != nil {
			return err
		}
	}
	if !r.known {
		return fault.InvalidField("file", "bank.camt_kind")
	}
	if r.s != nil {
		return r.broken(nil)
	}
	if e.statements == 0 {
		return fault.InvalidField("file", "bank.no_lines")
	}
	return nil
}

func (r *camtReader) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		r.known = r.known || t.Name.Local == "BkToCstmrStmt"
		return r.start(t)
	case xml.EndElement:
		if t.Name.Local == "Stmt" && r.s != nil {
			return r.finish()
		}
	}
	return nil
}

func (r *camtReader) broken(err error) error {
	line, column := r.in.d.InputPos()
	return asFault(err, fault.InvalidField("file", "bank.xml", line, column))
}

// start takes the elements of a statement that are read whole; everything else is only walked through.
func (r *camtReader) start(t xml.StartElement) error {
	if t.Name.Local == "Stmt" {
		r.s, r.e.head = &camtStatement{}, Head{}
		return nil
	}
	if r.s == nil {
		return nil
	}
	take := func(into any) error {
		if err := r.d.DecodeElement(into, &t); err != nil {
			return r.broken(err)
		}
		return nil
	}
	switch t.Name.Local {
	case "FrToDt":
		return take(&r.s.period)
	case "Acct":
		var a camtAccount
		err := take(&a)
		r.e.head.Account, r.e.head.Currency = first(a.IBAN, a.Other), strings.TrimSpace(a.Currency)
		return err
	case "Bal":
		var b camtBalance
		if err := take(&b); err != nil {
			return err
		}
		return r.balance(b)
	case "TxsSummry":
		r.s.summary = &camtSummary{}
		return take(r.s.summary)
	case "Ntry":
		var e camtEntry
		if err := take(&e); err != nil {
			return err
		}
		return r.entry(e)
	default:
		return nil
	}
}

func (r *camtReader) balance(b camtBalance) error {
	amount, ok := exact(strings.TrimSpace(b.Amount.Text), b.Side == "DBIT")
	if !ok || b.Side != "DBIT" && b.Side != "CRDT" {
		return r.broken(nil)
	}
	h := &r.e.head
	h.Currency = first(h.Currency, b.Amount.Currency)
	switch b.Code {
	case "OPBD":
		if h.opening == unknown { // later ones are those of pages
			h.Opening, h.opening, r.s.openDay = amount, stated, b.Day.text()
		}
	case "PRCD":
		r.s.previous = &amount
	case "CLBD":
		h.Closing, h.closing, r.s.closeDay = amount, stated, b.Day.text()
	}
	return nil
}

func (d camtDay) text() string { return cut(first(d.Day, d.Moment)) }

// entry takes what was booked; what is pending or only for information has not moved and is counted as left out.
func (r *camtReader) entry(e camtEntry) error {
	s, h := r.s, &r.e.head
	s.entries++
	amount, ok := exact(strings.TrimSpace(e.Amount.Text), e.Side == "DBIT")
	if !ok || e.Side != "DBIT" && e.Side != "CRDT" {
		return r.wrongEntry(e.Amount.Text + " " + e.Side)
	}
	if state := first(e.State.Code, e.State.Text); state != "" && state != "BOOK" {
		h.LeftOut++
		s.waiting.add(amount)
		return nil
	}
	booked, value := first(e.Booked.text(), e.Value.text()), first(e.Value.text(), e.Booked.text())
	m := Movement{Line: h.Lines + 1, Amount: amount, Reference: nfc(first(e.Servicer, e.Reference))}
	var err1, err2 error
	m.Day, err1 = day.Parse(booked)
	m.ValueDay, err2 = day.Parse(value)
	if err1 != nil || err2 != nil || m.Day.IsZero() {
		return r.wrongEntry(booked)
	}
	h.Currency = first(h.Currency, e.Amount.Currency)
	if e.Amount.Currency != "" && e.Amount.Currency != h.Currency {
		return r.wrongEntry(e.Amount.Currency)
	}
	s.booked.add(amount)
	if amount.Sign() == 0 {
		return nil // a note of the bank: nothing moved
	}
	for _, part := range linesOf(m, e) {
		if err := r.e.take(part); err != nil {
			return err
		}
	}
	return nil
}

func (r *camtReader) wrongEntry(text string) error {
	line, _ := r.in.d.InputPos()
	return fault.InvalidField("file", "bank.entry", r.s.entries, line, squeeze(text))
}

// finish proves a statement and hands its end on.
func (r *camtReader) finish() error {
	s, h := r.s, &r.e.head
	r.s = nil
	if h.opening == unknown && s.previous != nil {
		h.Opening, h.opening = *s.previous, stated
	}
	h.span(s.period.From, s.period.To, s.openDay, s.closeDay)
	if s.summary != nil {
		if err := h.prove(); err != nil { // says more than a control total
			return err
		}
		if err := s.check(r.e); err != nil {
			return err
		}
	}
	return r.e.end()
}

func (c *camtCount) add(amount Exact) {
	at := 0
	if amount.Sign() < 0 {
		at, amount = 1, amount.Neg()
	}
	c.entries[at]++
	c.sums[at] = c.sums[at].Add(amount)
}

// check compares the control totals a statement may carry. Banks count pending entries in or out, and transactions of a batch singly or as
// one: each of these is taken, nothing else.
func (s *camtStatement) check(e *emitter) error {
	lines := [2]int{e.credits, e.debits}
	var entries, withWaiting, single int
	var sum, sumWaiting Exact
	for at, total := range []camtTotal{s.summary.Credits, s.summary.Debits} {
		n, w := s.booked.entries[at], s.waiting.entries[at]
		v, x := s.booked.sums[at], s.waiting.sums[at]
		if err := total.check([]int{n, n + w, lines[at]}, []Exact{v, v.Add(x)}); err != nil {
			return err
		}
		entries, withWaiting, single = entries+n, withWaiting+n+w, single+lines[at]
		sum, sumWaiting = sum.Add(v), sumWaiting.Add(v).Add(x)
	}
	return s.summary.All.check([]int{entries, withWaiting, single}, []Exact{sum, sumWaiting})
}

func (t camtTotal) check(counts []int, sums []Exact) error {
	if want, ok := exact(strings.TrimSpace(t.Sum), false); ok {
		if !sums[0].Is(want) && !sums[1].Is(want) {
			return fault.InvalidField("file", "bank.control_sum", figure(want), figure(sums[0]))
		}
	}
	if want, ok := exact(strings.TrimSpace(t.Count), false); ok {
		for _, n := range counts {
			if want.Is(Exact{whole: int64(n)}) {
				return nil
			}
		}
		return fault.InvalidField("file", "bank.control_count", want.String(), counts[0])
	}
	return nil
}

// nfc brings a text of a file to the form of Unicode in which all texts are kept and compared.
func nfc(text string) string { return squeeze(norm.NFC.String(text)) }

// first is the first text that says something.
func first(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}
