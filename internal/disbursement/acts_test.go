package disbursement_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

func on(text string) func(*disbursement.Entry) {
	return func(e *disbursement.Entry) { e.PaidOn = day.Must(text) }
}

func recovers(amount vnd.Amount) func(*disbursement.Entry) {
	return func(e *disbursement.Entry) { e.Recover = amount }
}

func byBill(code string) func(*disbursement.Entry) {
	return func(e *disbursement.Entry) { e.Bill = code }
}

func TestAdvanceThenPaymentWithRecovery(t *testing.T) {
	w := newWorld(t)
	w.recorded(w.onContract(disbursement.KindAdvance, 200_000, on("2023-02-01")))
	w.recorded(w.onContract(disbursement.KindPayment, 300_000, recovers(100_000)))
	if got := w.drawn(2023, "central"); got != 500_000 {
		t.Errorf("drawn %s: a recovery is no new cash", got)
	}
	list, sums, err := w.List(t.Context(), w.planner, disbursement.Filter{Project: ours}, listing.Query{})
	w.must(err)
	if sums.Cash() != 500_000 || sums.Completed() != 400_000 || sums.Balance() != 100_000 || list.Total != 3 {
		t.Errorf("sums %+v of %d", sums, list.Total)
	}
	paid, err := w.PaidFor(t.Context(), []id.Contract{w.contract})
	if w.must(err); paid[w.contract] != 500_000 {
		t.Errorf("paid for the contract: %v", paid)
	}
	w.sound()
}

// What the contract room changes later never leaves money without its ground.
func TestAContractStaysAboveWhatIsDrawnOnIt(t *testing.T) {
	w := newWorld(t)
	w.exec(`INSERT INTO guarantee (contract_id, kind, bank, number, amount, valid_from, expires_on, recorded_by) VALUES ($1, 'advance', 'BIDV', 'BL1', 300000, '2023-01-01', '2024-12-31', $2)`, w.contract, w.planner.ID)
	w.recorded(w.onContract(disbursement.KindAdvance, 200_000, on("2023-02-01")))
	const amend, release = `UPDATE contract SET value = $1 WHERE code = '` + deal + `'`, `UPDATE guarantee SET released_on = '2023-03-01', released_by = $1, released_at = now() WHERE number = 'BL1'`
	var broken *tx.Violation
	if err := w.try(amend, 199_999); !errors.As(err, &broken) || broken.Constraint != "disbursement_contract_within_value" {
		t.Errorf("a contract below what is drawn: %v", err)
	}
	if err := w.try(release, w.planner.ID); !errors.As(err, &broken) || broken.Constraint != "disbursement_advance_stays_guaranteed" {
		t.Errorf("the guarantee of an open advance given back: %v", err)
	}
	w.exec(`INSERT INTO guarantee (contract_id, kind, bank, number, amount, valid_from, expires_on, recorded_by) VALUES ($1, 'advance', 'BIDV', 'BL2', 300000, '2023-01-01', '2024-12-31', $2)`, w.contract, w.planner.ID)
	if err := w.try(release, w.planner.ID); err != nil {
		t.Errorf("another guarantee stands for it: %v", err)
	}
}

func TestWhatARecordMayNotBe(t *testing.T) {
	w := newWorld(t)
	clearance := w.recorded(w.entry(func(e *disbursement.Entry) { e.Amount = 50_000 }))
	w.recorded(w.onContract(disbursement.KindAdvance, 200_000, on("2023-02-01")))
	bill, draft := w.bill(300_000, 100_000), w.bill(1, 0)
	_ = w.try(`UPDATE bill SET state = 'draft' WHERE code = $1`, draft)
	for _, c := range []struct {
		why    string
		entry  disbursement.Entry
		want   string
		figure any
	}{
		{"an advance in the year after", w.entry(on("2023-12-21")), "paid_on day_future", nil},
		{"before the plan year", w.entry(func(e *disbursement.Entry) { e.PaidOn = day.Must("2022-12-31") }), "paid_on disbursement.before_year", "2023"},
		{"more than the agreed advance", w.onContract(disbursement.KindAdvance, 100_001), "contract.advance_above", nil},
		{"more than the fund", w.entry(func(e *disbursement.Entry) { e.Amount = 550_001 }), "capital.over_drawn", nil},
		{"a fund without money", w.entry(func(e *disbursement.Entry) { e.Source, e.Year, e.PaidOn = "central", 2022, day.Must("2022-05-01") }), "capital.over_drawn", nil},
		{"a source nobody knows", w.entry(func(e *disbursement.Entry) { e.Source = "moon" }), "source choose", nil},
		{"more than the contract", w.onContract(disbursement.KindPayment, 800_001), "amount disbursement.above_contract", vnd.Amount(1_000_001)},
		{"more than the advance open", w.onContract(disbursement.KindPayment, 1, recovers(200_001)), "recover disbursement.above_open", vnd.Amount(200_000)},
		{"recovery before the advance", w.onContract(disbursement.KindRecovery, 1, on("2023-01-31")), "amount disbursement.above_open", vnd.Amount(0)},
		{"more than the clearance advance", w.entry(func(e *disbursement.Entry) { e.Kind, e.Advance, e.Amount = disbursement.KindRefund, clearance, 50_001 }), "amount disbursement.above_balance", vnd.Amount(50_000)},
		{"given back before it was paid", w.entry(func(e *disbursement.Entry) {
			e.Kind, e.Advance, e.PaidOn = disbursement.KindRefund, clearance, day.Must("2023-03-09")
		}), "paid_on disbursement.before_advance", nil},
		{"another purpose's advance", w.onContract(disbursement.KindRefund, 1, func(e *disbursement.Entry) { e.Advance = clearance }), "advance disbursement.advance_elsewhere", nil},
		{"an advance nobody knows", w.entry(func(e *disbursement.Entry) { e.Kind, e.Advance = disbursement.KindHeld, "GN-2023-9999" }), "advance disbursement.advance_missing", nil},
		{"more than the bill", w.onContract(disbursement.KindPayment, 300_001, byBill(bill), recovers(100_000)), "amount disbursement.above_bill", vnd.Amount(300_000)},
		{"the bill without its recovery", w.onContract(disbursement.KindPayment, 300_000, byBill(bill), recovers(99_999)), "recover disbursement.bill_not_whole", nil},
		{"more recovery than the bill says", w.onContract(disbursement.KindPayment, 1, byBill(bill), recovers(100_001)), "recover disbursement.above_bill_recovery", nil},
		{"before the bill", w.onContract(disbursement.KindPayment, 1, byBill(bill), on("2023-01-04")), "paid_on disbursement.before_bill", nil},
		{"a contract of nobody", w.onContract(disbursement.KindPayment, 1, func(e *disbursement.Entry) { e.Contract = "HD-1" }), "contract disbursement.contract_missing", nil},
		{"a contract for clearance", w.entry(func(e *disbursement.Entry) { e.Contract = deal }), "contract disbursement.contract_with_purpose", nil},
		{"no key", w.entry(func(e *disbursement.Entry) { e.Key = "" }), "idempotency_key disbursement.key_missing", nil},
		{"nothing", disbursement.Entry{Key: "12345678"}, "kind choose", nil},
		{"another unit's work", w.entry(func(e *disbursement.Entry) { e.Project = theirs }), "project.missing", nil},
	} {
		_, err := w.Record(t.Context(), w.planner, c.entry, today)
		if got := codeOf(err); got != c.want {
			t.Errorf("%s: %q, want %q (%v)", c.why, got, c.want, err)
		}
		if c.figure != nil && !names(err, c.figure) {
			t.Errorf("%s does not name %v: %v", c.why, c.figure, err)
		}
	}
	if w.drawn(2023, "central") != 200_000 || w.drawn(2023, "city") != 50_000 {
		t.Error("a refused voucher moved money")
	}
	w.sound()
}

// names tells whether a refusal says a figure.
func names(err error, figure any) bool {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return false
	}
	args := f.Args
	for _, field := range f.Fields {
		args = append(args, field.Args...)
	}
	for _, a := range args {
		if a == figure {
			return true
		}
	}
	return false
}

// A January payment still draws on the year before; an advance of a contract does not; an advance for clearance does.
func TestTheThirteenthMonth(t *testing.T) {
	w := newWorld(t)
	late := day.Must("2024-02-15")
	paid := func(kind disbursement.Kind, purpose disbursement.Purpose, on string) disbursement.Entry {
		return w.entry(func(e *disbursement.Entry) {
			e.Kind, e.Purpose, e.PaidOn = kind, purpose, day.Must(on)
			if purpose == disbursement.ForContract {
				e.Contract = deal
			}
		})
	}
	for _, c := range []struct {
		entry disbursement.Entry
		want  string
	}{
		{paid(disbursement.KindPayment, disbursement.ForContract, "2024-01-31"), ""},
		{paid(disbursement.KindPayment, disbursement.ForContract, "2024-02-01"), "paid_on disbursement.year_closed"},
		{paid(disbursement.KindAdvance, disbursement.ForContract, "2023-12-31"), ""},
		{paid(disbursement.KindAdvance, disbursement.ForContract, "2024-01-01"), "paid_on disbursement.year_closed"},
		{paid(disbursement.KindAdvance, disbursement.ForOther, "2024-01-01"), "paid_on disbursement.year_closed"},
		{paid(disbursement.KindAdvance, disbursement.ForClearance, "2024-01-31"), ""},
		{paid(disbursement.KindAdvance, disbursement.ForClearance, "2024-02-01"), "paid_on disbursement.year_closed"},
		{paid(disbursement.KindRecovery, disbursement.ForClearance, "2024-02-01"), ""}, // what was advanced may be settled later
	} {
		_, err := w.Record(t.Context(), w.planner, c.entry, late)
		if got := codeOf(err); got != c.want {
			t.Errorf("%s %s on %s: %q, want %q", c.entry.Kind, c.entry.Purpose, c.entry.PaidOn, got, c.want)
		}
		if c.want != "" && !names(err, "điều về "+map[bool]string{true: "pay_completed_until"}[c.entry.Kind == disbursement.KindPayment]) && c.entry.Kind == disbursement.KindPayment {
			t.Errorf("the basis is not named: %v", err)
		}
	}
	months, err := w.ByMonth(t.Context(), w.project, 2023)
	w.must(err)
	if len(months) != 13 || months[12].Drawn != w.drawn(2023, "city") || months[12].Cash != 2000 || months[11].Drawn != 1000 {
		t.Errorf("the months: %+v", months[10:])
	}
	w.sound()
}

func TestAdvancesAreRecoveredByEightyPercent(t *testing.T) {
	w := newWorld(t)
	w.exec(`UPDATE capital_fund SET plan = 2000000 WHERE source = 'central'`)
	w.recorded(w.onContract(disbursement.KindAdvance, 200_000, on("2023-02-01")))
	w.recorded(w.onContract(disbursement.KindPayment, 600_000, recovers(50_000)))
	_, err := w.Record(t.Context(), w.planner, w.onContract(disbursement.KindPayment, 150_000), today)
	if codeOf(err) != "recover disbursement.recover_first" || !names(err, vnd.Amount(800_000)) || !names(err, vnd.Amount(150_000)) {
		t.Fatalf("at 80 %% with advance open: %v", err)
	}
	w.recorded(w.onContract(disbursement.KindPayment, 100_000)) // 75 %
	if _, err := w.Record(t.Context(), w.planner, w.onContract(disbursement.KindPayment, 1, recovers(149_999)), today); codeOf(err) != "recover disbursement.recover_first" {
		t.Errorf("one đồng left open: %v", err)
	}
	w.recorded(w.onContract(disbursement.KindPayment, 100_000, recovers(150_000)))
	w.sound()
}

func TestABillIsPaidOnce(t *testing.T) {
	w := newWorld(t)
	w.recorded(w.onContract(disbursement.KindAdvance, 200_000, on("2023-02-01")))
	bill := w.bill(300_000, 100_000)
	var won atomic.Int32
	var all sync.WaitGroup
	for range 30 {
		e := w.onContract(disbursement.KindPayment, 300_000, byBill(bill), recovers(100_000))
		all.Go(func() {
			_, err := w.Record(context.Background(), w.planner, e, today)
			switch codeOf(err) {
			case "":
				won.Add(1)
			case "amount disbursement.above_bill", "recover disbursement.above_bill_recovery", "recover disbursement.above_open":
			default:
				t.Errorf("the loser is told %v", err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || w.drawn(2023, "central") != 500_000 {
		t.Errorf("%d payments, %s drawn", won.Load(), w.drawn(2023, "central"))
	}
	w.sound()
}

func TestTheSameKeyIsTheSameVoucher(t *testing.T) {
	w := newWorld(t)
	e := w.entry(func(*disbursement.Entry) {})
	codes := make([]string, 20)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			var err error
			if codes[i], err = w.Record(context.Background(), w.planner, e, today); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, code := range codes {
		if code != codes[0] {
			t.Errorf("one key, two vouchers: %v", codes)
		}
	}
	if w.drawn(2023, "city") != 1000 {
		t.Errorf("drawn %s", w.drawn(2023, "city"))
	}
	other := e
	other.Amount++
	if _, err := w.Record(t.Context(), w.planner, other, today); codeOf(err) != "disbursement.key_reused" || fault.KindOf(err) != fault.Conflict {
		t.Errorf("other content under the same key: %v", err)
	}
	if code, err := w.Record(t.Context(), w.boss, e, today); err != nil || code == codes[0] {
		t.Errorf("another person's key is another key: %s, %v", code, err)
	}
}

func TestManyAtOnceSeeEachOtherAndAreAllOrNone(t *testing.T) {
	w := newWorld(t)
	batch := []disbursement.Entry{
		w.entry(func(e *disbursement.Entry) { e.Amount = 1000 }),
		w.entry(func(e *disbursement.Entry) { e.Amount = 500 }),
		w.entry(func(e *disbursement.Entry) { e.Kind, e.Amount = disbursement.KindRecovery, 1200 }), // of the two above, the older first
	}
	codes, err := w.RecordMany(t.Context(), w.planner, batch, today)
	w.must(err)
	again, err := w.RecordMany(t.Context(), w.planner, batch, today)
	if w.must(err); len(codes) != 3 || codes[2] != again[2] || codes[0] == codes[1] {
		t.Errorf("codes %v, again %v", codes, again)
	}
	list, sums, err := w.List(t.Context(), w.planner, disbursement.Filter{Kind: "recovery"}, listing.Query{})
	if w.must(err); list.Total != 2 || sums.Recovered != 1200 {
		t.Errorf("%d recoveries of %s", list.Total, sums.Recovered)
	}
	bad := []disbursement.Entry{w.entry(func(*disbursement.Entry) {}), w.entry(func(e *disbursement.Entry) { e.Kind, e.Amount = disbursement.KindRecovery, 9999 })}
	if _, err := w.RecordMany(t.Context(), w.planner, bad, today); codeOf(err) != "entries[1].amount disbursement.above_open" {
		t.Errorf("got %v", err)
	}
	if w.drawn(2023, "city") != 1500 {
		t.Errorf("a refused batch drew money: %s", w.drawn(2023, "city"))
	}
	w.sound()
}

func TestReverse(t *testing.T) {
	w := newWorld(t)
	advance := w.recorded(w.onContract(disbursement.KindAdvance, 200_000, on("2023-02-01")))
	bill := w.bill(300_000, 100_000)
	payment := w.recorded(w.onContract(disbursement.KindPayment, 300_000, byBill(bill), recovers(100_000)))
	back := func(code string) error {
		_, err := w.Reverse(context.Background(), w.planner, code, "ghi nhầm", w.key(), today)
		return err
	}
	if err := back(advance); codeOf(err) != "disbursement.rests_on" || !names(err, vnd.Amount(100_000)) {
		t.Errorf("an advance on which a recovery rests: %v", err)
	}
	key := w.key()
	made, err := w.Reverse(t.Context(), w.planner, payment, "ghi nhầm", key, today)
	w.must(err)
	if again, err := w.Reverse(t.Context(), w.planner, payment, "ghi nhầm", key, today); err != nil || again != made {
		t.Errorf("the same key again: %s, %v", again, err)
	}
	for why, c := range map[string]struct{ code, want string }{"twice": {payment, "disbursement.reversed_twice"}, "a reversal": {made, "disbursement.is_reversal"}, "nobody's": {"GN-1", "disbursement.missing"}} {
		if got := codeOf(back(c.code)); got != c.want {
			t.Errorf("%s: %s, want %s", why, got, c.want)
		}
	}
	if w.drawn(2023, "central") != 200_000 {
		t.Errorf("drawn %s", w.drawn(2023, "central"))
	}
	w.sound()
	w.recorded(w.onContract(disbursement.KindPayment, 300_000, byBill(bill), recovers(100_000))) // the bill is open again
	if _, err := w.Reverse(t.Context(), w.planner, advance, " ", w.key(), today); codeOf(err) != "reason required" {
		t.Errorf("without a reason: %v", err)
	}
	w.sound()
}

func TestTwoTakeBackOneVoucher(t *testing.T) {
	w := newWorld(t)
	code := w.recorded(w.entry(func(*disbursement.Entry) {}))
	var won atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		key := w.key()
		all.Go(func() {
			if _, err := w.Reverse(context.Background(), w.planner, code, "nhầm", key, today); err == nil {
				won.Add(1)
			}
		})
	}
	if all.Wait(); won.Load() != 1 || w.drawn(2023, "city") != 0 {
		t.Errorf("%d reversals, %s drawn", won.Load(), w.drawn(2023, "city"))
	}
	w.sound()
}

func TestVouchersAreNeverChanged(t *testing.T) {
	w := newWorld(t)
	code := w.recorded(w.entry(func(*disbursement.Entry) {}))
	for _, statement := range []string{`UPDATE disbursement_voucher SET amount = 1`, `DELETE FROM disbursement_voucher`, `TRUNCATE disbursement_voucher CASCADE`} {
		var v *tx.Violation
		if err := w.try(statement); !errors.As(err, &v) || v.Kind != tx.Restrict {
			t.Errorf("%s: %v", statement, err)
		}
	}
	for why, statement := range map[string]string{
		"a reversal of another amount": `INSERT INTO disbursement_voucher (code, project_id, plan_year, source, kind, purpose, reversal_of, amount, number, paid_on, recorded_by)
			SELECT 'X', project_id, plan_year, source, kind, purpose, id, amount - 1, number, paid_on, recorded_by FROM disbursement_voucher`,
		"a recovery of another fund": `INSERT INTO disbursement_voucher (code, project_id, plan_year, source, kind, purpose, advance_id, amount, number, paid_on, recorded_by)
			SELECT 'X', project_id, plan_year, 'central', 'recovery', purpose, id, 1, number, paid_on, recorded_by FROM disbursement_voucher`,
		"more recovered than advanced": `UPDATE disbursement_advance SET recovered = amount + 1`,
	} {
		if err := w.try(statement); err == nil {
			t.Errorf("%s (%s) is let through by the database", why, code)
		}
	}
}

func TestWhoMay(t *testing.T) {
	w := newWorld(t)
	e := w.entry(func(*disbursement.Entry) {})
	if _, err := w.Record(t.Context(), w.account, e, today); codeOf(err) != "forbidden" {
		t.Errorf("who only confirms records: %v", err)
	}
	code := w.recorded(w.entry(func(e *disbursement.Entry) { e.Project = ours }))
	stranger := w.person("stranger", w.planner.Grants)
	w.get(&stranger.Unit, `SELECT id FROM unit WHERE code = 'KHAC'`)
	if _, err := w.Reverse(t.Context(), stranger, code, "x", w.key(), today); codeOf(err) != "disbursement.missing" {
		t.Errorf("another unit reverses: %v", err)
	}
	for who, want := range map[*actor.Actor]int{&w.planner: 1, &stranger: 0, &w.account: 1} {
		list, _, err := w.List(t.Context(), *who, disbursement.Filter{}, listing.Query{})
		if w.must(err); list.Total != want {
			t.Errorf("%s sees %d", who.Username, list.Total)
		}
	}
}
