package payoutweb

import (
	"slices"

	"matbang/internal/payout"
	"matbang/internal/webkit"
)

// payableRow is an award to tick, with the amount as it was typed, or what is left.
type payableRow struct {
	payout.Payable
	Key    string
	Picked bool
	Amount string
}

type againRow struct {
	payout.Again
	Picked bool
}

type newPage struct {
	Open             []payout.Open // to choose a work from, while none is chosen
	Form             orderForm
	Rows             []payableRow
	Again            []againRow
	Methods, Sources []webkit.Choice
	Key              string
}

func (w Web) newForm(c *webkit.Ctx) error {
	f := orderForm{Project: c.Query("project"), Method: string(payout.MethodTransfer)}
	page, err := w.newData(c, f, c.Query("all") == "1")
	if err != nil {
		return err
	}
	return c.Show("payout/new", page)
}

// newData reads what can be ordered in the work; all ticks everything that is free.
func (w Web) newData(c *webkit.Ctx, f orderForm, all bool) (newPage, error) {
	page := newPage{Form: f, Methods: methodChoices(c), Key: c.NewKey()}
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(c.T("payout.new"), "")
	var err error
	if f.Project == "" {
		page.Open, err = w.Payouts.OpenProjects(c.Context(), c.Actor())
		return page, err
	}
	awards, again, err := w.Payouts.Payables(c.Context(), c.Actor(), f.Project)
	if err != nil {
		return page, err
	}
	for _, a := range awards {
		row := payableRow{Payable: a, Key: awardKey(a.PlanCode, a.CaseCode), Amount: a.Left().String()}
		row.Picked = slices.Contains(f.Picked, row.Key) || all && a.Waiting == ""
		if typed, ok := f.Amounts[row.Key]; ok {
			row.Amount = typed
		}
		page.Rows = append(page.Rows, row)
	}
	for _, p := range again {
		page.Again = append(page.Again, againRow{p, slices.Contains(f.Again, p.Code) || all})
	}
	return page, w.sourceChoices(c, &page)
}

func (w Web) sourceChoices(c *webkit.Ctx, page *newPage) error {
	sources, err := w.Payouts.Sources(c.Context())
	for _, s := range sources {
		page.Sources = append(page.Sources, webkit.Choice{Value: s.Code, Text: s.Name})
	}
	return err
}

func (w Web) create(c *webkit.Ctx) error {
	f := readOrder(c)
	in, places, err := f.order()
	code := ""
	if err == nil {
		code, err = w.Payouts.Draft(c.Context(), c.Actor(), in, c.Key(), c.Today())
		err = onPage(err, places)
	}
	if err == nil {
		return c.Done(orderPath(code), "payout.drafted", code)
	}
	page, pageErr := w.newData(c, f, false)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "payout/new", page)
}
