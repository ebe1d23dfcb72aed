package progressweb

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/progress/progresssheet"
	"matbang/internal/webkit"
)

// pasteForm is the grid with the box for pasting open, for browsers without scripts.
func (w Web) pasteForm(c *webkit.Ctx) error {
	page, err := w.gridPage(c)
	if err != nil {
		return err
	}
	page.Pasting = true
	return c.Show("progress/grid", page)
}

// paste reads a block out of a spreadsheet into the grid's cells. Nothing is saved: a page with scripts gets the cells, one without them the
// grid filled in, each bad cell marked.
func (w Web) paste(c *webkit.Ctx) error {
	page, err := w.posted(c)
	if err != nil {
		return err
	}
	_, _ = page.read(c) // what was typed before stays
	page.Pasting, page.Paste, page.Unit = true, c.Request().PostForm.Get("paste"), c.Form("unit")
	block, err := progresssheet.ReadPaste(page.Paste, progresssheet.UnitOf(page.Unit), page.Month)
	if strings.Contains(c.Request().Header.Get("Accept"), "application/json") {
		return page.pastedJSON(c, block, err)
	}
	if err == nil {
		err = page.fill(c, block)
	}
	if err != nil {
		return c.Refuse(err, "progress/grid", page)
	}
	page.Pasting = false
	return c.Show("progress/grid", page)
}

// pastedCell is a cell for the page's script.
type pastedCell struct {
	Code  string `json:"code"`
	Field string `json:"field"`
	Text  string `json:"text"`
	Fault string `json:"fault,omitempty"`
}

type pastedAnswer struct {
	Cells []pastedCell `json:"cells"`
	Notes []string     `json:"notes"`
	Fault string       `json:"fault,omitempty"` // the block as a whole
}

func (p *gridPage) pastedJSON(c *webkit.Ctx, block progresssheet.Paste, err error) error {
	answer := pastedAnswer{Cells: []pastedCell{}, Notes: pasteNotes(c, block)}
	var f *fault.Fault
	if errors.As(err, &f) && len(f.Fields) > 0 {
		answer.Fault = c.T("fault."+f.Fields[0].Code, f.Fields[0].Args...)
		return writeJSON(c, http.StatusUnprocessableEntity, answer)
	}
	if err != nil {
		return err
	}
	for _, cell := range p.judged(block) {
		shown := pastedCell{Code: cell.Code, Field: cell.Field, Text: cell.Text}
		if cell.Fault != "" {
			shown.Fault = c.T("fault."+cell.Fault, cell.Args...)
		}
		answer.Cells = append(answer.Cells, shown)
	}
	return writeJSON(c, http.StatusOK, answer)
}

// judged is the block's cells with what the page says of their works: unknown here, or no longer to be changed. One fault a work is enough.
func (p *gridPage) judged(block progresssheet.Paste) []progresssheet.PastedCell {
	rows := map[string]*gridRow{}
	for i := range p.Rows {
		rows[p.Rows[i].Code] = &p.Rows[i]
	}
	told := map[string]bool{}
	cells := make([]progresssheet.PastedCell, 0, len(block.Cells))
	for _, cell := range block.Cells {
		row := rows[cell.Code]
		switch {
		case cell.Code == "" || row != nil && row.Edit:
			cells = append(cells, cell)
		case !told[cell.Code]:
			told[cell.Code] = true
			code, args := "progress.paste.unknown", []any{cell.Code, cell.Line}
			if row != nil {
				code, args = "progress.paste.fixed", []any{cell.Code, "@progress.state." + stateKey(row.State)}
			}
			cells = append(cells, progresssheet.PastedCell{Line: cell.Line, Code: cell.Code, Field: "code", Text: cell.Code, Fault: code, Args: args})
		}
	}
	return cells
}

// fill puts the block into the page. Refuses with every bad cell, which keeps what stood in the block.
func (p *gridPage) fill(c *webkit.Ctx, block progresssheet.Paste) error {
	var wrong fault.Wrong
	rows := map[string]*gridRow{}
	for i := range p.Rows {
		rows[p.Rows[i].Code] = &p.Rows[i]
	}
	filled := 0
	for _, cell := range p.judged(block) {
		if row := rows[cell.Code]; row != nil && row.Edit {
			row.Typed.set(cell.Field, cell.Text)
			filled++
		}
		if cell.Fault != "" {
			wrong.Add(progress.FieldOf(cell.Code, cell.Field), cell.Fault, cell.Args...)
			p.CellText = append(p.CellText, pastedText(c, cell))
		}
	}
	p.Notes = append(pasteNotes(c, block), c.T("progress.paste.filled", filled))
	return wrong.Err()
}

// pastedText names work and field before what is wrong: "7941415, Giải ngân: …". A line without a work names itself.
func pastedText(c *webkit.Ctx, cell progresssheet.PastedCell) string {
	text := c.T("fault."+cell.Fault, cell.Args...)
	if cell.Field == "code" {
		return text
	}
	return fmt.Sprintf("%s, %s: %s", cell.Code, c.T(fieldKey(cell.Field)), text)
}

func fieldKey(field string) string {
	switch field {
	case "executed":
		return "progress.executed"
	case "estimate_month_end":
		return "progress.estimate"
	case "disbursed":
		return "progress.disbursed"
	case "disbursed_treasury":
		return "progress.treasury"
	case "physical":
		return "progress.physical"
	case "no_change":
		return "progress.no_change"
	case "reason":
		return "progress.why"
	case "note":
		return "note"
	default:
		return "project.code"
	}
}

// pasteNotes tells what of the block was passed over.
func pasteNotes(c *webkit.Ctx, block progresssheet.Paste) []string {
	notes := []string{}
	if n := len(block.Skipped); n > 0 {
		lines := make([]string, 0, n)
		for _, line := range block.Skipped[:min(n, 20)] {
			lines = append(lines, fmt.Sprint(line))
		}
		notes = append(notes, c.T("progress.paste.skipped", n, strings.Join(lines, ", ")))
	}
	if len(block.Unused) > 0 {
		notes = append(notes, c.T("progress.paste.unused", strings.Join(block.Unused, ", ")))
	}
	return notes
}
