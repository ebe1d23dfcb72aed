package projectweb_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/people"
)

// site is the program with the sample city; a request carries its account's token.
type site struct {
	t       *testing.T
	app     *app.App
	handler http.Handler
	tokens  map[string]string
}

func open(t *testing.T) site {
	t.Helper()
	a := apptest.SampleCity(t)
	s := site{t, a, a.Kit.Handler(), map[string]string{}}
	for _, account := range []string{"planner", "leader", "clearance", "ward-ducxuan"} {
		token, err := a.Rooms.People.IssueToken(t.Context(), people.Console(), account, 1, "test")
		if err != nil {
			t.Fatal(err)
		}
		s.tokens[account] = token
	}
	return s
}

func (s site) send(account, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	request := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(body))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(path, "/api/") {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Authorization", "Bearer "+s.tokens[account])
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	s.handler.ServeHTTP(answer, request)
	return answer
}

func form() url.Values {
	return url.Values{"code": {"0099001"}, "name": {"Kè sông Cầu đoạn 3"}, "group": {"C"}, "sector": {"water"}, "investor": {"Ban QLDA"}, "start_year": {"2023"},
		"end_year": {"2025"}, "total_investment": {"12.500.000.000"}, "state": {"preparing"}, "ward_codes": {"01846"}}
}

func TestAWorkIsEnteredAndChanged(t *testing.T) {
	s := open(t)
	wrong := form()
	wrong.Set("code", "99001")
	wrong.Set("total_investment", "12.500,5")
	got := s.send("planner", http.MethodPost, "/projects", wrong.Encode())
	if body := got.Body.String(); got.Code != 422 || !strings.Contains(body, `value="99001"`) || !strings.Contains(body, `value="12.500,5"`) || !strings.Contains(body, "Kè sông Cầu") {
		t.Errorf("a wrong form: %d, what was typed is gone", got.Code)
	}
	if got := s.send("planner", http.MethodPost, "/projects", form().Encode()); got.Code != 303 || got.Header().Get("Location") != "/projects/0099001" {
		t.Fatalf("entering: %d to %s", got.Code, got.Header().Get("Location"))
	}
	if got := s.send("planner", http.MethodPost, "/projects", form().Encode()); got.Code != 422 {
		t.Errorf("the same code again: %d", got.Code)
	}
	change := form()
	change.Set("version", "1")
	change.Set("name", "Kè sông Cầu đoạn 3A")
	if got := s.send("planner", http.MethodPost, "/projects/0099001", change.Encode()); got.Code != 303 {
		t.Errorf("changing: %d", got.Code)
	}
	change.Set("name", "Tên của người thứ hai")
	if got := s.send("planner", http.MethodPost, "/projects/0099001", change.Encode()); got.Code != 409 || !strings.Contains(got.Body.String(), "Tên của người thứ hai") {
		t.Errorf("changing what was changed: %d", got.Code)
	}
	page := s.send("leader", http.MethodGet, "/projects/0099001", "").Body.String()
	if !strings.Contains(page, "Kè sông Cầu đoạn 3A") || strings.Contains(page, `action="/projects/0099001/decisions"`) {
		t.Error("the leader's page is wrong, or offers what the leader may not do")
	}
}

func TestWhoSeesWhichWorks(t *testing.T) {
	s := open(t)
	for _, c := range []struct {
		account, path string
		want          int
	}{
		{"planner", "/projects/7941207", 200}, {"leader", "/projects/7941207", 200}, {"leader", "/projects/7941207/edit", 403}, {"leader", "/new/project", 403},
		{"ward-ducxuan", "/projects/7941207", 404}, {"ward-ducxuan", "/api/v1/projects/7941207", 404},
		{"planner", "/projects/0000000", 404}, {"planner", "/projects/7941207'--", 404}, {"planner", "/api/v1/projects?limit=501", 422},
	} {
		if got := s.send(c.account, http.MethodGet, c.path, ""); got.Code != c.want {
			t.Errorf("%s opens %s: %d", c.account, c.path, got.Code)
		}
	}
}

func TestTheAPIWalksTheWholeList(t *testing.T) {
	s := open(t)
	seen, cursor := map[string]bool{}, ""
	for range 20 {
		var page struct {
			Items []struct {
				Code string `json:"code"`
				Plan int64  `json:"plan_vnd"`
			} `json:"items"`
			Next string `json:"next_cursor"`
		}
		got := s.send("leader", http.MethodGet, "/api/v1/projects?limit=7&month=2023-12&cursor="+cursor, "")
		if err := json.Unmarshal(got.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Items {
			if seen[p.Code] || p.Plan <= 0 {
				t.Errorf("%s again, or without a plan: %d", p.Code, p.Plan)
			}
			seen[p.Code] = true
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(seen) != 31 {
		t.Errorf("%d works", len(seen))
	}
	found := s.send("leader", http.MethodGet, "/api/v1/projects?q=duong+ket+noi+phieng+my", "").Body.String()
	if !strings.Contains(found, "7941246") || strings.Contains(found, "7941207") {
		t.Errorf("search without marks: %s", found)
	}
}

func TestTheAPIChangesOnlyWhatItHasSeen(t *testing.T) {
	s := open(t)
	body := `{"code":"0099002","name":"Cầu Dương Quang","group":"C","sector":"transport","investor":"Ban QLDA","start_year":2023,"end_year":2024,"total_investment_vnd":5000000000,"state":"building","ward_codes":["01846"]}`
	if got := s.send("planner", http.MethodPost, "/api/v1/projects", body); got.Code != 201 || got.Header().Get("ETag") != `"1"` {
		t.Fatalf("entering: %d %s", got.Code, got.Body)
	}
	for _, c := range []struct {
		version string
		want    int
	}{{"", 422}, {`"0"`, 409}, {`"1"`, 200}, {`"1"`, 409}} {
		got := s.send("planner", http.MethodPatch, "/api/v1/projects/0099002", body, "If-Match", c.version)
		if got.Code != c.want || c.want == 409 && !strings.Contains(got.Body.String(), `"code":"changed_meanwhile"`) {
			t.Errorf("version %s: %d %s", c.version, got.Code, got.Body)
		}
	}
}
