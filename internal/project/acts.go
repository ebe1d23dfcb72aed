package project

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
)

// Projects is the room: reads and acts over works.
type Projects struct {
	DB  tx.DB
	Log audit.Log
}

// fromTheOldBooks is the reason written where a work comes into the register in the middle of its life.
const fromTheOldBooks = "nạp từ sổ cũ"

// Create enters a work, with its first version (from ValidFrom, else the first day of its start year) and the phase its state says; a
// work may come into the register in the middle of its life, and Findings then names what its past lacks.
// Refuses wrong fields, a code in use, and a unit that is not the person's own.
func (p Projects) Create(ctx context.Context, who actor.Actor, in Input, today day.Date) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	in.fill(Project{})
	if err := in.check(); err != nil {
		return err
	}
	if in.StateSince.After(today) {
		return fault.InvalidField("state_since", "day_future")
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
		if err := s.begin(ctx, project, in, who.ID, today); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "project.create", ObjectKind: "project", ObjectCode: in.Code, After: in})
	})
}

// begin writes where a new work lies, its first version and the phase it comes in.
func (s store) begin(ctx context.Context, project id.Project, in Input, by id.User, today day.Date) error {
	if err := s.setWards(ctx, project, in.WardCodes, in.ValidFrom); err != nil {
		return err
	}
	if err := s.addVersion(ctx, project, in.ValidFrom, in.Reason, by); err != nil {
		return err
	}
	for _, row := range in.firstPhases(today) {
		if err := s.addPhase(ctx, project, row, by); err != nil {
			return err
		}
	}
	if in.Place == nil {
		return nil
	}
	return s.setPlace(ctx, project, *in.Place, by)
}

// firstPhases are the phase a work comes in and, if it stands still, that it does.
func (in Input) firstPhases(today day.Date) []PhaseRow {
	since := day.New(in.StartYear, 1, 1)
	if in.State == Completed {
		since = day.New(in.EndYear, 12, 31)
	}
	if !in.StateSince.IsZero() {
		since = in.StateSince
	}
	if since.After(today) {
		since = today
	}
	rows := []PhaseRow{{Phase: phaseOf(in.State), Act: Opened, EnteredOn: since}}
	if in.State != Preparing {
		rows[0].Reason = fromTheOldBooks
	}
	if in.State == Suspended {
		rows = append(rows, PhaseRow{Phase: rows[0].Phase, Act: Halted, EnteredOn: since, Reason: fromTheOldBooks})
	}
	return rows
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

// Update changes a work; version is the one the page showed. The total investment changes only by a decision, the state only by phases.
// A new name, group, field, investor, unit or ward needs the day from which it holds and a reason, and becomes a version; a unit may hand
// its work to another. Refuses: wrong fields, project.missing, changed_meanwhile (says who and when), a day before the version before it.
func (p Projects) Update(ctx context.Context, who actor.Actor, version int, in Input, today day.Date) error {
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
		if in.State != "" && in.State != old.State {
			return ErrStateByPhase
		}
		in.fill(old)
		if err := in.check(); err != nil {
			return err
		}
		if old.Version != version {
			return fault.ChangedBy(old.ChangedBy, old.ChangedAt)
		}
		if err := s.change(ctx, old, in, who.ID, today); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "project.update", ObjectKind: "project", ObjectCode: in.Code, Before: old, After: in, Reason: in.Reason})
	})
}

// change writes what differs: the row always, a version where one of its fields changes.
func (s store) change(ctx context.Context, old Project, in Input, by id.User, today day.Date) error {
	unit, err := s.unitByCode(ctx, in.Unit)
	if err != nil {
		return err
	}
	if in.Place != nil {
		if err := s.setPlace(ctx, old.ID, *in.Place, by); err != nil {
			return err
		}
	}
	if !old.differs(in) {
		return refuse(s.update(ctx, old.ID, in, unit, by))
	}
	before, err := s.lastVersion(ctx, old)
	if err != nil {
		return err
	}
	if err := in.checkVersion(before, today); err != nil {
		return err
	}
	if err := s.update(ctx, old.ID, in, unit, by); err != nil {
		return refuse(err)
	}
	if old.WardCodes != in.wards() { // wards that stay keep their identity, also where a merger has given their code to another
		if err := s.setWards(ctx, old.ID, in.WardCodes, in.ValidFrom); err != nil {
			return err
		}
	}
	return s.addVersion(ctx, old.ID, in.ValidFrom, in.Reason, by)
}

// AddDecision adds a decision; the one that holds sets the total investment (see newest). Refuses wrong fields, parts that do not add up,
// a decision told twice, one dated before what it stands on, and a total below the capital already assigned over the years (both figures).
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
		if err := s.decide(ctx, project, d, who.ID); err != nil {
			return refuse(err)
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "project.decide", ObjectKind: "project", ObjectCode: code, After: d})
	})
}

func (s store) decide(ctx context.Context, p Project, d Decision, by id.User) error {
	standing, err := s.decisions(ctx, p.ID)
	if err != nil {
		return err
	}
	if err := d.inOrder(standing); err != nil {
		return err
	}
	total := p.TotalInvestment
	if holds := newest(append(standing, d)); holds.Kind != "" {
		total = holds.TotalInvestment
	}
	if total < p.TotalInvestment {
		assigned, err := s.assigned(ctx, p.ID)
		if err != nil {
			return err
		}
		if total < assigned {
			return fault.InvalidField("total_investment", "project.below_assigned", total, assigned)
		}
	}
	return s.addDecision(ctx, p.ID, d, total, by)
}

// act is what phases change on the row they lock.
type phaseAct func(p Project, last PhaseRow, s store) (PhaseRow, State, error)

// OpenPhase opens the next phase of a work. Refuses another phase than the next, a suspended work, a day in the future or before the phase
// before it, and a condition of the gate that is missing on that day, by name.
func (p Projects) OpenPhase(ctx context.Context, who actor.Actor, code string, version int, next Phase, e Entry, today day.Date) error {
	return p.phase(ctx, who, code, version, "project.phase", func(w Project, last PhaseRow, s store) (PhaseRow, State, error) {
		have, err := s.have(ctx, w.ID)
		if err != nil {
			return PhaseRow{}, "", err
		}
		return PhaseRow{Phase: next, Act: Opened, EnteredOn: e.On, Reason: e.Reason, Document: e.Document}, next.State(), checkOpening(w, last, next, e, have, today)
	})
}

// Suspend stops a work. Refuses one that stands still or is finished, and a stop without a reason.
func (p Projects) Suspend(ctx context.Context, who actor.Actor, code string, version int, e Entry, today day.Date) error {
	return p.phase(ctx, who, code, version, "project.suspend", func(w Project, last PhaseRow, _ store) (PhaseRow, State, error) {
		return PhaseRow{Phase: w.Phase, Act: Halted, EnteredOn: e.On, Reason: e.Reason, Document: e.Document}, Suspended, checkHalt(w, last, e, today)
	})
}

// Resume lets a suspended work go on in the phase it stopped in. Refuses one that does not stand still, and going on without a reason.
func (p Projects) Resume(ctx context.Context, who actor.Actor, code string, version int, e Entry, today day.Date) error {
	return p.phase(ctx, who, code, version, "project.resume", func(w Project, last PhaseRow, _ store) (PhaseRow, State, error) {
		return PhaseRow{Phase: w.Phase, Act: ResumedIt, EnteredOn: e.On, Reason: e.Reason, Document: e.Document}, w.Phase.State(), checkResume(w, last, e, today)
	})
}

func (p Projects) phase(ctx context.Context, who actor.Actor, code string, version int, act string, decide phaseAct) error {
	scope, err := who.Require(Edit)
	if err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		work, err := s.find(ctx, scope, code, true)
		if err != nil {
			return err
		}
		if work.Version != version {
			return fault.ChangedBy(work.ChangedBy, work.ChangedAt)
		}
		last, err := s.lastPhase(ctx, work.ID)
		if err != nil {
			return err
		}
		row, state, err := decide(work, last, s)
		if err != nil {
			return err
		}
		if err := s.addPhase(ctx, work.ID, row, who.ID); err != nil {
			return refuse(err)
		}
		if err := s.setState(ctx, work.ID, state, who.ID); err != nil {
			return err
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: act, ObjectKind: "project", ObjectCode: code, Before: work.State, After: row, Reason: row.Reason})
	})
}
