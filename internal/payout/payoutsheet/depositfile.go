package payoutsheet

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/payout"
	"matbang/internal/sheet"
)

func groundWords() map[string]payout.Ground {
	return map[string]payout.Ground{"Từ chối nhận": payout.GroundRefused, "Đang tranh chấp": payout.GroundDisputed, "Vắng mặt": payout.GroundAbsent, "Lý do khác": payout.GroundOther}
}

// DepositSpec is the columns of a file of deposits: what a result says, and what the register does. Their keys are the field names of both.
func DepositSpec() sheet.Spec {
	return sheet.Spec{Name: "Gửi tiền tạm giữ", Columns: []sheet.Column{
		{Key: "payment", Title: "Mã khoản chi", TitleEN: "Payment code", Kind: sheet.Text, Required: true, Width: 16, Example: "GPMB23T00042"},
		{Key: "payee", Title: "Người nhận", TitleEN: "Payee", Kind: sheet.Text, Width: 30, Note: "Chỉ để dễ đọc, không được ghi"},
		{Key: "open", Title: "Có thể gửi", TitleEN: "Can be deposited", Kind: sheet.Money, Width: 18, Note: "Đồng; chỉ để dễ đọc, không được ghi"},
		{Key: "day", Title: "Ngày gửi", TitleEN: "Day", Kind: sheet.Day, Required: true, Width: 12, Example: "14/12/2023"},
		{Key: "amount", Title: "Số tiền", TitleEN: "Amount", Kind: sheet.Money, Required: true, Width: 18, Example: "41.200.000"},
		{Key: "ground", Title: "Lý do tạm giữ", TitleEN: "Ground", Kind: sheet.Choice, Choices: []string{"Từ chối nhận", "Đang tranh chấp", "Vắng mặt", "Lý do khác"}, Required: true, Width: 20, Example: "Từ chối nhận"},
		{Key: "ground_note", Title: "Nói rõ lý do", TitleEN: "Note", Kind: sheet.Text, Width: 30, Note: "Bắt buộc khi chọn Lý do khác"},
		{Key: "bank", Title: "Nơi gửi", TitleEN: "Bank", Kind: sheet.Text, Required: true, Width: 26, Example: "Kho bạc Nhà nước Bắc Kạn"},
		{Key: "account_name", Title: "Tên tài khoản", TitleEN: "Account name", Kind: sheet.Text, Required: true, Width: 26, Example: "Tạm giữ bồi thường GPMB"},
		{Key: "account_no", Title: "Số tài khoản", TitleEN: "Account number", Kind: sheet.Text, Required: true, Width: 20, Example: "3941.0.1234567"},
		{Key: "minutes_no", Title: "Số biên bản", TitleEN: "Minutes no.", Kind: sheet.Text, Required: true, Width: 16, Example: "12/BB-TG"},
		{Key: "minutes_day", Title: "Ngày biên bản", TitleEN: "Day of the minutes", Kind: sheet.Day, Required: true, Width: 14, Example: "13/12/2023", Note: "Không sau ngày gửi"},
	}}
}

// DepositTemplate is a file of deposits with the payments in it that may be put on deposit.
func DepositTemplate(may []payout.Payment) ([]byte, error) {
	rows := make([][]any, 0, len(may))
	for _, p := range may {
		rows = append(rows, []any{p.Code, p.Payee, p.Most(payout.ResultDeposited)})
	}
	return sheet.Template(DepositSpec(), rows...)
}

// ImportDeposits is ImportResults for money put on deposit: the minutes are the evidence, the ground is the reason.
func ImportDeposits(ctx context.Context, payouts payout.Payouts, who actor.Actor, name string, content []byte, dryRun bool, today day.Date) (Results, error) {
	if _, err := who.Require(payout.Deposit); err != nil {
		return Results{}, err
	}
	file, err := readFile(name, content, DepositSpec())
	if err != nil {
		return Results{}, err
	}
	told, results := make([]payout.NewDeposit, len(file.sound)), make([]payout.Result, len(file.sound))
	for i, r := range file.sound {
		reason := r.Text("ground")
		if note := r.Text("ground_note"); note != "" {
			reason += ": " + note
		}
		results[i] = payout.Result{PaymentCode: code(r), Kind: payout.ResultDeposited, Day: r.Value("day").Day, Amount: r.Value("amount").Money, Reason: reason,
			EvidenceKind: payout.EvidenceDepositMinutes, EvidenceRef: r.Text("minutes_no")}
		told[i] = payout.NewDeposit{Result: results[i], Details: payout.DepositDetails{Ground: groundWords()[r.Text("ground")], GroundNote: r.Text("ground_note"), Bank: r.Text("bank"),
			AccountName: r.Text("account_name"), AccountNo: r.Text("account_no"), MinutesNo: r.Text("minutes_no"), MinutesDay: r.Value("minutes_day").Day}}
	}
	return file.imported(results, dryRun,
		func() error { return payouts.CheckDeposits(ctx, who, told, today) },
		func(key string) error { return payouts.OpenDeposits(ctx, who, told, key, today) })
}
