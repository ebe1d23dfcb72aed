package contract

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

var (
	packageForm = regexp.MustCompile(`^[A-Z0-9][A-Z0-9.-]{0,19}$`)
	taxForm     = regexp.MustCompile(`^[0-9]{10}(-[0-9]{3})?$`)
)

const wholeBP = 10000

func given(text string) bool { return strings.TrimSpace(text) != "" }

func positive(w *fault.Wrong, name string, amount vnd.Amount) {
	w.Check(amount > 0, name, "amount_positive")
	w.Check(amount <= vnd.Max, name, "money_range", amount)
}

// share writes basis points for people: 3500 → "35", 1250 → "12,5".
func share(bp int64) string {
	text := strconv.FormatInt(bp/100, 10)
	if rest := bp % 100; rest != 0 {
		text += "," + strings.TrimRight(strconv.FormatInt(100+rest, 10)[1:], "0")
	}
	return text
}

// check lists what is wrong with an entered package by itself.
func (in PackageInput) check(today day.Date) error {
	var w fault.Wrong
	w.Check(packageForm.MatchString(in.Code), "code", "contract.package_code")
	w.Check(given(in.Name), "name", "required")
	w.Check(slices.Contains(Fields(), in.Field), "field", "choose")
	w.Check(slices.Contains(Methods(), in.Method), "method", "choose")
	positive(&w, "estimate", in.Estimate)
	w.Check(given(in.DecisionNumber), "decision_number", "required")
	w.Check(!in.DecidedOn.IsZero(), "decided_on", "required")
	w.Check(!in.DecidedOn.After(today), "decided_on", "day_future")
	w.Check(given(in.Authority), "authority", "required")
	return w.Err()
}

// mayBecome lists what the contracts of a package have against a change of it.
func (p Package) mayBecome(in PackageInput) error {
	var w fault.Wrong
	w.Check(p.Contracted <= in.Estimate || p.Reasoned, "estimate", "contract.estimate_below", in.Estimate, p.Contracted)
	w.Check(p.FirstSigned.IsZero() || !in.DecidedOn.After(p.FirstSigned), "decided_on", "contract.plan_after_signing", in.DecidedOn, p.FirstSigned)
	return w.Err()
}

// check lists what is wrong with an entered contract by itself.
func (in NewContract) check(today day.Date) error {
	var w fault.Wrong
	w.Check(given(in.Package), "package", "choose")
	w.Check(taxForm.MatchString(in.TaxCode), "contractor_tax_code", "contract.tax_code")
	w.Check(given(in.Number), "number", "required")
	w.Check(!in.SignedOn.IsZero(), "signed_on", "required")
	w.Check(!in.SignedOn.After(today), "signed_on", "day_future")
	w.Check(slices.Contains(Kinds(), in.Kind), "kind", "choose")
	positive(&w, "value", in.Value)
	w.Check(!in.StartsOn.IsZero(), "starts_on", "required")
	w.Check(in.StartsOn.IsZero() || !in.StartsOn.Before(in.SignedOn), "starts_on", "contract.starts_order", in.SignedOn)
	w.Check(!in.EndsOn.IsZero(), "ends_on", "required")
	w.Check(in.EndsOn.IsZero() || !in.EndsOn.Before(in.StartsOn), "ends_on", "contract.ends_order", in.StartsOn)
	w.Check(in.AdvanceBP >= 0 && in.AdvanceBP <= wholeBP, "advance", "contract.share_range")
	w.Check(in.RetentionBP >= 0 && in.RetentionBP <= wholeBP, "retention", "contract.share_range")
	return w.Err()
}

// ground is what a contract stands on: the days of the decisions before it, and the highest advance the law of the day allows (0 = no cap).
type ground struct {
	Investment day.Date `db:"investment"`
	Policy     day.Date `db:"policy"`
	CapBP      int64    `db:"-"`
}

// decided is the first decision a contract needs before it: the investment decision, or for consulting, which prepares that, the policy.
func (g ground) decided(field string) day.Date {
	if field == "consulting" && !g.Policy.IsZero() && (g.Investment.IsZero() || g.Policy.Before(g.Investment)) {
		return g.Policy
	}
	return g.Investment
}

// maySign lists what stands against a contract for a package.
func (p Package) maySign(in NewContract, g ground) error {
	var w fault.Wrong
	decided := g.decided(p.Field)
	switch {
	case decided.IsZero():
		w.Add("signed_on", "contract.no_investment")
	case in.SignedOn.Before(decided):
		w.Add("signed_on", "contract.before_investment", in.SignedOn, decided)
	case in.SignedOn.Before(p.DecidedOn):
		w.Add("signed_on", "contract.before_plan", in.SignedOn, p.DecidedOn)
	}
	sum := p.Contracted + in.Value
	w.Check(sum <= p.Estimate || p.Reasoned || given(in.OverReason), "over_estimate_reason", "contract.over_estimate", sum, p.Estimate)
	w.Check(g.CapBP == 0 || int64(in.AdvanceBP) <= g.CapBP || given(in.AdvanceReason), "advance_reason", "contract.advance_over_cap",
		share(int64(in.AdvanceBP)), share(g.CapBP))
	return w.Err()
}

// check lists what is wrong with an amendment of a contract of package p on which so much is drawn.
func (a Amendment) check(c Contract, p Package, drawn vnd.Amount, today day.Date) error {
	var w fault.Wrong
	w.Check(given(a.Number), "number", "required")
	w.Check(!a.DecidedOn.IsZero(), "decided_on", "required")
	w.Check(!a.DecidedOn.After(today), "decided_on", "day_future")
	w.Check(a.DecidedOn.IsZero() || !a.DecidedOn.Before(c.SignedOn), "decided_on", "contract.before_signing", c.SignedOn)
	w.Check(a.ValueChange != 0 || !a.NewEndsOn.IsZero(), "value_change", "contract.nothing_amended")
	w.Check(a.ValueChange <= vnd.Max && a.ValueChange >= -vnd.Max, "value_change", "money_range", a.ValueChange)
	w.Check(a.NewEndsOn.IsZero() || !a.NewEndsOn.Before(c.StartsOn), "new_ends_on", "contract.ends_order", c.StartsOn)
	w.Check(given(a.Reason), "reason", "required")
	if err := w.Err(); err != nil {
		return err
	}
	value := c.Value + a.ValueChange
	w.Check(value > 0, "value_change", "contract.value_not_positive", value)
	w.Check(value >= c.Accepted, "value_change", "contract.below_accepted", value, c.Accepted, c.Billed)
	w.Check(value >= drawn, "value_change", "contract.below_drawn", value, drawn)
	w.Check(value <= vnd.Max, "value_change", "money_range", value)
	sum := p.Contracted + a.ValueChange
	w.Check(a.ValueChange <= 0 || sum <= p.Estimate || p.Reasoned || given(a.OverReason), "over_estimate_reason", "contract.over_estimate", sum, p.Estimate)
	return w.Err()
}

// mayEnd lists what is wrong with ending a contract before its completion.
func (c Contract) mayEnd(on day.Date, reason string, today day.Date) error {
	if c.State != Active {
		return ErrNotActive
	}
	var w fault.Wrong
	w.Check(!on.IsZero(), "ended_on", "required")
	w.Check(!on.After(today), "ended_on", "day_future")
	w.Check(on.IsZero() || !on.Before(c.SignedOn), "ended_on", "contract.before_signing", c.SignedOn)
	w.Check(given(reason), "end_reason", "required")
	return w.Err()
}

// check lists what is wrong with an acceptance of a contract.
func (a Acceptance) check(c Contract, today day.Date) error {
	if c.State != Active && (a.Kind != "stage" || a.Value >= 0) {
		return ErrNotActive // only what was accepted too much may still be taken back
	}
	var w fault.Wrong
	w.Check(given(a.Number), "number", "required")
	w.Check(slices.Contains(AcceptanceKinds(), a.Kind), "kind", "choose")
	w.Check(!a.AcceptedOn.IsZero(), "accepted_on", "required")
	w.Check(!a.AcceptedOn.After(today), "accepted_on", "day_future")
	w.Check(a.AcceptedOn.IsZero() || !a.AcceptedOn.Before(c.StartsOn), "accepted_on", "contract.before_start", c.StartsOn)
	w.Check(a.Value != 0 || a.Kind == "completion", "value", "amount_not_zero")
	w.Check(a.Value >= 0 || given(a.Note), "note", "contract.fall_reason")
	w.Check(a.Value <= vnd.Max && a.Value >= -vnd.Max, "value", "money_range", a.Value)
	if err := w.Err(); err != nil {
		return err
	}
	sum := c.Accepted + a.Value
	w.Check(sum <= c.Value, "value", "contract.accepted_over", sum, c.Value)
	w.Check(sum >= c.Billed, "value", "contract.accepted_below_billed", sum, c.Billed)
	return w.Err()
}
