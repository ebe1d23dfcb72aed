package app

import (
	"context"
	"net/http"
	"time"

	"matbang/internal/webkit"
)

// ground adds the addresses that belong to no room: health, the first page, search.
func (a *App) ground(k *webkit.Kit) {
	k.Page(http.MethodGet, "/healthz", webkit.Public, func(c *webkit.Ctx) error { return c.Text(http.StatusOK, "text/plain; charset=utf-8", "ok\n") })
	k.Page(http.MethodGet, "/readyz", webkit.Public, a.readyz)
	k.Page(http.MethodGet, "/metrics", webkit.Public, a.metrics())
	k.Page(http.MethodGet, "/", webkit.SignedIn, a.myWork)
	a.searchRoutes(k)
}

// readyz says whether the database answers; the schema was checked at start.
func (a *App) readyz(c *webkit.Ctx) error {
	ctx, cancel := context.WithTimeout(c.Context(), 2*time.Second)
	defer cancel()
	if err := a.DB.Ping(ctx); err != nil {
		return c.Text(http.StatusServiceUnavailable, "text/plain; charset=utf-8", "database away\n")
	}
	return c.Text(http.StatusOK, "text/plain; charset=utf-8", "ready\n")
}
