package app_test

import (
	"bytes"
	"testing"

	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/vnd"
)

// TestTheSampleCityAddsUp asks the December report for the figures the city published.
func TestTheSampleCityAddsUp(t *testing.T) {
	a := apptest.SampleCity(t)
	m, err := a.Rooms.Reports.Monthly(t.Context(), apptest.Actor(t, a, "leader"), day.MustMonth("2023-12"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what      string
		got, want int64
	}{
		{"works", int64(m.Capital.Works), 31},
		{"plan", int64(m.Capital.Plan), 298350000000},
		{"executed", int64(m.Capital.Executed), 299842000000},
		{"executed share, basis points", m.Capital.ExecutedBP, 10050},
		{"clearance projects", int64(m.Land.Projects), 11},
		{"holders", int64(m.Land.Holders), 468},
		{"cases", int64(m.Land.Cases), 471},
		{"area, hundredths of m²", int64(m.Land.Area), 42650000},
		{"approved projects", int64(m.Compensation.ProjectsApproved), 11},
		{"approved", int64(m.Compensation.Approved), 125000000000},
		{"projects in payment", int64(m.Compensation.InPayment.Projects), 9},
		{"approved of those in payment", int64(m.Compensation.InPayment.Approved), 40870000000},
		{"paid", int64(m.Compensation.InPayment.Paid), 23890000000},
		{"bridge difference", int64(m.Compensation.Bridge.Difference), 0},
		{"works not reported", int64(len(m.NotReported)), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.what, vnd.Amount(c.got), vnd.Amount(c.want))
		}
	}
}

func TestVerifyFindsNothingInTheSampleCity(t *testing.T) {
	a := apptest.SampleCity(t)
	results, err := a.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		for _, fault := range r.Faults {
			t.Errorf("%d %s: %s", r.Number, r.Name, fault)
		}
	}
	var log bytes.Buffer
	if err := a.LoadSampleCity(t.Context(), &log); err != nil || log.Len() > 0 {
		t.Errorf("loading twice is not left alone: %v %s", err, log.String())
	}
}
