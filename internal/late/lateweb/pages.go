package lateweb

import (
	"slices"
	"strconv"

	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/late"
	"matbang/internal/webkit"
)

// bandRow is one cause across the bands of days, with its sum.
type bandRow struct {
	Cause late.Cause
	Cells []late.Band
	Sum   late.Band
}

type ageingPage struct {
	Filter     late.Filter
	AsOf       string
	Over       string
	Ageing     late.Ageing
	Rows       []bandRow
	Bands      []int
	Page, Last int
	Causes     []webkit.Choice
	Overs      []webkit.Choice
	Shows      []webkit.Choice
}

func (w Web) ageing(c *webkit.Ctx) error {
	page := ageingPage{Bands: late.Bands(), Causes: causes(c), Page: max(c.List().Page, 1), Over: c.Query("over"), AsOf: c.Query("as_of"),
		Shows: c.Choices("late.show.", string(late.ShowOwed), string(late.ShowUnplanned), string(late.ShowAll))}
	on, err := day.Parse(page.AsOf)
	if err != nil || on.IsZero() || on.After(c.Today()) {
		on = c.Today()
	}
	page.AsOf = on.VN()
	over, _ := strconv.Atoi(page.Over)
	page.Filter = late.Filter{Project: c.Query("project"), Cause: late.Cause(c.Query("cause")), Over: over, Show: showOr(c.Query("show")), AsOf: on}
	if page.Ageing, err = w.Late.Ageing(c.Context(), c.Actor(), page.Filter, page.Page); err != nil {
		return err
	}
	page.Rows = rowsOf(page.Ageing.Bands)
	page.Last = max(1, (page.Ageing.Total+late.PageSize-1)/late.PageSize)
	for _, b := range page.Bands {
		page.Overs = append(page.Overs, webkit.Choice{Value: strconv.Itoa(b), Text: c.T("late.over", b)})
	}
	return c.Show("late/ageing", page)
}

// showOr is what a query asks to see: what is still owed when it does not say.
func showOr(text string) late.Show {
	switch show := late.Show(text); show {
	case late.ShowUnplanned, late.ShowAll:
		return show
	default:
		return late.ShowOwed
	}
}

func causes(c *webkit.Ctx) []webkit.Choice {
	var codes []string
	for _, k := range late.Causes() {
		codes = append(codes, string(k))
	}
	return c.Choices("late.cause.", codes...)
}

func rowsOf(bands []late.Band) []bandRow {
	var rows []bandRow
	for row := range slices.Chunk(bands, len(late.Bands())+1) {
		r := bandRow{Cause: row[0].Cause, Cells: row}
		for _, b := range row {
			r.Sum.Cases += b.Cases
			r.Sum.Owed += b.Owed
			r.Sum.Surcharge += b.Surcharge
		}
		if r.Sum.Cases > 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

// causeForm is a cause as it was typed.
type causeForm struct{ Plan, Cause, Paper, Note string }

type casePage struct {
	Code    string
	Overdue []late.Overdue
	Stated  map[string][]late.CauseRow
	Causes  []webkit.Choice
	Form    causeForm
}

func (w Web) caseData(c *webkit.Ctx) (casePage, error) {
	page := casePage{Code: c.Param("case"), Causes: causes(c), Stated: map[string][]late.CauseRow{}}
	var err error
	if page.Overdue, err = w.Late.OfCase(c.Context(), c.Actor(), page.Code, c.Today()); err != nil {
		return page, err
	}
	for _, d := range page.Overdue {
		if page.Stated[d.PlanCode], err = w.Late.Causes(c.Context(), c.Actor(), d.CaseCode, d.PlanCode); err != nil {
			return page, err
		}
	}
	c.Crumb(c.T("menu.late"), "/late")
	c.Crumb(page.Code, "")
	return page, nil
}

func (w Web) ofCase(c *webkit.Ctx) error {
	page, err := w.caseData(c)
	if err != nil {
		return err
	}
	return c.Show("late/case", page)
}

func (w Web) cause(c *webkit.Ctx) error {
	f := causeForm{c.Form("plan"), c.Form("cause"), c.Form("paper"), c.Form("note")}
	err := w.Late.StateCause(c.Context(), c.Actor(), c.Param("case"), f.Plan, late.Cause(f.Cause), f.Paper, f.Note)
	if err == nil {
		return c.Done("/late/"+c.Param("case"), "late.cause.stated", c.Param("case"))
	}
	page, pageErr := w.caseData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form = f
	return c.Refuse(err, "late/case", page)
}

// planForm is a new plan as it was typed.
type planForm struct{ Project, Through, Payer, Note string }

type plansPage struct {
	Plans  []late.SurchargePlan
	Next   string
	Payers []webkit.Choice
	Form   planForm
	Key    string
}

func (w Web) plansData(c *webkit.Ctx) (plansPage, error) {
	page := plansPage{Payers: c.Choices("late.payer.", late.Payers()...), Key: c.NewKey(), Form: planForm{Project: c.Query("project"), Through: c.Today().VN(), Payer: "budget"}}
	var err error
	page.Plans, err = w.Late.Plans(c.Context(), c.Actor(), c.Query("work"), c.Query("after"), late.PageSize+1)
	if len(page.Plans) > late.PageSize {
		page.Plans = page.Plans[:late.PageSize]
		page.Next = page.Plans[late.PageSize-1].Code
	}
	c.Crumb(c.T("menu.late"), "/late")
	return page, err
}

func (w Web) plans(c *webkit.Ctx) error {
	page, err := w.plansData(c)
	if err != nil {
		return err
	}
	return c.Show("late/plans", page)
}

func (w Web) draft(c *webkit.Ctx) error {
	f := planForm{c.Form("project"), c.Form("through"), c.Form("payer"), c.Form("note")}
	var wrong fault.Wrong
	in := late.NewPlan{Project: f.Project, Payer: f.Payer, Note: f.Note, Through: webkit.Day(&wrong, "through", f.Through)}
	err, code := wrong.Err(), ""
	if err == nil {
		code, err = w.Late.Draft(c.Context(), c.Actor(), in, c.Key(), c.Today())
	}
	if err == nil {
		return c.Done("/late-plans/"+code, "late.plan.made", code)
	}
	page, pageErr := w.plansData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form = f
	return c.Refuse(err, "late/plans", page)
}

// actForm is what was typed into one of the forms of a plan; On names it.
type actForm struct{ On, DecisionNo, DecidedOn, Reason, Line, Day, EvidenceKind, EvidenceRef string }

type planPage struct {
	Plan     late.SurchargePlan
	Lines    []late.PlanLine
	Own      bool // this person made or approved it
	Version  int
	Key      string
	Form     actForm
	Evidence []webkit.Choice
	Unpaid   []webkit.Choice
	History  []audit.Row
}

func (w Web) planData(c *webkit.Ctx) (planPage, error) {
	page := planPage{Key: c.NewKey(), Evidence: c.Choices("late.evidence.", late.EvidenceKinds()...)}
	var err error
	if page.Plan, page.Lines, err = w.Late.Get(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	page.Version = page.Plan.Version
	page.Own = page.Plan.MadeByID == c.Actor().ID || page.Plan.ApprovedByID == c.Actor().ID
	page.Form = actForm{DecidedOn: c.Today().VN(), Day: c.Today().VN()}
	for _, l := range page.Lines {
		if l.PaidID == 0 {
			page.Unpaid = append(page.Unpaid, webkit.Choice{Value: strconv.FormatInt(l.ID, 10), Text: l.CaseCode + " · " + l.Holder + " · " + l.Amount.String() + " đ"})
		}
	}
	c.Crumb(c.T("menu.late"), "/late")
	c.Crumb(c.T("late.plans"), "/late-plans")
	page.History, err = w.Late.Log.History(c.Context(), "late_plan", page.Plan.Code, 20)
	return page, err
}

func (w Web) plan(c *webkit.Ctx) error {
	page, err := w.planData(c)
	if err != nil {
		return err
	}
	return c.Show("late/plan", page)
}

// told goes back to the plan, or shows the same form again with what was typed and the version as it stands.
func (w Web) told(c *webkit.Ctx, f actForm, err error, done string) error {
	code := c.Param("code")
	if err == nil {
		return c.Done("/late-plans/"+code, done, code)
	}
	page, pageErr := w.planData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Version = webkit.VersionAfter(err, c.Version(), page.Plan.Version)
	page.Form = f
	return c.Refuse(err, "late/plan", page)
}
