package app_test

import (
	"testing"
	"time"

	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/violation"
)

// The city published 14 works found breaking construction procedure in 2023, handled; of encroachments it gave no count.
func TestTheSampleCityTellsThePublishedViolations(t *testing.T) {
	a := apptest.SampleCity(t)
	q := a.DB.Read(t.Context())
	sum, err := violation.Summary(t.Context(), q, 2023, day.Must("2023-12-31"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if procedure := sum.Kinds[0]; procedure.Found != 14 || procedure.Handled != 14 || procedure.Open != 0 {
		t.Errorf("against construction procedure: %+v", procedure)
	}
	if other := sum.Kinds[1]; other.Open != 2 || other.Late != 1 || other.Found != other.Handled+2 || sum.Earlier != 0 {
		t.Errorf("encroachments: %+v", other)
	}
	rows, err := violation.Reported(t.Context(), q, 2023, day.Must("2023-12-31"), time.Time{})
	if err != nil || len(rows) != 2 || !rows[0].Late || rows[1].Late {
		t.Errorf("annex %+v %v", rows, err)
	}
	wards := 0
	if err := q.GetContext(t.Context(), &wards, `SELECT count(DISTINCT ward_id) FROM violation WHERE kind = $1`, violation.Procedure); err != nil || wards != 8 {
		t.Errorf("%d wards %v", wards, err)
	}
}
