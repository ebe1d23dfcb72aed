package report

import (
	"slices"
	"testing"

	"matbang/internal/day"
)

// kinds are the lines by kind and work.
func kinds(lines []Attention) []string {
	out := []string{}
	for _, l := range lines {
		out = append(out, l.Kind+" "+l.Project)
	}
	return out
}

func TestWhatLeadershipReadsFirst(t *testing.T) {
	b := &builder{report: Monthly{AsOf: day.Must("2023-12-31"),
		Projects: []Project{
			{Code: "1", State: "building", Scheduled: true, ComputedBP: 4000, PlannedBP: 5000, LateDays: 40, Reported: "accepted", Executed: 5, ExecutedBefore: 4},
			{Code: "2", State: "building", Scheduled: true, ComputedBP: 1000, PlannedBP: 9000, LateDays: 200, Reported: "accepted", Executed: 5, ExecutedBefore: 5, Plan: 30},
			{Code: "3", State: "building", Scheduled: true, ComputedBP: 9000, PlannedBP: 8000, LateDays: -20, Reported: "accepted", Executed: 5, ExecutedBefore: 1},
			{Code: "4", State: "completed", Scheduled: true, ComputedBP: 9000, PlannedBP: 10000, LateDays: 20},
			{Code: "5", State: "suspended", Reported: "accepted", Executed: 1, ExecutedBefore: 1},
		},
		Obstacles: []Obstacle{
			{Project: "1", Level: "contractor", DueOn: day.Must("2023-01-01")},
			{Project: "2", Level: "province", DueOn: day.Must("2023-12-01")},
			{Project: "3", Level: "city", DueOn: day.Must("2023-11-01")},
			{Project: "4", Level: "city", DueOn: day.Must("2024-01-01")},
			{Project: "5", Level: "city"},
		}}}
	if err := b.attention(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := kinds(b.report.Worse), []string{"behind 2", "standing_still ", "late_obstacles "}; !slices.Equal(got, want) {
		t.Errorf("got worse: %q, want %q", got, want)
	}
	if got, want := kinds(b.report.Decide), []string{"obstacle_city 3", "obstacle_province 2"}; !slices.Equal(got, want) {
		t.Errorf("needs a decision: %q, want %q", got, want)
	}
	if w := b.report.Worse[1]; w.Count != 1 || w.Amount != 25 {
		t.Errorf("standing still: %+v", w)
	}
	if w := b.report.Worse[2]; w.Count != 3 || w.Days != 364 {
		t.Errorf("late obstacles: %+v", w)
	}
}
