package projectweb

import (
	"strings"

	"matbang/internal/audit"
	"matbang/internal/listing"
	"matbang/internal/project"
	"matbang/internal/webkit"
)

type showPage struct {
	project.File
	Steps    []project.Step
	Versions []versionStep
	Life     []lifeStep
	Gate     []condition
	Findings []finding
	Early    bool // handed over before the year it was planned to end
	Map      *mapView
	History  []audit.Row
	Decision decisionForm
	Entry    entryForm
	Kinds    []webkit.Choice
	Parts    []string
}

// finding is a point to look at again, in words.
type finding struct{ Text, Basis string }

// condition is a condition of a gate, in words.
type condition struct {
	project.Condition
	Text, Paper string
}

// lifeStep is a line of the timeline of phases. State is done, now, late or todo.
type lifeStep struct{ Name, State, Line string }

type versionStep struct {
	project.VersionStep
	Rows []versionRow
}

type versionRow struct{ Field, Before, After string }

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.showData(c)
	if err != nil {
		return err
	}
	return c.Show("project/show", page)
}

// showData reads everything of one work and says it in the reader's language.
func (w Web) showData(c *webkit.Ctx) (showPage, error) {
	f, err := w.Projects.File(c.Context(), c.Actor(), c.Param("code"), c.Today())
	if err != nil {
		return showPage{}, err
	}
	p := f.Project
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(p.Code+" "+p.Name, "")
	page := showPage{File: f, Steps: project.Steps(f.Decisions), Life: life(c, f), Findings: findings(c, f.Findings),
		Kinds: c.Choices("project.decision.", project.DecisionKinds()...), Parts: project.PartNames(), Entry: entryForm{Version: p.Version}}
	for _, v := range project.VersionSteps(f.Versions, c.Today()) {
		page.Versions = append(page.Versions, inWords(c, v))
	}
	for _, x := range f.Gate {
		page.Gate = append(page.Gate, conditionInWords(c, x))
	}
	for _, r := range f.Phases {
		page.Early = page.Early || r.Phase == project.PhaseHandover && r.Act == project.Opened && r.EnteredOn.Year() < p.EndYear
	}
	if page.Map, err = w.mapAround(c, f); err != nil {
		return page, err
	}
	page.History, err = w.Projects.Log.History(c.Context(), "project", p.Code, 20)
	return page, err
}

// mapAround draws the work among the other works of the reader's scope; nil without a place.
func (w Web) mapAround(c *webkit.Ctx, f project.File) (*mapView, error) {
	if f.Place.Kind() == "" {
		return nil, nil //nolint:nilnil // no place, no map
	}
	spots, err := w.Projects.Map(c.Context(), c.Actor(), project.Filter{}, listing.Query{})
	if err != nil {
		return nil, err
	}
	others := spots[:0]
	for _, s := range spots {
		if s.Code != f.Project.Code {
			others = append(others, s)
		}
	}
	own := project.Spot{Code: f.Project.Code, Name: f.Project.Name, State: f.Project.State, Place: f.Place}
	return draw(append(others, own), f.Project.Code), nil
}

func findings(c *webkit.Ctx, found []project.Finding) []finding {
	lines := make([]finding, 0, len(found))
	for _, f := range found {
		lines = append(lines, finding{c.T("project.finding."+f.Code, f.Args...), f.Basis})
	}
	return lines
}

func conditionInWords(c *webkit.Ctx, x project.Condition) condition {
	out := condition{Condition: x, Text: c.T("project.condition." + x.Code)}
	switch {
	case x.Code == "capital":
		out.Text = c.T("project.condition.capital_year", x.Year)
	case x.Met:
		out.Paper = c.T("project.condition.paper", x.Of, x.On)
	}
	return out
}

// word says a value that may be the key of a sentence ("@project.sector.water").
func word(c *webkit.Ctx, s string) string {
	if key, found := strings.CutPrefix(s, "@"); found {
		return c.T(key)
	}
	return s
}

func inWords(c *webkit.Ctx, v project.VersionStep) versionStep {
	out := versionStep{VersionStep: v}
	for _, x := range v.Changes {
		out.Rows = append(out.Rows, versionRow{c.T("project." + x.Field), word(c, x.Before), word(c, x.After)})
	}
	return out
}

// life is the seven phases with what stopped the work in between.
func life(c *webkit.Ctx, f project.File) []lifeStep {
	var steps []lifeStep
	passed := true
	for _, phase := range project.Phases() {
		step := lifeStep{Name: c.T("project.phase." + string(phase)), State: "todo"}
		if passed {
			step.State, step.Line = "done", c.T("project.phase.before")
		}
		if phase == f.Project.Phase {
			passed, step.State = false, "now"
		}
		halts := []lifeStep{}
		for _, r := range f.Phases {
			switch {
			case r.Phase != phase:
			case r.Act == project.Opened:
				step.Line = entered(c, r)
			default:
				halts = append(halts, lifeStep{Name: c.T("project.phase." + r.Act), State: haltState(f, r), Line: entered(c, r)})
			}
		}
		if phase == project.PhaseClosed && step.State == "now" {
			step.State = "done"
		}
		steps = append(append(steps, step), halts...)
	}
	return steps
}

// haltState marks the stop that still holds.
func haltState(f project.File, r project.PhaseRow) string {
	if r.Act == project.Halted && f.Project.State == project.Suspended && r == f.Last() {
		return "late"
	}
	return "done"
}

// entered says since when, on what paper and why, and who wrote it down.
func entered(c *webkit.Ctx, r project.PhaseRow) string {
	parts := []string{c.T("project.phase.since", r.EnteredOn)}
	for _, text := range []string{r.Document, r.Reason, r.RecordedBy} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " · ")
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

func (w Web) openPhase(c *webkit.Ctx) error {
	next := project.Phase(c.Form("phase"))
	return w.enter(c, "open", func(f entryForm, e project.Entry) error {
		return w.Projects.OpenPhase(c.Context(), c.Actor(), c.Param("code"), f.Version, next, e, c.Today())
	})
}

func (w Web) suspend(c *webkit.Ctx) error {
	return w.enter(c, "suspend", func(f entryForm, e project.Entry) error {
		return w.Projects.Suspend(c.Context(), c.Actor(), c.Param("code"), f.Version, e, c.Today())
	})
}

func (w Web) resume(c *webkit.Ctx) error {
	return w.enter(c, "resume", func(f entryForm, e project.Entry) error {
		return w.Projects.Resume(c.Context(), c.Actor(), c.Param("code"), f.Version, e, c.Today())
	})
}

// enter reads the posted day, reason and paper, does the act, and shows the same form again when it is refused.
func (w Web) enter(c *webkit.Ctx, act string, do func(entryForm, project.Entry) error) error {
	f := readEntry(c, act)
	e, err := f.entry()
	if err == nil {
		err = do(f, e)
	}
	if err == nil {
		return c.Done("/projects/"+c.Param("code"), "project.done."+act)
	}
	page, pageErr := w.showData(c)
	if pageErr != nil {
		return pageErr
	}
	f.Version = webkit.VersionAfter(err, f.Version, page.Project.Version)
	page.Entry = f
	return c.Refuse(err, "project/show", page)
}

type mapPage struct {
	Spots           []project.Spot
	Map             *mapView
	List            listing.Query
	Filter          project.Filter
	Sectors, States []webkit.Choice
	Capped          bool
}

// drawAll shows every work of the reader's scope that has a place, on one map and as a list.
func (w Web) drawAll(c *webkit.Ctx) error {
	c.Crumb(c.T("menu.projects"), "/projects")
	f := project.Filter{Sector: c.Query("sector"), State: c.Query("state")}
	q := c.List()
	spots, err := w.Projects.Map(c.Context(), c.Actor(), f, q)
	if err != nil {
		return err
	}
	return c.Show("project/map", mapPage{Spots: spots, Map: draw(spots, ""), List: q, Filter: f, Sectors: sectorChoices(c), States: stateChoices(c),
		Capped: len(spots) == project.MapLimit})
}
