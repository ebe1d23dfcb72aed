package bank

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// builtIn are the profiles as the program loads them.
func builtIn(t testing.TB) []Profile {
	t.Helper()
	data, err := os.ReadFile("../../seeds/reference/statement_profiles.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all []Profile
	if err := yaml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func profile(t testing.TB, code string) Mapping {
	t.Helper()
	for _, p := range builtIn(t) {
		if p.Code == code {
			return p.Mapping
		}
	}
	t.Fatalf("no profile %s", code)
	return Mapping{}
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// treasury is the layout of the treasury when it writes from its own side: our money out stands under Có.
func treasury(t testing.TB) Mapping {
	m := profile(t, "kbnn")
	m.Out = "credit"
	return m
}

// one reads the only statement of a table by a mapping.
func one(content []byte, m Mapping) (Head, []Movement, error) {
	k := collector{}
	_, _, err := ReadFile(Bytes("x", content), []Profile{{Code: "x", Mapping: m}}, &k)
	if err != nil {
		return Head{}, nil, err
	}
	if len(k.heads) != 1 {
		return Head{}, nil, fmt.Errorf("%d statements", len(k.heads))
	}
	return k.heads[0], k.lines, nil
}

type collector struct {
	heads []Head
	lines []Movement
}

func (c *collector) Begin(Head) error { return nil }
func (c *collector) Take(m Movement) error {
	c.lines = append(c.lines, m)
	return nil
}
func (c *collector) End(h Head) error {
	c.heads = append(c.heads, h)
	return nil
}

func parse(t *testing.T, content []byte, m Mapping) (Head, []Movement) {
	t.Helper()
	h, lines, err := one(content, m)
	if err != nil {
		t.Fatal(err)
	}
	return h, lines
}

func TestVietcombankFileIsReadWhole(t *testing.T) {
	p, lines := parse(t, sample(t, "vietcombank.csv"), profile(t, "vietcombank"))
	want := []Movement{
		{Line: 12, Kind: "debit", Day: day.Must("14/12/2023"), ValueDay: day.Must("14/12/2023"), Amount: dong(-185640000), Reference: "FT2334800001",
			Description: "GPMB23T00345 CHI TRA BOI THUONG NGUY EN THI HUONG"},
		{Line: 14, Kind: "debit", Day: day.Must("14/12/2023"), ValueDay: day.Must("14/12/2023"), Amount: dong(-41200000), Reference: "FT2334800002",
			Description: "CHI TRA BT HO NGUYEN THI HUONG"},
		{Line: 15, Kind: "debit", Day: day.Must("15/12/2023"), ValueDay: day.Must("15/12/2023"), Amount: dong(-11000), Reference: "FT2334900001",
			Description: "PHI CHUYEN TIEN THANG 12"}, // the next row carries its text on
		{Line: 17, Kind: "credit", Day: day.Must("18/12/2023"), ValueDay: day.Must("18/12/2023"), Amount: dong(41200000), Reference: "FT2335200009",
			Description: "Hoàn trả: sai số tài khoản người thụ hưởng Nguyễn Thị Hường"}, // composed, though the file is not
	}
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d: %+v", len(lines), len(want), lines)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("line %d:\n got %+v\nwant %+v", i, lines[i], want[i])
		}
	}
	if p.Account != "0011004123456" || p.Currency != "VND" || p.Opening != dong(1000000000) || p.Closing != dong(814349000) || p.Debits != dong(226851000) || p.Credits != dong(41200000) {
		t.Errorf("head: %+v", p)
	}
	if p.From != day.Must("14/12/2023") || p.To != day.Must("18/12/2023") {
		t.Errorf("period %s to %s", p.From, p.To)
	}
}

func TestTreasuryCreditIsOurMoneyOut(t *testing.T) {
	p, lines := parse(t, sample(t, "kbnn.csv"), treasury(t))
	if len(lines) != 2 || lines[0].Amount != dong(-120000000) || lines[1].Amount != dong(250000000) {
		t.Fatalf("lines: %+v", lines)
	}
	if lines[0].Counterparty != "HOANG VAN BINH" || lines[0].CounterpartyAccount != "107001234567" || p.Account != "3751.0.1234567" {
		t.Errorf("who: %+v of %q", lines[0], p.Account)
	}
	_, _, err := one(sample(t, "kbnn.csv"), profile(t, "kbnn")) // read from the wrong side its balances cannot follow
	wantField(t, err, "bank.running", "8")
}

func TestSignedAmountsNewestFirst(t *testing.T) {
	p, lines := parse(t, sample(t, "agribank.csv"), profile(t, "agribank"))
	if p.Opening != dong(0) || p.Closing != dong(119489000) || p.Debits != dong(30511000) || p.Credits != dong(150000000) || lines[0].CounterpartyAccount != "8604205012345" {
		t.Errorf("%+v", p)
	}
}

// wantField asks for a refusal with a code whose arguments begin with the row (any when empty).
func wantField(t *testing.T, err error, code, row string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want %s", err, code)
	}
	for _, field := range f.Fields {
		if field.Code == code && (row == "" || field.Name == "row "+row) {
			return
		}
	}
	t.Errorf("got %v, want %s at row %q", f, code, row)
}

func TestFaultyFilesAreRefusedWithTheirRow(t *testing.T) {
	const head = "Số dư đầu kỳ,,,,,1.000\nNgày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Mô tả,Số dư\n"
	cases := []struct{ name, body, code, row string }{
		{"day that does not exist", "31/02/2023,A,,500,x,1.500\nSố dư cuối kỳ,,,,,1.500", "bank.day", "3"},
		{"no amount", "01/02/2023,A,,,x,1.500\nSố dư cuối kỳ,,,,,1.500", "bank.amount", "3"},
		{"amount on both sides", "01/02/2023,A,200,500,x,\nSố dư cuối kỳ,,,,,1.300", "bank.amount", "3"},
		{"đồng have no parts", "01/02/2023,A,,\"500,50\",x,\nSố dư cuối kỳ,,,,,1.500", "bank.amount", "3"},
		{"three decimals are rather thousands of another layout", "01/02/2023,A,,\"1,000\",x,\nSố dư cuối kỳ,,,,,2.000", "bank.amount", "3"},
		{"balance does not follow", "01/02/2023,A,,500,x,1.500\n02/02/2023,B,,500,x,2.100\n03/02/2023,C,,500,x,2.600\nSố dư cuối kỳ,,,,,2.600", "bank.running", "4"},
		{"balance unreadable", "01/02/2023,A,,500,x,nghìn\nSố dư cuối kỳ,,,,,1.500", "bank.balance", "3"},
		{"total row differs", "01/02/2023,A,,500,x,\nTổng,,0,600,,\nSố dư cuối kỳ,,,,,1.500", "bank.totals", "4"},
		{"closing does not come out", "01/02/2023,A,,500,x,\nSố dư cuối kỳ,,,,,1.600", "bank.not_proved", ""},
		{"nothing proves the file", "01/02/2023,A,,500,x,", "bank.no_balance", ""},
		{"no lines", "Số dư cuối kỳ,,,,,1.000", "bank.no_lines", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h, _, err := one([]byte(head+c.body), profile(t, "vietcombank"))
			if c.code == "bank.no_balance" { // readable, and of no use to an import
				if err != nil || h.hasOpening() && h.hasClosing() {
					t.Errorf("%+v %v", h, err)
				}
				return
			}
			wantField(t, err, c.code, c.row)
		})
	}
}

func TestWrongTotalSaysTheFigures(t *testing.T) {
	content := "Số dư đầu kỳ,,,,,1.000\nNgày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Mô tả,Số dư\n01/02/2023,A,,500,x,\nSố dư cuối kỳ,,,,,1.600\n"
	_, _, err := one([]byte(content), profile(t, "vietcombank"))
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) != 1 {
		t.Fatal(err)
	}
	want := []any{vnd.Amount(1000), vnd.Amount(500), vnd.Amount(0), vnd.Amount(1600), vnd.Amount(-100)}
	for i, arg := range f.Fields[0].Args {
		if arg != want[i] {
			t.Errorf("figure %d is %v, want %v", i, arg, want[i])
		}
	}
}

func TestFilesThatAreNoStatement(t *testing.T) {
	cases := []struct {
		name    string
		content []byte
		code    string
	}{
		{"empty", nil, "bank.no_header"},
		{"another table", []byte("a,b,c\n1,2,3\n"), "bank.no_header"},
		{"utf-16 of something else", []byte{0xff, 0xfe, 'a', 0}, "bank.no_header"},
		{"zero byte", []byte("a,b\x00"), "bank.not_text"},
		{"the workbook of 1997", []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1}, "bank.old_workbook"},
		{"no workbook", []byte("PK\x03\x04xx"), "bank.workbook"},
		{"another message", []byte("<?xml version=\"1.0\"?><Document><BkToCstmrDbtCdtNtfctn/></Document>"), "bank.camt_kind"},
		{"entities", []byte("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><Document>&b;</Document>"), "bank.xml"},
		{"broken off", []byte("<Document><BkToCstmrStmt><Stmt>"), "bank.xml"},
		{"header too deep", append(bytes.Repeat([]byte("x\n"), 41), "Ngày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có\n"...), "bank.no_header"},
	}
	for _, c := range cases {
		_, _, err := one(c.content, profile(t, "vietcombank"))
		if wantField(t, err, c.code, ""); t.Failed() {
			t.Fatal(c.name)
		}
	}
	_, _, err := one([]byte("Ngày giao dịch,Số tiền\n"), Mapping{HeaderSearch: []string{"Ngày giao dịch"}, Columns: map[string]string{"day": "Ngày giao dịch"}})
	wantField(t, err, "bank.no_column", "")
}

func TestAmounts(t *testing.T) {
	dots, commas := cellsOf(Mapping{Thousands: ".", Decimal: ","}), cellsOf(Mapping{Thousands: ",", Decimal: "."})
	good := []struct {
		r    cells
		text string
		want vnd.Amount
	}{
		{dots, "185.640.000", 185640000}, {dots, "185640000", 185640000}, {dots, "185.640.000,00", 185640000}, {dots, " 1.000 VND ", 1000}, {dots, "-1.000", -1000},
		{dots, "−1.000", -1000}, {dots, "+1.000", 1000}, {dots, "(1.000)", -1000}, {dots, "1.000 đ", 1000}, {dots, "0", 0},
		{commas, "185,640,000.00", 185640000}, {commas, "-30,500,000", -30500000}, {commas, "1,000.0", 1000},
	}
	for _, c := range good {
		if got, err := c.r.amount(c.text, "VND"); err != nil || got != dong(c.want) {
			t.Errorf("amount(%q) = %v, %v, want %v", c.text, got, err, c.want)
		}
	}
	for _, text := range []string{"", "-", "1,000", "1,5", "1.00", "12.34.567", "1e3", "abc", "1.000,", "1,000,000", "99.999.999.999.999.999"} {
		if got, err := dots.amount(text, "VND"); err == nil {
			t.Errorf("amount(%q) = %v, want a refusal", text, got)
		}
	}
}

func TestMonthFirstOnlyWhenTheProfileSaysSo(t *testing.T) {
	american := cellsOf(Mapping{DateForm: "mm/dd/yyyy"})
	if d, err := american.day("02/01/2023"); err != nil || d != day.Must("2023-02-01") {
		t.Errorf("got %v, %v", d, err)
	}
	ours := cellsOf(Mapping{DateForm: "dd/mm/yyyy"})
	if d, err := ours.day("02/01/2023 08:15:00"); err != nil || d != day.Must("2023-01-02") {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestASpreadsheetMayChangeTheSeparator(t *testing.T) {
	content := "Số dư đầu kỳ;;;;;1.000\nNgày giao dịch;Số tham chiếu;Số tiền ghi nợ;Số tiền ghi có;Mô tả;Số dư\n01/02/2023;A;;500;x;1.500\nSố dư cuối kỳ;;;;;1.500\n"
	if p, lines := parse(t, []byte(content), profile(t, "vietcombank")); p.Closing != dong(1500) || len(lines) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestStatementOfAnotherAccount(t *testing.T) {
	account := Account{Code: "VCB-01", Number: "0011004123456"}
	for text, want := range map[string]bool{"": true, "0011.004.123456": true, "0011****456": true, "0011004123456 - TRUNG TAM": true, "0011004123457": false} {
		if got := (Head{Account: text}).belongsTo(account); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestInspectFindsTheProfileAndKeepsExactTexts(t *testing.T) {
	profiles := []Profile{{Code: "agribank", Mapping: profile(t, "agribank")}, {Code: "vietcombank", Mapping: profile(t, "vietcombank")}}
	found, err := Inspect(Bytes("x", sample(t, "vietcombank.csv")), profiles, 0)
	if err != nil || found.Profile != "vietcombank" {
		t.Fatalf("%+v, %v", found, err)
	}
	text, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"format":"csv"`, `"account":"0011004123456"`, `"currency":"VND"`, `"from":"2023-12-14"`, `"opening":"1000000000"`,
		`"closing":"814349000"`, `"amount":"-185640000"`, `"line":12`, `"kind":"debit"`, `"counterparty_account":""`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is missing in %s", want, text)
		}
	}
	found, err = Inspect(Bytes("x", sample(t, "agribank.csv")), profiles, 0)
	if err != nil || found.Statements[0].Opening != nil || found.Statements[0].Closing != nil {
		t.Errorf("a balance that the file does not state is null: %+v, %v", found, err)
	}
	_, err = Inspect(Bytes("x", []byte("Ngày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có\nx,,,1")), profiles, 0)
	wantField(t, err, "bank.day", "2")
	_, err = Inspect(Bytes("x", []byte("a;b")), profiles, 0)
	wantField(t, err, "bank.no_profile_fits", "")
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"vietcombank.csv", "kbnn.csv", "agribank.csv"} {
		f.Add(sample(f, name))
	}
	f.Add([]byte("trdt,acctccyamt,rem\n2023-01-01,9007199254740991,\"a\n2023-01-01,9007199254740991,b"))
	mappings := []Mapping{profile(f, "vietcombank"), treasury(f), profile(f, "agribank"), profile(f, "bidv"), profile(f, "generic"), {}}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, m := range mappings {
			if h, _, err := one(content, m); err == nil && h.prove() != nil {
				t.Errorf("taken although it does not prove: %+v", h)
			}
		}
	})
}
