// Package webtest sets up the pages and API of one room for request tests, over the real templates, words and policy.
package webtest

import (
	"context"
	"log/slog"
	"testing"
	"testing/fstest"

	"github.com/alexedwards/scs/v2"

	"matbang/internal/actor"
	"matbang/internal/authz"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/webkit"
	"matbang/policies"
	"matbang/web"
)

// Kit is where a room adds its addresses. A token is the name of a role; person makes the one who has it, with the permissions of the policy.
func Kit(t testing.TB, today func() day.Date, person func(role string, grants map[actor.Permission]actor.Reach) actor.Actor) *webkit.Kit {
	t.Helper()
	policy, err := authz.Load(policies.Model, policies.Rules)
	if err != nil {
		t.Fatal(err)
	}
	kit, err := webkit.New(webkit.Options{Templates: web.Templates, Locale: web.Locale, Policy: policy, Sessions: scs.New(), Today: today,
		Dist:    fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.css":"app.css","app.js":"app.js","chart.js":"chart.js"}`)}},
		Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
		Months:  func(context.Context) []day.Month { return nil },
		Waiting: func(context.Context, actor.Actor) map[string]int { return nil },
		ActorByID: func(context.Context, id.User) (actor.Actor, error) {
			return actor.Actor{}, fault.New(fault.Unauthenticated, "sign_in")
		},
		ActorByToken: func(_ context.Context, role string) (actor.Actor, error) {
			return person(role, policy.Grants([]string{role})), nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return kit
}
