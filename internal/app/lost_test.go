package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"matbang/internal/app/apptest"
)

// TestLosingTheDatabase: every page and operation answers 503 with a sentence and nothing of the cause, with or without a session.
func TestLosingTheDatabase(t *testing.T) {
	a := apptest.SampleCity(t)
	handler := a.Kit.Handler()
	login := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login", strings.NewReader("username=accountant&password="+apptest.Password))
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	signed := httptest.NewRecorder()
	handler.ServeHTTP(signed, login)
	if signed.Code != http.StatusSeeOther || len(signed.Result().Cookies()) == 0 {
		t.Fatalf("signing in: %d", signed.Code)
	}
	if err := a.DB.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, token string }{
		{"/payout-orders", ""}, {"/", ""}, {"/api/v1/payout-orders", ""}, {"/api/v1/payout-orders", "mb_anything"},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.path, http.NoBody)
		if c.token != "" {
			request.Header.Set("Authorization", "Bearer "+c.token)
		} else {
			request.AddCookie(signed.Result().Cookies()[0])
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		body := answer.Body.String()
		if answer.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, want 503\n%.200s", c.path, answer.Code, body)
		}
		if !strings.Contains(body, "Cơ sở dữ liệu") && !strings.Contains(body, "cơ sở dữ liệu") {
			t.Errorf("%s: no sentence\n%.400s", c.path, body)
		}
		if strings.Contains(body, "sql:") || strings.Contains(body, "dial") {
			t.Errorf("%s shows the cause", c.path)
		}
		if answer.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s: no policy", c.path)
		}
	}
}
