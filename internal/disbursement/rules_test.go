package disbursement

import (
	"testing"

	"matbang/internal/day"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

func limits() map[string]legal.Rule {
	rules := map[string]legal.Rule{}
	for key, value := range map[string]int64{legal.AdvanceSettleDays: 30, legal.AdvanceReturnMonths: 3, legal.AdvanceRepayMonths: 12, legal.AdvanceOtherMonths: 6,
		legal.AdvanceRecoveredByBP: 8000, legal.PayCompletedUntil: 10131, legal.AdvanceUntil: 1231} {
		rules[key] = legal.Rule{Key: key, Value: value, Basis: key}
	}
	return rules
}

// A limit has passed on the day after its last one; months end on the last day of a shorter month.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		why, paid, today string
		purpose          Purpose
		balance, held    vnd.Amount
		want             Level
		free             vnd.Amount
		basis, next      string
	}{
		{"on the day", "2023-03-10", "2023-03-10", ForClearance, 100, 0, InTime, 100, legal.AdvanceSettleDays, "2023-04-09"},
		{"on the thirtieth day", "2023-03-10", "2023-04-09", ForClearance, 100, 0, InTime, 100, legal.AdvanceSettleDays, "2023-04-09"},
		{"the day after", "2023-03-10", "2023-04-10", ForClearance, 100, 0, Settle, 100, legal.AdvanceSettleDays, "2023-06-10"},
		{"three months to the day", "2023-03-10", "2023-06-10", ForClearance, 100, 0, Settle, 100, legal.AdvanceSettleDays, "2023-06-10"},
		{"three months and a day", "2023-03-10", "2023-06-11", ForClearance, 100, 0, Return, 100, legal.AdvanceReturnMonths, "2024-03-10"},
		{"from the end of November to the end of February", "2023-11-30", "2024-02-29", ForClearance, 100, 0, Settle, 100, legal.AdvanceSettleDays, "2024-02-29"},
		{"past the end of February", "2023-11-30", "2024-03-01", ForClearance, 100, 0, Return, 100, legal.AdvanceReturnMonths, "2024-11-30"},
		{"a year and a day", "2023-03-10", "2024-03-11", ForClearance, 100, 0, Repay, 100, legal.AdvanceRepayMonths, ""},
		{"all of it held", "2023-03-10", "2024-03-11", ForClearance, 100, 100, Settle, 0, legal.AdvanceSettleDays, ""},
		{"part of it held", "2023-03-10", "2023-06-11", ForClearance, 100, 99, Return, 1, legal.AdvanceReturnMonths, "2024-03-10"},
		{"more was held than is open now", "2023-03-10", "2023-06-11", ForClearance, 50, 80, Settle, 0, legal.AdvanceSettleDays, ""},
		{"without contract, six months", "2023-03-10", "2023-09-10", ForOther, 100, 0, InTime, 100, legal.AdvanceOtherMonths, "2023-09-10"},
		{"without contract, a day more", "2023-03-10", "2023-09-11", ForOther, 100, 0, Ask, 100, legal.AdvanceOtherMonths, ""},
	} {
		a := OpenAdvance{Purpose: c.purpose, PaidOn: day.Must(c.paid), Balance: c.balance, Held: c.held}
		a.judge(limits(), day.Must(c.today))
		if a.Level != c.want || a.Free != c.free || a.Basis != c.basis || a.NextOn.String() != c.next {
			t.Errorf("%s: %s, %s free, by %s, next %s; want %s, %s, %s, %s", c.why, a.Level, a.Free, a.Basis, a.NextOn, c.want, c.free, c.basis, c.next)
		}
	}
}

func TestLastDay(t *testing.T) {
	for value, want := range map[int64]string{10131: "2024-01-31", 1231: "2023-12-31", 10115: "2024-01-15"} {
		if got := lastDay(value, 2023); got.String() != want {
			t.Errorf("%d is %s, want %s", value, got, want)
		}
	}
}

// Without a rule nothing is guessed.
func TestAWindowNeedsARule(t *testing.T) {
	e := Entry{Kind: KindAdvance, Purpose: ForClearance, Year: 2023, PaidOn: day.Must("2023-05-05")}
	if err := e.checkWindow(limits()); err == nil {
		t.Error("an advance for clearance without a rule about its last day is let through")
	}
	e.Kind = KindRecovery
	if err := e.checkWindow(nil); err != nil {
		t.Errorf("a recovery has no last day: %v", err)
	}
}

func TestRecoveredInTime(t *testing.T) {
	for _, c := range []struct {
		why  string
		sums Sums
		ok   bool
	}{
		{"below the share", Sums{Advanced: 300, Paid: 799}, true},
		{"at the share, advance open", Sums{Advanced: 300, Paid: 700, Recovered: 100}, false},
		{"at the share, nothing open", Sums{Advanced: 300, Paid: 500, Recovered: 300}, true},
		{"given back instead", Sums{Advanced: 300, Paid: 800, Refunded: 300}, true},
		{"no advance at all", Sums{Paid: 1000}, true},
	} {
		if err := (contractState{Value: 1000, Sums: c.sums}).recoveredInTime(limits()); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}
