package app

import (
	"context"
	"time"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/compensation"
	"matbang/internal/day"
	"matbang/internal/late"
	"matbang/internal/payout"
	"matbang/internal/report"
	"matbang/internal/webkit"
)

// workLine is one sentence of the first page, with the act as a link.
type workLine struct{ Text, Href, Note string }

// myWorkPage is what waits for a person: what is late, what comes now, what waits for others.
type myWorkPage struct {
	Late, Week, Waiting []workLine
	Notes               []noteLine
}

// myWork is the first page of every role.
func (a *App) myWork(c *webkit.Ctx) error {
	page := myWorkPage{}
	for _, look := range []func(*webkit.Ctx, *myWorkPage) error{a.progressWork, a.obstacleWork, a.contractWork, a.planWork, a.payoutWork, a.depositWork, a.disbursementWork, a.bankWork, a.violationWork, a.yearWork, a.reportWork} {
		if err := look(c, &page); err != nil {
			return err
		}
	}
	return c.Show("home/mywork", page)
}

func (a *App) planWork(c *webkit.Ctx, page *myWorkPage) error {
	if !c.Actor().Can(compensation.Read) {
		return nil
	}
	plans, err := a.Rooms.Compensation.Waiting(c.Context(), c.Actor())
	for _, p := range plans {
		line := workLine{c.T("mywork.plan."+string(p.State), p.Code, p.Name), "/plans/" + p.Code, c.T("mywork.since", day.Of(p.ChangedAt))}
		page.Week = append(page.Week, line)
	}
	return err
}

func (a *App) payoutWork(c *webkit.Ctx, page *myWorkPage) error {
	w, err := a.Rooms.Payouts.Waiting(c.Context(), c.Actor())
	if err != nil {
		return err
	}
	for _, item := range []struct {
		count     int
		key, href string
		column    *[]workLine
	}{
		{w.Drafts, "mywork.order.drafts", "/payout-orders?state=draft", &page.Week},
		{w.Approve, "mywork.order.approve", "/payout-orders?state=submitted", &page.Week},
		{w.Release, "mywork.order.release", "/payout-orders?state=approved", &page.Week},
		{w.Reissue, "mywork.payment.reissue", "/payments?state=returned", &page.Late},
		{w.Results, "mywork.payment.results", "/payments?state=ordered", &page.Waiting},
	} {
		if item.count > 0 {
			*item.column = append(*item.column, workLine{c.T(item.key, item.count), item.href, ""})
		}
	}
	return nil
}

func (a *App) depositWork(c *webkit.Ctx, page *myWorkPage) error {
	w, err := a.Rooms.Payouts.WaitingDeposits(c.Context(), c.Actor())
	for _, item := range []struct {
		count     int
		key, href string
	}{
		{w.Decide, "mywork.deposit.decide", "/deposits?state=asked"}, {w.HandOver, "mywork.deposit.hand_over", "/deposits?state=approved"},
		{w.Incomplete, "mywork.deposit.incomplete", "/deposits?state=incomplete"},
	} {
		if item.count > 0 {
			page.Week = append(page.Week, workLine{c.T(item.key, item.count), item.href, ""})
		}
	}
	return err
}

func (a *App) bankWork(c *webkit.Ctx, page *myWorkPage) error {
	if !c.Actor().Can("match:confirm") {
		return nil
	}
	lines, sum, err := a.Rooms.Recon.Waiting(c.Context(), c.Actor(), c.Month().Last())
	if err == nil && lines > 0 {
		page.Week = append(page.Week, workLine{c.T("mywork.lines", lines, sum), "/recon", ""})
	}
	return err
}

// reportWork tells who reads the report what is paid late, and who issues it which month is open.
func (a *App) reportWork(c *webkit.Ctx, page *myWorkPage) error {
	who, month := c.Actor(), c.Month()
	if !who.Can(report.Read) || !who.Can(payout.BridgeRead) {
		return nil
	}
	overdue, err := a.Rooms.Late.StillOwed(c.Context(), month.Last(), time.Time{})
	if err != nil {
		return err
	}
	if sum := late.SumOf(overdue); sum.Cases > 0 {
		page.Late = append(page.Late, workLine{c.T("mywork.late_payments", sum.Cases, sum.Owed), "/reports/monthly/" + month.String() + "#h-late", ""})
	}
	if !who.Can(report.Issue) || c.Today().Before(month.Last()) {
		return nil
	}
	issued, err := a.Rooms.Reports.Issued(c.Context(), who, month)
	if err == nil && !issued {
		page.Week = append(page.Week, workLine{c.T("mywork.report.issue", month), "/reports/monthly/" + month.String(), ""})
	}
	return err
}

// waiting counts what waits for a person behind each menu entry. A count that cannot be had is left out: the page itself matters more.
func (a *App) waiting(ctx context.Context, who actor.Actor) map[string]int {
	counts := map[string]int{}
	if w, err := a.Rooms.Progress.Waiting(ctx, who, a.Today().Month()); err == nil {
		counts["progress"] = w.Missing + w.Returned + w.ToAccept
	}
	if w, err := a.Rooms.Contracts.Waiting(ctx, who, a.Today()); err == nil {
		counts["contracts"] = w.Count()
	}
	if w, err := a.Rooms.Disbursements.Waiting(ctx, who, a.Today()); err == nil {
		counts["disbursements"] = w.Count()
	}
	counts["obstacles"] = a.lateObstacles(ctx, who)
	if plans, err := a.Rooms.Compensation.Waiting(ctx, who); err == nil {
		counts["plans"] = len(plans)
	}
	if w, err := a.Rooms.Payouts.Waiting(ctx, who); err == nil {
		counts["payouts"] = w.Count()
	}
	if w, err := a.Rooms.Payouts.WaitingDeposits(ctx, who); err == nil {
		counts["deposits"] = w.Count()
	}
	if n, err := a.Rooms.Payouts.WaitingAccounts(ctx, who); err == nil {
		counts["accounts"] = n
	}
	if who.Can(bank.Read) && who.Can("match:confirm") {
		if lines, _, err := a.Rooms.Recon.Waiting(ctx, who, a.Today()); err == nil {
			counts["recon"] = lines
		}
	}
	return counts
}
