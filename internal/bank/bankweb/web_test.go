package bankweb_test

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/bank"
	"matbang/internal/bank/bankweb"
	"matbang/internal/day"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/webkit/webtest"
)

// site is the pages of this room; a person signs in by a token that is the name of the role.
type site struct {
	t    *testing.T
	base string
}

func open(t *testing.T) site {
	t.Helper()
	db := pgtest.Open(t)
	for _, q := range []string{`INSERT INTO unit (code, name, kind) VALUES ('TCKH', 'Phòng Tài chính', 'finance')`,
		`INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('accountant', 'Vi Thị Hoa', '', 1)`} {
		_, err := db.Pool().ExecContext(t.Context(), q)
		must(t, err)
	}
	today := func() day.Date { return day.Must("31/12/2023") }
	kit := webtest.Kit(t, today, func(role string, grants map[actor.Permission]actor.Reach) actor.Actor {
		return actor.Actor{ID: 1, Username: role, Name: role, Unit: 1, Grants: grants}
	})
	bankweb.Web{Bank: bank.Bank{DB: db, Log: audit.Log{DB: db}}, Today: today}.Routes(kit)
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	return site{t, server.URL}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// send posts a form (with a file where one is named) or asks for a page, and holds status and words.
func (s site) send(role, path string, form map[string]string, file string, status int, says ...string) {
	s.t.Helper()
	method, kind, body := http.MethodGet, "", &bytes.Buffer{}
	if form != nil {
		w := multipart.NewWriter(body)
		for name, value := range form {
			must(s.t, w.WriteField(name, value))
		}
		if file != "" {
			content, err := os.ReadFile("../testdata/" + file)
			must(s.t, err)
			part, err := w.CreateFormFile("file", file)
			must(s.t, err)
			_, err = part.Write(content)
			must(s.t, err)
		}
		must(s.t, w.Close())
		method, kind = http.MethodPost, w.FormDataContentType()
	}
	s.ask(role, method, path, kind, body, status, says...)
}

func (s site) ask(role, method, path, kind string, body io.Reader, status int, says ...string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, body)
	must(s.t, err)
	request.Header.Set("Authorization", "Bearer "+role)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Content-Type", kind)
	response, err := http.DefaultTransport.RoundTrip(request)
	must(s.t, err)
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	must(s.t, err)
	if response.StatusCode != status {
		s.t.Errorf("%s %s as %s: %d, want %d\n%s", method, path, role, response.StatusCode, status, answer)
	}
	for _, word := range says {
		if not, never := strings.CutPrefix(word, "!"); strings.Contains(string(answer), not) == never {
			s.t.Errorf("%s %s as %s: %q", method, path, role, word)
		}
	}
}

// typed is the layout of a Vietcombank file as an officer would write it down.
func typed() map[string]string {
	return map[string]string{"code": "ngan-hang-moi", "name": "Ngân hàng mới", "basis": "Tệp thật tháng 12", "delimiter": ",", "date_form": "dd/mm/yyyy", "thousands": ".",
		"decimal": ",", "out": "debit", "header_search": "Ngày giao dịch\nSố tiền ghi nợ\nSố tiền ghi có", "columns.day": "Ngày giao dịch", "columns.reference": "Số tham chiếu",
		"columns.debit": "Số tiền ghi nợ", "columns.credit": "Số tiền ghi có", "columns.description": "Mô tả", "opening_label": "Số dư đầu kỳ", "closing_label": "Số dư cuối kỳ",
		"footer_words": "Tổng\nSố dư cuối kỳ", "account_label": "Số tài khoản"}
}

func with(form map[string]string, pairs ...string) map[string]string {
	form = maps.Clone(form)
	for i := 0; i < len(pairs); i += 2 {
		form[pairs[i]] = pairs[i+1]
	}
	return form
}

// An officer writes a layout down, tries it on a file until it reads, saves it, changes it; nothing is stored by trying.
func TestALayoutIsTriedBeforeItIsSaved(t *testing.T) {
	s := open(t)
	const path = "/statement-profiles/new"
	s.send("accountant", path, nil, "", http.StatusOK, "Thêm mẫu", "Xem thử")
	wrong := with(typed(), "header_search", "Ngày nào đó", "name", "Ngân hàng <mới>")
	s.send("accountant", path+"/preview", wrong, "vietcombank.csv", http.StatusOK, "chưa đọc được", "Những dòng đầu của tệp", "Ngân hàng &lt;mới&gt;", "Số tiền ghi nợ")
	s.send("accountant", path+"/preview", with(typed(), "columns.debit", ""), "vietcombank.csv", http.StatusUnprocessableEntity, "Không được để trống", "!Tệp đọc được")
	s.send("accountant", path+"/preview", with(typed(), "seen_on", "hôm qua", "basis", ""), "vietcombank.csv", http.StatusUnprocessableEntity, "hôm qua", "!Tệp đọc được")
	s.send("accountant", path+"/preview", typed(), "", http.StatusUnprocessableEntity, "Ngân hàng mới")
	s.send("accountant", path+"/preview", typed(), "vietcombank.csv", http.StatusOK, "Tệp đọc được", "Khớp: đầu kỳ &#43; vào − ra = cuối kỳ", "GPMB")
	s.send("accountant", path+"/preview", with(typed(), "out", "credit"), "vietcombank.csv", http.StatusOK, "chưa đọc được", "không")
	s.send("accountant", "/statement-profiles", nil, "", http.StatusOK, "!ngan-hang-moi")
	s.send("accountant", path, with(typed(), "basis", ""), "", http.StatusUnprocessableEntity, "Ngân hàng mới")
	s.send("accountant", path, typed(), "", http.StatusSeeOther)
	s.send("accountant", path, typed(), "", http.StatusUnprocessableEntity, "Đã có mẫu mang mã ngan-hang-moi")
	s.send("accountant", "/statement-profiles/ngan-hang-moi", with(typed(), "version", "1", "name", "Tên khác"), "", http.StatusSeeOther)
	s.send("accountant", "/statement-profiles/ngan-hang-moi", with(typed(), "version", "1"), "", http.StatusConflict, "accountant")
	s.send("accountant", "/statement-profiles/ngan-hang-moi", nil, "", http.StatusOK, "Tên khác", `name="version" value="2"`)
	s.send("accountant", "/statement-profiles/khong-co", nil, "", http.StatusNotFound)
	s.send("leader", "/statement-profiles/ngan-hang-moi", nil, "", http.StatusOK, "!Lưu mẫu", "!Xem thử")
	s.send("leader", path, typed(), "", http.StatusForbidden)
	s.send("planning", "/statement-profiles", nil, "", http.StatusForbidden)
}

func TestLayoutsByTheAPI(t *testing.T) {
	s := open(t)
	const path, body = "/api/v1/statement-profiles/mau", `{"name":"Mẫu","basis":"tệp thật","version":%s,"mapping":{"delimiter":",","header_search":["Ngày"],"columns":{"day":"Ngày","amount":"Số tiền"},
		"date_form":"dd/mm/yyyy","thousands":".","decimal":",","out":"negative","opening_label":"","closing_label":"","footer_words":[],"skip_words":[],"fee_words":[]}}`
	put := func(version string, status int, says ...string) {
		s.ask("accountant", http.MethodPut, path, "application/json", strings.NewReader(strings.Replace(body, "%s", version, 1)), status, says...)
	}
	put("0", http.StatusOK, `"version":1`)
	put("0", http.StatusUnprocessableEntity, "bank.profile_exists")
	put("1", http.StatusOK, `"version":2`)
	put("1", http.StatusConflict)
	s.ask("accountant", http.MethodGet, "/api/v1/statement-profiles", "", nil, http.StatusOK, `"code":"mau"`)
	s.ask("accountant", http.MethodPost, "/api/v1/statement-previews?profile=mau", "application/octet-stream", strings.NewReader("Ngày,Số tiền\n02/01/2023,-5\n"), http.StatusOK, `"amount":"-5"`)
	s.ask("leader", http.MethodPut, path, "application/json", strings.NewReader(body), http.StatusForbidden)
}
