// Package postgres is the database: connecting, transactions that travel in the context, migrations, errors told apart.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// DB is a pool of connections; it implements tx.DB.
type DB struct{ pool *sqlx.DB }

// Open connects and checks the connection. dsn is in lib/pq form.
func Open(ctx context.Context, dsn string) (*DB, error) {
	connector, err := pq.NewConnector(oneRoundTrip(dsn))
	if err != nil {
		return nil, fmt.Errorf("the database address is not understood: %w", err)
	}
	pool := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	pool.SetMaxOpenConns(20)
	pool.SetMaxIdleConns(10)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("the database does not answer: %w", err)
	}
	return &DB{pool}, nil
}

// oneRoundTrip asks the driver to send a statement and its arguments together: half the waiting of every query, and no prepared statement
// left behind for a pooler to lose.
func oneRoundTrip(dsn string) string {
	if strings.Contains(dsn, "binary_parameters") {
		return dsn
	}
	if !strings.Contains(dsn, "://") {
		return dsn + " binary_parameters=yes"
	}
	if strings.Contains(dsn, "?") {
		return dsn + "&binary_parameters=yes"
	}
	return dsn + "?binary_parameters=yes"
}

// Close ends all connections.
func (d *DB) Close() error { return d.pool.Close() }

// Pool is the plain pool, for libraries that want database/sql (sessions, migrations).
func (d *DB) Pool() *sql.DB { return d.pool.DB }

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.PingContext(ctx) }

type txKey struct{}

// Read implements tx.DB.
func (d *DB) Read(ctx context.Context) tx.Querier {
	if open, ok := ctx.Value(txKey{}).(*sqlx.Tx); ok {
		return querier{open}
	}
	return querier{d.pool}
}

// Write implements tx.DB. Outside a transaction it gives a querier whose every use fails: a write must not miss its transaction.
func (d *DB) Write(ctx context.Context) tx.Querier {
	if open, ok := ctx.Value(txKey{}).(*sqlx.Tx); ok {
		return querier{open}
	}
	return noTransaction{}
}

// Run implements tx.DB. Up to five tries on a serialization failure or deadlock.
func (d *DB) Run(ctx context.Context, act func(ctx context.Context) error) error {
	if ctx.Value(txKey{}) != nil {
		return act(ctx)
	}
	var err error
	for try := range 5 {
		if err = d.once(ctx, nil, act); !retryable(err) {
			return err
		}
		time.Sleep(time.Duration(1<<try) * 5 * time.Millisecond)
	}
	return err
}

// Snapshot implements tx.DB.
func (d *DB) Snapshot(ctx context.Context, read func(ctx context.Context) error) error {
	if ctx.Value(txKey{}) != nil {
		return read(ctx)
	}
	return d.once(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, read)
}

func (d *DB) once(ctx context.Context, opts *sql.TxOptions, act func(ctx context.Context) error) (err error) {
	open, err := d.pool.BeginTxx(ctx, opts)
	if err != nil {
		return tell(err)
	}
	defer func() {
		if p := recover(); p != nil {
			_ = open.Rollback()
			panic(p)
		}
	}()
	if err := act(context.WithValue(ctx, txKey{}, open)); err != nil {
		return errors.Join(err, rollback(open))
	}
	return tell(open.Commit())
}

func rollback(open *sqlx.Tx) error {
	if err := open.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) && !gone(err) {
		return fmt.Errorf("rolling back: %w", err)
	}
	return nil
}

func retryable(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// unavailable is what a user is told when the database is away: nothing was done, try again.
func unavailable(cause error) error {
	f := fault.New(fault.Unavailable, "database_away")
	f.Cause = cause
	return f
}
