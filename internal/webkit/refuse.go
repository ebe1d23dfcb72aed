package webkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"matbang/internal/fault"
)

// status is the one table from kinds of refusal to HTTP.
func status(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict, fault.Changed:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// VersionAfter is the version that a refused form carries on: the one it was opened with, or the current one once the person was told
// that somebody changed the thing meanwhile. Only then may saving again go over that change.
func VersionAfter(err error, opened, current int) int {
	if fault.KindOf(err) == fault.Changed {
		return current
	}
	return opened
}

func asFault(err error) *fault.Fault {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	return &fault.Fault{Kind: fault.Internal, Code: "internal", Cause: err}
}

func (k *Kit) sentence(lang string, f *fault.Fault) string {
	return k.words.Say(lang, "fault."+f.Code, f.Args...)
}

// fail answers a refusal of a page. An API address gets a problem document; a person not signed in is sent to sign in.
func (k *Kit) fail(c *Ctx, err error) {
	k.failStatus(c, status(asFault(err).Kind), err)
}

func (k *Kit) failStatus(c *Ctx, code int, err error) {
	f := asFault(err)
	if strings.HasPrefix(c.g.Request.URL.Path, "/api/") {
		p := k.problem(c.Context(), err) // and logged there
		p.Status = code
		k.writeProblem(c.g, p)
		return
	}
	k.logFault(c.g, f)
	if f.Kind == fault.Unauthenticated {
		k.toLogin(c)
		return
	}
	page := k.faultPage(c.lang, code, f)
	if renderErr := c.render(code, "errors/fault", page, nil); renderErr != nil {
		k.Log.Error("fault page", "error", renderErr)
		c.g.Data(code, "text/plain; charset=utf-8", []byte(page.Text))
	}
}

// sessionLost answers when the session cannot be read or kept because the database is away: every page needs it, so this is where a user
// meets that first. Nothing was done, and the page says so.
func (k *Kit) sessionLost(w http.ResponseWriter, r *http.Request, cause error) {
	k.Log.Error("session", "error", cause)
	w.Header().Set("Retry-After", "5")
	k.outside(w, r, fault.New(fault.Unavailable, "database_away"))
}

// outside answers a refusal that comes before the router: no session is read, nobody is signed in yet.
func (k *Kit) outside(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	code, lang := status(f.Kind), languageOf(r)
	k.setHeaders(w.Header())
	if strings.HasPrefix(r.URL.Path, "/api/") {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(Problem{Status: code, Code: f.Code, Title: http.StatusText(code), Detail: k.sentence(lang, f)})
		return
	}
	frame := Frame{Lang: lang, Path: r.URL.Path, FullPath: r.URL.RequestURI(), Today: k.Today(), Sample: k.Sample, Version: k.Version}
	out, err := k.execute(lang, "errors/fault", frame, k.faultPage(lang, code, f))
	if err != nil {
		out = []byte(k.sentence(lang, f))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(out)
}

// faultPage is what the page of a refusal shows.
type faultPage struct {
	Status       int
	Text, Advice string
	Back         string
}

func (k *Kit) faultPage(lang string, code int, f *fault.Fault) faultPage {
	return faultPage{code, k.sentence(lang, f), k.words.Say(lang, "advice."+http.StatusText(code)), "/"}
}

func (k *Kit) toLogin(c *Ctx) {
	target := "/login"
	if c.g.Request.Method == http.MethodGet && c.g.Request.URL.Path != "/" {
		target += "?next=" + urlQueryEscape(c.g.Request.URL.RequestURI())
	}
	c.g.Redirect(http.StatusSeeOther, target)
}

// logFault logs an internal error once, with its cause; refusals are no errors of the program.
func (k *Kit) logFault(g *gin.Context, f *fault.Fault) {
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		k.Log.Error("request failed", "method", g.Request.Method, "route", g.FullPath(), "error", f.Cause)
	}
}

// Problem is the body of a refusal (RFC 9457).
type Problem struct {
	Status int            `json:"status"`
	Title  string         `json:"title"`
	Code   string         `json:"code"`
	Detail string         `json:"detail"`
	Errors []ProblemField `json:"errors,omitempty"`
}

// ProblemField is one wrong field of a refusal.
type ProblemField struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *Problem) Error() string { return p.Code }

// GetStatus makes a Problem an error that huma writes as it is.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma's content type filter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func (k *Kit) problem(ctx context.Context, err error) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	f := asFault(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		k.Log.ErrorContext(ctx, "api request failed", "code", f.Code, "error", f.Cause)
	}
	lang := langOf(ctx)
	p := &Problem{Status: status(f.Kind), Code: f.Code, Title: http.StatusText(status(f.Kind)), Detail: k.sentence(lang, f)}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{field.Name, field.Code, k.words.Say(lang, "fault."+field.Code, field.Args...)})
	}
	return p
}

func (k *Kit) writeProblem(g *gin.Context, p *Problem) {
	g.Header("Content-Type", "application/problem+json")
	if p.Status == http.StatusUnauthorized {
		g.Header("WWW-Authenticate", "Bearer")
	}
	g.AbortWithStatusJSON(p.Status, p)
}

// newHumaError replaces huma's own error body. Its details name the place and what is wrong there; an internal cause is never shown.
func newHumaError(code int, message string, errs ...error) huma.StatusError {
	p := &Problem{Status: code, Title: http.StatusText(code), Code: "bad_request", Detail: message}
	if code == http.StatusUnprocessableEntity {
		p.Code = "invalid_input"
	}
	if code >= http.StatusInternalServerError {
		p.Code, p.Detail = "internal", http.StatusText(code)
		return p
	}
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			field := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(d.Location, "body."), "query."), "path.")
			p.Errors = append(p.Errors, ProblemField{field, "form", d.Message})
		} else {
			p.Detail = fmt.Sprintf("%s: %v", message, err)
		}
	}
	return p
}
