package bank

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"matbang/internal/fault"
)

// rows goes through a table. A row is valid until the next one is asked for; io.EOF ends it. Numbers are those of the file, from 1.
type rows interface {
	next() (row []string, number int, err error)
	close()
}

// sheets is a file of tables: one for a text or page, several in a workbook.
type sheets interface {
	count() int
	delimiters(own string) []rune // what may stand between cells; one 0 where nothing does
	head(sheet int, delimiter rune) ([][]string, error)
	rows(sheet int, delimiter rune) (rows, error)
	close()
}

// Limits of a table.
const (
	headerWithin = 40
	maxColumns   = 200
	maxRow       = 1 << 20 // bytes of one row or cell
	maxTableRows = 2 * maxLines
)

func (s source) open() (sheets, error) {
	if s.format == XLSX {
		return openWorkbook(s)
	}
	if _, err := s.text(); err != nil {
		return nil, err
	}
	return &oneSheet{source: s}, nil
}

// oneSheet is a text with delimiters, or the tables of a page one after the other.
type oneSheet struct {
	source
	heads map[rune][][]string
}

func (o *oneSheet) count() int { return 1 }
func (o *oneSheet) close()     {}

// delimiters tries the profile's own first: a file saved again by a spreadsheet often changes only this.
func (o *oneSheet) delimiters(own string) []rune {
	if o.format == HTML {
		return []rune{0}
	}
	var tried []rune
	for _, text := range []string{own, ",", ";", "\t"} {
		r, _ := utf8.DecodeRuneInString(text)
		if r != utf8.RuneError && r != '"' && r != '\r' && r != '\n' && r != 0 && !strings.ContainsRune(string(tried), r) {
			tried = append(tried, r)
		}
	}
	return tried
}

func (o *oneSheet) rows(_ int, delimiter rune) (rows, error) {
	in, err := o.text()
	if err != nil {
		return nil, err
	}
	if o.format == HTML {
		return newPageRows(in), nil
	}
	return newCSVRows(in, delimiter), nil
}

func (o *oneSheet) head(_ int, delimiter rune) ([][]string, error) {
	if head, ok := o.heads[delimiter]; ok {
		return head, nil
	}
	in, err := o.rows(0, delimiter)
	if err != nil {
		return nil, err
	}
	head, err := headOf(in)
	if o.heads == nil {
		o.heads = map[rune][][]string{}
	}
	o.heads[delimiter] = head
	return head, err
}

// headOf are the rows in which a header may stand.
func headOf(in rows) ([][]string, error) {
	defer in.close()
	var head [][]string
	for {
		row, number, err := in.next()
		if errors.Is(err, io.EOF) || err == nil && number > headerWithin {
			return head, nil
		}
		if err != nil {
			return nil, err
		}
		head = append(head, append([]string(nil), row...))
	}
}

// csvRows keeps the row numbers of the file: a cell of several lines and blank lines count as lines.
type csvRows struct {
	c     *csv.Reader
	limit *rowLimit
	last  int
}

func newCSVRows(in io.Reader, delimiter rune) *csvRows {
	limit := &rowLimit{in: in}
	c := csv.NewReader(limit)
	c.FieldsPerRecord, c.LazyQuotes, c.Comma, c.ReuseRecord = -1, true, delimiter, true
	return &csvRows{c: c, limit: limit}
}

func (r *csvRows) close() {}

func (r *csvRows) next() ([]string, int, error) {
	r.limit.read = 0
	row, err := r.c.Read()
	if errors.Is(err, io.EOF) {
		return nil, 0, io.EOF
	}
	if err != nil {
		return nil, 0, asFault(err, fault.InvalidField("file", "bank.row_unreadable", r.last+1))
	}
	r.last, _ = r.c.FieldPos(0)
	if r.last > maxTableRows {
		return nil, 0, fault.New(fault.TooLarge, "bank.too_many_rows", maxLines)
	}
	return row, r.last, nil
}

// rowLimit ends a row that never ends: one forgotten quotation mark makes a single cell of the rest of a file.
type rowLimit struct {
	in   io.Reader
	read int
}

var errRowTooLong = errors.New("bank: a row without end")

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.read > maxRow {
		return 0, errRowTooLong
	}
	n, err := l.in.Read(p)
	l.read += n
	return n, err
}

// pageRows reads the rows of all tables of a page in their order; a cell over several columns leaves empty ones behind it.
type pageRows struct {
	z            *html.Tokenizer
	row          []string
	cell         strings.Builder
	span, number int
	inCell, skip bool
	ended        bool
}

func newPageRows(in io.Reader) *pageRows {
	z := html.NewTokenizer(in)
	z.SetMaxBuf(maxRow)
	return &pageRows{z: z}
}

func (p *pageRows) close() {}

func (p *pageRows) next() ([]string, int, error) {
	p.row = p.row[:0]
	for !p.ended {
		done := false
		switch p.z.Next() {
		case html.ErrorToken:
			if !errors.Is(p.z.Err(), io.EOF) {
				return nil, 0, asFault(p.z.Err(), fault.InvalidField("file", "bank.row_unreadable", p.number+1))
			}
			p.ended, done = true, true
			p.endCell()
		case html.StartTagToken, html.SelfClosingTagToken:
			done = p.start()
		case html.EndTagToken:
			name, _ := p.z.TagName()
			done = p.end(string(name))
		case html.TextToken:
			if p.inCell && !p.skip && p.cell.Len() < maxRow {
				p.cell.Write(p.z.Text())
			}
		}
		if done && len(p.row) > 0 {
			if p.number++; p.number > maxTableRows {
				return nil, 0, fault.New(fault.TooLarge, "bank.too_many_rows", maxLines)
			}
			return p.row, p.number, nil
		}
	}
	return nil, 0, io.EOF
}

// start takes an opening tag; a row that begins ends the one before, whether it was closed or not.
func (p *pageRows) start() (rowEnded bool) {
	name, more := p.z.TagName()
	switch string(name) {
	case "tr":
		p.endCell()
		return true
	case "td", "th":
		p.endCell()
		p.inCell, p.span = true, p.spanOf(more)
	case "br":
		p.cell.WriteByte(' ')
	case "style", "script":
		p.skip = true
	}
	return false
}

func (p *pageRows) spanOf(more bool) int {
	span := 1
	for more {
		var key, value []byte
		key, value, more = p.z.TagAttr()
		if n, err := strconv.Atoi(string(value)); string(key) == "colspan" && err == nil {
			span = max(1, min(n, maxColumns))
		}
	}
	return span
}

func (p *pageRows) end(name string) (rowEnded bool) {
	switch name {
	case "td", "th":
		p.endCell()
	case "tr", "table":
		p.endCell()
		return true
	case "style", "script":
		p.skip = false
	}
	return false
}

func (p *pageRows) endCell() {
	if !p.inCell {
		return
	}
	text := squeeze(html.UnescapeString(p.cell.String()))
	p.cell.Reset()
	p.inCell = false
	for i := 0; i < p.span && len(p.row) < maxColumns; i++ {
		p.row = append(p.row, text)
		text = ""
	}
}
