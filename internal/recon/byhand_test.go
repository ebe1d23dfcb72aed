package recon_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/payout"
	"matbang/internal/recon"
	"matbang/internal/vnd"
)

// Several lines pay one payment when they come to it, to the đồng; the last one brings the result, and taking one back takes all.
func TestConfirmLines(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Thị Hường", 5000, 700)
	w.load("14/12/2023;-2.000;dot hai", "13/12/2023;-3.000;dot mot", "15/12/2023;-2.001;lech", "16/12/2023;5.000;tra lai")
	one, two, wrong, back := w.lineOf("dot mot"), w.lineOf("dot hai"), w.lineOf("lech"), w.lineOf("tra lai")
	confirm := func(payment, reason string, lines ...id.Line) error {
		return w.ConfirmLines(t.Context(), w.chief, lines, payment, reason, w.today)
	}
	w.refused(confirm(pay[0], "", one, two), recon.ErrReasonNeeded)
	w.refused(confirm(pay[0], "x", one), fault.InvalidField("lines", "recon.pieces"))
	w.refused(confirm(pay[0], "x", one, one), fault.InvalidField("lines", "recon.pieces"))
	w.refused(confirm(pay[0]+","+pay[1], "x", one, two), fault.InvalidField("payment", "recon.one_payment"))
	w.refused(confirm(pay[0], "x", one, wrong), fault.InvalidField("payment", "recon.pieces_differ"))
	w.refused(confirm(pay[0], "x", one, back), recon.ErrPaymentMissing)
	w.refused(confirm("GPMB23T99999", "x", one, two), recon.ErrPaymentMissing)
	w.refused(w.ConfirmLines(t.Context(), w.chief, []id.Line{one, 999}, pay[0], "x", w.today), recon.ErrPaymentMissing)
	w.wantState(pay[0], "ordered")
	w.must(confirm(pay[0], "hai đợt", two, one))
	w.wantState(pay[0], "paid")
	w.sound()
	w.refused(confirm(pay[0], "x", one, two), recon.ErrLineUsed)
	w.must(w.UndoMatch(t.Context(), w.chief, w.matchOf(pay[0], recon.PaymentKind), "nhầm", w.today))
	w.wantState(pay[0], "ordered")
	if n := len(w.open()); n != 4 {
		t.Errorf("%d lines are open, want all four", n)
	}
	w.sound()
}

// A browser that sends twice, or a program that asks again, decides once; another content under the same key is refused.
func TestADecisionUnderAKeyIsMadeOnce(t *testing.T) {
	w := newWorld(t)
	w.load("14/12/2023;-900;lãi", "15/12/2023;-901;phí lạ")
	line := w.lineOf("phí lạ")
	runs := 0
	decide := func(key string, input any) error {
		return w.Once(t.Context(), w.chief, "match.classify", key, input, &struct{}{}, func(ctx context.Context) error {
			runs++
			return w.Classify(ctx, w.chief, line, recon.Fee, "phí")
		})
	}
	w.refused(decide("", "a"), ledger.ErrKeyMissing)
	w.must(decide("key-number-1", "a"))
	w.must(decide("key-number-1", "a"))
	w.refused(decide("key-number-1", "b"), ledger.ErrKeyReused)
	w.refused(decide("key-number-2", "a"), recon.ErrLineUsed)
	if runs != 2 {
		t.Errorf("ran %d times", runs)
	}
}

// Pages by key leave nothing out and show nothing twice, whatever is listed.
func TestTheBenchPagesByKey(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 100, 200)
	lines := []string{"14/12/2023;-100;" + pay[0], "15/12/2023;-200;khong ma", "20/11/2023;-5;tu thang truoc"}
	for i := range 7 {
		lines = append(lines, fmt.Sprintf("%d/12/2023;-%d;le so %d", 11+i, 7000+i, i))
	}
	w.load(lines...)
	w.match()
	first := w.today.Month().First()
	for show, want := range map[recon.Show]int{recon.ShowOpen: 9, recon.ShowProposed: 1, recon.ShowMatched: 1, recon.ShowAll: 10} {
		seen := map[id.Line]bool{}
		q := recon.BenchQuery{Account: w.account, From: first, Through: w.today, Show: show, Limit: 2}
		for {
			page, err := w.Bench(t.Context(), w.accountant, q)
			w.must(err)
			for _, l := range page.Lines {
				if seen[l.ID] {
					t.Errorf("%s: line %d twice", show, l.ID)
				}
				seen[l.ID], q.After = true, l.ID
			}
			if !page.More {
				break
			}
		}
		if len(seen) != want {
			t.Errorf("%s: %d lines, want %d", show, len(seen), want)
		}
	}
	for text, want := range map[string]int{"KHONG MA": 1, "không mã": 1, "7.00": 7, "7003": 1, "gì đó": 0} {
		page, err := w.Bench(t.Context(), w.accountant, recon.BenchQuery{Account: w.account, From: first, Through: w.today, Show: recon.ShowOpen, Text: text, Limit: 50})
		if w.must(err); len(page.Lines) != want {
			t.Errorf("%q: %d lines, want %d", text, len(page.Lines), want)
		}
	}
	n, err := w.Proposed(t.Context(), w.accountant, w.account, w.today)
	if w.must(err); n != 1 {
		t.Errorf("%d proposed, want the line of 200", n)
	}
}

// From the office's limit on, the maker of an order does not confirm its payment either; a rule may, whoever starts the run.
func TestTheMakerConfirmsNoLargePayment(t *testing.T) {
	w := newWorld(t)
	w.exec(`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('NOI-BO', 'office', 'Nội bộ', '2020-01-01', 'thử')`)
	w.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NOI-BO', 'result_by_other_from', 5000, 'vnd', '2020-01-01', 'thử', false)`)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Thị Hường", 5000, 4999, 6000)
	maker := w.actor("maker", bank.Read, recon.Confirm, recon.Run)
	w.load("14/12/2023;-5.000;lon", "14/12/2023;-4.999;nho", "14/12/2023;-6.000;"+pay[2])
	confirm := func(who actor.Actor, words, payment string) error {
		return w.ConfirmByHand(t.Context(), who, w.lineOf(words), payment, "theo giấy báo", w.today)
	}
	w.refused(confirm(maker, "lon", pay[0]), fault.InvalidField("payment", "payout.result_by_maker"))
	w.wantState(pay[0], "ordered")
	w.must(confirm(maker, "nho", pay[1]))
	w.must(confirm(w.accountant, "lon", pay[0]))
	_, err := w.Match(t.Context(), maker, ours, w.today, w.today)
	w.must(err)
	for _, p := range pay {
		w.wantState(p, "paid")
	}
	w.sound()
}

// Parts of a split are payments smaller than the line that wait; those the memo names come first.
func TestPartsOfASplit(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Lê Văn Tám", 100, 200, 900)
	w.load("14/12/2023;-300;" + pay[1] + " VA NGUOI KHAC")
	line := w.lineOf("NGUOI KHAC")
	found, err := w.Parts(t.Context(), w.accountant, line, "")
	w.must(err)
	if len(found) != 2 || found[0].PaymentCode != pay[1] || !found[0].SameCode || found[1].PaymentCode != pay[0] {
		t.Fatalf("%+v", found)
	}
	for text, want := range map[string]int{"le van": 2, pay[0]: 1, "khac": 0} {
		if found, err := w.Parts(t.Context(), w.accountant, line, text); err != nil || len(found) != want {
			t.Errorf("%q: %d, want %d, %v", text, len(found), want, err)
		}
	}
	w.must(w.ConfirmByHand(t.Context(), w.chief, line, pay[0]+", "+pay[1], "bảng kê", w.today))
	w.wantState(pay[0], "paid")
	w.wantState(pay[1], "paid")
	w.sound()
}

// What is compared is told as it is: a name alone agrees in the name and in nothing that proves.
func TestWhyOfACandidate(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Thị Hường", vnd.Amount(41200000))
	w.load("14/12/2023;-41.200.000;CHI TRA BT NGUYEN THI HUONG")
	line := w.open()[0]
	found, err := w.Candidates(t.Context(), w.accountant, line.ID)
	if w.must(err); len(found) != 1 || found[0].PaymentCode != pay[0] {
		t.Fatalf("%+v", found)
	}
	agrees := map[string]bool{}
	for _, why := range recon.WhyOf(line, found[0]) {
		agrees[why.Field] = why.Agrees
	}
	if !agrees["amount"] || !agrees["name"] || agrees["memo_code"] || agrees["account"] {
		t.Errorf("%v", agrees)
	}
}

// A return less a fee brings the whole payment back: the payee is owed all of it again, and the minutes with the bank lack nothing.
func TestAReturnLessAFee(t *testing.T) {
	w := newWorld(t)
	w.exec(`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('NOI-BO', 'office', 'Nội bộ', '2020-01-01', 'thử')`)
	w.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NOI-BO', 'return_fee_most', 110, 'vnd', '2020-01-01', 'thử', false)`)
	w.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NOI-BO', 'return_fee_most', 0, 'vnd', '2023-12-18', 'thử', false)`) // after the lines
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Lý Thị Hường", 5000, 9000)
	w.payee(pay[1], "107000999888", "")
	w.load("14/12/2023;-5.000;"+pay[0], "14/12/2023;-9.000;"+pay[1], "16/12/2023;4.945;HOAN TRA "+pay[0]+" TRU PHI", "16/12/2023;8.889;HOAN TRA", "17/12/2023;8.890;HOAN TRA TK;x;107000999888")
	w.match()
	found, err := w.Candidates(t.Context(), w.accountant, w.lineOf("HOAN TRA TK"))
	if w.must(err); len(found) != 1 || found[0].PaymentCode != pay[1] || found[0].LessFee != 110 {
		t.Errorf("candidates %+v", found)
	}
	back := func(words, payment, reason string) error {
		return w.ConfirmReturnLessFee(t.Context(), w.accountant, w.lineOf(words), payment, reason, w.today)
	}
	w.refused(back("TRU PHI", pay[0], ""), recon.ErrReasonNeeded)
	w.refused(back("TRU PHI", pay[1], "x"), fault.InvalidField("payment", "recon.fee_above"))
	w.must(back("TRU PHI", pay[0], "ngân hàng trừ phí"))
	w.wantState(pay[0], "returned")
	var returned vnd.Amount
	w.get(&returned, `SELECT returned FROM payment WHERE code = $1`, pay[0])
	if returned != 5000 {
		t.Errorf("%s came back in the book", returned)
	}
	if _, err := w.db.Pool().ExecContext(t.Context(), `UPDATE recon_match SET withheld = 111 WHERE withheld > 0`); err == nil || !strings.Contains(err.Error(), "recon_match_withheld_within") {
		t.Errorf("more than the limit in the database: %v", err)
	}
	w.bridge()
	w.sound()
	minutes, err := w.Agreement(t.Context(), w.chief, ours, day.Must("01/12/2023"), w.today)
	if w.must(err); minutes.Unexplained != 0 || len(minutes.Lists.Differ.Items) != 0 || minutes.Gap("in") != 8889+8890 { // the two lines still open
		t.Errorf("minutes: unexplained %s, %+v, in %s", minutes.Unexplained, minutes.Lists.Differ.Items, minutes.Gap("in"))
	}
	w.must(w.UndoMatch(t.Context(), w.chief, w.matchOf(pay[0], recon.ReturnKind), "nhầm", w.today))
	w.wantState(pay[0], "paid")
	w.sound()
}

// The bank pays a payment in parts that do not come to it, and one of them comes back: each line says its own part, and is taken back by itself.
func TestPartsByHand(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Lý Thị Hường", 5000, 9000)
	w.load("14/12/2023;-2.000;"+pay[0]+" LAN 1", "15/12/2023;-1.000;"+pay[0]+" LAN 2", "16/12/2023;500;HOAN "+pay[0])
	if out := w.match(); out.Matched != 0 || out.Open != 3 {
		t.Errorf("a part is never taken by itself: %+v", out)
	}
	today := day.Must("2023-12-31")
	confirm := func(memo string) error {
		return w.ConfirmByHand(t.Context(), w.accountant, w.lineOf(memo), pay[0], "theo giấy báo", today)
	}
	stands := func(state string, open, paid, returned int64) {
		t.Helper()
		w.wantState(pay[0], state)
		var got [3]int64
		for i, column := range []string{"open", "paid", "returned"} {
			w.get(&got[i], `SELECT `+column+` FROM payment WHERE code = $1`, pay[0])
		}
		if got != [3]int64{open, paid, returned} {
			t.Errorf("%v, want %d %d %d", got, open, paid, returned)
		}
		w.sound()
	}
	w.must(confirm("LAN 1"))
	stands("part", 3000, 2000, 0)
	w.must(confirm("LAN 2"))
	stands("part", 2000, 3000, 0)
	var match id.Match
	w.get(&match, `SELECT m.id FROM recon_match m JOIN statement_line l ON l.id = m.line_id WHERE l.description LIKE '%LAN 1'`)
	w.must(w.UndoMatch(t.Context(), w.chief, match, "nhầm dòng", today))
	stands("part", 4000, 1000, 0)
	w.must(confirm("HOAN"))
	stands("part", 3500, 1000, 500)
	w.load("17/12/2023;-3.501;" + pay[0] + " LAN 3")
	if err := confirm("LAN 3"); err == nil {
		t.Error("more than is open is taken")
	}
	stands("part", 3500, 1000, 500)
}
