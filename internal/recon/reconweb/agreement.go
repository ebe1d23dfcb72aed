package reconweb

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/bank"
	"matbang/internal/day"
	"matbang/internal/recon"
	"matbang/internal/recon/reconsheet"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

// agreementRoutes: the lists and the minutes are read only; they hold names and amounts, no identity or account number of a person.
func (w Web) agreementRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/recon/:account/lists", bank.Read, w.lists)
	k.Page(http.MethodGet, "/recon/:account/lists.xlsx", bank.Read, w.listsFile)
	k.Page(http.MethodGet, "/recon/:account/agreement", bank.Read, w.agreement)
	k.Page(http.MethodGet, "/recon/:account/agreement/:format", bank.Read, w.agreementFile)
	webkit.Op(k, webkit.Operation{ID: "list-differences", Method: http.MethodGet, Path: "/bank-accounts/{code}/differences", Permission: bank.Read,
		Summary: "In the book not at the bank, at the bank not in the book, in both but different, as of the end of a day"}, w.apiLists)
	webkit.Op(k, webkit.Operation{ID: "get-reconciliation", Method: http.MethodGet, Path: "/bank-accounts/{code}/reconciliation", Permission: bank.Read,
		Summary: "Minutes of agreement with the bank or treasury for a month, as JSON, DOCX, PDF or XLSX"}, w.apiAgreement)
}

// listRow is one of the three lists, or what the bank has not done yet.
type listRow struct {
	Key string
	recon.List
}

type listsPage struct {
	head
	Lists []listRow
}

func (w Web) lists(c *webkit.Ctx) error {
	var page listsPage
	var err error
	if page.head, err = w.head(c, "lists"); err != nil {
		return err
	}
	l, err := w.Recon.Lists(c.Context(), c.Actor(), page.Account.ID, page.Through)
	if err != nil {
		return err
	}
	page.Lists = []listRow{{"book", l.Book}, {"bank", l.Bank}, {"differ", l.Differ}, {"waiting", l.Waiting}}
	return c.Show("recon/lists", page)
}

func (w Web) listsFile(c *webkit.Ctx) error {
	a, err := w.Bank.Account(c.Context(), c.Actor(), c.Param("account"))
	if err != nil {
		return err
	}
	l, err := w.Recon.Lists(c.Context(), c.Actor(), a.ID, c.Month().Last())
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := reconsheet.Lists(&out, l); err != nil {
		return err
	}
	return c.File("ba-danh-sach-"+a.Code+"-"+c.Month().String()+".xlsx", sheet.ContentType, out.Bytes())
}

type agreementPage struct {
	head
	Agreement recon.Agreement
	Files     []string
}

func (w Web) agreement(c *webkit.Ctx) error {
	page := agreementPage{Files: []string{"docx", "pdf", "xlsx"}}
	var err error
	if page.head, err = w.head(c, "agreement"); err != nil {
		return err
	}
	page.Agreement, err = w.Recon.Agreement(c.Context(), c.Actor(), page.Account.Code, page.Month.First(), page.Through)
	if err != nil {
		return err
	}
	return c.Show("recon/agreement", page)
}

func (w Web) agreementFile(c *webkit.Ctx) error {
	month := c.Month()
	a, err := w.Recon.Agreement(c.Context(), c.Actor(), c.Param("account"), month.First(), month.Last())
	if err != nil {
		return err
	}
	f, err := reconsheet.Make(a, c.Param("format"))
	if err != nil {
		return err
	}
	return c.File(f.Name, f.Type, f.Content)
}

type differencesInput struct {
	CodeInput
	Through string `query:"through" doc:"YYYY-MM-DD; today when left out"`
}

func (w Web) apiLists(ctx context.Context, who actor.Actor, in *differencesInput) (*webkit.Body[recon.Lists], error) {
	a, err := w.Bank.Account(ctx, who, in.Code)
	if err != nil {
		return nil, err
	}
	through, err := w.through(in.Through)
	if err != nil {
		return nil, err
	}
	l, err := w.Recon.Lists(ctx, who, a.ID, through)
	return &webkit.Body[recon.Lists]{Body: l}, err
}

type agreementInput struct {
	CodeInput
	Period string `query:"period" doc:"YYYY-MM; the month of today when left out"`
	Format string `query:"format" doc:"json (when left out), docx, pdf or xlsx"`
}

type agreementOutput struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (w Web) apiAgreement(ctx context.Context, who actor.Actor, in *agreementInput) (*agreementOutput, error) {
	month, err := day.ParseMonth(in.Period)
	if err != nil {
		month = w.Today().Month()
	}
	a, err := w.Recon.Agreement(ctx, who, in.Code, month.First(), month.Last())
	if err != nil {
		return nil, err
	}
	f, err := reconsheet.Make(a, cmp.Or(strings.ToLower(in.Format), "json"))
	if err != nil {
		return nil, err
	}
	return &agreementOutput{f.Type, "attachment; filename=\"" + url.PathEscape(f.Name) + "\"", f.Content}, nil
}
