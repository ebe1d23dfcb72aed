package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"matbang/internal/id"
	"matbang/internal/tx"
)

// Seal is an end of the chain of journals: how many are chained, and the hash that the last of them and all before it come to.
type Seal struct {
	Number int64  `db:"number"`
	Hash   []byte `db:"hash"`
}

// sealBatch is how many journals are sealed in one transaction.
const sealBatch = 20_000

// Seal chains the journals written since the last time, in the order of their numbers, adds them to the days, and gives the end of the chain; at most sealBatch at once,
// so it is called again until the number stays. One sealing runs at a time; acts do not wait for it.
func (l Ledger) Seal(ctx context.Context) (Seal, error) {
	var end Seal
	err := l.DB.Run(ctx, func(ctx context.Context) error {
		s := store{l.DB.Write(ctx)}
		if err := tx.Lock(ctx, s.q, `SELECT pg_advisory_xact_lock(hashtextextended('journal_seal', 7))`); err != nil {
			return err
		}
		var err error
		if end, err = s.sealEnd(ctx); err != nil {
			return err
		}
		end, err = s.seal(ctx, end)
		return err
	})
	return end, err
}

type digested struct {
	Number  int64      `db:"number"`
	Journal id.Journal `db:"journal_id"`
	Hash    []byte     `db:"hash"`
	Digest  []byte     `db:"digest"`
}

func (s store) sealEnd(ctx context.Context) (end Seal, err error) {
	err = s.q.GetContext(ctx, &end, `SELECT number, hash FROM journal_seal ORDER BY number DESC LIMIT 1`)
	if errors.Is(err, sql.ErrNoRows) {
		return Seal{}, nil
	}
	return end, err
}

func (s store) seal(ctx context.Context, end Seal) (Seal, error) {
	var rows []digested
	if err := s.q.SelectContext(ctx, &rows, `SELECT j.id AS journal_id, journal_digest(j) AS digest FROM journal j
		JOIN journal_unsealed w ON w.journal_id = j.id ORDER BY j.id LIMIT $1`, sealBatch); err != nil || len(rows) == 0 {
		return end, err
	}
	numbers, journals, hashes := make([]int64, len(rows)), make([]int64, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		end = Seal{end.Number + 1, link(end.Hash, r.Digest)}
		numbers[i], journals[i], hashes[i] = end.Number, int64(r.Journal), end.Hash
	}
	if _, err := s.q.ExecContext(ctx, `INSERT INTO journal_seal (number, journal_id, hash) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])`,
		pq.Array(numbers), pq.Array(journals), pq.Array(hashes)); err != nil {
		return end, err
	}
	if _, err := s.q.ExecContext(ctx, `DELETE FROM journal_unsealed WHERE journal_id = ANY($1)`, pq.Array(journals)); err != nil {
		return end, err
	}
	_, err := s.q.ExecContext(ctx, `INSERT INTO ledger_day AS d (project_id, account, day, amount)
		SELECT p.project_id, p.account, j.day, sum(p.amount) FROM posting p JOIN journal j ON j.id = p.journal_id WHERE j.id = ANY($1) GROUP BY 1, 2, 3
		ON CONFLICT (project_id, account, day) DO UPDATE SET amount = d.amount + EXCLUDED.amount`, pq.Array(journals))
	return end, err
}

func link(before, digest []byte) []byte {
	hash := sha256.Sum256(append(bytes.Clone(before), digest...))
	return hash[:]
}

// verifySeals walks the chain and names each journal that is not what was sealed, each link that is missing, and each journal that was put in
// behind what is sealed.
func verifySeals(ctx context.Context, q tx.Querier) ([]string, error) {
	faults := []string{}
	var end Seal
	for {
		var rows []digested
		if err := q.SelectContext(ctx, &rows, `SELECT s.number, s.journal_id, s.hash, journal_digest(j) AS digest
			FROM journal_seal s JOIN journal j ON j.id = s.journal_id WHERE s.number > $1 ORDER BY s.number LIMIT 5000`, end.Number); err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Number != end.Number+1 || !bytes.Equal(r.Hash, link(end.Hash, r.Digest)) {
				faults = append(faults, fmt.Sprintf("journal %d (seal %d)", r.Journal, r.Number))
			}
			end = Seal{r.Number, r.Hash}
		}
		if len(rows) == 0 {
			break
		}
	}
	var behind []string
	err := q.SelectContext(ctx, &behind, `SELECT 'journal ' || j.id || ' was not written by the book' FROM journal j WHERE NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.journal_id = j.id)
		AND NOT EXISTS (SELECT 1 FROM journal_unsealed w WHERE w.journal_id = j.id) LIMIT 100`)
	return append(faults, behind...), err
}

// HashesAt are the hashes of the chain at some numbers; a number beyond its end has none.
func HashesAt(ctx context.Context, q tx.Querier, numbers []int64) (map[int64][]byte, error) {
	var rows []Seal
	if err := q.SelectContext(ctx, &rows, `SELECT number, hash FROM journal_seal WHERE number = ANY($1)`, pq.Array(numbers)); err != nil {
		return nil, err
	}
	found := make(map[int64][]byte, len(rows))
	for _, r := range rows {
		found[r.Number] = r.Hash
	}
	return found, nil
}
