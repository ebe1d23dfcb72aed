package landweb

import (
	"matbang/internal/webkit"
)

type formPage struct {
	Form                                                caseForm
	Code                                                string // empty for a new case
	New                                                 bool
	Parties                                             []partyForm
	Parcels                                             []parcelForm
	Projects, Wards, RuleSets, Kinds, States, Relations []webkit.Choice
}

func (w Web) formPage(c *webkit.Ctx, f caseForm, isNew bool) (formPage, error) {
	page := formPage{Form: f, Code: c.Param("code"), New: isNew, Parties: fill(f.Holder.Parties, partyRows), Parcels: fill(f.Parcels, parcelRows),
		Kinds: kinds(c), States: states(c), Relations: relations(c)}
	c.Crumb(c.T("menu.cases"), "/cases")
	if !isNew {
		c.Crumb(c.Param("code"), "/cases/"+c.Param("code"))
		return page, nil
	}
	var err error
	if page.Projects, err = w.works(c); err != nil {
		return page, err
	}
	if page.Wards, err = w.wards(c); err != nil {
		return page, err
	}
	page.RuleSets, err = w.ruleSets(c)
	return page, err
}

func (w Web) newForm(c *webkit.Ctx) error {
	f := caseForm{Project: c.Query("project"), HolderCode: c.Query("holder"), OpenedOn: c.Today().VN()}
	f.Holder = holderForm{Kind: "household", State: "present"}
	page, err := w.formPage(c, f, true)
	if err != nil {
		return err
	}
	return c.Show("land/form", page)
}

func (w Web) create(c *webkit.Ctx) error {
	f := readCase(c)
	in, err := f.input()
	var code string
	if err == nil {
		code, err = w.Land.OpenCase(c.Context(), c.Actor(), in, c.Today())
	}
	if err == nil {
		return c.Done("/cases/"+code, "case.opened", code)
	}
	page, pageErr := w.formPage(c, f, true)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "land/form", page)
}

func (w Web) editForm(c *webkit.Ctx) error {
	d, err := w.Land.Case(c.Context(), c.Actor(), c.Param("code"))
	if err != nil {
		return err
	}
	page, err := w.formPage(c, formOf(d), false)
	if err != nil {
		return err
	}
	return c.Show("land/form", page)
}

func (w Web) update(c *webkit.Ctx) error {
	f, code := readCase(c), c.Param("code")
	change, err := f.change()
	if err == nil {
		err = w.Land.UpdateCase(c.Context(), c.Actor(), code, f.Version, change)
	}
	if err == nil {
		return c.Done("/cases/"+code, "case.saved", code)
	}
	now, readErr := w.Land.Case(c.Context(), c.Actor(), code)
	if readErr != nil {
		return readErr
	}
	f.Version = webkit.VersionAfter(err, f.Version, now.Version)
	page, pageErr := w.formPage(c, f, false)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "land/form", page)
}
