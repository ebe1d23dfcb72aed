package violationweb

import (
	"errors"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/violation"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

// onHandle is put before the names of the second form's fields: both forms of a page have a decision and an end.
const onHandle = "handle_"

// form is a form as it was typed, by field name without the prefix: shown again, unchanged, when something is wrong.
type form map[string]string

func names() []string {
	return []string{"what", "place", "description", "ward", "project", "found_on", "due_on", "decision_number", "decided_on", "measure", "fine",
		"handled_on", "outcome", "area", "reason"}
}

func readForm(c *webkit.Ctx, prefix string) form {
	f := form{}
	for _, name := range names() {
		f[name] = c.Form(prefix + name)
	}
	return f
}

// formOf is the form in which a violation stands open to change. The reason is of each change anew.
func formOf(v violation.Violation) form {
	f := form{"what": v.What, "place": v.Place, "description": v.Description, "ward": v.WardCode, "project": v.Project, "found_on": v.FoundOn.VN(), "due_on": v.DueOn.VN(),
		"decision_number": v.Number, "decided_on": v.DecidedOn.VN(), "measure": v.Measure, "handled_on": v.HandledOn.VN(), "outcome": v.Outcome}
	if v.Fine != 0 {
		f["fine"] = v.Fine.String()
	}
	if v.Area != 0 {
		f["area"] = v.Area.String()
	}
	return f
}

func (f form) input(wrong *fault.Wrong) violation.Input {
	return violation.Input{What: f["what"], Place: f["place"], Description: f["description"], Ward: f["ward"], Project: f["project"],
		FoundOn: webkit.Day(wrong, "found_on", f["found_on"]), DueOn: webkit.OptionalDay(wrong, "due_on", f["due_on"]), Decision: f.decision(wrong)}
}

func (f form) decision(wrong *fault.Wrong) violation.Decision {
	return violation.Decision{Number: f["decision_number"], DecidedOn: webkit.OptionalDay(wrong, "decided_on", f["decided_on"]), Measure: f["measure"], Fine: money(wrong, f["fine"])}
}

func (f form) handling(wrong *fault.Wrong) violation.Handling {
	return violation.Handling{HandledOn: webkit.OptionalDay(wrong, "handled_on", f["handled_on"]), Outcome: f["outcome"], Area: measured(wrong, f["area"])}
}

func money(wrong *fault.Wrong, text string) vnd.Amount {
	if text == "" {
		return 0
	}
	return webkit.Money(wrong, "fine", text)
}

func measured(wrong *fault.Wrong, text string) area.Area {
	if text == "" {
		return 0
	}
	return webkit.Area(wrong, "area", text)
}

// found is the day typed as the day of finding, or another one when none can be read: the wards offered are those of that day.
func (f form) found(otherwise day.Date) day.Date {
	if d, err := day.Parse(f["found_on"]); err == nil {
		return d
	}
	return otherwise
}

// prefixed puts a prefix before the field names of a refusal: a page with two forms tells them apart by it.
func prefixed(err error, prefix string) error {
	var f *fault.Fault
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	out := *f
	out.Fields = nil
	for _, field := range f.Fields {
		field.Name = prefix + field.Name
		out.Fields = append(out.Fields, field)
	}
	return &out
}
