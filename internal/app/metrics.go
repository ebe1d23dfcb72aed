package app

import (
	"crypto/subtle"
	"net"
	"net/netip"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"matbang/internal/fault"
	"matbang/internal/webkit"
)

// metrics answers Prometheus on this machine, or with the token of the settings from elsewhere; for all others there is no such page.
func (a *App) metrics() webkit.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewDBStatsCollector(a.DB.Pool(), "matbang"), a.Kit.Requests)
	handler := promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return func(c *webkit.Ctx) error {
		if !a.mayMeasure(c) {
			return fault.Missing("page_missing")
		}
		handler.ServeHTTP(c.Writer(), c.Request())
		return nil
	}
}

func (a *App) mayMeasure(c *webkit.Ctx) bool {
	token, given := strings.CutPrefix(c.Request().Header.Get("Authorization"), "Bearer ")
	if given && a.Settings.MetricsToken != "" {
		return subtle.ConstantTimeCompare([]byte(token), []byte(a.Settings.MetricsToken)) == 1
	}
	host, _, err := net.SplitHostPort(c.Request().RemoteAddr)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback() && c.Request().Header.Get("X-Forwarded-For") == ""
}
