package webkit

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"matbang/internal/actor"
	"matbang/internal/fault"
	"matbang/internal/id"
)

const (
	sessionUser  = "user"
	sessionStamp = "stamp"
	sessionMonth = "month"
	sessionFlash = "flash"
	langCookie   = "lang"
)

type actorKey struct{}
type langKey struct{}

func actorOf(ctx context.Context) actor.Actor {
	who, _ := ctx.Value(actorKey{}).(actor.Actor)
	return who
}

func langOf(ctx context.Context) string {
	if lang, ok := ctx.Value(langKey{}).(string); ok {
		return lang
	}
	return languages[0]
}

// logRequest writes one line a request: route pattern, not the address, so that no code or search term of a person reaches the log.
func (k *Kit) logRequest(g *gin.Context) {
	start := time.Now()
	g.Next()
	k.Requests.WithLabelValues(g.FullPath(), strconv.Itoa(g.Writer.Status())).Observe(time.Since(start).Seconds())
	k.Log.Info("request", "method", g.Request.Method, "route", g.FullPath(), "status", g.Writer.Status(),
		"ms", time.Since(start).Milliseconds(), "user", actorOf(g.Request.Context()).Username)
}

func (k *Kit) recoverPanic(g *gin.Context) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			k.fail(k.newCtx(g), fmt.Errorf("panic: %v", p))
			g.Abort()
		}
	}()
	g.Next()
}

const contentSecurity = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

func (k *Kit) headers(g *gin.Context) {
	k.setHeaders(g.Writer.Header())
	g.Next()
}

func (k *Kit) setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurity)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if k.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// identify finds out who asks (token first, then session) and in which language. A wrong token is a refusal, not a guest.
func (k *Kit) identify(g *gin.Context) {
	ctx := context.WithValue(g.Request.Context(), langKey{}, languageOf(g.Request))
	g.Request = g.Request.WithContext(ctx)
	if strings.HasPrefix(g.Request.URL.Path, "/static/") || g.Request.URL.Path == "/metrics" { // whose token is none of a person's
		g.Next()
		return
	}
	who, err := k.whoAsks(ctx, g)
	if err != nil {
		k.fail(k.newCtx(g), err)
		g.Abort()
		return
	}
	g.Request = g.Request.WithContext(context.WithValue(ctx, actorKey{}, who))
	g.Next()
}

func (k *Kit) whoAsks(ctx context.Context, g *gin.Context) (actor.Actor, error) {
	if token, found := strings.CutPrefix(g.GetHeader("Authorization"), "Bearer "); found {
		return k.ActorByToken(ctx, token)
	}
	user := id.User(k.sessions.GetInt64(ctx, sessionUser))
	if user == 0 {
		return actor.Actor{}, nil
	}
	who, err := k.ActorByID(ctx, user)
	if fault.KindOf(err) == fault.NotFound || err == nil && who.Stamp != k.sessions.GetString(ctx, sessionStamp) {
		return actor.Actor{}, k.sessions.Destroy(ctx)
	}
	return who, err
}

func languageOf(r *http.Request) string {
	if cookie, err := r.Cookie(langCookie); err == nil && cookie.Value == "en" {
		return "en"
	}
	if strings.HasPrefix(r.URL.Path, "/api/") && strings.HasPrefix(r.Header.Get("Accept-Language"), "en") {
		return "en"
	}
	return languages[0]
}

// SignIn starts a new session for the user; the old token is dead. The session lasts no longer than the password it was opened with.
func (c *Ctx) SignIn(user id.User) error {
	who, err := c.kit.ActorByID(c.Context(), user)
	if err != nil {
		return err
	}
	if err := c.kit.sessions.RenewToken(c.Context()); err != nil {
		return err
	}
	c.kit.sessions.Put(c.Context(), sessionUser, int64(user))
	c.kit.sessions.Put(c.Context(), sessionStamp, who.Stamp)
	return nil
}

// SignOut ends the session and tells the browser to forget the site's data.
func (c *Ctx) SignOut() error {
	c.g.Header("Clear-Site-Data", `"cache", "storage"`)
	return c.kit.sessions.Destroy(c.Context())
}

// RemoteAddress is the client's address, not forgeable by a header unless a trusted proxy is set.
func (c *Ctx) RemoteAddress() string { return c.g.ClientIP() }

func randomToken() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

func urlQueryEscape(s string) string { return url.QueryEscape(s) }
