package sheet

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// guide is the sheet that explains the columns; choices too long for a drop-down's own list stand on it too.
const guide = "Hướng dẫn"

// lastTemplateRow is how far down the drop-downs reach.
const lastTemplateRow = 5000

// Template makes an empty table to fill in: header, drop-downs, cell formats, and a sheet that explains every column. Rows may be given to
// start with, their values as Write takes them.
func Template(spec Spec, filled ...[]any) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	styles, err := newStyles(f)
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		func() error { return f.SetSheetName("Sheet1", spec.Name) },
		func() error { return writeGuide(f, spec, styles) },
		func() error { return formatColumns(f, spec, styles) },
		func() error { return fillRows(f, spec, styles, filled) },
		func() error { return f.SetPanes(spec.Name, frozenHead()) },
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("sheet template: %w", err)
		}
	}
	var out bytes.Buffer
	_, err = f.WriteTo(&out)
	return out.Bytes(), err
}

func fillRows(f *excelize.File, spec Spec, s styles, filled [][]any) error {
	for i, values := range append([][]any{headCells(spec, s)}, filled...) {
		for j, v := range values {
			if err := setCell(f, spec.Name, letter(j)+strconv.Itoa(i+1), s.cell(v)); err != nil {
				return err
			}
		}
	}
	return nil
}

func setCell(f *excelize.File, sheet, at string, v any) error {
	cell, styled := v.(excelize.Cell)
	if !styled {
		return f.SetCellValue(sheet, at, v)
	}
	if err := f.SetCellValue(sheet, at, cell.Value); err != nil || cell.StyleID == 0 {
		return err
	}
	return f.SetCellStyle(sheet, at, at, cell.StyleID)
}

// formatColumns makes codes and choices text cells, so that leading zeros and dots stay as they were typed.
func formatColumns(f *excelize.File, spec Spec, s styles) error {
	looks := map[Kind]int{Text: s.text, Choice: s.text, Month: s.text, Money: s.money, Area: s.area, Day: s.day}
	for i, c := range spec.Columns {
		name := letter(i)
		if err := f.SetColWidth(spec.Name, name, name, c.width()); err != nil {
			return err
		}
		if look, ok := looks[c.Kind]; ok {
			if err := f.SetColStyle(spec.Name, name, look); err != nil {
				return err
			}
		}
		if len(c.Choices) > 0 {
			if err := dropDown(f, spec, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func dropDown(f *excelize.File, spec Spec, column int) error {
	c := spec.Columns[column]
	rule := excelize.NewDataValidation(!c.Required)
	rule.SetSqref(fmt.Sprintf("%s2:%s%d", letter(column), letter(column), lastTemplateRow))
	rule.SetError(excelize.DataValidationErrorStyleStop, c.Title, "Hãy chọn một giá trị trong danh sách.")
	if _, short := joined(c.Choices); short {
		if err := rule.SetDropList(c.Choices); err != nil {
			return err
		}
	} else {
		at := letter(guideColumns + column)
		rule.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$2:$%s$%d", guide, at, at, len(c.Choices)+1))
	}
	return f.AddDataValidation(spec.Name, rule)
}

// guideColumns is how many columns explain; the choices of column i stand behind them.
const guideColumns = 7

func writeGuide(f *excelize.File, spec Spec, s styles) error {
	if _, err := f.NewSheet(guide); err != nil {
		return err
	}
	if err := f.SetColWidth(guide, "A", "F", 26); err != nil {
		return err
	}
	rows := [][]any{{"Cột", "Column", "Bắt buộc", "Cách ghi", "Ví dụ", "Ghi chú"}}
	for _, c := range spec.Columns {
		required := ""
		if c.Required {
			required = "x"
		}
		rows = append(rows, []any{c.Title, c.TitleEN, required, howTo(c.Kind), c.Example, c.Note})
	}
	for i, row := range rows {
		for j, v := range row {
			if err := setCell(f, guide, letter(j)+strconv.Itoa(i+1), s.cell(v)); err != nil {
				return err
			}
		}
	}
	return longChoices(f, spec, s)
}

func longChoices(f *excelize.File, spec Spec, s styles) error {
	for i, c := range spec.Columns {
		if _, short := joined(c.Choices); short {
			continue
		}
		for j, v := range append([]string{c.Title}, c.Choices...) {
			if err := setCell(f, guide, letter(guideColumns+i)+strconv.Itoa(j+1), s.cell(v)); err != nil {
				return err
			}
		}
	}
	return nil
}

func howTo(k Kind) string {
	switch k {
	case Money:
		return "Số đồng, không lẻ: 20000 hoặc 20.000"
	case Area:
		return "m², nhiều nhất hai số lẻ: 1234,50"
	case Day:
		return "ngày/tháng/năm: 31/12/2023"
	case Month:
		return "tháng/năm: 12/2023"
	case Int:
		return "Số nguyên"
	case Percent:
		return "Từ 0 đến 100, ví dụ 96,5"
	case Choice:
		return "Chọn trong danh sách"
	default:
		return "Chữ"
	}
}
