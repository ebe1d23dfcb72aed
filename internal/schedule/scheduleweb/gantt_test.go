package scheduleweb

import (
	"math/rand/v2"
	"testing"

	"matbang/internal/day"
	"matbang/internal/schedule"
)

// Whatever the days, everything drawn lies between the names and the edge, bars in the order of their days.
func TestTheDrawingHoldsEverything(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		today := day.Must("2023-12-31")
		var lines []line
		for range 1 + random.IntN(6) {
			start := today.Add(random.IntN(3000) - 2000)
			l := line{Name: "Mốc", Start: start, End: start.Add(random.IntN(900)), DoneBP: random.IntN(10001)}
			if random.IntN(3) > 0 {
				l.BaseStart, l.BaseEnd = l.Start.Add(-random.IntN(90)), l.End.Add(-random.IntN(60))
				if l.BaseEnd.Before(l.BaseStart) {
					l.BaseEnd = l.BaseStart
				}
			}
			if random.IntN(2) > 0 {
				l.Forecast = schedule.Forecast{Kind: schedule.Expected, On: today.Add(random.IntN(7000)), Earliest: today.Add(random.IntN(300))}
				if random.IntN(2) > 0 {
					l.Forecast.Latest = l.Forecast.On.Add(random.IntN(4000))
				}
			}
			lines = append(lines, l)
		}
		g := draw(lines, today)
		inside := func(x int) bool { return x >= nameWidth && x <= ganttWidth }
		for _, b := range g.Rows {
			for _, s := range []span{b.Base, b.Plan, b.Range} {
				if s.W > 0 && (!inside(s.X) || !inside(s.X+s.W)) || s.W < 0 {
					t.Fatalf("drawn outside: %+v of %+v", b, lines)
				}
			}
			if b.Done.W > b.Plan.W || !inside(b.ShareX) || b.Y+rowHeight > g.Height {
				t.Fatalf("%+v", b)
			}
		}
		for _, ticks := range [][]tick{g.Months, g.Years} {
			for i := 1; i < len(ticks); i++ {
				if ticks[i].X <= ticks[i-1].X {
					t.Fatalf("the grid does not go on: %+v", ticks)
				}
			}
		}
	}
	if g := draw(nil, day.Must("2023-12-31")); len(g.Rows) != 0 || g.Width != 0 {
		t.Errorf("nothing to draw: %+v", g)
	}
	if g := draw([]line{{Name: "không có ngày"}}, day.Must("2023-12-31")); len(g.Rows) != 0 {
		t.Errorf("a plan without days: %+v", g)
	}
}
