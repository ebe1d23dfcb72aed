package actor

import (
	"testing"

	"matbang/internal/id"
)

func TestHandsKnowTheirPersons(t *testing.T) {
	for _, c := range []struct {
		hands Hands
		who   id.User
		want  bool
	}{{"", 1, false}, {"", 0, false}, {"1", 1, true}, {"11,2", 1, false}, {"11,2", 2, true}, {"11,2", 11, true}, {"11,2", 112, false}} {
		if got := c.hands.Has(c.who); got != c.want {
			t.Errorf("%q has %d: %v", c.hands, c.who, got)
		}
	}
}
