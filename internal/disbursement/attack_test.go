package disbursement_test

import (
	"context"
	"testing"
	"time"

	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/vnd"
)

// Taking a refund back brings cash out again: it waits for whoever lowers the contract at the same moment, and then sees the lower value.
func TestTakingARefundBackSeesALowerContract(t *testing.T) {
	w := newWorld(t)
	advance := w.recorded(w.onContract(disbursement.KindAdvance, 200_000))
	w.recorded(w.onContract(disbursement.KindPayment, 100_000))
	refund := w.recorded(w.onContract(disbursement.KindRefund, 150_000, func(e *disbursement.Entry) { e.Advance, e.PaidOn = advance, day.Must("2023-04-01") }))
	took := make(chan error, 1)
	w.must(w.db.Run(t.Context(), func(ctx context.Context) error {
		for _, statement := range []string{
			`INSERT INTO acceptance (contract_id, number, kind, accepted_on, value, note, recorded_by) SELECT contract_id, 'NT-02', 'stage', accepted_on, -800000, 'x', recorded_by FROM acceptance`,
			`INSERT INTO contract_amendment (contract_id, number, decided_on, value_change, reason, recorded_by) SELECT id, '1', '2023-05-01', -800000, 'x', recorded_by FROM contract`,
			`UPDATE contract SET value = 200000`} {
			if _, err := w.db.Write(ctx).ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		go func() {
			_, err := w.Reverse(context.Background(), w.planner, refund, "nhầm", "key-reverse", today)
			took <- err
		}()
		time.Sleep(300 * time.Millisecond)
		return nil
	}))
	if got := codeOf(<-took); got != "disbursement.above_contract" {
		t.Errorf("taken back: %q", got)
	}
	w.sound()
}

// A bill that was paid, taken back, returned and approved again with another sum is paid by the new one, once.
func TestABillThatCameBackIsPaidByItsNewFigures(t *testing.T) {
	w := newWorld(t)
	bill := w.bill(1000, 0)
	pay := func(amount int64) string {
		_, err := w.Record(t.Context(), w.planner, w.onContract(disbursement.KindPayment, 0, func(e *disbursement.Entry) { e.Bill, e.Amount = bill, vnd.Amount(amount) }), today)
		return codeOf(err)
	}
	paid := w.recorded(w.onContract(disbursement.KindPayment, 1000, func(e *disbursement.Entry) { e.Bill = bill }))
	const back = `UPDATE bill SET state = 'returned', return_reason = 'Kho bạc từ chối', approved_by = NULL, approved_at = NULL, returned_by = $1`
	if err := w.try(back, w.account.ID); err == nil {
		t.Error("a paid bill came back")
	}
	_, err := w.Reverse(t.Context(), w.planner, paid, "Kho bạc từ chối", w.key(), today)
	w.must(err)
	w.exec(back, w.account.ID)
	if got := pay(1000); got != "bill disbursement.bill_not_approved" {
		t.Errorf("a returned bill is paid: %q", got)
	}
	w.exec(`UPDATE bill SET state = 'submitted', completed_value = 700, payable = 700`)
	w.exec(`UPDATE bill SET state = 'approved', approved_by = $1, approved_at = now()`, w.account.ID)
	for _, c := range []struct {
		amount int64
		want   string
	}{{701, "amount disbursement.above_bill"}, {700, ""}, {1, "amount disbursement.above_bill"}} {
		if got := pay(c.amount); got != c.want {
			t.Errorf("%d: %q, want %q", c.amount, got, c.want)
		}
	}
	w.sound()
}
