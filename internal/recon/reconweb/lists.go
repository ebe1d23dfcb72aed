package reconweb

import (
	"cmp"
	"context"

	"matbang/internal/bank"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/recon"
	"matbang/internal/webkit"
)

type matchesPage struct {
	head
	List       listing.Answer[recon.Match]
	WithUndone bool
	Undo       id.Match // the one whose undo form is open
	Reason     string
	Key        string
}

func (w Web) matches(c *webkit.Ctx) error {
	page, err := w.matchesData(c)
	if err != nil {
		return err
	}
	page.Undo = id.Match(number(c.Query("undo")))
	return c.Show("recon/matches", page)
}

func (w Web) matchesData(c *webkit.Ctx) (matchesPage, error) {
	page := matchesPage{WithUndone: c.Query("undone") != "", Key: c.NewKey()}
	var err error
	if page.head, err = w.head(c, "matches"); err != nil {
		return page, err
	}
	page.List, err = w.Recon.Matches(c.Context(), c.Actor(), page.Account.ID, page.WithUndone, c.List())
	return page, err
}

func (w Web) undoMatch(c *webkit.Ctx) error {
	match, account := id.Match(number(c.Param("match"))), c.Param("account")
	err := w.once(c, "match.undo", []any{match, c.Form("reason")}, &none{}, func(ctx context.Context) error {
		return w.Recon.UndoMatch(ctx, c.Actor(), match, c.Form("reason"), c.Today())
	})
	if err == nil {
		return c.Done(home(account)+"/matches", "recon.undone_match", int64(match))
	}
	page, pageErr := w.matchesData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Undo, page.Reason = match, c.Form("reason")
	return c.Refuse(err, "recon/matches", page)
}

type runsPage struct {
	head
	Runs   []recon.RunRow
	Rules  map[id.Run][]recon.RunRule
	Undo   id.Run
	Reason string
	Key    string
}

func (w Web) runs(c *webkit.Ctx) error {
	page, err := w.runsData(c)
	if err != nil {
		return err
	}
	page.Undo = id.Run(number(c.Query("undo")))
	return c.Show("recon/runs", page)
}

func (w Web) runsData(c *webkit.Ctx) (runsPage, error) {
	page := runsPage{Key: c.NewKey()}
	var err error
	if page.head, err = w.head(c, "runs"); err != nil {
		return page, err
	}
	if page.Runs, err = w.Recon.Runs(c.Context(), c.Actor(), page.Account.ID); err != nil {
		return page, err
	}
	rules, err := w.Recon.RunRules(c.Context(), c.Actor(), page.Account.ID)
	page.Rules = map[id.Run][]recon.RunRule{}
	for _, r := range rules {
		page.Rules[r.RunID] = append(page.Rules[r.RunID], r)
	}
	return page, err
}

func (w Web) undoRun(c *webkit.Ctx) error {
	run, account := id.Run(number(c.Param("run"))), c.Param("account")
	err := w.once(c, "match.undo_run", []any{run, c.Form("reason")}, &none{}, func(ctx context.Context) error {
		return w.Recon.UndoRun(ctx, c.Actor(), run, c.Form("reason"), c.Today())
	})
	if err == nil {
		return c.Done(home(account)+"/runs", "recon.undone_run", int64(run))
	}
	page, pageErr := w.runsData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Undo, page.Reason = run, c.Form("reason")
	return c.Refuse(err, "recon/runs", page)
}

type statementsPage struct {
	head
	List     listing.Answer[bank.Statement]
	Gaps     []bank.Gap // between statements of the account
	Profiles []webkit.Choice
	Profile  string
	Faults   []webkit.RowFault
	FileName string           // of a file that is only looked at
	Seen     *bank.Inspection // what is in it
	Rows     [][]string       // of a file no layout fits; here nothing
}

func (w Web) statements(c *webkit.Ctx) error {
	page, err := w.statementsData(c)
	if err != nil {
		return err
	}
	return c.Show("recon/statements", page)
}

func (w Web) statementsData(c *webkit.Ctx) (statementsPage, error) {
	var page statementsPage
	var err error
	if page.head, err = w.head(c, "statements"); err != nil {
		return page, err
	}
	page.Profile = page.Account.Profile
	if page.List, err = w.Bank.Statements(c.Context(), c.Actor(), page.Account.ID, c.List()); err != nil {
		return page, err
	}
	if page.Gaps, err = w.Bank.Gaps(c.Context(), c.Actor(), page.Account.ID); err != nil {
		return page, err
	}
	profiles, err := w.Bank.Profiles(c.Context())
	for _, p := range profiles {
		page.Profiles = append(page.Profiles, webkit.Choice{Value: p.Code, Text: p.Name})
	}
	return page, err
}

func (w Web) upload(c *webkit.Ctx) error {
	account := c.Param("account")
	page, err := w.statementsData(c)
	if err != nil {
		return err
	}
	page.Profile = cmp.Or(c.Form("profile"), page.Profile)
	name, file, size, err := c.OpenUpload("file", fileLimit)
	if err != nil {
		return c.Refuse(err, "recon/statements", page)
	}
	defer func() { _ = file.Close() }()
	read := bank.FileOf(name, file, size)
	if c.Form("act") != "load" {
		return w.preview(c, page, read)
	}
	loaded, err := w.Bank.LoadFile(c.Context(), c.Actor(), account, page.Profile, read)
	if err != nil {
		page.Faults = c.RowFaults(err)
		return c.Refuse(err, "recon/statements", page)
	}
	last := loaded[len(loaded)-1]
	return c.Done(home(account)+"/statements", "recon.loaded", name, last.LineCount, last.KnownCount)
}

// previewLines is how many lines of each statement are shown before anything is written.
const previewLines = 50

// preview shows what an import of the file by the chosen layout would bring.
func (w Web) preview(c *webkit.Ctx, page statementsPage, read bank.File) error {
	seen, err := w.Bank.Preview(c.Context(), c.Actor(), read, page.Profile, previewLines)
	if page.Faults = c.RowFaults(err); err != nil && len(page.Faults) == 0 {
		return c.Refuse(err, "recon/statements", page)
	}
	page.FileName, page.Seen = read.Name, &seen
	return c.Show("recon/statements", page)
}

type linesPage struct {
	Statement bank.Statement
	List      listing.Answer[recon.LineRow]
}

func (w Web) lines(c *webkit.Ctx) error {
	statement := id.Statement(number(c.Param("id")))
	var page linesPage
	var err error
	if page.Statement, err = w.Bank.StatementOf(c.Context(), c.Actor(), statement); err != nil {
		return err
	}
	if page.List, err = w.Recon.StatementLines(c.Context(), c.Actor(), statement, c.List()); err != nil {
		return err
	}
	for i := range page.List.Items {
		page.List.Items[i].Line = masked(c.Actor(), page.List.Items[i].Line)
	}
	c.Crumb(c.T("menu.recon"), "/recon")
	c.Crumb(page.Statement.AccountCode, home(page.Statement.AccountCode)+"/statements")
	c.Crumb(page.Statement.FileName, "")
	return c.Show("recon/lines", page)
}
