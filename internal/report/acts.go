package report

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"matbang/internal/actor"
	"matbang/internal/audit"
	"matbang/internal/day"
	"matbang/internal/disbursement"
	"matbang/internal/fault"
	"matbang/internal/late"
	"matbang/internal/ledger"
	"matbang/internal/legal"
	"matbang/internal/schedule"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// Refusals of this room.
var (
	ErrFuture        = fault.Conflicting("report.future")
	ErrIssuedAlready = fault.Conflicting("report.issued_already")
	ErrNumberNeeded  = fault.InvalidField("number", "required")
	ErrNumberTaken   = fault.InvalidField("number", "report.number_taken")
	ErrWaiting       = fault.Conflicting("report.entries_waiting")
	ErrOutOfOrder    = fault.Conflicting("report.month_before_open")
)

// Reports is the room.
type Reports struct {
	DB            tx.DB
	Log           audit.Log
	Ledger        ledger.Ledger
	Rules         legal.Rules
	Disbursements disbursement.Disbursements
	Schedules     schedule.Schedules
	Late          late.Late
	Sample        bool
}

// Monthly reads the report of a month: the issued document as it was, with what changed since, or a draft out of today's data.
func (r Reports) Monthly(ctx context.Context, who actor.Actor, month day.Month) (Monthly, error) {
	if _, err := who.Require(Read); err != nil {
		return Monthly{}, err
	}
	var report Monthly
	err := r.DB.Snapshot(ctx, func(ctx context.Context) error {
		issue, found, err := store{r.DB.Read(ctx)}.issue(ctx, month)
		if err != nil {
			return err
		}
		if found {
			report, err = issue.document()
			return err
		}
		report, err = r.draft(ctx, month, time.Time{})
		return err
	})
	return report, err
}

// draft builds a month out of the working data, with the figures of earlier issued months that would be others today.
func (r Reports) draft(ctx context.Context, month day.Month, known time.Time) (Monthly, error) {
	report, err := r.builder(ctx, month, known).build(ctx)
	if err != nil {
		return report, err
	}
	report.Sample = r.Sample
	report.Changes, err = r.changes(ctx, month)
	return report, err
}

func (r Reports) builder(ctx context.Context, month day.Month, known time.Time) *builder {
	return &builder{q: r.DB.Read(ctx), book: r.Ledger, rules: r.Rules, month: month, known: known, schedules: r.Schedules, control: r.control, owed: r.Late.StillOwed}
}

// control asks for every advance that is not settled; a report is about all works.
func (r Reports) control(ctx context.Context, on day.Date) ([]disbursement.OpenAdvance, error) {
	reader := actor.Actor{Grants: map[actor.Permission]actor.Reach{disbursement.Read: actor.All}}
	return r.Disbursements.Control(ctx, reader, "", on)
}

// changes compares each month issued in the twelve before with what the data says of it today: what is dated in December and learned in
// January has no other report to stand in.
func (r Reports) changes(ctx context.Context, month day.Month) ([]Change, error) {
	issues, err := store{r.DB.Read(ctx)}.issuesBefore(ctx, month)
	if err != nil {
		return nil, err
	}
	changes := []Change{}
	for _, issue := range issues {
		then, err := issue.document()
		if err != nil {
			return nil, err
		}
		now, err := r.Ledger.Bridge(ctx, ledger.Limits{AsOf: then.AsOf})
		if err != nil {
			return nil, err
		}
		changes = append(changes, compare(then.Month, then.Compensation.Bridge, now)...)
		corrected, err := store{r.DB.Read(ctx)}.corrected(ctx, then.Month, month)
		if err != nil {
			return nil, err
		}
		changes = append(changes, correct(then, corrected)...)
	}
	return changes, nil
}

func compare(month day.Month, then, now ledger.Bridge) []Change {
	var changes []Change
	for _, figure := range []struct {
		name      string
		then, now vnd.Amount
	}{{"approved_vnd", then.Approved, now.Approved}, {"paid_vnd", then.Paid, now.Paid}, {"deposited_vnd", then.Deposited, now.Deposited},
		{"returned_vnd", then.Returned, now.Returned}, {"ordered_vnd", then.Ordered, now.Ordered}} {
		if figure.then != figure.now {
			changes = append(changes, Change{month, figure.name, figure.then, figure.now})
		}
	}
	return changes
}

// correct says what the figures of an issued month are after the corrections that later months took in.
func correct(then Monthly, corrected map[string]vnd.Amount) []Change {
	var changes []Change
	for _, figure := range []struct {
		name   string
		issued vnd.Amount
	}{{"executed", then.Capital.Executed}, {"disbursed", then.Capital.Disbursed}, {"disbursed_treasury", then.Capital.DisbursedTreasury}} {
		if by := corrected[figure.name]; by != 0 {
			changes = append(changes, Change{then.Month, figure.name + "_vnd", figure.issued, figure.issued + by})
		}
	}
	return changes
}

// Issue freezes the report of a month under a number. Writers wait for the moment it takes, so that what is known at that moment is
// exactly what the report says. Refuses: a month not over yet or issued already, an earlier month of the year still open, entries
// waiting for acceptance, a work whose bridge does not close. Whether the book of the month is closed the report says; it need not be.
func (r Reports) Issue(ctx context.Context, who actor.Actor, month day.Month, number string, today day.Date) (Monthly, error) {
	if _, err := who.Require(Issue); err != nil {
		return Monthly{}, err
	}
	if strings.TrimSpace(number) == "" {
		return Monthly{}, ErrNumberNeeded
	}
	if today.Before(month.Last()) {
		return Monthly{}, ErrFuture
	}
	var report Monthly
	err := r.DB.Run(ctx, func(ctx context.Context) error {
		s := store{r.DB.Write(ctx)}
		cutoff, err := s.holdWriters(ctx)
		if err != nil {
			return err
		}
		if err := s.mayIssue(ctx, month); err != nil {
			return err
		}
		if report, err = r.draft(ctx, month, cutoff); err != nil {
			return err
		}
		if err := r.bridgesClose(ctx, report.AsOf, cutoff); err != nil {
			return err
		}
		report.Status, report.Number = Issued, strings.TrimSpace(number)
		if err := s.keep(ctx, &report, today, cutoff, who.ID); err != nil {
			return refuse(err)
		}
		return r.Log.Write(ctx, audit.Event{Actor: who, Act: "report.issue", ObjectKind: "report", ObjectCode: month.String(),
			After: map[string]any{"number": report.Number, "sha256": report.SHA256}})
	})
	return report, err
}

func refuse(err error) error {
	var v *tx.Violation
	if !errors.As(err, &v) {
		return err
	}
	switch v.Constraint {
	case "report_issue_once":
		return ErrIssuedAlready
	case "report_issue_number_once":
		return ErrNumberTaken
	default:
		return err
	}
}

type store struct{ q tx.Querier }

type issueRow struct {
	Month    day.Month `db:"month"`
	Number   string    `db:"number"`
	IssuedOn day.Date  `db:"issued_on"`
	Document string    `db:"document"`
	SHA256   string    `db:"sha256"`
	Cutoff   time.Time `db:"cutoff"`
	IssuedBy string    `db:"issued_by_name"`
	IssuedAt time.Time `db:"issued_at"`
}

func (i issueRow) document() (Monthly, error) {
	var m Monthly
	if err := json.Unmarshal([]byte(i.Document), &m); err != nil {
		return m, fmt.Errorf("issued report of %s: %w", i.Month, err)
	}
	m.SHA256 = i.SHA256
	return m, nil
}

const issueSelect = `SELECT r.month, r.number, r.issued_on, r.document, r.sha256, r.cutoff, u.full_name AS issued_by_name, r.issued_at
	FROM report_issue r JOIN app_user u ON u.id = r.issued_by WHERE r.kind = 'monthly'`

func (s store) issue(ctx context.Context, month day.Month) (issueRow, bool, error) {
	var row issueRow
	err := s.q.GetContext(ctx, &row, issueSelect+` AND r.month = $1`, month)
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	return row, err == nil, err
}

func (s store) issuesBefore(ctx context.Context, month day.Month) ([]issueRow, error) {
	rows := []issueRow{}
	err := s.q.SelectContext(ctx, &rows, issueSelect+` AND r.month < $1 AND r.month >= $2 ORDER BY r.month LIMIT 12`, month, month.Add(-12))
	return rows, err
}

// holdWriters waits for every act under way and holds back new ones; what they record later bears a later moment than the cutoff.
func (s store) holdWriters(ctx context.Context) (time.Time, error) {
	if _, err := s.q.ExecContext(ctx, `LOCK TABLE capital_line, progress_entry, progress_adjustment, obstacle, land_case, case_step, journal, posting, ledger_period, disbursement_voucher, indicator_value, violation IN SHARE MODE`); err != nil {
		return time.Time{}, err
	}
	var cutoff time.Time
	err := s.q.GetContext(ctx, &cutoff, `SELECT clock_timestamp()`)
	return cutoff, err
}

func (s store) mayIssue(ctx context.Context, month day.Month) error {
	var found struct {
		Issued  bool `db:"issued"`
		Waiting bool `db:"waiting"`
		Gap     bool `db:"gap"`
	}
	if err := s.q.GetContext(ctx, &found,
		`SELECT EXISTS (SELECT 1 FROM report_issue WHERE kind = 'monthly' AND month = $1) AS issued,
		   EXISTS (SELECT 1 FROM progress_entry WHERE month = $1 AND state = 'submitted') AS waiting,
		   EXISTS (SELECT 1 FROM report_issue WHERE kind = 'monthly' AND month < $1)
		     AND NOT EXISTS (SELECT 1 FROM report_issue WHERE kind = 'monthly' AND month = ($1::date - interval '1 month')::date) AS gap`, month); err != nil {
		return err
	}
	switch {
	case found.Issued:
		return ErrIssuedAlready
	case found.Waiting:
		return ErrWaiting
	case found.Gap:
		return ErrOutOfOrder
	default:
		return nil
	}
}

// keep writes the document without its own hash, and the hash of exactly that text.
func (s store) keep(ctx context.Context, m *Monthly, today day.Date, cutoff time.Time, by any) error {
	m.SHA256 = ""
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	m.SHA256 = hashOf(string(text))
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO report_issue (kind, month, number, issued_on, document, sha256, cutoff, issued_by) VALUES ('monthly',$1,$2,$3,$4,$5,$6,$7)`,
		m.Month, m.Number, today, string(text), m.SHA256, cutoff, by)
	return err
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
