// Package paper writes documents to be printed and signed, in the form of decree 30/2020/NĐ-CP: one description, as DOCX and as PDF.
// The same description gives the same bytes, always: nothing of the clock or of the machine goes into a file.
package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"matbang/internal/day"
)

// Doc is one document; it begins on a page of its own, and its pages are numbered from 1 with the first number left out.
type Doc struct {
	Landscape      bool
	Plain          bool   // without the head of an agency and the national title: a form that brings its own title
	Form           string // the form's own name, small at the top right: "Mẫu số 05.a/TT"
	Parent, Agency string // the body above and the one that issues, in capitals
	Number         string // "05/GM-PTQĐ"; with none the place to write it stays free
	Place          string
	Day            day.Date // with none the day stays free to be written by hand
	Title, About   string
	Body           []Block
	Foot           string // stands small at the foot of every page
}

// Block is one piece of a document: exactly one of its fields is set.
type Block struct {
	Paragraph  *Paragraph
	Table      *Table
	Signatures []Signature
}

// Align is how text stands in its place.
type Align string

// The alignments.
const (
	Left    Align = ""
	Right   Align = "right"
	Center  Align = "center"
	Justify Align = "justify"
)

// Paragraph is running text; Indent begins it by one centimetre.
type Paragraph struct {
	Text         string
	Bold, Italic bool
	Align        Align
	Indent       bool
}

// Column is a column of a table; Width counts against the other columns' widths.
type Column struct {
	Title string
	Width int
	Align Align
}

// Row is a row of a table; Height is the least it takes, in millimetres, where somebody has to sign.
type Row struct {
	Cells  []string
	Total  bool
	Height int
}

// Table is a table whose head is repeated on every page. Size is that of its text in points; 0 is 12. Open has no lines.
type Table struct {
	Columns []Column
	Rows    []Row
	Size    int
	Open    bool
}

// Signature is a place to sign. Blocks beside one another are never parted from the last lines before them. One with Copies is no signature
// but the list of who receives the paper, which stands at the left.
type Signature struct {
	Role, Hint, Name string
	Copies           []string
}

// Text is a justified paragraph that begins with an indent.
func Text(text string) Block {
	return Block{Paragraph: &Paragraph{Text: text, Align: Justify, Indent: true}}
}

// Line is a paragraph as it comes.
func Line(text string) Block { return Block{Paragraph: &Paragraph{Text: text}} }

// Bold is a line in bold.
func Bold(text string) Block { return Block{Paragraph: &Paragraph{Text: text, Bold: true}} }

// Italic is a line in italics, at a side.
func Italic(text string, align Align) Block {
	return Block{Paragraph: &Paragraph{Text: text, Italic: true, Align: align}}
}

// Of is a table as a block.
func Of(t Table) Block { return Block{Table: &t} }

// Sign is a row of places to sign.
func Sign(s ...Signature) Block { return Block{Signatures: s} }

// Digest is twelve characters that tell the words of a document: any other word in it gives others, another look does not. The foot is left
// out, as it may carry them.
func (d Doc) Digest() string {
	sum := sha256.New()
	for _, word := range d.words() {
		_, _ = fmt.Fprintf(sum, "%d:%s", len(word), word) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// words are all the words of a document, in their order.
func (d Doc) words() []string {
	words := []string{d.Form, d.Parent, d.Agency, d.Number, d.Place, d.Day.String(), d.Title, d.About}
	for _, b := range d.Body {
		switch {
		case b.Paragraph != nil:
			words = append(words, b.Paragraph.Text)
		case b.Table != nil:
			for _, c := range b.Table.Columns {
				words = append(words, c.Title)
			}
			for _, r := range b.Table.Rows {
				words = append(words, r.Cells...)
			}
		default:
			for _, s := range b.Signatures {
				words = append(append(words, s.Role, s.Hint, s.Name), s.Copies...)
			}
		}
	}
	return words
}

// made is the moment a file says it was made: the document's own day, never the clock's.
func made(docs []Doc) time.Time {
	for _, d := range docs {
		if !d.Day.IsZero() {
			if t, err := time.Parse(time.DateOnly, d.Day.String()); err == nil {
				return t
			}
		}
	}
	return time.Date(2020, 3, 5, 0, 0, 0, 0, time.UTC)
}

// numberLine is the number of a document or the place for it.
func (d Doc) numberLine() string {
	if d.Number == "" {
		return "Số:          /"
	}
	return "Số: " + d.Number
}

// dayLine is the place and day of a document; days below 10 and the months 1 and 2 carry a leading zero.
func (d Doc) dayLine() string {
	if d.Day.IsZero() {
		return comma(d.Place) + "ngày       tháng       năm          "
	}
	parts := strings.Split(d.Day.VN(), "/")
	if parts[1] > "02" {
		parts[1] = strings.TrimPrefix(parts[1], "0")
	}
	return comma(d.Place) + "ngày " + parts[0] + " tháng " + parts[1] + " năm " + parts[2]
}

func comma(place string) string {
	if place == "" {
		return ""
	}
	return place + ", "
}

const (
	receivers = "Nơi nhận:"
	nation    = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
	motto     = "Độc lập - Tự do - Hạnh phúc"
)
