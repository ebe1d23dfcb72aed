package land_test

import (
	"strings"
	"testing"

	"matbang/internal/invariant"
	"matbang/internal/land"
)

func TestEachInvariantIsSeenWhenItIsBroken(t *testing.T) {
	w := newWorld(t)
	code := w.mustOpen(t, newCase("Nông Văn Bảo", "17+175"))
	must(t, w.RecordStep(t.Context(), w.lan, code, paper(land.Notice, "2023-01-10"), w.today))
	if broken := w.broken(t); broken != "" {
		t.Fatalf("a sound file is called broken: %s", broken)
	}
	w.sql(t, `ALTER TABLE holder_party DISABLE TRIGGER ALL`)
	w.sql(t, `ALTER TABLE case_parcel DISABLE TRIGGER ALL`)
	for name, change := range map[string][2]string{
		"holder_shares":             {`UPDATE holder_party SET share_bp = 9999`, `UPDATE holder_party SET share_bp = 10000`},
		"parcel_not_over_recovered": {`UPDATE parcel SET area = 99.99`, `UPDATE parcel SET area = 300`},
		"case_area_is_its_parcels":  {`UPDATE land_case SET recovered_area = 99`, `UPDATE land_case SET recovered_area = 100`},
		"steps_in_order":            {`UPDATE case_step SET kind = 'posting'`, `UPDATE case_step SET kind = 'notice'`},
	} {
		w.sql(t, change[0])
		if broken := w.broken(t); broken != name {
			t.Errorf("breaking %s showed %q", name, broken)
		}
		w.sql(t, change[1])
	}
}

func (w *world) broken(t *testing.T) string {
	t.Helper()
	results, err := invariant.RunAll(t.Context(), w.db, land.Invariants())
	must(t, err)
	var names []string
	for _, r := range results {
		if len(r.Faults) > 0 {
			names = append(names, r.Name)
		}
	}
	return strings.Join(names, ",")
}
