package violation

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"matbang/internal/day"
	"matbang/internal/fault"
)

func fields(w *fault.Wrong) []string {
	var f *fault.Fault
	out := []string{}
	if errors.As(w.Err(), &f) {
		for _, field := range f.Fields {
			out = append(out, field.Name+" "+field.Code)
		}
	}
	return out
}

func on(text string) day.Date {
	if text == "" {
		return day.Date{}
	}
	return day.Must(text)
}

var today = on("31/12/2023")

func right() Input {
	return Input{What: "no_permit", Place: "Tổ 9", Ward: "01840", FoundOn: on("12/01/2023"), DueOn: on("12/01/2023")}
}

func TestWhatWasDoneSaysTheKind(t *testing.T) {
	if len(Whats()) != 8 || KindOf("") != "" || KindOf("other") != "" {
		t.Error("kinds")
	}
	for i, what := range Whats() {
		if kind := KindOf(what); kind != Procedure && i < 5 || kind != Encroachment && i >= 5 {
			t.Errorf("%s is %s", what, kind)
		}
	}
}

func TestAnEntryTellsAllItsFaults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Input)
		want   []string
	}{
		"right, due on the day it was found": {func(*Input) {}, nil},
		"found today":                        {func(in *Input) { in.FoundOn, in.DueOn = today, today }, nil},
		"found tomorrow":                     {func(in *Input) { in.FoundOn, in.DueOn = today.Add(1), day.Date{} }, []string{"found_on day_future"}},
		"due before":                         {func(in *Input) { in.DueOn = in.FoundOn.Add(-1) }, []string{"due_on violation.due_order"}},
		"another act":                        {func(in *Input) { in.What = "theft" }, []string{"what choose"}},
		"nothing":                            {func(in *Input) { *in = Input{} }, []string{"what choose", "place required", "ward choose", "found_on required"}},
		"long":                               {func(in *Input) { in.Place = strings.Repeat("ổ", maxLine+1) }, []string{"place violation.too_long"}},
		"as long as may be":                  {func(in *Input) { in.Place = strings.Repeat("ổ", maxLine) }, nil},
		"decided on the day":                 {func(in *Input) { in.Decision = Decision{Number: "1", DecidedOn: in.FoundOn} }, nil},
		"decided before":                     {func(in *Input) { in.Decision = Decision{Number: "1", DecidedOn: in.FoundOn.Add(-1)} }, []string{"decided_on violation.decided_order"}},
		"decided tomorrow":                   {func(in *Input) { in.Decision = Decision{Number: "1", DecidedOn: today.Add(1)} }, []string{"decided_on day_future"}},
		"a number alone":                     {func(in *Input) { in.Number = "1" }, []string{"decided_on violation.decision_needed"}},
		"a day alone":                        {func(in *Input) { in.DecidedOn = today }, []string{"decision_number violation.decision_needed"}},
		"a measure alone":                    {func(in *Input) { in.Measure = "suspend" }, []string{"decision_number violation.decision_needed", "decided_on violation.decision_needed"}},
		"a fine alone":                       {func(in *Input) { in.Fine = 1 }, []string{"decision_number violation.decision_needed", "decided_on violation.decision_needed"}},
		"a fine without amount":              {func(in *Input) { in.Decision = Decision{"1", today, "fine", 0} }, []string{"fine violation.fine_needed"}},
		"below nothing":                      {func(in *Input) { in.Decision = Decision{"1", today, "", -1} }, []string{"fine money_range"}},
		"another measure":                    {func(in *Input) { in.Decision = Decision{"1", today, "jail", 0} }, []string{"measure choose"}},
	} {
		in := right()
		c.change(&in)
		var w fault.Wrong
		in.check(&w, today)
		if got := fields(&w); !slices.Equal(got, append([]string{}, c.want...)) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHandledNeedsADecisionAndAnOutcome(t *testing.T) {
	decision := Decision{Number: "1", DecidedOn: on("19/01/2023")}
	for name, c := range map[string]struct {
		d    Decision
		h    Handling
		want []string
	}{
		"right":                 {decision, Handling{HandledOn: decision.DecidedOn, Outcome: "Xong", Area: 1}, nil},
		"today":                 {decision, Handling{HandledOn: today, Outcome: "Xong"}, nil},
		"without a decision":    {Decision{}, Handling{HandledOn: today, Outcome: "Xong"}, []string{"decision_number violation.decision_first"}},
		"before the decision":   {decision, Handling{HandledOn: decision.DecidedOn.Add(-1), Outcome: "Xong"}, []string{"handled_on violation.handled_order"}},
		"tomorrow":              {decision, Handling{HandledOn: today.Add(1), Outcome: "Xong"}, []string{"handled_on day_future"}},
		"nothing said":          {decision, Handling{}, []string{"handled_on required", "outcome required"}},
		"an area below nothing": {decision, Handling{HandledOn: today, Outcome: "Xong", Area: -1}, []string{"area area_form"}},
	} {
		var w fault.Wrong
		c.h.check(&w, c.d, today)
		if got := fields(&w); !slices.Equal(got, append([]string{}, c.want...)) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestAHandledOneChangesOnlyWithAReason(t *testing.T) {
	decision := Decision{Number: "1", DecidedOn: on("19/01/2023")}
	end := Handling{HandledOn: on("28/03/2023"), Outcome: "Xong", Area: 100}
	open, handled := Violation{}, Violation{Handling: end}
	for name, c := range map[string]struct {
		old  Violation
		c    Change
		want []string
	}{
		"open":                         {open, Change{}, nil},
		"open, with an end":            {open, Change{Handling: end}, []string{"handled_on violation.not_handled"}},
		"open, an area":                {open, Change{Handling: Handling{Area: 1}}, []string{"handled_on violation.not_handled"}},
		"handled, with a reason":       {handled, Change{Handling: end, Reason: "Đo lại"}, nil},
		"handled, without":             {handled, Change{Handling: end}, []string{"reason violation.reason_needed"}},
		"handled, its end taken away":  {handled, Change{Reason: "Nhầm"}, []string{"handled_on required", "outcome required"}},
		"handled, its reason too long": {handled, Change{Handling: end, Reason: strings.Repeat("x", maxLine+1)}, []string{"reason violation.too_long"}},
	} {
		c.c.Input = right()
		c.c.Decision = decision
		var w fault.Wrong
		c.c.check(&w, c.old, today)
		if got := fields(&w); !slices.Equal(got, append([]string{}, c.want...)) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhereAViolationStands(t *testing.T) {
	for _, c := range []struct{ due, handled, want string }{
		{"", "", Open}, {"31/12/2023", "", Open}, {"30/12/2023", "", Late}, {"01/01/2024", "", Open}, {"30/12/2023", "31/12/2023", Handled}, {"", "01/12/2023", Handled},
	} {
		v := Violation{DueOn: on(c.due), Handling: Handling{HandledOn: on(c.handled)}}
		if got := v.State(today); got != c.want || v.Late(today) != (c.want == Late) || v.Handled() != (c.want == Handled) {
			t.Errorf("due %q, handled %q: %s", c.due, c.handled, got)
		}
	}
}
