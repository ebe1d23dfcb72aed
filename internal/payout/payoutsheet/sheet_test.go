package payoutsheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/paper"
	"matbang/internal/payout"
	"matbang/internal/payout/payoutsheet"
	"matbang/internal/vnd"
)

func row(n int, name string, amount vnd.Amount) payout.PaperRow {
	return payout.PaperRow{Code: fmt.Sprintf("GPMB23H%04d", n), Payee: name, IdentityNo: fmt.Sprintf("0060850%05d", n), BankName: "Agribank", AccountNo: fmt.Sprintf("8600%06d", n), BankBIN: "970405",
		Address: "Tổ 7, phường Đức Xuân", Parcels: "12/345; 12/346", Area: area.Area(12_050), CaseCode: fmt.Sprintf("HS-%03d", n), PlanCode: "PA-01", DecisionNo: "12/QĐ-UBND", DecidedOn: day.Must("2023-06-01"),
		Amount: amount, Awarded: 105_000_000, Deducted: 5_000_000, Withheld: 5_000_000, Land: 60_000_000, Structure: 30_000_000, Crop: 5_000_000, Other: 10_000_000}
}

func of(rows ...payout.PaperRow) payout.Paper {
	released := time.Date(2023, 12, 21, 2, 30, 0, 0, time.UTC)
	p := payout.Paper{Order: payout.Order{Code: "LC-2023-012", Day: day.Must("2023-12-20"), ReleasedOn: day.Must("2023-12-21"), ReleasedAt: &released, Method: payout.MethodTransfer, Year: 2023,
		Content: "Chi trả bồi thường đợt 1", State: payout.OrderReleased, PaymentCount: len(rows)}, Parent: "UBND thành phố Bắc Kạn", Agency: "Trung tâm Phát triển quỹ đất",
		Project: "Đường Phiêng My – Nà Áng", Source: "Ngân sách tỉnh", Signer: "Hoàng Thị Lập", Rows: rows, Codes: map[string]string{"place": "Bắc Kạn", "chapter": "599", "payer_account": "3751.0.1234567", "payer_bank": "BIDV Bắc Kạn"}, Full: true}
	for _, r := range rows {
		p.Order.Total += r.Amount
	}
	return p
}

func sample() payout.Paper {
	return of(row(1, "Nguyễn Thị Hường", 100_000_000), row(2, "=HYPERLINK(\"x\")\r\nĐặng;Văn,\"Đức\"", 33_333_333))
}

func keep(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	if dir := os.Getenv("MATBANG_KEEP_PAPERS"); dir != "" { // to look at them
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return content
}

// writers are every file of an order.
func writers(p payout.Paper) map[string]func(io.Writer) error {
	printed := func(make func(payout.Paper) (paper.Doc, error), write func(io.Writer, ...paper.Doc) error) func(io.Writer) error {
		return func(out io.Writer) error {
			d, err := make(p)
			if err != nil {
				return err
			}
			return write(out, d)
		}
	}
	layout := payout.Layout{Code: "x", Separator: ";", MemoMax: 40, NameMax: 12}
	for _, f := range []string{"no", "code", "payee", "account", "bank", "bin", "amount", "memo", "payer_account"} {
		layout.Columns = append(layout.Columns, payout.LayoutColumn{Title: strings.ToUpper(f), Field: f})
	}
	return map[string]func(io.Writer) error{
		"list.pdf": printed(payoutsheet.ListDoc, paper.PDF), "list.docx": printed(payoutsheet.ListDoc, paper.DOCX), "slip.pdf": printed(payoutsheet.SlipDoc, paper.PDF), "slip.docx": printed(payoutsheet.SlipDoc, paper.DOCX),
		"list.xlsx":    func(out io.Writer) error { return payoutsheet.ListXLSX(out, p) },
		"slip.json":    func(out io.Writer) error { return payoutsheet.SlipJSON(out, p) },
		"transfer.csv": func(out io.Writer) error { return payoutsheet.TransferCSV(out, p, layout) },
		"pain001.xml":  func(out io.Writer) error { return payoutsheet.Pain001(out, p) },
		"calls.pdf": func(out io.Writer) error {
			return paper.PDF(out, payoutsheet.CallDocs(p, []payout.Call{{Payment: p.Rows[0].Code, Number: 2, Day: day.Must("2023-12-28"), Hour: "08:30", Place: "Nhà văn hóa tổ 7", Bring: "căn cước công dân", MadeOn: day.Must("2023-12-22")}}, 2)...)
		},
	}
}

func written(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheSameOrderIsTheSameBytes(t *testing.T) {
	for name, write := range writers(sample()) {
		first := keep(t, name, written(t, write))
		for range 3 {
			if !bytes.Equal(first, written(t, writers(sample())[name])) {
				t.Errorf("%s: other bytes", name)
			}
		}
	}
}

// The parts of a payment always come to it, whatever share of its award it is.
func TestPartsComeToTheAmount(t *testing.T) {
	for _, amount := range []vnd.Amount{1, 2, 7, 33_333_333, 99_999_999, 100_000_000} {
		parts, err := row(1, "A", amount).Parts()
		if err != nil || parts.Net() != amount {
			t.Errorf("%d: %+v, %v", amount, parts, err)
		}
	}
	whole, _ := row(1, "A", 100_000_000).Parts()
	if whole != (payout.Parts{Land: 60_000_000, Structure: 30_000_000, Crop: 5_000_000, Other: 10_000_000, Deducted: 5_000_000}) {
		t.Errorf("the whole award: %+v", whole)
	}
}

func TestAPaperThatDoesNotAddUpIsNotWritten(t *testing.T) {
	award := sample()
	award.Rows[0].Land++
	sum := sample()
	sum.Order.Total++
	for name, p := range map[string]payout.Paper{"payout.paper_award": award, "payout.paper_sum": sum} {
		for file, write := range writers(p) {
			if file == "calls.pdf" {
				continue // a letter shows one amount and no sums
			}
			var f *fault.Fault
			if err := write(io.Discard); !errors.As(err, &f) || f.Code != name {
				t.Errorf("%s: %v, want %s", file, err, name)
			}
		}
	}
}

func TestTheListAsAWorkbook(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(written(t, writers(sample())["list.xlsx"])))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Danh sách chi trả", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[1][6:12], " "); got != "60000000 30000000 5000000 10000000 5000000 100000000" {
		t.Errorf("first row: %s", got)
	}
	if rows[3][1] != "Tổng cộng" || rows[3][11] != "133333333" {
		t.Errorf("sum row: %v", rows[3])
	}
	if formula, _ := f.GetCellFormula("Danh sách chi trả", "B3"); formula != "" {
		t.Errorf("a name became a formula: %s", formula)
	}
	all := fmt.Sprint(rows)
	for _, words := range []string{"một trăm ba mươi ba triệu ba trăm ba mươi ba nghìn ba trăm ba mươi ba đồng", "Thủ quỹ", "Đại diện UBND phường", "Lệnh chi LC-2023-012 ngày 20/12/2023, phát hành ngày 21/12/2023 · mã nội dung "} {
		if !strings.Contains(all, words) {
			t.Errorf("the workbook does not say %q", words)
		}
	}
}

func TestWhatTheSlipDoesNotKnowStaysBlank(t *testing.T) {
	var s payoutsheet.Slip
	if err := json.Unmarshal(written(t, writers(sample())["slip.json"]), &s); err != nil {
		t.Fatal(err)
	}
	if s.Total != 133_333_333 || s.Lines[0].Chapter == nil || *s.Lines[0].Chapter != "599" || s.BudgetUnit != nil || s.Account != nil || s.PayeeCount != 2 || len(s.Digest) != 12 {
		t.Errorf("%+v", s)
	}
	if !strings.Contains(fmt.Sprint(s.Missing), "budget_unit") || strings.Contains(fmt.Sprint(s.Missing), "chapter") {
		t.Errorf("missing: %v", s.Missing)
	}
}

func TestNamesAsBanksCarryThem(t *testing.T) {
	for in, want := range map[string]string{"Nguyễn Thị Hường": "NGUYEN THI HUONG", "Đặng  Văn\r\nĐức": "DANG VAN DUC", "=1+1": "1 1", "@x;y,\"z\"": "X Y Z", "Lò Thị Ỷ": "LO THI Y", "日本": ""} {
		if got := payoutsheet.Fold(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTheFileOfTransfers(t *testing.T) {
	r := csv.NewReader(bytes.NewReader(written(t, writers(sample())["transfer.csv"])))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[1], "|"); got != "1|GPMB23H0001|NGUYEN THI H|8600000001|AGRIBANK|970405|100000000|GPMB23H0001 CHI TRA BT HT NGUYEN THI HUO|375101234567" {
		t.Errorf("got %s", got)
	}
}

func TestTheISOMessage(t *testing.T) {
	content := written(t, writers(sample())["pain001.xml"])
	var d struct {
		XMLName xml.Name `xml:"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09 Document"`
		Count   int      `xml:"CstmrCdtTrfInitn>GrpHdr>NbOfTxs"`
		Sum     int64    `xml:"CstmrCdtTrfInitn>GrpHdr>CtrlSum"`
		Again   int64    `xml:"CstmrCdtTrfInitn>PmtInf>CtrlSum"`
		Parts   []struct {
			Code   string `xml:"PmtId>EndToEndId"`
			Amount struct {
				Currency string `xml:"Ccy,attr"`
				Value    int64  `xml:",chardata"`
			} `xml:"Amt>InstdAmt"`
			Name string `xml:"Cdtr>Nm"`
		} `xml:"CstmrCdtTrfInitn>PmtInf>CdtTrfTxInf"`
	}
	if err := xml.Unmarshal(content, &d); err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, p := range d.Parts {
		sum += p.Amount.Value
		if p.Amount.Currency != "VND" || p.Name == "" || p.Code == "" {
			t.Errorf("%+v", p)
		}
	}
	if sum != 133_333_333 || d.Sum != sum || d.Again != sum || d.Count != len(d.Parts) {
		t.Errorf("%d of %d, %d: %d", d.Count, len(d.Parts), d.Sum, sum)
	}
	// The order of the elements is the schema's, which is not ours to hand on.
	at := 0
	for _, e := range []string{"GrpHdr", "MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty", "PmtInf", "PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "Ccy",
		"DbtrAgt", "CdtTrfTxInf", "PmtId", "InstrId", "EndToEndId", "Amt", "InstdAmt", "CdtrAgt", "FinInstnId", "ClrSysMmbId", "Nm", "Cdtr", "CdtrAcct", "RmtInf", "Ustrd"} {
		next := strings.Index(string(content[at:]), "<"+e)
		if next < 0 {
			t.Fatalf("%s is missing or in the wrong place", e)
		}
		at += next + 1
	}
	if empty := regexp.MustCompile(`<(\w+)></`).FindString(string(content)); empty != "" {
		t.Errorf("an empty element, which the schema refuses: %s", empty)
	}
	p := sample()
	delete(p.Codes, "payer_account")
	if err := payoutsheet.Pain001(io.Discard, p); err == nil {
		t.Error("written without the account it is paid from")
	}
}

func TestThePaymentPicture(t *testing.T) {
	text, err := payoutsheet.VietQR(row(1, "A", 100_000_000))
	if err != nil {
		t.Fatal(err)
	}
	want := "00020101021238540010A00000072701240006970405011086000000010208QRIBFTTA53037045409100000000" + "5802VN62150811GPMB23H00016304"
	if text[:len(text)-4] != want {
		t.Errorf("%s\n%s", text, want)
	}
	picture, err := payoutsheet.QR(text)
	if err != nil || picture.Size < 29 || !strings.HasPrefix(picture.Path, "M4 4h1v1h-1z") {
		t.Errorf("%d %.40s %v", picture.Size, picture.Path, err)
	}
	for name, broken := range map[string]func(*payout.PaperRow){"no number": func(r *payout.PaperRow) { r.BankBIN = "" }, "no account": func(r *payout.PaperRow) { r.AccountNo = "-" },
		"long account": func(r *payout.PaperRow) { r.AccountNo = strings.Repeat("1", 20) }, "long code": func(r *payout.PaperRow) { r.Code = strings.Repeat("X", 26) }, "nothing": func(r *payout.PaperRow) { r.Amount = 0 }} {
		r := row(1, "A", 1)
		broken(&r)
		if _, err := payoutsheet.VietQR(r); err == nil {
			t.Errorf("%s: a picture all the same", name)
		}
	}
}

// Whatever stands in a name, an account or a code: the lines stay lines, the fields stay fields.
func FuzzOutputs(f *testing.F) {
	for _, s := range []string{"=cmd|'/c calc'!A0", "a\r\nb;c,d\"e\tf", "\x00\xff", "Đỗ Thị Ơ", "６３０４", "]]>&<"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, account string) {
		r := row(1, name, 33_333_333)
		r.AccountNo, r.BankName = account, name
		p := of(r, row(2, "B", 1))
		var out bytes.Buffer
		if err := payoutsheet.TransferCSV(&out, p, payout.Layout{Separator: ",", MemoMax: 25, Columns: []payout.LayoutColumn{{Title: "A", Field: "payee"}, {Title: "B", Field: "memo"}, {Title: "C", Field: "account"}, {Title: "D", Field: "bank"}}}); err == nil {
			if lines := strings.Split(strings.TrimSuffix(out.String(), "\r\n"), "\r\n"); len(lines) != 3 || strings.Count(out.String(), ",") != 9 || strings.ContainsAny(out.String(), "=@+-\"\t") {
				t.Errorf("%q", out.String())
			}
		}
		if text, err := payoutsheet.VietQR(r); err == nil {
			walk(t, text)
		}
		out.Reset()
		if err := payoutsheet.Pain001(&out, p); err == nil {
			if err := xml.Unmarshal(out.Bytes(), new(struct{})); err != nil {
				t.Error(err)
			}
		}
	})
}

// walk reads a TLV text to its end.
func walk(t *testing.T, text string) {
	t.Helper()
	for at := 0; at < len(text); {
		var size int
		if _, err := fmt.Sscanf(text[at+2:at+4], "%02d", &size); err != nil || at+4+size > len(text) {
			t.Fatalf("%q breaks at %d", text, at)
		}
		at += 4 + size
	}
}

var update = flag.Bool("update", false, "write the golden texts anew") //nolint:gochecknoglobals // a flag of this test

// TestWhatThePapersSay holds the words of each printed paper, line by line, as somebody would read them.
func TestWhatThePapersSay(t *testing.T) {
	for _, name := range []string{"list", "slip", "calls"} {
		p := sample()
		p.Rows[1].Payee = "Đặng Văn Đức"
		var docs []paper.Doc
		switch name {
		case "list":
			d, err := payoutsheet.ListDoc(p)
			docs = append(docs, d)
			if err != nil {
				t.Fatal(err)
			}
		case "slip":
			d, err := payoutsheet.SlipDoc(p)
			docs = append(docs, d)
			if err != nil {
				t.Fatal(err)
			}
		case "calls":
			calls := []payout.Call{{Payment: p.Rows[0].Code, Number: 1, Day: day.Must("2023-12-28"), Hour: "08:30", Place: "Nhà văn hóa tổ 7", Bring: "căn cước công dân", MadeOn: day.Must("2023-12-22")},
				{Payment: p.Rows[1].Code, Number: 1, Day: day.Must("2023-12-28"), Hour: "09:00", Place: "Nhà văn hóa tổ 7", MadeOn: day.Must("2023-12-22")}}
			docs = payoutsheet.CallDocs(p, calls, 1)
		}
		got := docxText(t, written(t, func(out io.Writer) error { return paper.DOCX(out, docs...) }))
		for _, d := range docs {
			got += d.Foot + "\n"
		}
		golden := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s says something else than %s (go test -update writes it anew): %v\n%s", name, golden, err, got)
		}
	}
}

// docxText is the text of a document, a line for each paragraph that has any.
func docxText(t *testing.T, content []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, d := "", xml.NewDecoder(f)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return text
		}
		if err != nil {
			t.Fatal(err)
		}
		if chars, ok := token.(xml.CharData); ok && strings.TrimSpace(string(chars)) != "" {
			text += string(chars) + "\n"
		}
	}
}
