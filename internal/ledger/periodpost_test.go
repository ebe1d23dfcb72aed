package ledger_test

import (
	"context"
	"regexp"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/ledger"
)

// Every kind of journal the database knows, dated in a closed month, is written on the first open day with its own day beside it, alone, among many and
// taken back; the closed month's figures do not move, and the open one lists them with their sum.
func TestEveryKindOfEntryOfAClosedMonthIsAnAdjustmentOfTheOpenOne(t *testing.T) {
	w := newWorld(t, 1)
	ctx, december, november := t.Context(), day.Must("2023-12-01").Month(), day.Must("2023-11-20")
	post := func(kind ledger.Kind) ledger.Entry {
		return ledger.Entry{Kind: kind, Reference: string(kind), Project: w.works[0], Day: november, Postings: ledger.Move(w.cases[0], ledger.Approved, ledger.NotOrdered, 5)}
	}
	w.exec(`INSERT INTO ledger_period (month, closed_by) VALUES ('2023-11-01', $1)`, w.who.ID)
	before, err := w.book.Bridge(ctx, ledger.Limits{AsOf: day.Must("2023-11-30")})
	w.must(err)
	var allowed string
	w.get(&allowed, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'journal_kind'`)
	var kinds []ledger.Kind
	for _, m := range regexp.MustCompile(`'([a-z_]+)'`).FindAllStringSubmatch(allowed, -1) {
		if m[1] != "reversal" {
			kinds = append(kinds, ledger.Kind(m[1]))
		}
	}
	if len(kinds) < 13 {
		t.Fatalf("the kinds of journals cannot be read: %s", allowed)
	}
	w.must(w.db.Run(ctx, func(ctx context.Context) error {
		for _, kind := range kinds {
			alone, err := w.book.Post(ctx, w.who, post(kind))
			if err != nil {
				return err
			}
			if _, err := w.book.PostAll(ctx, w.who, []ledger.Entry{post(kind), post(kind)}); err != nil {
				return err
			}
			if _, err := w.book.Reverse(ctx, w.who, alone, "nhầm", november); err != nil {
				return err
			}
		}
		return nil
	}))
	after, err := w.book.Bridge(ctx, ledger.Limits{AsOf: day.Must("2023-11-30")})
	w.must(err)
	if after != before {
		t.Errorf("the closed month moved: %+v, %+v", before, after)
	}
	reader := actor.Actor{Grants: map[actor.Permission]actor.Reach{ledger.PeriodRead: actor.All}}
	periods := ledger.Periods{DB: w.db, Log: audit.Log{DB: w.db}}
	taken, err := periods.MonthBook(ctx, reader, december)
	w.must(err)
	if want := 4 * len(kinds); len(taken.TakenIn.Items) != want || int(taken.TakenIn.Sum) != 10*len(kinds) || taken.Closed || len(taken.Later.Items) != 0 {
		t.Errorf("December took in %d entries of %d, sum %d, closed %v, later %d", len(taken.TakenIn.Items), want, taken.TakenIn.Sum, taken.Closed, len(taken.Later.Items))
	}
	for _, a := range taken.TakenIn.Items {
		if a.Day != december.First() || a.OccurredOn != november || (a.Kind == "reversal") != a.Reversal {
			t.Errorf("%s is written on %s for %s", a.Kind, a.Day, a.OccurredOn)
		}
	}
	if told, err := periods.MonthBook(ctx, reader, november.Month()); err != nil || !told.Closed || len(told.Later.Items) != 4*len(kinds) {
		t.Errorf("November does not tell what stands later: %d, %v", len(told.Later.Items), err)
	}
}
