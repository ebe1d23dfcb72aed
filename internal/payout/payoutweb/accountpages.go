package payoutweb

import (
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/webkit"
)

type accountsPage struct {
	List   listing.Answer[payout.Account]
	Filter payout.AccountFilter
	States []webkit.Choice
}

func (w Web) accounts(c *webkit.Ctx) error {
	page := accountsPage{Filter: payout.AccountFilter{State: c.Query("state"), Twice: c.Query("twice") == "1"}}
	if c.Request().URL.RawQuery == "" {
		page.Filter.State = string(payout.AccountWaiting)
	}
	for _, s := range payout.AccountStates() {
		page.States = append(page.States, webkit.Choice{Value: string(s), Text: c.T("payout.account.state." + string(s))})
	}
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(c.T("payout.accounts"), "")
	var err error
	page.List, err = w.Payouts.Accounts(c.Context(), c.Actor(), page.Filter, c.List())
	for i := range page.List.Items {
		page.List.Items[i].AccountNo = webkit.Mask(page.List.Items[i].AccountNo)
	}
	if err != nil {
		return err
	}
	return c.Show("payout/accounts", page)
}

type accountPage struct {
	Account      payout.Account
	History      []payout.Account
	Open         bool // the number is shown whole: asked for with a reason, in the log
	Own          bool // entered by this person, so another one checks it
	Act          string
	Reason       string
	OpenIdentity bool
}

func (w Web) account(c *webkit.Ctx) error {
	page, err := w.accountData(c)
	if err != nil {
		return err
	}
	return c.Show("payout/account", page)
}

func (w Web) accountData(c *webkit.Ctx) (accountPage, error) {
	page := accountPage{OpenIdentity: c.Actor().Can("identity:open")}
	history, err := w.Payouts.AccountHistory(c.Context(), c.Actor(), c.Param("code"))
	if err != nil {
		return page, err
	}
	for i := range history {
		history[i].AccountNo = webkit.Mask(history[i].AccountNo)
		if history[i].Code == c.Param("code") {
			page.Account = history[i]
		}
	}
	page.History, page.Own = history, page.Account.EnteredID == c.Actor().ID
	c.Crumb(c.T("payout.accounts"), "/accounts")
	c.Crumb(page.Account.Payee, "")
	return page, nil
}

func (w Web) openAccount(c *webkit.Ctx) error {
	a, openErr := w.Payouts.OpenAccount(c.Context(), c.Actor(), c.Param("code"), c.Form("reason"))
	page, err := w.accountData(c)
	if err != nil {
		return err
	}
	if openErr != nil {
		page.Act = "open"
		return c.Refuse(openErr, "payout/account", page)
	}
	page.Account.AccountNo, page.Open = a.AccountNo, true
	return c.Show("payout/account", page)
}

func (w Web) checkAccount(c *webkit.Ctx) error { return w.decideAccount(c, true, "check") }

func (w Web) refuseAccount(c *webkit.Ctx) error { return w.decideAccount(c, false, "refuse") }

func (w Web) decideAccount(c *webkit.Ctx, ok bool, act string) error {
	reason := c.Form("reason")
	err := w.Payouts.Check(c.Context(), c.Actor(), c.Param("code"), c.Version(), ok, reason)
	page, pageErr := w.accountData(c)
	if pageErr != nil {
		return pageErr
	}
	if err == nil {
		return c.Done("/accounts", "payout.account."+act+".done", page.Account.Payee)
	}
	page.Act, page.Reason = act, reason
	return c.Refuse(err, "payout/account", page)
}
