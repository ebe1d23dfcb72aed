package violation

import (
	"slices"
	"strings"
	"unicode/utf8"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// The longest texts, in letters: a register is read in a table.
const (
	maxLine = 300
	maxText = 2000
)

// SoonDays is how far ahead the first page looks.
const SoonDays = 7

// Handled tells whether it ended.
func (v Violation) Handled() bool { return !v.HandledOn.IsZero() }

// Late tells whether it is open beyond the day by which it was to be put right.
func (v Violation) Late(today day.Date) bool {
	return !v.Handled() && !v.DueOn.IsZero() && v.DueOn.Before(today)
}

// State is where it stands on a day: open, late or handled.
func (v Violation) State(today day.Date) string {
	switch {
	case v.Handled():
		return Handled
	case v.Late(today):
		return Late
	default:
		return Open
	}
}

// tidy drops blanks around the texts.
func (in Input) tidy() Input {
	in.Place, in.Description, in.Ward, in.Project = strings.TrimSpace(in.Place), strings.TrimSpace(in.Description), strings.TrimSpace(in.Ward), strings.TrimSpace(in.Project)
	in.Decision = in.Decision.tidy()
	return in
}

func (d Decision) tidy() Decision {
	d.Number = strings.TrimSpace(d.Number)
	return d
}

func (h Handling) tidy() Handling {
	h.Outcome = strings.TrimSpace(h.Outcome)
	return h
}

func (in Input) check(w *fault.Wrong, today day.Date) {
	w.Check(KindOf(in.What) != "", "what", "choose")
	w.Check(in.Place != "", "place", "required")
	short(w, "place", in.Place, maxLine)
	short(w, "description", in.Description, maxText)
	w.Check(in.Ward != "", "ward", "choose")
	pastDay(w, "found_on", in.FoundOn, today)
	w.Check(in.DueOn.IsZero() || !in.DueOn.Before(in.FoundOn), "due_on", "violation.due_order")
	in.Decision.check(w, in.FoundOn, today)
}

// given tells whether anything of a decision is said.
func (d Decision) given() bool { return d != Decision{} }

// check: the number and the day of a decision stand together; only a decision orders a measure or a fine.
func (d Decision) check(w *fault.Wrong, found, today day.Date) {
	w.Check(d.Measure == "" || slices.Contains(Measures(), d.Measure), "measure", "choose")
	w.Check(d.Fine >= 0 && d.Fine <= vnd.Max, "fine", "money_range", d.Fine)
	w.Check(d.Measure != "fine" || d.Fine > 0, "fine", "violation.fine_needed")
	short(w, "decision_number", d.Number, maxLine)
	if !d.given() {
		return
	}
	w.Check(d.Number != "", "decision_number", "violation.decision_needed")
	w.Check(!d.DecidedOn.IsZero(), "decided_on", "violation.decision_needed")
	w.Check(!d.DecidedOn.After(today), "decided_on", "day_future")
	w.Check(d.DecidedOn.IsZero() || !d.DecidedOn.Before(found), "decided_on", "violation.decided_order", found)
}

// check: what is handled has a decision and an outcome, on a day between the decision and today.
func (h Handling) check(w *fault.Wrong, d Decision, today day.Date) {
	w.Check(d.given(), "decision_number", "violation.decision_first")
	pastDay(w, "handled_on", h.HandledOn, today)
	w.Check(h.HandledOn.IsZero() || d.DecidedOn.IsZero() || !h.HandledOn.Before(d.DecidedOn), "handled_on", "violation.handled_order", d.DecidedOn)
	w.Check(h.Outcome != "", "outcome", "required")
	short(w, "outcome", h.Outcome, maxText)
	w.Check(h.Area >= 0, "area", "area_form", h.Area)
}

// check of a change: an open violation says nothing of its end, which Handle tells; a handled one keeps an end and gives a reason.
func (c Change) check(w *fault.Wrong, old Violation, today day.Date) {
	c.Input.check(w, today)
	if !old.Handled() {
		w.Check(c.Handling == Handling{}, "handled_on", "violation.not_handled")
		return
	}
	c.Handling.check(w, c.Decision, today)
	w.Check(c.Reason != "", "reason", "violation.reason_needed")
	short(w, "reason", c.Reason, maxLine)
}

func pastDay(w *fault.Wrong, name string, d, today day.Date) {
	w.Check(!d.IsZero(), name, "required")
	w.Check(!d.After(today), name, "day_future")
}

func short(w *fault.Wrong, name, text string, most int) {
	n := utf8.RuneCountInString(text)
	w.Check(n <= most, name, "violation.too_long", n, most)
}
