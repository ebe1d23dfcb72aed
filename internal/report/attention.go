package report

import (
	"cmp"
	"context"
	"slices"

	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Attention is one line that leadership reads first: what got worse, or what waits for a decision. Kind chooses the sentence; the figures
// stand beside it, so that the sentence can be said in any language.
type Attention struct {
	Kind    string     `json:"kind"`
	Project string     `json:"project,omitempty"`
	Text    string     `json:"text,omitempty"` // name of the work, or what stands in the way
	Count   int        `json:"count,omitempty"`
	Days    int        `json:"days,omitempty"`
	BP      int64      `json:"bp,omitempty"`
	Amount  vnd.Amount `json:"amount_vnd,omitempty"`
}

// linesShown is how many lines of each kind the first screen holds.
const linesShown = 3

// schedule puts beside each work where its milestones say it stands.
func (b *builder) schedule(ctx context.Context) error {
	ids := make([]id.Project, 0, len(b.report.Projects))
	for _, p := range b.report.Projects {
		ids = append(ids, id.Project(p.ID))
	}
	stands, err := b.schedules.Stands(ctx, ids, b.report.AsOf)
	for i := range b.report.Projects {
		p := &b.report.Projects[i]
		facts, found := stands[id.Project(p.ID)]
		if !found || !facts.Fixed {
			continue
		}
		p.Scheduled, p.ComputedBP, p.PlannedBP, p.LateDays, p.BaselineEnd = true, int64(facts.ComputedBP), int64(facts.PlannedBP), facts.LateDays, facts.BaselineEnd
		p.ForecastEnd = facts.Forecast.On
	}
	return err
}

// attention draws the two short lists out of what the report says.
func (b *builder) attention(context.Context) error {
	r := &b.report
	r.Worse = firstOf(r.behind(), r.standingStill(), r.lateObstacles())
	r.Decide = firstOf(r.escalated(), r.latePayments(), r.lateAdvances())
	return nil
}

// firstOf takes the first line of every list, then the second ones, until the screen is full.
func firstOf(lists ...[]Attention) []Attention {
	lines := []Attention{}
	for i := range linesShown {
		for _, list := range lists {
			if i < len(list) && len(lines) < linesShown {
				lines = append(lines, list[i])
			}
		}
	}
	return lines
}

// behind are the works under construction furthest behind their baseline, the worst first; of a suspended one everybody knows.
func (m *Monthly) behind() []Attention {
	var lines []Attention
	for _, p := range m.Projects {
		if gap := p.ComputedBP - p.PlannedBP; p.Scheduled && p.State == "building" && gap < 0 && p.LateDays > 0 {
			lines = append(lines, Attention{Kind: "behind", Project: p.Code, Text: p.Name, BP: -gap, Days: p.LateDays})
		}
	}
	slices.SortStableFunc(lines, func(x, y Attention) int { return cmp.Or(cmp.Compare(y.BP, x.BP), cmp.Compare(x.Project, y.Project)) })
	return lines
}

// standingStill counts the works under construction whose executed volume did not grow in the month.
func (m *Monthly) standingStill() []Attention {
	line := Attention{Kind: "standing_still"}
	for _, p := range m.Projects {
		if p.State == "building" && p.Reported == "accepted" && p.Executed <= p.ExecutedBefore {
			line.Count++
			line.Amount += p.Plan - p.Executed
		}
	}
	return ifAny(line)
}

func (m *Monthly) lateObstacles() []Attention {
	line := Attention{Kind: "late_obstacles"}
	for _, o := range m.Obstacles {
		if o.late(m.AsOf) {
			line.Count++
			line.Days = max(line.Days, m.AsOf.Sub(o.DueOn))
		}
	}
	return ifAny(line)
}

// escalated are the obstacles past their day that somebody above the contractor must decide, the oldest first.
func (m *Monthly) escalated() []Attention {
	var lines []Attention
	for _, o := range m.Obstacles {
		if o.late(m.AsOf) && o.Level != "contractor" {
			lines = append(lines, Attention{Kind: "obstacle_" + o.Level, Project: o.Project, Text: o.Content, Days: m.AsOf.Sub(o.DueOn)})
		}
	}
	slices.SortStableFunc(lines, func(x, y Attention) int { return cmp.Compare(y.Days, x.Days) })
	return lines
}

func (m *Monthly) latePayments() []Attention {
	return ifAny(Attention{Kind: "late_payments", Count: m.LatePayments.Cases, Amount: m.LatePayments.Amount})
}

func (m *Monthly) lateAdvances() []Attention {
	return ifAny(Attention{Kind: "late_advances", Count: m.Advances.Late, Amount: m.Advances.Counts.Late, Days: m.Advances.Longest})
}

func ifAny(line Attention) []Attention {
	if line.Count == 0 {
		return nil
	}
	return []Attention{line}
}

func (o Obstacle) late(on day.Date) bool { return !o.DueOn.IsZero() && o.DueOn.Before(on) }
