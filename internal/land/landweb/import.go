package landweb

import (
	"net/http"

	"matbang/internal/fault"
	"matbang/internal/land"
	"matbang/internal/land/landsheet"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

// shownRows is how many faults of a file, and how many of its cases, are listed on the page.
const shownRows = 200

func (w Web) importRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/cases/import", land.Edit, w.importForm)
	k.Page(http.MethodPost, "/cases/import", land.Edit, w.importFile)
	k.Page(http.MethodGet, "/cases/template.xlsx", land.Edit, w.importTemplate)
}

func (w Web) importer() landsheet.Importer { return landsheet.Importer{Land: w.Land} }

type importPage struct {
	Project  string
	Projects []webkit.Choice
	Result   *landsheet.Result
	Planned  []landsheet.Planned
	Faults   []webkit.SheetFault
}

func (w Web) importPage(c *webkit.Ctx, project string) (importPage, error) {
	c.Crumb(c.T("menu.cases"), "/cases")
	projects, err := w.works(c)
	return importPage{Project: project, Projects: projects}, err
}

func (w Web) importForm(c *webkit.Ctx) error {
	page, err := w.importPage(c, c.Query("project"))
	if err != nil {
		return err
	}
	return c.Show("land/import", page)
}

func (w Web) importFile(c *webkit.Ctx) error {
	name, content, err := c.Upload("file", sheet.MaxFileBytes)
	page, pageErr := w.importPage(c, c.Form("project"))
	if pageErr != nil {
		return pageErr
	}
	if err != nil {
		return c.Refuse(err, "land/import", page)
	}
	opts := landsheet.Options{Project: page.Project, DryRun: c.Form("act") != "write", Today: c.Today()}
	result, err := w.importer().Import(c.Context(), c.Actor(), name, content, opts)
	if err != nil {
		return c.Refuse(err, "land/import", page)
	}
	if result.Written {
		return c.Done("/cases?project="+result.Planned[0].Project, "landsheet.imported", result.Cases, result.Parcels, result.Recovered, name)
	}
	page.Result, page.Planned, page.Faults = &result, result.Planned[:min(len(result.Planned), shownRows)], c.SheetFaults(result.Faults)
	if n := len(result.Faults); n > 0 {
		return c.Refuse(fault.New(fault.Invalid, "sheet.faults", n), "land/import", page)
	}
	return c.Show("land/import", page)
}

func (w Web) importTemplate(c *webkit.Ctx) error {
	content, err := w.importer().Template(c.Context(), c.Query("project"), c.Today())
	if err != nil {
		return err
	}
	return c.File("ho-so-thu-hoi-dat.xlsx", sheet.ContentType, content)
}
