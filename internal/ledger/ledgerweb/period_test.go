package ledgerweb_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"matbang/internal/app/apptest"
)

// closing is the whole program over the sample city, whose business day is the last of 2023, asked as any of its people.
type closing struct {
	*apptest.Visitor
	t *testing.T
}

func openPeriods(t *testing.T) *closing {
	t.Helper()
	return &closing{apptest.Visit(t, "accountant", "chief-accountant", "deputy-chief", "director", "leader", "auditor", "planner"), t}
}

func (c *closing) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// api sends JSON and gives the answer, or the refusal's code.
func (c *closing) api(account, method, path, body string, status int) (answer struct {
	Code      string
	Next      string
	Obstacles []struct {
		Code, About, Href string
		Warning           bool
	}
	Items []struct {
		Month      string
		ClosedBy   string  `json:"closed_by"`
		ReopenedAt *string `json:"reopened_at"`
	}
}) {
	c.t.Helper()
	got := c.Send(account, method, "/api/v1"+path, "application/json", body, nil)
	if got.Code != status {
		c.t.Fatalf("%s %s %s: %d, want %d: %s", account, method, path, got.Code, status, got.Body)
	}
	c.must(json.Unmarshal(got.Body.Bytes(), &answer))
	return answer
}

// byHand does what needs the database in hand.
func (c *closing) byHand(statement string, args ...any) error {
	return c.App.DB.Run(c.t.Context(), func(ctx context.Context) error {
		_, err := c.App.DB.Write(ctx).ExecContext(ctx, statement, args...)
		return err
	})
}

// settle explains every open line by the accountant's hand.
func (c *closing) settle() {
	c.t.Helper()
	c.must(c.byHand(`INSERT INTO recon_match (line_id, kind, amount, rule, why, made_by)
		SELECT l.id, 'other', abs(l.amount), 'classified', 'giải thích', $1 FROM statement_line l
		WHERE NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL)`, apptest.Actor(c.t, c.App, "accountant").ID))
}

func TestAMonthIsClosedAndOpenedAgainOnItsPage(t *testing.T) {
	c := openPeriods(t)
	reason := url.Values{"reason": {"thiếu một sao kê"}}
	c.Page("auditor", "/periods", nil, http.StatusOK, "Tháng cần khóa: 12/2023", "Dòng sao kê chưa khớp", "Chưa khóa tháng nào")
	c.Page("planner", "/periods", nil, http.StatusForbidden)
	for _, account := range []string{"accountant", "director", "leader"} {
		c.Page(account, "/periods/2023-12/close", url.Values{}, http.StatusForbidden)
	}
	c.Page("chief-accountant", "/periods/2023-12/reopen", reason, http.StatusForbidden)
	c.Page("chief-accountant", "/periods/2023-12/close", url.Values{}, http.StatusSeeOther)
	c.Page("auditor", "/periods", nil, http.StatusOK, "Chưa khóa tháng nào") // lines are open still
	c.settle()
	c.Page("chief-accountant", "/periods", nil, http.StatusOK, "có thể khóa sổ", `action="/periods/2023-12/close"`)
	c.Page("chief-accountant", "/periods/2023-12/close", url.Values{}, http.StatusSeeOther)
	if page := c.Page("auditor", "/periods", nil, http.StatusOK, "Tháng cần khóa: 01/2024"); strings.Contains(page, "Chưa khóa tháng nào") || strings.Contains(page, "<form method=\"post\" action=\"/periods") {
		t.Error("the month is not told as closed, or an auditor may act")
	}
	c.Page("director", "/periods", nil, http.StatusOK, `action="/periods/2023-12/reopen"`)
	c.must(c.byHand(`WITH j AS (INSERT INTO journal (kind, reference, project_id, day, occurred_on, made_by) SELECT 'plan_approved', 'PA-THU', project_id, '2024-01-01', '2023-12-29', made_by
		FROM journal LIMIT 1 RETURNING id, project_id) INSERT INTO posting (journal_id, account, project_id, case_id, amount)
		SELECT j.id, x.account, j.project_id, c.id, x.amount FROM j JOIN LATERAL (SELECT min(id) AS id FROM land_case WHERE project_id = j.project_id) c ON true
		CROSS JOIN (VALUES ('approved', -7000000), ('not_ordered', 7000000)) AS x(account, amount)`))
	c.Page("auditor", "/periods/2024-01", nil, http.StatusOK, "Phê duyệt phương án", "PA-THU", "29/12/2023", "7.000.000", "Chưa khóa sổ")
	c.Page("auditor", "/periods/2023-12", nil, http.StatusOK, "PA-THU", "Đã khóa sổ", "Tháng này không có bút toán nào")
	c.Page("auditor", "/periods", nil, http.StatusOK, "Tháng này có 1 bút toán")
	c.Page("auditor", "/periods/x", nil, http.StatusNotFound)
	if status := c.Send("auditor", http.MethodGet, "/api/v1/periods/2024-01", "", "", nil); !strings.Contains(status.Body.String(), `"sum_vnd":7000000`) {
		t.Errorf("the API does not tell the adjustment: %s", status.Body)
	}
	c.Page("director", "/periods/2023-12/reopen", url.Values{"reason": {" "}}, http.StatusUnprocessableEntity)
	c.Page("director", "/periods/2023-11/reopen", reason, http.StatusConflict, `value="thiếu một sao kê"`, "không mở lại được")
	c.Page("director", "/periods/2023-12/reopen", reason, http.StatusSeeOther)
	c.Page("auditor", "/periods", nil, http.StatusOK, "Tháng cần khóa: 12/2023", "thiếu một sao kê")
}

func TestMonthsAreClosedOverTheAPI(t *testing.T) {
	c := openPeriods(t)
	first := c.api("auditor", http.MethodGet, "/periods", "", http.StatusOK)
	if first.Next != "2023-12" || len(first.Obstacles) == 0 || len(first.Items) != 0 {
		t.Errorf("before closing: %+v", first)
	}
	for _, o := range first.Obstacles {
		if c.Send("auditor", http.MethodGet, o.Href, "", "", nil).Code != http.StatusOK {
			t.Errorf("%s leads nowhere: %s", o.Code, o.Href)
		}
	}
	c.api("planner", http.MethodGet, "/periods", "", http.StatusForbidden)
	c.api("director", http.MethodPost, "/periods/2023-12/close", "", http.StatusForbidden)
	for month, code := range map[string]string{"2023-12": "period.open_lines", "2024-02": "period.not_over", "x": "period.order"} {
		if got := c.api("chief-accountant", http.MethodPost, "/periods/"+month+"/close", "", http.StatusConflict); got.Code != code {
			t.Errorf("%s is refused as %s, want %s", month, got.Code, code)
		}
	}
	c.settle()
	closed := c.api("chief-accountant", http.MethodPost, "/periods/2023-12/close", "", http.StatusOK)
	if closed.Next != "2024-01" || len(closed.Items) != 1 || closed.Items[0].Month != "2023-12" || closed.Items[0].ClosedBy == "" {
		t.Errorf("after closing: %+v", closed)
	}
	if got := c.api("director", http.MethodPost, "/periods/2023-12/reopen", `{"reason":""}`, http.StatusUnprocessableEntity); got.Code == "" {
		t.Error("a refusal without its code")
	}
	opened := c.api("director", http.MethodPost, "/periods/2023-12/reopen", `{"reason":"thiếu một sao kê"}`, http.StatusOK)
	if opened.Next != "2023-12" || opened.Items[0].ReopenedAt == nil {
		t.Errorf("after opening again: %+v", opened)
	}
}

// What would make the closed figures wrong stands in the way, what is only not finished warns, and each leads to where it is mended.
func TestWhatStandsInTheWayOfClosing(t *testing.T) {
	c := openPeriods(t)
	c.settle()
	c.must(c.byHand(`INSERT INTO payout_order (code, project_id, method, source, state, day, made_by, changed_by, plan_year)
		SELECT 'LC-THU', project_id, method, source, 'submitted', '2023-12-30', made_by, made_by, 2023 FROM payout_order WHERE plan_year = 2023 LIMIT 1`))
	told := map[string]bool{}
	for _, o := range c.api("auditor", http.MethodGet, "/periods", "", http.StatusOK).Obstacles {
		told[o.Code] = true
		if !o.Warning {
			t.Errorf("all is settled, yet %s of %s is in the way", o.Code, o.About)
		}
	}
	if !told["orders_submitted"] {
		t.Errorf("an order that nobody has decided is not told: %v", told)
	}
	c.must(c.byHand(`INSERT INTO statement (account_id, from_day, to_day, opening, closing, credits, debits, line_count, file_name, sha256, loaded_by)
		SELECT account_id, '2023-12-31', '2023-12-31', closing + 5, closing + 5, 0, 0, 0, 'x.csv', '\x01', loaded_by FROM statement ORDER BY to_day DESC, id DESC LIMIT 1`))
	if got := c.api("chief-accountant", http.MethodPost, "/periods/2023-12/close", "", http.StatusConflict); got.Code != "period.statement_gap" {
		t.Errorf("statements that do not meet: %s", got.Code)
	}
	if page := c.Page("chief-accountant", "/periods", nil, http.StatusOK, "sao kê không nối nhau", "Cản khóa sổ", "Lệnh chi đã trình, chưa được duyệt", "Cần xem"); strings.Contains(page, `action="/periods/2023-12/close"`) {
		t.Error("the page offers to close what cannot be closed")
	}
}
