package app

import (
	"matbang/internal/webkit"
)

// disbursementWork tells who records vouchers which advances are late, and who confirms what is not agreed with the treasury yet.
func (a *App) disbursementWork(c *webkit.Ctx, page *myWorkPage) error {
	w, err := a.Rooms.Disbursements.Waiting(c.Context(), c.Actor(), c.Today())
	if err != nil {
		return err
	}
	if n := w.LateCount(); n > 0 {
		page.Late = append(page.Late, workLine{c.T("mywork.disbursement.late", n, w.Late), "/disbursements/control", ""})
	}
	if w.ToAgree > 0 {
		page.Week = append(page.Week, workLine{c.T("mywork.disbursement.agree", w.ToAgree, c.Today().Month().Add(-1)), "/disbursements", ""})
	}
	return nil
}
