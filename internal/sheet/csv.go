package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"matbang/internal/fault"
)

// openCSV reads comma, semicolon or tab separated text in UTF-8. All its cells are texts: what a person typed, dots and all.
func openCSV(name string, content []byte) ([]table, error) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return nil, fault.InvalidField("file", "sheet.not_utf8", path.Base(name))
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.FieldsPerRecord = separator(content), -1
	t := table{name: path.Base(name)}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return []table{t}, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return nil, fault.InvalidField("file", "sheet.csv_broken", broken.Line, broken.Column)
		}
		if len(t.lines) > MaxRows+headerRows {
			return nil, fault.InvalidField("file", "sheet.too_many_rows", MaxRows)
		}
		number, _ := r.FieldPos(0)
		t.lines = append(t.lines, csvLine(number, record))
	}
}

func csvLine(number int, record []string) line {
	l := line{number: number, cells: make([]cell, len(record))}
	for i, text := range record {
		l.cells[i].text = clean(text)
	}
	return l
}

// separator is the sign that stands most often in the first line; a Vietnamese Excel writes semicolons.
func separator(content []byte) rune {
	first, _, _ := strings.Cut(string(content), "\n")
	best, count := ',', strings.Count(first, ",")
	for _, r := range ";\t" {
		if n := strings.Count(first, string(r)); n > count {
			best, count = r, n
		}
	}
	return best
}
