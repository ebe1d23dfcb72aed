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
	k.Page(http.MethodPost, "/obstacles/:code", progress.EditObstacles, w.answerObstacle)
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
