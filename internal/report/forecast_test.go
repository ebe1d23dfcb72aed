package report

import (
	"testing"
	"testing/quick"

	"matbang/internal/vnd"
)

func TestForecastGoesOnAtTheMeasuredPace(t *testing.T) {
	for name, c := range map[string]struct {
		pace  pace
		ahead int
		want  vnd.Amount
	}{
		"no month ahead":            {pace{Last: 60, Before: 0, Drawable: 200, Months: 6}, 0, 60},
		"six months drew sixty":     {pace{Last: 60, Before: 0, Drawable: 200, Months: 6}, 3, 90},
		"never beyond the drawable": {pace{Last: 190, Before: 100, Drawable: 200, Months: 3}, 2, 200},
		"nothing drawn lately":      {pace{Last: 50, Before: 50, Drawable: 200, Months: 6}, 6, 50},
		"a fall is no pace":         {pace{Last: 40, Before: 50, Drawable: 200, Months: 6}, 6, 40},
		"over the plan already":     {pace{Last: 210, Before: 50, Drawable: 200, Months: 6}, 1, 210},
		"no month measured":         {pace{Last: 10, Drawable: 200}, 5, 10},
	} {
		if got := c.pace.at(c.ahead); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestForecastNeverFallsAndStaysWithinTheDrawable(t *testing.T) {
	holds := func(last, before, drawable uint32, months, ahead uint8) bool {
		p := pace{vnd.Amount(last), vnd.Amount(before), vnd.Amount(drawable), int(months % 13)}
		now, later := p.at(int(ahead%13)), p.at(int(ahead%13)+1)
		return later >= now && now >= p.Last && later <= max(p.Drawable, p.Last)
	}
	if err := quick.Check(holds, nil); err != nil {
		t.Error(err)
	}
}
