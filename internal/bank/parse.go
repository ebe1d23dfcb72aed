package bank

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"matbang/internal/fault"
)

// Limits of a file: what one month of a city's account never reaches.
const (
	maxRows       = 200000
	headerWithin  = 40
	maxFaultsTold = 50
)

// Parse reads the only statement of a file by a mapping and proves it. Refuses, as one Invalid fault with the row of each mistake: no header, a day
// or amount that cannot be read, a running balance that does not follow, a total row that differs from its lines,
// opening + credits − debits ≠ closing. A file without balances of any kind is refused too: nothing would prove that it is whole.
func Parse(content []byte, m Mapping) (Parsed, error) {
	all, err := ParseAll(content, m)
	if err != nil {
		return Parsed{}, err
	}
	if len(all) > 1 {
		return Parsed{}, fault.InvalidField("file", "bank.several", len(all))
	}
	return all[0], nil
}

func readTable(rows [][]string, header int, columns map[string]int, m Mapping) (Parsed, error) {
	if missing := missingColumn(columns, m); missing != "" {
		return Parsed{}, fault.InvalidField("file", "bank.no_column", header+1, missing)
	}
	r := reader{m: m, columns: columns, rows: rows, header: header}
	r.about()
	r.balances()
	r.lines()
	return r.proved()
}

// delimiters tries the profile's own first: a file saved again by a spreadsheet often changes only this.
func delimiters(own string) []rune {
	var tried []rune
	for _, text := range []string{own, ",", ";", "\t"} {
		r, _ := utf8.DecodeRuneInString(text)
		if r != utf8.RuneError && r != '"' && r != '\r' && r != '\n' && !strings.ContainsRune(string(tried), r) {
			tried = append(tried, r)
		}
	}
	return tried
}

// readRows keeps the row numbers of the file: a cell of several lines and blank lines leave empty rows.
func readRows(content []byte, delimiter rune) ([][]string, error) {
	c := csv.NewReader(bytes.NewReader(content))
	c.FieldsPerRecord, c.LazyQuotes, c.Comma = -1, true, delimiter
	var rows [][]string
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fault.InvalidField("file", "bank.row_unreadable", len(rows)+1)
		}
		line, _ := c.FieldPos(0)
		if line > maxRows {
			return nil, fault.New(fault.TooLarge, "bank.too_many_rows", maxRows)
		}
		for len(rows) < line-1 {
			rows = append(rows, nil)
		}
		rows = append(rows, row)
	}
}

// plain brings a cell to one form for comparing words: case and runs of spaces do not count.
func plain(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFC.String(s)), " "))
}

func findHeader(rows [][]string, m Mapping) (int, map[string]int) {
	for i, row := range rows {
		if i >= headerWithin {
			break
		}
		if hasAll(row, m.HeaderSearch) {
			return i, columnsOf(row, m.Columns)
		}
	}
	return -1, nil
}

// hasAll asks for each word as a cell of its own: a title above the table that merely contains them is no header.
func hasAll(row, words []string) bool {
	for _, w := range words {
		if column(row, w) < 0 {
			return false
		}
	}
	return len(words) > 0
}

func columnsOf(row []string, titles map[string]string) map[string]int {
	columns := map[string]int{}
	for key, title := range titles {
		if at := column(row, title); at >= 0 {
			columns[key] = at
		}
	}
	return columns
}

// column finds a title, alone or followed by its translation: "Ghi nợ", "Ghi nợ (Debit)", "Ghi nợ/Debit".
func column(row []string, title string) int {
	want := plain(title)
	for at, cell := range row {
		if rest, found := strings.CutPrefix(plain(cell), want); found && (rest == "" || strings.ContainsAny(strings.TrimSpace(rest)[:1], "(/")) {
			return at
		}
	}
	return -1
}

// missingColumn is the title of a column without which no line can be read.
func missingColumn(columns map[string]int, m Mapping) string {
	needed := []string{"day", "debit", "credit"}
	if m.Out == outNegative {
		needed = []string{"day", "amount"}
	}
	for _, key := range needed {
		if _, found := columns[key]; !found {
			if title := m.Columns[key]; title != "" {
				return title
			}
			return key
		}
	}
	return ""
}
