package landweb

import (
	"matbang/internal/audit"
	"matbang/internal/land"
	"matbang/internal/listing"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type listPage struct {
	List                                 listing.Answer[land.Row]
	Filter                               land.Filter
	ShowMoney                            bool
	Projects, Wards, Kinds, Steps, YesNo []webkit.Choice
}

func (w Web) list(c *webkit.Ctx) error {
	f := land.Filter{Project: c.Query("project"), Ward: c.Query("ward"), HolderKind: c.Query("holder_kind"), Step: c.Query("step"), Award: c.Query("award")}
	answer, err := w.Land.Cases(c.Context(), c.Actor(), f, c.List())
	if err != nil {
		return err
	}
	page := listPage{List: answer, Filter: f, ShowMoney: len(answer.Items) > 0 && answer.Items[0].Money != nil, Kinds: kinds(c),
		Steps: append(c.Choices("case.step.", "none"), stepKinds(c)...), YesNo: c.Choices("case.award.", "yes", "no")}
	if page.Projects, err = w.works(c); err != nil {
		return err
	}
	if page.Wards, err = w.wards(c); err != nil {
		return err
	}
	return c.Show("land/cases", page)
}

type showPage struct {
	Case     land.Detail
	Timeline []stepLine
	Bridge   *bridge
	Form     stepForm
	Next     string // the step that comes next, empty when all are done
	Last     string // the last step done, the only one that may be withdrawn
	Kinds    []webkit.Choice
	History  []audit.Row
}

// stepLine is one step as the timeline shows it; the names are the partial's.
type stepLine struct{ Name, State, Word, Tone, Done, By, Due, Note, Doc, DocHref, Href string }

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.showData(c)
	if err != nil {
		return err
	}
	return c.Show("land/case", page)
}

func (w Web) showData(c *webkit.Ctx) (showPage, error) {
	var page showPage
	var err error
	if page.Case, err = w.Land.Case(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	if page.History, err = w.Land.Log.History(c.Context(), "case", page.Case.Code, 20); err != nil {
		return page, err
	}
	c.Crumb(c.T("menu.cases"), "/cases")
	c.Crumb(page.Case.Code+" "+page.Case.HolderName, "")
	page.timeline(c)
	page.Form.Kind = page.Next
	page.Kinds = stepKinds(c)
	if page.Case.Money != nil {
		page.Bridge = bridgeOf(*page.Case.Money)
	}
	return page, nil
}

// timeline lists the steps in the order of the law, those done with their paper, the next one marked.
func (p *showPage) timeline(c *webkit.Ctx) {
	done := map[string]land.StepRow{}
	for _, st := range p.Case.Steps {
		if st.WithdrawnBy == "" {
			done[st.Kind] = st
		}
	}
	for _, kind := range land.StepKinds() {
		line := stepLine{Name: c.T("case.step." + kind), State: "todo"}
		if st, is := done[kind]; is {
			p.Last = kind
			line = stepLine{Name: line.Name, State: "done", Done: st.DoneOn.VN(), By: st.RecordedBy, Note: noteOf(c, st)}
		} else if p.Next == "" {
			p.Next, line.State, line.Word, line.Tone = kind, "now", c.T("case.step.next"), "info"
		}
		p.Timeline = append(p.Timeline, line)
	}
}

func noteOf(c *webkit.Ctx, st land.StepRow) string {
	note := st.DocumentNo
	add := func(text string) {
		if note != "" && text != "" {
			note += " · "
		}
		note += text
	}
	if st.EffectiveOn != st.DoneOn {
		add(c.T("case.step.effective", st.EffectiveOn))
	}
	if st.AgreedEarly {
		add(c.T("case.step.agreed"))
	}
	add(st.Note)
	return note
}

// bridge is the way of a case's money from approved to paid; bars in thousandths of what was approved.
type bridge struct {
	Approved, Deducted, NotOrdered, Ordered, Returned, Deposited, Paid bar
	Broken                                                             bool
}

type bar struct {
	Amount       vnd.Amount
	Start, Width int
}

func bridgeOf(m land.Money) *bridge {
	left := m.Approved
	thousandths := func(a vnd.Amount) int { return int(vnd.Ratio(a, m.Approved) / 10) }
	take := func(a vnd.Amount) bar {
		left -= a
		return bar{a, thousandths(left), thousandths(a)}
	}
	b := &bridge{Approved: bar{m.Approved, 0, thousandths(m.Approved)}, Deducted: take(m.Deducted), NotOrdered: take(m.NotOrdered), Ordered: take(m.Ordered),
		Returned: take(m.Returned), Deposited: take(m.Deposited), Paid: bar{m.Paid, 0, thousandths(m.Paid)}}
	b.Broken = left != m.Paid
	return b
}

func (w Web) recordStep(c *webkit.Ctx) error {
	f := readStep(c)
	st, err := f.step()
	if err == nil {
		err = w.Land.RecordStep(c.Context(), c.Actor(), c.Param("code"), st, c.Today())
	}
	if err == nil {
		return c.Done("/cases/"+c.Param("code"), "case.step.recorded", "@case.step."+st.Kind)
	}
	page, pageErr := w.showData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form = f
	return c.Refuse(err, "land/case", page)
}

func (w Web) withdrawStep(c *webkit.Ctx) error {
	back := "/cases/" + c.Param("code")
	if err := w.Land.WithdrawStep(c.Context(), c.Actor(), c.Param("code"), c.Form("kind"), c.Form("reason")); err != nil {
		return c.Warn(back, err)
	}
	return c.Done(back, "case.step.withdrawn", "@case.step."+c.Form("kind"))
}
