package disbursementweb

import (
	"bytes"
	"context"
	"strconv"

	"matbang/internal/disbursement"
	"matbang/internal/listing"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

// exportRows is how many vouchers one file holds at most; the filter narrows it.
const exportRows = 20_000

func exportSpec(c *webkit.Ctx) sheet.Spec {
	column := func(key string, kind sheet.Kind, width int) sheet.Column {
		return sheet.Column{Key: key, Title: c.T("disbursement." + key), Kind: kind, Width: width}
	}
	return sheet.Spec{Name: c.T("disbursement.sheet"), Columns: []sheet.Column{
		column("code", sheet.Text, 16), column("project.code", sheet.Text, 12), column("project", sheet.Text, 44), column("plan_year", sheet.Text, 10),
		column("source", sheet.Text, 24), column("kind", sheet.Text, 24), column("purpose", sheet.Text, 20), column("contract", sheet.Text, 16),
		column("bill", sheet.Text, 12), column("advance.of", sheet.Text, 16), column("number", sheet.Text, 18), column("paid_on", sheet.Day, 12),
		column("amount", sheet.Money, 20), column("cash", sheet.Money, 20), column("completed", sheet.Money, 20),
		column("reversal_of", sheet.Text, 16), column("reversed_by", sheet.Text, 16), column("recorded_by", sheet.Text, 24), column("note", sheet.Text, 40)}}
}

// export is the vouchers of the filter as a workbook, exact đồng.
func (w Web) export(c *webkit.Ctx) error {
	var rows [][]any
	f, q := readFilter(c), c.List()
	q.Per = listing.MaxLimit
	for q.Page = 1; len(rows) < exportRows; q.Page++ {
		items, err := w.exportPage(c.Context(), c, f, q)
		if err != nil {
			return err
		}
		rows = append(rows, items...)
		if len(items) < q.Per {
			break
		}
	}
	var out bytes.Buffer
	if err := sheet.Write(&out, exportSpec(c), func(yield func([]any) bool) {
		for _, row := range rows {
			if !yield(row) {
				return
			}
		}
	}); err != nil {
		return err
	}
	return c.File("giai-ngan.xlsx", sheet.ContentType, out.Bytes())
}

func (w Web) exportPage(ctx context.Context, c *webkit.Ctx, f disbursement.Filter, q listing.Query) ([][]any, error) {
	answer, _, err := w.Disbursements.List(ctx, c.Actor(), f, q)
	rows := make([][]any, 0, len(answer.Items))
	for _, v := range answer.Items {
		rows = append(rows, []any{v.Code, v.ProjectCode, v.ProjectName, strconv.Itoa(v.Year), v.SourceName, c.T("disbursement.kind." + string(v.Kind)),
			c.T("disbursement.purpose." + string(v.Purpose)), v.ContractCode, v.BillCode, v.AdvanceCode, v.Number, v.PaidOn, v.Amount, v.Cash, v.Completed,
			v.ReversalOf, v.ReversedBy, v.RecordedBy, v.Note})
	}
	return rows, err
}
