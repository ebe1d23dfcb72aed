package authz_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/authz"
	"matbang/policies"
)

func load(t *testing.T, rules string) *authz.Policy {
	t.Helper()
	p, err := authz.Load(policies.Model, rules)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheRulesOfTheProgramParse(t *testing.T) {
	p := load(t, policies.Rules)
	lines := 0
	for line := range strings.Lines(policies.Rules) {
		words := strings.Split(strings.TrimSpace(line), ", ")
		if words[0] != "p" {
			continue
		}
		lines++
		reach := map[string]actor.Reach{"all": actor.All, "unit": actor.Unit, "ward": actor.Ward, "own": actor.Own}[words[4]]
		if got := p.Grants([]string{words[1]})[actor.Permission(words[2]+":"+words[3])]; got != reach {
			t.Errorf("%s: reach %d", strings.TrimSpace(line), got)
		}
	}
	granted := 0
	for _, role := range p.Roles() {
		granted += len(p.Grants([]string{role}))
	}
	if granted != lines || lines < 50 {
		t.Errorf("%d lines grant %d permissions", lines, granted)
	}
}

func TestRulesThatSayNothingClearAreRefused(t *testing.T) {
	for why, rules := range map[string]string{
		"an unknown reach":   "p, planner, project, read, everywhere",
		"a reach in capital": "p, planner, project, read, All",
		"no reach":           "p, planner, project, read",
		"an empty reach":     "p, planner, project, read, ",
		"too many words":     "p, planner, project, read, all, of it",
		"another kind":       "q, planner, project, read, all",
	} {
		if _, err := authz.Load(policies.Model, rules); err == nil {
			t.Errorf("%s: %q passes", why, rules)
		}
	}
	if _, err := authz.Load("[request_definition]\nr = sub", "p, a, b, c, all"); err == nil {
		t.Error("half a model passes")
	}
}

func TestTheWiderReachOfTwoRolesCounts(t *testing.T) {
	p := load(t, "p, planner, project, read, unit\np, leader, project, read, all\np, ward, project, read, ward\np, ward, case, step, ward\np, guest, project, read, own")
	for _, c := range []struct {
		roles []string
		want  map[actor.Permission]actor.Reach
	}{
		{[]string{"planner"}, map[actor.Permission]actor.Reach{"project:read": actor.Unit}},
		{[]string{"planner", "leader"}, map[actor.Permission]actor.Reach{"project:read": actor.All}},
		{[]string{"leader", "planner"}, map[actor.Permission]actor.Reach{"project:read": actor.All}},
		{[]string{"guest", "ward"}, map[actor.Permission]actor.Reach{"project:read": actor.Ward, "case:step": actor.Ward}},
		{[]string{"ward", "planner"}, map[actor.Permission]actor.Reach{"project:read": actor.Unit, "case:step": actor.Ward}},
		{[]string{"chairman"}, map[actor.Permission]actor.Reach{}},
		{[]string{"", "project"}, map[actor.Permission]actor.Reach{}},
		{nil, map[actor.Permission]actor.Reach{}},
	} {
		if got := p.Grants(c.roles); !maps.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.roles, got, c.want)
		}
	}
	if roles := p.Roles(); !slices.Equal(roles, []string{"guest", "leader", "planner", "ward"}) {
		t.Errorf("roles %v", roles)
	}
}

func TestKnowsWhatSomebodyHas(t *testing.T) {
	p := load(t, "p, planner, project, read, unit")
	for permission, want := range map[actor.Permission]bool{"project:read": true, "project:edit": false, "project": false, "": false, "planner": false} {
		if p.Knows(permission) != want {
			t.Errorf("%q: %v", permission, !want)
		}
	}
}

func TestTheAnswersOfOneAreNotTheRulesOfAll(t *testing.T) {
	p := load(t, "p, planner, project, read, unit")
	p.Grants([]string{"planner"})["project:edit"] = actor.All
	if p.Grants([]string{"planner"})["project:edit"] != actor.None {
		t.Error("what one person is given changes the rules")
	}
}
