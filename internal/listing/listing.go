// Package listing is how a list is asked for and answered: searched, sorted and cut, never whole.
package listing

import "strings"

// Limits of one answer. CountCap keeps counting cheap on a million rows: above it the page says "more than".
const (
	PageSize = 50
	MaxLimit = 500
	CountCap = 10000
)

// Query is one request for a list. Pages use Page (1-based); the API uses After, the last code of the answer before.
type Query struct {
	Text  string // searched without marks and case
	Sort  string // a name the room knows; unknown names mean its default
	Desc  bool
	Page  int
	Per   int
	After string
}

// Like is the searched text for a LIKE pattern: its own signs of that language stand for themselves.
func (q Query) Like() string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(q.Text)
}

// Limit is the number of rows to read, within bounds.
func (q Query) Limit() int {
	if q.Per <= 0 {
		return PageSize
	}
	return min(q.Per, MaxLimit)
}

// Offset is the number of rows to pass over; never beyond CountCap.
func (q Query) Offset() int {
	if q.Page > CountCap { // a number so large would overflow below
		return CountCap
	}
	if q.Page <= 1 {
		return 0
	}
	return min((q.Page-1)*q.Limit(), CountCap)
}

// Order gives the ORDER BY of the chosen sort out of the columns a room allows; nothing from the request reaches SQL.
func (q Query) Order(columns map[string]string, otherwise string) string {
	column, known := columns[q.Sort]
	if !known {
		return otherwise
	}
	if q.Desc {
		return column + " DESC, " + otherwise
	}
	return column + ", " + otherwise
}

// Answer is one page of a list. Total counts up to CountCap; Items of the API carry Next, the cursor, empty at the end.
type Answer[T any] struct {
	Query
	Items []T
	Total int
}

// Pages is the number of pages that can be opened.
func (a Answer[T]) Pages() int {
	return max(1, (min(a.Total, CountCap)+a.Limit()-1)/a.Limit())
}

// Capped tells whether there are more rows than were counted.
func (a Answer[T]) Capped() bool { return a.Total > CountCap }
