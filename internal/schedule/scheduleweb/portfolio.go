package scheduleweb

import (
	"matbang/internal/project"
	"matbang/internal/schedule"
	"matbang/internal/webkit"
)

// portfolioSize is how many works stand on one page: a screen of bars and its table.
const portfolioSize = 40

type portfolioPage struct {
	schedule.Portfolio
	Filter                     schedule.Filter
	Gantt                      gantt
	Sectors, States, Standings []webkit.Choice
	Total                      int
}

// portfolio is every work of the scope on one drawing, what leadership reads: baseline, today, forecast.
func (w Web) portfolio(c *webkit.Ctx) error {
	p := portfolioPage{Filter: schedule.Filter{Sector: c.Query("sector"), State: c.Query("state"), Unit: c.Query("unit"), Standing: c.Query("standing")}}
	query := c.List()
	query.Per = portfolioSize
	var err error
	if p.Portfolio, err = w.Schedules.Portfolio(c.Context(), c.Actor(), p.Filter, query, c.Today()); err != nil {
		return err
	}
	var lines []line
	for _, s := range p.List.Items {
		lines = append(lines, workLine(s))
	}
	for _, n := range p.Counts {
		p.Total += n
	}
	p.Gantt = draw(lines, c.Today())
	states := make([]string, 0, 4)
	for _, s := range project.States() {
		states = append(states, string(s))
	}
	p.Sectors, p.States = c.Choices("project.sector.", project.Sectors()...), c.Choices("project.state.", states...)
	p.Standings = c.Choices("schedule.standing.", schedule.Standings()...)
	return c.Show("schedule/portfolio", p)
}

func workLine(s schedule.Standing) line {
	l := line{Name: s.Plan.Code + " " + s.Plan.Name, State: standingTone(s.Facts), DoneBP: s.Facts.ComputedBP, Forecast: s.Facts.Forecast}
	l.Start, l.End = s.Plan.Span()
	if b, fixed := s.Plan.Newest(); fixed {
		l.BaseStart, l.BaseEnd = b.Span()
	}
	if s.Facts.Forecast.Kind == schedule.Finished {
		l.FinishedOn = s.Facts.Forecast.On
	}
	return l
}
