package paper

import "strings"

const pad = 0.8 // above and below the text of a cell

func (t Table) size() int {
	if t.Size == 0 {
		return 12
	}
	return t.Size
}

// widths shares the width of the page out among the columns.
func (p *press) widths(t Table) []mm {
	whole := 0
	for _, c := range t.Columns {
		whole += c.Width
	}
	widths := make([]mm, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = p.inner() * mm(c.Width) / mm(max(whole, 1))
	}
	return widths
}

// table prints rows whole, the head again on each page. The last two rows stay with the signatures after them.
func (p *press) table(t Table, kept mm) {
	widths := p.widths(t)
	head, titled := t.head()
	first := mm(0)
	if titled {
		first = p.rowHeight(t, head, widths, true)
	}
	if len(t.Rows) > 0 {
		p.need(first + p.rowHeight(t, t.Rows[0], widths, false))
	}
	if titled {
		p.row(t, head, widths, true)
	}
	for i, r := range t.Rows {
		need := p.rowHeight(t, r, widths, false)
		if i >= len(t.Rows)-2 && kept > 0 {
			for _, after := range t.Rows[i+1:] {
				need += p.rowHeight(t, after, widths, false)
			}
			need += kept
		}
		page := p.page
		if p.need(need); p.page != page && titled {
			p.row(t, head, widths, true)
		}
		p.row(t, r, widths, false)
	}
	p.SetXY(p.left, p.GetY()+2)
}

// cellLines breaks the text of a cell at its width; a line break in it stays one.
func (p *press) cellLines(t Table, r Row, column int, width mm, head bool) []string {
	p.font(style(r.Total, false), t.size())
	if column >= len(r.Cells) || r.Cells[column] == "" {
		return []string{""}
	}
	if !head && t.Columns[column].Align == Right && !strings.Contains(r.Cells[column], "\n") {
		return []string{clean(r.Cells[column])} // a number is never broken: row makes it smaller instead
	}
	var lines []string
	for _, part := range strings.Split(r.Cells[column], "\n") {
		if split := p.SplitText(clean(part), width); len(split) > 0 {
			lines = append(lines, split...)
		}
	}
	return lines
}

func (p *press) rowHeight(t Table, r Row, widths []mm, head bool) mm {
	most := 1
	for i, w := range widths {
		most = max(most, len(p.cellLines(t, r, i, w, head)))
	}
	return min(max(mm(most)*line(t.size())+2*pad, mm(r.Height)), p.height-p.top-p.bottom)
}

func (p *press) row(t Table, r Row, widths []mm, head bool) {
	height := p.rowHeight(t, r, widths, head)
	x, y := p.left, p.GetY()
	for i, w := range widths {
		if head && !t.Open {
			p.SetFillColor(238, 238, 238)
			p.Rect(x, y, w, height, "F")
		}
		if !t.Open {
			p.Rect(x, y, w, height, "D")
		}
		lines := p.cellLines(t, r, i, w, head)
		align, at := letter(t.Columns[i].Align), y+pad
		if head {
			align, at = "C", y+(height-mm(len(lines))*line(t.size()))/2
		}
		for size := t.size(); size > 4 && len(lines) == 1 && align == "R" && p.GetStringWidth(lines[0]) > w-1.6; size-- {
			p.font(style(r.Total, false), size)
		}
		for _, l := range lines {
			p.SetXY(x, at)
			p.CellFormat(w, line(t.size()), strings.TrimSpace(l), "", 0, align, false, 0, "")
			at += line(t.size())
		}
		x += w
	}
	p.SetXY(p.left, y+height)
}

func (p *press) signHeight(s []Signature) mm {
	most, width := 0, p.inner()/mm(max(len(s), 1))
	p.font("B", bodySize)
	for _, one := range s {
		most = max(most, len(p.SplitText(clean(upper(one.Role)), width)))
	}
	return 3 + mm(most)*line(bodySize) + line(11) + signSpace + 2*line(bodySize)
}

// signatures stand side by side: who signs, how, the room for it, and the name.
func (p *press) signatures(s []Signature) {
	p.need(p.signHeight(s))
	width, size := p.inner()/mm(max(len(s), 1)), bodySize
	if len(s) > 3 {
		size = 11
	}
	top := p.GetY() + 3
	roles := top
	for i, one := range s {
		if len(one.Copies) > 0 {
			p.copies(one.Copies, p.left+mm(i)*width, top, width)
		}
		p.font("B", size)
		roles = max(roles, p.centred(p.left+mm(i)*width, top, width, upper(one.Role), size))
	}
	end := roles
	for i, one := range s {
		x := p.left + mm(i)*width
		p.font("I", 11)
		hint := p.centred(x, roles, width, one.Hint, 11)
		p.font("B", size)
		end = max(end, p.centred(x, hint+signSpace, width, one.Name, size))
	}
	p.SetXY(p.left, end+2)
}

// copies is the list of who receives the paper.
func (p *press) copies(to []string, x, y, width mm) {
	p.font("BI", 12)
	p.SetXY(x, y)
	p.CellFormat(width, line(12), receivers, "", 0, "L", false, 0, "")
	p.font("", 11)
	for i, one := range to {
		p.SetXY(x, y+line(12)+mm(i)*line(11))
		p.CellFormat(width, line(11), clean(one), "", 0, "L", false, 0, "")
	}
}
