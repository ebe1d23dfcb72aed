// Package auditweb is the page and the API of the log of what was done.
package auditweb

import (
	"net/http"

	"matbang/internal/audit"
	"matbang/internal/webkit"
)

// Web answers for the log.
type Web struct{ Log audit.Log }

// Routes adds the addresses of the log. There is none that changes it.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/audit", audit.Read, w.list)

	webkit.Op(k, webkit.Operation{ID: "list-audit-events", Method: http.MethodGet, Path: "/audit-events", Permission: audit.Read,
		Summary: "What was done, newest first"}, w.apiList)
}
