// Package audit is the log of what was done: who, what, on which thing, before and after, why. Every act writes one event in its own
// transaction. Events are chained by hash and the end of the chain is anchored, so a changed, missing or cut-off event shows.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/tx"
)

// Read is the permission to open the log.
const Read actor.Permission = "audit:read"

// Event is one thing done. Before and After are small structs or maps; they never carry full identity or account numbers.
type Event struct {
	Actor      actor.Actor
	Act        string // "progress.accept": room and verb
	ObjectKind string // "project", "case", "order" …
	ObjectCode string
	Before     any
	After      any
	Reason     string
}

// Log writes and reads events.
type Log struct{ DB tx.DB }

// Row is an event as it is kept.
type Row struct {
	ID         int64     `db:"id" json:"id"`
	RecordedAt time.Time `db:"recorded_at" json:"recorded_at"`
	ActorID    *id.User  `db:"actor_id" json:"-"`
	ActorName  string    `db:"actor_name" json:"actor"`
	Act        string    `db:"act" json:"act"`
	ObjectKind string    `db:"object_kind" json:"object_kind"`
	ObjectCode string    `db:"object_code" json:"object_code"`
	Before     *string   `db:"before" json:"before,omitempty"`
	After      *string   `db:"after" json:"after,omitempty"`
	Reason     string    `db:"reason" json:"reason,omitempty"`
	PrevHash   []byte    `db:"prev_hash" json:"-"`
	Hash       []byte    `db:"hash" json:"-"`
	FullName   string    `db:"full_name" json:"actor_full_name"` // as it is today; the log itself keeps the user name
}

// Write adds one event to the transaction of ctx. Call it last in an act: from here to the commit the end of the chain is locked.
func (l Log) Write(ctx context.Context, e Event) error {
	before, err := encode(e.Before)
	if err != nil {
		return err
	}
	after, err := encode(e.After)
	if err != nil {
		return err
	}
	row := Row{ActorName: e.Actor.Username, Act: e.Act, ObjectKind: e.ObjectKind, ObjectCode: e.ObjectCode,
		Before: before, After: after, Reason: e.Reason, RecordedAt: time.Now().UTC().Truncate(time.Microsecond)}
	if e.Actor.ID != 0 {
		row.ActorID = &e.Actor.ID
	}
	return appendRow(ctx, l.DB.Write(ctx), row)
}

func encode(v any) (*string, error) {
	if v == nil {
		return nil, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	text := string(data)
	return &text, nil
}

func appendRow(ctx context.Context, q tx.Querier, row Row) error {
	var head struct {
		LastID int64  `db:"last_id"`
		Hash   []byte `db:"hash"`
	}
	if err := q.GetContext(ctx, &head, `SELECT last_id, hash FROM audit_head FOR UPDATE`); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	row.ID, row.PrevHash = head.LastID+1, head.Hash
	row.Hash = row.digest()
	_, err := q.ExecContext(ctx,
		`WITH event AS (
		   INSERT INTO audit_event (id, recorded_at, actor_id, actor_name, act, object_kind, object_code, before, after, reason, prev_hash, hash)
		   VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12))
		 UPDATE audit_head SET last_id = $1, hash = $12`,
		row.ID, row.RecordedAt, row.ActorID, row.ActorName, row.Act, row.ObjectKind, row.ObjectCode, row.Before, row.After,
		row.Reason, row.PrevHash, row.Hash)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// digest is the hash over the parent's hash and every column, each with its length before it so that no two rows read the same.
func (r Row) digest() []byte {
	h := sha256.New()
	field := func(s string) { fmt.Fprintf(h, "%d:%s;", len(s), s) }
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return canonical(*s)
	}
	field(string(r.PrevHash))
	field(fmt.Sprint(r.ID))
	field(r.RecordedAt.UTC().Format(time.RFC3339Nano))
	if r.ActorID != nil {
		field(fmt.Sprint(*r.ActorID))
	}
	for _, s := range []string{r.ActorName, r.Act, r.ObjectKind, r.ObjectCode, text(r.Before), text(r.After), r.Reason} {
		field(s)
	}
	return h.Sum(nil)
}

// canonical brings a JSON text to one form: the database reorders keys and spaces of jsonb.
func canonical(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	data, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(data)
}
