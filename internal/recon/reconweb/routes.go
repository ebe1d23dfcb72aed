// Package reconweb is the pages and API of statements and of their comparison with our payments.
package reconweb

import (
	"net/http"

	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/recon"
	"matbang/internal/webkit"
)

// Web answers for statements and reconciliation.
type Web struct {
	Recon recon.Recon
	Bank  bank.Bank
	Today func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/recon", bank.Read, w.accounts)
	k.Page(http.MethodGet, "/recon/:account", bank.Read, w.bench)
	k.Page(http.MethodPost, "/recon/:account/runs", recon.Run, w.run)
	k.Page(http.MethodPost, "/recon/:account/lines/:line/confirm", recon.Confirm, w.confirm)
	k.Page(http.MethodPost, "/recon/:account/lines/:line/classify", recon.Confirm, w.classify)
	k.Page(http.MethodPost, "/recon/:account/lines/:line/undo", recon.Undo, w.undoLine)
	k.Page(http.MethodGet, "/recon/:account/matches", bank.Read, w.matches)
	k.Page(http.MethodPost, "/recon/:account/matches/:match/undo", recon.Undo, w.undoMatch)
	k.Page(http.MethodGet, "/recon/:account/runs", bank.Read, w.runs)
	k.Page(http.MethodPost, "/recon/:account/runs/:run/undo", recon.Undo, w.undoRun)
	k.Page(http.MethodGet, "/recon/:account/statements", bank.Read, w.statements)
	k.Page(http.MethodPost, "/recon/:account/statements", bank.Import, w.upload)
	k.Page(http.MethodGet, "/statements/:id", bank.Read, w.lines)
	w.agreementRoutes(k)
	w.api(k)
}

func (w Web) api(k *webkit.Kit) {
	webkit.Op(k, webkit.Operation{ID: "list-bank-accounts", Method: http.MethodGet, Path: "/bank-accounts", Permission: bank.Read,
		Summary: "Accounts of the city, with their tally of a month"}, w.apiAccounts)
	webkit.Op(k, webkit.Operation{ID: "import-statement", Method: http.MethodPost, Path: "/bank-accounts/{code}/statements", Permission: bank.Import,
		Status: http.StatusCreated, Summary: "Load a statement: the file as the body, or as the field \"file\" of a form"}, w.apiImport)
	webkit.Op(k, webkit.Operation{ID: "list-statements", Method: http.MethodGet, Path: "/bank-accounts/{code}/statements", Permission: bank.Read,
		Summary: "Statements of an account, newest first"}, w.apiStatements)
	webkit.Op(k, webkit.Operation{ID: "list-statement-lines", Method: http.MethodGet, Path: "/statements/{id}/lines", Permission: bank.Read,
		Summary: "Lines of a statement with what explains them"}, w.apiLines)
	webkit.Op(k, webkit.Operation{ID: "list-open-lines", Method: http.MethodGet, Path: "/bank-accounts/{code}/open-lines", Permission: bank.Read,
		Summary: "Lines of an account that nothing explains yet, oldest first"}, w.apiOpenLines)
	webkit.Op(k, webkit.Operation{ID: "list-candidates", Method: http.MethodGet, Path: "/statement-lines/{id}/candidates", Permission: bank.Read,
		Summary: "Payments an open line might prove, the likeliest first"}, w.apiCandidates)
	webkit.Op(k, webkit.Operation{ID: "run-matching", Method: http.MethodPost, Path: "/bank-accounts/{code}/match-runs", Permission: recon.Run,
		Summary: "Match what is certain, up to a day; running again brings nothing new"}, w.apiRun)
	webkit.Op(k, webkit.Operation{ID: "list-matches", Method: http.MethodGet, Path: "/bank-accounts/{code}/matches", Permission: bank.Read,
		Summary: "Matches of an account, newest first"}, w.apiMatches)
	webkit.Op(k, webkit.Operation{ID: "confirm-match", Method: http.MethodPost, Path: "/statement-lines/{id}/confirm", Permission: recon.Confirm,
		Summary: "Match an open line with a payment by hand. Proposals are not kept, so the line is confirmed and not a match"}, w.apiConfirm)
	webkit.Op(k, webkit.Operation{ID: "classify-line", Method: http.MethodPost, Path: "/statement-lines/{id}/classify", Permission: recon.Confirm,
		Summary: "Say that an open line is a fee or other money"}, w.apiClassify)
	webkit.Op(k, webkit.Operation{ID: "undo-match", Method: http.MethodPost, Path: "/matches/{id}/undo", Permission: recon.Undo,
		Summary: "Take one match back; a result it had brought is reversed"}, w.apiUndoMatch)
	webkit.Op(k, webkit.Operation{ID: "undo-run", Method: http.MethodPost, Path: "/match-runs/{id}/undo", Permission: recon.Undo,
		Summary: "Take every live match of a run back"}, w.apiUndoRun)
}
