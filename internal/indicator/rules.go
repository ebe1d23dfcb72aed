package indicator

import (
	"regexp"
	"slices"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

var codeForm = regexp.MustCompile(`^[A-Z][A-Z0-9-]{1,19}$`)

// Ratio is result by plan in basis points: computed when both are exact, else the one that was given. Approximate tells that it is no
// computed one; ok is false when there is neither.
func (v Value) Ratio() (bp int, approximate, ok bool) {
	if v.Plan != nil && v.Result != nil && *v.Plan > 0 && v.Mark == Exact {
		return share(*v.Result, *v.Plan), false, true
	}
	if v.RatioBP != nil {
		return *v.RatioBP, true, true
	}
	return 0, false, false
}

// share is a part of a whole in basis points, half rounded up.
func share(part, whole Figure) int { return int(vnd.Ratio(vnd.Amount(part), vnd.Amount(whole))) }

// Growth is the result against last year in basis points, by the same rule.
func (v Value) Growth() (bp int, approximate, ok bool) {
	if v.LastYear != nil && v.Result != nil && *v.LastYear > 0 && v.Mark == Exact {
		return share(*v.Result, *v.LastYear) - 10_000, false, true
	}
	if v.GrowthBP != nil {
		return *v.GrowthBP, true, true
	}
	return 0, false, false
}

// Reached tells whether the plan was reached, as far as is known.
func (r Row) Reached() (reached, known bool) {
	bp, _, ok := r.Ratio()
	if !ok {
		return false, false
	}
	if r.Direction == "lower" {
		return bp <= 10_000, true
	}
	return bp >= 10_000, true
}

// check lists what is wrong with a value; fields bear the code of the indicator before them.
func (in Input) check(w *fault.Wrong, closed bool) {
	field := func(name string) string { return in.Code + "." + name }
	nothing := in.Plan == nil && in.Result == nil && in.RatioBP == nil && in.LastYear == nil && in.GrowthBP == nil && strings.TrimSpace(in.Note) == ""
	w.Check(!nothing, field("plan"), "indicator.nothing")
	w.Check(slices.Contains(Marks(), string(in.Mark)), field("mark"), "choose")
	w.Check(in.Mark == Exact || in.Result != nil, field("mark"), "indicator.mark_alone")
	for name, f := range map[string]*Figure{"plan": in.Plan, "result": in.Result, "last_year": in.LastYear} {
		w.Check(f == nil || *f >= 0 && *f <= maxFigure, field(name), "indicator.figure_range")
	}
	w.Check(in.RatioBP == nil || *in.RatioBP >= 0 && *in.RatioBP <= 1_000_000, field("ratio"), "indicator.ratio_range")
	w.Check(in.GrowthBP == nil || *in.GrowthBP >= -10_000 && *in.GrowthBP <= 1_000_000, field("growth"), "indicator.ratio_range")
	w.Check(!closed || strings.TrimSpace(in.Reason) != "", field("reason"), "indicator.reason_needed")
}

// check lists what is wrong with what is to be measured.
func (i Indicator) check() error {
	var w fault.Wrong
	w.Check(codeForm.MatchString(i.Code), "code", "indicator.code_form")
	w.Check(strings.TrimSpace(i.Name) != "", "name", "required")
	w.Check(strings.TrimSpace(i.Measure) != "", "measure", "required")
	w.Check(i.Decimals >= 0 && i.Decimals <= 2, "decimals", "choose")
	w.Check(slices.Contains(Directions(), i.Direction), "direction", "choose")
	w.Check(i.Unit != "", "unit", "required")
	w.Check(i.FromYear >= 2000 && i.FromYear <= 2100, "from_year", "year_range")
	w.Check(i.ToYear == 0 || i.ToYear >= i.FromYear && i.ToYear <= 2100, "to_year", "year_range")
	return w.Err()
}

// checkYear refuses a year that is too far: targets are set for the next year, not beyond.
func checkYear(year int, today day.Date) error {
	if year < 2000 || year > today.Year()+1 {
		return fault.InvalidField("year", "indicator.year_far", today.Year()+1)
	}
	return nil
}
