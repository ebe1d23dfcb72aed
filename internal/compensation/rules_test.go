package compensation

import (
	"errors"
	"testing"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

func line(c Category, quantity area.Area, price vnd.Amount, factor int) Line {
	return Line{Category: c, Description: "x", Unit: "m2", Quantity: quantity, Price: price, FactorBP: factor, Basis: "QĐ 31/2019/QĐ-UBND"}
}

func TestAmountIsRoundedOnceHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		quantity area.Area
		price    vnd.Amount
		factor   int
		want     vnd.Amount
	}{
		{30_000, 1_000, 10_000, 300_000},
		{1, 49, 10_000, 0},      // 0.49 đ
		{1, 50, 10_000, 1},      // 0.50 đ
		{1, 149, 10_000, 1},     // 1.49 đ
		{150, 333, 10_000, 500}, // 499.5 đ: rounded once
		{333, 333, 3_333, 370},  // 369.59… đ
		{8_560, 1_250_000, 15_000, 160_500_000},
		{10_000, 5, 0, 0},
		{maxQuantity, 900_000, 10_000, 9_000_000_000_000_000},
		{999_999_999_949, 99, 100, 9_899_999_999}, // 9,899,999,999.4951 đ
	} {
		got, err := amountOf(line(Land, c.quantity, c.price, c.factor))
		if err != nil || got != c.want {
			t.Errorf("%s × %d × %d: %d, %v; want %d", c.quantity.Decimal(), c.price, c.factor, got, err, c.want)
		}
	}
	if _, err := amountOf(line(Land, maxQuantity, vnd.Max, maxFactor)); !errors.Is(err, vnd.ErrRange) {
		t.Errorf("the largest line must be out of range, not wrap around: %v", err)
	}
}

func TestDeductionComesOnlyFromLandAndInvestment(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []Line
		ok    bool
	}{
		{"within land", []Line{line(Land, 100, 1000, 10000), line(Deduction, 100, 1000, 10000)}, true},
		{"within land and investment", []Line{line(Land, 100, 600, 10000), line(Investment, 100, 400, 10000), line(Deduction, 100, 1000, 10000)}, true},
		{"one đồng over", []Line{line(Land, 100, 1000, 10000), line(Structure, 100, 5000, 10000), line(Deduction, 100, 1001, 10000)}, false},
		{"support is no base", []Line{line(Support, 100, 5000, 10000), line(Deduction, 100, 1, 10000)}, false},
		{"moving, crops, structures are none", []Line{line(Moving, 100, 9, 10000), line(Crop, 100, 9, 10000), line(Structure, 100, 9, 10000), line(Deduction, 100, 1, 10000)}, false},
	} {
		_, err := priced([]AwardInput{{"HS1", c.lines}})
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	_, err := priced([]AwardInput{
		{"HS1", []Line{{No: 3, Category: "gift", Quantity: -1, Price: -5, FactorBP: maxFactor + 1}}},
		{"HS1", nil},
	})
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, field := range f.Fields {
		names[field.Name] = true
	}
	for _, want := range []string{"awards.0.lines.3.category", "awards.0.lines.3.description", "awards.0.lines.3.unit", "awards.0.lines.3.quantity",
		"awards.0.lines.3.price", "awards.0.lines.3.factor", "awards.1.case", "awards.1.lines"} {
		if !names[want] {
			t.Errorf("%s not named in %v", want, names)
		}
	}
}

func TestTotalsLeaveRangeIsRefused(t *testing.T) {
	big := line(Land, 100, vnd.Max, 10000)
	if _, err := priced([]AwardInput{{"HS1", []Line{big, big}}}); err == nil {
		t.Error("two lines of the largest amount were taken")
	}
}

func TestDecisionDays(t *testing.T) {
	today := day.Must("2023-12-31")
	for _, c := range []struct {
		decided, effective string
		ok                 bool
	}{
		{"2023-12-31", "2023-12-31", true},
		{"2023-12-01", "2024-01-10", true}, // may take effect later
		{"2024-01-01", "2024-01-01", false},
		{"2023-12-10", "2023-12-09", false},
	} {
		err := Decision{"12/QĐ-UBND", day.Must(c.decided), day.Must(c.effective)}.check(today)
		if (err == nil) != c.ok {
			t.Errorf("%s, effective %s: %v", c.decided, c.effective, err)
		}
	}
	if err := (Decision{Number: " "}).check(today); err == nil {
		t.Error("an empty decision was taken")
	}
}

func TestThreePersons(t *testing.T) {
	appraiser := id.User(3)
	submitted, appraised := Plan{State: Submitted}, Plan{State: Appraised, AppraisedBy: &appraiser}
	drafters := []id.User{1, 2}
	for _, c := range []struct {
		name string
		err  error
		want error
	}{
		{"a drafter appraises", submitted.mayAppraise(drafters, 2), ErrSamePerson},
		{"another appraises", submitted.mayAppraise(drafters, 3), nil},
		{"a draft is appraised", Plan{State: Drafted}.mayAppraise(drafters, 3), ErrState},
		{"a drafter approves", appraised.mayApprove(drafters, 1), ErrSamePerson},
		{"the appraiser approves", appraised.mayApprove(drafters, 3), ErrSamePerson},
		{"a third approves", appraised.mayApprove(drafters, 4), nil},
		{"approved before appraised", submitted.mayApprove(drafters, 4), ErrState},
		{"approved twice", Plan{State: Approved}.mayApprove(drafters, 4), ErrFrozen},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.err, c.want)
		}
	}
}
