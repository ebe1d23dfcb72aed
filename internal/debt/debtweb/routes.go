// Package debtweb is the pages and API of debts.
package debtweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/debt"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Debts debt.Debts
	Today func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/debts", debt.Read, w.list)
	k.Page(http.MethodGet, "/new/debt", debt.Record, w.newForm)
	k.Page(http.MethodPost, "/debts", debt.Record, w.record)
	k.Page(http.MethodGet, "/debts/:code", debt.Read, w.show)
	k.Page(http.MethodPost, "/debts/:code/payments", debt.Record, w.repay)
	k.Page(http.MethodPost, "/debts/:code/take-back", debt.TakeBack, w.takeBack)
	webkit.Op(k, webkit.Operation{ID: "list-debts", Method: http.MethodGet, Path: "/debts", Permission: debt.Read,
		Summary: "Obligations that holders still owe after their compensation was set off, with their sums"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "record-debt", Method: http.MethodPost, Path: "/debts", Permission: debt.Record, Status: http.StatusCreated,
		Summary: "Record a debt of a case by its paper. Once for a key"}, w.apiRecord)
	webkit.Op(k, webkit.Operation{ID: "get-debt", Method: http.MethodGet, Path: "/debts/{code}", Permission: debt.Read,
		Summary: "One debt with what was paid of it"}, w.apiGet)
	webkit.Op(k, webkit.Operation{ID: "repay-debt", Method: http.MethodPost, Path: "/debts/{code}/payments", Permission: debt.Record,
		Summary: "Record what the person paid to the state budget, by its receipt. Once for a key"}, w.apiRepay)
	webkit.Op(k, webkit.Operation{ID: "take-debt-back", Method: http.MethodPost, Path: "/debts/{code}/take-back", Permission: debt.TakeBack,
		Summary: "Reverse the last payment of a debt, or the debt when none stands, as another person. Once for a key"}, w.apiTakeBack)
}
