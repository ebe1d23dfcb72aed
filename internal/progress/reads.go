package progress

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/listing"
)

// Grid reads the works of the scope that owe an entry of the month, by code, with what stands beside it: plan, month before, entry.
func (p Progress) Grid(ctx context.Context, who actor.Actor, month day.Month, f GridFilter, q listing.Query) (listing.Answer[Work], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Work]{}, err
	}
	answer, err := store{p.DB.Read(ctx)}.grid(ctx, scope, month, f, q)
	if err != nil {
		return answer, err
	}
	works := make(map[string]Work, len(answer.Items))
	for _, w := range answer.Items {
		works[w.Code] = w
	}
	if err := p.attach(ctx, month, works); err != nil {
		return answer, err
	}
	for i, w := range answer.Items {
		answer.Items[i] = works[w.Code]
	}
	return answer, nil
}

// Counts tells how many works of the scope stand where in the month.
func (p Progress) Counts(ctx context.Context, who actor.Actor, month day.Month) (Counts, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Counts{}, err
	}
	return store{p.DB.Read(ctx)}.counts(ctx, scope, month)
}

// Units lists the units whose works the person may see.
func (p Progress) Units(ctx context.Context, who actor.Actor) ([]Unit, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.units(ctx, scope)
}

// Entries reads the history of one work, newest month first; empty outside the scope.
func (p Progress) Entries(ctx context.Context, who actor.Actor, code string) ([]Entry, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.entries(ctx, scope, code, day.Month{})
}

// Get reads one entry. Refuses: progress.missing.
func (p Progress) Get(ctx context.Context, who actor.Actor, code string, month day.Month) (Entry, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Entry{}, err
	}
	rows, err := store{p.DB.Read(ctx)}.entries(ctx, scope, code, month)
	if err != nil {
		return Entry{}, err
	}
	if len(rows) == 0 || month.IsZero() {
		return Entry{}, ErrMissing
	}
	return rows[0], nil
}

// Work reads one work with its entry of the month. Refuses: progress.missing.
func (p Progress) Work(ctx context.Context, who actor.Actor, code string, month day.Month) (Work, error) {
	works, err := p.Works(ctx, who, month, []string{code})
	if err != nil {
		return Work{}, err
	}
	w, found := works[code]
	if !found {
		return Work{}, ErrMissing
	}
	return w, nil
}

// Works reads the named works with their entries of the month, by code; what lies outside the scope is not among them.
func (p Progress) Works(ctx context.Context, who actor.Actor, month day.Month, codes []string) (map[string]Work, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	works, err := store{p.DB.Read(ctx)}.works(ctx, scope, month, codes)
	if err != nil {
		return nil, err
	}
	return works, p.attach(ctx, month, works)
}

// Waiting is what waits for one person in a month; a person without the permission has nothing waiting.
type Waiting struct {
	Missing  int // works without an entry, or with a draft not submitted
	Returned int // entries that came back
	ToAccept int // entries submitted for acceptance
}

// Waiting counts what waits for the person in the open month.
func (p Progress) Waiting(ctx context.Context, who actor.Actor, month day.Month) (Waiting, error) {
	var w Waiting
	if scope, err := who.Require(Enter); err == nil {
		c, err := store{p.DB.Read(ctx)}.counts(ctx, scope, month)
		if err != nil {
			return w, err
		}
		w.Missing, w.Returned = c.Missing+c.Draft, c.Returned
	}
	if scope, err := who.Require(Accept); err == nil {
		c, err := store{p.DB.Read(ctx)}.counts(ctx, scope, month)
		if err != nil {
			return w, err
		}
		w.ToAccept = c.Submitted
	}
	return w, nil
}
