package bank

import (
	"errors"
	"testing"

	"matbang/internal/fault"
)

// prover holds every statement against what it says of itself.
type prover struct {
	t             *testing.T
	lines         int
	credits, outs Exact
	open          bool
}

func (p *prover) Begin(Head) error {
	if p.open {
		p.t.Fatal("a statement begins inside another")
	}
	p.open, p.lines, p.credits, p.outs = true, 0, Exact{}, Exact{}
	return nil
}

func (p *prover) Take(m Movement) error {
	if !p.open || m.Day.IsZero() || m.Amount.Sign() == 0 || (m.Kind == "debit") != (m.Amount.Sign() < 0) {
		p.t.Fatalf("not a line: %+v", m)
	}
	if again, ok := exact(m.Amount.String(), false); m.Amount.Sign() > 0 && (!ok || !again.Is(m.Amount)) {
		p.t.Fatalf("%v is read back as %v", m.Amount, again)
	}
	p.lines++
	if m.Amount.Sign() > 0 {
		p.credits = p.credits.Add(m.Amount)
	} else {
		p.outs = p.outs.Sub(m.Amount)
	}
	return nil
}

func (p *prover) End(h Head) error {
	p.open = false
	if h.Lines != p.lines || !h.Credits.Is(p.credits) || !h.Debits.Is(p.outs) || h.prove() != nil || h.From.After(h.To) {
		p.t.Fatalf("not proved: %+v", h)
	}
	return nil
}

// Whatever bytes come, a reader answers or refuses in words; it never panics, and what it gives is proved.
func fuzz(f *testing.F, names ...string) {
	for _, name := range names {
		f.Add(sample(f, name))
	}
	known := builtIn(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, profiles := range [][]Profile{known, known[:1], known[len(known)-1:]} {
			_, _, err := ReadFile(Bytes("x", content), profiles, &prover{t: t})
			var told *fault.Fault
			if err != nil && !errors.As(err, &told) {
				t.Fatalf("refused without words: %v", err)
			}
		}
	})
}

func FuzzCamt(f *testing.F)  { fuzz(f, "camt053_v02.xml", "camt053_v08.xml") }
func FuzzMT940(f *testing.F) { fuzz(f, "mt940.sta") }
func FuzzHTML(f *testing.F)  { fuzz(f, "bidv_html.xls") }
func FuzzCSV(f *testing.F) {
	fuzz(f, "vietcombank.csv", "vietcombank_two.csv", "kbnn.csv", "agribank.csv")
}
func FuzzXLSX(f *testing.F) {
	f.Add(asWorkbook(f, sample(f, "vietcombank.csv")))
	fuzz(f, "vietcombank.csv")
}
