package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	migratepg "github.com/golang-migrate/migrate/v4/database/postgres"
	"github.com/golang-migrate/migrate/v4/source/iofs"
)

// Schema moves the database between versions of the numbered files.
type Schema struct{ m *migrate.Migrate }

// NewSchema reads the migration files. The caller closes it.
func NewSchema(ctx context.Context, d *DB, files fs.FS) (*Schema, error) {
	source, err := iofs.New(files, ".")
	if err != nil {
		return nil, fmt.Errorf("reading migrations: %w", err)
	}
	conn, err := d.pool.Conn(ctx)
	if err != nil {
		return nil, tell(err)
	}
	target, err := migratepg.WithConnection(ctx, conn, &migratepg.Config{})
	if err != nil {
		return nil, fmt.Errorf("preparing migrations: %w", err)
	}
	m, err := migrate.NewWithInstance("iofs", source, "postgres", target)
	if err != nil {
		return nil, fmt.Errorf("preparing migrations: %w", err)
	}
	return &Schema{m}, nil
}

// Close gives the connection back.
func (s *Schema) Close() error {
	source, target := s.m.Close()
	return errors.Join(source, target)
}

// Up applies all that is missing.
func (s *Schema) Up() error { return explain(s.m.Up()) }

// Down takes back n steps.
func (s *Schema) Down(n int) error { return explain(s.m.Steps(-n)) }

// Force sets the version after a failed file was mended by hand; 0 is "none", for which the library has a number of its own.
func (s *Schema) Force(version int) error {
	if version == 0 {
		version = database.NilVersion
	}
	return s.m.Force(version)
}

// Version is the last applied file; dirty when it failed half-way; 0 when none.
func (s *Schema) Version() (version uint, dirty bool, err error) {
	version, dirty, err = s.m.Version()
	if errors.Is(err, migrate.ErrNilVersion) {
		return 0, false, nil
	}
	return version, dirty, err
}

func explain(err error) error {
	var dirty migrate.ErrDirty
	switch {
	case err == nil || errors.Is(err, migrate.ErrNoChange):
		return nil
	case errors.As(err, &dirty):
		return fmt.Errorf("migration %d failed half-way: mend the database by hand, then run 'matbang migrate force %d' (done) or 'force %d' (undone)",
			dirty.Version, dirty.Version, dirty.Version-1)
	default:
		return err
	}
}
