package app

import "matbang/internal/webkit"

// contractWork tells of guarantees that run out and of bills to mend, to submit or to approve.
func (a *App) contractWork(c *webkit.Ctx, page *myWorkPage) error {
	w, err := a.Rooms.Contracts.Waiting(c.Context(), c.Actor(), c.Today())
	if err != nil {
		return err
	}
	for _, item := range []struct {
		count     int
		key, href string
		column    *[]workLine
	}{
		{w.Expired, "mywork.contract.expired", "/contracts?warn=expired", &page.Late},
		{w.Returned, "mywork.contract.returned", "/contracts?warn=returned", &page.Late},
		{w.Expiring, "mywork.contract.expiring", "/contracts?warn=expiring", &page.Week},
		{w.Drafts, "mywork.contract.drafts", "/contracts?warn=drafts", &page.Week},
		{w.Approve, "mywork.contract.approve", "/contracts?warn=bills", &page.Week},
		{w.Others, "mywork.contract.others", "/contracts?warn=bills", &page.Waiting},
	} {
		if item.count > 0 {
			*item.column = append(*item.column, workLine{c.T(item.key, item.count), item.href, ""})
		}
	}
	return nil
}
