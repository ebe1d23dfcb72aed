package progress

import (
	"slices"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

// Names of fields, as forms and the API name them. In an act over many works the code stands before: "7654321.executed".
const (
	fieldCode      = "code"
	fieldExecuted  = "executed"
	fieldEstimate  = "estimate_month_end"
	fieldDisbursed = "disbursed"
	fieldTreasury  = "disbursed_treasury"
	fieldPhysical  = "physical"
	fieldNoChange  = "no_change"
)

// FieldOf is the name of a work's field in an act over many works.
func FieldOf(code, field string) string { return code + "." + field }

// problems collects what is wrong over many works. What weighs most gives the refusal its kind: an entry that somebody changed, then one
// whose state allows no change, then wrong figures.
type problems struct {
	fields       []fault.Field
	conflict     string
	conflictArgs []any
	changed      *fault.Fault
}

func (p *problems) add(code, field, wrong string, args ...any) {
	p.fields = append(p.fields, fault.Field{Name: FieldOf(code, field), Code: wrong, Args: args})
}

func (p *problems) check(ok bool, code, field, wrong string, args ...any) {
	if !ok {
		p.add(code, field, wrong, args...)
	}
}

// stands notes that the state of a work's entry allows no such act.
func (p *problems) stands(code, wrong string, args ...any) {
	if p.conflict == "" {
		p.conflict, p.conflictArgs = wrong, args
	}
	p.add(code, fieldExecuted, wrong, args...)
}

func (p *problems) version(code string, e Entry) {
	name, at := e.lastTouch()
	if p.changed == nil {
		p.changed = fault.ChangedBy(name, at)
	}
	p.add(code, fieldExecuted, "changed_meanwhile", name, at)
}

func (p *problems) err() error {
	switch {
	case len(p.fields) == 0:
		return nil
	case p.changed != nil:
		p.changed.Fields = p.fields
		return p.changed
	case p.conflict != "":
		return &fault.Fault{Kind: fault.Conflict, Code: p.conflict, Args: p.conflictArgs, Fields: p.fields}
	default:
		return &fault.Fault{Kind: fault.Invalid, Code: "invalid_input", Fields: p.fields}
	}
}

// checkMonth refuses a month that has not begun.
func checkMonth(m day.Month, today day.Date) error {
	if m.IsZero() {
		return fault.InvalidField("month", "progress.month_form")
	}
	if today.Month().Before(m) {
		return fault.InvalidField("month", "progress.month_future", m)
	}
	return nil
}

// take gives the figures that a row stands for: its own, or the month before when it declares no change.
func (w Work) take(r Row, month day.Month, p *problems) Figures {
	if !r.NoChange {
		return r.Figures
	}
	january := month.Add(-1).Year() < month.Year()
	known := january || !w.BeforeMonth.IsZero() && w.BeforeMonth.Year() == month.Year()
	p.check(known, w.Code, fieldNoChange, "progress.no_before")
	return w.NoGrowth()
}

// NoGrowth is what "no change" stands for: the month before, with the adjustments of earlier months that were entered since.
func (w Work) NoGrowth() Figures {
	f := w.Before
	f.Executed += w.Since.Executed
	f.Disbursed += w.Since.Disbursed
	f.Treasury += w.Since.Treasury
	f.PhysicalBP += w.Since.PhysicalBP
	f.Estimate = max(f.Estimate, f.Executed)
	return f
}

// check judges the figures of one work against its capital. What jumps or falls is no error: it needs a reason, see needs.
func (w Work) check(f Figures, p *problems) {
	p.check(f.Executed >= 0, w.Code, fieldExecuted, "progress.negative")
	p.check(f.Estimate >= 0, w.Code, fieldEstimate, "progress.negative")
	p.check(f.Disbursed >= 0, w.Code, fieldDisbursed, "progress.negative")
	p.check(f.Treasury >= 0, w.Code, fieldTreasury, "progress.negative")
	p.check(f.PhysicalBP >= 0 && f.PhysicalBP <= 10_000, w.Code, fieldPhysical, "progress.physical_range")
	p.check(f.Treasury <= f.Disbursed, w.Code, fieldTreasury, "progress.treasury_over", f.Treasury, f.Disbursed)
	p.check(f.Disbursed <= w.Drawable, w.Code, fieldDisbursed, "progress.over_drawn", f.Disbursed, w.Drawable)
}

// maySave judges whether the entry may be changed now.
func (w Work) maySave(r Row, p *problems) {
	switch {
	case w.Issued:
		p.stands(w.Code, "progress.month_issued")
	case r.Version != AnyVersion && r.Version != w.Version:
		p.version(w.Code, w.Entry)
	case w.State == Accepted:
		p.stands(w.Code, "progress.accepted_fixed")
	}
}

// mayStep judges whether the entry may go on from one of the states, by its version and month.
func (w Work) mayStep(pick Pick, p *problems, from ...State) bool {
	switch {
	case w.State == "":
		p.stands(w.Code, "progress.nothing_entered")
	case w.Issued:
		p.stands(w.Code, "progress.month_issued")
	case pick.Version != 0 && pick.Version != w.Version:
		p.version(w.Code, w.Entry)
	case !slices.Contains(from, w.State):
		p.stands(w.Code, "progress.wrong_state", "@progress.state."+string(w.State))
	default:
		return true
	}
	return false
}

// ownHand tells whether a person ever had a hand in the figures: such a person never accepts them, also when others wrote over them since.
func (e Entry) ownHand(who id.User) bool { return e.Hands.Has(who) }
