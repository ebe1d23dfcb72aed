package contractweb

import (
	"time"

	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type billPage struct {
	Bill     contract.Bill
	Contract contract.Contract
	Left     vnd.Amount // accepted and not billed elsewhere
	Signs    []step
	Form     typed
	Version  int
	Open     string // update, return, cancel
	Next     string // submit or approve: what this person may do now
	Barred   bool   // may approve, but had a hand in it
	Returns  bool   // this person may give it back, also after approval
}

func (w Web) billData(c *webkit.Ctx) (billPage, error) {
	var page billPage
	var err error
	if page.Bill, err = w.Contracts.Bill(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	b := page.Bill
	file, err := w.Contracts.Get(c.Context(), c.Actor(), b.Contract, c.Today())
	if err != nil {
		return page, err
	}
	page.Contract, page.Version, page.Form = file.Contract, b.Version, billTyped(b)
	page.Left = file.Accepted - file.Billed
	if b.State != contract.Cancelled {
		page.Left += b.Completed
	}
	page.Signs = signs(c, b)
	own := b.HadHand(c.Actor().ID)
	switch {
	case b.Editable() && c.Actor().Can(contract.Edit):
		page.Next = "submit"
	case b.State == contract.Submitted && c.Actor().Can(contract.Approve) && !own:
		page.Next = "approve"
	}
	page.Returns = c.Actor().Can(contract.Approve) && (b.State == contract.Submitted || b.State == contract.BillApproved && !own)
	page.Barred = b.State == contract.Submitted && c.Actor().Can(contract.Approve) && own
	crumbs(c, file.Project, file.ProjectName)
	c.Crumb(c.T("menu.contracts"), "/projects/"+file.Project+"/contracts")
	c.Crumb(file.Code, "/contracts/"+file.Code)
	c.Crumb(b.Code, "")
	return page, nil
}

// signs are who did what on a bill, the next step marked.
func signs(c *webkit.Ctx, b contract.Bill) []step {
	mark := func(name, by string, at *time.Time, now bool) step {
		s := step{Name: c.T("bill.step." + name), By: by}
		switch {
		case at != nil && !now:
			s.State, s.Done = "done", day.Of(*at).VN()
		case now:
			s.State, s.By = "now", ""
		}
		return s
	}
	made := step{Name: c.T("bill.step.make"), State: "done", Done: b.Day.VN(), By: b.Maker}
	if b.State == contract.Returned {
		made, b.SubmittedAt = step{Name: c.T("bill.step.mend"), State: "now"}, nil
	}
	return []step{made, mark("submit", b.Submitter, b.SubmittedAt, b.State == contract.Draft),
		mark("approve", b.Approver, b.ApprovedAt, b.State == contract.Submitted)}
}

func (w Web) bill(c *webkit.Ctx) error {
	page, err := w.billData(c)
	if err != nil {
		return err
	}
	return c.Show("contract/bill", page)
}

func (w Web) billRefused(c *webkit.Ctx, err error, open string) error {
	page, pageErr := w.billData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form, page.Open = readTyped(c), open
	if open != "update" {
		for name, value := range billTyped(page.Bill) {
			page.Form[name] = value
		}
	}
	page.Version = webkit.VersionAfter(err, c.Version(), page.Bill.Version)
	prefix := "bill_"
	if open != "update" {
		prefix = open + "_"
	}
	return c.Refuse(prefixed(err, prefix), "contract/bill", page)
}

func (w Web) updateBill(c *webkit.Ctx) error {
	code := c.Param("code")
	in, err := readTyped(c).bill()
	if err == nil {
		err = w.Contracts.UpdateBill(c.Context(), c.Actor(), code, c.Version(), in, c.Today())
	}
	if err != nil {
		return w.billRefused(c, err, "update")
	}
	return c.Done("/bills/"+code, "bill.saved", code)
}

func (w Web) submitBill(c *webkit.Ctx) error {
	code := c.Param("code")
	if err := w.Contracts.SubmitBills(c.Context(), c.Actor(), contract.Pick{Code: code, Version: c.Version()}); err != nil {
		return c.Warn("/bills/"+code, err)
	}
	return c.Done("/bills/"+code, "bill.submitted", code)
}

func (w Web) approveBill(c *webkit.Ctx) error {
	code := c.Param("code")
	if err := w.Contracts.ApproveBills(c.Context(), c.Actor(), contract.Pick{Code: code, Version: c.Version()}); err != nil {
		return c.Warn("/bills/"+code, err)
	}
	return c.Done("/bills/"+code, "bill.approved", code)
}

func (w Web) returnBill(c *webkit.Ctx) error {
	code := c.Param("code")
	if err := w.Contracts.ReturnBill(c.Context(), c.Actor(), code, c.Version(), c.Form("return_reason")); err != nil {
		return w.billRefused(c, err, "return")
	}
	return c.Done("/bills/"+code, "bill.returned", code)
}

func (w Web) cancelBill(c *webkit.Ctx) error {
	code := c.Param("code")
	if err := w.Contracts.CancelBill(c.Context(), c.Actor(), code, c.Version(), c.Form("cancel_reason")); err != nil {
		return w.billRefused(c, err, "cancel")
	}
	return c.Done("/bills/"+code, "bill.cancelled", code)
}
