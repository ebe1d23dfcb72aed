package apptest

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"matbang/internal/app"
	"matbang/internal/people"
)

// Visitor asks the whole program over the sample city, as any of its people.
type Visitor struct {
	App     *app.App
	t       testing.TB
	handler http.Handler
	tokens  map[string]string
}

// Visit opens the sample city to some of its people.
func Visit(t testing.TB, accounts ...string) *Visitor {
	t.Helper()
	a := SampleCity(t)
	v := &Visitor{a, t, a.Kit.Handler(), map[string]string{}}
	for _, account := range accounts {
		token, err := a.Rooms.People.IssueToken(t.Context(), people.Console(), account, 1, "test")
		if err != nil {
			t.Fatal(err)
		}
		v.tokens[account] = token
	}
	return v
}

// Send sends one request.
func (v *Visitor) Send(account, method, path, kind, body string, headers map[string]string) *httptest.ResponseRecorder {
	v.t.Helper()
	r := httptest.NewRequestWithContext(v.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", "Bearer "+v.tokens[account])
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	v.handler.ServeHTTP(answer, r)
	return answer
}

// badPage is what no page shows: a value that was not meant, a key without its sentence.
var badPage = regexp.MustCompile(`%!|ZgotmplZ|&lt;nil&gt;|0xc0|>(payout|deposit|disbursement|period|ledger|fault|act|menu)\.[a-z_.]+<|value="false"`)

// Page asks for a page, or posts a form, and wants a status and words. It gives where the answer leads, else the page.
func (v *Visitor) Page(account, path string, form url.Values, status int, words ...string) string {
	v.t.Helper()
	method, kind := http.MethodGet, ""
	if form != nil {
		method, kind = http.MethodPost, "application/x-www-form-urlencoded"
	}
	answer := v.Send(account, method, path, kind, form.Encode(), nil)
	body := html.UnescapeString(answer.Body.String())
	if answer.Code != status {
		v.t.Fatalf("%s %s %s: %d, want %d: %.600s", account, method, path, answer.Code, status, body)
	}
	for _, w := range words {
		if !strings.Contains(body, w) {
			v.t.Errorf("%s %s does not say %q", account, path, w)
		}
	}
	if at := badPage.FindString(answer.Body.String()); at != "" {
		v.t.Errorf("%s %s shows %q", account, path, at)
	}
	if to := answer.Header().Get("Location"); to != "" {
		return to
	}
	return body
}
