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
	w.Check(slices.Contains(FieldGroups(), in.FieldGroup), "field_group", "choose")
	if in.FundingFrom != 0 || in.FundingTo != 0 {
		w.Check(in.FundingFrom >= 2000 && in.FundingFrom <= 2100, "funding_from", "year_range")
		w.Check(in.FundingTo >= in.FundingFrom && in.FundingTo <= 2100, "funding_to", "project.funding_order")
	}
	if in.Place != nil {
		in.Place.check(&w)
	}
	w.Check(len(in.WardCodes) > 0, "ward_codes", "project.ward_needed")
	return w.Err()
}

// fill completes an input with what it leaves unsaid: of a new work by its sector and years, of an old one by what stands.
func (in *Input) fill(old Project) {
	if old.ID == 0 {
		if in.FieldGroup == 0 {
			in.FieldGroup = FieldGroupOf(in.Sector)
		}
		if in.ValidFrom.IsZero() {
			in.ValidFrom = day.New(in.StartYear, 1, 1)
		}
		return
	}
	in.TotalInvestment, in.State = old.TotalInvestment, old.State
	if in.FieldGroup == 0 {
		in.FieldGroup = old.FieldGroup
	}
	if in.Unit == "" {
		in.Unit = old.UnitCode
	}
}
