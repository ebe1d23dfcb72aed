package webkit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/unicode/norm"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/listing"
)

// Ctx is one page request: who asks, in which language, what was sent, and how to answer.
type Ctx struct {
	kit    *Kit
	g      *gin.Context
	who    actor.Actor
	lang   string
	crumbs []Crumb
}

func (k *Kit) newCtx(g *gin.Context) *Ctx {
	return &Ctx{kit: k, g: g, who: actorOf(g.Request.Context()), lang: langOf(g.Request.Context())}
}

// Context is the request's context; it ends when the client goes away.
func (c *Ctx) Context() context.Context { return c.g.Request.Context() }

// Request is the plain request, for the few that need its address or agent.
func (c *Ctx) Request() *http.Request { return c.g.Request }

// Writer is the plain answer, for handlers of other libraries.
func (c *Ctx) Writer() http.ResponseWriter { return c.g.Writer }

// Actor is who asks; its ID is 0 when nobody is signed in.
func (c *Ctx) Actor() actor.Actor { return c.who }

// Lang is "vi" or "en".
func (c *Ctx) Lang() string { return c.lang }

// Today is the business day.
func (c *Ctx) Today() day.Date { return c.kit.Today() }

// T is a sentence in the person's language.
func (c *Ctx) T(key string, args ...any) string { return c.kit.words.Say(c.lang, key, args...) }

// Param is a part of the path.
func (c *Ctx) Param(name string) string { return c.g.Param(name) }

// Query is a value of the query string, trimmed, in composed Unicode form; what people typed to search stands there sealed.
func (c *Ctx) Query(name string) string {
	if private(name) {
		return clean(c.kit.sealer.open(c.g.Query(name)))
	}
	return clean(c.g.Query(name))
}

// Form is a value of the posted form, trimmed, in composed Unicode form.
func (c *Ctx) Form(name string) string { return clean(c.g.PostForm(name)) }

// FormAll is every value posted under a name.
func (c *Ctx) FormAll(name string) []string {
	values := c.g.PostFormArray(name)
	for i := range values {
		values[i] = clean(values[i])
	}
	return values
}

// FormMap is the whole posted form.
func (c *Ctx) FormMap() url.Values {
	_ = c.g.Request.ParseForm()
	return c.g.Request.PostForm
}

func clean(s string) string { return strings.TrimSpace(norm.NFC.String(s)) }

// Version is the version of the thing that the page showed (hidden field "version"); 0 when absent.
func (c *Ctx) Version() int {
	n, _ := strconv.Atoi(c.g.PostForm("version"))
	return n
}

// Key is the form's idempotency key (hidden field "idempotency_key").
func (c *Ctx) Key() string { return c.g.PostForm("idempotency_key") }

// NewKey makes a key for a form that moves money.
func (c *Ctx) NewKey() string { return randomToken() }

// List reads the list query of the address: q, sort, desc, page.
func (c *Ctx) List() listing.Query {
	page, _ := strconv.Atoi(c.g.Query("page"))
	return listing.Query{Text: c.Query("q"), Sort: c.g.Query("sort"), Desc: c.g.Query("desc") == "1", Page: max(page, 1)}
}

// Month is the month of work: the address's, else the session's, else the newest.
func (c *Ctx) Month() day.Month {
	for _, text := range []string{c.g.Query("month"), c.kit.sessions.GetString(c.Context(), sessionMonth)} {
		if m, err := day.ParseMonth(text); err == nil {
			return m
		}
	}
	return c.kit.Today().Month()
}

// Crumb adds a step to the way shown above the page.
func (c *Ctx) Crumb(text, href string) { c.crumbs = append(c.crumbs, Crumb{text, href}) }

// Show answers 200 with a page ("land/case_list") and its data.
func (c *Ctx) Show(page string, p any) error { return c.render(http.StatusOK, page, p, nil) }

// Refuse shows the same form again with what was typed, when the refusal is one a form can show (wrong fields, a conflict, changed
// meanwhile); any other refusal goes to the fault page.
func (c *Ctx) Refuse(err error, page string, p any) error {
	f := asFault(err)
	switch f.Kind {
	case fault.Invalid, fault.Conflict, fault.Changed, fault.TooMany, fault.TooLarge:
		return c.render(status(f.Kind), page, p, f)
	default:
		return err
	}
}

// Done goes on to a page after an act (303), with a sentence about what was done.
func (c *Ctx) Done(path, key string, args ...any) error {
	if key != "" {
		c.kit.sessions.Put(c.Context(), sessionFlash, "ok|"+c.T(key, args...))
	}
	c.g.Redirect(http.StatusSeeOther, path)
	return nil
}

// Warn goes back to a page with the refusal's sentence: for acts of one button, where there is no form to show again.
func (c *Ctx) Warn(path string, err error) error {
	f := asFault(err)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable || f.Kind == fault.Unauthenticated || f.Kind == fault.NotFound || f.Kind == fault.Forbidden {
		return err
	}
	text := c.kit.sentence(c.lang, f)
	for _, field := range f.Fields {
		text += " " + c.kit.words.Say(c.lang, "fault."+field.Code, field.Args...)
	}
	c.kit.sessions.Put(c.Context(), sessionFlash, "bad|"+text)
	c.g.Redirect(http.StatusSeeOther, path)
	return nil
}

func (c *Ctx) takeFlash() []Flash {
	kind, text, found := strings.Cut(c.kit.sessions.PopString(c.Context(), sessionFlash), "|")
	if !found {
		return nil
	}
	return []Flash{{kind, text}}
}

// Upload opens the posted file of a field; at most limit bytes. The caller closes it.
func (c *Ctx) Upload(field string, limit int64) (name string, content []byte, err error) {
	header, err := c.g.FormFile(field)
	if err != nil {
		return "", nil, fault.InvalidField(field, "file_missing")
	}
	if header.Size > limit {
		return "", nil, fault.New(fault.TooLarge, "file_too_large", limit>>20)
	}
	file, err := header.Open()
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = file.Close() }()
	content, err = io.ReadAll(io.LimitReader(file, limit))
	return header.Filename, content, err
}

// OpenUpload is Upload for a file that is read in pieces and never kept whole; a large one lies on disk meanwhile. The caller closes it.
func (c *Ctx) OpenUpload(field string, limit int64) (name string, file multipart.File, size int64, err error) {
	header, err := c.g.FormFile(field)
	if err != nil {
		return "", nil, 0, fault.InvalidField(field, "file_missing")
	}
	if header.Size > limit {
		return "", nil, 0, fault.New(fault.TooLarge, "file_too_large", limit>>20)
	}
	file, err = header.Open()
	return header.Filename, file, header.Size, err
}

// File answers with a file to keep, never shown in the page's origin.
func (c *Ctx) File(name, contentType string, content []byte) error {
	c.g.Header("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	c.g.Data(http.StatusOK, contentType, content)
	return nil
}

// Text answers with plain content, for the few pages that are not HTML.
func (c *Ctx) Text(code int, contentType, content string) error {
	c.g.Data(code, contentType, []byte(content))
	return nil
}

// render writes to memory first: a template that fails answers 500 with a sentence, never half a page.
func (c *Ctx) render(code int, page string, p any, refused *fault.Fault) error {
	frame := c.kit.frame(c)
	if refused != nil {
		frame.Fault = c.kit.sentence(c.lang, refused)
		for _, f := range refused.Fields {
			frame.Errors[f.Name] = c.kit.words.Say(c.lang, "fault."+f.Code, f.Args...)
		}
	}
	out, err := c.kit.execute(c.lang, page, frame, p)
	if err != nil {
		return err
	}
	c.g.Data(code, "text/html; charset=utf-8", out)
	return nil
}

// execute renders a page into memory.
func (k *Kit) execute(lang, page string, frame Frame, p any) ([]byte, error) {
	tmpl, ok := k.pages[lang][page]
	if !ok {
		return nil, fmt.Errorf("no page %q", page)
	}
	var out bytes.Buffer
	if err := tmpl.ExecuteTemplate(&out, layoutOf(page), struct {
		F Frame
		P any
	}{frame, p}); err != nil {
		return nil, fmt.Errorf("page %s: %w", page, err)
	}
	return out.Bytes(), nil
}
