package progressweb

import (
	"slices"
	"strconv"
	"strings"

	"matbang/internal/area"
	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

// obstacleForm is an obstacle as it was typed.
type obstacleForm struct {
	Project, Works, Kind, Level, Body, Content, OpenedOn, DueOn, Households, Area, Length string
	Cases                                                                                 []string
}

func readObstacle(c *webkit.Ctx) obstacleForm {
	return obstacleForm{Project: c.Form("project"), Works: c.Form("works"), Kind: c.Form("kind"), Level: c.Form("level"), Body: c.Form("body"), Content: c.Form("content"),
		OpenedOn: c.Form("opened_on"), DueOn: c.Form("due_on"), Households: c.Form("households"), Area: c.Form("area"), Length: c.Form("length"), Cases: c.FormAll("cases")}
}

// Picked tells the page which cases were ticked.
func (f obstacleForm) Picked(code string) bool { return slices.Contains(f.Cases, code) }

func (f obstacleForm) input() (progress.ObstacleInput, error) {
	var wrong fault.Wrong
	in := progress.ObstacleInput{Project: f.Project, Kind: f.Kind, Level: f.Level, Body: f.Body, Content: f.Content, Cases: f.Cases,
		Works: strings.FieldsFunc(f.Works, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\r' || r == '\t' })}
	in.OpenedOn = webkit.Day(&wrong, "opened_on", f.OpenedOn)
	in.DueOn = webkit.OptionalDay(&wrong, "due_on", f.DueOn)
	in.Households = number(&wrong, "households", f.Households)
	in.Length = number(&wrong, "length", f.Length)
	in.Area = optionalArea(&wrong, f.Area)
	return in, wrong.Err()
}

// number reads a whole number that may be left empty; points between thousands are passed over.
func number(wrong *fault.Wrong, name, text string) int {
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(text, ".", ""))
	if err != nil {
		wrong.Add(name, "obstacle.number_form", text)
	}
	return n
}

func optionalArea(wrong *fault.Wrong, text string) area.Area {
	if text == "" {
		return 0
	}
	return webkit.Area(wrong, "area", text)
}

// answerForm is an answer as it was typed.
type answerForm struct{ On, By, DocumentNo, Text, PromisedOn string }

func readAnswer(c *webkit.Ctx) answerForm {
	return answerForm{c.Form("answered_on"), c.Form("answered_by"), c.Form("document_no"), c.Form("answer"), c.Form("promised_on")}
}

func (f answerForm) answer() (progress.AnswerInput, error) {
	var wrong fault.Wrong
	a := progress.AnswerInput{By: f.By, DocumentNo: f.DocumentNo, Text: f.Text}
	a.On = webkit.Day(&wrong, "answered_on", f.On)
	a.PromisedOn = webkit.OptionalDay(&wrong, "promised_on", f.PromisedOn)
	return a, wrong.Err()
}

// outcomeForm is how an obstacle ended, as it was typed.
type outcomeForm struct{ Text, On string }

func readOutcome(c *webkit.Ctx) outcomeForm {
	return outcomeForm{c.Form("outcome"), c.Form("resolved_on")}
}

func (f outcomeForm) outcome() (progress.Outcome, error) {
	var wrong fault.Wrong
	return progress.Outcome{Text: f.Text, On: webkit.Day(&wrong, "resolved_on", f.On)}, wrong.Err()
}

// reopenForm is why a resolved obstacle is taken up again, as it was typed.
type reopenForm struct{ Content, OpenedOn, DueOn string }

func readReopen(c *webkit.Ctx) reopenForm {
	return reopenForm{c.Form("content"), c.Form("opened_on"), c.Form("due_on")}
}

func (f reopenForm) reopening() (progress.Reopening, error) {
	var wrong fault.Wrong
	opened := webkit.Day(&wrong, "opened_on", f.OpenedOn)
	due := webkit.OptionalDay(&wrong, "due_on", f.DueOn)
	return progress.Reopening{Content: f.Content, OpenedOn: opened, DueOn: due}, wrong.Err()
}
