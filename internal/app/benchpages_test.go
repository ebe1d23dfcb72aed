package app_test

import (
	"context"
	_ "embed" // the steps of generated money
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/figures"
)

//go:embed testdata/benchpages.sql
var moneySteps string

// pageLimit holds for the best of five whole requests, sign-in, rights and template included.
const pageLimit = 100 * time.Millisecond

// BenchmarkLimitPages opens every list page of money over a million awards, payments, results, lines of the bank and matches, and four million postings.
func BenchmarkLimitPages(b *testing.B) {
	a := cityOfAMillion(b)
	server := httptest.NewServer(a.Kit.Handler())
	defer server.Close()
	tokens := map[string]string{}
	for b.Loop() {
		for _, p := range moneyPages() {
			if tokens[p.account] == "" {
				tokens[p.account] = tokenOf(b, a, p.account)
			}
			figures.Within(b, "page "+p.path, pageLimit, best(b, server.URL+p.path, tokens[p.account]))
		}
	}
}

// page is an address and who opens it.
type page struct{ account, path string }

func moneyPages() []page {
	var pages []page
	for account, paths := range map[string]string{
		"accountant": `/ /payments /payments?q=nguyen /payments?q=khongco /payments?state=returned /payments?state=ordered /payments?sort=amount&desc=1 /payments?sort=payee /payments?page=200
			/payout-orders /payout-orders?q=cau /payout-orders?sort=total&desc=1 /deposits
			/recon /recon/TK-1 /recon/TK-1?show=matched /recon/TK-1?show=all /recon/TK-1/matches /recon/TK-1/runs /recon/TK-1/statements /statements/1
			/bridge /bridge?as_of=2023-04-30 /bridge/rows /bridge/rows?as_of=2023-04-30 /late /late?show=all /late?as_of=2023-04-30 /late-plans`,
		"chief-accountant": `/accounts`,
	} {
		for path := range strings.FieldsSeq(paths) {
			pages = append(pages, page{account, path})
		}
	}
	return pages
}

// cityOfAMillion is the generated city with its money.
func cityOfAMillion(b *testing.B) *app.App {
	b.Helper()
	a := apptest.Empty(b)
	if err := a.LoadSynthetic(b.Context(), app.Synthetic{Works: 2000, Cases: 250_000, Seed: 1}, io.Discard); err != nil {
		b.Fatal(err)
	}
	err := a.DB.Run(b.Context(), func(ctx context.Context) error {
		for _, step := range append([]string{"past the triggers\nSET LOCAL session_replication_role = replica"}, strings.Split(moneySteps, "-- step ")[1:]...) {
			name, statement, _ := strings.Cut(step, "\n")
			if _, err := a.DB.Write(ctx).ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := a.DB.Pool().ExecContext(b.Context(), `VACUUM ANALYZE`); err != nil {
		b.Fatal(err)
	}
	return a
}

func best(b *testing.B, url, token string) time.Duration {
	b.Helper()
	least := time.Hour
	for range 5 {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, url, nil)
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Accept", "text/html")
		began := time.Now()
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		least = min(least, time.Since(began))
		if err != nil || answer.StatusCode != http.StatusOK {
			b.Fatalf("%s: %s %v", url, answer.Status, err)
		}
	}
	return least
}
