package progressweb

import (
	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

// obstacleForm is an obstacle as it was typed.
type obstacleForm struct{ Project, Kind, Level, Content, OpenedOn, DueOn string }

func readObstacle(c *webkit.Ctx) obstacleForm {
	return obstacleForm{c.Form("project"), c.Form("kind"), c.Form("level"), c.Form("content"), c.Form("opened_on"), c.Form("due_on")}
}

func (f obstacleForm) input() (progress.ObstacleInput, error) {
	var wrong fault.Wrong
	in := progress.ObstacleInput{Project: f.Project, Kind: f.Kind, Level: f.Level, Content: f.Content}
	in.OpenedOn = webkit.Day(&wrong, "opened_on", f.OpenedOn)
	in.DueOn = webkit.OptionalDay(&wrong, "due_on", f.DueOn)
	return in, wrong.Err()
}

// answerForm is an answer as it was typed.
type answerForm struct {
	Answer, ResolvedOn string
	Version            int
}

func readAnswer(c *webkit.Ctx) answerForm {
	return answerForm{c.Form("answer"), c.Form("resolved_on"), c.Version()}
}

func (f answerForm) answer() (progress.Answer, error) {
	var wrong fault.Wrong
	a := progress.Answer{Text: f.Answer, ResolvedOn: webkit.OptionalDay(&wrong, "resolved_on", f.ResolvedOn)}
	return a, wrong.Err()
}
