package payout_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"matbang/internal/compensation"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/ledger"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

func TestWholeWayToPaid(t *testing.T) {
	w := newWorld(t)
	a := w.award(185_640_001, 5_640_000, entitled{"Nguyễn Thị Hường", "8600111", 5000}, entitled{"Hà Văn Tú", "8600222", 5000})
	code := w.draft(order(payout.MethodTransfer, part(a, 180_000_001)))
	if code != "CT-2023-001" {
		t.Errorf("code %s", code)
	}
	if b := w.bridge(a); b.NotOrdered != 180_000_001 || b.Ordered != 0 {
		t.Errorf("a draft is not in the book: %+v", b)
	}
	w.submit(code)
	w.approve(code)
	w.release(code)
	payments := w.payments(code)
	if len(payments) != 2 || payments[0].Code != "GPMB23T00001" || payments[0].Amount != 90_000_001 || payments[1].Amount != 90_000_000 {
		t.Fatalf("the award is split by shares: %+v", payments)
	}
	w.record(w.accountant, result(payments[0], payout.ResultPaid), result(payments[1], payout.ResultPaid))
	want := ledger.Bridge{Approved: 185_640_001, Deducted: 5_640_000, Paid: 180_000_001}
	if b := w.bridge(a); b != want {
		t.Errorf("bridge %+v, want %+v", b, want)
	}
	o := w.order(code)
	if o.State != payout.OrderReleased || o.Paid != o.Total || o.Difference() != 0 || o.MadeBy != "Ông accountant" || o.ReleasedBy != "Ông director" || o.ReleasedOn != today {
		t.Errorf("order %+v", o)
	}
	w.sound()
}

func TestThreePersons(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(50_000_000, 0)
	code, err := w.payouts.Draft(ctx, w.second, order(payout.MethodTransfer, part(a, 50_000_000)), w.key(), today)
	w.must(err)
	if err := w.payouts.Submit(ctx, w.accountant, code, 1, w.key(), today); !errors.Is(err, payout.ErrNotMaker) {
		t.Errorf("another person submits: %v", err)
	}
	w.must(w.payouts.Submit(ctx, w.second, code, 1, w.key(), today))
	if err := w.payouts.Approve(ctx, w.second, code, 2, w.key()); !errors.Is(err, payout.ErrMaker) {
		t.Errorf("the maker approves: %v", err)
	}
	if err := w.payouts.Approve(ctx, w.leader, code, 2, w.key()); !errors.Is(err, compensation.ErrSamePerson) {
		t.Errorf("who approved the plan approves the order: %v", err)
	}
	if err := w.payouts.Release(ctx, w.director, code, 2, w.key(), today); !isFault(err, "payout.wrong_state") {
		t.Errorf("released without approval: %v", err)
	}
	w.must(w.payouts.Approve(ctx, w.director, code, 2, w.key()))
	for _, who := range []struct {
		name string
		err  error
	}{{"maker", w.payouts.Release(ctx, w.second, code, 3, w.key(), today)}, {"approver", w.payouts.Release(ctx, w.director, code, 3, w.key(), today)}} {
		if !errors.Is(who.err, payout.ErrThreePersons) {
			t.Errorf("the %s releases: %v", who.name, who.err)
		}
	}
	w.must(w.payouts.Release(ctx, w.chief, code, 3, w.key(), today))
	w.sound()
}

// The database refuses what the rules refuse, to whoever has it in hand.
func TestConstraintsHoldWithoutTheProgram(t *testing.T) {
	w := newWorld(t)
	a := w.award(50_000_000, 0)
	draft := w.draft(order(payout.MethodTransfer, part(a, 20_000_000)))
	w.submit(draft)
	b := w.award(70_000_000, 0)
	code, payments := w.released(order(payout.MethodTransfer, part(b, 70_000_000)))
	w.record(w.accountant, result(payments[0], payout.ResultPaid))
	for _, c := range []struct {
		constraint, statement string
		args                  []any
	}{
		{"payout_order_maker_never_approves", `UPDATE payout_order SET state = 'approved', approved_by = made_by, approved_at = now() WHERE code = $1`, []any{draft}},
		{"payout_order_three_persons", `UPDATE payout_order SET approved_by = $2, released_by = $2 WHERE code = $1`, []any{draft, w.chief.ID}},
		{"payout_order_closed", `UPDATE payout_order SET total = 1 WHERE code = $1`, []any{code}},
		{"payment_parts_need_results", `UPDATE payment SET state = 'paid', open = 0, paid = amount WHERE state = 'ordered'`, nil},
		{"payment_parts_need_results", `UPDATE payment SET state = 'ordered', open = amount, paid = 0 WHERE state = 'paid'`, nil},
		{"payment_state_of_parts", `UPDATE payment SET state = 'paid' WHERE state = 'ordered'`, nil},
		{"payment_parts_whole", `UPDATE payment SET paid = paid - 1 WHERE state = 'paid'`, nil},
		{"payment_fixed", `UPDATE payment SET amount = amount - 1`, nil},
		{"payment_fixed", `UPDATE payment SET account_no = '666' WHERE state = 'paid'`, nil},
		{"payment_within_award", `INSERT INTO payment (code, order_id, project_id, case_id, award_id, party_id, amount, state)
			SELECT 'GPMB23T09999', order_id, project_id, case_id, award_id, party_id, 1, 'prepared' FROM payment WHERE state = 'paid'`, nil},
		{"payment_result_append_only", `UPDATE payment_result SET amount = 1`, nil},
		{"payment_result_append_only", `DELETE FROM payment_result`, nil},
		{"payment_result_needs_release", `INSERT INTO payment_result (payment_id, kind, came_from, day, amount, evidence_kind, evidence_ref, journal_id, made_by)
			SELECT p.id, 'paid', 'ordered', now(), p.amount, 'bank_advice', 'x', (SELECT max(id) FROM journal), $1 FROM payment p WHERE p.state = 'ordered'`, []any{w.chief.ID}},
	} {
		var v *tx.Violation
		if err := w.try(c.statement, c.args...); !errors.As(err, &v) || v.Constraint != c.constraint {
			t.Errorf("%s: %v", c.constraint, err)
		}
	}
	w.sound()
}

func TestReturnedAndIssuedAgain(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(30_000_000, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, 30_000_000)))
	w.record(w.accountant, result(payments[0], payout.ResultPaid))
	w.record(w.accountant, result(payments[0], payout.ResultReturned))
	if b := w.bridge(a); b.Returned != 30_000_000 || b.Paid != 0 {
		t.Errorf("money that came back after it was paid: %+v", b)
	}
	_, err := w.payouts.Draft(ctx, w.accountant, order(payout.MethodTransfer, part(a, 1)), w.key(), today)
	if !hasField(err, "lines[0].amount", "payout.above_left") {
		t.Errorf("returned money is not free for a new line: %v", err)
	}
	again := payout.NewLine{ReissueOf: payments[0].Code}
	code := w.draft(order(payout.MethodTransfer, again))
	_, err = w.payouts.Draft(ctx, w.accountant, order(payout.MethodTransfer, again), w.key(), today)
	if !hasField(err, "lines[0].reissue_of", "payout.reissued") {
		t.Errorf("issued again twice: %v", err)
	}
	err = w.payouts.RecordResults(ctx, w.director, []payout.Result{result(payments[0], payout.ResultDeposited)}, w.key(), today)
	if !hasField(err, "results[0].payment", "payout.reissued") {
		t.Errorf("deposited while it is issued again: %v", err)
	}
	if err := w.payouts.Reverse(ctx, w.chief, payments[0].Code, "nhầm", w.key(), today); !isFault(err, "payout.reissued") {
		t.Errorf("reversed while it is issued again: %v", err)
	}
	w.must(w.payouts.Cancel(ctx, w.accountant, code, 1, "sai tài khoản", w.key(), today))
	code, second := w.released(order(payout.MethodTransfer, again))
	if len(second) != 1 || second[0].ReissueOf != payments[0].Code || second[0].Amount != 30_000_000 {
		t.Fatalf("%+v", second)
	}
	w.record(w.accountant, result(second[0], payout.ResultPaid))
	if b := w.bridge(a); b.Paid != 30_000_000 || b.Returned != 0 {
		t.Errorf("%+v", b)
	}
	w.sound()
	_ = code
}

func TestDepositAndRelease(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(30_000_000, 0)
	_, payments := w.released(order(payout.MethodDeposit, part(a, 30_000_000)))
	err := w.payouts.RecordResults(ctx, w.accountant, []payout.Result{result(payments[0], payout.ResultPaid)}, w.key(), today)
	if !hasField(err, "results[0].kind", "payout.deposit_first") {
		t.Errorf("a deposit is paid when it is handed over: %v", err)
	}
	deposited := result(payments[0], payout.ResultDeposited)
	if err := w.payouts.RecordResults(ctx, w.accountant, []payout.Result{deposited}, w.key(), today); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an accountant deposits: %v", err)
	}
	w.record(w.director, deposited)
	if b := w.bridge(a); b.Deposited != 30_000_000 || b.Paid != 0 {
		t.Errorf("%+v", b)
	}
	if err := w.payouts.RecordResults(ctx, w.director, []payout.Result{result(payments[0], payout.ResultDepositReleased)}, w.key(), today); !hasField(err, "results[0].kind", "payout.release_first") {
		t.Errorf("handed over without a release: %v", err)
	}
	w.handedOver(payments[0].Code, 30_000_000)
	if b := w.bridge(a); b.Deposited != 0 || b.Paid != 30_000_000 {
		t.Errorf("%+v", b)
	}
	w.sound()
}

func TestPartsAndOverOrdering(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(100_000_000, 10_000_000)
	_, first := w.released(order(payout.MethodTransfer, part(a, 60_000_000)))
	_, err := w.payouts.Draft(ctx, w.accountant, order(payout.MethodTransfer, part(a, 30_000_000)), w.key(), today)
	if !hasField(err, "lines[0].case", "payout.payee_in_order") || !strings.Contains(err.Error(), "CT-2023-001") {
		t.Errorf("the other order is named: %v", err)
	}
	w.record(w.accountant, result(first[0], payout.ResultPaid))
	_, err = w.payouts.Draft(ctx, w.accountant, order(payout.MethodTransfer, part(a, 30_000_001)), w.key(), today)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Fields[0].Code != "payout.above_left" || f.Fields[0].Args[1] != vnd.Amount(30_000_001) || f.Fields[0].Args[2] != vnd.Amount(30_000_000) {
		t.Fatalf("both figures are said: %v", err)
	}
	_, second := w.released(order(payout.MethodCash, payout.NewLine{AwardID: a.id, Amount: 30_000_000}))
	w.record(w.accountant, result(second[0], payout.ResultPaid))
	if b := w.bridge(a); b.Paid != 90_000_000 || b.NotOrdered != 0 {
		t.Errorf("%+v", b)
	}
	w.sound()
}

func TestCancelFreesTheMoney(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(40_000_000, 0)
	for _, until := range []payout.OrderState{payout.OrderDraft, payout.OrderSubmitted, payout.OrderApproved} {
		code := w.draft(order(payout.MethodTransfer, part(a, 40_000_000)))
		if until != payout.OrderDraft {
			w.submit(code)
		}
		if until == payout.OrderApproved {
			w.approve(code)
		}
		if err := w.payouts.Cancel(ctx, w.accountant, code, w.version(code), " ", w.key(), today); !errors.Is(err, payout.ErrReasonNeeded) {
			t.Errorf("without a reason: %v", err)
		}
		w.must(w.payouts.Cancel(ctx, w.accountant, code, w.version(code), "đổi nguồn vốn", w.key(), today))
		if b := w.bridge(a); b.NotOrdered != 40_000_000 || b.Ordered != 0 || w.payments(code)[0].State != payout.Cancelled {
			t.Errorf("cancelled as %s: %+v", until, b)
		}
	}
	code, _ := w.released(order(payout.MethodTransfer, part(a, 40_000_000)))
	if err := w.payouts.Cancel(ctx, w.accountant, code, w.version(code), "x", w.key(), today); !isFault(err, "payout.wrong_state") {
		t.Errorf("a released order is not cancelled: %v", err)
	}
	w.sound()
}

func TestSameKeySameAnswer(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(40_000_000, 0)
	in := order(payout.MethodTransfer, part(a, 10_000_000))
	first, err := w.payouts.Draft(ctx, w.accountant, in, "same-key-1", today)
	w.must(err)
	second, err := w.payouts.Draft(ctx, w.accountant, in, "same-key-1", today)
	if w.must(err); first != second || len(w.payments(first)) != 1 {
		t.Errorf("%s %s", first, second)
	}
	in.Lines[0].Amount++
	if _, err := w.payouts.Draft(ctx, w.accountant, in, "same-key-1", today); !errors.Is(err, ledger.ErrKeyReused) {
		t.Errorf("other content: %v", err)
	}
	if _, err := w.payouts.Draft(ctx, w.accountant, in, "", today); !errors.Is(err, ledger.ErrKeyMissing) {
		t.Errorf("no key: %v", err)
	}
	for range 2 {
		w.must(w.payouts.Submit(ctx, w.accountant, first, 1, "same-key-2", today))
	}
	w.approve(first)
	w.release(first)
	paid := []payout.Result{result(w.payments(first)[0], payout.ResultPaid)}
	for range 2 {
		w.must(w.payouts.RecordResults(ctx, w.accountant, paid, "same-key-3", today))
	}
	if _, results, err := w.payouts.Payment(ctx, w.reader, paid[0].PaymentCode); err != nil || len(results) != 1 {
		t.Errorf("%v %v", results, err)
	}
	w.sound()
}

func TestAccountMissingIsNamed(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(10_000_000, 0, entitled{"Lý Thị Mai", "", 10000})
	code := w.draft(order(payout.MethodTransfer, part(a, 10_000_000)))
	w.submit(code)
	err := w.payouts.Approve(ctx, w.chief, code, 2, w.key())
	if !isFault(err, "payout.account_missing") || !strings.Contains(err.Error(), "Lý Thị Mai") {
		t.Errorf("%v", err)
	}
	w.exec(`UPDATE holder_party SET account_no = '999' WHERE full_name = 'Lý Thị Mai'`)
	if err := w.payouts.Approve(ctx, w.chief, code, 2, w.key()); !isFault(err, "payout.account_unchecked") || !strings.Contains(err.Error(), "Lý Thị Mai") {
		t.Errorf("an account nobody checked: %v", err)
	}
	w.checkAll()
	w.must(w.payouts.Approve(ctx, w.chief, code, 2, w.key()))
	w.exec(`UPDATE holder_party SET account_no = '666' WHERE full_name = 'Lý Thị Mai'`)
	if p := w.payments(code)[0]; p.AccountNo != "999" || !p.Changed || p.Account != "waiting" {
		t.Errorf("the approved account stays: %s", p.AccountNo)
	}
}

func TestManyApproveOneOrder(t *testing.T) {
	w := newWorld(t)
	a := w.award(10_000_000, 0)
	code := w.draft(order(payout.MethodTransfer, part(a, 10_000_000)))
	w.submit(code)
	done, errs := together(50, func(i int) error {
		return w.payouts.Approve(context.Background(), w.chief, code, 2, fmt.Sprintf("approve-%02d", i))
	})
	if done != 1 {
		t.Errorf("%d approvals", done)
	}
	for _, err := range errs {
		if k := fault.KindOf(err); k != fault.Changed && k != fault.Conflict {
			t.Errorf("the others are told of a conflict: %v", err)
		}
	}
	w.sound()
}

func TestManyDraftTheSameAward(t *testing.T) {
	w := newWorld(t)
	shares := []entitled{}
	for i := range 10 {
		shares = append(shares, entitled{fmt.Sprintf("Người %d", i), "86", 1000})
	}
	a := w.award(100_000_000, 0, shares...)
	done, _ := together(50, func(i int) error {
		_, err := w.payouts.Draft(context.Background(), w.accountant, order(payout.MethodTransfer, part(a, 60_000_000)), fmt.Sprintf("draft-%03d", i), today)
		return err
	})
	var reserved vnd.Amount
	w.get(&reserved, `SELECT COALESCE(sum(amount), 0)::bigint FROM payment WHERE state = 'prepared'`)
	if done != 1 || reserved != 60_000_000 {
		t.Errorf("%d drafts, %s reserved", done, reserved)
	}
	w.sound()
}

func TestReads(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a, b := w.award(10_000_000, 0), w.award(20_000_000, 0)
	code, payments := w.released(order(payout.MethodTransfer, part(a, 10_000_000)))
	w.record(w.accountant, result(payments[0], payout.ResultReturned))
	draft := w.draft(order(payout.MethodCash, part(b, 5_000_000)))

	orders, err := w.payouts.Orders(ctx, w.reader, payout.OrderFilter{State: "released"}, listing.Query{Text: "phieng my", Sort: "project", Desc: true})
	if err != nil || orders.Total != 1 || orders.Items[0].Code != code || orders.Items[0].Returned != 10_000_000 {
		t.Errorf("%+v %v", orders, err)
	}
	for sort := range map[string]bool{"code": true, "day": true, "state": true, "total": true, "count": true} {
		if answer, err := w.payouts.Orders(ctx, w.reader, payout.OrderFilter{}, listing.Query{Sort: sort}); err != nil || len(answer.Items) != 2 {
			t.Errorf("%s: %v", sort, err)
		}
	}
	for _, sort := range []string{"", "payee", "amount", "state", "order", "case"} {
		found, err := w.payouts.Payments(ctx, w.reader, payout.PaymentFilter{Project: "7654321", Case: a.code}, listing.Query{Text: "huong 1", Sort: sort})
		if err != nil || len(found.Items) != 1 || found.Items[0].Code != payments[0].Code {
			t.Errorf("%+v %v", found, err)
		}
	}
	payables, again, err := w.payouts.Payables(ctx, w.accountant, "7654321", payout.PayableFilter{})
	if err != nil || len(payables) != 1 || payables[0].Left() != 15_000_000 || payables[0].Waiting != draft || len(again) != 1 || again[0].Code != payments[0].Code {
		t.Errorf("%+v %+v %v", payables, again, err)
	}
	waiting, err := w.payouts.Waiting(ctx, w.accountant)
	if err != nil || waiting != (payout.Waiting{Drafts: 1, Reissue: 1}) {
		t.Errorf("%+v %v", waiting, err)
	}
	view, err := w.payouts.Bridge(ctx, w.reader, payout.BridgeFilter{Project: "7654321"})
	if err != nil || view.Total.Approved != 30_000_000 || view.Total.Returned != 10_000_000 || len(view.Projects) != 1 || view.Since != nil {
		t.Errorf("%+v %v", view, err)
	}
	if view, err = w.payouts.Bridge(ctx, w.reader, payout.BridgeFilter{Case: a.code, AsOf: day.Must("2023-07-01")}); err != nil || view.Total.NotOrdered != 10_000_000 {
		t.Errorf("%+v %v", view, err)
	}
	if _, err := w.payouts.Bridge(ctx, w.reader, payout.BridgeFilter{Case: "HS-999"}); !hasField(err, "case", "payout.case_missing") {
		t.Errorf("%v", err)
	}
	if open, err := w.payouts.OpenProjects(ctx, w.accountant); err != nil || len(open) != 1 || open[0].NotOrdered != 20_000_000 {
		t.Errorf("%+v %v", open, err)
	}
}

// together runs an act many times at once and counts the successes.
func together(n int, act func(i int) error) (done int, errs []error) {
	results := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { results[i] = act(i) })
	}
	wg.Wait()
	errs = slices.DeleteFunc(results, func(err error) bool { return err == nil })
	return n - len(errs), slices.Clone(errs)
}

func isFault(err error, code string) bool {
	var f *fault.Fault
	return errors.As(err, &f) && f.Code == code
}

func hasField(err error, name, code string) bool {
	var f *fault.Fault
	return errors.As(err, &f) && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == name && x.Code == code })
}
