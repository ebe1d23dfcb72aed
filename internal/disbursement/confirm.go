package disbursement

import (
	"context"
	"slices"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/vnd"
)

// Agreement is the figure the treasury confirms for one source and plan year of a work: all that was drawn until Through, in đồng.
type Agreement struct {
	Project  string     `json:"project"`
	Year     int        `json:"plan_year"`
	Source   string     `json:"source"`
	Through  day.Date   `json:"through"`
	Amount   vnd.Amount `json:"amount_vnd"`
	AgreedOn day.Date   `json:"agreed_on"`
	Number   string     `json:"number"` // of the paper both signed
	Note     string     `json:"note,omitempty"`
	Key      string     `json:"-"`
}

// Confirmation is an agreement as it is read, beside our own vouchers until the same day.
type Confirmation struct {
	ProjectCode string     `db:"project_code" json:"project"`
	Year        int        `db:"plan_year" json:"plan_year"`
	Source      string     `db:"source" json:"source"`
	SourceName  string     `db:"source_name" json:"source_name"`
	Through     day.Date   `db:"through" json:"through"`
	Amount      vnd.Amount `db:"amount" json:"amount_vnd"`
	Ours        vnd.Amount `db:"ours" json:"ours_vnd"`
	AgreedOn    day.Date   `db:"agreed_on" json:"agreed_on"`
	Number      string     `db:"number" json:"number"`
	Note        string     `db:"note" json:"note"`
	RecordedBy  string     `db:"recorded_by_name" json:"recorded_by"`
	RecordedAt  time.Time  `db:"recorded_at" json:"recorded_at"`
}

// Difference is ours less the treasury's.
func (c Confirmation) Difference() vnd.Amount { return c.Ours - c.Amount }

func (a Agreement) check(today day.Date) error {
	var w fault.Wrong
	w.Check(a.Year >= 2000 && a.Year <= 2100, "plan_year", "year_range")
	w.Check(a.Source != "", "source", "choose")
	w.Check(a.Amount <= vnd.Max, "amount", "money_range", a.Amount)
	w.Check(a.Amount >= 0, "amount", "amount_positive")
	w.Check(strings.TrimSpace(a.Number) != "", "number", "required")
	w.Check(!a.Through.IsZero(), "through", "required")
	w.Check(!a.Through.After(today), "through", "day_future")
	w.Check(a.Through.IsZero() || a.Through.Year() >= a.Year, "through", "disbursement.before_year", yearText(a.Year))
	w.Check(!a.AgreedOn.IsZero(), "agreed_on", "required")
	w.Check(!a.AgreedOn.After(today), "agreed_on", "day_future")
	w.Check(a.AgreedOn.IsZero() || !a.AgreedOn.Before(a.Through), "agreed_on", "disbursement.agreed_before", a.Through)
	return w.Err()
}

// ConfirmTreasury records what the treasury confirmed. The same key with the same content is recorded once. Refuses: wrong fields; a figure below
// an earlier agreement without a note; the same paper twice; a person who recorded a voucher of this work, year and source that no later agreement reaches.
func (d Disbursements) ConfirmTreasury(ctx context.Context, who actor.Actor, a Agreement, today day.Date) error {
	return d.confirm(ctx, who, []Agreement{a}, today, func(_ int, err error) error { return err })
}

// ConfirmMany records many agreements, all or none; a wrong field is named with its place, entries[2].amount.
func (d Disbursements) ConfirmMany(ctx context.Context, who actor.Actor, agreements []Agreement, today day.Date) error {
	return d.confirm(ctx, who, agreements, today, at)
}

func (d Disbursements) confirm(ctx context.Context, who actor.Actor, agreements []Agreement, today day.Date, told func(int, error) error) error {
	scope, err := who.Require(Confirm)
	if err != nil {
		return err
	}
	works := make([]Entry, 0, len(agreements))
	for i, a := range agreements {
		if err := a.check(today); err != nil {
			return told(i, err)
		}
		if len(a.Key) < 8 || len(a.Key) > 255 {
			return told(i, ErrKeyMissing)
		}
		works = append(works, Entry{Project: a.Project})
	}
	return refuse(d.DB.Run(ctx, func(ctx context.Context) error {
		s := store{d.DB.Write(ctx)}
		b := newBook(works)
		if _, err := s.lockWorks(ctx, scope, b); err != nil {
			return err
		}
		fresh, err := s.agreementsToWrite(ctx, who, agreements)
		if err != nil || len(fresh) == 0 {
			return err
		}
		if err := d.noFallWithoutNote(ctx, s, b, fresh, told); err != nil {
			return err
		}
		if err := s.addAgreements(ctx, b, fresh, who.ID); err != nil {
			return err
		}
		return d.noteAgreements(ctx, who, fresh)
	}))
}

// agreementsToWrite leaves out what the keys stand for already.
func (s store) agreementsToWrite(ctx context.Context, who actor.Actor, agreements []Agreement) ([]Agreement, error) {
	known, err := s.agreed(ctx, who.ID, agreements)
	if err != nil {
		return nil, err
	}
	var fresh []Agreement
	for _, a := range agreements {
		hash, found := known[a.Key]
		switch {
		case !found:
			known[a.Key] = hashOf(a)
			fresh = append(fresh, a)
		case hash != hashOf(a):
			return nil, ErrKeyReused
		}
	}
	return fresh, nil
}

// noFallWithoutNote wants a reason where the treasury confirms less than it did until an earlier day.
func (d Disbursements) noFallWithoutNote(ctx context.Context, s store, b *book, fresh []Agreement, told func(int, error) error) error {
	before, err := s.agreedBefore(ctx, b, fresh)
	if err != nil {
		return err
	}
	for i, a := range fresh {
		if earlier := before[i]; a.Amount < earlier && strings.TrimSpace(a.Note) == "" {
			return told(i, fault.InvalidField("note", "disbursement.fall_needs_note", a.Amount, earlier))
		}
	}
	return nil
}

func (d Disbursements) noteAgreements(ctx context.Context, who actor.Actor, fresh []Agreement) error {
	byWork := map[string][]Agreement{}
	var works []string
	for _, a := range fresh {
		if byWork[a.Project] == nil {
			works = append(works, a.Project)
		}
		byWork[a.Project] = append(byWork[a.Project], a)
	}
	slices.Sort(works)
	for _, work := range works {
		if err := d.Log.Write(ctx, audit.Event{Actor: who, Act: "disbursement.confirm", ObjectKind: "project", ObjectCode: work, After: byWork[work]}); err != nil {
			return err
		}
	}
	return nil
}

// Confirmations are the agreements of a work and plan year (0: every year), the newest first. Refuses: project.missing.
func (d Disbursements) Confirmations(ctx context.Context, who actor.Actor, code string, year int) ([]Confirmation, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	p, err := d.Projects.GetWithin(ctx, who, scope, code)
	if err != nil {
		return nil, err
	}
	return store{d.DB.Read(ctx)}.confirmations(ctx, p.ID, year)
}
