package webkit

import (
	"errors"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/sheet"
)

// shownFaults is how many faults of a file a page lists.
const shownFaults = 200

// SheetFault is a fault of a workbook in the reader's language, as the partial "sheet-faults" shows it.
type SheetFault struct {
	Sheet         string
	Row           int
	Column, Title string
	Found, Text   string
}

// SheetFaults says the faults of a workbook, the first of them.
func (c *Ctx) SheetFaults(faults []sheet.Fault) []SheetFault {
	lines := make([]SheetFault, 0, min(len(faults), shownFaults))
	for _, f := range faults[:min(len(faults), shownFaults)] {
		lines = append(lines, SheetFault{f.Sheet, f.Row, f.Column, f.Title, f.Found, c.T("fault."+f.Code, f.Args...)})
	}
	return lines
}

// RowFault is one thing wrong with a file that has rows and no cells; of the whole file where it names no row.
type RowFault struct{ Row, Text string }

// RowFaults says what a refusal tells of a file: its fields "row 7" and "file". Those of the form stay with their fields.
func (c *Ctx) RowFaults(err error) []RowFault {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	var rows []RowFault
	for _, field := range f.Fields {
		row, isRow := strings.CutPrefix(field.Name, "row ")
		switch {
		case isRow:
			rows = append(rows, RowFault{row, c.T("fault."+field.Code, field.Args...)})
		case field.Name == "file":
			rows = append(rows, RowFault{"", c.T("fault."+field.Code, field.Args...)})
		}
	}
	return rows
}
