package audit_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/postgres"
	"matbang/internal/postgres/pgtest"
)

type world struct {
	audit.Log
	t  *testing.T
	db *postgres.DB
}

func newWorld(t *testing.T) world {
	t.Helper()
	db := pgtest.Open(t)
	return world{audit.Log{DB: db}, t, db}
}

// note writes one event in a transaction of its own.
func (w world) note(code string) {
	w.t.Helper()
	if err := w.db.Run(context.Background(), func(ctx context.Context) error {
		return w.Write(ctx, audit.Event{Actor: actor.Actor{ID: 7, Username: "lan"}, Act: "project.update", ObjectKind: "project", ObjectCode: code,
			Before: map[string]any{"total": 1, "name": "Đường <A> & B"}, After: map[string]any{"name": "Đường Phiêng My", "total": 9007199254740991}, Reason: "sửa"})
	}); err != nil {
		w.t.Error(err)
	}
}

func (w world) notes(n int) {
	for i := range n {
		w.note(fmt.Sprintf("%07d", i+1))
	}
}

// byForce does what somebody with the database in hand could do: past the triggers.
func (w world) byForce(statements ...string) {
	w.t.Helper()
	for _, s := range append([]string{`ALTER TABLE audit_event DISABLE TRIGGER ALL`}, statements...) {
		if _, err := w.db.Pool().ExecContext(w.t.Context(), s); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w world) faults() []string {
	w.t.Helper()
	found, err := audit.VerifyChain(w.t.Context(), w.db.Read(w.t.Context()))
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

func TestTheChainShowsEveryHand(t *testing.T) {
	for _, c := range []struct {
		why  string
		do   []string
		want []string
	}{
		{"untouched", nil, nil},
		{"another amount", []string{`UPDATE audit_event SET after = jsonb_set(after, '{total}', '2') WHERE id = 3`}, []string{"audit_event 3"}},
		{"another person", []string{`UPDATE audit_event SET actor_name = 'minh' WHERE id = 3`}, []string{"audit_event 3"}},
		{"another person's number", []string{`UPDATE audit_event SET actor_id = NULL WHERE id = 3`}, []string{"audit_event 3"}},
		{"another moment", []string{`UPDATE audit_event SET recorded_at = recorded_at + interval '1 microsecond' WHERE id = 5`}, []string{"audit_event 5"}},
		{"words moved from one column to the next", []string{`UPDATE audit_event SET act = act || object_kind, object_kind = '' WHERE id = 2`}, []string{"audit_event 2"}},
		{"a row taken out", []string{`DELETE FROM audit_event WHERE id = 3`}, []string{"audit_event 4"}},
		{"a row taken out, the rest renumbered", []string{`DELETE FROM audit_event WHERE id = 3`, `UPDATE audit_event SET id = id - 1 WHERE id > 3`},
			[]string{"audit_event 3", "audit_event 4", "audit_head says 5, the log ends at 4"}},
		{"the tail cut off", []string{`DELETE FROM audit_event WHERE id > 3`}, []string{"audit_head says 5, the log ends at 3"}},
		{"all of it", []string{`DELETE FROM audit_event`}, []string{"audit_head says 5, the log ends at 0"}},
	} {
		w := newWorld(t)
		w.notes(5)
		w.byForce(c.do...)
		if got := w.faults(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestTheLogIsNeverChanged(t *testing.T) {
	w := newWorld(t)
	w.notes(1)
	for _, statement := range []string{`UPDATE audit_event SET reason = ''`, `DELETE FROM audit_event`, `TRUNCATE audit_event`} {
		if _, err := w.db.Pool().ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s passes", statement)
		}
	}
}

func TestManyWritersMakeOneChain(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() { w.notes(10) })
	}
	all.Wait()
	var ids []int64
	if err := w.db.Read(t.Context()).SelectContext(t.Context(), &ids, `SELECT id FROM audit_event ORDER BY id`); err != nil {
		t.Fatal(err)
	}
	if len(ids) != 120 || ids[0] != 1 || ids[119] != 120 {
		t.Errorf("%d events from %d to %d", len(ids), ids[0], ids[len(ids)-1])
	}
	if found := w.faults(); len(found) > 0 {
		t.Error(found)
	}
}

func TestAnActThatFailsLeavesNoEventAndNoGap(t *testing.T) {
	w := newWorld(t)
	w.notes(1)
	_ = w.db.Run(t.Context(), func(ctx context.Context) error {
		if err := w.Write(ctx, audit.Event{Act: "project.update"}); err != nil {
			t.Error(err)
		}
		return context.Canceled
	})
	w.notes(1)
	if rows, err := w.History(t.Context(), "project", "0000001", 9); err != nil || len(rows) != 2 || rows[0].ID != 2 {
		t.Errorf("%d events, %v", len(rows), err)
	}
	if err := w.Write(t.Context(), audit.Event{Act: "project.update"}); err == nil {
		t.Error("an event was written outside the act's transaction")
	}
}

func TestWhoMayReadTheLog(t *testing.T) {
	w := newWorld(t)
	w.notes(5)
	if _, err := w.List(t.Context(), actor.Actor{ID: 1}, audit.Filter{Limit: 5}); err == nil {
		t.Error("anybody reads the log")
	}
	auditor := actor.Actor{ID: 1, Grants: map[actor.Permission]actor.Reach{audit.Read: actor.All}}
	rows, err := w.List(t.Context(), auditor, audit.Filter{Actor: "lan", Act: "project.update", Before: 4, Limit: 2})
	if err != nil || len(rows) != 2 || rows[0].ID != 3 || rows[1].ID != 2 {
		t.Errorf("got %+v, %v", rows, err)
	}
	if none, err := w.List(t.Context(), auditor, audit.Filter{ObjectCode: "0000009", Limit: 2}); err != nil || len(none) != 0 {
		t.Errorf("of another work: %v, %v", none, err)
	}
}
