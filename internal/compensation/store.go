package compensation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

const planColumns = `pl.id, pl.code, pl.project_id, p.code AS project_code, p.name AS project_name, pl.name, pl.rule_set, rs.name AS rule_set_name,
	pl.state, pl.total, pl.deducted, pl.award_count, pl.decision_no, pl.decided_on, pl.effective_on, pl.appraisal_no,
	pl.drafted_by, d.full_name AS drafted_by_name, pl.submitted_by, COALESCE(s.full_name, '') AS submitted_by_name, pl.submitted_at,
	pl.appraised_by, COALESCE(a.full_name, '') AS appraised_by_name, pl.appraised_at,
	pl.approved_by, COALESCE(v.full_name, '') AS approved_by_name, pl.approved_at,
	COALESCE(r.full_name, '') AS returned_by_name, pl.returned_at, pl.return_reason, c.full_name AS changed_by_name, pl.changed_at,
	pl.journal_id, pl.version`

const planFrom = ` FROM plan pl JOIN project p ON p.id = pl.project_id JOIN rule_set rs ON rs.code = pl.rule_set
	JOIN app_user d ON d.id = pl.drafted_by JOIN app_user c ON c.id = pl.changed_by
	LEFT JOIN app_user s ON s.id = pl.submitted_by LEFT JOIN app_user a ON a.id = pl.appraised_by
	LEFT JOIN app_user v ON v.id = pl.approved_by LEFT JOIN app_user r ON r.id = pl.returned_by`

// inScope is the three conditions of a scope over the plan's work, as parameters $1 (unit), $2 (ward), $3 (member).
const inScope = ` ($1 = 0 OR p.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM project_ward sw WHERE sw.project_id = p.id AND sw.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member sm WHERE sm.project_id = p.id AND sm.user_id = $3))`

type store struct{ q tx.Querier }

// find reads a plan in the scope. Locking is a statement of its own: a joined SELECT … FOR UPDATE that had to wait would compare the row's new
// changed_by with the old row of app_user and find nothing.
func (s store) find(ctx context.Context, scope actor.Scope, code string, lock bool) (Plan, error) {
	if lock {
		if _, err := s.q.ExecContext(ctx, `SELECT 1 FROM plan WHERE code = $1 FOR UPDATE`, code); err != nil {
			return Plan{}, err
		}
	}
	var p Plan
	err := s.q.GetContext(ctx, &p, `SELECT `+planColumns+planFrom+` WHERE`+inScope+` AND pl.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return p, ErrMissing
	}
	return p, err
}

// findAt locks a plan and makes sure it is still the one the page showed.
func (s store) findAt(ctx context.Context, scope actor.Scope, code string, version int) (Plan, error) {
	p, err := s.find(ctx, scope, code, true)
	if err == nil && p.Version != version {
		err = fault.ChangedBy(p.ChangedBy, p.ChangedAt)
	}
	return p, err
}

func (s store) insert(ctx context.Context, scope actor.Scope, in NewPlan, by id.User, today day.Date) (string, error) {
	var project id.Project
	err := s.q.GetContext(ctx, &project, `SELECT p.id FROM project p WHERE`+inScope+` AND p.code = $4 AND p.clearance`,
		scope.Unit, scope.Ward, scope.Member, in.Project)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrProjectUnknown
	}
	if err != nil {
		return "", err
	}
	serial, err := tx.Serial(ctx, s.q, fmt.Sprintf("plan/%d", today.Year()))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("PA-%d-%02d", today.Year(), serial)
	var plan id.Plan
	if err := s.q.GetContext(ctx, &plan,
		`INSERT INTO plan (code, project_id, name, rule_set, state, drafted_by, changed_by) VALUES ($1,$2,$3,$4,'draft',$5,$5) RETURNING id`,
		code, project, in.Name, in.RuleSet, by); err != nil {
		return "", refuse(err)
	}
	return code, s.addDrafter(ctx, plan, by)
}

// addDrafter remembers a hand in the draft.
func (s store) addDrafter(ctx context.Context, plan id.Plan, by id.User) error {
	_, err := s.q.ExecContext(ctx, `INSERT INTO plan_drafter (plan_id, user_id) VALUES ($1,$2) ON CONFLICT DO NOTHING`, plan, by)
	return err
}

// drafters is everybody who wrote in the draft or submitted it.
func (s store) drafters(ctx context.Context, plan id.Plan) ([]id.User, error) {
	users := []id.User{}
	err := s.q.SelectContext(ctx, &users,
		`SELECT user_id FROM plan_drafter WHERE plan_id = $1 UNION SELECT drafted_by FROM plan WHERE id = $1
		 UNION SELECT submitted_by FROM plan WHERE id = $1 AND submitted_by IS NOT NULL ORDER BY 1`, plan)
	return users, err
}

// caseIDs finds the cases of the plan's work by code; each unknown one is named.
func (s store) caseIDs(ctx context.Context, scope actor.Scope, project id.Project, inputs []AwardInput) (pq.Int64Array, error) {
	codes := make(pq.StringArray, len(inputs))
	for i, in := range inputs {
		codes[i] = in.CaseCode
	}
	var rows []struct {
		ID   int64  `db:"id"`
		Code string `db:"code"`
	}
	if err := s.q.SelectContext(ctx, &rows,
		`SELECT c.id, c.code FROM land_case c WHERE c.project_id = $1 AND c.code = ANY($2) AND ($3 = 0 OR c.ward_id = $3)`,
		project, codes, scope.Ward); err != nil {
		return nil, err
	}
	known := map[string]int64{}
	for _, r := range rows {
		known[r.Code] = r.ID
	}
	var w fault.Wrong
	ids := make(pq.Int64Array, len(inputs))
	for i, in := range inputs {
		ids[i] = known[in.CaseCode]
		w.Check(ids[i] != 0, fmt.Sprintf("awards.%d.case", i), "compensation.case_unknown", in.CaseCode)
	}
	return ids, w.Err()
}

// putAwards writes the awards' sums and replaces their lines, each kind in one statement.
func (s store) putAwards(ctx context.Context, p Plan, cases pq.Int64Array, inputs []AwardInput) error {
	totals, deducted := make(pq.Int64Array, len(inputs)), make(pq.Int64Array, len(inputs))
	for i, in := range inputs {
		t, d := in.total()
		totals[i], deducted[i] = int64(t), int64(d)
	}
	var rows []struct {
		ID   int64 `db:"id"`
		Case int64 `db:"case_id"`
	}
	if err := s.q.SelectContext(ctx, &rows,
		`INSERT INTO award (plan_id, project_id, case_id, total, deducted)
		 SELECT $1, $2, n.case_id, n.total, n.deducted FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS n(case_id, total, deducted) ORDER BY n.case_id
		 ON CONFLICT (plan_id, case_id) DO UPDATE SET total = EXCLUDED.total, deducted = EXCLUDED.deducted RETURNING id, case_id`,
		p.ID, p.ProjectID, cases, totals, deducted); err != nil {
		return refuse(err)
	}
	byCase := map[int64]int64{}
	awards := make(pq.Int64Array, len(rows))
	for i, r := range rows {
		byCase[r.Case], awards[i] = r.ID, r.ID
	}
	if _, err := s.q.ExecContext(ctx, `DELETE FROM award_line WHERE award_id = ANY($1)`, awards); err != nil {
		return refuse(err)
	}
	for i := range inputs {
		awards[i] = byCase[cases[i]]
	}
	return s.insertLines(ctx, awards, inputs)
}

func (s store) insertLines(ctx context.Context, awards pq.Int64Array, inputs []AwardInput) error {
	var award, no, price, factor, amount pq.Int64Array
	var category, description, unit, quantity, basis pq.StringArray
	for i, in := range inputs {
		for _, l := range in.Lines {
			award, no, price = append(award, awards[i]), append(no, int64(l.No)), append(price, int64(l.Price))
			factor, amount = append(factor, int64(l.FactorBP)), append(amount, int64(l.Amount))
			category, description, unit = append(category, string(l.Category)), append(description, l.Description), append(unit, l.Unit)
			quantity, basis = append(quantity, l.Quantity.Decimal()), append(basis, l.Basis)
		}
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO award_line (award_id, line_no, category, description, unit, quantity, price, factor_bp, amount, basis)
		 SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::bigint[], $8::integer[], $9::bigint[], $10::text[])`,
		award, no, category, description, unit, quantity, price, factor, amount, basis)
	return refuse(err)
}

func (s store) removeAward(ctx context.Context, award id.Award) error {
	if _, err := s.q.ExecContext(ctx, `DELETE FROM award_line WHERE award_id = $1`, award); err != nil {
		return refuse(err)
	}
	_, err := s.q.ExecContext(ctx, `DELETE FROM award WHERE id = $1`, award)
	return refuse(err)
}

// edited adds the plan up again, makes a returned plan a draft, and notes who did it.
func (s store) edited(ctx context.Context, plan id.Plan, by id.User) error {
	if err := s.addDrafter(ctx, plan, by); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx,
		`UPDATE plan SET state = 'draft', total = sums.total, deducted = sums.deducted, award_count = sums.n,
		   changed_by = $2, changed_at = clock_timestamp(), version = version + 1
		 FROM (SELECT COALESCE(sum(total), 0)::bigint AS total, COALESCE(sum(deducted), 0)::bigint AS deducted, count(*)::integer AS n
		       FROM award WHERE plan_id = $1) sums WHERE plan.id = $1`, plan, by)
	return refuse(err)
}

func (s store) submit(ctx context.Context, plan id.Plan, by id.User) error {
	if err := s.addDrafter(ctx, plan, by); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx,
		`UPDATE plan SET state = 'submitted', submitted_by = $2, submitted_at = clock_timestamp(),
		   changed_by = $2, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, plan, by)
	return refuse(err)
}

func (s store) appraise(ctx context.Context, plan id.Plan, number string, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE plan SET state = 'appraised', appraised_by = $2, appraised_at = clock_timestamp(), appraisal_no = $3,
		   changed_by = $2, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, plan, by, number)
	return refuse(err)
}

// giveBack takes the appraisal back too: the next round is appraised anew, perhaps by somebody else.
func (s store) giveBack(ctx context.Context, plan id.Plan, reason string, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE plan SET state = 'returned', returned_by = $2, returned_at = clock_timestamp(), return_reason = $3,
		   appraised_by = NULL, appraised_at = NULL, appraisal_no = '',
		   changed_by = $2, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, plan, by, reason)
	return refuse(err)
}

func (s store) approve(ctx context.Context, plan id.Plan, d Decision, journal id.Journal, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE plan SET state = 'approved', approved_by = $2, approved_at = clock_timestamp(), decision_no = $3, decided_on = $4,
		   effective_on = $5, journal_id = $6, changed_by = $2, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		plan, by, d.Number, d.DecidedOn, d.EffectiveOn, journal)
	return refuse(err)
}

type awardSum struct {
	ID       id.Award   `db:"id"`
	Case     id.Case    `db:"case_id"`
	Total    vnd.Amount `db:"total"`
	Deducted vnd.Amount `db:"deducted"`
}

func (s store) awardSums(ctx context.Context, plan id.Plan) ([]awardSum, error) {
	rows := []awardSum{}
	err := s.q.SelectContext(ctx, &rows, `SELECT id, case_id, total, deducted FROM award WHERE plan_id = $1 ORDER BY case_id`, plan)
	return rows, err
}
