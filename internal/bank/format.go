package bank

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
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

// formatOf looks at the first bytes of a file.
func formatOf(content []byte) Format {
	head := content[:min(len(content), 4096)]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return XLSX
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return oldXL
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

// textOf reads bytes as text in one form of Unicode. What is not UTF-8 nor marked as UTF-16 is read as Windows-1258, the old Vietnamese code page.
// Refuses: bank.not_text for anything with bytes that no text has.
func textOf(content []byte) (string, error) {
	var decoder *encoding.Decoder
	switch {
	case bytes.HasPrefix(content, []byte{0xff, 0xfe}), bytes.HasPrefix(content, []byte{0xfe, 0xff}):
		decoder = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case bytes.IndexByte(content, 0) >= 0:
		return "", fault.InvalidField("file", "bank.not_text")
	case !utf8.Valid(content):
		decoder = charmap.Windows1258.NewDecoder()
	}
	if decoder != nil {
		decoded, err := decoder.Bytes(content)
		if err != nil || bytes.IndexByte(decoded, 0) >= 0 {
			return "", fault.InvalidField("file", "bank.not_text")
		}
		content = decoded
	}
	return norm.NFC.String(strings.TrimPrefix(string(content), "\ufeff")), nil
}

// exactly reads the interbank formats, which say themselves what each part is.
func exactly(format Format, content []byte) ([]Inspected, error) {
	if format == Camt {
		return readCamt(content)
	}
	text, err := textOf(content)
	if err != nil {
		return nil, err
	}
	return readMT940(text)
}
