package sheet_test

import (
	"archive/zip"
	"bytes"
	"testing"

	"matbang/internal/sheet"
)

// rawBook packs a worksheet written by hand.
func rawBook(t testing.TB, worksheet string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   worksheet,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatSpreadsheetsReallyKeep(t *testing.T) {
	for _, tt := range []struct {
		what, v, code string
		want          int64
	}{
		{"fifteen digits are what was seen", `<v>85.599999999999994</v>`, "", 8560},
		{"an exponent", `<v>1.2345E3</v>`, "", 123450},
		{"an error of the spreadsheet", ``, "sheet.cell_error", 0},
	} {
		c := `<c r="B2">` + tt.v + `</c>`
		if tt.v == "" {
			c = `<c r="B2" t="e"><v>#REF!</v></c>`
		}
		content := rawBook(t, `<worksheet><sheetData><row>`+cells("Mã", "Diện tích")+`</row><row>`+cells("x")+c+`</row></sheetData></worksheet>`)
		rows, faults, err := sheet.Read("a.xlsx", content, spec())
		if err != nil {
			t.Fatalf("%s: %v", tt.what, err)
		}
		if tt.code != "" {
			if len(faults) != 1 || faults[0].Code != tt.code {
				t.Errorf("%s: %+v", tt.what, faults)
			}
			continue
		}
		if len(faults) != 0 || int64(rows[0].Value("area").Area) != tt.want {
			t.Errorf("%s: %+v %+v", tt.what, rows, faults)
		}
	}
}
