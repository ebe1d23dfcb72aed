package projectweb

import (
	"slices"
	"strconv"
	"strings"

	"matbang/internal/audit"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/region"
	"matbang/internal/webkit"
)

type listPage struct {
	List                    listing.Answer[project.Row]
	Filter                  project.Filter
	Wards                   []region.Ward
	Groups, Sectors, States []webkit.Choice
	WardChoices             []webkit.Choice
}

func (w Web) list(c *webkit.Ctx) error {
	month := c.Month()
	f := project.Filter{Group: c.Query("group"), Sector: c.Query("sector"), State: c.Query("state"), Ward: c.Query("ward"),
		Clearance: c.Query("clearance") != "", Year: month.Year(), Month: month}
	answer, err := w.Projects.List(c.Context(), c.Actor(), f, c.List())
	if err != nil {
		return err
	}
	wards, err := w.wardChoices(c)
	if err != nil {
		return err
	}
	return c.Show("project/list", listPage{List: answer, Filter: f, Groups: groupChoices(), Sectors: sectorChoices(c), States: stateChoices(c), WardChoices: wards})
}

func groupChoices() []webkit.Choice {
	choices := make([]webkit.Choice, 0, 3)
	for _, g := range project.Groups() {
		choices = append(choices, webkit.Choice{Value: g, Text: g})
	}
	return choices
}

func sectorChoices(c *webkit.Ctx) []webkit.Choice {
	return c.Choices("project.sector.", project.Sectors()...)
}

func stateChoices(c *webkit.Ctx) []webkit.Choice {
	codes := make([]string, 0, 4)
	for _, s := range project.States() {
		codes = append(codes, string(s))
	}
	return c.Choices("project.state.", codes...)
}

func (w Web) wardChoices(c *webkit.Ctx) ([]webkit.Choice, error) {
	wards, err := w.Regions.On(c.Context(), c.Today())
	if err != nil {
		return nil, err
	}
	choices := make([]webkit.Choice, 0, len(wards))
	for _, ward := range wards {
		choices = append(choices, webkit.Choice{Value: ward.Code, Text: ward.Name})
	}
	return choices, nil
}

type showPage struct {
	Project   project.Project
	Decisions []project.Decision
	History   []audit.Row
	Decision  decisionForm
	Kinds     []webkit.Choice
}

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.showData(c)
	if err != nil {
		return err
	}
	return c.Show("project/show", page)
}

// showData reads everything of one work; what is not the reader's to see is left out.
func (w Web) showData(c *webkit.Ctx) (showPage, error) {
	var page showPage
	var err error
	if page.Project, err = w.Projects.Get(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(page.Project.Code+" "+page.Project.Name, "")
	if page.Decisions, err = w.Projects.Decisions(c.Context(), page.Project.ID); err != nil {
		return page, err
	}
	if page.History, err = w.Projects.Log.History(c.Context(), "project", page.Project.Code, 20); err != nil {
		return page, err
	}
	page.Kinds = c.Choices("project.decision.", "policy", "investment", "adjustment")
	return page, nil
}

type formPage struct {
	Form                    form
	New                     bool
	Groups, Sectors, States []webkit.Choice
	Wards                   []wardTick
}

type wardTick struct {
	webkit.Choice
	Ticked bool
}

func (w Web) formPage(c *webkit.Ctx, f form, isNew bool) (formPage, error) {
	page := formPage{Form: f, New: isNew, Groups: groupChoices(), Sectors: sectorChoices(c), States: stateChoices(c)}
	c.Crumb(c.T("menu.projects"), "/projects")
	wards, err := w.wardChoices(c)
	for _, ward := range wards {
		page.Wards = append(page.Wards, wardTick{ward, slices.Contains(f.WardCodes, ward.Value)})
	}
	return page, err
}

func (w Web) newForm(c *webkit.Ctx) error {
	year := strconv.Itoa(c.Today().Year())
	page, err := w.formPage(c, form{Group: "C", State: string(project.Preparing), StartYear: year, EndYear: year}, true)
	if err != nil {
		return err
	}
	return c.Show("project/form", page)
}

func (w Web) create(c *webkit.Ctx) error {
	f := readForm(c)
	in, err := f.input()
	if err == nil {
		err = w.Projects.Create(c.Context(), c.Actor(), in, c.Today())
	}
	if err == nil {
		return c.Done("/projects/"+in.Code, "project.created", in.Name)
	}
	page, pageErr := w.formPage(c, f, true)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "project/form", page)
}

func (w Web) editForm(c *webkit.Ctx) error {
	p, err := w.Projects.Get(c.Context(), c.Actor(), c.Param("code"))
	if err != nil {
		return err
	}
	page, err := w.formPage(c, formOf(p), false)
	if err != nil {
		return err
	}
	return c.Show("project/form", page)
}

func (w Web) update(c *webkit.Ctx) error {
	f := readForm(c)
	f.Code = c.Param("code")
	in, err := f.input()
	if err == nil {
		err = w.Projects.Update(c.Context(), c.Actor(), f.Version, in, c.Today())
	}
	if err == nil {
		return c.Done("/projects/"+in.Code, "project.saved", in.Name)
	}
	page, pageErr := w.formPage(c, f, false)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "project/form", page)
}

func (w Web) addDecision(c *webkit.Ctx) error {
	f := readDecision(c)
	d, err := f.decision()
	if err == nil {
		err = w.Projects.AddDecision(c.Context(), c.Actor(), c.Param("code"), d, c.Today())
	}
	if err == nil {
		return c.Done("/projects/"+c.Param("code"), "project.decided", d.Number)
	}
	page, pageErr := w.showData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Decision = f
	return c.Refuse(err, "project/show", page)
}

func splitCodes(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
