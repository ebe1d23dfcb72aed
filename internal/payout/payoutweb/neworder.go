package payoutweb

import (
	"slices"
	"strconv"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/vnd"
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
	Years            []webkit.Choice
	Wards, Plans     []webkit.Choice
	Funds            []payout.Fund
	Fund             payout.Fund // the chosen one
	Count            int         // ticked
	Sum, After       vnd.Amount  // of what is ticked; left on the fund after it
	Anew             vnd.Amount  // of the sum what the fund gives: all but money issued again
	Full             bool        // more rows than are shown
	Key              string
}

func (w Web) newForm(c *webkit.Ctx) error {
	f := orderForm{Project: c.Query("project"), Method: string(payout.MethodTransfer), Filter: filterOf(c.Query)}
	page, err := w.newData(c, f, c.Query("all") == "1")
	if err != nil {
		return err
	}
	return c.Show("payout/new", page)
}

// newData reads what can be ordered in the work; all ticks everything of the filter that is free.
func (w Web) newData(c *webkit.Ctx, f orderForm, all bool) (newPage, error) {
	page := newPage{Form: f, Methods: methodChoices(c), Key: c.NewKey()}
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(c.T("payout.new"), "")
	var err error
	if f.Project == "" {
		page.Open, err = w.Payouts.OpenProjects(c.Context(), c.Actor())
		return page, err
	}
	if err := w.rows(c, &page, all); err != nil {
		return page, err
	}
	if err := w.places(c, &page); err != nil {
		return page, err
	}
	return page, w.fundChoices(c, &page)
}

func (w Web) rows(c *webkit.Ctx, page *newPage, all bool) error {
	f := page.Form
	awards, again, err := w.Payouts.Payables(c.Context(), c.Actor(), f.Project, f.Filter.payables())
	if err != nil {
		return err
	}
	page.Full = len(awards) == payout.MaxLines
	for _, a := range awards {
		row := payableRow{Payable: a, Key: awardKey(a.PlanCode, a.CaseCode), Amount: a.Left().String()}
		row.Picked = slices.Contains(f.Picked, row.Key) || all && a.Waiting == ""
		if typed, ok := f.Amounts[row.Key]; ok {
			row.Amount = typed
		}
		page.count(row.Picked, amountOf(row.Amount, a.Left()), true)
		page.Rows = append(page.Rows, row)
	}
	for _, p := range again {
		row := againRow{p, slices.Contains(f.Again, p.Code) || all}
		page.count(row.Picked, p.Amount, false)
		page.Again = append(page.Again, row)
	}
	return nil
}

func (p *newPage) count(picked bool, amount vnd.Amount, anew bool) {
	if !picked {
		return
	}
	p.Count++
	p.Sum += amount
	if anew {
		p.Anew += amount
	}
}

// amountOf is what a line takes as it stands: an amount, or a share of what is left; 0 while it cannot be read.
func amountOf(text string, left vnd.Amount) vnd.Amount {
	if share, ok := strings.CutSuffix(strings.TrimSpace(text), "%"); ok {
		var wrong fault.Wrong
		part, err := vnd.MulDiv(left, int64(webkit.Percent(&wrong, "x", strings.TrimSpace(share))), 10_000)
		if err != nil || wrong.Err() != nil {
			return 0
		}
		return part
	}
	amount, err := vnd.Parse(text)
	if err != nil {
		return 0
	}
	return amount
}

func (w Web) places(c *webkit.Ctx, page *newPage) error {
	wards, plans, err := w.Payouts.Places(c.Context(), c.Actor(), page.Form.Project)
	for _, x := range wards {
		page.Wards = append(page.Wards, webkit.Choice{Value: x.Code, Text: x.Name})
	}
	for _, x := range plans {
		page.Plans = append(page.Plans, webkit.Choice{Value: x.Code, Text: x.Code + " " + x.Name})
	}
	return err
}

// fundChoices offers the work's funds of the plan year with what is left on each.
func (w Web) fundChoices(c *webkit.Ctx, page *newPage) error {
	year := c.Today().Year()
	for _, y := range []int{year, year - 1} {
		page.Years = append(page.Years, webkit.Choice{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
	}
	if page.Form.Year == "" {
		page.Form.Year = strconv.Itoa(year)
	}
	if n, err := strconv.Atoi(page.Form.Year); err == nil {
		year = n
	}
	var err error
	page.Funds, err = w.Payouts.Funds(c.Context(), c.Actor(), page.Form.Project, year)
	for _, f := range page.Funds {
		page.Sources = append(page.Sources, webkit.Choice{Value: f.Source, Text: c.T("payout.fund.choice", f.SourceName, f.Left())})
		if f.Source == page.Form.Source {
			page.Fund, page.After = f, f.Left()-page.Anew
		}
	}
	return err
}

func (w Web) create(c *webkit.Ctx) error {
	f := readOrder(c)
	switch c.Form("act") {
	case "recalculate":
		return w.again(c, f, false)
	case "all":
		return w.again(c, f, true)
	}
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

// again shows the form with its sums counted anew; nothing is written.
func (w Web) again(c *webkit.Ctx, f orderForm, all bool) error {
	page, err := w.newData(c, f, all)
	if err != nil {
		return err
	}
	if f.Share != "" {
		page.share(f.Share)
	}
	return c.Show("payout/new", page)
}

// share writes the share of what is left into every ticked line.
func (p *newPage) share(text string) {
	p.Sum, p.Anew, p.Count, p.Form.Share = 0, 0, 0, ""
	for i := range p.Rows {
		if row := &p.Rows[i]; row.Picked {
			row.Amount = amountOf(strings.TrimSuffix(strings.TrimSpace(text), "%")+"%", row.Left()).String()
			p.count(true, amountOf(row.Amount, row.Left()), true)
		}
	}
	for _, row := range p.Again {
		p.count(row.Picked, row.Amount, false)
	}
	if p.Fund.Source != "" {
		p.After = p.Fund.Left() - p.Anew
	}
}

// payableForm is the filter as it was typed; a day that cannot be read does not limit.
type payableForm struct {
	Ward, Plan, From, To, Due, Free, Checked, Q string
}

func filterOf(read func(string) string) payableForm {
	return payableForm{Ward: read("ward"), Plan: read("plan"), From: read("from"), To: read("to"), Due: read("due"), Free: read("free"), Checked: read("checked"), Q: read("q")}
}

// Set tells whether anything is filtered.
func (f payableForm) Set() bool { return f != payableForm{} }

func (f payableForm) payables() payout.PayableFilter {
	var ignored fault.Wrong
	read := func(text string) day.Date { return webkit.OptionalDay(&ignored, "day", text) }
	return payout.PayableFilter{Ward: f.Ward, Plan: f.Plan, Text: f.Q, From: read(f.From), To: read(f.To), Due: read(f.Due), Free: f.Free == "1", Checked: f.Checked == "1"}
}
