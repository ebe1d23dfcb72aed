package progress

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/legal"
)

// ReminderKind is why somebody was reminded.
type ReminderKind string

// A reminder comes before the due day, on it, every so often after it, or from a person's own hand.
const (
	RemindBefore ReminderKind = "before"
	RemindDue    ReminderKind = "due"
	RemindLate   ReminderKind = "late"
	RemindByHand ReminderKind = "hand"
)

// MaxWords is the longest text of a reminder by hand, in letters.
const MaxWords = 500

// Person is somebody who may be reminded: of the works of Unit, or of all works when Unit is 0. Accepts is for the heads, who are told only when
// the month is late.
type Person struct {
	User    id.User
	Unit    id.Unit
	Accepts bool
}

// Reminder is a note to one person that entries of a month are missing.
type Reminder struct {
	ID     int64        `db:"id" json:"id"`
	Month  day.Month    `db:"month" json:"month"`
	SentOn day.Date     `db:"sent_on" json:"sent_on"`
	Kind   ReminderKind `db:"kind" json:"kind"`
	Works  int          `db:"works" json:"works"` // missing when it was sent
	Words  string       `db:"words" json:"words"` // of the sender; empty when it came by itself
	SentBy string       `db:"sent_by" json:"sent_by"`
	SentTo string       `db:"sent_to" json:"sent_to"`
	SentAt time.Time    `db:"sent_at" json:"sent_at"`
	SeenAt *time.Time   `db:"seen_at" json:"seen_at"`
	Unit   string       `db:"unit" json:"unit"` // code; empty for whoever is told of all units
	Due    day.Date     `db:"-" json:"-"`       // of the month; only in MyReminders
}

// rhythm is when reminders of a month are due.
type rhythm struct {
	due           day.Date
	before, every int // days
}

// now is the reminder that is due today for somebody whose last one of the month came on last (zero: never). A day on which no server ran is made
// up for on the next: the rhythm is counted from the last reminder, not from the calendar.
func (r rhythm) now(today, last day.Date) (ReminderKind, bool) {
	switch {
	case r.due.IsZero() || today.Before(r.due.Add(-r.before)):
		return "", false
	case today.Before(r.due):
		return RemindBefore, last.IsZero()
	case today == r.due:
		return RemindDue, last != today
	default:
		return RemindLate, last.IsZero() || today.Sub(last) >= max(r.every, 1)
	}
}

// Remind sends the reminders that are due on a day and tells how many: to those who may enter for a unit while works of it are not handed in, and,
// once the due day is past, to the heads while any is not accepted. It may be called as often as one likes, by any number of servers: a person gets
// one reminder a day and month. It looks at the month of the day and the one before, until its report is issued; of a month before anybody entered
// anything nobody is reminded.
func (p Progress) Remind(ctx context.Context, today day.Date) (int, error) {
	if p.Staff == nil {
		return 0, nil
	}
	sent := 0
	for _, month := range []day.Month{today.Month().Add(-1), today.Month()} {
		r, err := p.rhythm(ctx, month)
		if err != nil {
			return sent, err
		}
		if r.due.IsZero() || today.Before(r.due.Add(-r.before)) {
			continue
		}
		n, err := p.remind(ctx, month, r, today)
		if sent += n; err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (p Progress) rhythm(ctx context.Context, month day.Month) (rhythm, error) {
	due, err := p.EntryDue(ctx, month)
	if err != nil || due.IsZero() {
		return rhythm{}, err
	}
	rules, err := p.Rules.AllOn(ctx, legal.Office, month.Last())
	return rhythm{due, int(rules[legal.ReminderBeforeDays].Value), int(rules[legal.ReminderEveryDays].Value)}, err
}

// remind sends the reminders of one month. The lock makes a second server wait and then find them sent.
func (p Progress) remind(ctx context.Context, month day.Month, r rhythm, today day.Date) (sent int, err error) {
	people, err := p.Staff(ctx)
	if err != nil {
		return 0, err
	}
	err = p.DB.Run(ctx, func(ctx context.Context) error {
		s := store{p.DB.Write(ctx)}
		if err := s.lockReminders(ctx); err != nil {
			return err
		}
		wanted, err := s.wanted(ctx, month, today)
		if err != nil || !wanted {
			return err
		}
		missing, err := s.missingByUnit(ctx, month)
		if err != nil {
			return err
		}
		last, err := s.lastReminders(ctx, month)
		if err != nil {
			return err
		}
		notes := r.notes(people, missing, last, today)
		if len(notes) == 0 {
			return nil
		}
		if sent, err = s.send(ctx, month, today, notes, 0); err != nil {
			return err
		}
		clock := actor.Actor{Username: "nhac-viec", Name: "nhac-viec"}
		return p.Log.Write(ctx, audit.Event{Actor: clock, Act: "progress.remind", ObjectKind: "progress", ObjectCode: month.String(), After: map[string]int{"people": sent}})
	})
	return sent, err
}

// note is a reminder on its way to the database.
type note struct {
	User  id.User      `json:"user_id"`
	Unit  id.Unit      `json:"unit_id"`
	Kind  ReminderKind `json:"kind"`
	Works int          `json:"works"`
	Words string       `json:"words"`
}

// notes decides who is reminded today of what.
func (r rhythm) notes(people []Person, missing []unitMissing, last map[id.User]day.Date, today day.Date) []note {
	var notes []note
	for _, who := range people {
		kind, due := r.now(today, last[who.User])
		if !due || who.Accepts && kind != RemindLate {
			continue
		}
		works := 0
		for _, m := range missing {
			if who.Unit == 0 || who.Unit == m.Unit {
				works += m.concern(who.Accepts)
			}
		}
		if works > 0 {
			notes = append(notes, note{User: who.User, Unit: who.Unit, Kind: kind, Works: works})
		}
	}
	return notes
}

// concern is how many works a person is told of: whoever accepts hears also of those that wait for that.
func (m unitMissing) concern(accepts bool) int {
	if accepts {
		return m.Works
	}
	return m.ToEnter
}

// ByHand is a reminder that a head sends to those who may enter for a unit, with words of the head's own (at most MaxWords letters, or none).
type ByHand struct {
	Month day.Month `json:"month"`
	Unit  string    `json:"unit"`
	Words string    `json:"words"`
}

// RemindNow sends a reminder by hand and tells how many people got it. Refuses: reminder.nothing_missing, progress.month_issued, reminder.nobody,
// reminder.twice (one by hand a day and person), words that are too long.
func (p Progress) RemindNow(ctx context.Context, who actor.Actor, in ByHand, today day.Date) (sent int, err error) {
	if _, err := who.Require(Accept); err != nil {
		return 0, err
	}
	in.Words = strings.TrimSpace(in.Words)
	if n := utf8.RuneCountInString(in.Words); n > MaxWords {
		return 0, fault.InvalidField("words", "reminder.words_long", n, MaxWords)
	}
	err = p.DB.Run(ctx, func(ctx context.Context) error {
		if err := (store{p.DB.Write(ctx)}).lockReminders(ctx); err != nil {
			return err
		}
		notes, err := p.notesByHand(ctx, who, in, today)
		if err != nil {
			return err
		}
		if sent, err = (store{p.DB.Write(ctx)}).send(ctx, in.Month, today, notes, who.ID); err != nil {
			return err
		}
		if sent == 0 {
			return ErrRemindedToday
		}
		return p.Log.Write(ctx, audit.Event{Actor: who, Act: "progress.remind", ObjectKind: "progress", ObjectCode: in.Month.String(), After: in})
	})
	return sent, err
}

func (p Progress) notesByHand(ctx context.Context, who actor.Actor, in ByHand, today day.Date) ([]note, error) {
	m, err := p.NotReported(ctx, who, in.Month, today)
	if err != nil {
		return nil, err
	}
	if m.Issued {
		return nil, ErrIssued
	}
	unit, found := m.of(in.Unit)
	if !found || unit.ToEnter == 0 {
		return nil, ErrNothingMissing
	}
	people, err := p.staff(ctx)
	if err != nil {
		return nil, err
	}
	var notes []note
	for _, person := range people {
		if !person.Accepts && (person.Unit == 0 || person.Unit == unit.Works[0].UnitID) {
			notes = append(notes, note{User: person.User, Unit: unit.Works[0].UnitID, Kind: RemindByHand, Works: unit.ToEnter, Words: in.Words})
		}
	}
	if len(notes) == 0 {
		return nil, ErrNobodyEnters
	}
	return notes, nil
}

func (p Progress) staff(ctx context.Context) ([]Person, error) {
	if p.Staff == nil {
		return nil, nil
	}
	return p.Staff(ctx)
}

// MyReminders are the notes that a person has not put away, the newest of each month and kind of sender, while works are still missing for that person.
func (p Progress) MyReminders(ctx context.Context, who actor.Actor) ([]Reminder, error) {
	if !who.Can(Read) {
		return nil, nil
	}
	s := store{p.DB.Read(ctx)}
	rows, err := s.unseen(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	kept, now := rows[:0], map[day.Month]Reminder{}
	for _, r := range rows {
		if _, known := now[r.Month]; !known {
			if now[r.Month], err = p.asOfNow(ctx, who, r.Month); err != nil {
				return nil, err
			}
		}
		if r.Works, r.Due = now[r.Month].Works, now[r.Month].Due; r.Works > 0 {
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// asOfNow is what a reminder of a month would tell the person now.
func (p Progress) asOfNow(ctx context.Context, who actor.Actor, month day.Month) (r Reminder, err error) {
	if r.Works, err = p.stillMissing(ctx, who, month); err != nil {
		return r, err
	}
	r.Due, err = p.EntryDue(ctx, month)
	return r, err
}

// stillMissing is how many works of a month still concern the person, now.
func (p Progress) stillMissing(ctx context.Context, who actor.Actor, month day.Month) (int, error) {
	s := store{p.DB.Read(ctx)}
	if issued, err := s.issued(ctx, month); err != nil || issued {
		return 0, err
	}
	w, err := p.Waiting(ctx, who, month)
	if err != nil || !who.Can(Accept) {
		return w.Missing + w.Returned, err
	}
	scope, err := who.Require(Accept)
	if err != nil {
		return 0, err
	}
	c, err := s.counts(ctx, scope, month)
	return c.Works - c.Accepted, err
}

// SeeReminder puts a person's own note away. Refuses: reminder.missing. Doing it twice is no fault.
func (p Progress) SeeReminder(ctx context.Context, who actor.Actor, reminder int64) error {
	if _, err := who.Require(Read); err != nil {
		return err
	}
	return p.DB.Run(ctx, func(ctx context.Context) error {
		return store{p.DB.Write(ctx)}.see(ctx, who.ID, reminder)
	})
}

// SentReminders lists the reminders of a month to people of the scope, the newest first.
func (p Progress) SentReminders(ctx context.Context, who actor.Actor, month day.Month) ([]Reminder, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	return store{p.DB.Read(ctx)}.reminders(ctx, scope, month)
}
