package violationweb_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/region"
	"matbang/internal/violation"
	"matbang/internal/violation/violationweb"
	"matbang/internal/webkit/webtest"
)

// site is the pages of this room over two wards; a person signs in by a token that is the name of the role.
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
		`INSERT INTO ward (code, name, kind, valid_from, valid_to) VALUES ('01840', 'Phường Đức Xuân', 'ward', '2015-03-11', '2025-06-30'), ('01837', 'Phường Sông Cầu', 'ward', '2015-03-11', '2025-06-30'),
		   ('01700', 'Phường Cũ', 'ward', '2000-01-01', '2015-03-10')`,
		`INSERT INTO unit (code, name, kind) VALUES ('TCKH', 'Phòng Tài chính', 'finance'), ('STC', 'Sở Tài chính', 'department')`,
		`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('head', 'Khởi', '', 1), ('department', 'Kiên', '', 2), ('ward', 'Thơm', '', 2)`,
		`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		 VALUES ('0000001', 'Đường Phiêng My', 'C', 'transport', 1, 'UBND', 2022, 2024, 5000000, 'building', 1)`,
	} {
		_, err := db.Pool().ExecContext(t.Context(), q)
		must(t, err)
	}
	today := func() day.Date { return day.Must("31/12/2023") }
	kit := webtest.Kit(t, today, func(role string, grants map[actor.Permission]actor.Reach) actor.Actor {
		a := actor.Actor{ID: map[string]id.User{"planning-head": 1, "leader": 1, "department": 2, "ward": 3}[role], Username: role, Name: role, Unit: 2, Grants: grants}
		if role == "planning-head" {
			a.Unit = 1
		}
		if role == "ward" {
			a.Ward = 1
		}
		return a
	})
	violationweb.Web{Violations: violation.Violations{DB: db, Log: audit.Log{DB: db}}, Regions: region.Regions{DB: db}, Today: today}.Routes(kit)
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	return site{t: t, base: server.URL}.as("planning-head")
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

// send asks and holds that the answer has a status and says all the texts, and none that begins with "!"; it gives where it leads.
func (s site) send(method, path, contentType, body, version string, status int, says ...string) string {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	must(s.t, err)
	request.Header.Set("Authorization", "Bearer "+s.role)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("If-Match", version)
	response, err := s.http.Do(request)
	must(s.t, err)
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	must(s.t, err)
	if response.StatusCode != status {
		s.t.Errorf("%s %s: %d, want %d\n%s", method, path, response.StatusCode, status, answer)
	}
	for _, text := range says {
		not, unwanted := strings.CutPrefix(text, "!")
		if strings.Contains(string(answer), not) == unwanted {
			s.t.Errorf("%s %s: says %q: %v", method, path, not, unwanted)
		}
	}
	return response.Header.Get("Location")
}

func (s site) get(path string, says ...string) {
	s.t.Helper()
	s.send(http.MethodGet, path, "", "", "", http.StatusOK, says...)
}

func (s site) post(path string, status int, form []string, says ...string) string {
	s.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	return s.send(http.MethodPost, path, "application/x-www-form-urlencoded", values.Encode(), "", status, says...)
}

func (s site) api(method, path, body, version string, status int, says ...string) {
	s.t.Helper()
	s.send(method, "/api/v1/violations"+path, "application/json", body, version, status, says...)
}

func fields(more ...string) []string {
	return append([]string{"what", "no_permit", "place", "Tổ 9, đường Trường Chinh", "ward", "01840", "found_on", "12/01/2023", "due_on", "15/04/2023"}, more...)
}

func TestAViolationGoesThroughThePages(t *testing.T) {
	s := open(t)
	s.get("/violations", "Không có vi phạm nào khớp", "Thêm vi phạm")
	s.get("/new/violation", "Không ghi họ tên", `value="31/12/2023"`, "Phường Sông Cầu", "!Phường Cũ", "Xây dựng – Không có giấy phép xây dựng", "Lấn chiếm – Lấn chiếm vỉa hè")
	s.post("/violations", http.StatusUnprocessableEntity, []string{"place", "Tổ 9", "found_on", "12/13/2023", "fine", "năm triệu", "decided_on", "1/2/2023"},
		`value="Tổ 9"`, `value="12/13/2023"`, `value="năm triệu"`, "không phải là ngày", `value="1/2/2023"`)
	s.post("/violations", http.StatusUnprocessableEntity, fields("found_on", "10/03/2015"), "Ngày 10/03/2015 không có phường, xã này", "Phường Cũ", "!Phường Sông Cầu")
	if to := s.post("/violations", http.StatusSeeOther, fields("project", "0000001")); to != "/violations/VP-2023-01" {
		t.Errorf("leads to %s", to)
	}
	s.get("/violations/VP-2023-01", "Quá hạn 260 ngày", "Chưa có quyết định xử lý", `href="/projects/0000001"`, `name="handle_decision_number"`, "ghi vi phạm", "!Lý do sửa")
	s.get("/violations", "VP-2023-01", "Không phép", "1 về xây dựng, 0 lấn chiếm", "/violations?state=late")
	s.get("/violations?state=late&year=&q=truong+chinh", "VP-2023-01")
	s.get("/violations?year=2022", "!VP-2023-01", `<option value="2022" selected>`)
	s.post("/violations/VP-2023-01/handle", http.StatusUnprocessableEntity, []string{"version", "1", "handle_handled_on", "28/03/2023", "handle_outcome", "Đã nộp phạt", "handle_area", "1.234"},
		"Đã nộp phạt</textarea>", `value="1.234"`, `id="handle_area-error"`, `name="version" value="1"`)
	s.post("/violations/VP-2023-01/handle", http.StatusUnprocessableEntity, []string{"version", "1", "handle_handled_on", "28/03/2023", "handle_outcome", "Đã nộp phạt"},
		"Chưa có quyết định xử lý thì chưa thể ghi", `id="handle_decision_number-error"`)
	s.post("/violations/VP-2023-01", http.StatusSeeOther, fields("version", "1", "decision_number", "118/QĐ", "decided_on", "19/01/2023", "measure", "fine", "fine", "40.000.000"))
	s.get("/violations/VP-2023-01", "118/QĐ", "Phạt tiền", "!handle_decision_number", "sửa vi phạm")
	handled := []string{"handle_handled_on", "28/03/2023", "handle_outcome", "Đã nộp phạt", "handle_area", "86,4"}
	s.post("/violations/VP-2023-01/handle", http.StatusConflict, append(handled, "version", "1"), "đã thay đổi mục này", `name="version" value="2"`, `value="86,4"`, "Đã nộp phạt</textarea>")
	s.post("/violations/VP-2023-01/handle", http.StatusSeeOther, append(handled, "version", "2"))
	s.get("/violations/VP-2023-01", "Xong 28/03/2023", "86,40", "Sửa vi phạm đã xử lý xong", "!/handle\"", "ghi kết quả xử lý vi phạm")
	change := fields("version", "3", "decision_number", "118/QĐ", "decided_on", "19/01/2023", "handled_on", "29/03/2023", "outcome", "Đã nộp phạt", "area", "80")
	s.post("/violations/VP-2023-01", http.StatusUnprocessableEntity, change, "phải nêu lý do", `value="29/03/2023"`, `id="reason-error"`)
	s.post("/violations/VP-2023-01", http.StatusSeeOther, append(change, "reason", "Đo lại hiện trạng"))
	s.get("/violations/VP-2023-01", "Đo lại hiện trạng", "Lý do lần sửa gần nhất", "80,00", "Xong 29/03/2023")
	s.send(http.MethodGet, "/violations/VP-2023-09", "", "", "", http.StatusNotFound)
}

// A department reads all and changes its own; a ward's officer reads the ward's; a leader reads.
func TestWhoSeesAndChangesWhat(t *testing.T) {
	s := open(t)
	s.post("/violations", http.StatusSeeOther, fields())
	department, ward, leader := s.as("department"), s.as("ward"), s.as("leader")
	department.get("/violations/VP-2023-01", "Tổ 9", "!Cập nhật", "!<form method=\"post\" action=\"/violations")
	department.post("/violations/VP-2023-01", http.StatusNotFound, fields("version", "1"))
	if to := department.post("/violations", http.StatusSeeOther, fields("ward", "01837", "what", "pavement")); to != "/violations/VP-2023-02" {
		t.Errorf("leads to %s", to)
	}
	department.get("/violations/VP-2023-02", "Cập nhật", "Lấn chiếm vỉa hè")
	ward.get("/violations", "VP-2023-01", "!VP-2023-02", "!Thêm vi phạm", "1 về xây dựng, 0 lấn chiếm")
	ward.send(http.MethodGet, "/violations/VP-2023-02", "", "", "", http.StatusNotFound)
	ward.api(http.MethodGet, "", "", "", http.StatusOK, "VP-2023-01", "!VP-2023-02")
	ward.api(http.MethodGet, "/VP-2023-02", "", "", http.StatusNotFound)
	ward.post("/violations", http.StatusForbidden, fields())
	leader.get("/violations/VP-2023-02", "!Cập nhật")
	leader.api(http.MethodPost, "", `{}`, "", http.StatusForbidden)
}

func TestAViolationGoesThroughTheAPI(t *testing.T) {
	s := open(t)
	s.api(http.MethodPost, "", `{"what":"x","place":"","ward":"01840","found_on":"2024-01-01"}`, "", http.StatusUnprocessableEntity, `"field":"what"`, `"field":"place"`, `"code":"day_future"`)
	s.api(http.MethodPost, "", `{"what":"roadway","place":"Đường Hùng Vương","ward":"01840","found_on":"2023-05-23","due_on":"2023-06-05","decision_number":"611/QĐ","decided_on":"2023-05-29","measure":"fine","fine_vnd":5000000}`, "",
		http.StatusCreated, `"code":"VP-2023-01"`, `"kind":"encroachment"`, `"state":"late"`, `"version":1`, `"fine_vnd":5000000`)
	end := `{"handled_on":"2023-06-02","outcome":"Đã dọn sạch","area_m2":64.5}`
	s.api(http.MethodPost, "/VP-2023-01/handle", end, "", http.StatusUnprocessableEntity, `"field":"If-Match"`)
	change := `{"what":"roadway","place":"Đường Hùng Vương, bến xe cũ","ward":"01840","found_on":"2023-05-23","decision_number":"611/QĐ","decided_on":"2023-05-29"`
	s.api(http.MethodPatch, "/VP-2023-01", change+`,"handled_on":"2023-06-02","outcome":"x"}`, `"1"`, http.StatusUnprocessableEntity, "violation.not_handled")
	s.api(http.MethodPatch, "/VP-2023-01", change+`}`, `"1"`, http.StatusOK, "bến xe cũ", `"version":2`)
	s.api(http.MethodPost, "/VP-2023-01/handle", end, `"1"`, http.StatusConflict, "changed_meanwhile")
	s.api(http.MethodPost, "/VP-2023-01/handle", end, `"2"`, http.StatusOK, `"state":"handled"`, `"area_m2":64.50`, `"version":3`)
	s.api(http.MethodPost, "/VP-2023-01/handle", end, `"3"`, http.StatusConflict, "violation.handled_fixed")
	s.api(http.MethodGet, "?state=handled&kind=encroachment&year=2023&q=hung+vuong", "", "", http.StatusOK, `"code":"VP-2023-01"`)
	s.api(http.MethodGet, "?year=2022", "", "", http.StatusOK, `"items":[]`)
	s.api(http.MethodGet, "/VP-2023-01", "", "", http.StatusOK, `"outcome":"Đã dọn sạch"`)
}
