package ledger_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/invariant"
	"matbang/internal/ledger"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// world is a book over two works with cases.
type world struct {
	t        testing.TB
	db       *postgres.DB
	book     ledger.Ledger
	who      actor.Actor
	works    [2]id.Project
	cases    []id.Case // of the first work
	other    id.Case   // of the second
	ward     id.Ward
	unitOf   [2]id.Unit
	holderNo int
}

func newWorld(t testing.TB, cases int) *world {
	t.Helper()
	db := pgtest.Open(t)
	w := &world{t: t, db: db, book: ledger.Ledger{DB: db}}
	w.exec(`INSERT INTO rule_set (code, name, valid_from, basis) VALUES ('2013', 'Luật Đất đai 2013', '2014-07-01', 'Luật 45/2013/QH13')`)
	w.get(&w.ward, `INSERT INTO ward (code, name, kind, valid_from) VALUES ('01837', 'Đức Xuân', 'ward', '2015-01-01') RETURNING id`)
	for i := range w.works {
		w.get(&w.unitOf[i], `INSERT INTO unit (code, name, kind) VALUES ($1, 'Trung tâm', 'clearance') RETURNING id`, fmt.Sprintf("DV%d", i))
	}
	w.get(&w.who.ID, `INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('lan', 'Lan', 'x', $1) RETURNING id`, w.unitOf[0])
	for i := range w.works {
		w.get(&w.works[i], `INSERT INTO project (code, name, group_code, sector, unit_id, investor, start_year, end_year, total_investment, state, changed_by)
			VALUES ($1, 'Đường', 'C', 'transport', $2, 'Ban', 2022, 2024, 9, 'building', $3) RETURNING id`, fmt.Sprintf("765432%d", i), w.unitOf[i], w.who.ID)
	}
	for range cases {
		w.cases = append(w.cases, w.newCase(w.works[0]))
	}
	w.other = w.newCase(w.works[1])
	return w
}

func (w *world) newCase(project id.Project) (c id.Case) {
	w.holderNo++
	var holder id.Holder
	w.get(&holder, `INSERT INTO holder (code, kind, name, ward_id, changed_by) VALUES ($1, 'household', 'Hộ', $2, $3) RETURNING id`,
		fmt.Sprintf("H-%d", w.holderNo), w.ward, w.who.ID)
	w.get(&c, `INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, opened_on, changed_by)
		VALUES ($1, $2, $3, $4, '2013', '2023-01-10', $5) RETURNING id`, fmt.Sprintf("HS-%d", w.holderNo), project, holder, w.ward, w.who.ID)
	return c
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) try(query string, args ...any) error {
	return w.db.Run(context.Background(), func(ctx context.Context) error {
		_, err := w.db.Write(ctx).ExecContext(ctx, query, args...)
		return err
	})
}

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	w.must(w.try(query, args...))
}

func (w *world) get(dest any, query string, args ...any) {
	w.t.Helper()
	w.must(w.db.Run(context.Background(), func(ctx context.Context) error { return w.db.Write(ctx).GetContext(ctx, dest, query, args...) }))
}

// post writes a journal of the first work in a transaction of its own.
func (w *world) post(kind ledger.Kind, on string, postings ...ledger.Posting) (j id.Journal, err error) {
	err = w.db.Run(context.Background(), func(ctx context.Context) error {
		j, err = w.book.Post(ctx, w.who, ledger.Entry{Kind: kind, Reference: "12/QĐ", Project: w.works[0], Day: day.Must(on), Postings: postings})
		return err
	})
	return j, err
}

func (w *world) mustPost(kind ledger.Kind, on string, postings ...ledger.Posting) id.Journal {
	w.t.Helper()
	j, err := w.post(kind, on, postings...)
	w.must(err)
	return j
}

func (w *world) reverse(j id.Journal, on string) error {
	return w.db.Run(context.Background(), func(ctx context.Context) error {
		_, err := w.book.Reverse(ctx, w.who, j, "sửa sai", day.Must(on))
		return err
	})
}

func approved(c id.Case, amount, deducted vnd.Amount) []ledger.Posting {
	postings := ledger.Move(c, ledger.Approved, ledger.NotOrdered, amount-deducted)
	if deducted != 0 {
		postings = append(postings, ledger.Move(c, ledger.Approved, ledger.Deducted, deducted)...)
	}
	return postings
}

func (w *world) bridge(l ledger.Limits) ledger.Bridge {
	w.t.Helper()
	b, err := w.book.Bridge(context.Background(), l)
	w.must(err)
	return b
}

// sound asks every invariant of the book: balances equal postings, journals and bridges close, no account below zero.
func (w *world) sound() {
	w.t.Helper()
	results, err := invariant.RunAll(context.Background(), w.db, ledger.Invariants())
	w.must(err)
	for _, r := range results {
		if len(r.Faults) > 0 {
			w.t.Errorf("%s: %v", r.Name, r.Faults)
		}
	}
}

// broken is the name of the constraint that refused.
func broken(err error) string {
	var v *tx.Violation
	if errors.As(err, &v) {
		return v.Constraint
	}
	return fmt.Sprint(err)
}

func TestAJournalThatDoesNotCloseIsRefused(t *testing.T) {
	w := newWorld(t, 2)
	if _, err := w.post(ledger.PlanApproved, "2023-06-01", ledger.Posting{Case: w.cases[0], Account: ledger.NotOrdered, Amount: 1}); err == nil {
		t.Error("the rule lets it pass")
	}
	for why, values := range map[string]string{
		"one side only":                 `($1, 'paid', $2, $3, 5)`,
		"from one case to another":      `($1, 'not_ordered', $2, $3, 5), ($1, 'approved', $2, $4, -5)`,
		"closed in the sum of two only": `($1, 'approved', $2, $3, -5), ($1, 'not_ordered', $2, $3, 4), ($1, 'not_ordered', $2, $4, 1)`,
	} {
		err := w.db.Run(t.Context(), func(ctx context.Context) error {
			var j id.Journal
			q := w.db.Write(ctx)
			if err := q.GetContext(ctx, &j, `INSERT INTO journal (kind, reference, project_id, day, made_by) VALUES ('plan_approved', 'x', $1, '2023-06-01', $2) RETURNING id`,
				w.works[0], w.who.ID); err != nil {
				return err
			}
			_, err := q.ExecContext(ctx, `WITH p(j, project, one, two) AS (VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint))
				INSERT INTO posting (journal_id, account, project_id, case_id, amount) SELECT v.* FROM (VALUES `+values+`) v`, j, w.works[0], w.cases[0], w.cases[1])
			return err
		})
		if got := broken(err); got != "journal_sums_to_zero" {
			t.Errorf("%s, by hand: %s", why, got)
		}
	}
	var n int
	if w.get(&n, `SELECT count(*) FROM journal`); n != 0 {
		t.Errorf("%d journals were kept", n)
	}
}

func TestWhatIsWrittenStaysWritten(t *testing.T) {
	w := newWorld(t, 1)
	w.mustPost(ledger.PlanApproved, "2023-06-01", approved(w.cases[0], 100, 10)...)
	for statement, want := range map[string]string{
		`UPDATE posting SET amount = amount * 2`:     "posting_append_only",
		`DELETE FROM posting`:                        "posting_append_only",
		`TRUNCATE posting`:                           "posting_append_only",
		`UPDATE journal SET day = '2023-01-01'`:      "journal_append_only",
		`DELETE FROM journal`:                        "journal_append_only",
		`TRUNCATE journal CASCADE`:                   "journal_append_only",
		`UPDATE ledger_balance SET amount = -amount`: "ledger_balance_sign",
		`INSERT INTO journal (kind, reference, project_id, day, made_by) SELECT 'reversal', 'x', project_id, day, made_by FROM journal`: "journal_reversal_names_its_journal",
	} {
		if got := broken(w.try(statement)); got != want {
			t.Errorf("%s: %s, want %s", statement, got, want)
		}
	}
}

func TestNothingIsDrawnThatIsNotThere(t *testing.T) {
	w := newWorld(t, 2)
	c := w.cases[0]
	w.mustPost(ledger.PlanApproved, "2023-06-01", approved(c, 100, 10)...)
	for why, postings := range map[string][]ledger.Posting{
		"a đồng more than there is":      ledger.Move(c, ledger.NotOrdered, ledger.Ordered, 91),
		"from an account never used":     ledger.Move(c, ledger.Returned, ledger.Ordered, 1),
		"of a case that has nothing":     ledger.Move(w.cases[1], ledger.NotOrdered, ledger.Paid, 1),
		"approved by a negative amount":  ledger.Move(w.cases[1], ledger.Approved, ledger.NotOrdered, -1),
		"one good case with a bad one":   append(ledger.Move(c, ledger.NotOrdered, ledger.Ordered, 1), ledger.Move(w.cases[1], ledger.NotOrdered, ledger.Ordered, 1)...),
		"enough for each half, not both": append(ledger.Move(c, ledger.NotOrdered, ledger.Ordered, 60), ledger.Move(c, ledger.NotOrdered, ledger.Ordered, 60)...),
	} {
		if _, err := w.post(ledger.OrderSubmitted, "2023-06-02", postings...); !errors.Is(err, ledger.ErrOverdrawn) {
			t.Errorf("%s: %v", why, err)
		}
	}
	w.mustPost(ledger.OrderSubmitted, "2023-06-02", ledger.Move(c, ledger.NotOrdered, ledger.Ordered, 90)...)
	if b := w.bridge(ledger.Limits{Case: c}); b != (ledger.Bridge{Approved: 100, Deducted: 10, Ordered: 90}) {
		t.Errorf("bridge %+v", b)
	}
	w.sound()
}

func TestAJournalIsTakenBackOnce(t *testing.T) {
	w := newWorld(t, 1)
	c := w.cases[0]
	w.mustPost(ledger.PlanApproved, "2023-06-01", approved(c, 100, 0)...)
	submitted := w.mustPost(ledger.OrderSubmitted, "2023-06-02", ledger.Move(c, ledger.NotOrdered, ledger.Ordered, 60)...)
	paid := w.mustPost(ledger.PaymentPaid, "2023-06-03", ledger.Move(c, ledger.Ordered, ledger.Paid, 60)...)
	if err := w.reverse(submitted, "2023-06-04"); !errors.Is(err, ledger.ErrOverdrawn) {
		t.Errorf("taking back an order whose money is paid: %v", err)
	}
	w.must(w.reverse(paid, "2023-06-04"))
	if err := w.reverse(paid, "2023-06-05"); !errors.Is(err, ledger.ErrReversed) {
		t.Errorf("taken back twice: %v", err)
	}
	if b := w.bridge(ledger.Limits{}); b != (ledger.Bridge{Approved: 100, NotOrdered: 40, Ordered: 60}) {
		t.Errorf("bridge %+v", b)
	}
	if b := w.bridge(ledger.Limits{AsOf: day.Must("2023-06-03")}); b.Paid != 60 {
		t.Errorf("the day before it was taken back the money counts as paid: %+v", b)
	}
	w.sound()
}

func TestBridgesAsOfADayAndAsKnownAtAMoment(t *testing.T) {
	w := newWorld(t, 2)
	c, second := w.cases[0], w.cases[1]
	w.mustPost(ledger.PlanApproved, "2023-06-01", approved(c, 100, 10)...)
	w.mustPost(ledger.OrderSubmitted, "2023-07-01", ledger.Move(c, ledger.NotOrdered, ledger.Ordered, 50)...)
	var known time.Time
	w.get(&known, `SELECT clock_timestamp()`)
	w.mustPost(ledger.PaymentPaid, "2023-07-05", ledger.Move(c, ledger.Ordered, ledger.Paid, 20)...) // learned later
	w.mustPost(ledger.PlanApproved, "2023-08-01", approved(second, 7, 0)...)
	cases := []struct {
		why    string
		limits ledger.Limits
		want   ledger.Bridge
	}{
		{"now", ledger.Limits{}, ledger.Bridge{Approved: 107, Deducted: 10, NotOrdered: 47, Ordered: 30, Paid: 20}},
		{"before the first day", ledger.Limits{AsOf: day.Must("2023-05-31")}, ledger.Bridge{}},
		{"on the day of the plan", ledger.Limits{AsOf: day.Must("2023-06-01")}, ledger.Bridge{Approved: 100, Deducted: 10, NotOrdered: 90}},
		{"end of July", ledger.Limits{AsOf: day.Must("2023-07-31")}, ledger.Bridge{Approved: 100, Deducted: 10, NotOrdered: 40, Ordered: 30, Paid: 20}},
		{"end of July, as known before the bank's word", ledger.Limits{AsOf: day.Must("2023-07-31"), Known: known},
			ledger.Bridge{Approved: 100, Deducted: 10, NotOrdered: 40, Ordered: 50}},
		{"all days, as known then", ledger.Limits{Known: known}, ledger.Bridge{Approved: 100, Deducted: 10, NotOrdered: 40, Ordered: 50}},
		{"the other work", ledger.Limits{Project: w.works[1]}, ledger.Bridge{}},
		{"one case", ledger.Limits{Case: second}, ledger.Bridge{Approved: 7, NotOrdered: 7}},
		{"the unit's works", ledger.Limits{Scope: actor.Scope{Unit: w.unitOf[0]}}, ledger.Bridge{Approved: 107, Deducted: 10, NotOrdered: 47, Ordered: 30, Paid: 20}},
		{"another unit's works", ledger.Limits{Scope: actor.Scope{Unit: w.unitOf[1]}}, ledger.Bridge{}},
		{"another ward", ledger.Limits{Scope: actor.Scope{Ward: w.ward + 1}, AsOf: day.Must("2023-12-31")}, ledger.Bridge{}},
		{"works one is a member of", ledger.Limits{Scope: actor.Scope{Member: w.who.ID}}, ledger.Bridge{}},
	}
	for _, sealed := range []string{"nothing sealed", "sealed", "sealed twice"} {
		for _, b := range cases {
			if got := w.bridge(b.limits); got != b.want {
				t.Errorf("%s, %s: %+v, want %+v", b.why, sealed, got, b.want)
			}
		}
		_, err := w.book.Seal(t.Context())
		w.must(err)
	}
	byCase, err := w.book.ByCase(t.Context(), []id.Case{c, w.other})
	if w.must(err); len(byCase) != 1 || byCase[c].Paid != 20 {
		t.Errorf("by case %+v", byCase)
	}
	byProject, err := w.book.ByProject(t.Context(), ledger.Limits{AsOf: day.Must("2023-07-31")})
	if w.must(err); len(byProject) != 1 || byProject[w.works[0]].Approved != 100 {
		t.Errorf("by work %+v", byProject)
	}
}

type input struct {
	Order  string
	Amount vnd.Amount
}

// once pays out under a key and counts how often the act really ran.
func (w *world) once(who actor.Actor, act, key string, in input, ran *atomic.Int64) (answer string, err error) {
	err = w.book.Once(context.Background(), who, act, key, in, &answer, func(ctx context.Context) error {
		answer = fmt.Sprintf("run %d", ran.Add(1))
		_, err := w.book.Post(ctx, w.who, ledger.Entry{Kind: ledger.OrderSubmitted, Reference: in.Order, Project: w.works[0], Day: day.Must("2023-06-02"),
			Postings: ledger.Move(w.cases[0], ledger.NotOrdered, ledger.Ordered, in.Amount)})
		return err
	})
	return answer, err
}

func TestAnActUnderAKeyIsDoneOnce(t *testing.T) {
	w := newWorld(t, 1)
	w.mustPost(ledger.PlanApproved, "2023-06-01", approved(w.cases[0], 100, 0)...)
	var ran atomic.Int64
	in := input{"LCT-1", 30}
	if _, err := w.once(w.who, "payout.submit", "key-00000001", input{"LCT-1", 101}, &ran); !errors.Is(err, ledger.ErrOverdrawn) {
		t.Fatalf("got %v", err)
	}
	first, err := w.once(w.who, "payout.submit", "key-00000001", in, &ran) // a refused act has not used up its key
	w.must(err)
	again, err := w.once(w.who, "payout.submit", "key-00000001", in, &ran)
	if w.must(err); first != "run 2" || again != first {
		t.Errorf("answers %q and %q", first, again)
	}
	for why, try := range map[string]func() (string, error){
		"another amount": func() (string, error) {
			return w.once(w.who, "payout.submit", "key-00000001", input{"LCT-1", 31}, &ran)
		},
		"another act": func() (string, error) { return w.once(w.who, "payout.release", "key-00000001", in, &ran) },
	} {
		if _, err := try(); !errors.Is(err, ledger.ErrKeyReused) {
			t.Errorf("%s under the same key: %v", why, err)
		}
	}
	second := w.who
	w.get(&second.ID, `INSERT INTO app_user (username, full_name, password_hash, unit_id) VALUES ('minh', 'Minh', 'x', $1) RETURNING id`, w.unitOf[0])
	if answer, err := w.once(second, "payout.submit", "key-00000001", in, &ran); err != nil || answer != "run 3" {
		t.Errorf("another person's key of the same letters: %s %v", answer, err)
	}
	if b := w.bridge(ledger.Limits{}); b.Ordered != 60 {
		t.Errorf("ordered %s", b.Ordered)
	}
}

func TestTwentyAtOnceUnderOneKeyAreOne(t *testing.T) {
	w := newWorld(t, 1)
	w.mustPost(ledger.PlanApproved, "2023-06-01", approved(w.cases[0], 100, 0)...)
	var ran atomic.Int64
	together(20, func(int) {
		if answer, err := w.once(w.who, "payout.submit", "key-00000001", input{"LCT-1", 1}, &ran); err != nil || answer != "run 1" {
			t.Errorf("%q, %v", answer, err)
		}
	})
	if b := w.bridge(ledger.Limits{}); b.Ordered != 1 || ran.Load() != 1 {
		t.Errorf("ran %d times, ordered %s", ran.Load(), b.Ordered)
	}
}

// together runs something n times at once.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// Journals name their cases in any order; the locks are taken in one. The transactions here are not tried again, so that a deadlock shows.
func TestJournalsOverTheSameCasesInAnyOrderDoNotBlockEachOther(t *testing.T) {
	w := newWorld(t, 8)
	for _, c := range w.cases[:4] { // the others' balances are made by the race itself
		w.mustPost(ledger.PlanApproved, "2023-06-01", approved(c, 1_000_000, 0)...)
	}
	var tried atomic.Int64
	together(16, func(i int) {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		for range 15 {
			var postings []ledger.Posting
			for _, at := range r.Perm(len(w.cases))[:5] {
				postings = append(postings, ledger.Move(w.cases[at], ledger.Approved, ledger.NotOrdered, 1)...)
			}
			r.Shuffle(len(postings), func(a, b int) { postings[a], postings[b] = postings[b], postings[a] })
			err := w.db.Run(context.Background(), func(ctx context.Context) error {
				tried.Add(1)
				_, err := w.book.Post(ctx, w.who, ledger.Entry{Kind: ledger.PlanApproved, Reference: "12/QĐ", Project: w.works[0], Day: day.Must("2023-06-02"), Postings: postings})
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	if tried.Load() != 16*15 {
		t.Errorf("%d tries for %d journals: some ran into each other", tried.Load(), 16*15)
	}
	if b := w.bridge(ledger.Limits{}); b.NotOrdered != 4_000_000+16*15*5 {
		t.Errorf("not ordered %s", b.NotOrdered)
	}
	w.sound()
}

// Whatever is moved, in whatever order, the bridge closes, no account falls below zero, and a refused move leaves no trace.
func TestRandomMovesKeepTheBook(t *testing.T) {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, 0)
	accounts := []ledger.Account{ledger.Approved, ledger.Deducted, ledger.NotOrdered, ledger.Ordered, ledger.Returned, ledger.Deposited, ledger.Paid}
	done, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		cases := []id.Case{w.newCase(w.works[0]), w.newCase(w.works[0])}
		model := map[id.Case]map[ledger.Account]vnd.Amount{cases[0]: {}, cases[1]: {}}
		var journals []id.Journal
		for range rapid.IntRange(3, 12).Draw(rt, "moves") {
			c := rapid.SampledFrom(cases).Draw(rt, "case")
			from := rapid.SampledFrom(append(accounts, ledger.Approved, ledger.NotOrdered, ledger.Ordered)).Draw(rt, "from")
			to := rapid.SampledFrom(accounts).Draw(rt, "to")
			amount := vnd.Amount(rapid.Int64Range(1, 50).Draw(rt, "amount"))
			mayFall := from == ledger.Approved || model[c][from] >= amount
			mayRise := to != ledger.Approved || model[c][to] <= -amount
			j, err := w.post(ledger.PaymentPaid, "2023-06-01", ledger.Move(c, from, to, amount)...)
			switch legal := from == to || mayFall && mayRise; {
			case err == nil && legal:
				model[c][from] -= amount
				model[c][to] += amount
				journals = append(journals, j)
				done++
			case errors.Is(err, ledger.ErrOverdrawn) && !legal:
				refused++
			default:
				rt.Fatalf("%s of %v from %s to %s: %v", amount, model[c], from, to, err)
			}
			if b := w.bridge(ledger.Limits{Case: c}); b != ledger.BridgeOf(model[c]) || b.Difference != 0 {
				rt.Fatalf("bridge %+v, want %+v", b, model[c])
			}
		}
		if len(journals) > 0 {
			_ = w.reverse(rapid.SampledFrom(journals).Draw(rt, "reversed"), "2023-06-02")
		}
	})
	if done < 30 || refused < 30 {
		t.Errorf("%d moves done, %d refused: too few to say anything", done, refused)
	}
	w.sound()
}
