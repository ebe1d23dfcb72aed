package progressweb

import (
	"fmt"
	"strconv"
	"strings"

	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/webkit"
)

// typed is a row of the grid as it was typed: shown again, unchanged, when something is wrong. Was is the row as the page first showed it:
// only rows that differ from it are sent on, so that a row left alone never overwrites another person's.
type typed struct {
	Executed, Estimate, Disbursed, Treasury, Physical, Note string
	Same                                                    bool
	Version                                                 int
	Was                                                     string
}

func typedOf(w progress.Work) typed {
	t := typed{Note: w.Note, Same: w.NoChange, Version: w.Version}
	if w.State != "" {
		t.Executed, t.Estimate, t.Disbursed, t.Treasury = w.Executed.String(), w.Estimate.String(), w.Disbursed.String(), w.Treasury.String()
		t.Physical = percentText(w.PhysicalBP)
	}
	t.Was = t.signature()
	return t
}

func readTyped(c *webkit.Ctx, code string) typed {
	form := func(field string) string { return c.Form(progress.FieldOf(code, field)) }
	version, _ := strconv.Atoi(form("version"))
	return typed{Executed: form("executed"), Estimate: form("estimate_month_end"), Disbursed: form("disbursed"), Treasury: form("disbursed_treasury"),
		Physical: form("physical"), Note: form("note"), Same: form("no_change") != "", Version: version, Was: form("was")}
}

func (t typed) signature() string {
	return strings.Join([]string{t.Executed, t.Estimate, t.Disbursed, t.Treasury, t.Physical, strconv.FormatBool(t.Same), t.Note}, "|")
}

func (t typed) changed() bool { return t.signature() != t.Was }

// row reads the typed texts; what cannot be read is refused at its cell. A row that declares no change is not read.
func (t typed) row(code string, wrong *fault.Wrong) progress.Row {
	r := progress.Row{Code: code, Version: t.Version, NoChange: t.Same, Note: t.Note}
	if t.Same {
		return r
	}
	name := func(field string) string { return progress.FieldOf(code, field) }
	r.Executed = webkit.Money(wrong, name("executed"), t.Executed)
	r.Estimate = webkit.Money(wrong, name("estimate_month_end"), t.Estimate)
	r.Disbursed = webkit.Money(wrong, name("disbursed"), t.Disbursed)
	r.Treasury = webkit.Money(wrong, name("disbursed_treasury"), t.Treasury)
	if t.Physical == "" {
		wrong.Add(name("physical"), "required")
		return r
	}
	r.PhysicalBP = webkit.Percent(wrong, name("physical"), t.Physical)
	return r
}

// percentText writes basis points as people type them: 9650 → "96,5".
func percentText(bp int) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d,%02d", bp/100, bp%100), "0"), ",")
}
