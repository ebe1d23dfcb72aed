// Package capitalweb is the pages and API of the capital of a work.
package capitalweb

import (
	"net/http"

	"matbang/internal/capital"
	"matbang/internal/capital/capitalsheet"
	"matbang/internal/day"
	"matbang/internal/project"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Capital  capital.Capital
	Projects project.Projects
	Today    func() day.Date
}

func (w Web) importer() capitalsheet.Importer { return capitalsheet.Importer{Capital: w.Capital} }

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/projects/:code/capital", capital.Read, w.show)
	k.Page(http.MethodPost, "/projects/:code/capital", capital.Edit, w.add)
	k.Page(http.MethodPost, "/projects/:code/medium-term", capital.Edit, w.addMedium)
	k.Page(http.MethodPost, "/projects/:code/capital/months", capital.Edit, w.saveMonths)
	k.Page(http.MethodGet, "/capital/import", capital.Edit, w.importForm)
	k.Page(http.MethodPost, "/capital/import", capital.Edit, w.importFile)
	k.Page(http.MethodGet, "/capital/template.xlsx", capital.Edit, w.template)
	w.operations(k)
}

func (w Web) operations(k *webkit.Kit) {
	const months = "/projects/{code}/capital/{year}/months"
	webkit.Op(k, webkit.Operation{ID: "list-capital", Method: http.MethodGet, Path: "/projects/{code}/capital", Permission: capital.Read,
		Summary: "Capital lines of a work, and what may be drawn and is drawn of each source and year"}, w.apiCapital)
	webkit.Op(k, webkit.Operation{ID: "add-capital-decision", Method: http.MethodPost, Path: "/projects/{code}/capital", Permission: capital.Edit,
		Status: http.StatusCreated, Summary: "Assign, adjust, carry over or advance capital by a decision"}, w.apiAddCapital)
	webkit.Op(k, webkit.Operation{ID: "list-medium-term", Method: http.MethodGet, Path: "/projects/{code}/medium-term", Permission: capital.Read,
		Summary: "Medium-term plan of a work"}, w.apiMedium)
	webkit.Op(k, webkit.Operation{ID: "add-medium-term-decision", Method: http.MethodPost, Path: "/projects/{code}/medium-term", Permission: capital.Edit,
		Status: http.StatusCreated, Summary: "Assign or adjust the medium-term plan by a decision"}, w.apiAddMedium)
	webkit.Op(k, webkit.Operation{ID: "get-month-plan", Method: http.MethodGet, Path: months, Permission: capital.Read,
		Summary: "How a work means to draw a year's money, by month"}, w.apiMonths)
	webkit.Op(k, webkit.Operation{ID: "save-month-plan", Method: http.MethodPut, Path: months, Permission: capital.Edit,
		Summary: "Plan a year's money by month; If-Match carries the version that is replaced"}, w.apiSaveMonths)
}
