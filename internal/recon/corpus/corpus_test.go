package corpus_test

import (
	"flag"
	"os"
	"reflect"
	"testing"

	"matbang/internal/recon/corpus"
	"matbang/internal/vnd"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/report.txt"

func TestTheReportIsKept(t *testing.T) {
	got := corpus.New(1, 2000).Report() + "\n" + corpus.New(2, 100_000).Report()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the corpus is another one than %s tells; look at it, then -update:\n%s", golden, got)
	}
}

func TestTheSameSeedGivesTheSameCorpus(t *testing.T) {
	one := corpus.New(7, 500)
	if !reflect.DeepEqual(one, corpus.New(7, 500)) {
		t.Error("the same seed gives something else")
	}
	if reflect.DeepEqual(one.Lines, corpus.New(8, 500).Lines) {
		t.Error("another seed gives the same")
	}
	shuffled := one.Shuffled(3)
	if reflect.DeepEqual(one.Lines, shuffled.Lines) || len(one.Lines) != len(shuffled.Lines) {
		t.Error("shuffled is not another order of the same")
	}
	for i, l := range shuffled.Lines {
		if !reflect.DeepEqual(one.Lines[l.No-1], l) || !reflect.DeepEqual(one.Truth[l.No-1], shuffled.Truth[i]) {
			t.Fatalf("line %d lost its truth", l.No)
		}
	}
}

// What the truth says must be possible: parts of a line come to it, what leaves a payment and comes back to it comes to no more than it.
func TestTheTruthAddsUp(t *testing.T) {
	for seed := range uint64(5) {
		c := corpus.New(seed, 3000)
		left := make([]vnd.Amount, len(c.Payments))
		for i, truth := range c.Truth {
			var sum vnd.Amount
			for _, p := range truth.Parts {
				sum += p.Amount
				left[p.Payment] -= p.Amount
				if c.Lines[i].Amount > 0 {
					left[p.Payment] += 2 * p.Amount
				}
				if c.Lines[i].Day.Before(c.Payments[p.Payment].Released) {
					t.Errorf("seed %d: line %d comes before its payment", seed, c.Lines[i].No)
				}
			}
			if len(truth.Parts) > 0 && sum != max(c.Lines[i].Amount, -c.Lines[i].Amount) {
				t.Errorf("seed %d: line %d is %s, its parts %s", seed, c.Lines[i].No, c.Lines[i].Amount, sum)
			}
			if ours := truth.Kind == corpus.Paid || truth.Kind == corpus.Returned; ours != (len(truth.Parts) > 0) {
				t.Errorf("seed %d: line %d is %s with %d parts", seed, c.Lines[i].No, truth.Kind, len(truth.Parts))
			}
		}
		for i, l := range left {
			if l > 0 || -l > c.Payments[i].Amount {
				t.Errorf("seed %d: payment %s of %s moved %s", seed, c.Payments[i].Code, c.Payments[i].Amount, -l)
			}
		}
	}
}
