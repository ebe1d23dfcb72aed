package payout_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/vnd"
)

// listed is an award whose lines come to it, as plans have them; the world's others have none.
func (w *world) listed(total vnd.Amount) award {
	w.t.Helper()
	a := w.award(total, 0)
	w.mustRun(`INSERT INTO award_line (award_id, line_no, category, description, unit, quantity, price, amount) VALUES ($1, 1, 'land', 'Đất ở', 'm²', 1, $2, $2)`, a.id, total)
	return a
}

// mustRun writes past the triggers that keep an approved plan as it is.
func (w *world) mustRun(query string, args ...any) {
	w.t.Helper()
	w.must(w.db.Run(context.Background(), func(ctx context.Context) error {
		q := w.db.Write(ctx)
		if _, err := q.ExecContext(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, query, args...)
		return err
	}))
}

func (w *world) opener() actor.Actor {
	who := w.reader
	who.Grants = map[actor.Permission]actor.Reach{payout.Read: actor.All, "identity:open": actor.All}
	return who
}

func (w *world) refused(err error, code string) {
	w.t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) {
		w.t.Fatalf("%v, want %s", err, code)
	}
	for _, field := range f.Fields {
		if field.Code == code {
			return
		}
	}
	if f.Code != code {
		w.t.Fatalf("%s %v, want %s", f.Code, f.Fields, code)
	}
}

func TestPapersSayWhatWasApproved(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	a := w.listed(120_000_000)
	code := w.draft(order(payout.MethodTransfer, part(a, 50_000_000)))
	_, err := w.payouts.Papers(ctx, w.reader, code, payout.PaperList, false)
	w.refused(err, "payout.wrong_state")
	w.submit(code)
	w.approve(code)
	paper, err := w.payouts.Papers(ctx, w.reader, code, payout.PaperList, false)
	w.must(err)
	_, err = w.payouts.Papers(ctx, w.reader, code, payout.PaperPain, false)
	w.refused(err, "payout.wrong_state")
	_, err = w.payouts.Papers(ctx, w.reader, code, payout.PaperCalls, false)
	w.refused(err, "payout.paper_method")
	_, err = w.payouts.Papers(ctx, w.reader, code, payout.PaperList, true)
	w.refused(err, "forbidden")

	w.exec(`UPDATE holder SET address = 'một nơi khác'`)
	w.exec(`UPDATE project SET name = 'Tên khác'`)
	again, err := w.payouts.Papers(ctx, w.opener(), code, payout.PaperList, true)
	w.must(err)
	if again.Rows[0].Address != paper.Rows[0].Address || again.Project != paper.Project || again.Parent != paper.Parent {
		t.Errorf("the paper changed with the files: %+v, %+v", paper.Rows[0], again.Rows[0])
	}
	var events int
	w.get(&events, `SELECT count(*) FROM audit_event WHERE act = 'payout.paper' AND object_code = $1`, code)
	if parts, err := again.Rows[0].Parts(); err != nil || parts.Land != 50_000_000 || events != 1 {
		t.Errorf("%+v, %v, %d openings in the log", parts, err, events)
	}

	w.mustRun(`UPDATE award_line SET price = price + 1, amount = amount + 1 WHERE award_id = $1`, a.id)
	_, err = w.payouts.Papers(ctx, w.reader, code, payout.PaperList, false)
	w.refused(err, "payout.paper_award")
	w.mustRun(`UPDATE award_line SET price = price - 1, amount = amount - 1 WHERE award_id = $1`, a.id)
	w.sound()
}

func TestCallsAreNumberedAndKept(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	a, b := w.listed(30_000_000), w.listed(40_000_000)
	code, payments := w.released(order(payout.MethodCash, part(a, 30_000_000), part(b, 40_000_000)))
	in := payout.NewCall{Day: today.Add(3), Hour: "08:30", Place: "Nhà văn hóa tổ 7"}
	call := func(in payout.NewCall) (int, error) {
		return w.payouts.CallPayees(ctx, w.accountant, code, in, w.key(), today)
	}
	for i := range 2 { // the same key once
		if n, err := w.payouts.CallPayees(ctx, w.accountant, code, in, "call-key-0001", today); err != nil || n != 2 {
			t.Fatalf("%d: %d, %v", i, n, err)
		}
	}
	_, err := call(in)
	w.refused(err, "payout.call_order")
	w.record(w.accountant, result(payments[0], payout.ResultPaid))
	in.Day = today.Add(9)
	if n, err := call(in); err != nil || n != 1 {
		t.Fatalf("the second call: %d, %v", n, err)
	}
	calls, err := w.payouts.Calls(ctx, w.order(code).ID)
	w.must(err)
	if got := fmt.Sprint(len(calls), calls[2].Number, calls[2].Payment == payments[1].Code, calls[2].Day); got != fmt.Sprint(3, 2, true, today.Add(9)) {
		t.Errorf("calls: %s", got)
	}
	in.Day, in.Payments = today.Add(20), []string{payments[0].Code}
	_, err = call(in)
	w.refused(err, "payout.call_done")
	in.Payments = []string{"GPMB99T99999"}
	_, err = call(in)
	w.refused(err, "payout.payment_missing")
	_, err = call(payout.NewCall{Day: today.Add(-1), Hour: "8h", Place: " "})
	w.refused(err, "payout.call_past")
	w.refused(err, "payout.call_hour")
	_, err = w.payouts.CallPayees(ctx, w.reader, code, in, w.key(), today)
	w.refused(err, "forbidden")
	if err := w.try(`UPDATE payment_call SET day = day + 1`); err == nil {
		t.Error("a call was changed")
	}
	w.sound()
}

func TestCodesHoldFromTheirDay(t *testing.T) {
	w, ctx := newWorld(t), context.Background()
	code := w.draft(order(payout.MethodTransfer, part(w.award(10_000_000, 0), 10_000_000)))
	set := func(from day.Date, chapter string) error {
		return w.payouts.SetCodes(ctx, w.accountant, code, from, map[string]string{"chapter": chapter})
	}
	w.must(set(day.Must("2023-01-01"), "599"))
	w.must(set(day.Must("2024-01-01"), "854"))
	for on, want := range map[string]string{"2022-12-31": "", "2023-12-20": "599", "2024-06-01": "854"} {
		codes, err := w.payouts.Codes(ctx, w.order(code), day.Must(on))
		if err != nil || codes["chapter"] != want {
			t.Errorf("%s: %v, %v", on, codes, err)
		}
	}
	w.must(set(day.Must("2023-01-01"), ""))
	if codes, err := w.payouts.Codes(ctx, w.order(code), today); err != nil || codes["chapter"] != "" {
		t.Errorf("taken back: %v, %v", codes, err)
	}
	w.refused(w.payouts.SetCodes(ctx, w.accountant, code, today, map[string]string{"chapter": "a\nb"}), "payout.code_form")
	w.refused(w.payouts.SetCodes(ctx, w.accountant, code, today, map[string]string{"nonsense": "1"}), "choose")
	w.refused(w.payouts.SetCodes(ctx, w.reader, code, today, nil), "forbidden")
}
