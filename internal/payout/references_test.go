package payout_test

import (
	"context"
	"errors"
	"testing"

	"matbang/internal/day"
	"matbang/internal/payout"
)

func TestTheTreasurysNumberOfAnOrder(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	a := w.award(30_000_000, 0)
	draft := w.draft(order(payout.MethodTransfer, part(a, 10_000_000)))
	code, _ := w.released(order(payout.MethodTransfer, part(w.award(20_000_000, 0), 20_000_000)))
	note := func(order, reference string, on day.Date) error {
		return w.payouts.NoteReference(ctx, w.accountant, order, payout.NewReference{Reference: reference, Day: on}, w.key(), today)
	}
	if err := note(draft, "0125", today); !isFault(err, "payout.wrong_state") {
		t.Errorf("before the release: %v", err)
	}
	for name, c := range map[string]struct {
		reference   string
		on          day.Date
		field, code string
	}{
		"no day":                 {"0125", day.Date{}, "day", "required"},
		"a day to come":          {"0125", today.Add(1), "day", "day_future"},
		"before the release":     {"0125", today.Add(-400), "day", "payout.reference_early"},
		"nothing to tell it by":  {" - ", today, "reference", "payout.reference_unreadable"},
		"letters without digits": {"KBNN", today, "reference", "payout.reference_unreadable"},
	} {
		if err := note(code, c.reference, c.on); !hasField(err, c.field, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.must(note(code, "0125/KB-2023", today))
	if err := note(code, " 0125 kb 2023", today); !hasField(err, "reference", "payout.reference_twice") {
		t.Errorf("the same number, written otherwise: %v", err)
	}
	w.must(note(code, "0126", today))
	o, err := w.payouts.Order(ctx, w.reader, code)
	w.must(err)
	noted, err := w.payouts.ReferencesOf(ctx, o.ID)
	if err != nil || len(noted) != 2 || noted[0].Reference != "0125/KB-2023" || noted[0].NotedBy == "" {
		t.Errorf("%+v %v", noted, err)
	}
	key := w.key()
	for range 2 {
		w.must(w.payouts.WithdrawReference(ctx, w.accountant, code, "0126", key))
	}
	if err := w.payouts.WithdrawReference(ctx, w.accountant, code, "0126", w.key()); !errors.Is(err, payout.ErrReferenceMissing) {
		t.Errorf("withdrawn twice: %v", err)
	}
	w.must(note(code, "0126", today))
	if err := w.payouts.NoteReference(ctx, w.reader, code, payout.NewReference{Reference: "0127", Day: today}, w.key(), today); err == nil {
		t.Error("a reader writes")
	}
	for name, statement := range map[string]string{
		"changed":  `UPDATE order_reference SET reference = '999'`,
		"deleted":  `DELETE FROM order_reference`,
		"of draft": `INSERT INTO order_reference (order_id, reference, day, noted_by) SELECT id, '0200', now(), made_by FROM payout_order WHERE state = 'draft'`,
	} {
		if _, err := w.db.Pool().ExecContext(ctx, statement); err == nil {
			t.Errorf("%s past the program", name)
		}
	}
}
