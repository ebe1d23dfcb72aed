package late

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

type store struct{ q tx.Querier }

// question is what is asked of the book: one work or case, or all, on a day, out of what was known at a moment (zero: all that is known now).
type question struct {
	project, caseCode string
	on                day.Date
	known             time.Time
	stillOwed         bool // leave out what was settled by the day, late or not
}

// knownAt is the parameter of "recorded by then"; NULL means no limit.
func (q question) knownAt() any {
	if q.known.IsZero() {
		return nil
	}
	return q.known
}

// inScope is the three conditions of a scope, as parameters $1 (unit of the work), $2 (ward of the case), $3 (member of the work).
const inScope = ` ($1 = 0 OR pr.unit_id = $1) AND ($2 = 0 OR c.ward_id = $2)
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = pr.id AND m.user_id = $3))`

// obligation is an award of an approved plan with the papers its clock may start from.
type obligation struct {
	AwardID   id.Award   `db:"award_id"`
	CaseID    id.Case    `db:"case_id"`
	CaseCode  string     `db:"case_code"`
	Holder    string     `db:"holder"`
	PlanCode  string     `db:"plan_code"`
	Project   string     `db:"project"`
	RuleSet   string     `db:"rule_set"`
	Net       vnd.Amount `db:"net"`
	Recovered day.Date   `db:"recovered"`
	Effective day.Date   `db:"effective"`
	Cause     Cause      `db:"cause"`
	Planned   vnd.Amount `db:"planned"`
}

// dueSQL are the awards that can be or have been late: those not settled in full, and those that took longer than the shortest time of any rule set;
// the clock never starts before the plan takes effect, so no other award ever is. Where only what is still owed is asked for ($8), what was settled by
// the day is left out. What was told after the moment asked for counts as not yet told. Of one case it is all awards.
const dueSQL = `
WITH shortest AS (SELECT min(value) AS days FROM legal_rule WHERE key = '` + legal.PaymentDays + `'),
due AS MATERIALIZED (
  SELECT x.id FROM land_case y JOIN award x ON x.case_id = y.id WHERE y.code = $5
  UNION SELECT o.award_id FROM award_owed o WHERE $5 = ''
  UNION SELECT s.award_id FROM award_settled s, shortest WHERE $5 = '' AND NOT $8 AND s.days > shortest.days
  UNION SELECT s.award_id FROM award_settled s WHERE $5 = '' AND $8 AND s.settled_on > $6::date
  UNION SELECT y.award_id FROM payment_result r JOIN payment y ON y.id = r.payment_id WHERE $5 = '' AND r.recorded_at > $7::timestamptz)`

// obligationsSQL: a holder who is known to be absent is the cause until an officer states another.
const obligationsSQL = dueSQL + `
SELECT a.id AS award_id, c.id AS case_id, c.code AS case_code, h.name AS holder, p.code AS plan_code, pr.code AS project, c.rule_set,
  a.total - a.deducted AS net, p.effective_on AS effective,
  (SELECT min(t.effective_on) FROM case_step t WHERE t.case_id = c.id AND t.kind = 'recovery_decision' AND t.withdrawn_at IS NULL
     AND ($7::timestamptz IS NULL OR t.recorded_at <= $7)) AS recovered,
  COALESCE((SELECT k.cause FROM late_cause k WHERE k.award_id = a.id AND ($7::timestamptz IS NULL OR k.recorded_at <= $7) ORDER BY k.id DESC LIMIT 1),
    CASE h.state WHEN 'absent' THEN 'absent' ELSE 'undetermined' END) AS cause,
  COALESCE((SELECT sum(l.amount) FROM late_plan_line l JOIN late_plan lp ON lp.id = l.plan_id AND lp.state <> 'cancelled' WHERE l.award_id = a.id), 0)::bigint AS planned
FROM (SELECT * FROM award WHERE id = ANY(ARRAY(SELECT id FROM due))) a JOIN plan p ON p.id = a.plan_id AND p.state = 'approved' JOIN land_case c ON c.id = a.case_id JOIN holder h ON h.id = c.holder_id
  JOIN project pr ON pr.id = a.project_id
WHERE` + inScope + ` AND ($4 = '' OR pr.code = $4) AND a.total > a.deducted AND p.effective_on < $6::date
  AND ($7::timestamptz IS NULL OR p.approved_at <= $7)
ORDER BY pr.code, c.code, p.code`

func (s store) obligations(ctx context.Context, scope actor.Scope, q question) ([]obligation, error) {
	rows := []obligation{}
	err := s.q.SelectContext(ctx, &rows, obligationsSQL, scope.Unit, scope.Ward, scope.Member, q.project, q.caseCode, q.on, q.knownAt(), q.stillOwed)
	return rows, err
}

// settled reads from the results when money of awards reached persons or was deposited, or came back from there. What was taken back never was.
func (s store) settled(ctx context.Context, obligations []obligation, q question) (map[id.Award][]settled, error) {
	awards := make([]int64, len(obligations))
	for i, o := range obligations {
		awards[i] = int64(o.AwardID)
	}
	rows := []settled{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT y.award_id, r.day, sum(CASE WHEN r.came_from IN ('paid', 'deposited') THEN -r.amount ELSE r.amount END)::bigint AS amount
		 FROM payment y JOIN payment_result r ON r.payment_id = y.id
		 WHERE y.award_id = ANY($1) AND (r.kind IN ('paid', 'deposited', 'deposit_released')) <> (r.came_from IN ('paid', 'deposited'))
		   AND r.day <= $2::date AND ($3::timestamptz IS NULL OR r.recorded_at <= $3)
		   AND NOT EXISTS (SELECT 1 FROM journal x WHERE x.reverses = r.journal_id AND ($3::timestamptz IS NULL OR x.recorded_at <= $3))
		 GROUP BY 1, 2 HAVING sum(CASE WHEN r.came_from IN ('paid', 'deposited') THEN -r.amount ELSE r.amount END) <> 0`, pq.Array(awards), q.on, q.knownAt())
	by := make(map[id.Award][]settled, len(rows))
	for _, r := range rows {
		by[r.AwardID] = append(by[r.AwardID], r)
	}
	return by, err
}

func (s store) award(ctx context.Context, scope actor.Scope, caseCode, planCode string) (id.Award, error) {
	var award id.Award
	err := s.q.GetContext(ctx, &award,
		`SELECT a.id FROM award a JOIN plan p ON p.id = a.plan_id AND p.state = 'approved' JOIN land_case c ON c.id = a.case_id JOIN project pr ON pr.id = a.project_id
		 WHERE`+inScope+` AND c.code = $4 AND p.code = $5`, scope.Unit, scope.Ward, scope.Member, caseCode, planCode)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrMissing
	}
	return award, err
}

func (s store) state(ctx context.Context, award id.Award, cause Cause, paper, note string, by id.User) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO late_cause (award_id, cause, paper, note, made_by) VALUES ($1,$2,$3,$4,$5)`, award, cause, paper, note, by)
	return err
}

func (s store) causes(ctx context.Context, award id.Award) ([]CauseRow, error) {
	rows := []CauseRow{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT k.cause, k.paper, k.note, u.full_name AS made_by_name, k.recorded_at FROM late_cause k JOIN app_user u ON u.id = k.made_by
		 WHERE k.award_id = $1 ORDER BY k.id DESC LIMIT 50`, award)
	return rows, err
}

const planColumns = `l.id, l.code, l.project_id, pr.code AS project, pr.name AS project_name, l.through, l.payer, l.note, l.state, l.total, l.paid, l.line_count,
	l.decision_no, l.decided_on, l.made_by, m.full_name AS made_by_name, COALESCE(l.approved_by, 0) AS approved_by, COALESCE(a.full_name, '') AS approved_by_name,
	l.cancel_reason, x.full_name AS changed_by_name, l.changed_at, l.version
	FROM late_plan l JOIN project pr ON pr.id = l.project_id JOIN app_user m ON m.id = l.made_by JOIN app_user x ON x.id = l.changed_by LEFT JOIN app_user a ON a.id = l.approved_by
	WHERE ($1 = 0 OR pr.unit_id = $1) AND ($2 = 0) AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = pr.id AND m.user_id = $3))`

func (s store) plans(ctx context.Context, scope actor.Scope, project, after string, limit int) ([]SurchargePlan, error) {
	rows := []SurchargePlan{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+planColumns+` AND ($4 = '' OR pr.code = $4)
		AND ($5 = '' OR l.id < (SELECT b.id FROM late_plan b WHERE b.code = $5)) ORDER BY l.id DESC LIMIT $6`,
		scope.Unit, scope.Ward, scope.Member, project, after, limit)
	return rows, err
}

func (s store) plan(ctx context.Context, scope actor.Scope, code string, lock bool) (SurchargePlan, error) {
	var p SurchargePlan
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM late_plan WHERE code = $1 FOR UPDATE`, code); err != nil {
			return p, err
		}
	}
	err := s.q.GetContext(ctx, &p, `SELECT `+planColumns+` AND l.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return p, ErrPlanMissing
	}
	return p, err
}

func (s store) lines(ctx context.Context, plan int64) ([]PlanLine, error) {
	rows := []PlanLine{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT l.id, l.award_id, l.case_id, c.code AS case_code, h.name AS holder, p.code AS plan_code, l.amount, l.before, l.due_on, l.cause, l.formula,
		   y.day AS paid_on, COALESCE(y.evidence_ref, '') AS evidence_ref, COALESCE(y.id, 0) AS paid_id
		 FROM late_plan_line l JOIN award a ON a.id = l.award_id JOIN plan p ON p.id = a.plan_id JOIN land_case c ON c.id = l.case_id JOIN holder h ON h.id = c.holder_id
		 LEFT JOIN late_payment y ON y.line_id = l.id AND y.reverses IS NULL AND NOT EXISTS (SELECT 1 FROM late_payment r WHERE r.reverses = y.id)
		 WHERE l.plan_id = $1 ORDER BY c.code, p.code LIMIT $2`, plan, MaxLines)
	return rows, err
}

func (s store) projectID(ctx context.Context, scope actor.Scope, code string) (id.Project, error) {
	var project id.Project
	err := s.q.GetContext(ctx, &project, `SELECT pr.id FROM project pr WHERE ($1 = 0 OR pr.unit_id = $1) AND ($2 = 0)
		AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = pr.id AND m.user_id = $3)) AND pr.code = $4 FOR UPDATE`,
		scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrProject
	}
	return project, err
}

// insert writes a plan with its lines; its number counts the work's plans, so the work is locked before.
func (s store) insert(ctx context.Context, project id.Project, in NewPlan, overdue []Overdue, by id.User) (string, error) {
	var number int
	if err := s.q.GetContext(ctx, &number, `SELECT count(*) + 1 FROM late_plan WHERE project_id = $1`, project); err != nil {
		return "", err
	}
	code := fmt.Sprintf("CTC-%s-%02d", in.Project, number)
	var total vnd.Amount
	for _, d := range overdue {
		total += d.Left()
	}
	var plan int64
	if err := s.q.GetContext(ctx, &plan, `INSERT INTO late_plan (code, project_id, through, payer, note, total, line_count, made_by, changed_by)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$8) RETURNING id`, code, project, in.Through, in.Payer, in.Note, total, len(overdue), by); err != nil {
		return "", refuse(err)
	}
	return code, refuse(s.insertLines(ctx, plan, overdue))
}

func (s store) insertLines(ctx context.Context, plan int64, overdue []Overdue) error {
	n := len(overdue)
	awards, cases, amounts, before := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	due, causes, formulas := make([]string, n), make([]string, n), make([]string, n)
	for i, d := range overdue {
		awards[i], cases[i], amounts[i], before[i] = int64(d.AwardID), int64(d.CaseID), int64(d.Left()), int64(d.Planned)
		due[i], causes[i], formulas[i] = d.Due.String(), string(d.Cause), d.Formula()
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO late_plan_line (plan_id, award_id, case_id, amount, before, due_on, cause, formula)
		 SELECT $1::bigint, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::date[], $7::text[], $8::text[])`,
		plan, pq.Array(awards), pq.Array(cases), pq.Array(amounts), pq.Array(before), pq.Array(due), pq.Array(causes), pq.Array(formulas))
	return err
}

func (s store) approve(ctx context.Context, plan int64, number string, on day.Date, by id.User) error {
	if _, err := s.q.ExecContext(ctx, `UPDATE late_plan_line SET undecided = false WHERE plan_id = $1`, plan); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx, `UPDATE late_plan SET state = 'approved', decision_no = $2, decided_on = $3, approved_by = $4, approved_at = clock_timestamp(),
		changed_by = $4, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, plan, number, on, by)
	return refuse(err)
}

func (s store) cancel(ctx context.Context, plan int64, reason string, by id.User) error {
	if _, err := s.q.ExecContext(ctx, `UPDATE late_plan_line SET undecided = false WHERE plan_id = $1`, plan); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx, `UPDATE late_plan SET state = 'cancelled', cancel_reason = $2, changed_by = $3, changed_at = clock_timestamp(), version = version + 1
		WHERE id = $1`, plan, reason, by)
	return refuse(err)
}

// paid writes a payment of a line and keeps the plan's sum; reverses 0 means a payment, else the one it takes back.
func (s store) paid(ctx context.Context, plan int64, l PlanLine, r Result, reverses int64, journal id.Journal, by id.User) error {
	if _, err := s.q.ExecContext(ctx, `INSERT INTO late_payment (line_id, reverses, day, amount, evidence_kind, evidence_ref, journal_id, made_by)
		VALUES ($1, NULLIF($2::bigint, 0), $3, $4, $5, $6, $7, $8)`, l.ID, reverses, r.Day, l.Amount, r.EvidenceKind, r.EvidenceRef, journal, by); err != nil {
		return refuse(err)
	}
	amount := l.Amount
	if reverses != 0 {
		amount = -amount
	}
	_, err := s.q.ExecContext(ctx, `UPDATE late_plan SET paid = paid + $2, changed_by = $3, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, plan, amount, by)
	return refuse(err)
}

func (s store) journalOf(ctx context.Context, payment int64) (id.Journal, error) {
	var j id.Journal
	err := s.q.GetContext(ctx, &j, `SELECT journal_id FROM late_payment WHERE id = $1`, payment)
	return j, err
}
