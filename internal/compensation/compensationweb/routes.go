// Package compensationweb is the pages and API of the plans of compensation.
package compensationweb

import (
	"net/http"

	"matbang/internal/compensation"
	"matbang/internal/day"
	"matbang/internal/webkit"
)

// Web answers for the plans.
type Web struct {
	Compensation compensation.Compensation
	Today        func() day.Date
}

// Routes adds the addresses of this room. Returning asks for plan:read here: whether it takes the appraiser or the approver the act knows.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/plans", compensation.Read, w.list)
	k.Page(http.MethodGet, "/new/plan", compensation.Draft, w.newForm)
	k.Page(http.MethodPost, "/plans", compensation.Draft, w.create)
	k.Page(http.MethodGet, "/plans/:code", compensation.Read, w.show)
	k.Page(http.MethodPost, "/plans/:code/submit", compensation.Draft, w.submit)
	k.Page(http.MethodPost, "/plans/:code/appraise", compensation.Appraise, w.appraise)
	k.Page(http.MethodPost, "/plans/:code/return", compensation.Read, w.giveBack)
	k.Page(http.MethodPost, "/plans/:code/approve", compensation.Approve, w.approve)
	k.Page(http.MethodGet, "/plans/:code/award", compensation.Draft, w.pickCase)
	k.Page(http.MethodGet, "/plans/:code/awards/:case", compensation.Read, w.award)
	k.Page(http.MethodPost, "/plans/:code/awards/:case", compensation.Draft, w.saveAward)
	k.Page(http.MethodPost, "/plans/:code/awards/:case/remove", compensation.Draft, w.removeAward)
	w.operations(k)
}

func (w Web) operations(k *webkit.Kit) {
	webkit.Op(k, webkit.Operation{ID: "list-plans", Method: http.MethodGet, Path: "/plans", Permission: compensation.Read,
		Summary: "Plans in the scope of the caller"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "create-plan", Method: http.MethodPost, Path: "/plans", Permission: compensation.Draft, Status: http.StatusCreated,
		Summary: "Begin a plan, with awards and lines if given; amounts are computed"}, w.apiCreate)
	webkit.Op(k, webkit.Operation{ID: "get-plan", Method: http.MethodGet, Path: "/plans/{code}", Permission: compensation.Read,
		Summary: "One plan with a page of its awards"}, w.apiGet)
	webkit.Op(k, webkit.Operation{ID: "put-plan-awards", Method: http.MethodPut, Path: "/plans/{code}/awards", Permission: compensation.Draft,
		Summary: "Replace the awards of the cases given; If-Match carries the plan's version"}, w.apiPutAwards)
	webkit.Op(k, webkit.Operation{ID: "get-plan-award", Method: http.MethodGet, Path: "/plans/{code}/awards/{case}", Permission: compensation.Read,
		Summary: "What a plan gives to one case, with its lines"}, w.apiAward)
	webkit.Op(k, webkit.Operation{ID: "check-plan", Method: http.MethodGet, Path: "/plans/{code}/check", Permission: compensation.Read,
		Summary: "What is missing or odd in a plan; blocking findings stop its submission"}, w.apiCheck)
	webkit.Op(k, webkit.Operation{ID: "submit-plan", Method: http.MethodPost, Path: "/plans/{code}/submit", Permission: compensation.Draft,
		Summary: "Hand a plan over for appraisal"}, w.apiSubmit)
	webkit.Op(k, webkit.Operation{ID: "appraise-plan", Method: http.MethodPost, Path: "/plans/{code}/appraise", Permission: compensation.Appraise,
		Summary: "Pass a submitted plan on for approval"}, w.apiAppraise)
	webkit.Op(k, webkit.Operation{ID: "approve-plan", Method: http.MethodPost, Path: "/plans/{code}/approve", Permission: compensation.Approve,
		Summary: "Approve an appraised plan; it is frozen and its money is booked, once for a key"}, w.apiApprove)
	webkit.Op(k, webkit.Operation{ID: "return-plan", Method: http.MethodPost, Path: "/plans/{code}/return", Permission: compensation.Read,
		Summary: "Give a plan back with a reason: submitted by who appraises, appraised by who approves"}, w.apiReturn)
}
