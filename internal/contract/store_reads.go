package contract

import (
	"context"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/listing"
)

const contractColumns = `c.id, c.code, c.package_id, g.code AS package, g.name AS package_name, g.field, g.estimate, c.project_id, p.code AS project,
	p.name AS project_name, p.end_year AS project_ends, p.clearance, f.tax_code, f.name AS contractor, c.number, c.signed_on, c.kind, c.original_value,
	c.value, c.starts_on, c.original_ends_on, c.ends_on, c.advance_bp, c.advance_reason, c.retention_bp, c.over_estimate_reason, c.state, c.ended_on,
	c.end_reason, c.note, u.full_name AS changed_name, c.changed_at, c.version, a.accepted, b.billed, b.approved, b.waiting`

// contractFrom has no conditions of its own: a contract without acceptances or bills has 0.
const contractFrom = ` FROM contract c JOIN package g ON g.id = c.package_id JOIN project p ON p.id = c.project_id JOIN contractor f ON f.id = c.contractor_id
	JOIN app_user u ON u.id = c.changed_by
	CROSS JOIN LATERAL (SELECT COALESCE(sum(a.value), 0) AS accepted FROM acceptance a WHERE a.contract_id = c.id) a
	CROSS JOIN LATERAL (SELECT COALESCE(sum(b.completed_value) FILTER (WHERE b.state <> 'cancelled'), 0) AS billed,
	  COALESCE(sum(b.payable) FILTER (WHERE b.state = 'approved'), 0) AS approved, count(*) FILTER (WHERE b.state = 'submitted') AS waiting
	  FROM bill b WHERE b.contract_id = c.id) b`

// find reads a contract without judging its guarantees.
func (s store) find(ctx context.Context, scope actor.Scope, code string) (Contract, error) {
	var c Contract
	err := s.one(ctx, &c, ErrMissing, `SELECT `+contractColumns+`, '' AS guarantee_state`+contractFrom+` WHERE`+inScope+` AND c.code = $4`,
		scope.Unit, scope.Ward, scope.Member, code)
	return c, err
}

// findAll reads contracts by their codes, comma separated, without judging their guarantees.
func (s store) findAll(ctx context.Context, scope actor.Scope, codes string) ([]Contract, error) {
	rows := []Contract{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+contractColumns+`, '' AS guarantee_state`+contractFrom+` WHERE`+inScope+`
		AND c.code = ANY(string_to_array($4, ',')) LIMIT 5000`, scope.Unit, scope.Ward, scope.Member, codes)
	return rows, err
}

func (s store) byID(ctx context.Context, contract id.Contract) (Contract, error) {
	var c Contract
	err := s.one(ctx, &c, ErrMissing, `SELECT `+contractColumns+`, '' AS guarantee_state`+contractFrom+` WHERE c.id = $1`, contract)
	return c, err
}

// openGuarantees are those neither released nor replaced; $5 is the day, $6 the days of alert before the end.
const guaranteeState = `COALESCE((SELECT CASE WHEN min(e.expires_on) < $5::date THEN CASE WHEN c.state = 'active' THEN 'expired' ELSE 'none' END
	  WHEN min(e.expires_on) <= $5::date + $6::int THEN 'expiring' ELSE 'sound' END
	FROM guarantee e WHERE e.contract_id = c.id AND e.released_on IS NULL AND NOT EXISTS (SELECT 1 FROM guarantee l WHERE l.replaces = e.id)
	HAVING count(*) > 0), 'none')`

const contractWhere = ` WHERE` + inScope + ` AND ($4 = '' OR p.code = $4)
	AND ($7 = '' OR c.state = $7) AND ($8 = '' OR g.field = $8)
	AND ($9 = '' OR p.name_fold LIKE '%' || fold($9) || '%' OR g.name_fold LIKE '%' || fold($9) || '%' OR f.name_fold LIKE '%' || fold($9) || '%'
	  OR fold(c.number) LIKE '%' || fold($9) || '%' OR lower(c.code) LIKE '%' || lower($9) || '%' OR p.code LIKE $9 || '%')
	AND ($10 = '' OR $10 IN ('expired', 'expiring') AND ` + guaranteeState + ` = $10 OR $10 = 'late' AND c.state = 'active' AND c.ends_on < $5::date
	  OR EXISTS (SELECT 1 FROM bill w WHERE w.contract_id = c.id AND w.state = CASE $10 WHEN 'bills' THEN 'submitted' WHEN 'drafts' THEN 'draft' WHEN 'returned' THEN 'returned' END))`

func contractSorts() map[string]string {
	return map[string]string{"project": "p.code", "contractor": "f.name_fold", "signed": "c.signed_on", "value": "c.value", "accepted": "a.accepted",
		"ends": "c.ends_on", "state": "c.state"}
}

func (s store) list(ctx context.Context, scope actor.Scope, f Filter, q listing.Query, today day.Date, alertDays int) (listing.Answer[Contract], error) {
	answer := listing.Answer[Contract]{Items: []Contract{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, f.Project, today, alertDays, f.State, f.Field, q.Like(), f.Warn}
	if err := s.q.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1 FROM contract c JOIN package g ON g.id = c.package_id
		JOIN project p ON p.id = c.project_id JOIN contractor f ON f.id = c.contractor_id`+contractWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	err := s.q.SelectContext(ctx, &answer.Items, `SELECT `+contractColumns+`, `+guaranteeState+` AS guarantee_state`+contractFrom+contractWhere+`
		AND ($11 = '' OR c.code > $11) ORDER BY `+q.Order(contractSorts(), "c.code")+` LIMIT $12 OFFSET $13`,
		append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

func (s store) amendments(ctx context.Context, c id.Contract) ([]Amendment, error) {
	rows := []Amendment{}
	err := s.q.SelectContext(ctx, &rows, `SELECT a.number, a.decided_on, a.value_change, a.new_ends_on, a.reason, u.full_name AS recorded_name, a.recorded_at
		FROM contract_amendment a JOIN app_user u ON u.id = a.recorded_by WHERE a.contract_id = $1 ORDER BY a.decided_on, a.id LIMIT 500`, c)
	return rows, err
}

func (s store) acceptances(ctx context.Context, c id.Contract) ([]Acceptance, error) {
	rows := []Acceptance{}
	err := s.q.SelectContext(ctx, &rows, `SELECT a.number, a.kind, a.accepted_on, a.value, a.note, u.full_name AS recorded_name, a.recorded_at
		FROM acceptance a JOIN app_user u ON u.id = a.recorded_by WHERE a.contract_id = $1 ORDER BY a.accepted_on, a.id LIMIT 500`, c)
	return rows, err
}

const guaranteeColumns = `e.id, e.contract_id, e.code, e.kind, e.bank, e.number, e.amount, e.valid_from, e.expires_on, e.released_on, e.recorded_at,
	u.full_name AS recorded_name, COALESCE((SELECT o.code FROM guarantee o WHERE o.id = e.replaces), '') AS replaces,
	EXISTS (SELECT 1 FROM guarantee l WHERE l.replaces = e.id) AS replaced`

const guaranteeFrom = ` FROM guarantee e JOIN app_user u ON u.id = e.recorded_by`

func (s store) guarantees(ctx context.Context, c id.Contract) ([]Guarantee, error) {
	rows := []Guarantee{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+guaranteeColumns+guaranteeFrom+` WHERE e.contract_id = $1 ORDER BY e.valid_from, e.id LIMIT 500`, c)
	return rows, err
}

func (s store) guaranteeOf(ctx context.Context, c id.Contract, code string) (Guarantee, error) {
	var g Guarantee
	err := s.one(ctx, &g, errReplaces, `SELECT `+guaranteeColumns+guaranteeFrom+` WHERE e.contract_id = $1 AND e.code = $2`, c, code)
	return g, err
}

// alerts asks for open guarantees that end by the day plus the days of alert: those over only while their contract runs.
func (s store) alerts(ctx context.Context, scope actor.Scope, today day.Date, days int) ([]Alert, error) {
	rows := []Alert{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+guaranteeColumns+`, c.code AS contract, c.number AS contract_number, p.code AS project, p.name AS project_name,
		  f.name AS contractor, e.expires_on - $4::date AS days`+guaranteeFrom+`
		JOIN contract c ON c.id = e.contract_id JOIN project p ON p.id = c.project_id JOIN contractor f ON f.id = c.contractor_id
		WHERE`+inScope+` AND e.released_on IS NULL AND e.expires_on <= $4::date + $5::int AND NOT EXISTS (SELECT 1 FROM guarantee l WHERE l.replaces = e.id)
		  AND (c.state = 'active' OR c.state = 'completed' AND e.expires_on >= $4::date)
		ORDER BY e.expires_on, e.id LIMIT 200`, scope.Unit, scope.Ward, scope.Member, today, days)
	return rows, err
}

const billColumns = `b.id, b.code, b.contract_id, c.code AS contract, b.number, b.day, b.completed_value, b.advance_recovered, b.retained, b.payable, b.note,
	b.state, array_to_string(b.hands, ',') AS hands, b.submitted_at, b.approved_at, b.returned_at, b.return_reason, b.cancel_reason, b.changed_at, b.version,
	mk.full_name AS maker, COALESCE(su.full_name, '') AS submitter, COALESCE(ap.full_name, '') AS approver, COALESCE(re.full_name, '') AS returner,
	ch.full_name AS changed_name`

const billFrom = ` FROM bill b JOIN contract c ON c.id = b.contract_id JOIN project p ON p.id = c.project_id JOIN app_user mk ON mk.id = b.made_by
	JOIN app_user ch ON ch.id = b.changed_by LEFT JOIN app_user su ON su.id = b.submitted_by LEFT JOIN app_user ap ON ap.id = b.approved_by
	LEFT JOIN app_user re ON re.id = b.returned_by`

func (s store) bills(ctx context.Context, c id.Contract) ([]Bill, error) {
	rows := []Bill{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+billColumns+billFrom+` WHERE b.contract_id = $1 ORDER BY b.number LIMIT 500`, c)
	return rows, err
}

func (s store) bill(ctx context.Context, scope actor.Scope, code string) (Bill, error) {
	var b Bill
	err := s.one(ctx, &b, ErrBillMissing, `SELECT `+billColumns+billFrom+` WHERE`+inScope+` AND b.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	return b, err
}
