package compensationweb_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/alexedwards/scs/v2"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/authz"
	"matbang/internal/compensation"
	"matbang/internal/compensation/compensationweb"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/webkit"
	"matbang/policies"
	"matbang/web"
)

// site is the pages and API of plans over a small city; a request carries the name of its user as its token.
type site struct {
	t    *testing.T
	db   *postgres.DB
	base string
}

func open(t *testing.T) *site {
	t.Helper()
	db := pgtest.Open(t)
	s := &site{t: t, db: db}
	policy, err := authz.Load(policies.Model, policies.Rules)
	s.must(err)
	actors := s.city(policy)
	today := func() day.Date { return day.Must("2023-12-31") }
	kit, err := webkit.New(webkit.Options{Templates: web.Templates, Locale: web.Locale, Policy: policy, Sessions: scs.New(),
		Dist:   fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.css":"app.css","app.js":"app.js","chart.js":"chart.js"}`)}},
		Log:    slog.New(slog.NewTextHandler(t.Output(), nil)),
		Today:  today,
		Months: func(context.Context) []day.Month { return nil }, Waiting: func(context.Context, actor.Actor) map[string]int { return nil },
		ActorByID: func(context.Context, id.User) (actor.Actor, error) { return actor.Actor{}, nil },
		ActorByToken: func(_ context.Context, token string) (actor.Actor, error) {
			if who, known := actors[token]; known {
				return who, nil
			}
			return actor.Actor{}, fault.New(fault.Unauthenticated, "sign_in")
		}})
	s.must(err)
	room := compensation.Compensation{DB: db, Log: audit.Log{DB: db}, Ledger: ledger.Ledger{DB: db}}
	compensationweb.Web{Compensation: room, Today: today}.Routes(kit)
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	s.base = server.URL
	return s
}

// city is a work with two cases and one user of each role that touches plans, in one unit; "khac" drafts in another unit.
func (s *site) city(policy *authz.Policy) map[string]actor.Actor {
	s.exec(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01840', 'Đức Xuân', 'ward', '2015-01-01');
		INSERT INTO unit (code, name, kind) VALUES ('A', 'Đơn vị A', 'clearance'), ('B', 'Đơn vị B', 'clearance');
		INSERT INTO rule_set (code, name, valid_from, basis) VALUES ('2013', 'Luật Đất đai 2013', '2014-07-01', 'x');
		INSERT INTO app_user (username, full_name, password_hash, unit_id)
		  SELECT n, 'Nguyễn ' || n, '', u.id FROM unnest(ARRAY['clearance', 'appraiser', 'leader', 'auditor', 'planner']) n, unit u WHERE u.code = 'A';
		INSERT INTO app_user (username, full_name, password_hash, unit_id) SELECT 'khac', 'Khác', '', id FROM unit WHERE code = 'B';
		INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, clearance, changed_by)
		  SELECT '7000001', 'Đường Phiêng My', 'C', 'transport', u.id, 'UBND', 2023, 2024, 1000000000, 'building', true, (SELECT min(id) FROM app_user) FROM unit u WHERE u.code = 'A';
		INSERT INTO holder (code, kind, name, ward_id, changed_by) SELECT 'H' || n, 'household', 'Nông Văn ' || n, w.id, (SELECT min(id) FROM app_user) FROM generate_series(1, 2) n, ward w;
		INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, recovered_area, opened_on, changed_by)
		  SELECT 'HS' || right(h.code, 1), p.id, h.id, h.ward_id, '2013', 300, '2023-01-02', p.changed_by FROM holder h, project p`)
	actors := map[string]actor.Actor{}
	rows, err := s.db.Pool().Query(`SELECT id, username, unit_id FROM app_user`)
	s.must(err)
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var who actor.Actor
		s.must(rows.Scan(&who.ID, &who.Username, &who.Unit))
		role := map[bool]string{true: "clearance", false: who.Username}[who.Username == "khac"]
		who.Name, who.Roles = who.Username, []string{role}
		who.Grants = policy.Grants([]string{role})
		actors[who.Username] = who
	}
	s.must(rows.Err())
	return actors
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) exec(query string) {
	s.t.Helper()
	_, err := s.db.Pool().Exec(query)
	s.must(err)
}

// call sends a request as a user and gives place (of a redirect) and body.
func (s *site) call(who, method, path, contentType, body string, status int, headers ...string) (string, string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	s.must(err)
	req.Header.Set("Authorization", "Bearer "+who)
	req.Header.Set("Content-Type", contentType)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	s.must(err)
	answer, err := io.ReadAll(res.Body)
	s.must(err)
	s.must(res.Body.Close())
	if res.StatusCode != status {
		s.t.Fatalf("%s %s as %s: %d, want %d\n%s", method, path, who, res.StatusCode, status, answer)
	}
	if bare := regexp.MustCompile(`[>"](plan|fault|act|form|list|compensation)\.[a-z][a-z_.-]+[<"]`).FindAllString(string(answer), -1); bare != nil &&
		!strings.HasPrefix(path, "/api/") {
		s.t.Errorf("%s: without a sentence: %v", path, bare)
	}
	return res.Header.Get("Location"), string(answer)
}

func (s *site) get(who, path string, status int) string {
	s.t.Helper()
	_, body := s.call(who, http.MethodGet, path, "", "", status)
	return body
}

func (s *site) post(who, path string, status int, pairs ...string) (string, string) {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return s.call(who, http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode(), status)
}

func (s *site) has(body string, parts ...string) {
	s.t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			s.t.Errorf("%q is not in\n%s", part, body)
		}
	}
}

func (s *site) hasNot(body string, parts ...string) {
	s.t.Helper()
	for _, part := range parts {
		if strings.Contains(body, part) {
			s.t.Errorf("%q is in the page", part)
		}
	}
}

// rows is a form of awards: three rows, the second left empty.
func rows(price string) []string {
	return []string{"version", "1", "lines.1.category", "land", "lines.1.description", "Đất ở", "lines.1.unit", "m2", "lines.1.quantity", "300", "lines.1.price", price,
		"lines.1.factor", "", "lines.1.basis", "QĐ 31", "lines.2.category", "", "lines.2.description", "", "lines.2.unit", "", "lines.2.quantity", "", "lines.2.price", "",
		"lines.3.category", "structure", "lines.3.description", "Nhà <cấp 4>", "lines.3.unit", "nhà", "lines.3.quantity", "1", "lines.3.price", "50.000.000", "lines.3.factor", "80,5"}
}

func TestPagesFromDraftToApproval(t *testing.T) {
	s := open(t)
	s.has(s.get("clearance", "/plans", http.StatusOK), "/new/plan")
	s.get("clearance", "/new/plan", http.StatusOK)
	_, body := s.post("clearance", "/plans", http.StatusUnprocessableEntity, "project", "7000001", "name", " ", "rule_set", "2013")
	s.has(body, `value="7000001" selected`, "Không được để trống")
	place, _ := s.post("clearance", "/plans", http.StatusSeeOther, "project", "7000001", "name", "Đợt 1", "rule_set", "2013")
	if place != "/plans/PA-2023-01" {
		t.Fatalf("led to %s", place)
	}
	s.has(s.get("clearance", place, http.StatusOK), "Phương án chưa có hồ sơ nào", `/plans/PA-2023-01/award"`)

	award := place + "/awards/HS1"
	s.has(s.get("clearance", award, http.StatusOK), `name="lines.12.price"`, "Nông Văn 1")
	_, body = s.post("clearance", award, http.StatusUnprocessableEntity, rows("20.00")...)
	s.has(body, `value="20.00"`, "Dòng 1: “20.00”", "Nhà &lt;cấp 4&gt;", `href="#lines.1.price"`, `id="lines.1.price"`)
	_, body = s.post("clearance", award, http.StatusUnprocessableEntity, rows("-5")...)
	s.has(body, "Dòng 1: đơn giá", `aria-invalid="true"`)
	s.post("clearance", award, http.StatusSeeOther, rows("1.000.000")...)
	s.has(s.get("clearance", award, http.StatusOK), "340.250.000", `value="80,5"`, `value="300,00"`, "/remove")
	_, body = s.post("clearance", place+"/awards/HS2", http.StatusConflict, rows("7")...)
	s.has(body, "clearance", `value="7"`, `name="version" value="2"`)

	s.has(s.get("clearance", place, http.StatusOK), "Tổng các dòng khớp", "Trình thẩm định", "chưa ghi căn cứ")
	s.post("clearance", place+"/submit", http.StatusSeeOther, "version", "2")
	s.hasNot(s.get("clearance", place, http.StatusOK), place+"/appraise", place+"/submit", `name="reason"`)
	s.hasNot(s.get("clearance", award, http.StatusOK), `name="lines.1.price"`)

	s.has(s.get("appraiser", place, http.StatusOK), place+"/appraise", place+"/return", "Bước tiếp theo")
	_, body = s.post("appraiser", place+"/return", http.StatusUnprocessableEntity, "version", "3", "reason", "")
	s.has(body, "Hãy ghi lý do")
	s.post("appraiser", place+"/return", http.StatusSeeOther, "version", "3", "reason", "Thiếu ảnh hiện trạng")
	s.has(s.get("clearance", place, http.StatusOK), "Thiếu ảnh hiện trạng")
	s.post("clearance", place+"/submit", http.StatusSeeOther, "version", "4")
	s.post("appraiser", place+"/appraise", http.StatusSeeOther, "version", "5", "appraisal_number", "12/BC")

	s.has(s.get("leader", place, http.StatusOK), place+"/approve", `name="idempotency_key"`)
	_, body = s.post("leader", place+"/approve", http.StatusUnprocessableEntity, "version", "6", "idempotency_key", "page-key-1", "number", "5/QĐ", "decided_on", "01/02/2024",
		"effective_on", "32/01/2024")
	s.has(body, "32/01/2024", "page-key-1", `value="5/QĐ"`)
	_, body = s.post("leader", place+"/approve", http.StatusUnprocessableEntity, "version", "6", "idempotency_key", "page-key-1", "number", "5/QĐ", "decided_on", "20/12/2023",
		"effective_on", "19/12/2023")
	s.has(body, "không được trước ngày quyết định")
	for range 2 {
		s.post("leader", place+"/approve", http.StatusSeeOther, "version", "6", "idempotency_key", "page-key-1", "number", "5/QĐ", "decided_on", "20/12/2023", "effective_on", "25/12/2023")
	}
	s.has(s.get("leader", place, http.StatusOK), "5/QĐ, 20/12/2023", "25/12/2023", "Đã phê duyệt", "phê duyệt phương án")
	s.has(s.get("auditor", award, http.StatusOK), "340.250.000", "Nhà &lt;cấp 4&gt;")
	s.has(s.get("auditor", "/plans?q=dot+1&sort=total&desc=1&state=approved&project=7000001&year=2023", http.StatusOK), "PA-2023-01", "340.250.000")
	s.hasNot(s.get("auditor", "/plans?year=2022", http.StatusOK), "PA-2023-01")
}

func TestWhoMayNot(t *testing.T) {
	s := open(t)
	s.post("clearance", "/plans", http.StatusSeeOther, "project", "7000001", "name", "Đợt 1", "rule_set", "2013")
	place := "/plans/PA-2023-01"
	s.get("khac", place, http.StatusNotFound)
	s.get("khac", place+"/awards/HS1", http.StatusNotFound)
	s.post("khac", place+"/submit", http.StatusNotFound, "version", "1")
	s.get("planner", "/plans", http.StatusForbidden)
	s.get("auditor", "/new/plan", http.StatusForbidden)
	s.post("auditor", place+"/return", http.StatusForbidden, "version", "1", "reason", "x")
	s.post("leader", place+"/submit", http.StatusForbidden, "version", "1")
	s.post("clearance", place+"/approve", http.StatusForbidden, "version", "1")
	s.get("auditor", place+"/awards/HS1", http.StatusNotFound)
	if to, _ := s.call("clearance", http.MethodGet, place+"/award?case=HS2", "", "", http.StatusSeeOther); to != place+"/awards/HS2" {
		t.Errorf("led to %s", to)
	}
	if to, _ := s.call("clearance", http.MethodGet, place+"/award?case=HS9", "", "", http.StatusSeeOther); to != place {
		t.Errorf("led to %s", to)
	}
	s.get("clearance", place+"/awards/HS9", http.StatusNotFound)
}

func TestAPIFromDraftToApproval(t *testing.T) {
	s := open(t)
	api := func(who, method, path, body string, status int, headers ...string) string {
		t.Helper()
		_, answer := s.call(who, method, "/api/v1"+path, "application/json", body, status, headers...)
		return answer
	}
	line := `{"category":"land","description":"Đất ở","unit":"m2","quantity":299.75,"price_vnd":1000001,"basis":"QĐ 31"}`
	body := api("clearance", "POST", "/plans", `{"project":"7000001","name":"Đợt 1","rule_set":"2013","awards":[{"case":"HS1","lines":[`+line+`]}]}`, http.StatusCreated)
	s.has(body, `"code":"PA-2023-01"`, `"total_vnd":299750300`, `"state":"draft"`, `"version":2`)
	api("clearance", "POST", "/plans", `{"project":"7000001","name":"x","rule_set":"2013","awards":[{"case":"HS1","lines":[`+strings.Replace(line, "299.75", "1.234", 1)+`]}]}`, http.StatusUnprocessableEntity)
	body = api("clearance", "PUT", "/plans/PA-2023-01/awards", `{"awards":[{"case":"HS2","lines":[`+strings.Replace(line, "299.75", "0", 1)+`]}]}`, http.StatusUnprocessableEntity, "If-Match", "2")
	s.has(body, `"awards.0.lines.1.quantity"`, `"compensation.line_quantity"`)
	api("clearance", "PUT", "/plans/PA-2023-01/awards", `{"awards":[{"case":"HS2","lines":[`+line+`]}]}`, http.StatusOK, "If-Match", `"2"`)
	s.has(api("clearance", "GET", "/plans/PA-2023-01/awards/HS2", "", http.StatusOK), `"quantity":299.75`, `"factor_bp":10000`)
	first := api("clearance", "GET", "/plans/PA-2023-01?limit=1", "", http.StatusOK)
	s.has(first, `"case":"HS1"`, `"net_vnd":599500600`)
	cursor := regexp.MustCompile(`"next_cursor":"([^"]+)"`).FindStringSubmatch(first)
	s.has(api("clearance", "GET", "/plans/PA-2023-01?limit=1&cursor="+cursor[1], "", http.StatusOK), `"case":"HS2"`)
	s.has(api("clearance", "GET", "/plans/PA-2023-01/check", "", http.StatusOK), `"blocking":0`, `"land_under"`)
	api("clearance", "POST", "/plans/PA-2023-01/submit", "", http.StatusConflict, "If-Match", "2")
	api("clearance", "POST", "/plans/PA-2023-01/submit", "", http.StatusOK, "If-Match", "3")
	api("clearance", "POST", "/plans/PA-2023-01/appraise", `{"appraisal_number":"1"}`, http.StatusForbidden, "If-Match", "4")
	api("appraiser", "POST", "/plans/PA-2023-01/return", `{"reason":"Sai giá"}`, http.StatusOK, "If-Match", "4")
	api("clearance", "POST", "/plans/PA-2023-01/submit", "", http.StatusOK, "If-Match", "5")
	api("appraiser", "POST", "/plans/PA-2023-01/appraise", `{"appraisal_number":"1"}`, http.StatusOK, "If-Match", "6")
	decision := `{"decision_number":"5/QĐ","decided_on":"2023-12-20","effective_on":"2023-12-20"}`
	api("leader", "POST", "/plans/PA-2023-01/approve", decision, http.StatusUnprocessableEntity, "If-Match", "7")
	var answers [2]string
	for i := range answers {
		answers[i] = api("leader", "POST", "/plans/PA-2023-01/approve", decision, http.StatusOK, "If-Match", "7", "Idempotency-Key", "api-key-1")
	}
	if answers[0] != answers[1] || !strings.Contains(answers[0], `"total_vnd":599500600`) {
		t.Errorf("%s\n%s", answers[0], answers[1])
	}
	s.has(api("leader", "POST", "/plans/PA-2023-01/approve", strings.Replace(decision, "5/QĐ", "6/QĐ", 1), http.StatusConflict, "If-Match", "7", "Idempotency-Key", "api-key-1"), "ledger.key_reused")
	s.has(api("auditor", "GET", "/plans?state=approved", "", http.StatusOK), `"decision_number":"5/QĐ"`)
	api("khac", "GET", "/plans/PA-2023-01", "", http.StatusNotFound)
}
