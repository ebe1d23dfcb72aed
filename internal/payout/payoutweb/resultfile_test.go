package payoutweb_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"matbang/internal/payout"
	"matbang/internal/payout/payoutsheet"
	"matbang/internal/vnd"
)

// releasedOrder makes an order over one award by its three people and gives its first payment.
func (c *city) releasedOrder() payout.Payment {
	c.t.Helper()
	project, key, amount := c.openAward()
	empty := c.Page("accountant", "/new/payout-order?project="+project+"&all=1", nil, http.StatusOK)
	source := find(c.t, empty, `name="source"(?:.|\n)*?<option value="(\w+)"`)
	form := with(keys(c.t, empty), "project", project, "method", "cash", "source", source, "content", "Chi đợt thử", "pick", key, "amount."+key, amount)
	path := c.Page("accountant", "/payout-orders", form, http.StatusSeeOther)
	for _, step := range []struct{ account, act string }{{"accountant", "submit"}, {"chief-accountant", "approve"}, {"director", "release"}} {
		c.Page(step.account, path+"/"+step.act, keys(c.t, c.Page(step.account, path, nil, http.StatusOK)), http.StatusSeeOther)
	}
	var order struct{ Payments []payout.Payment }
	c.api("accountant", http.MethodGet, path, "", nil, http.StatusOK, &order)
	return order.Payments[0]
}

// fill writes rows into the downloaded template: its payment, then kind, day, amount, reason, paper, number.
func (c *city) fill(template []byte, rows ...[7]any) []byte {
	c.t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(template))
	c.must(err)
	name := f.GetSheetName(0)
	lines, err := f.GetRows(name)
	c.must(err)
	for i, row := range rows {
		at := len(lines) + 1 + i
		for line := range lines {
			if len(lines[line]) > 0 && lines[line][0] == row[0] && i == 0 {
				at = line + 1
			}
		}
		for k, column := range []string{"A", "D", "E", "F", "G", "H", "I"} {
			c.must(f.SetCellValue(name, fmt.Sprint(column, at), row[k]))
		}
	}
	var out bytes.Buffer
	c.must(f.Write(&out))
	return out.Bytes()
}

func (c *city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// sendFile posts a workbook as the form does.
func (c *city) sendFile(account, act string, content []byte, status int, words ...string) {
	c.t.Helper()
	c.sendTo("/payments/import", account, act, content, status, words...)
}

func (c *city) sendTo(path, account, act string, content []byte, status int, words ...string) {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	c.must(w.WriteField("act", act))
	part, err := w.CreateFormFile("file", "ket-qua.xlsx")
	c.must(err)
	_, err = part.Write(content)
	c.must(err)
	c.must(w.Close())
	answer := c.Send(account, http.MethodPost, path, w.FormDataContentType(), body.String(), nil)
	text := html.UnescapeString(answer.Body.String())
	if answer.Code != status {
		c.t.Fatalf("%d, want %d: %s", answer.Code, status, text)
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			c.t.Errorf("the answer does not say %q: %s", word, text)
		}
	}
}

// A workbook of results comes back with each fault at its cell; right, it is checked, written once, and refused when it comes again.
func TestResultsFromAFile(t *testing.T) {
	c := open(t)
	p := c.releasedOrder()
	template := c.file("accountant", http.MethodGet, "/payments/results.xlsx?order="+url.QueryEscape(p.OrderCode), http.StatusOK)
	if text := c.workbook(template); !strings.Contains(text, p.Code) || !strings.Contains(text, p.Payee) {
		t.Error("the template does not hold the open payment")
	}
	paid := c.orderLike("state=released&method=transfer")
	var before struct{ Payments []payout.Payment }
	c.api("accountant", http.MethodGet, "/payout-orders/"+paid, "", nil, http.StatusOK, &before)
	row := func(code, kind, on string, amount any, reason string) [7]any {
		return [7]any{code, kind, on, amount, reason, "Danh sách ký nhận", "DS 07"}
	}
	c.sendFile("accountant", "write", c.fill(template,
		row(p.Code, "Đã chi", "31/12/2023", int64(p.Amount)+1, ""),
		row(p.Code, "Đã chi", "31/12/2023", int64(p.Amount), ""),
		row("GPMB23T99999", "Đã chi", "31/12/2023", 1, ""),
		row(before.Payments[0].Code, "Đã chi", "31/12/2023", 1, ""),
		row("GPMB23T00001", "Chi rồi", "31/13/2023", "1,5", "")),
		http.StatusUnprocessableEntity, "Chưa ghi gì", "F · Số tiền", "chỉ còn", "A · Mã khoản chi", "GPMB23T99999", "E · Ngày", "D · Kết quả", "hai lần: dòng này và dòng")
	c.sendFile("accountant", "write", c.fill(template, row(p.Code, "Bị trả lại", "01/01/2024", int64(p.Amount), "")), http.StatusUnprocessableEntity, "G · Lý do", "E · Ngày")
	c.sendFile("accountant", "check", template, http.StatusOK, "Tệp không có dòng số liệu nào")

	half := p.Amount / 2
	good := c.fill(template, row(p.Code, "Đã chi", "31/12/2023", int64(half), ""))
	c.sendFile("accountant", "check", good, http.StatusOK, "Tệp đúng: 1 dòng")
	c.Page("accountant", "/payments/"+p.Code, nil, http.StatusOK, "Chưa có kết quả nào")
	c.sendFile("accountant", "write", good, http.StatusSeeOther)
	c.Page("accountant", "/payments/"+p.Code, nil, http.StatusOK, "Chi một phần", "DS 07")
	c.sendFile("leader", "write", good, http.StatusForbidden)

	rest := c.fill(template, row(p.Code, "Đã chi", "31/12/2023", int64(p.Amount-half), ""))
	c.resultsByAPI(rest, true, p.Amount-half)
	c.resultsByAPI(rest, false, p.Amount-half)
	c.sendFile("accountant", "write", rest, http.StatusUnprocessableEntity, "A · Mã khoản chi", p.Code)
	c.Page("accountant", "/payments/"+p.Code, nil, http.StatusOK, "Đã chi")
}

func (c *city) resultsByAPI(content []byte, dryRun bool, sum vnd.Amount) {
	c.t.Helper()
	answer := c.Send("accountant", http.MethodPost, fmt.Sprintf("/api/v1/payment-results/import?file_name=a.xlsx&dry_run=%t", dryRun), "application/octet-stream", string(content), nil)
	var result payoutsheet.Results
	c.must(json.Unmarshal(answer.Body.Bytes(), &result))
	if answer.Code != http.StatusOK || result.Written == dryRun || len(result.Faults) > 0 || len(result.Sums) != 1 || result.Sums[0].Amount != sum {
		c.t.Errorf("%d %s", answer.Code, answer.Body)
	}
}

// Money put on deposit comes by file with all that its register says, each fault at its cell; the director's file, not the accountant's.
func TestDepositsFromAFile(t *testing.T) {
	c := open(t)
	p := c.releasedOrder()
	template := c.file("director", http.MethodGet, "/deposits/template.xlsx?order="+url.QueryEscape(p.OrderCode), http.StatusOK)
	if text := c.workbook(template); !strings.Contains(text, p.Code) {
		t.Error("the template does not hold the payment")
	}
	filled := func(values ...any) []byte {
		f, err := excelize.OpenReader(bytes.NewReader(template))
		c.must(err)
		name := f.GetSheetName(0)
		lines, err := f.GetRows(name)
		c.must(err)
		for at, line := range lines {
			for k, column := range []string{"D", "E", "F", "G", "H", "I", "J", "K", "L"} {
				if len(line) > 0 && line[0] == p.Code {
					c.must(f.SetCellValue(name, fmt.Sprint(column, at+1), values[k]))
				}
			}
		}
		var out bytes.Buffer
		c.must(f.Write(&out))
		return out.Bytes()
	}
	send := func(account, act string, content []byte, status int, words ...string) {
		t.Helper()
		c.sendTo("/deposits/import", account, act, content, status, words...)
	}
	send("director", "write", filled("31/12/2023", int64(p.Amount)+1, "Lý do khác", "", "Kho bạc", "Tạm giữ", "3941", "12/BB", "01/01/2024"), http.StatusUnprocessableEntity,
		"E · Số tiền", "G · Nói rõ lý do", "L · Ngày biên bản")
	good := filled("31/12/2023", int64(p.Amount), "Từ chối nhận", "", "Kho bạc Nhà nước Bắc Kạn", "Tạm giữ GPMB", "3941.0.1", "12/BB-TG", "30/12/2023")
	send("accountant", "write", good, http.StatusForbidden)
	send("director", "check", good, http.StatusOK, "Tệp đúng: 1 dòng")
	c.Page("accountant", "/payments/"+p.Code, nil, http.StatusOK, "Chưa có kết quả nào")
	send("director", "write", good, http.StatusSeeOther)
	c.Page("accountant", "/payments/"+p.Code, nil, http.StatusOK, "Tạm giữ", "12/BB-TG")
	c.Page("director", "/deposits?payment="+p.Code, nil, http.StatusOK, "Từ chối nhận", "30")
	send("director", "write", good, http.StatusUnprocessableEntity, "A · Mã khoản chi")
}
