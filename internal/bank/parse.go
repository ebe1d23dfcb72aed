package bank

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// Limits of a file: what one month of a city's account never reaches.
const (
	maxRows       = 200000
	headerWithin  = 40
	maxFaultsTold = 50
)

// Parse reads a CSV statement by a mapping and proves its balances. Refuses, as one Invalid fault with the row of each mistake: no header,
// a day or amount that cannot be read, a running balance that does not follow, opening + credits − debits ≠ closing.
func Parse(content []byte, m Mapping) (Parsed, error) {
	rows, err := readRows(content, m.Delimiter)
	if err != nil {
		return Parsed{}, err
	}
	header, columns := findHeader(rows, m)
	if header < 0 {
		return Parsed{}, fault.InvalidField("file", "bank.no_header", strings.Join(m.HeaderSearch, ", "))
	}
	r := reader{m: m, columns: columns, rows: rows}
	r.balances(header)
	r.lines(header)
	return r.proved()
}

func readRows(content []byte, delimiter string) ([][]string, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(content) {
		return nil, fault.InvalidField("file", "bank.not_utf8")
	}
	c := csv.NewReader(bytes.NewReader(content))
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	if delimiter != "" {
		c.Comma, _ = utf8.DecodeRuneInString(delimiter)
	}
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
		for len(rows) < line-1 { // blank lines are passed over by the reader; keep the file's row numbers
			rows = append(rows, nil)
		}
		if len(rows) >= maxRows {
			return nil, fault.New(fault.TooLarge, "bank.too_many_rows", maxRows)
		}
		rows = append(rows, row)
	}
}

// plain brings a cell to one form for comparing words: case and runs of spaces do not count.
func plain(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

func findHeader(rows [][]string, m Mapping) (int, map[string]int) {
	for i, row := range rows {
		if i >= headerWithin {
			break
		}
		if !hasAll(row, m.HeaderSearch) {
			continue
		}
		columns := map[string]int{}
		for key, title := range m.Columns {
			for at, cell := range row {
				if plain(cell) == plain(title) {
					columns[key] = at
				}
			}
		}
		return i, columns
	}
	return -1, nil
}

func hasAll(row, words []string) bool {
	text := plain(strings.Join(row, " | "))
	for _, w := range words {
		if !strings.Contains(text, plain(w)) {
			return false
		}
	}
	return len(words) > 0
}

type reader struct {
	m                Mapping
	columns          map[string]int
	rows             [][]string
	out              Parsed
	wrong            fault.Wrong
	faults           int
	hasOpen, hasLast bool
}

func (r *reader) fail(row int, code string, args ...any) {
	if r.faults++; r.faults <= maxFaultsTold {
		r.wrong.Add(fmt.Sprintf("row %d", row+1), code, append([]any{row + 1}, args...)...)
	}
}

// balances looks for the opening and closing balance anywhere in the file: above the table, as its first row, or under it.
func (r *reader) balances(header int) {
	for i, row := range r.rows {
		if i == header {
			continue
		}
		if amount, ok := r.labelled(row, r.m.OpeningLabel); ok && !r.hasOpen {
			r.out.Opening, r.hasOpen = amount, true
		}
		if amount, ok := r.labelled(row, r.m.ClosingLabel); ok {
			r.out.Closing, r.hasLast = amount, true
		}
	}
}

func (r *reader) labelled(row []string, label string) (vnd.Amount, bool) {
	if label == "" || len(row) == 0 || !strings.Contains(plain(strings.Join(row, " ")), plain(label)) {
		return 0, false
	}
	for i := len(row) - 1; i >= 0; i-- {
		cell := row[i]
		if at := strings.LastIndexByte(cell, ':'); at >= 0 {
			cell = cell[at+1:]
		}
		if amount, err := r.amount(cell); err == nil {
			return amount, true
		}
	}
	return 0, false
}

func (r *reader) lines(header int) {
	running := r.out.Opening
	for i := header + 1; i < len(r.rows); i++ {
		row := r.rows[i]
		switch {
		case empty(row) || r.starts(row, r.m.SkipWords) || r.isBalanceRow(row):
			continue
		case r.starts(row, r.m.FooterWords):
			return
		}
		line, ok := r.line(i, row)
		if !ok {
			continue
		}
		running += line.Amount
		r.checkRunning(i, row, running)
		r.take(line)
	}
}

func (r *reader) isBalanceRow(row []string) bool {
	_, opening := r.labelled(row, r.m.OpeningLabel)
	_, closing := r.labelled(row, r.m.ClosingLabel)
	return (opening || closing) && r.cell(row, "day") == ""
}

func empty(row []string) bool { return strings.TrimSpace(strings.Join(row, "")) == "" }

func (r *reader) starts(row, words []string) bool {
	for _, cell := range row {
		text := plain(cell)
		if text == "" {
			continue
		}
		for _, w := range words {
			if strings.HasPrefix(text, plain(w)) {
				return true
			}
		}
		return false
	}
	return false
}

func (r *reader) cell(row []string, key string) string {
	at, ok := r.columns[key]
	if !ok || at >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[at])
}

func (r *reader) line(i int, row []string) (Line, bool) {
	l := Line{LineNo: i + 1, Reference: r.cell(row, "reference"), Description: strings.Join(strings.Fields(r.cell(row, "description")), " "),
		Counterparty: r.cell(row, "counterparty"), CounterpartyAccount: r.cell(row, "counterparty_account")}
	var err error
	if l.Day, err = r.day(r.cell(row, "day")); err != nil {
		r.fail(i, "bank.day", r.cell(row, "day"), r.m.DateForm)
		return l, false
	}
	if l.ValueDay, err = r.day(r.cell(row, "value_day")); err != nil {
		l.ValueDay = l.Day
	}
	if l.Amount, err = r.movement(row); err != nil || l.Amount == 0 {
		r.fail(i, "bank.amount", r.cell(row, "debit")+r.cell(row, "credit")+r.cell(row, "amount"))
		return l, false
	}
	return l, true
}

// movement is the signed amount. The profile says which column is money out: the word debit alone decides nothing.
func (r *reader) movement(row []string) (vnd.Amount, error) {
	if r.m.Out == "negative" {
		return r.amount(r.cell(row, "amount"))
	}
	debit, err := r.optional(r.cell(row, "debit"))
	if err != nil {
		return 0, err
	}
	credit, err := r.optional(r.cell(row, "credit"))
	if err != nil {
		return 0, err
	}
	if debit != 0 && credit != 0 {
		return 0, vnd.ErrForm
	}
	if r.m.Out == "credit" {
		return debit - credit, nil
	}
	return credit - debit, nil
}

func (r *reader) optional(text string) (vnd.Amount, error) {
	if text == "" || text == "-" {
		return 0, nil
	}
	return r.amount(text)
}

// amount reads a number by the profile's marks; decimals must be zeros, because đồng have none.
func (r *reader) amount(text string) (vnd.Amount, error) {
	s := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(text), "VND"), "đ"))
	if r.m.Decimal != "" {
		whole, decimals, _ := strings.Cut(s, r.m.Decimal)
		if strings.Trim(decimals, "0") != "" {
			return 0, vnd.ErrSecond
		}
		s = whole
	}
	if r.m.Thousands != "" && r.m.Thousands != "." {
		s = strings.ReplaceAll(s, r.m.Thousands, ".")
	}
	return vnd.Parse(s)
}

func (r *reader) day(text string) (day.Date, error) {
	if at := strings.IndexByte(text, ' '); at > 0 {
		text = text[:at]
	}
	return day.Parse(text)
}

func (r *reader) checkRunning(i int, row []string, running vnd.Amount) {
	text := r.cell(row, "balance")
	if text == "" || !r.hasOpen {
		return
	}
	if balance, err := r.amount(text); err != nil || balance != running {
		r.fail(i, "bank.running", text, running)
	}
}

func (r *reader) take(l Line) {
	p := &r.out
	if l.Amount > 0 {
		p.Credits += l.Amount
	} else {
		p.Debits -= l.Amount
	}
	if p.From.IsZero() || l.Day.Before(p.From) {
		p.From = l.Day
	}
	if l.Day.After(p.To) {
		p.To = l.Day
	}
	p.Lines = append(p.Lines, l)
}

func (r *reader) proved() (Parsed, error) {
	if err := r.wrong.Err(); err != nil {
		return r.out, err
	}
	switch {
	case len(r.out.Lines) == 0:
		return r.out, fault.InvalidField("file", "bank.no_lines")
	case !r.hasOpen || !r.hasLast:
		return r.out, fault.InvalidField("file", "bank.no_balance", r.m.OpeningLabel, r.m.ClosingLabel)
	case r.out.Opening+r.out.Credits-r.out.Debits != r.out.Closing:
		return r.out, fault.InvalidField("file", "bank.not_proved", r.out.Opening, r.out.Credits, r.out.Debits, r.out.Closing,
			r.out.Opening+r.out.Credits-r.out.Debits-r.out.Closing)
	}
	return r.out, nil
}
