package progressweb_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"matbang/internal/progress"
)

// staff are the people of the site: the planner enters for the one unit, the head accepts.
func staff(context.Context) ([]progress.Person, error) {
	return []progress.Person{{User: 1, Unit: 1}, {User: 2, Accepts: true}}, nil
}

var obstacle = []string{"project", "0000001", "kind", "land", "level", "province", "body", "Sở Tài nguyên và Môi trường", "content", "Chờ mặt bằng", "opened_on", "1/11/2023", "due_on", "30/11/2023"}

func TestAnObstacleGoesThroughThePages(t *testing.T) {
	s := open(t)
	s.has(s.get("/new/obstacle"), "Chọn công trình bị vướng", "0000001 Đường Phiêng My")
	s.has(s.get("/new/obstacle?project=0000001"), `name="project" id="project" value="0000001"`, "Cơ quan, đơn vị được đề nghị giải quyết")
	s.has(s.post("/obstacles", http.StatusUnprocessableEntity, "project", "0000001", "content", "Chờ mặt bằng", "works", "0000009", "area", "1,5", "opened_on", "1/13/2023", "length", "dài"),
		"Chờ mặt bằng</textarea>", "không phải là ngày", "không phải là số nguyên", `value="0000009"`, `value="1,5"`)
	s.has(s.post("/obstacles", http.StatusUnprocessableEntity, append(obstacle, "works", "0000009")...), "Không có công trình 0000009")
	s.has(s.post("/obstacles", http.StatusUnprocessableEntity, append(obstacle, "households", "3")...), "Nhập 3 hộ, nhưng các công trình này chỉ còn 0 hộ")
	s.post("/obstacles", http.StatusSeeOther, append(obstacle, "works", "0000002, 0000001", "length", "1.200")...)
	s.has(s.get("/obstacles?state=late&q=mat+bang"), "VM-1", "Quá hạn", "/obstacles?age=60&amp;level=province")
	s.has(s.get("/obstacles?project=0000002&age=60"), "VM-1")
	s.has(s.get("/obstacles/VM-1"), "nêu vướng mắc", "Quá hạn 31 ngày", `href="/projects/0000002"`, "1.200")
	s.has(s.post("/obstacles/VM-1/answer", http.StatusUnprocessableEntity, "version", "1", "answer", "", "document_no", "12/STC", "answered_on", "20/12/2023"), "Không được để trống", `value="12/STC"`)
	s.post("/obstacles/VM-1/answer", http.StatusSeeOther, "version", "1", "answer", "Hẹn", "answered_by", "Sở", "answered_on", "20/11/2023", "promised_on", "15/12/2023")
	s.has(s.get("/obstacles/VM-1"), "quá hẹn", "15/12/2023", "ghi ý kiến trả lời")
	refused := s.post("/obstacles/VM-1/resolve", http.StatusConflict, "version", "1", "outcome", "Đã bàn giao", "resolved_on", "20/12/2023")
	s.has(refused, "Đã bàn giao</textarea>", `name="version" value="2"`, "Lan đã thay đổi mục này")
	s.post("/obstacles/VM-1/resolve", http.StatusSeeOther, "version", "2", "outcome", "Đã bàn giao", "resolved_on", "20/12/2023")
	s.has(s.get("/obstacles"), "Xong 20/12/2023")
	s.has(s.post("/obstacles/VM-1/reopen", http.StatusUnprocessableEntity, "version", "3", "content", "Vướng lại", "opened_on", "19/12/2023"), "không được trước ngày đã giải quyết xong 20/12/2023", "Vướng lại</textarea>")
	s.post("/obstacles/VM-1/reopen", http.StatusSeeOther, "version", "3", "content", "Vướng lại", "opened_on", "21/12/2023")
	s.has(s.get("/obstacles/VM-2"), "Nối tiếp", `href="/obstacles/VM-1"`)
	s.has(s.get("/obstacles/VM-1"), "Đã mở lại thành")
	s.as("leader").has(s.as("leader").get("/obstacles/VM-2"), "Vướng lại")
	s.as("leader").send(http.MethodPost, "/obstacles/VM-2/answer", "", nil, http.StatusForbidden)
}

func TestAnObstacleGoesThroughTheAPI(t *testing.T) {
	s := open(t)
	send := func(method, path, body string, status int) string {
		t.Helper()
		return s.send(method, "/api/v1/obstacles"+path, "application/json", strings.NewReader(body), status)
	}
	s.has(send(http.MethodPost, "", `{"project":"0000001","kind":"x","level":"province","body":"Sở","content":"Chờ","opened_on":"2023-11-01"}`, http.StatusUnprocessableEntity), `"field":"kind"`)
	s.has(send(http.MethodPost, "", `{"project":"0000001","kind":"capital","level":"province","body":"Sở","content":"Chờ vốn","opened_on":"2023-11-01","due_on":"2023-11-30"}`, http.StatusCreated),
		`"code":"VM-1"`, `"version":1`, `"households_left":0`)
	s.has(send(http.MethodPost, "/VM-1/answer", `{"answered_on":"2023-11-20","answered_by":"Sở","text":"Hẹn"}`, http.StatusUnprocessableEntity), "If-Match")
	match := func(path, version, body string, status int) string {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.base+"/api/v1/obstacles"+path, strings.NewReader(body))
		must(t, err)
		req.Header.Set("Authorization", "Bearer "+s.role)
		req.Header.Set("If-Match", version)
		res, err := s.http.Do(req)
		must(t, err)
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != status {
			t.Fatalf("%s: %d, want %d", path, res.StatusCode, status)
		}
		return res.Header.Get("ETag")
	}
	if tag := match("/VM-1/answer", `"1"`, `{"answered_on":"2023-11-20","answered_by":"Sở","text":"Hẹn"}`, http.StatusOK); tag != `"2"` {
		t.Errorf("ETag %s", tag)
	}
	match("/VM-1/resolve", `"1"`, `{"outcome":"Xong","resolved_on":"2023-12-20"}`, http.StatusConflict)
	match("/VM-1/resolve", `"2"`, `{"outcome":"Xong","resolved_on":"2023-12-20"}`, http.StatusOK)
	match("/VM-1/reopen", `"3"`, `{"content":"Vướng lại","opened_on":"2023-12-21"}`, http.StatusCreated)
	s.has(s.get("/api/v1/obstacles?state=resolved"), `"outcome":"Xong"`, `"reopened_by":"VM-2"`)
	s.has(s.get("/api/v1/obstacles/VM-1"), `"answer_list":[{`, `"text":"Hẹn"`)
	s.send(http.MethodGet, "/api/v1/obstacles/VM-9", "", nil, http.StatusNotFound)
}

func TestWhoHasNotReportedIsListedAndReminded(t *testing.T) {
	s := open(t)
	head := s.as("planning-head")
	head.has(head.get("/progress/missing?month=2023-12"), "Ban QLDA", "0000002", "Chưa nhập", "Nhắc ngay", "chưa nhắc lần nào")
	if body := s.get("/progress/missing?month=2023-12"); strings.Contains(body, "Nhắc ngay") {
		t.Error("a planner is offered to remind")
	}
	remind := []string{"month", "2023-12", "unit", "bql", "words"}
	s.post("/progress/remind", http.StatusForbidden, append(remind, "x")...)
	head.has(head.post("/progress/remind", http.StatusUnprocessableEntity, append(remind, strings.Repeat("a", 501))...), "Lời nhắc dài 501 ký tự", strings.Repeat("a", 501))
	head.post("/progress/remind", http.StatusSeeOther, append(remind, "Gửi trước 16 giờ")...)
	head.has(head.post("/progress/remind", http.StatusConflict, append(remind, "Gửi ngay")...), "Hôm nay đã nhắc", "Gửi ngay</textarea>")
	head.has(head.get("/progress/missing?month=2023-12"), "đã nhắc 1 lần, gần nhất 31/12/2023", "Gửi trước 16 giờ", "Chưa xem")
	head.post("/reminders/1/seen", http.StatusNotFound)
	s.post("/reminders/1/seen", http.StatusSeeOther)
	if body := head.get("/progress/missing?month=2023-12"); strings.Contains(body, "Chưa xem") {
		t.Error("the note is still not seen")
	}
	head.has(head.get("/api/v1/progress/missing?month=2023-12"), `"code":"0000001"`, `"state":"missing"`, `"count":1`)
	head.has(head.send(http.MethodPost, "/api/v1/progress/reminders", "application/json", strings.NewReader(`{"month":"2023-12","unit":"bql"}`), http.StatusConflict), "reminder.twice")
	s.send(http.MethodPost, "/api/v1/reminders/1/seen", "application/json", nil, http.StatusNoContent)
}
