package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"matbang/internal/actor"
	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/payout"
	"matbang/internal/people"
	"matbang/internal/progress"
	"matbang/internal/report"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

var (
	november = day.MustMonth("2023-11") //nolint:gochecknoglobals // the last issued month of the sample city
	december = day.MustMonth("2023-12") //nolint:gochecknoglobals // its open month
	newYear  = day.Must("2024-01-02")   //nolint:gochecknoglobals // when December is issued
)

// city is the sample city with its people at hand.
type city struct {
	*app.App
	t                                   *testing.T
	leader, planner, accountant, second actor.Actor
}

func openCity(t *testing.T) city {
	t.Helper()
	a := apptest.SampleCity(t)
	return city{a, t, apptest.Actor(t, a, "leader"), apptest.Actor(t, a, "planner"), apptest.Actor(t, a, "accountant"), apptest.Actor(t, a, "planning-head")}
}

func (c city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c city) issue(month day.Month, number string) (report.Monthly, error) {
	return c.Rooms.Reports.Issue(c.t.Context(), c.leader, month, number, newYear)
}

func (c city) monthly(month day.Month) report.Monthly {
	c.t.Helper()
	m, err := c.Rooms.Reports.Monthly(c.t.Context(), c.leader, month)
	c.must(err)
	return m
}

// byHand does what somebody with the database in hand would try.
func (c city) byHand(statement string, args ...any) error {
	return c.DB.Run(c.t.Context(), func(ctx context.Context) error {
		_, err := c.DB.Write(ctx).ExecContext(ctx, statement, args...)
		return err
	})
}

// faults is what the check of issued reports finds.
func (c city) faults() (found []string) {
	c.t.Helper()
	results, err := c.Verify(c.t.Context())
	c.must(err)
	for _, r := range results {
		for _, f := range r.Faults {
			found = append(found, r.Name+": "+f)
		}
	}
	return found
}

func TestTheLeaderIssuesDecember(t *testing.T) {
	c := openCity(t)
	draft := c.monthly(december)
	m, err := c.issue(december, " 470/BC-UBND ")
	if c.must(err); m.Status != report.Issued || m.Number != "470/BC-UBND" || len(m.SHA256) != 64 {
		t.Errorf("issued %s as %q, hash %q", m.Status, m.Number, m.SHA256)
	}
	read := c.monthly(december)
	if read.Capital != draft.Capital || read.Compensation != draft.Compensation || read.SHA256 != m.SHA256 || read.Status != report.Issued {
		t.Error("what is read back is not what was drafted")
	}
	for _, try := range []struct {
		why, number string
		month       day.Month
		want        error
	}{
		{"a second time", "471/BC-UBND", december, report.ErrIssuedAlready},
		{"November a second time", "471/BC-UBND", november, report.ErrIssuedAlready},
		{"a month that is not over", "471/BC-UBND", december.Add(1), report.ErrFuture},
	} {
		if _, err := c.issue(try.month, try.number); !errors.Is(err, try.want) {
			t.Errorf("%s: %v", try.why, err)
		}
	}
	if found := c.faults(); len(found) > 0 {
		t.Error(found)
	}
}

func TestWhatMayNotBeIssued(t *testing.T) {
	c := openCity(t)
	for _, try := range []struct {
		why, number string
		who         actor.Actor
		today       day.Date
		month       day.Month
		want        string
	}{
		{"by somebody else", "470/BC-UBND", c.second, newYear, december, "forbidden"},
		{"a day before the month is over", "470/BC-UBND", c.leader, day.Must("2023-12-30"), december, "report.future"},
		{"without a number", " ", c.leader, newYear, december, "required"},
		{"under November's number", "429/BC-UBND", c.leader, newYear, december, "report.number_taken"},
		{"over an open month", "470/BC-UBND", c.leader, day.Must("2024-02-01"), december.Add(1), "report.month_before_open"},
	} {
		_, err := c.Rooms.Reports.Issue(t.Context(), try.who, try.month, try.number, try.today)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Code != try.want && (len(f.Fields) == 0 || f.Fields[0].Code != try.want) {
			t.Errorf("%s: %v, want %s", try.why, err, try.want)
		}
	}
	c.must(c.byHand(`UPDATE progress_entry SET state = 'submitted' WHERE month = '2023-12-01' AND project_id = (SELECT id FROM project WHERE code = '7941207')`))
	if _, err := c.issue(december, "470/BC-UBND"); !errors.Is(err, report.ErrWaiting) {
		t.Errorf("with an entry waiting for acceptance: %v", err)
	}
	m := c.monthly(december)
	if len(m.NotReported) != 1 || m.NotReported[0].State != "submitted" || m.NotReported[0].Project != "7941207" {
		t.Errorf("not reported: %+v", m.NotReported)
	}
}

func TestAnIssuedMonthIsClosed(t *testing.T) {
	c := openCity(t)
	_, err := c.issue(december, "470/BC-UBND")
	c.must(err)
	row := progress.Row{Code: "7941207", Figures: progress.Figures{Executed: 1, Estimate: 1}}
	if err := c.Rooms.Progress.Save(t.Context(), c.planner, december, []progress.Row{row}, newYear); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an entry is changed: %v", err)
	}
	if err := c.Rooms.Progress.Return(t.Context(), c.second, december, progress.Picks("7941207"), "xem lại"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("an entry is returned: %v", err)
	}
	for statement, want := range map[string]string{
		`UPDATE progress_entry SET executed = 1 WHERE month = '2023-12-01'`:         "progress_month_issued",
		`DELETE FROM progress_entry WHERE month = '2023-12-01'`:                     "progress_month_issued",
		`UPDATE report_issue SET number = 'x' WHERE month = '2023-12-01'`:           "report_issue_append_only",
		`DELETE FROM report_issue`:                                                  "report_issue_append_only",
		`UPDATE progress_entry SET month = '2024-01-01' WHERE month = '2023-12-01'`: "progress_month_issued",
	} {
		var v *tx.Violation
		if err := c.byHand(statement); !errors.As(err, &v) || v.Constraint != want {
			t.Errorf("%s: %v, want %s", statement, err, want)
		}
	}
}

// payLate records, on a day after December was issued, that a payment was made in December.
func (c city) payLate() vnd.Amount {
	c.t.Helper()
	return c.payLateBy(c.accountant)
}

func (c city) payLateBy(payer actor.Actor) vnd.Amount {
	c.t.Helper()
	var p struct {
		Code   string     `db:"code"`
		Amount vnd.Amount `db:"amount"`
	}
	c.must(c.DB.Read(c.t.Context()).GetContext(c.t.Context(), &p, `SELECT p.code, p.amount FROM payment p JOIN payout_order o ON o.id = p.order_id
		WHERE p.state = 'ordered' AND o.state = 'released' AND o.released_on <= '2023-12-29' ORDER BY p.code LIMIT 1`))
	c.must(c.Rooms.Payouts.RecordResults(c.t.Context(), payer, []payout.Result{{PaymentCode: p.Code, Kind: payout.ResultPaid, Day: day.Must("2023-12-29"),
		Amount: p.Amount, EvidenceKind: payout.EvidenceBankAdvice, EvidenceRef: "GBN 29/12"}}, "late-result-1", newYear))
	return p.Amount
}

func TestWhatComesLaterIsToldInTheNextMonth(t *testing.T) {
	c := openCity(t)
	before := c.monthly(december).Changes // the city's own adjustment of October
	if len(before) != 1 || before[0].Figure != "executed_vnd" {
		t.Errorf("before anything came: %+v", before)
	}
	issued, err := c.issue(december, "470/BC-UBND")
	c.must(err)
	amount := c.payLate()
	if read := c.monthly(december); read.Compensation != issued.Compensation {
		t.Error("the issued report has changed")
	}
	if found := c.faults(); len(found) > 0 {
		t.Errorf("the issued report does not rebuild: %v", found)
	}
	b := issued.Compensation.Bridge
	want := []report.Change{{Month: december, Figure: "paid_vnd", Issued: b.Paid, Now: b.Paid + amount}, {Month: december, Figure: "ordered_vnd", Issued: b.Ordered, Now: b.Ordered - amount}}
	if got := c.monthly(december.Add(1)).Changes; !slices.Equal(got, append(before, want...)) {
		t.Errorf("January says %+v, want %+v", got, want)
	}
}

func TestVerifyFindsAnIssuedReportThatDoesNotRebuild(t *testing.T) {
	c := openCity(t)
	for _, try := range []struct{ do, want string }{
		{`UPDATE report_issue SET document = replace(document, '"works":31', '"works":32') WHERE month = '2023-06-01'`, "report 2023-06: hash differs"},
		{`UPDATE progress_entry SET executed = executed - 1 WHERE month = '2023-09-01' AND project_id = (SELECT id FROM project WHERE code = '7941207')`, "report 2023-09: capital differs"},
	} {
		c.must(c.byHand(`ALTER TABLE report_issue DISABLE TRIGGER USER`))
		c.must(c.byHand(`ALTER TABLE progress_entry DISABLE TRIGGER USER`))
		c.must(c.byHand(try.do))
		if found := c.faults(); !slices.ContainsFunc(found, func(f string) bool { return strings.HasSuffix(f, try.want) }) {
			t.Errorf("%s: found %v", try.want, found)
		}
	}
}

// laterNames came with the works' contracts, vouchers and schedules, and with the figures of the year; what is in the contract stayed.
const laterNames = ` advances advances.by_level advances.by_level.ask advances.by_level.balance_vnd advances.by_level.in_time advances.by_level.late_vnd
advances.by_level.repay advances.by_level.return advances.by_level.settle advances.late advances.longest_days advances.open by_source by_source.advanced_vnd
by_source.carried_over_vnd by_source.code by_source.drawn_before_vnd by_source.drawn_vnd by_source.name by_source.plan_vnd got_worse got_worse.bp got_worse.count
got_worse.days got_worse.kind got_worse.project got_worse.text needs_decision needs_decision.amount_vnd needs_decision.count needs_decision.days
needs_decision.kind needs_decision.project needs_decision.text prior_period_adjustments prior_period_adjustments.change prior_period_adjustments.figure
prior_period_adjustments.for_month prior_period_adjustments.code prior_period_adjustments.project prior_period_adjustments.reason projects.baseline_end projects.computed_physical_bp
projects.forecast_end projects.late_days projects.planned_physical_bp projects.scheduled indicators indicators.code indicators.decimals indicators.growth_bp
indicators.last_year indicators.mark indicators.measure indicators.name indicators.name_en indicators.note indicators.plan indicators.ratio_bp
indicators.ratio_given indicators.reason indicators.result indicators.unit violations violations.area_m2 violations.earlier violations.found violations.handled
violations.kind violations.kinds violations.kinds.area_m2 violations.kinds.earlier violations.kinds.found violations.kinds.handled violations.kinds.kind
violations.kinds.late violations.kinds.open violations.late violations.open book book.adjustments book.adjustments_vnd book.closed`

// contractNames are the names of the monthly report's JSON that other systems hold on to; the sample city fills every list.
const contractNames = `as_of capital capital.disbursed_treasury_vnd capital.disbursed_vnd capital.estimate_month_end_vnd capital.executed_bp capital.executed_vnd
capital.plan_vnd capital.works changes_to_earlier_months changes_to_earlier_months.figure changes_to_earlier_months.issued_vnd changes_to_earlier_months.month
changes_to_earlier_months.now_vnd compensation compensation.approved_vnd compensation.bridge compensation.bridge.approved_vnd compensation.bridge.deducted_vnd
compensation.bridge.deposited_vnd compensation.bridge.difference_vnd compensation.bridge.not_ordered_vnd compensation.bridge.ordered_vnd
compensation.bridge.paid_vnd compensation.bridge.returned_vnd compensation.in_payment compensation.in_payment.approved_vnd
compensation.in_payment.deposited_vnd compensation.in_payment.paid_vnd compensation.in_payment.projects compensation.projects_approved land land.area_m2
land.cases land.handed_over_m2 land.holders land.projects late_payments late_payments.amount_vnd late_payments.by_cause late_payments.by_cause.amount_vnd
late_payments.by_cause.cases late_payments.by_cause.cause late_payments.cases late_payments.surcharge_to_date_vnd month not_reported not_reported.name
not_reported.project not_reported.state number obstacles obstacles.content obstacles.days_open obstacles.due_on obstacles.kind obstacles.level
obstacles.opened_on obstacles.project projects projects.approved_vnd projects.area_m2 projects.cases projects.code projects.deducted_vnd
projects.deposited_vnd projects.disbursed_treasury_vnd projects.disbursed_vnd projects.estimate_month_end_vnd projects.executed_before_vnd
projects.executed_bp projects.executed_vnd projects.group projects.handed_over_m2 projects.name projects.paid_vnd projects.physical_bp projects.plan_vnd
projects.reported projects.state projects.wards sample sha256 status`

func namesIn(v any, prefix string, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			into[prefix+name] = true
			namesIn(inner, prefix+name+".", into)
		}
	case []any:
		for _, inner := range v {
			namesIn(inner, prefix, into)
		}
	}
}

func (c city) get(account, path string) *httptest.ResponseRecorder {
	c.t.Helper()
	token, err := c.Rooms.People.IssueToken(c.t.Context(), people.Console(), account, 1, "test")
	c.must(err)
	request := httptest.NewRequestWithContext(c.t.Context(), http.MethodGet, path, http.NoBody)
	request.Header.Set("Authorization", "Bearer "+token)
	answer := httptest.NewRecorder()
	c.Kit.Handler().ServeHTTP(answer, request)
	return answer
}

func TestTheReportHasTheNamesOfTheContract(t *testing.T) {
	c := openCity(t)
	_, err := c.issue(december, "470/BC-UBND")
	c.must(err)
	c.payLate()
	c.must(c.byHand(`INSERT INTO capital_line (project_id, year, source, kind, amount, decision_number, decided_on, authority, recorded_by)
		SELECT project_id, 2024, source, 'assigned', 1, 'x', '2024-01-02', 'UBND', recorded_by FROM capital_line LIMIT 1`))
	found := map[string]bool{}
	for _, month := range []string{"2023-12", "2024-01"} { // the second has changes and works not reported
		answer := c.get("department", "/api/v1/reports/monthly/"+month)
		var document map[string]any
		if err := json.Unmarshal(answer.Body.Bytes(), &document); err != nil || answer.Code != http.StatusOK {
			t.Fatalf("%d %v", answer.Code, err)
		}
		delete(document, "$schema")
		namesIn(document, "", found)
		for _, list := range []string{"projects", "obstacles", "not_reported", "changes_to_earlier_months", "prior_period_adjustments", "by_source", "indicators", "got_worse", "needs_decision"} {
			if _, ok := document[list].([]any); !ok {
				t.Errorf("%s: %s is no list: %v", month, list, document[list])
			}
		}
	}
	want := strings.Fields(contractNames + laterNames)
	got := slices.Sorted(maps.Keys(found))
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("a name more: %s", name)
		}
	}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("a name less: %s", name)
		}
	}
	if body := c.get("department", "/api/v1/reports/monthly/2023-12").Body.String(); !strings.Contains(body, `"area_m2":426500.00`) || !strings.Contains(body, `"executed_vnd":299842000000`) {
		t.Error("figures do not stand as the contract writes them")
	}
}

func TestTheWorkbookHoldsNumbers(t *testing.T) {
	c := openCity(t)
	answer := c.get("department", "/reports/monthly/2023-12/xlsx")
	book, err := excelize.OpenReader(bytes.NewReader(answer.Body.Bytes()))
	if err != nil {
		t.Fatalf("%d: %v", answer.Code, err)
	}
	defer func() { _ = book.Close() }()
	sheets := book.GetSheetList()
	if len(sheets) != 8 {
		t.Fatalf("sheets %v", sheets)
	}
	for label, want := range map[string]string{"report.works": "31", "report.executed": "299842000000", "report.plan": "298350000000", "report.executed_share": "1.005",
		"report.area": "426500", "report.holders": "468", "report.paying_paid": "23890000000", "report.bridge.difference": "0"} {
		cell := besides(t, book, sheets[0], c.Kit.T("vi", label))
		raw, err := book.GetCellValue(sheets[0], cell, excelize.Options{RawCellValue: true})
		c.must(err)
		kind, err := book.GetCellType(sheets[0], cell)
		c.must(err)
		if raw != want || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s: %q of type %d, want the number %s", label, raw, kind, want)
		}
	}
	rows, err := book.GetRows(sheets[1], excelize.Options{RawCellValue: true})
	c.must(err)
	if len(rows) != 1+31+1 || rows[32][5] != "299842000000" || rows[1][0] != "7941207" {
		t.Errorf("%d rows of works, the last %v", len(rows), rows[len(rows)-1])
	}
}

// besides is the cell right of a label.
func besides(t *testing.T, book *excelize.File, sheet, label string) string {
	t.Helper()
	found, err := book.SearchSheet(sheet, label)
	if err != nil || len(found) != 1 {
		t.Fatalf("%q stands at %v, %v", label, found, err)
	}
	return "B" + strings.TrimPrefix(found[0], "A")
}

func TestACityWithoutWorksHasAReportToo(t *testing.T) {
	a := apptest.Empty(t)
	who := actor.Actor{ID: 1, Grants: map[actor.Permission]actor.Reach{report.Read: actor.All}}
	m, err := a.Rooms.Reports.Monthly(t.Context(), who, december)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil || strings.Contains(string(text), "null") {
		t.Errorf("an empty list is written as null: %s, %v", text, err)
	}
}
