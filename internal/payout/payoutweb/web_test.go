package payoutweb_test

import (
	"encoding/json"
	"fmt"
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
	return &city{apptest.Visit(t, "accountant", "chief-accountant", "director", "leader", "auditor", "clearance"), t}
}

// api sends JSON and wants a status.
func (c *city) api(account, method, path, body string, headers map[string]string, status int, into any) string {
	c.t.Helper()
	answer := c.Send(account, method, "/api/v1"+path, "application/json", body, headers)
	if answer.Code != status {
		c.t.Fatalf("%s %s %s: %d, want %d: %s", account, method, path, answer.Code, status, answer.Body)
	}
	if into != nil {
		if err := json.Unmarshal(answer.Body.Bytes(), into); err != nil {
			c.t.Fatal(err)
		}
	}
	return answer.Header().Get("ETag")
}

func find(t *testing.T, body, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no %s in the page", pattern)
	}
	return m[1]
}

// keys are the hidden keys of a page's first form.
func keys(t *testing.T, body string) url.Values {
	t.Helper()
	form := url.Values{"idempotency_key": {find(t, body, `name="idempotency_key" value="([^"]+)"`)}}
	if m := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(body); m != nil {
		form.Set("version", m[1])
	}
	return form
}

func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// openAward finds a work and an award with something left to order.
func (c *city) openAward() (project, key, amount string) {
	c.t.Helper()
	list := c.Page("accountant", "/new/payout-order", nil, http.StatusOK, "Chọn công trình")
	for _, m := range regexp.MustCompile(`/new/payout-order\?project=(\d{7})`).FindAllStringSubmatch(list, -1) {
		body := c.Page("accountant", "/new/payout-order?project="+m[1], nil, http.StatusOK)
		if found := regexp.MustCompile(`name="amount\.([^"]+)" id="[^"]+" value="([^"]+)"`).FindStringSubmatch(body); found != nil {
			return m[1], found[1], found[2]
		}
	}
	c.t.Fatal("the sample city has nothing left to order")
	return "", "", ""
}

func TestOrderByPages(t *testing.T) {
	c := open(t)
	project, key, amount := c.openAward()
	empty := c.Page("accountant", "/new/payout-order?project="+project+"&all=1", nil, http.StatusOK, "checked")
	form := with(keys(t, empty), "project", project, "method", "cash", "source", "", "content", "Chi đợt thử", "pick", key, "amount."+key, "9.999.999.999.999")
	refused := c.Page("accountant", "/payout-orders", form, http.StatusUnprocessableEntity, "9.999.999.999.999", "Chi đợt thử", "Hãy chọn một giá trị", "checked")
	source := find(t, refused, `name="source"(?:.|\n)*?<option value="(\w+)"`)
	form.Set("source", source)
	c.Page("accountant", "/payout-orders", form, http.StatusUnprocessableEntity, "chỉ còn "+amount+" đ")
	form.Set("amount."+key, amount)
	path := c.Page("accountant", "/payout-orders", form, http.StatusSeeOther)
	code := strings.TrimPrefix(path, "/payout-orders/")
	if again := c.Page("accountant", "/payout-orders", form, http.StatusSeeOther); again != path {
		t.Errorf("the same form makes another order: %s %s", path, again)
	}
	c.Page("accountant", path, nil, http.StatusOK, code, "Trình duyệt", "Đang chờ bạn", "Hủy lệnh")
	c.Page("chief-accountant", path+"/cancel", with(keys(t, c.Page("chief-accountant", path, nil, http.StatusOK)), "reason", ""), http.StatusUnprocessableEntity, "Không được để trống")
	for _, step := range []struct{ account, act string }{{"accountant", "submit"}, {"chief-accountant", "approve"}, {"director", "release"}} {
		body := c.Page(step.account, path, nil, http.StatusOK, "Đang chờ bạn")
		for range 2 { // a second press of the same button changes nothing
			c.Page(step.account, path+"/"+step.act, keys(t, body), http.StatusSeeOther)
		}
	}
	released := c.Page("accountant", path, nil, http.StatusOK, "Đã phát hành", "Tổng lệnh", "✓")
	payment := find(t, released, `href="(/payments/GPMB23T\d{5})"`)
	c.resultByPages(payment)
	c.Page("auditor", path, nil, http.StatusOK, "duyệt lệnh chi", "ghi kết quả chi trả")
	c.Page("leader", path+"/approve", url.Values{}, http.StatusForbidden)
	c.Page("clearance", path, nil, http.StatusForbidden)
}

func (c *city) resultByPages(payment string) {
	c.t.Helper()
	body := c.Page("accountant", payment, nil, http.StatusOK, "Ghi kết quả chi", "Chưa có kết quả nào")
	amount := find(c.t, body, `name="amount"[^>]*>|value="([\d.]+)" data-money`)
	form := with(keys(c.t, body), "kind", "paid", "day", "31/12/2023", "amount", "9.999.999.999", "evidence_kind", "signed_list", "evidence_ref", "DS 05")
	c.Page("accountant", payment+"/result", form, http.StatusUnprocessableEntity, "DS 05", "chỉ còn "+amount+" đ")
	form.Set("amount", "1")
	c.Page("accountant", payment+"/result", form, http.StatusSeeOther)
	body = c.Page("chief-accountant", payment, nil, http.StatusOK, "Chi một phần", "Đã chi <data", "một đồng")
	c.Page("chief-accountant", payment+"/reverse", with(keys(c.t, body), "reason", "ghi thiếu"), http.StatusSeeOther)
	body = c.Page("accountant", payment, nil, http.StatusOK, "Chờ kết quả", "đã hoàn tác")
	form = with(keys(c.t, body), "kind", "paid", "day", "31/12/2023", "amount", amount, "evidence_kind", "signed_list", "evidence_ref", "DS 05")
	form.Set("day", "hôm qua")
	c.Page("accountant", payment+"/result", form, http.StatusUnprocessableEntity, "hôm qua")
	form.Set("day", "31/12/2023")
	c.Page("accountant", payment+"/result", with(form, "representative", "1", "rep_name", "Nguyễn Văn Con"), http.StatusUnprocessableEntity, "Nguyễn Văn Con", "Không được để trống")
	with(form, "rep_identity", "006085012345", "rep_relation", "con", "rep_paper_no", "15/UQ", "rep_paper_day", "30/12/2023", "rep_certified_by", "UBND phường")
	c.Page("accountant", payment+"/result", with(form, "rep_valid_to", "30/12/2023"), http.StatusUnprocessableEntity, "hết hiệu lực")
	form.Set("rep_valid_to", "")
	c.Page("accountant", payment+"/result", form, http.StatusSeeOther)
	c.Page("auditor", "/payments?q="+strings.TrimPrefix(payment, "/payments/"), nil, http.StatusOK, "(Nguyễn Văn Con ký thay)")
	body = c.Page("chief-accountant", payment, nil, http.StatusOK, "Đã chi", "DS 05", "Hoàn tác kết quả cuối", "Nguyễn Văn Con (con, ••••••345) ký thay")
	c.Page("chief-accountant", payment+"/reverse", keys(c.t, body), http.StatusUnprocessableEntity, "Không được để trống")
	c.Page("chief-accountant", payment+"/reverse", with(keys(c.t, body), "reason", "ghi nhầm khoản"), http.StatusSeeOther)
	body = c.Page("director", payment, nil, http.StatusOK, "đã hoàn tác", "ghi nhầm khoản", "Ghi gửi tạm giữ")
	form = with(keys(c.t, body), "day", "31/12/2023", "amount", amount, "evidence_kind", "deposit_minutes", "evidence_ref", "BB 02", "reason", "vắng mặt")
	c.Page("director", payment+"/deposit", with(form, "account_no", "8600201999"), http.StatusUnprocessableEntity, "Không được để trống", "8600201999")
	c.Page("director", payment+"/deposit", with(form, "ground", "absent", "bank", "Agribank Bắc Kạn", "account_name", "TTPTQĐ giữ hộ", "minutes_no", "02/BB", "minutes_day", "30/12/2023"), http.StatusSeeOther)
	c.handOver(payment, amount)
	c.Page("director", payment, nil, http.StatusOK, "Trả tiền tạm giữ")
}

// handOver takes the deposit of a payment to its person: asked for by one, approved by another.
func (c *city) handOver(payment, amount string) {
	c.t.Helper()
	list := c.Page("accountant", "/deposits?payment="+strings.TrimPrefix(payment, "/payments/"), nil, http.StatusOK)
	at := "/deposits/" + find(c.t, list, `href="/deposits/(TG\d+)"`)
	form := func(account string, pairs ...string) url.Values {
		return with(keys(c.t, c.Page(account, at, nil, http.StatusOK)), pairs...)
	}
	c.Page("accountant", at+"/interest", form("accountant", "from", "31/12/2023", "to", "31/12/2023", "amount", "0", "advice_ref", "GBC 9", "advice_day", "31/12/2023"), http.StatusUnprocessableEntity, "GBC 9")
	c.Page("accountant", at+"/interest", form("accountant", "from", "31/12/2023", "to", "31/12/2023", "amount", "1.500", "advice_ref", "GBC 9", "advice_day", "31/12/2023"), http.StatusSeeOther)
	asks := []string{"applicant", "Nguyễn Văn Về", "paper_no", "01/ĐN", "paper_day", "31/12/2023", "amount", amount}
	c.Page("accountant", at+"/releases", form("accountant", asks...), http.StatusUnprocessableEntity, "Nguyễn Văn Về", "Chưa đủ điều kiện trả: Người vắng mặt đã chứng minh")
	c.Page("accountant", at+"/releases", form("accountant", append(asks, "condition", "identity_proven")...), http.StatusSeeOther)
	c.Page("accountant", at+"/approve", form("accountant"), http.StatusForbidden)
	c.Page("director", at+"/refuse", form("director", "reason", ""), http.StatusUnprocessableEntity, "Không được để trống")
	c.Page("director", at+"/approve", form("director"), http.StatusSeeOther)
	c.Page("accountant", at+"/hand-over", form("accountant", "day", "31/12/2023", "evidence_ref", "DS 06"), http.StatusUnprocessableEntity, "DS 06", "kèm lãi 1.500 đ")
	c.Page("accountant", at+"/hand-over", form("accountant", "day", "31/12/2023", "evidence_kind", "signed_list", "evidence_ref", "DS 06"), http.StatusSeeOther)
	c.Page("clearance", at, nil, http.StatusOK, "Đã trả", "kèm lãi 1.500 đ", "ghi trả tiền tạm giữ")
}

func TestListsAndBridge(t *testing.T) {
	c := open(t)
	for _, path := range []string{"/payout-orders", "/payout-orders?state=released&sort=total&desc=1", "/payout-orders?q=duong&method=transfer", "/payments",
		"/payments?state=returned", "/payments?sort=payee&q=nguyen", "/payments?state=paid&page=2", "/bridge", "/bridge?as_of=30/11/2023"} {
		for _, account := range []string{"accountant", "auditor"} {
			c.Page(account, path, nil, http.StatusOK)
		}
	}
	body := c.Page("leader", "/bridge", nil, http.StatusOK, "125.000.000.000", "Chênh lệch", "/payments?state=paid")
	if strings.Contains(body, "không khép") {
		t.Error("the bridge of the sample city does not close")
	}
	project := find(t, body, `/bridge\?project=(\d{7})`)
	c.Page("clearance", "/bridge?project="+project, nil, http.StatusOK)
	c.Page("leader", "/bridge?as_of=31/02/2023", nil, http.StatusUnprocessableEntity, "31/02/2023")
	c.Page("leader", "/bridge?project=0000000", nil, http.StatusUnprocessableEntity, "Không có công trình này")
	c.Page("accountant", "/payout-orders/CT-1999-001", nil, http.StatusNotFound)
	c.Page("accountant", "/payments/GPMB99T00001", nil, http.StatusNotFound)
}

// Every order and payment of the sample city shows, and no list shows a whole account number.
func TestEveryOrderOfTheSampleShows(t *testing.T) {
	c := open(t)
	var orders struct {
		Items []struct{ Code string } `json:"items"`
	}
	c.api("auditor", http.MethodGet, "/payout-orders?limit=500", "", nil, http.StatusOK, &orders)
	if len(orders.Items) == 0 {
		t.Fatal("the sample city has no orders")
	}
	payment := ""
	for _, o := range orders.Items {
		body := c.Page("leader", "/payout-orders/"+o.Code, nil, http.StatusOK, o.Code)
		payment = find(t, body, `href="(/payments/GPMB23T\d{5})"`)
	}
	for _, account := range []string{"accountant", "leader"} {
		c.Page(account, payment, nil, http.StatusOK)
	}
}

func TestAPI(t *testing.T) {
	c := open(t)
	project, key, amount := c.openAward()
	plan, caseCode, _ := strings.Cut(key, "/")
	vnd := strings.ReplaceAll(amount, ".", "")
	var source string
	body := c.Page("accountant", "/new/payout-order?project="+project, nil, http.StatusOK)
	source = find(t, body, `name="source"(?:.|\n)*?<option value="(\w+)"`)
	order := fmt.Sprintf(`{"project":%q,"method":"cash","source":%q,"lines":[{"case":%q,"plan":%q,"amount_vnd":%s}]}`, project, source, caseCode, plan, vnd)
	var problem struct {
		Code   string
		Errors []struct{ Field, Code string }
	}
	c.api("accountant", http.MethodPost, "/payout-orders", order, nil, http.StatusUnprocessableEntity, &problem)
	if len(problem.Errors) != 1 || problem.Errors[0].Field != "idempotency_key" {
		t.Errorf("without a key: %+v", problem)
	}
	var made struct {
		Code     string `json:"code"`
		State    string `json:"state"`
		Total    int64  `json:"total_vnd"`
		Payments []struct {
			Code   string `json:"code"`
			Amount int64  `json:"amount_vnd"`
			State  string `json:"state"`
		} `json:"payments"`
	}
	once := map[string]string{"Idempotency-Key": "api-draft-1"}
	etag := c.api("accountant", http.MethodPost, "/payout-orders", order, once, http.StatusCreated, &made)
	first := made.Code
	c.api("accountant", http.MethodPost, "/payout-orders", order, once, http.StatusCreated, &made)
	if made.Code != first || made.State != "draft" || fmt.Sprint(made.Total) != vnd {
		t.Errorf("%s %+v", first, made)
	}
	c.api("accountant", http.MethodPost, "/payout-orders", strings.Replace(order, "cash", "transfer", 1), once, http.StatusConflict, &problem)
	path := "/payout-orders/" + first
	c.api("accountant", http.MethodPost, path+"/submit", "", map[string]string{"Idempotency-Key": "api-submit-1", "If-Match": `"7"`}, http.StatusConflict, &problem)
	if problem.Code != "changed_meanwhile" {
		t.Errorf("%+v", problem)
	}
	for _, step := range []struct{ account, act string }{{"accountant", "submit"}, {"chief-accountant", "approve"}, {"director", "release"}} {
		etag = c.api(step.account, http.MethodPost, path+"/"+step.act, "", map[string]string{"Idempotency-Key": "api-" + step.act + "-2", "If-Match": etag}, http.StatusOK, &made)
	}
	c.api("director", http.MethodPost, path+"/cancel", `{"reason":"x"}`, map[string]string{"Idempotency-Key": "api-cancel-1", "If-Match": etag}, http.StatusConflict, &problem)
	paid := fmt.Sprintf(`{"kind":"paid","day":"2023-12-31","amount_vnd":%d,"evidence_kind":"bank_advice","evidence_ref":"GBN 9"}`, made.Payments[0].Amount)
	var payment struct {
		State   string `json:"state"`
		Results []struct{ Kind string }
	}
	target := "/payments/" + made.Payments[0].Code
	c.api("accountant", http.MethodPost, target+"/result", strings.Replace(paid, "2023", "2022", 1), map[string]string{"Idempotency-Key": "api-paid-0"}, http.StatusUnprocessableEntity, &problem)
	if problem.Errors[0].Field != "day" || problem.Errors[0].Code != "payout.before_release" {
		t.Errorf("%+v", problem)
	}
	for range 2 {
		c.api("accountant", http.MethodPost, target+"/result", paid, map[string]string{"Idempotency-Key": "api-paid-1"}, http.StatusOK, &payment)
	}
	if payment.State != "paid" || len(payment.Results) != 1 {
		t.Errorf("%+v", payment)
	}
	c.api("chief-accountant", http.MethodPost, target+"/reverse", `{"reason":"nhầm"}`, map[string]string{"Idempotency-Key": "api-reverse-1"}, http.StatusOK, &payment)
	var bridge struct {
		Approved   int64 `json:"approved_vnd"`
		Difference int64 `json:"difference_vnd"`
		Projects   []struct {
			Project string `json:"project"`
			Bridge  struct {
				Approved int64 `json:"approved_vnd"`
			} `json:"bridge"`
		} `json:"projects"`
	}
	c.api("leader", http.MethodGet, "/bridge", "", nil, http.StatusOK, &bridge)
	if bridge.Approved != 125_000_000_000 || bridge.Difference != 0 || len(bridge.Projects) != 11 || bridge.Projects[0].Bridge.Approved == 0 {
		t.Errorf("%+v", bridge)
	}
}

// The accountant notes the treasury's number of a released order, by page and by API, and takes a wrong one back.
func TestTheTreasurysNumberByPage(t *testing.T) {
	c := open(t)
	list := c.Page("accountant", "/payout-orders?state=released", nil, http.StatusOK, "")
	path := "/payout-orders/" + find(t, list, `href="/payout-orders/(CT-[0-9-]+)"`)
	form := keys(t, c.Page("accountant", path, nil, http.StatusOK, "Số chứng từ của kho bạc"))
	c.Page("accountant", path+"/references", with(form, "reference", "KBNN", "day", "31/12/2023"), http.StatusUnprocessableEntity, `value="KBNN"`)
	c.Page("accountant", path+"/references", with(keys(t, c.Page("accountant", path, nil, http.StatusOK, "")), "reference", "0457/KB", "day", "31/12/2023"), http.StatusSeeOther, "")
	c.Page("auditor", path, nil, http.StatusOK, "0457/KB")
	var answer struct {
		References []struct {
			Reference string `json:"reference"`
		} `json:"references"`
	}
	c.api("accountant", http.MethodPost, path+"/references/withdraw", `{"reference":"0457/KB"}`, map[string]string{"Idempotency-Key": "withdraw-0457"}, http.StatusOK, &answer)
	if len(answer.References) != 0 {
		t.Errorf("%+v", answer)
	}
	c.api("accountant", http.MethodPost, path+"/references", `{"reference":"0458","day":"2023-12-31"}`, map[string]string{"Idempotency-Key": "note-0458"}, http.StatusCreated, &answer)
	if len(answer.References) != 1 || answer.References[0].Reference != "0458" {
		t.Errorf("%+v", answer)
	}
	c.api("leader", http.MethodPost, path+"/references", `{"reference":"0459","day":"2023-12-31"}`, map[string]string{"Idempotency-Key": "note-0459"}, http.StatusForbidden, nil)
}
