// Package capitalsheet brings a file of capital decisions into the room capital: the columns of the file, and the way from its rows to the
// act that adds them. Nothing is written unless every row is right.
package capitalsheet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/capital"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/sheet"
)

// kinds are the kinds of a line as the file writes them.
func kinds() map[string]string {
	return map[string]string{"Giao kế hoạch": "assigned", "Điều chỉnh ±": "adjusted", "Kéo dài từ năm trước": "carried_over", "Ứng trước": "advanced"}
}

// Spec is the columns of a file of capital decisions. Their keys are the field names of the room.
func Spec(sources []capital.Source) sheet.Spec {
	names := make([]string, 0, len(sources))
	for _, s := range sources {
		names = append(names, s.Name)
	}
	return sheet.Spec{Name: "Kế hoạch vốn", Columns: []sheet.Column{
		{Key: "code", Title: "Mã dự án", TitleEN: "Project code", Kind: sheet.Text, Required: true, Width: 12, Example: "7654321", Note: "7 chữ số, giữ cả số 0 ở đầu"},
		{Key: "name", Title: "Tên công trình", TitleEN: "Name of the work", Kind: sheet.Text, Width: 44, Note: "Chỉ để dễ đọc, không được ghi"},
		{Key: "year", Title: "Năm", TitleEN: "Year", Kind: sheet.Int, Required: true, Width: 8, Example: "2023"},
		{Key: "source", Title: "Nguồn vốn", TitleEN: "Source", Kind: sheet.Choice, Choices: names, Required: true, Width: 28, Example: "Ngân sách tỉnh"},
		{Key: "capital_kind", Title: "Loại", TitleEN: "Kind", Kind: sheet.Choice, Choices: []string{"Giao kế hoạch", "Điều chỉnh ±", "Kéo dài từ năm trước", "Ứng trước"},
			Required: true, Width: 20, Example: "Giao kế hoạch"},
		{Key: "amount", Title: "Số tiền", TitleEN: "Amount", Kind: sheet.Money, Required: true, Width: 20, Example: "11.940.000.000", Note: "Đồng; chỉ điều chỉnh được ghi số âm"},
		{Key: "decision_number", Title: "Số quyết định", TitleEN: "Decision no.", Kind: sheet.Text, Required: true, Width: 18, Example: "3012/QĐ-UBND"},
		{Key: "capital_decided_on", Title: "Ngày quyết định", TitleEN: "Decided on", Kind: sheet.Day, Required: true, Width: 14, Example: "23/12/2022"},
		{Key: "capital_authority", Title: "Cơ quan quyết định", TitleEN: "Authority", Kind: sheet.Text, Required: true, Width: 36, Example: "Ủy ban nhân dân tỉnh"},
	}}
}

// Work is a work that stands in the template.
type Work struct{ Code, Name string }

// Result is what became of a file; nothing is written when there are faults or on a dry run.
type Result struct {
	Rows    int           `json:"rows"`
	Works   int           `json:"works"`
	Years   []int         `json:"years"`
	Written bool          `json:"written"`
	Faults  []sheet.Fault `json:"faults"`
}

// Importer reads files of capital decisions.
type Importer struct{ Capital capital.Capital }

// Template is an empty file for a year with the works already in it.
func (i Importer) Template(ctx context.Context, year int, works []Work) ([]byte, error) {
	sources, err := i.Capital.Sources(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, 0, len(works))
	for _, w := range works {
		rows = append(rows, []any{w.Code, w.Name, strconv.Itoa(year)})
	}
	return sheet.Template(Spec(sources), rows...)
}

var errKeepNothing = errors.New("nothing is kept")

// Import reads a file and adds its lines, all or none; a dry run only tells what would happen. Faults of the file stand in the Result; an
// error means that the file cannot be read at all, or that the person may not decide about capital.
func (i Importer) Import(ctx context.Context, who actor.Actor, name string, content []byte, dryRun bool, today day.Date) (Result, error) {
	if _, err := who.Require(capital.Edit); err != nil {
		return Result{}, err
	}
	sources, err := i.Capital.Sources(ctx)
	if err != nil {
		return Result{}, err
	}
	rows, faults, err := sheet.Read(name, content, Spec(sources))
	if err != nil {
		return Result{}, err
	}
	lines, places := linesOf(rows, faults, sources)
	result := resultOf(rows, lines)
	err = i.Capital.DB.Run(ctx, func(ctx context.Context) error {
		wrong, err := told(places, i.Capital.AddAll(ctx, who, lines, today))
		if err != nil {
			return err
		}
		result.Faults = slices.Concat(faults, wrong)
		slices.SortStableFunc(result.Faults, func(x, y sheet.Fault) int { return cmp.Compare(x.Row, y.Row) })
		if dryRun || len(result.Faults) > 0 {
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

// linesOf are the lines of the rows that could be read, and for each the row it comes from. A row with a fault of its own is not judged further.
func linesOf(rows []sheet.Row, faults []sheet.Fault, sources []capital.Source) (lines []capital.Of[capital.Line], places []sheet.Row) {
	broken, codes := map[int]bool{}, map[string]string{}
	for _, f := range faults {
		broken[f.Row] = true
	}
	for _, s := range sources {
		codes[s.Name] = s.Code
	}
	for _, r := range rows {
		if broken[r.Number] {
			continue
		}
		lines = append(lines, capital.Of[capital.Line]{Code: r.Text("code"), Line: capital.Line{Year: r.Value("year").Int, Source: codes[r.Text("source")],
			Kind: kinds()[r.Text("capital_kind")], Amount: r.Value("amount").Money, Number: r.Text("decision_number"),
			DecidedOn: r.Value("capital_decided_on").Day, Authority: r.Text("capital_authority")}})
		places = append(places, r)
	}
	return lines, places
}

func resultOf(rows []sheet.Row, lines []capital.Of[capital.Line]) Result {
	result, works := Result{Rows: len(rows), Years: []int{}}, map[string]bool{}
	for _, l := range lines {
		works[l.Code] = true
		if !slices.Contains(result.Years, l.Line.Year) {
			result.Years = append(result.Years, l.Line.Year)
		}
	}
	slices.Sort(result.Years)
	result.Works = len(works)
	return result
}

// told finds the row of everything a refusal names; any other refusal is the answer itself.
func told(places []sheet.Row, err error) ([]sheet.Fault, error) {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return nil, err
	}
	var faults []sheet.Fault
	for _, field := range f.Fields {
		at, key, _ := strings.Cut(field.Name, ".")
		i, notPlaced := strconv.Atoi(at)
		if notPlaced != nil || i >= len(places) {
			return nil, err
		}
		faults = append(faults, places[i].Fault(key, field.Code, field.Args...))
	}
	return faults, nil
}
