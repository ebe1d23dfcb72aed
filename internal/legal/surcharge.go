package legal

import (
	"fmt"
	"math"
	"strings"

	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// Rate is the late-payment rate between two days, both inside; a zero To has no end. BasisPoints are of the late amount per day.
type Rate struct {
	From, To    day.Date
	BasisPoints int64
	Basis       string
}

// Part is a run of late days at one rate.
type Part struct {
	From        day.Date `json:"from"`
	Days        int      `json:"days"`
	BasisPoints int64    `json:"rate_bp_day"`
	Basis       string   `json:"basis"`
}

// Charge is what late payment costs, in đồng, with the way it was reckoned.
type Charge struct {
	Amount  vnd.Amount `json:"amount_vnd"`
	Days    int        `json:"days"`
	Parts   []Part     `json:"parts"`
	Formula string     `json:"formula"`
}

// Surcharge is amount × days × rate, each day at the rate of that day, rounded once to the đồng (half up). firstLate is the first late day.
// Part payments are reckoned one by one on what was still owed. Refuses: legal.no_rate for a day without a rate: no basis, no amount.
func Surcharge(amount vnd.Amount, firstLate day.Date, lateDays int, rates []Rate) (Charge, error) {
	charge := Charge{Days: max(lateDays, 0), Parts: []Part{}}
	var weight int64
	for done := 0; done < charge.Days; {
		d := firstLate.Add(done)
		rate, found := rateOn(rates, d)
		if !found {
			return Charge{}, fault.Conflicting("legal.no_rate", d)
		}
		days := min(charge.Days-done, unchanged(rates, d))
		weight += int64(days) * rate.BasisPoints
		charge.Parts = extend(charge.Parts, d, days, rate)
		done += days
	}
	var err error
	if charge.Amount, err = vnd.MulDiv(amount, weight, basisPointsWhole); err != nil {
		return Charge{}, fmt.Errorf("surcharge on %s: %w", amount, err)
	}
	charge.Formula = charge.formula(amount)
	return charge, nil
}

func rateOn(rates []Rate, d day.Date) (Rate, bool) {
	for i := len(rates) - 1; i >= 0; i-- {
		r := rates[i]
		if !r.From.After(d) && (r.To.IsZero() || !r.To.Before(d)) {
			return r, true
		}
	}
	return Rate{}, false
}

// unchanged is for how many days from a day on no rate begins or ends: the same one holds on all of them.
func unchanged(rates []Rate, d day.Date) int {
	days := math.MaxInt
	for _, r := range rates {
		if r.From.After(d) {
			days = min(days, r.From.Sub(d))
		}
		if !r.To.IsZero() && !r.To.Before(d) {
			days = min(days, r.To.Sub(d)+1)
		}
	}
	return days
}

// extend counts days to the last run, or begins a new run when the rate or its source is another.
func extend(parts []Part, d day.Date, days int, r Rate) []Part {
	if n := len(parts); n > 0 && parts[n-1].BasisPoints == r.BasisPoints && parts[n-1].Basis == r.Basis {
		parts[n-1].Days += days
		return parts
	}
	return append(parts, Part{From: d, Days: days, BasisPoints: r.BasisPoints, Basis: r.Basis})
}

func (c Charge) formula(amount vnd.Amount) string {
	terms := make([]string, 0, len(c.Parts))
	for _, p := range c.Parts {
		terms = append(terms, fmt.Sprintf("%d ngày × %d,%02d %%", p.Days, p.BasisPoints/100, p.BasisPoints%100))
	}
	days := strings.Join(terms, " + ")
	switch len(terms) {
	case 0:
		days = "0 ngày"
	case 1:
	default:
		days = "(" + days + ")"
	}
	return fmt.Sprintf("%s đ × %s = %s đ", amount, days, c.Amount)
}
