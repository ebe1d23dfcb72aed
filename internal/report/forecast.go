package report

import "matbang/internal/vnd"

// pace is how fast a work drew money lately: what is drawn in the year up to its newest accepted month, what was drawn Months earlier,
// and the most that may be drawn in the year. In đồng.
type pace struct {
	Last     vnd.Amount `db:"last"`
	Before   vnd.Amount `db:"before"`
	Drawable vnd.Amount `db:"drawable"`
	Months   int        `db:"months"`
}

// at is what will be drawn some months on when the pace holds: it neither falls nor passes what may be drawn. A work that drew nothing
// lately stands still.
func (p pace) at(ahead int) vnd.Amount {
	if p.Months <= 0 {
		return p.Last
	}
	growth := max(p.Last-p.Before, 0)
	return max(p.Last, min(p.Drawable, p.Last+growth*vnd.Amount(ahead)/vnd.Amount(p.Months)))
}

// forecast adds up the works some months on.
func forecast(paces []pace, ahead int) vnd.Amount {
	var sum vnd.Amount
	for _, p := range paces {
		sum += p.at(ahead)
	}
	return sum
}
