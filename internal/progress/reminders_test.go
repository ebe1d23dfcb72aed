package progress_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/legal"
	"matbang/internal/progress"
)

// reminding is the office with its house rules (due on the 25th, reminded three days before and every two days after) and its people.
func reminding(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	o.exec(`INSERT INTO rule_set (code, subject, name, valid_from, basis) VALUES ('NOI-BO', 'office', 'Nội bộ', '2020-01-01', 'x')`)
	for key, value := range map[string]int{legal.EntryDueDay: 25, legal.ReminderBeforeDays: 3, legal.ReminderEveryDays: 2} {
		o.exec(`INSERT INTO legal_rule (rule_set, key, value, unit, valid_from, basis) VALUES ('NOI-BO', $1, $2, 'x', '2020-01-01', 'x')`, key, value)
	}
	o.room.Rules = legal.Rules{DB: o.db}
	o.room.Staff = func(context.Context) ([]progress.Person, error) {
		return []progress.Person{{User: o.lan.ID, Unit: 1}, {User: o.hoa.ID, Unit: 1}, {User: o.other.ID, Unit: 2}, {User: o.head.ID, Accepts: true}}, nil
	}
	return o
}

func (o *office) remind(on string) int {
	o.t.Helper()
	n, err := o.room.Remind(o.t.Context(), day.Must(on))
	o.must(err)
	return n
}

func (o *office) notes(who actor.Actor) []progress.Reminder {
	o.t.Helper()
	notes, err := o.room.MyReminders(o.t.Context(), who)
	o.must(err)
	return notes
}

func TestADueDayOnARestDayMoves(t *testing.T) {
	o := reminding(t)
	for month, want := range map[string]string{"2023-12": "25/12/2023", "2023-11": "27/11/2023", "2023-06": "26/06/2023"} {
		due, err := o.room.EntryDue(t.Context(), day.MustMonth(month))
		if err != nil || due.VN() != want {
			t.Errorf("%s is due %s, want %s, %v", month, due.VN(), want, err)
		}
	}
	o.exec(`INSERT INTO rest_day (day, name) VALUES ('2023-12-25', 'Nghỉ')`)
	if due, err := o.room.EntryDue(t.Context(), o.december); err != nil || due.VN() != "26/12/2023" {
		t.Errorf("due %s %v", due.VN(), err)
	}
}

func TestRemindersGoOutInTheirRhythmToWhoeverStillOwes(t *testing.T) {
	o := reminding(t)
	for _, c := range []struct {
		on   string
		want int
	}{{"21/12/2023", 0}, {"22/12/2023", 3}, {"22/12/2023", 0}, {"23/12/2023", 0}, {"25/12/2023", 3}, {"26/12/2023", 1}, {"27/12/2023", 3}} {
		if got := o.remind(c.on); got != c.want {
			t.Errorf("%s: %d people, want %d", c.on, got, c.want)
		}
	}
	o.must(o.save(o.lan, o.december, row(o.workA, 0, 5, 5), row(o.workB, 0, 5, 5)))
	o.must(o.room.Submit(t.Context(), o.lan, o.december, progress.Picks(o.workA, o.workB), o.today))
	if got := o.remind("29/12/2023"); got != 2 {
		t.Errorf("whoever handed in is reminded: %d people", got)
	}
	if len(o.notes(o.lan)) != 0 || len(o.notes(o.other)) != 1 {
		t.Errorf("notes: %+v %+v", o.notes(o.lan), o.notes(o.other))
	}
	if notes := o.notes(o.head); len(notes) != 1 || notes[0].Works != 3 || notes[0].Kind != progress.RemindLate || notes[0].Due != day.Must("25/12/2023") {
		t.Errorf("the head: %+v", notes)
	}
	o.holds()
}

func TestTheMonthBeforeIsRemindedOfOnlyOnceAnybodyUsesTheProgram(t *testing.T) {
	o := reminding(t)
	if got := o.remind("05/12/2023"); got != 0 {
		t.Errorf("%d people are reminded of a month before the program was used", got)
	}
	o.must(o.save(o.lan, day.MustMonth("2023-10"), row(o.workA, 0, 5, 5)))
	if got := o.remind("05/12/2023"); got != 4 {
		t.Errorf("%d people are reminded of November", got)
	}
	o.exec(`INSERT INTO report_issue (kind, month, number, issued_on, document, sha256, cutoff, issued_by)
		VALUES ('monthly', '2023-11-01', '01/BC', '2023-12-06', '{}', repeat('0', 64), now(), 1)`)
	if got := o.remind("08/12/2023"); got != 0 || len(o.notes(o.lan)) != 0 {
		t.Errorf("%d people are reminded of an issued month", got)
	}
}

// Thirty servers at the same moment: every person gets one reminder.
func TestManyServersRemindOnce(t *testing.T) {
	o := reminding(t)
	var sent atomic.Int64
	var wait sync.WaitGroup
	for range 30 {
		wait.Go(func() {
			n, err := o.room.Remind(t.Context(), day.Must("25/12/2023"))
			if err != nil {
				t.Error(err)
			}
			sent.Add(int64(n))
		})
	}
	wait.Wait()
	rows, people := 0, 0
	o.must(o.db.Read(t.Context()).GetContext(t.Context(), &rows, `SELECT count(*) FROM reminder`))
	o.must(o.db.Read(t.Context()).GetContext(t.Context(), &people, `SELECT count(DISTINCT user_id) FROM reminder`))
	if sent.Load() != 3 || rows != 3 || people != 3 {
		t.Errorf("%d told as sent, %d rows for %d people", sent.Load(), rows, people)
	}
	log, err := o.room.Log.History(t.Context(), "progress", "2023-12", 50)
	if err != nil || len(log) != 1 {
		t.Errorf("%d events in the log, %v", len(log), err)
	}
	o.holds()
}

func TestAReminderByHand(t *testing.T) {
	o := reminding(t)
	ctx := t.Context()
	in := progress.ByHand{Month: o.december, Unit: "U1", Words: "Đề nghị gửi trước 16 giờ"}
	if _, err := o.room.RemindNow(ctx, o.lan, in, o.today); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a planner reminds: %v", err)
	}
	long := in
	long.Words = strings.Repeat("ơ", progress.MaxWords+1)
	if _, err := o.room.RemindNow(ctx, o.head, long, o.today); told(err)[0] != "words reminder.words_long" {
		t.Errorf("too long: %v", err)
	}
	o.remind("27/12/2023")
	n, err := o.room.RemindNow(ctx, o.head, in, day.Must("27/12/2023"))
	if err != nil || n != 2 {
		t.Fatalf("%d people, %v", n, err)
	}
	if _, err := o.room.RemindNow(ctx, o.head, in, day.Must("27/12/2023")); !errors.Is(err, progress.ErrRemindedToday) {
		t.Errorf("twice a day: %v", err)
	}
	notes := o.notes(o.lan)
	if len(notes) != 2 || notes[0].Words != in.Words || notes[0].SentBy != "Trưởng phòng" {
		t.Errorf("%+v", notes)
	}
	if err := o.room.SeeReminder(ctx, o.hoa, notes[0].ID); !errors.Is(err, progress.ErrReminderMissing) {
		t.Errorf("another person's note: %v", err)
	}
	for range 2 {
		o.must(o.room.SeeReminder(ctx, o.lan, notes[0].ID))
	}
	if rest := o.notes(o.lan); len(rest) != 1 || rest[0].ID != notes[1].ID {
		t.Errorf("after putting it away: %+v", rest)
	}
	m, err := o.room.NotReported(ctx, o.head, o.december, day.Must("27/12/2023"))
	if err != nil || len(m.Units) != 2 || m.DaysLate != 2 || m.ToEnter != 3 || m.Units[0].Reminders.Count != 2 {
		t.Errorf("%+v %v", m, err)
	}
	o.accepted(o.december, row(o.workA, 0, 5, 5), row(o.workB, 0, 5, 5))
	if _, err := o.room.RemindNow(ctx, o.head, in, o.today); !errors.Is(err, progress.ErrNothingMissing) {
		t.Errorf("nothing missing: %v", err)
	}
}

func TestWhoHasNotReported(t *testing.T) {
	o := reminding(t)
	ctx := t.Context()
	o.accepted(o.november, row(o.workA, 0, 5, 5))
	o.must(o.save(o.hoa, o.december, row(o.workB, 0, 5, 5)))
	m, err := o.room.NotReported(ctx, o.lan, o.december, o.today)
	if err != nil || len(m.Units) != 1 || len(m.Units[0].Works) != 2 || m.DaysLate != 3 || m.Due != day.Must("25/12/2023") {
		t.Fatalf("%+v %v", m, err)
	}
	a, b := m.Units[0].Works[0], m.Units[0].Works[1]
	if a.State != "missing" || a.Person != "Lan" || b.State != "draft" || b.Person != "Hoa" {
		t.Errorf("%+v %+v", a, b)
	}
	o.must(o.room.Submit(ctx, o.hoa, o.december, progress.Picks(o.workB), o.today))
	if m, err = o.room.NotReported(ctx, o.head, o.december, o.today); err != nil || len(m.Units) != 2 || m.Waiting != 1 || m.ToEnter != 2 {
		t.Errorf("%+v %v", m, err)
	}
	o.exec(`INSERT INTO report_issue (kind, month, number, issued_on, document, sha256, cutoff, issued_by)
		VALUES ('monthly', '2023-11-01', '01/BC', '2023-12-06', '{}', repeat('0', 64), now(), 1)`)
	if m, err = o.room.NotReported(ctx, o.head, o.november, o.today); err != nil || !m.Issued || len(m.Units) != 2 || m.ToEnter != 2 {
		t.Errorf("an issued month tells its roll: %+v %v", m, err)
	}
}
