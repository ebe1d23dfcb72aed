package progressweb

import (
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

// gridSize is how many works stand on one page of the grid: a unit's works in one piece, a whole province's in several.
const gridSize = 100

type gridPage struct {
	Month         day.Month
	Before        day.Month
	List          listing.Answer[progress.Work]
	Filter        progress.GridFilter
	Counts        progress.Counts
	Units, States []webkit.Choice
	Rows          []gridRow
	Entering      bool // somewhere on this page figures may be typed
	Accepting     bool
	Reason        string
}

// gridRow is a work with what stands in its cells. Edit: figures may be typed; Pick: it may be chosen for accepting or giving back.
type gridRow struct {
	progress.Work
	Typed      typed
	BeforeText typed // the figures that "no change" takes over
	Edit, Pick bool
	Picked     bool
}

func (w Web) gridPage(c *webkit.Ctx) (gridPage, error) {
	p := gridPage{Month: c.Month(), Filter: progress.GridFilter{Unit: c.Query("unit"), State: c.Query("state")}}
	p.Before = p.Month.Add(-1)
	query := c.List()
	query.Per = gridSize
	var err error
	if p.List, err = w.Progress.Grid(c.Context(), c.Actor(), p.Month, p.Filter, query); err != nil {
		return p, err
	}
	if p.Counts, err = w.Progress.Counts(c.Context(), c.Actor(), p.Month); err != nil {
		return p, err
	}
	units, err := w.Progress.Units(c.Context(), c.Actor())
	for _, u := range units {
		p.Units = append(p.Units, webkit.Choice{Value: u.Code, Text: u.Name})
	}
	p.States = c.Choices("progress.state.", "missing", "draft", "submitted", "accepted", "returned")
	for _, work := range p.List.Items {
		p.addRow(c, work)
	}
	return p, err
}

func (p *gridPage) addRow(c *webkit.Ctx, work progress.Work) {
	row := gridRow{Work: work, Typed: typedOf(work), BeforeText: beforeText(work)}
	row.Edit = c.Actor().Can(progress.Enter) && work.Editable() && !c.Today().Month().Before(p.Month)
	row.Pick = c.Actor().Can(progress.Accept) && !work.Issued && (work.State == progress.Submitted || work.State == progress.Accepted)
	p.Entering, p.Accepting = p.Entering || row.Edit, p.Accepting || row.Pick
	p.Rows = append(p.Rows, row)
}

func beforeText(w progress.Work) typed {
	f := w.Before
	return typed{Executed: f.Executed.String(), Estimate: f.Estimate.String(), Disbursed: f.Disbursed.String(), Treasury: f.Treasury.String(),
		Physical: percentText(f.PhysicalBP)}
}

func (w Web) grid(c *webkit.Ctx) error {
	page, err := w.gridPage(c)
	if err != nil {
		return err
	}
	return c.Show("progress/grid", page)
}

// back is the grid as it was asked for: month, filter and page stay.
func back(c *webkit.Ctx) string {
	if query := c.Request().URL.RawQuery; query != "" {
		return "/progress?" + query
	}
	return "/progress"
}

// read puts what was typed into the page and gives the rows that changed. A row that was accepted meanwhile is sent on too: its refusal
// says so, and what was typed stays on the page.
func (p *gridPage) read(c *webkit.Ctx) ([]progress.Row, error) {
	var wrong fault.Wrong
	var rows []progress.Row
	for i := range p.Rows {
		row := &p.Rows[i]
		if c.Form(progress.FieldOf(row.Code, "shown")) == "" {
			continue
		}
		if typed := readTyped(c, row.Code); row.Edit || typed.changed() {
			row.Typed, row.Edit = typed, true
		}
		if row.Typed.changed() {
			rows = append(rows, row.Typed.row(row.Code, &wrong))
		}
	}
	return rows, wrong.Err()
}

// save keeps what was typed as drafts; the button "submit" then hands in every draft of the page.
func (w Web) save(c *webkit.Ctx) error {
	page, err := w.gridPage(c)
	if err != nil {
		return err
	}
	rows, err := page.read(c)
	if err == nil {
		err = w.Progress.Save(c.Context(), c.Actor(), page.Month, rows, c.Today())
	}
	if err != nil {
		return c.Refuse(err, "progress/grid", page)
	}
	if c.Form("act") != "submit" {
		return c.Done(back(c), "progress.saved", len(rows))
	}
	return w.submit(c)
}

// submit hands in the drafts of the page as they now stand; when that is refused, the page says at which work and the drafts are kept.
func (w Web) submit(c *webkit.Ctx) error {
	page, err := w.gridPage(c)
	if err != nil {
		return err
	}
	var picks []progress.Pick
	for _, row := range page.Rows {
		if row.Edit && (row.State == progress.Draft || row.State == progress.Returned) {
			picks = append(picks, progress.Pick{Code: row.Code, Version: row.Version})
		}
	}
	if err := w.Progress.Submit(c.Context(), c.Actor(), page.Month, picks, c.Today()); err != nil {
		return c.Refuse(err, "progress/grid", page)
	}
	return c.Done(back(c), "progress.submitted", len(picks))
}

// picked marks the chosen rows and names them with the versions that the page showed.
func (p *gridPage) picked(c *webkit.Ctx) []progress.Pick {
	chosen := map[string]bool{}
	for _, code := range c.FormAll("pick") {
		chosen[code] = true
	}
	var picks []progress.Pick
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.Picked = chosen[row.Code]; row.Picked {
			picks = append(picks, progress.Pick{Code: row.Code, Version: readTyped(c, row.Code).Version})
		}
	}
	return picks
}

func (w Web) accept(c *webkit.Ctx) error {
	page, err := w.gridPage(c)
	if err != nil {
		return err
	}
	picks := page.picked(c)
	if err := w.Progress.Accept(c.Context(), c.Actor(), page.Month, picks); err != nil {
		return c.Refuse(err, "progress/grid", page)
	}
	return c.Done(back(c), "progress.taken", len(picks))
}

func (w Web) giveBack(c *webkit.Ctx) error {
	page, err := w.gridPage(c)
	if err != nil {
		return err
	}
	page.Reason = c.Form("reason")
	picks := page.picked(c)
	if err := w.Progress.Return(c.Context(), c.Actor(), page.Month, picks, page.Reason); err != nil {
		return c.Refuse(err, "progress/grid", page)
	}
	return c.Done(back(c), "progress.given_back", len(picks))
}
