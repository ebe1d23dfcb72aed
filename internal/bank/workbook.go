package bank

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/unicode/norm"

	"matbang/internal/day"
	"matbang/internal/fault"
)

// Limits of a workbook when it is unpacked: a packed file may claim to be a thousand times as large.
const (
	maxUnpacked = 256 << 20
	maxParts    = 2000
	maxStrings  = 64 << 20 // bytes of the table of texts
	maxTexts    = 1200000  // texts in it
	maxSheets   = 20
	inMemory    = 1 << 20 // larger parts are unpacked to a temporary file
)

// workbook is read row by row, cells as they are kept and not as they are shown: a number has no marks then.
type workbook struct {
	book  *excelize.File
	names []string
	heads map[int][][]string
}

func openWorkbook(s source) (*workbook, error) {
	if err := unpackable(s); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(s.bytes(), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		return nil, fault.InvalidField("file", "bank.workbook")
	}
	names := book.GetSheetList()
	return &workbook{book, names[:min(len(names), maxSheets)], map[int][][]string{}}, nil
}

// unpackable looks at a packed file before any of it is unpacked to be kept: how many parts, how large, how many texts.
func unpackable(s source) error {
	packed, err := zip.NewReader(s.Content, s.Content.Size())
	if err != nil {
		return fault.InvalidField("file", "bank.workbook")
	}
	tooLarge := fault.New(fault.TooLarge, "bank.workbook_too_large", maxUnpacked>>20)
	if len(packed.File) > maxParts {
		return tooLarge
	}
	total := uint64(0)
	for _, f := range packed.File {
		total += min(f.UncompressedSize64, maxUnpacked+1)
		if total > maxUnpacked {
			return tooLarge
		}
	}
	for _, f := range packed.File {
		if strings.EqualFold(f.Name[strings.LastIndexByte(f.Name, '/')+1:], "sharedStrings.xml") {
			if few, err := fewTexts(f); err != nil {
				return fault.InvalidField("file", "bank.workbook")
			} else if !few {
				return tooLarge
			}
		}
	}
	return nil
}

func fewTexts(f *zip.File) (bool, error) {
	if f.UncompressedSize64 > maxStrings {
		return false, nil
	}
	in, err := f.Open()
	if err != nil {
		return false, err
	}
	defer func() { _ = in.Close() }()
	texts, piece, kept := 0, make([]byte, 64<<10), 0
	for {
		n, err := in.Read(piece[kept:])
		texts += bytes.Count(piece[:kept+n], []byte("<si"))
		if texts > maxTexts {
			return false, nil
		}
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		end := kept + n
		kept = min(2, end) // a tag may be cut by the end of a piece
		copy(piece, piece[end-kept:end])
	}
}

func (w *workbook) count() int               { return len(w.names) }
func (w *workbook) delimiters(string) []rune { return []rune{0} }
func (w *workbook) close()                   { _ = w.book.Close() }

func (w *workbook) head(sheet int, _ rune) ([][]string, error) {
	if head, ok := w.heads[sheet]; ok {
		return head, nil
	}
	in, err := w.rows(sheet, 0)
	if err != nil {
		return nil, err
	}
	head, err := headOf(in)
	w.heads[sheet] = head
	return head, err
}

func (w *workbook) rows(sheet int, _ rune) (rows, error) {
	it, err := w.book.Rows(w.names[sheet])
	if err != nil {
		return nil, fault.InvalidField("file", "bank.workbook")
	}
	return &sheetRows{it: it}, nil
}

type sheetRows struct {
	it     *excelize.Rows
	number int
}

func (r *sheetRows) close() { _ = r.it.Close() }

func (r *sheetRows) next() ([]string, int, error) {
	if !r.it.Next() {
		if r.it.Error() != nil {
			return nil, 0, fault.InvalidField("file", "bank.row_unreadable", r.number+1)
		}
		return nil, 0, io.EOF
	}
	if r.number++; r.number > maxTableRows {
		return nil, 0, fault.New(fault.TooLarge, "bank.too_many_rows", maxLines)
	}
	cells, err := r.it.Columns()
	if err != nil || len(cells) > maxColumns {
		return nil, 0, fault.InvalidField("file", "bank.row_unreadable", r.number)
	}
	for i := range cells {
		cells[i] = plainNumber(norm.NFC.String(strings.ReplaceAll(cells[i], "\x00", ""))) // no text has a zero byte
	}
	return cells, r.number, nil
}

var powerForm = regexp.MustCompile(`^-?[0-9](\.[0-9]+)?E\+?[0-9]{1,2}$`)

// plainNumber writes out a number that the workbook keeps as a power of ten.
func plainNumber(cell string) string {
	if !strings.Contains(cell, "E") || !powerForm.MatchString(cell) {
		return cell
	}
	n, ok := new(big.Rat).SetString(cell)
	if !ok || !n.IsInt() {
		return cell
	}
	return n.Num().String()
}

// serialDay is a day that a workbook keeps as its number since 1900; days between 1954 and 2119 are taken for one.
func serialDay(text string) (day.Date, bool) {
	whole, _, _ := strings.Cut(text, ".")
	if len(whole) != 5 {
		return day.Date{}, false
	}
	n, err := strconv.Atoi(whole)
	if err != nil || n < 20000 || n > 80000 {
		return day.Date{}, false
	}
	return day.New(1899, 12, 30).Add(n), true
}
