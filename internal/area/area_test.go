package area_test

import (
	"errors"
	"testing"

	"matbang/internal/area"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]area.Area{
		"300": 30000, "85,6": 8560, "85.6": 8560, "1.234,50": 123450, "1,234.50": 123450, "426.500,00": 42650000,
		"1.234.567": 123456700, "0,05": 5, "120.25 m²": 12025,
	} {
		if got, err := area.Parse(in); err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-5", "1.2345", "12,345,6", "1e3", "abc", "1.23.456", ".5", "1234.567"} {
		if got, err := area.Parse(in); err == nil {
			t.Errorf("Parse(%q) accepted as %s", in, got)
		}
	}
}

func TestOneSeparatorAndThreeDigitsIsAmbiguous(t *testing.T) {
	for _, in := range []string{"1.234", "1,234", "12.500"} {
		_, err := area.Parse(in)
		var both *area.Ambiguous
		if !errors.As(err, &both) {
			t.Fatalf("Parse(%q): %v, want both readings", in, err)
		}
	}
	_, err := area.Parse("1.234")
	var both *area.Ambiguous
	if errors.As(err, &both); both.Grouped != 123400 || both.Point != 123 {
		t.Errorf("readings %s and %s", both.Grouped, both.Point)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("1.234,50")
	f.Add("17+175")
	f.Fuzz(func(t *testing.T, s string) {
		if a, err := area.Parse(s); err == nil {
			if again, err := area.Parse(a.String()); err != nil || again != a {
				t.Fatalf("%q → %s → %s, %v", s, a, again, err)
			}
		}
	})
}
