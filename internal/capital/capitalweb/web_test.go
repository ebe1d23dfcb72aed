package capitalweb_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/capital"
	"matbang/internal/capital/capitalweb"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/project"
	"matbang/internal/webkit/webtest"
)

// site is the pages of this room over one unit with two works; a person signs in by a token that is the name of the role.
type site struct {
	t    *testing.T
	room capital.Capital
	base string
	role string
}

func open(t *testing.T) site {
	t.Helper()
	db := pgtest.Open(t)
	for _, q := range []string{
		`INSERT INTO unit (code, name, kind) VALUES ('bql', 'Ban QLDA', 'management')`,
		`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('lan', 'Lan', '', 1), ('vy', 'Vy', '', 1)`,
		`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		 VALUES ('0000001', 'Đường Phiêng My', 'C', 'transport', 1, 'UBND', 2022, 2024, 5000000, 'building', 1),
		        ('0000002', 'Vỉa hè Đức Xuân', 'C', 'urban', 1, 'UBND', 2022, 2024, 5000000, 'building', 1)`,
		`INSERT INTO project_decision (project_id, kind, number, decided_on, authority, total_investment, recorded_by)
		 SELECT id, 'investment', '1/QĐ', '2022-02-01', 'UBND', 5000000, 1 FROM project`,
		`INSERT INTO funding_source (code, name, rank) VALUES ('city', 'Ngân sách thành phố', 1), ('commune', 'Ngân sách xã', 2)`,
	} {
		_, err := db.Pool().ExecContext(t.Context(), q)
		must(t, err)
	}
	today := func() day.Date { return day.Must("31/12/2023") }
	kit := webtest.Kit(t, today, func(role string, grants map[actor.Permission]actor.Reach) actor.Actor {
		return actor.Actor{ID: map[string]id.User{"planner": 1, "leader": 2}[role], Username: role, Name: role, Unit: 1, Grants: grants}
	})
	log := audit.Log{DB: db}
	projects := project.Projects{DB: db, Log: log}
	room := capital.Capital{DB: db, Log: log, Projects: projects}
	capitalweb.Web{Capital: room, Projects: projects, Today: today}.Routes(kit)
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	return site{t: t, room: room, base: server.URL, role: "planner"}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s site) send(method, path, contentType, body string, status int, headers ...string) string {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	must(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.role)
	req.Header.Set("Content-Type", contentType)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
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
	return s.send(http.MethodGet, path, "", "", http.StatusOK)
}

func (s site) post(path string, status int, pairs ...string) string {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return s.send(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode(), status)
}

func (s site) json(method, path, body string, status int, headers ...string) string {
	s.t.Helper()
	return s.send(method, "/api/v1"+path, "application/json", body, status, headers...)
}

// sees wants every sentence on the page.
func (s site) sees(page string, sentences ...string) {
	s.t.Helper()
	for _, sentence := range sentences {
		if !strings.Contains(page, sentence) {
			s.t.Errorf("not on the page: %s", sentence)
		}
	}
}

func decision(prefix, amount, number string) []string {
	return []string{prefix + "source", "city", prefix + "capital_kind", "assigned", prefix + "amount", amount, prefix + "decision_number", number,
		prefix + "capital_decided_on", "01/06/2023", prefix + "capital_authority", "HĐND thành phố"}
}

func TestMoneyIsGivenAndShown(t *testing.T) {
	s := open(t)
	const page = "/projects/0000001/capital"
	s.sees(s.get(page), "Năm 2023 chưa có kế hoạch vốn.", "không có kế hoạch", "Chưa có kế hoạch trung hạn.")
	s.post(page+"?year=2023", http.StatusSeeOther, append(decision("", "3.000.000", "9/NQ-HĐND"), "year", "2023")...)
	refused := s.post(page+"?year=2023", http.StatusUnprocessableEntity, append(decision("", "2.000.001", "10/NQ-HĐND"), "year", "2024")...)
	s.sees(refused, "5.000.001 đ", "5.000.000 đ", "2.000.001", "10/NQ-HĐND", `<details open>`)
	s.post(page+"?year=2023", http.StatusUnprocessableEntity, append(decision("", "", "10/NQ-HĐND"), "year", "hai nghìn")...)
	early := append(decision("", "1.000", "2/NQ-HĐND"), "year", "2021")
	early[9] = "31/12/2021"
	s.post(page, http.StatusSeeOther, early...)
	s.sees(s.get(page), "chia đều 12 tháng", "trước quyết định đầu tiên", "ngoài thời gian bố trí vốn", "3.000.000")
	refused = s.post("/projects/0000001/medium-term?year=2023", http.StatusUnprocessableEntity, append(decision("medium_", "2.999.999", "1/NQ"), "medium_from_year", "2021")...)
	s.sees(refused, "2.999.999 đ", "3.001.000 đ", `href="#medium_amount"`)
	s.post("/projects/0000001/medium-term?year=2023", http.StatusSeeOther, append(decision("medium_", "4.000.000", "1/NQ"), "medium_from_year", "2021")...)
	s.sees(s.get(page), "2021–2025", "999.000")
	s.role = "leader"
	if read := s.get(page); strings.Contains(read, "<form method=\"post\"") {
		t.Error("the leader is offered what the leader may not do")
	}
	s.post(page, http.StatusForbidden, append(decision("", "1", "11/NQ"), "year", "2023")...)
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

func TestMonthsThatSomebodyElseChangedCanBeSavedAgain(t *testing.T) {
	s := open(t)
	s.post("/projects/0000001/capital", http.StatusSeeOther, append(decision("", "3.000.000", "9/NQ-HĐND"), "year", "2023")...)
	const path = "/projects/0000001/capital/months?year=2023"
	s.post(path, http.StatusSeeOther, "version", "0", "month_12", "3.000.000")
	refused := s.post(path, http.StatusConflict, "version", "0", "month_1", "1.234.567")
	if found := versionField.FindStringSubmatch(refused); len(found) < 2 || found[1] != "1" || !strings.Contains(refused, "1.234.567") {
		t.Errorf("the form carries version %v", found)
	}
	s.post(path, http.StatusSeeOther, "version", "1", "month_1", "1.234.567")
	s.sees(s.post(path, http.StatusConflict, "version", "2", "month_1", "3.000.001"), "3.000.001 đ", "3.000.000 đ")
	s.sees(s.post(path, http.StatusUnprocessableEntity, "version", "2", "month_1", "ba triệu"), "ba triệu")
	s.sees(s.get("/projects/0000001/capital?year=2023"), "1.234.567", "Chưa phân bổ vào tháng", "1.765.433")
}

func (s site) upload(act, content string, status int) string {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "von.csv")
	must(s.t, err)
	_, err = part.Write([]byte(content))
	must(s.t, err)
	must(s.t, form.WriteField("act", act))
	must(s.t, form.Close())
	return s.send(http.MethodPost, "/capital/import", form.FormDataContentType(), body.String(), status)
}

const head = "Mã dự án;Năm;Nguồn vốn;Loại;Số tiền;Số quyết định;Ngày quyết định;Cơ quan quyết định\n"

func TestAFileIsWholeOrNothing(t *testing.T) {
	s := open(t)
	good := head + "0000001;2023;Ngân sách thành phố;Giao kế hoạch;1.000.000;9/NQ;01/06/2023;HĐND\n0000002;2023;Ngân sách xã;Giao kế hoạch;500.000;9/NQ;01/06/2023;HĐND\n"
	bad := good + "0000001;2023;Ngân sách thành phố;Điều chỉnh ±;-2.000.000;10/NQ;01/06/2023;HĐND\n0000009;2023;Ngân sách xã;Giao kế hoạch;1;9/NQ;01/06/2023;HĐND\n" +
		"0000002;2023;Ngân sách sao Hỏa;Giao kế hoạch;1;11/NQ;01/06/2023;HĐND\n0000001;2024;Ngân sách xã;Giao kế hoạch;4.000.001;9/NQ;01/06/2024;HĐND\n"
	page := s.upload("write", bad, http.StatusUnprocessableEntity)
	s.sees(page, "hiện có 1.000.000 đ", "Không có công trình này", "Ngân sách sao Hỏa", "Ngày này còn ở tương lai")
	if lines, err := s.room.Lines(t.Context(), s.actor(), "0000001"); err != nil || len(lines) != 0 {
		t.Errorf("of a wrong file %d lines are kept, %v", len(lines), err)
	}
	s.sees(s.upload("check", good, http.StatusOK), "Tệp đúng: 2 dòng")
	if lines, _ := s.room.Lines(t.Context(), s.actor(), "0000001"); len(lines) != 0 {
		t.Error("a check wrote")
	}
	s.upload("write", good, http.StatusSeeOther)
	s.sees(s.upload("write", good, http.StatusUnprocessableEntity), "Quyết định này đã được ghi")
	if len(s.get("/capital/template.xlsx")) < 1000 {
		t.Error("no template")
	}
}

func (s site) actor() actor.Actor {
	return actor.Actor{ID: 1, Unit: 1, Grants: map[actor.Permission]actor.Reach{capital.Read: actor.All, project.Read: actor.All}}
}

func TestTheAPISaysTheSame(t *testing.T) {
	s := open(t)
	const path = "/projects/0000001/capital"
	line := `{"year":2023,"source":"city","kind":"assigned","amount_vnd":7000,"decision_number":"1","decided_on":"2023-12-01","authority":"HĐND"}`
	s.sees(s.json(http.MethodPost, path, line, http.StatusCreated), `"amount_vnd":7000`, `"drawable_vnd":7000`, `"left_vnd":7000`)
	for _, wrong := range []string{line, strings.Replace(line, `"city"`, `"moon"`, 1), strings.Replace(line, `:7000,`, `:9007199254740993,`, 1), strings.Replace(line, `:7000,`, `:7.5,`, 1)} {
		s.json(http.MethodPost, path, wrong, http.StatusUnprocessableEntity)
	}
	s.json(http.MethodPost, "/projects/0000009/capital", line, http.StatusNotFound)
	medium := `{"from_year":2021,"source":"city","kind":"assigned","amount_vnd":6999,"decision_number":"1","decided_on":"2023-12-01","authority":"HĐND"}`
	s.sees(s.json(http.MethodPost, "/projects/0000001/medium-term", medium, http.StatusUnprocessableEntity), "capital.below_years")
	s.json(http.MethodPost, "/projects/0000001/medium-term", strings.Replace(medium, "6999", "9000", 1), http.StatusCreated)
	s.sees(s.json(http.MethodGet, "/projects/0000001/medium-term", "", http.StatusOK), `"to_year":2025`)
	s.sees(s.json(http.MethodGet, path+"/2023/months", "", http.StatusOK), `"entered":false`, `"drawable_vnd":7000`, `7000]`)
	s.json(http.MethodPut, path+"/2023/months", `{"amounts_vnd":[0,7001]}`, http.StatusConflict)
	s.sees(s.json(http.MethodPut, path+"/2023/months", `{"amounts_vnd":[0,7000]}`, http.StatusOK), `"entered":true`)
	s.json(http.MethodPut, path+"/2023/months", `{"amounts_vnd":[1]}`, http.StatusConflict)
	s.json(http.MethodPut, path+"/2023/months", `{"amounts_vnd":[1]}`, http.StatusOK, "If-Match", `"1"`)
	s.json(http.MethodPut, path+"/2023/months", `{"amounts_vnd":[1,2,3,4,5,6,7,8,9,10,11,12,13,14]}`, http.StatusUnprocessableEntity, "If-Match", `"2"`)
}
