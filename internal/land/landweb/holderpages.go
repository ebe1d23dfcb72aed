package landweb

import (
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/land"
	"matbang/internal/listing"
	"matbang/internal/webkit"
)

type holdersPage struct {
	List                 listing.Answer[land.HolderRow]
	Filter               land.HolderFilter
	Kinds, States, Wards []webkit.Choice
}

func (w Web) holders(c *webkit.Ctx) error {
	f := land.HolderFilter{Kind: c.Query("kind"), State: c.Query("state"), Ward: c.Query("ward")}
	answer, err := w.Land.Holders(c.Context(), c.Actor(), f, c.List())
	if err != nil {
		return err
	}
	page := holdersPage{List: answer, Filter: f, Kinds: kinds(c), States: states(c)}
	if page.Wards, err = w.wards(c); err != nil {
		return err
	}
	c.Crumb(c.T("menu.cases"), "/cases")
	return c.Show("land/holders", page)
}

type holderPage struct {
	Holder  land.HolderDetail
	Opened  bool // full numbers are shown, and that is in the log
	History []audit.Row
}

func (w Web) holder(c *webkit.Ctx) error {
	page, err := w.holderData(c)
	if err != nil {
		return err
	}
	return c.Show("land/holder", page)
}

// holderData reads a holder with its numbers masked.
func (w Web) holderData(c *webkit.Ctx) (holderPage, error) {
	var page holderPage
	var err error
	if page.Holder, err = w.Land.Holder(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	mask(page.Holder.Parties)
	page.History, err = w.Land.Log.History(c.Context(), "holder", page.Holder.Code, 20)
	c.Crumb(c.T("menu.cases"), "/cases")
	c.Crumb(c.T("holder.list"), "/holders")
	c.Crumb(page.Holder.Code+" "+page.Holder.Name, "")
	return page, err
}

func mask(parties []land.Party) {
	for i, p := range parties {
		parties[i].IdentityNo, parties[i].AccountNo = webkit.Mask(p.IdentityNo), webkit.Mask(p.AccountNo)
	}
}

// openNumbers shows the full numbers once, for a reason that stands in the log.
func (w Web) openNumbers(c *webkit.Ctx) error {
	opened, err := w.Land.OpenNumbers(c.Context(), c.Actor(), c.Param("code"), c.Form("reason"))
	page, pageErr := w.holderData(c)
	if pageErr != nil {
		return pageErr
	}
	if err != nil {
		return c.Refuse(err, "land/holder", page)
	}
	page.Holder, page.Opened = opened, true
	return c.Show("land/holder", page)
}

type holderFormPage struct {
	Form                            holderForm
	Parties                         []partyForm
	Kinds, States, Relations, Wards []webkit.Choice
}

func (w Web) holderFormPage(c *webkit.Ctx, f holderForm) (holderFormPage, error) {
	c.Crumb(c.T("holder.list"), "/holders")
	c.Crumb(f.Code, "/holders/"+f.Code)
	page := holderFormPage{Form: f, Parties: fill(f.Parties, partyRows), Kinds: kinds(c), States: states(c), Relations: relations(c)}
	var err error
	page.Wards, err = w.wards(c)
	return page, err
}

func (w Web) holderForm(c *webkit.Ctx) error {
	d, err := w.Land.Holder(c.Context(), c.Actor(), c.Param("code"))
	if err != nil {
		return err
	}
	page, err := w.holderFormPage(c, holderFormOf(d))
	if err != nil {
		return err
	}
	return c.Show("land/holder_form", page)
}

func (w Web) updateHolder(c *webkit.Ctx) error {
	var wrong fault.Wrong
	f := readHolder(c, "")
	f.Code = c.Param("code")
	in := f.input(&wrong, "")
	err := wrong.Err()
	if err == nil {
		err = w.Land.UpdateHolder(c.Context(), c.Actor(), f.Code, f.Version, in, c.Today())
	}
	if err == nil {
		return c.Done("/holders/"+f.Code, "holder.saved", in.Name)
	}
	d, readErr := w.Land.Holder(c.Context(), c.Actor(), f.Code)
	if readErr != nil {
		return readErr
	}
	f.Version = webkit.VersionAfter(err, f.Version, d.Version)
	f.hints(d.Parties)
	page, pageErr := w.holderFormPage(c, f)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "land/holder_form", page)
}
