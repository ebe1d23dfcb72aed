// Package sheet reads and writes tables in XLSX and CSV files: columns found by their titles, every cell read by the kind of its column,
// every fault named by sheet, row and column. It knows files and no business.
//
// The traps it guards against: "20.000" is twenty thousand đồng and never 20; an area "1.234" that reads two ways is refused with both
// readings; a number cell with decimals is no amount of đồng; "2023" in a column of days is no day of 1905.
package sheet

import (
	"strings"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/vnd"
)

// Limits of one file. A sheet beyond MaxSheetBytes when unpacked is refused, so that a small file cannot fill the memory.
const (
	MaxFileBytes  = 20 << 20
	MaxSheetBytes = 16 << 20
	MaxRows       = 50_000
)

// ContentType is what the web calls a workbook.
const ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// headerRows is how far down the header may stand: above it are the titles that people like to write.
const headerRows = 10

// Kind is how the cells of a column are read.
type Kind string

// The kinds of columns.
const (
	Text    Kind = "text"
	Money   Kind = "money"   // whole đồng
	Area    Kind = "area"    // m², at most two decimals
	Day     Kind = "day"     // dd/mm/yyyy or a date cell
	Month   Kind = "month"   // mm/yyyy or a date cell
	Int     Kind = "int"     // a whole number, not negative
	Percent Kind = "percent" // 0 to 100 %, kept as basis points
	Choice  Kind = "choice"  // one of Choices
)

// Column is one column of a table. Title is Vietnamese; the header may use either title, in any case and order.
type Column struct {
	Key, Title, TitleEN string
	Kind                Kind
	Required            bool // the column must be there, and filled in every row
	Choices             []string
	Width               int    // in characters; 0 = 16
	Example, Note       string // shown on the sheet that explains the template
}

// Spec is a kind of table. Name is the name of its sheet, at most 31 characters.
type Spec struct {
	Name    string
	Columns []Column
}

func (s Spec) column(key string) (Column, bool) {
	for _, c := range s.Columns {
		if c.Key == key {
			return c, true
		}
	}
	return Column{}, false
}

// Fault is what is wrong with one place of a file. Row 0 means the sheet as a whole. The sentence is "fault." + Code with Args.
type Fault struct {
	Sheet  string `json:"sheet"`
	Row    int    `json:"row"`
	Column string `json:"column"` // its letter
	Title  string `json:"title"`
	Found  string `json:"found"`
	Code   string `json:"code"`
	Args   []any  `json:"args,omitempty"`
}

// Value is a cell as it was read. Typed is its text as it stands in the file; only the field of the column's kind is set beside it.
type Value struct {
	Typed string
	Money vnd.Amount
	Area  area.Area
	Day   day.Date
	Month day.Month
	Int   int // also Percent, in basis points
}

// Row is one row below the header. A cell that could not be read is a fault of the file and is empty here.
type Row struct {
	Sheet  string
	Number int // as the spreadsheet counts, from 1
	values map[string]Value
	layout *layout
}

// Has tells whether the cell is filled.
func (r Row) Has(key string) bool { return r.values[key].Typed != "" }

// Text is the text of a cell, trimmed, in composed Unicode form.
func (r Row) Text(key string) string { return r.values[key].Typed }

// Value is a cell as it was read; the zero Value when it is empty.
func (r Row) Value(key string) Value { return r.values[key] }

// Fault names what is wrong with a cell in the eyes of the business.
func (r Row) Fault(key, code string, args ...any) Fault {
	f := Fault{Sheet: r.Sheet, Row: r.Number, Found: r.Text(key), Code: code, Args: args}
	if at, ok := r.layout.at[key]; ok {
		f.Column = letter(at)
	}
	if c, ok := r.layout.spec.column(key); ok {
		f.Title = c.Title
	}
	return f
}

// letter is the name of a column, counted from 0: A, B … Z, AA.
func letter(column int) string {
	name := ""
	for column++; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// sameTitle compares titles as people write them: case, spaces, a mark of "required" and a unit in brackets do not count.
func sameTitle(a, b string) bool { return foldTitle(a) == foldTitle(b) }

func foldTitle(s string) string {
	s = strings.ToLower(clean(s))
	if at := strings.IndexByte(s, '('); at > 0 {
		s = s[:at]
	}
	return strings.Join(strings.Fields(strings.TrimRight(s, "* ")), " ")
}
