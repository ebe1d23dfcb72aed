package ledger

import (
	"context"
	"errors"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

func TestAJournalSumsToZeroForEachCase(t *testing.T) {
	for _, c := range []struct {
		why      string
		postings []Posting
		want     bool
	}{
		{"a move", Move(1, NotOrdered, Ordered, 7), true},
		{"two cases, each closed", append(Move(1, NotOrdered, Ordered, 7), Move(2, NotOrdered, Ordered, 5)...), true},
		{"three accounts", []Posting{{1, Approved, -10}, {1, Deducted, 3}, {1, NotOrdered, 7}}, true},
		{"nothing", nil, false},
		{"one đồng missing", []Posting{{1, Approved, -10}, {1, NotOrdered, 9}}, false},
		{"closed in all, but from one case to another", []Posting{{1, NotOrdered, -7}, {2, Ordered, 7}}, false},
	} {
		if got := balanced(c.postings); got != c.want {
			t.Errorf("%s: %v", c.why, got)
		}
	}
}

func TestABridgeShowsWhatDoesNotAddUp(t *testing.T) {
	closed := BridgeOf(map[Account]vnd.Amount{Approved: -100, Deducted: 5, NotOrdered: 10, Ordered: 15, Returned: 20, Deposited: 2, Paid: 48})
	if closed != (Bridge{100, 5, 10, 15, 20, 2, 48, 0}) {
		t.Errorf("got %+v", closed)
	}
	if open := BridgeOf(map[Account]vnd.Amount{Approved: -100, Paid: 99}); open.Difference != 1 {
		t.Errorf("a đồng lost on the way shows as %d", open.Difference)
	}
	if sum := closed.Plus(Bridge{1, 1, 1, 1, 1, 1, 1, 1}); sum != (Bridge{101, 6, 11, 16, 21, 3, 49, 1}) {
		t.Errorf("sum %+v", sum)
	}
}

// nowhere is a database that nobody may ask.
type nowhere struct{ tx.DB }

func TestAKeyIsNeededBeforeAnythingIsDone(t *testing.T) {
	for _, key := range []string{"", "short-7", string(make([]byte, 256))} {
		err := Ledger{nowhere{}}.Once(context.Background(), actor.Actor{ID: id.User(1)}, "payout.submit", key, 1, new(int), func(context.Context) error {
			t.Error("the act ran")
			return nil
		})
		if !errors.Is(err, ErrKeyMissing) {
			t.Errorf("key of %d signs: %v", len(key), err)
		}
	}
}
