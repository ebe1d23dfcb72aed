// Package webkit is the program's one way to the web: routes with permissions, pages, the API, sessions, languages, refusals.
// It knows HTTP and no business.
package webkit

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/authz"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
)

const apiPrefix = "/api/v1"

// maxBody is the largest upload the API reads: a year of statements of a busy account, far below what memory would mind.
const maxBody = 20 << 20

var errSignIn = fault.New(fault.Unauthenticated, "sign_in")

// Options is what the kit needs from outside. Functions keep the arrow: the kit asks, rooms answer, app wires.
type Options struct {
	Templates, Locale, Dist fs.FS
	Policy                  *authz.Policy
	Sessions                *scs.SessionManager
	Log                     *slog.Logger
	Version                 string
	Proxies                 []string // whose word about the caller's address is believed
	Secure                  bool     // served over https: cookies say so
	Sample                  bool     // the sample city: said on every page
	Today                   func() day.Date
	TodayFixed              bool
	Months                  func(ctx context.Context) []day.Month // months a person may choose, newest first
	Secret                  string                                // key material for what is sealed; empty for one that lasts as long as the program
	ActorByID               func(ctx context.Context, user id.User) (actor.Actor, error)
	ActorByToken            func(ctx context.Context, token string) (actor.Actor, error)
	Waiting                 func(ctx context.Context, who actor.Actor) map[string]int // menu key → number waiting
}

// Kit holds the routes and everything to answer them.
type Kit struct {
	Options
	engine     *gin.Engine
	api        huma.API
	routes     []Route
	summaries  map[string]string // operationId → what it does
	policy     *authz.Policy
	sessions   *scs.SessionManager
	sealer     sealer
	words      *Words
	pages      map[string]pageSet // language → pages
	assets     map[string]string
	menu       []MenuEntry
	describing string                   // the operation that is being added, in the form of a type's name
	Requests   *prometheus.HistogramVec // seconds by route and status, for whoever measures
}

// New parses every template and translation; what does not parse stops the program here, not under a user's hands.
func New(o Options) (*Kit, error) {
	words, err := LoadWords(o.Locale)
	if err != nil {
		return nil, err
	}
	assets, err := loadAssets(o.Dist)
	if err != nil {
		return nil, err
	}
	k := &Kit{Options: o, policy: o.Policy, sessions: o.Sessions, words: words, assets: assets, menu: menu(), summaries: map[string]string{},
		Requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "http_request_seconds", Help: "Time to answer, by route and status.",
			Buckets: prometheus.ExponentialBuckets(0.005, 3, 8)}, []string{"route", "status"})}
	if k.sealer, err = newSealer(o.Secret); err != nil {
		return nil, err
	}
	if k.pages, err = parsePages(o.Templates, words, assets); err != nil {
		return nil, err
	}
	if k.engine, err = newEngine(k); err != nil {
		return nil, err
	}
	k.api = newAPI(k)
	k.sessions.ErrorFunc = k.sessionLost
	k.ground()
	return k, nil
}

func newEngine(k *Kit) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.ContextWithFallback = true
	if err := e.SetTrustedProxies(k.Proxies); err != nil {
		return nil, fmt.Errorf("trusted proxies: %w", err)
	}
	e.Use(k.logRequest, k.recoverPanic, k.headers, k.identify)
	e.NoRoute(func(g *gin.Context) { k.fail(k.newCtx(g), fault.Missing("page_missing")) })
	e.NoMethod(func(g *gin.Context) {
		k.failStatus(k.newCtx(g), http.StatusMethodNotAllowed, fault.Missing("method_missing"))
	})
	return e, nil
}

func newAPI(k *Kit) huma.API {
	cfg := huma.DefaultConfig("Mặt Bằng", k.Version)
	cfg.DocsPath, cfg.SchemasPath, cfg.OpenAPIPath, cfg.CreateHooks = "", "", "", nil
	cfg.Servers = []*huma.Server{{URL: apiPrefix}}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer"},
		"session": {Type: "apiKey", In: "cookie", Name: k.sessions.Cookie.Name},
	}
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", k.schemaName)
	cfg.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[area.Area](), reflect.TypeFor[squareMetres]())
	huma.NewError = newHumaError
	return humagin.NewWithGroup(k.engine, k.engine.Group(apiPrefix), cfg)
}

// squareMetres describes area.Area wherever the API carries one: that word itself knows no API.
type squareMetres area.Area

// Schema describes it as a number.
func (squareMetres) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Description: "m², at most two decimals", Examples: []any{150.25}}
}

// schemaName tells two rooms' types of one name apart by their package.
func (k *Kit) schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	if room := path.Base(t.PkgPath()); room != "." && t.Name() != "" {
		return strings.ToUpper(room[:1]) + room[1:] + name
	}
	if t.Name() == "" && t.Kind() == reflect.Struct { // a body written where it is used: it belongs to the operation being described
		_, part, _ := strings.Cut(name, "Input")
		return k.describing + part
	}
	return name
}

// OpenAPI is the description of the API as JSON.
func (k *Kit) OpenAPI() ([]byte, error) {
	data, err := k.api.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("describing the API: %w", err)
	}
	return data, nil
}

// T is the sentence of a key in a language, for texts that do not stand in a template.
func (k *Kit) T(lang, key string, args ...any) string { return k.words.Say(lang, key, args...) }
