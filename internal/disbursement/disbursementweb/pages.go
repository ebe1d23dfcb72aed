package disbursementweb

import (
	"errors"
	"slices"
	"strconv"

	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type listPage struct {
	List                                                      listing.Answer[disbursement.Voucher]
	Sums                                                      disbursement.Sums
	Filter                                                    disbursement.Filter
	Month, Year                                               string
	Projects, Sources, Kinds, Purposes, Years, MonthsOfFilter []webkit.Choice
	Control                                                   disbursement.ControlCounts
	Worst                                                     []disbursement.OpenAdvance // the gravest of the control list
	Export                                                    string                     // address of the same vouchers as a workbook
}

// shownWorst is how many rows of the control list stand on the page of all vouchers.
const shownWorst = 3

func readFilter(c *webkit.Ctx) disbursement.Filter {
	year, err := strconv.Atoi(c.Query("year"))
	if err != nil || year < 2000 || year > 2100 { // no year of ours: every year
		year = 0
	}
	month, _ := day.ParseMonth(c.Query("paid"))
	return disbursement.Filter{Project: c.Query("project"), Year: year, Source: c.Query("source"), Kind: c.Query("kind"), Purpose: c.Query("purpose"), Month: month}
}

func (w Web) list(c *webkit.Ctx) error {
	page := listPage{Filter: readFilter(c), Kinds: kindChoices(c), Purposes: purposeChoices(c), Years: yearChoices(c.Today()),
		Export: "/disbursements/export.xlsx?" + c.Request().URL.RawQuery}
	page.Month, page.Year = page.Filter.Month.String(), c.Query("year")
	var err error
	if page.List, page.Sums, err = w.Disbursements.List(c.Context(), c.Actor(), page.Filter, c.List()); err != nil {
		return err
	}
	if page.Sources, err = w.sourceChoices(c); err != nil {
		return err
	}
	if page.Projects, err = w.projectChoices(c); err != nil {
		return err
	}
	page.MonthsOfFilter = monthChoices(c.Today())
	open, err := w.Disbursements.Control(c.Context(), c.Actor(), "", c.Today())
	if err != nil {
		return err
	}
	page.Control = disbursement.CountControl(open)
	page.Worst = open[:min(page.Control.LateCount(), shownWorst)]
	return c.Show("disbursement/list", page)
}

func kindChoices(c *webkit.Ctx) []webkit.Choice {
	return c.Choices("disbursement.kind.", "advance", "payment", "recovery", "refund", "held")
}

func purposeChoices(c *webkit.Ctx) []webkit.Choice {
	return c.Choices("disbursement.purpose.", "contract", "clearance", "other")
}

func yearChoices(today day.Date) []webkit.Choice {
	choices := make([]webkit.Choice, 0, 6)
	for year := today.Year(); year > today.Year()-6; year-- {
		choices = append(choices, webkit.Choice{Value: strconv.Itoa(year), Text: strconv.Itoa(year)})
	}
	return choices
}

// monthChoices are the last two years by months.
func monthChoices(today day.Date) []webkit.Choice {
	choices := make([]webkit.Choice, 0, 24)
	for i := range 24 {
		month := today.Month().Add(-i)
		choices = append(choices, webkit.Choice{Value: month.String(), Text: month.VN()})
	}
	return choices
}

func (w Web) sourceChoices(c *webkit.Ctx) ([]webkit.Choice, error) {
	sources, err := w.Disbursements.Capital.Sources(c.Context())
	choices := make([]webkit.Choice, 0, len(sources))
	for _, s := range sources {
		choices = append(choices, webkit.Choice{Value: s.Code, Text: s.Name})
	}
	return choices, err
}

func (w Web) projectChoices(c *webkit.Ctx) ([]webkit.Choice, error) {
	works, err := w.Disbursements.Projects.List(c.Context(), c.Actor(), project.Filter{}, listing.Query{Per: listing.MaxLimit})
	choices := make([]webkit.Choice, 0, len(works.Items))
	for _, p := range works.Items {
		choices = append(choices, webkit.Choice{Value: p.Code, Text: p.Code + " " + p.Name})
	}
	return choices, err
}

type controlPage struct {
	Rows    []disbursement.OpenAdvance
	Counts  disbursement.ControlCounts
	Project string
}

// State is the colour of a count that should be none.
func (p controlPage) State(n int, state string) string {
	if n == 0 {
		return ""
	}
	return state
}

func (w Web) control(c *webkit.Ctx) error {
	page := controlPage{Project: c.Query("project")}
	c.Crumb(c.T("menu.disbursements"), "/disbursements")
	var err error
	if page.Rows, err = w.Disbursements.Control(c.Context(), c.Actor(), page.Project, c.Today()); err != nil {
		return err
	}
	page.Counts = disbursement.CountControl(page.Rows)
	return c.Show("disbursement/control", page)
}

type workPage struct {
	disbursement.Work
	Year                                         int
	Years                                        []int
	Today                                        day.Date
	Total                                        fundTotal
	Reached                                      int // months of the plan year that have begun
	Form                                         form
	NewKey                                       string
	Targets, Sources, Bills, Advances, AboutKind []webkit.Choice
	Reversing                                    *disbursement.Voucher
}

// Was is what was typed in a form, empty for every other form of the page.
func (p workPage) Was(act string) form {
	if p.Form.Act != act {
		return form{}
	}
	return p.Form
}

// Wrong are the faults of a form, none for every other form of the page.
func (p workPage) Wrong(act string, errors map[string]string) map[string]string {
	if p.Form.Act != act {
		return nil
	}
	return errors
}

// Key is the idempotency key of a form: the one it was sent with, so that sending again is the same act.
func (p workPage) Key(act string) string {
	if p.Form.Act == act && p.Form.Key != "" {
		return p.Form.Key
	}
	return p.NewKey + "-" + act
}

// ID names a field for its label. The form that was refused has the plain names, to which its faults link.
func (p workPage) ID(act, name string) string {
	if p.Form.Act == act {
		return name
	}
	return act + "-" + name
}

// fundTotal is the sum over the sources of a work.
type fundTotal struct {
	disbursement.Sums
	Drawable, Confirmed, Ours vnd.Amount
}

// Left is what may still be drawn.
func (f fundTotal) Left() vnd.Amount { return f.Drawable - f.Cash() }

// Difference is ours less the treasury's, each source until the day it was agreed.
func (f fundTotal) Difference() vnd.Amount { return f.Ours - f.Confirmed }

func (w Web) workData(c *webkit.Ctx, f form) (workPage, error) {
	page := workPage{Year: yearOf(c), Today: c.Today(), Form: f, NewKey: c.NewKey()}
	var err error
	if page.Work, err = w.Disbursements.Work(c.Context(), c.Actor(), c.Param("code"), page.Year, c.Today()); err != nil {
		return page, err
	}
	page.Years = page.Work.Years
	if !slices.Contains(page.Years, page.Year) {
		page.Years = append(page.Years, page.Year)
		slices.Sort(page.Years)
		slices.Reverse(page.Years)
	}
	for _, fund := range page.Funds {
		page.Total.add(fund)
	}
	page.Reached = monthsReached(page.Year, c.Today())
	if page.Sources, err = w.fundChoices(c, page.Funds); err != nil {
		return page, err
	}
	page.offer(c)
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(page.Project.Code+" "+page.Project.Name, "/projects/"+page.Project.Code)
	c.Crumb(c.T("menu.disbursements"), "")
	return page, nil
}

func (f *fundTotal) add(fund disbursement.FundRow) {
	f.Advanced += fund.Advanced
	f.Paid += fund.Paid
	f.Recovered += fund.Recovered
	f.Refunded += fund.Refunded
	f.Drawable += fund.Drawable
	f.Confirmed += fund.Confirmed
	f.Ours += fund.Ours
}

// yearOf is the plan year of a page: the address's or the form's, else that of the month of work.
func yearOf(c *webkit.Ctx) int {
	for _, text := range []string{c.Form("plan_year"), c.Query("year")} {
		if year, err := strconv.Atoi(text); err == nil && year >= 2000 && year <= 2100 {
			return year
		}
	}
	return c.Month().Year()
}

// monthsReached is how many of the thirteen months of a plan year have begun.
func monthsReached(year int, today day.Date) int {
	first := day.New(year, 1, 1).Month()
	n := 0
	for n < 13 && !today.Before(first.Add(n).First()) {
		n++
	}
	return n
}

// fundChoices are the sources that have money in the year; where none has, all.
func (w Web) fundChoices(c *webkit.Ctx, funds []disbursement.FundRow) ([]webkit.Choice, error) {
	var choices []webkit.Choice
	for _, f := range funds {
		choices = append(choices, webkit.Choice{Value: f.Source, Text: c.T("disbursement.choice.source", f.SourceName, f.Left())})
	}
	if len(choices) > 0 {
		return choices, nil
	}
	return w.sourceChoices(c)
}

// offer makes the entries of the forms' selects, and finds the voucher that is to be taken back.
func (p *workPage) offer(c *webkit.Ctx) {
	for _, x := range p.Contracts {
		p.Targets = append(p.Targets, webkit.Choice{Value: contractTarget + x.Code, Text: c.T("disbursement.choice.contract", x.Number, x.Left())})
	}
	p.Targets = append(p.Targets, c.Choices("disbursement.purpose.", "clearance", "other")...)
	for _, b := range p.Work.Bills {
		p.Bills = append(p.Bills, webkit.Choice{Value: b.Code, Text: c.T("disbursement.choice.bill", b.Code, b.Contract, b.Number, b.Left, b.Recover)})
	}
	for _, a := range p.Work.Advances {
		what := a.Contract
		if what == "" {
			what = c.T("disbursement.purpose." + string(a.Purpose))
		}
		p.Advances = append(p.Advances, webkit.Choice{Value: a.Code, Text: c.T("disbursement.choice.advance", a.Code, a.PaidOn, what, a.Balance)})
	}
	p.AboutKind = c.Choices("disbursement.kind.", "recovery", "refund", "held")
	wanted := p.Form.Voucher
	if wanted == "" {
		wanted = c.Query("reverse")
	}
	at := slices.IndexFunc(p.Vouchers, func(v disbursement.Voucher) bool { return v.Code == wanted && v.Reversible() })
	if at >= 0 {
		p.Reversing = &p.Vouchers[at]
	}
}

func (w Web) work(c *webkit.Ctx) error {
	page, err := w.workData(c, form{})
	if err != nil {
		return err
	}
	return c.Show("disbursement/work", page)
}

func workPath(code string, year int) string {
	return "/projects/" + code + "/disbursements?year=" + strconv.Itoa(year)
}

func (w Web) record(c *webkit.Ctx) error {
	f, year := readForm(c), yearOf(c)
	page, err := w.workData(c, f)
	if err != nil {
		return err
	}
	e, err := f.entry(c.Param("code"), year, page.Work.Advances)
	code := ""
	if err == nil {
		code, err = w.Disbursements.Record(c.Context(), c.Actor(), e, c.Today())
	}
	if err == nil {
		return c.Done(workPath(c.Param("code"), year), "disbursement.recorded", code)
	}
	return c.Refuse(onPage(err), "disbursement/work", page)
}

func (w Web) reverse(c *webkit.Ctx) error {
	f, year := readForm(c), yearOf(c)
	f.Act = actReverse
	made, err := w.Disbursements.Reverse(c.Context(), c.Actor(), f.Voucher, f.Reason, f.Key, c.Today())
	if err == nil {
		return c.Done(workPath(c.Param("code"), year), "disbursement.reversed", f.Voucher, made)
	}
	page, pageErr := w.workData(c, f)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "disbursement/work", page)
}

func (w Web) confirm(c *webkit.Ctx) error {
	f, year := readForm(c), yearOf(c)
	f.Act = actConfirm
	a, err := f.agreement(c.Param("code"), year)
	if err == nil {
		err = w.Disbursements.ConfirmTreasury(c.Context(), c.Actor(), a, c.Today())
	}
	if err == nil {
		return c.Done(workPath(c.Param("code"), year), "disbursement.confirmed.done", a.Through)
	}
	page, pageErr := w.workData(c, f)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "disbursement/work", page)
}

// renamed gives the wrong fields of a refusal the names they have on a page.
func renamed(err error, names map[string]string) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	again := *f
	again.Fields = slices.Clone(f.Fields)
	for i := range again.Fields {
		if name, found := names[again.Fields[i].Name]; found {
			again.Fields[i].Name = name
		}
	}
	return &again
}
