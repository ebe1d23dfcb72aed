package app_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/people"
)

var update = flag.Bool("update", false, "write testdata/roles.txt anew")

// accounts are the sample accounts, one a role, in the order of the table; the empty one is nobody.
func accounts() []string {
	return []string{"", "admin", "planner", "planning-head", "clearance", "appraiser", "accountant", "chief-accountant", "director", "leader",
		"ward-ducxuan", "department", "auditor"}
}

// TestWhoMayOpenWhat walks every route as every role and compares what the program really answers with a table that a person can read:
// testdata/roles.txt. A new route, or a right that changes, shows as a line of that table.
func TestWhoMayOpenWhat(t *testing.T) {
	a := apptest.SampleCity(t)
	handler := a.Kit.Handler()
	tokens := tokensOf(t, a)
	var table strings.Builder
	table.WriteString("# Who may open what: + yes, . no. Columns: nobody")
	for _, account := range accounts()[1:] {
		table.WriteString(" " + account)
	}
	table.WriteString("\n")
	routes := a.Kit.Routes()
	for _, r := range routes {
		marks := make([]string, 0, len(accounts()))
		for _, account := range accounts() {
			marks = append(marks, ask(t, handler, r.Method, r.Path, tokens[account]))
		}
		fmt.Fprintf(&table, "%s  %-6s %-58s %s\n", strings.Join(marks, " "), r.Method, r.Path, r.Permission)
	}
	compareTable(t, table.String())
}

func tokensOf(t *testing.T, a *app.App) map[string]string {
	tokens := map[string]string{}
	for _, account := range accounts()[1:] {
		token, err := a.Rooms.People.IssueToken(t.Context(), people.Console(), account, 1, "test")
		if err != nil {
			t.Fatalf("token of %s: %v", account, err)
		}
		tokens[account] = token
	}
	return tokens
}

var parameter = regexp.MustCompile(`[:*][a-z]+|\{[a-z]+\}`)

// ask sends an empty request: whoever may not, is refused before anything else is looked at; whoever may, gets any other answer.
func ask(t *testing.T, handler http.Handler, method, path, token string) string {
	t.Helper()
	address := parameter.ReplaceAllString(path, "0")
	request := httptest.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	switch {
	case answer.Code >= http.StatusInternalServerError:
		t.Errorf("%s %s answers %d", method, address, answer.Code)
		return "!"
	case answer.Code == http.StatusForbidden, answer.Code == http.StatusUnauthorized:
		return "."
	case answer.Code == http.StatusSeeOther && strings.HasPrefix(answer.Header().Get("Location"), "/login") && path != "/logout":
		return "."
	default:
		return "+"
	}
}

func compareTable(t *testing.T, got string) {
	const file = "testdata/roles.txt"
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wanted := strings.Split(string(want), "\n")
	for _, line := range strings.Split(got, "\n") {
		if !slices.Contains(wanted, line) {
			t.Errorf("not in %s: %s", file, line)
		}
	}
	if len(wanted) != strings.Count(got, "\n")+1 {
		t.Errorf("%s has %d lines, the program %d routes; look at the difference and run with -update", file, len(wanted), strings.Count(got, "\n"))
	}
}

// TestNoMoneyStepIsSharedByTwoRoles holds what each role may never do, as the contract lists it, against the compiled rules.
func TestNoMoneyStepIsSharedByTwoRoles(t *testing.T) {
	a := apptest.SampleCity(t)
	for account, never := range map[string][]string{
		"admin":            {"payout:make", "payout:approve", "payout:release", "payment:record", "payment:deposit", "payment:reverse", "plan:approve", "identity:open"},
		"planner":          {"progress:accept"},
		"planning-head":    {"progress:enter"},
		"clearance":        {"plan:appraise", "plan:approve"},
		"appraiser":        {"plan:draft", "plan:approve"},
		"accountant":       {"payout:approve", "payout:release"},
		"chief-accountant": {"payout:make", "payout:release"},
		"director":         {"payout:make", "payout:approve"},
		"leader":           {"payout:make", "payout:approve", "payout:release", "payment:record", "payment:deposit"},
		"department":       {"case:read", "identity:open", "project:read"},
		"auditor":          {"project:edit", "case:edit", "plan:draft", "payout:make", "payment:record", "match:confirm", "report:issue"},
	} {
		who := apptest.Actor(t, a, account)
		for _, permission := range never {
			for granted := range who.Grants {
				if string(granted) == permission {
					t.Errorf("%s has %s", account, permission)
				}
			}
		}
	}
}
