package actor

import (
	"testing"

	"matbang/internal/fault"
)

// A zero in a Scope means "not limited": whoever lacks the ward or unit that limits a permission must be refused, never let through.
func TestRequireGivesAScopeOrRefuses(t *testing.T) {
	lan := Actor{ID: 3, Unit: 5, Ward: 7}
	for _, c := range []struct {
		why   string
		who   Actor
		reach Reach
		want  Scope
		ok    bool
	}{
		{"everything", lan, All, Scope{}, true},
		{"the unit's", lan, Unit, Scope{Unit: 5}, true},
		{"the ward's", lan, Ward, Scope{Ward: 7}, true},
		{"the own", lan, Own, Scope{Member: 3}, true},
		{"nothing", lan, None, Scope{}, false},
		{"a reach that is none", lan, All + 1, Scope{}, false},
		{"the ward's without a ward", Actor{ID: 3, Unit: 5}, Ward, Scope{}, false},
		{"the unit's without a unit", Actor{ID: 3, Ward: 7}, Unit, Scope{}, false},
		{"the own of nobody", Actor{Unit: 5}, Own, Scope{}, false},
	} {
		c.who.Grants = map[Permission]Reach{"case:read": c.reach}
		scope, err := c.who.Require("case:read")
		if scope != c.want || (err == nil) != c.ok || !c.ok && fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %+v, %v", c.why, scope, err)
		}
		if _, err := c.who.Require("case:edit"); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: another permission: %v", c.why, err)
		}
	}
}
