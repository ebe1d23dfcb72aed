// Package projectweb is the pages and API of the register of works.
package projectweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/project"
	"matbang/internal/region"
	"matbang/internal/webkit"
)

// Web answers for the register of works.
type Web struct {
	Projects project.Projects
	Regions  region.Regions
	Today    func() day.Date

	say func(lang, key string, args ...any) string
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	w.say = k.T
	k.Page(http.MethodGet, "/projects", project.Read, w.list)
	k.Page(http.MethodGet, "/projects/map", project.Read, w.drawAll)
	k.Page(http.MethodGet, "/projects/:code", project.Read, w.show)
	k.Page(http.MethodGet, "/new/project", project.Edit, w.newForm)
	k.Page(http.MethodPost, "/projects", project.Edit, w.create)
	k.Page(http.MethodGet, "/projects/:code/edit", project.Edit, w.editForm)
	k.Page(http.MethodPost, "/projects/:code", project.Edit, w.update)
	k.Page(http.MethodPost, "/projects/:code/decisions", project.Edit, w.addDecision)
	k.Page(http.MethodPost, "/projects/:code/phases", project.Edit, w.openPhase)
	k.Page(http.MethodPost, "/projects/:code/suspend", project.Edit, w.suspend)
	k.Page(http.MethodPost, "/projects/:code/resume", project.Edit, w.resume)

	webkit.Op(k, webkit.Operation{ID: "list-projects", Method: http.MethodGet, Path: "/projects", Permission: project.Read,
		Summary: "Works in the scope of the caller"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "create-project", Method: http.MethodPost, Path: "/projects", Permission: project.Edit, Status: http.StatusCreated,
		Summary: "Enter a work"}, w.apiCreate)
	webkit.Op(k, webkit.Operation{ID: "get-project", Method: http.MethodGet, Path: "/projects/{code}", Permission: project.Read,
		Summary: "One work with its decisions, versions, phases, place and points to look at again"}, w.apiGet)
	webkit.Op(k, webkit.Operation{ID: "update-project", Method: http.MethodPatch, Path: "/projects/{code}", Permission: project.Edit,
		Summary: "Change a work; If-Match carries its version"}, w.apiUpdate)
	webkit.Op(k, webkit.Operation{ID: "add-project-decision", Method: http.MethodPost, Path: "/projects/{code}/decisions", Permission: project.Edit,
		Status: http.StatusCreated, Summary: "Record a policy, investment, adjustment or settlement decision with its parts"}, w.apiAddDecision)
	webkit.Op(k, webkit.Operation{ID: "open-project-phase", Method: http.MethodPost, Path: "/projects/{code}/phases", Permission: project.Edit,
		Status: http.StatusCreated, Summary: "Open the next phase; If-Match carries the version"}, w.apiOpenPhase)
	webkit.Op(k, webkit.Operation{ID: "suspend-project", Method: http.MethodPost, Path: "/projects/{code}/suspend", Permission: project.Edit,
		Summary: "Suspend a work; If-Match carries the version"}, w.apiSuspend)
	webkit.Op(k, webkit.Operation{ID: "resume-project", Method: http.MethodPost, Path: "/projects/{code}/resume", Permission: project.Edit,
		Summary: "Let a suspended work go on; If-Match carries the version"}, w.apiResume)
}
