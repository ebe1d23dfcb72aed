package payoutsheet

import (
	"encoding/csv"
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/vnd"
)

// Fold is text as banks carry it: capital letters and digits of ASCII with single spaces between words. Nothing else is left in it, so no
// name can end a line or a cell, or begin a formula.
func Fold(text string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == 'đ' || r == 'Đ':
			return 'D'
		case unicode.Is(unicode.Mn, r):
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			return r
		default:
			return ' '
		}
	}, norm.NFD.String(text))
	return strings.Join(strings.Fields(plain), " ")
}

// alnum is an account number: letters and digits only, as the banks' fields take them.
func alnum(text string) string { return strings.ReplaceAll(Fold(text), " ", "") }

func cut(text string, limit int) string {
	if limit > 0 && len(text) > limit {
		return strings.TrimSpace(text[:limit])
	}
	return text
}

// Memo is what stands on the transfer: the payment's code first, by which the bank's line is found again, then whatever of the rest has
// room. Refuses a limit that the code itself passes.
func Memo(r payout.PaperRow, limit int) (string, error) {
	code := alnum(r.Code)
	if limit > 0 && len(code) > limit {
		return "", fault.Conflicting("payout.paper_memo", r.Code, limit)
	}
	return cut(code+" CHI TRA BT HT "+Fold(r.Payee), limit), nil
}

// payable refuses a transfer that no bank could carry out.
func payable(p payout.Paper) error {
	if !p.Full {
		return fault.New(fault.Forbidden, "payout.paper_full") // masked numbers would go to somebody else's account
	}
	if err := p.Prove(); err != nil {
		return err
	}
	for _, r := range p.Rows {
		if alnum(r.AccountNo) == "" || len(alnum(r.AccountNo)) > 34 || Fold(r.Payee) == "" || Fold(r.BankName) == "" {
			return fault.Conflicting("payout.paper_account", r.Code)
		}
	}
	return nil
}

// TransferCSV writes a bank's file of many transfers in one of its layouts.
func TransferCSV(out io.Writer, p payout.Paper, layout payout.Layout) error {
	if err := payable(p); err != nil {
		return err
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	if layout.Separator != "" {
		w.Comma = rune(layout.Separator[0])
	}
	titles := make([]string, len(layout.Columns))
	for i, c := range layout.Columns {
		titles[i] = c.Title
	}
	if err := w.Write(titles); err != nil {
		return err
	}
	for n, r := range p.Rows {
		row := make([]string, len(layout.Columns))
		for i, c := range layout.Columns {
			cell, err := field(p, r, n+1, c.Field, layout)
			if err != nil {
				return err
			}
			row[i] = cell
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func field(p payout.Paper, r payout.PaperRow, number int, name string, layout payout.Layout) (string, error) {
	switch name {
	case "no":
		return strconv.Itoa(number), nil
	case "code":
		return alnum(r.Code), nil
	case "payee":
		return cut(Fold(r.Payee), layout.NameMax), nil
	case "account":
		return alnum(r.AccountNo), nil
	case "bank":
		return Fold(r.BankName), nil
	case "bin":
		return r.BankBIN, nil
	case "amount":
		return strconv.FormatInt(int64(r.Amount), 10), nil
	case "memo":
		return Memo(r, layout.MemoMax)
	case "payer_account":
		if alnum(p.Codes["payer_account"]) == "" {
			return "", fault.Conflicting("payout.payer_missing")
		}
		return alnum(p.Codes["payer_account"]), nil
	default:
		return "", fault.Conflicting("payout.layout_field", layout.Code, name)
	}
}

// The message pain.001.001.09 (CustomerCreditTransferInitiation) as far as whole đồng inside Vietnam need it. Elements stand in the order of
// its schema.
type painDocument struct {
	XMLName xml.Name `xml:"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09 Document"`
	Header  struct {
		ID      string `xml:"MsgId"`
		Created string `xml:"CreDtTm"`
		Count   int    `xml:"NbOfTxs"`
		Sum     string `xml:"CtrlSum"`
		Party   string `xml:"InitgPty>Nm"`
	} `xml:"CstmrCdtTrfInitn>GrpHdr"`
	Payment painPayment `xml:"CstmrCdtTrfInitn>PmtInf"`
}

type painPayment struct {
	ID        string         `xml:"PmtInfId"`
	Method    string         `xml:"PmtMtd"`
	Batch     bool           `xml:"BtchBookg"`
	Count     int            `xml:"NbOfTxs"`
	Sum       string         `xml:"CtrlSum"`
	Execution string         `xml:"ReqdExctnDt>Dt"`
	Debtor    string         `xml:"Dbtr>Nm"`
	Account   string         `xml:"DbtrAcct>Id>Othr>Id"`
	Currency  string         `xml:"DbtrAcct>Ccy"`
	Bank      painBank       `xml:"DbtrAgt>FinInstnId"`
	Transfers []painTransfer `xml:"CdtTrfTxInf"`
}

type painBank struct {
	Member *painMember `xml:"ClrSysMmbId"` // left out without a number: an empty one is against the schema
	Name   string      `xml:"Nm"`
}

type painMember struct {
	BIN string `xml:"MmbId"`
}

func bankOf(bin, name string) painBank {
	b := painBank{Name: cut(Fold(name), painName)}
	if bin != "" {
		b.Member = &painMember{bin}
	}
	return b
}

type painTransfer struct {
	Instruction string     `xml:"PmtId>InstrId"`
	EndToEnd    string     `xml:"PmtId>EndToEndId"`
	Amount      painAmount `xml:"Amt>InstdAmt"`
	Bank        painBank   `xml:"CdtrAgt>FinInstnId"`
	Creditor    string     `xml:"Cdtr>Nm"`
	Account     string     `xml:"CdtrAcct>Id>Othr>Id"`
	Memo        string     `xml:"RmtInf>Ustrd"`
}

type painAmount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

// The longest texts of the message, in characters.
const (
	painID   = 35
	painName = 140
	painMemo = 140
)

// Pain001 writes the transfers of a released order as ISO 20022 pain.001.001.09: one payment instruction, a transfer a payee, the code of
// the payment as its end-to-end identification, count and control sum twice. Refuses an order without the account it is paid from.
func Pain001(out io.Writer, p payout.Paper) error {
	if err := payable(p); err != nil {
		return err
	}
	account, bank := alnum(p.Codes["payer_account"]), Fold(p.Codes["payer_bank"])
	if account == "" || bank == "" {
		return fault.Conflicting("payout.payer_missing")
	}
	debtor := cut(Fold(p.Codes["payer_name"]), painName)
	if debtor == "" {
		debtor = cut(Fold(p.Agency), painName)
	}
	var sum vnd.Amount
	var d painDocument
	for _, r := range p.Rows {
		sum += r.Amount
		memo, err := Memo(r, painMemo)
		if err != nil {
			return err
		}
		d.Payment.Transfers = append(d.Payment.Transfers, painTransfer{Instruction: cut(r.Code, painID), EndToEnd: cut(r.Code, painID),
			Amount: painAmount{"VND", strconv.FormatInt(int64(r.Amount), 10)}, Bank: bankOf(r.BankBIN, r.BankName),
			Creditor: cut(Fold(r.Payee), painName), Account: alnum(r.AccountNo), Memo: memo})
	}
	total := strconv.FormatInt(int64(sum), 10)
	d.Header.ID, d.Header.Count, d.Header.Sum, d.Header.Party = cut(p.Order.Code, painID), len(p.Rows), total, debtor
	d.Header.Created = p.Order.ReleasedOn.String() + "T00:00:00+07:00"
	if at := p.Order.ReleasedAt; at != nil {
		d.Header.Created = at.In(time.FixedZone("", 7*60*60)).Format(time.RFC3339)
	}
	d.Payment.ID, d.Payment.Method, d.Payment.Batch, d.Payment.Count, d.Payment.Sum = d.Header.ID, "TRF", false, len(p.Rows), total
	d.Payment.Execution, d.Payment.Debtor, d.Payment.Account, d.Payment.Currency = p.Order.ReleasedOn.String(), debtor, account, "VND"
	d.Payment.Bank = bankOf("", bank)
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(out)
	e.Indent("", " ")
	if err := e.Encode(d); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

// LayoutOf finds a layout by its code. Refuses payout.paper_unknown.
func LayoutOf(layouts []payout.Layout, code string) (payout.Layout, error) {
	i := slices.IndexFunc(layouts, func(l payout.Layout) bool { return l.Code == code })
	if i < 0 {
		return payout.Layout{}, payout.ErrPaperMissing
	}
	return layouts[i], nil
}
