package contractweb

import (
	"matbang/internal/audit"
	"matbang/internal/contract"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type showPage struct {
	File                                            contract.File
	Site                                            contract.Site
	Findings                                        []string
	History                                         []audit.Row
	Form                                            typed
	Open                                            string // which form is open: amend, accept, bill, guarantee, release, end
	Version                                         int
	Left                                            vnd.Amount // accepted and not yet billed
	GuaranteeKinds, AcceptanceKinds, OpenGuarantees []webkit.Choice
}

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.showData(c)
	if err != nil {
		return err
	}
	page.Form = typed{}
	return c.Show("contract/show", page)
}

func (w Web) showData(c *webkit.Ctx) (showPage, error) {
	page := showPage{GuaranteeKinds: c.Choices("contract.guarantee.", contract.GuaranteeKinds()...),
		AcceptanceKinds: c.Choices("contract.acceptance.", contract.AcceptanceKinds()...)}
	var err error
	if page.File, err = w.Contracts.Get(c.Context(), c.Actor(), c.Param("code"), c.Today()); err != nil {
		return page, err
	}
	f := page.File
	if page.Site, err = w.Contracts.Site(c.Context(), f.Contract); err != nil {
		return page, err
	}
	if page.History, err = w.Contracts.Log.History(c.Context(), "contract", f.Code, 20); err != nil {
		return page, err
	}
	page.Version, page.Left = f.Version, f.Accepted-f.Billed
	page.Findings = said(c, f.Findings(page.Site, c.Today()))
	for _, g := range f.Guarantees {
		if g.Open() {
			page.OpenGuarantees = append(page.OpenGuarantees, webkit.Choice{Value: g.Code,
				Text: c.T("contract.guarantee."+g.Kind) + " " + g.Number + " · " + g.ExpiresOn.VN()})
		}
	}
	crumbs(c, f.Project, f.ProjectName)
	c.Crumb(c.T("menu.contracts"), "/projects/"+f.Project+"/contracts")
	c.Crumb(f.Code, "")
	return page, nil
}

// refused shows the page again with the form that was sent open, as it was typed.
func (w Web) refused(c *webkit.Ctx, err error, open string) error {
	page, pageErr := w.showData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form, page.Open = readTyped(c), open
	page.Version = webkit.VersionAfter(err, c.Version(), page.File.Version)
	return c.Refuse(prefixed(err, open+"_"), "contract/show", page)
}

func (w Web) amend(c *webkit.Ctx) error {
	code := c.Param("code")
	a, err := readTyped(c).amendment()
	if err == nil {
		err = w.Contracts.Amend(c.Context(), c.Actor(), code, c.Version(), a, c.Today())
	}
	if err != nil {
		return w.refused(c, err, "amend")
	}
	return c.Done("/contracts/"+code, "contract.amended", a.Number)
}

func (w Web) terminate(c *webkit.Ctx) error {
	code := c.Param("code")
	r := readTyped(c).reader("end_")
	on := r.day("ended_on")
	err := r.wrong.Err()
	if err == nil {
		err = w.Contracts.Terminate(c.Context(), c.Actor(), code, c.Version(), on, r.text("end_reason"), c.Today())
	}
	if err != nil {
		return w.refused(c, err, "end")
	}
	return c.Done("/contracts/"+code, "contract.ended", code)
}

func (w Web) addGuarantee(c *webkit.Ctx) error {
	code := c.Param("code")
	g, err := readTyped(c).guarantee()
	if err == nil {
		_, err = w.Contracts.AddGuarantee(c.Context(), c.Actor(), code, c.Version(), g)
	}
	if err != nil {
		return w.refused(c, err, "guarantee")
	}
	return c.Done("/contracts/"+code, "contract.guaranteed", g.Number)
}

func (w Web) release(c *webkit.Ctx) error {
	code := c.Param("code")
	r := readTyped(c).reader("release_")
	on, guarantee := r.day("released_on"), r.text("guarantee")
	err := r.wrong.Err()
	if err == nil {
		err = w.Contracts.ReleaseGuarantee(c.Context(), c.Actor(), guarantee, c.Version(), on, c.Today())
	}
	if err != nil {
		return w.refused(c, err, "release")
	}
	return c.Done("/contracts/"+code, "contract.released", guarantee)
}

func (w Web) accept(c *webkit.Ctx) error {
	code := c.Param("code")
	a, err := readTyped(c).acceptance()
	if err == nil {
		err = w.Contracts.Accept(c.Context(), c.Actor(), code, c.Version(), a, c.Today())
	}
	if err != nil {
		return w.refused(c, err, "accept")
	}
	return c.Done("/contracts/"+code, "contract.accept_done", a.Number)
}

func (w Web) addBill(c *webkit.Ctx) error {
	code := c.Param("code")
	in, err := readTyped(c).bill()
	made := ""
	if err == nil {
		made, err = w.Contracts.AddBill(c.Context(), c.Actor(), code, c.Version(), in, c.Today())
	}
	if err != nil {
		return w.refused(c, err, "bill")
	}
	return c.Done("/bills/"+made, "bill.added", made)
}
