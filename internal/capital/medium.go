package capital

import (
	"fmt"
	"time"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// MediumLine is one decision about one source in the medium-term plan (kế hoạch đầu tư công trung hạn): five years, 2021–2025, 2026–2030
// (Law on Public Investment 58/2024/QH15 article 49). Amount is in đồng; only an adjustment may be negative.
type MediumLine struct {
	From       int        `db:"from_year" json:"from_year"`
	To         int        `db:"to_year" json:"to_year"`
	Source     string     `db:"source" json:"source"`
	SourceName string     `db:"source_name" json:"source_name"`
	Kind       string     `db:"kind" json:"kind"`
	Amount     vnd.Amount `db:"amount" json:"amount_vnd"`
	Number     string     `db:"decision_number" json:"decision_number"`
	DecidedOn  day.Date   `db:"decided_on" json:"decided_on"`
	Authority  string     `db:"authority" json:"authority"`
	RecordedBy string     `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt time.Time  `db:"recorded_at" json:"recorded_at"`
}

// MediumKinds of a line of the medium-term plan.
func MediumKinds() []string { return []string{"assigned", "adjusted"} }

// PeriodOf is the first year of the medium-term period that a year lies in.
func PeriodOf(year int) int { return (year-1)/5*5 + 1 }

// periodText is a period as people write it: 2021–2025.
func periodText(from int) string { return fmt.Sprintf("%d–%d", from, from+4) }

// check lists what is wrong with a line by itself.
func (l MediumLine) check(today day.Date) error {
	var w fault.Wrong
	w.Check(l.From > 2000 && l.From < 2097 && PeriodOf(l.From) == l.From, "from_year", "capital.period")
	paper{l.Kind, l.Source, l.Number, l.Authority, l.Amount, l.DecidedOn}.check(&w, MediumKinds(), today)
	return w.Err()
}

// mediumOf is the medium-term plan of a source, and whether there is one.
func (b *book) mediumOf(p place) (sum vnd.Amount, told bool) {
	for _, l := range b.medium {
		if l.From == p.year && l.Source == p.source {
			sum, told = sum+l.Amount, true
		}
	}
	return sum, told
}

// checkMedium judges a line of the medium-term plan that already stands among the others.
func (b *book) checkMedium(l MediumLine) error {
	var w fault.Wrong
	p := place{l.From, l.Source}
	limit, _ := b.mediumOf(p)
	var all vnd.Amount
	told := 0
	for _, x := range b.medium {
		all += x.Amount
		if x.From == l.From && x.Source == l.Source && x.Kind == l.Kind && x.Number == l.Number {
			told++
		}
	}
	switch {
	case told > 1:
		w.Add("decision_number", "capital.twice")
	case limit < 0:
		w.Add("amount", "capital.below_zero", limit-l.Amount)
	case limit < b.plannedIn(p):
		w.Add("amount", "capital.below_years", limit, b.plannedIn(p))
	case l.Amount > 0 && all > b.total:
		w.Add("amount", "capital.medium_over_total", all, b.total)
	}
	return w.Err()
}
