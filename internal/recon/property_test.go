package recon_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"matbang/internal/listing"
	"matbang/internal/payout"
	"matbang/internal/recon/corpus"
	"matbang/internal/vnd"
)

// A name and an amount, however they are written and however few payments there are, never confirm anything.
func TestANameAloneNeverConfirms(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 11))
	w := newWorld(t)
	names := []string{"Nguyễn Thị Hường", "Nguyễn Thị Hương", "Lý Văn Đạt", "Vũ Thị Thủy", "Vũ Thị Thuỷ"}
	var memos []string
	for _, name := range names {
		for range 4 {
			amount := vnd.Amount(1000 + r.Int64N(20))
			w.order(payout.MethodTransfer, "2023-12-10", name, amount)
			folded := corpus.Fold(name)
			written := []string{folded, name, strings.ToLower(folded), strings.ReplaceAll(folded, " ", ""), folded[:len(folded)-r.IntN(3)], folded + " " + folded}[r.IntN(6)]
			memo := []string{"CHI TRA BT ", "TT TIEN BOI THUONG CHO ONG BA ", "", "MBVCB.12.", "HOAN TRA "}[r.IntN(5)] + written
			sign := []string{"-", "-", ""}[r.IntN(3)]
			memos = append(memos, fmt.Sprintf("%02d/12/2023;%s%s;%s", 11+r.IntN(15), sign, amount, memo))
		}
	}
	w.load(memos...)
	if out := w.match(); out.Matched+out.Returned != 0 {
		for _, m := range w.matches(false) {
			t.Errorf("seed %d: %q confirmed as %s by %s", seed, m.Description, m.PaymentCode, m.Rule)
		}
	}
	for _, l := range w.open() {
		found, err := w.Candidates(t.Context(), w.accountant, l.ID)
		w.must(err)
		for _, c := range found {
			if !c.SameCode && !c.SameAccount && !c.SameIdentity && !c.SameSlip && c.Score() >= 80 {
				t.Errorf("seed %d: %q scores %d by a name", seed, l.Description, c.Score())
			}
		}
	}
}

// Statements come one after the other and a run follows each: nothing false is confirmed on the way, and taken back to the beginning and run once more
// over everything, the lines say what they say when all of them come at once.
func TestRunsBetweenStatements(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := corpus.New(seed, 600)
	w := newWorld(t)
	w.payments(c)
	for _, part := range c.Parted(4) {
		w.lines(part)
		w.match()
	}
	for _, wrong := range w.judge(c).wrongs {
		t.Error(wrong)
	}
	w.bridge()
	w.sound()
	runs, err := w.Runs(t.Context(), w.accountant, w.account)
	w.must(err)
	for _, run := range runs {
		w.must(w.UndoRun(t.Context(), w.chief, run.ID, "chạy lại từ đầu", w.today))
	}
	if open, err := w.OpenLines(t.Context(), w.accountant, w.account, w.today, listing.Query{}); err != nil || open.Total != len(c.Lines) {
		t.Errorf("%d of %d lines open, %v", open.Total, len(c.Lines), err)
	}
	w.bridge()
	w.match()
	w.sound()
	once := newWorld(t)
	once.payments(c)
	once.lines(c)
	once.match()
	sameMatches(t, c, w.said(), once.said())
	if !slices.Equal(w.judge(c).wrongs, nil) {
		t.Error("false confirmations when run once more")
	}
}
