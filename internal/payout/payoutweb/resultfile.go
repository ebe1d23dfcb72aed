package payoutweb

import (
	"context"
	"net/http"

	"matbang/internal/actor"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/payout/payoutsheet"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

func (w Web) resultFileRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/payments/import", payout.RecordResult, w.resultForm)
	k.Page(http.MethodPost, "/payments/import", payout.RecordResult, w.resultFile)
	k.Page(http.MethodGet, "/payments/results.xlsx", payout.RecordResult, w.resultTemplate)
	webkit.Op(k, webkit.Operation{ID: "import-payment-results", Method: http.MethodPost, Path: "/payment-results/import", Permission: payout.RecordResult,
		Summary: "Record the results of a workbook, all or none; each fault names its cell. The same file twice writes once"}, w.apiImportResults)
}

type resultFilePage struct {
	Order  string
	Result *payoutsheet.Results
	Faults []webkit.SheetFault
}

func (w Web) resultForm(c *webkit.Ctx) error {
	return c.Show("payout/results", w.resultPage(c))
}

func (w Web) resultPage(c *webkit.Ctx) resultFilePage {
	c.Crumb(c.T("menu.payouts"), "/payout-orders")
	c.Crumb(c.T("payout.payments"), "/payments")
	c.Crumb(c.T("payout.results.file"), "")
	return resultFilePage{Order: c.Query("order")}
}

func (w Web) resultFile(c *webkit.Ctx) error {
	page := w.resultPage(c)
	name, content, err := c.Upload("file", sheet.MaxFileBytes)
	if err != nil {
		return c.Refuse(err, "payout/results", page)
	}
	result, err := payoutsheet.ImportResults(c.Context(), w.Payouts, c.Actor(), name, content, c.Form("act") != "write", c.Today())
	if err != nil {
		return c.Refuse(err, "payout/results", page)
	}
	if result.Written {
		return c.Done("/payments", "payout.results.imported", result.Rows, name)
	}
	page.Result, page.Faults = &result, c.SheetFaults(result.Faults)
	if n := len(result.Faults); n > 0 {
		return c.Refuse(fault.New(fault.Invalid, "sheet.faults", n), "payout/results", page)
	}
	return c.Show("payout/results", page)
}

func (w Web) resultTemplate(c *webkit.Ctx) error {
	open, err := w.Payouts.OpenPayments(c.Context(), c.Actor(), c.Query("order"))
	if err != nil {
		return err
	}
	content, err := payoutsheet.ResultTemplate(open)
	if err != nil {
		return err
	}
	return c.File("ket-qua-chi.xlsx", sheet.ContentType, content)
}

type importResultsInput struct {
	FileName string `query:"file_name" doc:"a name that ends in .csv or .xlsx"`
	DryRun   bool   `query:"dry_run" doc:"tell what would happen and write nothing"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

func (w Web) apiImportResults(ctx context.Context, who actor.Actor, in *importResultsInput) (*webkit.Body[payoutsheet.Results], error) {
	if len(in.RawBody) == 0 {
		return nil, fault.InvalidField("file", "file_missing")
	}
	result, err := payoutsheet.ImportResults(ctx, w.Payouts, who, in.FileName, in.RawBody, in.DryRun, w.Today())
	return &webkit.Body[payoutsheet.Results]{Body: result}, err
}
