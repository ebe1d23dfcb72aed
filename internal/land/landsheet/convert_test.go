package landsheet

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"matbang/internal/day"
	"matbang/internal/region"
	"matbang/internal/sheet"
)

func wards() []region.Ward {
	return []region.Ward{{Code: "01840", Name: "Phường Đức Xuân"}, {Code: "01849", Name: "Xã Dương Quang"}}
}

// line is a row of a file by column keys.
type line map[string]any

func with(changes ...line) line {
	l := line{"project": "7654321", "kind": "Hộ gia đình", "name": "Nông Văn Bảo", "residence": "Phường Đức Xuân", "identity_no": "006086001234",
		"ward": "Phường Đức Xuân", "map_sheet": "12", "number": "17+175", "land_code": "ONT", "area": "300", "recovered": "85,60"}
	for _, change := range changes {
		for key, v := range change {
			l[key] = v
		}
	}
	return l
}

// book is a workbook with these rows; a value's Go type is the type of its cell.
func book(t testing.TB, lines ...line) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	columns := Spec(wards(), "").Columns
	for i, c := range columns {
		at := func(row int) string { name, _ := excelize.CoordinatesToCellName(i+1, row); return name }
		_ = f.SetCellValue("Sheet1", at(1), c.Title)
		for n, l := range lines {
			if v, filled := l[c.Key]; filled {
				_ = f.SetCellValue("Sheet1", at(n+2), v)
			}
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read converts a file and lists its faults as "row key-or-title code".
func read(t *testing.T, content []byte, project string) ([]*draft, []sheet.Fault) {
	t.Helper()
	rows, faults, err := sheet.Read("f.xlsx", content, Spec(wards(), project))
	if err != nil {
		t.Fatal(err)
	}
	drafts, found := convert(rows, wards(), project, faults)
	return drafts, append(faults, found...)
}

func codesOf(faults []sheet.Fault) []string {
	codes := []string{}
	for _, f := range faults {
		codes = append(codes, fmt.Sprintf("%d %s %s", f.Row, f.Title, f.Code))
	}
	return codes
}

func TestOneRowIsOneCase(t *testing.T) {
	drafts, faults := read(t, book(t, with(line{"state": "Đã mất", "opened_on": "05/01/2023", "bank_name": "Agribank", "account_no": "0860205", "note": "giáp suối"})), "")
	if len(faults) > 0 || len(drafts) != 1 {
		t.Fatalf("%v %d", faults, len(drafts))
	}
	in := drafts[0].in
	if in.Project != "7654321" || in.Ward != "01840" || in.OpenedOn != day.Must("2023-01-05") || in.Note != "giáp suối" || in.HolderCode != "" {
		t.Errorf("case %+v", in)
	}
	h, p := in.Holder, in.Holder.Parties[0]
	if h.Kind != "household" || h.State != "deceased" || h.Ward != "01840" || p.FullName != "Nông Văn Bảo" || p.ShareBP != 10000 || p.IdentityNo != "006086001234" || p.AccountNo != "0860205" {
		t.Errorf("holder %+v", h)
	}
	if got := in.Parcels[0]; got.Number != "17+175" || got.Area != 30000 || got.Recovered != 8560 || got.LandCode != "ONT" {
		t.Errorf("parcel %+v", got)
	}
}

func TestRowsOfOneHolderAreOneCase(t *testing.T) {
	for _, tt := range []struct {
		why           string
		lines         []line
		cases, inCase int // cases, and parcels of the first
	}{
		{"name and number alike", []line{with(), with(line{"number": "263A"})}, 1, 2},
		{"in another case of letters and with empty cells", []line{with(), with(line{"name": "NÔNG  VĂN BẢO", "kind": "", "residence": "", "number": "263A"})}, 1, 2},
		{"a number with spaces", []line{with(), with(line{"identity_no": "006 086 001 234", "number": "5"})}, 1, 2},
		{"two namesakes by number", []line{with(), with(line{"identity_no": "006086009999", "number": "5"})}, 2, 1},
		{"marks tell people apart", []line{with(line{"name": "Hà Thị Hương", "identity_no": ""}), with(line{"name": "Hà Thị Hường", "identity_no": "", "number": "5"})}, 2, 1},
		{"no number at all", []line{with(line{"identity_no": ""}), with(line{"identity_no": "", "number": "5"})}, 1, 2},
		{"by code, whatever its letters", []line{with(line{"holder_code": "NSD-000001"}), with(line{"holder_code": "nsd-000001", "number": "5"})}, 1, 2},
		{"two works", []line{with(), with(line{"project": "7654322", "number": "5"})}, 2, 1},
	} {
		drafts, faults := read(t, book(t, tt.lines...), "")
		if len(faults) > 0 || len(drafts) != tt.cases || len(drafts[0].in.Parcels) != tt.inCase {
			t.Errorf("%s: %d cases, faults %v", tt.why, len(drafts), codesOf(faults))
		}
	}
}

func TestTraps(t *testing.T) {
	for _, tt := range []struct {
		why     string
		project string
		lines   []line
		want    []string
	}{
		{"an area that reads two ways", "", []line{with(line{"area": "1.234"})}, []string{"2 Diện tích thửa (m²) area_ambiguous"}},
		{"a grouped area with decimals", "", []line{with(line{"area": "1.234,50"})}, nil},
		{"an area as a number", "", []line{with(line{"area": 1234.5})}, nil},
		{"an unknown ward", "", []line{with(line{"ward": "Phường Sông Cầu"})}, []string{"2 Phường, xã có đất sheet.choice"}},
		{"an unknown state", "", []line{with(line{"state": "Ốm"})}, []string{"2 Tình trạng sheet.choice"}},
		{"nobody", "", []line{with(line{"name": ""})}, []string{"2 Tên chủ sử dụng đất landsheet.holder_needed"}},
		{"no parcel number", "", []line{with(line{"number": ""})}, []string{"2 Số thửa required"}},
		{"no work", "", []line{with(line{"project": ""})}, []string{"2 Mã dự án required"}},
		{"the work was chosen", "7654321", []line{with(line{"project": ""})}, nil},
		{"another work than the chosen", "7654322", []line{with()}, []string{"2 Mã dự án landsheet.project_other"}},
		{"a zero lost at the front of a number", "", []line{with(line{"identity_no": 6086001234})}, []string{"2 Số định danh landsheet.identity_zero"}},
		{"a tax code of an organisation", "", []line{with(line{"kind": "Tổ chức", "identity_no": "4700123456"})}, nil},
		{"two wards in one case", "", []line{with(), with(line{"ward": "Xã Dương Quang", "number": "5"})}, []string{"3 Phường, xã có đất landsheet.rows_disagree"}},
		{"two residences of one person in two works", "", []line{with(), with(line{"project": "7654322", "residence": "Xã Dương Quang", "number": "5"})},
			[]string{"3 Phường, xã nơi ở landsheet.rows_disagree"}},
		{"two phones of one name without number", "", []line{with(line{"identity_no": "", "phone": "0911"}), with(line{"identity_no": "", "phone": "0912", "number": "5"})},
			[]string{"3 Điện thoại landsheet.rows_disagree"}},
		{"one name with and without number", "", []line{with(), with(line{"identity_no": "", "number": "5"})}, []string{"3 Số định danh landsheet.same_name"}},
		{"a day that is none", "", []line{with(line{"opened_on": 2023})}, []string{"2 Ngày mở hồ sơ day_form"}},
		{"every fault of every row", "", []line{with(line{"area": "1.234", "recovered": "x"}), with(line{"map_sheet": "", "number": "5"})},
			[]string{"2 Diện tích thửa (m²) area_ambiguous", "2 Diện tích thu hồi (m²) area_form", "3 Tờ bản đồ required"}},
	} {
		_, faults := read(t, book(t, tt.lines...), tt.project)
		if got := codesOf(faults); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.why, got, tt.want)
		}
	}
}

func TestAnAmbiguousAreaShowsBothReadings(t *testing.T) {
	_, faults := read(t, book(t, with(line{"recovered": "1.234"})), "")
	if len(faults) != 1 || faults[0].Found != "1.234" || !slices.Equal(faults[0].Args, []any{"1.234", "1.234,00", "1,23"}) {
		t.Errorf("%+v", faults)
	}
}

func TestParcelNumbersStayText(t *testing.T) {
	for typed, want := range map[any]string{"17+175": "17+175", "263A": "263A", 263: "263", "007": "007", "1.234": "1.234"} {
		drafts, faults := read(t, book(t, with(line{"number": typed})), "")
		if len(faults) > 0 || drafts[0].in.Parcels[0].Number != want {
			t.Errorf("%v: %v %v", typed, drafts, faults)
		}
	}
}

func TestAMissingColumnIsSaidOnce(t *testing.T) {
	content := "Mã dự án;Tên chủ sử dụng đất;Phường, xã có đất;Tờ bản đồ;Số thửa;Loại đất;Diện tích thu hồi\n7654321;A;Phường Đức Xuân;1;2;ONT;5\n"
	rows, faults, err := sheet.Read("f.csv", []byte(content), Spec(wards(), ""))
	if err != nil {
		t.Fatal(err)
	}
	drafts, found := convert(rows, wards(), "", faults)
	if len(drafts) != 0 || len(found) != 0 || len(faults) != 1 || faults[0].Code != "sheet.column_missing" {
		t.Errorf("%d drafts, %v %v", len(drafts), faults, found)
	}
}

func TestEnglishTitlesAreUnderstood(t *testing.T) {
	content := "Project code,Holder code,Ward of the land,Map sheet,Parcel number,Land code,Parcel area,Recovered area\n7654321,NSD-000001,Phường Đức Xuân,1,263A,ONT,300,\"85,60\"\n"
	rows, faults, err := sheet.Read("f.csv", []byte(content), Spec(wards(), ""))
	drafts, found := convert(rows, wards(), "", faults)
	if err != nil || len(faults)+len(found) > 0 || len(drafts) != 1 || drafts[0].in.Parcels[0].Recovered != 8560 {
		t.Errorf("%v %v %v", err, faults, found)
	}
}

func TestTheTemplateReadsBackAndExplainsItself(t *testing.T) {
	content, err := sheet.Template(Spec(wards(), ""))
	if err != nil {
		t.Fatal(err)
	}
	rows, faults, err := sheet.Read("t.xlsx", content, Spec(wards(), ""))
	if err != nil || len(rows) != 0 || len(faults) != 0 {
		t.Errorf("%v %v %v", err, rows, faults)
	}
	f, err := excelize.OpenReader(strings.NewReader(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rules, err := f.GetDataValidations("Hồ sơ thu hồi đất")
	if err != nil || len(rules) != 4 || len(f.GetSheetList()) != 2 {
		t.Errorf("%v %d drop-downs, sheets %v", err, len(rules), f.GetSheetList())
	}
}
