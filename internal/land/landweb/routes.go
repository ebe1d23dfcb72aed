// Package landweb is the pages and API of land recovery: cases with their steps, and holders.
package landweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/land"
	"matbang/internal/webkit"
)

// Web answers for land recovery.
type Web struct {
	Land  land.Land
	Today func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/cases", land.Read, w.list)
	k.Page(http.MethodGet, "/cases/:code", land.Read, w.show)
	k.Page(http.MethodGet, "/new/case", land.Edit, w.newForm)
	k.Page(http.MethodPost, "/cases", land.Edit, w.create)
	k.Page(http.MethodGet, "/cases/:code/edit", land.Edit, w.editForm)
	k.Page(http.MethodPost, "/cases/:code", land.Edit, w.update)
	k.Page(http.MethodPost, "/cases/:code/steps", land.DoStep, w.recordStep)
	k.Page(http.MethodPost, "/cases/:code/steps/withdraw", land.DoStep, w.withdrawStep)
	w.importRoutes(k)

	k.Page(http.MethodGet, "/holders", land.Read, w.holders)
	k.Page(http.MethodGet, "/holders/:code", land.Read, w.holder)
	k.Page(http.MethodPost, "/holders/:code/numbers", land.OpenIdentity, w.openNumbers)
	k.Page(http.MethodGet, "/holders/:code/edit", land.Edit, w.holderForm)
	k.Page(http.MethodPost, "/holders/:code", land.Edit, w.updateHolder)

	webkit.Op(k, webkit.Operation{ID: "list-cases", Method: http.MethodGet, Path: "/cases", Permission: land.Read,
		Summary: "Cases in the scope of the caller"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "create-case", Method: http.MethodPost, Path: "/cases", Permission: land.Edit, Status: http.StatusCreated,
		Summary: "Open a case for a known or a new holder"}, w.apiCreate)
	webkit.Op(k, webkit.Operation{ID: "get-case", Method: http.MethodGet, Path: "/cases/{code}", Permission: land.Read,
		Summary: "One case with holder, parcels, steps and money; numbers of persons are masked"}, w.apiGet)
	webkit.Op(k, webkit.Operation{ID: "update-case", Method: http.MethodPatch, Path: "/cases/{code}", Permission: land.Edit,
		Summary: "Change note or parcels of a case; If-Match carries its version"}, w.apiUpdate)
	webkit.Op(k, webkit.Operation{ID: "record-step", Method: http.MethodPost, Path: "/cases/{code}/steps", Permission: land.DoStep, Status: http.StatusCreated,
		Summary: "Record a step of a case; the order and the notice period of the law hold"}, w.apiStep)
}
