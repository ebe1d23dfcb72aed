package payout_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/compensation"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// limit sets the office's limit for a second approval.
func (w *world) limit(amount vnd.Amount) {
	w.t.Helper()
	w.exec(`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('NOI-BO', 'office', 'Nội bộ', '2020-01-01', 'thử')`)
	w.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NOI-BO', 'second_approval_from', $1, 'vnd', '2020-01-01', 'thử', false)`, amount)
}

// byOtherFrom sets the office's limit for results told by the maker of an order.
func (w *world) byOtherFrom(amount vnd.Amount) {
	w.t.Helper()
	w.exec(`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('NOI-BO', 'office', 'Nội bộ', '2020-01-01', 'thử')`)
	w.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NOI-BO', 'result_by_other_from', $1, 'vnd', '2020-01-01', 'thử', false)`, amount)
}

// Whoever made an order tells of its small payments only what became of them; of a large one nobody but another, also not part by part.
func TestTheMakerTellsNoLargeResult(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.byOtherFrom(20_000_000)
	a, b := w.award(30_000_000, 0), w.award(19_000_000, 0)
	_, payments := w.released(order(payout.MethodTransfer, part(a, 30_000_000), part(b, 19_000_000)))
	large, small := result(payments[0], payout.ResultPaid), result(payments[1], payout.ResultPaid)
	if large.Amount < small.Amount {
		large, small = small, large
	}
	maker, other := w.accountant, w.second
	other.Grants = maps.Clone(other.Grants)
	other.Grants[payout.RecordResult] = actor.All
	slice := large
	slice.Amount = 5_000_000
	for name, r := range map[string]payout.Result{"whole": large, "a part": slice} {
		if err := w.payouts.RecordResults(ctx, maker, []payout.Result{small, r}, w.key(), today); !hasField(err, "results[1].payment", "payout.result_by_maker") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.payouts.CheckResults(ctx, maker, []payout.Result{large}, today); !hasField(err, "results[0].payment", "payout.result_by_maker") {
		t.Errorf("the preview: %v", err)
	}
	w.record(maker, small)
	w.record(other, large)
	if err := w.try(`INSERT INTO payment_result (payment_id, kind, came_from, day, amount, evidence_kind, evidence_ref, journal_id, made_by, hand_from)
		SELECT r.payment_id, 'paid', 'ordered', r.day, r.amount, 'bank_advice', 'x', j.id, o.made_by, r.hand_from FROM payment_result r JOIN payment p ON p.id = r.payment_id JOIN payout_order o ON o.id = p.order_id,
		  journal j WHERE p.amount = 30000000 LIMIT 1`); err == nil || !strings.Contains(err.Error(), "payment_result_by_another") {
		t.Errorf("past the program: %v", err)
	}
	w.sound()
}

// fund is what orders of the work still may take of the city's money.
func (w *world) fund(year int) payout.Fund {
	w.t.Helper()
	funds, err := w.payouts.Funds(context.Background(), w.reader, "7654321", year)
	w.must(err)
	i := slices.IndexFunc(funds, func(f payout.Fund) bool { return f.Source == "city" })
	if i < 0 {
		w.t.Fatalf("no fund in %d", year)
	}
	return funds[i]
}

func TestOrdersStopAtTheFund(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.capital("city", 2022, 100_000_000)
	a, b := w.award(90_000_000, 0), w.award(50_000_000, 0)
	in := order(payout.MethodTransfer, part(a, 90_000_000))
	in.Year = 2022
	code := w.draft(in)
	if f := w.fund(2022); f.Ordered != 90_000_000 || f.Left() != 10_000_000 {
		t.Errorf("a draft takes of its fund: %+v", f)
	}
	over := order(payout.MethodTransfer, part(b, 10_000_001))
	over.Year = 2022
	_, err := w.payouts.Draft(ctx, w.accountant, over, w.key(), today)
	var f *fault.Fault
	if !errors.As(err, &f) || !hasField(err, "source", "payout.above_fund") || f.Fields[0].Args[2] != vnd.Amount(10_000_001) || f.Fields[0].Args[3] != vnd.Amount(10_000_000) {
		t.Errorf("one đồng too much, both figures: %v", err)
	}
	for year, want := range map[int]string{2021: "payout.plan_year", 2024: "payout.plan_year"} {
		over.Year = year
		if _, err := w.payouts.Draft(ctx, w.accountant, over, w.key(), today); !hasField(err, "plan_year", want) {
			t.Errorf("%d: %v", year, err)
		}
	}
	// Vouchers for other things take of the fund, the compensation drawn by clearance vouchers is this very money.
	w.exec(`UPDATE capital_fund SET drawn = 60000000, clearance = 60000000 WHERE year = 2022`)
	if f := w.fund(2022); f.Left() != 10_000_000 {
		t.Errorf("clearance money counts once: %+v", f)
	}
	if err := w.try(`UPDATE capital_fund SET drawn = drawn + 10000001 WHERE year = 2022`); refused(err) != "capital_fund_orders_within" {
		t.Errorf("a voucher that takes the orders' money: %v", err)
	}
	if err := w.try(`UPDATE capital_fund SET plan = plan - 10000001 WHERE year = 2022`); refused(err) != "capital_fund_orders_within" {
		t.Errorf("a decision that takes the orders' money: %v", err)
	}
	w.exec(`UPDATE capital_fund SET drawn = 0, clearance = 0 WHERE year = 2022`)
	w.must(w.payouts.Cancel(ctx, w.accountant, code, 1, "thử", w.key(), today))
	if f := w.fund(2022); f.Ordered != 0 {
		t.Errorf("a cancelled order frees its fund: %+v", f)
	}
	w.sound()
}

// Fifty at once make orders of 7 million on a fund of 100: fourteen may.
func TestFiftyOrdersOnOneFund(t *testing.T) {
	w := newWorld(t)
	w.capital("city", 2022, 100_000_000)
	awards := make([]award, 50)
	for i := range awards {
		awards[i] = w.award(7_000_000, 0)
	}
	done, errs := together(50, func(i int) error {
		in := order(payout.MethodTransfer, part(awards[i], 7_000_000))
		in.Year = 2022
		_, err := w.payouts.Draft(context.Background(), w.accountant, in, fmt.Sprintf("fund-key-%03d", i), today)
		return err
	})
	if done != 14 || w.fund(2022).Ordered != 98_000_000 {
		t.Errorf("%d orders, %s taken", done, w.fund(2022).Ordered)
	}
	for _, err := range errs {
		if !hasField(err, "source", "payout.above_fund") {
			t.Errorf("%v", err)
		}
	}
	w.sound()
}

func TestALargeOrderIsApprovedTwice(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.limit(50_000_000)
	small := w.draft(order(payout.MethodTransfer, part(w.award(49_999_999, 0), 49_999_999)))
	w.submit(small)
	w.approve(small)
	if err := w.payouts.ApproveAgain(ctx, w.second, small, w.version(small), w.key()); !isFault(err, "payout.second_not_needed") {
		t.Errorf("below the limit: %v", err)
	}
	w.release(small)
	code := w.draft(order(payout.MethodTransfer, part(w.award(50_000_000, 0), 50_000_000)))
	w.submit(code)
	w.approve(code)
	if err := w.payouts.Release(ctx, w.director, code, w.version(code), w.key(), today); !isFault(err, "payout.second_needed") {
		t.Errorf("released with one approval: %v", err)
	}
	if o := w.order(code); o.Next(w.director) != "second-approve" || o.Next(w.chief) != "" {
		t.Errorf("next %q %q", o.Next(w.director), o.Next(w.chief))
	}
	if err := w.payouts.ApproveAgain(ctx, w.chief, code, w.version(code), w.key()); !errors.Is(err, payout.ErrSecondPerson) {
		t.Errorf("the approver approves twice: %v", err)
	}
	if err := w.payouts.ApproveAgain(ctx, w.leader, code, w.version(code), w.key()); !errors.Is(err, compensation.ErrSamePerson) {
		t.Errorf("who approved the plan: %v", err)
	}
	for _, broken := range []string{`state = 'released', release_journal = (SELECT max(id) FROM journal), released_by = ` + fmt.Sprint(w.director.ID) + `, released_at = now(), released_on = '2023-12-20'`, `second_by = approved_by`, `second_by = made_by`} {
		if err := w.try(`UPDATE payout_order SET ` + broken + ` WHERE code = '` + code + `'`); refused(err) != "payout_order_second_complete" && refused(err) != "payout_order_second_person" {
			t.Errorf("%s: %v", broken, err)
		}
	}
	w.must(w.payouts.ApproveAgain(ctx, w.second, code, w.version(code), w.key()))
	if err := w.payouts.Release(ctx, w.second, code, w.version(code), w.key(), today); !errors.Is(err, payout.ErrThreePersons) {
		t.Errorf("the second approver releases: %v", err)
	}
	w.release(code)
	if o := w.order(code); o.SecondBy != "Ông accountant2" || o.SecondFrom != 50_000_000 || o.State != payout.OrderReleased {
		t.Errorf("%+v", o)
	}
	w.sound()
}

func TestSplit(t *testing.T) {
	for _, submitted := range []bool{false, true} {
		w := newWorld(t)
		ctx := context.Background()
		w.limit(60_000_000)
		a, b := w.award(40_000_000, 0), w.award(30_000_000, 0)
		code := w.draft(order(payout.MethodTransfer, part(a, 40_000_000), part(b, 30_000_000)))
		if submitted {
			w.submit(code)
		}
		all, v := w.payments(code), w.version(code)
		for name, try := range map[string]struct {
			who   actor.Actor
			codes []string
			field string
		}{
			"nothing":       {w.accountant, nil, "payout.split_nothing"},
			"everything":    {w.accountant, []string{all[0].Code, all[1].Code}, "payout.split_all"},
			"another's":     {w.accountant, []string{"GPMB23T99999"}, "payout.split_foreign"},
			"not the maker": {w.second, []string{all[1].Code}, ""},
		} {
			_, err := w.payouts.Split(ctx, try.who, code, v, try.codes, w.key(), today)
			if try.field != "" && !hasField(err, "payments", try.field) || try.field == "" && !errors.Is(err, payout.ErrNotMaker) {
				t.Errorf("%s: %v", name, err)
			}
		}
		key := w.key()
		child, err := w.payouts.Split(ctx, w.accountant, code, v, []string{all[1].Code}, key, today)
		w.must(err)
		if again, err := w.payouts.Split(ctx, w.accountant, code, v, []string{all[1].Code}, key, today); err != nil || again != child {
			t.Errorf("the same key: %s %v", again, err)
		}
		parent, part := w.order(code), w.order(child)
		if parent.Total != 40_000_000 || part.Total != 30_000_000 || part.State != payout.OrderDraft || part.Parent != code || part.ParentKind != "split" ||
			part.Prepared != 30_000_000 || parent.Draws+part.Draws != 70_000_000 || part.SecondNeeded != submitted {
			t.Errorf("submitted %v: %+v\n%+v", submitted, parent, part)
		}
		if w.fund(2023).Ordered != 70_000_000 || w.bridge(b).NotOrdered != 30_000_000 {
			t.Errorf("fund %s, bridge %+v", w.fund(2023).Ordered, w.bridge(b))
		}
		w.submit(child)
		if w.bridge(b).NotOrdered != 0 {
			t.Errorf("submitted again: %+v", w.bridge(b))
		}
		w.must(w.payouts.Cancel(ctx, w.accountant, child, w.version(child), "thử", w.key(), today))
		if !submitted {
			w.submit(code)
		}
		w.approve(code)
		if _, err := w.payouts.Split(ctx, w.accountant, code, w.version(code), []string{all[0].Code}, w.key(), today); !isFault(err, "payout.wrong_state") {
			t.Errorf("an approved order is split: %v", err)
		}
		w.sound()
	}
}

func TestReissueTheFailed(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a, b := w.award(40_000_000, 0), w.award(30_000_000, 0)
	code, payments := w.released(order(payout.MethodTransfer, part(a, 40_000_000), part(b, 30_000_000)))
	if _, err := w.payouts.Reissue(ctx, w.accountant, code, w.key(), today); !errors.Is(err, payout.ErrNothingToAgain) {
		t.Errorf("nothing came back: %v", err)
	}
	w.record(w.accountant, result(payments[0], payout.ResultPaid), result(payments[1], payout.ResultReturned))
	before, key := w.fund(2023).Ordered, w.key()
	again, err := w.payouts.Reissue(ctx, w.accountant, code, key, today)
	w.must(err)
	if same, err := w.payouts.Reissue(ctx, w.accountant, code, key, today); err != nil || same != again {
		t.Errorf("the same key: %s %v", same, err)
	}
	o := w.order(again)
	children, err := w.payouts.ChildrenOf(ctx, w.order(code).ID)
	w.must(err)
	if o.Total != 30_000_000 || o.Draws != 0 || o.Parent != code || o.ParentKind != "reissue" || len(children) != 1 || children[0].Code != again || w.fund(2023).Ordered != before {
		t.Errorf("%+v %+v", o, children)
	}
	if _, err := w.payouts.Reissue(ctx, w.accountant, code, w.key(), today); !errors.Is(err, payout.ErrNothingToAgain) {
		t.Errorf("a second time: %v", err)
	}
	w.submit(again)
	w.approve(again)
	w.release(again)
	w.record(w.accountant, result(w.payments(again)[0], payout.ResultPaid))
	w.sound()
}

func TestAnotherPersonChecksAnAccount(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	checker := w.person("checker", map[actor.Permission]actor.Reach{payout.CheckAccount: actor.All, "identity:open": actor.All})
	w.award(10_000_000, 0, entitled{"Lý Thị Mai", "111", 10000})
	w.award(10_000_000, 0, entitled{"Hà Văn Lô", "111", 10000})
	waiting := func() []payout.Account {
		answer, err := w.payouts.Accounts(ctx, checker, payout.AccountFilter{State: "waiting"}, listing.Query{})
		w.must(err)
		return answer.Items
	}
	if n := len(waiting()); n != 0 {
		t.Fatalf("%d wait", n)
	}
	w.exec(`UPDATE holder SET changed_by = $1 WHERE id = (SELECT holder_id FROM holder_party WHERE full_name = 'Lý Thị Mai')`, checker.ID)
	w.exec(`UPDATE holder_party SET account_no = '222' WHERE full_name = 'Lý Thị Mai'`)
	own := waiting()
	if len(own) != 1 || own[0].AccountNo != "222" || own[0].EnteredID != checker.ID {
		t.Fatalf("%+v", own)
	}
	if err := w.payouts.Check(ctx, checker, own[0].Code, 1, true, ""); !errors.Is(err, payout.ErrAccountSame) {
		t.Errorf("one's own account: %v", err)
	}
	// Another person's touch in between does not make the first a stranger to the number.
	w.exec(`UPDATE holder SET changed_by = $1 WHERE changed_by = $2`, w.leader.ID, checker.ID)
	w.exec(`UPDATE holder_party SET account_no = '333' WHERE full_name = 'Lý Thị Mai'`)
	w.exec(`UPDATE holder_party SET account_no = '222' WHERE full_name = 'Lý Thị Mai'`)
	touched := waiting()[0]
	if err := w.payouts.Check(ctx, checker, touched.Code, 1, true, ""); !errors.Is(err, payout.ErrAccountSame) {
		t.Errorf("one's own number by another hand: %v", err)
	}
	w.exec(`UPDATE holder_party SET account_no = '111' WHERE full_name = 'Lý Thị Mai'`)
	a := waiting()[0]
	if a.Others != "Hà Văn Lô" {
		t.Errorf("the same number is told: %+v", a)
	}
	if err := w.payouts.Check(ctx, checker, a.Code, 1, false, " "); !hasField(err, "reason", "required") {
		t.Errorf("refused without a reason: %v", err)
	}
	if _, err := w.payouts.OpenAccount(ctx, checker, a.Code, ""); !hasField(err, "reason", "required") {
		t.Errorf("opened without a reason: %v", err)
	}
	done, errs := together(10, func(int) error { return w.payouts.Check(ctx, checker, a.Code, 1, true, "") })
	if done != 1 || len(errs) != 9 {
		t.Errorf("%d checked", done)
	}
	history, err := w.payouts.AccountHistory(ctx, checker, a.Code)
	w.must(err)
	if len(history) != 5 || history[0].State != payout.AccountChecked || history[1].State != payout.AccountReplaced || history[0].DecidedBy != "Ông checker" {
		t.Errorf("%+v", history)
	}
	if err := w.try(`UPDATE account_check SET state = 'waiting' WHERE code = '` + a.Code + `'`); refused(err) != "account_check_kept" {
		t.Errorf("a word taken back: %v", err)
	}
	w.sound()
}

func TestInstalments(t *testing.T) {
	w := newWorld(t)
	a := w.award(10_000_001, 0)
	line := part(a, 0)
	for _, want := range []vnd.Amount{5_000_001, 2_500_000} {
		line.ShareBP = 5000
		_, payments := w.released(order(payout.MethodTransfer, line))
		if len(payments) != 1 || payments[0].Amount != want {
			t.Fatalf("half of what is left: %+v", payments)
		}
		w.record(w.accountant, result(payments[0], payout.ResultPaid))
	}
	line.ShareBP = 10_000
	_, payments := w.released(order(payout.MethodTransfer, line))
	if payments[0].Amount != 2_500_000 {
		t.Errorf("the rest: %s", payments[0].Amount)
	}
	w.record(w.accountant, result(payments[0], payout.ResultPaid))
	if _, err := w.payouts.Draft(context.Background(), w.accountant, order(payout.MethodTransfer, line), w.key(), today); !hasField(err, "lines[0].amount", "payout.nothing_left_of") {
		t.Errorf("a share of nothing: %v", err)
	}
	w.sound()
}

// Fifty people push fifty orders of one work to their release at once; nobody is told of a deadlock and no đồng is lost.
func TestFiftyOrdersOfOneWorkAtOnce(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	awards := make([]award, 50)
	for i := range awards {
		awards[i] = w.award(1_000_000, 0, entitled{"A", "1", 5000}, entitled{"B", "2", 5000})
	}
	done, errs := together(50, func(i int) error {
		key := func(step string) string { return fmt.Sprintf("many-%s-%03d", step, i) }
		// Two awards an order, taken in opposite order by neighbours: half of the drafts meet the other half.
		code, err := w.payouts.Draft(ctx, w.accountant, order(payout.MethodTransfer, part(awards[i], 400_000), part(awards[49-i], 300_000)), key("draft"), today)
		if err != nil {
			return err
		}
		return errors.Join(w.payouts.Submit(ctx, w.accountant, code, 1, key("submit"), today), w.payouts.Approve(ctx, w.chief, code, 2, key("approve")),
			w.payouts.Release(ctx, w.director, code, 3, key("release"), today))
	})
	for _, err := range errs {
		if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict {
			t.Errorf("%v", err)
		}
	}
	if done != 25 || w.fund(2023).Ordered != 25*700_000 {
		t.Errorf("%d orders, %s", done, w.fund(2023).Ordered)
	}
	w.sound()
}

// refused is the constraint that an error names.
func refused(err error) string {
	var v *tx.Violation
	if errors.As(err, &v) {
		return v.Constraint
	}
	return ""
}
