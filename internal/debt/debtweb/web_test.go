package debtweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"matbang/internal/app/apptest"
)

func keys(t *testing.T, page string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, name := range []string{"idempotency_key", "version"} {
		if m := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(page); m != nil {
			form.Set(name, m[1])
		}
	}
	return form
}

// The accountant records a debt and its receipt by page; what was typed stays after a refusal; the chief takes an entry back; a leader only reads.
func TestDebtsByPage(t *testing.T) {
	v := apptest.Visit(t, "accountant", "chief-accountant", "leader", "planner")
	code := "7941220-0001"
	form := keys(t, v.Page("accountant", "/new/debt?case="+code, nil, http.StatusOK, "Ghi nợ nghĩa vụ", code))
	for name, value := range map[string]string{"case": code, "kind": "land_use_fee", "amount": "12.500.000", "paper_no": "", "paper_day": "01/12/2023"} {
		form.Set(name, value)
	}
	v.Page("accountant", "/debts", form, http.StatusUnprocessableEntity, "12.500.000")
	form.Set("paper_no", "45/TB-CCT")
	path := v.Page("accountant", "/debts", form, http.StatusSeeOther)
	page := v.Page("accountant", path, nil, http.StatusOK, "Tiền sử dụng đất", "45/TB-CCT", "Còn nợ")
	pay := keys(t, page)
	for name, value := range map[string]string{"day": "20/12/2023", "amount": "13.000.000", "receipt": "GNT-01"} {
		pay.Set(name, value)
	}
	v.Page("accountant", path+"/payments", pay, http.StatusUnprocessableEntity, "nhiều hơn số còn nợ", "GNT-01")
	pay.Set("amount", "2.500.000")
	v.Page("accountant", path+"/payments", pay, http.StatusSeeOther)
	page = v.Page("chief-accountant", path, nil, http.StatusOK, "10.000.000", "GNT-01")
	back := keys(t, page)
	back.Set("reason", "ghi nhầm giấy")
	v.Page("chief-accountant", path+"/take-back", back, http.StatusSeeOther)
	if page := v.Page("leader", path, nil, http.StatusOK, "Đã hủy"); strings.Contains(page, "/payments") {
		t.Error("a leader is offered a form")
	}
	v.Page("leader", "/debts", nil, http.StatusOK, "Cộng 6 khoản", "12.500.000")
	v.Page("planner", "/debts", nil, http.StatusForbidden)
	answer := v.Send("accountant", http.MethodPost, "/api/v1/debts", "application/json", `{"case":"`+code+`","kind":"land_rent","amount_vnd":5000,"paper_no":"46/TB","paper_day":"2023-12-02"}`, map[string]string{"Idempotency-Key": "debt-by-api"})
	if answer.Code != http.StatusCreated || !strings.Contains(answer.Body.String(), `"state":"open"`) {
		t.Errorf("%d %s", answer.Code, answer.Body)
	}
}
