package contractweb_test

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
	"matbang/internal/contract"
	"matbang/internal/contract/contractweb"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/project"
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
		`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('lan', 'Lan', '', 1), ('minh', 'Minh', '', 1)`,
		`INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
		 VALUES ('0000001', 'Đường Phiêng My', 'C', 'transport', 1, 'UBND', 2022, 2024, 5000000, 'building', 1)`,
		`INSERT INTO project_decision (project_id, kind, number, decided_on, authority, total_investment, recorded_by) VALUES (1, 'investment', '1', '2022-03-15', 'UBND', 5000000, 1)`,
		`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('NB', 'office', 'x', '2020-01-01', 'x')`,
		`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis, confirmed) VALUES ('NB', 'guarantee_alert_days', 30, 'day', '2020-01-01', 'x', true)`,
	} {
		_, err := db.Pool().ExecContext(t.Context(), q)
		must(t, err)
	}
	today := func() day.Date { return day.Must("31/12/2023") }
	kit := webtest.Kit(t, today, func(role string, grants map[actor.Permission]actor.Reach) actor.Actor {
		ids := map[string]id.User{"planner": 1, "planning-head": 2}
		return actor.Actor{ID: ids[role], Username: role, Name: role, Unit: 1, Grants: grants}
	})
	log := audit.Log{DB: db}
	contractweb.Web{Contracts: contract.Contracts{DB: db, Log: log, Legal: legal.Rules{DB: db}}, Projects: project.Projects{DB: db, Log: log}, Today: today}.Routes(kit)
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

// send asks and holds that the answer has a status and says all the texts; it gives the body and where it leads.
func (s site) send(method, path, contentType, body, version string, status int, says ...string) (page, to string) {
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
		if !strings.Contains(string(answer), text) {
			s.t.Errorf("%s %s does not say %q", method, path, text)
		}
	}
	return string(answer), response.Header.Get("Location")
}

func (s site) get(path string, says ...string) string {
	s.t.Helper()
	page, _ := s.send(http.MethodGet, path, "", "", "", http.StatusOK, says...)
	return page
}

// post sends a form, given as name, value, name, value …
func (s site) post(path string, status int, says []string, fields ...string) string {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	_, to := s.send(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode(), "", status, says...)
	return to
}

func (s site) api(method, path, version, body string, status int, says ...string) {
	s.t.Helper()
	s.send(method, "/api/v1"+path, "application/json", body, version, status, says...)
}

const refused = http.StatusUnprocessableEntity

func (s site) signed() string {
	s.t.Helper()
	s.post("/projects/0000001/packages", http.StatusSeeOther, nil, "code", "XL-01", "name", "Nền, mặt đường", "field", "works", "method", "open", "estimate", "1.000.000",
		"decision_number", "12", "decided_on", "01/05/2022", "authority", "Ban QLDA")
	to := s.post("/contracts", http.StatusSeeOther, nil, contractFields("1.000.000")...)
	return strings.TrimPrefix(to, "/contracts/")
}

func contractFields(value string) []string {
	return []string{"project", "0000001", "package", "XL-01", "contractor_tax_code", "0099900015", "contractor", "Công ty Khau Vàng", "number", "05/2023/HĐ-XD",
		"kind", "fixed_unit", "signed_on", "01/02/2023", "value", value, "starts_on", "10/02/2023", "ends_on", "30/06/2024", "advance", "12,5", "retention", "5"}
}

func TestAContractFromThePackageToTheApprovedBill(t *testing.T) {
	s := open(t)
	s.get("/projects/0000001/contracts", "Chưa có gói thầu nào")
	s.get("/new/package?project=0000001", "Tên gói thầu")
	s.post("/projects/0000001/packages", refused, []string{"Không được để trống", `value="XL 1"`}, "code", "XL 1")
	code := s.signed()
	s.get("/projects/0000001/contracts", code, "XL-01 Nền, mặt đường", "12,5")
	s.get("/contracts?q=khau+vang", code)
	s.get("/new/contract?project=0000001", "Công ty Khau Vàng")
	s.post("/contracts", refused, []string{"vượt giá gói thầu 1.000.000", `value="2.000.000"`}, contractFields("2.000.000")...)
	one := "/contracts/" + code
	s.post(one+"/acceptances", refused, []string{"vượt giá trị hợp đồng", `value="1.000.001"`, `name="version" value="1"`}, "version", "1", "accept_number", "BB-01",
		"accept_kind", "stage", "accept_accepted_on", "30/06/2023", "accept_value", "1.000.001")
	s.post(one+"/acceptances", http.StatusSeeOther, nil, "version", "1", "accept_number", "BB-01", "accept_kind", "stage", "accept_accepted_on", "30/06/2023", "accept_value", "600.000")
	// the same form once more: told that it changed, with the version that lets it be sent again
	s.post(one+"/acceptances", http.StatusConflict, []string{`value="BB-02"`, `name="version" value="2"`}, "version", "1", "accept_number", "BB-02", "accept_kind", "stage",
		"accept_accepted_on", "30/07/2023", "accept_value", "1")
	bill := s.post(one+"/bills", http.StatusSeeOther, nil, "version", "2", "bill_day", "05/07/2023", "bill_completed_value", "400.000", "bill_advance_recovered", "50.000")
	s.get(bill, "330.000", "20.000", "Gửi duyệt")
	s.post(bill, refused, []string{"vượt phần đã nghiệm thu", `value="700.000"`}, "version", "1", "bill_day", "05/07/2023", "bill_completed_value", "700.000")
	s.post(bill+"/submit", http.StatusSeeOther, nil, "version", "1")
	head := s.as("planning-head")
	head.get("/contracts?warn=bills", code)
	head.post(bill+"/return", refused, []string{"Không được để trống"}, "version", "2", "return_reason", "")
	head.post(bill+"/approve", http.StatusSeeOther, nil, "version", "2")
	s.get(bill, "Đã duyệt")
	s.get(one, "330.000", "Đã duyệt")
}

func TestGuaranteesAmendmentsAndTheEndOnThePage(t *testing.T) {
	s := open(t)
	code := s.signed()
	one := "/contracts/" + code
	s.post(one+"/guarantees", http.StatusSeeOther, nil, "version", "1", "guarantee_kind", "performance", "guarantee_bank", "NH", "guarantee_number", "BL/1", "guarantee_amount", "50.000",
		"guarantee_valid_from", "01/02/2023", "guarantee_expires_on", "12/01/2024")
	s.get("/contracts", "Bảo lãnh cần xử lý", "Còn 12 ngày")
	s.post(one+"/releases", refused, []string{"Ngày giải tỏa không được trước", `value="01/01/2023"`}, "version", "2", "release_guarantee", "BL-1", "release_released_on", "01/01/2023")
	s.post(one+"/releases", http.StatusSeeOther, nil, "version", "2", "release_guarantee", "BL-1", "release_released_on", "31/12/2023")
	s.post(one+"/amendments", refused, []string{"vượt giá gói thầu"}, "version", "3", "amend_number", "PL-01", "amend_decided_on", "20/12/2023", "amend_value_change", "1", "amend_reason", "x")
	s.post(one+"/amendments", http.StatusSeeOther, nil, "version", "3", "amend_number", "PL-01", "amend_decided_on", "20/12/2023", "amend_new_ends_on", "31/03/2025", "amend_reason", "lũ")
	s.get(one, "sau năm hoàn thành công trình", "Đã giải tỏa")
	s.get("/projects/0000001/packages/XL-01", `value="1.000.000"`)
	s.post("/projects/0000001/packages/XL-01", refused, []string{"thấp hơn giá trị các hợp đồng"}, "version", "1", "name", "Nền", "field", "works", "method", "open", "estimate", "999.999",
		"decision_number", "12", "decided_on", "01/05/2022", "authority", "Ban QLDA")
	s.post(one+"/termination", http.StatusSeeOther, nil, "version", "4", "end_ended_on", "30/12/2023", "end_end_reason", "nhà thầu bỏ việc")
	s.get(one, "nhà thầu bỏ việc")
}

func TestTheAPIDoesTheSame(t *testing.T) {
	s := open(t)
	s.api(http.MethodPost, "/projects/0000001/packages", "", `{"code":"XL-01","name":"Nền","field":"works","method":"open","estimate_vnd":1000000,"decision_number":"12","decided_on":"2022-05-01","authority":"Ban"}`,
		http.StatusCreated, `"estimate_vnd":1000000`)
	s.api(http.MethodGet, "/projects/0000001/packages", "", "", http.StatusOK, `"XL-01"`)
	s.api(http.MethodPatch, "/projects/0000001/packages/XL-01", "1", `{"name":"Nền","field":"works","method":"open","estimate_vnd":1100000,"decision_number":"12","decided_on":"2022-05-01","authority":"Ban"}`,
		http.StatusOK, `"estimate_vnd":1100000`)
	s.api(http.MethodPost, "/contracts", "", `{"project":"0000001","package":"XL-01","contractor_tax_code":"0099900015","contractor":"Khau Vàng","number":"5","signed_on":"2023-02-01","kind":"lump_sum",
		"value_vnd":1000000,"starts_on":"2023-02-10","ends_on":"2024-06-30","retention_bp":500}`, http.StatusCreated, `"HD-2023-0001"`)
	const one = "/contracts/HD-2023-0001"
	s.api(http.MethodGet, "/contracts", "", "", http.StatusOK, `"guarantee_state":"none"`)
	s.api(http.MethodPost, one+"/amendments", "1", `{"number":"PL","decided_on":"2023-05-01","value_change_vnd":100000,"reason":"x"}`, http.StatusOK, `"value_vnd":1100000`)
	s.api(http.MethodPost, one+"/amendments", "1", `{"number":"PL2","decided_on":"2023-05-01","value_change_vnd":-1,"reason":"x"}`, http.StatusConflict, "changed_meanwhile")
	s.api(http.MethodPost, one+"/guarantees", "2", `{"kind":"advance","bank":"NH","number":"1","amount_vnd":100,"valid_from":"2023-02-01","expires_on":"2024-06-30"}`, http.StatusOK, `"BL-1"`)
	s.api(http.MethodPost, "/guarantees/BL-1/release", "3", `{"released_on":"2023-12-01"}`, http.StatusOK, `"released_on":"2023-12-01"`)
	s.api(http.MethodPost, one+"/acceptances", "4", `{"number":"BB","kind":"stage","accepted_on":"2023-06-30","value_vnd":500000}`, http.StatusOK, `"accepted_vnd":500000`)
	s.api(http.MethodPost, one+"/bills", "5", `{"day":"2023-07-01","completed_value_vnd":400000}`, http.StatusCreated, `"payable_vnd":380000`)
	s.api(http.MethodPatch, "/bills/HS-1", "1", `{"day":"2023-07-01","completed_value_vnd":300000}`, http.StatusOK, `"payable_vnd":285000`)
	s.api(http.MethodPost, "/bills/HS-1/submit", "2", ``, http.StatusOK, `"submitted"`)
	head := s.as("planning-head")
	head.api(http.MethodPost, "/bills/HS-1/return", "3", `{"reason":"thiếu"}`, http.StatusOK, `"returned"`)
	s.api(http.MethodPost, "/bills/HS-1/submit", "4", ``, http.StatusOK, `"submitted"`)
	s.api(http.MethodPost, "/bills/HS-1/approve", "5", ``, http.StatusForbidden)
	head.api(http.MethodPost, "/bills/HS-1/approve", "5", ``, http.StatusOK, `"approved"`)
	s.api(http.MethodPost, "/bills/HS-1/cancel", "6", `{"reason":"x"}`, http.StatusConflict, "bill.wrong_state")
	s.api(http.MethodGet, "/bills/HS-1", "", "", http.StatusOK, `"approved_by":"Minh"`)
	s.api(http.MethodPost, one+"/termination", "6", `{"ended_on":"2023-12-01","end_reason":"x"}`, http.StatusOK, `"terminated"`)
	s.api(http.MethodGet, one, "", "", http.StatusOK, `"acceptances"`)
}
