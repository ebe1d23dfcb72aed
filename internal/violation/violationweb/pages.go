package violationweb

import (
	"slices"
	"strconv"

	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/violation"
	"matbang/internal/webkit"
)

type listPage struct {
	List                        listing.Answer[violation.Violation]
	Filter                      violation.Filter
	Year                        string
	Sums                        violation.Sums
	Kinds, Wards, States, Years []webkit.Choice
}

func (w Web) list(c *webkit.Ctx) error {
	year := yearOf(c)
	page := listPage{Year: year, Filter: violation.Filter{Kind: c.Query("kind"), Ward: c.Query("ward"), State: c.Query("state")},
		Kinds: c.Choices("violation.kind.", violation.Kinds()...), States: c.Choices("violation.state.", violation.States()...)}
	page.Filter.Year, _ = strconv.Atoi(year)
	var err error
	if page.List, err = w.Violations.List(c.Context(), c.Actor(), page.Filter, c.List(), c.Today()); err != nil {
		return err
	}
	if page.Sums, err = w.Violations.Sums(c.Context(), c.Actor(), page.Filter, c.Today()); err != nil {
		return err
	}
	if page.Wards, err = w.wards(c, lastDay(page.Filter.Year, c.Today())); err != nil {
		return err
	}
	page.Years, err = w.years(c, page.Filter.Year)
	if err != nil {
		return err
	}
	return c.Show("violation/list", page)
}

// yearOf is the year of the address; an empty one means all years, none at all the year of work.
func yearOf(c *webkit.Ctx) string {
	if !c.Request().URL.Query().Has("year") {
		return strconv.Itoa(c.Month().Year())
	}
	if n, err := strconv.Atoi(c.Query("year")); err == nil && n >= 1900 && n <= 2200 {
		return strconv.Itoa(n)
	}
	return ""
}

// lastDay is the last day of a year, or today where that is earlier or no year is chosen: the wards offered are those of that day.
func lastDay(year int, today day.Date) day.Date {
	if last := day.New(year, 12, 31); year != 0 && last.Before(today) {
		return last
	}
	return today
}

func (w Web) wards(c *webkit.Ctx, on day.Date) ([]webkit.Choice, error) {
	wards, err := w.Regions.On(c.Context(), on)
	choices := make([]webkit.Choice, 0, len(wards))
	for _, ward := range wards {
		choices = append(choices, webkit.Choice{Value: ward.Code, Text: ward.Name})
	}
	return choices, err
}

// years are those that have violations, and the one that is shown.
func (w Web) years(c *webkit.Ctx, shown int) ([]webkit.Choice, error) {
	years, err := w.Violations.Years(c.Context(), c.Actor())
	if err != nil {
		return nil, err
	}
	if shown != 0 && !slices.Contains(years, shown) {
		years = append(years, shown)
		slices.Sort(years)
		slices.Reverse(years)
	}
	choices := make([]webkit.Choice, 0, len(years))
	for _, y := range years {
		choices = append(choices, webkit.Choice{Value: strconv.Itoa(y), Text: strconv.Itoa(y)})
	}
	return choices, nil
}

// formPage is what the fields of a form need; Handled asks for the end and the reason too.
type formPage struct {
	Form                   form
	Handled                bool
	Whats, Measures, Wards []webkit.Choice
}

func (w Web) formPage(c *webkit.Ctx, f form) (formPage, error) {
	page := formPage{Form: f, Whats: whats(c), Measures: c.Choices("violation.measure.", violation.Measures()...)}
	var err error
	page.Wards, err = w.wards(c, f.found(c.Today()))
	return page, err
}

// whats are the choices of what was done, each after its kind.
func whats(c *webkit.Ctx) []webkit.Choice {
	choices := c.Choices("violation.what.", violation.Whats()...)
	for i := range choices {
		choices[i].Text = c.T("violation.kind.short."+violation.KindOf(choices[i].Value)) + " – " + choices[i].Text
	}
	return choices
}

func (w Web) newForm(c *webkit.Ctx) error {
	c.Crumb(c.T("menu.violations"), "/violations")
	page, err := w.formPage(c, form{"found_on": c.Today().VN()})
	if err != nil {
		return err
	}
	return c.Show("violation/form", page)
}

func (w Web) add(c *webkit.Ctx) error {
	f := readForm(c, "")
	var wrong fault.Wrong
	in := f.input(&wrong)
	err, code := wrong.Err(), ""
	if err == nil {
		code, err = w.Violations.Add(c.Context(), c.Actor(), in, c.Today())
	}
	if err == nil {
		return c.Done("/violations/"+code, "violation.added", code)
	}
	c.Crumb(c.T("menu.violations"), "/violations")
	page, pageErr := w.formPage(c, f)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "violation/form", page)
}

// onePage is a violation with the two things that can be done to it; On is the one that was refused.
type onePage struct {
	Violation violation.Violation
	State     string
	MayEdit   bool
	On        string // update, handle
	Version   int
	Edit      formPage
	End       form // of handling
	History   []audit.Row
}

func (w Web) onePage(c *webkit.Ctx, typed func(*onePage)) (onePage, error) {
	v, err := w.Violations.Get(c.Context(), c.Actor(), c.Param("code"))
	if err != nil {
		return onePage{}, err
	}
	c.Crumb(c.T("menu.violations"), "/violations")
	c.Crumb(v.Code, "")
	page := onePage{Violation: v, State: v.State(c.Today()), Version: v.Version, Edit: formPage{Form: formOf(v)}, End: form{"handled_on": c.Today().VN()}}
	typed(&page)
	if page.MayEdit, err = w.Violations.MayEdit(c.Context(), c.Actor(), v.Code); err != nil {
		return page, err
	}
	if page.Edit, err = w.formPage(c, page.Edit.Form); err != nil {
		return page, err
	}
	page.Edit.Handled = v.Handled()
	page.History, err = w.Violations.Log.History(c.Context(), "violation", v.Code, 20)
	return page, err
}

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.onePage(c, func(*onePage) {})
	if err != nil {
		return err
	}
	return c.Show("violation/show", page)
}

func (w Web) update(c *webkit.Ctx) error {
	f := readForm(c, "")
	var wrong fault.Wrong
	change := violation.Change{Input: f.input(&wrong), Handling: f.handling(&wrong), Reason: f["reason"]}
	err := wrong.Err()
	if err == nil {
		err = w.Violations.Update(c.Context(), c.Actor(), c.Param("code"), c.Version(), change, c.Today())
	}
	if err == nil {
		return c.Done("/violations/"+c.Param("code"), "violation.saved", c.Param("code"))
	}
	return w.refuse(c, err, func(page *onePage) { page.On, page.Edit.Form = "update", f })
}

func (w Web) handle(c *webkit.Ctx) error {
	f := readForm(c, onHandle)
	var wrong fault.Wrong
	decision, end := f.decision(&wrong), f.handling(&wrong)
	err := wrong.Err()
	if err == nil {
		err = w.Violations.Handle(c.Context(), c.Actor(), c.Param("code"), c.Version(), decision, end, c.Today())
	}
	if err == nil {
		return c.Done("/violations/"+c.Param("code"), "violation.handled", c.Param("code"))
	}
	return w.refuse(c, prefixed(err, onHandle), func(page *onePage) { page.On, page.End = "handle", f })
}

// refuse shows the violation as it stands now with what was typed, and the version with which the same may be sent again.
func (w Web) refuse(c *webkit.Ctx, err error, typed func(*onePage)) error {
	page, pageErr := w.onePage(c, typed)
	if pageErr != nil {
		return pageErr
	}
	page.Version = webkit.VersionAfter(err, c.Version(), page.Violation.Version)
	return c.Refuse(err, "violation/show", page)
}
