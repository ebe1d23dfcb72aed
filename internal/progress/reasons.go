package progress

import (
	"context"
	"fmt"
	"strings"

	"matbang/internal/day"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// Limits are the dated rules of the house for a month. A rule without a row is not asked: 0.
type Limits struct {
	JumpBP     int64           // growth of executed in one month, of the year's plan
	PhysicalBP int             // growth of the physical share in one month
	MissedBP   int64           // how far executed may stay behind the estimate of the month before, of the year's plan
	DueDay     int             // day of the month by which its entry is due
	Rest       *legal.Calendar // a due day that is a rest day moves to the next working day; nil: it does not move
}

// Limits reads the rules that hold at the end of a month.
func (p Progress) Limits(ctx context.Context, month day.Month) (Limits, error) {
	if p.Rules.DB == nil {
		return Limits{}, nil
	}
	rules, err := p.Rules.AllOn(ctx, legal.Office, month.Last())
	if err != nil {
		return Limits{}, err
	}
	rest, err := p.Rules.Calendar(ctx)
	return Limits{Rest: &rest, JumpBP: rules[legal.MonthJumpBP].Value, PhysicalBP: int(rules[legal.PhysicalJumpBP].Value), MissedBP: rules[legal.EstimateMissBP].Value,
		DueDay: int(rules[legal.EntryDueDay].Value)}, err
}

// Due is the day by which a month's entry is handed in: never after the month's last day, unless that rests. Zero when the house has no such rule.
func (l Limits) Due(month day.Month) day.Date {
	if l.DueDay <= 0 {
		return day.Date{}
	}
	due := month.First().Add(min(l.DueDay, month.Last().Sub(month.First())+1) - 1)
	if l.Rest == nil {
		return due
	}
	return l.Rest.DueDay(due, 0)
}

// Need is something that needs a reason before the entry is handed in: the field it shows itself in, and the sentence ("fault." + Code).
type Need struct {
	Field string
	Code  string
	Args  []any
}

// growth is what the month itself added: the difference from the newest accepted month, less the adjustments of earlier months in it.
type growth struct {
	Executed, Disbursed, Treasury vnd.Amount
	PhysicalBP                    int
	months                        int // since the accepted month, or since the year began
	physicalMonths                int // since the accepted month; 0 when there is none
}

func (w Work) growth(f Figures, month day.Month) growth {
	g := growth{Executed: f.Executed - w.Floor.Executed - w.Floor.Adjusted.Executed, Disbursed: f.Disbursed - w.Floor.Disbursed - w.Floor.Adjusted.Disbursed,
		Treasury: f.Treasury - w.Floor.Treasury - w.Floor.Adjusted.Treasury, PhysicalBP: f.PhysicalBP - w.Floor.PhysicalBP - w.Floor.Adjusted.PhysicalBP}
	begun := day.New(month.Year(), 1, 1).Month()
	g.months = 1 + apart(begun, month)
	if !w.Floor.Month.IsZero() {
		g.physicalMonths = apart(w.Floor.Month, month)
		g.months = min(g.months, g.physicalMonths)
	}
	return g
}

func apart(from, to day.Month) int {
	n := 0
	for ; from.Before(to); from = from.Add(1) {
		n++
	}
	return n
}

// needs lists what of the figures needs a reason, by the order of the fields.
func (w Work) needs(f Figures, month day.Month, l Limits) []Need {
	n := &needing{}
	g := w.growth(f, month)
	n.falls(fieldExecuted, f.Executed, g.Executed)
	w.needsOfExecuted(n, f, g, month, l)
	n.falls(fieldDisbursed, f.Disbursed, g.Disbursed)
	n.when(w.Facts.Vouchers && f.Disbursed != w.Facts.Cash, fieldDisbursed, "progress.need.vouchers", f.Disbursed, w.Facts.Cash)
	n.falls(fieldTreasury, f.Treasury, g.Treasury)
	n.when(!w.Facts.AgreedOn.IsZero() && f.Treasury != w.Facts.Confirmed, fieldTreasury, "progress.need.agreement", f.Treasury, w.Facts.Confirmed, w.Facts.AgreedOn)
	if g.physicalMonths > 0 {
		n.when(g.PhysicalBP < 0, fieldPhysical, "progress.need.physical_falls", Percent(f.PhysicalBP), Percent(f.PhysicalBP-g.PhysicalBP))
		n.when(l.PhysicalBP > 0 && g.PhysicalBP > l.PhysicalBP*g.physicalMonths, fieldPhysical, "progress.need.physical_jump", Percent(g.PhysicalBP), Percent(l.PhysicalBP), g.physicalMonths)
	}
	return n.found
}

// needsOfExecuted measures the month's growth against the year's plan (or what may be drawn, where the year only carries money over).
func (w Work) needsOfExecuted(n *needing, f Figures, g growth, month day.Month, l Limits) {
	whole := w.Plan
	if whole <= 0 {
		whole = w.Drawable
	}
	if whole <= 0 {
		n.when(g.Executed > 0, fieldExecuted, "progress.need.no_plan", g.Executed, month.Year())
		return
	}
	jump, err := vnd.MulDiv(whole, l.JumpBP*int64(g.months), 10_000)
	n.when(err == nil && l.JumpBP > 0 && g.Executed > jump, fieldExecuted, "progress.need.jump", Percent(int(vnd.Ratio(g.Executed, whole))), g.Executed, Percent(int(l.JumpBP)), g.months)
	missed, err := vnd.MulDiv(whole, l.MissedBP, 10_000)
	expected := w.Before.Estimate + w.Since.Executed
	n.when(err == nil && l.MissedBP > 0 && w.BeforeMonth == month.Add(-1) && f.Executed < expected-missed, fieldExecuted, "progress.need.estimate", f.Executed, expected, w.BeforeMonth)
}

type needing struct{ found []Need }

func (n *needing) when(is bool, field, code string, args ...any) {
	if is {
		n.found = append(n.found, Need{field, code, args})
	}
}

// falls notes a figure below the accepted month; one below zero is wrong anyway and refused as such.
func (n *needing) falls(field string, figure, grown vnd.Amount) {
	n.when(figure >= 0 && grown < 0, field, "progress.need.falls", figure, figure-grown)
}

// checkReason refuses an entry whose figures need a reason and have none, at every field that needs it.
func (w Work) checkReason(month day.Month, l Limits, p *problems) {
	if strings.TrimSpace(w.Reason) != "" {
		return
	}
	for _, need := range w.needs(w.Figures, month, l) {
		p.add(w.Code, need.Field, need.Code, need.Args...)
	}
}

// Percent writes basis points as people type them: 9650 → "96,5", -50 → "-0,5".
func Percent(bp int) string {
	sign := ""
	if bp < 0 {
		sign, bp = "-", -bp
	}
	return sign + strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d,%02d", bp/100, bp%100), "0"), ",")
}
