// Package indicatorweb is the pages and API of the figures of the year.
package indicatorweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/indicator"
	"matbang/internal/webkit"
)

// Web answers for the figures of the year.
type Web struct {
	Indicators indicator.Indicators
	Today      func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/indicators", indicator.Read, w.show)
	k.Page(http.MethodPost, "/indicators", indicator.Enter, w.save)
	k.Page(http.MethodPost, "/indicators/accept", indicator.Accept, w.accept)
	k.Page(http.MethodGet, "/new/indicator", indicator.Define, w.newForm)
	k.Page(http.MethodPost, "/indicators/define", indicator.Define, w.define)

	webkit.Op(k, webkit.Operation{ID: "list-indicators", Method: http.MethodGet, Path: "/indicators/{year}", Permission: indicator.Read,
		Summary: "The figures of a year, with plan, result, ratio and last year"}, w.apiYear)
	webkit.Op(k, webkit.Operation{ID: "save-indicators", Method: http.MethodPut, Path: "/indicators/{year}", Permission: indicator.Enter,
		Summary: "Enter figures of the own department, all or none"}, w.apiSave)
	webkit.Op(k, webkit.Operation{ID: "accept-indicators", Method: http.MethodPost, Path: "/indicators/{year}/accept", Permission: indicator.Accept,
		Summary: "Accept figures that another hand entered"}, w.apiAccept)
	webkit.Op(k, webkit.Operation{ID: "define-indicator", Method: http.MethodPost, Path: "/indicators", Permission: indicator.Define, Status: http.StatusCreated,
		Summary: "Say what is to be measured, and by which department"}, w.apiDefine)
}
