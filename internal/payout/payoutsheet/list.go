package payoutsheet

import (
	"fmt"
	"io"
	"slices"

	"matbang/internal/paper"
	"matbang/internal/payout"
	"matbang/internal/sheet"
	"matbang/internal/vnd"
)

// Masked is a paper without whole identity and account numbers, for whoever may not open them. mask is the page's own.
func Masked(p payout.Paper, mask func(string) string) payout.Paper {
	p.Rows = slices.Clone(p.Rows)
	for i := range p.Rows {
		p.Rows[i].IdentityNo, p.Rows[i].AccountNo = mask(p.Rows[i].IdentityNo), mask(p.Rows[i].AccountNo)
	}
	codes := map[string]string{}
	for key, value := range p.Codes {
		codes[key] = value
		if key == "payer_account" || key == "treasury_account" {
			codes[key] = mask(value)
		}
	}
	p.Codes, p.Full = codes, false
	return p
}

// columns are those of the list for signing; no official form of it is known, see regulation §2.4. Money stands in đồng.
func columns() []paper.Column {
	return []paper.Column{{Title: "STT", Width: 9, Align: paper.Center}, {Title: "Họ và tên", Width: 25}, {Title: "Địa chỉ", Width: 24}, {Title: "Số CCCD", Width: 24},
		{Title: "Tờ/thửa", Width: 15}, {Title: "Diện tích (m²)", Width: 15, Align: paper.Right}, {Title: "BT đất", Width: 20, Align: paper.Right},
		{Title: "BT nhà, tài sản", Width: 20, Align: paper.Right}, {Title: "BT cây", Width: 18, Align: paper.Right}, {Title: "Hỗ trợ, di chuyển, khác", Width: 19, Align: paper.Right},
		{Title: "Khấu trừ", Width: 17, Align: paper.Right}, {Title: "Thực nhận", Width: 23, Align: paper.Right}, {Title: "Số tài khoản, ngân hàng", Width: 25},
		{Title: "Ngày nhận", Width: 13}, {Title: "Ký nhận", Width: 20}, {Title: "Ghi chú", Width: 21}}
}

// tally is a row of the list, or their sum.
type tally struct{ payout.Parts }

func (t *tally) add(p payout.Parts) {
	t.Land += p.Land
	t.Structure += p.Structure
	t.Crop += p.Crop
	t.Other += p.Other
	t.Deducted += p.Deducted
}

func (t tally) money() []vnd.Amount {
	return []vnd.Amount{t.Land, t.Structure, t.Crop, t.Other, t.Deducted, t.Net()}
}

// note says why the parts are not the award's own: an instalment, a co-owner's share, money issued again.
func note(r payout.PaperRow) string {
	text := ""
	if !r.Whole() {
		text = "Một phần của " + (r.Awarded - r.Deducted).String()
	}
	if r.ReissueOf != "" {
		text = joined(text, "chi lại "+r.ReissueOf)
	}
	return text
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// ListDoc is the list of payees for signing: each row land + house + trees + support − deductions = received, and the rows the order's total.
func ListDoc(p payout.Paper) (paper.Doc, error) {
	if err := p.Prove(); err != nil {
		return paper.Doc{}, err
	}
	t := paper.Table{Columns: columns(), Size: 8}
	var whole tally
	for i, r := range p.Rows {
		parts, err := r.Parts()
		if err != nil {
			return paper.Doc{}, err
		}
		whole.add(parts)
		cells := []string{fmt.Sprint(i + 1), r.Payee, r.Address, r.IdentityNo, r.Parcels, r.Area.String()}
		for _, m := range (tally{parts}).money() {
			cells = append(cells, m.String())
		}
		t.Rows = append(t.Rows, paper.Row{Cells: append(cells, joined(r.AccountNo, r.BankName), "", "", note(r)), Height: 11})
	}
	cells := []string{"", "Tổng cộng", "", "", "", ""}
	for _, m := range whole.money() {
		cells = append(cells, m.String())
	}
	t.Rows = append(t.Rows, paper.Row{Cells: append(cells, "", "", "", ""), Total: true})
	d := head(p, "Danh sách chi trả ký nhận")
	d.Landscape, d.About = true, "Tiền bồi thường, hỗ trợ: "+p.Project
	d.Body = []paper.Block{
		paper.Line("Nguồn vốn: " + p.Source + fmt.Sprintf(", kế hoạch năm %d. Nội dung: ", p.Order.Year) + p.Order.Content),
		paper.Of(t),
		paper.Italic(fmt.Sprintf("Tổng số %d người nhận. Bằng chữ: %s.", len(p.Rows), p.Order.Total.Words()), paper.Left),
		paper.Sign(signers(p)...),
	}
	return footed(d, p), nil
}

func signers(p payout.Paper) []paper.Signature {
	signature := func(role, name string) paper.Signature {
		return paper.Signature{Role: role, Hint: "(Ký, họ tên)", Name: name}
	}
	return []paper.Signature{signature("Người lập", p.Signer), signature("Kế toán", ""), signature("Thủ quỹ", ""),
		{Role: "Đại diện UBND phường", Hint: "(Ký, họ tên, đóng dấu)"}, {Role: "Thủ trưởng đơn vị", Hint: "(Ký, họ tên, đóng dấu)"}}
}

// head is what every paper of an order begins with. Its day is the order's: the same order gives the same paper.
func head(p payout.Paper, title string) paper.Doc {
	return paper.Doc{Parent: p.Parent, Agency: p.Agency, Place: p.Codes["place"], Day: p.Order.Day, Number: p.Order.Code, Title: title}
}

// footed closes a document with the order it belongs to and the mark of its content.
func footed(d paper.Doc, p payout.Paper) paper.Doc {
	d.Foot = foot(p, d.Digest())
	return d
}

func foot(p payout.Paper, digest string) string {
	text := "Lệnh chi " + p.Order.Code + " ngày " + p.Order.Day.VN()
	if !p.Order.ReleasedOn.IsZero() {
		text += ", phát hành ngày " + p.Order.ReleasedOn.VN()
	}
	return text + " · mã nội dung " + digest
}

// ListXLSX writes the same list as a workbook, with the sum, the signatures and the mark of the printed form below.
func ListXLSX(out io.Writer, p payout.Paper) error {
	d, err := ListDoc(p)
	if err != nil {
		return err
	}
	spec := sheet.Spec{Name: "Danh sách chi trả"}
	for _, c := range columns() {
		spec.Columns = append(spec.Columns, sheet.Column{Key: c.Title, Title: c.Title, Width: max(6, c.Width*8/10)})
	}
	return sheet.Write(out, spec, func(yield func([]any) bool) {
		var whole tally
		for i, r := range p.Rows {
			parts, partsErr := r.Parts()
			if partsErr != nil {
				return // ListDoc has refused it
			}
			whole.add(parts)
			row := []any{i + 1, r.Payee, r.Address, r.IdentityNo, r.Parcels, r.Area}
			if !yield(append(amounts(row, tally{parts}), joined(r.AccountNo, r.BankName), "", "", note(r))) {
				return
			}
		}
		rows := [][]any{amounts([]any{nil, "Tổng cộng", nil, nil, nil, nil}, whole), {}, {nil, "Bằng chữ: " + p.Order.Total.Words()}, {}, {}}
		for i, s := range signers(p) {
			rows[4] = append(rows[4], nil, s.Role)
			if i > 0 {
				rows[4] = append(rows[4], nil)
			}
		}
		for _, row := range append(rows, []any{}, []any{}, []any{}, []any{nil, p.Signer}, []any{nil, d.Foot}) {
			if !yield(row) {
				return
			}
		}
	})
}

func amounts(row []any, t tally) []any {
	for _, m := range t.money() {
		row = append(row, m)
	}
	return row
}
