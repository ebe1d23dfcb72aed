package indicatorweb

import (
	"errors"
	"strconv"

	"matbang/internal/fault"
	"matbang/internal/indicator"
	"matbang/internal/webkit"
)

// line is an indicator on the page: what is known, what is typed, what the person may do with it.
type line struct {
	indicator.Row
	Typed                typed
	Edit, Pick, Picked   bool
	RatioText            string
	GrowthText           string
	Missed               bool // the plan was not reached
	PlanText, ResultText string
	LastText             string
}

// group is the indicators of one department.
type group struct {
	Unit  string
	Lines []line
}

type page struct {
	Year     int
	Years    []webkit.Choice
	Groups   []group
	Marks    []webkit.Choice
	Entering bool
	Picking  bool
	Closed   bool // the year's December report is issued
	Missing  int  // indicators without a result
}

// Columns is how many columns the table has: choosing and exactness stand there only for those who need them.
func (p page) Columns() int {
	columns := 9
	for _, more := range []bool{p.Picking, p.Entering} {
		if more {
			columns++
		}
	}
	return columns
}

func yearOf(c *webkit.Ctx) int {
	if year, err := strconv.Atoi(c.Query("year")); err == nil && year >= 2000 && year <= 2100 {
		return year
	}
	return c.Month().Year()
}

func (w Web) page(c *webkit.Ctx) (page, error) {
	p := page{Year: yearOf(c), Marks: c.Choices("indicator.mark.", indicator.Marks()...)}
	rows, err := w.Indicators.Year(c.Context(), c.Actor(), p.Year)
	if err != nil {
		return p, err
	}
	if p.Closed, err = w.Indicators.Closed(c.Context(), p.Year); err != nil {
		return p, err
	}
	for year := c.Today().Year() + 1; year > c.Today().Year()-5; year-- {
		p.Years = append(p.Years, webkit.Choice{Value: strconv.Itoa(year), Text: strconv.Itoa(year)})
	}
	for _, row := range rows {
		p.add(c, row)
	}
	return p, nil
}

func (p *page) add(c *webkit.Ctx, row indicator.Row) {
	l := line{Row: row, Typed: typedOf(row), Edit: row.Mine && p.Year <= c.Today().Year()+1}
	l.Pick = c.Actor().Can(indicator.Accept) && row.State == indicator.Entered && !row.Hands.Has(c.Actor().ID)
	l.PlanText, l.LastText = text(row.Plan, row.Decimals), text(row.LastYear, row.Decimals)
	if l.ResultText = text(row.Result, row.Decimals); l.ResultText != "" && row.Mark != indicator.Exact {
		l.ResultText = c.T("indicator.marked."+string(row.Mark), l.ResultText)
	}
	if bp, given, ok := row.Ratio(); ok {
		l.RatioText = shareText(c, bp, given)
	}
	if bp, given, ok := row.Growth(); ok {
		l.GrowthText = shareText(c, bp, given)
	}
	reached, known := row.Reached()
	l.Missed = known && !reached
	if row.Result == nil {
		p.Missing++
	}
	p.Entering, p.Picking = p.Entering || l.Edit, p.Picking || l.Pick
	if n := len(p.Groups); n == 0 || p.Groups[n-1].Unit != row.UnitName {
		p.Groups = append(p.Groups, group{Unit: row.UnitName})
	}
	last := &p.Groups[len(p.Groups)-1]
	last.Lines = append(last.Lines, l)
}

// shareText writes a share; one that was given and not computed says so.
func shareText(c *webkit.Ctx, bp int, given bool) string {
	if given {
		return c.T("indicator.given", percent(&bp))
	}
	return percent(&bp) + " %"
}

func (w Web) show(c *webkit.Ctx) error {
	p, err := w.page(c)
	if err != nil {
		return err
	}
	return c.Show("indicator/year", p)
}

// read puts what was typed into the page and gives the rows that changed.
func (p *page) read(c *webkit.Ctx) ([]indicator.Input, error) {
	var wrong fault.Wrong
	var inputs []indicator.Input
	p.each(func(l *line) {
		if c.Form(l.Code+".was") == "" && c.Form(l.Code+".version") == "" {
			return
		}
		t := readTyped(c, l.Code)
		if t.signature() == t.Was {
			return
		}
		l.Typed, l.Edit = t, true
		inputs = append(inputs, t.input(l.Row, &wrong))
	})
	return inputs, wrong.Err()
}

func (p *page) each(do func(l *line)) {
	for g := range p.Groups {
		for i := range p.Groups[g].Lines {
			do(&p.Groups[g].Lines[i])
		}
	}
}

func back(year int) string { return "/indicators?year=" + strconv.Itoa(year) }

func (w Web) save(c *webkit.Ctx) error {
	p, err := w.page(c)
	if err != nil {
		return err
	}
	inputs, err := p.read(c)
	if err == nil {
		err = w.Indicators.Save(c.Context(), c.Actor(), p.Year, inputs, c.Today())
	}
	if err == nil {
		return c.Done(back(p.Year), "indicator.saved", len(inputs))
	}
	p.carry(err)
	return c.Refuse(err, "indicator/year", p)
}

// carry gives a row that somebody changed meanwhile its current version: knowing that, the person may save again.
func (p *page) carry(err error) {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Changed {
		return
	}
	p.each(func(l *line) { l.Typed.Version = l.Version })
}

func (w Web) accept(c *webkit.Ctx) error {
	p, err := w.page(c)
	if err != nil {
		return err
	}
	chosen := map[string]bool{}
	for _, code := range c.FormAll("pick") {
		chosen[code] = true
	}
	var picks []indicator.Pick
	p.each(func(l *line) {
		if l.Picked = chosen[l.Code]; l.Picked {
			version, _ := strconv.Atoi(c.Form(l.Code + ".shown"))
			picks = append(picks, indicator.Pick{Code: l.Code, Version: version})
		}
	})
	if err := w.Indicators.Accept(c.Context(), c.Actor(), p.Year, picks); err != nil {
		return c.Refuse(err, "indicator/year", p)
	}
	return c.Done(back(p.Year), "indicator.taken", len(picks))
}

type formPage struct {
	Form                 definition
	Directions, Decimals []webkit.Choice
}

func formPageOf(c *webkit.Ctx, d definition) formPage {
	c.Crumb(c.T("menu.indicators"), "/indicators")
	return formPage{d, c.Choices("indicator.direction.", indicator.Directions()...), []webkit.Choice{{Value: "0", Text: "0"}, {Value: "1", Text: "1"}, {Value: "2", Text: "2"}}}
}

func (w Web) newForm(c *webkit.Ctx) error {
	year := strconv.Itoa(c.Today().Year())
	return c.Show("indicator/form", formPageOf(c, definition{Decimals: "0", Direction: "higher", Rank: "100", FromYear: year}))
}

func (w Web) define(c *webkit.Ctx) error {
	d := readDefinition(c)
	i, err := d.indicator()
	if err == nil {
		err = w.Indicators.Define(c.Context(), c.Actor(), i)
	}
	if err == nil {
		return c.Done("/indicators", "indicator.defined", i.Name)
	}
	return c.Refuse(err, "indicator/form", formPageOf(c, d))
}
