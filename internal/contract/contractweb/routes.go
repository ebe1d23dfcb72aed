// Package contractweb is the pages and API of packages, contracts, guarantees, acceptances and bills.
package contractweb

import (
	"net/http"

	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/project"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Contracts contract.Contracts
	Projects  project.Projects
	Today     func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/projects/:code/contracts", contract.Read, w.work)
	k.Page(http.MethodGet, "/new/package", contract.Edit, w.newPackage)
	k.Page(http.MethodPost, "/projects/:code/packages", contract.Edit, w.addPackage)
	k.Page(http.MethodGet, "/projects/:code/packages/:package", contract.Edit, w.editPackage)
	k.Page(http.MethodPost, "/projects/:code/packages/:package", contract.Edit, w.updatePackage)
	k.Page(http.MethodGet, "/contracts", contract.Read, w.list)
	k.Page(http.MethodGet, "/new/contract", contract.Edit, w.newContract)
	k.Page(http.MethodPost, "/contracts", contract.Edit, w.sign)
	k.Page(http.MethodGet, "/contracts/:code", contract.Read, w.show)
	k.Page(http.MethodPost, "/contracts/:code/amendments", contract.Edit, w.amend)
	k.Page(http.MethodPost, "/contracts/:code/termination", contract.Edit, w.terminate)
	k.Page(http.MethodPost, "/contracts/:code/guarantees", contract.Edit, w.addGuarantee)
	k.Page(http.MethodPost, "/contracts/:code/releases", contract.Edit, w.release)
	k.Page(http.MethodPost, "/contracts/:code/acceptances", contract.Edit, w.accept)
	k.Page(http.MethodPost, "/contracts/:code/bills", contract.Edit, w.addBill)
	k.Page(http.MethodGet, "/bills/:code", contract.Read, w.bill)
	k.Page(http.MethodPost, "/bills/:code", contract.Edit, w.updateBill)
	k.Page(http.MethodPost, "/bills/:code/submit", contract.Edit, w.submitBill)
	k.Page(http.MethodPost, "/bills/:code/approve", contract.Approve, w.approveBill)
	k.Page(http.MethodPost, "/bills/:code/return", contract.Approve, w.returnBill)
	k.Page(http.MethodPost, "/bills/:code/cancel", contract.Edit, w.cancelBill)
	w.operations(k)
}

func (w Web) operations(k *webkit.Kit) {
	const packages, one = "/projects/{code}/packages", "/contracts/{code}"
	webkit.Op(k, webkit.Operation{ID: "list-packages", Method: http.MethodGet, Path: packages, Permission: contract.Read,
		Summary: "Tender packages of a work"}, w.apiPackages)
	webkit.Op(k, webkit.Operation{ID: "create-package", Method: http.MethodPost, Path: packages, Permission: contract.Edit, Status: http.StatusCreated,
		Summary: "Enter a package of the plan of selecting contractors"}, w.apiAddPackage)
	webkit.Op(k, webkit.Operation{ID: "update-package", Method: http.MethodPatch, Path: packages + "/{package}", Permission: contract.Edit,
		Summary: "Change a package; If-Match carries its version"}, w.apiUpdatePackage)
	webkit.Op(k, webkit.Operation{ID: "list-contracts", Method: http.MethodGet, Path: "/contracts", Permission: contract.Read,
		Summary: "Contracts of works in the scope of the caller"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "create-contract", Method: http.MethodPost, Path: "/contracts", Permission: contract.Edit, Status: http.StatusCreated,
		Summary: "Enter a signed contract; above the estimate of its package only with a reason"}, w.apiSign)
	webkit.Op(k, webkit.Operation{ID: "get-contract", Method: http.MethodGet, Path: one, Permission: contract.Read,
		Summary: "One contract with its amendments, guarantees, acceptances and bills"}, w.apiGet)
	webkit.Op(k, webkit.Operation{ID: "amend-contract", Method: http.MethodPost, Path: one + "/amendments", Permission: contract.Edit,
		Summary: "Write an amendment; If-Match carries the version of the contract, as in every act on it"}, w.apiAmend)
	webkit.Op(k, webkit.Operation{ID: "terminate-contract", Method: http.MethodPost, Path: one + "/termination", Permission: contract.Edit,
		Summary: "End a contract before its completion, with a reason"}, w.apiTerminate)
	webkit.Op(k, webkit.Operation{ID: "add-guarantee", Method: http.MethodPost, Path: one + "/guarantees", Permission: contract.Edit,
		Summary: "Record a guarantee, or one that prolongs another"}, w.apiAddGuarantee)
	webkit.Op(k, webkit.Operation{ID: "release-guarantee", Method: http.MethodPost, Path: "/guarantees/{code}/release", Permission: contract.Edit,
		Summary: "Release a guarantee; If-Match carries the version of its contract"}, w.apiRelease)
	webkit.Op(k, webkit.Operation{ID: "accept-work", Method: http.MethodPost, Path: one + "/acceptances", Permission: contract.Edit,
		Summary: "Record accepted work; the acceptance of completion closes the contract"}, w.apiAccept)
	webkit.Op(k, webkit.Operation{ID: "create-bill", Method: http.MethodPost, Path: one + "/bills", Permission: contract.Edit, Status: http.StatusCreated,
		Summary: "Enter a bill over accepted work; what is retained and payable follows"}, w.apiAddBill)
	w.billOperations(k)
}

func (w Web) billOperations(k *webkit.Kit) {
	const one = "/bills/{code}"
	webkit.Op(k, webkit.Operation{ID: "get-bill", Method: http.MethodGet, Path: one, Permission: contract.Read, Summary: "One bill"}, w.apiBill)
	webkit.Op(k, webkit.Operation{ID: "update-bill", Method: http.MethodPatch, Path: one, Permission: contract.Edit,
		Summary: "Change a draft or returned bill; If-Match carries its version, as in every act on it"}, w.apiUpdateBill)
	webkit.Op(k, webkit.Operation{ID: "submit-bill", Method: http.MethodPost, Path: one + "/submit", Permission: contract.Edit,
		Summary: "Send a bill for approval"}, w.apiSubmitBill)
	webkit.Op(k, webkit.Operation{ID: "approve-bill", Method: http.MethodPost, Path: one + "/approve", Permission: contract.Approve,
		Summary: "Approve a bill that others entered and submitted"}, w.apiApproveBill)
	webkit.Op(k, webkit.Operation{ID: "return-bill", Method: http.MethodPost, Path: one + "/return", Permission: contract.Approve,
		Summary: "Give a bill back with a reason"}, w.apiReturnBill)
	webkit.Op(k, webkit.Operation{ID: "cancel-bill", Method: http.MethodPost, Path: one + "/cancel", Permission: contract.Edit,
		Summary: "Cancel a bill that is not approved, with a reason"}, w.apiCancelBill)
}
