package bank

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// Limits of a workbook when it is unpacked: a packed file may claim to be a thousand times as large.
const (
	maxUnpacked = 256 << 20
	maxSheet    = 128 << 20
	maxColumns  = 200
)

// tables are the tables of a file that may hold a statement: sheets of a workbook, tables of a page, a text cut at each delimiter that fits.
func tables(format Format, content []byte, m Mapping) ([][][]string, error) {
	switch format {
	case XLSX:
		return sheets(content)
	case oldXL:
		return nil, fault.InvalidField("file", "bank.old_workbook")
	}
	text, err := textOf(content)
	if err != nil {
		return nil, err
	}
	if format == HTML {
		rows, err := pageRows(text)
		return [][][]string{rows}, err
	}
	var found [][][]string
	for _, delimiter := range delimiters(m.Delimiter) {
		rows, err := readRows([]byte(text), delimiter)
		if err != nil {
			return nil, err
		}
		found = append(found, rows)
	}
	return found, nil
}

// sheets reads a workbook row by row, cells as they are kept and not as they are shown: a number has no marks then.
func sheets(content []byte) ([][][]string, error) {
	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: 16 << 20})
	if err != nil {
		return nil, fault.InvalidField("file", "bank.workbook")
	}
	defer func() { _ = book.Close() }()
	var found [][][]string
	for _, name := range book.GetSheetList() {
		rows, err := sheetRows(book, name)
		if err != nil {
			return nil, err
		}
		found = append(found, rows)
	}
	return found, nil
}

func sheetRows(book *excelize.File, name string) ([][]string, error) {
	it, err := book.Rows(name)
	if err != nil {
		return nil, fault.InvalidField("file", "bank.workbook")
	}
	defer func() { _ = it.Close() }()
	var rows [][]string
	for it.Next() {
		if len(rows) >= maxRows {
			return nil, fault.New(fault.TooLarge, "bank.too_many_rows", maxRows)
		}
		cells, err := it.Columns()
		if err != nil || len(cells) > maxColumns {
			return nil, fault.InvalidField("file", "bank.row_unreadable", len(rows)+1)
		}
		for i := range cells {
			cells[i] = plainNumber(norm.NFC.String(cells[i]))
		}
		rows = append(rows, cells)
	}
	return rows, nil
}

var powerForm = regexp.MustCompile(`^-?[0-9](\.[0-9]+)?E\+?[0-9]{1,2}$`)

// plainNumber writes out a number that the workbook keeps as a power of ten.
func plainNumber(cell string) string {
	if !powerForm.MatchString(cell) {
		return cell
	}
	n, ok := new(big.Rat).SetString(cell)
	if !ok || !n.IsInt() {
		return cell
	}
	return n.Num().String()
}

// serialDay is a day that a workbook keeps as its number since 1900; days between 1955 and 2119 are taken for one.
func serialDay(text string) (day.Date, bool) {
	whole, _, _ := strings.Cut(text, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 20000 || n > 80000 {
		return day.Date{}, false
	}
	return day.New(1899, 12, 30).Add(n), true
}

// pageRows reads the rows of all tables of a page in their order; a cell over several columns leaves empty ones behind it.
func pageRows(text string) ([][]string, error) {
	z := html.NewTokenizer(strings.NewReader(text))
	p := pageReader{}
	for {
		switch z.Next() {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				return p.done(), nil
			}
			return nil, fault.InvalidField("file", "bank.row_unreadable", len(p.rows)+1)
		case html.StartTagToken, html.SelfClosingTagToken:
			p.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(string(name))
		case html.TextToken:
			if p.inCell && !p.skip {
				p.cell.Write(z.Text())
			}
		}
		if len(p.rows) > maxRows {
			return nil, fault.New(fault.TooLarge, "bank.too_many_rows", maxRows)
		}
	}
}

type pageReader struct {
	rows         [][]string
	row          []string
	cell         strings.Builder
	span         int
	inCell, skip bool
}

func (p *pageReader) start(z *html.Tokenizer) {
	name, more := z.TagName()
	switch string(name) {
	case "tr":
		p.endRow()
	case "td", "th":
		p.endCell()
		p.inCell, p.span = true, spanOf(z, more)
	case "br":
		p.cell.WriteByte(' ')
	case "style", "script":
		p.skip = true
	}
}

func spanOf(z *html.Tokenizer, more bool) int {
	span := 1
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		if n, err := strconv.Atoi(string(value)); string(key) == "colspan" && err == nil {
			span = max(1, min(n, maxColumns))
		}
	}
	return span
}

func (p *pageReader) end(name string) {
	switch name {
	case "td", "th":
		p.endCell()
	case "tr", "table":
		p.endRow()
	case "style", "script":
		p.skip = false
	}
}

func (p *pageReader) endCell() {
	if !p.inCell || len(p.row) > maxColumns {
		return
	}
	p.row = append(p.row, squeeze(html.UnescapeString(p.cell.String())))
	for range p.span - 1 {
		p.row = append(p.row, "")
	}
	p.cell.Reset()
	p.inCell = false
}

func (p *pageReader) endRow() {
	p.endCell()
	if len(p.row) > 0 {
		p.rows = append(p.rows, p.row)
	}
	p.row = nil
}

func (p *pageReader) done() [][]string {
	p.endRow()
	return p.rows
}

// blocks are the statements of a table: each with its own head and header row. Rows of the others are empty in it, so that every row keeps its number.
func blocks(rows [][]string, m Mapping) []block {
	first, columns := findHeader(rows, m)
	if first < 0 {
		return nil
	}
	found := []block{{header: first, columns: columns}}
	cuts := []int{0}
	for i := first + 1; i < len(rows); i++ {
		if !hasAll(rows[i], m.HeaderSearch) {
			continue
		}
		last := found[len(found)-1]
		at := i
		for k := last.header + 1; k < i; k++ {
			if beside(rows[k], accountLabels(m)) != "" {
				at = k
				break
			}
		}
		if at == i && sameTable(rows[last.header+1:i]) { // the head printed again on the next page
			rows[i] = nil
			continue
		}
		cuts = append(cuts, at)
		found = append(found, block{header: i, columns: columnsOf(rows[i], m.Columns)})
	}
	cuts = append(cuts, len(rows))
	for n := range found {
		found[n].rows = make([][]string, cuts[n+1])
		copy(found[n].rows[cuts[n]:], rows[cuts[n]:cuts[n+1]])
	}
	return found
}

// block is one statement of a table.
type block struct {
	rows    [][]string
	header  int
	columns map[string]int
}

// sameTable tells whether nothing between two header rows says that a table ended.
func sameTable(between [][]string) bool {
	for _, row := range between {
		if starts(row, []string{"Tổng", "Cộng", "Số dư cuối", "Total", "Closing"}) {
			return false
		}
	}
	return true
}

// tabular reads every statement of a file by a mapping. Refuses what Parse refuses but a missing balance.
func tabular(format Format, content []byte, m Mapping) ([]Parsed, error) {
	found, err := tables(format, content, m)
	if err != nil {
		return nil, err
	}
	for _, rows := range found {
		parts := blocks(rows, m)
		if len(parts) == 0 {
			continue
		}
		all := make([]Parsed, 0, len(parts))
		for _, b := range parts {
			p, err := readTable(b.rows, b.header, b.columns, m)
			if err != nil {
				return nil, err
			}
			all = append(all, p)
		}
		return all, nil
	}
	return nil, fault.InvalidField("file", "bank.no_header", strings.Join(m.HeaderSearch, ", "))
}

// ParseAll reads every statement of a file, in any format, for import: whole đồng, balances given and proved. The mapping is for tables only.
func ParseAll(content []byte, m Mapping) ([]Parsed, error) {
	format := formatOf(content)
	if format == Camt || format == MT940 {
		return wholeOf(exactly(format, content))
	}
	all, err := tabular(format, content, m)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if !p.hasOpening() || !p.hasClosing() {
			return nil, fault.InvalidField("file", "bank.no_balance", m.OpeningLabel, m.ClosingLabel)
		}
	}
	return all, nil
}

func wholeOf(statements []Inspected, err error) ([]Parsed, error) {
	if err != nil {
		return nil, err
	}
	all := make([]Parsed, 0, len(statements))
	for i, s := range statements {
		p, err := s.parsed()
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
		all = append(all, p)
	}
	return all, nil
}
