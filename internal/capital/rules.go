package capital

import (
	"slices"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// paper is what every line of this room is decided by.
type paper struct {
	kind, source, number, authority string
	amount                          vnd.Amount
	decidedOn                       day.Date
}

// check lists what is wrong with a line whatever else stands.
func (p paper) check(w *fault.Wrong, kinds []string, today day.Date) {
	w.Check(slices.Contains(kinds, p.kind), "capital_kind", "choose")
	w.Check(p.source != "", "source", "choose")
	w.Check(p.amount <= vnd.Max && p.amount >= -vnd.Max, "amount", "money_range", p.amount)
	w.Check(p.amount != 0, "amount", "amount_not_zero")
	w.Check(p.amount >= 0 || p.kind == "adjusted", "amount", "amount_positive")
	w.Check(strings.TrimSpace(p.number) != "", "decision_number", "required")
	w.Check(strings.TrimSpace(p.authority) != "", "capital_authority", "required")
	w.Check(!p.decidedOn.IsZero(), "capital_decided_on", "required")
	w.Check(!p.decidedOn.After(today), "capital_decided_on", "day_future")
}

// check lists what is wrong with a line by itself.
func (l Line) check(today day.Date) error {
	var w fault.Wrong
	w.Check(l.Year >= 2000 && l.Year <= 2100, "year", "year_range")
	paper{l.Kind, l.Source, l.Number, l.Authority, l.Amount, l.DecidedOn}.check(&w, Kinds(), today)
	return w.Err()
}

// place is a source in a year, or in the period that begins with the year.
type place struct {
	year   int
	source string
}

// book is everything the rules ask about one work: what stands, with the lines that are to be added already among it, so that lines of one
// act are judged together and in no order.
type book struct {
	id       id.Project
	code     string
	total    vnd.Amount // total investment
	lines    []Line
	medium   []MediumLine
	drawn    map[place]vnd.Amount
	accepted map[int]vnd.Amount // highest accepted progress of a year
}

func (b *book) sum(of func(Line) bool) vnd.Amount {
	var sum vnd.Amount
	for _, l := range b.lines {
		if of(l) {
			sum += l.Amount
		}
	}
	return sum
}

// planned is the plan of all years of a work, or of a source in a period.
func (b *book) planned() vnd.Amount { return b.sum(Line.planned) }

func (b *book) plannedIn(p place) vnd.Amount {
	return b.sum(func(l Line) bool { return l.planned() && l.Source == p.source && PeriodOf(l.Year) == p.year })
}

// check judges a line that already stands among the others. The sentence is of the first rule it breaks.
func (b *book) check(l Line) error {
	var w fault.Wrong
	of := func(x Line) bool { return x.Year == l.Year && x.Source == l.Source }
	plan := b.sum(func(x Line) bool { return of(x) && x.planned() })
	fund, year := b.sum(of), b.sum(func(x Line) bool { return x.Year == l.Year })
	drawn, accepted := b.drawn[place{l.Year, l.Source}], b.accepted[l.Year]
	switch {
	case b.told(l) > 1:
		w.Add("decision_number", "capital.twice")
	case fund > vnd.Max:
		w.Add("amount", "money_range", l.Amount)
	case l.Amount > 0 && l.planned():
		b.checkLimits(l, &w)
	case l.Amount > 0:
	case plan < 0:
		w.Add("amount", "capital.below_zero", plan-l.Amount)
	case fund < drawn:
		w.Add("amount", "capital.below_drawn_source", fund, drawn)
	case year < accepted:
		w.Add("amount", "capital.below_drawn", year, accepted)
	}
	return w.Err()
}

// checkLimits holds the years against the total investment, and the years of the period against the source's medium-term plan if there is one.
func (b *book) checkLimits(l Line, w *fault.Wrong) {
	if sum := b.planned(); sum > b.total {
		w.Add("amount", "capital.over_total", sum, b.total)
		return
	}
	period := place{PeriodOf(l.Year), l.Source}
	if limit, told := b.mediumOf(period); told && b.plannedIn(period) > limit {
		w.Add("amount", "capital.over_medium", b.plannedIn(period), limit, periodText(period.year))
	}
}

// told counts how often a decision stands for a source and kind of a year.
func (b *book) told(l Line) int {
	n := 0
	for _, x := range b.lines {
		if x.Year == l.Year && x.Source == l.Source && x.Kind == l.Kind && x.Number == l.Number {
			n++
		}
	}
	return n
}
