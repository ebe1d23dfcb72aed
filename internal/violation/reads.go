package violation

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/listing"
)

// List reads violations of the scope: open ones first, the earliest due at the top, so that the late ones lead. The API's pages go by the
// order of entering.
func (r Violations) List(ctx context.Context, who actor.Actor, f Filter, q listing.Query, today day.Date) (listing.Answer[Violation], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Violation]{}, err
	}
	return store{r.DB.Read(ctx)}.list(ctx, scope, f, q, today)
}

// Get reads one violation. Refuses: violation.missing (also outside the scope).
func (r Violations) Get(ctx context.Context, who actor.Actor, code string) (Violation, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Violation{}, err
	}
	return store{r.DB.Read(ctx)}.find(ctx, scope, code, false)
}

// MayEdit tells whether the person may change this violation: whoever reads all of them may still edit those of the own unit only.
func (r Violations) MayEdit(ctx context.Context, who actor.Actor, code string) (bool, error) {
	if !who.Can(Edit) {
		return false, nil
	}
	scope, err := who.Require(Edit)
	if err != nil {
		return false, err
	}
	_, err = store{r.DB.Read(ctx)}.find(ctx, scope, code, false)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// Sums counts the violations of a filter in the scope, in all states: a filter by state is passed over, because the sums tell them apart.
func (r Violations) Sums(ctx context.Context, who actor.Actor, f Filter, today day.Date) (Sums, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Sums{}, err
	}
	f.State = ""
	return store{r.DB.Read(ctx)}.sums(ctx, scope, f, today)
}

// Years are the years in which violations of the scope were found, the newest first.
func (r Violations) Years(ctx context.Context, who actor.Actor) ([]int, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return store{r.DB.Read(ctx)}.years(ctx, scope)
}

// Waiting counts what is open beyond its day and what is due within SoonDays, among those the person may edit; nothing for others.
func (r Violations) Waiting(ctx context.Context, who actor.Actor, today day.Date) (late, soon int, err error) {
	if !who.Can(Edit) {
		return 0, 0, nil
	}
	scope, err := who.Require(Edit)
	if err != nil {
		return 0, 0, err
	}
	return store{r.DB.Read(ctx)}.waiting(ctx, scope, today)
}
