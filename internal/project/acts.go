package project

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

// Projects is the room: reads and acts over works.
type Projects struct {
	DB  tx.DB
	Log audit.Log
}

// List reads works in the person's scope with search, filter, sort and paging.
func (p Projects) List(ctx context.Context, who actor.Actor, f Filter, q listing.Query) (listing.Answer[Row], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Row]{}, err
	}
	return store{p.DB.Read(ctx)}.list(ctx, scope, f, q)
}

// Get reads one work. Refuses: project.missing (also outside the scope).
func (p Projects) Get(ctx context.Context, who actor.Actor, code string) (Project, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Project{}, err
	}
	return store{p.DB.Read(ctx)}.find(ctx, scope, code, false)
}

// GetWithin reads one work that the person may read and that also lies within the scope of another permission.
func (p Projects) GetWithin(ctx context.Context, who actor.Actor, also actor.Scope, code string) (Project, error) {
	if _, err := p.Get(ctx, who, code); err != nil {
		return Project{}, err
	}
	return store{p.DB.Read(ctx)}.find(ctx, also, code, false)
}

// Decisions reads the decisions of a work, oldest first. The caller has got the work through Get.
func (p Projects) Decisions(ctx context.Context, project id.Project) ([]Decision, error) {
	return store{p.DB.Read(ctx)}.decisions(ctx, project)
}

// Create enters a work. Refuses wrong fields, a code in use, and a unit that is not the person's own.
func (p Projects) Create(ctx context.Context, who actor.Actor, in Input) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		unit, err := s.unitFor(ctx, who, scope, in.Unit)
		if err != nil {
			return err
		}
		project, err := s.insert(ctx, in, unit, who.ID)
		if err != nil {
			return refuse(err)
		}
		if err := s.setWards(ctx, project, in.WardCodes); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "project.create", ObjectKind: "project", ObjectCode: in.Code, After: in})
	})
}

// unitFor is the managing unit of a new work: the person's own, or a named one when the scope allows it.
func (s store) unitFor(ctx context.Context, who actor.Actor, scope actor.Scope, code string) (id.Unit, error) {
	if code == "" {
		return who.Unit, nil
	}
	unit, err := s.unitByCode(ctx, code)
	if err != nil {
		return 0, err
	}
	if scope.Unit != 0 && scope.Unit != unit {
		return 0, ErrOutOfScope
	}
	return unit, nil
}

// Update changes a work; version is the one the page showed. The total investment changes only by a decision.
// Refuses: wrong fields, project.missing, changed_meanwhile (says who and when).
func (p Projects) Update(ctx context.Context, who actor.Actor, version int, in Input) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		old, err := s.find(ctx, scope, in.Code, true)
		if err != nil {
			return err
		}
		in.TotalInvestment = old.TotalInvestment
		if err := in.check(); err != nil {
			return err
		}
		if old.Version != version {
			return fault.ChangedBy(old.ChangedBy, old.ChangedAt)
		}
		if err := s.update(ctx, old.ID, in, who.ID); err != nil {
			return refuse(err)
		}
		if err := s.setWards(ctx, old.ID, in.WardCodes); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "project.update", ObjectKind: "project", ObjectCode: in.Code, Before: old, After: in})
	})
}

// AddDecision adds a decision; the newest one sets the total investment. Refuses wrong fields and a decision told twice.
func (p Projects) AddDecision(ctx context.Context, who actor.Actor, code string, d Decision, today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	if err := d.check(today); err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		project, err := s.find(ctx, scope, code, true)
		if err != nil {
			return err
		}
		if err := s.addDecision(ctx, project.ID, d, who.ID); err != nil {
			return refuse(err)
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "project.decide", ObjectKind: "project", ObjectCode: code, After: d})
	})
}
