package compensationweb

import (
	"strconv"
	"strings"
	"time"

	"matbang/internal/area"
	"matbang/internal/audit"
	"matbang/internal/compensation"
	"matbang/internal/listing"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type listPage struct {
	List                    listing.Answer[compensation.Plan]
	Filter                  compensation.Filter
	Projects, States, Years []webkit.Choice
}

func (w Web) list(c *webkit.Ctx) error {
	f := compensation.Filter{Project: c.Query("project"), State: c.Query("state"), Year: c.Query("year")}
	answer, err := w.Compensation.Plans(c.Context(), c.Actor(), f, c.List())
	if err != nil {
		return err
	}
	projects, err := w.projects(c)
	if err != nil {
		return err
	}
	page := listPage{List: answer, Filter: f, Projects: projects}
	for _, s := range compensation.States() {
		page.States = append(page.States, webkit.Choice{Value: string(s), Text: c.T("plan.state." + string(s))})
	}
	for year := c.Today().Year(); year > c.Today().Year()-5; year-- {
		page.Years = append(page.Years, webkit.Choice{Value: strconv.Itoa(year), Text: strconv.Itoa(year)})
	}
	return c.Show("compensation/list", page)
}

func (w Web) projects(c *webkit.Ctx) ([]webkit.Choice, error) {
	projects, err := w.Compensation.Projects(c.Context(), c.Actor())
	choices := make([]webkit.Choice, 0, len(projects))
	for _, p := range projects {
		choices = append(choices, webkit.Choice{Value: p.Code, Text: p.Code + " " + p.Name})
	}
	return choices, err
}

type newPage struct {
	Form               planForm
	Projects, RuleSets []webkit.Choice
}

func (w Web) newPage(c *webkit.Ctx, f planForm) (newPage, error) {
	page := newPage{Form: f}
	c.Crumb(c.T("menu.plans"), "/plans")
	sets, err := w.Compensation.RuleSets(c.Context())
	if err != nil {
		return page, err
	}
	for _, s := range sets {
		page.RuleSets = append(page.RuleSets, webkit.Choice{Value: s.Code, Text: s.Name})
	}
	page.Projects, err = w.projects(c)
	return page, err
}

func (w Web) newForm(c *webkit.Ctx) error {
	page, err := w.newPage(c, planForm{Project: c.Query("project")})
	if err != nil {
		return err
	}
	return c.Show("compensation/new", page)
}

func (w Web) create(c *webkit.Ctx) error {
	f := readPlan(c)
	code, err := w.Compensation.CreatePlan(c.Context(), c.Actor(), compensation.NewPlan{Project: f.Project, Name: f.Name, RuleSet: f.RuleSet}, c.Today())
	if err == nil {
		return c.Done("/plans/"+code, "plan.created", code)
	}
	page, pageErr := w.newPage(c, f)
	if pageErr != nil {
		return pageErr
	}
	return c.Refuse(err, "compensation/new", page)
}

// sign is one of the three signatures, in the form the timeline takes.
type sign struct{ Name, State, Word, Tone, Done, By, Due, Note, Doc, DocHref, Href string }

// findingGroup is every finding of one kind.
type findingGroup struct {
	Code, Title string
	Blocking    bool
	Rows        []findingRow
}

type findingRow struct{ Case, Text string }

type showPage struct {
	Plan     compensation.Plan
	Acts     compensation.Acts
	Signs    []sign
	Awards   listing.Answer[compensation.Award]
	Sums     []compensation.CategorySum // what is given
	Given    vnd.Amount                 // their sum
	Withheld vnd.Amount
	Findings []findingGroup
	Blocking int
	History  []audit.Row
	Form     actForm
	Key      string
}

// Agree tells whether lines and plan give the same sums.
func (p showPage) Agree() bool { return p.Given == p.Plan.Total && p.Withheld == p.Plan.Deducted }

func (w Web) show(c *webkit.Ctx) error {
	page, err := w.showData(c)
	if err != nil {
		return err
	}
	return c.Show("compensation/show", page)
}

func (w Web) showData(c *webkit.Ctx) (showPage, error) {
	page := showPage{Key: c.NewKey()}
	var err error
	if page.Plan, err = w.Compensation.Get(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	c.Crumb(c.T("menu.plans"), "/plans")
	c.Crumb(page.Plan.Code, "")
	page.Signs = signs(c, page.Plan)
	if page.Acts, err = w.Compensation.ActsOf(c.Context(), c.Actor(), page.Plan); err != nil {
		return page, err
	}
	if page.Awards, err = w.Compensation.Awards(c.Context(), page.Plan.ID, c.List()); err != nil {
		return page, err
	}
	if err := w.sums(c, &page); err != nil {
		return page, err
	}
	if err := w.findings(c, &page); err != nil {
		return page, err
	}
	page.History, err = w.Compensation.Log.History(c.Context(), "plan", page.Plan.Code, 20)
	return page, err
}

func (w Web) sums(c *webkit.Ctx, page *showPage) error {
	sums, err := w.Compensation.Sums(c.Context(), page.Plan.ID)
	for _, s := range sums {
		if s.Category == compensation.Deduction {
			page.Withheld = s.Amount
			continue
		}
		page.Sums, page.Given = append(page.Sums, s), page.Given+s.Amount
	}
	return err
}

// findings are asked for until the plan is approved; afterwards nothing can be mended in it.
func (w Web) findings(c *webkit.Ctx, page *showPage) error {
	if page.Plan.State == compensation.Approved {
		return nil
	}
	found, err := w.Compensation.CheckPlan(c.Context(), page.Plan)
	for _, f := range found {
		n := len(page.Findings)
		if n == 0 || page.Findings[n-1].Code != f.Code {
			page.Findings = append(page.Findings, findingGroup{Code: f.Code, Title: c.T("plan.finding." + f.Code), Blocking: f.Blocking})
			n++
		}
		if f.Blocking {
			page.Blocking++
		}
		g := &page.Findings[n-1]
		g.Rows = append(g.Rows, findingRow{f.Case, c.T("plan.finding."+f.Code+".row", figure(f, f.Expected), figure(f, f.Found))})
	}
	return err
}

// figure writes an area of a finding as people read it; other texts stay as they are.
func figure(f compensation.Finding, text string) string {
	var a area.Area
	if !strings.HasPrefix(f.Code, "land_") || a.Scan(text) != nil {
		return text
	}
	return a.String()
}

// signs are drafter, appraiser, approver with name and time; the next one is marked.
func signs(c *webkit.Ctx, p compensation.Plan) []sign {
	drafted := sign{Name: c.T("plan.sign.draft"), By: p.DraftedByName}
	if p.SubmittedByName != "" && p.SubmittedByName != p.DraftedByName {
		drafted.By += ", " + p.SubmittedByName
	}
	drafted.State, drafted.Done = signState(c, p.Editable(), p.SubmittedAt)
	if p.Editable() {
		drafted.Note, drafted.Done = drafted.By, ""
	}
	appraised := sign{Name: c.T("plan.sign.appraise"), By: p.AppraisedByName, Note: p.AppraisalNo}
	appraised.State, appraised.Done = signState(c, p.State == compensation.Submitted, p.AppraisedAt)
	approved := sign{Name: c.T("plan.sign.approve"), By: p.ApprovedByName, Note: p.DecisionNo}
	approved.State, approved.Done = signState(c, p.State == compensation.Appraised, p.ApprovedAt)
	all := []sign{drafted, appraised, approved}
	for i := range all {
		if all[i].State == "now" {
			all[i].Word, all[i].Tone = c.T("plan.sign.next"), "warn"
		}
	}
	return all
}

func signState(c *webkit.Ctx, next bool, at *time.Time) (state, done string) {
	switch {
	case next:
		return "now", ""
	case at != nil:
		return "done", c.T("plan.sign.at", *at)
	default:
		return "todo", ""
	}
}
