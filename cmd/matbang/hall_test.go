package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"matbang/internal/app"
	"matbang/internal/config"
	"matbang/internal/people"
	"matbang/internal/postgres/embedded"
)

// asProgram makes the test's own binary behave as the program: what is killed below is a process of its own.
const asProgram = "MATBANG_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// The work and fund that the hall pays from, and how many clients come at once.
const (
	hallWork   = "7941207"
	hallSource = "province"
	hallCrowd  = 50
	hallAmount = 1000 // đồng of each payment
)

// hall is the program as a process, on a PostgreSQL of its own that writes to disk as in an office, with the sample city in it.
type hall struct {
	t       testing.TB
	r       *rand.Rand
	data    string
	pg      *embedded.Server
	server  *exec.Cmd
	address string
	tokens  map[string]string
	client  *http.Client
	rounds  int
	lock    sync.Mutex // of seen, while clients work
	seen    tally
}

// tally is what the figures tell of all rounds.
type tally struct {
	crowds, winners         int // orders approved by a crowd, and how many clients succeeded
	acts                    int // acknowledged money acts
	deadlocks, unacceptable int // answers that nobody may see
	notOnce, lost           int // payments with an act missing or twice, and đồng not in the book
	falls                   int
	faults, checks          int // of verify
}

func openHall(t testing.TB) *hall {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	h := &hall{t: t, r: rand.New(rand.NewPCG(seed, 1)), data: passable(t), tokens: map[string]string{}, //nolint:gosec // a fault must be repeatable
		client: &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: hallCrowd}}}
	h.startPostgres()
	t.Cleanup(func() { _ = h.pg.Stop() })
	a := h.open()
	h.must(a.Migrate(t.Context()))
	h.must(a.LoadSampleCity(t.Context(), io.Discard))
	for _, account := range []string{"accountant", "chief-accountant", "director"} {
		token, err := a.Rooms.People.IssueToken(t.Context(), people.Console(), account, 1, "hall")
		h.must(err)
		h.tokens[account] = token
	}
	h.must(a.Close())
	free, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	h.address = free.Addr().String()
	h.must(free.Close())
	h.startServer()
	t.Cleanup(h.leave)
	return h
}

// passable is a folder that PostgreSQL's own user may enter when we are root; t.TempDir is closed to all but us, and the database would go elsewhere.
func passable(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hall")
	if err == nil {
		err = os.Chmod(dir, 0o711) //nolint:gosec // the server's user must pass through; the database inside is 0700
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (h *hall) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// open is the program in this process, for what needs the database in hand.
func (h *hall) open() *app.App {
	h.t.Helper()
	a, err := app.Open(context.Background(), config.Settings{DatabaseURL: h.pg.DSN(embedded.Database), Data: h.data, Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", DemoPassword: "mat-khau-thu-nghiem"}, "test", io.Discard)
	h.must(err)
	return a
}

func (h *hall) startPostgres() {
	h.t.Helper()
	var err error
	h.pg, err = embedded.Start(context.Background(), embedded.Options{Data: h.data})
	h.must(err)
}

// startServer starts the program and waits until it is ready; it gives how long that took.
func (h *hall) startServer() time.Duration {
	h.t.Helper()
	began := time.Now()
	own, err := os.Executable()
	h.must(err)
	h.server = exec.Command(own, "serve") //nolint:gosec // ourselves
	h.server.Env = append(os.Environ(), asProgram+"=1", "DATABASE_URL="+h.pg.DSN(embedded.Database), "MATBANG_ADDR="+h.address, "MATBANG_BASE_URL=http://"+h.address,
		"MATBANG_DATA="+h.data, "MATBANG_LOG=error")
	log, err := os.OpenFile(filepath.Join(h.data, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	h.must(err)
	h.server.Stderr = log
	h.must(h.server.Start())
	h.must(log.Close())
	h.waitReady()
	return time.Since(began)
}

func (h *hall) waitReady() {
	h.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if answer, err := h.client.Get("http://" + h.address + "/readyz"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
	}
	h.t.Fatal("the program is not ready after 30 s")
}

// killServer is kill -9.
func (h *hall) killServer() {
	_ = h.server.Process.Kill()
	_ = h.server.Wait()
}

// leave ends the program, and shows its last words when something went wrong.
func (h *hall) leave() {
	h.killServer()
	if words, err := os.ReadFile(filepath.Join(h.data, "server.log")); err == nil && h.t.Failed() {
		h.t.Logf("the program said last:\n%s", words[max(0, len(words)-4000):])
	}
}

// act is one request that moves money, with its own key.
type act struct{ account, path, key, version, body string }

// send gives status and body; an error means that nobody knows whether the act was done.
func (h *hall) send(a act) (int, string, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://"+h.address+"/api/v1"+a.path, strings.NewReader(a.body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Authorization", "Bearer "+h.tokens[a.account])
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", a.key)
	if a.version != "" {
		request.Header.Set("If-Match", a.version)
	}
	answer, err := h.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

func (h *hall) do(a act) string {
	h.t.Helper()
	status, body, err := h.send(a)
	if err != nil || status >= http.StatusMultipleChoices {
		h.t.Fatalf("%s %s: %d %s %v", a.account, a.path, status, body, err)
	}
	return body
}

// crowd runs something for every number below n, hallCrowd at a time.
func crowd(n int, do func(i int)) {
	var wait sync.WaitGroup
	next := make(chan int)
	for range min(n, hallCrowd) {
		wait.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}

// payments makes orders over the work's awards, approved by a crowd and released, and gives the codes of their payments. Each payment is 1,000 đồng.
func (h *hall) payments() []string {
	h.t.Helper()
	h.rounds++
	var codes []string
	for part, lines := range h.awards(2) {
		name := fmt.Sprintf("hall-%d-%d-%d", h.rounds, part, h.r.Uint32())
		order := codeOf(h.t, h.do(act{account: "accountant", path: "/payout-orders", key: name + "-draft", body: fmt.Sprintf(`{"project":%q,"method":"cash","source":%q,"lines":[%s]}`, hallWork, hallSource, lines)}))
		h.do(act{account: "accountant", path: "/payout-orders/" + order + "/submit", key: name + "-submit", version: "1"})
		h.approveAtOnce(order, name)
		released := h.do(act{account: "director", path: "/payout-orders/" + order + "/release", key: name + "-release", version: "3"})
		codes = append(codes, paymentsOf(h.t, released)...)
	}
	return codes
}

// awards are awards of the work with something left and nothing under way, as lines of so many orders.
func (h *hall) awards(orders int) []string {
	h.t.Helper()
	a := h.open()
	defer func() { _ = a.Close() }()
	rows := []string{}
	h.must(a.DB.Read(h.t.Context()).SelectContext(h.t.Context(), &rows,
		`SELECT format('{"case":"%s","plan":"%s","amount_vnd":%s}', k.code, pl.code, $2::int) FROM award a JOIN plan pl ON pl.id = a.plan_id JOIN land_case k ON k.id = a.case_id
		 JOIN project p ON p.id = a.project_id JOIN holder h ON h.id = k.holder_id AND h.state = 'present'
		 WHERE p.code = $1 AND pl.state = 'approved' AND NOT EXISTS (SELECT 1 FROM payment x WHERE x.award_id = a.id AND x.state IN ('prepared', 'ordered'))
		   AND (SELECT count(*) FROM holder_party y WHERE y.holder_id = h.id) = 1
		   AND a.total - a.deducted - COALESCE((SELECT sum(x.amount) FROM payment x WHERE x.award_id = a.id AND x.reissue_of IS NULL AND x.state <> 'cancelled'), 0) > 100000
		 ORDER BY a.id`, hallWork, hallAmount))
	if len(rows) < 2*orders {
		h.t.Fatalf("only %d awards to pay from", len(rows))
	}
	lines := make([]string, orders)
	for i := range orders {
		lines[i] = strings.Join(rows[i*len(rows)/orders:(i+1)*len(rows)/orders], ",")
	}
	return lines
}

// approveAtOnce: fifty clients approve one order, each with a key of its own. Exactly one succeeds, the others are told that it changed.
func (h *hall) approveAtOnce(order, name string) {
	h.t.Helper()
	var lock sync.Mutex
	answers := map[int]int{}
	var slowest time.Duration
	crowd(hallCrowd, func(i int) {
		began := time.Now()
		status, body, err := h.send(act{account: "chief-accountant", path: "/payout-orders/" + order + "/approve", key: fmt.Sprintf("%s-approve-%d", name, i), version: "2"})
		lock.Lock()
		defer lock.Unlock()
		answers[status]++
		slowest = max(slowest, time.Since(began))
		if err != nil || strings.Contains(body, "deadlock") {
			h.t.Errorf("approving: %d %s %v", status, body, err)
		}
	})
	h.seen.crowds, h.seen.winners = h.seen.crowds+1, h.seen.winners+answers[http.StatusOK]
	if answers[http.StatusOK] != 1 || answers[http.StatusConflict] != hallCrowd-1 {
		h.t.Errorf("%d clients approved %s at once: %v", hallCrowd, order, answers)
	}
	h.t.Logf("approving at once: %v, the slowest after %s", answers, slowest.Round(time.Millisecond))
}

func codeOf(t testing.TB, body string) string {
	t.Helper()
	var order struct{ Code string }
	if err := json.Unmarshal([]byte(body), &order); err != nil || order.Code == "" {
		t.Fatalf("%v: %s", err, body)
	}
	return order.Code
}

func paymentsOf(t testing.TB, body string) []string {
	t.Helper()
	var order struct {
		Payments []struct{ Code string }
	}
	if err := json.Unmarshal([]byte(body), &order); err != nil || len(order.Payments) == 0 {
		t.Fatalf("%v: %.400s", errors.Join(err), body)
	}
	codes := make([]string, len(order.Payments))
	for i, p := range order.Payments {
		codes[i] = p.Code
	}
	return codes
}
