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
	"matbang/migrations"
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

func (w *world) keeper() actor.Actor { return keeping(w.accountant, payout.KeepDeposits) }

func (w *world) approver() actor.Actor {
	return keeping(w.director, payout.KeepDeposits, payout.ReleaseDeposit)
}

func application(amount vnd.Amount) payout.Application {
	return payout.Application{Amount: amount, Applicant: "Nguyễn Thị Hường", PaperNo: "01/ĐN", PaperDay: today, Condition: payout.AsksInWriting}
}

func evidence() payout.Result {
	return payout.Result{Day: today, EvidenceKind: payout.EvidenceSignedList, EvidenceRef: "DS 06"}
}

// handedOver takes an amount of the deposit of a payment through all its steps.
func (w *world) handedOver(payment string, amount vnd.Amount) {
	w.t.Helper()
	ctx := context.Background()
	list := w.register(payout.DepositFilter{Payment: payment})
	d := list[0]
	if d.State == payout.DepositIncomplete {
		w.must(w.payouts.CompleteDeposit(ctx, w.keeper(), d.Code, d.Version, details()))
	}
	w.must(w.payouts.AskRelease(ctx, w.keeper(), d.Code, w.deposit(d.Code).Version, application(amount), w.key(), today))
	w.must(w.payouts.DecideRelease(ctx, w.approver(), d.Code, w.deposit(d.Code).Version, true, "", w.key()))
	w.must(w.payouts.HandOver(ctx, w.keeper(), d.Code, w.deposit(d.Code).Version, evidence(), w.key(), today))
}

func TestInterestIsThePersonsAndLeavesWithTheRelease(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a, d := w.deposited(30_000_000)
	before := w.bridge(a)
	credited := payout.Interest{From: today, To: today, Amount: 12_345, AdviceRef: "GBC 20/12", AdviceDay: today}
	key := w.key()
	for range 2 { // the same key credits once
		w.must(w.payouts.CreditInterest(ctx, w.keeper(), d.Code, d.Version, credited, key, today))
	}
	d = w.deposit(d.Code)
	if err := w.payouts.CreditInterest(ctx, w.keeper(), d.Code, d.Version, credited, w.key(), today); !hasField(err, "from", "payout.interest_twice") {
		t.Errorf("the same period twice: %v", err)
	}
	if d.InterestDue() != 12_345 || w.bridge(a) != before {
		t.Errorf("%s, %+v", d.InterestDue(), w.bridge(a))
	}
	if err := w.payouts.Reverse(ctx, w.chief, d.PaymentCode, "ghi nhầm", w.key(), today); !isFault(err, "payout.deposit_busy") {
		t.Errorf("undone with its interest: %v", err)
	}
	w.handedOver(d.PaymentCode, 10_000_000)
	if d = w.deposit(d.Code); d.Left() != 20_000_000 || d.Paid != 12_345 || d.InterestDue() != 0 || w.bridge(a).Paid != 10_000_000 || w.bridge(a).Difference != 0 {
		t.Errorf("%+v %+v", d, w.bridge(a))
	}
	interests, _, err := w.payouts.DepositHistory(ctx, d)
	w.must(err)
	if err := w.payouts.TakeBackInterest(ctx, w.chief, d.Code, d.Version, interests[0].ID, "nhầm", w.key(), today); !isFault(err, "payout.interest_handed") {
		t.Errorf("taken back after it was handed over: %v", err)
	}
	w.sound()
	w.must(w.payouts.Reverse(ctx, w.chief, d.PaymentCode, "ghi nhầm", w.key(), today))
	if d = w.deposit(d.Code); d.Left() != 30_000_000 || d.InterestDue() != 12_345 {
		t.Errorf("the hand-over taken back: %+v", d)
	}
	w.must(w.payouts.TakeBackInterest(ctx, w.chief, d.Code, d.Version, interests[0].ID, "nhầm", w.key(), today))
	if d = w.deposit(d.Code); d.Credited != 0 {
		t.Errorf("%+v", d)
	}
	w.sound()
}

// What the bank credits after the last hand-over is the person's too, and leaves by a release of its own.
func TestInterestAfterTheLastHandOver(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a, d := w.deposited(30_000_000)
	version := func() int { return w.deposit(d.Code).Version }
	w.handedOver(d.PaymentCode, 30_000_000)
	after := w.bridge(a)
	if err := w.payouts.AskRelease(ctx, w.keeper(), d.Code, version(), application(0), w.key(), today); !isFault(err, "payout.deposit_over") {
		t.Errorf("nothing is due: %v", err)
	}
	credited := payout.Interest{From: today, To: today.Add(1), Amount: 777, AdviceRef: "GBC 31/12", AdviceDay: today.Add(1)}
	if err := w.payouts.CreditInterest(ctx, w.keeper(), d.Code, version(), credited, w.key(), today.Add(1)); !hasField(err, "to", "payout.after_deposit") {
		t.Errorf("for days on which nothing stood there: %v", err)
	}
	credited.To = today
	w.must(w.payouts.CreditInterest(ctx, w.keeper(), d.Code, version(), credited, w.key(), today.Add(1)))
	if err := w.payouts.AskRelease(ctx, w.keeper(), d.Code, version(), application(1), w.key(), today); !hasField(err, "amount", "payout.above_deposit") {
		t.Errorf("compensation that is not there: %v", err)
	}
	w.must(w.payouts.AskRelease(ctx, w.keeper(), d.Code, version(), application(0), w.key(), today))
	if d = w.deposit(d.Code); d.State != payout.DepositAsked {
		t.Errorf("%+v", d)
	}
	w.must(w.payouts.DecideRelease(ctx, w.approver(), d.Code, version(), true, "", w.key()))
	interests, _, err := w.payouts.DepositHistory(ctx, d)
	w.must(err)
	if err := w.payouts.TakeBackInterest(ctx, w.chief, d.Code, version(), interests[0].ID, "nhầm", w.key(), today); !isFault(err, "payout.release_live") {
		t.Errorf("taken back while it is on its way: %v", err)
	}
	early, both := evidence(), keeping(w.approver(), payout.KeepDeposits)
	early.Day = today.Add(-1)
	if err := w.payouts.HandOver(ctx, w.keeper(), d.Code, version(), early, w.key(), today); !hasField(err, "day", "payout.before_hand_over") && !hasField(err, "day", "payout.before_deposit") {
		t.Errorf("handed over before: %v", err)
	}
	if err := w.payouts.HandOver(ctx, both, d.Code, version(), evidence(), w.key(), today); !isFault(err, "payout.release_hander") {
		t.Errorf("whoever approved hands over: %v", err)
	}
	if refused(w.try(`UPDATE deposit_release SET state = 'handed_over', interest = 1, interest_journal = 1, handed_on = now(), handed_by = decided_by, evidence_kind = 'x', evidence_ref = 'x' WHERE amount = 0`)) != "deposit_release_approver_never_hands" {
		t.Error("the database lets whoever approved hand over")
	}
	key, seen := w.key(), version()
	for range 2 {
		w.must(w.payouts.HandOver(ctx, w.keeper(), d.Code, seen, evidence(), key, today))
	}
	if d = w.deposit(d.Code); d.State != payout.DepositOver || d.InterestDue() != 0 || d.Paid != 777 || w.bridge(a) != after {
		t.Errorf("%+v %+v", d, w.bridge(a))
	}
	w.sound()
	_, releases, err := w.payouts.DepositHistory(ctx, d)
	w.must(err)
	if err := w.payouts.TakeBackInterestRelease(ctx, w.chief, d.Code, version(), releases[0].ID, "nhầm", w.key(), today); !isFault(err, "payout.no_release") {
		t.Errorf("the hand-over of compensation: %v", err)
	}
	w.must(w.payouts.TakeBackInterestRelease(ctx, w.chief, d.Code, version(), releases[1].ID, "nhầm", w.key(), today))
	w.must(w.payouts.TakeBackInterest(ctx, w.chief, d.Code, version(), interests[0].ID, "nhầm", w.key(), today))
	if d = w.deposit(d.Code); d.Credited != 0 || d.Paid != 0 || d.State != payout.DepositOver {
		t.Errorf("%+v", d)
	}
	w.sound()
}

// The hand-over before it is taken back while interest is on its way, and then the interest itself: nothing is left to hand over.
func TestInterestThatIsGoneIsNotHandedOver(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	_, d := w.deposited(30_000_000)
	version := func() int { return w.deposit(d.Code).Version }
	w.handedOver(d.PaymentCode, 30_000_000)
	w.must(w.payouts.CreditInterest(ctx, w.keeper(), d.Code, version(), payout.Interest{From: today, To: today, Amount: 777, AdviceRef: "GBC 31/12", AdviceDay: today}, w.key(), today))
	w.must(w.payouts.AskRelease(ctx, w.keeper(), d.Code, version(), application(0), w.key(), today))
	w.must(w.payouts.DecideRelease(ctx, w.approver(), d.Code, version(), true, "", w.key()))
	w.must(w.payouts.Reverse(ctx, w.chief, d.PaymentCode, "ghi nhầm", w.key(), today))
	interests, _, err := w.payouts.DepositHistory(ctx, w.deposit(d.Code))
	w.must(err)
	if err := w.payouts.TakeBackInterest(ctx, w.chief, d.Code, version(), interests[0].ID, "nhầm", w.key(), today); err != nil {
		t.Errorf("taken back: %v", err)
	}
	if err := w.payouts.HandOver(ctx, w.keeper(), d.Code, version(), evidence(), w.key(), today); !isFault(err, "payout.interest_unknown") {
		t.Errorf("handed over: %v", err)
	}
	w.sound()
}

func TestAReleaseHasItsConditionAndTwoPersons(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a, d := w.deposited(30_000_000)
	version := func() int { return w.deposit(d.Code).Version }
	both := keeping(w.approver(), payout.KeepDeposits)
	for name, c := range map[string]struct {
		field, code string
		change      func(*payout.Application)
	}{
		"the condition is not met": {"condition", "payout.condition_unmet", func(a *payout.Application) { a.Condition = "" }},
		"another ground's":         {"condition", "payout.condition_unmet", func(a *payout.Application) { a.Condition = payout.FinalDecision }},
		"more than is held":        {"amount", "payout.above_deposit", func(a *payout.Application) { a.Amount++ }},
		"nobody asks":              {"applicant", "required", func(a *payout.Application) { a.Applicant = "" }},
		"without a paper":          {"paper_no", "required", func(a *payout.Application) { a.PaperNo = "" }},
		"a paper of tomorrow":      {"paper_day", "day_future", func(a *payout.Application) { a.PaperDay = today.Add(1) }},
	} {
		in := application(30_000_000)
		c.change(&in)
		if err := w.payouts.AskRelease(ctx, both, d.Code, version(), in, w.key(), today); !hasField(err, c.field, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.must(w.payouts.AskRelease(ctx, both, d.Code, version(), application(30_000_000), w.key(), today))
	waits := func(who actor.Actor, want payout.WaitingDeposits) {
		t.Helper()
		if got, err := w.payouts.WaitingDeposits(ctx, who); err != nil || got != want {
			t.Errorf("%s: %+v waits, want %+v, %v", who.Username, got, want, err)
		}
	}
	waits(both, payout.WaitingDeposits{})
	waits(keeping(w.chief, payout.ReleaseDeposit, payout.SeeDeposits), payout.WaitingDeposits{Decide: 1})
	if err := w.payouts.DecideRelease(ctx, both, d.Code, version(), true, "", w.key()); !isFault(err, "payout.release_same_person") {
		t.Errorf("whoever asked approves: %v", err)
	}
	if refused(w.try(`UPDATE deposit_release SET state = 'approved', decided_by = made_by`)) != "deposit_release_two_persons" {
		t.Error("the database lets whoever asked approve")
	}
	if err := w.payouts.HandOver(ctx, w.keeper(), d.Code, version(), evidence(), w.key(), today); !isFault(err, "payout.no_release") {
		t.Errorf("handed over before the approval: %v", err)
	}
	other := keeping(w.chief, payout.KeepDeposits, payout.ReleaseDeposit)
	if err := w.payouts.DecideRelease(ctx, other, d.Code, version(), false, " ", w.key()); !hasField(err, "reason", "required") {
		t.Errorf("refused without a reason: %v", err)
	}
	w.must(w.payouts.DecideRelease(ctx, other, d.Code, version(), false, "chưa có đơn gốc", w.key()))
	w.must(w.payouts.AskRelease(ctx, w.keeper(), d.Code, version(), application(30_000_000), w.key(), today))
	w.must(w.payouts.DecideRelease(ctx, other, d.Code, version(), true, "", w.key()))
	waits(keeping(w.keeper(), payout.SeeDeposits), payout.WaitingDeposits{HandOver: 1})
	if err := w.payouts.HandOver(ctx, other, d.Code, version(), evidence(), w.key(), today); !isFault(err, "payout.release_hander") {
		t.Errorf("whoever approved hands over: %v", err)
	}
	if err := w.payouts.Reverse(ctx, w.chief, d.PaymentCode, "nhầm", w.key(), today); !isFault(err, "payout.deposit_busy") {
		t.Errorf("undone while its release is under way: %v", err)
	}
	seen, key := version(), w.key()
	for range 2 {
		w.must(w.payouts.HandOver(ctx, w.keeper(), d.Code, seen, evidence(), key, today))
	}
	if d = w.deposit(d.Code); d.State != payout.DepositOver || w.bridge(a).Paid != 30_000_000 {
		t.Errorf("%+v", d)
	}
	w.sound()
}

// Deposits told before there was a register stand in it, to be completed; what was handed over then stays handed over.
func TestOldDepositsComeIntoTheRegister(t *testing.T) {
	w := newWorld(t)
	_, held := w.deposited(30_000_000)
	_, over := w.deposited(20_000_000)
	w.handedOver(over.PaymentCode, 20_000_000)
	for _, name := range []string{"0041_deposit.down.sql", "0041_deposit.up.sql", "0056_interest_after.up.sql"} {
		script, err := migrations.Files.ReadFile(name)
		w.must(err)
		w.exec(string(script))
	}
	if d := w.register(payout.DepositFilter{Payment: held.PaymentCode}); len(d) != 1 || d[0].State != payout.DepositIncomplete || d[0].Left() != 30_000_000 {
		t.Errorf("%+v", d)
	}
	if d := w.register(payout.DepositFilter{Payment: over.PaymentCode}); len(d) != 1 || d[0].State != payout.DepositOver {
		t.Errorf("%+v", d)
	}
	w.sound()
}
