package disbursement

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// check lists what is wrong with an entry by itself.
func (e Entry) check(today day.Date) error {
	var w fault.Wrong
	w.Check(slices.Contains(Kinds(), e.Kind), "kind", "choose")
	w.Check(slices.Contains(Purposes(), e.Purpose), "purpose", "choose")
	w.Check(e.Year >= 2000 && e.Year <= 2100, "plan_year", "year_range")
	w.Check(e.Source != "", "source", "choose")
	w.Check(strings.TrimSpace(e.Number) != "", "number", "required")
	w.Check(e.Amount <= vnd.Max, "amount", "money_range", e.Amount)
	w.Check(e.Amount > 0, "amount", "amount_positive")
	w.Check(e.Recover <= vnd.Max, "recover", "money_range", e.Recover)
	w.Check(e.Recover >= 0, "recover", "amount_positive")
	w.Check(!e.PaidOn.IsZero(), "paid_on", "required")
	w.Check(!e.PaidOn.After(today), "paid_on", "day_future")
	w.Check(e.PaidOn.IsZero() || e.PaidOn.Year() >= e.Year, "paid_on", "disbursement.before_year", yearText(e.Year))
	e.checkPlace(&w)
	return w.Err()
}

// checkPlace lists what is named where it has no place, or not named where it is needed.
func (e Entry) checkPlace(w *fault.Wrong) {
	w.Check((e.Contract != "") == (e.Purpose == ForContract), "contract", "disbursement.contract_with_purpose")
	w.Check(e.Bill == "" || e.Contract != "" && (e.Kind == KindPayment || e.Kind == KindRecovery), "bill", "disbursement.bill_of_payment")
	w.Check(e.Recover == 0 || e.Kind == KindPayment && e.Contract != "", "recover", "disbursement.recover_with_payment")
	w.Check(e.Advance == "" || e.Kind.onAdvance(), "advance", "disbursement.advance_of_recovery")
	w.Check(e.Advance != "" || e.Kind != KindRefund && e.Kind != KindHeld, "advance", "choose")
	w.Check(e.Kind != KindHeld || e.Purpose == ForClearance, "kind", "disbursement.held_is_clearance")
}

// yearText keeps a year from being shown as a number with a dot in it.
func yearText(year int) string { return fmt.Sprint(year) }

// windowKey is the rule that says until when money of a plan year may leave; recoveries, refunds and held money have no last day.
func windowKey(k Kind, p Purpose) string {
	switch {
	case k == KindPayment:
		return legal.PayCompletedUntil
	case k == KindAdvance && p == ForClearance:
		return legal.ClearanceAdvanceUntil
	case k == KindAdvance:
		return legal.AdvanceUntil
	default:
		return ""
	}
}

// lastDay reads MMDD as a day of the plan year, 1MMDD as a day of the year after.
func lastDay(value int64, planYear int) day.Date {
	year := planYear + int(value/10_000)
	return day.New(year, time.Month(value/100%100), int(value%100))
}

// checkWindow refuses cash after the last day of its plan year; rules are those in force on the last day of that year.
func (e Entry) checkWindow(rules map[string]legal.Rule) error {
	key := windowKey(e.Kind, e.Purpose)
	if key == "" {
		return nil
	}
	closing := day.New(e.Year, 12, 31)
	rule, found := rules[key]
	if !found {
		return fault.Conflicting("legal.no_rule", key, legal.Investment, closing)
	}
	if until := lastDay(rule.Value, e.Year); e.PaidOn.After(until) {
		return fault.InvalidField("paid_on", "disbursement.year_closed", "@disbursement.window."+key, yearText(e.Year), until, rule.Basis)
	}
	return nil
}

// Level is how late an open advance is.
type Level string

// The levels, from still in time to the gravest. Settle is after the days to bring the vouchers; Return when what lies unspent goes back to the
// deposit account at the treasury; Repay when it goes back to the budget; Ask when the treasury asks back an advance that has no contract.
const (
	InTime Level = "in_time"
	Settle Level = "settle"
	Return Level = "return"
	Repay  Level = "repay"
	Ask    Level = "ask"
)

// rank orders levels, the gravest first.
func (l Level) rank() int { return slices.Index([]Level{Repay, Return, Ask, Settle, InTime}, l) }

// judge says how late an advance is on a day, by which rule, and from which day on it is graver. The part held on deposit because it was refused
// or is disputed does not count for what goes back. A limit of days or months has passed on the day after its last one.
func (a *OpenAdvance) judge(rules map[string]legal.Rule, today day.Date) {
	a.Days, a.Level = today.Sub(a.PaidOn), InTime
	a.Free = a.Balance - min(a.Held, a.Balance)
	steps := []struct {
		key   string
		level Level
		last  func(n int) day.Date
		due   bool
	}{
		{legal.AdvanceSettleDays, Settle, a.PaidOn.Add, a.Purpose == ForClearance},
		{legal.AdvanceReturnMonths, Return, func(n int) day.Date { return addMonths(a.PaidOn, n) }, a.Purpose == ForClearance && a.Free > 0},
		{legal.AdvanceRepayMonths, Repay, func(n int) day.Date { return addMonths(a.PaidOn, n) }, a.Purpose == ForClearance && a.Free > 0},
		{legal.AdvanceOtherMonths, Ask, func(n int) day.Date { return addMonths(a.PaidOn, n) }, a.Purpose == ForOther},
	}
	for _, s := range steps {
		rule, known := rules[s.key]
		if !s.due || !known {
			continue
		}
		last := s.last(int(rule.Value))
		if !today.After(last) {
			if a.NextOn.IsZero() {
				a.NextOn = last
			}
			if a.Basis == "" {
				a.Basis = rule.Basis
			}
			continue
		}
		a.Level, a.Basis, a.Since = s.level, rule.Basis, last
	}
}

// addMonths is the same day n months later, or the last day of that month when it is shorter.
func addMonths(d day.Date, n int) day.Date {
	month := d.Month().Add(n)
	same := month.First().Add(d.Sub(d.Month().First()))
	if same.After(month.Last()) {
		return month.Last()
	}
	return same
}
