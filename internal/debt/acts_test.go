package debt_test

import (
	"errors"
	"maps"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/debt"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// A debt is recorded by its paper, paid by receipts and taken back by another person; book and register say the same at every step, and the bridge from
// approved to paid knows nothing of it.
func TestADebtFromItsPaperToItsLastReceipt(t *testing.T) {
	a := apptest.SampleCity(t)
	room, today := a.Rooms.Debts, a.Today()
	accountant, chief := apptest.Actor(t, a, "accountant"), apptest.Actor(t, a, "chief-accountant")
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var c struct {
		ID   id.Case `db:"id"`
		Code string  `db:"code"`
	}
	must(a.DB.Read(ctx).GetContext(ctx, &c, `SELECT id, code FROM land_case ORDER BY id LIMIT 1`))
	bridge := func() ledger.Bridge {
		b, err := a.Rooms.Ledger.Bridge(ctx, ledger.Limits{})
		must(err)
		return b
	}
	before := bridge()
	in := debt.New{Case: c.Code, Kind: debt.LandUseFee, Amount: 30_000_000, PaperNo: "45/TB-CCT", PaperDay: day.Must("2023-12-01")}
	for name, change := range map[string]func(*debt.New){
		"case": func(n *debt.New) { n.Case = "HS-0" }, "kind": func(n *debt.New) { n.Kind = "x" }, "amount": func(n *debt.New) { n.Amount = 0 },
		"paper_no": func(n *debt.New) { n.PaperNo = " " }, "paper_day": func(n *debt.New) { n.PaperDay = today.Add(1) }, "note": func(n *debt.New) { n.Kind = debt.Other },
	} {
		wrong := in
		change(&wrong)
		_, err := room.Record(ctx, accountant, wrong, "debt-wrong-"+name, today)
		if !names(err, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	code, err := room.Record(ctx, accountant, in, "debt-key-1", today)
	must(err)
	if again, err := room.Record(ctx, accountant, in, "debt-key-1", today); err != nil || again != code {
		t.Errorf("the same key: %s %v", again, err)
	}
	if _, err := room.Record(ctx, accountant, in, "debt-key-2", today); !errors.Is(err, debt.ErrTwice) {
		t.Errorf("the same paper: %v", err)
	}
	if _, err := room.Record(ctx, chief, in, "debt-key-3", today); err == nil {
		t.Error("who may not record has recorded")
	}
	stands := func(repaid vnd.Amount, state debt.State) debt.Debt {
		t.Helper()
		d, _, err := room.Get(ctx, accountant, code)
		must(err)
		var book vnd.Amount
		must(a.DB.Read(ctx).GetContext(ctx, &book, `SELECT COALESCE((SELECT amount FROM ledger_balance WHERE case_id = $1 AND account = 'debt'), 0)`, c.ID))
		if d.Repaid != repaid || d.State != state || book != d.Left() || bridge() != before {
			t.Errorf("repaid %s, %s, the book %s; the bridge %+v", d.Repaid, d.State, book, bridge())
		}
		return d
	}
	version := stands(0, debt.Open).Version
	pay := func(amount vnd.Amount, receipt string) error {
		d, _, err := room.Get(ctx, accountant, code)
		must(err)
		return room.Repay(ctx, accountant, code, d.Version, debt.Repayment{Day: day.Must("2023-12-20"), Amount: amount, Receipt: receipt}, "pay-key-"+receipt, today)
	}
	if err := pay(30_000_001, "GNT-00"); !names(err, "amount") {
		t.Errorf("more than is owed: %v", err)
	}
	must(pay(10_000_000, "GNT-01"))
	stands(10_000_000, debt.Open)
	if err := room.Repay(ctx, accountant, code, version, debt.Repayment{Day: today, Amount: 1, Receipt: "GNT-09"}, "pay-old-version", today); fault.KindOf(err) != fault.Changed {
		t.Errorf("an old version: %v", err)
	}
	if err := pay(5_000_000, "gnt-01"); !errors.Is(err, debt.ErrReceipt) {
		t.Errorf("the same receipt: %v", err)
	}
	must(pay(20_000_000, "GNT-02"))
	stands(30_000_000, debt.Settled)
	both := accountant
	both.Grants = maps.Clone(accountant.Grants)
	both.Grants[debt.TakeBack] = actor.All
	takeBack := func(who actor.Actor, key string) error {
		d, _, err := room.Get(ctx, chief, code)
		must(err)
		return room.TakeBack(ctx, who, code, d.Version, "ghi nhầm", key, today)
	}
	if err := takeBack(both, "back-key-0"); !errors.Is(err, debt.ErrSame) {
		t.Errorf("one's own entry: %v", err)
	}
	for i, want := range []struct {
		repaid vnd.Amount
		state  debt.State
	}{{10_000_000, debt.Open}, {0, debt.Open}, {0, debt.TakenBack}} {
		must(takeBack(chief, "back-key-"+string(rune('1'+i))))
		stands(want.repaid, want.state)
	}
	if err := takeBack(chief, "back-key-9"); !errors.Is(err, debt.ErrGone) {
		t.Errorf("taken back twice: %v", err)
	}
	must(func() error { _, err := room.Record(ctx, accountant, in, "debt-key-5", today); return err }())
	list, sums, err := room.List(ctx, chief, debt.Filter{State: string(debt.Open)}, listing.Query{Text: in.Case}) // those of the sample stand beside it
	if must(err); len(list.Items) != 1 || sums.Left() != in.Amount {
		t.Errorf("%+v %+v", list.Items, sums)
	}
	for _, statement := range []string{`UPDATE debt SET amount = 1`, `DELETE FROM debt_payment`, `UPDATE debt SET gone_by = made_by, gone_at = now() WHERE gone_at IS NULL`} {
		if _, err := a.DB.Pool().ExecContext(ctx, statement); err == nil {
			t.Errorf("past the program: %s", statement)
		}
	}
	checks, err := a.Verify(ctx)
	must(err)
	for _, r := range checks {
		if len(r.Faults) > 0 {
			t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}

// names tells whether a refusal names a field.
func names(err error, field string) bool {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return false
	}
	for _, x := range f.Fields {
		if x.Name == field {
			return true
		}
	}
	return false
}
