package contract

import (
	"errors"
	"strings"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/project"
	"matbang/internal/vnd"
)

func told(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return ""
	}
	said := make([]string, 0, len(f.Fields))
	for _, field := range f.Fields {
		said = append(said, field.Name+" "+field.Code)
	}
	return strings.Join(said, "; ")
}

func TestAnEmptyInputIsToldWhole(t *testing.T) {
	today := day.Must("2023-12-31")
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"package":    {PackageInput{}.check(today), 8},
		"contract":   {NewContract{}.check(today), 8},
		"amendment":  {Amendment{}.check(Contract{Value: 1}, Package{}, 0, today), 4},
		"acceptance": {Acceptance{}.check(Contract{State: Active}, today), 4},
		"guarantee":  {Guarantee{}.check(Contract{Value: 1}, nil), 6},
	} {
		if got := told(c.err); strings.Count(got, "; ")+1 != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestStandingOfAGuarantee(t *testing.T) {
	today := day.Must("2023-12-31")
	for _, c := range []struct {
		g    Guarantee
		want string
	}{
		{Guarantee{ExpiresOn: day.Must("2023-12-30")}, "expired"},
		{Guarantee{ExpiresOn: today}, "expiring"}, // its last day still counts
		{Guarantee{ExpiresOn: day.Must("2024-01-30")}, "expiring"},
		{Guarantee{ExpiresOn: day.Must("2024-01-31")}, "sound"},
		{Guarantee{ExpiresOn: day.Must("2023-12-30"), Replaced: true}, "replaced"},
		{Guarantee{ExpiresOn: day.Must("2023-12-30"), Replaced: true, ReleasedOn: today}, "released"},
	} {
		if got := c.g.Standing(today, 30); got != c.want {
			t.Errorf("%+v is %s, want %s", c.g, got, c.want)
		}
	}
}

func TestRetentionRoundsHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		completed vnd.Amount
		bp        int
		want      vnd.Amount
	}{{1000, 500, 50}, {10, 500, 1}, {9, 500, 0}, {1_000_000_007, 333, 33_300_000}, {vnd.Max, 10000, vnd.Max}, {5, 0, 0}} {
		if got, err := Retention(c.completed, c.bp); err != nil || got != c.want {
			t.Errorf("%d at %d bp: %d, %v", c.completed, c.bp, got, err)
		}
	}
}

func TestSharesAreWrittenAsPeopleReadThem(t *testing.T) {
	for bp, want := range map[int64]string{3000: "30", 3550: "35,5", 1205: "12,05", 0: "0"} {
		if got := share(bp); got != want {
			t.Errorf("%d: %s", bp, got)
		}
	}
}

func TestEstimatesAboveTheInvestmentArePointedOut(t *testing.T) {
	work := project.Project{TotalInvestment: 100}
	if found := FindingsOf(work, []Package{{Estimate: 60}, {Estimate: 40}}); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	if found := FindingsOf(work, []Package{{Estimate: 60}, {Estimate: 41}}); len(found) != 1 || found[0].Args[0] != vnd.Amount(101) {
		t.Errorf("found %v", found)
	}
}

func TestFindingsOfAContract(t *testing.T) {
	today := day.Must("2023-12-31")
	c := Contract{State: Active, Field: "works", AdvanceBP: 1000, EndsOn: today, ProjectEnds: 2023}
	for name, run := range map[string]struct {
		site Site
		on   day.Date
		want string
	}{
		"all well, on its last day":    {Site{}, today, ""},
		"the day after":                {Site{}, today.Add(1), "late"},
		"land not all handed over":     {Site{Recovers: true, Total: 2, HandedOver: 1}, today, "site"},
		"land all handed over":         {Site{Recovers: true, Total: 2, HandedOver: 2}, today, ""},
		"a work that recovers no land": {Site{Total: 2, HandedOver: 1}, today, ""},
	} {
		codes := ""
		for _, f := range c.Findings(run.site, run.on) {
			codes += f.Code
		}
		if codes != run.want {
			t.Errorf("%s: %q, want %q", name, codes, run.want)
		}
	}
}
