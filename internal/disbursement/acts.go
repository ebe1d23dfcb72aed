package disbursement

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
)

// Record records one voucher, with the recovery that goes with a payment, and gives its code. The same key with the same content gives the first
// code again. Refuses: wrong fields; a day after the last one of the plan year (with the rule); more than the fund has left (capital.over_drawn);
// more than the contract, the bill or the advance holds, each with both figures; an advance the contract does not allow.
func (d Disbursements) Record(ctx context.Context, who actor.Actor, e Entry, today day.Date) (string, error) {
	codes, err := d.record(ctx, who, []Entry{e}, today, func(_ int, err error) error { return err })
	if err != nil {
		return "", err
	}
	return codes[0], nil
}

// RecordMany records many vouchers, all or none, in their order, and gives their codes. It refuses what Record refuses, with the place of the
// entry: entries[2].amount. Entries of one act see each other; only what is drawn of a fund is asked for all of them together.
func (d Disbursements) RecordMany(ctx context.Context, who actor.Actor, entries []Entry, today day.Date) ([]string, error) {
	return d.record(ctx, who, entries, today, at)
}

func (d Disbursements) record(ctx context.Context, who actor.Actor, entries []Entry, today day.Date, told func(int, error) error) ([]string, error) {
	scope, err := who.Require(Record)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if err := e.check(today); err != nil {
			return nil, told(i, err)
		}
		if len(e.Key) < 8 || len(e.Key) > 255 {
			return nil, told(i, ErrKeyMissing)
		}
	}
	var codes []string
	err = d.DB.Run(ctx, func(ctx context.Context) error {
		s := store{d.DB.Write(ctx)}
		b, err := s.open(ctx, who, scope, entries)
		if err != nil {
			return err
		}
		codes, err = d.write(ctx, s, b, who, entries, told)
		return err
	})
	return codes, refuse(err)
}

// write makes the lines of all entries, writes those that are new, and gives the code of each.
func (d Disbursements) write(ctx context.Context, s store, b *book, who actor.Actor, entries []Entry, told func(int, error) error) ([]string, error) {
	known, err := s.answers(ctx, who.ID, keysOf(entries))
	if err != nil {
		return nil, err
	}
	codes, firsts := make([]string, len(entries)), make([]int, len(entries))
	laws := lawBook{rules: d.Rules, read: map[day.Date]map[string]legal.Rule{}}
	for i, e := range entries {
		hash := hashOf(e)
		if first, found := known[e.Key]; found {
			if first.Hash != hash {
				return nil, ErrKeyReused
			}
			codes[i], firsts[i] = first.Code, first.line
			continue
		}
		firsts[i] = len(b.lines)
		if err := d.recordOne(ctx, b, laws, e); err != nil {
			return nil, told(i, err)
		}
		b.lines[firsts[i]].Hash = hash
		known[e.Key] = answer{Hash: hash, line: firsts[i]}
	}
	if err := d.keep(ctx, s, b, who.ID); err != nil {
		return nil, err
	}
	for i := range codes {
		if codes[i] == "" {
			codes[i] = b.lines[firsts[i]].Code
		}
	}
	return codes, d.note(ctx, who, "disbursement.record", b, entries)
}

func (d Disbursements) recordOne(ctx context.Context, b *book, laws lawBook, e Entry) error {
	closing, err := laws.on(ctx, day.New(e.Year, 12, 31))
	if err != nil {
		return err
	}
	if err := e.checkWindow(closing); err != nil {
		return err
	}
	var rules map[string]legal.Rule
	if e.Contract != "" && e.Kind == KindPayment {
		if rules, err = laws.on(ctx, e.PaidOn); err != nil {
			return err
		}
	}
	if c := b.contracts[e.Contract]; c != nil && e.Kind == KindAdvance {
		if err := d.Contracts.AdvanceCheck(ctx, c.ID, c.Balance()+e.Amount, e.PaidOn); err != nil {
			return err
		}
	}
	return b.record(e, rules)
}

// keep writes the lines, the totals beside them, and draws on the funds.
func (d Disbursements) keep(ctx context.Context, s store, b *book, by id.User) error {
	if len(b.lines) == 0 {
		return nil
	}
	if err := s.name(ctx, b); err != nil {
		return err
	}
	if err := s.insert(ctx, b.lines, by); err != nil {
		return err
	}
	if err := s.addTotals(ctx, b); err != nil {
		return err
	}
	for _, f := range b.funds() {
		if err := d.Capital.Draw(ctx, f.project, f.year, f.source, b.draws[f]); err != nil {
			return err
		}
	}
	return nil
}

// note writes one event a work.
func (d Disbursements) note(ctx context.Context, who actor.Actor, act string, b *book, content []Entry) error {
	events := map[string][]Entry{}
	codes := map[string][]string{}
	for _, e := range content {
		events[e.Project] = append(events[e.Project], e)
	}
	works := map[id.Project]string{}
	for code, project := range b.projects {
		works[project] = code
	}
	for _, l := range b.lines {
		codes[works[l.Project]] = append(codes[works[l.Project]], l.Code)
	}
	for _, work := range slices.Sorted(maps.Keys(codes)) {
		if err := d.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "project", ObjectCode: work,
			After: map[string]any{"vouchers": codes[work], "entries": events[work]}}); err != nil {
			return err
		}
	}
	return nil
}

// Reverse takes a voucher back, whole, with the recoveries recorded together with it, on the day it is done, and gives the code of the voucher
// that does so. Refuses: disbursement.missing, a missing reason, one taken back already or itself a taking back, an advance on which recoveries,
// refunds or held money rest (with the figures).
func (d Disbursements) Reverse(ctx context.Context, who actor.Actor, code, reason, key string, today day.Date) (string, error) {
	scope, err := who.Require(Record)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(reason) == "" {
		return "", ErrReasonEmpty
	}
	if len(key) < 8 || len(key) > 255 {
		return "", ErrKeyMissing
	}
	var made string
	err = d.DB.Run(ctx, func(ctx context.Context) error {
		s := store{d.DB.Write(ctx)}
		made, err = d.reverse(ctx, s, who, scope, reversal{Code: code, Reason: reason, Key: key, Today: today})
		return err
	})
	return made, refuse(err)
}

// reversal is what a person asks for when taking a voucher back.
type reversal struct {
	Code   string
	Reason string
	Key    string   `json:"-"`
	Today  day.Date `json:"-"`
}

func (d Disbursements) reverse(ctx context.Context, s store, who actor.Actor, scope actor.Scope, in reversal) (string, error) {
	place, err := s.placeOf(ctx, scope, in.Code)
	if err != nil {
		return "", err
	}
	b, err := s.open(ctx, who, scope, []Entry{place})
	if err != nil {
		return "", err
	}
	known, err := s.answers(ctx, who.ID, []string{in.Key})
	if err != nil {
		return "", err
	}
	hash := hashOf(in)
	if first, found := known[in.Key]; found {
		if first.Hash != hash {
			return "", ErrKeyReused
		}
		return first.Code, nil
	}
	lines, err := s.together(ctx, in.Code)
	if err != nil {
		return "", err
	}
	if err := b.takeBack(lines, in); err != nil {
		return "", err
	}
	b.lines[0].Hash = hash
	if err := d.keep(ctx, s, b, who.ID); err != nil {
		return "", err
	}
	return b.lines[0].Code, d.Log.Write(ctx, audit.Event{Actor: who, Act: "disbursement.reverse", ObjectKind: "project", ObjectCode: place.Project, Reason: in.Reason,
		Before: map[string]any{"voucher": in.Code}, After: map[string]any{"voucher": b.lines[0].Code, "amount": b.lines[0].Amount}})
}

// takeBack makes the mirror image of lines that were recorded together.
func (b *book) takeBack(lines []line, in reversal) error {
	if lines[0].ReversalOf != 0 {
		return ErrIsReversal
	}
	if a := b.advanceByID(lines[0].ID); lines[0].Kind == KindAdvance && a != nil && a.Recovered+a.Refunded+a.Held > 0 {
		return fault.Conflicting("disbursement.rests_on", a.Code, a.Recovered, a.Refunded, a.Held)
	}
	for i := range lines {
		lines[i].ReversalOf, lines[i].PaidOn, lines[i].Note = lines[i].ID, in.Today, in.Reason
	}
	lines[0].Key = in.Key
	if c := b.contractByID(lines[0].Contract); c != nil && lines[0].cash() > 0 {
		after := *c
		if after.add(lines); after.Cash() > after.Value {
			return fault.Conflicting("disbursement.above_contract", c.Code, c.Value, after.Cash())
		}
	}
	b.take(lines)
	return nil
}

// lawBook reads the rules of a day once.
type lawBook struct {
	rules legal.Rules
	read  map[day.Date]map[string]legal.Rule
}

func (l lawBook) on(ctx context.Context, on day.Date) (map[string]legal.Rule, error) {
	if known, found := l.read[on]; found {
		return known, nil
	}
	rules, err := l.rules.AllOn(ctx, legal.Investment, on)
	l.read[on] = rules
	return rules, err
}

func keysOf(entries []Entry) []string {
	keys := make([]string, 0, len(entries))
	for _, e := range entries {
		keys = append(keys, e.Key)
	}
	return keys
}

// hashOf is the content that a key stands for.
func hashOf(content any) string {
	text, err := json.Marshal(content)
	if err != nil {
		return fmt.Sprint(err) // never: the content is plain values
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
