// Package pgtest gives each test a migrated database of its own. No database is a failure, never a skip.
package pgtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"matbang/internal/postgres"
	"matbang/internal/postgres/embedded"
	"matbang/migrations"
)

// serverKey is the setting that names a running server for tests, in URL form with any database.
const serverKey = "MATBANG_TEST_DATABASE_URL"

var serial atomic.Int64 //nolint:gochecknoglobals // names of test databases must differ within one process

// Open gives a fresh database with the whole schema, dropped when the test ends.
func Open(t testing.TB) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), Clone(t))
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Clone makes a fresh database and gives its address, for tests that start the whole program.
func Clone(t testing.TB) string {
	t.Helper()
	server := serverURL(t)
	return clone(t, server, ensureTemplate(t, server, "", nil))
}

// CloneOf makes a copy of a migrated database that fill has filled; it is filled once for each name and state of the program.
func CloneOf(t testing.TB, name string, fill func(ctx context.Context, dsn string) error) string {
	t.Helper()
	server := serverURL(t)
	return clone(t, server, ensureTemplate(t, server, name, fill))
}

func clone(t testing.TB, server, template string) string {
	name := fmt.Sprintf("t_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), serial.Add(1))
	admin(t, server, fmt.Sprintf(`CREATE DATABASE %q TEMPLATE %q STRATEGY file_copy`, name, template))
	t.Cleanup(func() { admin(t, server, fmt.Sprintf(`DROP DATABASE IF EXISTS %q WITH (FORCE)`, name)) })
	return withDatabase(t, server, name)
}

// ensureTemplate migrates once for each state of the migration files; an advisory lock lets parallel packages wait for the first.
// A filled template also bears the process: what fills it is the program under test.
func ensureTemplate(t testing.TB, server, kind string, fill func(ctx context.Context, dsn string) error) string {
	name := "tpl_" + migrationsHash(t)
	if fill != nil {
		name = fmt.Sprintf("t_%s_%d", kind, os.Getpid())
	}
	db, err := postgres.Open(context.Background(), server)
	if err != nil {
		t.Fatalf("test database server: %v", err)
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Pool().Conn(context.Background())
	if err != nil {
		t.Fatalf("test database server: %v", err)
	}
	defer func() { _ = conn.Close() }()
	must := func(query string, args ...any) {
		if _, err := conn.ExecContext(context.Background(), query, args...); err != nil {
			t.Fatalf("test template: %v", err)
		}
	}
	must(`SELECT pg_advisory_lock(hashtext($1))`, name)
	defer must(`SELECT pg_advisory_unlock(hashtext($1))`, name)
	var exists bool
	if err := conn.QueryRowContext(context.Background(), `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil {
		t.Fatalf("test template: %v", err)
	}
	if !exists {
		building := name + "_building"
		must(fmt.Sprintf(`DROP DATABASE IF EXISTS %q`, building))
		must(fmt.Sprintf(`CREATE DATABASE %q`, building))
		migrateUp(t, withDatabase(t, server, building))
		if fill != nil {
			if err := fill(context.Background(), withDatabase(t, server, building)); err != nil {
				t.Fatalf("filling the template %s: %v", kind, err)
			}
		}
		must(fmt.Sprintf(`ALTER DATABASE %q RENAME TO %q`, building, name))
	}
	return name
}

func migrateUp(t testing.TB, dsn string) {
	db, err := postgres.Open(context.Background(), dsn)
	if err != nil {
		t.Fatalf("test template: %v", err)
	}
	defer func() { _ = db.Close() }()
	schema, err := postgres.NewSchema(context.Background(), db, migrations.Files)
	if err != nil {
		t.Fatalf("test template: %v", err)
	}
	if err := schema.Up(); err != nil {
		t.Fatalf("test template: %v", err)
	}
	if err := schema.Close(); err != nil {
		t.Fatalf("test template: %v", err)
	}
}

func migrationsHash(t testing.TB) string {
	h := sha256.New()
	err := fs.WalkDir(migrations.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(migrations.Files, path)
		fmt.Fprintf(h, "%s %d\n", path, len(data))
		h.Write(data)
		return err
	})
	if err != nil {
		t.Fatalf("reading migrations: %v", err)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func admin(t testing.TB, server, statement string) {
	db, err := postgres.Open(context.Background(), server)
	if err != nil {
		t.Fatalf("test database server: %v", err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Pool().ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("test database server: %v", err)
	}
}

func withDatabase(t testing.TB, server, name string) string {
	u, err := url.Parse(server)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		t.Fatalf("%s must be an address such as postgres://user@/postgres?host=/socket", serverKey)
	}
	u.Path = "/" + name
	return u.String()
}

// shared starts at most one server a test process; it ends with the process.
var shared = sync.OnceValues(func() (string, error) { //nolint:gochecknoglobals // one server for all tests of a process is the point
	server, err := embedded.StartShared(context.Background(), embedded.Options{})
	if err != nil {
		return "", err
	}
	return server.DSN("postgres"), nil
})

// serverURL is the server that tests use: the one named by the setting, else an embedded one of this process.
func serverURL(t testing.TB) string {
	if named := os.Getenv(serverKey); named != "" {
		return named
	}
	server, err := shared()
	if err != nil {
		t.Fatalf("no database for tests: %v", err)
	}
	return server
}
