// Package app puts the program together by hand, top to bottom: database, rooms, the web, commands. It alone knows everything.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/alexedwards/scs/postgresstore"
	"github.com/alexedwards/scs/v2"

	"matbang/internal/authz"
	"matbang/internal/config"
	"matbang/internal/day"
	"matbang/internal/postgres"
	"matbang/internal/postgres/embedded"
	"matbang/internal/region"
	"matbang/internal/webkit"
	"matbang/migrations"
	"matbang/policies"
	"matbang/web"
)

// App is the program: a value that main and the tests start alike.
type App struct {
	Settings     config.Settings
	Version      string
	Log          *slog.Logger
	DB           *postgres.DB
	Policy       *authz.Policy
	City         region.City
	Rooms        Rooms
	Kit          *webkit.Kit
	sessions     *scs.SessionManager
	store        *postgresstore.PostgresStore
	server       *embedded.Server
	demoPassword string // of the sample accounts, when this run knows it
}

// Open connects to the database (starting the embedded one when no address is set) and builds the rooms. It does not look at the schema,
// so that the schema can be changed through it. The caller closes it.
func Open(ctx context.Context, settings config.Settings, version string, out io.Writer) (*App, error) {
	a := &App{Settings: settings, Version: version, Log: newLog(settings, out)}
	var err error
	if a.Policy, err = authz.Load(policies.Model, policies.Rules); err != nil {
		return nil, err
	}
	dsn := settings.DatabaseURL
	if settings.Embedded() {
		if a.server, err = embedded.Start(ctx, embedded.Options{Data: settings.Data, Log: out}); err != nil {
			return nil, err
		}
		dsn = a.server.DSN(embedded.Database)
	}
	if a.DB, err = postgres.Open(ctx, dsn); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	a.Rooms = newRooms(a)
	return a, nil
}

// Close ends the connections, and the embedded database when this program started it.
func (a *App) Close() error {
	var errs []error
	if a.store != nil {
		a.store.StopCleanup()
	}
	if a.DB != nil {
		errs = append(errs, a.DB.Close())
	}
	if a.server != nil {
		errs = append(errs, a.server.Stop())
	}
	return errors.Join(errs...)
}

func newLog(s config.Settings, out io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.Log}
	if s.LogJSON {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}

// Migrate applies every schema step that is missing.
func (a *App) Migrate(ctx context.Context) error {
	return a.WithSchema(ctx, func(s *postgres.Schema) error { return s.Up() })
}

// WithSchema runs something on the schema and gives its connection back.
func (a *App) WithSchema(ctx context.Context, do func(*postgres.Schema) error) error {
	schema, err := postgres.NewSchema(ctx, a.DB, migrations.Files)
	if err != nil {
		return err
	}
	return errors.Join(do(schema), schema.Close())
}

// Ready refuses to go on with a schema that this program does not know, and learns who runs it.
func (a *App) Ready(ctx context.Context) error {
	if err := a.WithSchema(ctx, checkSchema); err != nil {
		return err
	}
	city, err := a.Rooms.Regions.City(ctx)
	if err != nil {
		return err
	}
	a.City = city
	a.Rooms.Reports.Sample = city.Sample
	if city.Sample && !a.Settings.Loopback() {
		return fmt.Errorf("the database holds the sample city with its sample accounts: serve it on a loopback address only, not on %s", a.Settings.Addr)
	}
	return a.buildWeb()
}

func checkSchema(s *postgres.Schema) error {
	version, dirty, err := s.Version()
	switch {
	case err != nil:
		return err
	case dirty:
		return fmt.Errorf("schema step %d failed half-way: mend it and run 'matbang migrate force %d'", version, version)
	case version < migrations.Newest():
		return fmt.Errorf("the database is at schema %d, this program needs %d: run 'matbang migrate up'", version, migrations.Newest())
	case version > migrations.Newest():
		return fmt.Errorf("the database is at schema %d, newer than this program's %d: use the newer program", version, migrations.Newest())
	default:
		return nil
	}
}

// Today is the business day: the fixed one of the settings, the sample city's, or the real day in Vietnam.
func (a *App) Today() day.Date {
	if fixed, err := day.Parse(a.Settings.Today); err == nil {
		return fixed
	}
	if !a.City.BusinessDay.IsZero() {
		return a.City.BusinessDay
	}
	return day.Of(time.Now())
}

func (a *App) todayFixed() bool { return a.Settings.Today != "" || !a.City.BusinessDay.IsZero() }

// months are the months a person may choose: two years back from today's.
func (a *App) months(context.Context) []day.Month {
	months := make([]day.Month, 0, 24)
	for i := range 24 {
		months = append(months, a.Today().Month().Add(-i))
	}
	return months
}

func (a *App) buildWeb() error {
	secure := len(a.Settings.BaseURL) > 5 && a.Settings.BaseURL[:5] == "https"
	a.sessions = newSessions(secure)
	a.store = postgresstore.NewWithCleanupInterval(a.DB.Pool(), 10*time.Minute)
	a.sessions.Store = a.store
	secret, err := a.Settings.KeyMaterial()
	if err != nil {
		return fmt.Errorf("the key for what is sealed: %w", err)
	}
	kit, err := webkit.New(webkit.Options{
		Secret: secret, Templates: web.Templates, Locale: web.Locale, Dist: web.Dist, Policy: a.Policy, Sessions: a.sessions, Log: a.Log, Version: a.Version,
		Proxies: proxies(a.Settings), Secure: secure, Sample: a.City.Sample, Today: a.Today, TodayFixed: a.todayFixed(), Months: a.months,
		ActorByID: a.Rooms.People.ActorByID, ActorByToken: a.Rooms.People.ActorByToken, Waiting: a.waiting,
	})
	if err != nil {
		return err
	}
	a.Kit = kit
	a.routes(kit)
	return nil
}

// proxies are the networks of the settings in the form the router takes.
func proxies(s config.Settings) []string {
	texts := make([]string, 0, len(s.TrustedProxies))
	for _, p := range s.TrustedProxies {
		texts = append(texts, p.String())
	}
	return texts
}

func newSessions(secure bool) *scs.SessionManager {
	m := scs.New()
	m.Lifetime, m.IdleTimeout = 12*time.Hour, 30*time.Minute
	m.HashTokenInStore = true
	m.Cookie.Name, m.Cookie.HttpOnly, m.Cookie.Secure = "matbang_session", true, secure
	if secure {
		m.Cookie.Name = "__Host-matbang"
	}
	return m
}
