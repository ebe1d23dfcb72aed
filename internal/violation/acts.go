package violation

import (
	"context"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
)

// Add enters a violation that was found and gives its code. Refuses wrong fields, a ward that did not stand on the day it was found, a work
// that is not in the register, and what would lie outside the person's own scope.
func (r Violations) Add(ctx context.Context, who actor.Actor, in Input, today day.Date) (string, error) {
	scope, err := who.Require(Edit)
	if err != nil {
		return "", err
	}
	in = in.tidy()
	var wrong fault.Wrong
	in.check(&wrong, today)
	if err := wrong.Err(); err != nil {
		return "", err
	}
	code := ""
	err = r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		at, err := s.locate(ctx, in)
		if err != nil {
			return err
		}
		if code, err = s.insert(ctx, in, at, who); err != nil {
			return refuse(err)
		}
		if err := s.inside(ctx, scope, code); err != nil {
			return err
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "violation.add", ObjectKind: "violation", ObjectCode: code, After: in})
	})
	return code, err
}

// Update changes a violation. One that was handled needs a reason and keeps an end; one that is open cannot be given one here.
// Refuses: violation.missing, changed_meanwhile, wrong fields, what would lie outside the person's own scope.
func (r Violations) Update(ctx context.Context, who actor.Actor, code string, version int, c Change, today day.Date) error {
	c.Input, c.Handling, c.Reason = c.Input.tidy(), c.Handling.tidy(), strings.TrimSpace(c.Reason)
	return r.change(ctx, who, code, version, func(ctx context.Context, s store, old Violation) (audit.Event, error) {
		var wrong fault.Wrong
		c.check(&wrong, old, today)
		if err := wrong.Err(); err != nil {
			return audit.Event{}, err
		}
		if !old.Handled() {
			c.Reason = ""
		}
		at, err := s.locate(ctx, c.Input)
		if err != nil {
			return audit.Event{}, err
		}
		return audit.Event{Act: "violation.update", Before: old, After: c, Reason: c.Reason}, s.update(ctx, old.ID, c, at, who.ID)
	})
}

// ending is what the log keeps of a handling.
type ending struct {
	Decision
	Handling
}

// Handle tells how and when a violation ended, for good. A decision is given with it where none stands yet, and only there.
// Refuses: violation.missing, changed_meanwhile, violation.handled_fixed, wrong fields.
func (r Violations) Handle(ctx context.Context, who actor.Actor, code string, version int, d Decision, h Handling, today day.Date) error {
	d, h = d.tidy(), h.tidy()
	return r.change(ctx, who, code, version, func(ctx context.Context, s store, old Violation) (audit.Event, error) {
		if old.Handled() {
			return audit.Event{}, ErrHandled
		}
		if old.given() {
			if d.given() && d != old.Decision {
				return audit.Event{}, ErrDecided
			}
			d = old.Decision
		}
		var wrong fault.Wrong
		d.check(&wrong, old.FoundOn, today)
		h.check(&wrong, d, today)
		if err := wrong.Err(); err != nil {
			return audit.Event{}, err
		}
		return audit.Event{Act: "violation.handle", Before: old.Decision, After: ending{d, h}}, s.handle(ctx, old.ID, d, h, who.ID)
	})
}

// change locks a violation, checks its version and writes what was done to it into the log, last. What would no longer be in the person's
// scope is taken back.
func (r Violations) change(ctx context.Context, who actor.Actor, code string, version int, do func(context.Context, store, Violation) (audit.Event, error)) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	return r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		old, err := s.find(ctx, scope, code, true)
		if err != nil {
			return err
		}
		if old.Version != version {
			return fault.ChangedBy(old.ChangedBy, old.ChangedAt)
		}
		event, err := do(ctx, s, old)
		if err != nil {
			return refuse(err)
		}
		if err := s.inside(ctx, scope, code); err != nil {
			return err
		}
		event.Actor, event.ObjectKind, event.ObjectCode = who, "violation", code
		return r.Log.Write(ctx, event)
	})
}

// inside refuses what was just written where it cannot be found in the scope.
func (s store) inside(ctx context.Context, scope actor.Scope, code string) error {
	_, err := s.find(ctx, scope, code, false)
	if fault.KindOf(err) == fault.NotFound {
		return ErrOutOfScope
	}
	return err
}
