package progressweb

import (
	"cmp"
	"strconv"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

// typed is a row of the grid as it was typed: shown again, unchanged, when something is wrong. Was is the row as the page first showed it:
// only rows that differ from it are sent on, so that a row left alone never overwrites another person's.
type typed struct {
	Executed, Estimate, Disbursed, Treasury, Physical, Reason, Note string
	Same                                                            bool
	Version                                                         int
	Was                                                             string
}

func typedOf(w progress.Work) typed {
	var t typed
	if w.State != "" {
		t = figuresText(w.Figures)
	}
	t.Reason, t.Note, t.Same, t.Version = w.Reason, w.Note, w.NoChange, w.Version
	t.Was = t.signature()
	return t
}

func readTyped(c *webkit.Ctx, code string) typed {
	form := func(field string) string { return c.Form(progress.FieldOf(code, field)) }
	version, _ := strconv.Atoi(form("version"))
	return typed{Executed: form("executed"), Estimate: form("estimate_month_end"), Disbursed: form("disbursed"), Treasury: form("disbursed_treasury"),
		Physical: form("physical"), Reason: form("reason"), Note: form("note"), Same: form("no_change") != "", Version: version, Was: form("was")}
}

func (t typed) signature() string {
	return strings.Join([]string{t.Executed, t.Estimate, t.Disbursed, t.Treasury, t.Physical, strconv.FormatBool(t.Same), t.Reason, t.Note}, "|")
}

func (t typed) changed() bool { return t.signature() != t.Was }

// set puts a pasted text into the cell of a field.
func (t *typed) set(field, text string) {
	switch field {
	case "executed":
		t.Executed = text
	case "estimate_month_end":
		t.Estimate = text
	case "disbursed":
		t.Disbursed = text
	case "disbursed_treasury":
		t.Treasury = text
	case "physical":
		t.Physical = text
	case "no_change":
		t.Same = text == "1"
	case "reason":
		t.Reason = text
	case "note":
		t.Note = text
	}
}

// row reads the typed texts; what cannot be read is refused at its cell. A row that declares no change is not read. A cell left empty takes
// what other rooms' books offer.
func (t typed) row(code string, offer typed, wrong *fault.Wrong) progress.Row {
	r := progress.Row{Code: code, Version: t.Version, NoChange: t.Same, Reason: t.Reason, Note: t.Note}
	if t.Same {
		return r
	}
	name := func(field string) string { return progress.FieldOf(code, field) }
	r.Executed = webkit.Money(wrong, name("executed"), t.Executed)
	r.Estimate = webkit.Money(wrong, name("estimate_month_end"), t.Estimate)
	r.Disbursed = webkit.Money(wrong, name("disbursed"), cmp.Or(t.Disbursed, offer.Disbursed))
	r.Treasury = webkit.Money(wrong, name("disbursed_treasury"), cmp.Or(t.Treasury, offer.Treasury))
	if t.Physical == "" {
		wrong.Add(name("physical"), "required")
		return r
	}
	r.PhysicalBP = webkit.Percent(wrong, name("physical"), t.Physical)
	return r
}
