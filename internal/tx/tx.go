// Package tx says what a room may ask of the database: read, write inside an act's transaction, run an act.
// An act opens the transaction, a store never does; it travels in the context, and nested acts join it.
package tx

import (
	"context"
	"database/sql"
	"fmt"
)

// Querier reads and writes rows. Its errors are already told apart: a broken constraint is a *Violation.
type Querier interface {
	// GetContext scans exactly one row into dest; sql.ErrNoRows when there is none.
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	// SelectContext scans all rows into a slice.
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// DB is the database as rooms see it.
type DB interface {
	// Read is the transaction of the context if there is one, else the pool.
	Read(ctx context.Context) Querier
	// Write is the transaction of the context; a write outside one fails at its first use.
	Write(ctx context.Context) Querier
	// Run runs an act in one transaction, joining one that is open, and again on a serialization failure or deadlock.
	Run(ctx context.Context, act func(ctx context.Context) error) error
	// Snapshot runs reads in one REPEATABLE READ READ ONLY transaction, so that totals agree with their lines.
	Snapshot(ctx context.Context, read func(ctx context.Context) error) error
}

// ViolationKind tells how a constraint was broken.
type ViolationKind int

// The kinds of constraints a room names.
const (
	Unique ViolationKind = iota + 1
	Check
	ForeignKey
	Restrict // a row that refuses change
)

// Violation is a broken constraint, by its name in the schema.
type Violation struct {
	Kind       ViolationKind
	Constraint string
	Cause      error
}

func (v *Violation) Error() string { return fmt.Sprintf("constraint %s: %v", v.Constraint, v.Cause) }

// Unwrap gives the driver's error.
func (v *Violation) Unwrap() error { return v.Cause }

// Serial takes the next number of a series; a number is never given twice, whatever is deleted later.
func Serial(ctx context.Context, q Querier, series string) (int, error) {
	var next int
	err := q.GetContext(ctx, &next,
		`INSERT INTO serial (series, last) VALUES ($1, 1)
		 ON CONFLICT (series) DO UPDATE SET last = serial.last + 1 RETURNING last`, series)
	return next, err
}

// Lock locks rows by a plain SELECT … FOR UPDATE over their table alone. A joined one that had to wait compares the row's new version with
// the old rows of the other tables and drops it, so that the second person would be told "missing" instead of "changed meanwhile".
func Lock(ctx context.Context, q Querier, query string, args ...any) error {
	_, err := q.ExecContext(ctx, query, args...)
	return err
}
