package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/webkit"
)

// counter is the program with the sample city as its users meet it: requests by account, each with that account's token.
type counter struct {
	*app.App
	t       *testing.T
	handler http.Handler
	tokens  map[string]string
}

func openCounter(t *testing.T) counter {
	t.Helper()
	a := apptest.SampleCity(t)
	return counter{a, t, a.Kit.Handler(), tokensOf(t, a)}
}

// send sends a request as an account ("" is nobody); headers come in pairs.
func (c counter) send(account, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	request := httptest.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		request.Header.Set("Content-Type", "application/json")
	}
	if account != "" {
		request.Header.Set("Authorization", "Bearer "+c.tokens[account])
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	c.handler.ServeHTTP(answer, request)
	return answer
}

// force does what needs the database in hand.
func (c counter) force(statement string) {
	c.t.Helper()
	if _, err := c.DB.Pool().ExecContext(c.t.Context(), statement); err != nil {
		c.t.Fatal(err)
	}
}

// inside is what only the program may know: a driver's words, a statement, a file of the program, a place on the machine.
var inside = regexp.MustCompile(`pq:|sql:|SELECT|relation |dial |SQLSTATE|\.go:|goroutine|/work/|/tmp/|password_hash|project_gone`)

// refusal checks that an answer is a whole refusal: its status, a sentence in Vietnamese, nothing from inside, the headers, and for the API a
// problem document.
func (c counter) refusal(what string, answer *httptest.ResponseRecorder, status int, sentence string) {
	c.t.Helper()
	body := answer.Body.String()
	if answer.Code != status || !strings.Contains(html.UnescapeString(body), sentence) {
		c.t.Errorf("%s: %d, want %d and %q: %.300s", what, answer.Code, status, sentence, body)
	}
	if at := inside.FindString(body); at != "" {
		c.t.Errorf("%s shows %q", what, at)
	}
	headersStand(c.t, what, answer)
	if !strings.Contains(what, "/api/") {
		if !strings.Contains(body, "</html>") {
			c.t.Errorf("%s: half a page: %.300s", what, body)
		}
		return
	}
	var p webkit.Problem
	if err := json.Unmarshal(answer.Body.Bytes(), &p); err != nil || p.Status != status || p.Code == "" || p.Title == "" || p.Detail == "" ||
		answer.Header().Get("Content-Type") != "application/problem+json" {
		c.t.Errorf("%s is no problem document: %s %.300s", what, answer.Header().Get("Content-Type"), body)
	}
}

func headersStand(t *testing.T, what string, answer *httptest.ResponseRecorder) {
	t.Helper()
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'", "X-Content-Type-Options": "nosniff",
		"Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
		if got := answer.Header().Get(name); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s is %q", what, name, got)
		}
	}
}

func TestTheDatabaseIsAway(t *testing.T) {
	c := openCounter(t)
	if err := c.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct{ account, method, path string }{
		{"accountant", http.MethodGet, "/payout-orders"}, {"", http.MethodGet, "/payout-orders"}, {"", http.MethodPost, "/login"}, {"planner", http.MethodPost, "/projects"},
		{"accountant", http.MethodGet, "/api/v1/payout-orders"}, {"", http.MethodGet, "/api/v1/payout-orders"}, {"planner", http.MethodPost, "/api/v1/projects"},
	} {
		cookie := []string{}
		if r.account == "" { // a browser that was signed in
			cookie = []string{"Cookie", "matbang_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
		}
		c.refusal(r.method+" "+r.path, c.send(r.account, r.method, r.path, "", cookie...), http.StatusServiceUnavailable,
			"Tạm thời không kết nối được cơ sở dữ liệu. Chưa có gì được ghi.")
	}
	if got := c.send("", http.MethodGet, "/healthz", ""); got.Code != http.StatusOK {
		t.Errorf("alive: %d", got.Code)
	}
	if got := c.send("", http.MethodGet, "/readyz", ""); got.Code != http.StatusServiceUnavailable || inside.MatchString(got.Body.String()) {
		t.Errorf("ready: %d %s", got.Code, got.Body)
	}
}

func TestAnInternalErrorShowsNothingOfItself(t *testing.T) {
	c := openCounter(t)
	c.force(`ALTER TABLE project RENAME TO project_gone`)
	for _, r := range []struct{ method, path string }{
		{http.MethodGet, "/projects"}, {http.MethodGet, "/projects/7941207"}, {http.MethodPost, "/projects/7941207"}, {http.MethodGet, "/"},
		{http.MethodGet, "/search?q=duong"}, {http.MethodGet, "/api/v1/projects"}, {http.MethodGet, "/api/v1/search?q=duong"},
	} {
		body := ""
		if r.method == http.MethodPost {
			body = typedWork("1", "Tên mới").Encode()
		}
		c.refusal(r.method+" "+r.path, c.send("planner", r.method, r.path, body), http.StatusInternalServerError, "Hệ thống gặp sự cố nên chưa làm được. Chưa có gì được ghi.")
	}
	c.force(`ALTER TABLE project_gone RENAME TO project`)
	if got := c.send("planner", http.MethodGet, "/projects", ""); got.Code != http.StatusOK {
		t.Errorf("after it was mended: %d", got.Code)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	c := openCounter(t)
	for _, r := range []struct {
		account, method, path string
		status                int
		sentence              string
	}{
		{"planner", http.MethodGet, "/nowhere", 404, "Không có trang này."},
		{"", http.MethodGet, "/nowhere", 404, "Không có trang này."},
		{"planner", http.MethodGet, "/projects/0000000", 404, "Không có"},
		{"planner", http.MethodGet, "/api/v1/nowhere", 404, "Không có trang này."},
		{"", http.MethodGet, "/api/nowhere", 404, "Không có trang này."},
		{"planner", http.MethodGet, "/api/v1/projects/0000000", 404, "Không có"},
		{"planner", http.MethodDelete, "/projects", 405, "không nhận cách gọi vừa dùng"},
		{"planner", http.MethodDelete, "/api/v1/projects", 405, "không nhận cách gọi vừa dùng"},
		{"leader", http.MethodGet, "/new/project", 403, "quyền"},
		{"leader", http.MethodPost, "/api/v1/projects", 403, "quyền"},
		{"", http.MethodGet, "/api/v1/projects", 401, "Hãy đăng nhập"},
		{"planner", http.MethodPost, "/api/v1/projects", 400, ""},
	} {
		answer := c.send(r.account, r.method, r.path, "")
		c.refusal(r.method+" "+r.path, answer, r.status, r.sentence)
		if r.status == http.StatusUnauthorized && answer.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s does not say how to sign in", r.path)
		}
	}
	if got := c.send("", http.MethodGet, "/projects?q=a", ""); got.Code != http.StatusSeeOther || got.Header().Get("Location") != "/login?next=%2Fprojects%3Fq%3Da" {
		t.Errorf("a page, not signed in: %d to %s", got.Code, got.Header().Get("Location"))
	} else {
		headersStand(t, "to the login page", got)
	}
}

func TestAWrongTokenIsRefused(t *testing.T) {
	c := openCounter(t)
	expired := c.tokens["planner"]
	c.force(`UPDATE api_token SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM app_user WHERE username = 'planner')`)
	c.force(`UPDATE api_token SET revoked_at = now() WHERE user_id = (SELECT id FROM app_user WHERE username = 'leader')`)
	c.force(`UPDATE app_user SET disabled_at = now() WHERE username = 'auditor'`)
	for why, token := range map[string]string{"none of ours": "mb_wrong", "empty": "", "expired": expired, "revoked": c.tokens["leader"], "of a disabled user": c.tokens["auditor"],
		"cut short": c.tokens["accountant"][:20], "with more": c.tokens["accountant"] + "x", "a quote": "'; DROP TABLE project; --"} {
		for _, path := range []string{"/api/v1/projects", "/api/openapi.json"} {
			answer := c.send("", http.MethodGet, path, "", "Authorization", "Bearer "+token)
			c.refusal(why+" "+path, answer, http.StatusUnauthorized, "Mã truy cập không đúng, đã hết hạn hoặc đã thu hồi.")
		}
	}
}

func TestHeadersStandOnEveryAnswer(t *testing.T) {
	c := openCounter(t)
	for _, path := range []string{"/", "/login", "/projects", "/projects/7941207", "/nowhere", "/healthz", "/readyz", "/api/openapi.json", "/api/docs", "/api/v1/projects",
		"/api/v1/nowhere", "/static/nowhere.css", "/reports/monthly/2023-12/xlsx", "/progress/template.xlsx", "/search?q=7941207"} {
		headersStand(t, path, c.send("planner", http.MethodGet, path, ""))
	}
	file := c.send("leader", http.MethodGet, "/reports/monthly/2023-12/xlsx", "")
	if file.Code != http.StatusOK || !strings.HasPrefix(file.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("the workbook: %d, %q", file.Code, file.Header().Get("Content-Disposition"))
	}
	headersStand(t, "the workbook", file)
	if got := c.send("", http.MethodGet, "/metrics", ""); got.Code != http.StatusNotFound {
		t.Errorf("a stranger reads the figures: %d", got.Code)
	}
}

func TestAForeignPageActsForNobody(t *testing.T) {
	c := openCounter(t)
	form := typedWork("0", "Công trình lạ")
	form.Set("code", "0099009")
	for _, headers := range [][]string{{"Origin", "http://evil"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "null"}, {"Origin", "http://evil", "Sec-Fetch-Site", "cross-site"}} {
		for _, path := range []string{"/projects", "/api/v1/projects", "/login", "/logout"} {
			got := c.send("planner", http.MethodPost, path, form.Encode(), headers...)
			c.refusal(fmt.Sprint(headers, path), got, http.StatusForbidden, "Yêu cầu này đến từ một trang khác")
			if got.Header().Get("Set-Cookie") != "" {
				t.Errorf("%v %s sets a cookie", headers, path)
			}
		}
	}
	if got := c.send("planner", http.MethodGet, "/projects/0099009", ""); got.Code != http.StatusNotFound {
		t.Errorf("the foreign page's work: %d", got.Code)
	}
	if got := c.send("planner", http.MethodPost, "/projects", form.Encode(), "Origin", "http://example.com", "Sec-Fetch-Site", "same-origin"); got.Code != http.StatusSeeOther {
		t.Errorf("our own page: %d", got.Code)
	}
}

// typedWork is the form of work 7941207 as a person filled it in.
func typedWork(version, name string) url.Values {
	return url.Values{"version": {version}, "code": {"7941207"}, "name": {name}, "group": {"C"}, "sector": {"transport"}, "investor": {"Ban QLDA"}, "start_year": {"2022"},
		"end_year": {"2025"}, "total_investment": {"99.000.000.000"}, "state": {"building"}, "ward_codes": {"01840"}, "field_group": {"2"}, "valid_from": {"01/12/2023"}, "reason": {"Quyết định 12/QĐ-UBND"}}
}

var shownVersion = regexp.MustCompile(`name="version" value="(\d+)"`)

func TestTheSecondOfTwoIsToldWhoCameFirst(t *testing.T) {
	c := openCounter(t)
	c.force(`INSERT INTO user_role SELECT id, 'planner' FROM app_user WHERE username = 'clearance'`)
	form := c.send("planner", http.MethodGet, "/projects/7941207/edit", "").Body.String()
	version := shownVersion.FindStringSubmatch(form)
	if version == nil {
		t.Fatal("the form shows no version")
	}
	if got := c.send("clearance", http.MethodPost, "/projects/7941207", typedWork(version[1], "Tên của người thứ nhất").Encode()); got.Code != http.StatusSeeOther {
		t.Fatalf("the first: %d %s", got.Code, got.Body)
	}
	second := c.send("planner", http.MethodPost, "/projects/7941207", typedWork(version[1], "Tên của <người> thứ hai").Encode())
	page := second.Body.String()
	for _, want := range []string{"Nông Thị Duyên", "đã thay đổi mục này lúc", "Tên của &lt;người&gt; thứ hai", "99.000.000.000"} {
		if second.Code != http.StatusConflict || !strings.Contains(page, want) {
			t.Errorf("the second: %d, it does not say %q", second.Code, want)
		}
	}
	if shown := shownVersion.FindStringSubmatch(page); shown == nil || shown[1] == version[1] {
		t.Errorf("the second is told and can never save: version %v", shown)
	}
	if now := c.send("planner", http.MethodGet, "/projects/7941207", "").Body.String(); !strings.Contains(now, "Tên của người thứ nhất") || strings.Contains(now, "thứ hai") {
		t.Error("the second has overwritten the first")
	}
	var p webkit.Problem
	api := c.send("planner", http.MethodPatch, "/api/v1/projects/7941207", `{"code":"7941207","name":"x","group":"C","sector":"transport","investor":"Ban QLDA","start_year":2022,"end_year":2025,
		"total_investment_vnd":99000000000,"state":"building","ward_codes":["01840"]}`, "If-Match", version[1])
	if err := json.Unmarshal(api.Body.Bytes(), &p); err != nil || api.Code != http.StatusConflict || p.Code != "changed_meanwhile" || !strings.Contains(p.Detail, "Nông Thị Duyên") {
		t.Errorf("by the API: %d %s", api.Code, api.Body)
	}
}

// cutEveryConnection ends all other connections to this test's own database, as a restart of the server does.
const cutEveryConnection = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`

func TestALostConnectionHeals(t *testing.T) {
	c := openCounter(t)
	for round, path := range []string{"/projects", "/api/v1/projects", "/payout-orders"} {
		for range 4 { // fill the pool
			c.send("accountant", http.MethodGet, path, "")
		}
		c.force(cutEveryConnection)
		healed := false
		for range 4 {
			answer := c.send("accountant", http.MethodGet, path, "")
			healed = answer.Code == http.StatusOK
			if !healed {
				c.refusal(path, answer, http.StatusServiceUnavailable, "Tạm thời không kết nối được")
			}
		}
		if !healed {
			t.Errorf("round %d: %s stays away", round, path)
		}
	}
}

// TestAnActLosesItsConnection cuts the line where it hurts most: the act has written, and its last write dies with the connection.
func TestAnActLosesItsConnection(t *testing.T) {
	c := openCounter(t)
	c.force(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
		CREATE TRIGGER cut BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION cut()`)
	before := c.works()
	form := typedWork("0", "Công trình dở dang")
	form.Set("code", "0099010")
	c.refusal("POST /projects", c.send("planner", http.MethodPost, "/projects", form.Encode()), http.StatusServiceUnavailable, "Chưa có gì được ghi.")
	c.refusal("POST /api/v1/payout-orders", c.draftOrder("cut-key-1", "cash"), http.StatusServiceUnavailable, "Chưa có gì được ghi.")
	c.force(`DROP TRIGGER cut ON audit_event`)
	if after := c.works(); after != before {
		t.Errorf("%d works, %d before", after, before)
	}
	if got := c.send("planner", http.MethodPost, "/projects", form.Encode()); got.Code != http.StatusSeeOther {
		t.Errorf("the same form again: %d", got.Code)
	}
	if got := c.draftOrder("cut-key-1", "cash"); got.Code != http.StatusCreated {
		t.Errorf("the same order with the same key: %d %s", got.Code, got.Body)
	}
	results, err := c.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		for _, f := range r.Faults {
			t.Errorf("%s: %s", r.Name, f)
		}
	}
}

func (c counter) works() (n int) {
	c.t.Helper()
	if err := c.DB.Read(c.t.Context()).GetContext(c.t.Context(), &n, `SELECT count(*) FROM project`); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// draftOrder orders one đồng of an award that has something left.
func (c counter) draftOrder(key, method string) *httptest.ResponseRecorder {
	c.t.Helper()
	var award struct {
		Project string `db:"project"`
		Case    string `db:"case_code"`
		Plan    string `db:"plan"`
	}
	if err := c.DB.Read(c.t.Context()).GetContext(c.t.Context(), &award, `SELECT p.code AS project, k.code AS case_code, pl.code AS plan
		FROM award a JOIN plan pl ON pl.id = a.plan_id JOIN land_case k ON k.id = a.case_id JOIN project p ON p.id = a.project_id
		JOIN holder h ON h.id = k.holder_id AND h.state = 'present'
		WHERE pl.state = 'approved' AND NOT EXISTS (SELECT 1 FROM payment x WHERE x.award_id = a.id AND x.state <> 'prepared')
		  AND (SELECT count(*) FROM holder_party y WHERE y.holder_id = h.id) = 1 ORDER BY a.id LIMIT 1`); err != nil {
		c.t.Fatal(err)
	}
	body := fmt.Sprintf(`{"project":%q,"method":%q,"source":"province","lines":[{"case":%q,"plan":%q,"amount_vnd":1000}]}`, award.Project, method, award.Case, award.Plan)
	return c.send("accountant", http.MethodPost, "/api/v1/payout-orders", body, "Idempotency-Key", key)
}

func TestTheSameKeyActsOnce(t *testing.T) {
	c := openCounter(t)
	first, again := c.draftOrder("same-key-1", "cash"), c.draftOrder("same-key-1", "cash")
	if first.Code != http.StatusCreated || again.Code != first.Code || !bytes.Equal(first.Body.Bytes(), again.Body.Bytes()) {
		t.Errorf("first %d %s, again %d %s", first.Code, first.Body, again.Code, again.Body)
	}
	c.refusal("another content /api/", c.draftOrder("same-key-1", "transfer"), http.StatusConflict, "Mã gửi này đã dùng cho nội dung khác.")
	c.refusal("no key /api/", c.draftOrder("", "cash"), http.StatusUnprocessableEntity, "idempotency_key")
	var orders int
	if err := c.DB.Read(t.Context()).GetContext(t.Context(), &orders, `SELECT count(*) FROM payout_order WHERE state = 'draft'`); err != nil || orders != 1 {
		t.Errorf("%d orders, %v", orders, err)
	}
}

// TestNothingTypedIsAnInternalError walks every page and operation that reads, with what people and scripts type into addresses.
func TestNothingTypedIsAnInternalError(t *testing.T) {
	c := openCounter(t)
	hostile := []string{"%00", "%ff%fe", "%27%22%3C%3E%5C", strings.Repeat("a", 3000), "99999999999999999999", "2023-13"}
	names := []string{"q", "sort", "month", "project", "case", "as_of", "state", "ward", "account", "cursor", "year", "desc", "method", "page", "before"}
	for _, r := range c.Kit.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		account := c.reader(r)
		for _, text := range hostile {
			query := "?" + strings.Join(names, "="+text+"&") + "=" + text
			for _, path := range []string{parameter.ReplaceAllString(r.Path, text) + query, parameter.ReplaceAllString(r.Path, "7941207") + query} {
				if answer := c.send(account, r.Method, path, ""); answer.Code >= http.StatusInternalServerError || inside.MatchString(answer.Body.String()) {
					t.Errorf("%s with %.20q: %d %.200s", r.Path, text, answer.Code, answer.Body)
				}
			}
		}
	}
}

// reader is an account that may open a route.
func (c counter) reader(r webkit.Route) string {
	for _, account := range []string{"auditor", "accountant", "planner", "clearance", "leader", "admin", "director", "planning-head", "chief-accountant"} {
		if who := apptest.Actor(c.t, c.App, account); r.Permission == webkit.Public || r.Permission == webkit.SignedIn || who.Can(r.Permission) {
			return account
		}
	}
	c.t.Errorf("nobody may open %s", r.Path)
	return ""
}

func TestTheFiguresOfTheProgramTakeTheirOwnToken(t *testing.T) {
	c := openCounter(t)
	c.Settings.MetricsToken = "do-dac-he-thong-1"
	for token, want := range map[string]int{"do-dac-he-thong-1": http.StatusOK, "do-dac-he-thong-2": http.StatusNotFound, c.tokens["admin"]: http.StatusNotFound} {
		if got := c.send("", http.MethodGet, "/metrics", "", "Authorization", "Bearer "+token); got.Code != want {
			t.Errorf("token %s: %d", token, got.Code)
		}
	}
}
