package bank

import (
	"context"

	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

// Gap is a statement whose opening balance does not meet what was known before it.
type Gap struct {
	Statement  id.Statement `json:"statement"`
	Before     id.Statement `json:"statement_before"` // the one that ends last before it
	From       day.Date     `json:"from"`             // last day of that one
	To         day.Date     `json:"to"`               // first day of this one
	Expected   vnd.Amount   `json:"expected_vnd"`
	Opening    vnd.Amount   `json:"opening_vnd"`
	Difference vnd.Amount   `json:"difference_vnd"` // opening − expected: what moved unseen
}

type daySum struct {
	Day    day.Date   `db:"day"`
	Amount vnd.Amount `db:"amount"`
}

func (s store) gaps(ctx context.Context, account id.Account) ([]Gap, error) {
	var all []neighbour
	if err := s.q.SelectContext(ctx, &all, `SELECT id, from_day, to_day, opening, closing FROM statement WHERE account_id = $1
		ORDER BY from_day, to_day, id LIMIT 20000`, account); err != nil || len(all) < 2 {
		return nil, err
	}
	var sums []daySum
	if err := s.q.SelectContext(ctx, &sums,
		`SELECT day, sum(amount)::bigint AS amount FROM statement_line WHERE account_id = $1 GROUP BY day ORDER BY day`, account); err != nil {
		return nil, err
	}
	return gapsOf(all, sums), nil
}

// gapsOf goes through statements in the order of their days. One meets the rest when it opens with what an earlier one closed with and nothing
// moved between them, or with what all lines before its first day come to; else it is a gap, and the count begins anew with it.
func gapsOf(all []neighbour, sums []daySum) []Gap {
	upTo := make([]vnd.Amount, len(sums)+1) // sum of the days before index i
	for i, s := range sums {
		upTo[i+1] = upTo[i] + s.Amount
	}
	before := func(d day.Date) vnd.Amount { // of all days before d
		low, high := 0, len(sums)
		for low < high {
			if mid := (low + high) / 2; sums[mid].Day.Before(d) {
				low = mid + 1
			} else {
				high = mid
			}
		}
		return upTo[low]
	}
	var found []Gap
	var latest neighbour // of those so far, the one that ends last
	closings := map[day.Date]map[vnd.Amount]bool{}
	start := vnd.Amount(0) // balance before the first day of all, as far as is known
	for i, n := range all {
		if i > 0 && n.Opening != start+before(n.From) && !closings[n.From][n.Opening] &&
			(latest.To.After(n.From) || n.Opening != latest.Closing+before(n.From)-before(latest.To.Add(1))) {
			expected := start + before(n.From)
			if !latest.To.After(n.From) {
				expected = latest.Closing + before(n.From) - before(latest.To.Add(1))
			}
			found = append(found, Gap{n.ID, latest.ID, latest.To, n.From, expected, n.Opening, n.Opening - expected})
			start = n.Opening - before(n.From)
		}
		if i == 0 {
			start = n.Opening - before(n.From)
		}
		if i == 0 || !n.To.Before(latest.To) {
			latest = n
		}
		if closings[n.To] == nil {
			closings[n.To] = map[vnd.Amount]bool{}
		}
		closings[n.To][n.Closing] = true
	}
	return found
}
