// Package landsheet brings a file of cases into the room land: the columns of the file, and the way from its rows to the act that opens
// cases. One row is one parcel; rows of the same holder in the same work are one case. Nothing is written unless every row is right.
package landsheet

import (
	"context"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/land"
	"matbang/internal/region"
	"matbang/internal/sheet"
)

// Importer reads files of cases.
type Importer struct{ Land land.Land }

// Options of one import. Project is the work of all rows that name none; a row that names another is a fault.
type Options struct {
	Project string
	DryRun  bool
	Today   day.Date
}

// Result is what became of a file. Cases, Parcels and Recovered count what is right; nothing is written when there are faults or on a dry run.
type Result struct {
	Rows      int           `json:"rows"`
	Cases     int           `json:"cases"`
	Parcels   int           `json:"parcels"`
	Recovered area.Area     `json:"recovered_m2"`
	Planned   []Planned     `json:"planned"`
	Written   bool          `json:"written"`
	Faults    []sheet.Fault `json:"faults"`
}

// Planned is one case out of the file: written, or as it would be. Code is empty unless it was written.
type Planned struct {
	Code      string    `json:"code"`
	Project   string    `json:"project"`
	Holder    string    `json:"holder"` // the name, or the code of a known holder
	Ward      string    `json:"ward"`
	Parcels   string    `json:"parcels"`
	Recovered area.Area `json:"recovered_m2"`
	Rows      []int     `json:"rows"` // of the file
}

// word is a code of the room with the word that stands for it in a file.
type word struct{ code, text string }

func kinds() []word {
	return []word{{"household", "Hộ gia đình"}, {"individual", "Cá nhân"}, {"organisation", "Tổ chức"}}
}

func states() []word {
	return []word{{"present", "Có mặt"}, {"absent", "Vắng mặt"}, {"deceased", "Đã mất"}}
}

// wardWords are wards by name; two wards of one name bear their code too.
func wardWords(wards []region.Ward) []word {
	count := map[string]int{}
	for _, w := range wards {
		count[w.Name]++
	}
	words := make([]word, 0, len(wards))
	for _, w := range wards {
		text := w.Name
		if count[w.Name] > 1 {
			text += " – " + w.Code
		}
		words = append(words, word{w.Code, text})
	}
	return words
}

func texts(words []word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

// codeOf is the code of a word; empty for an empty cell.
func codeOf(words []word, text string) string {
	for _, w := range words {
		if w.text == text {
			return w.code
		}
	}
	return ""
}

// Spec is the columns of a file of cases; wards are those that stand today. The column of the work is needed unless the work is given.
func Spec(wards []region.Ward, project string) sheet.Spec {
	places := texts(wardWords(wards))
	return sheet.Spec{Name: "Hồ sơ thu hồi đất", Columns: append(holderColumns(places, project), landColumns(places)...)}
}

func holderColumns(places []string, project string) []sheet.Column {
	const fresh = "Cần khi không ghi mã chủ sử dụng đất"
	return []sheet.Column{
		{Key: "project", Title: "Mã dự án", TitleEN: "Project code", Kind: sheet.Text, Required: project == "", Width: 12, Example: "7654321",
			Note: "7 chữ số; được để trống khi đã chọn công trình lúc gửi tệp"},
		{Key: "holder_code", Title: "Mã chủ sử dụng đất", TitleEN: "Holder code", Kind: sheet.Text, Width: 16, Example: "NSD-000123",
			Note: "Chỉ ghi cho người đã có trong hệ thống; khi đó các cột từ Đối tượng đến Số tài khoản không được ghi vào, tên chỉ để đối chiếu"},
		{Key: "kind", Title: "Đối tượng", TitleEN: "Holder kind", Kind: sheet.Choice, Choices: texts(kinds()), Width: 14, Example: kinds()[0].text, Note: fresh},
		{Key: "name", Title: "Tên chủ sử dụng đất", TitleEN: "Holder name", Kind: sheet.Text, Width: 30, Example: "Nông Văn Bảo",
			Note: fresh + ". Nhiều thửa của một người: mỗi thửa một dòng, ghi lại tên và số định danh"},
		{Key: "state", Title: "Tình trạng", TitleEN: "State", Kind: sheet.Choice, Choices: texts(states()), Width: 12, Example: states()[0].text, Note: "Để trống là " + states()[0].text},
		{Key: "residence", Title: "Phường, xã nơi ở", TitleEN: "Ward of residence", Kind: sheet.Choice, Choices: places, Width: 22, Note: fresh},
		{Key: "address", Title: "Địa chỉ", TitleEN: "Address", Kind: sheet.Text, Width: 30, Example: "Tổ 5"},
		{Key: "phone", Title: "Điện thoại", TitleEN: "Phone", Kind: sheet.Text, Width: 14, Example: "0912345678"},
		{Key: "identity_no", Title: "Số định danh", TitleEN: "Identity number", Kind: sheet.Text, Width: 16, Example: "006086001234",
			Note: "12 số (căn cước) hoặc 9 số (chứng minh); tổ chức ghi mã số thuế. Giữ cả số 0 ở đầu"},
		{Key: "bank_name", Title: "Ngân hàng", TitleEN: "Bank", Kind: sheet.Text, Width: 16, Example: "Agribank"},
		{Key: "account_no", Title: "Số tài khoản", TitleEN: "Account", Kind: sheet.Text, Width: 18, Example: "8600205012345", Note: "Giữ cả số 0 ở đầu"},
	}
}

func landColumns(places []string) []sheet.Column {
	return []sheet.Column{
		{Key: "ward", Title: "Phường, xã có đất", TitleEN: "Ward of the land", Kind: sheet.Choice, Required: true, Choices: places, Width: 22},
		{Key: "map_sheet", Title: "Tờ bản đồ", TitleEN: "Map sheet", Kind: sheet.Text, Required: true, Width: 10, Example: "12"},
		{Key: "number", Title: "Số thửa", TitleEN: "Parcel number", Kind: sheet.Text, Required: true, Width: 12, Example: "17+175", Note: "Như trên giấy, kể cả 17+175 hoặc 263A"},
		{Key: "land_code", Title: "Loại đất", TitleEN: "Land code", Kind: sheet.Text, Required: true, Width: 10, Example: "ONT", Note: "Ba chữ cái"},
		{Key: "area", Title: "Diện tích thửa (m²)", TitleEN: "Parcel area", Kind: sheet.Area, Required: true, Width: 16, Example: "1234,50"},
		{Key: "recovered", Title: "Diện tích thu hồi (m²)", TitleEN: "Recovered area", Kind: sheet.Area, Required: true, Width: 16, Example: "85,60",
			Note: "Không lớn hơn diện tích thửa trừ phần các hồ sơ khác đã thu hồi"},
		{Key: "opened_on", Title: "Ngày mở hồ sơ", TitleEN: "Opened on", Kind: sheet.Day, Width: 14, Example: "05/01/2023", Note: "Để trống là ngày gửi tệp"},
		{Key: "note", Title: "Ghi chú", TitleEN: "Note", Kind: sheet.Text, Width: 30},
	}
}

// Template is an empty file of cases with the wards that stand on a day.
func (i Importer) Template(ctx context.Context, project string, today day.Date) ([]byte, error) {
	wards, err := i.wards(ctx, today)
	if err != nil {
		return nil, err
	}
	return sheet.Template(Spec(wards, project))
}

func (i Importer) wards(ctx context.Context, today day.Date) ([]region.Ward, error) {
	return region.Regions{DB: i.Land.DB}.On(ctx, today)
}
