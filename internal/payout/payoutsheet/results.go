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
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/sheet"
	"matbang/internal/vnd"
)

// What a file calls the kinds of results and their papers. Deposits have more to say and a file of their own.
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
	file, err := readFile(name, content, ResultSpec())
	if err != nil {
		return Results{}, err
	}
	results := make([]payout.Result, len(file.sound))
	for i, r := range file.sound {
		results[i] = payout.Result{PaymentCode: code(r), Kind: kindWords()[r.Text("kind")], Day: r.Value("day").Day, Amount: r.Value("amount").Money,
			Reason: r.Text("reason"), EvidenceKind: paperWords()[r.Text("evidence_kind")], EvidenceRef: r.Text("evidence_ref")}
	}
	return file.imported(results, dryRun,
		func() error { return payouts.CheckResults(ctx, who, results, today) },
		func(key string) error { return payouts.RecordResults(ctx, who, results, key, today) })
}

// file is a workbook as it was read: the rows with something told, those of them that can be judged, and the faults of the others.
type file struct {
	content []byte
	rows    int
	sound   []sheet.Row
	faults  []sheet.Fault
}

func readFile(name string, content []byte, spec sheet.Spec) (file, error) {
	rows, faults, err := sheet.Read(name, content, spec)
	if err != nil {
		return file{}, err
	}
	told, faults := filled(rows, faults, spec)
	f := file{content: content, rows: len(told), faults: faults}
	f.judge(told)
	return f, nil
}

// judge keeps the rows without a fault of their own. A payment told twice is named at its second row, with the first.
func (f *file) judge(rows []sheet.Row) {
	broken, first := map[int]bool{}, map[string]int{}
	for _, wrong := range f.faults {
		broken[wrong.Row] = true
	}
	for _, r := range rows {
		if before, twice := first[code(r)]; twice {
			f.faults = append(f.faults, r.Fault("payment", "payout.result_twice_row", code(r), before))
			continue
		}
		first[code(r)] = r.Number
		if !broken[r.Number] {
			f.sound = append(f.sound, r)
		}
	}
}

// code is a row's payment as the book writes it.
func code(r sheet.Row) string { return strings.ToUpper(strings.TrimSpace(r.Text("payment"))) }

// imported checks what the rows say and writes it, unless there are faults or only a check is asked for. The key is the file's own content.
func (f file) imported(results []payout.Result, dryRun bool, check func() error, write func(key string) error) (Results, error) {
	answer := Results{Rows: f.rows, Sums: sumsOf(results), Faults: f.faults}
	if len(results) > payout.MaxLines {
		return answer, fault.New(fault.TooLarge, "payout.lines_many", payout.MaxLines)
	}
	if len(results) > 0 {
		wrong, err := placed(f.sound, check())
		if err != nil {
			return answer, err
		}
		answer.Faults = slices.Concat(f.faults, wrong)
	}
	slices.SortStableFunc(answer.Faults, func(x, y sheet.Fault) int { return cmp.Compare(x.Row, y.Row) })
	if dryRun || len(answer.Faults) > 0 || len(results) == 0 {
		return answer, nil
	}
	hash := sha256.Sum256(f.content)
	wrong, err := placed(f.sound, write("file-"+hex.EncodeToString(hash[:])))
	answer.Faults = wrong // what changed since the check
	answer.Written = err == nil && len(wrong) == 0
	return answer, err
}

// filled leaves out the rows of a template in which nobody has written: nothing but what the template itself tells of the payment.
func filled(rows []sheet.Row, faults []sheet.Fault, spec sheet.Spec) ([]sheet.Row, []sheet.Fault) {
	blank := map[int]bool{}
	var keys []string
	for _, c := range spec.Columns {
		if !slices.Contains([]string{"payment", "payee", "open"}, c.Key) {
			keys = append(keys, c.Key)
		}
	}
	kept := slices.DeleteFunc(slices.Clone(rows), func(r sheet.Row) bool {
		blank[r.Number] = !slices.ContainsFunc(keys, r.Has)
		return blank[r.Number]
	})
	return kept, slices.DeleteFunc(slices.Clone(faults), func(f sheet.Fault) bool { return f.Row > 0 && blank[f.Row] })
}

func sumsOf(results []payout.Result) []ResultSum {
	sums := []ResultSum{}
	for _, kind := range []payout.ResultKind{payout.ResultPaid, payout.ResultReturned, payout.ResultDeposited} {
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
