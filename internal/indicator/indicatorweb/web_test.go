package indicatorweb_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/people"
)

type desk struct {
	*testing.T
	*app.App
}

// send asks as a sample account; form empty is a GET.
func (d desk) send(account, method, path, kind, body string, status int) string {
	d.Helper()
	token, err := d.Rooms.People.IssueToken(d.Context(), people.Console(), account, 1, "test")
	if err != nil {
		d.Fatal(err)
	}
	request := httptest.NewRequestWithContext(d.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+token)
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	answer := httptest.NewRecorder()
	d.Kit.Handler().ServeHTTP(answer, request)
	if answer.Code != status {
		d.Fatalf("%s %s as %s: %d, want %d\n%.600s", method, path, account, answer.Code, status, answer.Body)
	}
	return answer.Body.String()
}

func (d desk) has(body string, texts ...string) {
	d.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			d.Errorf("no %q", text)
		}
	}
}

const form = "application/x-www-form-urlencoded"

// The sample city's year, as a department, its head and the chair see it.
func TestTheYearOnThePage(t *testing.T) {
	d := desk{t, apptest.SampleCity(t)}
	d.has(d.send("leader", "GET", "/indicators?year=2023", "", "", 200), "trên 223<", "gần 290.000", "100,14 % (công bố)", "Đã chấp nhận")
	page := d.send("department", "GET", "/indicators?year=2023", "", "", 200)
	d.has(page, `name="THU-NS.result"`)
	if strings.Contains(page, `name="OCOP.result"`) {
		t.Error("a department may type into another's row")
	}
	typed := url.Values{"THU-NS.plan": {"220"}, "THU-NS.result": {"224.1"}, "THU-NS.mark": {"exact"}, "THU-NS.version": {"2"}, "THU-NS.was": {"x"}}
	d.has(d.send("department", "POST", "/indicators?year=2023", form, typed.Encode(), 422), `value="224.1"`, "không phải số", `aria-invalid="true"`)
	typed.Set("THU-NS.result", "224,1")
	typed.Set("THU-NS.version", "1")
	again := d.send("department", "POST", "/indicators?year=2023", form, typed.Encode(), 409)
	d.has(again, `value="224,1"`, `name="THU-NS.version" value="2"`, `<a href="#THU-NS.plan">THU-NS</a>`)
	if strings.Contains(again, `aria-invalid`) {
		t.Error("a cell is marked although no figure is wrong: the sheet would hold the form back")
	}
	typed.Set("THU-NS.version", "2")
	d.send("department", "POST", "/indicators?year=2023", form, typed.Encode(), 303)
	d.has(d.send("leader", "GET", "/indicators?year=2023", "", "", 200), "224,10", "101,86 %", "Chờ chấp nhận")
	d.send("department", "POST", "/indicators/accept?year=2023", form, "pick=THU-NS", 403)
	d.send("planning-head", "POST", "/indicators/accept?year=2023", form, "pick=THU-NS&THU-NS.shown=3", 303)
}

func TestTheAPI(t *testing.T) {
	d := desk{t, apptest.SampleCity(t)}
	d.has(d.send("auditor", "GET", "/api/v1/indicators/2023", "", "", 200), `"result":223.00`, `"mark":"over"`, `"ratio_bp":10014`, `"ratio_given":true`)
	d.send("department", "PUT", "/api/v1/indicators/2023", "application/json", `{"items": [{"code": "OCOP", "version": 2, "result": 35}]}`, http.StatusNotFound)
	d.has(d.send("department", "PUT", "/api/v1/indicators/2023", "application/json", `{"items": [{"code": "THU-NS", "version": 2, "plan": 220, "result": 224.15}]}`, 200), `"result":224.15`, `"state":"entered"`)
	d.send("department", "PUT", "/api/v1/indicators/2023", "application/json", `{"items": [{"code": "THU-NS", "version": 3, "result": 224.155}]}`, 422)
	d.send("planning-head", "POST", "/api/v1/indicators/2023/accept", "application/json", `{"codes": ["THU-NS"]}`, 200)
	d.has(d.send("planning-head", "POST", "/api/v1/indicators", "application/json",
		`{"code": "XUAT-KHAU", "name": "Xuất khẩu", "measure": "triệu USD", "decimals": 1, "unit": "KINHTE", "from_year": 2023}`, 201), "XUAT-KHAU")
}
