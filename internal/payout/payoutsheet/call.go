package payoutsheet

import (
	"fmt"
	"strings"

	"matbang/internal/paper"
	"matbang/internal/payout"
)

// CallDocs are the letters of one call to come and collect, one page for each payee.
func CallDocs(p payout.Paper, calls []payout.Call, number int) []paper.Doc {
	rows := map[string]payout.PaperRow{}
	for _, r := range p.Rows {
		rows[r.Code] = r
	}
	var docs []paper.Doc
	for _, c := range calls {
		if r, ok := rows[c.Payment]; ok && c.Number == number {
			docs = append(docs, callDoc(p, c, r))
		}
	}
	return docs
}

func callDoc(p payout.Paper, c payout.Call, r payout.PaperRow) paper.Doc {
	d := head(p, "Giấy mời")
	d.Number, d.Day = "", c.MadeOn
	d.About = fmt.Sprintf("Nhận tiền bồi thường, hỗ trợ (lần thứ %d)", c.Number)
	decision := ""
	if r.DecisionNo != "" {
		decision = fmt.Sprintf(" theo Quyết định số %s ngày %s phê duyệt phương án %s", r.DecisionNo, r.DecidedOn.VN(), r.PlanCode)
	}
	d.Body = []paper.Block{
		paper.Line("Kính gửi: Ông (bà) " + r.Payee),
		paper.Line("Địa chỉ: " + blank(r.Address)),
		paper.Text(fmt.Sprintf("%s kính mời ông (bà) đến nhận tiền bồi thường, hỗ trợ khi Nhà nước thu hồi đất thực hiện công trình %s%s.", p.Agency, p.Project, decision)),
		paper.Text(fmt.Sprintf("Số tiền được nhận: %s đồng (bằng chữ: %s).", r.Amount, r.Amount.Words())),
		paper.Text(fmt.Sprintf("Thời gian: %s, ngày %s.", hour(c.Hour), c.Day.VN())),
		paper.Text("Địa điểm: " + c.Place + "."),
	}
	if c.Bring != "" {
		d.Body = append(d.Body, paper.Text("Khi đến đề nghị mang theo: "+c.Bring+"."))
	}
	d.Body = append(d.Body, paper.Text("Nếu không đến được, ông (bà) có thể ủy quyền cho người khác bằng văn bản theo quy định. Mã thanh toán: "+r.Code+"."),
		paper.Text("Rất mong ông (bà) có mặt đúng giờ."),
		paper.Sign(paper.Signature{Copies: []string{"- Như trên;", "- Lưu: VT."}}, paper.Signature{Role: "Thủ trưởng đơn vị", Hint: "(Ký, họ tên, đóng dấu)"}))
	return footed(d, p)
}

func hour(text string) string {
	h, m, _ := strings.Cut(text, ":")
	return h + " giờ " + m + " phút"
}

func blank(text string) string {
	if text == "" {
		return "………………………………"
	}
	return text
}
