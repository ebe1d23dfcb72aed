package sheet_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/sheet"
	"matbang/internal/vnd"
)

func spec() sheet.Spec {
	return sheet.Spec{Name: "Mẫu", Columns: []sheet.Column{
		{Key: "code", Title: "Mã", TitleEN: "Code", Kind: sheet.Text, Required: true},
		{Key: "amount", Title: "Số tiền (đ)", TitleEN: "Amount", Kind: sheet.Money},
		{Key: "area", Title: "Diện tích (m²)", TitleEN: "Area", Kind: sheet.Area},
		{Key: "day", Title: "Ngày", TitleEN: "Day", Kind: sheet.Day},
		{Key: "month", Title: "Tháng", TitleEN: "Month", Kind: sheet.Month},
		{Key: "count", Title: "Số lượng", TitleEN: "Count", Kind: sheet.Int},
		{Key: "share", Title: "Tỷ lệ", TitleEN: "Share", Kind: sheet.Percent},
		{Key: "kind", Title: "Loại", TitleEN: "Kind", Kind: sheet.Choice, Choices: []string{"Hộ gia đình", "Tổ chức"}},
	}}
}

// book makes an XLSX file out of rows; a value's Go type is the type of its cell.
func book(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	return bytesOf(t, f)
}

func bytesOf(t testing.TB, f *excelize.File) []byte {
	t.Helper()
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCellsAreReadByTheKindOfTheirColumn(t *testing.T) {
	tests := []struct {
		what, column string
		cell         any
		code         string // expected fault; empty means want
		want         sheet.Value
	}{
		{"money typed with a dot is thousands", "Số tiền", "20.000", "", sheet.Value{Typed: "20.000", Money: 20000}},
		{"money typed with đ", "Số tiền", "1.234.567 đ", "", sheet.Value{Typed: "1.234.567 đ", Money: 1234567}},
		{"money as a number", "Số tiền", 20000, "", sheet.Value{Typed: "20000", Money: 20000}},
		{"money as a number cell 20", "Số tiền", 20, "", sheet.Value{Typed: "20", Money: 20}},
		{"a number cell with decimals is no đồng", "Số tiền", 20.5, "sheet.money_fraction", sheet.Value{}},
		{"typed decimals are no đồng", "Số tiền", "20,5", "money_decimals", sheet.Value{}},
		{"broken groups", "Số tiền", "20.00", "money_form", sheet.Value{}},
		{"words", "Số tiền", "hai mươi", "money_form", sheet.Value{}},
		{"too large", "Số tiền", "99.999.999.999.999.999", "money_range", sheet.Value{}},
		{"an area typed so that it reads two ways", "Diện tích", "1.234", "area_ambiguous", sheet.Value{}},
		{"an area as a number", "Diện tích", 1234.5, "", sheet.Value{Typed: "1234.5", Area: 123450}},
		{"a binary fraction is what its author saw", "Diện tích", 85.6, "", sheet.Value{Typed: "85.6", Area: 8560}},
		{"an area as a number with three decimals", "Diện tích", 1.234, "sheet.area_number", sheet.Value{}},
		{"an area typed plainly", "Diện tích", "1.234,50", "", sheet.Value{Typed: "1.234,50", Area: 123450}},
		{"a negative area", "Diện tích", -5, "sheet.area_number", sheet.Value{}},
		{"a day as a number", "Ngày", 45291, "", sheet.Value{Typed: "45291", Day: day.Must("31/12/2023")}},
		{"a day as text", "Ngày", "31/12/2023", "", sheet.Value{Typed: "31/12/2023", Day: day.Must("31/12/2023")}},
		{"a day that is none", "Ngày", "31/02/2023", "day_form", sheet.Value{}},
		{"a year is no day of 1905", "Ngày", 2023, "day_form", sheet.Value{}},
		{"a day with its hour", "Ngày", 45291.5, "day_form", sheet.Value{}},
		{"a month as text", "Tháng", "12/2023", "", sheet.Value{Typed: "12/2023", Month: day.MustMonth("2023-12")}},
		{"a month as a day cell", "Tháng", 45291, "", sheet.Value{Typed: "45291", Month: day.MustMonth("2023-12")}},
		{"a month that is none", "Tháng", "13/2023", "sheet.month_form", sheet.Value{}},
		{"a count", "Số lượng", 12, "", sheet.Value{Typed: "12", Int: 12}},
		{"a count with a dot could be a thousand", "Số lượng", "1.234", "sheet.int_form", sheet.Value{}},
		{"a share", "Tỷ lệ", "96,5 %", "", sheet.Value{Typed: "96,5 %", Int: 9650}},
		{"a share as a number", "Tỷ lệ", 96.5, "", sheet.Value{Typed: "96.5", Int: 9650}},
		{"a share above all", "Tỷ lệ", 101, "percent_form", sheet.Value{}},
		{"a choice in any case", "Loại", "hộ gia đình", "", sheet.Value{Typed: "Hộ gia đình"}},
		{"no choice", "Loại", "Doanh nghiệp", "sheet.choice", sheet.Value{}},
		{"a code typed as a number keeps its digits", "Mã", 7654321, "", sheet.Value{Typed: "7654321"}},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			head, row := []any{"Mã", tt.column}, []any{"x", tt.cell}
			if tt.column == "Mã" {
				head, row = []any{"Loại", "Mã"}, []any{"Tổ chức", tt.cell}
			}
			rows, faults, err := sheet.Read("f.xlsx", book(t, head, row), spec())
			if err != nil {
				t.Fatal(err)
			}
			if tt.code != "" {
				if len(faults) != 1 || faults[0].Code != tt.code || faults[0].Row != 2 || faults[0].Column != "B" || faults[0].Found == "" {
					t.Fatalf("faults %+v, want %s at B2", faults, tt.code)
				}
				return
			}
			if len(faults) != 0 {
				t.Fatalf("faults %+v", faults)
			}
			if got := rows[0].Value(keyOf(tt.column)); got != tt.want {
				t.Errorf("read %+v, want %+v", got, tt.want)
			}
		})
	}
}

func keyOf(title string) string {
	for _, c := range spec().Columns {
		if strings.HasPrefix(c.Title, title) {
			return c.Key
		}
	}
	return ""
}

func TestAnAmbiguousAreaShowsBothReadings(t *testing.T) {
	_, faults, err := sheet.Read("f.csv", []byte("Mã;Diện tích\nx;1.234\n"), spec())
	if err != nil || len(faults) != 1 {
		t.Fatalf("%v %+v", err, faults)
	}
	if !slices.Equal(faults[0].Args, []any{"1.234", "1.234,00", "1,23"}) {
		t.Errorf("readings %v", faults[0].Args)
	}
}

func TestAPercentCellIsAPercentage(t *testing.T) {
	f := excelize.NewFile()
	_ = f.SetSheetRow("Sheet1", "A1", &[]any{"Mã", "Tỷ lệ"})
	_ = f.SetSheetRow("Sheet1", "A2", &[]any{"x", 0.965})
	style, err := f.NewStyle(&excelize.Style{NumFmt: 10})
	if err != nil {
		t.Fatal(err)
	}
	_ = f.SetCellStyle("Sheet1", "B2", "B2", style)
	rows, faults, err := sheet.Read("f.xlsx", bytesOf(t, f), spec())
	if err != nil || len(faults) != 0 || rows[0].Value("share").Int != 9650 {
		t.Errorf("%v %v %+v", err, faults, rows)
	}
}

func TestTheHeaderMayStandLowerAndInAnyOrder(t *testing.T) {
	f := excelize.NewFile()
	_ = f.SetCellValue("Sheet1", "A1", "BẢNG NHẬP LIỆU NĂM 2023")
	_ = f.MergeCell("Sheet1", "A1", "E2")
	_ = f.SetSheetRow("Sheet1", "B4", &[]any{"AMOUNT", "Mã *", "Ngày"})
	_ = f.SetSheetRow("Sheet1", "B6", &[]any{"5.000", "a", "1/2/2023"})
	rows, faults, err := sheet.Read("f.xlsx", bytesOf(t, f), spec())
	if err != nil || len(faults) != 0 || len(rows) != 1 {
		t.Fatalf("%v %v %+v", err, faults, rows)
	}
	if r := rows[0]; r.Number != 6 || r.Text("code") != "a" || r.Value("amount").Money != 5000 {
		t.Errorf("row %+v", r)
	}
	if place := rows[0].Fault("code", "x"); place.Column != "C" || place.Title != "Mã" || place.Sheet != "Sheet1" {
		t.Errorf("place %+v", place)
	}
}

func TestColumnsMissingUnknownAndTwiceAreFaults(t *testing.T) {
	_, faults, err := sheet.Read("f.xlsx", book(t, []any{"Loại", "Ngày", "Ngày", "Ghi chú lạ"}, []any{"Tổ chức"}), spec())
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, f := range faults {
		codes = append(codes, f.Code+"@"+f.Column)
	}
	if want := []string{"sheet.column_missing@", "sheet.column_twice@C", "sheet.column_unknown@D"}; !slices.Equal(codes, want) {
		t.Errorf("faults %v, want %v", codes, want)
	}
}

func TestAFileWithoutHeaderNamesTheColumns(t *testing.T) {
	_, faults, err := sheet.Read("f.xlsx", book(t, []any{"1", "2"}), spec())
	if err != nil || len(faults) != 1 || faults[0].Code != "sheet.header_missing" {
		t.Errorf("%v %+v", err, faults)
	}
}

func TestAFormulaGivesItsKeptValue(t *testing.T) {
	f := excelize.NewFile()
	_ = f.SetSheetRow("Sheet1", "A1", &[]any{"Mã", "Số tiền"})
	_ = f.SetCellValue("Sheet1", "A2", "x")
	_ = f.SetCellValue("Sheet1", "B2", 3000)
	_ = f.SetCellFormula("Sheet1", "B2", "1000*3")
	_ = f.SetCellValue("Sheet1", "A3", "y")
	rows, faults, err := sheet.Read("f.xlsx", bytesOf(t, f), spec())
	if err != nil || len(faults) != 0 || rows[0].Value("amount").Money != 3000 || rows[1].Has("amount") {
		t.Errorf("%v %v %+v", err, faults, rows)
	}
}

func TestFilesThatCannotBeReadAreRefusedWithTheirReason(t *testing.T) {
	for code, file := range map[string]struct {
		name    string
		content []byte
	}{
		"sheet.unreadable": {"a.xlsx", []byte("PK\x03\x04 torn")},
		"sheet.not_utf8":   {"a.csv", []byte("M\xe3;Lo\xe1i\n")},
		"sheet.csv_broken": {"a.csv", []byte("Mã;Loại\n\"x;y\n")},
	} {
		_, _, err := sheet.Read(file.name, file.content, spec())
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Fields[0].Code != code || f.Fields[0].Name != "file" {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, _, err := sheet.Read("a.csv", make([]byte, sheet.MaxFileBytes+1), spec()); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("too large: %v", err)
	}
}

func TestATemplateReadsBackWithoutFaults(t *testing.T) {
	s := spec()
	s.Columns[7].Choices = append(s.Columns[7].Choices, strings.Repeat("một lựa chọn rất dài ", 20))
	content, err := sheet.Template(s, []any{"0123456", vnd.Amount(5000), area.Area(123450), day.Must("31/12/2023"), "12/2023", 3, "96,5", "Tổ chức"})
	if err != nil {
		t.Fatal(err)
	}
	rows, faults, err := sheet.Read("t.xlsx", content, s)
	if err != nil || len(faults) != 0 || len(rows) != 1 {
		t.Fatalf("%v %+v %d rows", err, faults, len(rows))
	}
	if r := rows[0]; r.Text("code") != "0123456" || r.Value("area").Area != 123450 || r.Value("day").Day != day.Must("31/12/2023") {
		t.Errorf("row %+v", r)
	}
}

func TestWhatIsWrittenCannotBecomeAFormula(t *testing.T) {
	var out bytes.Buffer
	rows := [][]any{{"=HYPERLINK(\"http://x\")", vnd.Amount(-5), area.Area(7), day.Must("1/2/2023"), day.MustMonth("2023-02"), 4, sheet.BasisPoints(9650), nil}}
	if err := sheet.Write(&out, spec(), slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if formula, _ := f.GetCellFormula("Mẫu", "A2"); formula != "" {
		t.Errorf("A2 became the formula %q", formula)
	}
	back, faults, err := sheet.Read("x.xlsx", out.Bytes(), spec())
	if err != nil || len(faults) != 0 {
		t.Fatalf("%v %+v", err, faults)
	}
	r := back[0]
	if r.Value("amount").Money != -5 || r.Value("area").Area != 7 || r.Value("share").Int != 9650 || r.Value("month").Month != day.MustMonth("2023-02") {
		t.Errorf("row %+v", r)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.csv", []byte("Mã;Số tiền;Diện tích\nx;20.000;1.234\n"))
	f.Add("a.xlsx", book(f, []any{"Mã", "Số tiền", "Ngày"}, []any{"x", 20.5, 45291}))
	f.Add("a.xlsx", []byte("PK\x03\x04"))
	f.Fuzz(func(_ *testing.T, name string, content []byte) {
		rows, _, err := sheet.Read(name, content, spec())
		if err == nil {
			for _, r := range rows {
				_ = r.Fault("code", "x")
			}
		}
	})
}

// FuzzCell reads any text in every kind of column: a cell is read or refused, never a crash.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"1e999", "1E30", "-0", "1.234", "0.965", "٣", "1e-99", "--5", "12/2023"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		xml := `<worksheet><sheetData><row r="1">` + cells("Mã", "Số tiền", "Diện tích", "Ngày", "Tháng", "Số lượng", "Tỷ lệ") + `</row><row r="2">`
		for i := range 7 {
			xml += `<c r="` + string(rune('A'+i)) + `2"><v>` + strings.NewReplacer("<", "", "&", "").Replace(text) + `</v></c>`
		}
		_, _, _ = sheet.Read("a.xlsx", rawBook(t, xml+`</row></sheetData></worksheet>`), spec())
	})
}

func cells(titles ...string) string {
	out := ""
	for _, title := range titles {
		out += `<c t="inlineStr"><is><t>` + title + `</t></is></c>`
	}
	return out
}
