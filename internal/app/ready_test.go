package app_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/config"
	"matbang/internal/day"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/region"
	"matbang/migrations"
)

func TestADatabaseThisProgramDoesNotKnowIsRefused(t *testing.T) {
	newest := int(migrations.Newest())
	for _, c := range []struct {
		why, want string
		do        func(*postgres.Schema) error
	}{
		{"as it should be", "", func(*postgres.Schema) error { return nil }},
		{"a step behind", "run 'matbang migrate up'", func(s *postgres.Schema) error { return s.Down(1) }},
		{"without any schema", "run 'matbang migrate up'", func(s *postgres.Schema) error { return s.Down(newest) }},
		{"a step ahead", "use the newer program", func(s *postgres.Schema) error { return s.Force(newest + 1) }},
	} {
		a := start(t, "127.0.0.1:0")
		if err := a.WithSchema(t.Context(), c.do); err != nil {
			t.Fatal(err)
		}
		says(t, c.why, a.Ready(t.Context()), c.want)
	}
	a := start(t, "127.0.0.1:0")
	if _, err := a.DB.Pool().ExecContext(t.Context(), `UPDATE schema_migrations SET dirty = true`); err != nil {
		t.Fatal(err)
	}
	says(t, "half-way", a.Ready(t.Context()), "failed half-way")
}

func TestTheSampleCityIsServedToThisMachineOnly(t *testing.T) {
	for addr, want := range map[string]string{"127.0.0.1:0": "", "[::1]:0": "", "0.0.0.0:0": "loopback", ":8080": "loopback", "192.0.2.1:80": "loopback"} {
		a := start(t, addr)
		if err := a.Rooms.Regions.SetCity(t.Context(), region.City{Code: "x", Name: "X", Sample: true, BusinessDay: day.Must("2023-12-31")}); err != nil {
			t.Fatal(err)
		}
		says(t, addr, a.Ready(t.Context()), want)
		if want == "" && a.Today() != day.Must("2023-12-31") {
			t.Errorf("the business day is %s", a.Today())
		}
	}
}

func start(t *testing.T, addr string) *app.App {
	t.Helper()
	a, err := app.Open(context.Background(), config.Settings{DatabaseURL: pgtest.Clone(t), Addr: addr, BaseURL: "http://127.0.0.1"}, "test", io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// says checks that an error is one sentence that holds some words; no words means no error.
func says(t *testing.T, why string, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")) {
		t.Errorf("%s: %v, want %q", why, err, want)
	}
}
