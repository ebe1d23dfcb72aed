package scheduleweb_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/schedule"
	"matbang/internal/schedule/scheduleweb"
	"matbang/internal/webkit/webtest"
)

// site is the pages of this room over one work; a person signs in by a token that is the name of the role.
type site struct {
	t    *testing.T
	base string
	role string
	http *http.Client
}

func open(t *testing.T) site {
	t.Helper()
	db := pgtest.Open(t)
	for _, q := range []string{
		`INSERT INTO unit (code, name, kind) VALUES ('bql', 'Ban QLDA', 'management')`,
		`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('lan', 'Lan', '', 1), ('minh', 'Minh', '', 1), ('vy', 'Vy', '', 1)`,
		`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		 VALUES ('0000001', 'Đường Phiêng My', 'C', 'transport', 1, 'UBND', 2022, 2024, 5000000, 'building', 1)`,
		`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('NB', 'office', 'Nội bộ', '2020-01-01', '')`,
		`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NB', 'forecast_months', 6, 'month', '2020-01-01', '', true)`,
	} {
		_, err := db.Pool().ExecContext(t.Context(), q)
		must(t, err)
	}
	today := func() day.Date { return day.Must("31/12/2023") }
	kit := webtest.Kit(t, today, func(role string, grants map[actor.Permission]actor.Reach) actor.Actor {
		ids := map[string]id.User{"planner": 1, "planning-head": 2, "leader": 3}
		return actor.Actor{ID: ids[role], Username: role, Name: role, Unit: 1, Grants: grants}
	})
	scheduleweb.Web{Schedules: schedule.Schedules{DB: db, Log: audit.Log{DB: db}, Rules: legal.Rules{DB: db}}, Today: today}.Routes(kit)
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	return site{t: t, base: server.URL}.as("planner")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s site) as(role string) site {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	s.role, s.http = role, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

func (s site) send(method, path, match, contentType, body string, status int) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	must(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.role)
	if body != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if match != "" {
		req.Header.Set("If-Match", match)
	}
	res, err := s.http.Do(req)
	must(s.t, err)
	content, err := io.ReadAll(res.Body)
	must(s.t, err)
	must(s.t, res.Body.Close())
	if res.StatusCode != status {
		s.t.Fatalf("%s %s %s: %d, want %d\n%s", s.role, method, path, res.StatusCode, status, content)
	}
	return string(content)
}

func (s site) get(path string) string {
	s.t.Helper()
	return s.send(http.MethodGet, path, "", "", "", http.StatusOK)
}

func (s site) post(path string, status int, pairs ...string) string {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return s.send(http.MethodPost, path, "", "application/x-www-form-urlencoded", form.Encode(), status)
}

func (s site) api(method, path, match, body string, status int) string {
	s.t.Helper()
	return s.send(method, "/api/v1"+path, match, "application/json", body, status)
}

func (s site) has(body string, parts ...string) {
	s.t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			s.t.Errorf("%q is not in\n%s", part, body)
		}
	}
}

const page = "/projects/0000001/schedule"

// row is a milestone as the plan's form posts it.
func row(place, was, order, name, weight, start, end string) []string {
	f := "m" + place + "."
	return []string{f + "was", was, f + "order", order, f + "name", name, f + "weight", weight, f + "start", start, f + "end", end}
}

func form(version string, rows ...[]string) []string {
	pairs := []string{"version", version, "act", "save"}
	for _, r := range rows {
		pairs = append(pairs, r...)
	}
	return pairs
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

func versionOf(body string) string {
	if m := versionField.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	return ""
}

func TestAPlanThroughThePages(t *testing.T) {
	s := open(t)
	head := s.as("planning-head")
	s.has(s.get(page), "Công trình chưa có kế hoạch mốc", "/schedule/plan")
	s.has(s.get(page+"/plan"), `name="m1.name"`, "còn thiếu 100,0 %")

	refused := s.post(page+"/plan", http.StatusUnprocessableEntity, form("0",
		row("1", "0", "2", "Mặt đường", "sáu mươi", "01/04/2023", "31/13/2023"), row("2", "0", "1", "Nền đường", "40", "01/01/2023", ""), row("3", "0", "3", "", "", "", ""))...)
	s.has(refused, `value="sáu mươi"`, `value="31/13/2023"`, "không phải là tỷ lệ", "không phải là ngày", `id="m2.weight"`)

	s.has(s.post(page+"/plan", http.StatusOK, append(row("1", "0", "1", "Nền đường", "40", "", ""), "version", "0", "act", "more")...), `value="Nền đường"`, `name="m7.name"`)
	s.post(page+"/plan", http.StatusSeeOther, form("0", row("1", "0", "2", "Mặt đường", "59,99", "01/04/2023", "31/12/2023"),
		row("2", "0", "1", "Nền đường", "40", "01/01/2023", "31/03/2023"))...)
	shown := s.get(page)
	s.has(shown, "1. Nền đường", "2. Mặt đường", "còn thiếu", "<svg")
	s.has(head.post(page+"/baseline", http.StatusConflict, "version", "1", "reason", "giữ lại"), "đang là 99,99 %", "giữ lại")
	s.post(page+"/plan", http.StatusSeeOther, form("1", row("1", "1", "1", "Nền đường", "40", "01/01/2023", "31/03/2023"),
		row("2", "2", "2", "Mặt đường", "60", "01/04/2023", "31/12/2023"))...)

	// The head looked at the plan before: told so, and the form can be sent again.
	again := head.post(page+"/baseline", http.StatusConflict, "version", "1", "reason", "")
	if versionOf(again) != "2" {
		t.Errorf("the refused form carries version %q", versionOf(again))
	}
	head.post(page+"/baseline", http.StatusSeeOther, "version", versionOf(again), "reason", "")
	s.has(s.get(page), "Đường gốc 1", "chưa mốc nào bắt đầu")

	stale := s.post(page+"/plan", http.StatusConflict, form("2", row("1", "1", "1", "Nền", "40", "01/01/2023", "31/03/2023"),
		row("2", "2", "2", "Mặt đường", "60", "01/04/2023", "29/02/2024"))...)
	s.has(stale, `value="29/02/2024"`, `name="version" value="3"`)
	s.post(page+"/plan", http.StatusSeeOther, form("3", row("1", "1", "1", "Nền", "40", "01/01/2023", "31/03/2023"),
		row("2", "2", "2", "Mặt đường", "60", "01/04/2023", "29/02/2024"))...)
	s.has(s.get(page), "+60", "29/02/2024")
	s.has(s.post(page+"/plan", http.StatusUnprocessableEntity, append(form("4", row("1", "1", "1", "Nền", "100", "01/01/2023", "31/03/2023"),
		row("2", "2", "2", "Mặt đường", "60", "01/04/2023", "29/02/2024")), "m2.drop", "1")...), "Không bỏ được mốc")
	head.send(http.MethodGet, page+"/plan", "", "", "", http.StatusForbidden)
	s.send(http.MethodPost, page+"/baseline", "", "application/x-www-form-urlencoded", "version=4", http.StatusForbidden)
}

func TestProgressThroughThePages(t *testing.T) {
	s := open(t)
	s.has(s.get(page+"/progress"), "Lập kế hoạch mốc")
	s.post(page+"/plan", http.StatusSeeOther, form("0", row("1", "0", "1", "Nền đường", "40", "01/01/2023", "31/03/2023"),
		row("2", "0", "2", "Mặt đường", "60", "01/04/2023", "31/12/2023"))...)
	s.as("planning-head").post(page+"/baseline", http.StatusSeeOther, "version", "1", "reason", "")
	s.has(s.get(page+"/progress"), `value="31/12/2023"`, `name="m2.done"`)
	s.has(s.post(page+"/progress", http.StatusUnprocessableEntity, "version", "2", "on", "31/12/2023"), "Chưa nhập tỷ lệ")
	refused := s.post(page+"/progress", http.StatusUnprocessableEntity, "version", "2", "on", "31/12/2023", "m1.done", "101", "m2.done", "20", "m2.on", "01/01/2024", "m2.note", "đợt 1")
	s.has(refused, `value="101"`, `value="01/01/2024"`, `value="đợt 1"`)
	s.post(page+"/progress", http.StatusSeeOther, "version", "2", "on", "30/11/2023", "m1.done", "100", "m1.on", "31/03/2023", "m1.started", "10/01/2023", "m2.done", "50,5")
	s.has(s.get(page), "70,3 %", "10/01/2023 – 31/03/2023", "Cách dự báo", "Các lần ghi tiến độ (2)")
	s.has(s.post(page+"/progress", http.StatusConflict, "version", "2", "on", "31/12/2023", "m2.done", "60"), `value="60"`, `name="version" value="3"`)
	s.has(s.as("leader").get("/schedules"), "0000001", "70,3 %")
	s.has(s.as("leader").get("/schedules?standing=finished"), "Không có công trình nào")
}

func TestTheAPI(t *testing.T) {
	s := open(t)
	head := s.as("planning-head")
	const path = "/projects/0000001/schedule"
	s.has(s.api(http.MethodGet, path, "", "", http.StatusOK), `"version":0`, `"standing":"no_baseline"`)
	s.api(http.MethodPut, path, "", `{"milestones":[{"name":"Nền","weight_bp":4000,"planned_start":"2023-01-01","planned_end":"2023-03-31"},
		{"name":"Mặt","weight_bp":6000,"planned_start":"2023-04-01","planned_end":"2023-12-31"}]}`, http.StatusOK)
	head.api(http.MethodPost, path+"/baselines", "", `{}`, http.StatusUnprocessableEntity)
	head.api(http.MethodPost, path+"/baselines", `"1"`, `{}`, http.StatusCreated)
	s.has(s.api(http.MethodPost, path+"/progress", `"2"`, `{"entries":[{"rank":1,"on":"2023-02-15","done_bp":5000}]}`, http.StatusOK),
		`"computed_physical_bp":2000`, `"done_bp":5000`, `"started_on":"2023-02-15"`)
	s.api(http.MethodPost, path+"/progress", `"2"`, `{"entries":[{"rank":1,"on":"2023-02-16","done_bp":5100}]}`, http.StatusConflict)
	s.api(http.MethodGet, "/projects/9999999/schedule", "", "", http.StatusNotFound)
}
