package payout

import (
	"context"
	"database/sql"
	"errors"

	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/vnd"
)

func (s store) touchDeposit(ctx context.Context, deposit int64, by id.User) error {
	_, err := s.q.ExecContext(ctx, `UPDATE deposit SET changed_by = $2, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, deposit, by)
	return err
}

// standingInterest are interests n that no reversal has taken back.
const standingInterest = ` NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = n.journal_id)`

func (s store) interestUpTo(ctx context.Context, deposit int64) (upTo day.Date, err error) {
	err = s.q.GetContext(ctx, &upTo, `SELECT max(n.to_day) FROM deposit_interest n WHERE n.deposit_id = $1 AND`+standingInterest, deposit)
	return upTo, err
}

func (s store) keepInterest(ctx context.Context, deposit int64, in Interest, journal id.Journal, by id.User) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO deposit_interest (deposit_id, from_day, to_day, amount, advice_ref, advice_day, journal_id, made_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, deposit, in.From, in.To, in.Amount, in.AdviceRef, in.AdviceDay, journal, by)
	return err
}

func (s store) interests(ctx context.Context, deposit int64) ([]InterestRow, error) {
	rows := []InterestRow{}
	err := s.q.SelectContext(ctx, &rows, `SELECT n.id, n.from_day, n.to_day, n.amount, n.advice_ref, n.advice_day, n.journal_id, n.recorded_at, u.full_name AS made_by_name,
		NOT `+standingInterest+` AS taken_back FROM deposit_interest n JOIN app_user u ON u.id = n.made_by WHERE n.deposit_id = $1 ORDER BY n.id LIMIT 500`, deposit)
	return rows, err
}

const releaseColumns = `SELECT x.id, x.state, x.amount, x.applicant, x.paper_no, x.paper_day, x.condition, x.decision_name, x.decision_no, x.decision_day, x.origin, x.made_by,
	u.full_name AS made_by_name, x.made_at, COALESCE(x.decided_by, 0) AS decided_by, COALESCE(v.full_name, '') AS decided_by_name, x.decided_at, x.refusal, x.interest,
	COALESCE(x.interest_journal, 0) AS interest_journal, COALESCE(r.day, x.handed_on) AS handed_on,
	COALESCE(r.evidence_kind, x.evidence_kind, '') AS evidence_kind, COALESCE(r.evidence_ref, x.evidence_ref, '') AS evidence_ref
	FROM deposit_release x JOIN app_user u ON u.id = x.made_by LEFT JOIN app_user v ON v.id = x.decided_by LEFT JOIN payment_result r ON r.id = x.result_id`

func (s store) releases(ctx context.Context, deposit int64) ([]ReleaseRow, error) {
	rows := []ReleaseRow{}
	err := s.q.SelectContext(ctx, &rows, releaseColumns+` WHERE x.deposit_id = $1 ORDER BY x.id LIMIT 500`, deposit)
	return rows, err
}

func (s store) liveRelease(ctx context.Context, deposit int64, state string) (ReleaseRow, error) {
	var r ReleaseRow
	err := s.q.GetContext(ctx, &r, releaseColumns+` WHERE x.deposit_id = $1 AND x.state = $2`, deposit, state)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNoRelease
	}
	return r, err
}

func (s store) askRelease(ctx context.Context, deposit int64, a Application, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO deposit_release (deposit_id, state, amount, applicant, paper_no, paper_day, condition, decision_name, decision_no, decision_day, made_by)
		 VALUES ($1, 'waiting', $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		deposit, a.Amount, a.Applicant, a.PaperNo, a.PaperDay, a.Condition, a.DecisionName, a.DecisionNo, a.DecisionDay, by)
	return err
}

func (s store) decideRelease(ctx context.Context, release int64, state, refusal string, by id.User) error {
	_, err := s.q.ExecContext(ctx, `UPDATE deposit_release SET state = $2, refusal = $3, decided_by = $4, decided_at = clock_timestamp() WHERE id = $1 AND state = 'waiting'`,
		release, state, refusal, by)
	return err
}

// handOver ties a release to the result that the act has just written of its locked payment.
func (s store) handOver(ctx context.Context, release int64, payment id.Payment, interest vnd.Amount, journal id.Journal) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE deposit_release SET state = 'handed_over', interest = $3, interest_journal = NULLIF($4::bigint, 0),
		   result_id = (SELECT max(id) FROM payment_result WHERE payment_id = $2 AND kind = 'deposit_released') WHERE id = $1 AND state = 'approved'`,
		release, payment, interest, journal)
	return err
}

// handOverInterest ends a release of interest alone; it says itself what else the result of a payment says.
func (s store) handOverInterest(ctx context.Context, release int64, told Result, interest vnd.Amount, journal id.Journal, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE deposit_release SET state = 'handed_over', interest = $2, interest_journal = $3, handed_on = $4, evidence_kind = $5, evidence_ref = $6, handed_by = $7
		 WHERE id = $1 AND state = 'approved'`, release, interest, journal, told.Day, told.EvidenceKind, told.EvidenceRef, by)
	return err
}

func (s store) interestReleaseTakenBack(ctx context.Context, release int64) error {
	_, err := s.q.ExecContext(ctx, `UPDATE deposit_release SET state = 'taken_back' WHERE id = $1 AND state = 'handed_over'`, release)
	return err
}

// approvedOf is the deposit of a payment whose release waits to be handed over.
func (s store) approvedOf(ctx context.Context, payment string) (code string, err error) {
	err = s.q.GetContext(ctx, &code, `SELECT d.code FROM deposit d JOIN payment p ON p.id = d.payment_id JOIN deposit_release x ON x.deposit_id = d.id
		WHERE p.code = $1 AND x.state = 'approved' ORDER BY d.id LIMIT 1`, payment)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNoRelease
	}
	return code, err
}

// depositFree refuses to undo a deposit that has interest or a release under way.
func (s store) depositFree(ctx context.Context, result int64) error {
	var busy bool
	err := s.q.GetContext(ctx, &busy, `SELECT EXISTS (SELECT 1 FROM deposit d WHERE d.result_id = $1 AND (
		EXISTS (SELECT 1 FROM deposit_interest n WHERE n.deposit_id = d.id AND`+standingInterest+`)
		OR EXISTS (SELECT 1 FROM deposit_release x WHERE x.deposit_id = d.id AND x.state IN ('waiting', 'approved', 'handed_over'))))`, result)
	if err == nil && busy {
		return ErrDepositBusy
	}
	return err
}

func (s store) releaseTakenBack(ctx context.Context, result int64) (code string, journal id.Journal, err error) {
	var row struct {
		Code    string     `db:"code"`
		Journal id.Journal `db:"journal"`
	}
	err = s.q.GetContext(ctx, &row, `UPDATE deposit_release x SET state = 'taken_back' FROM deposit d WHERE d.id = x.deposit_id AND x.result_id = $1
		RETURNING d.code, COALESCE(x.interest_journal, 0) AS journal`, result)
	return row.Code, row.Journal, err
}
