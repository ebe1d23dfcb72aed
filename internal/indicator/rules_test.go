package indicator

import (
	"encoding/json"
	"testing"
)

func TestFiguresAreReadAsVietnameseWriteThem(t *testing.T) {
	for _, c := range []struct {
		typed    string
		decimals int
		want     Figure
		text     string
	}{
		{"290.000", 0, 29_000_000, "290.000"}, {"7", 0, 700, "7"}, {"3.600", 2, 360_000, "3.600"}, {"42,65", 2, 4265, "42,65"},
		{" 223,5 ", 1, 22_350, "223,5"}, {"1.234.567,89", 2, 123_456_789, "1.234.567,89"}, {"0", 0, 0, "0"}, {"42,5", 2, 4250, "42,50"},
	} {
		got, err := Parse(c.typed, c.decimals)
		if err != nil || got != c.want || got.Text(c.decimals) != c.text {
			t.Errorf("%q: %d %v %q", c.typed, got, err, got.Text(c.decimals))
		}
	}
	for _, wrong := range []string{"", "3.79", "1,234", "12.34.567", "-5", "5,", ",5", "1e3", "99999999999999999", "0x1", "1.2345"} {
		if got, err := Parse(wrong, 2); err == nil {
			t.Errorf("%q is read as %d", wrong, got)
		}
	}
	if _, err := Parse("7,5", 0); err == nil {
		t.Error("a half cooperative")
	}
}

func TestAFigureIsTheSameInJSON(t *testing.T) {
	for _, f := range []Figure{0, 1, 100, 4265, 29_000_000, maxFigure} {
		data, err := json.Marshal(f)
		var back Figure
		if err != nil || json.Unmarshal(data, &back) != nil || back != f {
			t.Errorf("%d: %s %v %d", f, data, err, back)
		}
	}
	for _, wrong := range []string{"1.234", "-1", `"7"`, "1e2"} {
		var f Figure
		if err := json.Unmarshal([]byte(wrong), &f); err == nil {
			t.Errorf("%s is read as %d", wrong, f)
		}
	}
}

func figure(n Figure) *Figure { return &n }

func number(n int) *int { return &n }

// No ratio is computed of a figure that was published inexactly.
func TestRatios(t *testing.T) {
	for name, c := range map[string]struct {
		value Value
		bp    int
		given bool
		ok    bool
	}{
		"two exact figures":     {Value{Plan: figure(22_000), Result: figure(22_300), Mark: Exact}, 10136, false, true},
		"half a basis point up": {Value{Plan: figure(20_000), Result: figure(1), Mark: Exact}, 1, false, true},
		"over, as published":    {Value{Plan: figure(22_000), Result: figure(22_300), Mark: Over, RatioBP: number(10800)}, 10800, true, true},
		"over, nothing given":   {Value{Plan: figure(22_000), Result: figure(22_300), Mark: Over}, 0, false, false},
		"exact beats given":     {Value{Plan: figure(200), Result: figure(100), Mark: Exact, RatioBP: number(1)}, 5000, false, true},
		"no plan":               {Value{Result: figure(700), Mark: Exact, RatioBP: number(35000)}, 35000, true, true},
		"a plan of nothing":     {Value{Plan: figure(0), Result: figure(700), Mark: Exact}, 0, false, false},
	} {
		bp, given, ok := c.value.Ratio()
		if bp != c.bp || given != c.given || ok != c.ok {
			t.Errorf("%s: %d %t %t", name, bp, given, ok)
		}
	}
	fell := Value{Result: figure(900), LastYear: figure(1000), Mark: Exact}
	if bp, given, ok := fell.Growth(); bp != -1000 || given || !ok {
		t.Errorf("growth: %d %t %t", bp, given, ok)
	}
	lower := Row{Indicator: Indicator{Direction: "lower"}, Value: Value{Plan: figure(100), Result: figure(120), Mark: Exact}}
	if reached, known := lower.Reached(); reached || !known {
		t.Error("more of what should fall is no success")
	}
}
