package progressweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestDraftsSaveThemselves(t *testing.T) {
	s := open(t)
	s.has(s.post("/progress/draft?month=2023-12", http.StatusOK, typed("0000001", "0", blank, "600.000", "500.000")...),
		`"0000001":{"version":1,"was":"600.000|600.000|500.000|500.000|50|false||","state":"draft","word":"Nháp","needs":[]}`)
	refused := s.post("/progress/draft?month=2023-12", http.StatusConflict, typed("0000001", "0", blank, "700.000", "500.000")...)
	s.has(refused, `"theirs":{"0000001":1}`, "Lan đã thay đổi mục này", `"0000001.executed"`)
	s.has(s.post("/progress/draft?month=2023-12", http.StatusConflict, typed("0000001", "1", "x", "sáu", "500.000")...), `"0000001.executed":"“sáu” không phải`)
	s.has(s.post("/progress/draft?month=2023-12", http.StatusConflict, typed("0000001", "1", "x", "600.000", "1.500.000")...), "vượt số được giải ngân")
	s.as("planning-head").send(http.MethodPost, "/progress/draft", "", nil, http.StatusForbidden)
}

func TestAPastedBlockFillsTheGridOrNamesItsCells(t *testing.T) {
	s := open(t)
	const path = "/progress/paste?month=2023-12"
	s.has(s.get(path), `id="paste"`, "Điền vào bảng")
	block := "Mã\tGiải ngân\tLũy kế T12\tƯớc hết T12\tKBNN xác nhận\t% KL\tChủ đầu tư\n0000002\tsáu tỷ\t5.000.000\t6.000.000\t1.000.000\t50\tA\n9999999\t1\n0000001\t20.000\t7.000.000\t8.000.000\t0\t60\tB\n"
	s.has(s.post(path, http.StatusUnprocessableEntity, "paste", block, "unit", "1"), "0000002, Giải ngân: “sáu tỷ” không phải là số tiền", `value="sáu tỷ"`,
		`name="0000001.executed" value="7.000.000"`, "hai mươi nghìn đồng", "9999999 (dòng 3)", "Không dùng cột: Chủ đầu tư", "0000001, Giải ngân")
	s.has(s.get("/progress"), "chưa nhập 2")
	clean := strings.NewReplacer("sáu tỷ", "1.000.000", "20.000", "1.000.000", "9999999\t1\n", "").Replace(block)
	s.has(s.post(path, http.StatusOK, append([]string{"paste", clean, "unit", "1"}, typed("0000001", "0", blank, "1", "1")...)...), "Đã điền 10 ô", `name="0000001.disbursed" value="1.000.000"`, `name="0000001.was" value="`+blank+`"`)
	s.has(s.post(path, http.StatusUnprocessableEntity, "paste", "abc", "unit", "1"), "Không thấy mã công trình", ">abc</textarea>")

	form := url.Values{"paste": {block}, "unit": {"1000000"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+path, strings.NewReader(form.Encode()))
	must(t, err)
	req.Header.Set("Authorization", "Bearer planner")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := s.http.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		t.Errorf("for the page's script: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
}

func TestRowsThatNoLongerMatchTheFilterKeepWhatWasTyped(t *testing.T) {
	s := open(t)
	s.post("/progress", http.StatusSeeOther, typed("0000001", "0", blank, "600.000", "500.000")...)
	s.has(s.post("/progress?state=missing", http.StatusConflict, typed("0000001", "0", blank, "700.000", "500.000")...), `value="700.000"`, "Lan đã thay đổi mục này")
	s.post("/progress?state=missing", http.StatusSeeOther, append(typed("0000002", "0", blank, "600.000", "500.000"), "act", "submit")...)
	s.has(s.get("/progress?state=submitted"), "0000002")
}

func TestAnIssuedMonthIsCorrectedThroughThePages(t *testing.T) {
	s := open(t)
	head := s.as("planning-head")
	const november = "/api/v1/projects/0000001/progress/2023-11"
	const body = `{"executed_vnd":600000,"estimate_month_end_vnd":600000,"disbursed_vnd":500000,"disbursed_treasury_vnd":500000,"physical_bp":5000}`
	s.send(http.MethodPut, november, "application/json", strings.NewReader(body), http.StatusOK)
	s.send(http.MethodPost, november+"/submit", "application/json", nil, http.StatusOK)
	head.send(http.MethodPost, november+"/accept", "application/json", nil, http.StatusOK)
	s.exec(`INSERT INTO report_issue (kind, month, number, issued_on, document, sha256, cutoff, issued_by) VALUES ('monthly', '2023-11-01', '1', '2023-12-05', '{}', repeat('0', 64), now(), 1)`)

	s.has(s.get("/projects/0000001/progress"), `name="for_month"`, `value="2023-11"`, `value="2023-12"`)
	s.has(s.post("/projects/0000001/adjustments", http.StatusUnprocessableEntity, "for_month", "2023-11", "in_month", "2023-12", "figure", "executed", "change", "-700.000", "reason", "x"),
		"không được nhỏ hơn 0", `value="-700.000"`)
	s.post("/projects/0000001/adjustments", http.StatusSeeOther, "for_month", "2023-11", "in_month", "2023-12", "figure", "executed", "change", "−50.000", "reason", "nghiệm thu lại")
	s.has(s.get("/projects/0000001/progress"), "DC-1", "nghiệm thu lại", "Rút lại")
	s.has(s.get("/progress"), "Điều chỉnh DC-1 của tháng 11/2023", `data-prev="550.000"`)
	s.has(s.get("/api/v1/projects/0000001/adjustments"), `"change_vnd":-50000`, `"for_month":"2023-11"`)
	s.has(s.send(http.MethodPost, "/api/v1/projects/0000001/adjustments", "application/json",
		strings.NewReader(`{"in_month":"2023-12","for_month":"2023-11","figure":"physical","change_bp":-100,"reason":"đo lại"}`), http.StatusOK), `"code":"DC-2"`, `"change_bp":-100`)
	s.send(http.MethodPost, "/api/v1/projects/0000001/adjustments/DC-2/withdraw", "application/json", strings.NewReader(`{"reason":"nhầm"}`), http.StatusOK)
	s.post("/projects/0000001/adjustments/DC-1/withdraw", http.StatusSeeOther, "withdraw_reason", "")
	s.has(s.get("/projects/0000001/progress"), "Không được để trống")
	s.post("/projects/0000001/adjustments/DC-1/withdraw", http.StatusSeeOther, "withdraw_reason", "nhầm công trình")
	s.has(s.get("/projects/0000001/progress"), "đã rút lại", "rút lại DC-1")
	head.send(http.MethodPost, "/projects/0000001/adjustments", "", nil, http.StatusForbidden)
}

func TestAJumpAsksForItsReasonUnderTheRow(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO progress_entry (project_id, month, state, executed, estimate_month_end, disbursed, disbursed_treasury, physical_bp, entered_by, changed_by, submitted_by, accepted_by, accepted_at)
		VALUES (1, '2023-11-01', 'accepted', 100000, 100000, 100000, 100000, 4000, 1, 1, 1, 2, now())`)
	s.post("/progress", http.StatusSeeOther, typed("0000001", "0", blank, "90.000", "100.000")...)
	s.has(s.get("/progress"), "▼ 90.000 đ, thấp hơn 100.000 đ", `name="0000001.reason"`)
	left := "90.000|90.000|100.000|100.000|50|false||"
	s.has(s.post("/progress", http.StatusUnprocessableEntity, append(typed("0000001", "1", left, "90.000", "100.000"), "act", "submit")...),
		"0000001, Lũy kế thực hiện", "cần lý do")
	s.post("/progress", http.StatusSeeOther, append(typed("0000001", "1", left, "90.000", "100.000"), "0000001.reason", "nghiệm thu lại", "act", "submit")...)
	head := s.as("planning-head")
	head.has(head.get("/progress"), "Lý do: nghiệm thu lại", `name="0000001.return_reason"`)
	head.post("/progress/return", http.StatusSeeOther, "pick", "0000001", "0000001.version", "3", "0000001.return_reason", "chưa có biên bản")
	s.has(s.get("/progress"), "Bị trả lại: chưa có biên bản", `value="nghiệm thu lại"`)
	s.has(s.send(http.MethodPut, "/api/v1/projects/0000001/progress/2023-12", "application/json",
		strings.NewReader(`{"executed_vnd":80000,"estimate_month_end_vnd":80000,"disbursed_vnd":100000,"disbursed_treasury_vnd":100000,"physical_bp":5000,"reason":""}`), http.StatusConflict), "changed_meanwhile")
}
