package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// DOCX writes documents one after another into one file that Word and LibreOffice open and people go on writing in. Each is a section of
// its own, so that its pages are numbered from 1 again.
//
// The parts of the format that a printed paper needs are few, and are written here: the libraries there are either bind their users to
// the AGPL or a licence fee, or write the clock into the file.
func DOCX(out io.Writer, docs ...Doc) error {
	w := &word{}
	parts := map[string]string{}
	for i, d := range docs {
		w.document(d, i, i == len(docs)-1)
		parts[fmt.Sprintf("word/footer%d.xml", i+1)] = xmlHead + `<w:ftr ` + wordSpace + `>` + paragraphXML(Paragraph{Text: d.Foot}, 8, "") + `</w:ftr>`
	}
	parts["word/document.xml"] = xmlHead + `<w:document ` + wordSpace + `><w:body>` + w.body.String() + `</w:body></w:document>`
	parts["word/header1.xml"] = xmlHead + `<w:hdr ` + wordSpace + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`
	parts["word/styles.xml"] = xmlHead + `<w:styles ` + wordSpace + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="26"/><w:szCs w:val="26"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style></w:styles>`
	parts["docProps/core.xml"] = coreXML(docs)
	parts["_rels/.rels"] = xmlHead + `<Relationships xmlns="` + packSpace + `relationships"><Relationship Id="r1" Type="` + officeSpace + `relationships/officeDocument" Target="word/document.xml"/><Relationship Id="r2" Type="` + packSpace + `relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	parts["word/_rels/document.xml.rels"], parts["[Content_Types].xml"] = relations(len(docs)), contentTypes(len(docs))
	return packed(out, parts, len(docs), made(docs))
}

const (
	xmlHead     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	officeSpace = "http://schemas.openxmlformats.org/officeDocument/2006/"
	packSpace   = "http://schemas.openxmlformats.org/package/2006/"
	wordSpace   = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + officeSpace + `relationships"`
	wordType    = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// packed writes the parts in one order with one time, so that the same parts are the same bytes.
func packed(out io.Writer, parts map[string]string, footers int, when time.Time) error {
	names := []string{"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml", "word/_rels/document.xml.rels", "word/styles.xml", "word/header1.xml"}
	for i := range footers {
		names = append(names, fmt.Sprintf("word/footer%d.xml", i+1))
	}
	z := zip.NewWriter(out)
	for _, name := range names {
		part, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: when})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, parts[name]); err != nil {
			return err
		}
	}
	return z.Close()
}

func relations(footers int) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="` + packSpace + `relationships">`)
	b.WriteString(`<Relationship Id="styles" Type="` + officeSpace + `relationships/styles" Target="styles.xml"/><Relationship Id="header" Type="` + officeSpace + `relationships/header" Target="header1.xml"/>`)
	for i := range footers {
		fmt.Fprintf(&b, `<Relationship Id="foot%d" Type="%srelationships/footer" Target="footer%d.xml"/>`, i+1, officeSpace, i+1)
	}
	return b.String() + `</Relationships>`
}

func contentTypes(footers int) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Types xmlns="` + packSpace + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>`)
	b.WriteString(`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`)
	b.WriteString(`<Override PartName="/word/document.xml" ContentType="` + wordType + `document.main+xml"/>`)
	b.WriteString(`<Override PartName="/word/styles.xml" ContentType="` + wordType + `styles+xml"/><Override PartName="/word/header1.xml" ContentType="` + wordType + `header+xml"/>`)
	for i := range footers {
		fmt.Fprintf(&b, `<Override PartName="/word/footer%d.xml" ContentType="%sfooter+xml"/>`, i+1, wordType)
	}
	return b.String() + `</Types>`
}

func coreXML(docs []Doc) string {
	title, when := "", made(docs).Format(time.RFC3339)
	if len(docs) > 0 {
		title = docs[0].Title
	}
	return xmlHead + `<cp:coreProperties xmlns:cp="` + packSpace + `metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` +
		escaped(title) + `</dc:title><dc:creator>Mặt Bằng</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">` + when + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + when + `</dcterms:modified></cp:coreProperties>`
}

// word is the text of the document while it grows. Lengths are twentieths of a point: 1 mm is 56.7 of them.
type word struct{ body strings.Builder }

func twips(millimetres int) int { return millimetres * 567 / 10 }

func (d Doc) innerMM() int {
	if d.Landscape {
		return 262
	}
	return 165
}

func (w *word) document(d Doc, n int, last bool) {
	if !d.Plain {
		w.head(d)
	} else if d.Form != "" {
		w.body.WriteString(paragraphXML(Paragraph{Text: d.Form, Italic: true, Align: Right}, 11, ""))
	}
	w.body.WriteString(paragraphXML(Paragraph{Text: upper(d.Title), Bold: true, Align: Center}, 14, spacing(120, 0)))
	if d.About != "" {
		w.body.WriteString(paragraphXML(Paragraph{Text: d.About, Bold: true, Align: Center}, bodySize, spacing(0, 120)))
	}
	for i, b := range d.Body {
		switch {
		case b.Paragraph != nil:
			stays := ""
			if w.signsAfter(d.Body[i+1:]) {
				stays = `<w:keepNext/>`
			}
			w.body.WriteString(paragraphXML(*b.Paragraph, bodySize, stays+spacing(60, 60)))
		case b.Table != nil:
			w.table(d, *b.Table, w.signsAfter(d.Body[i+1:]))
		default:
			w.signatures(d, b.Signatures)
		}
	}
	section := sectionXML(d, n)
	if last {
		w.body.WriteString(section)
		return
	}
	w.body.WriteString(`<w:p><w:pPr>` + section + `</w:pPr></w:p>`)
}

func (w *word) signsAfter(rest []Block) bool {
	for _, b := range rest {
		if b.Paragraph == nil {
			return b.Signatures != nil
		}
	}
	return false
}

func sectionXML(d Doc, n int) string {
	size, margins := `<w:pgSz w:w="11906" w:h="16838"/>`, [4]int{20, 20, 30, 15}
	if d.Landscape {
		size, margins = `<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>`, [4]int{20, 18, 20, 15}
	}
	return fmt.Sprintf(`<w:sectPr><w:headerReference w:type="default" r:id="header"/><w:footerReference w:type="default" r:id="foot%d"/><w:footerReference w:type="first" r:id="foot%d"/><w:type w:val="nextPage"/>%s<w:pgMar w:top="%d" w:bottom="%d" w:left="%d" w:right="%d" w:header="567" w:footer="454" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>`,
		n+1, n+1, size, twips(margins[0]), twips(margins[1]), twips(margins[2]), twips(margins[3]))
}

// head is a table of two columns without lines; the rules under the agency and the motto are borders of short paragraphs.
func (w *word) head(d Doc) {
	if d.Form != "" {
		w.body.WriteString(paragraphXML(Paragraph{Text: d.Form, Italic: true, Align: Right}, 11, ""))
	}
	inner := twips(d.innerMM())
	left := inner * 44 / 100
	var a, b strings.Builder
	if d.Parent != "" {
		a.WriteString(paragraphXML(Paragraph{Text: upper(d.Parent), Align: Center}, 12, ""))
	}
	a.WriteString(paragraphXML(Paragraph{Text: upper(d.Agency), Bold: true, Align: Center}, 12, ""))
	a.WriteString(ruleXML(left / 3))
	a.WriteString(paragraphXML(Paragraph{Text: d.numberLine(), Align: Center}, bodySize, spacing(60, 0)))
	b.WriteString(paragraphXML(Paragraph{Text: nation, Bold: true, Align: Center}, 12, ""))
	b.WriteString(paragraphXML(Paragraph{Text: motto, Bold: true, Align: Center}, 13, ""))
	b.WriteString(ruleXML((inner - left - twips(57)) / 2))
	b.WriteString(paragraphXML(Paragraph{Text: d.dayLine(), Italic: true, Align: Center}, bodySize, spacing(60, 0)))
	w.open([]int{left, inner - left}, "")
	w.body.WriteString(`<w:tr>` + cellXML(left, a.String(), "") + cellXML(inner-left, b.String(), "") + `</w:tr></w:tbl>`)
}

// ruleXML is an empty line with a border, drawn in by this much on both sides.
func ruleXML(inset int) string {
	return fmt.Sprintf(`<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr><w:spacing w:before="50" w:line="120" w:lineRule="exact"/><w:ind w:left="%d" w:right="%d"/></w:pPr></w:p>`, inset, inset)
}

// open begins a table with these lines, or none.
func (w *word) open(widths []int, lines string) {
	fmt.Fprintf(&w.body, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/>%s<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>%s`, sum(widths), lines, gridXML(widths))
}

func gridXML(widths []int) string {
	var b strings.Builder
	b.WriteString(`<w:tblGrid>`)
	for _, width := range widths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, width)
	}
	return b.String() + `</w:tblGrid>`
}

func sum(widths []int) int {
	whole := 0
	for _, width := range widths {
		whole += width
	}
	return whole
}

func cellXML(width int, content, more string) string {
	return fmt.Sprintf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s</w:tcPr>%s</w:tc>`, width, more, content)
}

func (w *word) table(d Doc, t Table, signed bool) {
	whole := 0
	for _, c := range t.Columns {
		whole += c.Width
	}
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = twips(d.innerMM()) * c.Width / max(whole, 1)
	}
	lines := ""
	if !t.Open {
		lines = `<w:tblBorders>` + bordersXML() + `</w:tblBorders>`
	}
	w.open(widths, lines)
	if head, titled := t.head(); titled {
		w.row(t, head, widths, true, false)
	}
	for i, r := range t.Rows {
		w.row(t, r, widths, false, signed && i >= len(t.Rows)-2)
	}
	w.body.WriteString(`</w:tbl><w:p><w:pPr>` + keep(signed) + `<w:spacing w:line="120" w:lineRule="exact"/></w:pPr></w:p>`)
}

func keep(stays bool) string {
	if stays {
		return `<w:keepNext/>`
	}
	return ""
}

func bordersXML() string {
	var b strings.Builder
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	return b.String()
}

// head is the row of a table's titles; false when none of its columns has one.
func (t Table) head() (Row, bool) {
	row, titled := Row{Cells: make([]string, len(t.Columns)), Total: true}, false
	for i, c := range t.Columns {
		row.Cells[i] = c.Title
		titled = titled || c.Title != ""
	}
	return row, titled
}

func (w *word) row(t Table, r Row, widths []int, head, stays bool) {
	w.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if r.Height > 0 {
		fmt.Fprintf(&w.body, `<w:trHeight w:val="%d"/>`, twips(r.Height))
	}
	if head {
		w.body.WriteString(`<w:tblHeader/>`)
	}
	w.body.WriteString(`</w:trPr>`)
	for i, width := range widths {
		text, align, shade := "", t.Columns[i].Align, ""
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		if head {
			align, shade = Center, `<w:shd w:val="clear" w:color="auto" w:fill="EEEEEE"/><w:vAlign w:val="center"/>`
		}
		var content strings.Builder
		for _, part := range strings.Split(text, "\n") {
			content.WriteString(paragraphXML(Paragraph{Text: part, Bold: r.Total, Align: align}, t.size(), keep(stays)))
		}
		w.body.WriteString(cellXML(width, content.String(), shade))
	}
	w.body.WriteString(`</w:tr>`)
}

func (w *word) signatures(d Doc, s []Signature) {
	width, size := twips(d.innerMM())/max(len(s), 1), bodySize
	if len(s) > 3 {
		size = 11
	}
	widths := make([]int, len(s))
	for i := range widths {
		widths[i] = width
	}
	w.open(widths, "")
	w.body.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	for _, one := range s {
		if len(one.Copies) > 0 {
			list := paragraphXML(Paragraph{Text: receivers, Bold: true, Italic: true}, 12, spacing(60, 0))
			for _, to := range one.Copies {
				list += paragraphXML(Paragraph{Text: to}, 11, "")
			}
			w.body.WriteString(cellXML(width, list, ""))
			continue
		}
		w.body.WriteString(cellXML(width, paragraphXML(Paragraph{Text: upper(one.Role), Bold: true, Align: Center}, size, spacing(60, 0))+
			paragraphXML(Paragraph{Text: one.Hint, Italic: true, Align: Center}, 11, "")+
			paragraphXML(Paragraph{Text: one.Name, Bold: true, Align: Center}, size, spacing(twips(signSpace), 0)), ""))
	}
	w.body.WriteString(`</w:tr></w:tbl><w:p><w:pPr><w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p>`)
}

func spacing(before, after int) string {
	return fmt.Sprintf(`<w:spacing w:before="%d" w:after="%d"/>`, before, after)
}

// paragraphXML is one paragraph; more are its other properties, in the order the schema wants: what keeps it, then its spacing.
func paragraphXML(g Paragraph, size int, more string) string {
	look := ""
	if g.Bold {
		look += `<w:b/>`
	}
	if g.Italic {
		look += `<w:i/>`
	}
	if g.Indent {
		more += `<w:ind w:firstLine="567"/>`
	}
	switch g.Align {
	case Right, Center:
		more += `<w:jc w:val="` + string(g.Align) + `"/>`
	case Justify:
		more += `<w:jc w:val="both"/>`
	case Left:
	}
	return fmt.Sprintf(`<w:p><w:pPr>%s</w:pPr><w:r><w:rPr>%s<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r></w:p>`, more, look, 2*size, 2*size, escaped(g.Text))
}

func escaped(text string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(clean(text))); err != nil {
		return ""
	}
	return b.String()
}
