package disbursement_test

import (
	"testing"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

func (w *world) agreement(through string, amount vnd.Amount, change ...func(*disbursement.Agreement)) disbursement.Agreement {
	a := disbursement.Agreement{Project: ours, Year: 2023, Source: "city", Through: day.Must(through), Amount: amount, AgreedOn: day.Must(through).Add(4),
		Number: "ĐC-" + through, Key: w.key()}
	for _, c := range change {
		c(&a)
	}
	return a
}

func TestTheTreasurysFigureStandsBesideOurs(t *testing.T) {
	w := newWorld(t)
	for paid, amount := range map[string]vnd.Amount{"2023-03-10": 100, "2023-03-31": 50, "2023-04-02": 7} {
		w.recorded(w.entry(func(e *disbursement.Entry) { e.PaidOn, e.Amount = day.Must(paid), amount }))
	}
	w.must(w.ConfirmTreasury(t.Context(), w.account, w.agreement("2023-03-31", 140), today))
	w.must(w.ConfirmTreasury(t.Context(), w.account, w.agreement("2023-04-30", 157), today))
	rows, err := w.Confirmations(t.Context(), w.planner, ours, 2023)
	w.must(err)
	if len(rows) != 2 || rows[1].Ours != 150 || rows[1].Difference() != 10 || rows[0].Difference() != 0 {
		t.Errorf("got %+v", rows)
	}
	work, err := w.Work(t.Context(), w.planner, ours, 2023, today)
	w.must(err)
	if len(work.Funds) != 2 || work.Funds[1].Source != "city" || work.Funds[1].Confirmed != 157 || work.Funds[1].Age(day.Must("2023-05-14")) != 10 {
		t.Errorf("funds %+v", work.Funds)
	}
	totals, err := w.Totals(t.Context(), []id.Project{w.project}, 2023, day.Must("2023-04-01"))
	if got := totals[w.project]; err != nil || got.Cash() != 150 || got.Confirmed != 140 || got.AgreedOn.String() != "2023-04-04" {
		t.Errorf("totals until the first of April: %+v, %v", got, err)
	}
	for _, month := range []struct {
		n                int
		drawn, confirmed vnd.Amount
	}{{2, 0, 0}, {3, 150, 140}, {4, 157, 157}, {13, 157, 157}} {
		if got := work.Months[month.n-1]; got.Drawn != month.drawn || got.Confirmed != month.confirmed {
			t.Errorf("month %d: %+v", month.n, got)
		}
	}
}

func TestWhatAnAgreementMayNotBe(t *testing.T) {
	w := newWorld(t)
	w.recorded(w.entry(func(*disbursement.Entry) {}))
	w.must(w.ConfirmTreasury(t.Context(), w.account, w.agreement("2023-03-31", 900), today))
	for why, c := range map[string]struct {
		a    disbursement.Agreement
		want string
	}{
		"a fall without a note":       {w.agreement("2023-04-30", 899), "note disbursement.fall_needs_note"},
		"a correction of the day":     {w.agreement("2023-03-31", 899, func(a *disbursement.Agreement) { a.Number = "khác" }), "note disbursement.fall_needs_note"},
		"a fall with one":             {w.agreement("2023-06-30", 899, func(a *disbursement.Agreement) { a.Note = "Kho bạc điều chỉnh" }), ""},
		"the same paper twice":        {w.agreement("2023-03-31", 900), "number disbursement.agreed_twice"},
		"agreed before its figures":   {w.agreement("2023-05-31", 900, func(a *disbursement.Agreement) { a.AgreedOn = day.Must("2023-05-30") }), "agreed_on disbursement.agreed_before"},
		"figures of tomorrow":         {w.agreement("2023-12-21", 900), "through day_future"},
		"figures before the year":     {w.agreement("2022-12-31", 900), "through disbursement.before_year"},
		"a source nobody knows":       {w.agreement("2023-05-31", 900, func(a *disbursement.Agreement) { a.Source = "moon" }), "source choose"},
		"a work nobody knows":         {w.agreement("2023-05-31", 900, func(a *disbursement.Agreement) { a.Project = "0000000" }), "project.missing"},
		"below nothing, without name": {w.agreement("2023-05-31", -1, func(a *disbursement.Agreement) { a.Number = "" }), "amount amount_positive"},
	} {
		if got := codeOf(w.ConfirmTreasury(t.Context(), w.account, c.a, today)); got != c.want {
			t.Errorf("%s: %q, want %q", why, got, c.want)
		}
	}
}

// Whoever recorded a voucher since the last agreement is not the one who agrees; others may, and after their agreement it is a new beginning.
func TestNobodyConfirmsTheOwnVouchers(t *testing.T) {
	w := newWorld(t)
	_, err := w.Record(t.Context(), w.boss, w.entry(func(*disbursement.Entry) {}), today)
	w.must(err)
	own := w.agreement("2023-03-31", 1000)
	if got := codeOf(w.ConfirmTreasury(t.Context(), w.boss, own, today)); got != "disbursement.own_vouchers" {
		t.Errorf("confirms the own voucher: %q", got)
	}
	w.must(w.ConfirmTreasury(t.Context(), w.account, w.agreement("2023-03-31", 1000), today))
	w.must(w.ConfirmTreasury(t.Context(), w.boss, w.agreement("2023-04-30", 1000), today))
	w.sound()
	err = w.try(`INSERT INTO treasury_confirmation (project_id, plan_year, source, through, amount, agreed_on, number, idempotency_key, input_hash, recorded_by)
		SELECT project_id, 2022, source, '2023-01-31', 1, '2023-01-31', 'x', 'xxxxxxxx', '', recorded_by FROM disbursement_voucher LIMIT 1`)
	w.must(err) // another year: nothing of theirs stands in it
	if got := codeOf(w.ConfirmTreasury(t.Context(), w.planner, own, today)); got != "forbidden" {
		t.Errorf("who only records: %q", got)
	}
}

// An agreement about earlier days does not make the recorder of a later voucher a stranger to it.
func TestAnEarlierAgreementCoversNoLaterVoucher(t *testing.T) {
	w := newWorld(t)
	_, err := w.Record(t.Context(), w.boss, w.entry(func(e *disbursement.Entry) { e.PaidOn = day.Must("2023-05-10") }), today)
	w.must(err)
	w.must(w.ConfirmTreasury(t.Context(), w.account, w.agreement("2023-03-31", 0), today))
	if got := codeOf(w.ConfirmTreasury(t.Context(), w.boss, w.agreement("2023-05-31", 1000), today)); got != "disbursement.own_vouchers" {
		t.Errorf("confirms the own voucher: %q", got)
	}
	w.must(w.ConfirmTreasury(t.Context(), w.account, w.agreement("2023-05-31", 1000), today))
	w.must(w.ConfirmTreasury(t.Context(), w.boss, w.agreement("2023-06-30", 1000), today))
	w.sound()
}

func TestTheSameAgreementOnce(t *testing.T) {
	w := newWorld(t)
	a := w.agreement("2023-03-31", 10)
	w.must(w.ConfirmMany(t.Context(), w.account, []disbursement.Agreement{a, a}, today))
	w.must(w.ConfirmTreasury(t.Context(), w.account, a, today))
	rows, err := w.Confirmations(t.Context(), w.account, ours, 0)
	if w.must(err); len(rows) != 1 {
		t.Errorf("%d agreements", len(rows))
	}
	a.Amount = 11
	if got := codeOf(w.ConfirmTreasury(t.Context(), w.account, a, today)); got != "disbursement.key_reused" {
		t.Errorf("other content under the key: %q", got)
	}
	bad := w.agreement("2023-04-30", 10, func(a *disbursement.Agreement) { a.Source = "" })
	if got := codeOf(w.ConfirmMany(t.Context(), w.account, []disbursement.Agreement{w.agreement("2023-04-30", 10), bad}, today)); got != "entries[1].source choose" {
		t.Errorf("got %q", got)
	}
}

func TestTheControlListAndWhatWaits(t *testing.T) {
	w := newWorld(t)
	old := w.recorded(w.entry(func(e *disbursement.Entry) { e.PaidOn, e.Amount = day.Must("2023-03-10"), 500 }))
	held := w.recorded(w.entry(func(e *disbursement.Entry) { e.PaidOn, e.Amount = day.Must("2023-04-10"), 300 }))
	w.recorded(w.entry(func(e *disbursement.Entry) { e.PaidOn, e.Amount = day.Must("2023-12-10"), 200 }))
	settled := w.recorded(w.entry(func(e *disbursement.Entry) { e.PaidOn, e.Amount = day.Must("2023-05-10"), 100 }))
	w.recorded(w.onContract(disbursement.KindAdvance, 100)) // a contract's advance is the contract's matter
	about := func(kind disbursement.Kind, advance string, amount vnd.Amount) {
		w.recorded(w.entry(func(e *disbursement.Entry) {
			e.Kind, e.Advance, e.Amount, e.PaidOn = kind, advance, amount, day.Must("2023-06-01")
		}))
	}
	about(disbursement.KindHeld, held, 300)
	about(disbursement.KindRecovery, settled, 60)
	about(disbursement.KindRefund, settled, 40)
	rows, err := w.Control(t.Context(), w.planner, "", today)
	w.must(err)
	if len(rows) != 3 || rows[0].Code != old || rows[0].Level != disbursement.Return || rows[1].Code != held || rows[1].Level != disbursement.Settle || rows[2].Level != disbursement.InTime {
		t.Errorf("got %+v", rows)
	}
	nobody := w.person("nobody", nil)
	for who, want := range map[*actor.Actor]int{&w.planner: 2, &w.account: 2, &nobody: 0} { // for the accountant: two sources until November
		waiting, err := w.Waiting(t.Context(), *who, today)
		if w.must(err); waiting.Count() != want {
			t.Errorf("%s: %+v, want %d", who.Username, waiting, want)
		}
	}
	if got := w.drawn(2023, "city"); got != 1060 {
		t.Errorf("drawn %s", got)
	}
	w.sound()
}
