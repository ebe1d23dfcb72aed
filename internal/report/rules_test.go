package report

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/late"
	"matbang/internal/ledger"
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

// Late money is told by cause; a case counts once however many of its awards are late.
func TestLateMoneyByCause(t *testing.T) {
	overdue := []late.Overdue{{CaseID: 1, Owed: 10, Cause: late.Office, Surcharge: 3}, {CaseID: 1, Owed: 5, Cause: late.Office}, {CaseID: 1, Owed: 2, Cause: late.Absent}, {CaseID: 2, Owed: 7, Cause: late.NoFunds, Surcharge: 1}}
	b := builder{owed: func(context.Context, day.Date, time.Time) ([]late.Overdue, error) { return overdue, nil }}
	if err := b.late(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []LateCause{{"office", 1, 15}, {"no_funds", 1, 7}, {"absent", 1, 2}}
	if got := b.report.LatePayments; got.Cases != 2 || got.Amount != 24 || got.Surcharge != 4 || !slices.Equal(got.ByCause, want) {
		t.Errorf("%+v", got)
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
