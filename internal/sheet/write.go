package sheet

import (
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/vnd"
)

// BasisPoints is a share to be written as a percentage: 9650 is 96.5 %.
type BasisPoints int

// Write writes a table as XLSX while its rows arrive. A value is a string, vnd.Amount, area.Area, day.Date, day.Month, int, BasisPoints
// or nil. Texts are written as texts whatever they begin with, so that none of them can become a formula.
func Write(out io.Writer, spec Spec, rows iter.Seq[[]any]) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := f.SetSheetName("Sheet1", spec.Name); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	w, err := f.NewStreamWriter(spec.Name)
	if err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	if err := writeRows(w, spec, styles, rows); err != nil {
		return err
	}
	_, err = f.WriteTo(out)
	return err
}

func writeRows(w *excelize.StreamWriter, spec Spec, styles styles, rows iter.Seq[[]any]) error {
	for i, c := range spec.Columns {
		if err := w.SetColWidth(i+1, i+1, c.width()); err != nil {
			return err
		}
	}
	if err := w.SetPanes(frozenHead()); err != nil {
		return err
	}
	if err := w.SetRow("A1", headCells(spec, styles)); err != nil {
		return err
	}
	number := 1
	for values := range rows {
		number++
		cells := make([]any, len(values))
		for i, v := range values {
			cells[i] = styles.cell(v)
		}
		if err := w.SetRow("A"+strconv.Itoa(number), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

func headCells(spec Spec, s styles) []any {
	cells := make([]any, len(spec.Columns))
	for i, c := range spec.Columns {
		style := s.head
		if c.Required {
			style = s.headRequired
		}
		cells[i] = excelize.Cell{StyleID: style, Value: c.Title}
	}
	return cells
}

func frozenHead() *excelize.Panes {
	return &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}
}

func (column Column) width() float64 {
	if column.Width > 0 {
		return float64(column.Width)
	}
	return 16
}

// styles are the looks of a table's cells, by the kind of what stands in them.
type styles struct{ head, headRequired, text, money, area, day, month, percent int }

func newStyles(f *excelize.File) (styles, error) {
	var s styles
	format := func(code string) *excelize.Style { return &excelize.Style{CustomNumFmt: &code} }
	head := func(colour string) *excelize.Style {
		return &excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}}
	}
	for _, want := range []struct {
		id    *int
		style *excelize.Style
	}{{&s.head, head("#EDEFF2")}, {&s.headRequired, head("#CFE2F3")}, {&s.text, format("@")}, {&s.money, format("#,##0")}, {&s.area, format("#,##0.00")},
		{&s.day, format("dd/mm/yyyy")}, {&s.month, format("mm/yyyy")}, {&s.percent, format("0.00%")}} {
		id, err := f.NewStyle(want.style)
		if err != nil {
			return s, fmt.Errorf("sheet: %w", err)
		}
		*want.id = id
	}
	return s, nil
}

// cell gives a value its type and look. A decimal passes through its exact text: the nearest binary fraction prints the same digits again.
func (s styles) cell(v any) any {
	switch v := v.(type) {
	case vnd.Amount:
		return excelize.Cell{StyleID: s.money, Value: int64(v)}
	case area.Area:
		return excelize.Cell{StyleID: s.area, Value: fraction(v.Decimal())}
	case BasisPoints:
		return excelize.Cell{StyleID: s.percent, Value: fraction(fmt.Sprintf("%d.%04d", v/10_000, v%10_000))}
	case day.Date:
		return serial(v, s.day)
	case day.Month:
		return serial(v.First(), s.month)
	case string:
		return excelize.Cell{StyleID: s.text, Value: v}
	case nil, excelize.Cell:
		return v
	default:
		return excelize.Cell{Value: v}
	}
}

func fraction(text string) any {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return f
}

func serial(d day.Date, style int) any {
	if d.IsZero() {
		return nil
	}
	return excelize.Cell{StyleID: style, Value: d.Sub(day.New(1899, 12, 30))}
}

// joined lists choices for a drop-down; a list longer than spreadsheets allow stands in the cells of the guide instead.
func joined(choices []string) (string, bool) {
	text := strings.Join(choices, ",")
	return text, len([]rune(text)) <= 255 && !strings.ContainsAny(strings.Join(choices, ""), `,"`)
}
