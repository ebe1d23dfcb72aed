package progressweb

import (
	"cmp"
	"slices"
	"strings"

	"matbang/internal/day"
	"matbang/internal/listing"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

// gridSize is how many works stand on one page of the grid: a city's works in one piece, a whole province's in several.
const gridSize = 200

type gridPage struct {
	Month           day.Month
	MonthNo         int
	BeforeNo        int
	DueText         string
	List            listing.Answer[progress.Work]
	Filter          progress.GridFilter
	Counts          progress.Counts
	Units, States   []webkit.Choice
	Rows            []gridRow
	Entering        bool // somewhere on this page figures may be typed
	Accepting       bool
	Reason          string
	Span            int  // columns of the table
	Pasting         bool // the box for pasting stands open
	Paste, Unit     string
	Notes, CellText []string // what the paste says beside the faults of cells; the faults in whole sentences
}

// gridRow is a work with what stands in its cells. Edit: figures may be typed; Pick: it may be chosen for accepting or giving back.
type gridRow struct {
	progress.Work
	Typed        typed
	BeforeText   typed // the figures that "no change" takes over
	Offer        typed // what other rooms' books say, taken where a cell is left empty
	NeedTexts    []string
	VoucherText  string
	AgreedText   string
	ComputedText string
	Adjustments  []string
	Edit, Pick   bool
	Picked       bool
	OwnReason    string // of the return of this one
}

func (w Web) gridPage(c *webkit.Ctx) (gridPage, error) {
	p := gridPage{Month: c.Month(), Filter: progress.GridFilter{Unit: c.Query("unit"), State: c.Query("state")}, Unit: "1"}
	p.MonthNo = numberOf(p.Month)
	p.BeforeNo = numberOf(p.Month.Add(-1))
	query := c.List()
	query.Per = gridSize
	var err error
	if p.List, err = w.Progress.Grid(c.Context(), c.Actor(), p.Month, p.Filter, query); err != nil {
		return p, err
	}
	if p.Counts, err = w.Progress.Counts(c.Context(), c.Actor(), p.Month); err != nil {
		return p, err
	}
	limits, err := w.Progress.Limits(c.Context(), p.Month)
	if err != nil {
		return p, err
	}
	if due := limits.Due(p.Month); !due.IsZero() {
		p.DueText = due.VN()[:5]
	}
	units, err := w.Progress.Units(c.Context(), c.Actor())
	for _, u := range units {
		p.Units = append(p.Units, webkit.Choice{Value: u.Code, Text: u.Name})
	}
	if err != nil {
		return p, err
	}
	p.States = c.Choices("progress.state.", "missing", "draft", "submitted", "accepted", "returned")
	return p, w.addRows(c, &p, p.List.Items)
}

// addRows puts works into the page with what is typed, needed and adjusted of each.
func (w Web) addRows(c *webkit.Ctx, p *gridPage, works []progress.Work) error {
	adjusted, err := w.Progress.AdjustmentsIn(c.Context(), c.Actor(), p.Month)
	if err != nil {
		return err
	}
	for _, work := range works {
		row := rowOf(c, p.Month, work)
		for _, a := range adjusted[work.Code] {
			row.Adjustments = append(row.Adjustments, adjustmentText(c, a))
		}
		p.Entering, p.Accepting = p.Entering || row.Edit, p.Accepting || row.Pick
		p.Rows = append(p.Rows, row)
	}
	p.Span = 12
	if p.Accepting {
		p.Span = 13
	}
	return nil
}

func rowOf(c *webkit.Ctx, month day.Month, work progress.Work) gridRow {
	row := gridRow{Work: work, Typed: typedOf(work), BeforeText: figuresText(work.NoGrowth()), Offer: offered(work.Facts)}
	row.Edit = c.Actor().Can(progress.Enter) && work.Editable() && !c.Today().Month().Before(month)
	row.Pick = c.Actor().Can(progress.Accept) && !work.Issued && (work.State == progress.Submitted || work.State == progress.Accepted)
	row.NeedTexts = needTexts(c, work.Needs)
	row.told(c)
	return row
}

// told writes what other rooms' books say beside the cells: short where it is the same figure.
func (row *gridRow) told(c *webkit.Ctx) {
	f, entered := row.Facts, row.State != ""
	if f.Vouchers {
		row.VoucherText = c.T("progress.fact.vouchers", f.Cash.String())
		if entered && f.Cash == row.Disbursed {
			row.VoucherText = c.T("progress.fact.vouchers.same")
		}
	}
	if !f.AgreedOn.IsZero() {
		row.AgreedText = c.T("progress.fact.agreed", f.Confirmed.String(), f.AgreedOn)
		if entered && f.Confirmed == row.Treasury {
			row.AgreedText = c.T("progress.fact.agreed.same", f.AgreedOn)
		}
	}
	if f.Schedule {
		row.ComputedText = c.T("progress.fact.computed", progress.Percent(f.PhysicalBP))
	}
}

// numberOf is the number of a month in its year.
func numberOf(m day.Month) int {
	n := 1
	for first := day.New(m.Year(), 1, 1).Month(); first.Before(m); first = first.Add(1) {
		n++
	}
	return n
}

// needTexts says what needs a reason, in the words of the refusal that would follow.
func needTexts(c *webkit.Ctx, needs []progress.Need) []string {
	texts := make([]string, 0, len(needs))
	for _, n := range needs {
		texts = append(texts, c.T("fault."+n.Code, n.Args...))
	}
	return texts
}

func figuresText(f progress.Figures) typed {
	return typed{Executed: f.Executed.String(), Estimate: f.Estimate.String(), Disbursed: f.Disbursed.String(), Treasury: f.Treasury.String(),
		Physical: progress.Percent(f.PhysicalBP)}
}

// offered is what a cell may take over from the vouchers and the treasury's agreement.
func offered(f progress.Facts) typed {
	var t typed
	if f.Vouchers {
		t.Disbursed = f.Cash.String()
	}
	if !f.AgreedOn.IsZero() {
		t.Treasury = f.Confirmed.String()
	}
	return t
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

// posted is the page of a sent form: the rows of the address, and those that the form shows though they no longer match its filter, so that
// nothing typed is lost.
func (w Web) posted(c *webkit.Ctx) (gridPage, error) {
	p, err := w.gridPage(c)
	if err != nil {
		return p, err
	}
	here := map[string]bool{}
	for _, row := range p.Rows {
		here[row.Code] = true
	}
	gone := slices.DeleteFunc(shownCodes(c), func(code string) bool { return here[code] })
	if len(gone) == 0 {
		return p, nil
	}
	works, err := w.Progress.Works(c.Context(), c.Actor(), p.Month, gone)
	if err != nil {
		return p, err
	}
	more := make([]progress.Work, 0, len(works))
	for _, work := range works {
		more = append(more, work)
	}
	if err := w.addRows(c, &p, more); err != nil {
		return p, err
	}
	slices.SortFunc(p.Rows, func(a, b gridRow) int { return cmp.Compare(a.Code, b.Code) })
	return p, nil
}

// shownCodes are the works whose rows the sent form holds.
func shownCodes(c *webkit.Ctx) []string {
	var codes []string
	for name := range c.FormMap() {
		if code, found := strings.CutSuffix(name, ".shown"); found && len(codes) < listing.MaxLimit {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}
