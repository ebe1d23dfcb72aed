package progressweb

import (
	"net/http"

	"matbang/internal/audit"
	"matbang/internal/listing"
	"matbang/internal/progress"
	"matbang/internal/project"
	"matbang/internal/webkit"
)

func (w Web) obstacleRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/obstacles", progress.ReadObstacles, w.obstacles)
	k.Page(http.MethodPost, "/obstacles", progress.EditObstacles, w.addObstacle)
	k.Page(http.MethodGet, "/new/obstacle", progress.EditObstacles, w.newObstacle)
	k.Page(http.MethodGet, "/obstacles/:code", progress.ReadObstacles, w.obstacle)
	k.Page(http.MethodPost, "/obstacles/:code/answer", progress.EditObstacles, w.answerObstacle)
	k.Page(http.MethodPost, "/obstacles/:code/resolve", progress.EditObstacles, w.resolveObstacle)
	k.Page(http.MethodPost, "/obstacles/:code/reopen", progress.EditObstacles, w.reopenObstacle)
}

type obstaclesPage struct {
	List                        listing.Answer[progress.Obstacle]
	Filter                      progress.ObstacleFilter
	Kinds, Levels, States, Ages []webkit.Choice
	Ageing                      []ageTable
}

// ageTable is one half of the table of ageing: its cells filter the list.
type ageTable struct {
	By   string // "level" or "kind", the name of the filter
	Rows []progress.AgeRow
}

func (w Web) obstacles(c *webkit.Ctx) error {
	page := obstaclesPage{Filter: progress.ObstacleFilter{Project: c.Query("project"), Kind: c.Query("kind"), Level: c.Query("level"), State: c.Query("state"), Age: c.Query("age")},
		Kinds: kindChoices(c), Levels: levelChoices(c), States: c.Choices("obstacle.state.", progress.ObstacleStates()...), Ages: c.Choices("obstacle.age.", progress.ObstacleAges()...)}
	var err error
	if page.List, err = w.Progress.Obstacles(c.Context(), c.Actor(), page.Filter, c.List(), c.Today()); err != nil {
		return err
	}
	ageing, err := w.Progress.ObstacleAgeing(c.Context(), c.Actor(), page.Filter.Project, c.Today())
	if err != nil {
		return err
	}
	page.Ageing = []ageTable{{"level", ageing.Levels}, {"kind", ageing.Kinds}}
	return c.Show("progress/obstacles", page)
}

func kindChoices(c *webkit.Ctx) []webkit.Choice {
	return c.Choices("obstacle.kind.", progress.ObstacleKinds()...)
}

func levelChoices(c *webkit.Ctx) []webkit.Choice {
	return c.Choices("obstacle.level.", progress.ObstacleLevels()...)
}

// obstacleFormPage asks for the work first: which cases can be named depends on it.
type obstacleFormPage struct {
	Form                    obstacleForm
	Project                 *project.Project // nil until it is chosen
	Projects, Kinds, Levels []webkit.Choice
	Cases                   []progress.HeldCase
}

func (w Web) obstacleFormPage(c *webkit.Ctx, f obstacleForm) (obstacleFormPage, error) {
	page := obstacleFormPage{Form: f, Kinds: kindChoices(c), Levels: levelChoices(c)}
	c.Crumb(c.T("menu.obstacles"), "/obstacles")
	if f.Project != "" {
		if p, err := w.Projects.Get(c.Context(), c.Actor(), f.Project); err == nil {
			page.Project = &p
			page.Cases, err = w.Progress.CasesToHold(c.Context(), c.Actor(), p.Code)
			return page, err
		}
	}
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

// obstaclePage is one obstacle with the three things that can be done to it; On is the one that was refused.
type obstaclePage struct {
	Obstacle progress.Obstacle
	Answers  []progress.Answer
	Cases    []progress.HeldCase
	On       string // answer, resolve, reopen
	Version  int
	Answer   answerForm
	Outcome  outcomeForm
	Again    reopenForm
	History  []audit.Row
}

func (w Web) obstaclePage(c *webkit.Ctx) (obstaclePage, error) {
	o, err := w.Progress.Obstacle(c.Context(), c.Actor(), c.Param("code"))
	if err != nil {
		return obstaclePage{}, err
	}
	c.Crumb(c.T("menu.obstacles"), "/obstacles")
	c.Crumb(o.Code, "")
	today := c.Today().VN()
	page := obstaclePage{Obstacle: o, Version: o.Version, Answer: answerForm{On: today, By: o.Body}, Outcome: outcomeForm{On: today}, Again: reopenForm{Content: o.Content, OpenedOn: today}}
	if page.Answers, err = w.Progress.ObstacleAnswers(c.Context(), c.Actor(), o); err != nil {
		return page, err
	}
	if page.Cases, err = w.Progress.ObstacleCases(c.Context(), c.Actor(), o); err != nil {
		return page, err
	}
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
		err = w.Progress.AnswerObstacle(c.Context(), c.Actor(), c.Param("code"), c.Version(), a, c.Today())
	}
	if err == nil {
		return c.Done("/obstacles/"+c.Param("code"), "obstacle.answered", c.Param("code"))
	}
	return w.refuseObstacle(c, err, func(page *obstaclePage) { page.On, page.Answer = "answer", f })
}

func (w Web) resolveObstacle(c *webkit.Ctx) error {
	f := readOutcome(c)
	out, err := f.outcome()
	if err == nil {
		err = w.Progress.ResolveObstacle(c.Context(), c.Actor(), c.Param("code"), c.Version(), out, c.Today())
	}
	if err == nil {
		return c.Done("/obstacles/"+c.Param("code"), "obstacle.closed", c.Param("code"))
	}
	return w.refuseObstacle(c, err, func(page *obstaclePage) { page.On, page.Outcome = "resolve", f })
}

func (w Web) reopenObstacle(c *webkit.Ctx) error {
	f := readReopen(c)
	again, err := f.reopening()
	made := ""
	if err == nil {
		made, err = w.Progress.ReopenObstacle(c.Context(), c.Actor(), c.Param("code"), c.Version(), again, c.Today())
	}
	if err == nil {
		return c.Done("/obstacles/"+made, "obstacle.reopened", c.Param("code"), made)
	}
	return w.refuseObstacle(c, err, func(page *obstaclePage) { page.On, page.Again = "reopen", f })
}

// refuseObstacle shows the obstacle as it stands now with what was typed, and the version with which the same may be sent again.
func (w Web) refuseObstacle(c *webkit.Ctx, err error, typed func(*obstaclePage)) error {
	page, pageErr := w.obstaclePage(c)
	if pageErr != nil {
		return pageErr
	}
	typed(&page)
	page.Version = webkit.VersionAfter(err, c.Version(), page.Obstacle.Version)
	return c.Refuse(err, "progress/obstacle", page)
}
