package ledgerweb

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/listing"
	"matbang/internal/webkit"
)

func (w Web) bookRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/ledger", ledger.BookRead, w.accounts)
	k.Page(http.MethodGet, "/ledger/journals", ledger.BookRead, w.journals)
	k.Page(http.MethodGet, "/ledger/journals/:id", ledger.BookRead, w.journal)
	webkit.Op(k, webkit.Operation{ID: "list-accounts", Method: http.MethodGet, Path: "/ledger/accounts", Permission: ledger.BookRead,
		Summary: "What stands on each account of the city, a work or a case as of a day"}, w.apiAccounts)
	webkit.Op(k, webkit.Operation{ID: "list-journals", Method: http.MethodGet, Path: "/ledger/journals", Permission: ledger.BookRead,
		Summary: "Journals of the book, the newest first"}, w.apiJournals)
	webkit.Op(k, webkit.Operation{ID: "get-journal", Method: http.MethodGet, Path: "/ledger/journals/{id}", Permission: ledger.BookRead,
		Summary: "One journal with its postings and its seal"}, w.apiJournal)
}

// bookForm is a filter of the book as it was typed.
type bookForm struct{ Project, Case, Account, Kind, Reference, From, Through string }

func readBook(c *webkit.Ctx) (bookForm, ledger.BookFilter, error) {
	f := bookForm{c.Query("project"), c.Query("case"), c.Query("account"), c.Query("kind"), c.Query("reference"), c.Query("from"), c.Query("through")}
	var wrong fault.Wrong
	filter := ledger.BookFilter{Project: f.Project, Case: f.Case, Account: ledger.Account(f.Account), Kind: ledger.Kind(f.Kind), Reference: f.Reference}
	if f.From != "" {
		filter.From = webkit.Day(&wrong, "from", f.From)
	}
	if f.Through != "" {
		filter.Through = webkit.Day(&wrong, "through", f.Through)
	}
	return f, filter, wrong.Err()
}

// query leads from an account to its journals, under the same filter.
func (f bookForm) query(account ledger.Account) string {
	q := url.Values{"account": {string(account)}}
	for name, value := range map[string]string{"project": f.Project, "case": f.Case, "through": f.Through} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/ledger/journals?" + q.Encode()
}

type accountRow struct {
	ledger.Balance
	Href string
}

type bookPage struct {
	Form   bookForm
	Groups [][]accountRow // the way from approved to paid, debts, interest, surcharge
}

func (w Web) accounts(c *webkit.Ctx) error {
	form, filter, err := readBook(c)
	page := bookPage{Form: form}
	var balances []ledger.Balance
	if err == nil {
		balances, err = w.Ledger.Balances(c.Context(), c.Actor(), filter)
	}
	if err != nil {
		return c.Refuse(err, "ledger/accounts", page)
	}
	for _, b := range balances {
		switch b.Account {
		case ledger.Approved, ledger.DebtSource, ledger.InterestSource, ledger.SurchargeApproved:
			page.Groups = append(page.Groups, nil)
		}
		last := len(page.Groups) - 1
		page.Groups[last] = append(page.Groups[last], accountRow{b, form.query(b.Account)})
	}
	return c.Show("ledger/accounts", page)
}

type journalRow struct {
	ledger.JournalRow
	Href string // of the thing the reference names; empty where it is only a paper
}

type journalsPage struct {
	Form            bookForm
	List            listing.Answer[ledger.JournalRow]
	Rows            []journalRow
	Kinds, Accounts []webkit.Choice
}

func (w Web) journals(c *webkit.Ctx) error {
	form, filter, err := readBook(c)
	page := journalsPage{Form: form, List: listing.Answer[ledger.JournalRow]{Query: c.List()}}
	for _, kind := range ledger.Kinds() {
		page.Kinds = append(page.Kinds, webkit.Choice{Value: string(kind), Text: c.T("ledger.kind." + string(kind))})
	}
	for _, account := range ledger.Chart() {
		page.Accounts = append(page.Accounts, webkit.Choice{Value: string(account), Text: c.T("ledger.account." + string(account))})
	}
	c.Crumb(c.T("menu.ledger"), "/ledger")
	c.Crumb(c.T("ledger.journals"), "")
	if err == nil {
		page.List, err = w.Ledger.Journals(c.Context(), c.Actor(), filter, c.List())
	}
	if err != nil {
		return c.Refuse(err, "ledger/journals", page)
	}
	for _, j := range page.List.Items {
		page.Rows = append(page.Rows, journalRow{j, hrefOf(j)})
	}
	return c.Show("ledger/journals", page)
}

// hrefOf is the page of what a journal is about.
func hrefOf(j ledger.JournalRow) string {
	switch j.Kind {
	case ledger.OrderSubmitted, ledger.OrderReleased, ledger.OrderCancelled:
		return "/payout-orders/" + url.PathEscape(j.Reference)
	case ledger.PaymentPaid, ledger.PaymentReturned, ledger.PaymentDeposited, ledger.DepositReleased:
		return "/payments/" + url.PathEscape(j.Reference)
	default:
		return ""
	}
}

type journalPage struct {
	Journal  journalRow
	Postings []ledger.PostingRow
}

func (w Web) journal(c *webkit.Ctx) error {
	number, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return ledger.ErrJournalMissing
	}
	j, postings, err := w.Ledger.JournalOf(c.Context(), c.Actor(), id.Journal(number))
	if err != nil {
		return err
	}
	c.Crumb(c.T("menu.ledger"), "/ledger")
	c.Crumb(c.T("ledger.journals"), "/ledger/journals")
	c.Crumb(strconv.FormatInt(number, 10), "")
	return c.Show("ledger/journal", journalPage{journalRow{j, hrefOf(j)}, postings})
}

// FilterInput is a filter of the book. It is exported because huma passes over embedded structs that are not.
type FilterInput struct {
	Project   string   `query:"project" doc:"code of a work"`
	Case      string   `query:"case" doc:"code of a case"`
	Account   string   `query:"account"`
	Kind      string   `query:"kind"`
	Reference string   `query:"reference" doc:"code of an order or payment, or number of a paper, whole"`
	From      day.Date `query:"from"`
	Through   day.Date `query:"through" doc:"the last day that counts"`
}

func (in FilterInput) filter() ledger.BookFilter {
	return ledger.BookFilter{Project: in.Project, Case: in.Case, Account: ledger.Account(in.Account), Kind: ledger.Kind(in.Kind), Reference: in.Reference,
		From: in.From, Through: in.Through}
}

type balancesBody struct {
	Items []ledger.Balance `json:"items"`
}

func (w Web) apiAccounts(ctx context.Context, who actor.Actor, in *FilterInput) (*webkit.Body[balancesBody], error) {
	balances, err := w.Ledger.Balances(ctx, who, in.filter())
	return &webkit.Body[balancesBody]{Body: balancesBody{balances}}, err
}

type journalsInput struct {
	FilterInput
	webkit.ListInput
}

func (w Web) apiJournals(ctx context.Context, who actor.Actor, in *journalsInput) (*webkit.ListOutput[ledger.JournalRow], error) {
	answer, err := w.Ledger.Journals(ctx, who, in.filter(), listing.Query{Per: in.Limit, After: in.After()})
	if err != nil {
		return nil, err
	}
	return webkit.Listed(answer, func(j ledger.JournalRow) string { return strconv.FormatInt(int64(j.ID), 10) }), nil
}

type journalInput struct {
	ID int64 `path:"id"`
}

type journalBody struct {
	ledger.JournalRow
	Postings []ledger.PostingRow `json:"postings"`
}

func (w Web) apiJournal(ctx context.Context, who actor.Actor, in *journalInput) (*webkit.Body[journalBody], error) {
	j, postings, err := w.Ledger.JournalOf(ctx, who, id.Journal(in.ID))
	return &webkit.Body[journalBody]{Body: journalBody{j, postings}}, err
}
