package webkit

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"matbang/internal/actor"
	"matbang/internal/fault"
)

// Public and SignedIn are the two permissions that no rule grants: anybody, and anybody signed in. They must be written, like any other.
const (
	Public   actor.Permission = "public"
	SignedIn actor.Permission = "signed-in"
)

// Route is one address of the program. The list of all routes is what the role × route test and the readable table are made from.
type Route struct {
	Method, Path string
	Permission   actor.Permission
	Operation    string // operationId; empty for a page
}

// Handler answers one page request. It returns refusals; it never writes a failure status itself.
type Handler func(c *Ctx) error

// Operation describes one act or read of the API.
type Operation struct {
	ID, Method, Path, Summary string
	Permission                actor.Permission
	Status                    int // of success; 200 when 0
}

// Page adds a page route.
func (k *Kit) Page(method, path string, permission actor.Permission, h Handler) {
	k.add(Route{Method: method, Path: path, Permission: permission})
	k.engine.Handle(method, path, func(g *gin.Context) {
		c := k.newCtx(g)
		err := k.allowed(c.who, permission)
		if err == nil {
			err = h(c)
		}
		if err != nil {
			k.fail(c, err)
		}
	})
}

// Op adds an API route under /api/v1, described in OpenAPI by the types of its input and output.
func Op[I, O any](k *Kit, op Operation, h func(ctx context.Context, who actor.Actor, in *I) (*O, error)) {
	k.add(Route{Method: op.Method, Path: apiPrefix + op.Path, Permission: op.Permission, Operation: op.ID})
	k.summaries[op.ID] = op.Summary
	k.describing = typeName(op.ID)
	huma.Register(k.api, huma.Operation{
		OperationID: op.ID, Method: op.Method, Path: op.Path, Summary: op.Summary, DefaultStatus: op.Status,
		Tags:         []string{strings.SplitN(strings.TrimPrefix(op.Path, "/"), "/", 2)[0]},
		MaxBodyBytes: maxBody,
		Security:     []map[string][]string{{"token": {}}, {"session": {}}},
		Middlewares:  huma.Middlewares{k.guard(op.Permission)},
	}, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, actorOf(ctx), in)
		if err != nil {
			return nil, k.problem(ctx, err)
		}
		return out, nil
	})
}

// typeName turns "add-capital-decision" into "AddCapitalDecision".
func typeName(operation string) string {
	name := ""
	for _, word := range strings.Split(operation, "-") {
		name += strings.ToUpper(word[:1]) + word[1:]
	}
	return name
}

// guard refuses before the body is read.
func (k *Kit) guard(permission actor.Permission) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		if err := k.allowed(actorOf(hc.Context()), permission); err != nil {
			g := humagin.Unwrap(hc)
			k.writeProblem(g, k.problem(g.Request.Context(), err))
			return
		}
		next(hc)
	}
}

// add is the only way a route comes to be: without a permission that some role has, the program does not start.
func (k *Kit) add(r Route) {
	if r.Permission == "" {
		panic("route without a permission: " + r.Method + " " + r.Path)
	}
	if r.Permission != Public && r.Permission != SignedIn && !k.policy.Knows(r.Permission) {
		panic("no role has the permission " + string(r.Permission) + " of " + r.Method + " " + r.Path)
	}
	k.routes = append(k.routes, r)
}

// Routes lists every route in the order of adding.
func (k *Kit) Routes() []Route { return k.routes }

func (k *Kit) allowed(who actor.Actor, permission actor.Permission) error {
	if permission == Public {
		return nil
	}
	if who.ID == 0 {
		return errSignIn
	}
	if permission == SignedIn {
		return nil
	}
	_, err := who.Require(permission)
	return err
}

// Handler is the whole program as one http.Handler: sessions and the refusal of foreign origins stand around every route.
func (k *Kit) Handler() http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.outside(w, r, fault.New(fault.Forbidden, "foreign_origin"))
	}))
	return protection.Handler(k.sessions.LoadAndSave(k.engine))
}
