package peopleweb_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/scs/v2"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/audit/auditweb"
	"matbang/internal/authz"
	"matbang/internal/day"
	"matbang/internal/people"
	"matbang/internal/people/peopleweb"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/webkit"
	"matbang/policies"
	"matbang/web"
)

const password = "cầu Bắc Kạn mùa nước lớn"

type browser struct {
	t      *testing.T
	client *http.Client
	base   string
}

// open starts the pages of accounts and of the log over a fresh database with the users admin, auditor and lan (planner).
func open(t *testing.T) browser {
	t.Helper()
	db := pgtest.Open(t)
	policy, err := authz.Load(policies.Model, policies.Rules)
	must(t, err)
	log := audit.Log{DB: db}
	p := people.New(db, log, policy.Grants, policy.Roles())
	kit, err := webkit.New(webkit.Options{Templates: web.Templates, Locale: web.Locale, Policy: policy, Sessions: scs.New(),
		Dist:      fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.css":"app.css","app.js":"app.js","chart.js":"chart.js"}`)}},
		Log:       slog.New(slog.NewTextHandler(t.Output(), nil)),
		Today:     func() day.Date { return day.Must("2023-12-31") },
		Months:    func(context.Context) []day.Month { return nil },
		Waiting:   func(context.Context, actor.Actor) map[string]int { return nil },
		ActorByID: p.ActorByID, ActorByToken: p.ActorByToken})
	must(t, err)
	peopleweb.Web{People: p}.Routes(kit)
	auditweb.Web{Log: log}.Routes(kit)
	must(t, p.AddUnit(t.Context(), people.Console(), people.Unit{Code: "bql", Name: "Ban QLDA", Kind: "management"}))
	for name, role := range map[string]string{"admin": "admin", "thanhtra": "auditor", "lan": "planner"} {
		_, err := p.AddUser(t.Context(), people.Console(), people.NewUser{Username: name, Password: password, Roles: []string{role},
			Details: people.Details{FullName: "Nguyễn Thị " + name, Unit: "bql"}})
		must(t, err)
	}
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	return newBrowser(t, server.URL)
}

func newBrowser(t *testing.T, base string) browser {
	jar, err := cookiejar.New(nil)
	must(t, err)
	return browser{t, &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, base}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer checks status and gives place (of a redirect) and body.
func (b browser) answer(res *http.Response, err error, status int) (string, string) {
	b.t.Helper()
	must(b.t, err)
	body, err := io.ReadAll(res.Body)
	must(b.t, err)
	must(b.t, res.Body.Close())
	if res.StatusCode != status {
		b.t.Fatalf("%s %s: %d, want %d\n%s", res.Request.Method, res.Request.URL, res.StatusCode, status, body)
	}
	return res.Header.Get("Location"), string(body)
}

func (b browser) get(path string, status int) (string, string) {
	b.t.Helper()
	res, err := b.client.Get(b.base + path)
	return b.answer(res, err, status)
}

func (b browser) post(path string, status int, pairs ...string) (string, string) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	res, err := b.client.PostForm(b.base+path, form)
	return b.answer(res, err, status)
}

func (b browser) signIn(name string) {
	b.t.Helper()
	b.post("/login", http.StatusSeeOther, "username", name, "password", password)
}

func (b browser) has(body string, parts ...string) {
	b.t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			b.t.Errorf("%q is not in\n%s", part, body)
		}
	}
}

// A key that has no sentence shows itself.
func (b browser) translated(body string) {
	b.t.Helper()
	if bare := regexp.MustCompile(`>(people|audit|role|fault|act|form|list|frame|advice|diff)\.[a-z][a-z_.-]+<`).FindAllString(body, -1); bare != nil {
		b.t.Errorf("without a sentence: %v", bare)
	}
}

func TestSigningInAndOut(t *testing.T) {
	b := open(t)
	if place, _ := b.get("/users?role=admin", http.StatusSeeOther); place != "/login?next=%2Fusers%3Frole%3Dadmin" {
		t.Errorf("a guest is sent to %s", place)
	}
	_, body := b.get("/login?next=/users", http.StatusOK)
	b.has(body, `value="/users"`)
	_, body = b.post("/login", http.StatusUnprocessableEntity, "username", "admin", "password", "sai mật khẩu", "next", "/users")
	b.has(body, "không đúng", `value="admin"`, `value="/users"`)
	b.translated(body)
	if place, _ := b.post("/login", http.StatusSeeOther, "username", "admin", "password", password, "next", "/users"); place != "/users" {
		t.Errorf("after signing in: %s", place)
	}
	b.get("/users", http.StatusOK)
	b.post("/logout", http.StatusSeeOther)
	b.get("/users", http.StatusSeeOther)
}

func TestSigningInLeadsToThisSiteOnly(t *testing.T) {
	b := open(t)
	for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/\t/evil.example", "evil"} {
		if place, _ := b.post("/login", http.StatusSeeOther, "username", "admin", "password", password, "next", next); place != "/" {
			t.Errorf("next %q leads to %q", next, place)
		}
	}
}

func TestKeepingUsers(t *testing.T) {
	b := open(t)
	b.signIn("admin")
	for _, path := range []string{"/users", "/users/new", "/users/lan", "/users?q=nguyen+thi&sort=name&desc=1&role=planner&unit=bql&state=active", "/account"} {
		_, body := b.get(path, http.StatusOK)
		b.translated(body)
	}
	_, body := b.post("/users", http.StatusUnprocessableEntity, "username", "Hoa", "full_name", "Bùi Thị Hoa", "unit", "bql", "password", "ngắn", "roles", "accountant")
	b.has(body, "Bùi Thị Hoa", "ít nhất 10 ký tự", `id="role-accountant"`)
	b.translated(body)
	if place, _ := b.post("/users", http.StatusSeeOther, "username", "hoa", "full_name", "Bùi Thị Hoa", "unit", "bql", "password", password, "roles", "accountant"); place != "/users/hoa" {
		t.Errorf("after creating: %s", place)
	}
	b.post("/users/hoa/roles", http.StatusSeeOther, "roles", "planner", "roles", "department", "version", "2")
	_, body = b.post("/users/hoa/roles", http.StatusConflict, "roles", "planner", "version", "2")
	b.has(body, "admin đã thay đổi mục này lúc")
	b.post("/users/hoa/password", http.StatusUnprocessableEntity, "password", password, "again", "khác")
	b.post("/users/hoa/password", http.StatusSeeOther, "password", password, "again", password)
	b.post("/users/hoa/disable", http.StatusSeeOther)
	b.post("/users/hoa/enable", http.StatusSeeOther)
	b.post("/users/admin/disable", http.StatusConflict)
	_, body = b.get("/users/hoa", http.StatusOK)
	b.has(body, "thay đổi vai trò", "mở lại tài khoản")
	b.get("/users/nobody", http.StatusNotFound)
	b.get("/users?q=%00", http.StatusUnprocessableEntity)
	b.get("/users/%00", http.StatusUnprocessableEntity)
}

func TestADisabledUsersSessionEnds(t *testing.T) {
	b := open(t)
	lan := newBrowser(t, b.base)
	lan.signIn("lan")
	lan.get("/account", http.StatusOK)
	lan.get("/users", http.StatusForbidden)
	b.signIn("admin")
	b.post("/users/lan/disable", http.StatusSeeOther)
	lan.get("/account", http.StatusSeeOther)
}

func TestTheOwnAccountAndTheLogThroughTheAPI(t *testing.T) {
	b := open(t)
	b.signIn("thanhtra")
	b.post("/account/tokens", http.StatusUnprocessableEntity, "name", "", "days", "x")
	_, body := b.post("/account/tokens", http.StatusOK, "name", "thử", "days", "7")
	token := regexp.MustCompile(`mb_[A-Za-z0-9_-]{43}`).FindString(body)
	if token == "" {
		t.Fatalf("no token in\n%s", body)
	}
	_, body = b.get("/account", http.StatusOK)
	if strings.Contains(body, token) {
		t.Error("the token is shown twice")
	}
	page := b.api(token, "/api/v1/audit-events?limit=2", http.StatusOK)
	b.has(page, `"act":"people.token"`, `"after":{"name":"thử"`)
	cursor := regexp.MustCompile(`"next_cursor":"([^"]+)"`).FindStringSubmatch(page)
	if len(cursor) != 2 || strings.Contains(b.api(token, "/api/v1/audit-events?limit=2&cursor="+cursor[1], http.StatusOK), "people.token") {
		t.Errorf("the second page repeats the first; cursor %v", cursor)
	}
	b.api("mb_wrong", "/api/v1/audit-events", http.StatusUnauthorized)
	revoke := regexp.MustCompile(`/account/tokens/\d+/revoke`).FindString(body)
	b.post(revoke, http.StatusSeeOther)
	b.api(token, "/api/v1/audit-events", http.StatusUnauthorized)
	_, body = b.get("/audit?object_kind=user&actor=thanhtra", http.StatusOK)
	b.has(body, "thu hồi mã truy cập", "đăng nhập")
	b.translated(body)
	b.get("/audit?before=x&act=none", http.StatusOK)
}

func (b browser) api(token, path string, status int) string {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.base+path, nil)
	must(b.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	_, body := b.answer(res, err, status)
	return body
}

func TestChangingTheOwnPassword(t *testing.T) {
	b := open(t)
	b.signIn("lan")
	_, body := b.post("/account/password", http.StatusUnprocessableEntity, "current", "không phải", "password", "một câu mới dài", "again", "một câu mới dài")
	b.has(body, "Mật khẩu hiện tại không đúng")
	b.post("/account/password", http.StatusSeeOther, "current", password, "password", "một câu mới dài", "again", "một câu mới dài")
	b.post("/login", http.StatusUnprocessableEntity, "username", "lan", "password", password)
}

func TestANewPasswordEndsTheOtherSessions(t *testing.T) {
	here := open(t)
	there := newBrowser(t, here.base)
	for _, b := range []browser{here, there} {
		b.post("/login", http.StatusSeeOther, "username", "lan", "password", password)
		b.get("/account", http.StatusOK)
	}
	here.post("/account/password", http.StatusSeeOther, "current", password, "password", "cầu Bắc Kạn mùa nước cạn", "again", "cầu Bắc Kạn mùa nước cạn")
	here.get("/account", http.StatusOK)
	if place, _ := there.get("/account", http.StatusSeeOther); !strings.HasPrefix(place, "/login") {
		t.Errorf("the other session lives on: %s", place)
	}
}
