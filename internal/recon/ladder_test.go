package recon_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/recon"
	"matbang/internal/vnd"
)

// payee writes a payment's account and identity number, as approval would have copied them.
func (w *world) payee(payment, account, identity string) {
	w.t.Helper()
	w.exec(`ALTER TABLE payment DISABLE TRIGGER payment_fixed`)
	w.exec(`UPDATE payment SET account_no = $2, identity_no = $3 WHERE code = $1`, payment, account, identity)
	w.exec(`ALTER TABLE payment ENABLE TRIGGER payment_fixed`)
}

func (w *world) ruleOf(payment string) string {
	w.t.Helper()
	for _, m := range w.matches(false) {
		if m.PaymentCode == payment {
			return m.Rule
		}
	}
	return ""
}

func TestTheLadder(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Thị Hường", 1000, 2000, 3000, 4000, 4000, 5000, 6000, 6000, 7000, 500, 600, 900)
	for i, p := range pay {
		w.payee(p, "10700000000"+string(rune('A'+i))+"1", "")
	}
	w.payee(pay[0], "1070.0000.1111", "")
	w.payee(pay[1], "", "006180001234")
	w.payee(pay[2], "222233334444", "")
	w.payee(pay[3], "555566667777", "")
	w.payee(pay[4], "555566667777", "")
	w.payee(pay[5], "888899990000", "")
	w.payee(pay[6], "333344445555", "")
	w.payee(pay[8], "999900001111", "")
	w.load(
		"14/12/2023;-1.000;MBVCB.123.CHI TRA tu 0011 toi 107000001111 NGUYEN THI HUONG",    // the account stands in the memo
		"14/12/2023;-2.000;CHI TRA CCCD 006180001234 HO NGUYEN THI HUONG",                  // the identity number
		"14/12/2023;-3.001;CHI TRA 222233334444",                                           // one đồng too much
		"14/12/2023;-4.000;CHI TRA 555566667777",                                           // two payments of one account and amount
		"14/12/2023;-5.000;CHI TRA 888899990000", "15/12/2023;-5.000;CHI TRA 888899990000", // two lines for one payment
		"14/12/2023;-6.000;CHI TRA NGUYEN THI HUONG",        // a name alone
		"14/12/2023;-7.000;"+pay[0]+" CHI TRA 999900001111", // a code that says something else than the account
		"14/12/2023;-1.100;CHI GOP "+pay[9]+", "+pay[10],    // one line for two payments
		"14/12/2023;-1.801;CHI GOP "+pay[11]+" VA "+pay[9],  // codes whose amounts do not come to it
	)
	out := w.match()
	for i, rule := range map[int]string{0: "account_amount", 1: "identity_amount", 9: "codes_sum", 10: "codes_sum"} {
		if got := w.ruleOf(pay[i]); got != rule {
			t.Errorf("payment %d by %q, want %s", i, got, rule)
		}
		w.wantState(pay[i], "paid")
	}
	for _, i := range []int{2, 3, 4, 5, 6, 7, 8, 11} {
		w.wantState(pay[i], "ordered")
	}
	if out.Matched != 3 || out.Open != 7 {
		t.Errorf("outcome %+v", out)
	}
	w.bridge()
	w.sound()
	w.must(w.UndoMatch(t.Context(), w.chief, w.matchOf(pay[10], recon.PaymentKind), "ghi nhầm", w.today)) // one part takes the line's other part along
	w.wantState(pay[9], "ordered")
	w.wantState(pay[10], "ordered")
	w.bridge()
	w.sound()
	if again := w.match(); again.Matched != 1 {
		t.Errorf("the same line gives the same match again: %+v", again)
	}
	w.must(w.UndoRun(t.Context(), w.chief, out.RunID, "nạp nhầm sao kê", w.today))
	w.wantState(pay[0], "ordered")
	w.sound()
}

func TestOneLineForSeveralPaymentsByHand(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Thị Hường", 1000, 2000, 3000)
	w.load("14/12/2023;-3.000;CHI GOP HAI HO")
	line := w.lineOf("CHI GOP")
	err := w.ConfirmByHand(t.Context(), w.chief, line, pay[0]+" "+pay[2], "x", w.today)
	var told *fault.Fault
	if !errors.As(err, &told) || told.Fields[0].Code != "recon.sum_differs" || told.Fields[0].Args[2] != vnd.Amount(-1000) {
		t.Errorf("got %v", err)
	}
	w.must(w.ConfirmByHand(t.Context(), w.chief, line, pay[0]+", "+pay[1], "đã xem ủy nhiệm chi", w.today))
	w.wantState(pay[0], "paid")
	w.wantState(pay[1], "paid")
	w.bridge()
	w.sound()
	if _, err := w.db.Pool().ExecContext(t.Context(), `UPDATE recon_match SET undone_at = now(), undone_by = made_by, undo_reason = 'x' WHERE part = 2`); err == nil {
		t.Error("half a line stays explained")
	}
}

// A memo copied from the payee before: code and amount agree, the account of the other side says who it really was.
func TestTheAccountContradictsTheCode(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Lý Thị Hường", 5000, 5000, 6000)
	for i, p := range pay {
		w.payee(p, "70000000000"+string(rune('1'+i)), "")
	}
	w.load("14/12/2023;-5.000;"+pay[0]+" CHI TRA;x;700000000002", "14/12/2023;-6.000;"+pay[2]+" CHI TRA;x;999900009999") // the bank's own account contradicts nothing
	if out := w.match(); out.Matched != 1 || out.Open != 1 {
		t.Errorf("outcome %+v", out)
	}
	w.wantState(pay[0], "ordered")
	w.wantState(pay[1], "ordered")
	w.wantState(pay[2], "paid")
}

// Lines that pay one payment together are matched when they come to it, taken back together, and a fee that names the payment is no piece.
func TestSeveralLinesForOnePayment(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Lý Thị Hường", 5000, 9000)
	w.load("14/12/2023;-2.000;"+pay[0]+" LAN 1", "15/12/2023;-2.500;"+pay[0]+" LAN 2", "15/12/2023;-11;PHI CK "+pay[0])
	if out := w.match(); out.Matched != 0 || out.Fees != 1 || out.Open != 2 {
		t.Errorf("not whole yet: %+v", out)
	}
	found, err := w.Candidates(t.Context(), w.accountant, w.lineOf("LAN 2"))
	w.must(err)
	if len(found) != 1 || found[0].PaymentCode != pay[0] || found[0].SameAmount {
		t.Errorf("candidates %+v", found)
	}
	w.load("16/12/2023;-500;" + pay[0] + " LAN 3")
	if out := w.match(); out.Matched != 3 || out.Open != 0 || w.ruleOf(pay[0]) != "code_pieces" {
		t.Errorf("whole: %+v by %s", out, w.ruleOf(pay[0]))
	}
	w.wantState(pay[0], "paid")
	var paidOn day.Date
	w.get(&paidOn, `SELECT day FROM payment_result`)
	if paidOn != day.Must("16/12/2023") {
		t.Errorf("paid on %s, the day of its last piece is meant", paidOn)
	}
	w.bridge()
	w.sound()
	if _, err := w.db.Pool().ExecContext(t.Context(), `UPDATE recon_match SET undone_at = now(), undone_by = made_by, undo_reason = 'x' WHERE piece = 2`); err == nil {
		t.Error("a piece of a payment stays without the others")
	}
	w.must(w.UndoMatch(t.Context(), w.chief, w.matches(false)[1].ID, "ghi nhầm", w.today))
	w.wantState(pay[0], "ordered")
	if left := len(w.open()); left != 3 {
		t.Errorf("%d lines open", left)
	}
	again := w.match()
	w.wantState(pay[0], "paid")
	w.must(w.UndoRun(t.Context(), w.chief, again.RunID, "nạp nhầm sao kê", w.today))
	w.wantState(pay[0], "ordered")
	w.bridge()
	w.sound()
}

// An order paid in one sum is matched by its number when the line comes to all that is open in it, and only then.
func TestAWholeOrderInOneLine(t *testing.T) {
	for sum, rule := range map[string]string{"6.000": "order_sum", "6.001": "", "5.000": ""} {
		w := newWorld(t)
		pay := w.order(payout.MethodTransfer, "2023-12-10", "Lý Thị Hường", 1000, 2000, 3000)
		w.order(payout.MethodTransfer, "2023-12-10", "Lý Thị Hường", 1000, 2000, 3000)
		w.load("14/12/2023;-" + sum + ";CHI TRA THEO LENH CT-2023-0 01 GOM 3 HO")
		w.match()
		for _, p := range pay {
			if got := w.ruleOf(p); got != rule {
				t.Errorf("%s: %s by %q, want %q", sum, p, got, rule)
			}
		}
		w.bridge()
		w.sound()
	}
}

// slip notes the treasury's number of a payment's order.
func (w *world) slip(payment, number, on string) {
	w.t.Helper()
	w.exec(`INSERT INTO order_reference (order_id, reference, day, noted_by) SELECT p.order_id, $2, $3, o.made_by FROM payment p JOIN payout_order o ON o.id = p.order_id WHERE p.code = $1`, payment, number, on)
}

// The treasury's number tells the order, the amount the payment; a number that recurs, twins, or a code that says something else leave it to a person.
func TestTheTreasurysNumber(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Lý Thị Hường", 1000, 2000, 2000, 3000, 4000)
	whole := w.order(payout.MethodTransfer, "2023-12-10", "Trần Văn Bình", 600, 700)
	later := w.order(payout.MethodTransfer, "2023-12-20", "Vũ Văn Ba", 1000, 3000)
	w.slip(pay[0], "0125/KB", "2023-12-11")
	w.slip(whole[0], "0126/KB", "2023-12-11")
	w.slip(later[0], "0125 KB", "2023-12-20") // the same number once more
	w.load(
		"14/12/2023;-1.000;CHI TRA;0125-KB",            // before the other order of that number
		"14/12/2023;-2.000;CHI TRA;0125-KB",            // twins
		"21/12/2023;-3.000;CHI TRA;0125-KB",            // either order
		"14/12/2023;-1.300;CHI TRA 2 HO;0126 kb",       // all of an order
		"14/12/2023;-4.000;CHI TRA SO CT 0125/KB;FT99", // in the memo
		"14/12/2023;-11;PHI CHUYEN TIEN;0125-KB",       // the fee is booked under it too
	)
	if out := w.match(); out.Matched != 3 || out.Fees != 1 || out.Open != 2 {
		t.Errorf("outcome %+v", out)
	}
	for payment, rule := range map[string]string{pay[0]: "reference_amount", pay[1]: "", pay[3]: "", later[1]: "", pay[4]: "reference_amount", whole[0]: "reference_sum", whole[1]: "reference_sum"} {
		if got := w.ruleOf(payment); got != rule {
			t.Errorf("%s by %q, want %q", payment, got, rule)
		}
	}
	found, err := w.Candidates(t.Context(), w.accountant, w.open()[0].ID)
	if w.must(err); len(found) != 2 || !found[0].SameSlip {
		t.Errorf("candidates %+v", found)
	}
	w.bridge()
	w.sound()
}

// What is left of a code proves only together with amount and name, and only where no twin could be meant.
func TestAMaimedCode(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Lý Thị Hường", 1000, 2000, 3000, 3000, 4000)
	w.load(
		"14/12/2023;-1.000;"+pay[0]+"1412 CHI TRA LY THI HUONG", // runs into the day
		"14/12/2023;-2.000;CHI TRA LY THI HUONG "+pay[1][:10],   // cut
		"14/12/2023;-3.000;CHI TRA LY THI HUONG "+pay[2][:10],   // cut, and there is a twin
		"14/12/2023;-4.000;CHI TRA "+pay[4][:10],                // cut, and no name
	)
	w.match()
	for i, rule := range []string{"maimed_code", "maimed_code", "", "", ""} {
		if got := w.ruleOf(pay[i]); got != rule {
			t.Errorf("payment %d by %q, want %q", i, got, rule)
		}
	}
	w.sound()
}

// The same lines give the same matches in whatever order the files came.
func TestTheOrderOfLoadingDoesNotMatter(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 3))
	var want []string
	for range 3 {
		w := newWorld(t)
		pay := w.order(payout.MethodTransfer, "2023-12-10", "Trần Văn Bình", 1000, 2000, 2000, 3000, 4000)
		for i, p := range pay {
			w.payee(p, "70000000000"+string(rune('1'+i)), "")
		}
		lines := []string{"14/12/2023;-1.000;" + pay[0], "15/12/2023;-1.000;" + pay[0], "14/12/2023;-2.000;toi 700000000002", "14/12/2023;-7.000;" + pay[3] + " " + pay[4],
			"16/12/2023;1.000;HOAN TRA " + pay[0], "16/12/2023;-3.000;" + pay[3], "14/12/2023;-2.000;TRAN VAN BINH"}
		r.Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
		for _, l := range lines {
			w.load(l)
		}
		w.match()
		var got []string
		for _, m := range w.matches(false) {
			got = append(got, m.Day.String()+" "+m.Description+" "+string(m.Kind)+" "+m.PaymentCode+" "+m.Rule)
		}
		slices.Sort(got)
		if want == nil {
			want = got
		}
		if !slices.Equal(got, want) {
			t.Errorf("seed %d:\n%q\n%q", seed, got, want)
		}
		w.sound()
	}
}
