package landweb_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// send posts a file of cases as the form does; an empty content sends none.
func (s *site) send(who, act, project, content string, status int) (string, string) {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	s.must(form.WriteField("act", act))
	s.must(form.WriteField("project", project))
	if content != "" {
		file, err := form.CreateFormFile("file", "ho-so.csv")
		s.must(err)
		_, err = file.Write([]byte(content))
		s.must(err)
	}
	s.must(form.Close())
	return s.call(who, http.MethodPost, "/cases/import", form.FormDataContentType(), body.String(), status)
}

const caseHead = "Mã dự án;Đối tượng;Tên chủ sử dụng đất;Phường, xã nơi ở;Phường, xã có đất;Tờ bản đồ;Số thửa;Loại đất;Diện tích thửa;Diện tích thu hồi\n"

func TestImportOfCases(t *testing.T) {
	s := open(t)
	good := caseHead + "7000001;Hộ gia đình;Nông Văn Bảo;Phường Đức Xuân;Phường Đức Xuân;12;17+175;ONT;300;85,60\n" +
		"7000001;Hộ gia đình;Nông Văn Bảo;;Phường Đức Xuân;12;263A;CLN;500;100\n"
	has(t, s.get("clearance", "/cases/import?project=7000001", 200), "Kiểm tra", "Ghi vào hệ thống", "Tải tệp mẫu", `value="7000001" selected`)

	_, page := s.send("clearance", "check", "7000001", good, 200)
	has(t, page, "Sẽ mở 1 hồ sơ, 2 thửa", "185,60", "12/17&#43;175, 12/263A", "2, 3", `value="7000001" selected`)
	if page := s.get("clearance", "/cases", 200); strings.Contains(page, "Nông Văn Bảo") {
		t.Error("a check has written")
	}

	place, _ := s.send("clearance", "write", "7000001", good, 303)
	if place != "/cases?project=7000001" {
		t.Errorf("gone to %s", place)
	}
	has(t, s.get("clearance", "/cases", 200), "Nông Văn Bảo", "7000001-0001", "185,60")

	_, page = s.send("clearance", "write", "7000001", good, 422)
	has(t, page, "Chưa ghi gì", "đã có hồ sơ 7000001-0001", `value="7000001" selected`)
}

func TestARefusedFileIsShownByItsCells(t *testing.T) {
	s := open(t)
	_, page := s.send("clearance", "write", "7000001", caseHead+"7000001;Hộ gia đình;Hà Thị Mai;Phường Đức Xuân;Phường Đức Xuân;12;5;ONT;1.234;<script>\n", 422)
	has(t, page, "có 2 chỗ cần sửa", "I · Diện tích thửa", "1.234,00", "1,23", "&lt;script&gt;", `value="7000001" selected`)
	_, page = s.send("clearance", "write", "7000001", "", 422)
	has(t, page, "Ghi vào hệ thống", `value="7000001" selected`)
	_, page = s.send("clearance", "check", "7000001", "\xff\xfe\x00", 422)
	has(t, page, "không phải XLSX", `value="7000001" selected`)
	s.send("leader", "write", "7000001", caseHead, 403)
	s.get("leader", "/cases/import", 403)
}

func TestTheTemplateOfCases(t *testing.T) {
	if body := open(t).get("ward", "/cases/template.xlsx", 200); !strings.HasPrefix(body, "PK") {
		t.Error("no workbook")
	}
}
