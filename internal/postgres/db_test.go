package postgres_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"matbang/internal/fault"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/internal/tx"
)

// open gives a database with a table to try things on.
func open(t *testing.T) *postgres.DB {
	t.Helper()
	db := pgtest.Open(t)
	run(t, db, `CREATE TABLE thing (id int CONSTRAINT thing_once UNIQUE, size int CONSTRAINT thing_size CHECK (size > 0), of int CONSTRAINT thing_of REFERENCES thing (id))`)
	return db
}

func run(t *testing.T, db *postgres.DB, query string, args ...any) {
	t.Helper()
	if err := db.Run(t.Context(), func(ctx context.Context) error { return exec(ctx, db, query, args...) }); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func exec(ctx context.Context, db *postgres.DB, query string, args ...any) error {
	_, err := db.Write(ctx).ExecContext(ctx, query, args...)
	return err
}

func things(t *testing.T, db *postgres.DB) (n int) {
	t.Helper()
	if err := db.Read(t.Context()).GetContext(t.Context(), &n, `SELECT count(*) FROM thing`); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAWriteOutsideATransactionFails(t *testing.T) {
	db := open(t)
	q := db.Write(t.Context())
	var n int
	_, execErr := q.ExecContext(t.Context(), `INSERT INTO thing VALUES (1)`)
	rows, queryErr := q.QueryContext(t.Context(), `INSERT INTO thing VALUES (1) RETURNING id`)
	if rows != nil {
		_ = rows.Close()
	}
	for name, err := range map[string]error{
		"Exec": execErr, "Query": queryErr,
		"Get":    q.GetContext(t.Context(), &n, `INSERT INTO thing VALUES (1) RETURNING id`),
		"Select": q.SelectContext(t.Context(), &[]int{}, `INSERT INTO thing VALUES (1) RETURNING id`),
	} {
		if err == nil {
			t.Errorf("%s passes", name)
		}
	}
	if things(t, db) != 0 {
		t.Error("something was written")
	}
}

func TestANestedRunJoins(t *testing.T) {
	db := open(t)
	stop := errors.New("stop")
	err := db.Run(t.Context(), func(ctx context.Context) error {
		if err := db.Run(ctx, func(ctx context.Context) error { return exec(ctx, db, `INSERT INTO thing VALUES (1)`) }); err != nil {
			return err
		}
		var seen int
		if err := db.Read(ctx).GetContext(ctx, &seen, `SELECT count(*) FROM thing`); err != nil || seen != 1 {
			t.Errorf("a read inside sees %d, %v", seen, err)
		}
		if things(t, db) != 0 {
			t.Error("the inner act was committed by itself")
		}
		return stop
	})
	if !errors.Is(err, stop) || things(t, db) != 0 {
		t.Errorf("%v; %d things are left of a failed act", err, things(t, db))
	}
}

func TestAPanicRollsBackAndGoesOn(t *testing.T) {
	db := open(t)
	func() {
		defer func() {
			if recover() != "bang" {
				t.Error("the panic was swallowed")
			}
		}()
		_ = db.Run(t.Context(), func(ctx context.Context) error {
			if err := exec(ctx, db, `INSERT INTO thing VALUES (1)`); err != nil {
				t.Error(err)
			}
			panic("bang")
		})
	}()
	if things(t, db) != 0 || db.Pool().Stats().InUse != 0 {
		t.Errorf("%d things and %d connections are left", things(t, db), db.Pool().Stats().InUse)
	}
}

func TestAnActIsRunAgainWhenTransactionsRanIntoEachOther(t *testing.T) {
	for code, want := range map[string]int{"40001": 3, "40P01": 3, "23514": 1} {
		db := open(t)
		tries := 0
		_ = db.Run(t.Context(), func(ctx context.Context) error {
			tries++
			if err := exec(ctx, db, `INSERT INTO thing VALUES ($1)`, tries); err != nil {
				return err
			}
			if tries < 3 {
				return exec(ctx, db, `DO $$ BEGIN RAISE EXCEPTION 'once more' USING ERRCODE = '`+code+`'; END $$`)
			}
			return nil
		})
		left := map[bool]int{true: 1, false: 0}[want == 3]
		if tries != want || things(t, db) != left {
			t.Errorf("%s: %d tries, %d things", code, tries, things(t, db))
		}
	}
}

func TestAnActGivesUpAfterFiveTries(t *testing.T) {
	db := open(t)
	tries := 0
	err := db.Run(t.Context(), func(ctx context.Context) error {
		tries++
		return exec(ctx, db, `DO $$ BEGIN RAISE EXCEPTION 'never' USING ERRCODE = '40001'; END $$`)
	})
	if err == nil || tries != 5 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

// Two acts lock two rows against each other's order: one of them dies and is run again, so both are done.
func TestADeadlockIsOvercome(t *testing.T) {
	db := open(t)
	run(t, db, `INSERT INTO thing VALUES (1, 1), (2, 1)`)
	var met, both sync.WaitGroup
	met.Add(2)
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		both.Go(func() {
			first := true
			if err := db.Run(context.Background(), func(ctx context.Context) error {
				if err := exec(ctx, db, `UPDATE thing SET size = size + 1 WHERE id = $1`, order[0]); err != nil {
					return err
				}
				if first {
					first = false
					met.Done()
					met.Wait()
				}
				return exec(ctx, db, `UPDATE thing SET size = size + 1 WHERE id = $1`, order[1])
			}); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	var sum int
	if err := db.Read(t.Context()).GetContext(t.Context(), &sum, `SELECT sum(size) FROM thing`); err != nil || sum != 6 {
		t.Errorf("sum %d, %v", sum, err)
	}
}

func TestABrokenConstraintIsToldByItsName(t *testing.T) {
	db := open(t)
	run(t, db, `INSERT INTO thing VALUES (1, 1)`)
	run(t, db, `CREATE TRIGGER thing_append_only BEFORE UPDATE ON thing FOR EACH ROW EXECUTE FUNCTION refuse_change()`)
	for statement, want := range map[string]tx.Violation{
		`INSERT INTO thing VALUES (1, 1)`:    {Kind: tx.Unique, Constraint: "thing_once"},
		`INSERT INTO thing VALUES (2, 0)`:    {Kind: tx.Check, Constraint: "thing_size"},
		`INSERT INTO thing VALUES (2, 1, 9)`: {Kind: tx.ForeignKey, Constraint: "thing_of"},
		`UPDATE thing SET size = 2`:          {Kind: tx.Restrict, Constraint: "thing_append_only"},
	} {
		err := db.Run(t.Context(), func(ctx context.Context) error { return exec(ctx, db, statement) })
		var got *tx.Violation
		if !errors.As(err, &got) || got.Kind != want.Kind || got.Constraint != want.Constraint {
			t.Errorf("%s: %v", statement, err)
		}
	}
	// A deferred constraint speaks at the commit, and is told in the same way.
	run(t, db, `ALTER TABLE thing ALTER CONSTRAINT thing_of DEFERRABLE INITIALLY DEFERRED`)
	var late *tx.Violation
	if err := db.Run(t.Context(), func(ctx context.Context) error { return exec(ctx, db, `INSERT INTO thing VALUES (3, 1, 9)`) }); !errors.As(err, &late) || late.Constraint != "thing_of" {
		t.Errorf("at the commit: %v", err)
	}
}

func TestTextTheDatabaseCannotKeepIsAWrongInput(t *testing.T) {
	db := open(t)
	for _, text := range []string{"a\x00b", "\xff\xfe"} {
		var back string
		err := db.Read(t.Context()).GetContext(t.Context(), &back, `SELECT $1::text`, text)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestASnapshotReadsOneMomentAndWritesNothing(t *testing.T) {
	db := open(t)
	err := db.Snapshot(t.Context(), func(ctx context.Context) error {
		count := func() (n int) {
			if err := db.Read(ctx).GetContext(ctx, &n, `SELECT count(*) FROM thing`); err != nil {
				t.Error(err)
			}
			return n
		}
		before := count()
		run(t, db, `INSERT INTO thing VALUES (1, 1)`) // somebody else, meanwhile
		if after := count(); before != 0 || after != 0 {
			t.Errorf("one snapshot saw %d, then %d", before, after)
		}
		return exec(ctx, db, `INSERT INTO thing VALUES (2, 1)`)
	})
	if err == nil || things(t, db) != 1 {
		t.Errorf("a snapshot wrote: %v", err)
	}
}

func TestADatabaseThatIsAwayIsSaidSo(t *testing.T) {
	if _, err := postgres.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none?sslmode=disable"); err == nil {
		t.Error("connected to nothing")
	}
	db := open(t)
	err := db.Run(t.Context(), func(ctx context.Context) error { return exec(ctx, db, `SELECT pg_terminate_backend(pg_backend_pid())`) })
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a connection that breaks in an act: %v", err)
	}
	if things(t, db) != 0 {
		t.Error("the pool did not recover")
	}
}
