// Package invariant is a truth that must hold over the whole database, as a question whose every answer row names a fault.
package invariant

import (
	"context"
	"fmt"

	"matbang/internal/tx"
)

// Check is one invariant. SQL returns one text column; each row names what is broken.
type Check struct {
	Number int    // of the contract's list
	Name   string // short, stable: "journal_sums_to_zero"
	Title  string // what must hold, in Vietnamese and plain words
	SQL    string
	Run    func(ctx context.Context, q tx.Querier) ([]string, error) // instead of SQL, where SQL cannot ask
}

// Result is what a check found.
type Result struct {
	Number int      `json:"number"`
	Name   string   `json:"name"`
	Title  string   `json:"title"`
	Faults []string `json:"faults"`
}

// limit keeps a wholly broken database from flooding the answer.
const limit = 100

// RunAll asks every check in one snapshot, so that they speak of the same moment.
func RunAll(ctx context.Context, db tx.DB, checks []Check) ([]Result, error) {
	results := make([]Result, 0, len(checks))
	err := db.Snapshot(ctx, func(ctx context.Context) error {
		results = results[:0]
		for _, c := range checks {
			faults, err := c.ask(ctx, db.Read(ctx))
			if err != nil {
				return fmt.Errorf("checking %s: %w", c.Name, err)
			}
			results = append(results, Result{c.Number, c.Name, c.Title, faults})
		}
		return nil
	})
	return results, err
}

func (c Check) ask(ctx context.Context, q tx.Querier) ([]string, error) {
	if c.Run != nil {
		return c.Run(ctx, q)
	}
	faults := []string{}
	err := q.SelectContext(ctx, &faults, `SELECT fault FROM (`+c.SQL+`) AS found(fault) LIMIT $1`, limit)
	return faults, err
}
