package paper

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"golang.org/x/text/unicode/norm"
)

// mm is a length on paper. The library draws with these; no money is ever one.
type mm = float64

const (
	family    = "serif"
	pointMM   = 25.4 / 72
	bodySize  = 13
	signSpace = 24 // room for a signature and a stamp
)

// PDF writes documents one after another into one file. The typeface, Liberation Serif, has the measures of Times New Roman, which the decree
// wants and which may not be handed on; it goes into the file.
func PDF(out io.Writer, docs ...Doc) error {
	p := &press{Fpdf: fpdf.New("P", "mm", "A4", "")}
	for style, ttf := range map[string][]byte{"": liberationserifregular.TTF, "B": liberationserifbold.TTF, "I": liberationserifitalic.TTF, "BI": liberationserifbolditalic.TTF} {
		p.AddUTF8FontFromBytes(family, style, bytes.Clone(ttf))
	}
	when := made(docs)
	p.SetCreationDate(when)
	p.SetModificationDate(when)
	p.SetCatalogSort(true)
	p.SetProducer("Mặt Bằng", true)
	p.SetAutoPageBreak(false, 0)
	p.SetCellMargin(1)
	p.SetLineWidth(0.2)
	for i, d := range docs {
		if i == 0 {
			p.SetTitle(clean(d.Title), true)
		}
		p.print(d)
	}
	return p.Output(out)
}

// press is the page being printed.
type press struct {
	*fpdf.Fpdf
	doc                      Doc
	left, right, top, bottom mm
	width, height            mm
	page                     int // of this document
}

func (p *press) print(d Doc) {
	p.doc, p.page = d, 0
	p.left, p.right, p.top, p.bottom = 30, 15, 20, 20
	p.width, p.height = 210, 297
	if d.Landscape {
		p.left, p.right, p.top, p.bottom = 20, 15, 20, 18
		p.width, p.height = 297, 210
	}
	p.turn()
	if !d.Plain {
		p.head()
	}
	p.title()
	for i, b := range d.Body {
		switch {
		case b.Paragraph != nil:
			p.paragraph(*b.Paragraph, p.kept(d.Body[i+1:]))
		case b.Table != nil:
			p.table(*b.Table, p.kept(d.Body[i+1:]))
		default:
			p.signatures(b.Signatures)
		}
	}
}

func (p *press) inner() mm { return p.width - p.left - p.right }

// turn begins the next page: its number in the middle of the upper margin from the second on, the foot at the bottom.
func (p *press) turn() {
	p.page++
	orientation := "P"
	if p.doc.Landscape {
		orientation = "L"
	}
	p.AddPageFormat(orientation, fpdf.SizeType{Wd: 210, Ht: 297})
	if p.page > 1 {
		p.font("", bodySize)
		p.SetXY(p.left, 10)
		p.CellFormat(p.inner(), 5, strconv.Itoa(p.page), "", 0, "C", false, 0, "")
	}
	p.font("", 8)
	p.SetTextColor(90, 90, 90)
	p.SetXY(p.left, p.height-12)
	p.CellFormat(p.inner(), 4, clean(p.doc.Foot), "", 0, "L", false, 0, "")
	p.SetTextColor(0, 0, 0)
	p.SetXY(p.left, p.top)
}

// need turns the page when less than this is left of it.
func (p *press) need(height mm) {
	if p.GetY()+height > p.height-p.bottom {
		p.turn()
	}
}

func (p *press) font(style string, size int) { p.SetFont(family, style, mm(size)) }

// line is the height of a line of text of a size.
func line(size int) mm { return mm(size) * pointMM * 1.2 }

// head is two columns: who issues it, and the national title with its motto underlined.
func (p *press) head() {
	half := p.inner() * 0.44
	x, y := p.left, p.GetY()
	if p.doc.Form != "" {
		p.font("I", 11)
		p.SetXY(x, y-6)
		p.CellFormat(p.inner(), 5, clean(p.doc.Form), "", 0, "R", false, 0, "")
	}
	p.font("", 12)
	bottom := p.centred(x, y, half, upper(p.doc.Parent), 12)
	p.font("B", 12)
	bottom = p.centred(x, bottom, half, upper(p.doc.Agency), 12)
	p.rule(x+half/2, bottom+0.8, half*0.35)

	right := p.inner() - half
	p.font("B", 12)
	next := p.centred(x+half, y, right, nation, 12)
	p.font("B", 13)
	next = p.centred(x+half, next, right, motto, 13)
	p.rule(x+half+right/2, next+0.8, p.GetStringWidth(motto))

	y = max(bottom, next) + 3
	p.font("", 13)
	p.centred(x, y, half, p.doc.numberLine(), 13)
	p.font("I", 13)
	p.SetXY(x, p.centred(x+half, y, right, p.doc.dayLine(), 13)+3)
}

// centred writes text in the middle of a column and tells where it ends.
func (p *press) centred(x, y, width mm, text string, size int) mm {
	if text == "" {
		return y
	}
	lines := p.SplitText(clean(text), width)
	for narrow := width * 0.95; len(lines) > 1 && narrow > width/2; narrow -= width / 20 { // as even as they get
		if again := p.SplitText(clean(text), narrow); len(again) == len(lines) {
			lines = again
		}
	}
	for _, l := range lines {
		p.SetXY(x, y)
		p.CellFormat(width, line(size), strings.TrimSpace(l), "", 0, "C", false, 0, "")
		y += line(size)
	}
	return y
}

func (p *press) rule(middle, y, length mm) { p.Line(middle-length/2, y, middle+length/2, y) }

func (p *press) title() {
	y := p.GetY() + 2
	if p.doc.Plain && p.doc.Form != "" {
		p.font("I", 11)
		p.SetXY(p.left, y)
		p.CellFormat(p.inner(), 5, clean(p.doc.Form), "", 0, "R", false, 0, "")
		y += 7
	}
	p.font("B", 14)
	y = p.centred(p.left, y, p.inner(), upper(p.doc.Title), 14)
	if p.doc.About != "" {
		p.font("B", bodySize)
		y = p.centred(p.left, y, p.inner(), p.doc.About, bodySize)
	}
	p.SetXY(p.left, y+3)
}

func style(bold, italic bool) string {
	s := ""
	if bold {
		s = "B"
	}
	if italic {
		s += "I"
	}
	return s
}

// paragraph writes running text line by line, so that a page may end inside it. kept is what must not be parted from its last two lines.
func (p *press) paragraph(g Paragraph, kept mm) {
	p.font(style(g.Bold, g.Italic), bodySize)
	lines := p.lines(g)
	step := line(bodySize) + 0.6
	for i, l := range lines {
		need := step
		if i == max(0, len(lines)-2) && kept > 0 {
			need = step*mm(len(lines)-i) + kept
		}
		p.need(need)
		p.font(style(g.Bold, g.Italic), bodySize)
		p.textLine(g, l, i == 0, i == len(lines)-1, step)
	}
	p.SetXY(p.left, p.GetY()+1.5)
}

const indent = 10

// lines breaks a paragraph; the first line is shorter by the indent, which stands in as spaces of the same width.
func (p *press) lines(g Paragraph) []string {
	text := clean(g.Text)
	if g.Indent {
		spaces := int(indent/p.GetStringWidth(" ")) + 1
		text = strings.Repeat("\u00a0", spaces) + text
	}
	if text == "" {
		return []string{""}
	}
	return p.SplitText(text, p.inner())
}

// textLine writes one line; a justified one stretches its spaces, but in the last line of its paragraph.
func (p *press) textLine(g Paragraph, text string, first, last bool, step mm) {
	x, width, y := p.left, p.inner(), p.GetY()
	text = strings.TrimRight(text, " ")
	if first && g.Indent {
		text = strings.TrimLeft(text, "\u00a0")
		x, width = x+indent, width-indent
	}
	words := strings.Fields(text)
	if g.Align == Justify && !last && len(words) > 1 {
		used := mm(0)
		for _, w := range words {
			used += p.GetStringWidth(w)
		}
		gap := (width - 2 - used) / mm(len(words)-1)
		for _, w := range words {
			p.SetXY(x, y)
			p.CellFormat(p.GetStringWidth(w)+2, step, w, "", 0, "L", false, 0, "")
			x += p.GetStringWidth(w) + gap
		}
	} else {
		p.SetXY(x, y)
		p.CellFormat(width, step, text, "", 0, letter(g.Align), false, 0, "")
	}
	p.SetXY(p.left, y+step)
}

func letter(a Align) string {
	switch a {
	case Right:
		return "R"
	case Center:
		return "C"
	default:
		return "L"
	}
}

// kept is the height of what stands between a block and the signatures after it, with them; 0 when none follow soon.
func (p *press) kept(rest []Block) mm {
	height := mm(0)
	for _, b := range rest {
		switch {
		case b.Paragraph != nil:
			p.font(style(b.Paragraph.Bold, b.Paragraph.Italic), bodySize)
			height += mm(len(p.lines(*b.Paragraph)))*(line(bodySize)+0.6) + 1.5
		case b.Table != nil:
			return 0
		default:
			height += p.signHeight(b.Signatures)
			if height > (p.height-p.top-p.bottom)/2 {
				return 0
			}
			return height
		}
	}
	return 0
}

func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\r' || r == '\n':
			return ' '
		case r < ' ' || r == 0x7f:
			return -1
		case r > 0xffff:
			return '□'
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(text, "\ufffd")))
}

func upper(text string) string { return strings.ToUpper(text) }
