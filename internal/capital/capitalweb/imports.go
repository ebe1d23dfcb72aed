package capitalweb

import (
	"fmt"

	"matbang/internal/capital/capitalsheet"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

type importPage struct {
	Year   int
	Result *capitalsheet.Result
	Faults []webkit.SheetFault
}

func (w Web) importPage(c *webkit.Ctx) importPage {
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(c.T("capital.import"), "")
	return importPage{Year: c.Month().Year()}
}

func (w Web) importForm(c *webkit.Ctx) error { return c.Show("capital/import", w.importPage(c)) }

func (w Web) importFile(c *webkit.Ctx) error {
	page := w.importPage(c)
	name, content, err := c.Upload("file", sheet.MaxFileBytes)
	if err != nil {
		return c.Refuse(err, "capital/import", page)
	}
	result, err := w.importer().Import(c.Context(), c.Actor(), name, content, c.Form("act") != "write", c.Today())
	if err != nil {
		return c.Refuse(err, "capital/import", page)
	}
	if result.Written {
		return c.Done("/projects", "capital.imported", result.Rows, name)
	}
	page.Result, page.Faults = &result, c.SheetFaults(result.Faults)
	if n := len(result.Faults); n > 0 {
		return c.Refuse(fault.New(fault.Invalid, "sheet.faults", n), "capital/import", page)
	}
	return c.Show("capital/import", page)
}

// template is a file to fill in, with the works of the person's scope and the year already in it.
func (w Web) template(c *webkit.Ctx) error {
	works, err := w.Projects.List(c.Context(), c.Actor(), project.Filter{}, listing.Query{Per: listing.MaxLimit})
	if err != nil {
		return err
	}
	rows := make([]capitalsheet.Work, 0, len(works.Items))
	for _, p := range works.Items {
		rows = append(rows, capitalsheet.Work{Code: p.Code, Name: p.Name})
	}
	year := c.Month().Year()
	content, err := w.importer().Template(c.Context(), year, rows)
	if err != nil {
		return err
	}
	return c.File(fmt.Sprintf("ke-hoach-von-%d.xlsx", year), sheet.ContentType, content)
}
