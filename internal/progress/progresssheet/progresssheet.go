// Package progresssheet brings a file of monthly entries into the room progress: the columns of the file, and the way from its rows to the
// act that saves them. Nothing is written unless every row of every month is right.
package progresssheet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/sheet"
)

// noChange is what stands in the column of works that did not change.
const noChange = "x"

// Spec is the columns of a file of monthly entries. Their keys are the field names of the room.
func Spec() sheet.Spec {
	money := func(key, title, en, note string) sheet.Column {
		return sheet.Column{Key: key, Title: title, TitleEN: en, Kind: sheet.Money, Width: 20, Example: "11.940.000.000", Note: note}
	}
	return sheet.Spec{Name: "Tiến độ tháng", Columns: []sheet.Column{
		{Key: "month", Title: "Tháng", TitleEN: "Month", Kind: sheet.Month, Required: true, Width: 10, Example: "12/2023"},
		{Key: "code", Title: "Mã dự án", TitleEN: "Project code", Kind: sheet.Text, Required: true, Width: 12, Example: "7654321", Note: "7 chữ số, giữ cả số 0 ở đầu"},
		{Key: "name", Title: "Tên công trình", TitleEN: "Name of the work", Kind: sheet.Text, Width: 44, Note: "Chỉ để dễ đọc, không được ghi"},
		money("executed", "Lũy kế thực hiện", "Executed to date", "Từ đầu năm đến hết tháng"),
		money("estimate_month_end", "Ước thực hiện hết tháng", "Estimate at month end", ""),
		money("disbursed", "Lũy kế giải ngân", "Disbursed to date", "Không vượt kế hoạch + kéo dài + ứng trước"),
		money("disbursed_treasury", "Kho bạc xác nhận", "Confirmed by treasury", "Không vượt lũy kế giải ngân"),
		{Key: "physical", Title: "Khối lượng hoàn thành (%)", TitleEN: "Physical progress", Kind: sheet.Percent, Width: 14, Example: "96,5", Note: "Của cả công trình, 0 đến 100"},
		{Key: "no_change", Title: "Không đổi", TitleEN: "No change", Kind: sheet.Choice, Choices: []string{noChange}, Width: 10, Example: noChange,
			Note: "Ghi x để lấy nguyên số liệu tháng trước; khi đó không cần ghi số liệu"},
		{Key: "reason", Title: "Lý do tăng, giảm", TitleEN: "Reason", Kind: sheet.Text, Width: 40, Note: "Cần có trước khi gửi khi số liệu tăng đột biến, giảm, hoặc khác chứng từ"},
		{Key: "note", Title: "Ghi chú", TitleEN: "Note", Kind: sheet.Text, Width: 40},
	}}
}

// Template is an empty file for a month with the works already in it.
func Template(month day.Month, works []progress.Work) ([]byte, error) {
	rows := make([][]any, 0, len(works))
	for _, w := range works {
		if w.Editable() {
			rows = append(rows, []any{month.VN(), w.Code, w.Name})
		}
	}
	return sheet.Template(Spec(), rows...)
}

// Result is what became of a file. New and Replaced count rows; nothing is written when there are faults or on a dry run.
type Result struct {
	Rows     int           `json:"rows"`
	New      int           `json:"new"`
	Replaced int           `json:"replaced"`
	Months   []day.Month   `json:"months"`
	Written  bool          `json:"written"`
	Faults   []sheet.Fault `json:"faults"`
	Needs    []sheet.Fault `json:"needs_reason"` // rows taken, that need a reason before they are handed in
}

// Importer reads files of monthly entries.
type Importer struct{ Progress progress.Progress }

var errKeepNothing = errors.New("nothing is kept")

// Import reads a file and saves its rows as drafts, all or none; a dry run only tells what would happen. Faults of the file stand in the
// Result; an error means that the file cannot be read at all, or that the person may not enter progress.
func (i Importer) Import(ctx context.Context, who actor.Actor, name string, content []byte, dryRun bool, today day.Date) (Result, error) {
	if _, err := who.Require(progress.Enter); err != nil {
		return Result{}, err
	}
	rows, faults, err := sheet.Read(name, content, Spec())
	if err != nil {
		return Result{}, err
	}
	b := newBatch(faults)
	for _, r := range rows {
		b.add(r)
	}
	result := Result{Rows: len(rows), Months: b.months(), Needs: []sheet.Fault{}}
	err = i.Progress.DB.Run(ctx, func(ctx context.Context) error {
		found := slices.Clone(b.faults)
		if result.New, result.Replaced, err = i.count(ctx, who, b); err != nil {
			return err
		}
		for _, month := range result.Months {
			wrong, err := b.told(month, i.Progress.Save(ctx, who, month, b.of(month), today))
			if err != nil {
				return err
			}
			if found = append(found, wrong...); len(wrong) == 0 {
				if err := i.needs(ctx, who, month, &b, &result); err != nil {
					return err
				}
			}
		}
		slices.SortStableFunc(found, func(x, y sheet.Fault) int { return cmp.Compare(x.Row, y.Row) })
		if result.Faults = found; dryRun || len(found) > 0 {
			return errKeepNothing
		}
		return nil
	})
	if errors.Is(err, errKeepNothing) {
		return result, nil
	}
	result.Written = err == nil && len(rows) > 0
	return result, err
}

// needs tells which of the month's rows, as they now stand, need a reason that the file does not give.
func (i Importer) needs(ctx context.Context, who actor.Actor, month day.Month, b *batch, result *Result) error {
	codes := make([]string, 0, len(b.rows[month]))
	for _, p := range b.rows[month] {
		codes = append(codes, p.entry.Code)
	}
	works, err := i.Progress.Works(ctx, who, month, codes)
	for _, p := range b.rows[month] {
		if strings.TrimSpace(p.entry.Reason) != "" {
			continue
		}
		for _, n := range works[p.entry.Code].Needs {
			result.Needs = append(result.Needs, p.row.Fault(n.Field, n.Code, n.Args...))
		}
	}
	return err
}

func (i Importer) count(ctx context.Context, who actor.Actor, b batch) (fresh, replaced int, err error) {
	for _, month := range b.months() {
		var codes []string
		for _, p := range b.rows[month] {
			codes = append(codes, p.entry.Code)
		}
		works, err := i.Progress.Works(ctx, who, month, codes)
		if err != nil {
			return 0, 0, err
		}
		for _, code := range codes {
			if works[code].State == "" {
				fresh++
			} else {
				replaced++
			}
		}
	}
	return fresh, replaced, nil
}

// placed is an entry with the row of the file it comes from.
type placed struct {
	entry progress.Row
	row   sheet.Row
}

// batch is a file's rows by month. A row with a fault of its own is not judged further.
type batch struct {
	rows   map[day.Month][]placed
	faults []sheet.Fault
	broken map[int]bool   // rows with a fault
	seen   map[string]int // month and code → row
}

func newBatch(faults []sheet.Fault) batch {
	b := batch{rows: map[day.Month][]placed{}, faults: faults, broken: map[int]bool{}, seen: map[string]int{}}
	for _, f := range faults {
		b.broken[f.Row] = true
	}
	return b
}

func (b *batch) months() []day.Month {
	months := make([]day.Month, 0, len(b.rows))
	for m := range b.rows {
		months = append(months, m)
	}
	slices.SortFunc(months, func(x, y day.Month) int { return strings.Compare(x.String(), y.String()) })
	return months
}

func (b *batch) of(month day.Month) []progress.Row {
	rows := make([]progress.Row, 0, len(b.rows[month]))
	for _, p := range b.rows[month] {
		rows = append(rows, p.entry)
	}
	return rows
}

func (b *batch) add(r sheet.Row) {
	if b.broken[r.Number] {
		return
	}
	e := entryOf(r)
	month := r.Value("month").Month
	var faults []sheet.Fault
	for _, key := range []string{"executed", "estimate_month_end", "disbursed", "disbursed_treasury", "physical"} {
		if !e.NoChange && !r.Has(key) {
			faults = append(faults, r.Fault(key, "required"))
		}
	}
	place := month.String() + e.Code
	if earlier, twice := b.seen[place]; twice {
		faults = append(faults, r.Fault("code", "sheet.row_twice", earlier))
	}
	b.seen[place] = r.Number
	if b.faults = append(b.faults, faults...); len(faults) == 0 {
		b.rows[month] = append(b.rows[month], placed{e, r})
	}
}

func entryOf(r sheet.Row) progress.Row {
	e := progress.Row{Code: r.Text("code"), Version: progress.AnyVersion, NoChange: r.Text("no_change") == noChange, Reason: r.Text("reason"), Note: r.Text("note")}
	e.Executed, e.Estimate = r.Value("executed").Money, r.Value("estimate_month_end").Money
	e.Disbursed, e.Treasury = r.Value("disbursed").Money, r.Value("disbursed_treasury").Money
	e.PhysicalBP = r.Value("physical").Int
	return e
}

// told finds the place in the file of everything a refusal names; any other refusal is the answer itself.
func (b *batch) told(month day.Month, err error) ([]sheet.Fault, error) {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return nil, err
	}
	rows := map[string]sheet.Row{}
	for _, p := range b.rows[month] {
		rows[p.entry.Code] = p.row
	}
	var faults []sheet.Fault
	for _, field := range f.Fields {
		if code, key, named := strings.Cut(field.Name, "."); named {
			faults = append(faults, rows[code].Fault(key, field.Code, field.Args...))
			continue
		}
		for _, row := range rows {
			faults = append(faults, row.Fault(field.Name, field.Code, field.Args...))
		}
	}
	return faults, nil
}
