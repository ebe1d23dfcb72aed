package compensation

import (
	"fmt"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// The limits of a line. With them quantity × factor fits 64 bits, so that MulDiv is exact.
const (
	maxQuantity = area.Area(1_000_000_000_000) // 10 thousand million units
	maxFactor   = 1_000_000                    // × 100
)

// The limits of one entry.
const (
	maxAwards = 5000
	maxLines  = 200
)

// amountOf is quantity × price × factor rounded once, half away from zero. ErrRange when it leaves the range of money.
func amountOf(l Line) (vnd.Amount, error) {
	return vnd.MulDiv(l.Price, int64(l.Quantity)*int64(l.FactorBP), 100*10_000)
}

// check lists what is wrong with a new plan's own fields.
func (in NewPlan) check() error {
	var w fault.Wrong
	w.Check(strings.TrimSpace(in.Project) != "", "project", "choose")
	w.Check(strings.TrimSpace(in.Name) != "", "name", "required")
	w.Check(in.RuleSet != "", "rule_set", "choose")
	return w.Err()
}

// priced is the awards with each line's amount computed, or every fault of all of them at once.
func priced(inputs []AwardInput) ([]AwardInput, error) {
	var w fault.Wrong
	w.Check(len(inputs) > 0 && len(inputs) <= maxAwards, "awards", "compensation.awards_count", maxAwards)
	seen := map[string]bool{}
	out := make([]AwardInput, len(inputs))
	for i, in := range inputs {
		prefix := fmt.Sprintf("awards.%d.", i)
		w.Check(!seen[in.CaseCode], prefix+"case", "compensation.case_twice", in.CaseCode)
		seen[in.CaseCode] = true
		out[i] = in.priced(&w, prefix)
	}
	return out, w.Err()
}

func (in AwardInput) priced(w *fault.Wrong, prefix string) AwardInput {
	w.Check(len(in.Lines) > 0 && len(in.Lines) <= maxLines, prefix+"lines", "compensation.lines_count", in.CaseCode, maxLines)
	out := AwardInput{CaseCode: in.CaseCode, Lines: make([]Line, len(in.Lines))}
	var sound = true
	for i, l := range in.Lines {
		if l.No == 0 {
			l.No = i + 1
		}
		sound = l.check(w, prefix) && sound
		l.Amount, _ = amountOf(l)
		l.No = i + 1
		out.Lines[i] = l
	}
	if sound {
		out.checkSums(w, prefix)
	}
	return out
}

// check notes the faults of one line at its fields and tells whether there was none.
func (l Line) check(w *fault.Wrong, prefix string) bool {
	at := fmt.Sprintf("%slines.%d.", prefix, l.No)
	sound := true
	need := func(ok bool, name, code string) {
		w.Check(ok, at+name, "compensation."+code, l.No)
		sound = sound && ok
	}
	need(slices.Contains(Categories(), l.Category), "category", "line_category")
	need(strings.TrimSpace(l.Description) != "", "description", "line_description")
	need(strings.TrimSpace(l.Unit) != "", "unit", "line_unit")
	need(l.Quantity > 0 && l.Quantity <= maxQuantity, "quantity", "line_quantity")
	need(l.Price >= 0 && l.Price <= vnd.Max, "price", "line_price")
	need(l.FactorBP >= 0 && l.FactorBP <= maxFactor, "factor", "line_factor")
	if sound {
		_, err := amountOf(l)
		need(err == nil, "price", "line_range")
	}
	return sound
}

// checkSums: an award's money fits, and obligations are withheld only from the compensation for land and the remaining investment into it,
// never from assets, moving or support (NĐ 88/2024/NĐ-CP article 25 clause 1 point c; the same base is used for plans under the law of 2013).
func (in AwardInput) checkSums(w *fault.Wrong, prefix string) {
	sums, ok := in.sums()
	if !ok {
		w.Add(prefix+"lines", "compensation.award_range", in.CaseCode)
		return
	}
	base := sums[Land] + sums[Investment]
	w.Check(sums[Deduction] <= base, prefix+"lines", "compensation.deduction_over", in.CaseCode, sums[Deduction], base)
}

// sums adds the lines up by category; false when they leave the range of money.
func (in AwardInput) sums() (map[Category]vnd.Amount, bool) {
	sums := map[Category]vnd.Amount{}
	var all vnd.Amount
	for _, l := range in.Lines {
		sums[l.Category] += l.Amount
		all += l.Amount
		if all > vnd.Max {
			return sums, false
		}
	}
	return sums, true
}

// total and deducted of an award whose lines are priced, in đồng.
func (in AwardInput) total() (total, deducted vnd.Amount) {
	for _, l := range in.Lines {
		if l.Category == Deduction {
			deducted += l.Amount
		} else {
			total += l.Amount
		}
	}
	return total, deducted
}

// check lists what is wrong with a decision on a day. It may take effect later than today; it cannot have been made later than today.
func (d Decision) check(today day.Date) error {
	var w fault.Wrong
	w.Check(strings.TrimSpace(d.Number) != "", "number", "required")
	w.Check(!d.DecidedOn.IsZero(), "decided_on", "required")
	w.Check(!d.DecidedOn.After(today), "decided_on", "day_future")
	w.Check(!d.EffectiveOn.IsZero(), "effective_on", "required")
	w.Check(d.EffectiveOn.IsZero() || !d.EffectiveOn.Before(d.DecidedOn), "effective_on", "compensation.effective_before")
	return w.Err()
}

// mayAppraise: nobody does two steps of the same money, so nobody who wrote in the draft appraises it.
func (p Plan) mayAppraise(drafters []id.User, who id.User) error {
	if p.State != Submitted {
		return p.errState()
	}
	if slices.Contains(drafters, who) {
		return ErrSamePerson
	}
	return nil
}

// mayApprove: the third step belongs to a third person.
func (p Plan) mayApprove(drafters []id.User, who id.User) error {
	if p.State != Appraised {
		return p.errState()
	}
	if slices.Contains(drafters, who) || p.AppraisedBy != nil && *p.AppraisedBy == who {
		return ErrSamePerson
	}
	return nil
}

// errState says that the plan's state does not allow the act, and which state that is.
func (p Plan) errState() error {
	if p.State == Approved {
		return ErrFrozen
	}
	return fault.Conflicting("compensation.state", p.Code, "@plan.state."+string(p.State))
}

// Acts is what one person may do with a plan as it stands. Barred says that only an earlier step of the same person stands in the way.
type Acts struct{ Edit, Submit, Appraise, Return, Approve, Barred bool }

// actsOf answers for every button of a page at once.
func (p Plan) actsOf(who actor.Actor, drafters []id.User) Acts {
	a := Acts{Edit: p.Editable() && who.Can(Draft)}
	a.Submit = a.Edit && p.AwardCount > 0
	switch {
	case p.State == Submitted && who.Can(Appraise):
		a.Return, a.Appraise = true, p.mayAppraise(drafters, who.ID) == nil
		a.Barred = !a.Appraise
	case p.State == Appraised && who.Can(Approve):
		a.Return, a.Approve = true, p.mayApprove(drafters, who.ID) == nil
		a.Barred = !a.Approve
	}
	return a
}
