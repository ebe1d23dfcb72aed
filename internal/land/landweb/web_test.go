package landweb_test

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
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/land"
	"matbang/internal/land/landweb"
	"matbang/internal/legal"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/project"
	"matbang/internal/webkit"
	"matbang/policies"
	"matbang/web"
)

// site is the pages and API of land recovery; a request carries its user's name as its token.
type site struct {
	t    *testing.T
	db   *postgres.DB
	base string
}

func open(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, db: pgtest.Open(t)}
	policy, err := authz.Load(policies.Model, policies.Rules)
	s.must(err)
	actors := s.people(policy)
	today := func() day.Date { return day.Must("2023-12-31") }
	kit, err := webkit.New(webkit.Options{Templates: web.Templates, Locale: web.Locale, Policy: policy, Sessions: scs.New(), Today: today,
		Dist:      fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.css":"a.css","app.js":"a.js","chart.js":"c.js"}`)}},
		Log:       slog.New(slog.NewTextHandler(t.Output(), nil)),
		Months:    func(context.Context) []day.Month { return nil },
		Waiting:   func(context.Context, actor.Actor) map[string]int { return nil },
		ActorByID: func(context.Context, id.User) (actor.Actor, error) { return actor.Actor{}, nil },
		ActorByToken: func(_ context.Context, token string) (actor.Actor, error) {
			if who, known := actors[token]; known {
				return who, nil
			}
			return actor.Actor{}, fault.New(fault.Unauthenticated, "sign_in")
		}})
	s.must(err)
	log := audit.Log{DB: s.db}
	money := func(_ context.Context, cases []id.Case) (map[id.Case]land.Money, error) {
		found := map[id.Case]land.Money{}
		for _, c := range cases {
			found[c] = land.Money{Approved: 185_640_000, Deducted: 640_000, NotOrdered: 85_000_000, Paid: 100_000_000}
		}
		return found, nil
	}
	landweb.Web{Today: today, Land: land.Land{DB: s.db, Log: log, Projects: project.Projects{DB: s.db, Log: log}, Legal: legal.Rules{DB: s.db}, Money: money}}.Routes(kit)
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	s.base = server.URL
	return s
}

// people is a work in two wards with a user of each role that touches cases; "khac" works for another unit, "ward" for Đức Xuân.
func (s *site) people(policy *authz.Policy) map[string]actor.Actor {
	s.exec(`INSERT INTO ward (code, name, kind, valid_from) VALUES ('01840', 'Phường Đức Xuân', 'ward', '2015-01-01'), ('01843', 'Phường Sông Cầu', 'ward', '2015-01-01');
		INSERT INTO unit (code, name, kind) VALUES ('A', 'Đơn vị A', 'clearance'), ('B', 'Đơn vị B', 'clearance');
		INSERT INTO rule_set (code, name, valid_from, basis) VALUES ('2013', 'Luật Đất đai 2013', '2014-07-01', 'x');
		INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis) VALUES ('2013', 'notice_days_other', 180, 'day', '2014-07-01', 'Đ67 k1');
		INSERT INTO app_user (username, full_name, password_hash, unit_id) SELECT n, 'Nguyễn ' || n, '', u.id
		  FROM unnest(ARRAY['clearance', 'second', 'leader', 'planner', 'ward', 'khac']) n, unit u WHERE u.code = CASE n WHEN 'khac' THEN 'B' ELSE 'A' END;
		INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, clearance, changed_by)
		  SELECT '7000001', 'Đường Phiêng My', 'C', 'transport', u.id, 'UBND', 2023, 2024, 1000000000, 'building', true, (SELECT min(id) FROM app_user) FROM unit u WHERE u.code = 'A';
		INSERT INTO project_ward (project_id, ward_id) SELECT p.id, w.id FROM project p, ward w`)
	actors := map[string]actor.Actor{}
	var rows []struct {
		ID   id.User `db:"id"`
		Name string  `db:"username"`
		Unit id.Unit `db:"unit_id"`
		Ward id.Ward `db:"ward_id"`
	}
	s.must(s.db.Read(s.t.Context()).SelectContext(s.t.Context(), &rows, `SELECT id, username, unit_id, (SELECT id FROM ward WHERE code = '01840') AS ward_id FROM app_user`))
	for _, r := range rows {
		role := r.Name
		if role == "second" || role == "khac" {
			role = "clearance"
		}
		who := actor.Actor{ID: r.ID, Username: r.Name, Name: r.Name, Unit: r.Unit, Roles: []string{role}, Grants: policy.Grants([]string{role})}
		if role == "ward" {
			who.Ward = r.Ward
		}
		actors[r.Name] = who
	}
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

var bareKey = regexp.MustCompile(`[>"](case|holder|parcel|land|fault|act|form|list|step)\.[a-z][a-z_.-]+[<"]`)

// call sends a request as a user and gives the place of a redirect and the body.
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
	if strings.Contains(res.Header.Get("Content-Type"), "html") {
		page := regexp.MustCompile(`(id|name|href|for|aria-describedby)="[^"]*"`).ReplaceAllString(string(answer), "")
		if bare := bareKey.FindAllString(page, -1); bare != nil {
			s.t.Errorf("%s: without a sentence: %v", path, bare)
		}
	}
	return res.Header.Get("Location"), string(answer)
}

func (s *site) get(who, path string, status int) string {
	s.t.Helper()
	_, body := s.call(who, http.MethodGet, path, "", "", status)
	return body
}

func (s *site) post(who, path string, form url.Values, status int) (string, string) {
	s.t.Helper()
	return s.call(who, http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode(), status)
}

func has(t *testing.T, body string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(body, w) {
			t.Errorf("missing %q in\n%s", w, body)
		}
	}
}

func caseForm(name, number string) url.Values {
	return url.Values{"project": {"7000001"}, "ward": {"01840"}, "opened_on": {"05/01/2023"}, "holder.name": {name}, "holder.kind": {"household"}, "holder.state": {"present"},
		"holder.ward": {"01840"}, "holder.parties.0.full_name": {name}, "holder.parties.0.relation": {"owner"}, "holder.parties.0.share": {"66,67"},
		"holder.parties.0.identity_no": {"006086001234"}, "holder.parties.2.full_name": {"Hà Thị Mai"}, "holder.parties.2.relation": {"co_owner"},
		"holder.parties.2.share": {"33,33"}, "parcels.1.map_sheet": {"12"}, "parcels.1.number": {number}, "parcels.1.area": {"1.234,00"}, "parcels.1.land_code": {"ONT"},
		"parcels.1.recovered": {"85,6"}}
}

func TestACaseFromTheFormToItsPage(t *testing.T) {
	s := open(t)
	has(t, s.get("clearance", "/new/case", 200), "7000001 Đường Phiêng My", `name="holder.parties.4.full_name"`, `name="parcels.5.recovered"`)
	place, _ := s.post("clearance", "/cases", caseForm("Nông Văn Bảo", "17+175"), 303)
	if place != "/cases/7000001-0001" {
		t.Fatalf("went to %s", place)
	}
	page := s.get("clearance", place, 200)
	has(t, page, "Nông Văn Bảo", "Hà Thị Mai", "17&#43;175", "85,60", "185.640.000", "100.000.000", "Thông báo thu hồi đất")
	if strings.Contains(page, "006086001234") {
		t.Error("a full identity number stands on the page")
	}
	has(t, s.get("clearance", "/cases?q=nong+van&step=none", 200), "7000001-0001", "12/17&#43;175", "100.000.000")
	if list := s.get("ward", "/cases", 200); strings.Contains(list, "185.640.000") {
		t.Error("a ward without the right to figures sees money")
	}
	has(t, s.get("leader", "/holders?q=nong", 200), "NSD-000001", "85,60")
	for _, path := range []string{"/cases", place, "/new/case", place + "/edit", "/holders", "/holders/NSD-000001", "/holders/NSD-000001/edit"} {
		_, body := s.call("clearance", http.MethodGet, path, "", "", 200, "Cookie", "lang=en")
		has(t, body, `lang="en"`)
	}
}

func TestARefusedCaseKeepsWhatWasTyped(t *testing.T) {
	s := open(t)
	f := caseForm("Nông Văn Bảo", "263A")
	f.Set("parcels.1.area", "1.234")
	f.Set("holder.parties.2.share", "33")
	_, body := s.post("clearance", "/cases", f, 422)
	has(t, body, "1.234,00 m² hoặc 1,23 m²", `value="263A"`, `value="Hà Thị Mai"`, `id="parcels.0.area-error"`)
	f.Set("parcels.1.area", "1.234,00")
	_, body = s.post("clearance", "/cases", f, 422)
	has(t, body, "Tỷ lệ cộng lại bằng 99,67 %")
	f.Set("holder.parties.2.share", "33,33")
	f.Set("parcels.1.recovered", "1234,01")
	_, body = s.post("clearance", "/cases", f, 422)
	has(t, body, "Thửa này rộng 1.234,00 m²", `value="1234,01"`)
}

func TestStepsOnThePage(t *testing.T) {
	s := open(t)
	s.post("clearance", "/cases", caseForm("Nông Văn Bảo", "17+175"), 303)
	step := func(kind, on string, status int) string {
		_, body := s.post("clearance", "/cases/7000001-0001/steps", url.Values{"kind": {kind}, "done_on": {on}, "document_no": {"12/UBND"}}, status)
		return body
	}
	has(t, step("inventory", "10/01/2023", 422), "Phải ghi “Thông báo thu hồi đất” trước “Kiểm đếm”", `value="10/01/2023"`)
	step("notice", "10/01/2023", 303)
	step("inventory", "10/02/2023", 303)
	step("posting", "10/03/2023", 303)
	has(t, step("recovery_decision", "08/07/2023", 422), "180 ngày (Đ67 k1)", "sớm nhất là ngày 09/07/2023")
	step("recovery_decision", "09/07/2023", 303)
	s.post("ward", "/cases/7000001-0001/steps/withdraw", url.Values{"kind": {"recovery_decision"}, "reason": {"sai số"}}, 303)
	has(t, s.get("clearance", "/cases/7000001-0001", 200), "sai số", "Nguyễn ward")
}

func TestTheSecondPersonToSaveIsToldWho(t *testing.T) {
	s := open(t)
	s.post("clearance", "/cases", caseForm("Nông Văn Bảo", "17+175"), 303)
	f := caseForm("", "17+175")
	f.Set("version", "1")
	f.Set("note", "đo lại")
	s.post("second", "/cases/7000001-0001", f, 303)
	f.Set("note", "ghi chú của tôi")
	_, body := s.post("clearance", "/cases/7000001-0001", f, 409)
	has(t, body, "Nguyễn second", "ghi chú của tôi", `name="version" value="2"`)
	has(t, s.get("clearance", "/cases/7000001-0001/edit", 200), "đo lại", `value="1.234,00"`)
	f.Set("version", "2") // knowing that another changed it, the person saves again
	s.post("clearance", "/cases/7000001-0001", f, 303)
}

func TestOtherWardsAndUnitsDoNotExist(t *testing.T) {
	s := open(t)
	f := caseForm("Lý Văn Sơn", "9")
	f.Set("ward", "01843")
	f.Set("holder.ward", "01843")
	s.post("clearance", "/cases", f, 303)
	for _, who := range []string{"ward", "khac"} {
		for _, path := range []string{"/cases/7000001-0001", "/cases/7000001-0001/edit", "/holders/NSD-000001", "/holders/NSD-000001/edit", "/api/v1/cases/7000001-0001"} {
			s.get(who, path, 404)
		}
		s.post(who, "/cases/7000001-0001/steps", url.Values{"kind": {"notice"}, "done_on": {"10/01/2023"}, "document_no": {"1"}}, 404)
		if body := s.get(who, "/cases", 200) + s.get(who, "/holders", 200); strings.Contains(body, "Lý Văn Sơn") {
			t.Errorf("%s sees another's case", who)
		}
	}
	s.get("planner", "/cases", 403)
	s.post("leader", "/cases", f, 403)
}

func TestNumbersOpenForAReasonOnly(t *testing.T) {
	s := open(t)
	s.post("clearance", "/cases", caseForm("Nông Văn Bảo", "17+175"), 303)
	has(t, s.get("clearance", "/holders/NSD-000001", 200), "••••••234")
	s.post("clearance", "/holders/NSD-000001/numbers", url.Values{"reason": {" "}}, 422)
	_, body := s.post("clearance", "/holders/NSD-000001/numbers", url.Values{"reason": {"đối chiếu giấy tờ"}}, 200)
	has(t, body, "006086001234")
	s.post("leader", "/holders/NSD-000001/numbers", url.Values{"reason": {"xem"}}, 403)
	form := s.get("clearance", "/holders/NSD-000001/edit", 200)
	has(t, form, `placeholder="••••••234"`, `value="66,67"`)
	if strings.Contains(form, "006086001234") {
		t.Error("the form carries a full number")
	}
}

func TestAPI(t *testing.T) {
	s := open(t)
	body := `{"project": "7000001", "ward": "01840", "opened_on": "2023-01-05", "new_holder": {"kind": "household", "name": "Nông Văn Bảo", "ward": "01840",
		"parties": [{"full_name": "Nông Văn Bảo", "relation": "owner", "share_bp": 10000, "identity_no": "006086001234"}]},
		"parcels": [{"map_sheet": "12", "number": "17+175", "area_m2": 300.25, "land_code": "ONT", "recovered_m2": 100.5}]}`
	_, answer := s.call("clearance", http.MethodPost, "/api/v1/cases", "application/json", body, 201)
	has(t, answer, `"code":"7000001-0001"`, `"area_m2":300.25`, `"recovered_m2":100.50`, `"identity_no":"••••••234"`)
	_, answer = s.call("clearance", http.MethodPost, "/api/v1/cases", "application/json", strings.Replace(body, "100.5}", "500}", 1), 422)
	has(t, answer, `"field":"parcels.0.recovered"`, "land.parcel_over")
	has(t, s.get("clearance", "/api/v1/cases?q=bao&limit=1", 200), `"holder_name":"Nông Văn Bảo"`, `"next_cursor":"`, `"paid_vnd":100000000`)
	s.call("clearance", http.MethodPatch, "/api/v1/cases/7000001-0001", "application/json", `{"note": "x"}`, 422)
	s.call("clearance", http.MethodPatch, "/api/v1/cases/7000001-0001", "application/json", `{"note": "đo lại"}`, 200, "If-Match", `"1"`)
	s.call("clearance", http.MethodPatch, "/api/v1/cases/7000001-0001", "application/json", `{"note": "lần hai"}`, 409, "If-Match", `"1"`)
	_, answer = s.call("clearance", http.MethodPost, "/api/v1/cases/7000001-0001/steps", "application/json", `{"kind": "notice", "done_on": "2023-01-10", "document_no": "1/TB"}`, 201)
	has(t, answer, `"effective_on":"2023-01-10"`, `"note":"đo lại"`)
	_, answer = s.call("clearance", http.MethodPost, "/api/v1/cases/7000001-0001/steps", "application/json", `{"kind": "handover", "done_on": "2023-01-11"}`, 422)
	has(t, answer, "land.step_order")
}
