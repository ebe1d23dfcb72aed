package payoutweb_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"matbang/internal/payout"
)

// orderLike is the code of the first order of a state and method.
func (c *city) orderLike(query string) string {
	c.t.Helper()
	var list struct{ Items []payout.Order }
	c.api("auditor", http.MethodGet, "/payout-orders?limit=500&"+query, "", nil, http.StatusOK, &list)
	if len(list.Items) == 0 {
		c.t.Fatalf("the sample city has no order with %s", query)
	}
	return list.Items[0].Code
}

func (c *city) file(account, method, path string, status int) []byte {
	c.t.Helper()
	answer := c.Send(account, method, path, "application/x-www-form-urlencoded", "", nil)
	if answer.Code != status {
		c.t.Fatalf("%s %s %s: %d, want %d: %.300s", account, method, path, answer.Code, status, answer.Body)
	}
	return answer.Body.Bytes()
}

func TestPapersOfAnOrder(t *testing.T) {
	c := open(t)
	code := c.orderLike("state=released&method=transfer")
	at := "/payout-orders/" + code + "/papers"
	c.Page("accountant", at, nil, http.StatusOK, "Danh sách chi trả ký nhận", "Giấy rút vốn 05.a/TT", "list.xlsx", "pain001.xml", "transfer-generic.csv", "chưa xác nhận với ngân hàng")
	c.Page("accountant", "/payout-orders/"+code, nil, http.StatusOK, at+"/list.pdf")
	if body := c.Page("leader", at, nil, http.StatusOK); strings.Contains(body, "pain001.xml") && strings.Contains(body, "<button class=\"btn btn-sm\">list.pdf") {
		t.Error("full papers are offered to whoever may not open numbers")
	}

	for _, f := range []string{"list.pdf", "slip.pdf"} {
		if !bytes.HasPrefix(c.file("leader", http.MethodGet, at+"/"+f, http.StatusOK), []byte("%PDF")) {
			t.Errorf("%s is no PDF", f)
		}
	}
	if !bytes.Equal(c.file("accountant", http.MethodPost, at+"/list.pdf", http.StatusOK), c.file("auditor", http.MethodPost, at+"/list.pdf", http.StatusOK)) {
		t.Error("the same released order gives other bytes")
	}
	full, masked := c.workbook(c.file("accountant", http.MethodPost, at+"/list.xlsx", http.StatusOK)), c.workbook(c.file("leader", http.MethodGet, at+"/list.xlsx", http.StatusOK))
	number := regexp.MustCompile(`9991\d{8}`)
	if !number.MatchString(full) || number.MatchString(masked) || !strings.Contains(masked, "••••••") {
		t.Error("identity numbers are not opened or not masked as they should be")
	}

	c.file("leader", http.MethodPost, at+"/list.pdf", http.StatusForbidden)
	c.file("clearance", http.MethodGet, at+"/list.pdf", http.StatusForbidden)
	c.file("leader", http.MethodGet, at+"/transfer-generic.csv", http.StatusForbidden)
	for _, wrong := range []string{"list.exe", "x.pdf", "calls-1.pdf", "vietqr.pdf", "transfer.pdf"} {
		if answer := c.Send("leader", http.MethodGet, at+"/"+wrong, "", "", nil); answer.Code < 400 {
			t.Errorf("%s: %d", wrong, answer.Code)
		}
	}
	if csv := string(c.file("accountant", http.MethodPost, at+"/transfer-generic.csv", http.StatusOK)); !strings.HasPrefix(csv, "STT,MA THANH TOAN,") || !strings.Contains(csv, "CHI TRA BT HT") {
		t.Errorf("%.200s", csv)
	}
	var events int
	if err := c.App.DB.Read(t.Context()).GetContext(t.Context(), &events, `SELECT count(*) FROM audit_event WHERE act = 'payout.paper' AND object_code = $1`, code); err != nil || events != 4 {
		t.Errorf("%d openings in the log, %v", events, err)
	}
}

func (c *city) workbook(content []byte) string {
	c.t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		c.t.Fatal(err)
	}
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		c.t.Fatal(err)
	}
	text := ""
	for _, r := range rows {
		text += strings.Join(r, "|") + "\n"
	}
	return text
}

func TestCodesOfTheTreasury(t *testing.T) {
	c := open(t)
	code := c.orderLike("state=released&method=transfer")
	at := "/payout-orders/" + code
	if to := c.Page("accountant", at+"/papers/pain001.xml", url.Values{}, http.StatusSeeOther); to != at+"/papers" {
		t.Errorf("sent to %s", to)
	}
	form := url.Values{"valid_from": {"1/1/2023"}, "chapter": {"599"}, "payer_account": {"3751.0.1234567"}, "payer_bank": {"Kho bạc Nhà nước Bắc Kạn"}, "payer_name": {"Trung tâm Phát triển quỹ đất"}}
	bad := url.Values{"valid_from": {"không"}, "chapter": {"chương lạ"}}
	c.Page("accountant", at+"/treasury-codes", bad, http.StatusUnprocessableEntity, "chương lạ")
	c.Page("chief-accountant", at+"/treasury-codes", form, http.StatusForbidden)
	c.Page("accountant", at+"/treasury-codes", form, http.StatusSeeOther)
	c.Page("accountant", at+"/papers", nil, http.StatusOK, "599", "3751.0.1234567")
	if body := c.Page("leader", at+"/papers", nil, http.StatusOK); strings.Contains(body, "3751.0.1234567") {
		t.Error("the account is shown to whoever need not know it")
	}
	if err := xml.Unmarshal(c.file("accountant", http.MethodPost, at+"/papers/pain001.xml", http.StatusOK), new(struct {
		XMLName xml.Name `xml:"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09 Document"`
	})); err != nil {
		t.Error(err)
	}
	c.api("accountant", http.MethodPost, "/payout-orders/"+code+"/treasury-codes", `{"valid_from":"2023-01-01","codes":{"chapter":"599","nonsense":"x"}}`, nil, http.StatusUnprocessableEntity, nil)
	var codes map[string]string
	c.api("accountant", http.MethodPost, "/payout-orders/"+code+"/treasury-codes", `{"valid_from":"2023-01-01","codes":{"chapter":"600"}}`, nil, http.StatusOK, &codes)
	if codes["chapter"] != "600" || codes["payer_bank"] == "" {
		t.Errorf("%v", codes)
	}
}

func TestThePictureOfAPayment(t *testing.T) {
	c := open(t)
	code := c.orderLike("state=released&method=transfer")
	var order struct{ Payments []payout.Payment }
	c.api("auditor", http.MethodGet, "/payout-orders/"+code, "", nil, http.StatusOK, &order)
	payment := order.Payments[0].Code
	c.Page("accountant", "/payments/"+payment, nil, http.StatusOK, "/payments/"+payment+"/vietqr")
	c.Page("accountant", "/payments/"+payment+"/vietqr", url.Values{}, http.StatusOK, "<svg", "QRIBFTTA")
	c.Page("leader", "/payments/"+payment+"/vietqr", url.Values{}, http.StatusForbidden)
	var body struct{ Text string }
	c.api("accountant", http.MethodPost, "/payments/"+payment+"/vietqr", "", nil, http.StatusOK, &body)
	if !strings.HasPrefix(body.Text, "00020101021238") {
		t.Errorf("%q", body.Text)
	}
}

func TestCallsToCollect(t *testing.T) {
	c := open(t)
	code := c.orderLike("state=released&method=transfer")
	c.api("accountant", http.MethodPost, "/payout-orders/"+code+"/calls", `{"day":"2099-01-01","hour":"08:00","place":"x","bring":""}`, map[string]string{"Idempotency-Key": "call-0001"}, http.StatusConflict, nil)
	cash := c.orderLike("state=released&method=cash")
	at := "/payout-orders/" + cash
	body := c.Page("accountant", at+"/papers", nil, http.StatusOK, "Chưa mời lần nào", "Mời nhận tiền")
	form := keys(t, body)
	form.Set("day", "1/1/2020")
	form.Set("hour", "25:00")
	form.Set("place", "Nhà văn hóa tổ 7")
	c.Page("accountant", at+"/calls", form, http.StatusUnprocessableEntity, "Nhà văn hóa tổ 7", "25:00", "Giờ viết dạng 08:30")

	err := c.App.DB.Run(t.Context(), func(ctx context.Context) error {
		_, err := c.App.DB.Write(ctx).ExecContext(ctx, `INSERT INTO payment_call (payment_id, number, day, hour, place, bring, made_by, made_on)
			SELECT p.id, 1, '2023-12-31', '08:30', 'Nhà văn hóa tổ 7', 'căn cước công dân', (SELECT min(id) FROM app_user), '2023-12-30'
			FROM payment p JOIN payout_order o ON o.id = p.order_id WHERE o.code = $1`, cash)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Page("leader", at+"/papers", nil, http.StatusOK, "Nhà văn hóa tổ 7", "08:30", at+"/papers/calls-1.pdf")
	if !bytes.HasPrefix(c.file("leader", http.MethodGet, at+"/papers/calls-1.docx", http.StatusOK), []byte("PK")) {
		t.Error("the letters are no DOCX")
	}
	c.file("leader", http.MethodGet, at+"/papers/calls-2.pdf", http.StatusNotFound)
	var calls struct{ Items []payout.Call }
	c.api("leader", http.MethodGet, "/payout-orders/"+cash+"/calls", "", nil, http.StatusOK, &calls)
	if len(calls.Items) == 0 || calls.Items[0].Hour != "08:30" {
		t.Errorf("%+v", calls.Items)
	}
}
