package schedule

import (
	"slices"
	"strconv"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// Limits of what is entered.
const (
	mostMilestones = 60
	longestName    = 200
)

// FieldOf is the name of a milestone's field in a form over all of them: by place when the plan is entered, by rank when progress is.
func FieldOf(place int, field string) string { return "m" + strconv.Itoa(place) + "." + field }

// check lists what is wrong with an entered plan. While there is no baseline it may stand unfinished: weights that do not make 100 % yet,
// milestones without days. Afterwards it must be whole at any time, and what a baseline or the record of work names stays.
func (p Plan) check(rows []Row) error {
	var w fault.Wrong
	_, fixed := p.Newest()
	w.Check(len(rows) > 0, "milestones", "schedule.none")
	w.Check(len(rows) <= mostMilestones, "milestones", "schedule.too_many", mostMilestones)
	known, seen, sum := p.byRank(), map[int]bool{}, 0
	for i, r := range rows {
		name := func(field string) string { return FieldOf(i+1, field) }
		_, found := known[r.Was]
		w.Check(r.Was == 0 || found && !seen[r.Was], name("name"), "schedule.row_unknown")
		seen[r.Was] = true
		w.Check(strings.TrimSpace(r.Name) != "", name("name"), "required")
		w.Check(len([]rune(r.Name)) <= longestName, name("name"), "schedule.name_long", longestName)
		w.Check(r.WeightBP <= Whole && (r.WeightBP > 0 || r.WeightBP == 0 && fixed), name("weight"), "schedule.weight_range")
		r.checkDays(&w, name, fixed)
		sum += r.WeightBP
	}
	w.Check(!fixed || sum == Whole, "weights", "schedule.weights_fixed", Percent(sum))
	for _, m := range p.Milestones {
		w.Check(seen[m.Rank] || !p.Kept(m.ID), "milestones", "schedule.kept", m.Name)
	}
	return w.Err()
}

func (r Row) checkDays(w *fault.Wrong, name func(string) string, needed bool) {
	w.Check(r.Start.IsZero() == r.End.IsZero() || r.Start.IsZero(), name("end"), "schedule.both_days")
	w.Check(r.Start.IsZero() == r.End.IsZero() || r.End.IsZero(), name("start"), "schedule.both_days")
	w.Check(!needed || !r.Start.IsZero() || !r.End.IsZero(), name("start"), "required")
	w.Check(r.Start.IsZero() || r.Start.Year() >= 2000 && r.Start.Year() <= 2100, name("start"), "year_range")
	w.Check(r.End.IsZero() || r.End.Year() >= 2000 && r.End.Year() <= 2100, name("end"), "year_range")
	w.Check(r.Start.IsZero() || r.End.IsZero() || !r.End.Before(r.Start), name("end"), "schedule.end_before_start")
}

func (p Plan) byRank() map[int]Milestone {
	byRank := make(map[int]Milestone, len(p.Milestones))
	for _, m := range p.Milestones {
		byRank[m.Rank] = m
	}
	return byRank
}

// Kept tells whether a milestone may no longer be taken out: a baseline holds it, or something was recorded of it.
func (p Plan) Kept(m id.Milestone) bool {
	if slices.ContainsFunc(p.History, func(h Done) bool { return h.Milestone == m }) {
		return true
	}
	return slices.ContainsFunc(p.Baselines, func(b Fixed) bool {
		return slices.ContainsFunc(b.Milestones, func(f Frozen) bool { return f.Milestone == m })
	})
}

// mayFix refuses a baseline that is not whole, has milestones without days, says the same as the last one, or lacks the reason a later one
// needs; and whoever entered the plan since the last baseline: who fixes it has not written it.
func (p Plan) mayFix(who id.User, reason string) error {
	if len(p.Milestones) == 0 {
		return ErrNone
	}
	if p.Hands.Has(who) {
		return ErrOwn
	}
	if sum := p.EnteredBP(); sum != Whole {
		return fault.Conflicting("schedule.weights_not_whole", Percent(sum))
	}
	for _, m := range p.Milestones {
		if m.Start.IsZero() {
			return fault.Conflicting("schedule.no_days", m.Name)
		}
	}
	newest, fixed := p.Newest()
	switch {
	case fixed && p.unchanged(newest):
		return ErrSame
	case fixed && reason == "":
		return fault.InvalidField("reason", "required")
	}
	return nil
}

// unchanged tells whether the plan says what a baseline says.
func (p Plan) unchanged(b Fixed) bool {
	if len(b.Milestones) != len(p.Milestones) {
		return false
	}
	for _, m := range p.Milestones {
		same := Frozen{b.ID, m.ID, m.Rank, m.Name, m.WeightBP, m.Start, m.End}
		if !slices.Contains(b.Milestones, same) {
			return false
		}
	}
	return true
}

// Changed tells whether the plan differs from the newest baseline, or there is none yet.
func (p Plan) Changed() bool {
	newest, fixed := p.Newest()
	return !fixed || !p.unchanged(newest)
}

// record judges entries and gives the milestones as they stand afterwards, with what is to be added to the history.
func (p Plan) record(entries []Entry, today day.Date, prefix string, w *fault.Wrong) (touched []Milestone, added []Done) {
	known, seen := p.byRank(), map[int]bool{}
	for _, e := range entries {
		name := func(field string) string { return prefix + FieldOf(e.Rank, field) }
		m, found := known[e.Rank]
		w.Check(found, name("done"), "schedule.row_unknown")
		w.Check(!seen[e.Rank], name("done"), "schedule.row_twice")
		if !found || seen[e.Rank] {
			continue
		}
		seen[e.Rank] = true
		w.Check(e.DoneBP >= 0 && e.DoneBP <= Whole, name("done"), "schedule.done_range")
		w.Check(!e.On.IsZero(), name("on"), "required")
		w.Check(!e.On.After(today), name("on"), "day_future")
		w.Check(e.On.IsZero() || e.On.Year() >= 2000, name("on"), "year_range")
		history := p.historyOf(m.ID)
		if before, after := around(history, e.On); strings.TrimSpace(e.Note) == "" {
			w.Check(e.DoneBP >= before, name("note"), "schedule.falls", Percent(before), Percent(e.DoneBP))
			w.Check(e.DoneBP <= after, name("note"), "schedule.above_later", Percent(after))
		}
		one := Done{Milestone: m.ID, Project: p.Project, On: e.On, DoneBP: e.DoneBP, Note: strings.TrimSpace(e.Note)}
		m.settle(append(history, one), e.StartedOn)
		w.Check(e.StartedOn.IsZero() || e.StartedOn == m.StartedOn, name("started"), "schedule.started_late", m.StartedOn)
		w.Check(e.StartedOn.IsZero() || e.StartedOn.Year() >= 2000, name("started"), "year_range")
		touched, added = append(touched, m), append(added, one)
	}
	return touched, added
}

func (p Plan) historyOf(m id.Milestone) []Done {
	var history []Done
	for _, h := range p.History {
		if h.Milestone == m {
			history = append(history, h)
		}
	}
	return history
}

// around is what was done at the end of a day by the history, and the least that any later day says; Whole when none does.
func around(history []Done, on day.Date) (before, after int) {
	after = Whole
	for _, h := range lastOfDays(history) {
		switch {
		case !h.On.After(on):
			before = h.DoneBP
		default:
			after = min(after, h.DoneBP)
		}
	}
	return before, after
}

// lastOfDays orders a history by its days and keeps the last row of each.
func lastOfDays(history []Done) []Done {
	days := slices.Clone(history)
	slices.SortStableFunc(days, func(a, b Done) int { return a.On.Sub(b.On) })
	kept := days[:0]
	for i, h := range days {
		if i+1 < len(days) && days[i+1].On == h.On {
			continue
		}
		kept = append(kept, h)
	}
	return kept
}

// settle brings what a milestone keeps in line with its history: the share of the newest day, the first day anything was done (or an earlier
// one that is told), and the day since which all of it is done.
func (m *Milestone) settle(history []Done, told day.Date) {
	m.DoneBP, m.FinishedOn = 0, day.Date{}
	started := told
	for _, h := range lastOfDays(history) {
		m.DoneBP = h.DoneBP
		if h.DoneBP > 0 && (started.IsZero() || h.On.Before(started)) {
			started = h.On
		}
		switch {
		case h.DoneBP < Whole:
			m.FinishedOn = day.Date{}
		case m.FinishedOn.IsZero():
			m.FinishedOn = h.On
		}
	}
	if told.IsZero() && !m.StartedOn.IsZero() && (started.IsZero() || m.StartedOn.Before(started)) {
		started = m.StartedOn // told before
	}
	m.StartedOn = started
}

// Percent writes basis points as people type them: 9650 → "96,5 %".
func Percent(bp int) string { return PercentText(bp) + " %" }

// PercentText is Percent without its sign, for a field.
func PercentText(bp int) string {
	sign := ""
	if bp < 0 {
		sign, bp = "-", -bp
	}
	text := strconv.Itoa(bp / 100)
	if rest := bp % 100; rest != 0 {
		text += strings.TrimRight(","+strconv.Itoa(rest/10)+strconv.Itoa(rest%10), "0")
	}
	return sign + text
}
