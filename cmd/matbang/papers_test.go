package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matbang/internal/app/apptest"
	"matbang/internal/listing"
	"matbang/internal/payout"
)

func TestTheListForSigning(t *testing.T) {
	a := apptest.SampleCity(t)
	on(t, a.Settings.DatabaseURL)
	orders, err := a.Rooms.Payouts.Orders(t.Context(), apptest.Actor(t, a, "auditor"), payout.OrderFilter{State: "released", Method: "cash"}, listing.Query{Per: 5})
	if err != nil || len(orders.Items) == 0 {
		t.Fatal(err)
	}
	code, dir := orders.Items[0].Code, t.TempDir()
	for format, begin := range map[string]string{"pdf": "%PDF", "xlsx": "PK", "docx": "PK"} {
		file := filepath.Join(dir, "list."+format)
		if got := matbang(t, "report", "payout-list", "--order", code, "--format", format, "--out", file); got.code != done || got.out != "" {
			t.Errorf("%s: exit %d, %q, %q", format, got.code, got.out, got.log)
		}
		if content, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(content), begin) {
			t.Errorf("%s: %.10q, %v", format, content, err)
		}
	}
	for _, c := range []struct {
		code int
		args []string
	}{{misuse, []string{}}, {misuse, []string{"--order", code, "--format", "json"}}, {faults, []string{"--order", "LC-9999-999"}}, {faults, []string{"--order", code, "--user", "leader"}}} {
		if got := matbang(t, append([]string{"report", "payout-list", "--out", filepath.Join(dir, "x")}, c.args...)...); got.code != c.code {
			t.Errorf("%v: exit %d, want %d: %s", c.args, got.code, c.code, got.log)
		}
	}
}

func TestTheMinutesWithTheTreasury(t *testing.T) {
	a := apptest.SampleCity(t)
	on(t, a.Settings.DatabaseURL)
	dir := t.TempDir()
	for format, begin := range map[string]string{"docx": "PK", "pdf": "%PDF", "xlsx": "PK", "json": "{"} {
		file := filepath.Join(dir, "minutes."+format)
		if got := matbang(t, "report", "reconciliation", "--account", "TK-KB", "--period", "2023-12", "--format", format, "--out", file); got.code != done || got.out != "" {
			t.Errorf("%s: exit %d, %q, %q", format, got.code, got.out, got.log)
		}
		if content, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(content), begin) {
			t.Errorf("%s: %.10q, %v", format, content, err)
		}
	}
	for _, c := range []struct {
		code int
		args []string
	}{{misuse, []string{}}, {misuse, []string{"--account", "TK-KB"}}, {faults, []string{"--account", "none", "--period", "2023-12"}},
		{faults, []string{"--account", "TK-KB", "--period", "2023-12", "--format", "odt"}}} {
		if got := matbang(t, append([]string{"report", "reconciliation", "--out", filepath.Join(dir, "x")}, c.args...)...); got.code != c.code {
			t.Errorf("%v: exit %d, want %d: %s", c.args, got.code, c.code, got.log)
		}
	}
}
