package postgres_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
	"matbang/migrations"
)

func schemaOf(t *testing.T, db *postgres.DB) *postgres.Schema {
	t.Helper()
	schema, err := postgres.NewSchema(t.Context(), db, migrations.Files)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = schema.Close() })
	return schema
}

// belongings lists what the schema is made of, so that two states of it can be compared.
func belongings(t *testing.T, db *postgres.DB) []string {
	t.Helper()
	var names []string
	if err := db.Read(t.Context()).SelectContext(t.Context(), &names, `
		SELECT c.relkind::text || ' ' || c.relname || ' ' || COALESCE((SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text, ', ' ORDER BY a.attname)
			FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '') FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'schema_migrations%'
		UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'schema_migrations%'
		UNION ALL SELECT 'function ' || proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
		UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEveryStepGoesDownAndUpAgain(t *testing.T) {
	db := pgtest.Open(t)
	schema := schemaOf(t, db)
	full := belongings(t, db)
	for step := migrations.Newest(); step > 0; step-- {
		if err := schema.Down(1); err != nil {
			t.Fatalf("taking back step %d: %v", step, err)
		}
	}
	if version, dirty, err := schema.Version(); version != 0 || dirty || err != nil {
		t.Errorf("at the bottom: %d %v %v", version, dirty, err)
	}
	if left := belongings(t, db); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for range 2 { // the second time there is nothing to do, which is no fault
		if err := schema.Up(); err != nil {
			t.Fatal(err)
		}
	}
	again := belongings(t, db)
	for _, name := range full {
		if !slices.Contains(again, name) {
			t.Errorf("not there after going down and up: %s", name)
		}
	}
	if len(again) != len(full) || len(full) < 100 {
		t.Errorf("%d things, %d before", len(again), len(full))
	}
	if version, _, _ := schema.Version(); version != migrations.Newest() {
		t.Errorf("version %d", version)
	}
}

func TestAStepThatFailedHalfWaySaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		why   string
		files fstest.MapFS
		hint  string
		force int
	}{
		{"the second step", fstest.MapFS{"0001_a.up.sql": sql(`CREATE TABLE a ()`), "0002_b.up.sql": sql(`SELECT 1/0`)}, "force 2' (done) or 'force 1' (undone)", 1},
		{"the first step", fstest.MapFS{"0001_a.up.sql": sql(`SELECT 1/0`)}, "force 1' (done) or 'force 0' (undone)", 0},
	} {
		t.Run(c.why, func(t *testing.T) {
			db := pgtest.Open(t)
			if err := schemaOf(t, db).Down(int(migrations.Newest())); err != nil {
				t.Fatal(err)
			}
			broken, err := postgres.NewSchema(t.Context(), db, c.files)
			if err != nil {
				t.Fatal(err)
			}
			if err := broken.Up(); err == nil {
				t.Fatal("a broken step passes")
			}
			err = broken.Up()
			if err == nil || !strings.Contains(err.Error(), c.hint) {
				t.Errorf("it says %v", err)
			}
			if _, dirty, _ := broken.Version(); !dirty {
				t.Error("the version is not marked")
			}
			if err := broken.Force(c.force); err != nil {
				t.Fatal(err)
			}
			last := "000" + string(rune('1'+c.force)) + "_" + string(rune('a'+c.force)) + ".up.sql"
			c.files[last] = sql(`CREATE TABLE mended ()`)
			mended, err := postgres.NewSchema(t.Context(), db, c.files)
			if err != nil {
				t.Fatal(err)
			}
			if err := mended.Up(); err != nil {
				t.Errorf("after doing what the sentence says: %v", err)
			}
		})
	}
}

func sql(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
