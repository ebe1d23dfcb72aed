// Package reconsheet is the minutes in which we and the bank or treasury agree on the figures of a period, and the lists behind them.
package reconsheet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"matbang/internal/fault"
	"matbang/internal/paper"
	"matbang/internal/recon"
	"matbang/internal/sheet"
	"matbang/internal/vnd"
)

// ErrFormat refuses a form of the minutes that there is none of.
var ErrFormat = fault.InvalidField("format", "recon.no_format")

// File is a file that is ready to be handed out.
type File struct {
	Name, Type string
	Content    []byte
}

// Make writes the minutes as docx, pdf, xlsx or json. Refuses any other format (recon.no_format).
func Make(a recon.Agreement, format string) (File, error) {
	types := map[string]string{"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf",
		"xlsx": sheet.ContentType, "json": "application/json"}
	f := File{Name: "doi-chieu-" + a.Account.Code + "-" + a.From.Month().String() + "." + format, Type: types[format]}
	var out bytes.Buffer
	var err error
	switch format {
	case "docx":
		err = paper.DOCX(&out, Doc(a))
	case "pdf":
		err = paper.PDF(&out, Doc(a))
	case "xlsx":
		err = Workbook(&out, a)
	case "json":
		e := json.NewEncoder(&out)
		e.SetIndent("", "  ")
		err = e.Encode(a)
	default:
		return f, ErrFormat
	}
	f.Content = out.Bytes()
	return f, err
}

// line is a row of figures of both sides.
type line struct {
	text       string
	book, bank vnd.Amount
}

func sides(a recon.Agreement) []line {
	return []line{{"Số dư đầu kỳ", a.Book.Opening, a.Bank.Opening}, {"Phát sinh vào trong kỳ", a.Book.In, a.Bank.In},
		{"Phát sinh ra trong kỳ", a.Book.Out, a.Bank.Out}, {"Số dư cuối kỳ", a.Book.Closing, a.Bank.Closing}}
}

// part is one line of what the statement's movements consist of.
type part struct {
	text  string
	count int
	sum   vnd.Amount
}

func parts(m recon.Moved) []part {
	all := []part{{"Ra: chi trả bồi thường, hỗ trợ", m.Payments, m.PaymentSum}, {"Ra: phí ngân hàng", m.Fees, m.FeeSum},
		{"Ra: ngoài chi trả bồi thường", m.OtherOut, m.OtherOutSum}, {"Ra: chưa rõ", m.OpenOut, m.OpenOutSum},
		{"Vào: chi trả bị trả lại", m.Returns, m.ReturnSum}, {"Vào: ngoài chi trả bồi thường", m.OtherIn, m.OtherInSum}, {"Vào: chưa rõ", m.OpenIn, m.OpenInSum}}
	found := all[:0]
	for _, p := range all {
		if p.count > 0 {
			found = append(found, p)
		}
	}
	return found
}

// section is one list of items that make the two sides differ.
type section struct {
	mark, title string
	list        recon.List
}

func sections(l recon.Lists) []section {
	return []section{{"A", "Sổ đã ghi, sao kê chưa có", l.Book}, {"B", "Sao kê đã có, sổ chưa ghi", l.Bank},
		{"C", "Hai bên cùng có, khác ngày hoặc khác số tiền", l.Differ}, {"D", "Đã phát hành, ngân hàng chưa chi (chưa ghi sổ)", l.Waiting}}
}

func said(i recon.Item) string {
	return map[string]string{"ordered": "đã phát hành", "paid": "đã chi", "deposited": "đã gửi giữ", "returned": "bị trả lại", "line": "chưa ghi sổ"}[i.Kind]
}

// note names an item: payment and payee, else the memo of the line.
func note(i recon.Item) string {
	text := i.Memo
	if i.PaymentCode != "" {
		text = i.PaymentCode + " " + i.Payee
	}
	if !i.Placed {
		text += " (chưa rõ đi từ tài khoản nào)"
	}
	return text
}

const represented = "Đại diện: ……………………………………, chức vụ: ……………………………"

// Doc is the minutes as a document to be signed.
func Doc(a recon.Agreement) paper.Doc {
	d := paper.Doc{Parent: a.Parent, Agency: a.Agency, Title: "Biên bản đối chiếu số liệu",
		About: fmt.Sprintf("Tài khoản %s tại %s, từ ngày %s đến ngày %s", a.Account.Number, a.Account.Bank, a.From.VN(), a.Through.VN())}
	d.Body = []paper.Block{
		paper.Text("Hôm nay, ngày …… tháng …… năm ………, chúng tôi gồm:"),
		paper.Text("1. Bên chủ tài khoản: " + a.Agency), paper.Line(represented),
		paper.Text("2. Bên giữ tài khoản: " + a.Account.Bank), paper.Line(represented),
		paper.Text("Cùng đối chiếu số liệu như sau (đơn vị: đồng):"),
		paper.Bold("I. Số liệu hai bên"), paper.Of(sideTable(a)),
		paper.Bold("II. Phát sinh trên sao kê trong kỳ"), paper.Of(partTable(a)),
		paper.Bold("III. Các khoản làm số liệu hai bên khác nhau đến hết ngày " + a.Through.VN()),
	}
	for _, s := range sections(a.Lists) {
		d.Body = append(d.Body, itemBlocks(s)...)
	}
	d.Body = append(d.Body, paper.Bold("IV. Kết luận"))
	for _, text := range conclusion(a) {
		d.Body = append(d.Body, paper.Text(text))
	}
	d.Body = append(d.Body, paper.Text("Biên bản lập thành 02 bản, mỗi bên giữ 01 bản."),
		paper.Sign(paper.Signature{Role: "Kế toán", Hint: "(Ký, họ tên)"}, paper.Signature{Role: "Chủ tài khoản", Hint: "(Ký, họ tên, đóng dấu)"},
			paper.Signature{Role: "Kế toán bên giữ tài khoản", Hint: "(Ký, họ tên)"}, paper.Signature{Role: "Đại diện bên giữ tài khoản", Hint: "(Ký, họ tên, đóng dấu)"}))
	d.Foot = fmt.Sprintf("Đối chiếu tài khoản %s kỳ %s · mã nội dung %s", a.Account.Code, a.From.Month().VN(), d.Digest())
	return d
}

func sideTable(a recon.Agreement) paper.Table {
	t := paper.Table{Size: 11, Columns: []paper.Column{{Title: "Chỉ tiêu", Width: 34}, {Title: "Sổ của đơn vị", Width: 24, Align: paper.Right},
		{Title: "Sao kê", Width: 24, Align: paper.Right}, {Title: "Chênh lệch", Width: 22, Align: paper.Right}}}
	rows := sides(a)
	for i, l := range rows {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{l.text, l.book.String(), l.bank.String(), (l.bank - l.book).String()}, Total: i == len(rows)-1})
	}
	return t
}

func partTable(a recon.Agreement) paper.Table {
	t := paper.Table{Size: 11, Columns: []paper.Column{{Title: "Nội dung", Width: 56}, {Title: "Số dòng", Width: 16, Align: paper.Right}, {Title: "Số tiền", Width: 32, Align: paper.Right}}}
	for _, p := range parts(a.Moved) {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{p.text, fmt.Sprint(p.count), p.sum.String()}})
	}
	if len(t.Rows) == 0 {
		t.Rows = []paper.Row{{Cells: []string{"Không phát sinh", "0", "0"}}}
	}
	return t
}

// itemBlocks are a list's heading and its items; long lists go on in the workbook, and their sum is that of all.
func itemBlocks(s section) []paper.Block {
	title := fmt.Sprintf("%s. %s: %d khoản", s.mark, s.title, s.list.Count)
	if s.list.Count == 0 {
		return []paper.Block{paper.Line(fmt.Sprintf("%s. %s: không có.", s.mark, s.title))}
	}
	t := paper.Table{Size: 10, Columns: []paper.Column{{Title: "STT", Width: 9, Align: paper.Center}, {Title: "Khoản chi hoặc nội dung", Width: 41}, {Title: "Theo sổ", Width: 15},
		{Title: "Ngày sổ", Width: 15}, {Title: "Sổ", Width: 20, Align: paper.Right}, {Title: "Ngày sao kê", Width: 15}, {Title: "Sao kê", Width: 20, Align: paper.Right}}}
	for n, i := range s.list.Items {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(n + 1), note(i), said(i), i.BookDay.VN(), amount(i.Book), i.BankDay.VN(), amount(i.Bank)}})
	}
	if more := s.list.Count - len(s.list.Items); more > 0 {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{"", fmt.Sprintf("và %d khoản khác", more), "", "", "", "", ""}})
	}
	t.Rows = append(t.Rows, paper.Row{Cells: []string{"", "Cộng", "", "", s.list.Book.String(), "", s.list.Bank.String()}, Total: true})
	if s.list.Placed != s.list.Book && s.mark == "A" {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{"", fmt.Sprintf("Trong đó biết là của tài khoản này: %d khoản", s.list.PlacedCount), "", "", s.list.Placed.String(), "", ""}, Total: true})
	}
	return []paper.Block{paper.Line(title), paper.Of(t)}
}

func amount(a vnd.Amount) string {
	if a == 0 {
		return ""
	}
	return a.String()
}

// conclusion says whether the two agree, or what their difference consists of.
func conclusion(a recon.Agreement) []string {
	var told []string
	if a.Stated != nil && a.Stated.Agrees {
		told = append(told, fmt.Sprintf("Số dư trên sao kê ngày %s là %s đồng, bằng số dư đầu cộng trừ các dòng sao kê.", a.Stated.Day.VN(), a.Stated.Closing))
	} else if a.Stated != nil {
		told = append(told, fmt.Sprintf("Số dư ghi trên sao kê ngày %s là %s đồng, không bằng số dư đầu cộng trừ các dòng sao kê đã nạp.", a.Stated.Day.VN(), a.Stated.Closing))
	}
	l := a.Lists
	switch {
	case a.Difference == 0 && a.Unexplained == 0:
		told = append(told, "Số dư hai bên khớp đúng.")
	case a.Unexplained == 0:
		told = append(told, fmt.Sprintf("Sao kê trừ sổ là %s đồng, đúng bằng các khoản ở mục III: B (%s) trừ A (%s, phần thuộc tài khoản này) cộng chênh ở C (%s).",
			a.Difference, l.Bank.Bank, l.Book.Placed, l.Differ.Bank-l.Differ.Book))
	default:
		told = append(told, fmt.Sprintf("Sao kê trừ sổ là %s đồng, trong đó %s đồng chưa giải thích được. Hai bên tiếp tục đối chiếu.", a.Difference, a.Unexplained))
	}
	if l.Waiting.Count > 0 {
		told = append(told, fmt.Sprintf("%d khoản đã phát hành mà ngân hàng chưa chi, tổng %s đồng, chưa ghi sổ nên không nằm trong chênh lệch.", l.Waiting.Count, -l.Waiting.Book))
	}
	return told
}

// Workbook writes the minutes as one sheet: both sides, what the statement consists of, then the lists item by item.
func Workbook(out io.Writer, a recon.Agreement) error {
	return sheet.Write(out, columns("Đối chiếu "+a.Account.Code), func(yield func([]any) bool) {
		rows := [][]any{{"", a.Agency}, {"", fmt.Sprintf("Tài khoản %s tại %s, từ %s đến %s", a.Account.Number, a.Account.Bank, a.From.VN(), a.Through.VN())}}
		for _, l := range sides(a) {
			rows = append(rows, []any{"I", l.text, "", nil, l.book, nil, l.bank, l.bank - l.book})
		}
		for _, p := range parts(a.Moved) {
			rows = append(rows, []any{"II", p.text, fmt.Sprintf("%d dòng", p.count), nil, nil, nil, p.sum})
		}
		for _, text := range conclusion(a) {
			rows = append(rows, []any{"IV", text})
		}
		for _, row := range append(rows, []any{}) {
			if !yield(row) {
				return
			}
		}
		items(a.Lists, yield)
	})
}

// Lists writes the lists alone.
func Lists(out io.Writer, l recon.Lists) error {
	return sheet.Write(out, columns("Ba danh sách"), func(yield func([]any) bool) { items(l, yield) })
}

func columns(name string) sheet.Spec {
	return sheet.Spec{Name: name, Columns: []sheet.Column{{Key: "part", Title: "Mục", Width: 8}, {Key: "text", Title: "Khoản chi hoặc nội dung", Width: 50}, {Key: "state", Title: "Theo sổ", Width: 16},
		{Key: "book_day", Title: "Ngày sổ", Width: 12}, {Key: "book", Title: "Sổ của đơn vị (đ)", Width: 20}, {Key: "bank_day", Title: "Ngày sao kê", Width: 12},
		{Key: "bank", Title: "Sao kê (đ)", Width: 20}, {Key: "difference", Title: "Chênh lệch (đ)", Width: 20}, {Key: "order", Title: "Lệnh chi", Width: 14}, {Key: "memo", Title: "Nội dung sao kê", Width: 50}}}
}

func items(l recon.Lists, yield func([]any) bool) {
	for _, s := range sections(l) {
		if !yield([]any{s.mark, s.title, fmt.Sprintf("%d khoản", s.list.Count), nil, s.list.Book, nil, s.list.Bank, s.list.Bank - s.list.Book}) {
			return
		}
		for _, i := range s.list.Items {
			row := []any{s.mark, note(i), said(i), nil, i.Book, nil, i.Bank, i.Bank - i.Book, i.OrderCode, i.Memo}
			if !i.BookDay.IsZero() {
				row[3] = i.BookDay
			}
			if !i.BankDay.IsZero() {
				row[5] = i.BankDay
			}
			if !yield(row) {
				return
			}
		}
	}
}
