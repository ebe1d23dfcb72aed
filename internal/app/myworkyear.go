package app

import (
	"strconv"

	"matbang/internal/webkit"
)

// yearWork tells who fixes baselines and accepts figures of the year what waits for that.
func (a *App) yearWork(c *webkit.Ctx, page *myWorkPage) error {
	unfixed, err := a.Rooms.Schedules.Unfixed(c.Context(), c.Actor())
	if err != nil {
		return err
	}
	if unfixed > 0 {
		page.Week = append(page.Week, workLine{c.T("mywork.schedule.unfixed", unfixed), "/schedules?standing=no_baseline", ""})
	}
	year := c.Month().Year()
	entered, err := a.Rooms.Indicators.Waiting(c.Context(), c.Actor(), year)
	if err == nil && entered > 0 {
		page.Week = append(page.Week, workLine{c.T("mywork.indicator.accept", entered, year), "/indicators?year=" + strconv.Itoa(year), ""})
	}
	return err
}
