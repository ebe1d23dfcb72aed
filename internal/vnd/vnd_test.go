package vnd_test

import (
	"errors"
	"testing"

	"matbang/internal/vnd"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want vnd.Amount
		err  error
	}{
		{"20.000", 20000, nil},
		{"20 000", 20000, nil},
		{"1234567", 1234567, nil},
		{"-1.000.000", -1000000, nil},
		{"298.350.000.000 đ", 298350000000, nil},
		{"0", 0, nil},
		{"", 0, vnd.ErrEmpty},
		{"20.00", 0, vnd.ErrForm},
		{"2.0000", 0, vnd.ErrForm},
		{"0.5", 0, vnd.ErrForm},
		{"1e3", 0, vnd.ErrForm},
		{"1,000,000", 0, vnd.ErrSecond},
		{"9222,1", 0, vnd.ErrSecond},
		{"１００", 0, vnd.ErrForm},
		{"9223372036854775808", 0, vnd.ErrRange},
		{"9007199254740992", 0, vnd.ErrRange},
		{"NaN", 0, vnd.ErrForm},
		{"..", 0, vnd.ErrForm},
		{"1..000", 0, vnd.ErrForm},
	} {
		got, err := vnd.Parse(c.in)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Parse(%q) = %d, %v; want %d, %v", c.in, got, err, c.want, c.err)
		}
	}
}

func FuzzParseNeverPanicsAndRoundTrips(f *testing.F) {
	for _, s := range []string{"20.000", "-1", "1.234.567", "x", "9.9.9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := vnd.Parse(s)
		if err != nil {
			return
		}
		if again, err := vnd.Parse(a.String()); err != nil || again != a {
			t.Fatalf("%q → %d → %q → %d, %v", s, a, a.String(), again, err)
		}
	})
}

func TestWords(t *testing.T) {
	for in, want := range map[vnd.Amount]string{
		0:            "không đồng",
		20000:        "hai mươi nghìn đồng",
		15:           "mười lăm đồng",
		21:           "hai mươi mốt đồng",
		105:          "một trăm linh năm đồng",
		1000005:      "một triệu không trăm linh năm đồng",
		185640000:    "một trăm tám mươi lăm triệu sáu trăm bốn mươi nghìn đồng",
		298350000000: "hai trăm chín mươi tám tỷ ba trăm năm mươi triệu đồng",
		-5:           "âm năm đồng",

		1200000000000: "một nghìn hai trăm tỷ đồng",
	} {
		if got := in.Words(); got != want {
			t.Errorf("%d: %q, want %q", in, got, want)
		}
	}
}

func TestMulDivRoundsHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		a        vnd.Amount
		num, den int64
		want     vnd.Amount
	}{
		{185640000, 3 * 20, 10000, 1113840},
		{185640000, 3 * 19, 10000, 1058148},
		{5, 1, 2, 3}, {-5, 1, 2, -3}, {4, 1, 3, 1},
		{vnd.Max, 10000, 10000, vnd.Max},
	} {
		if got, err := vnd.MulDiv(c.a, c.num, c.den); err != nil || got != c.want {
			t.Errorf("MulDiv(%d,%d,%d) = %d, %v; want %d", c.a, c.num, c.den, got, err, c.want)
		}
	}
	if _, err := vnd.MulDiv(vnd.Max, 3, 1); !errors.Is(err, vnd.ErrRange) {
		t.Errorf("overflow not refused: %v", err)
	}
}

func TestSplitAddsUp(t *testing.T) {
	for _, shares := range [][]int64{{10000}, {5000, 5000}, {3334, 3333, 3333}, {10000, 0}, {1, 9999}} {
		for _, a := range []vnd.Amount{1, 2, 7, 100, 999999999} {
			var sum vnd.Amount
			for i, p := range vnd.Split(a, shares) {
				if shares[i] == 0 && p != 0 {
					t.Errorf("no share got %d", p)
				}
				sum += p
			}
			if sum != a {
				t.Errorf("Split(%d,%v) adds up to %d", a, shares, sum)
			}
		}
	}
}

func TestSharesThatAreNoWholeAreRefused(t *testing.T) {
	for _, shares := range [][]int64{nil, {9999}, {10001}, {5000, 5001}, {-1, 10001}, {0}} {
		if parts := vnd.Split(1000, shares); parts != nil {
			t.Errorf("%v: %v", shares, parts)
		}
	}
	if parts := vnd.Split(-1, []int64{10_000}); parts != nil {
		t.Errorf("a negative amount: %v", parts)
	}
}

func TestRatioOfTheSampleCity(t *testing.T) {
	if got := vnd.Ratio(299842000000, 298350000000); got != 10050 {
		t.Errorf("executed ÷ plan = %d bp, want 10050", got)
	}
}
