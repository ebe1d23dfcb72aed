package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"matbang/internal/audit"
	"matbang/internal/ledger"
	"matbang/internal/tx"
)

// sealEvery is how often the running program chains new journals and writes the ends of both chains to the anchor file: what happens to a journal
// within that time does not show, anything later does.
const sealEvery = time.Minute

// keepSealing seals at once, then every minute, and once more when the program ends. A failure is logged and made up for the next time.
func (a *App) keepSealing(ctx context.Context) {
	ticker := time.NewTicker(sealEvery)
	defer ticker.Stop()
	for ended := false; ; {
		if err := a.SealAndAnchor(context.WithoutCancel(ctx)); err != nil {
			a.Log.ErrorContext(ctx, "sealing the book", "error", err)
		}
		if ended {
			return
		}
		select {
		case <-ctx.Done():
			ended = true
		case <-ticker.C:
		}
	}
}

// SealAndAnchor chains the journals that are not yet, and writes where the chains of book and log end to the anchor file, unless it says so already.
func (a *App) SealAndAnchor(ctx context.Context) error {
	book, err := a.Rooms.Ledger.Seal(ctx)
	for last := int64(-1); err == nil && book.Number != last; {
		last = book.Number
		book, err = a.Rooms.Ledger.Seal(ctx)
	}
	if err != nil {
		return err
	}
	event, hash, err := audit.Log{DB: a.DB}.End(ctx)
	if err != nil {
		return err
	}
	return a.anchor(anchorLine{"book", book.Number, book.Hash}, anchorLine{"log", event, hash})
}

// anchorLine is one end of a chain as the anchor file keeps it.
type anchorLine struct {
	chain  string // book or log
	number int64
	hash   []byte
}

// anchorPath is the file that keeps the ends of the chains outside the database. Copy it to where whoever keeps the database cannot write.
func (a *App) anchorPath() string { return filepath.Join(a.Settings.Data, "anchors.txt") }

// anchor appends what the file does not end with yet, and makes sure that it is on the disk.
func (a *App) anchor(ends ...anchorLine) error {
	known, err := a.anchors()
	if err != nil {
		return err
	}
	last := map[string]int64{}
	for _, line := range known {
		last[line.chain] = line.number
	}
	var text bytes.Buffer
	for _, end := range ends {
		if end.number > last[end.chain] {
			fmt.Fprintf(&text, "%s %s %d %x\n", time.Now().UTC().Format(time.RFC3339), end.chain, end.number, end.hash)
		}
	}
	if text.Len() == 0 {
		return nil
	}
	if err := os.MkdirAll(a.Settings.Data, 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(a.anchorPath(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text.Bytes())
	return errors.Join(err, file.Sync(), file.Close())
}

// anchors reads the file; nothing where there is none yet.
func (a *App) anchors() ([]anchorLine, error) {
	file, err := os.Open(a.anchorPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	var lines []anchorLine
	for scan := bufio.NewScanner(file); scan.Scan(); {
		var at, chain, hash string
		var number int64
		if n, _ := fmt.Sscan(scan.Text(), &at, &chain, &number, &hash); n != 4 {
			continue // cut by a crash while it was written
		}
		sum, err := hex.DecodeString(hash)
		if err != nil {
			continue
		}
		lines = append(lines, anchorLine{chain, number, sum})
	}
	return lines, nil
}

// verifyAnchors holds book and log against every line of the anchor file. A sealed book without any anchor is a fault too: nothing outside the
// database would show that its end was cut off.
func (a *App) verifyAnchors(ctx context.Context, q tx.Querier) ([]string, error) {
	lines, err := a.anchors()
	if err != nil {
		return nil, err
	}
	faults, numbers := []string{}, map[string][]int64{}
	for _, line := range lines {
		numbers[line.chain] = append(numbers[line.chain], line.number)
	}
	book, err := ledger.HashesAt(ctx, q, numbers["book"])
	if err != nil {
		return nil, err
	}
	events, err := audit.HashesAt(ctx, q, numbers["log"])
	if err != nil {
		return nil, err
	}
	found := map[string]map[int64][]byte{"book": book, "log": events}
	for _, line := range lines {
		if !bytes.Equal(found[line.chain][line.number], line.hash) {
			faults = append(faults, fmt.Sprintf("%s %d: not what was anchored", line.chain, line.number))
		}
	}
	sealed := 0
	if err := q.GetContext(ctx, &sealed, `SELECT count(*) FROM (SELECT 1 FROM journal_seal LIMIT 1) s`); err != nil {
		return nil, err
	}
	if sealed > 0 && len(numbers["book"]) == 0 {
		faults = append(faults, "the book is sealed, but "+filepath.Base(a.anchorPath())+" is missing")
	}
	return faults[:min(len(faults), 100)], nil
}
