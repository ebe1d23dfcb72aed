package payoutweb

import (
	"context"
	"net/url"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/ledger"
	"matbang/internal/payout"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// bar is one figure of the bridge: where it starts and how wide it is, in thousandths of what is approved, and the rows behind it.
type bar struct {
	Amount       vnd.Amount
	Start, Width int64
	Href         string
}

// bars is the bridge from approved down to paid.
type bars struct{ Approved, Deducted, NotOrdered, Ordered, Returned, Deposited, Paid bar }

// projectRow is the bridge of a work, each figure with the rows behind it.
type projectRow struct {
	Code, Name string
	bars
	Difference vnd.Amount
}

type bridgePage struct {
	View     payout.BridgeView
	Ages     []payout.AgeRow
	Bars     bars
	Rows     []projectRow
	Filter   payout.BridgeFilter
	AsOf     string
	Projects []webkit.Choice
}

func (w Web) bridge(c *webkit.Ctx) error {
	page := bridgePage{Filter: payout.BridgeFilter{Project: c.Query("project"), Case: c.Query("case")}, AsOf: c.Query("as_of")}
	var err error
	if page.Projects, err = w.projectChoices(c); err != nil {
		return err
	}
	page.Filter.AsOf, err = asOf(page.AsOf)
	if err == nil {
		page.View, err = w.Payouts.Bridge(c.Context(), c.Actor(), page.Filter)
	}
	if err == nil {
		page.Ages, err = w.Payouts.Ages(c.Context(), c.Actor(), page.Filter, c.Today())
	}
	if err != nil {
		return c.Refuse(err, "payout/bridge", page)
	}
	page.Bars = barsOf(page.View.Total, links{c.Actor(), page.Filter.Project, page.Filter.Case})
	for _, p := range page.View.Projects {
		page.Rows = append(page.Rows, projectRow{p.Code, p.Name, barsOf(p.Bridge, links{c.Actor(), p.Code, page.Filter.Case}), p.Difference})
	}
	return c.Show("payout/bridge", page)
}

func asOf(text string) (day.Date, error) {
	var wrong fault.Wrong
	d := webkit.OptionalDay(&wrong, "as_of", text)
	return d, wrong.Err()
}

// links leads from a figure to its rows, for whom may open them.
type links struct {
	who               actor.Actor
	project, caseCode string
}

func (l links) payments(state payout.PaymentState) string {
	if !l.who.Can(payout.Read) {
		return ""
	}
	q := url.Values{"state": {string(state)}}
	if l.project != "" {
		q.Set("project", l.project)
	}
	if l.caseCode != "" {
		q.Set("case", l.caseCode)
	}
	return "/payments?" + q.Encode()
}

func (l links) plans() string {
	if !l.who.Can("plan:read") {
		return ""
	}
	q := url.Values{"state": {"approved"}}
	if l.project != "" {
		q.Set("project", l.project)
	}
	return "/plans?" + q.Encode()
}

// open leads to what can be ordered, for whoever orders; to the plans for the others.
func (l links) open() string {
	if !l.who.Can(payout.Make) {
		return l.plans()
	}
	if l.project == "" {
		return "/new/payout-order"
	}
	return "/new/payout-order?project=" + url.QueryEscape(l.project)
}

func barsOf(b ledger.Bridge, l links) bars {
	out := bars{Approved: bar{b.Approved, 0, 1000, l.plans()}, Paid: bar{b.Paid, 0, permille(b.Paid, b.Approved), l.payments(payout.Paid)}}
	top := b.Approved
	for _, step := range []struct {
		to     *bar
		amount vnd.Amount
		href   string
	}{
		{&out.Deducted, b.Deducted, l.plans()},
		{&out.NotOrdered, b.NotOrdered, l.open()},
		{&out.Ordered, b.Ordered, l.payments(payout.Ordered)},
		{&out.Returned, b.Returned, l.payments(payout.Returned)},
		{&out.Deposited, b.Deposited, l.payments(payout.Deposited)},
	} {
		top -= step.amount
		*step.to = bar{step.amount, max(0, permille(top, b.Approved)), permille(step.amount, b.Approved), step.href}
	}
	return out
}

func permille(part, whole vnd.Amount) int64 { return vnd.Ratio(part, whole) / 10 }

type bridgeBody struct {
	ledger.Bridge
	Projects []payout.ProjectBridge `json:"projects"`
}

func (w Web) apiBridge(ctx context.Context, who actor.Actor, in *BridgeQuery) (*webkit.Body[bridgeBody], error) {
	day, err := asOf(in.AsOf)
	if err != nil {
		return nil, err
	}
	view, err := w.Payouts.Bridge(ctx, who, payout.BridgeFilter{Project: in.Project, Case: in.Case, AsOf: day})
	if err != nil {
		return nil, err
	}
	return &webkit.Body[bridgeBody]{Body: bridgeBody{view.Total, view.Projects}}, nil
}
