package payoutweb

import (
	"context"
	"net/http"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/payout/payoutsheet"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

// importing is one kind of file with results: who may send it, where its pages are, how it is read and where its template comes from.
type importing struct {
	may         actor.Permission
	path        string // of the list it belongs to
	title, name string // of the page and of the template
	read        func(ctx context.Context, payouts payout.Payouts, who actor.Actor, name string, content []byte, dryRun bool, today day.Date) (payoutsheet.Results, error)
	open        func(ctx context.Context, who actor.Actor, order string) ([]payout.Payment, error)
	template    func(open []payout.Payment) ([]byte, error)
	list        string // title of the list
}

func (w Web) results() importing {
	return importing{payout.RecordResult, "/payments", "payout.results.file", "ket-qua-chi.xlsx", payoutsheet.ImportResults, w.Payouts.OpenPayments,
		payoutsheet.ResultTemplate, "payout.payments"}
}

func (w Web) depositFile() importing {
	return importing{payout.Deposit, "/deposits", "deposit.file", "tam-giu.xlsx", payoutsheet.ImportDeposits, w.Payouts.Depositable,
		payoutsheet.DepositTemplate, "deposit.title"}
}

func (w Web) resultFileRoutes(k *webkit.Kit) {
	for _, m := range []importing{w.results(), w.depositFile()} {
		k.Page(http.MethodGet, m.path+"/import", m.may, m.form)
		k.Page(http.MethodPost, m.path+"/import", m.may, func(c *webkit.Ctx) error { return m.send(c, w.Payouts) })
	}
	k.Page(http.MethodGet, "/payments/results.xlsx", payout.RecordResult, w.results().download)
	k.Page(http.MethodGet, "/deposits/template.xlsx", payout.Deposit, w.depositFile().download)
	webkit.Op(k, webkit.Operation{ID: "import-payment-results", Method: http.MethodPost, Path: "/payment-results/import", Permission: payout.RecordResult,
		Summary: "Record the results of a workbook, all or none; each fault names its cell. The same file twice writes once"}, w.apiImportResults)
	webkit.Op(k, webkit.Operation{ID: "import-deposits", Method: http.MethodPost, Path: "/deposits/import", Permission: payout.Deposit,
		Summary: "Record the deposits of a workbook with what the register says of them, all or none. The same file twice writes once"}, w.apiImportDeposits)
}

type resultFilePage struct {
	Order       string
	Title, Path string
	Result      *payoutsheet.Results
	Faults      []webkit.SheetFault
}

func (m importing) form(c *webkit.Ctx) error { return c.Show("payout/results", m.page(c)) }

func (m importing) page(c *webkit.Ctx) resultFilePage {
	if m.path == "/payments" {
		c.Crumb(c.T("menu.payouts"), "/payout-orders")
	}
	c.Crumb(c.T(m.list), m.path)
	c.Crumb(c.T(m.title), "")
	return resultFilePage{Order: c.Query("order"), Title: m.title, Path: m.path}
}

func (m importing) send(c *webkit.Ctx, payouts payout.Payouts) error {
	page := m.page(c)
	name, content, err := c.Upload("file", sheet.MaxFileBytes)
	if err != nil {
		return c.Refuse(err, "payout/results", page)
	}
	result, err := m.read(c.Context(), payouts, c.Actor(), name, content, c.Form("act") != "write", c.Today())
	if err != nil {
		return c.Refuse(err, "payout/results", page)
	}
	if result.Written {
		return c.Done(m.path, "payout.results.imported", result.Rows, name)
	}
	page.Result, page.Faults = &result, c.SheetFaults(result.Faults)
	if n := len(result.Faults); n > 0 {
		return c.Refuse(fault.New(fault.Invalid, "sheet.faults", n), "payout/results", page)
	}
	return c.Show("payout/results", page)
}

// download is the template with the payments that are open. More than a file may hold are not cut: the person is told to choose an order.
func (m importing) download(c *webkit.Ctx) error {
	open, err := m.open(c.Context(), c.Actor(), c.Query("order"))
	if fault.KindOf(err) == fault.TooLarge {
		return c.Warn(m.path+"/import", err)
	}
	if err != nil {
		return err
	}
	content, err := m.template(open)
	if err != nil {
		return err
	}
	return c.File(m.name, sheet.ContentType, content)
}

type importResultsInput struct {
	FileName string `query:"file_name" doc:"a name that ends in .csv or .xlsx"`
	DryRun   bool   `query:"dry_run" doc:"tell what would happen and write nothing"`
	RawBody  []byte `contentType:"application/octet-stream"`
}

func (w Web) apiImportResults(ctx context.Context, who actor.Actor, in *importResultsInput) (*webkit.Body[payoutsheet.Results], error) {
	return w.apiImport(ctx, who, in, w.results())
}

func (w Web) apiImportDeposits(ctx context.Context, who actor.Actor, in *importResultsInput) (*webkit.Body[payoutsheet.Results], error) {
	return w.apiImport(ctx, who, in, w.depositFile())
}

func (w Web) apiImport(ctx context.Context, who actor.Actor, in *importResultsInput, m importing) (*webkit.Body[payoutsheet.Results], error) {
	if len(in.RawBody) == 0 {
		return nil, fault.InvalidField("file", "file_missing")
	}
	result, err := m.read(ctx, w.Payouts, who, in.FileName, in.RawBody, in.DryRun, w.Today())
	return &webkit.Body[payoutsheet.Results]{Body: result}, err
}
