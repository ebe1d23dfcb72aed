package contract_test

import (
	"testing"

	"matbang/internal/contract"
	"matbang/internal/day"
	"matbang/internal/vnd"
)

// money puts what is drawn on a contract beside it, as disbursement does.
func (w *world) money(code string, advanced, recovered, paid vnd.Amount) {
	w.t.Helper()
	w.exec(`DELETE FROM disbursement_contract`)
	w.exec(`INSERT INTO disbursement_contract (contract_id, value, advanced, recovered, paid) SELECT id, value, $2, $3, $4 FROM contract WHERE code = $1`, code, advanced, recovered, paid)
}

// A person with two roles writes figures, lets another write over them, and would approve: it stays an own hand, for the rule and the database.
func TestAnEarlierHandNeverApproves(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.must(w.accept(code, 600))
	bill, err := w.bill(code, 100, 0)
	w.must(err)
	in := contract.BillInput{Day: today, Completed: 500}
	w.must(w.room.UpdateBill(t.Context(), w.hoa, bill, w.pick(bill).Version, in, today))
	w.must(w.room.UpdateBill(t.Context(), w.lan, bill, w.pick(bill).Version, in, today))
	w.must(w.room.SubmitBills(t.Context(), w.lan, w.pick(bill)))
	w.refused(w.room.ApproveBills(t.Context(), w.hoa, w.pick(bill)), "bill.maker_never_approves")
	w.broken(w.try(`UPDATE bill SET state = 'approved', approved_at = now(), approved_by = $1`, w.hoa.ID), "bill_maker_never_approves")
	waiting, err := w.room.Waiting(t.Context(), w.hoa, today)
	if w.must(err); waiting.Approve != 0 || waiting.Others != 1 {
		t.Errorf("waiting %+v", waiting)
	}
	w.must(w.room.ApproveBills(t.Context(), w.head, w.pick(bill)))
	w.sound()
}

// The treasury may refuse an approved bill: it comes back by another hand with a reason, while nothing is paid on it.
func TestAnApprovedBillHasOneWayBack(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.must(w.accept(code, 600))
	bill, err := w.bill(code, 500, 100)
	w.must(err)
	w.must(w.room.SubmitBills(t.Context(), w.lan, w.pick(bill)))
	w.must(w.room.ApproveBills(t.Context(), w.head, w.pick(bill)))
	giveBack := func(reason string) error {
		return w.room.ReturnBill(t.Context(), w.head, bill, w.pick(bill).Version, reason)
	}
	w.refused(giveBack(" "), "reason required")
	w.exec(`INSERT INTO disbursement_bill (bill_id, paid, payable, to_recover) SELECT id, 1, payable, advance_recovered FROM bill`)
	w.refused(giveBack("Kho bạc từ chối"), "bill.paid")
	w.broken(w.try(`UPDATE bill SET state = 'returned', return_reason = 'x', approved_by = NULL, returned_by = $1`, w.head.ID), "bill_paid")
	w.exec(`UPDATE disbursement_bill SET paid = 0`) // taken back
	w.broken(w.try(`UPDATE bill SET state = 'returned', return_reason = 'x', approved_by = NULL, returned_by = $1`, w.lan.ID), "bill_closed")
	w.broken(w.try(`UPDATE bill SET state = 'returned', return_reason = 'x', approved_by = NULL, returned_by = $1, payable = payable - 1, completed_value = completed_value - 1`, w.head.ID), "bill_closed")
	w.broken(w.try(`UPDATE bill SET state = 'draft', approved_by = NULL, returned_by = $1`, w.head.ID), "bill_closed")
	w.must(giveBack("Kho bạc từ chối"))
	w.refused(giveBack("lần nữa"), "bill.wrong_state")
	w.must(w.room.UpdateBill(t.Context(), w.lan, bill, w.pick(bill).Version, contract.BillInput{Day: today, Completed: 400, Recovered: 50}, today))
	var follows bool
	w.get(&follows, `SELECT (d.payable, d.to_recover) = (b.payable, 50::bigint) FROM bill b JOIN disbursement_bill d ON d.bill_id = b.id`)
	if !follows {
		t.Error("what may be paid on the bill is still what it asked for before")
	}
	w.must(w.room.SubmitBills(t.Context(), w.lan, w.pick(bill)))
	w.must(w.room.ApproveBills(t.Context(), w.head, w.pick(bill)))
	w.sound()
}

func TestAContractIsNeverAmendedBelowWhatIsDrawn(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.money(code, 300, 0, 200)
	w.refused(w.amend(code, -501), "value_change contract.below_drawn")
	w.must(w.amend(code, -500))
	w.broken(w.try(`UPDATE contract SET value = 499`), "disbursement_contract_within_value")
}

// The guarantee of an open advance neither goes nor shrinks below it, by whatever way.
func TestAnOpenAdvanceStaysSecured(t *testing.T) {
	w := newWorld(t)
	code := w.contract(1000, 1000)
	w.money(code, 300, 100, 0) // 200 are open
	add := func(amount vnd.Amount, number, replaces string) (string, error) {
		return w.room.AddGuarantee(t.Context(), w.lan, code, w.file(code).Version, contract.Guarantee{Kind: "advance", Bank: "NH", Number: number, Amount: amount, Replaces: replaces,
			ValidFrom: day.Must("2023-02-15"), ExpiresOn: day.Must("2024-06-30").Add(w.papers)})
	}
	release := func(g string) error {
		return w.room.ReleaseGuarantee(t.Context(), w.lan, g, w.file(code).Version, today, today)
	}
	first, err := add(300, "1", "")
	w.must(err)
	w.refused(release(first), "contract.advance_open")
	w.papers++
	_, err = add(1, "2", first)
	w.refused(err, "amount contract.advance_open")
	w.broken(w.try(`INSERT INTO guarantee (contract_id, kind, bank, number, amount, valid_from, expires_on, replaces, recorded_by)
		SELECT contract_id, kind, bank, 'x', 199, valid_from, expires_on, id, recorded_by FROM guarantee`), "disbursement_advance_stays_guaranteed")
	second, err := add(200, "2", first)
	w.must(err)
	w.refused(release(second), "contract.advance_open") // the first one stands in its place no more
	_, err = add(1, "3", "")
	w.must(err)
	w.refused(release(second), "contract.advance_open") // one đồng secures nothing
	w.broken(w.try(`UPDATE guarantee SET released_on = '2023-12-31', released_by = 1, released_at = now() WHERE code = $1`, second), "disbursement_advance_stays_guaranteed")
	w.money(code, 300, 300, 0)
	w.must(release(second))
}
