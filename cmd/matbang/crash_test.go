package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"matbang/internal/figures"
	"matbang/internal/postgres/embedded"
)

// TestNothingIsLostWhenItFalls: fifty clients pay from one work; first undisturbed, then the program is killed amid the work, then its PostgreSQL.
func TestNothingIsLostWhenItFalls(t *testing.T) {
	h := openHall(t)
	h.round("undisturbed", 2, nil)
	h.round("kill -9 of the program", 2, h.programFalls)
	h.round("immediate stop of PostgreSQL", 2, h.postgresFalls)
	h.verify()
}

// BenchmarkLimitFalls is the same with more than a thousand money acts in a round, and tells the figures.
func BenchmarkLimitFalls(b *testing.B) {
	h := openHall(b)
	for b.Loop() {
		h.paidAgainstBare(b)
		h.round("kill -9 of the program", limitTimes, h.programFalls)
		h.round("immediate stop of PostgreSQL", limitTimes, h.postgresFalls)
		h.verify()
	}
	h.figures(b)
}

// BenchmarkSoakFalls is the same for long: program and PostgreSQL fall in turn.
func BenchmarkSoakFalls(b *testing.B) {
	h := openHall(b)
	for b.Loop() {
		h.round("kill -9 of the program", limitTimes, h.programFalls)
		h.round("immediate stop of PostgreSQL", limitTimes, h.postgresFalls)
		h.verify()
	}
	h.figures(b)
}

// limitTimes is how often each payment of a round is paid, which makes a round of more than a thousand acts.
const limitTimes = 15

// paidAgainstBare tells how many money acts of one work are done in a second, beside the fewest that a row shared by all clients allows: what guarded
// updates of one row by as many connections come to on the same PostgreSQL.
func (h *hall) paidAgainstBare(b *testing.B) {
	before := h.seen.acts
	took := h.round("undisturbed", limitTimes, nil)
	acts := float64(h.seen.acts-before) / took.Seconds()
	bare := h.bareUpdates()
	figures.Say(b, figures.Row{Figure: "money acts of one work in a second, against bare guarded updates of one row", Measured: fmt.Sprintf("%.0f against %.0f: %.2f", acts, bare, acts/bare)})
}

// bareUpdates is how many updates of one row that stays above zero a crowd of connections commits in a second.
func (h *hall) bareUpdates() float64 {
	h.t.Helper()
	pool, err := sql.Open("postgres", h.pg.DSN(embedded.Database))
	h.must(err)
	defer func() { _ = pool.Close() }()
	pool.SetMaxIdleConns(hallCrowd)
	ctx := h.t.Context()
	_, err = pool.ExecContext(ctx, `CREATE TABLE hall_budget (id int PRIMARY KEY, rest bigint NOT NULL CHECK (rest >= 0)); INSERT INTO hall_budget VALUES (1, 1000000000)`)
	h.must(err)
	pay, err := pool.PrepareContext(ctx, `UPDATE hall_budget SET rest = rest - $1 WHERE id = 1 AND rest >= $1`)
	h.must(err)
	defer func() { _ = pay.Close() }()
	const updates = 5000
	began := time.Now()
	crowd(updates, func(int) {
		if _, err := pay.ExecContext(ctx, hallAmount); err != nil {
			h.t.Error(err)
		}
	})
	took := time.Since(began)
	_, err = pool.ExecContext(ctx, `DROP TABLE hall_budget`)
	h.must(err)
	return updates / took.Seconds()
}

// figures tells what was seen.
func (h *hall) figures(b *testing.B) {
	s := h.seen
	figures.Say(b, figures.Row{Figure: fmt.Sprintf("%d clients approving one order, %d orders", hallCrowd, s.crowds), Limit: "1 succeeds for each",
		Measured: fmt.Sprintf("%d succeeded", s.winners), Broken: s.winners != s.crowds})
	figures.Say(b, figures.Row{Figure: fmt.Sprintf("%d clients paying from one work, rounds with a fall in them", hallCrowd), Measured: fmt.Sprintf("%d acts, %d falls of program or PostgreSQL", s.acts, s.falls)})
	figures.Count(b, "deadlocks that a client was told of", 0, s.deadlocks)
	figures.Count(b, "answers that were neither done nor try again", 0, s.unacceptable)
	figures.Count(b, "payments with an acknowledged act missing or done twice", 0, s.notOnce)
	figures.Count(b, "đồng lost", 0, s.lost)
	figures.Count(b, fmt.Sprintf("faults found by verify, %d checks", s.checks), 0, s.faults)
}

// programFalls and postgresFalls give how long it took until the program was ready again.
func (h *hall) programFalls() time.Duration {
	h.killServer()
	return h.startServer()
}

func (h *hall) postgresFalls() time.Duration {
	h.pg.Crash()
	h.startPostgres()
	began := time.Now()
	h.waitReady() // the same process: it heals by itself
	return time.Since(began)
}

// round pays every payment of fresh orders; times is how often each is paid, every time but the last taken back again. Every act has its own key, and
// is sent again with it until its answer comes. Amid them something falls. It gives how long the acts took.
func (h *hall) round(name string, times int, fall func() time.Duration) time.Duration {
	h.t.Helper()
	codes := h.payments()
	total := len(codes) * (2*times - 1)
	var acknowledged, unknown atomic.Int64
	struck := make(chan time.Duration, 1)
	after := int64(total/5 + h.r.IntN(total/2))
	var once sync.Once
	var falling sync.WaitGroup
	began := time.Now()
	crowd(len(codes), func(i int) {
		for _, a := range h.acts(codes[i], times) {
			h.untilAnswered(a, fall != nil, &unknown)
			if n := acknowledged.Add(1); fall != nil && n >= after {
				once.Do(func() { falling.Go(func() { struck <- fall() }) })
			}
		}
	})
	falling.Wait()
	h.seen.acts += int(acknowledged.Load())
	took := time.Since(began)
	h.everyActOnce(codes, times)
	h.again(codes, times)
	line := fmt.Sprintf("%s: %d money acts of %d clients in %s, %d answers came late", name, total, hallCrowd, took.Round(time.Millisecond), unknown.Load())
	if fall != nil {
		h.seen.falls++
		line += fmt.Sprintf("; struck after %d, ready again after %s", after, (<-struck).Round(time.Millisecond))
	}
	h.t.Log(line)
	return took
}

// acts are what one client does with one payment.
func (h *hall) acts(code string, times int) []act {
	var acts []act
	for n := range times {
		key := fmt.Sprintf("%s-%d-%d", code, h.rounds, n)
		acts = append(acts, act{account: "accountant", path: "/payments/" + code + "/result", key: key,
			body: fmt.Sprintf(`{"kind":"paid","day":"2023-12-31","amount_vnd":%d,"evidence_kind":"signed_list","evidence_ref":%q}`, hallAmount, key)})
		if n < times-1 {
			acts = append(acts, act{account: "chief-accountant", path: "/payments/" + code + "/reverse", key: key + "-back", body: `{"reason":"ghi nhầm"}`})
		}
	}
	return acts
}

// untilAnswered sends an act until it is acknowledged, always with the same key. Undisturbed the first answer must be the one; nobody is ever told of a
// deadlock or that the act was done twice.
func (h *hall) untilAnswered(a act, disturbed bool, unknown *atomic.Int64) {
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		status, body, err := h.send(a)
		switch {
		case err == nil && status < http.StatusMultipleChoices:
			return
		case err == nil && status != http.StatusServiceUnavailable, !disturbed, time.Now().After(end):
			h.refused(body)
			h.t.Errorf("%s: %d %s %v", a.path, status, body, err)
			return
		}
		unknown.Add(1)
	}
}

// refused counts an answer that no client may see.
func (h *hall) refused(body string) {
	h.lock.Lock()
	defer h.lock.Unlock()
	h.seen.unacceptable++
	if strings.Contains(body, "deadlock") {
		h.seen.deadlocks++
	}
}

// everyActOnce counts what is in the book: every acknowledged act, and none twice.
func (h *hall) everyActOnce(codes []string, times int) {
	h.t.Helper()
	a := h.open()
	defer func() { _ = a.Close() }()
	for _, code := range codes {
		var is struct {
			State   string `db:"state"`
			Paid    int    `db:"paid"`
			Keys    int    `db:"keys"`
			Undone  int    `db:"undone"`
			Journal int    `db:"journals"`
			Amount  int    `db:"amount"`
		}
		h.must(a.DB.Read(h.t.Context()).GetContext(h.t.Context(), &is,
			`SELECT p.state, count(*) FILTER (WHERE r.kind = 'paid') AS paid, count(DISTINCT r.evidence_ref) FILTER (WHERE r.kind = 'paid') AS keys,
			   count(*) FILTER (WHERE r.kind = 'reversed') AS undone, count(DISTINCT r.journal_id) AS journals, p.paid AS amount
			 FROM payment p LEFT JOIN payment_result r ON r.payment_id = p.id WHERE p.code = $1 GROUP BY p.id`, code))
		if is.State != "paid" || is.Paid != times || is.Keys != times || is.Undone != times-1 || is.Journal != 2*times-1 || is.Amount != hallAmount {
			h.seen.notOnce++
			h.seen.lost += max(is.Amount-hallAmount, hallAmount-is.Amount)
			h.t.Errorf("payment %s: %+v, want %d times paid and %d times taken back", code, is, times, times-1)
		}
	}
}

// again sends every act of some payments once more: the same keys do nothing twice and are answered as the first time.
func (h *hall) again(codes []string, times int) {
	h.t.Helper()
	some := codes[:min(10, len(codes))]
	crowd(len(some), func(i int) {
		for _, a := range h.acts(some[i], times) {
			if status, body, err := h.send(a); err != nil || status >= http.StatusMultipleChoices {
				h.t.Errorf("%s with its key again: %d %s %v", a.path, status, body, err)
			}
		}
	})
	h.everyActOnce(some, times)
}

// verify is the command over the whole database.
func (h *hall) verify() {
	h.t.Helper()
	a := h.open()
	defer func() { _ = a.Close() }()
	results, err := a.Verify(h.t.Context())
	h.must(err)
	for _, r := range results {
		h.seen.faults += len(r.Faults)
		for _, f := range r.Faults {
			h.t.Errorf("verify: %s: %s", r.Name, f)
		}
	}
	h.seen.checks = len(results)
	h.t.Logf("verify: %d checks", len(results))
}
