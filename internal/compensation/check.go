package compensation

import (
	"context"

	"matbang/internal/actor"
)

// Check lists what is missing or odd in a plan, blocking findings first.
func (c Compensation) Check(ctx context.Context, who actor.Actor, code string) ([]Finding, error) {
	p, err := c.Get(ctx, who, code)
	if err != nil {
		return nil, err
	}
	return c.CheckPlan(ctx, p)
}

// CheckPlan is Check for a plan that the caller has got already.
func (c Compensation) CheckPlan(ctx context.Context, p Plan) ([]Finding, error) {
	return store{c.DB.Read(ctx)}.check(ctx, p)
}

// findings asks all questions at once. $1 is the plan, $2 its work, $3 its rule set.
//   - land_over blocks: more land is compensated in one award than the case gives. Less only warns, a second plan may bring the rest.
//   - a missing recovery decision only warns: under the law of 2013 it is signed on the day of the plan's own decision.
const findings = `
WITH mine AS (
  SELECT a.id, a.case_id, a.total, lc.code, lc.recovered_area, lc.rule_set, lc.holder_id,
    (SELECT sum(l.quantity) FROM award_line l WHERE l.award_id = a.id AND l.category = 'land' AND l.unit IN ('m2', 'm²')) AS land,
    (SELECT count(*) FROM award_line l WHERE l.award_id = a.id) AS lines,
    (SELECT count(*) FROM award_line l WHERE l.award_id = a.id AND btrim(l.basis) = '') AS bare
  FROM award a JOIN land_case lc ON lc.id = a.case_id WHERE a.plan_id = $1
), found(code, blocking, case_code, expected, found) AS (
  SELECT 'no_awards', true, '', '', '' WHERE NOT EXISTS (SELECT 1 FROM mine)
  UNION ALL SELECT 'no_lines', true, code, '', '' FROM mine WHERE lines = 0
  UNION ALL SELECT 'no_money', true, code, '', '' FROM mine WHERE lines > 0 AND total = 0
  UNION ALL SELECT 'land_over', true, code, recovered_area::text, land::text FROM mine WHERE land > recovered_area
  UNION ALL SELECT 'land_under', false, code, recovered_area::text, COALESCE(land, 0)::text FROM mine WHERE COALESCE(land, 0) < recovered_area
  UNION ALL SELECT 'basis_missing', false, code, '', bare::text FROM mine WHERE bare > 0
  UNION ALL SELECT 'rule_set_differs', false, code, $3, rule_set FROM mine WHERE rule_set <> $3
  UNION ALL SELECT 'payee_missing', false, m.code, '', '' FROM mine m WHERE NOT EXISTS (SELECT 1 FROM holder_party hp WHERE hp.holder_id = m.holder_id)
  UNION ALL SELECT 'inventory_missing', false, m.code, '', '' FROM mine m
    WHERE NOT EXISTS (SELECT 1 FROM case_step st WHERE st.case_id = m.case_id AND st.kind = 'inventory' AND st.withdrawn_at IS NULL)
  UNION ALL SELECT 'recovery_missing', false, m.code, '', '' FROM mine m
    WHERE NOT EXISTS (SELECT 1 FROM case_step st WHERE st.case_id = m.case_id AND st.kind = 'recovery_decision' AND st.withdrawn_at IS NULL)
  UNION ALL SELECT 'parcel_shared', false, m.code, pa.map_sheet || '/' || pa.number, string_agg(DISTINCT oc.code, ', ')
    FROM mine m JOIN case_parcel cp ON cp.case_id = m.case_id JOIN parcel pa ON pa.id = cp.parcel_id
    JOIN case_parcel ocp ON ocp.parcel_id = cp.parcel_id AND ocp.case_id <> cp.case_id
    JOIN land_case oc ON oc.id = ocp.case_id
    WHERE EXISTS (SELECT 1 FROM award oa WHERE oa.case_id = ocp.case_id)
    GROUP BY m.code, pa.id
  UNION ALL SELECT 'case_unawarded', false, '', '', count(*)::text FROM land_case lc
    WHERE lc.project_id = $2 AND NOT EXISTS (SELECT 1 FROM award a WHERE a.case_id = lc.id) HAVING count(*) > 0
)
SELECT code, blocking, case_code, COALESCE(expected, '') AS expected, COALESCE(found, '') AS found FROM found
ORDER BY blocking DESC, code, case_code LIMIT 500`

func (s store) check(ctx context.Context, p Plan) ([]Finding, error) {
	rows := []Finding{}
	err := s.q.SelectContext(ctx, &rows, findings, p.ID, p.ProjectID, p.RuleSet)
	return rows, err
}
