package progressweb

import (
	"context"
	"net/http"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

func (w Web) missingRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/progress/missing", progress.Read, w.missing)
	k.Page(http.MethodPost, "/progress/remind", progress.Accept, w.remind)
	k.Page(http.MethodPost, "/reminders/:id/seen", progress.Read, w.seen)
}

// missingPage is who has not reported a month. Unit and Words are what was typed into a refused reminder.
type missingPage struct {
	Missing     progress.Missing
	Sent        []progress.Reminder
	Unit, Words string
	MaxWords    int
}

// shownWorks is how many works of a unit the page lists; the grid, filtered, has them all.
const shownWorks = 200

// Shown are the works of a unit that the page lists.
func (missingPage) Shown(u progress.MissingUnit) []progress.NotReported {
	return u.Works[:min(len(u.Works), shownWorks)]
}

// More is how many works of a unit the page leaves out.
func (missingPage) More(u progress.MissingUnit) int { return max(0, len(u.Works)-shownWorks) }

func (w Web) missingPage(c *webkit.Ctx, month day.Month) (missingPage, error) {
	page := missingPage{MaxWords: progress.MaxWords}
	c.Crumb(c.T("menu.progress"), "/progress?month="+month.String())
	c.Crumb(c.T("missing.title", month), "")
	var err error
	if page.Missing, err = w.Progress.NotReported(c.Context(), c.Actor(), month, c.Today()); err != nil {
		return page, err
	}
	page.Sent, err = w.Progress.SentReminders(c.Context(), c.Actor(), month)
	return page, err
}

func (w Web) missing(c *webkit.Ctx) error {
	page, err := w.missingPage(c, c.Month())
	if err != nil {
		return err
	}
	return c.Show("progress/missing", page)
}

func (w Web) remind(c *webkit.Ctx) error {
	month, err := day.ParseMonth(c.Form("month"))
	if err != nil {
		return fault.InvalidField("month", "progress.month_form")
	}
	in := progress.ByHand{Month: month, Unit: c.Form("unit"), Words: c.Form("words")}
	sent, err := w.Progress.RemindNow(c.Context(), c.Actor(), in, c.Today())
	if err == nil {
		return c.Done("/progress/missing?month="+month.String(), "reminder.sent", sent)
	}
	page, pageErr := w.missingPage(c, month)
	if pageErr != nil {
		return pageErr
	}
	page.Unit, page.Words = in.Unit, in.Words
	return c.Refuse(err, "progress/missing", page)
}

// seen puts a note of My work away and stays there.
func (w Web) seen(c *webkit.Ctx) error {
	reminder, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return progress.ErrReminderMissing
	}
	if err := w.Progress.SeeReminder(c.Context(), c.Actor(), reminder); err != nil {
		return err
	}
	return c.Done("/", "")
}

type missingInput struct {
	Month string `query:"month" doc:"YYYY-MM; left out, the month of today"`
}

// MissingBody is who has not reported a month, as the API shows it.
type MissingBody struct {
	Month    day.Month     `json:"month"`
	DueOn    day.Date      `json:"due_on"`
	DaysLate int           `json:"days_late"`
	Issued   bool          `json:"issued"`
	Items    []MissingItem `json:"items"`
}

// MissingItem is one work that has not reported, with the reminders of its unit.
type MissingItem struct {
	progress.NotReported
	Reminders progress.Reminders `json:"reminders"`
}

func (w Web) apiNotReported(ctx context.Context, who actor.Actor, in *missingInput) (*webkit.Body[MissingBody], error) {
	month := w.Today().Month()
	if in.Month != "" {
		var err error
		if month, err = day.ParseMonth(in.Month); err != nil {
			return nil, fault.InvalidField("month", "progress.month_form")
		}
	}
	m, err := w.Progress.NotReported(ctx, who, month, w.Today())
	body := MissingBody{Month: month, DueOn: m.Due, DaysLate: m.DaysLate, Issued: m.Issued, Items: []MissingItem{}}
	for _, u := range m.Units {
		for _, work := range u.Works {
			body.Items = append(body.Items, MissingItem{work, u.Reminders})
		}
	}
	return &webkit.Body[MissingBody]{Body: body}, err
}

type remindInput struct {
	Body struct {
		Month day.Month `json:"month" doc:"YYYY-MM"`
		Unit  string    `json:"unit" doc:"code of the unit whose works are missing"`
		Words string    `json:"words,omitempty" maxLength:"500"`
	}
}

// RemindedBody tells how many people were reminded.
type RemindedBody struct {
	People int `json:"people"`
}

func (w Web) apiRemind(ctx context.Context, who actor.Actor, in *remindInput) (*webkit.Body[RemindedBody], error) {
	sent, err := w.Progress.RemindNow(ctx, who, progress.ByHand{Month: in.Body.Month, Unit: in.Body.Unit, Words: in.Body.Words}, w.Today())
	return &webkit.Body[RemindedBody]{Body: RemindedBody{sent}}, err
}

type reminderInput struct {
	ID int64 `path:"id"`
}

func (w Web) apiSeeReminder(ctx context.Context, who actor.Actor, in *reminderInput) (*struct{}, error) {
	return nil, w.Progress.SeeReminder(ctx, who, in.ID)
}
