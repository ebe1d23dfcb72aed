package reconweb

import (
	"fmt"
	"net/url"

	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/recon"
	"matbang/internal/webkit"
)

// accountRow is an account with its tally of the month of work.
type accountRow struct {
	bank.Account
	recon.Tally
}

type accountsPage struct {
	Month    day.Month
	Accounts []accountRow
}

func (w Web) accounts(c *webkit.Ctx) error {
	page := accountsPage{Month: c.Month()}
	accounts, err := w.Bank.Accounts(c.Context(), c.Actor())
	if err != nil {
		return err
	}
	for _, a := range accounts {
		tally, err := w.Recon.Tally(c.Context(), c.Actor(), a.ID, page.Month.First(), page.Month.Last())
		if err != nil {
			return err
		}
		page.Accounts = append(page.Accounts, accountRow{a, tally})
	}
	return c.Show("recon/accounts", page)
}

// head is what every page of an account shows above its own.
type head struct {
	Account bank.Account
	Month   day.Month
	Through day.Date
	Tally   recon.Tally
	Tab     string
}

func (w Web) head(c *webkit.Ctx, tab string) (head, error) {
	h := head{Month: c.Month(), Tab: tab}
	h.Through = h.Month.Last()
	var err error
	if h.Account, err = w.Bank.Account(c.Context(), c.Actor(), c.Param("account")); err != nil {
		return h, err
	}
	c.Crumb(c.T("menu.recon"), "/recon")
	c.Crumb(h.Account.Code+" "+h.Account.Name, "")
	h.Tally, err = w.Recon.Tally(c.Context(), c.Actor(), h.Account.ID, h.Month.First(), h.Through)
	return h, err
}

func home(account string) string { return "/recon/" + url.PathEscape(account) }

type benchPage struct {
	head
	List       listing.Answer[bank.Line]
	Line       *bank.Line // the one to decide about
	Candidates []candidate
	Form       lineForm
	Failed     string // which form was refused: confirm or classify
	Kinds      []webkit.Choice
}

func (w Web) bench(c *webkit.Ctx) error {
	page, err := w.benchData(c, id.Line(number(c.Query("line"))), lineForm{})
	if err != nil {
		return err
	}
	return c.Show("recon/bench", page)
}

// benchData selects the line asked for, else the first open one; a line that meanwhile got explained selects the first too.
func (w Web) benchData(c *webkit.Ctx, chosen id.Line, form lineForm) (benchPage, error) {
	page := benchPage{Form: form, Kinds: c.Choices("recon.kind.", string(recon.Fee), string(recon.Other))}
	var err error
	if page.head, err = w.head(c, "bench"); err != nil {
		return page, err
	}
	if page.List, err = w.Recon.OpenLines(c.Context(), c.Actor(), page.Account.ID, page.Through, c.List()); err != nil {
		return page, err
	}
	page.List.Items = maskedAll(c.Actor(), page.List.Items)
	if page.Line, err = w.chosen(c, page, chosen); err != nil || page.Line == nil {
		return page, err
	}
	found, err := w.Recon.Candidates(c.Context(), c.Actor(), page.Line.ID)
	page.Candidates = candidates(c, found, form.code())
	return page, err
}

func (w Web) chosen(c *webkit.Ctx, page benchPage, chosen id.Line) (*bank.Line, error) {
	if chosen != 0 {
		line, err := w.Recon.OpenLine(c.Context(), c.Actor(), page.Account.ID, chosen)
		if err == nil {
			line = masked(c.Actor(), line)
			return &line, nil
		}
		if !recon.IsMissing(err) {
			return nil, err
		}
	}
	if len(page.List.Items) == 0 {
		return nil, nil //nolint:nilnil // nothing is open: there is no line, and that is no error
	}
	return &page.List.Items[0], nil
}

func (w Web) run(c *webkit.Ctx) error {
	account := c.Param("account")
	out, err := w.Recon.Match(c.Context(), c.Actor(), account, c.Month().Last(), c.Today())
	if err != nil {
		return c.Warn(home(account), err)
	}
	return c.Done(home(account), "recon.ran", out.Matched, out.Returned, out.Fees, out.Open)
}

func (w Web) confirm(c *webkit.Ctx) error {
	form := readLineForm(c)
	err := w.Recon.ConfirmByHand(c.Context(), c.Actor(), lineID(c), form.code(), form.Reason, c.Today())
	return w.decided(c, "confirm", form, err, form.code())
}

func (w Web) classify(c *webkit.Ctx) error {
	form := readLineForm(c)
	err := w.Recon.Classify(c.Context(), c.Actor(), lineID(c), recon.Kind(form.Kind), form.Reason)
	return w.decided(c, "classify", form, err, "@recon.kind."+form.Kind)
}

// decided goes on to the next open line, or shows the bench again with what was typed.
func (w Web) decided(c *webkit.Ctx, act string, form lineForm, err error, what string) error {
	line := lineID(c)
	if err != nil {
		page, pageErr := w.benchData(c, line, form)
		if pageErr != nil {
			return pageErr
		}
		page.Failed = act
		return c.Refuse(err, "recon/bench", page)
	}
	a, err := w.Bank.Account(c.Context(), c.Actor(), c.Param("account"))
	if err != nil {
		return err
	}
	next, err := w.Recon.NextOpen(c.Context(), c.Actor(), a.ID, c.Month().Last(), line)
	if err != nil {
		return err
	}
	return c.Done(fmt.Sprintf("%s?line=%d", home(a.Code), next), "recon.decided."+act, what)
}
