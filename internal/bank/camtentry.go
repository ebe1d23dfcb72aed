package bank

import "strings"

// maxMemo is how much of the memos of a batch is kept on its one line.
const maxMemo = 8 << 10

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
	Reversal string       `xml:"RvslInd"`
	Details  []camtDetail `xml:"NtryDtls>TxDtls"`
	More     string       `xml:"AddtlNtryInf"`
}

type camtTotal struct {
	Count string `xml:"NbOfNtries"`
	Sum   string `xml:"Sum"`
}

type camtSummary struct {
	All     camtTotal `xml:"TtlNtries"`
	Credits camtTotal `xml:"TtlCdtNtries"`
	Debits  camtTotal `xml:"TtlDbtNtries"`
}

type camtPeriod struct {
	From string `xml:"FrDtTm"`
	To   string `xml:"ToDtTm"`
}

// linesOf splits a batch into its transactions where they carry amounts that add up to it; else the entry stays one line.
func linesOf(m Movement, e camtEntry) []Movement {
	if len(e.Details) == 0 {
		m.Description = nfc(e.More)
		return []Movement{m}
	}
	if len(e.Details) == 1 {
		return []Movement{e.Details[0].line(m, e, 0)}
	}
	parts := make([]Movement, 0, len(e.Details))
	var total Exact
	for i, d := range e.Details {
		amount, ok := exact(strings.TrimSpace(first(d.Amount.Text, d.Older.Text)), first(d.Side, e.Side) == "DBIT")
		if !ok || amount.Sign() == 0 {
			return []Movement{e.together(m)}
		}
		total = total.Add(amount)
		part := d.line(m, e, i)
		part.Amount = amount
		parts = append(parts, part)
	}
	if !total.Is(m.Amount) {
		return []Movement{e.together(m)}
	}
	return parts
}

// together is a batch that cannot be split: its memos one after the other.
func (e camtEntry) together(m Movement) Movement {
	memos := []string{e.More}
	for _, d := range e.Details {
		memos = append(memos, d.memo())
	}
	m.Description = nfc(strings.Join(memos, " "))
	if len(m.Description) > maxMemo {
		m.Description = strings.ToValidUTF8(m.Description[:maxMemo], "")
	}
	return m
}

func (d camtDetail) line(m Movement, e camtEntry, after int) Movement {
	m.Line += after
	m.Reference = first(d.Servicer, e.Servicer, d.TxID, e.Reference)
	if end := strings.TrimSpace(d.EndToEnd); end != "" && end != "NOTPROVIDED" {
		m.Reference = first(m.Reference, end)
	}
	m.Reference = nfc(m.Reference)
	party, account, other, otherAccount := d.Parties.Creditor, d.Parties.CreditorAccount, d.Parties.Debtor, d.Parties.DebtorAccount
	if first(d.Side, e.Side) == "CRDT" {
		party, account, other, otherAccount = other, otherAccount, party, account
	}
	if e.isReversal() && party.name() == "" { // money that comes back names the parties as the first transfer did
		party, account = other, otherAccount
	}
	m.Counterparty, m.CounterpartyAccount = nfc(party.name()), nfc(first(account.IBAN, account.Other))
	m.Description = nfc(first(d.memo(), e.More))
	return m
}

func (e camtEntry) isReversal() bool {
	said := strings.TrimSpace(e.Reversal)
	return said == "true" || said == "1"
}

func (p camtParty) name() string { return first(p.Name, p.Deeper) }

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
