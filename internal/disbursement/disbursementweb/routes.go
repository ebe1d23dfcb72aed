// Package disbursementweb is the pages and API of the room disbursement.
package disbursementweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Disbursements disbursement.Disbursements
	Today         func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	const work = "/projects/:code/disbursements"
	k.Page(http.MethodGet, "/disbursements", disbursement.Read, w.list)
	k.Page(http.MethodGet, "/disbursements/export.xlsx", disbursement.Read, w.export)
	k.Page(http.MethodGet, "/disbursements/control", disbursement.Read, w.control)
	k.Page(http.MethodGet, work, disbursement.Read, w.work)
	k.Page(http.MethodPost, work, disbursement.Record, w.record)
	k.Page(http.MethodPost, work+"/reverse", disbursement.Record, w.reverse)
	k.Page(http.MethodPost, work+"/confirm", disbursement.Confirm, w.confirm)

	webkit.Op(k, webkit.Operation{ID: "list-disbursements", Method: http.MethodGet, Path: "/disbursements", Permission: disbursement.Read,
		Summary: "Vouchers of works in the scope of the caller, newest first"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "record-disbursement", Method: http.MethodPost, Path: "/projects/{code}/disbursements", Permission: disbursement.Record,
		Status: http.StatusCreated, Summary: "Record an advance, a payment with its recovery, a recovery, a refund or held money"}, w.apiRecord)
	webkit.Op(k, webkit.Operation{ID: "reverse-disbursement", Method: http.MethodPost, Path: "/disbursements/{voucher}/reverse", Permission: disbursement.Record,
		Status: http.StatusCreated, Summary: "Take a voucher back, whole, with the recoveries recorded together with it"}, w.apiReverse)
	webkit.Op(k, webkit.Operation{ID: "list-treasury-confirmations", Method: http.MethodGet, Path: "/projects/{code}/treasury-confirmations", Permission: disbursement.Read,
		Summary: "What the treasury confirmed of a work, beside our vouchers until the same day"}, w.apiConfirmations)
	webkit.Op(k, webkit.Operation{ID: "confirm-treasury", Method: http.MethodPost, Path: "/projects/{code}/treasury-confirmations", Permission: disbursement.Confirm,
		Status: http.StatusCreated, Summary: "Record the figure the treasury confirmed; never by whoever recorded the vouchers"}, w.apiConfirm)
	webkit.Op(k, webkit.Operation{ID: "list-advance-control", Method: http.MethodGet, Path: "/disbursements/control", Permission: disbursement.Read,
		Summary: "Advances for clearance and without contract that are open, the gravest first"}, w.apiControl)
}
