package app

import (
	"matbang/internal/violation"
	"matbang/internal/webkit"
)

// violationWork tells whoever may edit violations which are late to be put right, and which are due soon.
func (a *App) violationWork(c *webkit.Ctx, page *myWorkPage) error {
	late, soon, err := a.Rooms.Violations.Waiting(c.Context(), c.Actor(), c.Today())
	if late > 0 {
		page.Late = append(page.Late, workLine{c.T("mywork.violation.late", late), "/violations?state=late&year=", ""})
	}
	if soon > 0 {
		page.Week = append(page.Week, workLine{c.T("mywork.violation.soon", soon, c.Today().Add(violation.SoonDays)), "/violations?state=open&sort=due&year=", ""})
	}
	return err
}
