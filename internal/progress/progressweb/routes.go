// Package progressweb is the pages and API of monthly entries and obstacles.
package progressweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/progress"
	"matbang/internal/progress/progresssheet"
	"matbang/internal/project"
	"matbang/internal/webkit"
)

// Web answers for monthly entries and obstacles.
type Web struct {
	Progress progress.Progress
	Projects project.Projects
	Today    func() day.Date
	Say      func(lang, key string, args ...any) string                                       // words of the API's hints
	Curve    func(c *webkit.Ctx, work project.Project, month day.Month) (webkit.Chart, error) // of the work's year: app knows plan, treasury and forecast
}

func (w Web) importer() progresssheet.Importer {
	return progresssheet.Importer{Progress: w.Progress}
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/progress", progress.Read, w.grid)
	k.Page(http.MethodPost, "/progress", progress.Enter, w.save)
	k.Page(http.MethodPost, "/progress/draft", progress.Enter, w.draft)
	k.Page(http.MethodGet, "/progress/paste", progress.Enter, w.pasteForm)
	k.Page(http.MethodPost, "/progress/paste", progress.Enter, w.paste)
	k.Page(http.MethodPost, "/progress/accept", progress.Accept, w.accept)
	k.Page(http.MethodPost, "/progress/return", progress.Accept, w.giveBack)
	k.Page(http.MethodGet, "/progress/import", progress.Enter, w.importForm)
	k.Page(http.MethodPost, "/progress/import", progress.Enter, w.importFile)
	k.Page(http.MethodGet, "/progress/template.xlsx", progress.Enter, w.template)
	k.Page(http.MethodGet, "/projects/:code/progress", progress.Read, w.history)
	w.adjustmentRoutes(k)
	w.obstacleRoutes(k)
	w.missingRoutes(k)
	w.operations(k)
}

func (w Web) operations(k *webkit.Kit) {
	const entry = "/projects/{code}/progress/{month}"
	webkit.Op(k, webkit.Operation{ID: "list-progress", Method: http.MethodGet, Path: "/projects/{code}/progress", Permission: progress.Read,
		Summary: "Monthly entries of a work, newest first"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "save-progress", Method: http.MethodPut, Path: entry, Permission: progress.Enter,
		Summary: "Enter a month as a draft; If-Match carries the version of the entry that is replaced"}, w.apiSave)
	webkit.Op(k, webkit.Operation{ID: "submit-progress", Method: http.MethodPost, Path: entry + "/submit", Permission: progress.Enter,
		Summary: "Hand an entry in"}, w.apiSubmit)
	webkit.Op(k, webkit.Operation{ID: "accept-progress", Method: http.MethodPost, Path: entry + "/accept", Permission: progress.Accept,
		Summary: "Accept an entry that others entered and submitted"}, w.apiAccept)
	webkit.Op(k, webkit.Operation{ID: "return-progress", Method: http.MethodPost, Path: entry + "/return", Permission: progress.Accept,
		Summary: "Give an entry back with a reason"}, w.apiReturn)
	w.obstacleOperations(k)
}
