package bank

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math/big"
	"strings"

	"golang.org/x/text/encoding/ianaindex"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// The parts of camt.053 (ISO 20022, versions 02 to 08) that say what moved. Elements are found by name in whatever namespace, because versions
// differ in it and in little else: names of parties stand one level deeper, and the state of an entry in a code of its own, from version 08 on.
type camtAmount struct {
	Currency string `xml:"Ccy,attr"`
	Text     string `xml:",chardata"`
}

type camtDay struct {
	Day    string `xml:"Dt"`
	Moment string `xml:"DtTm"`
}

type camtAccount struct {
	IBAN     string `xml:"Id>IBAN"`
	Other    string `xml:"Id>Othr>Id"`
	Currency string `xml:"Ccy"`
}

type camtBalance struct {
	Code   string     `xml:"Tp>CdOrPrtry>Cd"`
	Amount camtAmount `xml:"Amt"`
	Side   string     `xml:"CdtDbtInd"`
	Day    camtDay    `xml:"Dt"`
}

type camtParty struct {
	Name   string `xml:"Nm"`
	Deeper string `xml:"Pty>Nm"`
}

type camtDetail struct {
	EndToEnd string     `xml:"Refs>EndToEndId"`
	Servicer string     `xml:"Refs>AcctSvcrRef"`
	TxID     string     `xml:"Refs>TxId"`
	Amount   camtAmount `xml:"Amt"`
	Older    camtAmount `xml:"AmtDtls>TxAmt>Amt"`
	Side     string     `xml:"CdtDbtInd"`
	Parties  struct {
		Debtor          camtParty   `xml:"Dbtr"`
		DebtorAccount   camtAccount `xml:"DbtrAcct"`
		Creditor        camtParty   `xml:"Cdtr"`
		CreditorAccount camtAccount `xml:"CdtrAcct"`
	} `xml:"RltdPties"`
	Free       []string `xml:"RmtInf>Ustrd"`
	Structured []struct {
		Reference string   `xml:"CdtrRefInf>Ref"`
		More      []string `xml:"AddtlRmtInf"`
	} `xml:"RmtInf>Strd"`
	More string `xml:"AddtlTxInf"`
}

type camtEntry struct {
	Reference string     `xml:"NtryRef"`
	Amount    camtAmount `xml:"Amt"`
	Side      string     `xml:"CdtDbtInd"`
	State     struct {
		Text string `xml:",chardata"`
		Code string `xml:"Cd"`
	} `xml:"Sts"`
	Booked   camtDay      `xml:"BookgDt"`
	Value    camtDay      `xml:"ValDt"`
	Servicer string       `xml:"AcctSvcrRef"`
	Details  []camtDetail `xml:"NtryDtls>TxDtls"`
	More     string       `xml:"AddtlNtryInf"`
}

type camtTotal struct {
	Count string `xml:"NbOfNtries"`
	Sum   string `xml:"Sum"`
}

type camtSummary struct {
	Credits camtTotal `xml:"TtlCdtNtries"`
	Debits  camtTotal `xml:"TtlDbtNtries"`
}

type camtPeriod struct {
	From string `xml:"FrDtTm"`
	To   string `xml:"ToDtTm"`
}

// camtReader goes through the elements of a file, one entry in memory at a time besides the lines that were read.
type camtReader struct {
	d       *xml.Decoder
	out     []Inspected
	current *camtStatement
}

type camtStatement struct {
	Inspected
	period   camtPeriod
	previous *string // closing of the statement before, used where no opening is given
	openDay  string
	closeDay string
	summary  *camtSummary
}

// readCamt reads camt.053. Refuses: bank.xml with the place, bank.camt_kind for another message, bank.entry with the entry, bank.not_proved,
// bank.camt_totals.
func readCamt(content []byte) ([]Inspected, error) {
	r := camtReader{d: xml.NewDecoder(bytes.NewReader(content))}
	r.d.CharsetReader = func(name string, in io.Reader) (io.Reader, error) {
		e, err := ianaindex.IANA.Encoding(name)
		if err != nil || e == nil {
			return nil, fault.InvalidField("file", "bank.charset", name)
		}
		return e.NewDecoder().Reader(in), nil
	}
	known := false
	for {
		token, err := r.d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, r.broken(err)
		}
		switch t := token.(type) {
		case xml.Directive: // a document type brings entities; a statement needs none
			return nil, r.broken(nil)
		case xml.StartElement:
			known = known || t.Name.Local == "BkToCstmrStmt"
			if err := r.start(t); err != nil {
				return nil, err
			}
		case xml.EndElement:
			if t.Name.Local == "Stmt" && r.current != nil {
				if err := r.finish(); err != nil {
					return nil, err
				}
			}
		}
	}
	if !known {
		return nil, fault.InvalidField("file", "bank.camt_kind")
	}
	if len(r.out) == 0 {
		return nil, fault.InvalidField("file", "bank.no_lines")
	}
	return r.out, nil
}

func (r *camtReader) broken(err error) error {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	line, column := r.d.InputPos()
	return fault.InvalidField("file", "bank.xml", line, column)
}

// start takes the elements of a statement that are read whole; everything else is only walked through.
func (r *camtReader) start(t xml.StartElement) error {
	if t.Name.Local == "Stmt" {
		r.current = &camtStatement{Inspected: Inspected{Lines: []InspectedLine{}}}
		return nil
	}
	if r.current == nil {
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
		return take(&r.current.period)
	case "Acct":
		var a camtAccount
		err := take(&a)
		r.current.Account, r.current.Currency = first(a.IBAN, a.Other), strings.TrimSpace(a.Currency)
		return err
	case "Bal":
		var b camtBalance
		if err := take(&b); err != nil {
			return err
		}
		return r.balance(b)
	case "TxsSummry":
		r.current.summary = &camtSummary{}
		return take(r.current.summary)
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
	s := r.current
	s.Currency = first(s.Currency, b.Amount.Currency)
	switch b.Code {
	case "OPBD":
		s.Opening, s.openDay = &amount, b.Day.text()
	case "PRCD":
		s.previous = &amount
	case "CLBD":
		s.Closing, s.closeDay = &amount, b.Day.text()
	}
	return nil
}

func (d camtDay) text() string {
	text := first(d.Day, d.Moment)
	return text[:min(len(text), len("2006-01-02"))]
}

// entry takes what was booked; what is pending or only for information has not moved.
func (r *camtReader) entry(e camtEntry) error {
	if state := first(e.State.Code, e.State.Text); state != "" && state != "BOOK" {
		return nil
	}
	s := r.current
	n := len(s.Lines) + 1
	l := InspectedLine{Line: n, Reference: first(e.Servicer, e.Reference)}
	booked, value := first(e.Booked.text(), e.Value.text()), first(e.Value.text(), e.Booked.text())
	var err1, err2 error
	l.Day, err1 = day.Parse(booked)
	l.ValueDay, err2 = day.Parse(value)
	if err1 != nil || err2 != nil || l.Day.IsZero() {
		return r.wrongEntry(n, booked)
	}
	amount, ok := exact(strings.TrimSpace(e.Amount.Text), e.Side == "DBIT")
	if !ok || e.Side != "DBIT" && e.Side != "CRDT" {
		return r.wrongEntry(n, e.Amount.Text+" "+e.Side)
	}
	s.Currency = first(s.Currency, e.Amount.Currency)
	l.Amount, l.Kind = amount, kindOf(amount)
	s.Lines = append(s.Lines, linesOf(l, e)...)
	return nil
}

func (r *camtReader) wrongEntry(n int, text string) error {
	line, _ := r.d.InputPos()
	return fault.InvalidField("file", "bank.entry", n, line, squeeze(text))
}

// linesOf splits a batch into its transactions where they carry amounts that add up to it; else the entry stays one line.
func linesOf(l InspectedLine, e camtEntry) []InspectedLine {
	if len(e.Details) == 0 {
		l.Description = squeeze(e.More)
		return []InspectedLine{l}
	}
	if len(e.Details) == 1 {
		return []InspectedLine{e.Details[0].line(l, e, 0)}
	}
	parts, total := make([]InspectedLine, 0, len(e.Details)), new(big.Rat)
	for i, d := range e.Details {
		side := first(d.Side, e.Side)
		amount, ok := exact(strings.TrimSpace(first(d.Amount.Text, d.Older.Text)), side == "DBIT")
		if !ok {
			return []InspectedLine{e.together(l)}
		}
		total.Add(total, number(amount))
		part := d.line(l, e, i)
		part.Amount, part.Kind = amount, kindOf(amount)
		parts = append(parts, part)
	}
	if total.Cmp(number(l.Amount)) != 0 {
		return []InspectedLine{e.together(l)}
	}
	return parts
}

// together is a batch that cannot be split: its memos one after the other.
func (e camtEntry) together(l InspectedLine) InspectedLine {
	memos := []string{e.More}
	for _, d := range e.Details {
		memos = append(memos, d.memo())
	}
	l.Description = squeeze(strings.Join(memos, " "))
	return l
}

func (d camtDetail) line(l InspectedLine, e camtEntry, after int) InspectedLine {
	l.Line += after
	l.Reference = first(d.Servicer, e.Servicer, d.TxID, e.Reference)
	if end := strings.TrimSpace(d.EndToEnd); end != "" && end != "NOTPROVIDED" {
		l.Reference = first(l.Reference, end)
	}
	party, account := d.Parties.Creditor, d.Parties.CreditorAccount
	if first(d.Side, e.Side) == "CRDT" {
		party, account = d.Parties.Debtor, d.Parties.DebtorAccount
	}
	l.Counterparty, l.CounterpartyAccount = squeeze(first(party.Name, party.Deeper)), first(account.IBAN, account.Other)
	l.Description = squeeze(first(d.memo(), e.More))
	return l
}

func (d camtDetail) memo() string {
	texts := append([]string{}, d.Free...)
	for _, s := range d.Structured {
		texts = append(append(texts, s.Reference), s.More...)
	}
	texts = append(texts, d.More)
	if end := strings.TrimSpace(d.EndToEnd); end != "" && end != "NOTPROVIDED" && !strings.Contains(strings.Join(texts, " "), end) {
		texts = append(texts, end)
	}
	return squeeze(strings.Join(texts, " "))
}

// finish proves a statement and takes it over.
func (r *camtReader) finish() error {
	s := r.current
	r.current = nil
	if s.Opening == nil {
		s.Opening = s.previous
	}
	s.span(s.period.From, s.period.To, s.openDay, s.closeDay)
	if err := s.prove(); err != nil {
		return err
	}
	if err := s.checkSummary(); err != nil {
		return err
	}
	r.out = append(r.out, s.Inspected)
	return nil
}

// span is the period: as the statement says it, else from the balances, else from the lines.
func (s *Inspected) span(from, to, openDay, closeDay string) {
	for _, l := range s.Lines {
		if s.From.IsZero() || l.Day.Before(s.From) {
			s.From = l.Day
		}
		if l.Day.After(s.To) {
			s.To = l.Day
		}
	}
	if d, err := day.Parse(first(cut(from), openDay)); err == nil && !d.IsZero() && (s.From.IsZero() || d.Before(s.From) || cut(from) != "") {
		s.From = d
	}
	if d, err := day.Parse(first(cut(to), closeDay)); err == nil && !d.IsZero() && (s.To.IsZero() || d.After(s.To) || cut(to) != "") {
		s.To = d
	}
	if s.To.IsZero() {
		s.To = s.From
	}
	if s.From.IsZero() {
		s.From = s.To
	}
}

func cut(moment string) string { return moment[:min(len(moment), len("2006-01-02"))] }

// checkSummary compares the control totals a statement may carry.
func (s *camtStatement) checkSummary() error {
	if s.summary == nil {
		return nil
	}
	for _, c := range []struct {
		total camtTotal
		sign  int
	}{{s.summary.Credits, 1}, {s.summary.Debits, -1}} {
		want, ok := exact(strings.TrimSpace(c.total.Sum), false)
		if !ok {
			continue
		}
		have := new(big.Rat)
		for _, l := range s.Lines {
			if n := number(l.Amount); n.Sign() == c.sign {
				have.Add(have, n.Abs(n))
			}
		}
		if have.Cmp(number(want)) != 0 {
			return fault.InvalidField("file", "bank.control_sum", want, written(have))
		}
	}
	return nil
}

func kindOf(amount string) string {
	if strings.HasPrefix(amount, "-") {
		return "debit"
	}
	return "credit"
}

// first is the first text that says something.
func first(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}
