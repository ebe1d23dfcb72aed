package projectweb

import (
	"maps"
	"slices"
	"strconv"
	"strings"

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
	WardChoices, Reviews    []webkit.Choice
}

func (w Web) list(c *webkit.Ctx) error {
	month := c.Month()
	f := project.Filter{Group: c.Query("group"), Sector: c.Query("sector"), State: c.Query("state"), Ward: c.Query("ward"),
		Clearance: c.Query("clearance") != "", Review: c.Query("review") != "", Year: month.Year(), Month: month}
	if f.Review { // reads more than the list does, so only for whoever asks
		f.Today = c.Today()
	}
	answer, err := w.Projects.List(c.Context(), c.Actor(), f, c.List())
	if err != nil {
		return err
	}
	wards, err := w.wardChoices(c)
	if err != nil {
		return err
	}
	return c.Show("project/list", listPage{List: answer, Filter: f, Groups: groupChoices(), Sectors: sectorChoices(c), States: stateChoices(c), WardChoices: wards,
		Reviews: []webkit.Choice{{Value: "1", Text: c.T("project.review")}}})
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

type formPage struct {
	Form                                        form
	New                                         bool
	Groups, FieldGroups, Sectors, States, Units []webkit.Choice
	Wards                                       []wardTick
	Since                                       string // from when the newest version holds
}

type wardTick struct {
	webkit.Choice
	Ticked bool
}

// formPage offers the wards of today, and those of the work that have ended since.
func (w Web) formPage(c *webkit.Ctx, f form, file project.File) (formPage, error) {
	page := formPage{Form: f, New: file.Project.ID == 0, Groups: groupChoices(), Sectors: sectorChoices(c), States: stateChoices(c)}
	for _, g := range project.FieldGroups() {
		page.FieldGroups = append(page.FieldGroups, webkit.Choice{Value: strconv.Itoa(g), Text: c.T("project.field." + strconv.Itoa(g))})
	}
	c.Crumb(c.T("menu.projects"), "/projects")
	if !page.New {
		c.Crumb(file.Project.Code+" "+file.Project.Name, "/projects/"+file.Project.Code)
	}
	if n := len(file.Versions); n > 0 {
		page.Since = file.Versions[n-1].ValidFrom.VN()
	}
	units, err := w.Projects.Units(c.Context())
	if err != nil {
		return page, err
	}
	for _, u := range units {
		page.Units = append(page.Units, webkit.Choice{Value: u.Code, Text: u.Name})
	}
	wards, err := w.wardChoices(c)
	own := ownWards(file.Project)
	for _, ward := range wards {
		if name := own[ward.Value]; name != "" {
			ward.Text = name
		}
		delete(own, ward.Value)
		page.Wards = append(page.Wards, wardTick{ward, slices.Contains(f.WardCodes, ward.Value)})
	}
	for _, code := range slices.Sorted(maps.Keys(own)) {
		page.Wards = append(page.Wards, wardTick{webkit.Choice{Value: code, Text: own[code]}, slices.Contains(f.WardCodes, code)})
	}
	return page, err
}

// ownWards are the wards a work lies in, by code.
func ownWards(p project.Project) map[string]string {
	own := map[string]string{}
	names := strings.Split(p.Wards, ", ")
	for i, code := range splitCodes(p.WardCodes) {
		if i < len(names) {
			own[code] = names[i]
		}
	}
	return own
}

func (w Web) newForm(c *webkit.Ctx) error {
	year := strconv.Itoa(c.Today().Year())
	page, err := w.formPage(c, form{Group: "C", State: string(project.Preparing), StartYear: year, EndYear: year}, project.File{})
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
	page, pageErr := w.formPage(c, f, project.File{})
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "project/form", page)
}

func (w Web) editForm(c *webkit.Ctx) error {
	file, err := w.Projects.File(c.Context(), c.Actor(), c.Param("code"), c.Today())
	if err != nil {
		return err
	}
	page, err := w.formPage(c, formOf(file), file)
	if err != nil {
		return err
	}
	return c.Show("project/form", page)
}

func (w Web) update(c *webkit.Ctx) error {
	f := readForm(c)
	f.Code, f.State = c.Param("code"), ""
	in, err := f.input()
	if err == nil {
		err = w.Projects.Update(c.Context(), c.Actor(), f.Version, in, c.Today())
	}
	if err == nil {
		return c.Done(w.backTo(c, in.Code), "project.saved", in.Name)
	}
	file, readErr := w.Projects.File(c.Context(), c.Actor(), f.Code, c.Today())
	if readErr != nil {
		return readErr
	}
	f.Version = webkit.VersionAfter(err, f.Version, file.Project.Version)
	page, pageErr := w.formPage(c, f, file)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "project/form", page)
}

// backTo is the work's page, or the list when the work was handed to a unit outside the person's scope.
func (w Web) backTo(c *webkit.Ctx, code string) string {
	if _, err := w.Projects.Get(c.Context(), c.Actor(), code); err != nil {
		return "/projects"
	}
	return "/projects/" + code
}
