package land

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/listing"
)

// Cases lists cases in the person's scope, with their money for whoever may see it.
func (l Land) Cases(ctx context.Context, who actor.Actor, f Filter, q listing.Query) (listing.Answer[Row], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Row]{}, err
	}
	answer, err := store{l.DB.Read(ctx)}.list(ctx, scope, f, q)
	if err != nil || !l.showsMoney(who) {
		return answer, err
	}
	cases := make([]id.Case, len(answer.Items))
	for i, row := range answer.Items {
		cases[i] = row.ID
	}
	money, err := l.Money(ctx, cases)
	for i, row := range answer.Items {
		m := money[row.ID]
		answer.Items[i].Money = &m
	}
	return answer, err
}

func (l Land) showsMoney(who actor.Actor) bool { return l.Money != nil && who.Can(seeMoney) }

// Find reads a case without what hangs on it. Refuses: land.case_missing (also outside the scope).
func (l Land) Find(ctx context.Context, who actor.Actor, code string) (Case, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Case{}, err
	}
	return store{l.DB.Read(ctx)}.find(ctx, scope, code, false)
}

// Case reads everything of one case; the parties carry their full numbers, which the caller masks. Refuses: land.case_missing.
func (l Land) Case(ctx context.Context, who actor.Actor, code string) (Detail, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Detail{}, err
	}
	s := store{l.DB.Read(ctx)}
	var d Detail
	if d.Case, err = s.find(ctx, scope, code, false); err != nil {
		return d, err
	}
	if d.Holder, err = s.holder(ctx, scope, d.HolderCode, false); err != nil {
		return d, err
	}
	if d.Parties, err = s.parties(ctx, d.HolderID); err != nil {
		return d, err
	}
	if d.Parcels, err = s.parcels(ctx, d.ID); err != nil {
		return d, err
	}
	if d.Steps, err = s.steps(ctx, d.ID); err != nil || !l.showsMoney(who) {
		return d, err
	}
	money, err := l.Money(ctx, []id.Case{d.ID})
	m := money[d.ID]
	d.Money = &m
	return d, err
}

// EffectiveOn are the days on which a step of each case took effect; cases without the step are not in the answer. Rooms that reckon
// from the recovery decision (Law 45/2013 art. 93.1) ask here. It asks for no permission: the caller has its cases in scope.
func (l Land) EffectiveOn(ctx context.Context, cases []id.Case, kind string) (map[id.Case]day.Date, error) {
	return store{l.DB.Read(ctx)}.effectiveOn(ctx, cases, kind)
}
