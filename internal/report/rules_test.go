package report

import (
	"bytes"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/ledger"
	"matbang/internal/legal"
)

func TestWhatHasChanged(t *testing.T) {
	june := day.MustMonth("2023-06")
	then := ledger.Bridge{Approved: 100, NotOrdered: 60, Ordered: 30, Paid: 10}
	now := ledger.Bridge{Approved: 100, NotOrdered: 60, Ordered: 25, Returned: 2, Paid: 13}
	want := []Change{{june, "paid_vnd", 10, 13}, {june, "returned_vnd", 0, 2}, {june, "ordered_vnd", 30, 25}}
	if got := compare(june, then, now); !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := compare(june, then, then); len(got) > 0 {
		t.Errorf("nothing has changed: %+v", got)
	}
}

func TestWhyMoneyIsLate(t *testing.T) {
	for _, c := range []struct {
		o    owed
		want string
	}{
		{owed{NotOrdered: 1}, "not_ordered"},
		{owed{NotOrdered: 1, Ordered: 1}, "not_ordered"},
		{owed{Ordered: 1}, "ordered"},
		{owed{Ordered: 1, NotOrdered: 1, Returned: 1}, "returned"},
		{owed{Returned: 1, Absent: true}, "absent"},
	} {
		if got := c.o.cause(); got != c.want {
			t.Errorf("%+v: %s", c.o, got)
		}
	}
}

// Law 45/2013/QH13, article 93.1: thirty days from the recovery decision in force. Sunday 30 April and the rest days after it move the end on.
func TestHowLateMoneyIs(t *testing.T) {
	rest := legal.NewCalendar(day.Must("2023-05-01"), day.Must("2023-05-02"), day.Must("2023-05-03"))
	old := clock{days: 30, countPayDay: true, calendar: rest}
	for _, c := range []struct {
		why   string
		clock clock
		o     owed
		on    string
		days  int
		due   string
	}{
		{"on the due day", old, owed{Recovered: day.Must("2023-03-02")}, "2023-04-03", 0, "2023-04-03"}, // the 1st is a Saturday
		{"the day after", old, owed{Recovered: day.Must("2023-03-02")}, "2023-04-04", 1, "2023-04-03"},
		{"by the tax law the day of payment does not count", clock{days: 30, calendar: rest}, owed{Recovered: day.Must("2023-03-02")}, "2023-04-05", 1, "2023-04-03"},
		{"over a holiday", old, owed{Recovered: day.Must("2023-03-31")}, "2023-05-05", 1, "2023-05-04"},
		{"no recovery decision yet", old, owed{Effective: day.Must("2023-01-01")}, "2023-12-31", 0, ""},
		{"from the plan, by a later law", clock{fromPlan: true, days: 30, countPayDay: true}, owed{Recovered: day.Must("2023-01-02"), Effective: day.Must("2023-03-02")}, "2023-04-04", 1, "2023-04-03"},
	} {
		days, due := c.clock.lateDays(c.o, day.Must(c.on))
		if days != c.days || due.String() != c.due {
			t.Errorf("%s: %d days late after %s", c.why, days, due)
		}
	}
}

func TestAWorkbookTakesNoTextForAFormula(t *testing.T) {
	m := Monthly{Month: day.MustMonth("2023-12"), Status: Draft,
		Projects:  []Project{{Code: "0041207", Name: `=HYPERLINK("http://x","y")`, Plan: 1_000_000_000_001, Area: area.Area(150), ExecutedBP: 10050}},
		Obstacles: []Obstacle{{Project: "0041207", Content: "+1+cmd|' /C calc'!A0"}}}
	var file bytes.Buffer
	if err := WriteXLSX(&file, m, func(key string, _ ...any) string { return key[max(0, len(key)-20):] }); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	sheets := book.GetSheetList()
	for _, c := range []struct{ sheet, cell, want string }{
		{sheets[1], "A2", "0041207"}, {sheets[1], "B2", m.Projects[0].Name}, {sheets[1], "E2", "1000000000001"}, {sheets[1], "G2", "1.005"},
		{sheets[1], "L2", "1.5"}, {sheets[2], "D2", m.Obstacles[0].Content},
	} {
		got, err := book.GetCellValue(c.sheet, c.cell, excelize.Options{RawCellValue: true})
		formula, formulaErr := book.GetCellFormula(c.sheet, c.cell)
		if err != nil || formulaErr != nil || got != c.want || formula != "" {
			t.Errorf("%s %s: %q, formula %q", c.sheet, c.cell, got, formula)
		}
	}
}
