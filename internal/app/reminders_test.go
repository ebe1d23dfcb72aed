package app_test

import (
	"context"
	"testing"
	"time"

	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/invariant"
	"matbang/internal/progress"
)

// The running program reminds whoever owes entries by its own clock, and stops with its context.
func TestTheRunningProgramReminds(t *testing.T) {
	a := apptest.SampleCity(t)
	a.Settings.Today = "2024-01-29"
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, func(string) {}) }()
	planner, head := apptest.Actor(t, a, "planner"), apptest.Actor(t, a, "planning-head")
	var found []progress.Reminder
	for end := time.Now().Add(20 * time.Second); len(found) == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var err error
		if found, err = a.Rooms.Progress.MyReminders(t.Context(), planner); err != nil {
			t.Fatal(err)
		}
	}
	if len(found) != 1 || found[0].Kind != progress.RemindLate || found[0].SentOn != day.Must("29/01/2024") || found[0].Due != day.Must("25/01/2024") || found[0].Works == 0 {
		t.Errorf("the planner: %+v", found)
	}
	if notes, err := a.Rooms.Progress.MyReminders(t.Context(), head); err != nil || len(notes) != 1 {
		t.Errorf("the head: %+v %v", notes, err)
	}
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(15 * time.Second):
		t.Error("the program does not end")
	}
}

// TestIssuedMonthsKeepTheirObstacles: what each report of the sample city tells of obstacles, by their number and the newest of them.
func TestIssuedMonthsKeepTheirObstacles(t *testing.T) {
	a := apptest.SampleCity(t)
	leader, planner := apptest.Actor(t, a, "leader"), apptest.Actor(t, a, "planner")
	want := map[string]int{"2023-01": 0, "2023-02": 1, "2023-03": 2, "2023-04": 3, "2023-05": 5, "2023-06": 4, "2023-07": 4, "2023-08": 4, "2023-09": 3, "2023-10": 4, "2023-11": 6, "2023-12": 7}
	for month, n := range want {
		m, err := a.Rooms.Reports.Monthly(t.Context(), leader, day.MustMonth(month))
		if err != nil || len(m.Obstacles) != n {
			t.Errorf("%s tells %d obstacles, want %d, %v", month, len(m.Obstacles), n, err)
		}
	}
	o, err := a.Rooms.Progress.Obstacle(t.Context(), planner, "VM-8")
	if err != nil || o.Households != 9 || o.Left() != 4 || o.Answers != 2 {
		t.Errorf("VM-8: %+v %v", o, err)
	}
	if o, err = a.Rooms.Progress.Obstacle(t.Context(), planner, "VM-12"); err != nil || !o.Closable() {
		t.Errorf("VM-12: %+v %v", o, err)
	}
	// An obstacle that November's report told is now said to have ended in November: that report stays as it is.
	if err := a.Rooms.Progress.ResolveObstacle(t.Context(), planner, o.Code, o.Version, progress.Outcome{Text: "Đã kết luận", On: day.Must("20/11/2023")}, a.Today()); err != nil {
		t.Fatal(err)
	}
	results, err := invariant.RunAll(t.Context(), a.DB, a.Rooms.Reports.Invariants())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if len(r.Faults) > 0 {
			t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}
