package bankweb

import (
	"cmp"
	"errors"
	"net/url"

	"matbang/internal/bank"
	"matbang/internal/fault"
	"matbang/internal/webkit"
)

// previewLimit is the largest file that is tried, in bytes; previewLines how many lines of each statement are shown.
const (
	previewLimit = 60 << 20
	previewLines = 50
)

// newProfile stands in the address for a layout that is not there yet.
const newProfile = "new"

func (w Web) profiles(c *webkit.Ctx) error {
	profiles, err := w.Bank.Profiles(c.Context())
	if err != nil {
		return err
	}
	return c.Show("bank/profiles", struct{ Profiles []bank.Profile }{profiles})
}

type profilePage struct {
	Form                   form
	Profile                bank.Profile // as saved; empty for a new one
	Columns                []string
	DateForms, Marks, Outs []webkit.Choice
	Delimiters             []webkit.Choice
	Seen                   *bank.Inspection // of the file that was tried
	Faults                 []webkit.RowFault
	FileName               string
	Rows                   [][]string // of that file as it is, where nothing could be read
}

func (w Web) profile(c *webkit.Ctx) error {
	page, err := w.profileData(c)
	if err != nil {
		return err
	}
	return c.Show("bank/profile", page)
}

func (w Web) profileData(c *webkit.Ctx) (profilePage, error) {
	page := profilePage{Columns: bank.ColumnKeys(), Form: form{Out: "debit", DateForm: "dd/mm/yyyy", Thousands: ".", Decimal: ",", Delimiter: ",", Columns: map[string]string{}}}
	for _, form := range bank.DateForms() {
		page.DateForms = append(page.DateForms, webkit.Choice{Value: form, Text: form})
	}
	page.Marks, page.Delimiters = choices(c, "bank.mark.", ".", ",", "space", "'"), choices(c, "bank.mark.", ",", ";", "tab", "|")
	page.Outs = choices(c, "bank.out.", "debit", "credit", "negative")
	c.Crumb(c.T("menu.recon"), "/recon")
	c.Crumb(c.T("bank.profiles"), "/statement-profiles")
	code := c.Param("code")
	if code == newProfile {
		c.Crumb(c.T("bank.profile.new"), "")
		return page, nil
	}
	var err error
	if page.Profile, err = w.Bank.ProfileOf(c.Context(), code); errors.Is(err, bank.ErrProfileMissing) {
		return page, fault.Missing("bank.profile_missing")
	}
	c.Crumb(code, "")
	page.Form = formOf(page.Profile)
	return page, err
}

func choices(c *webkit.Ctx, prefix string, values ...string) []webkit.Choice {
	list := make([]webkit.Choice, 0, len(values))
	for _, v := range values {
		list = append(list, webkit.Choice{Value: v, Text: c.T(prefix + wordOf(v))})
	}
	return list
}

// wordOf names a sign for the key of its sentence.
func wordOf(mark string) string {
	if word, found := map[string]string{".": "dot", ",": "comma", ";": "semicolon", "|": "bar", "'": "quote"}[mark]; found {
		return word
	}
	return mark
}

// asTyped is the page of a layout with the form as it was typed. The code of one that is there stays; who may not change it has typed nothing.
func (w Web) asTyped(c *webkit.Ctx) (profilePage, error) {
	page, err := w.profileData(c)
	if err != nil || page.Profile.Code != "" && !c.Actor().Can(bank.Layout) {
		return page, err
	}
	page.Form = readForm(c)
	if page.Profile.Code != "" {
		page.Form.Code = page.Profile.Code
	}
	return page, nil
}

func (w Web) save(c *webkit.Ctx) error {
	page, err := w.asTyped(c)
	if err != nil {
		return err
	}
	p, err := page.Form.profile()
	if err == nil {
		err = w.Bank.SaveProfile(c.Context(), c.Actor(), p, c.Version())
	}
	if err != nil {
		return c.Refuse(err, "bank/profile", page)
	}
	return c.Done("/statement-profiles/"+url.PathEscape(p.Code), "bank.profile.saved", p.Code)
}

// preview reads a chosen file by the layout as it is typed, saved or not, and shows what an import would make of it.
func (w Web) preview(c *webkit.Ctx) error {
	page, err := w.asTyped(c)
	if err != nil {
		return err
	}
	name, file, size, err := c.OpenUpload("file", previewLimit)
	if err != nil {
		return c.Refuse(err, "bank/profile", page)
	}
	defer func() { _ = file.Close() }()
	read := bank.FileOf(name, file, size)
	var seen bank.Inspection
	p, err := page.Form.profile()
	if err == nil { // a try needs no name
		p.Code, p.Name = cmp.Or(p.Code, "thu"), cmp.Or(p.Name, "thu")
		seen, err = w.Bank.PreviewBy(c.Context(), c.Actor(), read, p, previewLines)
	}
	if page.Faults = c.RowFaults(err); err != nil && len(page.Faults) == 0 {
		return c.Refuse(err, "bank/profile", page)
	}
	page.FileName, page.Seen = name, &seen
	if err != nil && c.Actor().Can(bank.OpenIdentity) { // the rows as they are have persons' accounts in them
		page.Rows, _ = w.Bank.FirstRows(c.Actor(), read, p.Mapping.Delimiter) // the fault says why there are none
	}
	return c.Show("bank/profile", page)
}
