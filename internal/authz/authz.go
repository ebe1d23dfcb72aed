// Package authz answers "may this role do this kind of thing, and how far": casbin reads the rules, and is asked once per role and
// permission at start, because it walks its rules one by one.
package authz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"

	"matbang/internal/actor"
)

// Policy is the compiled rules: role → permission → reach.
type Policy struct {
	grants map[string]map[actor.Permission]actor.Reach
}

// Load parses model and rules and compiles them. It refuses rules that do not parse or name an unknown reach.
func Load(modelText, policyText string) (*Policy, error) {
	if err := readable(policyText); err != nil {
		return nil, err
	}
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, fmt.Errorf("policies/model.conf does not parse: %w", err)
	}
	enforcer, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(policyText))
	if err != nil {
		return nil, fmt.Errorf("policies/policy.csv does not parse: %w", err)
	}
	return compile(enforcer)
}

// readable refuses a line that casbin would pass over without a word: a right that is written but not given.
func readable(policyText string) error {
	for line := range strings.Lines(policyText) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !strings.HasPrefix(line, "p,") || strings.Count(line, ",") != 4 {
			return fmt.Errorf("policies/policy.csv does not parse: %q is not 'p, role, thing, act, reach'", line)
		}
	}
	return nil
}

func compile(e *casbin.Enforcer) (*Policy, error) {
	roles, err := e.GetAllSubjects()
	if err != nil {
		return nil, err
	}
	acts, err := permissions(e)
	if err != nil {
		return nil, err
	}
	p := &Policy{grants: map[string]map[actor.Permission]actor.Reach{}}
	for _, role := range roles {
		p.grants[role] = map[actor.Permission]actor.Reach{}
		for _, pair := range acts {
			allowed, rule, err := e.EnforceEx(role, pair[0], pair[1])
			if err != nil {
				return nil, fmt.Errorf("policies: asking %s %s:%s: %w", role, pair[0], pair[1], err)
			}
			if !allowed {
				continue
			}
			reach, err := reachOf(rule[3])
			if err != nil {
				return nil, err
			}
			p.grants[role][actor.Permission(pair[0]+":"+pair[1])] = reach
		}
	}
	return p, nil
}

func permissions(e *casbin.Enforcer) ([][2]string, error) {
	rules, err := e.GetPolicy()
	if err != nil {
		return nil, err
	}
	var pairs [][2]string
	for _, r := range rules {
		if pair := [2]string{r[1], r[2]}; !slices.Contains(pairs, pair) {
			pairs = append(pairs, pair)
		}
	}
	return pairs, nil
}

func reachOf(text string) (actor.Reach, error) {
	switch text {
	case "all":
		return actor.All, nil
	case "unit":
		return actor.Unit, nil
	case "ward":
		return actor.Ward, nil
	case "own":
		return actor.Own, nil
	default:
		return actor.None, fmt.Errorf("policies/policy.csv: unknown reach %q (all, unit, ward, own)", text)
	}
}

// Grants joins the permissions of several roles; the wider reach counts. A role that no rule names grants nothing.
func (p *Policy) Grants(roles []string) map[actor.Permission]actor.Reach {
	joined := map[actor.Permission]actor.Reach{}
	for _, role := range roles {
		for permission, reach := range p.grants[role] {
			joined[permission] = max(joined[permission], reach)
		}
	}
	return joined
}

// Roles lists every role that a rule names, sorted.
func (p *Policy) Roles() []string {
	roles := make([]string, 0, len(p.grants))
	for role := range p.grants {
		roles = append(roles, role)
	}
	slices.Sort(roles)
	return roles
}

// Knows tells whether any rule grants the permission: a route that demands an unknown one is a mistake.
func (p *Policy) Knows(permission actor.Permission) bool {
	for _, grants := range p.grants {
		if grants[permission] != actor.None {
			return true
		}
	}
	return false
}
