package app_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"matbang/internal/app/apptest"
	"matbang/internal/invariant"
)

// Whoever has the database in hand, past every trigger and constraint, cannot change a sealed journal, take one out or cut the end off, together
// with the ends kept inside, without it showing against the anchor file.
func TestWhatIsSealedStaysSealed(t *testing.T) {
	a := apptest.SampleCity(t)
	a.Settings.Data = t.TempDir()
	ctx := t.Context()
	for range 2 { // the second time there is nothing to add
		if err := a.SealAndAnchor(ctx); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(a.Settings.Data, "anchors.txt")
	text, err := os.ReadFile(file)
	if err != nil || bytes.Count(text, []byte("\n")) != 2 {
		t.Fatalf("%s %v", text, err)
	}
	faults := func(statement string) (found []string) {
		t.Helper()
		err := a.DB.Run(ctx, func(ctx context.Context) error {
			if _, err := a.DB.Write(ctx).ExecContext(ctx, `SET LOCAL session_replication_role = replica`); err != nil {
				return err
			}
			if _, err := a.DB.Write(ctx).ExecContext(ctx, statement); err != nil {
				return err
			}
			results, err := invariant.RunAll(ctx, a.DB, a.Checks())
			for _, r := range results {
				if r.Name == "journal_seals" || r.Name == "anchors" {
					found = append(found, r.Faults...)
				}
			}
			return errors.Join(err, errUndo)
		})
		if !errors.Is(err, errUndo) {
			t.Fatal(err)
		}
		return found
	}
	if found := faults(`SELECT 1`); len(found) != 0 {
		t.Fatalf("nothing was touched: %v", found)
	}
	for why, statement := range map[string]string{
		"another day":           `UPDATE journal SET day = day + 1 WHERE id = (SELECT max(id) FROM journal WHERE kind = 'order_released')`,
		"another time":          `UPDATE journal SET recorded_at = recorded_at - interval '1 second' WHERE id = (SELECT min(id) FROM journal)`,
		"another person":        `UPDATE journal SET made_by = made_by + 1 WHERE id = (SELECT min(id) FROM journal)`,
		"money to another case": `UPDATE posting SET case_id = case_id + 1 WHERE journal_id = (SELECT min(journal_id) FROM posting)`,
		"a journal taken out":   `DELETE FROM posting WHERE journal_id = (SELECT min(id) FROM journal); DELETE FROM journal WHERE id = (SELECT min(id) FROM journal)`,
		"the end cut off": `DELETE FROM posting WHERE journal_id = (SELECT max(id) FROM journal); DELETE FROM journal_seal WHERE number = (SELECT max(number) FROM journal_seal);
			DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)`,
		"the log cut off with its end": `DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event);
			UPDATE audit_head SET (last_id, hash) = (SELECT id, hash FROM audit_event ORDER BY id DESC LIMIT 1)`,
		"the whole chain made anew": `UPDATE journal_seal SET hash = sha256(hash)`,
	} {
		if found := faults(statement); len(found) == 0 {
			t.Errorf("%s: not seen", why)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if found := faults(`SELECT 1`); len(found) != 1 || !strings.Contains(found[0], "anchors.txt") {
		t.Errorf("no anchor: %v", found)
	}
}
