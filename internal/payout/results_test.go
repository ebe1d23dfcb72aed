package payout_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"matbang/internal/payout"
	"matbang/internal/vnd"
)

func TestResultsAreAllOrNone(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a, b := w.award(10_000_000, 0), w.award(20_000_000, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, 10_000_000), part(b, 20_000_000)))
	good, bad := result(payments[0], payout.ResultPaid), result(payments[1], payout.ResultPaid)
	bad.Amount, bad.Day = 20_000_001, today.Add(1)
	err := w.payouts.RecordResults(ctx, w.accountant, []payout.Result{good, bad, {PaymentCode: "GPMB23T09999", Kind: payout.ResultPaid, EvidenceKind: payout.EvidenceSignedList}}, w.key(), today)
	for field, code := range map[string]string{"results[1].amount": "payout.above_open", "results[1].day": "day_future", "results[2].payment": "payout.payment_missing"} {
		if !hasField(err, field, code) {
			t.Errorf("%s %s: %v", field, code, err)
		}
	}
	if b := w.bridge(a); b.Paid != 0 {
		t.Errorf("nothing is written: %+v", b)
	}
	early := good
	early.Day = today.Add(-1)
	if err := w.payouts.RecordResults(ctx, w.accountant, []payout.Result{early}, w.key(), today); !hasField(err, "results[0].day", "payout.before_release") {
		t.Errorf("before the release: %v", err)
	}
	if err := w.payouts.RecordResults(ctx, w.accountant, []payout.Result{good, good}, w.key(), today); !hasField(err, "results[1].payment", "payout.result_twice") {
		t.Errorf("twice: %v", err)
	}
	w.record(w.accountant, good)
	if err := w.payouts.RecordResults(ctx, w.accountant, []payout.Result{good}, w.key(), today); !hasField(err, "results[0].payment", "payout.result_stands") {
		t.Errorf("has its result: %v", err)
	}
	line := result(payments[1], payout.ResultPaid)
	line.EvidenceKind = payout.EvidenceStatementLine
	if err := w.payouts.RecordResults(ctx, w.accountant, []payout.Result{line}, w.key(), today); !hasField(err, "results[0].evidence_kind", "choose") {
		t.Errorf("a person names a statement line: %v", err)
	}
	w.must(w.payouts.Record(ctx, w.accountant, []payout.Result{line}, today))
	w.sound()
}

func TestReverse(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(10_000_000, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, 10_000_000)))
	p := payments[0]
	if err := w.payouts.Reverse(ctx, w.chief, p.Code, "nhầm", w.key(), today); !errors.Is(err, payout.ErrNoResult) {
		t.Errorf("nothing to reverse: %v", err)
	}
	w.record(w.accountant, result(p, payout.ResultReturned))
	w.record(w.director, result(p, payout.ResultDeposited))
	w.handedOver(p.Code, 10_000_000)
	for _, want := range []payout.PaymentState{payout.Deposited, payout.Returned, payout.Ordered} {
		w.must(w.payouts.Reverse(ctx, w.chief, p.Code, "ghi nhầm", w.key(), today))
		if got := w.payments(p.OrderCode)[0].State; got != want {
			t.Errorf("stands %s, want %s", got, want)
		}
		w.sound()
	}
	w.record(w.accountant, result(p, payout.ResultPaid))
	if _, results, err := w.payouts.Payment(ctx, w.reader, p.Code); err != nil || len(results) != 7 || !results[0].TakenBack || results[6].TakenBack {
		t.Errorf("%+v %v", results, err)
	}
	if err := w.payouts.TakeBack(ctx, w.chief, p.Code, "statement_line 1", "hủy khớp", today); !errors.Is(err, payout.ErrNoResult) {
		t.Errorf("reconciliation takes back what a person recorded: %v", err)
	}
}

func TestStatementLineIsUndoneInReconciliation(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(10_000_000, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, 10_000_000)))
	line := result(payments[0], payout.ResultPaid)
	line.EvidenceKind = payout.EvidenceStatementLine
	w.must(w.payouts.Record(ctx, w.accountant, []payout.Result{line}, today))
	if err := w.payouts.Reverse(ctx, w.chief, payments[0].Code, "nhầm", w.key(), today); !errors.Is(err, payout.ErrFromBank) {
		t.Errorf("%v", err)
	}
	w.must(w.payouts.TakeBack(ctx, w.accountant, payments[0].Code, line.EvidenceRef, "hủy khớp", today))
	w.sound()
}

// A part told twice by the same paper is one part, whoever tells it and under whatever key.
func TestAPartIsNotToldTwice(t *testing.T) {
	w := newWorld(t)
	a := w.award(100, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, 100)))
	half := result(payments[0], payout.ResultPaid)
	half.Amount = 40
	w.record(w.accountant, half)
	again := half
	again.EvidenceRef = " " + strings.ToLower(half.EvidenceRef)
	for _, r := range []payout.Result{half, again} {
		if err := w.payouts.RecordResults(t.Context(), w.accountant, []payout.Result{r}, w.key(), today); !hasField(err, "results[0].evidence_ref", "payout.result_known") {
			t.Errorf("told again: %v", err)
		}
		if err := w.payouts.CheckResults(t.Context(), w.accountant, []payout.Result{r}, today); !hasField(err, "results[0].evidence_ref", "payout.result_known") {
			t.Errorf("checked again: %v", err)
		}
	}
	half.EvidenceRef = "GBN khác"
	w.record(w.accountant, half)
	w.cashToldTwice()
	if b := w.bridge(a); b.Paid != 80 || b.Ordered != 20 {
		t.Errorf("bridge %+v", b)
	}
	w.sound()
}

// cashToldTwice tells a part of cash by its signed list, and once more as signed by a representative.
func (w *world) cashToldTwice() {
	w.t.Helper()
	_, payments := w.released(order(payout.MethodCash, part(w.award(100, 0), 100)))
	half := result(payments[0], payout.ResultPaid)
	half.Amount, half.EvidenceKind, half.EvidenceRef = 40, payout.EvidenceSignedList, "DS 7"
	w.record(w.accountant, half)
	rep := payout.Representative{Name: "Lý Văn Tùng", IdentityNo: "999", Relation: "con", PaperNo: "UQ 1", PaperDay: today, CertifiedBy: "UBND"}
	if err := w.payouts.RecordSigned(context.Background(), w.accountant, half, rep, w.key(), today); !hasField(err, "results[0].evidence_ref", "payout.result_known") {
		w.t.Errorf("told again by a representative: %v", err)
	}
}

// Two lines of the bank pay a payment between them; each is taken back by itself, in any order. Money sent back out of the middle keeps the line.
func TestAPaymentInParts(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(100, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, 100)))
	line := func(ref string, kind payout.ResultKind, amount vnd.Amount) payout.Result {
		return payout.Result{PaymentCode: payments[0].Code, Kind: kind, Day: today, Amount: amount, Reason: "x", EvidenceKind: payout.EvidenceStatementLine, EvidenceRef: ref}
	}
	stands := func(state payout.PaymentState, d payout.Divided) {
		t.Helper()
		p, _, err := w.payouts.Payment(ctx, w.reader, payments[0].Code)
		if w.must(err); p.State != state || p.Divided != d {
			t.Errorf("%s %+v, want %s %+v", p.State, p.Divided, state, d)
		}
		if b := w.bridge(a); b.Ordered != d.Open || b.Paid != d.Paid || b.Returned != d.Returned || b.Difference != 0 {
			t.Errorf("bridge %+v", b)
		}
		w.sound()
	}
	w.must(w.payouts.Record(ctx, w.accountant, []payout.Result{line("l 1", payout.ResultPaid, 40), line("l 2", payout.ResultPaid, 35)}, today))
	stands(payout.Part, payout.Divided{Open: 25, Paid: 75})
	w.must(w.payouts.TakeBack(ctx, w.accountant, payments[0].Code, "l 1", "nhầm dòng", today))
	stands(payout.Part, payout.Divided{Open: 65, Paid: 35})
	w.must(w.payouts.Record(ctx, w.accountant, []payout.Result{line("l 3", payout.ResultPaid, 65)}, today))
	w.must(w.payouts.Record(ctx, w.accountant, []payout.Result{line("l 4", payout.ResultReturned, 90)}, today))
	stands(payout.Returned, payout.Divided{Paid: 10, Returned: 90})
	if err := w.payouts.TakeBack(ctx, w.accountant, payments[0].Code, "l 3", "nhầm", today); !errors.Is(err, payout.ErrCarriedOn) {
		t.Errorf("money that came back since: %v", err)
	}
	_, again := w.released(order(payout.MethodTransfer, payout.NewLine{ReissueOf: payments[0].Code}))
	if again[0].Amount != 90 {
		t.Errorf("issued again: %s", again[0].Amount)
	}
	if err := w.payouts.TakeBack(ctx, w.accountant, payments[0].Code, "l 4", "nhầm", today); !isFault(err, "payout.reissued") {
		t.Errorf("a return that is issued again: %v", err)
	}
	w.must(w.payouts.Record(ctx, w.accountant, []payout.Result{line("l 5", payout.ResultReturned, 10)}, today))
	stands2 := w.bridge(a)
	if stands2.Returned != 10 || stands2.Ordered != 90 {
		t.Errorf("the rest came back after the first part was issued again: %+v", stands2)
	}
	w.record(w.accountant, result(again[0], payout.ResultPaid))
	_, last := w.released(order(payout.MethodTransfer, payout.NewLine{ReissueOf: payments[0].Code}))
	if last[0].Amount != 10 {
		t.Errorf("issued again: %s", last[0].Amount)
	}
	w.sound()
}
