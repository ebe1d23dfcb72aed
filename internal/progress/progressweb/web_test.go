package progressweb_test

import (
	"bytes"
	"io"
	"mime/multipart"
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
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/progress"
	"matbang/internal/progress/progressweb"
	"matbang/internal/project"
	"matbang/internal/webkit"
	"matbang/internal/webkit/webtest"
)

// site is the pages of this room over one unit with two works; a person signs in by a token that is the name of the role.
type site struct {
	t    *testing.T
	db   *postgres.DB
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
		 VALUES ('0000001', 'Đường Phiêng My', 'C', 'transport', 1, 'UBND', 2022, 2024, 5000000, 'building', 1),
		        ('0000002', 'Vỉa hè Đức Xuân', 'C', 'urban', 1, 'UBND', 2022, 2024, 5000000, 'building', 1)`,
		`INSERT INTO funding_source (code, name, rank) VALUES ('city', 'Ngân sách thành phố', 1)`,
		`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		 SELECT id, 2023, 'city', 'assigned', 1000000, 'QĐ', '2023-01-01', 'UBND', 1 FROM project`,
	} {
		_, err := db.Pool().ExecContext(t.Context(), q)
		must(t, err)
	}
	today := func() day.Date { return day.Must("31/12/2023") }
	kit := webtest.Kit(t, today, func(role string, grants map[actor.Permission]actor.Reach) actor.Actor {
		ids := map[string]id.User{"planner": 1, "planning-head": 2, "leader": 3}
		return actor.Actor{ID: ids[role], Username: role, Name: role, Unit: 1, Grants: grants}
	})
	log := audit.Log{DB: db}
	progressweb.Web{Progress: progress.Progress{DB: db, Log: log, Staff: staff}, Projects: project.Projects{DB: db, Log: log}, Today: today,
		Curve: func(*webkit.Ctx, project.Project, day.Month) (webkit.Chart, error) {
			return webkit.Chart{Title: "đường lũy kế"}, nil
		}}.Routes(kit)
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	return site{t: t, db: db, base: server.URL}.as("planner")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s site) exec(query string) {
	s.t.Helper()
	_, err := s.db.Pool().ExecContext(s.t.Context(), query)
	must(s.t, err)
}

func (s site) as(role string) site {
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	s.role, s.http = role, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

func (s site) send(method, path, contentType string, body io.Reader, status int) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, body)
	must(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.role)
	req.Header.Set("Content-Type", contentType)
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
	return s.send(http.MethodGet, path, "", nil, http.StatusOK)
}

func (s site) post(path string, status int, pairs ...string) string {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return s.send(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), status)
}

func (s site) has(body string, parts ...string) {
	s.t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			s.t.Errorf("%q is not in\n%s", part, body)
		}
	}
}

// typed is a row of the grid as the page posts it.
func typed(code, version, was, executed, disbursed string) []string {
	return []string{code + ".shown", "1", code + ".version", version, code + ".was", was, code + ".executed", executed, code + ".estimate_month_end", executed,
		code + ".disbursed", disbursed, code + ".disbursed_treasury", disbursed, code + ".physical", "50"}
}

const blank = "|||||false||"

func TestAMonthGoesThroughThePages(t *testing.T) {
	s := open(t)
	head := s.as("planning-head")
	s.has(s.get("/progress"), "Tiến độ tháng 12/2023", `name="0000001.executed"`, "Đường Phiêng My", "2 công trình · chưa nhập 2")

	refused := s.post("/progress", http.StatusUnprocessableEntity, append(typed("0000001", "0", blank, "600.000", "2.000.000"), typed("0000002", "0", blank, "sáu", "1")...)...)
	s.has(refused, `value="600.000"`, `value="sáu"`, "“sáu” không phải là số tiền", `id="0000002.executed-error"`)
	s.has(s.post("/progress", http.StatusUnprocessableEntity, typed("0000001", "0", blank, "600.000", "2.000.000")...),
		"Giải ngân 2.000.000 đ vượt số được giải ngân trong năm 1.000.000 đ", `value="2.000.000"`)

	form := append(typed("0000001", "0", blank, "600.000", "500.000"), typed("0000002", "0", blank, "", "")...)
	for i := range form {
		if form[i] == "0000002.physical" {
			form[i+1] = ""
		}
	}
	s.post("/progress", http.StatusSeeOther, append(form, "act", "submit")...)
	s.has(s.get("/progress"), "Chờ chấp nhận", `value="600.000"`, "Đã gửi 1 công trình")
	s.has(s.post("/progress", http.StatusUnprocessableEntity, "act", "submit"), "Chưa có công trình nào")

	s.has(head.get("/progress"), `name="pick" value="0000001"`)
	head.has(head.post("/progress/return", http.StatusUnprocessableEntity, "pick", "0000001"), "Không được để trống", "checked")
	head.post("/progress/return", http.StatusSeeOther, "pick", "0000001", "0000001.version", "2", "reason", "Thiếu biên bản")
	s.has(s.get("/progress"), "Bị trả lại", "Thiếu biên bản")
	head.has(head.post("/progress/accept", http.StatusConflict, "pick", "0000001"), "không thực hiện được")

	s.post("/progress", http.StatusSeeOther, append(typed("0000001", "3", "old", "610.000", "500.000"), "act", "submit")...)
	head.post("/progress/accept", http.StatusSeeOther, "pick", "0000001", "0000001.version", "5")
	s.has(s.get("/projects/0000001/progress"), "610.000", "Đã chấp nhận", "data-chart")
	s.has(s.post("/progress", http.StatusConflict, typed("0000001", "5", "x", "1", "1")...), "Minh", `value="1"`)
	s.as("leader").send(http.MethodPost, "/progress", "", nil, http.StatusForbidden)
	for _, path := range []string{"/progress", "/projects/0000001/progress", "/obstacles"} {
		s.as("leader").get(path)
	}
}

func TestOnlyRowsThatChangedAreSaved(t *testing.T) {
	s := open(t)
	s.post("/progress", http.StatusSeeOther, typed("0000001", "0", blank, "600.000", "500.000")...)
	left := "600.000|600.000|500.000|500.000|50|false||"
	s.post("/progress", http.StatusSeeOther, append(typed("0000001", "0", left, "600.000", "500.000"), typed("0000002", "0", blank, "5", "5")...)...)
	s.has(s.get("/progress"), `name="0000001.version" value="1"`, `name="0000002.version" value="1"`)
	s.has(s.post("/progress", http.StatusConflict, typed("0000001", "0", left, "700.000", "500.000")...), "Lan đã thay đổi mục này", `value="700.000"`, `name="0000001.version" value="1"`)
	s.post("/progress", http.StatusSeeOther, typed("0000001", "1", left, "700.000", "500.000")...)
}

func (s site) upload(act, name, content string, status int) string {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	must(s.t, w.WriteField("act", act))
	file, err := w.CreateFormFile("file", name)
	must(s.t, err)
	_, err = io.WriteString(file, content)
	must(s.t, err)
	must(s.t, w.Close())
	return s.send(http.MethodPost, "/progress/import", w.FormDataContentType(), &body, status)
}

func TestAFileIsCheckedThenWritten(t *testing.T) {
	s := open(t)
	const head = "Tháng;Mã dự án;Lũy kế thực hiện;Ước thực hiện hết tháng;Lũy kế giải ngân;Kho bạc xác nhận;Khối lượng hoàn thành (%);Không đổi;Ghi chú\n"
	bad := head + "12/2023;0000001;20.000;20.000;2.000.000;0;50;;\n12/2023;9999999;1;1;1;1;1;;\n12/2023;0000002;1,5;1;1;1;1;;\n12/2023;0000001;1;1;1;1;1;;\n2/2024;0000002;;1;1;1;1;;\n"
	s.has(s.upload("write", "t.csv", bad, http.StatusUnprocessableEntity), "Chưa ghi gì: có 5 chỗ cần sửa", "E · Lũy kế giải ngân", "vượt số được giải ngân",
		"B · Mã dự án", "Không có công trình này", "“1,5” có dấu phẩy", "Dòng này lặp lại dòng 2")
	good := head + "11/2023;0000001;20.000;20.000;10.000;0;50;;\n12/2023;0000001;;;;;;x;\n"
	s.has(s.upload("check", "t.csv", good, http.StatusOK), "2 dòng sẵn sàng ghi", "Nhập mới 2")
	s.has(s.get("/progress"), "chưa nhập 2")
	s.upload("write", "t.csv", good, http.StatusSeeOther)
	s.has(s.get("/progress"), `name="0000001.executed" value="20.000"`, "nháp 1", "Đã ghi 2 dòng")
	s.has(s.upload("check", "t.xlsx", "no book", http.StatusUnprocessableEntity), "Không đọc được tệp")
	s.has(s.upload("check", "t.csv", "a;b\n", http.StatusUnprocessableEntity), "Không thấy dòng tiêu đề")
	s.has(s.upload("write", "template.xlsx", s.get("/progress/template.xlsx"), http.StatusUnprocessableEntity), "Không được để trống")
}

func TestTheAPIEntersAndAccepts(t *testing.T) {
	s := open(t)
	head := s.as("planning-head")
	const entry = "/api/v1/projects/0000001/progress/2023-12"
	const body = `{"executed_vnd":600000,"estimate_month_end_vnd":600000,"disbursed_vnd":500000,"disbursed_treasury_vnd":500000,"physical_bp":5000}`
	put := func(body string, status int) string {
		t.Helper()
		return s.send(http.MethodPut, entry, "application/json", strings.NewReader(body), status)
	}
	s.has(put(`{"executed_vnd":1}`, http.StatusUnprocessableEntity), `"field":"disbursed"`, `"code":"required"`)
	s.has(put(body, http.StatusOK), `"state":"draft"`, `"version":1`)
	s.has(put(body, http.StatusConflict), "changed_meanwhile")
	s.has(s.send(http.MethodPost, entry+"/submit", "application/json", nil, http.StatusOK), `"state":"submitted"`)
	s.send(http.MethodPost, entry+"/accept", "application/json", nil, http.StatusForbidden)
	head.has(head.send(http.MethodPost, entry+"/return", "application/json", strings.NewReader(`{"reason":""}`), http.StatusUnprocessableEntity), `"field":"reason"`)
	head.has(head.send(http.MethodPost, entry+"/accept", "application/json", nil, http.StatusOK), `"state":"accepted"`)
	s.has(s.get("/api/v1/projects/0000001/progress"), `"month":"2023-12"`, `"executed_vnd":600000`)
	s.send(http.MethodGet, "/api/v1/projects/0000009/progress", "", nil, http.StatusNotFound)
	s.send(http.MethodPut, strings.Replace(entry, "2023-12", "2023-13", 1), "application/json", strings.NewReader(body), http.StatusUnprocessableEntity)
}
