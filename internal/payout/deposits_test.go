package payout_test

import (
	"context"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/vnd"
)

func details() payout.DepositDetails {
	return payout.DepositDetails{Ground: payout.GroundRefused, Bank: "Agribank Bắc Kạn", AccountName: "TTPTQĐ - tiền gửi giữ hộ", AccountNo: "8600201999999", MinutesNo: "07/BB", MinutesDay: today}
}

// keeping gives a person what the register asks for.
func keeping(a actor.Actor, permissions ...actor.Permission) actor.Actor {
	grants := map[actor.Permission]actor.Reach{payout.SeeDeposits: actor.All}
	for p, reach := range a.Grants {
		grants[p] = reach
	}
	for _, p := range permissions {
		grants[p] = actor.All
	}
	a.Grants = grants
	return a
}

// deposited makes a payment and puts it on deposit, complete.
func (w *world) deposited(amount vnd.Amount) (award, payout.DepositEntry) {
	w.t.Helper()
	a := w.award(amount, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, amount)))
	w.must(w.payouts.OpenDeposit(context.Background(), w.director, result(payments[0], payout.ResultDeposited), details(), w.key(), today))
	list := w.register(payout.DepositFilter{Payment: payments[0].Code})
	if len(list) != 1 {
		w.t.Fatalf("%+v", list)
	}
	return a, list[0]
}

func (w *world) register(f payout.DepositFilter) []payout.DepositEntry {
	w.t.Helper()
	f.Today = today
	list, _, err := w.payouts.Deposits(context.Background(), keeping(w.reader), f, listing.Query{})
	w.must(err)
	return list.Items
}

func (w *world) deposit(code string) payout.DepositEntry {
	w.t.Helper()
	d, err := w.payouts.Deposit(context.Background(), keeping(w.reader), code)
	w.must(err)
	return d
}

func TestADepositSaysWhyAndWhere(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(30_000_000, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, 30_000_000)))
	told := result(payments[0], payout.ResultDeposited)
	for name, change := range map[string]func(*payout.DepositDetails){
		"ground":       func(d *payout.DepositDetails) { d.Ground = "" },
		"ground_note":  func(d *payout.DepositDetails) { d.Ground = payout.GroundOther },
		"bank":         func(d *payout.DepositDetails) { d.Bank = " " },
		"account_name": func(d *payout.DepositDetails) { d.AccountName = "" },
		"account_no":   func(d *payout.DepositDetails) { d.AccountNo = "" },
		"minutes_no":   func(d *payout.DepositDetails) { d.MinutesNo = "" },
		"minutes_day":  func(d *payout.DepositDetails) { d.MinutesDay = day.Date{} },
	} {
		d := details()
		change(&d)
		if err := w.payouts.OpenDeposit(ctx, w.director, told, d, w.key(), today); !hasField(err, name, "required") && !hasField(err, name, "choose") {
			t.Errorf("without %s: %v", name, err)
		}
	}
	late := details()
	late.MinutesDay = today.Add(1)
	if err := w.payouts.OpenDeposit(ctx, w.director, told, late, w.key(), today); !hasField(err, "minutes_day", "payout.minutes_late") {
		t.Errorf("minutes after the deposit: %v", err)
	}
	if err := w.payouts.OpenDeposit(ctx, w.accountant, told, details(), w.key(), today); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an accountant deposits: %v", err)
	}
	told.Amount = 10_000_000
	key := w.key()
	for range 2 { // the same key opens once
		w.must(w.payouts.OpenDeposit(ctx, w.director, told, details(), key, today))
	}
	list := w.register(payout.DepositFilter{})
	if len(list) != 1 || list[0].State != payout.DepositHeld || list[0].Left() != 10_000_000 || list[0].Law != "Luật 45/2013/QH13" || w.bridge(a).Deposited != 10_000_000 {
		t.Fatalf("%+v", list)
	}
	w.must(w.payouts.Reverse(ctx, w.chief, payments[0].Code, "ghi nhầm", w.key(), today))
	if d := w.deposit(list[0].Code); d.State != payout.DepositTakenBack || d.Open() {
		t.Errorf("%+v", d)
	}
	if err := w.payouts.CompleteDeposit(ctx, keeping(w.accountant, payout.KeepDeposits), list[0].Code, list[0].Version, details()); !isFault(err, "payout.deposit_over") {
		t.Errorf("completed after it was taken back: %v", err)
	}
	w.sound()
}

// What a statement line or a file tells stands in the register and is completed by a person.
func TestADepositToldWithoutDetailsIsCompleted(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(30_000_000, 0)
	_, payments := w.released(order(payout.MethodDeposit, part(a, 30_000_000)))
	w.record(w.director, result(payments[0], payout.ResultDeposited))
	d := w.register(payout.DepositFilter{State: string(payout.DepositIncomplete)})[0]
	keeper := keeping(w.accountant, payout.KeepDeposits)
	if err := w.payouts.CompleteDeposit(ctx, w.reader, d.Code, d.Version, details()); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a reader completes: %v", err)
	}
	if err := w.payouts.CompleteDeposit(ctx, keeper, "TG99", d.Version, details()); !isFault(err, "payout.deposit_unknown") {
		t.Errorf("unknown: %v", err)
	}
	w.must(w.payouts.CompleteDeposit(ctx, keeper, d.Code, d.Version, details()))
	if err := w.payouts.CompleteDeposit(ctx, keeper, d.Code, d.Version, details()); fault.KindOf(err) != fault.Changed {
		t.Errorf("over another's change: %v", err)
	}
	if d = w.deposit(d.Code); d.State != payout.DepositHeld || d.Bank != "Agribank Bắc Kạn" || d.Days(today.Add(10)) != 10 {
		t.Errorf("%+v", d)
	}
	if err := w.try(`UPDATE deposit SET amount = amount + 1`); refused(err) != "deposit_fixed" {
		t.Errorf("another amount: %v", err)
	}
}
