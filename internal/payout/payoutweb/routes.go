// Package payoutweb is the pages and API of orders, payments and the bridge.
package payoutweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/payout"
	"matbang/internal/webkit"
)

// Web answers for payouts.
type Web struct {
	Payouts payout.Payouts
	Today   func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/payout-orders", payout.Read, w.orders)
	k.Page(http.MethodGet, "/new/payout-order", payout.Make, w.newForm)
	k.Page(http.MethodPost, "/payout-orders", payout.Make, w.create)
	k.Page(http.MethodGet, "/payout-orders/:code", payout.Read, w.order)
	k.Page(http.MethodPost, "/payout-orders/:code/submit", payout.Make, w.submit)
	k.Page(http.MethodPost, "/payout-orders/:code/approve", payout.Approve, w.approve)
	k.Page(http.MethodPost, "/payout-orders/:code/second-approve", payout.Approve, w.approveAgain)
	k.Page(http.MethodPost, "/payout-orders/:code/release", payout.Release, w.release)
	k.Page(http.MethodPost, "/payout-orders/:code/split", payout.Make, w.split)
	k.Page(http.MethodPost, "/payout-orders/:code/reissue", payout.Make, w.reissue)
	k.Page(http.MethodPost, "/payout-orders/:code/references", payout.RecordResult, w.noteReference)
	k.Page(http.MethodPost, "/payout-orders/:code/references/withdraw", payout.RecordResult, w.withdrawReference)
	k.Page(http.MethodGet, "/accounts", payout.CheckAccount, w.accounts)
	k.Page(http.MethodGet, "/accounts/:code", payout.CheckAccount, w.account)
	k.Page(http.MethodPost, "/accounts/:code/open", payout.CheckAccount, w.openAccount)
	k.Page(http.MethodPost, "/accounts/:code/check", payout.CheckAccount, w.checkAccount)
	k.Page(http.MethodPost, "/accounts/:code/refuse", payout.CheckAccount, w.refuseAccount)
	k.Page(http.MethodPost, "/payout-orders/:code/cancel", payout.Cancel, w.cancel)
	k.Page(http.MethodGet, "/payments", payout.Read, w.payments)
	k.Page(http.MethodGet, "/payments/:code", payout.Read, w.payment)
	k.Page(http.MethodPost, "/payments/:code/result", payout.RecordResult, w.record)
	k.Page(http.MethodPost, "/payments/:code/deposit", payout.Deposit, w.deposit)
	k.Page(http.MethodPost, "/payments/:code/reverse", payout.Reverse, w.reverse)
	k.Page(http.MethodGet, "/bridge", payout.BridgeRead, w.bridge)
	k.Page(http.MethodGet, "/bridge/rows", payout.BridgeRead, w.standing)
	w.orderOperations(k)
	w.moreOperations(k)
	w.paymentOperations(k)
	w.paperRoutes(k)
	w.resultFileRoutes(k)
	w.depositRoutes(k)
}

func (w Web) orderOperations(k *webkit.Kit) {
	webkit.Op(k, webkit.Operation{ID: "list-payout-orders", Method: http.MethodGet, Path: "/payout-orders", Permission: payout.Read,
		Summary: "Orders in the scope of the caller"}, w.apiOrders)
	webkit.Op(k, webkit.Operation{ID: "create-payout-order", Method: http.MethodPost, Path: "/payout-orders", Permission: payout.Make, Status: http.StatusCreated,
		Summary: "Make an order; amounts are split over those entitled. Once for a key"}, w.apiCreate)
	webkit.Op(k, webkit.Operation{ID: "get-payout-order", Method: http.MethodGet, Path: "/payout-orders/{code}", Permission: payout.Read,
		Summary: "One order with its payments"}, w.apiOrder)
	webkit.Op(k, webkit.Operation{ID: "submit-payout-order", Method: http.MethodPost, Path: "/payout-orders/{code}/submit", Permission: payout.Make,
		Summary: "Send an order for approval; its money is taken up in the book. Once for a key"}, w.apiSubmit)
	webkit.Op(k, webkit.Operation{ID: "approve-payout-order", Method: http.MethodPost, Path: "/payout-orders/{code}/approve", Permission: payout.Approve,
		Summary: "Approve an order, as a second person; payees and accounts are copied. Once for a key"}, w.apiApprove)
	webkit.Op(k, webkit.Operation{ID: "release-payout-order", Method: http.MethodPost, Path: "/payout-orders/{code}/release", Permission: payout.Release,
		Summary: "Release an order, as a third person. Once for a key"}, w.apiRelease)
	webkit.Op(k, webkit.Operation{ID: "cancel-payout-order", Method: http.MethodPost, Path: "/payout-orders/{code}/cancel", Permission: payout.Cancel,
		Summary: "Cancel an order that was not released, with a reason. Once for a key"}, w.apiCancel)
}

func (w Web) moreOperations(k *webkit.Kit) {
	webkit.Op(k, webkit.Operation{ID: "second-approve-payout-order", Method: http.MethodPost, Path: "/payout-orders/{code}/second-approve", Permission: payout.Approve,
		Summary: "Approve a large order once more, as another person. Once for a key"}, w.apiApproveAgain)
	webkit.Op(k, webkit.Operation{ID: "split-payout-order", Method: http.MethodPost, Path: "/payout-orders/{code}/split", Permission: payout.Make, Status: http.StatusCreated,
		Summary: "Move payments into a new draft, which is answered. Once for a key"}, w.apiSplit)
	webkit.Op(k, webkit.Operation{ID: "reissue-payout-order", Method: http.MethodPost, Path: "/payout-orders/{code}/reissue", Permission: payout.Make, Status: http.StatusCreated,
		Summary: "Make a draft of the returned payments of a released order. Once for a key"}, w.apiReissue)
	webkit.Op(k, webkit.Operation{ID: "note-order-reference", Method: http.MethodPost, Path: "/payout-orders/{code}/references", Permission: payout.RecordResult,
		Status: http.StatusCreated, Summary: "Note the number under which the treasury or the bank entered a released order. Once for a key"}, w.apiNoteReference)
	webkit.Op(k, webkit.Operation{ID: "withdraw-order-reference", Method: http.MethodPost, Path: "/payout-orders/{code}/references/withdraw", Permission: payout.RecordResult,
		Summary: "Take a wrongly noted number back. Once for a key"}, w.apiWithdrawReference)
	webkit.Op(k, webkit.Operation{ID: "list-payout-funds", Method: http.MethodGet, Path: "/payout-funds", Permission: payout.Read,
		Summary: "What orders of a work may still take of each fund of a plan year"}, w.apiFunds)
	webkit.Op(k, webkit.Operation{ID: "list-payables", Method: http.MethodGet, Path: "/payables", Permission: payout.Make,
		Summary: "Awards of a work with something left to order"}, w.apiPayables)
	webkit.Op(k, webkit.Operation{ID: "list-unchecked-accounts", Method: http.MethodGet, Path: "/accounts", Permission: payout.CheckAccount,
		Summary: "Payees' accounts by the state of their check; numbers are masked"}, w.apiAccounts)
	webkit.Op(k, webkit.Operation{ID: "check-account", Method: http.MethodPost, Path: "/accounts/{code}/check", Permission: payout.CheckAccount,
		Summary: "Check a payee's account, or refuse it with a reason, as another person than the one who entered it"}, w.apiCheckAccount)
}

func (w Web) paymentOperations(k *webkit.Kit) {
	webkit.Op(k, webkit.Operation{ID: "list-payments", Method: http.MethodGet, Path: "/payments", Permission: payout.Read,
		Summary: "Payments in the scope of the caller; identity and account numbers are masked"}, w.apiPayments)
	webkit.Op(k, webkit.Operation{ID: "record-payment-result", Method: http.MethodPost, Path: "/payments/{code}/result", Permission: payout.RecordResult,
		Summary: "Record that a payment was paid or came back, with its evidence. Once for a key"}, w.apiRecord)
	webkit.Op(k, webkit.Operation{ID: "deposit-payment", Method: http.MethodPost, Path: "/payments/{code}/deposit", Permission: payout.Deposit,
		Summary: "Record that a payment is held on deposit, with its evidence. Once for a key"}, w.apiDeposit)
	webkit.Op(k, webkit.Operation{ID: "release-deposit", Method: http.MethodPost, Path: "/payments/{code}/release-deposit", Permission: payout.KeepDeposits,
		Summary: "Record that the approved release of a payment's deposit was handed over, with its evidence. Once for a key"}, w.apiReleaseDeposit)
	webkit.Op(k, webkit.Operation{ID: "reverse-payment", Method: http.MethodPost, Path: "/payments/{code}/reverse", Permission: payout.Reverse,
		Summary: "Take the last result of a payment back, with a reason. Once for a key"}, w.apiReverse)
	webkit.Op(k, webkit.Operation{ID: "list-bridge-rows", Method: http.MethodGet, Path: "/bridge/rows", Permission: payout.BridgeRead,
		Summary: "Where money between approved and paid stands, since when and why: aged, and 100 rows a page, the oldest first"}, w.apiStanding)
	webkit.Op(k, webkit.Operation{ID: "get-bridge", Method: http.MethodGet, Path: "/bridge", Permission: payout.BridgeRead,
		Summary: "The way from approved to paid, whole and by work"}, w.apiBridge)
}
