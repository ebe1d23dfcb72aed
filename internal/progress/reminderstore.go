package progress

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
)

// remindersKey names the lock under which reminders are sent; any number that no other room locks.
const remindersKey = 0x52454d494e44

func (s store) lockReminders(ctx context.Context) error {
	_, err := s.q.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(remindersKey))
	return err
}

// wanted tells whether a month's entries are still waited for: its report is not issued, and it is the running month or one since the first
// that anybody entered.
func (s store) wanted(ctx context.Context, month day.Month, today day.Date) (bool, error) {
	wanted := false
	err := s.q.GetContext(ctx, &wanted,
		`SELECT NOT EXISTS (SELECT 1 FROM report_issue i WHERE i.kind = 'monthly' AND i.month = $1::date)
		   AND ($1::date >= date_trunc('month', $2::date) OR EXISTS (SELECT 1 FROM progress_entry e WHERE e.month <= $1::date))`, month, today)
	return wanted, err
}

// lastReminders is the day of each person's newest reminder of the month that came by itself.
func (s store) lastReminders(ctx context.Context, month day.Month) (map[id.User]day.Date, error) {
	var rows []struct {
		User id.User  `db:"user_id"`
		Last day.Date `db:"last"`
	}
	err := s.q.SelectContext(ctx, &rows, `SELECT user_id, max(sent_on) AS last FROM reminder WHERE month = $1 AND NOT by_hand GROUP BY user_id`, month)
	last := make(map[id.User]day.Date, len(rows))
	for _, r := range rows {
		last[r.User] = r.Last
	}
	return last, err
}

// send writes reminders; a person who got one of the same kind of sender today gets no second one. It tells how many were written.
func (s store) send(ctx context.Context, month day.Month, today day.Date, notes []note, by id.User) (int, error) {
	res, err := s.q.ExecContext(ctx,
		`INSERT INTO reminder (month, user_id, unit_id, sent_on, kind, works, words, sent_by)
		 SELECT $1::date, r.user_id, NULLIF(r.unit_id, 0), $2::date, r.kind, r.works, r.words, NULLIF($4::bigint, 0)
		 FROM jsonb_to_recordset($3::jsonb) AS r(user_id bigint, unit_id bigint, kind text, works int, words text) ORDER BY r.user_id
		 ON CONFLICT (month, user_id, sent_on, by_hand) DO NOTHING`, month, today, jsonOf(notes), by)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

const reminderColumns = `r.id, r.month, r.sent_on, r.kind, r.works, r.words, COALESCE(b.full_name, '') AS sent_by, t.full_name AS sent_to, r.sent_at, r.seen_at,
	COALESCE(u.code, '') AS unit`

const reminderFrom = ` FROM reminder r JOIN app_user t ON t.id = r.user_id LEFT JOIN app_user b ON b.id = r.sent_by LEFT JOIN unit u ON u.id = r.unit_id`

// unseen reads a person's open notes: of those that came by themselves only the newest of each month, of those by hand all.
func (s store) unseen(ctx context.Context, user id.User) ([]Reminder, error) {
	rows := []Reminder{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT `+reminderColumns+reminderFrom+` WHERE r.user_id = $1 AND r.seen_at IS NULL
		   AND (r.by_hand OR NOT EXISTS (SELECT 1 FROM reminder x WHERE x.user_id = r.user_id AND x.month = r.month AND NOT x.by_hand AND x.sent_on > r.sent_on))
		 ORDER BY r.sent_on DESC, r.id DESC LIMIT 20`, user)
	return rows, err
}

// see puts a note away, and with it the older ones of the same month and kind of sender, which it stands for.
func (s store) see(ctx context.Context, user id.User, reminder int64) error {
	var ids []int64
	if err := s.q.SelectContext(ctx, &ids,
		`UPDATE reminder r SET seen_at = COALESCE(r.seen_at, clock_timestamp()) FROM reminder this
		 WHERE this.id = $2 AND this.user_id = $1 AND r.user_id = $1 AND (r.id = this.id OR r.seen_at IS NULL AND r.month = this.month AND NOT r.by_hand AND NOT this.by_hand AND r.sent_on < this.sent_on)
		 RETURNING r.id`, user, reminder); err != nil {
		return err
	}
	if len(ids) == 0 {
		return ErrReminderMissing
	}
	return nil
}

// remindersOf counts the reminders of a month by unit: the days on which its people were reminded.
func (s store) remindersOf(ctx context.Context, month day.Month) (map[id.Unit]Reminders, error) {
	var rows []struct {
		Unit id.Unit `db:"unit_id"`
		Reminders
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT unit_id, count(DISTINCT (sent_on, by_hand)) AS count, max(sent_on) AS last FROM reminder WHERE month = $1 AND unit_id IS NOT NULL GROUP BY unit_id`, month)
	counts := make(map[id.Unit]Reminders, len(rows))
	for _, r := range rows {
		counts[r.Unit] = r.Reminders
	}
	return counts, err
}

func (s store) reminders(ctx context.Context, scope actor.Scope, month day.Month) ([]Reminder, error) {
	rows := []Reminder{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT `+reminderColumns+reminderFrom+` WHERE r.month = $4 AND ($1 = 0 OR r.unit_id = $1) AND ($2::bigint + $3::bigint = 0 OR r.user_id = $5)
		 ORDER BY r.sent_on DESC, r.id DESC LIMIT 500`, scope.Unit, scope.Ward, scope.Member, month, scope.Member)
	return rows, err
}
