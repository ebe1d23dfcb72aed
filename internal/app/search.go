package app

import (
	"context"
	"net/http"

	"matbang/internal/actor"
	"matbang/internal/compensation"
	"matbang/internal/land"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/project"
	"matbang/internal/webkit"
)

// hit is something found, in the finder's scope.
type hit struct {
	Kind string `json:"kind"` // project | case | plan | order | payment
	Code string `json:"code"`
	Text string `json:"text"`
	Href string `json:"href"`
}

// perKind keeps the answer of a search short: whoever wants more opens the list.
const perKind = 8

type searchPage struct {
	Text string
	Hits []hit
}

func (a *App) search(c *webkit.Ctx) error {
	page := searchPage{Text: c.Query("q")}
	if page.Text == "" {
		return c.Show("home/search", page)
	}
	var err error
	if page.Hits, err = a.find(c.Context(), c.Actor(), page.Text); err != nil {
		return err
	}
	if len(page.Hits) == 1 {
		return c.Done(page.Hits[0].Href, "")
	}
	return c.Show("home/search", page)
}

// find asks the rooms a person may read. Names and codes only: identity numbers are not searched, they must not stand in addresses.
func (a *App) find(ctx context.Context, who actor.Actor, text string) ([]hit, error) {
	q := listing.Query{Text: text, Per: perKind, Page: 1}
	hits := []hit{}
	for _, look := range []struct {
		permission actor.Permission
		find       func(context.Context, actor.Actor, listing.Query) ([]hit, error)
	}{{project.Read, a.findProjects}, {land.Read, a.findCases}, {compensation.Read, a.findPlans}, {payout.Read, a.findOrders}, {payout.Read, a.findPayments}} {
		if !who.Can(look.permission) {
			continue
		}
		found, err := look.find(ctx, who, q)
		if err != nil {
			return nil, err
		}
		hits = append(hits, found...)
	}
	return hits, nil
}

func (a *App) findProjects(ctx context.Context, who actor.Actor, q listing.Query) ([]hit, error) {
	answer, err := a.Rooms.Projects.List(ctx, who, project.Filter{}, q)
	return hitsOf(answer.Items, func(r project.Row) hit { return hit{"project", r.Code, r.Name, "/projects/" + r.Code} }), err
}

func (a *App) findCases(ctx context.Context, who actor.Actor, q listing.Query) ([]hit, error) {
	answer, err := a.Rooms.Land.Cases(ctx, who, land.Filter{}, q)
	return hitsOf(answer.Items, func(r land.Row) hit {
		return hit{"case", r.Code, r.HolderName + " – " + r.ProjectName, "/cases/" + r.Code}
	}), err
}

func (a *App) findPlans(ctx context.Context, who actor.Actor, q listing.Query) ([]hit, error) {
	answer, err := a.Rooms.Compensation.Plans(ctx, who, compensation.Filter{}, q)
	return hitsOf(answer.Items, func(p compensation.Plan) hit { return hit{"plan", p.Code, p.Name, "/plans/" + p.Code} }), err
}

func (a *App) findOrders(ctx context.Context, who actor.Actor, q listing.Query) ([]hit, error) {
	answer, err := a.Rooms.Payouts.Orders(ctx, who, payout.OrderFilter{}, q)
	return hitsOf(answer.Items, func(o payout.Order) hit { return hit{"order", o.Code, o.ProjectName, "/payout-orders/" + o.Code} }), err
}

func (a *App) findPayments(ctx context.Context, who actor.Actor, q listing.Query) ([]hit, error) {
	answer, err := a.Rooms.Payouts.Payments(ctx, who, payout.PaymentFilter{}, q)
	return hitsOf(answer.Items, func(p payout.Payment) hit { return hit{"payment", p.Code, p.Payee, "/payments/" + p.Code} }), err
}

func hitsOf[T any](items []T, make func(T) hit) []hit {
	hits := []hit{}
	for _, item := range items {
		hits = append(hits, make(item))
	}
	return hits
}

type searchInput struct {
	Q string `query:"q" doc:"name or code, marks not needed"`
}

type searchBody struct {
	Items []hit `json:"items"`
}

func (a *App) searchRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/search", webkit.SignedIn, a.search)
	webkit.Op(k, webkit.Operation{ID: "search", Method: http.MethodGet, Path: "/search", Permission: webkit.SignedIn,
		Summary: "Works, cases, plans, orders and payments by name or code"},
		func(ctx context.Context, who actor.Actor, in *searchInput) (*webkit.Body[searchBody], error) {
			hits, err := a.find(ctx, who, in.Q)
			return &webkit.Body[searchBody]{Body: searchBody{hits}}, err
		})
}
