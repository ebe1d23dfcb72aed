package bank

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"matbang/internal/day"
)

// told is an inspection in short: one line a statement, one a movement.
func told(t *testing.T, content []byte, profiles ...string) string {
	t.Helper()
	var known []Profile
	for _, code := range profiles {
		known = append(known, Profile{Code: code, Mapping: profile(t, code)})
	}
	seen, err := Inspect(Bytes("x", content), known, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range seen.Statements {
		fmt.Fprintf(&b, "%s %s %s %s–%s %s→%s\n", seen.Format, s.Account, s.Currency, s.From, s.To, balanceText(s.Opening), balanceText(s.Closing))
		for _, l := range s.Lines {
			fmt.Fprintf(&b, "%d %s/%s %s %s|%s|%s|%s|%s\n", l.Line, l.Day, l.ValueDay, l.Amount, l.Kind, l.Reference, l.Description, l.Counterparty, l.CounterpartyAccount)
		}
	}
	return b.String()
}

func balanceText(b *Exact) string {
	if b == nil {
		return "?"
	}
	return b.String()
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCamtOfTheOldestVersion(t *testing.T) {
	same(t, told(t, sample(t, "camt053_v02.xml")), `camt.053 0011000123456 VND 2023-12-01–2023-12-31 500000000→314949000
1 2023-12-14/2023-12-15 -100000000 debit|FT23348001|CHI TRA BT GPMB GPMB12T00001|NGUYEN THI HUONG|8500205000111
2 2023-12-14/2023-12-15 -85640000 debit|FT23348001|GPMB12T00002||
3 2023-12-14/2023-12-14 -11000 debit|PH1|PHI CHUYEN TIEN||
4 2023-12-20/2023-12-20 600000 credit||HOAN-01|NGAN HANG|
`)
}

func TestCamtOfANewVersionWithSeveralStatements(t *testing.T) {
	content := sample(t, "camt053_v08.xml")
	same(t, told(t, content), `camt.053 DE89370400440532013000 EUR 2024-01-09–2024-01-31 10.50→-0.25
1 2024-01-09/2024-01-09 -10.75 debit||Rechnung 7|Mẫu GmbH|DE02120300000000202051
camt.053 777 VND 2024-01-01–2024-01-31 5→5
`)
	broken := bytes.Replace(content, []byte(">10.75<"), []byte(">10.76<"), 1)
	_, err := Inspect(Bytes("x", broken), nil, 0)
	wantField(t, err, "bank.not_proved", "")
}

func TestCamtControlTotals(t *testing.T) {
	broken := bytes.Replace(sample(t, "camt053_v02.xml"), []byte("<Sum>600000</Sum>"), []byte("<Sum>600001</Sum>"), 1)
	_, err := Inspect(Bytes("x", broken), nil, 0)
	wantField(t, err, "bank.control_sum", "")
}

func TestMT940OverTwoMessagesAndATurnOfTheYear(t *testing.T) {
	content := sample(t, "mt940.sta")
	same(t, told(t, content), `mt940 112000123456 VND 2023-11-30–2024-01-02 500000000→314949000.5
6 2023-12-14/2023-12-14 -185640000 debit|FT23348001|CHI TRA BOI THUONG GPMB12T00001 NGUYEN THI HUONG DUONG PHIENG MY P DUC XUAN||
9 2024-01-02/2023-12-15 -11000 debit||PHI CHUYEN TIEN|NGAN HANG MAU|112000999
18 2024-01-02/2024-01-02 600000.5 credit|ABC|GHI CHU HOAN TRA GPMB12T00002|TRAN VAN B|8500205
`)
	_, err := Inspect(Bytes("x", bytes.Replace(content, []byte(":90D:2VND"), []byte(":90D:3VND"), 1)), nil, 0)
	wantField(t, err, "bank.control_sum", "")
	_, err = Inspect(Bytes("x", bytes.Replace(content, []byte(":61:231214"), []byte(":61:2312XX"), 1)), nil, 0)
	wantField(t, err, "bank.mt_field", "")
}

func TestAReversalHasTheSignOfItsEffect(t *testing.T) {
	seen, err := Inspect(Bytes("x", []byte(":20:A\n:25:1\n:28C:1\n:60F:C240101VND100,\n:61:240102RD30,NTRFX\n:61:240102RCD5,NTRFY\n:62F:C240102VND125,\n")), nil, 0)
	if err != nil || seen.Statements[0].Lines[0].Amount != dong(30) || seen.Statements[0].Lines[1].Amount != dong(-5) {
		t.Errorf("%+v %v", seen, err)
	}
}

func TestAPageThatCallsItselfAWorkbook(t *testing.T) {
	same(t, told(t, sample(t, "bidv_html.xls"), "vietcombank", "bidv"), `xlsx 39510000123456 VND 2023-12-14–2023-12-15 1000000000→815000000
8 2023-12-14/2023-12-14 -185640000 debit|FT1|CHI TRA BT GPMB12T00001 NGUY EN THI HUONG & CHONG||
10 2023-12-15/2023-12-15 640000 credit|FT2|HOAN PHI||
`)
}

func TestTwoStatementsInAFile(t *testing.T) {
	content := sample(t, "vietcombank_two.csv")
	same(t, told(t, content, "vietcombank"), `csv 0011000111111 VND 2023-12-14–2023-12-14 1000000→600000
5 2023-12-14/2023-12-14 -400000 debit|A1|CHI TRA GPMB12T00001||
csv 0011000222222 VND 2023-12-15–2023-12-16 50000→70000
12 2023-12-15/2023-12-15 25000 credit|B1|NOP TIEN||
13 2023-12-16/2023-12-16 -5000 debit|B2|PHI||
`)
}

// asWorkbook saves the rows of a CSV sample as a workbook: numbers as numbers, days as days.
func asWorkbook(t testing.TB, content []byte) []byte {
	t.Helper()
	in := newCSVRows(norm.NFC.Reader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")))), ',')
	book := excelize.NewFile()
	for {
		row, number, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		i := number - 1
		for k, cell := range row {
			name, _ := excelize.CoordinatesToCellName(k+1, i+1)
			var value any = cell
			if d, err := day.Parse(cell); err == nil && !d.IsZero() {
				value = d.Sub(day.New(1899, 12, 30))
			} else if n, err := cellsOf(Mapping{Thousands: ".", Decimal: ","}).amount(cell, "VND"); err == nil && cell != "" && k > 1 {
				value = n.whole
			}
			if err := book.SetCellValue("Sheet1", name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAWorkbookSaysWhatItsCSVSays(t *testing.T) {
	csv := sample(t, "vietcombank.csv")
	want := told(t, csv, "vietcombank")
	same(t, strings.ReplaceAll(told(t, asWorkbook(t, csv), "vietcombank"), "xlsx ", "csv "), want)
}

func TestEncodingsOfOneFile(t *testing.T) {
	content := bytes.TrimPrefix(sample(t, "vietcombank.csv"), []byte("\xef\xbb\xbf"))
	want := told(t, content, "vietcombank")
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(content)
	if err != nil {
		t.Fatal(err)
	}
	for name, again := range map[string][]byte{
		"bom":  append([]byte("\xef\xbb\xbf"), content...),
		"crlf": bytes.ReplaceAll(bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n")),
		"nfd":  norm.NFD.Bytes(content), "utf-16": utf16, "windows-1258": in1258(t, content),
	} {
		t.Run(name, func(t *testing.T) { same(t, told(t, again, "vietcombank"), want) })
	}
}

// in1258 writes Vietnamese as the old code page does: some marks stand behind their letter.
func in1258(t *testing.T, content []byte) []byte {
	t.Helper()
	var out []byte
	for _, r := range string(norm.NFC.Bytes(content)) {
		b, err := charmap.Windows1258.NewEncoder().Bytes([]byte(string(r)))
		if err != nil {
			parts := []rune(norm.NFD.String(string(r)))
			base := norm.NFC.String(string(parts[:len(parts)-1]))
			tone := parts[len(parts)-1]
			if strings.ContainsRune("\u0302\u0306\u031b", tone) || len(parts) == 3 && !strings.ContainsRune("\u0302\u0306\u031b", parts[1]) {
				base, tone = norm.NFC.String(string([]rune{parts[0], parts[2]})), parts[1]
			}
			if b, err = charmap.Windows1258.NewEncoder().Bytes([]byte(base + string(tone))); err != nil {
				t.Fatalf("%q: %v", r, err)
			}
		}
		out = append(out, b...)
	}
	return out
}

// A statement written in each format says the same when it is read.
func TestWhatIsWrittenIsRead(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 2))
	for range 50 {
		opening := int64(r.IntN(1_000_000_000))
		mt, table := fmt.Sprintf(":20:X\n:25:123\n:28C:1\n:60F:C240101VND%d,\n", opening), [][]string{{"opening", fmt.Sprint(opening)}, {"day", "amount", "description", "reference"}}
		at := opening
		var want []string
		for i := range 1 + r.IntN(20) {
			amount := int64(r.IntN(2_000_000) - 1_000_000)
			if amount == 0 {
				continue
			}
			at += amount
			side, abs := "C", amount
			if amount < 0 {
				side, abs = "D", -amount
			}
			mt += fmt.Sprintf(":61:240115%s%d,NTRFR%d\n:86:MEMO %d\n", side, abs, i, i)
			table = append(table, []string{"2024-01-15", fmt.Sprint(amount), fmt.Sprintf("MEMO %d", i), fmt.Sprintf("R%d", i)})
			want = append(want, fmt.Sprintf("%d R%d MEMO %d", amount, i, i))
		}
		sign := "C"
		if at < 0 {
			sign = "D"
		}
		mt += fmt.Sprintf(":62F:%s240131VND%d,\n", sign, max(at, -at))
		table = append(table, []string{"closing", fmt.Sprint(at)})
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.WriteAll(table); err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 {
			continue
		}
		for _, content := range [][]byte{[]byte(mt), b.Bytes()} {
			seen, err := Inspect(Bytes("x", content), []Profile{{Code: "generic", Mapping: profile(t, "generic")}}, 0)
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, content)
			}
			for i, l := range seen.Statements[0].Lines {
				if got := l.Amount.String() + " " + l.Reference + " " + l.Description; got != want[i] {
					t.Fatalf("seed %d: %s, want %s", seed, got, want[i])
				}
			}
		}
	}
}
