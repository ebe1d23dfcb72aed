package reconweb

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"matbang/internal/bank"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/recon"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// The ways to decide about a line: one of them is on the screen at a time.
const (
	modeConfirm = "confirm"
	modeSplit   = "split"
	modeOther   = "other"
	modeUndo    = "undo"
)

// view is where a person is at the bench; it travels in every address, also that of a form, so that a refused act comes back to the same place.
type view struct {
	Home  string
	Month string // only when the address names it
	Show  recon.Show
	Q     string
	After id.Line
	Line  id.Line
	Mode  string
	Find  string // searched among the payments of a split
	Last  id.Line
	seal  func(string) string // of what is searched for, in addresses
}

func readView(c *webkit.Ctx) view {
	v := view{Home: home(c.Param("account")), Month: c.Query("month"), Show: recon.Show(c.Query("show")), Q: c.Query("q"), Mode: c.Query("mode"), Find: c.Query("find"),
		After: id.Line(number(c.Query("after"))), Line: id.Line(number(c.Query("line"))), Last: id.Line(number(c.Query("last"))), seal: c.Seal}
	switch v.Show {
	case recon.ShowProposed, recon.ShowMatched, recon.ShowAll:
	default:
		v.Show = recon.ShowOpen
	}
	return v
}

// values are what an address of this view carries; what is as usual is left out.
func (v view) values() url.Values {
	values := url.Values{}
	set := func(name, value, usual string) {
		if value != usual {
			values.Set(name, value)
		}
	}
	set("month", v.Month, "")
	set("show", string(v.Show), string(recon.ShowOpen))
	set("q", v.seal(v.Q), "")
	set("after", fmt.Sprint(v.After), "0")
	set("line", fmt.Sprint(v.Line), "0")
	if v.Mode == modeSplit || v.Mode == modeOther {
		values.Set("mode", v.Mode)
	}
	set("find", v.seal(v.Find), "")
	set("last", fmt.Sprint(v.Last), "0")
	return values
}

// At is the bench with some of these changed, by name and value.
func (v view) At(pairs ...any) string { return v.address("", pairs...) }

// Act is the address of an act on the chosen line.
func (v view) Act(verb string) string { return v.address(fmt.Sprintf("/lines/%d/%s", v.Line, verb)) }

func (v view) address(path string, pairs ...any) string {
	values := v.values()
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])
		values.Del(name)
		if value != "" && value != "0" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return v.Home + path
	}
	return v.Home + path + "?" + values.Encode()
}

// Hidden are what a search form keeps of the view.
func (v view) Hidden() url.Values {
	values := v.values()
	for _, name := range []string{"q", "after", "line", "last"} {
		values.Del(name)
	}
	return values
}

type benchPage struct {
	head
	View       view
	Proposed   int
	Lines      []recon.LineRow
	More       bool
	Line       *recon.LineRow // the one to decide about
	Candidates []candidate
	Matches    []recon.Match // what explains the line, when something does
	Undo       *recon.LineRow
	Form       lineForm
	Kinds      []webkit.Choice
	Key        string
	Whole      vnd.Amount // of the line, without its sign
}

func (w Web) bench(c *webkit.Ctx) error {
	page, err := w.benchData(c, readView(c), lineForm{})
	if err != nil {
		return err
	}
	return c.Show("recon/bench", page)
}

// benchData selects the line asked for, else the first of the list.
func (w Web) benchData(c *webkit.Ctx, v view, form lineForm) (benchPage, error) {
	page := benchPage{View: v, Form: form, Key: c.NewKey(), Kinds: c.Choices("recon.kind.", string(recon.Fee), string(recon.Other), "foreign")}
	var err error
	if page.head, err = w.head(c, "bench"); err != nil {
		return page, err
	}
	if page.Proposed, err = w.Recon.Proposed(c.Context(), c.Actor(), page.Account.ID, page.Through); err != nil {
		return page, err
	}
	found, err := w.Recon.Bench(c.Context(), c.Actor(), recon.BenchQuery{Account: page.Account.ID, From: page.Month.First(), Through: page.Through,
		Show: v.Show, Text: v.Q, After: v.After, Limit: listing.PageSize})
	if err != nil {
		return page, err
	}
	page.Lines, page.More = found.Lines, found.More
	for i := range page.Lines {
		page.Lines[i].Line = masked(c.Actor(), page.Lines[i].Line)
	}
	if err := w.choose(c, &page); err != nil || page.Line == nil {
		return page, err
	}
	return page, w.decision(c, &page)
}

// choose finds the line to decide about; one that is not there any more gives way to the first of the list.
func (w Web) choose(c *webkit.Ctx, page *benchPage) error {
	if page.View.Line != 0 {
		line, err := w.Recon.LineOf(c.Context(), c.Actor(), page.Account.ID, page.View.Line)
		if err != nil && !recon.IsMissing(err) {
			return err
		}
		if err == nil {
			line.Line = masked(c.Actor(), line.Line)
			page.Line = &line
		}
	}
	if page.Line == nil && len(page.Lines) > 0 {
		page.Line = &page.Lines[0]
	}
	if page.Line != nil {
		page.View.Line = page.Line.ID
	}
	return nil
}

// decision reads what the one decision on the screen needs.
func (w Web) decision(c *webkit.Ctx, page *benchPage) error {
	line := page.Line
	page.Whole = max(line.Amount, -line.Amount)
	if line.MatchID != 0 {
		page.View.Mode = modeUndo
		var err error
		page.Matches, err = w.Recon.MatchesOf(c.Context(), c.Actor(), line.ID)
		return err
	}
	switch page.View.Mode {
	case modeOther:
		return nil
	case modeSplit:
		found, err := w.Recon.Parts(c.Context(), c.Actor(), line.ID, page.View.Find)
		page.Candidates = candidates(c, line.Line, found, page.Form.Payments, false)
		return err
	}
	page.View.Mode = modeConfirm
	found, err := w.Recon.Candidates(c.Context(), c.Actor(), line.ID)
	page.Candidates = candidates(c, line.Line, found, page.Form.Payments, page.Form.Other == "")
	return err
}

// lineForm is what a person decided about a line, as it was typed.
type lineForm struct {
	Payments            []string
	Other, Reason, Kind string
	LessFee             bool      // the bank kept a fee of what came back
	Marks               []id.Line // lines that pay the same payment with the chosen one
}

func readLineForm(c *webkit.Ctx) lineForm {
	f := lineForm{Payments: c.FormAll("payment"), Other: c.Form("payment_other"), Reason: c.Form("reason"), Kind: c.Form("kind"), LessFee: c.Form("less_fee") != ""}
	for _, mark := range c.FormAll("mark") {
		f.Marks = append(f.Marks, id.Line(number(mark)))
	}
	return f
}

// codes are the payments meant. At a single payment the one typed counts before the one ticked; in a split they go together.
func (f lineForm) codes(mode string) string {
	ticked := strings.Join(f.Payments, ", ")
	if mode == modeSplit {
		return strings.Trim(ticked+", "+f.Other, ", ")
	}
	return cmp.Or(f.Other, ticked)
}

// Marked tells whether a line was marked to go with the chosen one.
func (f lineForm) Marked(line id.Line) bool {
	for _, m := range f.Marks {
		if m == line {
			return true
		}
	}
	return false
}

// MayLackFee tells whether some candidate came back less what may be a fee.
func (p benchPage) MayLackFee() bool {
	return slices.ContainsFunc(p.Candidates, func(r candidate) bool { return r.LessFee > 0 })
}

// candidate is a proposed payment with what speaks for it and against it.
type candidate struct {
	recon.Candidate
	Why    []recon.Reason
	Ticked bool
}

// Words are the reasons in one line, the strongest first.
func (r candidate) Words(c *webkit.Ctx) string {
	var words []string
	for _, why := range r.Why {
		if why.Agrees && why.Field != "day" {
			words = append(words, c.T("recon.field."+why.Field))
		}
	}
	return strings.Join(words, ", ")
}

// candidates ticks what was chosen before; else the first, when it is asked for and its code, account or identity number agrees with the amount: a
// name alone is never offered as if it were decided.
func candidates(c *webkit.Ctx, line bank.Line, found []recon.Candidate, chosen []string, first bool) []candidate {
	rows := make([]candidate, 0, len(found))
	for i, f := range found {
		row := candidate{Candidate: f, Why: recon.WhyOf(line, f)}
		for _, code := range chosen {
			row.Ticked = row.Ticked || code == f.PaymentCode
		}
		if first && len(chosen) == 0 && i == 0 {
			row.Ticked = proves(f)
		}
		rows = append(rows, row)
	}
	return rows
}

// proves: stands on more than a name, so that a person may confirm it without words of their own.
func proves(f recon.Candidate) bool {
	return f.SameAmount && (f.SameCode || f.SameSlip || f.SameAccount || f.SameIdentity)
}
