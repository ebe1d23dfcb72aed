package paper_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"matbang/internal/day"
	"matbang/internal/paper"
)

// list is a long table in landscape, letter a short text in portrait.
func list(rows int) paper.Doc {
	t := paper.Table{Size: 9, Columns: []paper.Column{{Title: "STT", Width: 6, Align: paper.Center}, {Title: "Họ và tên", Width: 30}, {Title: "Địa chỉ", Width: 40}, {Title: "Số tiền (đồng)", Width: 20, Align: paper.Right}, {Title: "Ký nhận", Width: 24}}}
	for i := range rows {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), "Nguyễn Thị Hường <& con> Ặẵỡữỵ", "Tổ 7, phường Đức Xuân, thành phố Bắc Kạn, một địa chỉ dài cần hai dòng trở lên", "185.640.000", ""}, Height: 9})
	}
	t.Rows = append(t.Rows, paper.Row{Cells: []string{"", "Tổng cộng", "", "185.640.000", ""}, Total: true})
	return paper.Doc{Landscape: true, Parent: "UBND thành phố Bắc Kạn", Agency: "Trung tâm Phát triển quỹ đất", Place: "Bắc Kạn", Day: day.Must("2023-02-05"), Number: "LC-2023-012",
		Title: "Danh sách chi trả", About: "Đường Phiêng My – Nà Áng", Foot: "Lệnh chi LC-2023-012 · mã nội dung 0123456789ab",
		Body: []paper.Block{paper.Of(t), paper.Italic("Bằng chữ: một trăm tám mươi lăm triệu sáu trăm bốn mươi nghìn đồng.", paper.Left),
			paper.Sign(paper.Signature{Role: "Người lập", Hint: "(Ký, họ tên)", Name: "Hoàng Văn A"}, paper.Signature{Role: "Kế toán", Hint: "(Ký, họ tên)"},
				paper.Signature{Role: "Thủ quỹ", Hint: "(Ký, họ tên)"}, paper.Signature{Role: "Đại diện UBND phường", Hint: "(Ký, họ tên, đóng dấu)"}, paper.Signature{Role: "Thủ trưởng đơn vị", Hint: "(Ký, họ tên, đóng dấu)"})}}
}

func letter() paper.Doc {
	return paper.Doc{Parent: "UBND thành phố Bắc Kạn", Agency: "Trung tâm Phát triển quỹ đất", Place: "Bắc Kạn", Form: "Mẫu số 05.a/TT", Title: "Giấy mời", About: "Nhận tiền bồi thường, hỗ trợ",
		Body: []paper.Block{paper.Line("Kính gửi: Bà Nông Thị Huệ"), paper.Text(strings.Repeat("Trung tâm Phát triển quỹ đất trân trọng kính mời bà đến nhận tiền bồi thường, hỗ trợ khi Nhà nước thu hồi đất. ", 3)),
			paper.Text("Khi đến mang theo căn cước công dân."), paper.Sign(paper.Signature{Copies: []string{"- Như trên;", "- Lưu: VT."}}, paper.Signature{Role: "Giám đốc", Hint: "(Ký, họ tên, đóng dấu)"})},
		Foot: "mã nội dung 0123456789ab"}
}

func written(t *testing.T, write func(io.Writer, ...paper.Doc) error, docs ...paper.Doc) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out, docs...); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("MATBANG_KEEP_PAPERS"); dir != "" { // to look at them
		name := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_")+fmt.Sprint(len(docs))+map[bool]string{true: ".pdf", false: ".docx"}[bytes.HasPrefix(out.Bytes(), []byte("%PDF"))])
		if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

var stream = regexp.MustCompile(`(?s)stream\r?\n(.*?)endstream`)

// pdfText is what the pages of a PDF show, piece by piece; the pieces are UTF-16.
func pdfText(t *testing.T, content []byte) string {
	t.Helper()
	var pages strings.Builder
	for _, m := range stream.FindAllSubmatch(content, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		plain, err := io.ReadAll(r)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			continue
		}
		for _, piece := range regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\)\s*Tj`).FindAllSubmatch(plain, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAllFunc(piece[1], func(b []byte) []byte {
				if b[1] == 'r' {
					return []byte("\r")
				}
				return b[1:]
			})
			units := make([]uint16, len(raw)/2)
			for i := range units {
				units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
			}
			pages.WriteString(string(utf16.Decode(units)) + "\n")
		}
	}
	return pages.String()
}

// docxText is the text of the document part, and proves that every part is well formed.
func docxText(t *testing.T, content []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d, part := xml.NewDecoder(r), ""
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if chars, ok := token.(xml.CharData); ok {
				part += string(chars) + "\n"
			}
		}
		if f.Name == "word/document.xml" {
			text = part
		}
	}
	return text
}

func TestBothFormsSayTheSame(t *testing.T) {
	for name, d := range map[string]paper.Doc{"list": list(40), "letter": letter()} {
		t.Run(name, func(t *testing.T) {
			pdf, docx := pdfText(t, written(t, paper.PDF, d)), docxText(t, written(t, paper.DOCX, d))
			pdf = strings.ReplaceAll(pdf, " \n", "\n") + strings.ReplaceAll(strings.ReplaceAll(pdf, " \n", "\n"), "\n", " ") // in lines, and as one line
			words := []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "UBND THÀNH PHỐ BẮC KẠN", "TRUNG TÂM PHÁT TRIỂN QUỸ ĐẤT"}
			if name == "list" {
				words = append(words, "DANH SÁCH CHI TRẢ", "Số: LC-2023-012", "Bắc Kạn, ngày 05 tháng 02 năm 2023", "185.640.000", "Tổng cộng", "THỦ QUỸ", "Hoàng Văn A", "Bằng chữ: một trăm tám mươi lăm triệu sáu trăm bốn mươi nghìn đồng.")
			} else {
				words = append(words, "GIẤY MỜI", "Mẫu số 05.a/TT", "Kính gửi: Bà Nông Thị Huệ", "GIÁM ĐỐC", "Nơi nhận:", "- Như trên;")
			}
			for _, w := range words {
				if !strings.Contains(pdf, w) {
					t.Errorf("the PDF does not say %q", w)
				}
				if !strings.Contains(docx, w) {
					t.Errorf("the DOCX does not say %q", w)
				}
			}
			if name == "list" && (strings.Count(pdf, "Họ và tên") < 2 || strings.Count(pdf, d.Foot) < 2) {
				t.Error("head or foot is not repeated on each page")
			}
		})
	}
}

func TestTheSameDocumentIsTheSameBytes(t *testing.T) {
	for name, write := range map[string]func(io.Writer, ...paper.Doc) error{"pdf": paper.PDF, "docx": paper.DOCX} {
		first := written(t, write, list(12), letter())
		for range 5 {
			if !bytes.Equal(first, written(t, write, list(12), letter())) {
				t.Fatalf("%s: other bytes", name)
			}
		}
	}
}

func TestTheDigestTellsTheContent(t *testing.T) {
	a, b := list(3), list(3)
	b.Foot = "another"
	if a.Digest() != b.Digest() || len(a.Digest()) != 12 {
		t.Error("the foot is part of the digest")
	}
	if b.Body[0].Table.Columns[1].Width++; a.Digest() != b.Digest() {
		t.Error("another look has another digest")
	}
	b.Body[0].Table.Rows[1].Cells[3] = "185.640.001"
	if a.Digest() == b.Digest() {
		t.Error("another amount has the same digest")
	}
}

// Names come from people: nothing they hold may break a file.
func FuzzPaper(f *testing.F) {
	for _, s := range []string{"=1+1", "a\x00b\r\nc", "]]></w:t>", "\U0001F600", "\xff\xfe", "\\(", strings.Repeat("x", 300), ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := list(1)
		d.Title, d.Foot, d.Body[0].Table.Rows[0].Cells[1] = text, text, text
		d.Body = append([]paper.Block{paper.Text(text)}, d.Body...)
		written(t, paper.PDF, d)
		docxText(t, written(t, paper.DOCX, d))
	})
}
