package app

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/progress"
	"matbang/internal/report"
	"matbang/internal/webkit"
)

// noteLine is a reminder at the top of the first page, until its reader puts it away.
type noteLine struct {
	ID          int64
	Text, Words string
	Href        string
	Late        bool
}

// progressWork tells what is to be entered and accepted in the month of work, by when, and shows the reminders of it.
func (a *App) progressWork(c *webkit.Ctx, page *myWorkPage) error {
	month := c.Month()
	w, err := a.Rooms.Progress.Waiting(c.Context(), c.Actor(), month)
	if err != nil {
		return err
	}
	href := "/progress?month=" + month.String()
	if w.Returned > 0 {
		page.Late = append(page.Late, workLine{c.T("mywork.progress.returned", month, w.Returned), href + "&state=returned", ""})
	}
	if w.Missing > 0 {
		if err := a.missingLine(c, page, "mywork.progress.missing", w.Missing, href); err != nil {
			return err
		}
	}
	if w.ToAccept > 0 {
		page.Week = append(page.Week, workLine{c.T("mywork.progress.accept", month, w.ToAccept), href + "&state=submitted", ""})
	}
	if err := a.progressOfOthers(c, page); err != nil {
		return err
	}
	return a.reminderNotes(c, page)
}

// missingLine says how many works are missing and by when they are due: late once that day is past.
func (a *App) missingLine(c *webkit.Ctx, page *myWorkPage, key string, works int, href string) error {
	month := c.Month()
	due, err := a.Rooms.Progress.EntryDue(c.Context(), month)
	if err != nil {
		return err
	}
	text := c.T(key, month, works)
	if !due.IsZero() {
		text = c.T(key+".due", month, works, due)
	} else {
		due = month.Last()
	}
	if due.Before(c.Today()) {
		page.Late = append(page.Late, workLine{text, href, c.T("missing.late", c.Today().Sub(due))})
	} else {
		page.Week = append(page.Week, workLine{text, href, ""})
	}
	return nil
}

// progressOfOthers tells whoever enters what waits for its acceptance, and whoever accepts what units have not handed in.
func (a *App) progressOfOthers(c *webkit.Ctx, page *myWorkPage) error {
	who, month := c.Actor(), c.Month()
	if !who.Can(progress.Enter) && !who.Can(progress.Accept) {
		return nil
	}
	counts, err := a.Rooms.Progress.Counts(c.Context(), who, month)
	if err != nil {
		return err
	}
	if who.Can(progress.Enter) && counts.Submitted > 0 {
		page.Waiting = append(page.Waiting, workLine{c.T("mywork.progress.submitted", month, counts.Submitted), "/progress?month=" + month.String() + "&state=submitted", ""})
	}
	if who.Can(progress.Accept) && counts.ToEnter() > 0 {
		return a.missingLine(c, page, "mywork.progress.others", counts.ToEnter(), "/progress/missing?month="+month.String())
	}
	return nil
}

func (a *App) reminderNotes(c *webkit.Ctx, page *myWorkPage) error {
	reminders, err := a.Rooms.Progress.MyReminders(c.Context(), c.Actor())
	for _, r := range reminders {
		key := "reminder.note." + string(r.Kind)
		if r.Kind == progress.RemindDue && r.SentOn != c.Today() || r.Kind == progress.RemindBefore && r.Due.Before(c.Today()) {
			key = "reminder.note.due.past"
		}
		href := "/progress?month="
		if r.Unit == "" { // told of all units: a head
			href = "/progress/missing?month="
		}
		page.Notes = append(page.Notes, noteLine{ID: r.ID, Text: c.T(key, r.Month, r.Works, r.Due, r.SentBy), Words: r.Words,
			Href: href + r.Month.String(), Late: !r.Due.IsZero() && r.Due.Before(c.Today())})
	}
	return err
}

// obstacleWork tells whoever keeps obstacles, accepts the month or signs its report what is open beyond its day: for the city's own leaders those
// that the city must decide are late work, those of others wait for them; for whoever keeps them all are.
func (a *App) obstacleWork(c *webkit.Ctx, page *myWorkPage) error {
	who := c.Actor()
	keeps := who.Can(progress.EditObstacles)
	if !who.Can(progress.ReadObstacles) || !keeps && !who.Can(progress.Accept) && !who.Can(report.Issue) {
		return nil
	}
	late, soon, err := a.Rooms.Progress.LateByLevel(c.Context(), who, c.Today())
	for _, o := range late {
		line := workLine{c.T("mywork.obstacle.late", c.T("obstacle.level."+o.Level), o.Count), "/obstacles?state=late&level=" + o.Level, c.T("mywork.obstacle.longest", o.Days)}
		if keeps || o.Level == "city" {
			page.Late = append(page.Late, line)
		} else {
			page.Waiting = append(page.Waiting, line)
		}
	}
	if soon > 0 && keeps {
		page.Week = append(page.Week, workLine{c.T("mywork.obstacle.soon", soon, c.Today().Add(progress.SoonDays)), "/obstacles?state=open&sort=due", ""})
	}
	return err
}

// lateObstacles counts what is open beyond its day, for whoever keeps obstacles.
func (a *App) lateObstacles(ctx context.Context, who actor.Actor) int {
	if !who.Can(progress.EditObstacles) {
		return 0
	}
	late, _, err := a.Rooms.Progress.LateByLevel(ctx, who, a.Today())
	if err != nil {
		return 0
	}
	n := 0
	for _, o := range late {
		n += o.Count
	}
	return n
}
