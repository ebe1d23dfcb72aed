// Package violationweb is the pages and API of the register of violations.
package violationweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/region"
	"matbang/internal/violation"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Violations violation.Violations
	Regions    region.Regions
	Today      func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/violations", violation.Read, w.list)
	k.Page(http.MethodPost, "/violations", violation.Edit, w.add)
	k.Page(http.MethodGet, "/new/violation", violation.Edit, w.newForm)
	k.Page(http.MethodGet, "/violations/:code", violation.Read, w.show)
	k.Page(http.MethodPost, "/violations/:code", violation.Edit, w.update)
	k.Page(http.MethodPost, "/violations/:code/handle", violation.Edit, w.handle)

	const one = "/violations/{code}"
	webkit.Op(k, webkit.Operation{ID: "list-violations", Method: http.MethodGet, Path: "/violations", Permission: violation.Read,
		Summary: "Violations of construction procedure and encroachments in the scope of the caller, in the order of entering"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "create-violation", Method: http.MethodPost, Path: "/violations", Permission: violation.Edit, Status: http.StatusCreated,
		Summary: "Enter a violation that was found; no names of persons"}, w.apiAdd)
	webkit.Op(k, webkit.Operation{ID: "get-violation", Method: http.MethodGet, Path: one, Permission: violation.Read, Summary: "One violation"}, w.apiGet)
	webkit.Op(k, webkit.Operation{ID: "update-violation", Method: http.MethodPatch, Path: one, Permission: violation.Edit,
		Summary: "Change a violation, a handled one with a reason; If-Match carries its version"}, w.apiUpdate)
	webkit.Op(k, webkit.Operation{ID: "handle-violation", Method: http.MethodPost, Path: one + "/handle", Permission: violation.Edit,
		Summary: "Tell how and when a violation ended, for good, with its decision where none stands yet; If-Match carries its version"}, w.apiHandle)
}
