package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"syscall"

	"github.com/lib/pq"

	"matbang/internal/fault"
	"matbang/internal/tx"
)

// runner is what sqlx.DB and sqlx.Tx share.
type runner interface {
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type querier struct{ run runner }

func (q querier) GetContext(ctx context.Context, dest any, query string, args ...any) error {
	return tell(q.run.GetContext(ctx, dest, query, args...))
}

func (q querier) SelectContext(ctx context.Context, dest any, query string, args ...any) error {
	return tell(q.run.SelectContext(ctx, dest, query, args...))
}

func (q querier) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	res, err := q.run.ExecContext(ctx, query, args...)
	return res, tell(err)
}

func (q querier) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := q.run.QueryContext(ctx, query, args...)
	return rows, tell(err)
}

var errNoTransaction = errors.New("postgres: a write outside a transaction")

type noTransaction struct{}

func (noTransaction) GetContext(context.Context, any, string, ...any) error { return errNoTransaction }
func (noTransaction) SelectContext(context.Context, any, string, ...any) error {
	return errNoTransaction
}
func (noTransaction) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, errNoTransaction
}
func (noTransaction) QueryContext(context.Context, string, ...any) (*sql.Rows, error) {
	return nil, errNoTransaction
}

// tell turns a driver error into what rooms understand: a named violation, "the database is away", or itself.
func tell(err error) error {
	if err == nil {
		return nil
	}
	var e *pq.Error
	if errors.As(err, &e) {
		if e.Code == "22021" { // a text with a zero byte or broken UTF-8
			return fault.New(fault.Invalid, "text_form")
		}
		if kind := violation(string(e.Code)); kind != 0 {
			return &tx.Violation{Kind: kind, Constraint: e.Constraint, Cause: err}
		}
	}
	if gone(err) {
		return unavailable(err)
	}
	return err
}

func violation(code string) tx.ViolationKind {
	switch code {
	case "23505":
		return tx.Unique
	case "23514":
		return tx.Check
	case "23503":
		return tx.ForeignKey
	case "23001":
		return tx.Restrict
	default:
		return 0
	}
}

// poolClosed is what database/sql says, without a name for it, once the program is stopping.
const poolClosed = "sql: database is closed"

// gone tells whether the error means that the database cannot be reached or has just gone.
func gone(err error) bool {
	var e *pq.Error
	if errors.As(err, &e) {
		class := e.Code.Class()
		return class == "08" || class == "57" && e.Code != "57014" || class == "53"
	}
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, syscall.ECONNREFUSED) ||
		errors.Is(err, syscall.ENOENT) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || err.Error() == poolClosed
}
