package project

import (
	"slices"
	"strconv"
	"strings"

	"matbang/internal/day"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

// Finding is a point of a work's file to look at again ("điểm cần xem lại"): pointed out with its figures and the article, never refused,
// for the person may know more than the register. Its sentence is "project.finding." + Code; Args fill it.
type Finding struct {
	Code      string
	Args      []any
	Basis     string // the article it comes from; empty where no law is asked
	Confirmed bool   // the text of the article was seen
}

// Facts is what findings are made of.
type Facts struct {
	Project   Project
	Decisions []Decision   // as recorded
	Assigned  []YearAmount // capital assigned and adjusted, by year, without zeros
	Have      Have
	Law       map[string]legal.Rule // of public investment on LawDay
}

// YearAmount is the capital assigned to a work in a year, in đồng.
type YearAmount struct {
	Year   int        `db:"year"`
	Amount vnd.Amount `db:"amount"`
}

// LawDay is the day whose law holds for a work: of its investment decision, else of its policy decision, else the first of its start year.
func (f Facts) LawDay() day.Date {
	for _, kind := range []string{Investment, Policy} {
		for _, d := range f.Decisions {
			if d.Kind == kind {
				return d.DecidedOn
			}
		}
	}
	return day.New(f.Project.StartYear, 1, 1)
}

// Findings lists what to look at again on a day, the law's points first. Without rules on the law's day the law is not asked, and said so.
func Findings(f Facts, today day.Date) []Finding {
	var found []Finding
	add := func(code string, rule legal.Rule, args ...any) {
		found = append(found, Finding{code, args, rule.Basis, rule.Confirmed})
	}
	none := legal.Rule{}
	p := f.Project
	if len(f.Law) == 0 {
		add("law_unknown", none, f.LawDay())
	} else {
		f.group(add)
		f.years(add)
	}
	if len(f.Decisions) == 0 {
		add("no_decision", none)
	}
	if on := f.Have.Investment.DecidedOn; !on.IsZero() && p.StartYear < on.Year() {
		add("start_before_decision", none, p.StartYear, f.Have.Investment.Number, on)
	}
	if total := f.assigned(); total > p.TotalInvestment {
		add("capital_over_total", none, total, p.TotalInvestment)
	}
	if n := len(f.Assigned); n > 0 && p.EndYear < f.Assigned[n-1].Year {
		add("end_before_capital", none, p.EndYear, f.Assigned[n-1].Year, f.Assigned[n-1].Amount)
	}
	if p.FundingFrom != 0 {
		for _, y := range f.Assigned {
			if y.Year < p.FundingFrom || y.Year > p.FundingTo {
				add("capital_outside_years", none, y.Amount, y.Year, p.FundingFrom, p.FundingTo)
			}
		}
	}
	if today.Year() > p.EndYear && p.State != Completed {
		add("late", none, p.EndYear, "@project.phase."+string(p.Phase))
	}
	f.gates(add, none, today)
	return found
}

type adder func(code string, rule legal.Rule, args ...any)

// group compares the group with the thresholds of the law. Law 58/2024/QH15 art. 9 clause 1 makes some works group A whatever they cost
// (poisons, explosives, infrastructure of industrial parks): so an A below its threshold is asked about, not called wrong.
func (f Facts) group(add adder) {
	p := f.Project
	field := strconv.Itoa(p.FieldGroup)
	a, knowsA := f.Law[legal.GroupAFrom+field]
	b, knowsB := f.Law[legal.GroupBFrom+field]
	if !knowsA || !knowsB {
		add("law_unknown", legal.Rule{}, f.LawDay())
		return
	}
	args := []any{p.Group, p.TotalInvestment, p.FieldGroup}
	switch total := int64(p.TotalInvestment); {
	case total >= a.Value && p.Group != "A":
		add("group_a", a, append(args, vnd.Amount(a.Value))...)
	case total >= b.Value && total < a.Value && p.Group == "C":
		add("group_b", b, append(args, vnd.Amount(b.Value))...)
	case total < a.Value && p.Group == "A":
		add("group_not_a", a, append(args, vnd.Amount(a.Value))...)
	case total < b.Value && p.Group == "B":
		add("group_c", b, append(args, vnd.Amount(b.Value))...)
	}
}

// years compares the years with capital and the funding period with what the law gives the group.
func (f Facts) years(add adder) {
	p := f.Project
	rule, known := f.Law[legal.FundingYears+strings.ToLower(p.Group)]
	if !known {
		return
	}
	if n := len(f.Assigned); int64(n) > rule.Value {
		add("capital_years", rule, f.Assigned[0].Year, f.Assigned[n-1].Year, n, p.Group, rule.Value)
	}
	if span := p.FundingTo - p.FundingFrom + 1; p.FundingFrom != 0 && int64(span) > rule.Value {
		add("funding_years", rule, p.FundingFrom, p.FundingTo, span, p.Group, rule.Value)
	}
}

// gates names what phases already passed should have had: works come into the register with a past that no gate has seen.
func (f Facts) gates(add adder, none legal.Rule, today day.Date) {
	if len(f.Decisions) == 0 {
		return // said already, in other words
	}
	var lack []string
	for _, phase := range Phases() {
		if phase.rank() > f.Project.Phase.rank() {
			break
		}
		for _, c := range Gate(phase, today, f.Have) {
			if !c.Met && c.Code != "capital" && !slices.Contains(lack, c.Code) {
				lack = append(lack, c.Code)
				add("gate", none, "@project.phase."+string(f.Project.Phase), "@project.condition."+c.Code)
			}
		}
	}
}

func (f Facts) assigned() vnd.Amount {
	var sum vnd.Amount
	for _, y := range f.Assigned {
		sum += y.Amount
	}
	return sum
}
