package project

import (
	"slices"
	"strings"
	"time"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// Kinds of decisions. A settlement (quyết toán) says what the work has cost; it changes no total investment.
const (
	Policy     = "policy"
	Investment = "investment"
	Adjustment = "adjustment"
	Settlement = "settlement"
)

// DecisionKinds lists the kinds in the order of a work's life.
func DecisionKinds() []string { return []string{Policy, Investment, Adjustment, Settlement} }

// Decision is a decision about a work's money; versions, never overwritten.
type Decision struct {
	Kind            string     `db:"kind" json:"kind"` // policy | investment | adjustment | settlement
	Number          string     `db:"number" json:"number"`
	DecidedOn       day.Date   `db:"decided_on" json:"decided_on"`
	Authority       string     `db:"authority" json:"authority"`
	TotalInvestment vnd.Amount `db:"total_investment" json:"total_investment_vnd"`
	Parts
	RecordedBy string    `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt time.Time `db:"recorded_at" json:"recorded_at"`
}

// Parts are what a total investment is made of (NĐ 10/2021/NĐ-CP art. 5 and the decrees after it), in đồng. All zero where nobody said.
type Parts struct {
	Construction vnd.Amount `db:"construction" json:"construction_vnd"`
	Equipment    vnd.Amount `db:"equipment" json:"equipment_vnd"`
	Clearance    vnd.Amount `db:"clearance" json:"clearance_vnd"`
	Management   vnd.Amount `db:"management" json:"management_vnd"`
	Consulting   vnd.Amount `db:"consulting" json:"consulting_vnd"`
	Other        vnd.Amount `db:"other" json:"other_vnd"`
	Contingency  vnd.Amount `db:"contingency" json:"contingency_vnd"`
}

// PartNames are the parts in the order of the form.
func PartNames() []string {
	return []string{"construction", "equipment", "clearance", "management", "consulting", "other", "contingency"}
}

// Amounts are the parts in the order of PartNames.
func (p Parts) Amounts() []vnd.Amount {
	return []vnd.Amount{p.Construction, p.Equipment, p.Clearance, p.Management, p.Consulting, p.Other, p.Contingency}
}

// Given tells whether the decision says its parts.
func (p Parts) Given() bool { return p != Parts{} }

// Sum adds the parts up. Seven amounts of a decision stay far below what 64 bits hold.
func (p Parts) Sum() vnd.Amount {
	var sum vnd.Amount
	for _, a := range p.Amounts() {
		sum += a
	}
	return sum
}

// check lists what is wrong with a decision on a day.
func (d Decision) check(today day.Date) error {
	var w fault.Wrong
	w.Check(slices.Contains(DecisionKinds(), d.Kind), "kind", "choose")
	w.Check(strings.TrimSpace(d.Number) != "", "number", "required")
	w.Check(!d.DecidedOn.IsZero(), "decided_on", "day_form")
	w.Check(!d.DecidedOn.After(today), "decided_on", "day_future")
	w.Check(strings.TrimSpace(d.Authority) != "", "authority", "required")
	w.Check(d.TotalInvestment > 0, "total_investment", "amount_positive")
	w.Check(d.TotalInvestment <= vnd.Max, "total_investment", "money_range", d.TotalInvestment)
	inRange := true
	for i, a := range d.Amounts() {
		inRange = inRange && a >= 0 && a <= vnd.Max
		w.Check(a >= 0, PartNames()[i], "project.part_negative")
		w.Check(a <= vnd.Max, PartNames()[i], "money_range", a)
	}
	if inRange && d.Given() {
		w.Check(d.Sum() == d.TotalInvestment, "total_investment", "project.parts_sum", d.Sum(), d.TotalInvestment)
	}
	return w.Err()
}

// rank orders decisions of one day: no policy without investment after it, no settlement before the last adjustment.
func (d Decision) rank() int { return slices.Index(DecisionKinds(), d.Kind) }

// inOrder refuses a new decision that is dated before the one it stands on, or after the one that stands on it, and says both days.
// A policy may be decided again later: the first one counts. After a settlement nothing is adjusted.
func (d Decision) inOrder(standing []Decision) error {
	first := func(kinds ...string) (found Decision) {
		for _, s := range standing {
			if slices.Contains(kinds, s.Kind) && (found.Kind == "" || s.DecidedOn.Before(found.DecidedOn)) {
				found = s
			}
		}
		return found
	}
	var before, after Decision
	switch d.Kind {
	case Policy:
		if first(Policy).Kind == "" {
			after = first(Investment, Adjustment, Settlement)
		}
	case Investment:
		before, after = first(Policy), first(Settlement)
		if adjusted := first(Adjustment); first(Investment).Kind == "" && adjusted.Kind != "" {
			after = adjusted
		}
	case Adjustment:
		if before, after = first(Investment), first(Settlement); before.Kind == "" {
			before = first(Policy)
		}
	case Settlement:
		before = newest(standing)
	}
	switch {
	case before.Kind != "" && d.DecidedOn.Before(before.DecidedOn):
		return fault.InvalidField("decided_on", "project.decision_before", d.DecidedOn, "@project.decision."+before.Kind, before.Number, before.DecidedOn)
	case after.Kind != "" && d.DecidedOn.After(after.DecidedOn):
		return fault.InvalidField("decided_on", "project.decision_after", d.DecidedOn, "@project.decision."+after.Kind, after.Number, after.DecidedOn)
	}
	return nil
}

// newest is the decision that says the total investment: the last by day among investment decisions and adjustments, else among policy
// decisions; of one day the later kind, then the one recorded later. The decisions stand in the order they were recorded. Zero if there is none.
func newest(decisions []Decision) Decision {
	var found Decision
	for _, d := range decisions {
		switch {
		case d.Kind == Settlement:
		case found.Kind == "", found.Kind == Policy && d.Kind != Policy:
			found = d
		case d.Kind == Policy && found.Kind != Policy:
		case d.DecidedOn.After(found.DecidedOn), d.DecidedOn == found.DecidedOn && d.rank() >= found.rank():
			found = d
		}
	}
	return found
}

// Step is a decision beside the one before it.
type Step struct {
	Decision
	First bool       // nothing to compare with
	Diff  vnd.Amount // of the total
	Diffs []PartStep // where this decision says its parts
	Holds bool       // says the work's total now
}

// PartStep is one part of a decision and what changed in it.
type PartStep struct {
	Name         string
	Amount, Diff vnd.Amount
	Compared     bool // the decision before says its parts too
}

// Steps puts each decision beside the one before it, oldest first. A settlement is compared with the total that held, and is itself
// compared with nothing later. The decisions stand in the order they were recorded.
func Steps(decisions []Decision) []Step {
	holds := newest(decisions)
	sorted := slices.Clone(decisions)
	slices.SortStableFunc(sorted, func(a, b Decision) int {
		if a.DecidedOn != b.DecidedOn {
			return a.DecidedOn.Sub(b.DecidedOn)
		}
		return a.rank() - b.rank()
	})
	steps := make([]Step, 0, len(sorted))
	var before Decision
	for _, d := range sorted {
		s := Step{Decision: d, First: before.Kind == "", Holds: d == holds}
		if !s.First {
			s.Diff = d.TotalInvestment - before.TotalInvestment
		}
		if d.Given() {
			old := before.Amounts()
			for i, a := range d.Amounts() {
				s.Diffs = append(s.Diffs, PartStep{PartNames()[i], a, a - old[i], before.Given()})
			}
		}
		if steps = append(steps, s); d.Kind != Settlement {
			before = d
		}
	}
	return steps
}
