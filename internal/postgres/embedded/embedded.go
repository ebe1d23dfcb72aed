// Package embedded starts a small PostgreSQL of its own, so that the program runs with nothing installed around it but the server's binaries.
//
// The server listens on a unix socket only, in a folder that only its user may enter, and ends with the program that started it,
// even when that program is killed. A lock that the server itself holds says who is first; whoever comes later attaches.
// It is meant for trying, developing, testing and one small office. An installation names its own PostgreSQL in DATABASE_URL.
package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/lib/pq"
)

// Database is the database that Start makes when it is not there.
const Database = "matbang"

// superuser owns everything in the server. The folder of the socket keeps others out, not a password.
const superuser = "matbang"

// patience is how long a start waits for a server that is starting or stopping, unless the context ends sooner.
const patience = 30 * time.Second

// Options say where and how.
type Options struct {
	Data string    // the data folder of the program; the database goes into its folder pg
	Fast bool      // no fsync, no full page writes: only for tests, whose data nobody misses
	Log  io.Writer // one line for each thing worth knowing; nil for silence
	Bin  string    // folder with initdb and postgres; empty to look for one
}

func (o Options) say(format string, args ...any) {
	if o.Log != nil {
		_, _ = fmt.Fprintf(o.Log, format+"\n", args...)
	}
}

// Server is a running server, ours or one that another process started on the same folder.
type Server struct {
	socket string
	child  *child // nil when attached
}

// Attached tells that another process started the server and will end it.
func (s *Server) Attached() bool { return s.child == nil }

// DSN is the address of one database of the server, as a URL that lib/pq takes.
func (s *Server) DSN(dbname string) string {
	query := url.Values{"host": {s.socket}, "port": {"5432"}, "sslmode": {"disable"}}
	return (&url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + dbname, RawQuery: query.Encode()}).String()
}

// Stop ends the server cleanly and waits for it. On an attached server it does nothing; a second call does nothing.
func (s *Server) Stop() error {
	if s.child == nil {
		return nil
	}
	return s.child.stop()
}

// ready tells whether the server answers.
func (s *Server) ready(ctx context.Context) bool {
	return s.with(ctx, "postgres", func(db *sql.DB) error { return db.PingContext(ctx) }) == nil
}

// Crash ends the server as "pg_ctl stop -m immediate" does: at once, nothing written down. For tests of what comes back.
func (s *Server) Crash() {
	if s.child != nil {
		s.child.crash()
	}
}

func (s *Server) with(ctx context.Context, dbname string, use func(db *sql.DB) error) error {
	connector, err := pq.NewConnector(s.DSN(dbname))
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	return use(db)
}

// ensureDatabase makes Database. Two who attach at once may both try: the second is told that it exists, which is what it wants.
func (s *Server) ensureDatabase(ctx context.Context) error {
	return s.with(ctx, "postgres", func(db *sql.DB) error {
		var there bool
		err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, Database).Scan(&there)
		if err != nil || there {
			return err
		}
		_, err = db.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(Database))
		if code := (*pq.Error)(nil); errors.As(err, &code) && (code.Code == "42P04" || code.Code == "23505") {
			return nil
		}
		return err
	})
}

// exists tells whether there is something at path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
