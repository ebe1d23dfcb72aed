package ledger_test

import (
	"context"
	"flag"
	"testing"
	"time"

	"pgregory.net/rapid"

	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/ledger"
	"matbang/internal/vnd"
)

// history is one generated story of a book, told twice: by the book, and by sums kept here.
type history struct {
	*world
	rt       *rapid.T
	at       map[ledger.Account]vnd.Amount
	moves    []moved
	journals []id.Journal
	first    day.Date
}

type moved struct {
	on      day.Date
	account ledger.Account
	amount  vnd.Amount
}

// ways are the moves that acts make, by kind.
func ways() map[ledger.Kind][][2]ledger.Account {
	return map[ledger.Kind][][2]ledger.Account{
		ledger.PlanApproved:     {{ledger.Approved, ledger.NotOrdered}, {ledger.Approved, ledger.Deducted}},
		ledger.OrderSubmitted:   {{ledger.NotOrdered, ledger.Ordered}, {ledger.Returned, ledger.Ordered}},
		ledger.OrderReleased:    {{ledger.Ordered, ledger.WithTreasury}},
		ledger.OrderCancelled:   {{ledger.Ordered, ledger.NotOrdered}, {ledger.Ordered, ledger.Returned}},
		ledger.PaymentPaid:      {{ledger.WithTreasury, ledger.Paid}},
		ledger.PaymentReturned:  {{ledger.WithTreasury, ledger.Returned}, {ledger.Paid, ledger.Returned}},
		ledger.PaymentDeposited: {{ledger.WithTreasury, ledger.Deposited}, {ledger.Returned, ledger.Deposited}},
		ledger.DepositReleased:  {{ledger.Deposited, ledger.Paid}},
	}
}

// Whatever acts are told in whatever order, with parts, reversals and sealing in between: on every day the bridge closes and stands where the sums
// kept beside it say; what is refused leaves no trace; every invariant holds, the chain too.
func TestGeneratedHistories(t *testing.T) {
	if err := flag.Set("rapid.checks", "15"); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, 1)
	kinds := []ledger.Kind{ledger.PlanApproved, ledger.OrderSubmitted, ledger.OrderReleased, ledger.PaymentPaid, ledger.PaymentReturned, ledger.PaymentDeposited,
		ledger.DepositReleased, ledger.OrderCancelled}
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{world: w, rt: rt, at: map[ledger.Account]vnd.Amount{}, first: day.Must("2023-01-01")}
		h.cases = []id.Case{w.newCase(w.works[0])}
		h.move(ledger.PlanApproved, ledger.Approved, ledger.NotOrdered, 1_000_000)
		for range rapid.IntRange(10, 40).Draw(rt, "acts") {
			switch rapid.IntRange(0, 9).Draw(rt, "what") {
			case 0:
				h.takeBack()
			case 1:
				_, err := h.book.Seal(context.Background())
				h.must(err)
			default:
				kind := rapid.SampledFrom(kinds).Draw(rt, "kind")
				way := rapid.SampledFrom(ways()[kind]).Draw(rt, "way")
				h.move(kind, way[0], way[1], vnd.Amount(rapid.Int64Range(1, 1_200_000).Draw(rt, "amount")))
			}
		}
		h.standsOnEveryDay()
	})
	w.sound()
}

func (h *history) move(kind ledger.Kind, from, to ledger.Account, amount vnd.Amount) {
	on := h.first.Add(rapid.IntRange(0, 20).Draw(h.rt, "day"))
	j, err := h.post(kind, on.String(), ledger.Move(h.cases[0], from, to, amount)...)
	if fits := from == ledger.Approved || h.at[from] >= amount; fits != (err == nil) {
		h.rt.Fatalf("%s %s of %s: %v", kind, amount, h.at[from], err)
	}
	if err == nil {
		h.journals = append(h.journals, j)
		h.tell(on, from, -amount)
		h.tell(on, to, amount)
	}
}

func (h *history) tell(on day.Date, account ledger.Account, amount vnd.Amount) {
	h.at[account] += amount
	h.moves = append(h.moves, moved{on, account, amount})
}

// takeBack reverses some journal; the book refuses what has been carried on or was taken back.
func (h *history) takeBack() {
	n := rapid.IntRange(0, len(h.journals)-1).Draw(h.rt, "journal")
	on := h.first.Add(21)
	if h.reverse(h.journals[n], on.String()) != nil {
		return
	}
	var postings []ledger.Posting
	h.must(h.db.Read(context.Background()).SelectContext(context.Background(), &postings,
		`SELECT p.case_id, p.account, p.amount FROM posting p JOIN journal j ON j.id = p.journal_id WHERE j.reverses = $1`, h.journals[n]))
	for _, p := range postings {
		h.tell(on, p.Account, p.Amount)
	}
}

func (h *history) standsOnEveryDay() {
	for n := range 23 {
		on := h.first.Add(n)
		sums := map[ledger.Account]vnd.Amount{}
		for _, m := range h.moves {
			if !m.on.After(on) {
				sums[m.account] += m.amount
			}
		}
		if got, want := h.bridge(ledger.Limits{Case: h.cases[0], AsOf: on}), ledger.BridgeOf(sums); got != want || got.Difference != 0 {
			h.rt.Fatalf("%s: %+v, want %+v", on, got, want)
		}
		h.standsSince(on, sums)
	}
	whole, days := h.bridge(ledger.Limits{}), h.bridge(ledger.Limits{AsOf: h.first.Add(60)})
	if whole != days {
		h.rt.Fatalf("by balances %+v, by days %+v", whole, days)
	}
}

// standsSince holds the days since when accounts hold something against days counted here.
func (h *history) standsSince(on day.Date, sums map[ledger.Account]vnd.Amount) {
	for account, sum := range sums {
		var since, none day.Date
		stands := vnd.Amount(0)
		for d := h.first; !d.After(on); d = d.Add(1) {
			for _, m := range h.moves {
				if m.on == d && m.account == account {
					stands += m.amount
				}
			}
			if stands == 0 {
				since = none
			} else if since == none {
				since = d
			}
		}
		var got day.Date
		h.must(h.db.Read(context.Background()).GetContext(context.Background(), &got,
			`SELECT since FROM ledger_standing($1, ARRAY[$2::bigint], ARRAY[$3::text])`, on, h.cases[0], account))
		if sum != 0 && got != since {
			h.rt.Fatalf("%s holds %s on %s since %s, by the program since %s", account, sum, on, since, got)
		}
	}
}

// A balance of the city as of a day out of a million postings, read from days; the same from the postings beside it.
func BenchmarkAsOfAMillionPostings(b *testing.B) {
	w := newWorld(b, 0)
	err := w.db.Run(b.Context(), func(ctx context.Context) error {
		for _, statement := range []string{`SET LOCAL session_replication_role = replica`,
			`INSERT INTO journal (kind, reference, project_id, day, made_by) SELECT 'plan_approved', 'x', p.id, date '2015-01-01' + (n % 3650), u.id
			 FROM generate_series(1, 500000) n, (SELECT min(id) AS id FROM project) p, (SELECT min(id) AS id FROM app_user) u`,
			`INSERT INTO posting (journal_id, account, project_id, case_id, amount) SELECT id, CASE a WHEN 0 THEN 'approved' ELSE 'not_ordered' END, project_id, id % 5000, CASE a WHEN 0 THEN -7 ELSE 7 END
			 FROM journal, generate_series(0, 1) a`, `INSERT INTO journal_unsealed SELECT id FROM journal`, `ANALYZE journal`, `ANALYZE posting`} {
			if _, err := w.db.Write(ctx).ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
	w.must(err)
	begin := time.Now()
	for end, last := (ledger.Seal{}), int64(-1); end.Number != last; {
		last = end.Number
		end, err = w.book.Seal(b.Context())
		w.must(err)
	}
	b.ReportMetric(time.Since(begin).Seconds(), "s/sealing")
	known := time.Now().Add(time.Hour)
	for name, l := range map[string]ledger.Limits{"days": {AsOf: day.Must("2020-06-30")}, "postings": {AsOf: day.Must("2020-06-30"), Known: known}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if got := w.bridge(l); got.Approved == 0 {
					b.Fatal("nothing is there")
				}
			}
		})
	}
}

// A journal whose transaction took so long that a hundred thousand others were sealed before it is sealed all the same, and counts on every day.
func TestALateJournalIsSealedToo(t *testing.T) {
	w := newWorld(t, 1)
	late := w.mustPost(ledger.PlanApproved, "2023-06-01", approved(w.cases[0], 100, 0)...)
	w.exec(`DELETE FROM journal_unsealed`) // its transaction is still under way
	w.exec(`SELECT setval(pg_get_serial_sequence('journal', 'id'), 200000)`)
	w.mustPost(ledger.PlanApproved, "2023-06-02", approved(w.cases[0], 7, 0)...)
	_, err := w.book.Seal(t.Context())
	w.must(err)
	w.exec(`INSERT INTO journal_unsealed VALUES ($1)`, late)
	for range 2 {
		if b := w.bridge(ledger.Limits{AsOf: day.Must("2023-12-31")}); b.Approved != 107 {
			t.Errorf("as of a day %+v", b)
		}
		_, err := w.book.Seal(t.Context())
		w.must(err)
	}
	w.sound()
}
