package payoutsheet

import (
	"encoding/json"
	"fmt"
	"io"

	"matbang/internal/day"
	"matbang/internal/paper"
	"matbang/internal/payout"
	"matbang/internal/vnd"
)

// Slip is the data of the treasury's drawing slip, form 05.a/TT. What the program does not know is null and named in Missing: it is
// never made up. Amounts are whole đồng.
type Slip struct {
	Form            string     `json:"form"`   // "05.a/TT"
	Number          string     `json:"number"` // of the order
	Day             day.Date   `json:"day"`
	Project         string     `json:"project"`
	ProjectCode     *string    `json:"project_code"`     // mã dự án at the treasury
	BudgetUnit      *string    `json:"budget_unit"`      // mã ĐVQHNS, 7 digits
	TreasuryAccount *string    `json:"treasury_account"` // tài khoản
	TreasuryName    *string    `json:"treasury_name"`    // tại KBNN
	Item            *string    `json:"item"`             // mã hạng mục
	Contract        *string    `json:"contract"`
	Kind            *string    `json:"kind"`   // thực chi or tạm ứng: whoever signs ticks it
	Method          string     `json:"method"` // transfer or cash
	Year            int        `json:"budget_year"`
	Source          string     `json:"source_name"`
	Payee           *string    `json:"beneficiary"` // nothing when there are several: a list goes with it
	Account         *string    `json:"beneficiary_account"`
	Bank            *string    `json:"beneficiary_bank"`
	IdentityNo      *string    `json:"beneficiary_identity"` // of cash
	PayeeCount      int        `json:"beneficiary_count"`
	Content         string     `json:"content"`
	Lines           []SlipLine `json:"lines"`
	Total           vnd.Amount `json:"total_vnd"`
	Words           string     `json:"total_in_words"`
	Missing         []string   `json:"missing"`
	Digest          string     `json:"content_mark"`
}

// SlipLine is one line of the slip; codes as the budget's index of the year has them.
type SlipLine struct {
	Item    string     `json:"content"`
	Economy *string    `json:"economic_item"` // mã NDKT
	Chapter *string    `json:"chapter"`
	Sector  *string    `json:"sector"` // ngành (khoản)
	Source  *string    `json:"source"` // mã nguồn NSNN
	Program *string    `json:"program"`
	Year    int        `json:"plan_year"`
	Amount  vnd.Amount `json:"amount_vnd"`
}

// SlipOf gathers the slip of an order.
func SlipOf(p payout.Paper) Slip {
	s := Slip{Form: "05.a/TT", Number: p.Order.Code, Day: p.Order.Day, Project: p.Project, Method: string(p.Order.Method), Year: p.Order.Day.Year(), Source: p.Source,
		PayeeCount: len(p.Rows), Content: p.Order.Content, Total: p.Order.Total, Words: p.Order.Total.Words(), Missing: []string{"kind"}}
	line := SlipLine{Item: p.Order.Content, Year: p.Order.Year, Amount: p.Order.Total}
	for _, f := range []struct {
		key string
		out **string
	}{{"project_code", &s.ProjectCode}, {"budget_unit", &s.BudgetUnit}, {"treasury_account", &s.TreasuryAccount}, {"treasury_name", &s.TreasuryName},
		{"contract", &s.Contract}, {"item", &line.Economy}, {"chapter", &line.Chapter}, {"sector", &line.Sector}, {"source", &line.Source}, {"program", &line.Program}} {
		if value, known := p.Codes[f.key]; known {
			*f.out = &value
		} else {
			s.Missing = append(s.Missing, f.key)
		}
	}
	if len(p.Rows) == 1 {
		one := p.Rows[0]
		s.Payee, s.Account, s.Bank, s.IdentityNo = &one.Payee, given(one.AccountNo), given(one.BankName), given(one.IdentityNo)
	}
	s.Lines = []SlipLine{line}
	return s
}

func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// SlipJSON writes the slip as data; its fields are told in the README of the room.
func SlipJSON(out io.Writer, p payout.Paper) error {
	d, err := SlipDoc(p)
	if err != nil {
		return err
	}
	s := SlipOf(p)
	s.Digest = d.Digest()
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(s)
}

// missing marks what somebody has to write by hand.
const missing = "……………… (chưa có)"

func orMissing(text *string) string {
	if text == nil {
		return missing
	}
	return *text
}

func short(text *string) string {
	if text == nil {
		return "……(*)"
	}
	return *text
}

// SlipDoc is the slip to be printed and signed.
func SlipDoc(p payout.Paper) (paper.Doc, error) {
	if err := p.Prove(); err != nil {
		return paper.Doc{}, err
	}
	s := SlipOf(p)
	d := head(p, "Giấy rút vốn")
	d.Form, d.About = "Mẫu số 05.a/TT", "□ Thực chi     □ Tạm ứng     "+ticked(s.Method != "cash")+" Chuyển khoản     "+ticked(s.Method == "cash")+" Tiền mặt"
	d.Body = append(d.Body, fields([][2]string{{"Tên dự án", s.Project}, {"Mã dự án", orMissing(s.ProjectCode)}, {"Mã ĐVQHNS", orMissing(s.BudgetUnit)},
		{"Tài khoản", orMissing(s.TreasuryAccount)}, {"Tại Kho bạc Nhà nước", orMissing(s.TreasuryName)}, {"Hợp đồng, căn cứ", orMissing(s.Contract)},
		{"Nguồn vốn", s.Source}, {"Niên độ ngân sách", fmt.Sprint(s.Year)}}))
	t := paper.Table{Size: 11, Columns: []paper.Column{{Title: "Nội dung thanh toán", Width: 46}, {Title: "Mã NDKT", Width: 15, Align: paper.Center}, {Title: "Mã chương", Width: 16, Align: paper.Center},
		{Title: "Mã ngành KT", Width: 16, Align: paper.Center}, {Title: "Mã nguồn NSNN", Width: 17, Align: paper.Center}, {Title: "Năm KHV", Width: 14, Align: paper.Center}, {Title: "Tổng số tiền (đồng)", Width: 30, Align: paper.Right}}}
	for _, l := range s.Lines {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{l.Item, short(l.Economy), short(l.Chapter), short(l.Sector), short(l.Source), fmt.Sprint(l.Year), l.Amount.String()}})
	}
	t.Rows = append(t.Rows, paper.Row{Cells: []string{"Tổng cộng", "", "", "", "", "", s.Total.String()}, Total: true})
	d.Body = append(d.Body, paper.Of(t), paper.Italic("Tổng số tiền ghi bằng chữ: "+s.Words+".", paper.Left), beneficiary(s))
	if len(s.Missing) > 1 {
		d.Body = append(d.Body, paper.Italic("(*) Mã chưa có trong hệ thống: ghi bổ sung trước khi ký.", paper.Left))
	}
	d.Body = append(d.Body, paper.Sign(paper.Signature{Role: "Kế toán trưởng", Hint: "(Ký, họ tên)"}, paper.Signature{Role: "Chủ tài khoản", Hint: "(Ký, họ tên, đóng dấu)"}))
	return footed(d, p), nil
}

func ticked(yes bool) string {
	if yes {
		return "■"
	}
	return "□"
}

func beneficiary(s Slip) paper.Block {
	switch {
	case s.Payee == nil:
		return fields([][2]string{{"Đơn vị, người nhận tiền", fmt.Sprintf("Theo danh sách chi trả kèm theo, %d người", s.PayeeCount)}})
	case s.Method == string(payout.MethodCash):
		return fields([][2]string{{"Người nhận tiền", *s.Payee}, {"Số CCCD", orMissing(s.IdentityNo)}, {"Cấp ngày, nơi cấp", missing}})
	default:
		return fields([][2]string{{"Người nhận tiền", *s.Payee}, {"Tài khoản", orMissing(s.Account)}, {"Tại ngân hàng", orMissing(s.Bank)}})
	}
}

// fields is a list of names and values without lines.
func fields(pairs [][2]string) paper.Block {
	t := paper.Table{Open: true, Columns: []paper.Column{{Width: 50}, {Width: 115}}}
	for _, pair := range pairs {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{pair[0] + ":", pair[1]}})
	}
	return paper.Of(t)
}
