package progressweb

import (
	"slices"

	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/progress"
	"matbang/internal/progress/progresssheet"
	"matbang/internal/project"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

// chart is a curve as the partial "chart" wants it.
type chart struct {
	Kind, Title, XTitle, Unit string
	X                         []string
	Series                    []series
}

type series struct {
	Name   string
	Data   []any
	Dashed bool
}

type historyPage struct {
	Project project.Project
	Year    int
	Work    progress.Work
	Entries []progress.Entry
	Chart   chart
}

func (w Web) history(c *webkit.Ctx) error {
	code := c.Param("code")
	page := historyPage{Year: c.Month().Year()}
	var err error
	if page.Project, err = w.Projects.Get(c.Context(), c.Actor(), code); err != nil {
		return err
	}
	if page.Work, err = w.Progress.Work(c.Context(), c.Actor(), code, c.Month()); err != nil {
		return err
	}
	if page.Entries, err = w.Progress.Entries(c.Context(), c.Actor(), code); err != nil {
		return err
	}
	page.Chart = page.curve(c)
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(page.Project.Code+" "+page.Project.Name, "/projects/"+code)
	c.Crumb(c.T("menu.progress"), "")
	return c.Show("progress/history", page)
}

// curve draws the year of the month of work: what was entered, whatever its state, beside the plan.
func (p historyPage) curve(c *webkit.Ctx) chart {
	out := chart{Kind: "line", Title: c.T("progress.chart", p.Project.Name, p.Year), XTitle: c.T("progress.month"), Unit: "vnd"}
	plan, executed := series{Name: c.T("progress.plan"), Dashed: true}, series{Name: c.T("progress.executed")}
	disbursed, treasury := series{Name: c.T("progress.disbursed")}, series{Name: c.T("progress.treasury")}
	for m := day.New(p.Year, 1, 1).Month(); m.Year() == p.Year; m = m.Add(1) {
		out.X = append(out.X, m.VN())
		plan.Data = append(plan.Data, p.Work.Plan)
		at := slices.IndexFunc(p.Entries, func(e progress.Entry) bool { return e.Month == m })
		if at < 0 {
			executed.Data, disbursed.Data, treasury.Data = append(executed.Data, nil), append(disbursed.Data, nil), append(treasury.Data, nil)
			continue
		}
		e := p.Entries[at]
		executed.Data, disbursed.Data, treasury.Data = append(executed.Data, e.Executed), append(disbursed.Data, e.Disbursed), append(treasury.Data, e.Treasury)
	}
	out.Series = []series{plan, executed, disbursed, treasury}
	return out
}

// faultLine is a fault of a file in the person's language.
type faultLine struct {
	Sheet         string
	Row           int
	Column, Title string
	Found, Text   string
}

// shownFaults is how many faults of a file are listed on the page.
const shownFaults = 200

type importPage struct {
	Result *progresssheet.Result
	Faults []faultLine
}

func (w Web) importForm(c *webkit.Ctx) error {
	return c.Show("progress/import", importPage{})
}

func (w Web) importFile(c *webkit.Ctx) error {
	name, content, err := c.Upload("file", sheet.MaxFileBytes)
	if err != nil {
		return c.Refuse(err, "progress/import", importPage{})
	}
	result, err := w.importer().Import(c.Context(), c.Actor(), name, content, c.Form("act") != "write", c.Today())
	if err != nil {
		return c.Refuse(err, "progress/import", importPage{})
	}
	if result.Written {
		return c.Done("/progress?month="+result.Months[len(result.Months)-1].String(), "progress.imported", result.Rows, name)
	}
	page := importPage{Result: &result, Faults: faultLines(c, result.Faults)}
	if n := len(result.Faults); n > 0 {
		return c.Refuse(fault.New(fault.Invalid, "sheet.faults", n), "progress/import", page)
	}
	return c.Show("progress/import", page)
}

func faultLines(c *webkit.Ctx, faults []sheet.Fault) []faultLine {
	lines := make([]faultLine, 0, min(len(faults), shownFaults))
	for _, f := range faults[:min(len(faults), shownFaults)] {
		lines = append(lines, faultLine{f.Sheet, f.Row, f.Column, f.Title, f.Found, c.T("fault."+f.Code, f.Args...)})
	}
	return lines
}

// template is a file to fill in, with the works of the person's scope and the month of work already in it.
func (w Web) template(c *webkit.Ctx) error {
	query := listing.Query{Per: listing.MaxLimit}
	grid, err := w.Progress.Grid(c.Context(), c.Actor(), c.Month(), progress.GridFilter{}, query)
	if err != nil {
		return err
	}
	content, err := progresssheet.Template(c.Month(), grid.Items)
	if err != nil {
		return err
	}
	return c.File("tien-do-"+c.Month().String()+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", content)
}

type obstaclesPage struct {
	List                  listing.Answer[progress.Obstacle]
	Filter                progress.ObstacleFilter
	Kinds, Levels, States []webkit.Choice
}

func (w Web) obstacles(c *webkit.Ctx) error {
	page := obstaclesPage{Filter: progress.ObstacleFilter{Project: c.Query("project"), Kind: c.Query("kind"), Level: c.Query("level"), State: c.Query("state")},
		Kinds: kindChoices(c), Levels: levelChoices(c), States: c.Choices("obstacle.state.", progress.ObstacleStates()...)}
	var err error
	if page.List, err = w.Progress.Obstacles(c.Context(), c.Actor(), page.Filter, c.List(), c.Today()); err != nil {
		return err
	}
	return c.Show("progress/obstacles", page)
}

func kindChoices(c *webkit.Ctx) []webkit.Choice {
	return c.Choices("obstacle.kind.", progress.ObstacleKinds()...)
}

func levelChoices(c *webkit.Ctx) []webkit.Choice {
	return c.Choices("obstacle.level.", progress.ObstacleLevels()...)
}

type obstacleFormPage struct {
	Form                    obstacleForm
	Projects, Kinds, Levels []webkit.Choice
}

func (w Web) obstacleFormPage(c *webkit.Ctx, f obstacleForm) (obstacleFormPage, error) {
	page := obstacleFormPage{Form: f, Kinds: kindChoices(c), Levels: levelChoices(c)}
	c.Crumb(c.T("menu.obstacles"), "/obstacles")
	works, err := w.Projects.List(c.Context(), c.Actor(), project.Filter{}, listing.Query{Per: listing.MaxLimit})
	for _, p := range works.Items {
		page.Projects = append(page.Projects, webkit.Choice{Value: p.Code, Text: p.Code + " " + p.Name})
	}
	return page, err
}

func (w Web) newObstacle(c *webkit.Ctx) error {
	page, err := w.obstacleFormPage(c, obstacleForm{Project: c.Query("project"), OpenedOn: c.Today().VN()})
	if err != nil {
		return err
	}
	return c.Show("progress/obstacle_form", page)
}

func (w Web) addObstacle(c *webkit.Ctx) error {
	f := readObstacle(c)
	in, err := f.input()
	code := ""
	if err == nil {
		code, err = w.Progress.AddObstacle(c.Context(), c.Actor(), in, c.Today())
	}
	if err == nil {
		return c.Done("/obstacles/"+code, "obstacle.added", code)
	}
	page, pageErr := w.obstacleFormPage(c, f)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "progress/obstacle_form", page)
}

type obstaclePage struct {
	Obstacle progress.Obstacle
	Late     bool
	Form     answerForm
	History  []audit.Row
}

func (w Web) obstaclePage(c *webkit.Ctx) (obstaclePage, error) {
	o, err := w.Progress.Obstacle(c.Context(), c.Actor(), c.Param("code"))
	if err != nil {
		return obstaclePage{}, err
	}
	c.Crumb(c.T("menu.obstacles"), "/obstacles")
	c.Crumb(o.Code, "")
	page := obstaclePage{Obstacle: o, Late: o.Late(c.Today()), Form: answerForm{Answer: o.Answer, Version: o.Version}}
	page.History, err = w.Progress.Log.History(c.Context(), "obstacle", o.Code, 20)
	return page, err
}

func (w Web) obstacle(c *webkit.Ctx) error {
	page, err := w.obstaclePage(c)
	if err != nil {
		return err
	}
	return c.Show("progress/obstacle", page)
}

func (w Web) answerObstacle(c *webkit.Ctx) error {
	f := readAnswer(c)
	a, err := f.answer()
	if err == nil {
		err = w.Progress.AnswerObstacle(c.Context(), c.Actor(), c.Param("code"), f.Version, a, c.Today())
	}
	if err == nil {
		return c.Done("/obstacles/"+c.Param("code"), "obstacle.answered", c.Param("code"))
	}
	page, pageErr := w.obstaclePage(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form = f
	return c.Refuse(err, "progress/obstacle", page)
}
