package payoutweb

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/ledger"
	"matbang/internal/payout"
	"matbang/internal/webkit"
)

type standingPage struct {
	Rows       []payout.Standing
	Total      int
	Page, Last int
	Query      payout.StandingQuery
	AsOf       string
	Projects   []webkit.Choice
	Accounts   []webkit.Choice
}

// standing shows the rows behind the ages of the bridge: each case, since when its money stands where it stands, and why.
func (w Web) standing(c *webkit.Ctx) error {
	page := standingPage{AsOf: c.Query("as_of"), Page: max(c.List().Page, 1), Query: payout.StandingQuery{Account: ledger.Account(c.Query("account")), Reason: c.Query("reason"),
		BridgeFilter: payout.BridgeFilter{Project: c.Query("project"), Case: c.Query("case")}}}
	for _, a := range payout.StandAccounts() {
		page.Accounts = append(page.Accounts, webkit.Choice{Value: string(a), Text: c.T("ledger.account." + string(a))})
	}
	page.Query.Page = page.Page
	var err error
	if page.Projects, err = w.projectChoices(c); err != nil {
		return err
	}
	c.Crumb(c.T("payout.bridge.title"), "/bridge")
	page.Query.AsOf, err = asOf(page.AsOf)
	if err == nil {
		page.Rows, page.Total, err = w.Payouts.Standings(c.Context(), c.Actor(), page.Query, c.Today())
	}
	if err != nil {
		return c.Refuse(err, "payout/standing", page)
	}
	page.Last = max(1, (page.Total+payout.StandingPage-1)/payout.StandingPage)
	return c.Show("payout/standing", page)
}

type standingInput struct {
	BridgeQuery
	Account string `query:"account" enum:"not_ordered,ordered,with_treasury,returned,deposited"`
	Reason  string `query:"reason"`
	Page    int    `query:"page" minimum:"1"`
}

// BridgeQuery chooses what a bridge is about; exported because the API library reads embedded fields of exported types only.
type BridgeQuery struct {
	Project string `query:"project" doc:"code"`
	Case    string `query:"case" doc:"code"`
	AsOf    string `query:"as_of" doc:"YYYY-MM-DD; entries of later days do not count"`
}

type standingBody struct {
	Ages  []payout.AgeRow   `json:"ages"`
	Items []payout.Standing `json:"items"`
	Total int               `json:"total"`
}

func (w Web) apiStanding(ctx context.Context, who actor.Actor, in *standingInput) (*webkit.Body[standingBody], error) {
	on, err := asOf(in.AsOf)
	if err != nil {
		return nil, err
	}
	f := payout.BridgeFilter{Project: in.Project, Case: in.Case, AsOf: on}
	var body standingBody
	if body.Ages, err = w.Payouts.Ages(ctx, who, f, w.Today()); err != nil {
		return nil, err
	}
	body.Items, body.Total, err = w.Payouts.Standings(ctx, who, payout.StandingQuery{BridgeFilter: f, Account: ledger.Account(in.Account), Reason: in.Reason, Page: in.Page}, w.Today())
	return &webkit.Body[standingBody]{Body: body}, err
}
