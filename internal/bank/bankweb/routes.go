// Package bankweb is the pages and API of statement layouts: how the file of each bank is read, tried on a real file before it is trusted.
package bankweb

import (
	"net/http"

	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Bank  bank.Bank
	Today func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/statement-profiles", bank.Read, w.profiles)
	k.Page(http.MethodGet, "/statement-profiles/:code", bank.Read, w.profile)
	k.Page(http.MethodPost, "/statement-profiles/:code", bank.Layout, w.save)
	k.Page(http.MethodPost, "/statement-profiles/:code/preview", bank.Import, w.preview)
	w.api(k)
}

func (w Web) api(k *webkit.Kit) {
	webkit.Op(k, webkit.Operation{ID: "list-statement-profiles", Method: http.MethodGet, Path: "/statement-profiles", Permission: bank.Read,
		Summary: "Layouts of statement files, each with where it is known from and whether it was held against a real file"}, w.apiProfiles)
	webkit.Op(k, webkit.Operation{ID: "get-statement-profile", Method: http.MethodGet, Path: "/statement-profiles/{code}", Permission: bank.Read,
		Summary: "One layout with its version"}, w.apiProfile)
	webkit.Op(k, webkit.Operation{ID: "put-statement-profile", Method: http.MethodPut, Path: "/statement-profiles/{code}", Permission: bank.Layout,
		Summary: "Add a layout (version 0) or change one"}, w.apiSave)
	webkit.Op(k, webkit.Operation{ID: "preview-statement", Method: http.MethodPost, Path: "/statement-previews", Permission: bank.Import,
		Summary: "Read a file as an import would and write nothing: its statements with balances, and the first 50 lines of each"}, w.apiPreview)
}
