package compensationweb

import (
	"errors"
	"net/url"

	"matbang/internal/compensation"
	"matbang/internal/fault"
	"matbang/internal/webkit"
)

func planPath(code string) string { return "/plans/" + url.PathEscape(code) }

func awardPath(code, caseCode string) string {
	return planPath(code) + "/awards/" + url.PathEscape(caseCode)
}

func (w Web) submit(c *webkit.Ctx) error {
	code := c.Param("code")
	if err := w.Compensation.Submit(c.Context(), c.Actor(), code, c.Version()); err != nil {
		return c.Warn(planPath(code), err)
	}
	return c.Done(planPath(code), "plan.submitted", code)
}

func (w Web) appraise(c *webkit.Ctx) error {
	f := readAct(c)
	err := w.Compensation.Appraise(c.Context(), c.Actor(), c.Param("code"), c.Version(), f.AppraisalNo)
	return w.acted(c, f, err, "plan.appraised")
}

func (w Web) giveBack(c *webkit.Ctx) error {
	f := readAct(c)
	err := w.Compensation.Return(c.Context(), c.Actor(), c.Param("code"), c.Version(), f.Reason)
	return w.acted(c, f, err, "plan.returned")
}

func (w Web) approve(c *webkit.Ctx) error {
	f := readAct(c)
	d, err := f.decision()
	if err == nil {
		_, err = w.Compensation.Approve(c.Context(), c.Actor(), c.Param("code"), c.Version(), d, c.Key(), c.Today())
	}
	return w.acted(c, f, err, "plan.approved")
}

// acted goes on, or shows the plan again with what was typed. A form refused keeps its key: nothing was done under it.
func (w Web) acted(c *webkit.Ctx, f actForm, err error, done string) error {
	code := c.Param("code")
	if err == nil {
		return c.Done(planPath(code), done, code)
	}
	page, pageErr := w.showData(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form = f
	if c.Key() != "" {
		page.Key = c.Key()
	}
	return c.Refuse(err, "compensation/show", page)
}

type awardPage struct {
	Plan       compensation.Plan
	Award      compensation.Award
	New, Edit  bool
	Form       awardForm
	Categories []webkit.Choice
}

// pickCase leads from the plan to the award of a case that was typed.
func (w Web) pickCase(c *webkit.Ctx) error {
	code := c.Param("code")
	p, err := w.Compensation.Get(c.Context(), c.Actor(), code)
	if err != nil {
		return err
	}
	if _, err := w.Compensation.Blank(c.Context(), p, c.Query("case")); err != nil {
		return c.Warn(planPath(code), fault.InvalidField("case", "compensation.case_unknown", c.Query("case")))
	}
	return c.Done(awardPath(code, c.Query("case")), "")
}

func (w Web) award(c *webkit.Ctx) error {
	page, err := w.awardData(c)
	if err != nil {
		return err
	}
	page.Form = formOf(page.Plan, page.Award)
	return c.Show("compensation/award", page)
}

// awardData reads an award, or an empty one for a case of the work while the plan is being written.
func (w Web) awardData(c *webkit.Ctx) (awardPage, error) {
	page := awardPage{Categories: categories(c)}
	var err error
	if page.Plan, err = w.Compensation.Get(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	page.Edit = page.Plan.Editable() && c.Actor().Can(compensation.Draft)
	c.Crumb(c.T("menu.plans"), "/plans")
	c.Crumb(page.Plan.Code, planPath(page.Plan.Code))
	c.Crumb(c.Param("case"), "")
	_, page.Award, err = w.Compensation.Award(c.Context(), c.Actor(), page.Plan.Code, c.Param("case"))
	if page.Edit && errors.Is(err, compensation.ErrAwardMissing) {
		page.New = true
		page.Award, err = w.Compensation.Blank(c.Context(), page.Plan, c.Param("case"))
	}
	return page, err
}

func categories(c *webkit.Ctx) []webkit.Choice {
	codes := make([]string, 0, 7)
	for _, one := range compensation.Categories() {
		codes = append(codes, string(one))
	}
	return c.Choices("plan.category.", codes...)
}

func (w Web) saveAward(c *webkit.Ctx) error {
	code, caseCode := c.Param("code"), c.Param("case")
	f := readAward(c)
	in, err := f.input(caseCode)
	if err == nil {
		err = w.Compensation.PutAwards(c.Context(), c.Actor(), code, f.Version, []compensation.AwardInput{in})
	}
	if err == nil {
		return c.Done(awardPath(code, caseCode), "plan.award.saved", caseCode)
	}
	page, pageErr := w.awardData(c)
	if pageErr != nil {
		return pageErr
	}
	f.Version = webkit.VersionAfter(err, f.Version, page.Plan.Version)
	page.Form, page.Edit = f, page.Edit || len(f.Rows) > 0
	return c.Refuse(atFields(err), "compensation/award", page)
}

func (w Web) removeAward(c *webkit.Ctx) error {
	code, caseCode := c.Param("code"), c.Param("case")
	if err := w.Compensation.RemoveAward(c.Context(), c.Actor(), code, c.Version(), caseCode); err != nil {
		return c.Warn(awardPath(code, caseCode), err)
	}
	return c.Done(planPath(code), "plan.award.removed", caseCode)
}
