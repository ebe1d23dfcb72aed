package sheet

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"matbang/internal/fault"
)

// cell is one cell as the file gives it, before its column says how to read it.
type cell struct {
	text    string
	number  bool // a number, not a text that looks like one
	percent bool // a number shown as a percentage: 0.96 is 96 %
	broken  bool // an error of the spreadsheet, such as #REF!
}

// line is one row of a file with its number as the spreadsheet counts.
type line struct {
	number int
	cells  []cell
}

// table is one sheet of a file.
type table struct {
	name  string
	lines []line
	y1904 bool // days are counted from 1904
}

// layout is where the columns of a spec stand in a sheet, counted from 0.
type layout struct {
	spec Spec
	at   map[string]int
}

// clean trims and composes: decomposed letters look the same and compare differently.
func clean(s string) string {
	return strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(s, "\u00a0", " ")))
}

// Read reads a file by its content, XLSX or CSV; name only tells which of the two it is meant to be. It answers every row below the header
// and every fault. Refuses (field "file"): sheet.unreadable, sheet.not_utf8, sheet.too_many_rows; too large: sheet.too_large.
func Read(name string, content []byte, spec Spec) ([]Row, []Fault, error) {
	if len(content) > MaxFileBytes {
		return nil, nil, fault.New(fault.TooLarge, "sheet.too_large", MaxFileBytes>>20)
	}
	tables, err := open(name, content, func(t table) bool { return t.header(spec) >= 0 })
	if err != nil {
		return nil, nil, err
	}
	for _, t := range tables {
		if at := t.header(spec); at >= 0 {
			rows, faults := t.read(spec, at)
			return rows, faults, nil
		}
	}
	return nil, []Fault{noHeader(tables, spec)}, nil
}

func open(name string, content []byte, wanted func(table) bool) ([]table, error) {
	if strings.HasPrefix(string(content), "PK") {
		return openXLSX(content, wanted)
	}
	if strings.HasSuffix(strings.ToLower(name), ".xlsx") {
		return nil, fault.InvalidField("file", "sheet.unreadable", name)
	}
	return openCSV(name, content)
}

func noHeader(tables []table, spec Spec) Fault {
	f := Fault{Code: "sheet.header_missing", Args: []any{headerRows, spec.titles()}}
	if len(tables) > 0 {
		f.Sheet = tables[0].name
	}
	return f
}

func (s Spec) titles() string {
	var titles []string
	for _, c := range s.Columns {
		titles = append(titles, c.Title)
	}
	return strings.Join(titles, ", ")
}

// header finds the row that names most columns, at least two (or all, when there are fewer); -1 when there is none.
func (t table) header(spec Spec) int {
	best, found := -1, min(2, len(spec.Columns))-1
	for i, l := range t.lines {
		if l.number > headerRows {
			break
		}
		if n := len(spec.place(l).at); n > found {
			best, found = i, n
		}
	}
	return best
}

// place tells which column stands where in a header row; the first of two equal titles counts.
func (s Spec) place(l line) layout {
	found := layout{spec: s, at: map[string]int{}}
	for i, c := range l.cells {
		column, known := s.named(c.text)
		if _, twice := found.at[column.Key]; known && !twice {
			found.at[column.Key] = i
		}
	}
	return found
}

func (s Spec) named(title string) (Column, bool) {
	for _, c := range s.Columns {
		if title != "" && (sameTitle(title, c.Title) || sameTitle(title, c.TitleEN) || sameTitle(title, c.Key)) {
			return c, true
		}
	}
	return Column{}, false
}

func (t table) read(spec Spec, header int) ([]Row, []Fault) {
	found := spec.place(t.lines[header])
	faults := t.headerFaults(&found, t.lines[header])
	rows := []Row{}
	for _, l := range t.lines[header+1:] {
		row := Row{Sheet: t.name, Number: l.number, values: map[string]Value{}, layout: &found}
		if found.empty(l) {
			continue
		}
		faults = append(faults, t.readRow(row, l)...)
		rows = append(rows, row)
	}
	return rows, faults
}

// headerFaults names columns that are missing, twice there, or unknown: a value under an unknown title would be lost without a word.
func (t table) headerFaults(found *layout, header line) []Fault {
	var faults []Fault
	for _, c := range found.spec.Columns {
		if _, ok := found.at[c.Key]; c.Required && !ok {
			faults = append(faults, Fault{Sheet: t.name, Row: header.number, Title: c.Title, Code: "sheet.column_missing", Args: []any{c.Title}})
		}
	}
	for i, c := range header.cells {
		if c.text == "" {
			continue
		}
		f := Fault{Sheet: t.name, Row: header.number, Column: letter(i), Title: c.text, Found: c.text}
		column, known := found.spec.named(c.text)
		switch {
		case !known:
			f.Code, f.Args = "sheet.column_unknown", []any{c.text, found.spec.titles()}
			faults = append(faults, f)
		case found.at[column.Key] != i:
			f.Code, f.Args = "sheet.column_twice", []any{c.text}
			faults = append(faults, f)
		}
	}
	return faults
}

func (l *layout) empty(row line) bool {
	return !slices.ContainsFunc(l.spec.Columns, func(c Column) bool { return l.cell(row, c.Key).text != "" })
}

func (l *layout) cell(row line, key string) cell {
	if at, ok := l.at[key]; ok && at < len(row.cells) {
		return row.cells[at]
	}
	return cell{}
}

func (t table) readRow(row Row, l line) []Fault {
	var faults []Fault
	for _, column := range row.layout.spec.Columns {
		if _, there := row.layout.at[column.Key]; !there {
			continue
		}
		c := row.layout.cell(l, column.Key)
		if c.text == "" {
			if column.Required {
				faults = append(faults, row.Fault(column.Key, "required"))
			}
			continue
		}
		row.values[column.Key] = Value{Typed: c.text}
		value, code, args := column.read(c, t.y1904)
		if code != "" {
			faults = append(faults, row.Fault(column.Key, code, args...))
			continue
		}
		row.values[column.Key] = value
	}
	return faults
}
