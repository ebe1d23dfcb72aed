package land

import (
	"slices"
	"testing"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
)

func codesOf(found []fault.Field) []string {
	codes := make([]string, 0, len(found))
	for _, f := range found {
		codes = append(codes, f.Name+" "+f.Code)
	}
	return codes
}

func TestHolderInput(t *testing.T) {
	good := HolderInput{Kind: "household", Name: "Hộ ông Nông Văn Bảo", Ward: "01840",
		Parties: []Party{{FullName: "Nông Văn Bảo", Relation: "owner", ShareBP: 5000}, {FullName: "Hà Thị Mai", Relation: "co_owner", ShareBP: 5000, IdentityNo: "006 086 001 234"}}}
	for _, c := range []struct {
		why    string
		change func(*HolderInput)
		want   []string
	}{
		{"complete", func(*HolderInput) {}, nil},
		{"no name", func(in *HolderInput) { in.Name = "  " }, []string{"name required"}},
		{"shares of 99.5 %", func(in *HolderInput) { in.Parties[1].ShareBP = 4950 }, []string{"parties land.shares_whole"}},
		{"shares of 101 %", func(in *HolderInput) { in.Parties[0].ShareBP = 5100 }, []string{"parties land.shares_whole"}},
		{"nobody", func(in *HolderInput) { in.Parties = nil }, []string{"parties land.party_needed"}},
		{"a negative share hidden in a whole", func(in *HolderInput) { in.Parties[0].ShareBP, in.Parties[1].ShareBP = 10100, -100 },
			[]string{"parties.0.share land.share_range", "parties.1.share land.share_range"}},
		{"an identity number with letters", func(in *HolderInput) { in.Parties[0].IdentityNo = "0060x" }, []string{"parties.0.identity_no land.identity_form"}},
		{"an unknown kind and relation", func(in *HolderInput) { in.Kind, in.Parties[0].Relation = "clan", "friend" },
			[]string{"kind choose", "parties.0.relation choose"}},
	} {
		in := good
		in.Parties = slices.Clone(good.Parties)
		c.change(&in)
		if got := codesOf(in.tidy().check("")); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestParcelNumbersAreTextAndKeptTidy(t *testing.T) {
	got := tidyParcels([]Parcel{{MapSheet: " 12 ", Number: "17 + 175", LandCode: "ont"}, {MapSheet: "dc 3", Number: "263a", LandCode: "LUC"}})
	if got[0].Number != "17+175" || got[0].MapSheet != "12" || got[0].LandCode != "ONT" || got[1].Number != "263A" || got[1].MapSheet != "DC 3" {
		t.Errorf("got %+v", got)
	}
}

func TestCheckParcels(t *testing.T) {
	whole := Parcel{MapSheet: "12", Number: "17+175", Area: 30000, LandCode: "ONT", Recovered: 10000}
	garden := whole
	garden.LandCode = "CLN"
	bare := Parcel{}
	for _, c := range []struct {
		why  string
		in   []Parcel
		want []string
	}{
		{"one parcel, two kinds of land", []Parcel{whole, garden}, nil},
		{"the same line twice", []Parcel{whole, whole}, []string{"parcels.1.number land.parcel_twice"}},
		{"none", nil, []string{"parcels land.parcel_needed"}},
		{"an empty line", []Parcel{bare}, []string{"parcels.0.map_sheet required", "parcels.0.number required", "parcels.0.area land.area_positive",
			"parcels.0.recovered land.area_positive", "parcels.0.land_code land.land_code_form"}},
	} {
		if got := codesOf(checkParcels(c.in)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestNoMoreIsRecoveredThanAParcelHas(t *testing.T) {
	key := parcelKey{1, "12", "263A"}
	line := func(row int, size, part area.Area) want {
		return want{row, 0, key, Parcel{MapSheet: "12", Number: "263A", Area: size, LandCode: "ONT", Recovered: part}}
	}
	for _, c := range []struct {
		why   string
		known held
		wants []want
		want  []string
	}{
		{"just all of it", held{Area: 30000}, []want{line(0, 30000, 30000)}, nil},
		{"a hundredth more", held{Area: 30000}, []want{line(0, 30000, 30001)}, []string{"parcels.0.recovered land.parcel_over"}},
		{"another case took a part", held{Area: 30000, Used: 20000}, []want{line(0, 30000, 10001)}, []string{"parcels.0.recovered land.parcel_over"}},
		{"two rows together", held{Area: 30000}, []want{line(0, 30000, 20000), line(1, 30000, 20000)}, []string{"parcels.0.recovered land.parcel_over"}},
		{"another area than another case says", held{Area: 30000, Used: 1}, []want{line(0, 40000, 100)}, []string{"parcels.0.area land.parcel_area_differs"}},
		{"two rows that disagree", held{Area: 30000}, []want{line(0, 30000, 1), line(1, 40000, 1)}, []string{"parcels.0.area land.parcel_area_differs"}},
		{"a correction while nobody else stands on it", held{Area: 30000}, []want{line(0, 40000, 40000)}, nil},
	} {
		var got []string
		for _, f := range fit(c.wants, map[parcelKey]held{key: c.known}) {
			got = append(got, codesOf([]fault.Field{f.Field})...)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func step(kind, on string) Step { return Step{Kind: kind, DoneOn: day.Must(on)}.complete() }

func TestOrderOfSteps(t *testing.T) {
	toPosting := []Step{step(Notice, "2023-01-10"), step(Inventory, "2023-02-10"), step(Posting, "2023-03-10")}
	late := step(Decision, "2023-08-01")
	late.EffectiveOn = day.Must("2023-08-15")
	for _, c := range []struct {
		why      string
		standing []Step
		next     Step
		want     []string
	}{
		{"the first", nil, step(Notice, "2023-01-10"), nil},
		{"inventory without notice", nil, step(Inventory, "2023-01-10"), []string{"kind land.step_order"}},
		{"a step passed over", toPosting[:2], step(Decision, "2023-08-01"), []string{"kind land.step_order"}},
		{"the same day as the one before", toPosting[:1], step(Inventory, "2023-01-10"), nil},
		{"before the one it follows", toPosting[:1], step(Inventory, "2023-01-09"), []string{"done_on land.step_before"}},
		{"twice", toPosting, step(Notice, "2023-01-10"), []string{"kind land.step_twice"}},
		{"handed over before the decision takes effect", append(slices.Clone(toPosting), late), step(Handover, "2023-08-14"), []string{"done_on land.step_before"}},
		{"handed over when it does", append(slices.Clone(toPosting), late), step(Handover, "2023-08-15"), nil},
	} {
		if got := codesOf(c.next.follows(c.standing)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestStepAlone(t *testing.T) {
	today := day.Must("2023-12-31")
	for _, c := range []struct {
		why  string
		in   Step
		want []string
	}{
		{"complete", Step{Kind: Notice, DoneOn: day.Must("2023-01-10"), DocumentNo: "15/TB-UBND"}, nil},
		{"a notice without a paper", Step{Kind: Notice, DoneOn: day.Must("2023-01-10")}, []string{"document_no land.document_needed"}},
		{"an inventory needs none", Step{Kind: Inventory, DoneOn: day.Must("2023-01-10")}, nil},
		{"tomorrow", Step{Kind: Inventory, DoneOn: day.Must("2024-01-01")}, []string{"done_on day_future"}},
		{"in effect before it was signed", Step{Kind: Inventory, DoneOn: day.Must("2023-02-10"), EffectiveOn: day.Must("2023-02-09")}, []string{"effective_on land.effective_before_done"}},
		{"an agreement without its paper", Step{Kind: Decision, DoneOn: day.Must("2023-02-10"), DocumentNo: "1", AgreedEarly: true}, []string{"note land.agreement_paper_needed"}},
		{"no day, no kind", Step{}, []string{"kind choose", "done_on required"}},
	} {
		if got := codesOf(c.in.complete().check(today)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestNoticePeriodNamesTheEarliestLawfulDay(t *testing.T) {
	standing := []Step{step(Notice, "2023-01-10")}
	agreed := step(Decision, "2023-01-20")
	agreed.AgreedEarly = true
	for _, c := range []struct {
		why      string
		next     Step
		days     int
		earliest string
	}{
		{"farm land, a day early", step(Decision, "2023-04-09"), 90, "2023-04-10"},
		{"farm land, in time", step(Decision, "2023-04-10"), 90, ""},
		{"other land", step(Decision, "2023-04-10"), 180, "2023-07-09"},
		{"agreed by the holder", agreed, 180, ""},
	} {
		got := c.next.waited(standing, c.days, "Đ67")
		if (len(got) == 0) != (c.earliest == "") || len(got) == 1 && got[0].Args[2] != day.Must(c.earliest) {
			t.Errorf("%s: %v, want %s", c.why, got, c.earliest)
		}
	}
}

func TestTheLongerNoticePeriodHoldsForMixedLand(t *testing.T) {
	for _, c := range []struct {
		codes []string
		want  bool
	}{{[]string{"LUC", "CLN"}, true}, {[]string{"LUC", "ONT"}, false}, {[]string{"ODT"}, false}, {nil, false}} {
		if got := onlyFarm(c.codes); got != c.want {
			t.Errorf("%v: %v, want %v", c.codes, got, c.want)
		}
	}
}

func TestRowsOfARefusalOfMany(t *testing.T) {
	err := manyErr([]RowFault{{2, fault.Field{Name: "parcels.0.area", Code: "land.area_positive"}}})
	if rows, ok := Rows(err); !ok || rows[0].Row != 2 || rows[0].Field.Name != "parcels.0.area" {
		t.Errorf("got %+v, %v", rows, ok)
	}
	if _, ok := Rows(ErrMissing); ok {
		t.Error("a refusal without rows was read as one with rows")
	}
}
