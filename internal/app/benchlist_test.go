package app_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"matbang/internal/app"
	"matbang/internal/app/apptest"
	"matbang/internal/day"
	"matbang/internal/listing"
	"matbang/internal/people"
	"matbang/internal/project"
	"matbang/internal/tx"
)

// Sizes of the portfolio benchmark: 16 clients on the same machine, as in the aims of speed.
const (
	benchWorks   = 20_000
	benchClients = 16
	benchRound   = 2 * time.Second
	benchRounds  = 3
)

// BenchmarkPortfolio20000 asks for a filtered, sorted page of 20,000 works: from the product, with sign-in, rights, scope and language, and
// from a bare handler that runs the very same statements. It prints requests a second of both and their ratio (aim: at least 0.6 as JSON,
// 0.4 as a page).
func BenchmarkPortfolio20000(b *testing.B) {
	a := apptest.Empty(b)
	if err := a.LoadSynthetic(b.Context(), app.Synthetic{Works: benchWorks, Seed: 1}, io.Discard); err != nil {
		b.Fatal(err)
	}
	if _, err := a.DB.Pool().ExecContext(b.Context(), `ANALYZE`); err != nil {
		b.Fatal(err)
	}
	product := httptest.NewServer(a.Kit.Handler())
	defer product.Close()
	token := tokenOf(b, a, "planning-head")
	filter := project.Filter{Sector: "transport", State: "building", Year: 2023, Month: day.MustMonth("2023-12")}
	for _, c := range []struct {
		name, path string
		query      listing.Query
	}{
		{"json", "/api/v1/projects?q=cau&sector=transport&state=building&month=2023-12", listing.Query{Text: "cau"}},
		{"page", "/projects?q=cau&sector=transport&state=building&month=2023-12&sort=total&desc=1", listing.Query{Text: "cau", Sort: "total", Desc: true, Page: 1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			bare := httptest.NewServer(bareList(b, a, filter, c.query))
			defer bare.Close()
			for b.Loop() {
				ours, plain := race(b, product.URL+c.path, bare.URL, token)
				b.ReportMetric(ours, "product-req/s")
				b.ReportMetric(plain, "bare-req/s")
				b.ReportMetric(ours/plain, "ratio")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func tokenOf(b *testing.B, a *app.App, account string) string {
	token, err := a.Rooms.People.IssueToken(b.Context(), people.Console(), account, 1, "bench")
	if err != nil {
		b.Fatal(err)
	}
	return token
}

// statement is what a room asked the database.
type statement struct {
	query string
	args  []any
}

// recorder is a database that notes what is read through it.
type recorder struct {
	tx.DB
	seen *[]statement
}

func (r recorder) Read(ctx context.Context) tx.Querier { return noting{r.DB.Read(ctx), r.seen} }

type noting struct {
	tx.Querier
	seen *[]statement
}

func (n noting) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	*n.seen = append(*n.seen, statement{query, args})
	return n.Querier.GetContext(ctx, dest, query, args...)
}

func (n noting) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	*n.seen = append(*n.seen, statement{query, args})
	return n.Querier.SelectContext(ctx, dest, query, args...)
}

// bareList runs the statements of the list, the count first, and writes the rows as JSON: no sign-in, no rights, no log.
func bareList(b *testing.B, a *app.App, f project.Filter, q listing.Query) http.Handler {
	var seen []statement
	works := a.Rooms.Projects
	works.DB = recorder{a.DB, &seen}
	if _, err := works.List(b.Context(), apptest.Actor(b, a, "planning-head"), f, q); err != nil {
		b.Fatal(err)
	}
	last := len(seen) - 1
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var count int
		for _, s := range seen[:last] {
			if err := a.DB.Read(r.Context()).GetContext(r.Context(), &count, s.query, s.args...); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		rows := []project.Row{}
		if err := a.DB.Read(r.Context()).SelectContext(r.Context(), &rows, seen[last].query, seen[last].args...); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"total": count, "items": rows})
	})
}

// race measures both in turn, several rounds, and gives the middle round of each.
func race(b *testing.B, ours, plain, token string) (oursRate, plainRate float64) {
	var fast, slow []float64
	for range benchRounds {
		slow = append(slow, rate(b, plain, ""))
		fast = append(fast, rate(b, ours, token))
	}
	slices.Sort(fast)
	slices.Sort(slow)
	return fast[benchRounds/2], slow[benchRounds/2]
}

// rate is how many requests a second all clients together get answered.
func rate(b *testing.B, url, token string) float64 {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: benchClients}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	var wait sync.WaitGroup
	var mu sync.Mutex
	answered, end := 0, time.Now().Add(benchRound)
	for range benchClients {
		wait.Go(func() {
			n := 0
			for time.Now().Before(end) {
				if err := fetch(b.Context(), client, url, token); err != nil {
					b.Error(err)
					return
				}
				n++
			}
			mu.Lock()
			answered += n
			mu.Unlock()
		})
	}
	wait.Wait()
	return float64(answered) / benchRound.Seconds()
}

func fetch(ctx context.Context, client *http.Client, url, token string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || !strings.Contains(string(body), "Cầu")) {
		return &wrongAnswer{url, answer.StatusCode}
	}
	return err
}

type wrongAnswer struct {
	url    string
	status int
}

func (e *wrongAnswer) Error() string {
	return e.url + ": " + http.StatusText(e.status) + " or not the list"
}
