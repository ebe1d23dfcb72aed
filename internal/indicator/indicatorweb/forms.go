package indicatorweb

import (
	"strconv"
	"strings"

	"matbang/internal/area"
	"matbang/internal/fault"
	"matbang/internal/indicator"
	"matbang/internal/webkit"
)

// typed is a row as it was typed, shown again unchanged when something is wrong. Was is the row as the page first showed it: only rows that
// differ from it are sent on.
type typed struct {
	Plan, Result, Mark, Ratio, LastYear, Growth, Note, Reason string
	Version                                                   int
	Was                                                       string
}

func typedOf(r indicator.Row) typed {
	t := typed{Plan: text(r.Plan, r.Decimals), Result: text(r.Result, r.Decimals), Mark: string(r.Mark), Ratio: percent(r.RatioBP),
		LastYear: text(r.LastYear, r.Decimals), Growth: percent(r.GrowthBP), Note: r.Note, Reason: r.Reason, Version: r.Version}
	t.Was = t.signature()
	return t
}

func text(f *indicator.Figure, decimals int) string {
	if f == nil {
		return ""
	}
	return f.Text(decimals)
}

// percent writes basis points as people type them: "108", "-3,79".
func percent(bp *int) string {
	if bp == nil {
		return ""
	}
	sign, n := "", *bp
	if n < 0 {
		sign, n = "-", -n
	}
	return strings.TrimSuffix(sign+area.Area(n).String(), ",00")
}

func (t typed) signature() string {
	return strings.Join([]string{t.Plan, t.Result, t.Mark, t.Ratio, t.LastYear, t.Growth, t.Note}, "|")
}

func readTyped(c *webkit.Ctx, code string) typed {
	form := func(field string) string { return c.Form(code + "." + field) }
	version, _ := strconv.Atoi(form("version"))
	return typed{Plan: form("plan"), Result: form("result"), Mark: form("mark"), Ratio: form("ratio"), LastYear: form("last_year"),
		Growth: form("growth"), Note: form("note"), Reason: form("reason"), Version: version, Was: form("was")}
}

// input reads the row; what cannot be read is noted under the row's field.
func (t typed) input(r indicator.Row, wrong *fault.Wrong) indicator.Input {
	in := indicator.Input{Code: r.Code, Version: t.Version}
	in.Plan, in.Result = figure(wrong, r, "plan", t.Plan), figure(wrong, r, "result", t.Result)
	in.LastYear = figure(wrong, r, "last_year", t.LastYear)
	in.RatioBP, in.GrowthBP = share(wrong, r.Code+".ratio", t.Ratio), share(wrong, r.Code+".growth", t.Growth)
	in.Mark, in.Note, in.Reason = indicator.Mark(t.Mark), t.Note, t.Reason
	return in
}

func figure(wrong *fault.Wrong, r indicator.Row, field, typed string) *indicator.Figure {
	if typed == "" {
		return nil
	}
	f, err := indicator.Parse(typed, r.Decimals)
	if err != nil {
		wrong.Add(r.Code+"."+field, "indicator.figure_form", typed, r.Decimals)
		return nil
	}
	return &f
}

// share reads "108", "96,5 %" or "-3,79" as basis points.
func share(wrong *fault.Wrong, name, typed string) *int {
	if typed == "" {
		return nil
	}
	plain := strings.TrimSpace(strings.TrimSuffix(typed, "%"))
	positive, negative := strings.CutPrefix(plain, "-")
	a, err := indicator.Parse(positive, 2)
	if err != nil || a > 10_000_000 {
		wrong.Add(name, "indicator.ratio_form", typed)
		return nil
	}
	bp := int(a)
	if negative {
		bp = -bp
	}
	return &bp
}

// definition is what is to be measured, as typed.
type definition struct{ Code, Name, NameEN, Measure, Decimals, Direction, Unit, Rank, FromYear, ToYear string }

func readDefinition(c *webkit.Ctx) definition {
	return definition{c.Form("code"), c.Form("name"), c.Form("name_en"), c.Form("measure"), c.Form("decimals"), c.Form("direction"), c.Form("unit"),
		c.Form("rank"), c.Form("from_year"), c.Form("to_year")}
}

func (d definition) indicator() (indicator.Indicator, error) {
	var wrong fault.Wrong
	i := indicator.Indicator{Code: d.Code, Name: d.Name, NameEN: d.NameEN, Measure: d.Measure, Direction: d.Direction, Unit: d.Unit}
	var err error
	if i.Decimals, err = strconv.Atoi(d.Decimals); err != nil {
		wrong.Add("decimals", "choose")
	}
	if i.Rank, err = strconv.Atoi(d.Rank); err != nil || i.Rank < 0 {
		wrong.Add("rank", "indicator.rank_form")
	}
	i.FromYear = webkit.Year(&wrong, "from_year", d.FromYear)
	if d.ToYear != "" {
		i.ToYear = webkit.Year(&wrong, "to_year", d.ToYear)
	}
	return i, wrong.Err()
}
