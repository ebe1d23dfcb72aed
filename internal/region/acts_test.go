package region_test

import (
	"context"
	"testing"

	"matbang/internal/day"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/region"
)

func TestWardsAsTheyStoodOnADay(t *testing.T) {
	r := region.Regions{DB: pgtest.Open(t)}
	put := func(code, name, from, to, successor string) {
		t.Helper()
		w := region.Ward{Code: code, Name: name, Kind: "ward", ValidFrom: day.Must(from)}
		if to != "" {
			w.ValidTo = day.Must(to)
		}
		if err := r.Put(context.Background(), w, successor); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // reference data is safe to repeat
		put("01840", "Phường Đức Xuân", "2025-07-01", "", "") // the code of an old ward, given to a larger one
		put("01840", "Phường Phùng Chí Kiên", "2015-01-01", "2025-06-30", "01840")
		put("01837", "Phường Bắc Kạn", "2015-01-01", "2025-06-30", "01840")
		put("01834", "Xã Ân", "2015-01-01", "", "")
	}
	for on, want := range map[string][]string{
		"2014-12-31": {},
		"2025-06-30": {"Phường Bắc Kạn", "Phường Phùng Chí Kiên", "Xã Ân"},
		"2025-07-01": {"Phường Đức Xuân", "Xã Ân"},
	} {
		wards, err := r.On(t.Context(), day.Must(on))
		if err != nil || len(wards) != len(want) {
			t.Errorf("%s: %d wards, %v", on, len(wards), err)
			continue
		}
		for i, w := range wards {
			if w.Name != want[i] {
				t.Errorf("%s: %s, want %s", on, w.Name, want[i])
			}
		}
	}
}

func TestOneCityRunsTheSystem(t *testing.T) {
	r := region.Regions{DB: pgtest.Open(t)}
	if c, err := r.City(t.Context()); err != nil || c != (region.City{}) {
		t.Errorf("before anybody said: %+v, %v", c, err)
	}
	city := region.City{Code: "bac-kan", Name: "Thành phố Bắc Kạn", NameEN: "Bac Kan City", Sample: true, BusinessDay: day.Must("2023-12-31")}
	if err := r.SetCity(t.Context(), city); err != nil {
		t.Fatal(err)
	}
	city.Sample = false
	if err := r.SetCity(t.Context(), city); err == nil {
		t.Error("a real city has a fixed business day")
	}
	city.BusinessDay = day.Date{}
	if err := r.SetCity(t.Context(), city); err != nil {
		t.Fatal(err)
	}
	if c, err := r.City(t.Context()); err != nil || c != city {
		t.Errorf("got %+v, %v", c, err)
	}
}
