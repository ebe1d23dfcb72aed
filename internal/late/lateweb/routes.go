// Package lateweb is the pages and API of late payment: what is late and why, and the plans for paying the surcharge.
package lateweb

import (
	"net/http"

	"matbang/internal/day"
	"matbang/internal/late"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Late  late.Late
	Today func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/late", late.Read, w.ageing)
	k.Page(http.MethodGet, "/late/:case", late.Read, w.ofCase)
	k.Page(http.MethodPost, "/late/:case/cause", late.Plan, w.cause)
	k.Page(http.MethodGet, "/late-plans", late.Read, w.plans)
	k.Page(http.MethodPost, "/late-plans", late.Plan, w.draft)
	k.Page(http.MethodGet, "/late-plans/:code", late.Read, w.plan)
	k.Page(http.MethodPost, "/late-plans/:code/approve", late.Sign, w.approve)
	k.Page(http.MethodPost, "/late-plans/:code/cancel", late.Plan, w.cancel)
	k.Page(http.MethodPost, "/late-plans/:code/pay", late.Pay, w.pay)
	k.Page(http.MethodPost, "/late-plans/:code/take-back", late.Pay, w.takeBack)
	w.api(k)
}

func (w Web) api(k *webkit.Kit) {
	const one = "/late-plans/{code}"
	webkit.Op(k, webkit.Operation{ID: "list-late-payments", Method: http.MethodGet, Path: "/late-payments", Permission: late.Read,
		Summary: "What is owed past its legal day: aged by cause, and 50 awards a page, the longest first, each with the reckoning of its surcharge"}, w.apiAgeing)
	webkit.Op(k, webkit.Operation{ID: "get-late-payment", Method: http.MethodGet, Path: "/late-payments/{case}", Permission: late.Read,
		Summary: "What each award of a case owes on a day"}, w.apiOfCase)
	webkit.Op(k, webkit.Operation{ID: "state-late-cause", Method: http.MethodPost, Path: "/late-payments/{case}/cause", Permission: late.Plan,
		Summary: "Say why an award is late; a cause of the person's needs its paper"}, w.apiCause)
	webkit.Op(k, webkit.Operation{ID: "list-late-plans", Method: http.MethodGet, Path: "/late-plans", Permission: late.Read,
		Summary: "Plans for paying the surcharge of late payment, the newest first"}, w.apiPlans)
	webkit.Op(k, webkit.Operation{ID: "create-late-plan", Method: http.MethodPost, Path: "/late-plans", Permission: late.Plan, Status: http.StatusCreated,
		Summary: "Make a plan of every surcharge of a work that no other plan has taken up"}, w.apiDraft)
	webkit.Op(k, webkit.Operation{ID: "get-late-plan", Method: http.MethodGet, Path: one, Permission: late.Read, Summary: "One plan with its lines"}, w.apiPlan)
	webkit.Op(k, webkit.Operation{ID: "approve-late-plan", Method: http.MethodPost, Path: one + "/approve", Permission: late.Sign,
		Summary: "Take the surcharge up as an obligation; not by the plan's maker"}, w.apiApprove)
	webkit.Op(k, webkit.Operation{ID: "cancel-late-plan", Method: http.MethodPost, Path: one + "/cancel", Permission: late.Plan, Summary: "End a draft, with a reason"}, w.apiCancel)
	webkit.Op(k, webkit.Operation{ID: "pay-late-plan-line", Method: http.MethodPost, Path: one + "/pay", Permission: late.Pay,
		Summary: "Record with its paper that a line reached the person; by neither the maker nor the approver"}, w.apiPay)
	webkit.Op(k, webkit.Operation{ID: "take-back-late-payment", Method: http.MethodPost, Path: one + "/take-back", Permission: late.Pay,
		Summary: "Take the payment of a line back by a reversal, with a reason"}, w.apiTakeBack)
}
