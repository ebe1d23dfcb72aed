package scheduleweb

import (
	"slices"
	"strconv"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/schedule"
	"matbang/internal/webkit"
)

type showPage struct {
	Project   struct{ Code string } // what the tabs ask for
	Plan      schedule.Plan
	Facts     schedule.Facts
	Gantt     gantt
	Lines     []tableLine
	Base      schedule.Fixed // the one compared with
	Has       bool           // there is a baseline
	Baselines []webkit.Choice
	Records   []record
	Missing   int  // weight not yet given, basis points; below zero too much
	Proposed  bool // weights entered that no baseline has fixed
	Fixing    bool // this person may fix the plan now
	Reason    string
	Version   int
}

// tableLine is a milestone in the table under the drawing.
type tableLine struct {
	schedule.Milestone
	Weight    int // that counts now
	Base      schedule.Frozen
	Has       bool // the baseline compared with holds it
	Slip      int  // days
	PlannedBP int
	State     string
}

// record is a line of the history.
type record struct {
	schedule.Done
	Name string
}

// showData reads everything of one work's schedule, compared with the baseline that the address names, else the newest.
func (w Web) showData(c *webkit.Ctx) (showPage, error) {
	var p showPage
	var err error
	if p.Plan, err = w.Schedules.Plan(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return p, err
	}
	crumbs(c, p.Plan)
	months, err := w.Schedules.Months(c.Context(), c.Today())
	if err != nil {
		return p, err
	}
	p.Project.Code, p.Version = p.Plan.Code, p.Plan.Version
	p.Facts = p.Plan.Facts(c.Today(), months)
	p.Base, p.Has = p.Plan.Newest()
	for _, b := range p.Plan.Baselines {
		number := strconv.Itoa(b.Number)
		p.Baselines = append(p.Baselines, webkit.Choice{Value: number, Text: c.T("schedule.baseline.of", b.Number, b.On)})
		if c.Query("baseline") == number {
			p.Base = b
		}
	}
	p.Missing = schedule.Whole - p.Plan.EnteredBP()
	p.Fixing = c.Actor().Can(schedule.Baseline) && len(p.Plan.Milestones) > 0 && p.Plan.Changed()
	p.lines(c)
	p.Gantt = draw(p.ganttLines(c), c.Today())
	p.records()
	return p, nil
}

func crumbs(c *webkit.Ctx, p schedule.Plan) {
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(p.Code+" "+p.Name, "/projects/"+p.Code)
	c.Crumb(c.T("menu.schedule"), "")
}

func (p *showPage) lines(c *webkit.Ctx) {
	weights := p.Plan.Weights()
	for _, m := range p.Plan.Milestones {
		l := tableLine{Milestone: m, Weight: weights[m.ID]}
		if at := slices.IndexFunc(p.Base.Milestones, func(f schedule.Frozen) bool { return f.Milestone == m.ID }); at >= 0 {
			l.Base, l.Has = p.Base.Milestones[at], true
			l.PlannedBP = l.Base.Planned(c.Today())
			if !m.End.IsZero() {
				l.Slip = m.End.Sub(l.Base.End)
			}
		}
		l.State = l.state(c.Today(), p.Has)
		p.Proposed = p.Proposed || p.Has && l.Weight != m.WeightBP
		p.Lines = append(p.Lines, l)
	}
}

// state is where a milestone stands, as a word: late when less is done than its baseline planned, by more than a tenth of it or after its end.
func (l tableLine) state(today day.Date, fixed bool) string {
	switch {
	case fixed && l.Weight == 0 && l.Has:
		return "dropped"
	case fixed && !l.Has:
		return "unfixed"
	case l.DoneBP == schedule.Whole:
		return "done"
	case l.Has && (l.Base.End.Before(today) || l.PlannedBP-l.DoneBP > schedule.Whole/10):
		return "late"
	case l.DoneBP > 0:
		return "doing"
	default:
		return "todo"
	}
}

// tones are the colours of those words.
func tone(state string) string {
	switch state {
	case "done":
		return "ok"
	case "late":
		return "bad"
	case "doing":
		return "info"
	default:
		return "idle"
	}
}

// Tone is the colour of the state.
func (l tableLine) Tone() string { return tone(l.State) }

func (p *showPage) ganttLines(c *webkit.Ctx) []line {
	if len(p.Lines) == 0 {
		return nil
	}
	whole := line{Name: c.T("schedule.whole"), Strong: true, DoneBP: p.Facts.ComputedBP, State: standingTone(p.Facts), Forecast: p.Facts.Forecast}
	whole.Start, whole.End = p.Plan.Span()
	whole.BaseStart, whole.BaseEnd = p.Base.Span()
	if p.Facts.Forecast.Kind == schedule.Finished {
		whole.FinishedOn = p.Facts.Forecast.On
	}
	lines := []line{whole}
	for _, l := range p.Lines {
		lines = append(lines, line{Name: strconv.Itoa(l.Rank) + ". " + l.Name, State: l.Tone(), BaseStart: l.Base.Start, BaseEnd: l.Base.End,
			Start: l.Start, End: l.End, DoneBP: l.DoneBP, FinishedOn: l.FinishedOn})
	}
	return lines
}

func standingTone(f schedule.Facts) string {
	switch f.Standing() {
	case "late":
		return "bad"
	case "finished":
		return "ok"
	case "on_time":
		return "info"
	default:
		return "idle"
	}
}

// records lists the history, newest first.
func (p *showPage) records() {
	names := map[int64]string{}
	for _, m := range p.Plan.Milestones {
		names[int64(m.ID)] = m.Name
	}
	for _, h := range slices.Backward(p.Plan.History) {
		p.Records = append(p.Records, record{h, names[int64(h.Milestone)]})
	}
}

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.showData(c)
	if err != nil {
		return err
	}
	return c.Show("schedule/show", page)
}

func (w Web) fix(c *webkit.Ctx) error {
	code, reason, version := c.Param("code"), c.Form("reason"), c.Version()
	number, err := w.Schedules.Fix(c.Context(), c.Actor(), code, version, reason, c.Today())
	if err == nil {
		return c.Done("/projects/"+code+"/schedule", "schedule.fixed", number)
	}
	page, pageErr := w.showData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Reason, page.Version = reason, webkit.VersionAfter(err, version, page.Version)
	page.Fixing = page.Fixing || fault.KindOf(err) == fault.Changed
	return c.Refuse(err, "schedule/show", page)
}
