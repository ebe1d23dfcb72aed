package recon_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/recon"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

func TestCodeAndAmountMatchAndPay(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Thị Hường", 185640000, 41200000)
	w.load("14/12/2023;-185.640.000;"+pay[0]+" CHI TRA BT NGUYEN THI HUONG", "14/12/2023;-41.200.000;CHI TRA BT, "+pay[1][:7]+" "+pay[1][7:]+" NGUY EN",
		"15/12/2023;-11.000;PHI CHUYEN TIEN", "15/12/2023;-5.000.000;CHUYEN KHOAN KHAC")
	out := w.match()
	if out.Matched != 2 || out.Fees != 1 || out.Returned != 0 || out.Open != 1 {
		t.Errorf("outcome %+v", out)
	}
	w.wantState(pay[0], "paid")
	w.wantState(pay[1], "paid") // its code was broken by a wrapped line
	if b := w.bridge(); b.Paid != 226840000 || b.Ordered != 0 {
		t.Errorf("bridge %+v", b)
	}
	var evidence string
	w.get(&evidence, `SELECT evidence_kind FROM payment_result r JOIN payment p ON p.id = r.payment_id WHERE p.code = $1`, pay[0])
	if evidence != "statement_line" {
		t.Errorf("evidence %s", evidence)
	}
	w.sound()
}

func TestSameInputTwiceBringsNothingNew(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 500)
	w.load("14/12/2023;-500;"+pay[0], "15/12/2023;-600;x")
	first := w.match()
	before := w.count()
	second := w.match()
	if second.RunID != 0 || second.Matched+second.Returned+second.Fees != 0 || second.Open != first.Open {
		t.Errorf("second run %+v", second)
	}
	if after := w.count(); after != before {
		t.Errorf("rows before %v, after %v", before, after)
	}
}

// count is how many rows the acts of this room may add to.
func (w *world) count() [5]int {
	w.t.Helper()
	var n [5]int
	for i, table := range []string{"match_run", "recon_match", "payment_result", "journal", "audit_event"} {
		w.get(&n[i], `SELECT count(*) FROM `+table)
	}
	return n
}

func TestWhatIsNotCertainStaysOpen(t *testing.T) {
	cases := []struct{ name, text, amount, day string }{
		{"one đồng less", "%s CHI TRA", "-99.999", "14/12/2023"},
		{"one đồng more", "%s CHI TRA", "-100.001", "14/12/2023"},
		{"two codes", "%s %s CHI TRA", "-100.000", "14/12/2023"},
		{"wrong code", "GPMB23T99999 CHI TRA", "-100.000", "14/12/2023"},
		{"a digit too many", "%s5", "-100.000", "14/12/2023"},
		{"no code, right name", "CHI TRA NGUYEN VAN A", "-100.000", "14/12/2023"},
		{"before the release", "%s", "-100.000", "09/12/2023"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Văn A", 100000, 100000)
			text := strings.Replace(strings.Replace(c.text, "%s", pay[0], 1), "%s", pay[1], 1)
			w.load(c.day + ";" + c.amount + ";" + text)
			if out := w.match(); out.Matched != 0 || out.Open != 1 {
				t.Errorf("outcome %+v", out)
			}
			w.wantState(pay[0], "ordered")
		})
	}
}

func TestDepositOrderIsHeldNotPaid(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodDeposit, "2023-12-10", "A", 700)
	w.load("14/12/2023;-700;" + pay[0])
	w.match()
	w.wantState(pay[0], "deposited")
	if b := w.bridge(); b.Deposited != 700 || b.Paid != 0 {
		t.Errorf("bridge %+v", b)
	}
	w.sound()
}

func TestCashDrawnIsNotYetPaid(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodCash, "2023-12-10", "A", 700)
	w.load("14/12/2023;-700;RUT TIEN MAT " + pay[0])
	if out := w.match(); out.Matched != 1 {
		t.Errorf("outcome %+v", out)
	}
	w.wantState(pay[0], "ordered")
	w.sound()
}

func TestOutAndBackInOneRun(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 900)
	w.load("14/12/2023;-900;"+pay[0], "16/12/2023;900;HOAN TRA "+pay[0]+" SAI SO TK")
	if out := w.match(); out.Matched != 1 || out.Returned != 1 || out.Open != 0 {
		t.Errorf("outcome %+v", out)
	}
	w.wantState(pay[0], "returned")
	if b := w.bridge(); b.Returned != 900 || b.Paid != 0 {
		t.Errorf("bridge %+v", b)
	}
	var kinds string
	w.get(&kinds, `SELECT string_agg(kind, ',' ORDER BY id) FROM payment_result`)
	if kinds != "paid,returned" {
		t.Errorf("results %s", kinds)
	}
	w.sound()
}

func TestTwoLinesOfOneCodeTakeTheOldest(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 900)
	w.load("16/12/2023;-900;"+pay[0]+" lan hai", "14/12/2023;-900;"+pay[0]+" lan mot")
	if out := w.match(); out.Matched != 1 || out.Open != 1 {
		t.Errorf("outcome %+v", out)
	}
	if left := w.open(); len(left) != 1 || !strings.Contains(left[0].Description, "lan hai") {
		t.Errorf("open %+v", left)
	}
}

func TestRecordedByHandIsOnlyLinked(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 900)
	w.must(w.Record(t.Context(), w.accountant, []payout.Result{{PaymentCode: pay[0], Kind: payout.ResultPaid, Day: day.Must("14/12/2023"), Amount: 900,
		EvidenceKind: payout.EvidenceBankAdvice, EvidenceRef: "GBN 01"}}, w.today))
	w.load("14/12/2023;-900;" + pay[0])
	if out := w.match(); out.Matched != 1 {
		t.Errorf("outcome %+v", out)
	}
	w.must(w.UndoMatch(t.Context(), w.chief, w.matchOf(pay[0], recon.PaymentKind), "nhầm", w.today))
	w.wantState(pay[0], "paid") // the person's record stands
	w.sound()
}

func TestUndoOneMatch(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 900)
	w.load("14/12/2023;-900;" + pay[0])
	w.match()
	match := w.matchOf(pay[0], recon.PaymentKind)
	w.refused(w.UndoMatch(t.Context(), w.chief, match, " ", w.today), recon.ErrReasonNeeded)
	w.must(w.UndoMatch(t.Context(), w.chief, match, "sai khoản", w.today))
	w.wantState(pay[0], "ordered")
	if b := w.bridge(); b.Ordered != 900 || b.Paid != 0 {
		t.Errorf("bridge %+v", b)
	}
	if undone := w.matches(true); len(undone) != 1 || undone[0].UndoReason != "sai khoản" || undone[0].UndoneAt == nil {
		t.Errorf("an undone match stays with its reason: %+v", undone)
	}
	w.refused(w.UndoMatch(t.Context(), w.chief, match, "lại", w.today), recon.ErrUndone)
	w.refused(w.UndoMatch(t.Context(), w.chief, 999, "lại", w.today), recon.ErrMatchMissing)
	if out := w.match(); out.Matched != 1 {
		t.Errorf("after undo the line is open again: %+v", out)
	}
	w.sound()
}

func TestReturnIsUndoneBeforeItsPayment(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 900)
	w.load("14/12/2023;-900;" + pay[0])
	first := w.match()
	w.load("20/12/2023;900;" + pay[0])
	w.match()
	w.refused(w.UndoMatch(t.Context(), w.chief, w.matchOf(pay[0], recon.PaymentKind), "x", w.today), recon.ErrReturnFirst)
	w.refused(w.UndoRun(t.Context(), w.chief, first.RunID, "x", w.today), recon.ErrReturnFirst)
	w.wantState(pay[0], "returned")
	w.must(w.UndoMatch(t.Context(), w.chief, w.matchOf(pay[0], recon.ReturnKind), "x", w.today))
	w.wantState(pay[0], "paid")
	w.must(w.UndoRun(t.Context(), w.chief, first.RunID, "x", w.today))
	w.wantState(pay[0], "ordered")
	w.sound()
}

func TestUndoARun(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 900, 800, 700)
	before := w.bridge()
	w.load("14/12/2023;-900;"+pay[0], "14/12/2023;-800;"+pay[1], "15/12/2023;800;"+pay[1], "16/12/2023;-12;PHÍ DỊCH VỤ THÁNG 12")
	out := w.match()
	w.must(w.UndoMatch(t.Context(), w.chief, w.matchOf(pay[0], recon.PaymentKind), "một", w.today))
	w.must(w.UndoRun(t.Context(), w.chief, out.RunID, "nạp nhầm tài khoản", w.today))
	for _, code := range pay {
		w.wantState(code, "ordered")
	}
	if after := w.bridge(); after != before {
		t.Errorf("bridge %+v, want %+v", after, before)
	}
	if open := w.open(); len(open) != 4 || len(w.matches(false)) != 0 {
		t.Errorf("open %d, live %d", len(open), len(w.matches(false)))
	}
	w.refused(w.UndoRun(t.Context(), w.chief, out.RunID, "x", w.today), recon.ErrUndone)
	w.refused(w.UndoRun(t.Context(), w.chief, 999, "x", w.today), recon.ErrRunMissing)
	if again := w.match(); again.Matched != 2 || again.Returned != 1 || again.Fees != 1 {
		t.Errorf("the same open lines give the same matches: %+v", again)
	}
	w.sound()
}

func TestConfirmByHand(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Thị Hường", 41200000, 41200000, 999)
	w.load("14/12/2023;-41.200.000;CHI TRA BT NGUYEN THI HUO NG", "15/12/2023;-41.200.001;lệch một đồng")
	w.match()
	line := w.lineOf("CHI TRA")
	w.refused(w.ConfirmByHand(t.Context(), w.chief, line, pay[0], "", w.today), recon.ErrReasonNeeded)
	w.refused(w.ConfirmByHand(t.Context(), w.chief, line, pay[2], "x", w.today), fault.InvalidField("payment", "recon.sum_differs"))
	w.refused(w.ConfirmByHand(t.Context(), w.chief, w.lineOf("lệch"), pay[0], "x", w.today), fault.InvalidField("payment", "recon.sum_differs"))
	w.refused(w.ConfirmByHand(t.Context(), w.chief, 999, pay[0], "x", w.today), recon.ErrLineMissing)
	w.must(w.ConfirmByHand(t.Context(), w.chief, line, pay[0], "đã đối chiếu ủy nhiệm chi", w.today)) // who confirms need not record results otherwise
	w.wantState(pay[0], "paid")
	w.refused(w.ConfirmByHand(t.Context(), w.chief, line, pay[1], "x", w.today), recon.ErrLineUsed)
	w.wantState(pay[1], "ordered")
	w.refused(w.Classify(t.Context(), w.chief, line, recon.Fee, "x"), recon.ErrLineUsed)
	w.must(w.UndoMatch(t.Context(), w.chief, w.matchOf(pay[0], recon.PaymentKind), "x", w.today))
	w.wantState(pay[0], "ordered")
	w.sound()
}

func TestAPaymentIsProvedByOneLine(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "A", 900)
	w.load("14/12/2023;-900;"+pay[0], "15/12/2023;-900;nhầm")
	w.match()
	w.refused(w.ConfirmByHand(t.Context(), w.chief, w.lineOf("nhầm"), pay[0], "x", w.today), recon.ErrPaymentUsed)
}

func TestClassify(t *testing.T) {
	w := newWorld(t)
	w.load("14/12/2023;-900;lãi", "15/12/2023;1.000.000;cấp kinh phí")
	w.refused(w.Classify(t.Context(), w.accountant, w.lineOf("lãi"), recon.PaymentKind, "x"), fault.InvalidField("kind", "choose"))
	w.refused(w.Classify(t.Context(), w.accountant, w.lineOf("lãi"), recon.Fee, ""), recon.ErrReasonNeeded)
	w.refused(w.Classify(t.Context(), w.accountant, 999, recon.Fee, "x"), recon.ErrLineMissing)
	w.must(w.Classify(t.Context(), w.accountant, w.lineOf("cấp"), recon.Other, "cấp kinh phí đợt 3"))
	w.must(w.Classify(t.Context(), w.accountant, w.lineOf("lãi"), recon.Fee, "phí"))
	if len(w.open()) != 0 {
		t.Error("both lines are explained")
	}
	w.sound()
}

func TestALineIsUsedOnceEvenPastTheActs(t *testing.T) {
	w := newWorld(t)
	w.load("14/12/2023;-900;x")
	insert := `INSERT INTO recon_match (line_id, kind, amount, rule, why, made_by) SELECT l.id, 'other', 900, 'classified', 'x', u.id FROM statement_line l, app_user u WHERE u.username = 'chief'`
	w.exec(insert)
	if _, err := w.db.Pool().ExecContext(t.Context(), insert); err == nil || !strings.Contains(err.Error(), "recon_match_line_once") {
		t.Errorf("got %v", err)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	w := newWorld(t)
	nobody := w.actor("maker")
	_, err := w.Match(t.Context(), nobody, ours, w.today, w.today)
	forbidden := func(err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), "forbidden") {
			t.Errorf("got %v", err)
		}
	}
	forbidden(err)
	forbidden(w.ConfirmByHand(t.Context(), nobody, 1, "x", "x", w.today))
	forbidden(w.Classify(t.Context(), nobody, 1, recon.Fee, "x"))
	forbidden(w.UndoMatch(t.Context(), w.accountant, 1, "x", w.today))
	forbidden(w.UndoRun(t.Context(), w.accountant, 1, "x", w.today))
	_, err = w.Bank.Load(t.Context(), w.chief, ours, "x", nil)
	forbidden(err)
	lines, sum, err := w.Waiting(t.Context(), nobody, w.today)
	if lines != 0 || sum != 0 || err != nil {
		t.Errorf("nothing waits for nobody: %d %d %v", lines, sum, err)
	}
}

func TestTheDayLimitsARun(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-11-01", "A", 100, 200, 300)
	w.load("30/11/2023;-100;"+pay[0], "01/12/2023;-200;"+pay[1])
	out, err := w.Match(t.Context(), w.accountant, ours, day.Must("30/11/2023"), w.today)
	if err != nil || out.Matched != 1 {
		t.Errorf("%+v %v", out, err)
	}
	tally, err := w.Tally(t.Context(), w.accountant, w.account, day.Must("01/12/2023"), w.today)
	if err != nil || tally != (recon.Tally{Lines: 1, Open: 1, OpenSum: 200}) {
		t.Errorf("%+v %v", tally, err)
	}
	out, err = w.Match(t.Context(), w.accountant, ours, day.Must("31/01/2024"), day.Must("30/11/2023"))
	if err != nil || out.Matched != 0 {
		t.Errorf("beyond today nothing is taken: %+v %v", out, err)
	}
	if _, err = w.Match(t.Context(), w.accountant, ours, day.Date{}, w.today); err == nil {
		t.Error("a run needs its day")
	}
}

func TestCandidatesSayWhatSpeaksForThem(t *testing.T) {
	w := newWorld(t)
	pay := w.order(payout.MethodTransfer, "2023-12-10", "Nguyễn Thị Hường", 500, 500)
	other := w.order(payout.MethodTransfer, "2023-12-20", "Hoàng Văn Bình", 500)
	w.load("14/12/2023;-500;"+strings.Replace(pay[1], "T0", "TO", 1)+" NGUYEN THI HU ONG;;107-0012-34567", "15/12/2023;-501;x")
	found, err := w.Candidates(t.Context(), w.accountant, w.lineOf("NGUYEN"))
	w.must(err)
	if len(found) != 2 || !slices.ContainsFunc(found, func(c recon.Candidate) bool { return c.PaymentCode == pay[1] }) {
		t.Fatalf("%+v (not %s, released later)", found, other[0])
	}
	if c := found[0]; !c.SameName || !c.SameAccount || c.SameCode || c.DaysAfter != 4 {
		t.Errorf("%+v", c)
	}
	found, err = w.Candidates(t.Context(), w.accountant, w.lineOf("x"))
	if err != nil || len(found) != 0 {
		t.Errorf("one đồng away is no candidate: %+v %v", found, err)
	}
}

func TestOverlappingStatementsLoadOnlyNewLines(t *testing.T) {
	w := newWorld(t)
	first := []string{"14/12/2023;-100;a", "14/12/2023;-100;a", "15/12/2023;-200;b"}
	if s := w.load(first...); s.LineCount != 3 || s.KnownCount != 0 {
		t.Errorf("%+v", s)
	}
	_, err := w.tryLoad(first...)
	w.refused(err, bank.ErrLoadedAlready)
	s := w.load(append(slices.Clone(first), "16/12/2023;-300;c")...)
	if s.LineCount != 4 || s.KnownCount != 3 {
		t.Errorf("%+v", s)
	}
	if len(w.open()) != 4 {
		t.Errorf("%d lines, want 4", len(w.open()))
	}
	lines, err := w.StatementLines(t.Context(), w.accountant, s.ID, listing.Query{After: "not ours"})
	if err != nil || len(lines.Items) != 1 || lines.Items[0].Description != "c" {
		t.Errorf("%+v %v", lines, err)
	}
	if n, sum, err := w.Waiting(t.Context(), w.accountant, w.today); n != 4 || sum != 700 || err != nil {
		t.Errorf("waiting %d %d %v", n, sum, err)
	}
	w.sound()
}

// counting counts what the room sends to the database.
type counting struct {
	*postgres.DB
	n *int
}

type countingQuerier struct {
	tx.Querier
	n *int
}

func (c counting) Read(ctx context.Context) tx.Querier  { return countingQuerier{c.DB.Read(ctx), c.n} }
func (c counting) Write(ctx context.Context) tx.Querier { return countingQuerier{c.DB.Write(ctx), c.n} }

func (c countingQuerier) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	*c.n++
	return c.Querier.GetContext(ctx, dest, query, args...)
}

func (c countingQuerier) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	*c.n++
	return c.Querier.SelectContext(ctx, dest, query, args...)
}

func (c countingQuerier) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	*c.n++
	return c.Querier.ExecContext(ctx, query, args...)
}

func TestMatchingAsksTheSameNumberOfTimesForManyLines(t *testing.T) {
	asked := func(lines int) int {
		db := pgtest.Open(t)
		var n int
		w := worldOn(t, db, counting{db, &n})
		w.Record = func(context.Context, actor.Actor, []payout.Result, day.Date) error { return nil } // its book has its own test
		amounts := make([]vnd.Amount, lines)
		for i := range amounts {
			amounts[i] = 1000
		}
		var text []string
		for _, code := range w.order(payout.MethodTransfer, "2023-12-10", "A", amounts...) {
			text = append(text, fmt.Sprintf("14/12/2023;-1000;%s", code))
		}
		w.load(text...)
		n = 0
		if out := w.match(); out.Matched != lines {
			t.Fatalf("%+v", out)
		}
		return n
	}
	if few, many := asked(2), asked(60); few != many {
		t.Errorf("2 lines took %d statements, 60 lines %d", few, many)
	}
}
