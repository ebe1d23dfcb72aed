package disbursementweb_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"matbang/internal/app/apptest"
)

// city is the whole program over the sample city, asked as any of its people.
type city struct {
	*apptest.Visitor
	t *testing.T
}

func open(t *testing.T) *city {
	t.Helper()
	return &city{apptest.Visit(t, "planner", "accountant", "leader", "clearance"), t}
}

const work = "/projects/7941207/disbursements"

func values(pairs ...string) url.Values {
	v := url.Values{"plan_year": {"2023"}}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestPages(t *testing.T) {
	c := open(t)
	c.Page("planner", "/disbursements", nil, http.StatusOK, "Giải ngân: chứng từ các công trình", "GN-2023-", "Quá 1 năm")
	c.Page("leader", "/disbursements?project=7941207&year=2023&kind=recovery&paid=2023-08&source=province&sort=amount&desc=1", nil, http.StatusOK, "Thu hồi tạm ứng")
	c.Page("planner", "/disbursements?q=khong%20co%20gi%25", nil, http.StatusOK, "Chưa có chứng từ nào.")
	c.Page("planner", "/disbursements/control", nil, http.StatusOK, "Hoàn trả ngân sách", "NĐ 99/2021/NĐ-CP")
	c.Page("planner", work, nil, http.StatusOK, "40.889.000.000", "KBNN xác nhận", "Ghi tạm ứng")
	if body := c.Page("leader", work, nil, http.StatusOK); strings.Contains(body, "Ghi tạm ứng") || strings.Contains(body, "Ghi số Kho bạc xác nhận") {
		t.Error("who only reads is offered a form")
	}
	c.Page("clearance", "/disbursements", nil, http.StatusForbidden)
	c.Page("planner", "/projects/0000000/disbursements", nil, http.StatusNotFound)
	file := c.Send("planner", http.MethodGet, "/disbursements/export.xlsx?project=7941207", "", "", nil)
	if file.Code != http.StatusOK || !strings.HasPrefix(file.Body.String(), "PK") {
		t.Errorf("the workbook: %d", file.Code)
	}
}

func TestTheFormsOfAWork(t *testing.T) {
	c := open(t)
	typed := values("act", "advance", "idempotency_key", "form-key-1", "target", "clearance", "source", "province", "amount", "9.999.000.000", "number", "99/GRV", "paid_on", "31/12/2023", "note", "đợt cuối")
	c.Page("planner", work, typed, http.StatusConflict, "9.999.000.000", "99/GRV", "đợt cuối", "form-key-1")
	typed.Set("amount", "mười triệu")
	c.Page("planner", work, typed, http.StatusUnprocessableEntity, "mười triệu", `id="amount"`)
	typed.Set("amount", "10.000.000")
	typed.Set("paid_on", "01/01/2024")
	c.Page("planner", work, typed, http.StatusUnprocessableEntity, "01/01/2024")
	typed.Set("paid_on", "31/12/2023")
	if to := c.Page("planner", work, typed, http.StatusSeeOther); to != work+"?year=2023" {
		t.Errorf("goes on to %s", to)
	}
	c.Page("planner", work, typed, http.StatusSeeOther) // sent again by a hand too quick: the same voucher
	body := c.Page("planner", work, nil, http.StatusOK, "99/GRV")
	if strings.Count(body, "99/GRV") != 1 {
		t.Error("recorded twice")
	}
	code := regexp.MustCompile(`id="(GN-2023-\d+)"`).FindStringSubmatch(body)[1]
	c.Page("planner", work+"?reverse="+code, nil, http.StatusOK, "Hủy chứng từ "+code)
	c.Page("planner", work, values("act", "settle", "idempotency_key", "form-key-2", "advance", code, "kind", "recovery", "amount", "10000001", "number", "1/TT", "paid_on", "31/12/2023"),
		http.StatusUnprocessableEntity, "10.000.000 đ")
	c.Page("planner", work+"/reverse", values("voucher", code, "idempotency_key", "form-key-3"), http.StatusUnprocessableEntity, "Hủy chứng từ "+code)
	c.Page("planner", work+"/reverse", values("voucher", code, "idempotency_key", "form-key-3", "reason", "ghi nhầm nguồn"), http.StatusSeeOther)
	c.Page("planner", work+"/reverse", values("voucher", code, "idempotency_key", "form-key-4", "reason", "ghi nhầm nguồn"), http.StatusConflict)
	c.Page("accountant", work+"/confirm", values("idempotency_key", "form-key-5", "source", "province", "through", "31/12/2023", "amount", "1", "agreed_on", "31/12/2023", "number", "14/ĐC"),
		http.StatusUnprocessableEntity, "14/ĐC", "ghi lý do")
	c.Page("accountant", work+"/confirm", values("idempotency_key", "form-key-5", "source", "province", "through", "31/12/2023", "amount", "28622300001", "agreed_on", "31/12/2023", "number", "14/ĐC"),
		http.StatusSeeOther)
	c.Page("planner", work+"/confirm", values("source", "province"), http.StatusForbidden)
}

func (c *city) api(account, method, path, body, key string, status int) map[string]any {
	c.t.Helper()
	answer := c.Send(account, method, "/api/v1"+path, "application/json", body, map[string]string{"Idempotency-Key": key})
	if answer.Code != status {
		c.t.Fatalf("%s %s: %d, want %d: %.600s", method, path, answer.Code, status, answer.Body)
	}
	var out map[string]any
	if err := json.Unmarshal(answer.Body.Bytes(), &out); err != nil {
		c.t.Fatal(err)
	}
	return out
}

func TestAPI(t *testing.T) {
	c := open(t)
	page := c.api("planner", http.MethodGet, "/disbursements?limit=3&project=7941207", "", "", http.StatusOK)
	next := c.api("planner", http.MethodGet, "/disbursements?limit=3&project=7941207&cursor="+page["next_cursor"].(string), "", "", http.StatusOK)
	first, second := page["items"].([]any), next["items"].([]any)
	if len(first) != 3 || len(second) != 3 || first[2].(map[string]any)["code"] == second[0].(map[string]any)["code"] {
		t.Errorf("pages %v, %v", first, second)
	}
	body := `{"plan_year":2023,"source":"province","kind":"payment","purpose":"other","amount_vnd":1000,"number":"1/API","paid_on":"2023-12-31"}`
	made := c.api("planner", http.MethodPost, work, body, "api-key-1", http.StatusCreated)
	again := c.api("planner", http.MethodPost, work, body, "api-key-1", http.StatusCreated)
	if made["code"] != again["code"] {
		t.Errorf("one key, two answers: %v, %v", made, again)
	}
	c.api("planner", http.MethodPost, work, strings.Replace(body, "1000", "1001", 1), "api-key-1", http.StatusConflict)
	c.api("planner", http.MethodPost, work, body, "", http.StatusUnprocessableEntity)
	c.api("planner", http.MethodPost, work, strings.Replace(body, "1000", "900000000000", 1), "api-key-2", http.StatusConflict)
	reverse := "/disbursements/" + made["code"].(string) + "/reverse"
	c.api("accountant", http.MethodPost, reverse, `{"reason":"nhầm"}`, "api-key-3", http.StatusForbidden)
	c.api("planner", http.MethodPost, reverse, `{"reason":"nhầm"}`, "api-key-3", http.StatusCreated)
	c.api("planner", http.MethodPost, reverse, `{"reason":"nhầm"}`, "api-key-4", http.StatusConflict)
	agreed := c.api("accountant", http.MethodPost, "/projects/7941207/treasury-confirmations",
		`{"plan_year":2023,"source":"province","through":"2023-12-31","amount_vnd":28622300001,"agreed_on":"2023-12-31","number":"14/ĐC"}`, "api-key-5", http.StatusCreated)
	if newest := agreed["items"].([]any)[0].(map[string]any); newest["amount_vnd"] != newest["ours_vnd"] {
		t.Errorf("the newest agreement: %v", newest)
	}
	if rows := c.api("leader", http.MethodGet, "/projects/7941207/treasury-confirmations?plan_year=2023", "", "", http.StatusOK); len(rows["items"].([]any)) != 25 {
		t.Errorf("%d agreements", len(rows["items"].([]any)))
	}
	control := c.api("leader", http.MethodGet, "/disbursements/control", "", "", http.StatusOK)
	if gravest := control["items"].([]any)[0].(map[string]any); gravest["level"] != "repay" {
		t.Errorf("the gravest is %v", gravest)
	}
}
