package app_test

import (
	"io"
	"testing"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
)

// Generated data must stand up to every check: figures measured on data that cannot exist say nothing.
func TestGeneratedDataIsWhole(t *testing.T) {
	a := apptest.Empty(t)
	size := app.Synthetic{Works: 230, Cases: 700, Seed: 7}
	if err := a.LoadSynthetic(t.Context(), size, io.Discard); err != nil {
		t.Fatal(err)
	}
	results, err := a.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if len(r.Faults) > 0 {
			t.Errorf("%s: %d faults, such as %s", r.Name, len(r.Faults), r.Faults[0])
		}
	}
	var works, cases int
	if err := a.DB.Pool().QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM project), (SELECT count(*) FROM land_case)`).Scan(&works, &cases); err != nil {
		t.Fatal(err)
	}
	if works != size.Works || cases != size.Cases {
		t.Errorf("%d works, %d cases", works, cases)
	}
	if err := a.LoadSynthetic(t.Context(), size, io.Discard); err == nil {
		t.Error("generated twice into one database")
	}
}
