package debtweb

import (
	"net/url"

	"matbang/internal/audit"
	"matbang/internal/debt"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/webkit"
)

func path(code string) string { return "/debts/" + url.PathEscape(code) }

type listPage struct {
	List          listing.Answer[debt.Debt]
	Sums          debt.Sums
	Filter        debt.Filter
	States, Kinds []webkit.Choice
}

func (w Web) list(c *webkit.Ctx) error {
	page := listPage{Filter: debt.Filter{State: c.Query("state"), Kind: c.Query("kind"), Project: c.Query("project")}, Kinds: kinds(c)}
	for _, s := range debt.States() {
		page.States = append(page.States, webkit.Choice{Value: string(s), Text: c.T("debt.state." + string(s))})
	}
	c.Crumb(c.T("debt.title"), "")
	var err error
	if page.List, page.Sums, err = w.Debts.List(c.Context(), c.Actor(), page.Filter, c.List()); err != nil {
		return err
	}
	return c.Show("debt/list", page)
}

func kinds(c *webkit.Ctx) []webkit.Choice {
	var codes []string
	for _, k := range debt.Kinds() {
		codes = append(codes, string(k))
	}
	return c.Choices("debt.kind.", codes...)
}

// form is a debt or a payment as it was typed.
type form struct{ Case, Kind, Amount, PaperNo, PaperDay, Note, Day, Receipt, Reason string }

func read(c *webkit.Ctx) form {
	return form{c.Form("case"), c.Form("kind"), c.Form("amount"), c.Form("paper_no"), c.Form("paper_day"), c.Form("note"), c.Form("day"), c.Form("receipt"), c.Form("reason")}
}

type newPage struct {
	Form  form
	Kinds []webkit.Choice
	Key   string
}

func (w Web) newForm(c *webkit.Ctx) error {
	return c.Show("debt/new", newData(c, form{Case: c.Query("case"), Kind: string(debt.LandUseFee)}))
}

func newData(c *webkit.Ctx, f form) newPage {
	c.Crumb(c.T("debt.title"), "/debts")
	c.Crumb(c.T("debt.new"), "")
	return newPage{f, kinds(c), c.NewKey()}
}

func (w Web) record(c *webkit.Ctx) error {
	var wrong fault.Wrong
	f := read(c)
	in := debt.New{Case: f.Case, Kind: debt.Kind(f.Kind), Amount: webkit.Money(&wrong, "amount", f.Amount), PaperNo: f.PaperNo,
		PaperDay: webkit.Day(&wrong, "paper_day", f.PaperDay), Note: f.Note}
	code, err := "", wrong.Err()
	if err == nil {
		code, err = w.Debts.Record(c.Context(), c.Actor(), in, c.Key(), c.Today())
	}
	if err != nil {
		return c.Refuse(err, "debt/new", newData(c, f))
	}
	return c.Done(path(code), "debt.recorded", code)
}

type showPage struct {
	Debt     debt.Debt
	Payments []debt.Payment
	Form     form
	On       string // the form that was refused
	Key      string
	Version  int
	History  []audit.Row
}

func (w Web) data(c *webkit.Ctx) (showPage, error) {
	page := showPage{Key: c.NewKey(), Form: form{Day: c.Today().VN()}}
	var err error
	if page.Debt, page.Payments, err = w.Debts.Get(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	page.Version = page.Debt.Version
	c.Crumb(c.T("debt.title"), "/debts")
	c.Crumb(page.Debt.Code, "")
	page.History, err = w.Debts.Log.History(c.Context(), "debt", page.Debt.Code, 20)
	return page, err
}

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.data(c)
	if err != nil {
		return err
	}
	return c.Show("debt/show", page)
}

func (w Web) repay(c *webkit.Ctx) error {
	var wrong fault.Wrong
	f := read(c)
	in := debt.Repayment{Day: webkit.Day(&wrong, "day", f.Day), Amount: webkit.Money(&wrong, "amount", f.Amount), Receipt: f.Receipt}
	err := wrong.Err()
	if err == nil {
		err = w.Debts.Repay(c.Context(), c.Actor(), c.Param("code"), c.Version(), in, c.Key(), c.Today())
	}
	return w.acted(c, "repay", f, err, "debt.repaid.done")
}

func (w Web) takeBack(c *webkit.Ctx) error {
	f := read(c)
	err := w.Debts.TakeBack(c.Context(), c.Actor(), c.Param("code"), c.Version(), f.Reason, c.Key(), c.Today())
	return w.acted(c, "take-back", f, err, "debt.taken_back.done")
}

// acted goes back to the debt, or shows it again with what was typed.
func (w Web) acted(c *webkit.Ctx, on string, f form, err error, done string) error {
	if err == nil {
		return c.Done(path(c.Param("code")), done, c.Param("code"))
	}
	page, pageErr := w.data(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form, page.On, page.Version = f, on, webkit.VersionAfter(err, c.Version(), page.Version)
	return c.Refuse(err, "debt/show", page)
}
