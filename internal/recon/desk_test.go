package recon_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/payout"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/recon"
	"matbang/internal/recon/corpus"
)

// BenchmarkDesk measures what one page of the bench reads, on 110,000 lines and 100,000 payments: while every line is open, and after a run.
func BenchmarkDesk(b *testing.B) {
	db := pgtest.Open(b)
	w := worldOn(b, db, db)
	w.bulk(corpus.New(1, benchPayments))
	w.exec(`ANALYZE`)
	w.Record = func(context.Context, actor.Actor, []payout.Result, day.Date) error { return nil }
	for b.Loop() {
		w.desk(b, "all open")
		w.match()
		w.exec(`ANALYZE`)
		w.desk(b, "after a run")
	}
}

// desk reads what the bench shows, part by part.
func (w *world) desk(b *testing.B, when string) {
	var account id.Account
	w.get(&account, `SELECT id FROM bank_account WHERE code = $1`, ours)
	first, ctx := w.today.Month().First(), w.t.Context()
	var line id.Line
	told := []string{}
	timed := func(name string, read func() error) {
		began := time.Now()
		w.must(read())
		told = append(told, fmt.Sprintf("%s %d ms", name, time.Since(began).Milliseconds()))
	}
	timed("tally", func() error {
		_, err := w.Tally(ctx, w.accountant, account, first, w.today)
		return err
	})
	timed("proposed, counted", func() error {
		_, err := w.Proposed(ctx, w.accountant, account, w.today)
		return err
	})
	for _, show := range []recon.Show{recon.ShowOpen, recon.ShowProposed, recon.ShowMatched, recon.ShowAll} {
		for _, text := range []string{"", "khong co"} {
			timed(string(show)+" "+text, func() error {
				page, err := w.Bench(ctx, w.accountant, recon.BenchQuery{Account: account, From: first, Through: w.today, Show: show, Text: text, Limit: 50})
				if len(page.Lines) > 0 && show == recon.ShowOpen {
					line = page.Lines[len(page.Lines)-1].ID
				}
				return err
			})
		}
	}
	timed("open, the page after", func() error {
		_, err := w.Bench(ctx, w.accountant, recon.BenchQuery{Account: account, From: first, Through: w.today, Show: recon.ShowOpen, After: line, Limit: 50})
		return err
	})
	timed("candidates", func() error {
		_, err := w.Candidates(ctx, w.accountant, line)
		return err
	})
	timed("parts of a split", func() error {
		_, err := w.Parts(ctx, w.accountant, line, "")
		return err
	})
	timed("next open", func() error {
		_, err := w.NextOpen(ctx, w.accountant, account, w.today, line)
		return err
	})
	timed("lists", func() error {
		_, err := w.Lists(ctx, w.accountant, account, w.today)
		return err
	})
	b.Log(when + ": " + strings.Join(told, "; "))
}
