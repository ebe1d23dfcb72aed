package payoutweb_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTheRegisterOfDeposits(t *testing.T) {
	c := open(t)
	list := c.Page("accountant", "/deposits?state=incomplete", nil, http.StatusOK, "Sổ tiền gửi tạm giữ", "Thiếu thông tin", "Cộng")
	for _, path := range []string{"/deposits", "/deposits?sort=amount&desc=1&over=30", "/deposits?q=nguyen&ground=unknown", "/deposits.xlsx"} {
		for _, account := range []string{"clearance", "director", "auditor"} {
			c.Page(account, path, nil, http.StatusOK)
		}
	}
	at := "/deposits/" + find(t, list, `href="/deposits/(TG\d+)"`)
	body := c.Page("accountant", at, nil, http.StatusOK, "chưa khai lý do giữ")
	form := with(keys(t, body), "ground", "other", "bank", "Agribank Bắc Kạn", "account_no", "8600201888777")
	c.Page("director", at+"/details", form, http.StatusForbidden)
	c.Page("accountant", at+"/details", form, http.StatusUnprocessableEntity, "Agribank Bắc Kạn", "8600201888777", "Không được để trống")
	form.Set("ground", "disputed")
	with(form, "account_name", "TTPTQĐ giữ hộ", "minutes_no", "03/BB", "minutes_day", "01/01/2023")
	c.Page("accountant", at+"/details", form, http.StatusSeeOther)
	if body = c.Page("auditor", at, nil, http.StatusOK, "Đang tranh chấp", "Điều 93 khoản 3", "khai thông tin khoản tạm giữ"); strings.Contains(body, "8600201888777") {
		t.Error("the whole account number is shown")
	}
	form.Set("bank", "BIDV")
	c.Page("accountant", at+"/details", form, http.StatusConflict, "BIDV")
	c.Page("accountant", "/deposits/TG0", nil, http.StatusNotFound)
}

func TestDepositsByAPI(t *testing.T) {
	c := open(t)
	var list struct {
		Items []struct {
			Code    string `json:"code"`
			Account string `json:"account_no"`
		} `json:"items"`
		Next string `json:"next_cursor"`
	}
	c.api("accountant", http.MethodGet, "/deposits?state=incomplete&limit=1", "", nil, http.StatusOK, &list)
	if len(list.Items) != 1 || list.Next == "" {
		t.Fatalf("%+v", list)
	}
	first := list.Items[0].Code
	c.api("accountant", http.MethodGet, "/deposits?limit=1&cursor="+url.QueryEscape(list.Next), "", nil, http.StatusOK, &list)
	if list.Items[0].Code == first {
		t.Error("the cursor stands still")
	}
	tag := c.api("accountant", http.MethodGet, "/deposits/"+first, "", nil, http.StatusOK, nil)
	body := `{"ground": "refused", "bank": "Agribank", "account_name": "TTPTQĐ", "account_no": "86002018", "minutes_no": "1", "minutes_day": "2023-01-05"}`
	c.api("accountant", http.MethodPost, "/deposits/"+first+"/details", body, nil, http.StatusUnprocessableEntity, nil)
	c.api("accountant", http.MethodPost, "/deposits/"+first+"/details", body, map[string]string{"If-Match": tag}, http.StatusOK, nil)
	c.api("accountant", http.MethodPost, "/deposits/"+first+"/details", body, map[string]string{"If-Match": tag}, http.StatusConflict, nil)

	// Interest, release and hand-over, each once for its key.
	act := func(account, path, body string, status int) {
		t.Helper()
		tag := c.api(account, http.MethodGet, "/deposits/"+first, "", nil, http.StatusOK, nil)
		c.api(account, http.MethodPost, path, body, map[string]string{"If-Match": tag, "Idempotency-Key": "deposit" + path}, status, nil)
	}
	var d struct {
		Payment  string     `json:"payment"`
		Left     int64      `json:"amount_vnd"`
		Releases []struct{} `json:"releases"`
	}
	act("accountant", "/deposits/"+first+"/interest", `{"from": "2023-12-01", "to": "2023-12-30", "amount_vnd": 900, "advice_ref": "GBC 1", "advice_day": "2023-12-31"}`, http.StatusOK)
	c.api("accountant", http.MethodGet, "/deposits/"+first, "", nil, http.StatusOK, &d)
	act("accountant", "/deposits/"+first+"/releases", fmt.Sprintf(`{"amount_vnd": %d, "applicant": "x", "paper_no": "1", "paper_day": "2023-12-30", "condition": "asks_in_writing"}`, d.Left), http.StatusOK)
	act("accountant", "/deposits/"+first+"/decide", `{"approved": true}`, http.StatusForbidden)
	act("director", "/deposits/"+first+"/decide", `{"approved": true}`, http.StatusOK)
	for range 2 {
		c.api("accountant", http.MethodPost, "/payments/"+d.Payment+"/release-deposit", `{"day": "2023-12-31", "evidence_kind": "signed_list", "evidence_ref": "DS 1"}`,
			map[string]string{"Idempotency-Key": "handing-over"}, http.StatusOK, nil)
	}
	c.api("auditor", http.MethodGet, "/deposits?state=released&payment="+d.Payment, "", nil, http.StatusOK, &list)
	if len(list.Items) != 1 {
		t.Errorf("%+v", list)
	}

	// Interest credited after that leaves by a release of its own.
	at := "/deposits/" + first
	body = c.Page("accountant", at, nil, http.StatusOK, "Nhập lãi theo giấy báo có")
	c.Page("accountant", at+"/interest", with(keys(t, body), "from", "31/12/2023", "to", "31/12/2023", "amount", "1.234", "advice_ref", "GBC 2", "advice_day", "31/12/2023"), http.StatusSeeOther)
	body = c.Page("accountant", at, nil, http.StatusOK, "đề nghị này trả phần lãi nhập sau: 1.234 đ")
	c.Page("accountant", at+"/releases", with(keys(t, body), "amount", "0", "applicant", "x", "paper_no", "2", "paper_day", "31/12/2023", "condition", "asks_in_writing"), http.StatusSeeOther)
	c.Page("director", at+"/approve", keys(t, c.Page("director", at, nil, http.StatusOK, "Chờ duyệt")), http.StatusSeeOther)
	body = c.Page("accountant", at, nil, http.StatusOK, "Đã duyệt trả phần lãi 1.234 đ")
	c.Page("accountant", at+"/hand-over", with(keys(t, body), "day", "31/12/2023", "evidence_kind", "signed_list", "evidence_ref", ""), http.StatusUnprocessableEntity, "Không được để trống")
	c.Page("accountant", at+"/hand-over", with(keys(t, body), "day", "31/12/2023", "evidence_kind", "signed_list", "evidence_ref", "DS 2"), http.StatusSeeOther)
	body = c.Page("chief-accountant", at, nil, http.StatusOK, "kèm lãi 1.234 đ", "Hoàn tác")
	c.Page("chief-accountant", at+"/releases/"+find(t, body, `/releases/(\d+)/take-back`)+"/take-back", with(keys(t, body), "reason", "ghi nhầm"), http.StatusSeeOther)
	c.Page("auditor", at, nil, http.StatusOK, "Đã hoàn tác", "hoàn tác trả lãi tiền tạm giữ")
}
