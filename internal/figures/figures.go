// Package figures collects what benchmarks measure against their limits. `make bench` and `make soak` print them as one table.
package figures

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// FileKey is the setting that names the file rows are added to; without it they only go to the benchmark's log.
const FileKey = "MATBANG_FIGURES"

// Row is one figure. A figure without a limit is told for what it is and never fails.
type Row struct {
	Figure, Limit, Measured string
	Broken                  bool
}

// Say adds a row to the table; a broken limit fails the benchmark.
func Say(tb testing.TB, r Row) {
	tb.Helper()
	verdict := "-"
	switch {
	case r.Broken:
		verdict = "BROKEN"
		tb.Errorf("%s: %s, limit %s", r.Figure, r.Measured, r.Limit)
	case r.Limit != "":
		verdict = "ok"
	}
	line := strings.Join([]string{r.Figure, r.Limit, r.Measured, verdict}, "\t")
	tb.Log(line)
	name := os.Getenv(FileKey)
	if name == "" {
		return
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the command that reads it names it
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := fmt.Fprintln(file, line); err != nil {
		tb.Fatal(err)
	}
}

// Count is a figure that must not exceed a number, mostly 0.
func Count(tb testing.TB, figure string, limit, n int) {
	tb.Helper()
	Say(tb, Row{Figure: figure, Limit: fmt.Sprint(limit), Measured: fmt.Sprint(n), Broken: n > limit})
}

// AtLeast is a share in hundredths of a percent that must reach a limit.
func AtLeast(tb testing.TB, figure string, limit, part, whole int) {
	tb.Helper()
	share := 10_000 * part / max(1, whole)
	Say(tb, Row{Figure: figure, Limit: "≥ " + percent(limit), Measured: fmt.Sprintf("%s (%d of %d)", percent(share), part, whole), Broken: share < limit})
}

func percent(hundredths int) string { return fmt.Sprintf("%d.%02d %%", hundredths/100, hundredths%100) }

// Within is a time that must not exceed a limit; no limit is 0.
func Within(tb testing.TB, figure string, limit, took time.Duration) {
	tb.Helper()
	r := Row{Figure: figure, Measured: Short(took)}
	if limit > 0 {
		r.Limit, r.Broken = "≤ "+limit.String(), took > limit
	}
	Say(tb, r)
}

// Times is how many times as long something took as what it is held against; no limit is 0.
func Times(tb testing.TB, figure string, limit int, took, against time.Duration) {
	tb.Helper()
	tenths := int(10 * took / max(1, against))
	r := Row{Figure: figure, Measured: fmt.Sprintf("%d.%d times (%s against %s)", tenths/10, tenths%10, Short(took), Short(against))}
	if limit > 0 {
		r.Limit, r.Broken = fmt.Sprintf("≤ %d times", limit), took > time.Duration(limit)*against
	}
	Say(tb, r)
}

// Short is a duration as a table wants it.
func Short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
