package compensation

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

// Plans reads plans in the person's scope with search, filter, sort and paging.
func (c Compensation) Plans(ctx context.Context, who actor.Actor, f Filter, q listing.Query) (listing.Answer[Plan], error) {
	scope, err := who.Require(Read)
	if err != nil {
		return listing.Answer[Plan]{}, err
	}
	return store{c.DB.Read(ctx)}.list(ctx, scope, f, q)
}

// Get reads one plan. Refuses: compensation.missing (also outside the scope).
func (c Compensation) Get(ctx context.Context, who actor.Actor, code string) (Plan, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return Plan{}, err
	}
	return store{c.DB.Read(ctx)}.find(ctx, scope, code, false)
}

// Awards reads a page of a plan's awards, searched by case code or holder. The caller has got the plan through Get.
func (c Compensation) Awards(ctx context.Context, plan id.Plan, q listing.Query) (listing.Answer[Award], error) {
	return store{c.DB.Read(ctx)}.awards(ctx, plan, q)
}

// Award reads what a plan gives to one case, with its lines. Refuses: compensation.missing, compensation.award_missing.
func (c Compensation) Award(ctx context.Context, who actor.Actor, code, caseCode string) (Plan, Award, error) {
	p, err := c.Get(ctx, who, code)
	if err != nil {
		return p, Award{}, err
	}
	a, err := store{c.DB.Read(ctx)}.award(ctx, p.ID, caseCode)
	return p, a, err
}

// Blank is an award not yet written, for a case of the plan's work. Refuses: compensation.award_missing.
func (c Compensation) Blank(ctx context.Context, p Plan, caseCode string) (Award, error) {
	return store{c.DB.Read(ctx)}.blank(ctx, p, caseCode)
}

// Sums adds a plan's lines up by category, in the order of Categories, leaving out what it does not have.
func (c Compensation) Sums(ctx context.Context, plan id.Plan) ([]CategorySum, error) {
	sums := []CategorySum{}
	err := c.DB.Read(ctx).SelectContext(ctx, &sums,
		`SELECT l.category, sum(l.amount)::bigint AS amount FROM award a JOIN award_line l ON l.award_id = a.id WHERE a.plan_id = $1
		 GROUP BY 1 ORDER BY array_position(ARRAY['land','structure','crop','moving','investment','support','deduction'], l.category)`, plan)
	return sums, err
}

// OfCase reads every award of a case, oldest plan first. The caller may see the case.
func (c Compensation) OfCase(ctx context.Context, caseID id.Case) ([]Award, error) {
	awards := []Award{}
	err := c.DB.Read(ctx).SelectContext(ctx, &awards, `SELECT `+awardColumns+awardFrom+` WHERE a.case_id = $1 ORDER BY pl.code LIMIT 100`, caseID)
	return awards, err
}

// Awarded is what approved plans give to each of the cases, gross, in đồng; cases without an approved award are not in it.
func (c Compensation) Awarded(ctx context.Context, cases []id.Case) (map[id.Case]vnd.Amount, error) {
	ids := make(pq.Int64Array, len(cases))
	for i, one := range cases {
		ids[i] = int64(one)
	}
	var rows []struct {
		Case  id.Case    `db:"case_id"`
		Total vnd.Amount `db:"total"`
	}
	err := c.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT a.case_id, sum(a.total)::bigint AS total FROM award a JOIN plan pl ON pl.id = a.plan_id
		 WHERE pl.state = 'approved' AND a.case_id = ANY($1) GROUP BY 1`, ids)
	out := make(map[id.Case]vnd.Amount, len(rows))
	for _, r := range rows {
		out[r.Case] = r.Total
	}
	return out, err
}

// AwardsForPayout reads every award of a work's approved plans, by case and plan, in one query.
func (c Compensation) AwardsForPayout(ctx context.Context, project id.Project) ([]PayableAward, error) {
	rows := []PayableAward{}
	err := c.DB.Read(ctx).SelectContext(ctx, &rows,
		`SELECT a.id AS award_id, a.case_id, lc.code AS case_code, h.id AS holder_id, h.name AS holder_name, pl.code AS plan_code,
		   a.total, a.deducted, pl.effective_on
		 FROM award a JOIN plan pl ON pl.id = a.plan_id JOIN land_case lc ON lc.id = a.case_id JOIN holder h ON h.id = lc.holder_id
		 WHERE a.project_id = $1 AND pl.state = 'approved' ORDER BY lc.code, pl.code`, project)
	return rows, err
}

// Waiting reads the plans that wait for an act of this person, oldest change first: returned ones for who drafts, submitted ones for who
// appraises, appraised ones for who approves. What the person may not do because of an earlier step does not wait for them.
func (c Compensation) Waiting(ctx context.Context, who actor.Actor) ([]Plan, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	plans := []Plan{}
	err = c.DB.Read(ctx).SelectContext(ctx, &plans, `SELECT `+planColumns+planFrom+` WHERE`+inScope+`
		AND ($4 AND pl.state IN ('draft', 'returned')
		  OR $5 AND pl.state = 'submitted' AND NOT EXISTS (SELECT 1 FROM plan_drafter pd WHERE pd.plan_id = pl.id AND pd.user_id = $7)
		  OR $6 AND pl.state = 'appraised' AND pl.appraised_by <> $7
		     AND NOT EXISTS (SELECT 1 FROM plan_drafter pd WHERE pd.plan_id = pl.id AND pd.user_id = $7))
		ORDER BY pl.changed_at LIMIT 100`,
		scope.Unit, scope.Ward, scope.Member, who.Can(Draft), who.Can(Appraise), who.Can(Approve), who.ID)
	return plans, err
}

// Projects lists the works that recover land, within the reach in which the person may draft.
func (c Compensation) Projects(ctx context.Context, who actor.Actor) ([]Choice, error) {
	scope, err := who.Require(Read)
	if err != nil {
		return nil, err
	}
	choices := []Choice{}
	err = c.DB.Read(ctx).SelectContext(ctx, &choices,
		`SELECT p.code, p.name FROM project p WHERE`+inScope+` AND p.clearance ORDER BY p.code LIMIT 1000`, scope.Unit, scope.Ward, scope.Member)
	return choices, err
}

// RuleSets lists the sets of rules a plan may follow, newest first.
func (c Compensation) RuleSets(ctx context.Context) ([]Choice, error) {
	choices := []Choice{}
	err := c.DB.Read(ctx).SelectContext(ctx, &choices, `SELECT code, name FROM rule_set ORDER BY valid_from DESC, code LIMIT 100`)
	return choices, err
}

const planWhere = ` WHERE` + inScope + `
	AND ($4 = '' OR pl.name_fold LIKE '%' || fold($4) || '%' OR pl.code ILIKE $4 || '%' OR pl.decision_no ILIKE $4 || '%')
	AND ($5 = '' OR p.code = $5) AND ($6 = '' OR pl.state = $6) AND ($7 = '' OR pl.code LIKE 'PA-' || $7 || '-%')`

func planSorts() map[string]string {
	return map[string]string{"code": "pl.code", "name": "pl.name", "project": "p.code", "state": "pl.state", "total": "pl.total", "deducted": "pl.deducted",
		"awards": "pl.award_count", "decided": "pl.decided_on"}
}

func (s store) list(ctx context.Context, scope actor.Scope, f Filter, q listing.Query) (listing.Answer[Plan], error) {
	answer := listing.Answer[Plan]{Items: []Plan{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.Project, f.State, f.Year}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1 FROM plan pl JOIN project p ON p.id = pl.project_id`+planWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+planColumns+planFrom+planWhere+` AND ($8 = '' OR pl.code > $8) ORDER BY `+q.Order(planSorts(), "pl.code")+` LIMIT $9 OFFSET $10`,
		append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

const awardColumns = `a.id, pl.code AS plan_code, pl.state AS plan_state, a.case_id, lc.code AS case_code, h.name AS holder_name, w.name AS ward_name,
	lc.recovered_area, a.total, a.deducted, (SELECT count(*) FROM award_line l WHERE l.award_id = a.id) AS line_count`

const awardFrom = ` FROM award a JOIN plan pl ON pl.id = a.plan_id JOIN land_case lc ON lc.id = a.case_id JOIN holder h ON h.id = lc.holder_id
	JOIN ward w ON w.id = lc.ward_id`

func awardSorts() map[string]string {
	return map[string]string{"case": "lc.code", "holder": `h.name COLLATE "vi-VN-x-icu"`, "area": "lc.recovered_area", "total": "a.total",
		"deducted": "a.deducted", "net": "a.total - a.deducted"}
}

func (s store) awards(ctx context.Context, plan id.Plan, q listing.Query) (listing.Answer[Award], error) {
	const where = ` WHERE a.plan_id = $1 AND ($2 = '' OR h.name_fold LIKE '%' || fold($2) || '%' OR lc.code ILIKE $2 || '%')`
	answer := listing.Answer[Award]{Items: []Award{}, Query: q}
	if err := s.q.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1`+awardFrom+where+` LIMIT 10001) counted`, plan, q.Like()); err != nil {
		return answer, err
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+awardColumns+awardFrom+where+` AND ($3 = '' OR lc.code > $3) ORDER BY `+q.Order(awardSorts(), "lc.code")+` LIMIT $4 OFFSET $5`,
		plan, q.Like(), q.After, q.Limit(), q.Offset())
	return answer, err
}

func (s store) award(ctx context.Context, plan id.Plan, caseCode string) (Award, error) {
	var a Award
	err := s.q.GetContext(ctx, &a, `SELECT `+awardColumns+awardFrom+` WHERE a.plan_id = $1 AND lc.code = $2`, plan, caseCode)
	if errors.Is(err, sql.ErrNoRows) {
		return a, ErrAwardMissing
	}
	if err != nil {
		return a, err
	}
	a.Lines = []Line{}
	err = s.q.SelectContext(ctx, &a.Lines,
		`SELECT line_no, category, description, unit, quantity, price, factor_bp, amount, basis FROM award_line WHERE award_id = $1 ORDER BY line_no`, a.ID)
	return a, err
}

func (s store) blank(ctx context.Context, p Plan, caseCode string) (Award, error) {
	var a Award
	err := s.q.GetContext(ctx, &a,
		`SELECT 0 AS id, $1 AS plan_code, $2 AS plan_state, lc.id AS case_id, lc.code AS case_code, h.name AS holder_name, w.name AS ward_name,
		   lc.recovered_area, 0 AS total, 0 AS deducted, 0 AS line_count
		 FROM land_case lc JOIN holder h ON h.id = lc.holder_id JOIN ward w ON w.id = lc.ward_id WHERE lc.project_id = $3 AND lc.code = $4`,
		p.Code, string(p.State), p.ProjectID, caseCode)
	if errors.Is(err, sql.ErrNoRows) {
		return a, ErrAwardMissing
	}
	return a, err
}

// ActsOf tells what the person may do with a plan as it stands.
func (c Compensation) ActsOf(ctx context.Context, who actor.Actor, p Plan) (Acts, error) {
	drafters, err := store{c.DB.Read(ctx)}.drafters(ctx, p.ID)
	return p.actsOf(who, drafters), err
}
