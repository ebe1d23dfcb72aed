package progress_test

import (
	"errors"
	"maps"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/progress"
)

// A head who also plans enters the figures, lets a planner type them again and would accept them: it stays an own hand.
func TestAnEarlierHandNeverAccepts(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	both := o.head
	both.Grants = maps.Clone(o.head.Grants)
	both.Grants[progress.Enter] = actor.All
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 10, 10)))
	o.must(o.save(both, o.december, row(o.workA, 1, 900, 900)))
	o.must(o.save(o.lan, o.december, row(o.workA, 2, 900, 900)))
	picks := progress.Picks(o.workA)
	o.must(o.room.Submit(ctx, o.lan, o.december, picks, o.today))
	if err := o.room.Accept(ctx, both, o.december, picks); !errors.Is(err, progress.ErrOwn) {
		t.Errorf("accepts what the own hand entered: %v", err)
	}
	if _, err := o.db.Pool().ExecContext(ctx, `UPDATE progress_entry SET state = 'accepted', accepted_by = $1, accepted_at = now()`, both.ID); err == nil {
		t.Error("the database lets an earlier hand accept")
	}
}
