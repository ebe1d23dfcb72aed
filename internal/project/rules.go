package project

import (
	"regexp"
	"slices"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

var codeForm = regexp.MustCompile(`^[0-9]{7}$`)

// check lists what is wrong with an entered work.
func (in Input) check() error {
	var w fault.Wrong
	w.Check(codeForm.MatchString(in.Code), "code", "project.code_form")
	w.Check(strings.TrimSpace(in.Name) != "", "name", "required")
	w.Check(slices.Contains(Groups(), in.Group), "group", "choose")
	w.Check(slices.Contains(Sectors(), in.Sector), "sector", "choose")
	w.Check(slices.Contains(States(), in.State), "state", "choose")
	w.Check(strings.TrimSpace(in.Investor) != "", "investor", "required")
	w.Check(in.TotalInvestment > 0, "total_investment", "amount_positive")
	w.Check(in.TotalInvestment <= vnd.Max, "total_investment", "money_range", in.TotalInvestment)
	w.Check(in.StartYear >= 2000 && in.StartYear <= 2100, "start_year", "year_range")
	w.Check(in.EndYear >= in.StartYear && in.EndYear <= 2100, "end_year", "project.years_order")
	w.Check(len(in.WardCodes) > 0, "ward_codes", "project.ward_needed")
	return w.Err()
}

// check lists what is wrong with a decision on a day.
func (d Decision) check(today day.Date) error {
	var w fault.Wrong
	w.Check(slices.Contains([]string{"policy", "investment", "adjustment"}, d.Kind), "kind", "choose")
	w.Check(strings.TrimSpace(d.Number) != "", "number", "required")
	w.Check(!d.DecidedOn.IsZero(), "decided_on", "day_form")
	w.Check(!d.DecidedOn.After(today), "decided_on", "day_future")
	w.Check(strings.TrimSpace(d.Authority) != "", "authority", "required")
	w.Check(d.TotalInvestment > 0, "total_investment", "amount_positive")
	w.Check(d.TotalInvestment <= vnd.Max, "total_investment", "money_range", d.TotalInvestment)
	return w.Err()
}
