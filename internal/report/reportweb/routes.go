// Package reportweb is the pages and API of the monthly report.
package reportweb

import (
	"bytes"
	"context"
	"net/http"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/report"
	"matbang/internal/sheet"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// Web answers for reports. Say translates for files, whose language is the reader's.
type Web struct {
	Reports report.Reports
	Today   func() day.Date
	Say     func(lang, key string, args ...any) string
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/reports", report.Read, w.list)
	k.Page(http.MethodGet, "/reports/monthly/:month", report.Read, w.show)
	k.Page(http.MethodGet, "/reports/monthly/:month/xlsx", report.Read, w.xlsx)
	k.Page(http.MethodPost, "/reports/monthly/:month/issue", report.Issue, w.issue)

	webkit.Op(k, webkit.Operation{ID: "get-monthly-report", Method: http.MethodGet, Path: "/reports/monthly/{month}", Permission: report.Read,
		Summary: "The report of a month: issued as it was, or a draft"}, w.apiGet)
	webkit.Op(k, webkit.Operation{ID: "issue-monthly-report", Method: http.MethodPost, Path: "/reports/monthly/{month}/issue", Permission: report.Issue,
		Summary: "Freeze the report of a month under a number"}, w.apiIssue)
}

type listPage struct {
	Issued []report.MonthRow
	Month  day.Month
	Open   bool
}

func (w Web) list(c *webkit.Ctx) error {
	issued, err := w.Reports.IssuedMonths(c.Context(), c.Actor())
	if err != nil {
		return err
	}
	page := listPage{Issued: issued, Month: c.Month(), Open: true}
	for _, row := range issued {
		page.Open = page.Open && row.Month != page.Month
	}
	return c.Show("report/list", page)
}

type showPage struct {
	Report   report.Monthly
	Number   string
	Chart    webkit.Chart
	Straight bool // the plan curve of some work is in equal parts
	Bars     []webkit.Bar
	CanIssue bool
}

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.page(c)
	if err != nil {
		return err
	}
	return c.Show("report/monthly", page)
}

func monthOf(text string) (day.Month, error) {
	month, err := day.ParseMonth(text)
	if err != nil {
		return month, fault.Missing("report.month_unknown", text)
	}
	return month, nil
}

func (w Web) page(c *webkit.Ctx) (showPage, error) {
	month, err := monthOf(c.Param("month"))
	if err != nil {
		return showPage{}, err
	}
	r, err := w.Reports.Monthly(c.Context(), c.Actor(), month)
	if err != nil {
		return showPage{}, err
	}
	points, err := w.Reports.Curve(c.Context(), c.Actor(), month)
	if err != nil {
		return showPage{}, err
	}
	c.Crumb(c.T("menu.reports"), "/reports")
	return showPage{Report: r, Chart: CurveChart(c, points, c.T("report.curve")), Straight: points.Straight, Bars: waterfall(c, r),
		CanIssue: r.Status == report.Draft && c.Actor().Can(report.Issue) && !w.Today().Before(month.Last())}, nil
}

// CurveChart draws a curve: what was planned, what was done, what the treasury confirmed, and where the pace leads.
func CurveChart(c *webkit.Ctx, curve report.Curve, title string) webkit.Chart {
	ch := webkit.Chart{Kind: "line", Unit: "vnd", Title: title, XTitle: c.T("report.month"), Series: []webkit.Series{
		{Name: c.T("report.curve.plan"), Dashed: true}, {Name: c.T("report.executed")}, {Name: c.T("report.disbursed")},
		{Name: c.T("report.disbursed_treasury")}, {Name: c.T("report.curve.forecast", curve.Window), Dashed: true}}}
	for _, p := range curve.Points {
		ch.X = append(ch.X, p.Month.VN())
		for i, v := range []*vnd.Amount{&p.Plan, p.Executed, p.Disbursed, p.Treasury, p.Forecast} {
			ch.Series[i].Data = append(ch.Series[i].Data, orNothing(v))
		}
	}
	return ch
}

func orNothing(v *vnd.Amount) any {
	if v == nil {
		return nil
	}
	return *v
}

// waterfall lays the bridge out from approved down to paid.
func waterfall(c *webkit.Ctx, r report.Monthly) []webkit.Bar {
	b := r.Compensation.Bridge
	bars := []webkit.Bar{{Label: c.T("report.bridge.approved"), Kind: "total", Value: b.Approved, Width: 1000, Href: "/bridge"}}
	top := b.Approved
	for _, step := range []struct {
		key   string
		value vnd.Amount
	}{{"deducted", b.Deducted}, {"not_ordered", b.NotOrdered}, {"ordered", b.Ordered}, {"returned", b.Returned}, {"deposited", b.Deposited}} {
		top -= step.value
		bars = append(bars, webkit.Bar{Label: c.T("report.bridge." + step.key), Kind: "minus", Value: step.value,
			Start: permille(top, b.Approved), Width: permille(step.value, b.Approved)})
	}
	return append(bars, webkit.Bar{Label: c.T("report.bridge.paid"), Kind: "total", Value: b.Paid, Width: permille(b.Paid, b.Approved), Href: "/payments?state=paid"})
}

func permille(part, whole vnd.Amount) int64 { return vnd.Ratio(part, whole) / 10 }

func (w Web) xlsx(c *webkit.Ctx) error {
	month, err := monthOf(c.Param("month"))
	if err != nil {
		return err
	}
	r, err := w.Reports.Monthly(c.Context(), c.Actor(), month)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := report.WriteXLSX(&out, r, c.T); err != nil {
		return err
	}
	return c.File("bao-cao-thang-"+month.String()+".xlsx", sheet.ContentType, out.Bytes())
}

func (w Web) issue(c *webkit.Ctx) error {
	month, err := monthOf(c.Param("month"))
	if err != nil {
		return err
	}
	number := c.Form("number")
	if _, err = w.Reports.Issue(c.Context(), c.Actor(), month, number, c.Today()); err == nil {
		return c.Done("/reports/monthly/"+month.String(), "report.issued", number)
	}
	page, pageErr := w.page(c)
	if pageErr != nil {
		return pageErr
	}
	page.Number = number
	return c.Refuse(err, "report/monthly", page)
}

type monthInput struct {
	Month  string `path:"month" doc:"YYYY-MM"`
	Format string `query:"format" enum:"json" default:"json" doc:"files have their own pages"`
}

func (w Web) apiGet(ctx context.Context, who actor.Actor, in *monthInput) (*webkit.Body[report.Monthly], error) {
	month, err := monthOf(in.Month)
	if err != nil {
		return nil, err
	}
	r, err := w.Reports.Monthly(ctx, who, month)
	return &webkit.Body[report.Monthly]{Body: r}, err
}

type issueInput struct {
	Month string `path:"month" doc:"YYYY-MM"`
	Body  struct {
		Number string `json:"number"`
	}
}

func (w Web) apiIssue(ctx context.Context, who actor.Actor, in *issueInput) (*webkit.Body[report.Monthly], error) {
	month, err := monthOf(in.Month)
	if err != nil {
		return nil, err
	}
	r, err := w.Reports.Issue(ctx, who, month, in.Body.Number, w.Today())
	return &webkit.Body[report.Monthly]{Body: r}, err
}
