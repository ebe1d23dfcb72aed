package bank_test

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/bank"
	"matbang/internal/fault"
	"matbang/internal/figures"
	"matbang/internal/listing"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
)

// world is an account of the city and the accountant who loads its statements.
type world struct {
	t    testing.TB
	db   *postgres.DB
	bank bank.Bank
	who  actor.Actor
}

const layout = `{"delimiter": ",", "header_search": ["Ngày", "Nợ", "Có"], "columns": {"day": "Ngày", "reference": "Số", "debit": "Nợ", "credit": "Có", "description": "Nội dung"},
	"date_form": "dd/mm/yyyy", "thousands": ".", "decimal": ",", "out": "debit", "opening_label": "Đầu kỳ", "closing_label": "Cuối kỳ", "footer_words": ["Cuối kỳ"]}`

func newWorld(t testing.TB) *world {
	t.Helper()
	db := pgtest.Open(t)
	for _, q := range []string{`INSERT INTO unit (code, name, kind) VALUES ('TCKH', 'Phòng Tài chính', 'finance')`,
		`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('hoa', 'Vi Thị Hoa', '', 1)`,
		`INSERT INTO statement_profile (code, name, mapping) VALUES ('mau', 'Mẫu', '` + layout + `')`,
		`INSERT INTO bank_account (code, name, bank, number, profile) VALUES ('TK1', 'Tiền gửi', 'VCB', '0011', 'mau')`} {
		if _, err := db.Pool().ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	return &world{t, db, bank.Bank{DB: db, Log: audit.Log{DB: db}},
		actor.Actor{ID: 1, Grants: map[actor.Permission]actor.Reach{bank.Read: actor.All, bank.Import: actor.All}}}
}

// file is a statement of lines "02/01/2023,FT1,500,,chi tra" between two balances.
func file(opening, closing string, lines ...string) []byte {
	return []byte("Đầu kỳ,,," + opening + ",\nNgày,Số,Nợ,Có,Nội dung\n" + strings.Join(lines, "\n") + "\nCuối kỳ,,," + closing + ",\n")
}

func (w *world) load(content []byte) (bank.Statement, error) {
	return w.bank.Load(context.Background(), w.who, "TK1", "sao-ke.csv", content)
}

func (w *world) mustLoad(content []byte) bank.Statement {
	w.t.Helper()
	s, err := w.load(content)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func field(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) && len(f.Fields) > 0 {
		return f.Fields[0].Code
	}
	return fmt.Sprint(err)
}

// Statements overlap, repeat and leave days out; every line is there once, and what no statement shows is told.
func TestStatementsOfOneAccount(t *testing.T) {
	w := newWorld(t)
	first := file("1.000", "700", "02/01/2023,FT1,100,,chi", "02/01/2023,FT2,100,,chi", "03/01/2023,FT3,100,,chi")
	if s := w.mustLoad(first); s.LineCount != 3 || s.KnownCount != 0 || s.Gap != nil {
		t.Errorf("%+v", s)
	}
	if _, err := w.load(first); field(err) != "bank.loaded_already" {
		t.Errorf("the same file: %v", err)
	}
	if s := w.mustLoad(file("800", "650", "03/01/2023,FT3,100,,chi", "04/01/2023,FT4,50,,chi")); s.LineCount != 2 || s.KnownCount != 1 {
		t.Errorf("a file that begins a day earlier: %+v", s)
	}
	if s := w.mustLoad(file("650", "640", "05/01/2023,FT5,5,,phi", "05/01/2023,FT5,5,,phi")); s.KnownCount != 0 {
		t.Errorf("two lines alike are two lines: %+v", s)
	}
	s := w.mustLoad(file("600", "590", "10/01/2023,FT9,10,,chi"))
	if s.Gap == nil || s.Gap.Difference != -40 || s.Gap.Expected != 640 {
		t.Errorf("a day is missing: %+v", s.Gap)
	}
	w.mustLoad(file("640", "600", "06/01/2023,FT6,40,,chi"))
	account, err := w.bank.Account(t.Context(), w.who, "TK1")
	if err != nil {
		t.Fatal(err)
	}
	if gaps, err := w.bank.Gaps(t.Context(), w.who, account.ID); err != nil || len(gaps) != 0 {
		t.Errorf("the day has come: %+v %v", gaps, err)
	}
	for why, c := range map[string]struct {
		content []byte
		code    string
	}{
		"it does not prove":  {file("590", "500", "11/01/2023,FT10,10,,chi"), "bank.not_proved"},
		"no closing balance": {[]byte("Đầu kỳ,,,590,\nNgày,Số,Nợ,Có,Nội dung\n11/01/2023,FT10,10,,chi\n"), "bank.no_balance"},
		"a fraction":         {file("590", "589,5", "11/01/2023,FT10,\"0,5\",,chi"), "bank.amount"},
	} {
		if _, err := w.load(c.content); field(err) != c.code {
			t.Errorf("%s: %v", why, err)
		}
	}
	list, err := w.bank.Statements(t.Context(), w.who, account.ID, listing.Query{})
	if err != nil || list.Total != 5 {
		t.Errorf("a refused file leaves nothing: %d %v", list.Total, err)
	}
}

// A year of a busy account, and how far the heap may grow while it is loaded: less than the file. A workbook's library keeps the places of its texts.
const yearLines, yearBound, bookBound = 100_000, 12 << 20, 32 << 20

// It takes no more memory than a day, in whatever format: a hundred thousand lines are read, written and proved while the heap stays small.
func TestAHundredThousandLinesInBoundedMemory(t *testing.T) {
	for format, bound := range map[string]uint64{"csv": yearBound, "xml": yearBound, "sta": yearBound, "xlsx": bookBound} {
		t.Run(format, func(t *testing.T) {
			took, peak := newWorld(t).loadYear(format)
			t.Logf("%d lines: %s, %d MiB of heap", yearLines, took.Round(time.Millisecond), peak>>20)
			if peak > bound {
				t.Errorf("the heap grew by %d MiB, more than %d", peak>>20, bound>>20)
			}
		})
	}
}

// BenchmarkLimitImport tells the same against its limits: the same rows are copied by the database alone, its rules live.
func BenchmarkLimitImport(b *testing.B) {
	for b.Loop() {
		w := newWorld(b)
		took, peak := w.loadYear("csv")
		began := time.Now()
		w.copyYear()
		figures.Times(b, fmt.Sprintf("import of %d statement lines, against copying their rows", yearLines), 3, took, time.Since(began))
		figures.Say(b, figures.Row{Figure: "peak heap of that import", Limit: fmt.Sprintf("≤ %d MiB", yearBound>>20), Measured: fmt.Sprintf("%d MiB", peak>>20), Broken: peak > yearBound})
	}
}

// loadYear loads the year from a file and tells how long it took and how far the heap grew.
func (w *world) loadYear(format string) (took time.Duration, peak uint64) {
	w.t.Helper()
	f, size := w.yearFile(format)
	defer func() { _ = f.Close() }()
	began := time.Now()
	peak = peakHeap(func() {
		loaded, err := w.bank.LoadFile(w.t.Context(), w.who, "TK1", "", bank.FileOf("nam."+format, f, size))
		if err != nil || loaded[0].LineCount != yearLines {
			w.t.Errorf("%+v %v", loaded, err)
		}
	})
	return time.Since(began), peak
}

func (w *world) yearFile(format string) (*os.File, int64) {
	w.t.Helper()
	f, err := os.Create(filepath.Join(w.t.TempDir(), "nam."+format))
	if err != nil {
		w.t.Fatal(err)
	}
	text := bufio.NewWriter(f)
	switch format {
	case "xml":
		camtYear(text)
	case "sta":
		mt940Year(text)
	case "xlsx":
		if err := workbookYear(text); err != nil {
			w.t.Fatal(err)
		}
	default:
		csvYear(text)
	}
	if err := text.Flush(); err != nil {
		w.t.Fatal(err)
	}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		w.t.Fatal(err)
	}
	return f, size
}

const yearMemo = "CHI TRA BOI THUONG GPMB23T%05d NGUYEN THI HUONG PHUONG DUC XUAN THANH PHO BAC KAN TINH BAC KAN SO HO SO %d"

func csvYear(to io.Writer) {
	_, _ = fmt.Fprintf(to, "Đầu kỳ,,,%d,\nNgày,Số,Nợ,Có,Nội dung\n", yearLines*1000)
	for i := range yearLines {
		_, _ = fmt.Fprintf(to, "%02d/%02d/2023,FT%07d,1.000,,"+yearMemo+"\n", i%28+1, i*12/yearLines+1, i, i, i)
	}
	_, _ = fmt.Fprint(to, "Cuối kỳ,,,0,\n")
}

func camtYear(to io.Writer) {
	_, _ = fmt.Fprintf(to, `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>
<Acct><Id><Othr><Id>0011</Id></Othr></Id><Ccy>VND</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">%d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2023-01-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2023-12-31</Dt></Dt></Bal>
`, yearLines*1000)
	for i := range yearLines {
		_, _ = fmt.Fprintf(to, `<Ntry><Amt Ccy="VND">1000</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2023-%02d-%02d</Dt></BookgDt><NtryDtls><TxDtls>
<Refs><AcctSvcrRef>FT%07d</AcctSvcrRef></Refs><RmtInf><Ustrd>`+yearMemo+`</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
`, i*12/yearLines+1, i%28+1, i, i, i)
	}
	_, _ = fmt.Fprint(to, `</Stmt></BkToCstmrStmt></Document>`)
}

func mt940Year(to io.Writer) {
	_, _ = fmt.Fprintf(to, ":20:NAM\n:25:0011\n:28C:1\n:60F:C230101VND%d,\n", yearLines*1000)
	for i := range yearLines {
		_, _ = fmt.Fprintf(to, ":61:23%02d%02dD1000,NTRFFT%07d\n:86:"+yearMemo+"\n", i*12/yearLines+1, i%28+1, i, i, i)
	}
	_, _ = fmt.Fprint(to, ":62F:C231231VND0,\n-\n")
}

// workbookYear is a workbook as most programs write it: texts in a table of their own, cells that point there.
func workbookYear(to io.Writer) error {
	book := zip.NewWriter(to)
	part := func(name string, write func(to io.Writer)) {
		if into, err := book.Create(name); err == nil {
			write(into)
		}
	}
	const head = `<?xml version="1.0" encoding="UTF-8"?>`
	for name, text := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`,
		"_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
	} {
		part(name, func(to io.Writer) { _, _ = io.WriteString(to, head+text) })
	}
	part("xl/worksheets/sheet1.xml", func(to io.Writer) {
		_, _ = io.WriteString(to, head+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
		_, _ = fmt.Fprintf(to, `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="D1"><v>%d</v></c></row><row r="2">`, yearLines*1000)
		for i := range 5 {
			_, _ = fmt.Fprintf(to, `<c r="%c2" t="s"><v>%d</v></c>`, 'A'+i, i+2)
		}
		for i := range yearLines {
			_, _ = fmt.Fprintf(to, `</row><row r="%[1]d"><c r="A%[1]d" t="s"><v>%[2]d</v></c><c r="B%[1]d" t="s"><v>%[3]d</v></c><c r="C%[1]d"><v>1000</v></c><c r="E%[1]d" t="s"><v>%[4]d</v></c>`, i+3, 7+3*i, 8+3*i, 9+3*i)
		}
		_, _ = fmt.Fprintf(to, `</row><row r="%[1]d"><c r="A%[1]d" t="s"><v>1</v></c><c r="D%[1]d"><v>0</v></c></row></sheetData></worksheet>`, yearLines+3)
	})
	part("xl/sharedStrings.xml", func(to io.Writer) {
		_, _ = io.WriteString(to, head+`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
		for _, text := range []string{"Đầu kỳ", "Cuối kỳ", "Ngày", "Số", "Nợ", "Có", "Nội dung"} {
			_, _ = fmt.Fprintf(to, `<si><t>%s</t></si>`, text)
		}
		for i := range yearLines {
			_, _ = fmt.Fprintf(to, `<si><t>%02d/%02d/2023</t></si><si><t>FT%07d</t></si><si><t>`+yearMemo+`</t></si>`, i%28+1, i*12/yearLines+1, i, i, i)
		}
		_, _ = io.WriteString(to, `</sst>`)
	})
	return book.Close()
}

// copyYear writes the lines once more under another account, as the database alone can.
func (w *world) copyYear() {
	w.t.Helper()
	for _, q := range []string{
		`INSERT INTO bank_account (code, name, bank, number, profile) VALUES ('TK2', 'Tiền gửi', 'VCB', '0012', 'mau')`,
		`INSERT INTO statement (account_id, from_day, to_day, opening, closing, credits, debits, line_count, file_name, sha256, loaded_by)
		 SELECT (SELECT max(id) FROM bank_account), from_day, to_day, opening, closing, credits, debits, line_count, file_name, 'x', loaded_by FROM statement`,
		`INSERT INTO statement_line (statement_id, account_id, line_no, day, value_day, amount, reference, description, counterparty, counterparty_account, line_hash)
		 SELECT (SELECT max(id) FROM statement), (SELECT max(id) FROM bank_account), line_no, day, value_day, amount, reference, description, counterparty, counterparty_account, line_hash FROM statement_line`} {
		if _, err := w.db.Pool().ExecContext(w.t.Context(), q); err != nil {
			w.t.Fatal(err)
		}
	}
}

// peakHeap is how far the heap grew while something ran, in bytes. Garbage is taken out early, or a slow machine would be measured.
func peakHeap(run func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, peak := m.HeapAlloc, m.HeapAlloc
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapAlloc)
			}
		}
	})
	run()
	close(done)
	watching.Wait()
	return peak - before
}
