package payoutsheet

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"slices"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/sheet"
	"matbang/internal/vnd"
)

// What a file calls the kinds of results and their papers. Deposits have more to say than a row holds; they are recorded on the payment's page.
func kindWords() map[string]payout.ResultKind {
	return map[string]payout.ResultKind{"Đã chi": payout.ResultPaid, "Bị trả lại": payout.ResultReturned}
}

func paperWords() map[string]payout.Evidence {
	return map[string]payout.Evidence{"Giấy báo của ngân hàng": payout.EvidenceBankAdvice, "Danh sách ký nhận": payout.EvidenceSignedList}
}

// ResultSpec is the columns of a file of results. Their keys are the field names of a result.
func ResultSpec() sheet.Spec {
	return sheet.Spec{Name: "Kết quả chi", Columns: []sheet.Column{
		{Key: "payment", Title: "Mã khoản chi", TitleEN: "Payment code", Kind: sheet.Text, Required: true, Width: 16, Example: "GPMB23T00042"},
		{Key: "payee", Title: "Người nhận", TitleEN: "Payee", Kind: sheet.Text, Width: 30, Note: "Chỉ để dễ đọc, không được ghi"},
		{Key: "open", Title: "Còn chờ kết quả", TitleEN: "Still open", Kind: sheet.Money, Width: 18, Note: "Đồng; chỉ để dễ đọc, không được ghi"},
		{Key: "kind", Title: "Kết quả", TitleEN: "Result", Kind: sheet.Choice, Choices: []string{"Đã chi", "Bị trả lại"}, Required: true, Width: 14, Example: "Đã chi"},
		{Key: "day", Title: "Ngày", TitleEN: "Day", Kind: sheet.Day, Required: true, Width: 12, Example: "14/12/2023", Note: "Ngày trên giấy báo hoặc danh sách ký nhận"},
		{Key: "amount", Title: "Số tiền", TitleEN: "Amount", Kind: sheet.Money, Required: true, Width: 18, Example: "41.200.000", Note: "Đồng; ít hơn số còn chờ nếu mới chi một phần"},
		{Key: "reason", Title: "Lý do", TitleEN: "Reason", Kind: sheet.Text, Width: 30, Note: "Bắt buộc khi bị trả lại"},
		{Key: "evidence_kind", Title: "Chứng từ", TitleEN: "Evidence", Kind: sheet.Choice, Choices: []string{"Giấy báo của ngân hàng", "Danh sách ký nhận"}, Required: true, Width: 24,
			Example: "Giấy báo của ngân hàng"},
		{Key: "evidence_ref", Title: "Số chứng từ", TitleEN: "Evidence no.", Kind: sheet.Text, Required: true, Width: 20, Example: "GBN 1412"},
	}}
}

// ResultTemplate is a file of results with the open payments in it; who sends it back fills in the rest.
func ResultTemplate(open []payout.Payment) ([]byte, error) {
	rows := make([][]any, 0, len(open))
	for _, p := range open {
		rows = append(rows, []any{p.Code, p.Payee, p.Open})
	}
	return sheet.Template(ResultSpec(), rows...)
}

// ResultSum is how much of a file is one kind of result.
type ResultSum struct {
	Kind   payout.ResultKind `json:"kind"`
	Rows   int               `json:"rows"`
	Amount vnd.Amount        `json:"amount_vnd"`
}

// Results is what became of a file; nothing is written when there are faults or on a dry run.
type Results struct {
	Rows    int           `json:"rows"`
	Sums    []ResultSum   `json:"sums"`
	Written bool          `json:"written"`
	Faults  []sheet.Fault `json:"faults"`
}

// ImportResults reads a file and records its results, all or none; a dry run only tells what would happen. A row without a kind of result has none
// yet and is passed over. The same file again is the same act: it writes nothing anew. Faults of the file stand in the answer; an error means that
// the file cannot be read at all, or that the person may not record results.
func ImportResults(ctx context.Context, payouts payout.Payouts, who actor.Actor, name string, content []byte, dryRun bool, today day.Date) (Results, error) {
	if _, err := who.Require(payout.RecordResult); err != nil {
		return Results{}, err
	}
	spec := ResultSpec()
	rows, faults, err := sheet.Read(name, content, spec)
	if err != nil {
		return Results{}, err
	}
	told, faults := filled(rows, faults)
	results, places := resultsOf(told, faults)
	answer := Results{Rows: len(told), Sums: sumsOf(results), Faults: faults}
	if len(results) == 0 {
		return answer, nil
	}
	if len(results) > payout.MaxLines {
		return answer, fault.New(fault.TooLarge, "payout.lines_many", payout.MaxLines)
	}
	wrong, err := placed(places, payouts.CheckResults(ctx, who, results, today))
	if err != nil {
		return answer, err
	}
	answer.Faults = slices.Concat(faults, wrong)
	slices.SortStableFunc(answer.Faults, func(x, y sheet.Fault) int { return cmp.Compare(x.Row, y.Row) })
	if dryRun || len(answer.Faults) > 0 {
		return answer, nil
	}
	hash := sha256.Sum256(content)
	err = payouts.RecordResults(ctx, who, results, "file-"+hex.EncodeToString(hash[:]), today)
	answer.Faults, err = placed(places, err) // what changed since the check
	answer.Written = err == nil && len(answer.Faults) == 0
	return answer, err
}

// filled leaves out the rows of a template in which nobody has written: no kind, day, amount or paper.
func filled(rows []sheet.Row, faults []sheet.Fault) ([]sheet.Row, []sheet.Fault) {
	blank := map[int]bool{}
	kept := slices.DeleteFunc(slices.Clone(rows), func(r sheet.Row) bool {
		blank[r.Number] = !slices.ContainsFunc([]string{"kind", "day", "amount", "reason", "evidence_kind", "evidence_ref"}, r.Has)
		return blank[r.Number]
	})
	return kept, slices.DeleteFunc(slices.Clone(faults), func(f sheet.Fault) bool { return f.Row > 0 && blank[f.Row] })
}

// resultsOf are the results of the rows that could be read, and for each the row it comes from. A row with a fault of its own is not judged further.
func resultsOf(rows []sheet.Row, faults []sheet.Fault) (results []payout.Result, places []sheet.Row) {
	broken := map[int]bool{}
	for _, f := range faults {
		broken[f.Row] = true
	}
	for _, r := range rows {
		if broken[r.Number] {
			continue
		}
		results = append(results, payout.Result{PaymentCode: r.Text("payment"), Kind: kindWords()[r.Text("kind")], Day: r.Value("day").Day,
			Amount: r.Value("amount").Money, Reason: r.Text("reason"), EvidenceKind: paperWords()[r.Text("evidence_kind")], EvidenceRef: r.Text("evidence_ref")})
		places = append(places, r)
	}
	return results, places
}

func sumsOf(results []payout.Result) []ResultSum {
	sums := []ResultSum{}
	for _, kind := range []payout.ResultKind{payout.ResultPaid, payout.ResultReturned} {
		s := ResultSum{Kind: kind}
		for _, r := range results {
			if r.Kind == kind {
				s.Rows++
				s.Amount += r.Amount
			}
		}
		if s.Rows > 0 {
			sums = append(sums, s)
		}
	}
	return sums
}

var resultPlace = regexp.MustCompile(`^results\[(\d+)\]\.(\w+)$`)

// placed finds the cell of everything a refusal names; any other refusal is the answer itself.
func placed(places []sheet.Row, err error) ([]sheet.Fault, error) {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return nil, err
	}
	var faults []sheet.Fault
	for _, field := range f.Fields {
		m := resultPlace.FindStringSubmatch(field.Name)
		if m == nil {
			return nil, err
		}
		i, notPlaced := strconv.Atoi(m[1])
		if notPlaced != nil || i >= len(places) {
			return nil, err
		}
		faults = append(faults, places[i].Fault(m[2], field.Code, field.Args...))
	}
	return faults, nil
}
