package legal_test

import (
	"errors"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/legal"
	"matbang/internal/postgres/pgtest"
)

func TestValuesAreDatedAndNeverGuessed(t *testing.T) {
	ctx, rules := t.Context(), legal.Rules{DB: pgtest.Open(t)}
	for range 2 { // reference data is safe to repeat
		must(t, rules.PutSet(ctx, legal.Set{Code: "2013", Name: "Luật Đất đai 2013", ValidFrom: day.Must("2014-07-01"), Basis: "Luật 45/2013/QH13"}))
		must(t, rules.PutRule(ctx, legal.Rule{RuleSet: "2013", Key: legal.PaymentDays, Value: 30, Unit: "day", ValidFrom: day.Must("2014-07-01"), Basis: "Đ93 k1", Confirmed: true}))
		must(t, rules.PutRestDay(ctx, day.Must("2023-12-11"), "nghỉ thử"))
	}
	if rule, err := rules.Value(ctx, "2013", legal.PaymentDays, day.Must("2023-12-31")); err != nil || rule.Value != 30 || rule.Basis != "Đ93 k1" {
		t.Errorf("got %+v, %v", rule, err)
	}
	if _, err := rules.Value(ctx, "2013", legal.PaymentDays, day.Must("2014-06-30")); !errors.Is(err, fault.Conflicting("legal.no_rule")) {
		t.Errorf("before the first day: %v, want legal.no_rule", err)
	}
	if due, err := rules.PaymentDue(ctx, "2013", day.Must("2023-11-09")); err != nil || due.String() != "2023-12-12" {
		t.Errorf("due %s, %v; want 2023-12-12, past a weekend and a rest day", due, err)
	}
	if sets, err := rules.Sets(ctx); err != nil || len(sets) != 1 {
		t.Errorf("sets %v, %v", sets, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
