package audit

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/tx"
)

const columns = `id, recorded_at, actor_id, actor_name, act, object_kind, object_code, before, after, reason, prev_hash, hash`

// Filter chooses events; zero fields do not limit.
type Filter struct {
	ObjectKind, ObjectCode, Actor, Act string
	Before                             int64 // events older than this id; 0 = from the newest
	Limit                              int
}

// List reads events, newest first. It needs audit:read.
func (l Log) List(ctx context.Context, who actor.Actor, f Filter) ([]Row, error) {
	if _, err := who.Require(Read); err != nil {
		return nil, err
	}
	return l.find(ctx, f)
}

// History reads the events of one thing for a person who may see that thing; the caller has checked that.
func (l Log) History(ctx context.Context, kind, code string, limit int) ([]Row, error) {
	return l.find(ctx, Filter{ObjectKind: kind, ObjectCode: code, Limit: limit})
}

func (l Log) find(ctx context.Context, f Filter) ([]Row, error) {
	rows := []Row{}
	err := l.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT `+columns+`, COALESCE((SELECT u.full_name FROM app_user u WHERE u.id = actor_id), actor_name) AS full_name FROM audit_event
		 WHERE ($1 = '' OR object_kind = $1) AND ($2 = '' OR object_code = $2) AND ($3 = '' OR actor_name = $3)
		   AND ($4 = '' OR act = $4) AND ($5::bigint = 0 OR id < $5)
		 ORDER BY id DESC LIMIT $6`, f.ObjectKind, f.ObjectCode, f.Actor, f.Act, f.Before, f.Limit)
	return rows, err
}

// VerifyChain walks the whole log and names each event that was changed, is missing, or was cut off at the end.
func VerifyChain(ctx context.Context, q tx.Querier) ([]string, error) {
	var faults []string
	prev, last := []byte{0}, int64(0)
	for {
		var rows []Row
		if err := q.SelectContext(ctx, &rows, `SELECT `+columns+` FROM audit_event WHERE id > $1 ORDER BY id LIMIT 5000`, last); err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.ID != last+1 || !bytes.Equal(r.PrevHash, prev) || !bytes.Equal(r.Hash, r.digest()) {
				faults = append(faults, fmt.Sprintf("audit_event %d", r.ID))
			}
			prev, last = r.Hash, r.ID
		}
		if len(rows) == 0 {
			break
		}
	}
	var head struct {
		LastID int64  `db:"last_id"`
		Hash   []byte `db:"hash"`
	}
	if err := q.GetContext(ctx, &head, `SELECT last_id, hash FROM audit_head`); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if head.LastID != last || !bytes.Equal(head.Hash, prev) {
		faults = append(faults, fmt.Sprintf("audit_head says %d, the log ends at %d", head.LastID, last))
	}
	return faults, nil
}

// End is the number and hash of the last event.
func (l Log) End(ctx context.Context) (number int64, hash []byte, err error) {
	var head struct {
		LastID int64  `db:"last_id"`
		Hash   []byte `db:"hash"`
	}
	err = l.DB.Read(ctx).GetContext(ctx, &head, `SELECT last_id, hash FROM audit_head`)
	return head.LastID, head.Hash, err
}

// HashesAt are the hashes of the log at some numbers; a number beyond its end has none.
func HashesAt(ctx context.Context, q tx.Querier, numbers []int64) (map[int64][]byte, error) {
	var rows []struct {
		ID   int64  `db:"id"`
		Hash []byte `db:"hash"`
	}
	if err := q.SelectContext(ctx, &rows, `SELECT id, hash FROM audit_event WHERE id = ANY($1)`, pq.Array(numbers)); err != nil {
		return nil, err
	}
	found := make(map[int64][]byte, len(rows))
	for _, r := range rows {
		found[r.ID] = r.Hash
	}
	return found, nil
}
