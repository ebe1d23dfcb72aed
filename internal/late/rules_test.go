package late

import (
	"math/rand/v2"
	"testing"

	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/vnd"
)

func rates() []legal.Rate {
	return []legal.Rate{{From: day.Must("2014-07-01"), To: day.Must("2016-06-30"), BasisPoints: 5, Basis: "cũ"}, {From: day.Must("2016-07-01"), BasisPoints: 3, Basis: "mới"}}
}

func TestSurchargeRunsOnWhatIsStillOwed(t *testing.T) {
	due, on := day.Must("2026-04-09"), day.Must("2026-04-29")
	for _, c := range []struct {
		why       string
		paid      []settled
		payDay    bool
		cause     Cause
		free      bool
		owed      vnd.Amount
		days      int
		surcharge vnd.Amount
	}{
		{"the law's own example, the day of payment counted", []settled{{Day: on, Amount: 185_640_000}}, true, Office, true, 0, 0, 1_113_840},
		{"the same, the day of payment not counted", []settled{{Day: on, Amount: 185_640_000}}, false, Office, true, 0, 0, 1_058_148},
		{"paid on the due day", []settled{{Day: due, Amount: 185_640_000}}, true, Office, true, 0, 0, 0},
		{"nothing paid", nil, true, NoFunds, true, 185_640_000, 20, 1_113_840},
		{"half in time", []settled{{Day: due, Amount: 85_640_000}}, true, Office, true, 100_000_000, 20, 600_000},
		{"half after ten days", []settled{{Day: due.Add(10), Amount: 85_640_000}}, true, Office, true, 100_000_000, 20, 556_920 + 300_000},
		{"half after ten days, the day of payment not counted", []settled{{Day: due.Add(10), Amount: 85_640_000}}, false, Office, true, 100_000_000, 19, 501_228 + 300_000},
		{"came back", []settled{{Day: due.Add(10), Amount: -100_000_000}, {Day: due.Add(-1), Amount: 185_640_000}}, true, Office, true, 100_000_000, 20, 300_000},
		{"the person's own delay costs nothing", nil, true, Refused, true, 185_640_000, 20, 0},
		{"unless the rule set says otherwise", nil, true, Refused, false, 185_640_000, 20, 1_113_840},
	} {
		d := Overdue{Net: 185_640_000, Due: due, Cause: c.cause}
		clock{countPayDay: c.payDay, personFree: c.free, rates: rates()}.reckon(&d, c.paid, on)
		if d.Owed != c.owed || d.Surcharge != c.surcharge || d.Days != c.days {
			t.Errorf("%s: owed %s, %d days, surcharge %s; want %s, %d, %s (%s)", c.why, d.Owed, d.Days, d.Surcharge, c.owed, c.days, c.surcharge, d.Formula())
		}
	}
}

func TestRatesChangeWithinADelay(t *testing.T) {
	d := Overdue{Net: 10_000_000, Due: day.Must("2016-06-20")}
	clock{countPayDay: true, rates: rates()}.reckon(&d, nil, day.Must("2016-07-10"))
	if d.Surcharge != 10*5_000+10*3_000 || d.Parts[0].Charge.Parts[0].Basis != "cũ" || d.Parts[0].Charge.Parts[1].Basis != "mới" {
		t.Errorf("%s: %s", d.Surcharge, d.Formula())
	}
}

func TestADayWithoutARateGivesNoAmountAtAll(t *testing.T) {
	d := Overdue{Net: 10_000_000, Due: day.Must("2014-06-20")}
	clock{countPayDay: true, rates: rates()}.reckon(&d, nil, day.Must("2014-07-10"))
	if !d.NoBasis || d.Surcharge != 0 || !d.Late() {
		t.Errorf("%+v", d)
	}
}

// However a debt is paid in parts, its intervals never overlap, cover no day up to the due day, and what is owed at the end is what was not paid.
func TestIntervalsNeverOverlap(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	for range 500 {
		d := Overdue{Net: 1_000_000, Due: day.Must("2020-01-31")}
		var events []settled
		left := d.Net
		for left > 0 && r.IntN(4) > 0 {
			a := min(left, vnd.Amount(1+r.IntN(400_000)))
			events = append(events, settled{Day: d.Due.Add(r.IntN(200) - 50), Amount: a})
			left -= a
		}
		clock{countPayDay: r.IntN(2) == 0, rates: rates()}.reckon(&d, events, d.Due.Add(160))
		last := d.Due
		for _, p := range d.Parts {
			if !p.From.After(last) || p.To.Before(p.From) || p.Owed <= 0 || p.Charge.Days != p.To.Sub(p.From)+1 {
				t.Fatalf("seed %d: %+v", seed, d)
			}
			last = p.To
		}
		if d.Owed != left || last.After(d.Due.Add(160)) {
			t.Fatalf("seed %d: owed %s, want %s: %+v", seed, d.Owed, left, d)
		}
	}
}

func TestBandsHoldEveryDebtOnce(t *testing.T) {
	overdue := []Overdue{{CaseID: 1, Owed: 1, Days: 1, Cause: Office}, {CaseID: 1, Owed: 2, Days: 30, Cause: Office}, {CaseID: 2, Owed: 4, Days: 31, Cause: Absent},
		{CaseID: 3, Owed: 8, Days: 181, Cause: Absent}, {CaseID: id.Case(4), Owed: 0, Days: 90, Cause: Office}}
	var owed vnd.Amount
	cases := 0
	for _, b := range bandsOf(overdue) {
		owed += b.Owed
		cases += b.Cases
	}
	if owed != 15 || cases != 3 {
		t.Errorf("%s in %d cases", owed, cases)
	}
}

// Law 45/2013/QH13, article 93.1: thirty days from the recovery decision in force. Sunday 30 April and the rest days after it move the end on.
func TestHowLateMoneyIs(t *testing.T) {
	rest := legal.NewCalendar(day.Must("2023-05-01"), day.Must("2023-05-02"), day.Must("2023-05-03"))
	old := clock{days: 30, countPayDay: true, calendar: rest}
	for _, c := range []struct {
		why   string
		clock clock
		o     obligation
		on    string
		days  int
		due   string
	}{
		{"on the due day", old, obligation{Recovered: day.Must("2023-03-02")}, "2023-04-03", 0, "2023-04-03"}, // the 1st is a Saturday
		{"the day after", old, obligation{Recovered: day.Must("2023-03-02")}, "2023-04-04", 1, "2023-04-03"},
		{"by the tax law the day of payment does not count", clock{days: 30, calendar: rest}, obligation{Recovered: day.Must("2023-03-02")}, "2023-04-05", 1, "2023-04-03"},
		{"over a holiday", old, obligation{Recovered: day.Must("2023-03-31")}, "2023-05-05", 1, "2023-05-04"},
		{"no recovery decision yet", old, obligation{Effective: day.Must("2023-01-01")}, "2023-12-31", 0, ""},
		{"from the plan, by a later law", clock{fromPlan: true, days: 30, countPayDay: true}, obligation{Recovered: day.Must("2023-01-02"), Effective: day.Must("2023-03-02")}, "2023-04-04", 1, "2023-04-03"},
	} {
		c.o.Net = 1000
		d, started := c.clock.overdue(c.o)
		if !started {
			d.Due = day.Date{}
		} else {
			c.clock.reckon(&d, nil, day.Must(c.on))
		}
		if started != (c.due != "") || d.Days != c.days || d.Due.String() != c.due {
			t.Errorf("%s: %d days late after %s", c.why, d.Days, d.Due)
		}
	}
}
