package project

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"matbang/internal/day"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

func decided(kind, number, on string, total vnd.Amount) Decision {
	return Decision{Kind: kind, Number: number, DecidedOn: day.Must(on), Authority: "UBND tỉnh", TotalInvestment: total}
}

func TestPartsAddUpOrAreNotSaid(t *testing.T) {
	for _, c := range []struct {
		why   string
		parts Parts
		want  []string
	}{
		{"not said", Parts{}, nil},
		{"exactly the total", Parts{Construction: 70, Contingency: 30}, nil},
		{"one short", Parts{Construction: 70, Contingency: 29}, []string{"total_investment project.parts_sum"}},
		{"one over", Parts{Construction: 70, Clearance: 31}, []string{"total_investment project.parts_sum"}},
		{"a negative part that makes it add up", Parts{Construction: 130, Other: -30}, []string{"other project.part_negative"}},
		{"more than a number holds", Parts{Construction: vnd.Max + 1}, []string{"construction money_range"}},
	} {
		d := decided(Investment, "1", "2022-01-01", 100)
		d.Parts = c.parts
		if got := codesOf(d.check(day.Must("2023-12-31"))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestDecisionsStandInOrder(t *testing.T) {
	policy, invest := decided(Policy, "1/NQ", "2022-03-01", 1), decided(Investment, "2/QĐ", "2022-06-01", 1)
	adjust, settle := decided(Adjustment, "3/QĐ", "2023-02-01", 1), decided(Settlement, "4/QĐ", "2023-11-01", 1)
	all := []Decision{policy, invest, adjust, settle}
	for _, c := range []struct {
		why      string
		standing []Decision
		d        Decision
		want     string
	}{
		{"investment on the day of the policy", all[:1], decided(Investment, "9", "2022-03-01", 1), ""},
		{"investment a day before the policy", all[:1], decided(Investment, "9", "2022-02-28", 1), "decided_on project.decision_before"},
		{"investment without policy", nil, decided(Investment, "9", "2022-01-01", 1), ""},
		{"adjustment a day before the investment", all[:2], decided(Adjustment, "9", "2022-05-31", 1), "decided_on project.decision_before"},
		{"adjustment before the policy, no investment", all[:1], decided(Adjustment, "9", "2022-02-28", 1), "decided_on project.decision_before"},
		{"first adjustment of two, told later", all[:3], decided(Adjustment, "9", "2022-07-01", 1), ""},
		{"adjustment after the settlement", all, decided(Adjustment, "9", "2023-11-02", 1), "decided_on project.decision_after"},
		{"adjustment before the settlement, told later", all, decided(Adjustment, "9", "2023-10-31", 1), ""},
		{"policy told after the investment it precedes", []Decision{invest}, decided(Policy, "9", "2022-05-31", 1), ""},
		{"policy after the investment", []Decision{invest}, decided(Policy, "9", "2022-06-02", 1), "decided_on project.decision_after"},
		{"policy decided again later", all[:2], decided(Policy, "9", "2022-12-01", 1), ""},
		{"investment after its adjustment", []Decision{policy, adjust}, decided(Investment, "9", "2023-02-02", 1), "decided_on project.decision_after"},
		{"settlement before the last adjustment", all[:3], decided(Settlement, "9", "2023-01-31", 1), "decided_on project.decision_before"},
		{"settlement of a work without decisions", nil, settle, ""},
	} {
		if got := strings.Join(codesOf(c.d.inOrder(c.standing)), " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestTheDecisionThatHolds(t *testing.T) {
	for _, c := range []struct {
		why  string
		all  []Decision
		want string
	}{
		{"none", nil, ""},
		{"two adjustments on one day: the one recorded later", []Decision{decided(Adjustment, "1", "2023-01-01", 1), decided(Adjustment, "2", "2023-01-01", 2)}, "2"},
		{"an older one recorded later", []Decision{decided(Adjustment, "1", "2023-01-01", 1), decided(Adjustment, "2", "2022-01-01", 2)}, "1"},
		{"policy and investment of one day, policy recorded later", []Decision{decided(Investment, "1", "2023-01-01", 1), decided(Policy, "2", "2023-01-01", 2)}, "1"},
		{"a policy decided again does not undo the investment", []Decision{decided(Investment, "1", "2022-01-01", 1), decided(Policy, "2", "2023-01-01", 2)}, "1"},
		{"a settlement is no total", []Decision{decided(Investment, "1", "2022-01-01", 1), decided(Settlement, "2", "2023-01-01", 2)}, "1"},
		{"a settlement alone", []Decision{decided(Settlement, "2", "2023-01-01", 2)}, ""},
	} {
		if got := newest(c.all); got.Number != c.want {
			t.Errorf("%s: %q, want %q", c.why, got.Number, c.want)
		}
	}
}

// The differences of a chain of decisions lead from the first total to the one that holds, and those of the parts to its parts.
func TestDifferencesLeadToTheTotal(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 7)) //nolint:gosec // a test's own numbers
	for range 200 {
		var all []Decision
		on := day.Must("2020-01-01")
		for i := range 2 + random.IntN(6) {
			kind := Adjustment
			if i == 0 {
				kind = Investment
			}
			p := Parts{Construction: vnd.Amount(1 + random.Int64N(1e12)), Clearance: vnd.Amount(random.Int64N(1e11)), Contingency: vnd.Amount(random.Int64N(1e10))}
			on = on.Add(random.IntN(3))
			all = append(all, Decision{Kind: kind, Number: on.String(), DecidedOn: on, TotalInvestment: p.Sum(), Parts: p})
		}
		steps := Steps(all)
		total, parts := steps[0].TotalInvestment, steps[0].Amounts()
		for _, s := range steps[1:] {
			total += s.Diff
			for i, d := range s.Diffs {
				parts[i] += d.Diff
			}
		}
		holds := newest(all)
		if total != holds.TotalInvestment || !slices.Equal(parts, holds.Amounts()) || !steps[len(steps)-1].Holds {
			t.Fatalf("%v: differences lead to %s %v, not %s %v", all, total, parts, holds.TotalInvestment, holds.Amounts())
		}
	}
}

func TestGates(t *testing.T) {
	full := Have{Policy: decided(Policy, "1", "2022-01-10", 1), Investment: decided(Investment, "2", "2022-02-10", 1), Settlement: decided(Settlement, "9", "2023-12-01", 1),
		ContractSigned: day.Must("2022-11-20"), ContractNumber: "HĐ", Completed: day.Must("2023-09-25"), CompletedNumber: "BB", CapitalYears: []int{2022, 2023}}
	for _, c := range []struct {
		next   Phase
		on     string
		change func(*Have)
		want   string
	}{
		{PhaseInvestment, "2022-01-10", nil, ""},
		{PhaseInvestment, "2022-01-09", nil, "policy"}, // decided on the next day
		{PhaseProcurement, "2022-02-09", nil, "investment"},
		{PhaseProcurement, "2022-02-10", nil, ""},
		{PhaseConstruction, "2022-11-19", nil, "contract"},
		{PhaseConstruction, "2022-11-20", nil, ""},
		{PhaseConstruction, "2024-01-02", nil, "capital"}, // a year without capital
		{PhaseConstruction, "2022-11-20", func(h *Have) { h.ContractSigned, h.CapitalYears = day.Date{}, nil }, "contract capital"},
		{PhaseHandover, "2023-09-24", nil, "completion"},
		{PhaseHandover, "2023-09-25", nil, ""},
		{PhaseSettlement, "2023-10-01", func(h *Have) { *h = Have{} }, ""},
		{PhaseClosed, "2023-11-30", nil, "settlement"},
		{PhaseClosed, "2023-12-01", nil, ""},
	} {
		have := full
		if c.change != nil {
			c.change(&have)
		}
		if got := strings.Join(missing(Gate(c.next, day.Must(c.on), have)), " "); got != c.want {
			t.Errorf("%s on %s lacks %q, want %q", c.next, c.on, got, c.want)
		}
	}
}

func TestPhasesAndStatesGoTogether(t *testing.T) {
	for _, s := range States() {
		if got := phaseOf(s).State(); got != s && s != Suspended {
			t.Errorf("%s comes in at %s, which is %s", s, phaseOf(s), got)
		}
	}
	if PhaseClosed.Next() != "" || Phase("x").Next() != "" || PhasePolicy.Next() != PhaseInvestment {
		t.Error("the order of phases is wrong")
	}
}

// law is the part of the law of 2019 the sample works fall under.
func law() map[string]legal.Rule {
	rule := func(value int64, basis string) legal.Rule { return legal.Rule{Value: value, Basis: basis} }
	return map[string]legal.Rule{"group_a_from_2": rule(1_500_000_000_000, "Điều 8"), "group_b_from_2": rule(80_000_000_000, "Điều 9"),
		"group_a_from_4": rule(800_000_000_000, "Điều 8"), "group_b_from_4": rule(45_000_000_000, "Điều 9"),
		"funding_years_a": rule(6, "Điều 52"), "funding_years_b": rule(4, "Điều 52"), "funding_years_c": rule(3, "Điều 52")}
}

func TestFindings(t *testing.T) {
	policy, invest := decided(Policy, "1/NQ", "2021-06-01", 1), decided(Investment, "2/QĐ", "2021-10-01", 1)
	good := Facts{Project: Project{Group: "C", FieldGroup: 2, StartYear: 2022, EndYear: 2024, TotalInvestment: 79_999_999_999, State: Building, Phase: PhaseConstruction},
		Decisions: []Decision{policy, invest}, Have: Have{Policy: policy, Investment: invest, ContractSigned: day.Must("2022-01-01")},
		Assigned: []YearAmount{{2022, 5}, {2023, 6}}, Law: law()}
	for _, c := range []struct {
		why    string
		change func(*Facts)
		want   string
	}{
		{"nothing wrong", func(*Facts) {}, ""},
		{"one đồng more is group B", func(f *Facts) { f.Project.TotalInvestment++ }, "group_b"},
		{"the same money in another field", func(f *Facts) { f.Project.FieldGroup = 4 }, "group_b"},
		{"group A from its threshold", func(f *Facts) { f.Project.TotalInvestment = 1_500_000_000_000 }, "group_a"},
		{"group B below its threshold", func(f *Facts) { f.Project.Group = "B" }, "group_c"},
		{"group A below its threshold is asked about", func(f *Facts) { f.Project.Group = "A" }, "group_not_a"},
		{"the law of the day is not known", func(f *Facts) { f.Law = nil }, "law_unknown"},
		{"three years of capital", func(f *Facts) { f.Assigned = append(f.Assigned, YearAmount{2024, 1}) }, ""},
		{"four years of capital, the end before the last", func(f *Facts) { f.Assigned = append(f.Assigned, YearAmount{2024, 1}, YearAmount{2025, 1}) }, "capital_years end_before_capital"},
		{"a funding period of four years", func(f *Facts) { f.Project.FundingFrom, f.Project.FundingTo = 2022, 2025 }, "funding_years"},
		{"capital outside the funding period", func(f *Facts) { f.Project.FundingFrom, f.Project.FundingTo = 2023, 2024 }, "capital_outside_years"},
		{"no decision", func(f *Facts) { f.Decisions, f.Have.Policy, f.Have.Investment = nil, Decision{}, Decision{} }, "no_decision"},
		{"built before it was decided", func(f *Facts) { f.Project.StartYear = 2020 }, "start_before_decision"},
		{"more capital than the total", func(f *Facts) { f.Assigned[1].Amount = 80_000_000_000 }, "capital_over_total"},
		{"late", func(f *Facts) { f.Project.EndYear = 2022; f.Assigned = f.Assigned[:1] }, "late"},
		{"finished early", func(f *Facts) {
			f.Project.State, f.Project.Phase, f.Have.Completed = Completed, PhaseHandover, day.Must("2023-05-01")
		}, ""},
		{"building without a contract", func(f *Facts) { f.Have.ContractSigned = day.Date{} }, "gate"},
		{"settled without the papers", func(f *Facts) { f.Project.Phase, f.Project.State = PhaseClosed, Completed }, "gate gate"},
	} {
		f := good
		f.Assigned = slices.Clone(good.Assigned)
		c.change(&f)
		var codes []string
		for _, x := range Findings(f, day.Must("2023-12-31")) {
			codes = append(codes, x.Code)
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
	f := good
	f.Project.TotalInvestment = 145_000_000_000
	found := Findings(f, day.Must("2023-12-31"))[0]
	if found.Basis != "Điều 9" || found.Args[1] != vnd.Amount(145_000_000_000) || found.Args[3] != vnd.Amount(80_000_000_000) {
		t.Errorf("a finding says %+v: its figures and article are not there", found)
	}
	if f.LawDay() != invest.DecidedOn || (Facts{Project: good.Project}).LawDay() != day.Must("2022-01-01") {
		t.Error("the law of a wrong day is asked")
	}
}

func TestPlace(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"22,147000 105,834800", "22,147000 105,834800"},
		{"22.147, 105.8348", "22,147000 105,834800"},
		{" 22,1470004\t105,8348005 \r\n\n22;105\n", "22,147000 105,834801\n22,000000 105,000000"}, // finer is rounded half up
		{"", ""},
		{"6,0 102,0", "6,000000 102,000000"},
		{"23,5 118", "23,500000 118,000000"},
		{"105,834800 22,147000", "place project.place_range"}, // the wrong way round
		{"23,500001 105", "place project.place_range"},
		{"22,147", "place project.place_form"},
		{"22,1 105,8 3", "place project.place_form"},
		{"-22,1 105,8", "place project.place_form"},
		{"22,1,4 105,8", "place project.place_form"},
		{"2e1 105", "place project.place_form"},
		{"22°09′ 105", "place project.place_form"},
		{strings.Repeat("22,1 105,8\n", 501), "place project.place_long"},
	} {
		p, err := ParsePlace(c.text)
		got := p.Text()
		if err != nil {
			got = strings.Join(codesOf(err), " ")
		}
		if got != c.want {
			t.Errorf("%.40q: %q, want %q", c.text, got, c.want)
		}
	}
}

// What was typed comes back exactly, however often it is read and written.
func FuzzPlaceComesBack(f *testing.F) {
	f.Add(int64(22_147_000), int64(105_834_800))
	f.Fuzz(func(t *testing.T, lat, lon int64) {
		v := Vertex{latFrom + (lat&0xffffff)%(latTo-latFrom), lonFrom + (lon&0xffffff)%(lonTo-lonFrom)}
		back, err := ParsePlace(Place{[]Vertex{v}}.Text())
		if err != nil || len(back.Vertices) != 1 || back.Vertices[0] != v {
			t.Fatalf("%v came back as %v, %v", v, back, err)
		}
	})
}

func TestVersionSteps(t *testing.T) {
	first := Version{ValidFrom: day.Must("2022-01-01"), Name: "Đường", Group: "C", FieldGroup: 2, Sector: "transport", Investor: "Ban", UnitName: "Ban", Wards: "Đức Xuân"}
	second, third := first, first
	second.ValidFrom, second.Investor, second.Wards = day.Must("2023-03-01"), "Phường", "Đức Xuân, Sông Cầu"
	third.ValidFrom, third.FieldGroup = day.Must("2025-07-01"), 1
	steps := VersionSteps([]Version{first, second, third}, day.Must("2023-12-31"))
	if !steps[1].Holds || steps[0].Holds || steps[2].Holds || !steps[0].First || len(steps[1].Changes) != 2 || len(steps[2].Changes) != 3 {
		t.Errorf("got %+v", steps)
	}
	if steps[2].Changes[0].After != "@project.field.1" {
		t.Errorf("a word of a list is shown raw: %+v", steps[2].Changes[0])
	}
}
