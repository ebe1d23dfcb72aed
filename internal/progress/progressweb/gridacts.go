package progressweb

import (
	"encoding/json"
	"errors"
	"net/http"

	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

// read puts what was typed into the page and gives the rows that changed. A row that was accepted meanwhile is sent on too: its refusal
// says so, and what was typed stays on the page.
func (p *gridPage) read(c *webkit.Ctx) ([]progress.Row, error) {
	var wrong fault.Wrong
	var rows []progress.Row
	for i := range p.Rows {
		row := &p.Rows[i]
		if c.Form(progress.FieldOf(row.Code, "shown")) == "" {
			continue
		}
		if typed := readTyped(c, row.Code); row.Edit || typed.changed() {
			row.Typed, row.Edit = typed, true
		}
		if row.Typed.changed() {
			rows = append(rows, row.Typed.row(row.Code, row.Offer, &wrong))
		}
	}
	return rows, wrong.Err()
}

// carryOn gives refused rows the version they may be sent with next: the current one where somebody else changed the entry, as the page says.
func (p *gridPage) carryOn(err error) {
	for i := range p.Rows {
		row := &p.Rows[i]
		row.Typed.Version = webkit.VersionAfter(err, row.Typed.Version, row.Version)
	}
}

// save keeps what was typed as drafts; the button "submit" then hands in every draft of the page.
func (w Web) save(c *webkit.Ctx) error {
	page, err := w.posted(c)
	if err != nil {
		return err
	}
	rows, err := page.read(c)
	if err == nil {
		err = w.Progress.Save(c.Context(), c.Actor(), page.Month, rows, c.Today())
	}
	if err != nil {
		page.carryOn(err)
		return c.Refuse(err, "progress/grid", page)
	}
	if c.Form("act") != "submit" {
		return c.Done(back(c), "progress.saved", len(rows))
	}
	return w.submit(c, page.versions(rows))
}

// versions are those that the person has seen of each entry: of rows just saved the one that saving made.
func (p *gridPage) versions(saved []progress.Row) map[string]int {
	seen := map[string]int{}
	for _, row := range p.Rows {
		if row.Edit {
			seen[row.Code] = row.Typed.Version
		}
	}
	for _, r := range saved {
		seen[r.Code] = r.Version + 1
	}
	return seen
}

// submit hands in the drafts of the page as the person saw them; when that is refused, the page says at which work and field, and the drafts
// are kept.
func (w Web) submit(c *webkit.Ctx, seen map[string]int) error {
	page, err := w.posted(c)
	if err != nil {
		return err
	}
	var picks []progress.Pick
	for _, row := range page.Rows {
		if row.Edit && (row.State == progress.Draft || row.State == progress.Returned) {
			picks = append(picks, progress.Pick{Code: row.Code, Version: seen[row.Code]})
		}
	}
	if err := w.Progress.Submit(c.Context(), c.Actor(), page.Month, picks, c.Today()); err != nil {
		return c.Refuse(err, "progress/grid", page)
	}
	return c.Done(back(c), "progress.submitted", len(picks))
}

// drafted is the answer to a page that saves by itself: what became of each row it sent.
type drafted struct {
	Rows   map[string]draftedRow `json:"rows"`   // work → what is kept of it now
	Faults map[string]string     `json:"faults"` // cell → what is wrong; then nothing was kept
	Fault  string                `json:"fault"`
	Theirs map[string]int        `json:"theirs"` // work → version that somebody else made meanwhile
}

type draftedRow struct {
	Version int      `json:"version"`
	Was     string   `json:"was"`
	State   string   `json:"state"`
	Word    string   `json:"word"`
	Needs   []string `json:"needs"`
}

// draft saves the rows that a page sends by itself and answers in JSON. It is the act of save, without the page.
func (w Web) draft(c *webkit.Ctx) error {
	works, err := w.Progress.Works(c.Context(), c.Actor(), c.Month(), shownCodes(c))
	if err != nil {
		return err
	}
	page := gridPage{Month: c.Month()}
	for _, work := range works {
		page.Rows = append(page.Rows, rowOf(c, page.Month, work))
	}
	rows, err := page.read(c)
	if err == nil {
		err = w.Progress.Save(c.Context(), c.Actor(), page.Month, rows, c.Today())
	}
	if err != nil {
		return page.refused(c, err)
	}
	if works, err = w.Progress.Works(c.Context(), c.Actor(), page.Month, shownCodes(c)); err != nil {
		return err
	}
	answer := drafted{Rows: map[string]draftedRow{}}
	for code, work := range works {
		answer.Rows[code] = draftedRow{work.Version, typedOf(work).Was, string(work.State), c.T("progress.state." + stateKey(work.State)), needTexts(c, work.Needs)}
	}
	return writeJSON(c, http.StatusOK, answer)
}

func stateKey(s progress.State) string {
	if s == "" {
		return "missing"
	}
	return string(s)
}

// refused answers a refusal that a page can show; any other goes on to the fault page, which the page takes for "not saved".
func (p *gridPage) refused(c *webkit.Ctx, err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	answer := drafted{Faults: map[string]string{}, Fault: c.T("fault."+f.Code, f.Args...), Theirs: map[string]int{}}
	for _, field := range f.Fields {
		answer.Faults[field.Name] = c.T("fault."+field.Code, field.Args...)
	}
	if f.Kind == fault.Changed {
		for _, row := range p.Rows {
			if row.Version != row.Typed.Version {
				answer.Theirs[row.Code] = row.Version
			}
		}
	}
	return writeJSON(c, http.StatusConflict, answer)
}

func writeJSON(c *webkit.Ctx, status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.Text(status, "application/json; charset=utf-8", string(data))
}

// picked marks the chosen rows and names them with the versions that the page showed, and their own reasons.
func (p *gridPage) picked(c *webkit.Ctx) []progress.Pick {
	chosen := map[string]bool{}
	for _, code := range c.FormAll("pick") {
		chosen[code] = true
	}
	var picks []progress.Pick
	for i := range p.Rows {
		row := &p.Rows[i]
		row.OwnReason = c.Form(progress.FieldOf(row.Code, "return_reason"))
		if row.Picked = chosen[row.Code]; row.Picked {
			picks = append(picks, progress.Pick{Code: row.Code, Version: readTyped(c, row.Code).Version, Reason: row.OwnReason})
		}
	}
	return picks
}

func (w Web) accept(c *webkit.Ctx) error {
	page, err := w.gridPage(c)
	if err != nil {
		return err
	}
	picks := page.picked(c)
	page.Reason = c.Form("reason")
	if err := w.Progress.Accept(c.Context(), c.Actor(), page.Month, picks); err != nil {
		return c.Refuse(err, "progress/grid", page)
	}
	return c.Done(back(c), "progress.taken", len(picks))
}

func (w Web) giveBack(c *webkit.Ctx) error {
	page, err := w.gridPage(c)
	if err != nil {
		return err
	}
	page.Reason = c.Form("reason")
	picks := page.picked(c)
	if err := w.Progress.Return(c.Context(), c.Actor(), page.Month, picks, page.Reason); err != nil {
		return c.Refuse(err, "progress/grid", page)
	}
	return c.Done(back(c), "progress.given_back", len(picks))
}
