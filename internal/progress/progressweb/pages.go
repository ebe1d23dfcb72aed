package progressweb

import (
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/progress"
	"matbang/internal/progress/progresssheet"
	"matbang/internal/project"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

type historyPage struct {
	Project project.Project
	Year    int
	Work    progress.Work
	Entries []progress.Entry
	Chart   webkit.Chart
}

func (w Web) history(c *webkit.Ctx) error {
	code := c.Param("code")
	page := historyPage{Year: c.Month().Year()}
	var err error
	if page.Project, err = w.Projects.Get(c.Context(), c.Actor(), code); err != nil {
		return err
	}
	if page.Work, err = w.Progress.Work(c.Context(), c.Actor(), code, c.Month()); err != nil {
		return err
	}
	if page.Entries, err = w.Progress.Entries(c.Context(), c.Actor(), code); err != nil {
		return err
	}
	if page.Chart, err = w.Curve(c, page.Project, c.Month()); err != nil {
		return err
	}
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(page.Project.Code+" "+page.Project.Name, "/projects/"+code)
	c.Crumb(c.T("menu.progress"), "")
	return c.Show("progress/history", page)
}

// faultLine is a fault of a file in the person's language.
type faultLine struct {
	Sheet         string
	Row           int
	Column, Title string
	Found, Text   string
}

// shownFaults is how many faults of a file are listed on the page.
const shownFaults = 200

type importPage struct {
	Result *progresssheet.Result
	Faults []faultLine
}

func (w Web) importForm(c *webkit.Ctx) error {
	return c.Show("progress/import", importPage{})
}

func (w Web) importFile(c *webkit.Ctx) error {
	name, content, err := c.Upload("file", sheet.MaxFileBytes)
	if err != nil {
		return c.Refuse(err, "progress/import", importPage{})
	}
	result, err := w.importer().Import(c.Context(), c.Actor(), name, content, c.Form("act") != "write", c.Today())
	if err != nil {
		return c.Refuse(err, "progress/import", importPage{})
	}
	if result.Written {
		return c.Done("/progress?month="+result.Months[len(result.Months)-1].String(), "progress.imported", result.Rows, name)
	}
	page := importPage{Result: &result, Faults: faultLines(c, result.Faults)}
	if n := len(result.Faults); n > 0 {
		return c.Refuse(fault.New(fault.Invalid, "sheet.faults", n), "progress/import", page)
	}
	return c.Show("progress/import", page)
}

func faultLines(c *webkit.Ctx, faults []sheet.Fault) []faultLine {
	lines := make([]faultLine, 0, min(len(faults), shownFaults))
	for _, f := range faults[:min(len(faults), shownFaults)] {
		lines = append(lines, faultLine{f.Sheet, f.Row, f.Column, f.Title, f.Found, c.T("fault."+f.Code, f.Args...)})
	}
	return lines
}

// template is a file to fill in, with the works of the person's scope and the month of work already in it.
func (w Web) template(c *webkit.Ctx) error {
	query := listing.Query{Per: listing.MaxLimit}
	grid, err := w.Progress.Grid(c.Context(), c.Actor(), c.Month(), progress.GridFilter{}, query)
	if err != nil {
		return err
	}
	content, err := progresssheet.Template(c.Month(), grid.Items)
	if err != nil {
		return err
	}
	return c.File("tien-do-"+c.Month().String()+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", content)
}
