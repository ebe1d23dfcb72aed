package reconweb_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
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
	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/people/peopleweb"
	"matbang/internal/recon/reconweb"
	"matbang/internal/webkit"
	"matbang/web"
)

// browser is one person with the pages of statements over the sample city.
type browser struct {
	t      *testing.T
	app    *app.App
	client *http.Client
	base   string
}

func open(t *testing.T) browser {
	t.Helper()
	a := apptest.SampleCity(t)
	today := func() day.Date { return day.Must("2023-12-31") }
	kit, err := webkit.New(webkit.Options{Templates: web.Templates, Locale: web.Locale, Policy: a.Policy, Sessions: scs.New(),
		Dist:      fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.css":"app.css","app.js":"app.js","chart.js":"chart.js"}`)}},
		Log:       slog.New(slog.NewTextHandler(t.Output(), nil)),
		Today:     today,
		Months:    func(context.Context) []day.Month { return nil },
		Waiting:   func(context.Context, actor.Actor) map[string]int { return nil },
		ActorByID: a.Rooms.People.ActorByID, ActorByToken: a.Rooms.People.ActorByToken})
	must(t, err)
	peopleweb.Web{People: a.Rooms.People}.Routes(kit)
	reconweb.Web{Recon: a.Rooms.Recon, Bank: a.Rooms.Bank, Today: today}.Routes(kit)
	server := httptest.NewServer(kit.Handler())
	t.Cleanup(server.Close)
	return browser{t, a, nil, server.URL}.as("accountant")
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b browser) as(account string) browser {
	b.t.Helper()
	jar, err := cookiejar.New(nil)
	must(b.t, err)
	b.client = &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if status, _ := b.post("/login", url.Values{"username": {account}, "password": {apptest.Password}}); status != http.StatusSeeOther {
		b.t.Fatalf("%s cannot sign in: %d", account, status)
	}
	return b
}

func (b browser) answer(res *http.Response, err error) (int, string) {
	b.t.Helper()
	must(b.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	must(b.t, err)
	if to := res.Header.Get("Location"); to != "" {
		return res.StatusCode, to
	}
	return res.StatusCode, string(body)
}

func (b browser) get(path string) (int, string) {
	b.t.Helper()
	return b.answer(b.client.Get(b.base + path))
}

// post sends a form under a key of its own, unless it brings one.
func (b browser) post(path string, form url.Values) (int, string) {
	b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	if !form.Has("idempotency_key") {
		form.Set("idempotency_key", rand.Text())
	}
	return b.answer(b.client.PostForm(b.base+path, form))
}

func (b browser) send(path, contentType string, body []byte) (int, string) {
	b.t.Helper()
	return b.answer(b.client.Post(b.base+path, contentType, bytes.NewReader(body)))
}

// file is a form with a file, as a browser posts it.
func file(t *testing.T, name, content string, fields ...string) (string, []byte) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		must(t, form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile("file", name)
	must(t, err)
	_, err = part.Write([]byte(content))
	must(t, err)
	must(t, form.Close())
	return form.FormDataContentType(), body.Bytes()
}

func (b browser) want(path string, status int, words ...string) string {
	b.t.Helper()
	got, body := b.get(path)
	if got != status {
		b.t.Errorf("GET %s: %d, want %d\n%.600s", path, got, status, body)
	}
	for _, w := range words {
		if !strings.Contains(body, w) {
			b.t.Errorf("GET %s: %q is missing", path, w)
		}
	}
	if at := regexp.MustCompile(`%!|ZgotmplZ|&lt;nil&gt;|0xc0|>(recon|fault|bank)\.[a-z.]+<`).FindString(body); at != "" {
		b.t.Errorf("GET %s shows %q", path, at)
	}
	return body
}

const january = "Số tài khoản/Account number,9990100456789\nSố dư đầu kỳ,1.000\nNgày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Số dư,Mô tả\n" +
	"02/12/2023,X1,300,,700,Tiền chưa rõ\n03/12/2023,X2,100,,600,Tiền khác\nSố dư cuối kỳ,600\n"

func TestPagesShowTheSampleCity(t *testing.T) {
	b := open(t)
	b.want("/recon?month=2023-12", http.StatusOK, "TK-VCB", "TK-KB", "12/2023")
	b.want("/recon/TK-VCB?month=2023-12", http.StatusOK, "TK-VCB", "Khớp tự động đến 31/12/2023")
	b.want("/recon/TK-VCB/matches", http.StatusOK, "Mã và số tiền", "GPMB23T")
	b.want("/recon/TK-VCB/runs", http.StatusOK, "Chi nhánh"[:0], "31/12/2023"[:0])
	page := b.want("/recon/TK-VCB/statements", http.StatusOK, "2023-12-TK-VCB.csv")
	if strings.Contains(page, "Chỗ đứt") {
		t.Error("the sample city has a gap between its statements")
	}
	b.want(regexp.MustCompile(`/statements/[0-9]+`).FindString(page), http.StatusOK, "Chi trả")
	b.want("/recon/nowhere", http.StatusNotFound)
	b.want("/statements/999999", http.StatusNotFound)
	b.want("/statements/x", http.StatusNotFound)
	b.as("leader").want("/recon/TK-KB", http.StatusOK)
	b.as("planner").want("/recon", http.StatusForbidden)
}

func TestLoadDecideAndUndo(t *testing.T) {
	b := open(t)
	kind, body := file(t, "thang12-them.csv", january, "act", "check")
	if status, page := b.send("/recon/TK-VCB/statements", kind, body); status != http.StatusOK || !strings.Contains(page, "Tiền chưa rõ") || !strings.Contains(page, "1.000") {
		t.Errorf("the preview: %d\n%.500s", status, page)
	}
	kind, body = file(t, "thang12-them.csv", strings.Replace(january, ",700,", ",701,", 1), "act", "check")
	if status, page := b.send("/recon/TK-VCB/statements", kind, body); status != http.StatusOK || !strings.Contains(page, "tính từ dòng trước phải là 700") {
		t.Errorf("the preview of a wrong file: %d\n%.500s", status, page)
	}
	if strings.Contains(b.want("/recon/TK-VCB/statements", http.StatusOK), "thang12-them.csv") {
		t.Error("a preview has loaded the file")
	}
	kind, body = file(t, "thang12-them.csv", january, "act", "load")
	if status, to := b.send("/recon/TK-VCB/statements", kind, body); status != http.StatusSeeOther || to != "/recon/TK-VCB/statements" {
		t.Fatalf("%d %s", status, to)
	}
	b.want("/recon/TK-VCB/statements", http.StatusOK, "thang12-them.csv", "2 dòng", "Chỗ đứt giữa các sao kê")
	if status, page := b.send("/recon/TK-VCB/statements", kind, body); status != http.StatusUnprocessableEntity || !strings.Contains(page, "đã được nạp") {
		t.Errorf("the same file twice: %d", status)
	}
	kind, body = file(t, "sai.csv", strings.Replace(january, ",700,", ",701,", 1), "act", "load")
	status, page := b.send("/recon/TK-VCB/statements", kind, body)
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "số dư ghi 701, tính từ dòng trước phải là 700") {
		t.Errorf("a wrong balance: %d\n%.500s", status, page)
	}
	kind, body = file(t, "khac.csv", strings.Replace(january, "9990100456789", "111", 1), "act", "load")
	if status, page := b.send("/recon/TK-VCB/statements", kind, body); status != http.StatusUnprocessableEntity || !strings.Contains(page, "tài khoản 111") {
		t.Errorf("another account: %d", status)
	}
	page = b.want("/recon/TK-VCB?month=2023-12&q=chua+ro", http.StatusOK, "Tiền chưa rõ", "Không có khoản chi nào")
	line := regexp.MustCompile(`/recon/TK-VCB/lines/([0-9]+)/confirm`).FindStringSubmatch(page)[1]
	status, page = b.post("/recon/TK-VCB/lines/"+line+"/confirm", url.Values{"payment_other": {"GPMB23T00001"}, "reason": {"thử"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "đã có dòng sao kê khác khớp") || !strings.Contains(page, `value="thử"`) {
		t.Errorf("a refused form keeps what was typed: %d", status)
	}
	status, page = b.post("/recon/TK-VCB/lines/"+line+"/classify", url.Values{})
	if status != http.StatusUnprocessableEntity || !strings.Contains(page, "Không được để trống") {
		t.Errorf("a reason is needed: %d", status)
	}
	status, to := b.post("/recon/TK-VCB/lines/"+line+"/classify", url.Values{"kind": {"other"}, "reason": {"chuyển nhầm"}})
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/recon/TK-VCB?") || !strings.Contains(to, "last="+line) || strings.Contains(to, "line="+line) {
		t.Errorf("goes on to the next line: %d %s", status, to)
	}
	chief := b.as("chief-accountant")
	page = chief.want("/recon/TK-VCB/matches", http.StatusOK, "chuyển nhầm", "?undo=")
	match := regexp.MustCompile(`\?undo=([0-9]+)`).FindStringSubmatch(page)[1]
	chief.want("/recon/TK-VCB/matches?undo="+match, http.StatusOK, "Lý do hủy")
	if status, page := chief.post("/recon/TK-VCB/matches/"+match+"/undo", url.Values{}); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Lý do hủy") {
		t.Errorf("an undo needs its reason: %d", status)
	}
	if status, _ := chief.post("/recon/TK-VCB/matches/"+match+"/undo", url.Values{"reason": {"nhầm"}}); status != http.StatusSeeOther {
		t.Errorf("undo: %d", status)
	}
	chief.want("/recon/TK-VCB/matches?undone=1", http.StatusOK, "nhầm")
	if status, _ := b.post("/recon/TK-VCB/matches/"+match+"/undo", url.Values{"reason": {"x"}}); status != http.StatusForbidden {
		t.Errorf("an accountant never undoes: %d", status)
	}
	if status, _ := b.post("/recon/TK-VCB/runs", nil); status != http.StatusSeeOther {
		t.Errorf("run: %d", status)
	}
}

func (b browser) json(method, path, body string, status int, into any) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.base+"/api/v1"+path, strings.NewReader(body))
	must(b.t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", rand.Text())
	got, text := b.answer(b.client.Do(req))
	if got != status {
		b.t.Fatalf("%s %s: %d, want %d: %s", method, path, got, status, text)
	}
	if into != nil {
		must(b.t, json.Unmarshal([]byte(text), into))
	}
}

func TestAPI(t *testing.T) {
	b := open(t)
	status, text := b.send("/api/v1/bank-accounts/TK-VCB/statements?file_name=a.csv", "text/csv", []byte(january))
	var loaded struct {
		ID      int64 `json:"id"`
		Lines   int   `json:"lines"`
		Opening int64 `json:"opening_vnd"`
	}
	if status != http.StatusCreated || json.Unmarshal([]byte(text), &loaded) != nil || loaded.Lines != 2 || loaded.Opening != 1000 {
		t.Fatalf("%d %s", status, text)
	}
	kind, body := file(t, "b.csv", january, "act", "load")
	if status, text := b.send("/api/v1/bank-accounts/TK-VCB/statements", kind, body); status != http.StatusUnprocessableEntity || !strings.Contains(text, "bank.loaded_already") {
		t.Errorf("%d %s", status, text)
	}
	var open struct {
		Items []struct {
			ID     int64 `json:"id"`
			Amount int64 `json:"amount_vnd"`
		} `json:"items"`
		Next string `json:"next_cursor"`
	}
	b.json("GET", "/bank-accounts/TK-VCB/open-lines?q=tien+chua", "", http.StatusOK, &open)
	if len(open.Items) != 1 || open.Items[0].Amount != -300 {
		t.Fatalf("%+v", open)
	}
	line := "/statement-lines/" + jsonInt(open.Items[0].ID)
	b.json("GET", line+"/candidates", "", http.StatusOK, nil)
	b.json("POST", line+"/confirm", `{"payment":"GPMB23T00001","reason":"x"}`, http.StatusUnprocessableEntity, nil)
	b.json("POST", line+"/classify", `{"kind":"other","reason":"x"}`, http.StatusOK, nil)
	b.json("POST", line+"/classify", `{"kind":"other","reason":"x"}`, http.StatusConflict, nil)
	var lines struct {
		Items []struct {
			Line  int    `json:"line"`
			Match int64  `json:"match"`
			Kind  string `json:"match_kind"`
		} `json:"items"`
		Next string `json:"next_cursor"`
	}
	b.json("GET", "/statements/"+jsonInt(loaded.ID)+"/lines?limit=1", "", http.StatusOK, &lines)
	if len(lines.Items) != 1 || lines.Items[0].Kind != "other" || lines.Items[0].Line != 4 || lines.Next == "" {
		t.Fatalf("%+v", lines)
	}
	match := jsonInt(lines.Items[0].Match)
	b.json("GET", "/statements/"+jsonInt(loaded.ID)+"/lines?limit=1&cursor="+lines.Next, "", http.StatusOK, &lines)
	if len(lines.Items) != 1 || lines.Items[0].Line != 5 {
		t.Errorf("%+v", lines)
	}
	b.json("POST", "/matches/"+match+"/undo", `{"reason":"x"}`, http.StatusForbidden, nil)
	b.as("chief-accountant").json("POST", "/matches/"+match+"/undo", `{"reason":"x"}`, http.StatusOK, nil)
	b.as("chief-accountant").json("POST", "/match-runs/999999/undo", `{"reason":"x"}`, http.StatusNotFound, nil)
	b.json("POST", "/bank-accounts/TK-VCB/match-runs", `{"through":"2023-12-31"}`, http.StatusOK, nil)
	b.json("POST", "/bank-accounts/TK-VCB/match-runs", `{"through":"31.31.2023"}`, http.StatusUnprocessableEntity, nil)
	b.json("GET", "/bank-accounts?month=2023-12", "", http.StatusOK, nil)
	b.json("GET", "/bank-accounts/TK-KB/statements?limit=2", "", http.StatusOK, nil)
	b.json("GET", "/bank-accounts/TK-KB/matches?limit=2", "", http.StatusOK, nil)
	b.json("GET", "/bank-accounts/none/matches", "", http.StatusNotFound, nil)
}

func jsonInt(n int64) string {
	text, _ := json.Marshal(n)
	return string(text)
}

// Money that came back less the bank's fee is offered as such, and the payment then counts as returned whole.
func TestAReturnLessAFeeByPage(t *testing.T) {
	b := open(t)
	kind, body := file(t, "hoan.csv", "Số tài khoản/Account number,9990100456789\nSố dư đầu kỳ,0\nNgày giao dịch,Số tham chiếu,Số tiền ghi nợ,Số tiền ghi có,Số dư,Mô tả\n"+
		"28/12/2023,H1,,46.406.560,46.406.560,HOAN TRA GPMB23T00001 TRU PHI\nSố dư cuối kỳ,46.406.560\n", "act", "load")
	if status, to := b.send("/recon/TK-VCB/statements", kind, body); status != http.StatusSeeOther {
		t.Fatalf("%d %.300s", status, to)
	}
	page := b.want("/recon/TK-VCB?month=2023-12&q=tru+phi", http.StatusOK, "GPMB23T00001", "ngân hàng đã trừ phí", `name="less_fee"`)
	path := "/recon/TK-VCB/lines/" + regexp.MustCompile(`/recon/TK-VCB/lines/([0-9]+)/confirm`).FindStringSubmatch(page)[1] + "/confirm"
	if status, page := b.post(path, url.Values{"payment": {"GPMB23T00001"}, "less_fee": {"1"}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, `name="less_fee" value="1" checked`) {
		t.Errorf("without a reason: %d\n%.400s", status, page)
	}
	if status, to := b.post(path, url.Values{"payment": {"GPMB23T00001"}, "less_fee": {"1"}, "reason": {"ngân hàng trừ phí"}}); status != http.StatusSeeOther {
		t.Errorf("%d %.600s", status, to)
	}
	b.want("/recon/TK-VCB/matches", http.StatusOK, "Hoàn trả", "phí giữ lại 11.000")
}
