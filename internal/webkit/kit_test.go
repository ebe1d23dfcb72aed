package webkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/scs/v2"

	"matbang/internal/actor"
	"matbang/internal/authz"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/policies"
)

// site is a small program on the kit: pages and operations that answer, refuse, fail and panic.
type site struct {
	*Kit
	t    *testing.T
	base string
	log  *bytes.Buffer
}

const secret = "password=hunter2 at 10.0.0.7"

func pagesAndWords() (templates, locale files) {
	templates, locale = files{}, files{}
	for name, text := range map[string]string{
		"layout/base.html":  `{{define "base"}}<title>{{.F.Lang}} {{.F.Month}}</title>{{range .F.Menu}}[{{.Key}}{{if .Active}}!{{end}}{{if .Count}}{{.Count}}{{end}}]{{end}}q:{{.F.Search}};{{range .F.Flash}}flash:{{.Kind}}:{{.Text}}{{end}}{{.F.Fault}}{{template "content" .}}{{end}}`,
		"layout/plain.html": `{{define "plain"}}{{template "content" .}}{{end}}`,
		"partials/x.html":   `{{define "x"}}{{end}}`,
		"errors/fault.html": `{{define "content"}}oops {{.P.Status}}: {{.P.Text}}{{end}}`,
		"api/docs.html":     `{{define "content"}}{{range .P.Operations}}{{.Operation}} {{.Summary}};{{end}}{{end}}`,
		"test/form.html":    `{{define "content"}}<input name="name" value="{{.P}}">{{range $f, $e := .F.Errors}}{{$f}}={{$e}};{{end}}{{end}}`,
		"test/broken.html":  `{{define "content"}}half a page {{.P.Gone}}{{end}}`,
	} {
		templates["templates/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, lang := range languages {
		locale[lang+"/a.json"] = &fstest.MapFile{Data: []byte(`{"fault.internal":"lỗi ` + lang + `","fault.forbidden":"không được {0}","fault.sign_in":"đăng nhập","fault.x":"từ chối {0}",
			"fault.invalid_input":"sai","fault.required":"trống","fault.page_missing":"không có trang","fault.method_missing":"không có cách","done":"đã lưu {0}","fault.if_match_needed":"thiếu"}`)}
	}
	return templates, locale
}

type files = fstest.MapFS

func newKit(t *testing.T, log io.Writer) *Kit {
	t.Helper()
	policy, err := authz.Load(policies.Model, policies.Rules)
	if err != nil {
		t.Fatal(err)
	}
	templates, locale := pagesAndWords()
	person := func(name string) (actor.Actor, error) {
		if name == "gone" {
			return actor.Actor{}, fault.New(fault.Unauthenticated, "sign_in")
		}
		return actor.Actor{ID: 7, Username: name, Name: name, Unit: 1, Grants: policy.Grants([]string{name})}, nil
	}
	kit, err := New(Options{Templates: templates, Locale: locale, Policy: policy, Sessions: scs.New(), Log: slog.New(slog.NewTextHandler(log, nil)),
		Dist:         files{"dist/manifest.json": {Data: []byte(`{"app.css":"app-1.css"}`)}, "dist/app-1.css": {Data: []byte(`a{}`)}, "secret.txt": {Data: []byte(secret)}},
		Today:        func() day.Date { return day.Must("2023-12-31") },
		Months:       func(context.Context) []day.Month { return []day.Month{day.MustMonth("2023-12")} },
		ActorByID:    func(context.Context, id.User) (actor.Actor, error) { return person("planner") },
		ActorByToken: func(_ context.Context, token string) (actor.Actor, error) { return person(token) },
		Waiting:      func(context.Context, actor.Actor) map[string]int { return map[string]int{"projects": 3} },
	})
	if err != nil {
		t.Fatal(err)
	}
	return kit
}

// refusal makes the error that a path asks for.
func refusal(kind string) error {
	switch kind {
	case "plain":
		return errors.New(secret)
	case "panic":
		panic(secret)
	case "away":
		return &fault.Fault{Kind: fault.Unavailable, Code: "x", Args: []any{""}, Cause: errors.New(secret)}
	case "wrapped":
		return fmt.Errorf("%s: %w", secret, fault.Conflicting("x", "đã đóng"))
	}
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		if fmt.Sprint(int(k)) == kind {
			return fault.New(k, "x", "7")
		}
	}
	return nil
}

type kindInput struct {
	Kind string `path:"kind"`
}

func open(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, log: &bytes.Buffer{}}
	s.Kit = newKit(t, s.log)
	k := s.Kit
	k.Page(http.MethodGet, "/refuse/:kind", Public, func(c *Ctx) error { return refusal(c.Param("kind")) })
	k.Page(http.MethodGet, "/projects", "project:read", func(c *Ctx) error { return c.Show("test/form", c.Month().String()) })
	k.Page(http.MethodGet, "/edit", "project:edit", func(c *Ctx) error { return c.Show("test/form", "") })
	k.Page(http.MethodGet, "/broken", Public, func(c *Ctx) error { return c.Show("test/broken", struct{ A int }{}) })
	k.Page(http.MethodPost, "/in", Public, func(c *Ctx) error { return errors.Join(c.SignIn(7), c.Done("/projects", "done", 5)) })
	k.Page(http.MethodPost, "/out", SignedIn, func(c *Ctx) error { return errors.Join(c.SignOut(), c.Done("/", "")) })
	k.Page(http.MethodPost, "/form/:kind", Public, func(c *Ctx) error {
		if c.Param("kind") == "fields" {
			return c.Refuse(fault.InvalidField("name", "required"), "test/form", c.Form("name"))
		}
		return c.Refuse(refusal(c.Param("kind")), "test/form", c.Form("name"))
	})
	k.Page(http.MethodPost, "/warn/:kind", SignedIn, func(c *Ctx) error { return c.Warn("/projects", refusal(c.Param("kind"))) })
	Op(k, Operation{ID: "refuse", Method: http.MethodGet, Path: "/refuse/{kind}", Permission: Public, Summary: "Refuses"},
		func(_ context.Context, _ actor.Actor, in *kindInput) (*Body[string], error) {
			return nil, refusal(in.Kind)
		})
	Op(k, Operation{ID: "change", Method: http.MethodPost, Path: "/change", Permission: "project:edit", Summary: "Changes"},
		func(_ context.Context, _ actor.Actor, in *struct {
			Match
			Body struct {
				Size int `json:"size" minimum:"1"`
			}
		}) (*Versioned[string], error) {
			version, err := in.Version()
			return WithVersion("ok", version+1), err
		})
	server := httptest.NewServer(k.Handler())
	t.Cleanup(server.Close)
	s.base = server.URL
	return s
}

type answer struct {
	code   int
	body   string
	header http.Header
}

// browser keeps cookies and does not follow redirects.
func browser(t *testing.T) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// send sends a request; headers come in pairs.
func (s *site) send(client *http.Client, method, path, body string, headers ...string) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{response.StatusCode, string(content), response.Header}
}

func (s *site) get(path string, headers ...string) answer {
	s.t.Helper()
	return s.send(browser(s.t), http.MethodGet, path, "", headers...)
}

func as(role string) []string { return []string{"Authorization", "Bearer " + role} }

func TestEveryKindOfRefusalHasItsStatus(t *testing.T) {
	s := open(t)
	for kind, want := range map[fault.Kind]int{fault.Internal: 500, fault.Invalid: 422, fault.Unauthenticated: 401, fault.Forbidden: 403, fault.NotFound: 404,
		fault.Conflict: 409, fault.Changed: 409, fault.TooLarge: 413, fault.TooMany: 429, fault.Unavailable: 503} {
		path := fmt.Sprintf("/refuse/%d", kind)
		page := s.get(path)
		if kind == fault.Unauthenticated {
			if page.code != http.StatusSeeOther || page.header.Get("Location") != "/login?next="+url.QueryEscape(path) {
				t.Errorf("page, not signed in: %d to %s", page.code, page.header.Get("Location"))
			}
		} else if page.code != want || page.body != fmt.Sprintf("oops %d: từ chối 7", want) {
			t.Errorf("page of kind %d: %d %s", kind, page.code, page.body)
		}
		api := s.get("/api/v1" + path)
		var p Problem
		if err := json.Unmarshal([]byte(api.body), &p); err != nil || api.code != want || p.Status != want || p.Code != "x" || p.Detail != "từ chối 7" ||
			p.Title != http.StatusText(want) || api.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("API of kind %d: %d %s %s", kind, api.code, api.header.Get("Content-Type"), api.body)
		}
	}
}

func TestAnInternalErrorIsLoggedOnceAndNotShown(t *testing.T) {
	for _, path := range []string{"/refuse/plain", "/refuse/panic", "/refuse/away", "/api/v1/refuse/plain", "/api/v1/refuse/panic", "/api/v1/refuse/away", "/broken"} {
		s := open(t)
		got := s.get(path)
		if got.code < 500 || strings.Contains(got.body, "hunter2") || strings.Contains(got.body, "half a page") || strings.Contains(got.body, "runtime") {
			t.Errorf("%s shows %d %s", path, got.code, got.body)
		}
		if n := strings.Count(s.log.String(), "level=ERROR"); n != 1 {
			t.Errorf("%s is logged %d times: %s", path, n, s.log)
		}
		if path != "/broken" && !strings.Contains(s.log.String(), "hunter2") {
			t.Errorf("%s: the log does not say why", path)
		}
	}
	s := open(t)
	if got := s.get("/refuse/wrapped"); got.code != http.StatusConflict || strings.Contains(got.body, "hunter2") || strings.Contains(s.log.String(), "level=ERROR") {
		t.Errorf("a refusal within an error: %d %s", got.code, got.body)
	}
}

func TestTheLogNamesNoAddressAndNoSearch(t *testing.T) {
	s := open(t)
	s.get("/projects?q=006086001234", as("planner")...)
	s.get("/refuse/006086001234")
	if strings.Contains(s.log.String(), "006086001234") || !strings.Contains(s.log.String(), "/refuse/:kind") {
		t.Error(s.log)
	}
}

func TestAFormComesBackWithWhatWasTyped(t *testing.T) {
	s := open(t)
	typed := "name=" + url.QueryEscape(`<Phie`+"\u0302"+`ng "My">`)
	for path, want := range map[string]int{"/form/fields": 422, "/form/1": 422, "/form/5": 409, "/form/6": 409, "/form/7": 413, "/form/8": 429} {
		got := s.send(browser(t), http.MethodPost, path, typed)
		if got.code != want || !strings.Contains(got.body, `value="&lt;Phiêng &#34;My&#34;&gt;"`) {
			t.Errorf("%s: %d %s", path, got.code, got.body)
		}
	}
	if got := s.send(browser(t), http.MethodPost, "/form/fields", typed); !strings.Contains(got.body, "name=trống;") {
		t.Errorf("no sentence at the field: %s", got.body)
	}
	for path, want := range map[string]int{"/form/3": 403, "/form/4": 404, "/form/9": 503, "/form/plain": 500} {
		if got := s.send(browser(t), http.MethodPost, path, typed); got.code != want || strings.Contains(got.body, "<input") {
			t.Errorf("%s: %d %s", path, got.code, got.body)
		}
	}
}

func TestWhoMay(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		path string
		role string
		want int
	}{
		{"/projects", "planner", 200}, {"/edit", "planner", 200}, {"/edit", "leader", 403}, {"/projects", "admin", 403}, {"/projects", "", 303}, {"/projects", "gone", 303},
		{"/refuse/none", "", 200}, {"/nowhere", "", 404}, {"/api/v1/nowhere", "planner", 404},
	} {
		var headers []string
		if c.role != "" {
			headers = as(c.role)
		}
		if got := s.get(c.path, headers...); got.code != c.want {
			t.Errorf("%s as %q: %d %s", c.path, c.role, got.code, got.body)
		}
	}
	if got := s.send(browser(t), http.MethodDelete, "/projects", "", as("planner")...); got.code != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", got.code)
	}
	menu := s.get("/projects", as("planner")...).body
	if !strings.Contains(menu, "[mywork][projects!3][contracts][disbursements][progress]") || strings.Contains(menu, "[payouts") || strings.Contains(menu, "[users") {
		t.Errorf("the planner's menu: %s", menu)
	}
}

func TestTheAPIRefusesBeforeItReads(t *testing.T) {
	s := open(t)
	post := func(body string, headers ...string) (answer, Problem) {
		got := s.send(browser(t), http.MethodPost, "/api/v1/change", body, append([]string{"Content-Type", "application/json"}, headers...)...)
		var p Problem
		_ = json.Unmarshal([]byte(got.body), &p)
		return got, p
	}
	if got, p := post(`not even JSON`); got.code != 401 || p.Code != "sign_in" || got.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("nobody: %d %s", got.code, got.body)
	}
	if got, p := post(`not even JSON`, as("leader")...); got.code != 403 || p.Code != "forbidden" {
		t.Errorf("leader: %d %s", got.code, got.body)
	}
	if got, p := post(`{"size":0}`, append(as("planner"), "If-Match", `"3"`)...); got.code != 422 || p.Code != "invalid_input" || len(p.Errors) != 1 || p.Errors[0].Field != "size" {
		t.Errorf("a wrong field: %d %s", got.code, got.body)
	}
	if got, p := post(`{"size":1}`, as("planner")...); got.code != 422 || len(p.Errors) != 1 || p.Errors[0].Field != "If-Match" {
		t.Errorf("without a version: %d %s", got.code, got.body)
	}
	for _, version := range []string{`"3"`, `W/"3"`, `3`} {
		if got, _ := post(`{"size":1}`, append(as("planner"), "If-Match", version)...); got.code != 200 || got.header.Get("ETag") != `"4"` {
			t.Errorf("version %s: %d %s", version, got.code, got.body)
		}
	}
	if got := s.get("/api/openapi.json"); !json.Valid([]byte(got.body)) || !strings.Contains(got.body, `"operationId":"change"`) {
		t.Errorf("description: %d", got.code)
	}
	if got := s.get("/api/docs"); got.code != 200 || !strings.Contains(got.body, "refuse Refuses;change Changes;") {
		t.Errorf("page of the description: %s", got.body)
	}
}

func TestARouteNeedsAPermissionThatSomebodyHas(t *testing.T) {
	kit := newKit(t, io.Discard)
	for _, permission := range []actor.Permission{"", "project:fly", "project", "Public"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a route with the permission %q is added", permission)
				}
			}()
			kit.Page(http.MethodGet, "/x/"+string(permission), permission, func(*Ctx) error { return nil })
		}()
	}
	for _, r := range kit.Routes() {
		if r.Permission == "" {
			t.Errorf("%s %s", r.Method, r.Path)
		}
	}
}

func TestStaticFiles(t *testing.T) {
	s := open(t)
	css := s.get("/static/app-1.css")
	if css.code != 200 || css.body != "a{}" || css.header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(css.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d %s %v", css.code, css.body, css.header)
	}
	for _, path := range []string{"/static/gone.css", "/static/", "/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/..%2fsecret.txt", "/static//../../secret.txt", "/static/..\\secret.txt"} {
		if got := s.get(path); got.code == 200 || strings.Contains(got.body, "hunter2") || strings.Contains(got.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %s", path, got.code, got.body)
		}
	}
	page := s.get("/projects", as("planner")...)
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
		if page.header.Get(name) != want {
			t.Errorf("%s: %s", name, page.header.Get(name))
		}
	}
	if policy := page.header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy %s", policy)
	}
}

func TestLanguageAndMonthAreKept(t *testing.T) {
	s := open(t)
	b := browser(t)
	if got := s.send(b, http.MethodPost, "/in", ""); got.code != 303 || got.header.Get("Location") != "/projects" {
		t.Fatalf("signing in: %d", got.code)
	}
	page := func(path string) string { return s.send(b, http.MethodGet, path, "").body }
	if got := page("/projects"); !strings.Contains(got, "<title>vi 2023-12</title>") || !strings.Contains(got, "flash:ok:đã lưu 5") {
		t.Errorf("first page: %s", got)
	}
	if got := page("/projects"); strings.Contains(got, "flash") {
		t.Errorf("the sentence is shown twice: %s", got)
	}
	got := s.send(b, http.MethodPost, "/language", "lang=en&back="+url.QueryEscape("/projects?q=a"))
	cookie := got.header.Get("Set-Cookie")
	if got.code != 303 || got.header.Get("Location") != "/projects?q=a" || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("language: %d to %s, %s", got.code, got.header.Get("Location"), cookie)
	}
	if got := s.send(b, http.MethodPost, "/month", "month=2023-06&back=//evil.example"); got.header.Get("Location") != "/" {
		t.Errorf("month leads to %s", got.header.Get("Location"))
	}
	if got := s.send(b, http.MethodPost, "/find", "to=//evil.example&q=a"); !strings.HasPrefix(got.header.Get("Location"), "/?q=~") {
		t.Errorf("a search leads to %s", got.header.Get("Location"))
	}
	found := s.send(b, http.MethodPost, "/find", "to=/projects?x=1&year=&state=building&q="+url.QueryEscape(" Nguyễn Văn Nông ")).header.Get("Location")
	if !strings.HasPrefix(found, "/projects?q=~") || !strings.HasSuffix(found, "&state=building&year=") || strings.Contains(found, "Nguy") {
		t.Errorf("a search leads to %s", found)
	}
	if got := page(found); !strings.Contains(got, "q:Nguyễn Văn Nông;") {
		t.Errorf("%s is read as %s", found, got)
	}
	if got := page("/projects"); !strings.Contains(got, `<title>en 2023-06</title>`) || !strings.Contains(got, `value="2023-06"`) {
		t.Errorf("after choosing: %s", got)
	}
	if got := page("/projects?month=2023-03"); !strings.Contains(got, `value="2023-03"`) {
		t.Errorf("the address's month: %s", got)
	}
	s.send(b, http.MethodPost, "/month", "month=nonsense")
	s.send(b, http.MethodPost, "/language", "lang=xx")
	if got := page("/projects?month=2023-99"); !strings.Contains(got, `<title>vi 2023-06</title>`) {
		t.Errorf("after nonsense: %s", got)
	}
	if got := s.send(b, http.MethodPost, "/warn/5", ""); got.code != 303 || !strings.Contains(page("/projects"), "flash:bad:từ chối 7") {
		t.Errorf("a warning: %d", got.code)
	}
	if got := s.send(b, http.MethodPost, "/warn/4", ""); got.code != 404 {
		t.Errorf("a missing thing is warned about: %d", got.code)
	}
	s.send(b, http.MethodPost, "/out", "")
	if got := s.send(b, http.MethodGet, "/projects", ""); got.code != 303 {
		t.Errorf("after signing out: %d", got.code)
	}
}

func TestAForeignPageMayNotAct(t *testing.T) {
	s := open(t)
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if got := s.send(browser(t), http.MethodPost, "/in", "", headers...); got.code != http.StatusForbidden || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%v: %d", headers, got.code)
		}
	}
	if got := s.send(browser(t), http.MethodPost, "/in", "", "Sec-Fetch-Site", "same-origin"); got.code != 303 {
		t.Errorf("our own: %d", got.code)
	}
}

func TestASessionIsNewAfterSigningIn(t *testing.T) {
	s := open(t)
	b := browser(t)
	token := func() string {
		at, err := url.Parse(s.base)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range b.Jar.Cookies(at) {
			if c.Name == "session" {
				return c.Value
			}
		}
		return ""
	}
	s.send(b, http.MethodPost, "/in", "")
	first := token()
	s.send(b, http.MethodPost, "/in", "")
	if first == "" || token() == first {
		t.Error("the old token lives on")
	}
}

func TestAProgramWithoutItsPartsDoesNotStart(t *testing.T) {
	templates, words := pagesAndWords()
	dist := files{"dist/manifest.json": {Data: []byte(`{}`)}}
	with := func(all files, name, text string) files {
		changed := files{name: {Data: []byte(text)}}
		for n, f := range all {
			if n != name {
				changed[n] = f
			}
		}
		return changed
	}
	for why, o := range map[string]Options{
		"no assets":                         {Templates: templates, Locale: words, Dist: files{}},
		"a template half done":              {Templates: with(templates, "templates/test/form.html", "{{if}}"), Locale: words, Dist: dist},
		"an unknown function":               {Templates: with(templates, "templates/test/form.html", "{{shout .}}"), Locale: words, Dist: dist},
		"a word without its other language": {Templates: templates, Locale: with(words, "en/b.json", `{"only":"x"}`), Dist: dist},
		"a proxy that is no address":        {Templates: templates, Locale: words, Dist: dist, Proxies: []string{"somewhere"}},
	} {
		o.Sessions, o.Log = scs.New(), slog.New(slog.DiscardHandler)
		if _, err := New(o); err == nil {
			t.Errorf("%s: it starts", why)
		}
	}
}

func TestAListSaysWhereItGoesOn(t *testing.T) {
	for cursor, want := range map[string]string{"": "", "MDAwMDAwMQ": "0000001", "!!": ""} {
		if got := (ListInput{Cursor: cursor}).After(); got != want {
			t.Errorf("%q: %q", cursor, got)
		}
	}
	if moment(time.Date(2023, 12, 31, 17, 0, 0, 0, time.UTC)) != "01/01/2024 00:00" {
		t.Error("moments are not Vietnam's")
	}
}
