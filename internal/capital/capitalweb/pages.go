package capitalweb

import (
	"fmt"
	"slices"
	"strconv"

	"matbang/internal/capital"
	"matbang/internal/fault"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type page struct {
	capital.View
	Year                                int
	Rows                                []capital.MatrixRow
	Total                               capital.MatrixRow
	AllYears                            []capital.YearRow
	YearsTotal                          capital.YearRow
	Unplanned                           vnd.Amount // of the total investment
	MediumRows                          []capital.PeriodRow
	Months                              capital.MonthPlan
	Cells                               []cell
	Rest                                vnd.Amount
	Line, MediumForm                    lineForm
	MonthsForm                          monthsForm
	Kinds, MediumKinds, Sources         []webkit.Choice
	YearChoices, PeriodChoices          []webkit.Choice
	OpenLine, OpenMedium, EditingMonths bool
}

// cell is one month of the plan of the year.
type cell struct {
	Name, Label, Value    string
	Amount, Sum, Straight vnd.Amount
}

func (w Web) show(c *webkit.Ctx) error {
	p, err := w.page(c)
	if err != nil {
		return err
	}
	return c.Show("capital/show", p)
}

// page reads everything of one work; the year is the address's, else that of the month of work.
func (w Web) page(c *webkit.Ctx) (page, error) {
	p := page{Year: c.Month().Year()}
	if year, err := strconv.Atoi(c.Query("year")); err == nil && year >= 2000 && year <= 2100 {
		p.Year = year
	}
	var err error
	if p.View, err = w.Capital.View(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return p, err
	}
	if p.Months, err = w.Capital.MonthPlan(c.Context(), c.Actor(), c.Param("code"), p.Year); err != nil {
		return p, err
	}
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(p.Project.Code+" "+p.Project.Name, "/projects/"+p.Project.Code)
	c.Crumb(c.T("menu.capital"), "")
	p.Rows, p.Total = p.Matrix(p.Year)
	p.AllYears, p.YearsTotal = p.Years()
	p.MediumRows, p.Unplanned = p.Periods(), p.Project.TotalInvestment-p.YearsTotal.Plan
	p.fillCells(c, monthsOf(p.Months))
	return p, w.choices(c, &p)
}

// fillCells puts months as they stand or as they were typed into the table, beside the straight line.
func (p *page) fillCells(c *webkit.Ctx, f monthsForm) {
	p.MonthsForm, p.Cells, p.Rest = f, nil, p.Months.Drawable-f.sum()
	sums, straight := p.Months.Amounts.Cumulative(), capital.Straight(p.Months.Drawable).Cumulative()
	for i, text := range f.Amounts {
		label := fmt.Sprintf("%02d/%d", i+1, p.Year)
		if i == 12 {
			label = c.T("capital.months.after", p.Year+1)
		}
		p.Cells = append(p.Cells, cell{monthField(i), label, text, p.Months.Amounts[i], sums[i], straight[i]})
	}
}

func (w Web) choices(c *webkit.Ctx, p *page) error {
	sources, err := w.Capital.Sources(c.Context())
	for _, s := range sources {
		p.Sources = append(p.Sources, webkit.Choice{Value: s.Code, Text: s.Name})
	}
	p.Kinds, p.MediumKinds = c.Choices("capital.kind.", capital.Kinds()...), c.Choices("capital.kind.", capital.MediumKinds()...)
	years := []int{p.Year}
	for _, row := range p.AllYears {
		years = append(years, row.Year)
	}
	slices.Sort(years)
	for _, year := range slices.Compact(years) {
		p.YearChoices = append(p.YearChoices, webkit.Choice{Value: strconv.Itoa(year), Text: strconv.Itoa(year)})
	}
	now := capital.PeriodOf(p.Year)
	for from := now - 5; from <= now+5; from += 5 {
		p.PeriodChoices = append(p.PeriodChoices, webkit.Choice{Value: strconv.Itoa(from), Text: fmt.Sprintf("%d–%d", from, from+4)})
	}
	p.Line.Year, p.MediumForm.Year = strconv.Itoa(p.Year), strconv.Itoa(now)
	return err
}

func (w Web) add(c *webkit.Ctx) error {
	f := readLine(c, "", "year")
	l, err := f.line()
	if err == nil {
		err = w.Capital.Add(c.Context(), c.Actor(), c.Param("code"), l, c.Today())
	}
	if err == nil {
		return c.Done(address(c, l.Year), "capital.added", l.Number)
	}
	p, pageErr := w.page(c)
	if pageErr != nil {
		return pageErr
	}
	p.Line, p.OpenLine = f, true
	return c.Refuse(err, "capital/show", p)
}

func (w Web) addMedium(c *webkit.Ctx) error {
	f := readLine(c, mediumPrefix, "from_year")
	l, err := f.medium()
	if err == nil {
		err = w.Capital.AddMedium(c.Context(), c.Actor(), c.Param("code"), l, c.Today())
	}
	p, pageErr := w.page(c)
	if pageErr != nil {
		return pageErr
	}
	if err == nil {
		return c.Done(address(c, p.Year), "capital.medium.added", l.Number)
	}
	p.MediumForm, p.OpenMedium = f, true
	return c.Refuse(prefixed(err, mediumPrefix), "capital/show", p)
}

func (w Web) saveMonths(c *webkit.Ctx) error {
	f := readMonths(c)
	year := webkit.Year(&fault.Wrong{}, "year", c.Query("year"))
	m, err := f.months()
	if err == nil {
		err = w.Capital.SaveMonths(c.Context(), c.Actor(), c.Param("code"), year, f.Version, m)
	}
	if err == nil {
		return c.Done(address(c, year), "capital.months.saved", year)
	}
	p, pageErr := w.page(c)
	if pageErr != nil {
		return pageErr
	}
	f.Version = webkit.VersionAfter(err, f.Version, p.Months.Version)
	p.fillCells(c, f)
	p.EditingMonths = true
	return c.Refuse(err, "capital/show", p)
}

// address is the page of the work at a year.
func address(c *webkit.Ctx, year int) string {
	return fmt.Sprintf("/projects/%s/capital?year=%d", c.Param("code"), year)
}
