package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"matbang/internal/fault"
)

// XLSX files are read here with the standard library: excelize's row reader does not tell a number from a text that looks like one, and
// its cell reader keeps the whole sheet several times over. The difference between 20 and "20.000" is the point of this package.

var errUnreadable = fault.InvalidField("file", "sheet.unreadable")

type book struct {
	parts   map[string]*zip.File
	strings []string
	percent []bool // by style: shown as a percentage
	y1904   bool
}

// maxSheets is how many sheets are looked at for the header.
const maxSheets = 20

// openXLSX reads sheets one by one up to the first that is wanted; when none is, it answers the first sheet alone.
func openXLSX(content []byte, wanted func(table) bool) ([]table, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, errUnreadable
	}
	b := book{parts: map[string]*zip.File{}}
	for _, f := range archive.File {
		b.parts[strings.ToLower(strings.TrimPrefix(f.Name, "/"))] = f
	}
	sheets, err := b.sheets()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(b.loadStrings(), b.loadStyles()); err != nil {
		return nil, err
	}
	for _, s := range sheets[:min(len(sheets), maxSheets)] {
		t := table{name: s.name, y1904: b.y1904}
		if t.lines, err = b.lines(s.path); err != nil {
			return nil, err
		}
		if wanted(t) {
			return []table{t}, nil
		}
	}
	return []table{{name: sheets[0].name}}, nil
}

// each hands every element that starts in a part to see, which may read on from the decoder. A part that is not there has none.
func (b *book) each(part string, see func(d *xml.Decoder, e xml.StartElement) error) error {
	f, ok := b.parts[strings.ToLower(part)]
	if !ok {
		return nil
	}
	if f.UncompressedSize64 > MaxSheetBytes {
		return fault.New(fault.TooLarge, "sheet.too_large", MaxSheetBytes>>20)
	}
	r, err := f.Open()
	if err != nil {
		return errUnreadable
	}
	defer func() { _ = r.Close() }()
	d := xml.NewDecoder(io.LimitReader(r, MaxSheetBytes+1))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errUnreadable
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := see(d, e); err != nil {
				return err
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

type sheetPart struct{ name, path string }

// sheets lists the visible sheets in their order.
func (b *book) sheets() ([]sheetPart, error) {
	targets := map[string]string{}
	err := b.each("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			targets[attr(e, "Id")] = partPath(attr(e, "Target"))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var sheets []sheetPart
	err = b.each("xl/workbook.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			b.y1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			if state := attr(e, "state"); state == "" || state == "visible" {
				sheets = append(sheets, sheetPart{attr(e, "name"), targets[attr(e, "id")]})
			}
		}
		return nil
	})
	if err == nil && len(sheets) == 0 {
		return nil, errUnreadable
	}
	return sheets, err
}

// partPath resolves a target of the workbook, absolute or beside it.
func partPath(target string) string {
	if strings.HasPrefix(target, "/") {
		return strings.TrimPrefix(path.Clean(target), "/")
	}
	return path.Join("xl", target)
}

func (b *book) loadStrings() error {
	return b.each("xl/sharedStrings.xml", func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := textOf(d)
		b.strings = append(b.strings, text)
		return err
	})
}

// textOf joins the texts of a string, plain or rich, up to its end; readings in small script (rPh) are not part of it.
func textOf(d *xml.Decoder) (string, error) {
	var b strings.Builder
	inText := false
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return "", errUnreadable
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "rPh" {
				if err := d.Skip(); err != nil {
					return "", errUnreadable
				}
				continue
			}
			depth++
			inText = t.Name.Local == "t"
		case xml.EndElement:
			depth--
			inText = false
		case xml.CharData:
			if inText {
				b.Write(t)
			}
		}
	}
	return b.String(), nil
}

// loadStyles learns which cell styles show a percentage: the built-in formats 9 and 10, and own formats with a percent sign.
func (b *book) loadStyles() error {
	formats := map[string]bool{"9": true, "10": true}
	inCells := false
	return b.each("xl/styles.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			formats[attr(e, "numFmtId")] = strings.Contains(attr(e, "formatCode"), "%")
		case "cellXfs":
			inCells = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if inCells {
				b.percent = append(b.percent, formats[attr(e, "numFmtId")])
			}
		}
		return nil
	})
}

// lines reads the rows of a sheet. Formulas give the value that was kept with them.
func (b *book) lines(part string) ([]line, error) {
	if _, ok := b.parts[strings.ToLower(part)]; !ok {
		return nil, errUnreadable
	}
	var lines []line
	err := b.each(part, func(d *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "row":
			if len(lines) > MaxRows+headerRows {
				return fault.InvalidField("file", "sheet.too_many_rows", MaxRows)
			}
			lines = append(lines, line{number: rowNumber(attr(e, "r"), lines)})
		case "c":
			if len(lines) == 0 {
				return errUnreadable
			}
			return b.addCell(d, e, &lines[len(lines)-1])
		}
		return nil
	})
	return lines, err
}

func rowNumber(r string, before []line) int {
	if n, err := strconv.Atoi(r); err == nil && n > 0 {
		return n
	}
	if len(before) == 0 {
		return 1
	}
	return before[len(before)-1].number + 1
}

// maxColumns is beyond any table of ours; a cell further right is passed over.
const maxColumns = 60

func (b *book) addCell(d *xml.Decoder, e xml.StartElement, l *line) error {
	value, err := cellValue(d)
	if err != nil {
		return err
	}
	at := columnNumber(attr(e, "r"), len(l.cells))
	if at >= maxColumns {
		return nil
	}
	for len(l.cells) <= at {
		l.cells = append(l.cells, cell{})
	}
	l.cells[at] = b.cell(attr(e, "t"), attr(e, "s"), value)
	return nil
}

// cellValue is the text of <v>, or of an inline string, up to the end of the cell.
func cellValue(d *xml.Decoder) (string, error) {
	value := ""
	for {
		token, err := d.Token()
		if err != nil {
			return "", errUnreadable
		}
		switch t := token.(type) {
		case xml.EndElement:
			return value, nil
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				if err := d.DecodeElement(&value, &t); err != nil {
					return "", errUnreadable
				}
			case "is":
				if value, err = textOf(d); err != nil {
					return "", err
				}
			default:
				if err := d.Skip(); err != nil {
					return "", errUnreadable
				}
			}
		}
	}
}

func (b *book) cell(kind, style, value string) cell {
	c := cell{text: clean(value)}
	switch kind {
	case "s":
		n, err := strconv.Atoi(c.text)
		if err != nil || n < 0 || n >= len(b.strings) {
			return cell{text: c.text, broken: c.text != ""}
		}
		c.text = clean(b.strings[n])
	case "e":
		c.broken = true
	case "", "n":
		c.number = c.text != ""
		s, err := strconv.Atoi(style)
		c.percent = err == nil && s >= 0 && s < len(b.percent) && b.percent[s]
	}
	return c
}

// columnNumber reads the letters of "AB12", counted from 0; without them the cell follows the one before.
func columnNumber(ref string, next int) int {
	n := 0
	for _, r := range ref {
		if r < 'A' || r > 'Z' || n > maxColumns {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 {
		return next
	}
	return n - 1
}
