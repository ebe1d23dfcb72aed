package payoutweb

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/fault"
	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/sheet"
	"matbang/internal/webkit"
)

func depositPath(code string) string { return "/deposits/" + url.PathEscape(code) }

func (w Web) depositRoutes(k *webkit.Kit) {
	k.Page(http.MethodGet, "/deposits", payout.SeeDeposits, w.deposits)
	k.Page(http.MethodGet, "/deposits.xlsx", payout.SeeDeposits, w.depositSheet)
	k.Page(http.MethodGet, "/deposits/:code", payout.SeeDeposits, w.depositEntry)
	k.Page(http.MethodPost, "/deposits/:code/details", payout.KeepDeposits, w.completeDeposit)
	k.Page(http.MethodPost, "/deposits/:code/interest", payout.KeepDeposits, w.creditInterest)
	k.Page(http.MethodPost, "/deposits/:code/interest/:id/take-back", payout.Reverse, w.takeBackInterest)
	k.Page(http.MethodPost, "/deposits/:code/releases", payout.KeepDeposits, w.askRelease)
	k.Page(http.MethodPost, "/deposits/:code/releases/:id/take-back", payout.Reverse, w.takeBackRelease)
	k.Page(http.MethodPost, "/deposits/:code/approve", payout.ReleaseDeposit, w.approveDeposit)
	k.Page(http.MethodPost, "/deposits/:code/refuse", payout.ReleaseDeposit, w.refuseDeposit)
	k.Page(http.MethodPost, "/deposits/:code/hand-over", payout.KeepDeposits, w.handOver)
	w.depositOperations(k)
	webkit.Op(k, webkit.Operation{ID: "list-deposits", Method: http.MethodGet, Path: "/deposits", Permission: payout.SeeDeposits,
		Summary: "The register of deposits in the scope of the caller; account numbers are masked"}, w.apiDeposits)
	webkit.Op(k, webkit.Operation{ID: "get-deposit", Method: http.MethodGet, Path: "/deposits/{code}", Permission: payout.SeeDeposits,
		Summary: "One deposit of the register"}, w.apiDepositEntry)
	webkit.Op(k, webkit.Operation{ID: "complete-deposit", Method: http.MethodPost, Path: "/deposits/{code}/details", Permission: payout.KeepDeposits,
		Summary: "State the ground, the bank's account and the minutes of a deposit"}, w.apiCompleteDeposit)
}

// typed is the fields of a form as they came, with the act they were typed in; other forms of the page stay empty.
type typed struct {
	Act    string
	Fields map[string]string
}

// In is a field of a form when it is the one that was refused.
func (t typed) In(act, name string) string {
	if t.Act != act {
		return ""
	}
	return t.Fields[name]
}

func readTyped(c *webkit.Ctx, act string, names ...string) typed {
	t := typed{act, map[string]string{}}
	for _, name := range names {
		t.Fields[name] = c.Form(name)
	}
	return t
}

func detailFields() []string {
	return []string{"ground", "ground_note", "bank", "account_name", "account_no", "minutes_no", "minutes_day"}
}

// details reads what a person says of a deposit; an empty day is told by the rule, with all other fields.
func (t typed) details(wrong *fault.Wrong) payout.DepositDetails {
	f := t.Fields
	return payout.DepositDetails{Ground: payout.Ground(f["ground"]), GroundNote: f["ground_note"], Bank: f["bank"], AccountName: f["account_name"],
		AccountNo: f["account_no"], MinutesNo: f["minutes_no"], MinutesDay: webkit.OptionalDay(wrong, "minutes_day", f["minutes_day"])}
}

func groundChoices(c *webkit.Ctx) []webkit.Choice {
	codes := make([]string, 0, 4)
	for _, g := range payout.Grounds() {
		codes = append(codes, string(g))
	}
	return c.Choices("deposit.ground.", codes...)
}

// depositLine is a deposit of the list with its age in days.
type depositLine struct {
	payout.DepositEntry
	Age int
}

type depositsPage struct {
	List                      listing.Answer[depositLine]
	Sums                      payout.DepositSums
	Filter                    payout.DepositFilter
	Over                      string
	States, Grounds, Projects []webkit.Choice
	Overs                     []webkit.Choice
}

func readDeposits(c *webkit.Ctx) payout.DepositFilter {
	over, _ := strconv.Atoi(c.Query("over"))
	return payout.DepositFilter{State: c.Query("state"), Ground: c.Query("ground"), Project: c.Query("project"), Payment: c.Query("payment"),
		Over: max(0, min(over, 36500)), Today: c.Today()}
}

func (w Web) deposits(c *webkit.Ctx) error {
	page := depositsPage{Filter: readDeposits(c), Over: c.Query("over")}
	for _, s := range payout.DepositStates() {
		page.States = append(page.States, webkit.Choice{Value: string(s), Text: c.T("deposit.state." + string(s))})
	}
	page.Grounds = append(groundChoices(c), webkit.Choice{Value: string(payout.GroundUnknown), Text: c.T("deposit.ground.unknown")})
	for _, days := range []int{30, 90, 180, 365} {
		page.Overs = append(page.Overs, webkit.Choice{Value: strconv.Itoa(days), Text: c.T("deposit.over", days)})
	}
	c.Crumb(c.T("deposit.title"), "")
	answer, sums, err := w.Payouts.Deposits(c.Context(), c.Actor(), page.Filter, c.List())
	if err != nil {
		return err
	}
	page.Sums, page.List = sums, listing.Answer[depositLine]{Query: answer.Query, Total: answer.Total}
	for _, d := range answer.Items {
		page.List.Items = append(page.List.Items, depositLine{d, d.Days(c.Today())})
	}
	if page.Projects, err = w.projectsOf(c, payout.SeeDeposits); err != nil {
		return err
	}
	return c.Show("payout/deposits", page)
}

// depositSheetRows bounds the workbook.
const depositSheetRows = 10_000

// depositSheet is the deposits of the filter as a workbook, account numbers masked.
func (w Web) depositSheet(c *webkit.Ctx) error {
	filter, q, rows := readDeposits(c), c.List(), [][]any{}
	q.Per = listing.MaxLimit
	for q.Page = 1; len(rows) < depositSheetRows; q.Page++ {
		answer, _, err := w.Payouts.Deposits(c.Context(), c.Actor(), filter, q)
		if err != nil {
			return err
		}
		for _, d := range answer.Items {
			rows = append(rows, []any{d.Code, d.PaymentCode, d.Payee, d.CaseCode, d.ProjectCode, d.ProjectName, c.T("deposit.ground." + string(d.Ground)), d.GroundNote, d.Law, d.Bank,
				d.AccountName, webkit.Mask(d.AccountNo), d.MinutesNo, d.MinutesDay, d.OpenedOn, d.Days(c.Today()), d.Amount, d.Left(), d.Credited, d.InterestDue(), c.T("deposit.state." + string(d.State))})
		}
		if len(answer.Items) < q.Per {
			break
		}
	}
	var out bytes.Buffer
	if err := sheet.Write(&out, depositSpec(c), func(yield func([]any) bool) {
		for _, row := range rows {
			if !yield(row) {
				return
			}
		}
	}); err != nil {
		return err
	}
	return c.File("tien-gui-tam-giu.xlsx", sheet.ContentType, out.Bytes())
}

func depositSpec(c *webkit.Ctx) sheet.Spec {
	spec := sheet.Spec{Name: c.T("deposit.sheet")}
	for _, key := range []string{"code", "payment", "payee", "case", "project", "project_name", "ground", "ground_note", "law", "bank", "account_name", "account_no", "minutes_no", "minutes_day",
		"opened", "days", "amount", "left", "interest", "interest_due", "state"} {
		spec.Columns = append(spec.Columns, sheet.Column{Key: key, Title: c.T("deposit." + key)})
	}
	return spec
}

type depositPage struct {
	Deposit payout.DepositEntry
	Age     int
	Form    typed // the form that was refused
	Details typed // what the register says, or what was typed over it
	Grounds []webkit.Choice

	Interests                           []payout.InterestRow
	Releases                            []payout.ReleaseRow
	Approved                            payout.ReleaseRow // waits to be handed over
	Condition                           payout.Condition  // of the ground
	Evidence                            []webkit.Choice
	MayAsk, MayDecide, MayHandOver, Own bool
	MayCredit                           bool

	History []audit.Row
	Version int
	Key     string
}

func (w Web) depositEntry(c *webkit.Ctx) error {
	page, err := w.depositData(c)
	if err != nil {
		return err
	}
	return c.Show("payout/deposit", page)
}

func (w Web) depositData(c *webkit.Ctx) (depositPage, error) {
	page := depositPage{Key: c.NewKey(), Grounds: groundChoices(c)}
	var err error
	if page.Deposit, err = w.Payouts.Deposit(c.Context(), c.Actor(), c.Param("code")); err != nil {
		return page, err
	}
	d := page.Deposit
	page.Age, page.Version = d.Days(c.Today()), d.Version
	c.Crumb(c.T("deposit.title"), "/deposits")
	c.Crumb(d.Code, "")
	page.Details = typed{"details", map[string]string{"ground": string(d.Ground), "ground_note": d.GroundNote, "bank": d.Bank, "account_name": d.AccountName,
		"account_no": d.AccountNo, "minutes_no": d.MinutesNo, "minutes_day": d.MinutesDay.VN()}}
	page.Deposit.AccountNo = webkit.Mask(d.AccountNo)
	if page.Interests, page.Releases, err = w.Payouts.DepositHistory(c.Context(), d); err != nil {
		return page, err
	}
	page.may(c.Actor())
	page.Condition, page.Evidence = d.Ground.Condition(), evidenceChoices(c)
	page.History, err = w.Payouts.Log.History(c.Context(), "deposit", d.Code, 20)
	return page, err
}

// may says what this person can do about a release now; the act itself decides.
func (p *depositPage) may(who actor.Actor) {
	state := p.Deposit.State
	p.MayCredit = who.Can(payout.KeepDeposits) && state != payout.DepositTakenBack
	p.MayAsk = who.Can(payout.KeepDeposits) && (state == payout.DepositHeld || state == payout.DepositOver && p.Deposit.InterestAlone())
	for _, r := range p.Releases {
		switch {
		case r.State == "waiting" && who.Can(payout.ReleaseDeposit):
			p.Own = r.MadeByID == who.ID
			p.MayDecide = !p.Own
		case r.State == "approved":
			p.Approved, p.MayHandOver = r, who.Can(payout.KeepDeposits) && r.DecidedID != who.ID
		}
	}
}

func (w Web) completeDeposit(c *webkit.Ctx) error {
	var wrong fault.Wrong
	f := readTyped(c, "details", detailFields()...)
	details := f.details(&wrong)
	err := wrong.Err()
	if err == nil {
		err = w.Payouts.CompleteDeposit(c.Context(), c.Actor(), c.Param("code"), c.Version(), details)
	}
	return w.toldDeposit(c, f, err, "deposit.completed")
}

// toldDeposit goes back to the deposit, or shows the same form again with what was typed.
func (w Web) toldDeposit(c *webkit.Ctx, f typed, err error, done string) error {
	code := c.Param("code")
	if err == nil {
		return c.Done(depositPath(code), done, code)
	}
	page, pageErr := w.depositData(c)
	if pageErr != nil {
		return pageErr
	}
	if f.Act == "details" {
		page.Details = f
	}
	page.Form, page.Version = f, webkit.VersionAfter(err, c.Version(), page.Deposit.Version)
	return c.Refuse(err, "payout/deposit", page)
}
