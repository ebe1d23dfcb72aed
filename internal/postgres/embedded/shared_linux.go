package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/lib/pq"
)

// slots is how many test processes of one user may each hold a server of their own.
const slots = 64

// StartShared gives a fast, throw-away server for tests; o.Data and o.Fast do not matter. Servers lie in numbered folders under the
// temporary folder and are used again, so that only the first test of a day waits for initdb. Each is held by one process and ends
// with it: processes that run at once take different numbers, and the end of one cannot disturb another.
func StartShared(ctx context.Context, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	bin, err := Find(o.Bin, 0)
	if err != nil {
		return nil, err
	}
	o.Bin, o.Fast = bin.Dir, true
	if bin.bundle {
		o.Bin = "" // found again, and then known to be a bundle
	}
	for slot := range slots {
		o.Data = filepath.Join(os.TempDir(), fmt.Sprintf("matbang-test-%d", os.Geteuid()), fmt.Sprintf("pg%d-%d", bin.Major, slot))
		if s, err := startSlot(ctx, o); !errors.Is(err, errHeld) {
			return s, err
		}
	}
	return nil, fmt.Errorf("all %d test databases under %s are in use", slots, os.TempDir())
}

func startSlot(ctx context.Context, o Options) (*Server, error) {
	at, err := choosePlace(o)
	if err != nil {
		return nil, err
	}
	if err := at.forgetOld(); err != nil {
		return nil, err
	}
	s, err := startIfFree(ctx, o, at)
	if err != nil && !errors.Is(err, errHeld) && at.forget() == nil {
		s, err = startIfFree(ctx, o, at) // without fsync a crash of the machine may have broken it
	}
	if err == nil {
		err = s.dropLeft(ctx)
	}
	return s, err
}

// forgetOld throws away a test database of an earlier day, and with it the templates of schemas that no longer exist.
func (p place) forgetOld() error {
	info, err := os.Stat(filepath.Join(p.dir, "PG_VERSION"))
	if err != nil || time.Since(info.ModTime()) < 24*time.Hour {
		return nil //nolint:nilerr // nothing there is nothing to forget
	}
	return p.forget()
}

// forget throws the database away, unless somebody uses it.
func (p place) forget() error {
	lock, err := p.lock()
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	return errors.Join(os.RemoveAll(p.dir), os.RemoveAll(p.pointer()))
}

// dropLeft drops what killed tests left: by custom the databases of single tests begin with t_.
func (s *Server) dropLeft(ctx context.Context) error {
	return s.with(ctx, "postgres", func(db *sql.DB) error {
		var left []string
		err := db.QueryRowContext(ctx, `SELECT coalesce(array_agg(datname), '{}') FROM pg_database WHERE datname LIKE 't\_%'`).Scan(pq.Array(&left))
		if err != nil {
			return err
		}
		for _, name := range left {
			if _, err := db.ExecContext(ctx, `DROP DATABASE IF EXISTS `+pq.QuoteIdentifier(name)+` WITH (FORCE)`); err != nil {
				return err
			}
		}
		return nil
	})
}
