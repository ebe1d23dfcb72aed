package progress

import (
	"context"
	"slices"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
)

// NotReported is a work that owes the month an entry and has none accepted: nothing entered, a draft, one that came back, or one that waits to be
// accepted. Person is who entered last for the work, in this month or before; empty when nobody ever did.
type NotReported struct {
	Code     string  `db:"code" json:"code"`
	Name     string  `db:"name" json:"name"`
	Unit     string  `db:"unit" json:"unit"` // its code
	UnitName string  `db:"unit_name" json:"unit_name"`
	UnitID   id.Unit `db:"unit_id" json:"-"`
	State    string  `db:"state" json:"state"` // missing, draft, returned, submitted
	Person   string  `db:"person" json:"person"`
}

// HandedIn tells whether the work waits for its acceptance only: its unit has nothing more to do.
func (n NotReported) HandedIn() bool { return n.State == string(Submitted) }

// MissingUnit is what one unit has not reported, with the reminders that its people got.
type MissingUnit struct {
	Unit, Name string
	Works      []NotReported
	ToEnter    int // of Works: not handed in
	Reminders  Reminders
}

// Reminders is how often people were reminded, and when last.
type Reminders struct {
	Count int      `db:"count" json:"count"`
	Last  day.Date `db:"last" json:"last"`
}

// Missing is who has not reported a month: by unit, in the order of their names.
type Missing struct {
	Month    day.Month
	Due      day.Date // zero when the house has no such rule
	DaysLate int      // so far; 0 before the due day
	Issued   bool     // the month's report went out without them
	ToEnter  int
	Waiting  int // handed in, not accepted
	Units    []MissingUnit
}

// EntryDue is the day by which a month's entry is handed in; a rest day moves it to the next working day. Zero without such a rule.
func (p Progress) EntryDue(ctx context.Context, month day.Month) (day.Date, error) {
	limits, err := p.Limits(ctx, month)
	return limits.Due(month), err
}

// NotReported tells who in the scope has not reported a month. Of an issued month it tells who had not when it was issued.
func (p Progress) NotReported(ctx context.Context, who actor.Actor, month day.Month, today day.Date) (Missing, error) {
	m := Missing{Month: month}
	scope, err := who.Require(Read)
	if err != nil {
		return m, err
	}
	if m.Due, err = p.EntryDue(ctx, month); err != nil {
		return m, err
	}
	if !m.Due.IsZero() {
		m.DaysLate = max(0, today.Sub(m.Due))
	}
	s := store{p.DB.Read(ctx)}
	if m.Issued, err = s.issued(ctx, month); err != nil {
		return m, err
	}
	works, err := s.notReported(ctx, scope, month)
	if err != nil {
		return m, err
	}
	reminders, err := s.remindersOf(ctx, month)
	m.group(works, reminders)
	return m, err
}

// group puts works, which come in the order of their units, under their units.
func (m *Missing) group(works []NotReported, reminders map[id.Unit]Reminders) {
	for _, w := range works {
		if n := len(m.Units); n == 0 || m.Units[n-1].Unit != w.Unit {
			m.Units = append(m.Units, MissingUnit{Unit: w.Unit, Name: w.UnitName, Reminders: reminders[w.UnitID]})
		}
		u := &m.Units[len(m.Units)-1]
		u.Works = append(u.Works, w)
		if w.HandedIn() {
			m.Waiting++
		} else {
			m.ToEnter++
			u.ToEnter++
		}
	}
}

// of picks one unit out of what is missing.
func (m Missing) of(unit string) (MissingUnit, bool) {
	i := slices.IndexFunc(m.Units, func(u MissingUnit) bool { return u.Unit == unit })
	if i < 0 {
		return MissingUnit{}, false
	}
	return m.Units[i], true
}

func (s store) issued(ctx context.Context, month day.Month) (bool, error) {
	issued := false
	err := s.q.GetContext(ctx, &issued, `SELECT EXISTS (SELECT 1 FROM report_issue i WHERE i.kind = 'monthly' AND i.month = $1)`, month)
	return issued, err
}

// notReported reads the works without an accepted entry of the month $4; once the month is issued, its roll tells them for good.
func (s store) notReported(ctx context.Context, scope actor.Scope, month day.Month) ([]NotReported, error) {
	rows := []NotReported{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.code, p.name, u.id AS unit_id, u.code AS unit, u.name AS unit_name, COALESCE(e.state, 'missing') AS state, COALESCE(w.full_name, '') AS person
		 FROM project p JOIN unit u ON u.id = p.unit_id LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = $4::date
		 LEFT JOIN LATERAL (SELECT x.changed_by FROM progress_entry x WHERE x.project_id = p.id AND x.month <= $4::date ORDER BY x.month DESC LIMIT 1) l ON true
		 LEFT JOIN app_user w ON w.id = l.changed_by
		 WHERE`+inScope+` AND`+reportable+` AND COALESCE(e.state, 'missing') <> 'accepted'
		   AND (NOT EXISTS (SELECT 1 FROM report_issue i WHERE i.kind = 'monthly' AND i.month = $4::date)
		     OR p.id IN (SELECT r.project_id FROM progress_roll r WHERE r.month = $4::date AND NOT r.reported))
		 ORDER BY u.name COLLATE "vi-VN-x-icu", u.id, p.code LIMIT 50000`, scope.Unit, scope.Ward, scope.Member, month)
	return rows, err
}

// missingByUnit counts the works of each unit that are missing from the month: toEnter not handed in, all not accepted.
func (s store) missingByUnit(ctx context.Context, month day.Month) ([]unitMissing, error) {
	rows := []unitMissing{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.unit_id, count(*) FILTER (WHERE COALESCE(e.state, 'missing') <> 'submitted') AS to_enter, count(*) AS works
		 FROM project p LEFT JOIN progress_entry e ON e.project_id = p.id AND e.month = $4::date
		 WHERE`+inScope+` AND`+reportable+` AND COALESCE(e.state, 'missing') <> 'accepted' GROUP BY p.unit_id`, 0, 0, 0, month)
	return rows, err
}

type unitMissing struct {
	Unit    id.Unit `db:"unit_id"`
	ToEnter int     `db:"to_enter"`
	Works   int     `db:"works"`
}
