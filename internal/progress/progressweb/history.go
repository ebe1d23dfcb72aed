package progressweb

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/progress"
	"matbang/internal/project"
	"matbang/internal/vnd"
	"matbang/internal/webkit"
)

type historyPage struct {
	Project     project.Project
	Year        int
	Work        progress.Work
	Entries     []historyRow
	Chart       webkit.Chart
	Adjustments []progress.Adjustment
	Form        adjustForm
	Open        []webkit.Choice // months that a correction may enter
	Issued      []webkit.Choice // months that may be corrected
	Figures     []webkit.Choice
	Correcting  bool
	Withdraw    string // the adjustment whose taking back was refused
}

type historyRow struct {
	progress.Entry
	Late int
}

// adjustForm is a correction as it was typed.
type adjustForm struct{ InMonth, ForMonth, Figure, Change, Reason string }

func readAdjust(c *webkit.Ctx) adjustForm {
	return adjustForm{c.Form("in_month"), c.Form("for_month"), c.Form("figure"), c.Form("change"), c.Form("reason")}
}

func (f adjustForm) correction() (progress.Correction, error) {
	var wrong fault.Wrong
	out := progress.Correction{Figure: progress.Figure(f.Figure), Reason: f.Reason}
	var err error
	if out.InMonth, err = day.ParseMonth(f.InMonth); err != nil {
		wrong.Add("in_month", "progress.month_form")
	}
	if out.ForMonth, err = day.ParseMonth(f.ForMonth); err != nil {
		wrong.Add("for_month", "progress.month_form")
	}
	out.Change = signed(&wrong, "change", f.Change, out.Figure)
	wrong.Check(f.Figure != "", "figure", "required")
	wrong.Check(f.Reason != "", "reason", "required")
	return out, wrong.Err()
}

// signed reads a change with its sign: đồng, or for the physical share a percentage.
func signed(wrong *fault.Wrong, name, text string, figure progress.Figure) vnd.Amount {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "−", "-"), "+")
	if figure != progress.FigurePhysical || text == "" {
		return webkit.Money(wrong, name, text)
	}
	digits, negative := strings.CutPrefix(text, "-")
	a, err := area.Parse(strings.TrimSpace(strings.TrimSuffix(digits, "%")))
	if err != nil || a > 10_000 {
		wrong.Add(name, "percent_form", text)
	}
	if negative {
		a = -a
	}
	return vnd.Amount(a)
}

func (w Web) history(c *webkit.Ctx) error {
	page, err := w.historyPage(c)
	if err != nil {
		return err
	}
	return c.Show("progress/history", page)
}

func (w Web) historyPage(c *webkit.Ctx) (historyPage, error) {
	code := c.Param("code")
	page := historyPage{Year: c.Month().Year()}
	var err error
	if page.Project, err = w.Projects.Get(c.Context(), c.Actor(), code); err != nil {
		return page, err
	}
	if page.Work, err = w.Progress.Work(c.Context(), c.Actor(), code, c.Month()); err != nil {
		return page, err
	}
	if w.Curve != nil {
		if page.Chart, err = w.Curve(c, page.Project, c.Month()); err != nil {
			return page, err
		}
	}
	c.Crumb(c.T("menu.projects"), "/projects")
	c.Crumb(page.Project.Code+" "+page.Project.Name, "/projects/"+code)
	c.Crumb(c.T("menu.progress"), "")
	return page, w.addHistory(c, &page)
}

func (w Web) addHistory(c *webkit.Ctx, page *historyPage) error {
	entries, err := w.Progress.Entries(c.Context(), c.Actor(), page.Project.Code)
	if err != nil {
		return err
	}
	for _, e := range entries {
		limits, err := w.Progress.Limits(c.Context(), e.Month)
		if err != nil {
			return err
		}
		page.Entries = append(page.Entries, historyRow{e, e.DaysLate(limits.Due(e.Month))})
	}
	if page.Adjustments, err = w.Progress.Adjustments(c.Context(), c.Actor(), page.Project.Code); err != nil {
		return err
	}
	open, err := w.Progress.OpenMonths(c.Context(), c.Today())
	if err != nil {
		return err
	}
	page.correctable(c, open)
	return nil
}

// correctable offers the months to choose from: open ones to correct into, issued ones with an accepted entry to correct.
func (p *historyPage) correctable(c *webkit.Ctx, open []day.Month) {
	for _, m := range open {
		p.Open = append(p.Open, webkit.Choice{Value: m.String(), Text: m.VN()})
	}
	for _, e := range p.Entries {
		if e.State == progress.Accepted && !slices.Contains(open, e.Month) {
			p.Issued = append(p.Issued, webkit.Choice{Value: e.Month.String(), Text: e.Month.VN()})
		}
	}
	for _, f := range progress.AdjustedFigures() {
		p.Figures = append(p.Figures, webkit.Choice{Value: string(f), Text: c.T(fieldKey(string(f)))})
	}
	p.Correcting = c.Actor().Can(progress.Enter) && len(p.Open) > 0 && len(p.Issued) > 0
	if len(p.Open) > 0 {
		p.Form.InMonth = p.Open[0].Value
	}
	if len(p.Issued) > 0 {
		p.Form.ForMonth = p.Issued[0].Value
	}
}

// adjustmentText is an adjustment in one line.
func adjustmentText(c *webkit.Ctx, a progress.Adjustment) string {
	return c.T("progress.adjust.line", a.Code, a.ForMonth, c.T(fieldKey(string(a.Figure))), changeText(a), a.Reason, a.EnteredBy)
}

func changeText(a progress.Adjustment) string {
	sign := ""
	if a.Change > 0 {
		sign = "+"
	}
	if a.Figure == progress.FigurePhysical {
		return sign + progress.Percent(int(a.Change)) + " %"
	}
	return sign + a.Change.String() + " đ"
}

func (w Web) adjust(c *webkit.Ctx) error {
	f := readAdjust(c)
	in, err := f.correction()
	made := ""
	if err == nil {
		made, err = w.Progress.Adjust(c.Context(), c.Actor(), c.Param("code"), in, c.Today())
	}
	if err == nil {
		return c.Done("/projects/"+c.Param("code")+"/progress", "progress.adjusted", made, in.InMonth)
	}
	page, pageErr := w.historyPage(c)
	if pageErr != nil {
		return pageErr
	}
	page.Form = f
	return c.Refuse(err, "progress/history", page)
}

func (w Web) withdraw(c *webkit.Ctx) error {
	path := "/projects/" + c.Param("code") + "/progress"
	if err := w.Progress.Withdraw(c.Context(), c.Actor(), c.Param("code"), c.Param("adjustment"), c.Form("withdraw_reason")); err != nil {
		return c.Warn(path, err)
	}
	return c.Done(path, "progress.withdrawn", c.Param("adjustment"))
}

func (w Web) adjustmentRoutes(k *webkit.Kit) {
	k.Page(http.MethodPost, "/projects/:code/adjustments", progress.Enter, w.adjust)
	k.Page(http.MethodPost, "/projects/:code/adjustments/:adjustment/withdraw", progress.Enter, w.withdraw)
	webkit.Op(k, webkit.Operation{ID: "list-adjustments", Method: http.MethodGet, Path: "/projects/{code}/adjustments", Permission: progress.Read,
		Summary: "Corrections of issued months of a work, newest first"}, w.apiAdjustments)
	webkit.Op(k, webkit.Operation{ID: "add-adjustment", Method: http.MethodPost, Path: "/projects/{code}/adjustments", Permission: progress.Enter,
		Summary: "Correct an issued month in an open one"}, w.apiAdjust)
	webkit.Op(k, webkit.Operation{ID: "withdraw-adjustment", Method: http.MethodPost, Path: "/projects/{code}/adjustments/{adjustment}/withdraw", Permission: progress.Enter,
		Summary: "Take a correction back before its month is accepted"}, w.apiWithdraw)
}

// AdjustmentView is an adjustment as the API shows it: the change in the unit of its figure.
type AdjustmentView struct {
	Code      string         `json:"code"`
	InMonth   day.Month      `json:"in_month"`
	ForMonth  day.Month      `json:"for_month"`
	Figure    string         `json:"figure"`
	ChangeVND *vnd.Amount    `json:"change_vnd,omitempty"`
	ChangeBP  *int           `json:"change_bp,omitempty" doc:"of the physical share"`
	Reason    string         `json:"reason"`
	Reverses  string         `json:"reverses,omitempty" doc:"the correction that this one takes back"`
	Reversed  bool           `json:"reversed"`
	State     progress.State `json:"state" doc:"of the entry that it is accepted with; empty when there is none yet"`
	EnteredBy string         `json:"entered_by"`
}

func viewOf(a progress.Adjustment) AdjustmentView {
	v := AdjustmentView{Code: a.Code, InMonth: a.InMonth, ForMonth: a.ForMonth, Figure: string(a.Figure), Reason: a.Reason, Reverses: a.Reverses,
		Reversed: a.Reversed, State: a.State, EnteredBy: a.EnteredBy}
	if bp := int(a.Change); a.Figure == progress.FigurePhysical {
		v.ChangeBP = &bp
	} else {
		v.ChangeVND = &a.Change
	}
	return v
}

func (w Web) apiAdjustments(ctx context.Context, who actor.Actor, in *codeInput) (*webkit.ListOutput[AdjustmentView], error) {
	if _, err := w.Projects.Get(ctx, who, in.Code); err != nil {
		return nil, err
	}
	rows, err := w.Progress.Adjustments(ctx, who, in.Code)
	views := make([]AdjustmentView, 0, len(rows))
	for _, a := range rows {
		views = append(views, viewOf(a))
	}
	return &webkit.ListOutput[AdjustmentView]{Body: webkit.ListBody[AdjustmentView]{Items: views}}, err
}

type adjustInput struct {
	Code string `path:"code"`
	Body struct {
		InMonth   string      `json:"in_month" doc:"YYYY-MM, an open month"`
		ForMonth  string      `json:"for_month" doc:"YYYY-MM, an issued month"`
		Figure    string      `json:"figure" enum:"executed,disbursed,disbursed_treasury,physical"`
		ChangeVND *vnd.Amount `json:"change_vnd,omitempty" doc:"signed; of the three amounts"`
		ChangeBP  *int        `json:"change_bp,omitempty" doc:"signed; of the physical share"`
		Reason    string      `json:"reason"`
	}
}

func (in *adjustInput) correction() (progress.Correction, error) {
	var wrong fault.Wrong
	b := in.Body
	out := progress.Correction{Figure: progress.Figure(b.Figure), Reason: b.Reason}
	var err error
	if out.InMonth, err = day.ParseMonth(b.InMonth); err != nil {
		wrong.Add("in_month", "progress.month_form")
	}
	if out.ForMonth, err = day.ParseMonth(b.ForMonth); err != nil {
		wrong.Add("for_month", "progress.month_form")
	}
	if out.Figure == progress.FigurePhysical {
		out.Change = vnd.Amount(given(&wrong, "change_bp", b.ChangeBP))
	} else {
		out.Change = given(&wrong, "change_vnd", b.ChangeVND)
	}
	return out, wrong.Err()
}

type adjustOutput struct{ Body AdjustmentView }

func (w Web) apiAdjust(ctx context.Context, who actor.Actor, in *adjustInput) (*adjustOutput, error) {
	correction, err := in.correction()
	if err != nil {
		return nil, err
	}
	made, err := w.Progress.Adjust(ctx, who, in.Code, correction, w.Today())
	return w.adjustment(ctx, who, in.Code, made, err)
}

type withdrawInput struct {
	Code       string `path:"code"`
	Adjustment string `path:"adjustment"`
	Body       struct {
		Reason string `json:"reason"`
	}
}

func (w Web) apiWithdraw(ctx context.Context, who actor.Actor, in *withdrawInput) (*adjustOutput, error) {
	return w.adjustment(ctx, who, in.Code, in.Adjustment, w.Progress.Withdraw(ctx, who, in.Code, in.Adjustment, in.Body.Reason))
}

func (w Web) adjustment(ctx context.Context, who actor.Actor, code, adjustment string, err error) (*adjustOutput, error) {
	if err != nil {
		return nil, err
	}
	rows, err := w.Progress.Adjustments(ctx, who, code)
	for _, a := range rows {
		if a.Code == adjustment {
			return &adjustOutput{viewOf(a)}, nil
		}
	}
	return nil, err
}
