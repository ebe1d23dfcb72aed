package projectweb_test

import (
	"encoding/json"
	"fmt"
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
	if got := s.send("planner", http.MethodPost, "/projects/0099001", change.Encode()); got.Code != 422 || !strings.Contains(got.Body.String(), `id="valid_from-error"`) {
		t.Errorf("a new name without a day: %d", got.Code)
	}
	change.Set("valid_from", "01/12/2023")
	change.Set("reason", "đổi tên theo quyết định phê duyệt")
	change.Set("place", "22,150400 105,842100\n22,146800 105,844600")
	if got := s.send("planner", http.MethodPost, "/projects/0099001", change.Encode()); got.Code != 303 {
		t.Errorf("changing: %d %s", got.Code, got.Body)
	}
	change.Set("name", "Tên của người thứ hai")
	if got := s.send("planner", http.MethodPost, "/projects/0099001", change.Encode()); got.Code != 409 || !strings.Contains(got.Body.String(), "Tên của người thứ hai") ||
		!strings.Contains(got.Body.String(), `name="version" value="2"`) {
		t.Errorf("changing what was changed: %d", got.Code)
	}
	page := s.send("leader", http.MethodGet, "/projects/0099001", "").Body.String()
	for _, want := range []string{"Từ 01/12/2023", "đổi tên theo quyết định phê duyệt", "<polyline", "Chưa ghi quyết định nào", "22,150400 105,842100"} {
		if !strings.Contains(page, want) {
			t.Errorf("the file does not say %q", want)
		}
	}
	change.Set("version", "2") // knowing that another changed it, the person saves again
	if got := s.send("planner", http.MethodPost, "/projects/0099001", change.Encode()); got.Code != 303 {
		t.Errorf("saving again: %d", got.Code)
	}
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

func TestAWorkGoesThroughItsPhases(t *testing.T) {
	s := open(t)
	s.send("planner", http.MethodPost, "/projects", form().Encode())
	entry := url.Values{"version": {"1"}, "phase": {"investment"}, "entered_on": {"05/12/2023"}, "document": {"CV 12"}}
	got := s.send("planner", http.MethodPost, "/projects/0099001/phases", entry.Encode())
	if body := got.Body.String(); got.Code != 409 || !strings.Contains(body, "chưa có quyết định chủ trương đầu tư") || !strings.Contains(body, `value="CV 12"`) {
		t.Errorf("without a policy decision: %d", got.Code)
	}
	decision := url.Values{"kind": {"policy"}, "number": {"7/NQ"}, "decided_on": {"01/12/2023"}, "authority": {"HĐND"}, "total_investment": {"12.500.000.000"},
		"construction": {"12.000.000.000"}, "contingency": {"400.000.000"}}
	got = s.send("planner", http.MethodPost, "/projects/0099001/decisions", decision.Encode())
	if body := got.Body.String(); got.Code != 422 || !strings.Contains(body, "12.400.000.000 đ") || !strings.Contains(body, `value="400.000.000"`) {
		t.Errorf("parts that do not add up: %d", got.Code)
	}
	decision.Set("contingency", "500.000.000")
	if got := s.send("planner", http.MethodPost, "/projects/0099001/decisions", decision.Encode()); got.Code != 303 {
		t.Fatalf("the decision: %d", got.Code)
	}
	got = s.send("planner", http.MethodPost, "/projects/0099001/phases", entry.Encode())
	if got.Code != 409 || !strings.Contains(got.Body.String(), `name="version" value="2"`) {
		t.Errorf("an old version: %d", got.Code)
	}
	entry.Set("version", "2")
	if got := s.send("planner", http.MethodPost, "/projects/0099001/phases", entry.Encode()); got.Code != 303 {
		t.Errorf("the gate stands open: %d", got.Code)
	}
	halt := url.Values{"version": {"3"}, "entered_on": {"06/12/2023"}}
	if got := s.send("planner", http.MethodPost, "/projects/0099001/suspend", halt.Encode()); got.Code != 422 || !strings.Contains(got.Body.String(), `id="reason-error"`) {
		t.Errorf("a stop without a reason: %d", got.Code)
	}
	halt.Set("reason", "chờ bố trí vốn")
	if got := s.send("planner", http.MethodPost, "/projects/0099001/suspend", halt.Encode()); got.Code != 303 {
		t.Errorf("a stop: %d", got.Code)
	}
	page := s.send("planner", http.MethodGet, "/projects/0099001", "").Body.String()
	if !strings.Contains(page, "chờ bố trí vốn") || !strings.Contains(page, `action="/projects/0099001/resume"`) || strings.Contains(page, `action="/projects/0099001/phases"`) {
		t.Error("a suspended work offers the wrong acts")
	}
	for _, path := range []string{"/projects/0099001/phases", "/projects/0099001/suspend", "/projects/0099001/resume"} {
		if got := s.send("leader", http.MethodPost, path, entry.Encode()); got.Code != 403 {
			t.Errorf("the leader posts to %s: %d", path, got.Code)
		}
	}
}

func TestTheAPIOpensPhases(t *testing.T) {
	s := open(t)
	var work struct {
		Version  int `json:"version"`
		Findings []struct{ Code, Text string }
		Phases   []struct {
			Phase string `json:"phase"`
		} `json:"phases"`
		Versions []any `json:"versions"`
		Gate     []struct {
			Code string `json:"code"`
			Met  bool   `json:"met"`
		} `json:"gate"`
		Place struct {
			Vertices []map[string]int64 `json:"vertices"`
		} `json:"place"`
		Decisions []map[string]any `json:"decisions"`
	}
	read := func() {
		got := s.send("planner", http.MethodGet, "/api/v1/projects/7941584", "")
		if err := json.Unmarshal(got.Body.Bytes(), &work); err != nil || got.Code != 200 {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
	}
	read()
	if len(work.Place.Vertices) != 2 || work.Place.Vertices[0]["lat_micro"] != 22_134_900 || len(work.Versions) != 1 || len(work.Gate) != 1 || !work.Gate[0].Met ||
		work.Decisions[1]["construction_vnd"] == 0 {
		t.Errorf("got %+v", work)
	}
	etag := func() string { return fmt.Sprintf(`"%d"`, work.Version) }
	body := `{"phase":"procurement","entered_on":"2023-12-20","document":"KHLCNT"}`
	if got := s.send("planner", http.MethodPost, "/api/v1/projects/7941584/phases", body); got.Code != 422 {
		t.Errorf("without If-Match: %d", got.Code)
	}
	if got := s.send("planner", http.MethodPost, "/api/v1/projects/7941584/phases", body, "If-Match", etag()); got.Code != 201 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	read()
	skip := `{"phase":"handover","entered_on":"2023-12-21"}`
	if got := s.send("planner", http.MethodPost, "/api/v1/projects/7941584/phases", skip, "If-Match", etag()); got.Code != 409 || !strings.Contains(got.Body.String(), "project.phase_order") {
		t.Errorf("a phase left out: %d %s", got.Code, got.Body)
	}
	for _, c := range []struct {
		act  string
		want int
	}{{"resume", 409}, {"suspend", 200}, {"suspend", 409}, {"resume", 200}} {
		read()
		got := s.send("planner", http.MethodPost, "/api/v1/projects/7941584/"+c.act, `{"entered_on":"2023-12-22","reason":"thử"}`, "If-Match", etag())
		if got.Code != c.want {
			t.Errorf("%s: %d %s", c.act, got.Code, got.Body)
		}
	}
	if got := s.send("ward-ducxuan", http.MethodPost, "/api/v1/projects/7941584/phases", body, "If-Match", etag()); got.Code != 403 {
		t.Errorf("a ward's officer: %d", got.Code)
	}
}

func TestTheMapShowsOnlyTheScope(t *testing.T) {
	s := open(t)
	all := s.send("leader", http.MethodGet, "/projects/map", "").Body.String()
	if n := strings.Count(all, "<circle class=\"at-") + strings.Count(all, "<polyline"); n != 31+4 { // with the four signs of the key
		t.Errorf("%d works drawn", n)
	}
	ward := s.send("ward-ducxuan", http.MethodGet, "/projects/map", "").Body.String()
	if strings.Contains(ward, "7941207") || !strings.Contains(ward, "7941311") {
		t.Error("the ward's map shows what lies outside, or not what lies inside")
	}
	if got := s.send("leader", http.MethodGet, "/projects/map?state=suspended", "").Body.String(); !strings.Contains(got, "7941532") || strings.Contains(got, "7941207") {
		t.Error("the filter does nothing")
	}
	list := s.send("leader", http.MethodGet, "/projects?review=1", "")
	if body := list.Body.String(); list.Code != 200 || !strings.Contains(body, `title="1 điểm cần xem lại"`) || !strings.Contains(body, "7941415") || strings.Contains(body, "7941207") {
		t.Errorf("works to review: %d", list.Code)
	}
}
