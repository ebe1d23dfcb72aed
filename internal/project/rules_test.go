package project

import (
	"errors"
	"slices"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// codesOf are the names and codes of the wrong fields of a refusal.
func codesOf(err error) []string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	codes := make([]string, 0, len(f.Fields))
	for _, field := range f.Fields {
		codes = append(codes, field.Name+" "+field.Code)
	}
	return codes
}

func TestInput(t *testing.T) {
	good := Input{Code: "0041207", Name: "Sân vận động", Group: "B", FieldGroup: 4, Sector: "sport", Investor: "Ban QLDA", StartYear: 2022, EndYear: 2025,
		TotalInvestment: 420_000_000_000, State: Building, WardCodes: []string{"01846"}}
	for _, c := range []struct {
		why    string
		change func(*Input)
		want   []string
	}{
		{"complete", func(*Input) {}, nil},
		{"one year long", func(in *Input) { in.EndYear = in.StartYear }, nil},
		{"the largest amount", func(in *Input) { in.TotalInvestment = vnd.Max }, nil},
		{"six digits", func(in *Input) { in.Code = "041207" }, []string{"code project.code_form"}},
		{"eight digits", func(in *Input) { in.Code = "00412070" }, []string{"code project.code_form"}},
		{"a letter", func(in *Input) { in.Code = "004120A" }, []string{"code project.code_form"}},
		{"other digits", func(in *Input) { in.Code = "００４１２０７" }, []string{"code project.code_form"}},
		{"a line end behind the code", func(in *Input) { in.Code = "0041207\n" }, []string{"code project.code_form"}},
		{"an end before the start", func(in *Input) { in.EndYear = 2021 }, []string{"end_year project.years_order"}},
		{"a start in another century", func(in *Input) { in.StartYear = 1999 }, []string{"start_year year_range"}},
		{"an end that is a slip", func(in *Input) { in.EndYear = 20255 }, []string{"end_year project.years_order"}},
		{"no ward", func(in *Input) { in.WardCodes = nil }, []string{"ward_codes project.ward_needed"}},
		{"group D", func(in *Input) { in.Group = "D" }, []string{"group choose"}},
		{"group b", func(in *Input) { in.Group = "b" }, []string{"group choose"}},
		{"an unknown sector and state", func(in *Input) { in.Sector, in.State = "opera", "planned" }, []string{"sector choose", "state choose"}},
		{"blanks for a name", func(in *Input) { in.Name, in.Investor = " ", "\t" }, []string{"name required", "investor required"}},
		{"no money", func(in *Input) { in.TotalInvestment = 0 }, []string{"total_investment amount_positive"}},
		{"less than no money", func(in *Input) { in.TotalInvestment = -1 }, []string{"total_investment amount_positive"}},
		{"more than a number holds", func(in *Input) { in.TotalInvestment = vnd.Max + 1 }, []string{"total_investment money_range"}},
	} {
		in := good
		in.WardCodes = slices.Clone(good.WardCodes)
		c.change(&in)
		if got := codesOf(in.check()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
	if got := len(codesOf(Input{}.check())); got != 10 {
		t.Errorf("an empty form shows %d faults at once", got)
	}
}

func TestDecisionCheck(t *testing.T) {
	today := day.Must("2023-12-31")
	good := Decision{Kind: "adjustment", Number: "12/QĐ-UBND", DecidedOn: today, Authority: "UBND tỉnh", TotalInvestment: 1}
	for _, c := range []struct {
		why    string
		change func(*Decision)
		want   []string
	}{
		{"of today", func(*Decision) {}, nil},
		{"of tomorrow", func(d *Decision) { d.DecidedOn = today.Add(1) }, []string{"decided_on day_future"}},
		{"without a day", func(d *Decision) { d.DecidedOn = day.Date{} }, []string{"decided_on day_form"}},
		{"of an unknown kind", func(d *Decision) { d.Kind = "wish" }, []string{"kind choose"}},
		{"without number and authority", func(d *Decision) { d.Number, d.Authority = " ", "" }, []string{"number required", "authority required"}},
		{"over nothing", func(d *Decision) { d.TotalInvestment = 0 }, []string{"total_investment amount_positive"}},
		{"more than a number holds", func(d *Decision) { d.TotalInvestment = vnd.Max + 1 }, []string{"total_investment money_range"}},
	} {
		d := good
		c.change(&d)
		if got := codesOf(d.check(today)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}
