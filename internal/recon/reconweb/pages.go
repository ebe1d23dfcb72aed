package reconweb

import (
	"context"
	"net/url"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/id"
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
	accounts, tallies, err := w.tallied(c.Context(), c.Actor(), page.Month)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		page.Accounts = append(page.Accounts, accountRow{a, tallies[a.ID]})
	}
	return c.Show("recon/accounts", page)
}

// tallied are all accounts and how they stand in a month.
func (w Web) tallied(ctx context.Context, who actor.Actor, month day.Month) ([]bank.Account, map[id.Account]recon.Tally, error) {
	accounts, err := w.Bank.Accounts(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]id.Account, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	tallies, err := w.Recon.Tallies(ctx, who, ids, month.First(), month.Last())
	return accounts, tallies, err
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

func (w Web) run(c *webkit.Ctx) error {
	account := c.Param("account")
	var out recon.Outcome
	err := w.once(c, "match.run", account, &out, func(ctx context.Context) (err error) {
		out, err = w.Recon.Match(ctx, c.Actor(), account, c.Month().Last(), c.Today())
		return err
	})
	if err != nil {
		return c.Warn(home(account), err)
	}
	if out.RunID == 0 {
		return c.Done(home(account), "recon.ran", out.Matched, out.Returned, out.Fees, out.Others, out.Open)
	}
	return c.Done(home(account)+"/runs", "recon.ran", out.Matched, out.Returned, out.Fees, out.Others, out.Open)
}
