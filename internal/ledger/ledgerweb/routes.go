// Package ledgerweb is the pages and API of the book: its accounts and journals, and the closing of its months.
package ledgerweb

import (
	"context"
	"net/http"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/ledger"
	"matbang/internal/webkit"
)

// Web answers for the room.
type Web struct {
	Ledger  ledger.Ledger
	Periods ledger.Periods
	Today   func() day.Date
}

// Routes adds the addresses of this room.
func (w Web) Routes(k *webkit.Kit) {
	w.bookRoutes(k)
	k.Page(http.MethodGet, "/periods", ledger.PeriodRead, w.list)
	k.Page(http.MethodGet, "/periods/:month", ledger.PeriodRead, w.month)
	k.Page(http.MethodPost, "/periods/:month/close", ledger.PeriodClose, w.close)
	k.Page(http.MethodPost, "/periods/:month/reopen", ledger.PeriodReopen, w.reopen)
	webkit.Op(k, webkit.Operation{ID: "list-periods", Method: http.MethodGet, Path: "/periods", Permission: ledger.PeriodRead,
		Summary: "Closed months, the month to be closed next and what keeps it open"}, w.apiList)
	webkit.Op(k, webkit.Operation{ID: "get-period", Method: http.MethodGet, Path: "/periods/{month}", Permission: ledger.PeriodRead,
		Summary: "How a month of the book stands: closed or not, what it took in of earlier months, what of its days stands in later ones"}, w.apiMonth)
	webkit.Op(k, webkit.Operation{ID: "close-period", Method: http.MethodPost, Path: "/periods/{month}/close", Permission: ledger.PeriodClose,
		Summary: "Close a month of the book; what comes to light later is written in the next"}, w.apiClose)
	webkit.Op(k, webkit.Operation{ID: "reopen-period", Method: http.MethodPost, Path: "/periods/{month}/reopen", Permission: ledger.PeriodReopen,
		Summary: "Open the last closed month again, with a reason, by another person than the one who closed it"}, w.apiReopen)
}

type listPage struct {
	Next      day.Month
	Over      bool // its last day is past, or today
	Obstacles []ledger.Obstacle
	Barred    bool // one of them keeps the month open
	Closed    []ledger.Period
	Taken     ledger.Adjusted // by the next month, of closed ones
	Last      day.Month       // closed and may be opened again; zero when none
	Reason    string
}

func (w Web) data(c *webkit.Ctx) (listPage, error) {
	var page listPage
	var err error
	if page.Next, page.Obstacles, err = w.Periods.Next(c.Context(), c.Actor(), c.Today()); err != nil {
		return page, err
	}
	book, err := w.Periods.MonthBook(c.Context(), c.Actor(), page.Next)
	if err != nil {
		return page, err
	}
	page.Taken = book.TakenIn
	page.Barred = slices.ContainsFunc(page.Obstacles, func(o ledger.Obstacle) bool { return !o.Warning })
	page.Over = !page.Next.Last().After(c.Today())
	page.Closed, err = w.Periods.List(c.Context(), c.Actor())
	for _, p := range page.Closed {
		if p.ReopenedAt == nil && page.Last.IsZero() && p.ClosedByID != c.Actor().ID {
			page.Last = p.Month
		}
		if p.ReopenedAt == nil {
			break
		}
	}
	return page, err
}

func (w Web) list(c *webkit.Ctx) error {
	page, err := w.data(c)
	if err != nil {
		return err
	}
	return c.Show("ledger/periods", page)
}

// monthOf reads the month of the address; what is none names a month that cannot be closed.
func monthOf(text string) day.Month {
	m, err := day.ParseMonth(text)
	if err != nil {
		return day.Month{}
	}
	return m
}

func (w Web) month(c *webkit.Ctx) error {
	month := monthOf(c.Param("month"))
	if month.IsZero() {
		return ledger.ErrMonthUnknown
	}
	book, err := w.Periods.MonthBook(c.Context(), c.Actor(), month)
	if err != nil {
		return err
	}
	return c.Show("ledger/period", book)
}

func (w Web) close(c *webkit.Ctx) error {
	month := monthOf(c.Param("month"))
	if err := w.Periods.Close(c.Context(), c.Actor(), month, c.Today()); err != nil {
		return c.Warn("/periods", err)
	}
	return c.Done("/periods", "period.done", month.VN())
}

func (w Web) reopen(c *webkit.Ctx) error {
	month := monthOf(c.Param("month"))
	err := w.Periods.Reopen(c.Context(), c.Actor(), month, c.Form("reason"))
	if err == nil {
		return c.Done("/periods", "period.opened", month.VN())
	}
	page, pageErr := w.data(c)
	if pageErr != nil {
		return pageErr
	}
	page.Reason = c.Form("reason")
	return c.Refuse(err, "ledger/periods", page)
}

type periodsBody struct {
	Next      day.Month         `json:"next"`
	Obstacles []ledger.Obstacle `json:"obstacles"`
	Items     []ledger.Period   `json:"items"`
}

func (w Web) apiList(ctx context.Context, who actor.Actor, _ *struct{}) (*webkit.Body[periodsBody], error) {
	var body periodsBody
	var err error
	if body.Next, body.Obstacles, err = w.Periods.Next(ctx, who, w.Today()); err != nil {
		return nil, err
	}
	body.Items, err = w.Periods.List(ctx, who)
	return &webkit.Body[periodsBody]{Body: body}, err
}

// MonthInput names a month; exported because the API library reads embedded fields of exported types only.
type MonthInput struct {
	Month string `path:"month" doc:"YYYY-MM"`
}

func (w Web) apiMonth(ctx context.Context, who actor.Actor, in *MonthInput) (*webkit.Body[ledger.MonthBook], error) {
	month := monthOf(in.Month)
	if month.IsZero() {
		return nil, ledger.ErrMonthUnknown
	}
	book, err := w.Periods.MonthBook(ctx, who, month)
	return &webkit.Body[ledger.MonthBook]{Body: book}, err
}

func (w Web) apiClose(ctx context.Context, who actor.Actor, in *MonthInput) (*webkit.Body[periodsBody], error) {
	if err := w.Periods.Close(ctx, who, monthOf(in.Month), w.Today()); err != nil {
		return nil, err
	}
	return w.apiList(ctx, who, nil)
}

type reopenInput struct {
	MonthInput
	Body struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiReopen(ctx context.Context, who actor.Actor, in *reopenInput) (*webkit.Body[periodsBody], error) {
	if err := w.Periods.Reopen(ctx, who, monthOf(in.Month), in.Body.Reason); err != nil {
		return nil, err
	}
	return w.apiList(ctx, who, nil)
}
