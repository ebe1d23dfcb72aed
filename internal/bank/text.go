package bank

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"matbang/internal/fault"
)

// Format is how a file is written; it shows in the content, never in the name.
type Format string

// The formats a statement comes in.
const (
	Camt  Format = "camt.053"
	MT940 Format = "mt940"
	CSV   Format = "csv"
	XLSX  Format = "xlsx"
	HTML  Format = "html" // a web page, which banks like to call .xls
	oldXL Format = "xls"  // the binary workbook of 1997
)

// File is a file to read: its name for people, its content to be read several times and never kept whole.
type File struct {
	Name    string
	Content *io.SectionReader
}

// Bytes is a file that is in memory already.
func Bytes(name string, content []byte) File {
	return File{name, io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content)))}
}

// FileOf is a file that stays where it is, for example on disk.
func FileOf(name string, content io.ReaderAt, size int64) File {
	return File{name, io.NewSectionReader(content, 0, size)}
}

// maxFile is the largest file that is looked into; a hundred thousand lines of camt.053 take about 100 MiB.
const maxFile = 512 << 20

// source is a file whose bytes have been gone over once.
type source struct {
	File
	format Format
	hash   [32]byte
	code   encodingOf
	zeros  bool // bytes that no text has
}

type encodingOf int

const (
	utf8Text encodingOf = iota
	utf16Text
	windows1258
)

// look goes over a file once: its hash, its encoding, its format. Refuses: bank.file_too_large.
func look(f File) (source, error) {
	s := source{File: f}
	if f.Content.Size() > maxFile {
		return s, fault.New(fault.TooLarge, "bank.file_too_large", maxFile>>20)
	}
	head := make([]byte, min(f.Content.Size(), 4096))
	if _, err := f.Content.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return s, err
	}
	s.format = formatOf(head)
	hash, check := sha256.New(), utf8Check{}
	if _, err := io.Copy(io.MultiWriter(hash, &check), s.bytes()); err != nil {
		return s, err
	}
	hash.Sum(s.hash[:0])
	switch {
	case marked16(head):
		s.code = utf16Text
	case check.broken || len(check.tail) > 0:
		s.code = windows1258
	}
	s.zeros = check.zeros && s.code != utf16Text
	return s, nil
}

func marked16(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
}

func (s source) bytes() io.Reader { return io.NewSectionReader(s.Content, 0, s.Content.Size()) }

// utf8Check looks for bytes that are no UTF-8 while they pass by.
type utf8Check struct {
	broken, zeros bool
	tail          []byte // a letter that the end of the last piece cut
}

func (c *utf8Check) Write(p []byte) (int, error) {
	n := len(p)
	c.zeros = c.zeros || bytes.IndexByte(p, 0) >= 0
	if c.broken {
		return n, nil
	}
	if len(c.tail) > 0 {
		p = append(c.tail, p...)
		c.tail = nil
	}
	if utf8.Valid(p) {
		return n, nil
	}
	for keep := 1; keep < utf8.UTFMax && keep <= len(p); keep++ {
		if rest := p[len(p)-keep:]; utf8.RuneStart(rest[0]) {
			if !utf8.FullRune(rest) && utf8.Valid(p[:len(p)-keep]) {
				c.tail = bytes.Clone(rest)
				return n, nil
			}
			break
		}
	}
	c.broken = true
	return n, nil
}

// formatOf looks at the first bytes of a file.
func formatOf(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return XLSX
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return oldXL
	}
	if marked16(head) {
		if plain, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(head[:len(head)&^1]); err == nil {
			head = plain
		}
	}
	text := strings.TrimSpace(strings.TrimPrefix(string(head), "\ufeff"))
	lower := strings.ToLower(text)
	switch {
	case strings.HasPrefix(lower, "<") && (strings.Contains(lower, "<table") || strings.Contains(lower, "<html") || strings.Contains(lower, "<!doctype html")):
		return HTML
	case strings.HasPrefix(text, "<"):
		return Camt
	case strings.Contains(text, ":20:") && (strings.Contains(text, ":25:") || strings.Contains(text, ":25P:") || strings.Contains(text, ":60F:")):
		return MT940
	default:
		return CSV
	}
}

// text reads the content as text in one form of Unicode. What is not UTF-8 nor marked as UTF-16 is read as Windows-1258, the old Vietnamese
// code page. Refuses: bank.not_text for anything with bytes that no text has.
func (s source) text() (io.Reader, error) {
	plain, err := s.decoded()
	if err != nil {
		return nil, err
	}
	return norm.NFC.Reader(plain), nil
}

func (s source) decoded() (io.Reader, error) {
	if s.zeros {
		return nil, fault.InvalidField("file", "bank.not_text")
	}
	switch s.code {
	case utf16Text:
		return noZeros{transform.NewReader(s.bytes(), unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())}, nil
	case windows1258:
		return transform.NewReader(s.bytes(), charmap.Windows1258.NewDecoder()), nil
	default:
		return transform.NewReader(s.bytes(), unicode.BOMOverride(transform.Nop)), nil
	}
}

// noZeros refuses letters that no text has once it is decoded.
type noZeros struct{ in io.Reader }

func (r noZeros) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	if bytes.IndexByte(p[:n], 0) >= 0 {
		return 0, fault.InvalidField("file", "bank.not_text")
	}
	return n, err
}
