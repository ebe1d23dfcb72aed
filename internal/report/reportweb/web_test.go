package reportweb_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"matbang/internal/app/apptest"
	"matbang/internal/people"
)

func TestTheMonthlyReportOnItsPages(t *testing.T) {
	a := apptest.SampleCity(t)
	handler := a.Kit.Handler()
	send := func(account, method, path, body string) *httptest.ResponseRecorder {
		t.Helper()
		token, err := a.Rooms.People.IssueToken(t.Context(), people.Console(), account, 1, "test")
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		request.Header.Set("Content-Type", map[bool]string{true: "application/json", false: "application/x-www-form-urlencoded"}[strings.HasPrefix(path, "/api/")])
		request.Header.Set("Authorization", "Bearer "+token)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		return answer
	}
	const december, issue = "/reports/monthly/2023-12", "/reports/monthly/2023-12/issue"
	number := func(n string) string { return url.Values{"number": {n}}.Encode() }
	for _, c := range []struct {
		why, account, method, path, body string
		code                             int
		holds, not                       string
	}{
		{"the list", "department", "GET", "/reports", "", 200, "429/BC-UBND", ""},
		{"the draft", "department", "GET", december, "", 200, "299.842.000.000", issue},
		{"the draft, by who may issue it", "leader", "GET", december, "", 200, issue, ""},
		{"no such month", "leader", "GET", "/reports/monthly/2023-13", "", 404, "", ""},
		{"somebody else issues", "planning-head", "POST", issue, number("470/BC-UBND"), 403, "", ""},
		{"without a number", "leader", "POST", issue, "", 422, issue, ""},
		{"under a number that is taken", "leader", "POST", issue, number("429/BC-UBND"), 422, `value="429/BC-UBND"`, ""},
		{"November again", "leader", "POST", "/reports/monthly/2023-11/issue", number("470/BC-UBND"), 409, "", ""},
		{"a month to come, by the API", "leader", "POST", "/api/v1" + "/reports/monthly/2024-01/issue", `{"number":"1/BC"}`, 409, `"code":"report.future"`, ""},
		{"issued", "leader", "POST", issue, number("470/BC-UBND"), 303, "", ""},
		{"read back", "department", "GET", december, "", 200, "470/BC-UBND", issue},
		{"in the list", "department", "GET", "/reports", "", 200, "470/BC-UBND", ""},
		{"by the API", "department", "GET", "/api/v1" + december, "", 200, `"status":"issued","number":"470/BC-UBND"`, ""},
	} {
		got := send(c.account, c.method, c.path, c.body)
		body := got.Body.String()
		if got.Code != c.code || !strings.Contains(body, c.holds) || c.not != "" && strings.Contains(body, c.not) {
			t.Errorf("%s: %d, holds %q: %v, holds %q: %v", c.why, got.Code, c.holds, strings.Contains(body, c.holds), c.not, c.not != "" && strings.Contains(body, c.not))
		}
	}
	file := send("department", http.MethodGet, december+"/xlsx", "")
	if file.Code != 200 || !strings.Contains(file.Header().Get("Content-Disposition"), "attachment; filename*=UTF-8''bao-cao-thang-2023-12.xlsx") {
		t.Errorf("workbook: %d %s", file.Code, file.Header().Get("Content-Disposition"))
	}
}
