package violation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

type store struct{ q tx.Querier }

const columns = `v.id, v.code, v.kind, v.what, v.place, v.description, w.code AS ward_code, w.name AS ward_name, COALESCE(p.code, '') AS project,
	COALESCE(p.name, '') AS project_name, u.name AS unit_name, v.found_on, v.due_on, v.decision_number, v.decided_on, v.measure, v.fine,
	v.handled_on, v.outcome, v.area, v.reason, c.full_name AS changed_name, v.changed_at, v.version`

const joins = ` JOIN ward w ON w.id = v.ward_id JOIN unit u ON u.id = v.unit_id JOIN app_user c ON c.id = v.changed_by LEFT JOIN project p ON p.id = v.project_id`

// inScope is the three conditions of a scope, as parameters $1 (unit that entered it), $2 (ward), $3 (member of the work it is at).
const inScope = ` ($1 = 0 OR v.unit_id = $1) AND ($2 = 0 OR v.ward_id = $2)
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = v.project_id AND m.user_id = $3))`

// isOpen and isLate say in SQL what State says; the day is $4.
const (
	isOpen = ` v.handled_on IS NULL`
	isLate = ` v.handled_on IS NULL AND v.due_on < $4::date`
)

const where = ` WHERE` + inScope + ` AND ($5 = '' OR v.kind = $5)
	AND ($6 = '' OR v.ward_id = ANY(ARRAY(SELECT f.id FROM ward f WHERE f.code = $6)))
	AND ($7 = '' OR $7 = 'open' AND` + isOpen + ` OR $7 = 'late' AND` + isLate + ` OR $7 = 'handled' AND v.handled_on IS NOT NULL)
	AND ($8 = 0 OR v.found_on >= make_date(NULLIF($8, 0), 1, 1) AND v.found_on <= make_date(NULLIF($8, 0), 12, 31))`

const search = ` AND ($9 = '' OR fold(v.place) LIKE '%' || fold($9) || '%' OR fold(v.description) LIKE '%' || fold($9) || '%'
	OR fold(v.decision_number) LIKE '%' || fold($9) || '%' OR v.code LIKE upper($9) || '%')`

func args(scope actor.Scope, f Filter, today day.Date) []any {
	return []any{scope.Unit, scope.Ward, scope.Member, today, f.Kind, f.Ward, f.State, f.Year}
}

func sorts() map[string]string {
	return map[string]string{"code": "v.code", "kind": "v.what", "ward": `(SELECT x.name FROM ward x WHERE x.id = v.ward_id) COLLATE "vi-VN-x-icu"`,
		"found": "v.found_on", "due": "v.due_on", "handled": "v.handled_on", "fine": "v.fine", "area": "COALESCE(v.area, 0)"}
}

func (s store) list(ctx context.Context, scope actor.Scope, f Filter, q listing.Query, today day.Date) (listing.Answer[Violation], error) {
	answer := listing.Answer[Violation]{Items: []Violation{}, Query: q}
	values := append(args(scope, f, today), q.Like())
	if err := s.q.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1 FROM violation v`+where+search+` LIMIT 10001) counted`, values...); err != nil {
		return answer, err
	}
	order := q.Order(sorts(), "(v.handled_on IS NOT NULL), v.due_on, v.found_on DESC, v.id DESC")
	if q.After != "" || q.Page == 0 {
		order = "v.id"
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+columns+` FROM violation v`+joins+where+search+` AND ($10 = '' OR v.id > (SELECT a.id FROM violation a WHERE a.code = $10))
		 ORDER BY `+order+` LIMIT $11 OFFSET $12`, append(values, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

func (s store) find(ctx context.Context, scope actor.Scope, code string, lock bool) (Violation, error) {
	var v Violation
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM violation WHERE code = $1 FOR UPDATE`, code); err != nil {
			return v, err
		}
	}
	err := s.q.GetContext(ctx, &v, `SELECT `+columns+` FROM violation v`+joins+` WHERE`+inScope+` AND v.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return v, ErrMissing
	}
	return v, err
}

func (s store) sums(ctx context.Context, scope actor.Scope, f Filter, today day.Date) (Sums, error) {
	var sums Sums
	err := s.q.GetContext(ctx, &sums,
		`SELECT count(*) AS found, count(*) FILTER (WHERE v.kind = 'construction_procedure') AS procedure, count(*) FILTER (WHERE v.handled_on IS NOT NULL) AS handled, count(*) FILTER (WHERE`+isOpen+`) AS open,
		   count(*) FILTER (WHERE`+isLate+`) AS late, COALESCE(sum(v.area), 0) AS area, COALESCE(sum(v.fine), 0)::bigint AS fines
		 FROM violation v`+where, args(scope, f, today)...)
	return sums, err
}

func (s store) years(ctx context.Context, scope actor.Scope) ([]int, error) {
	years := []int{}
	err := s.q.SelectContext(ctx, &years, `SELECT DISTINCT extract(year FROM v.found_on)::int AS year FROM violation v WHERE`+inScope+` ORDER BY year DESC LIMIT 100`,
		scope.Unit, scope.Ward, scope.Member)
	return years, err
}

func (s store) waiting(ctx context.Context, scope actor.Scope, today day.Date) (late, soon int, err error) {
	var counts struct {
		Late int `db:"late"`
		Soon int `db:"soon"`
	}
	err = s.q.GetContext(ctx, &counts,
		`SELECT count(*) FILTER (WHERE v.due_on < $4::date) AS late, count(*) FILTER (WHERE v.due_on >= $4::date) AS soon
		 FROM violation v WHERE`+inScope+` AND v.handled_on IS NULL AND v.due_on <= $5::date`, scope.Unit, scope.Ward, scope.Member, today, today.Add(SoonDays))
	return counts.Late, counts.Soon, err
}

// spot is where a violation lies: a ward that stood on the day, and a work when it is at one.
type spot struct {
	ward    id.Ward
	project id.Project // 0: at no work
}

func (s store) locate(ctx context.Context, in Input) (spot, error) {
	var at spot
	err := s.q.GetContext(ctx, &at.ward, `SELECT id FROM ward WHERE code = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)`, in.Ward, in.FoundOn)
	if errors.Is(err, sql.ErrNoRows) {
		return at, fault.InvalidField("ward", "violation.ward_unknown", in.FoundOn)
	}
	if err != nil || in.Project == "" {
		return at, err
	}
	err = s.q.GetContext(ctx, &at.project, `SELECT id FROM project WHERE code = $1`, in.Project)
	if errors.Is(err, sql.ErrNoRows) {
		return at, ErrProject
	}
	return at, err
}

// insert numbers violations by the year in which they were found: VP-2023-01.
func (s store) insert(ctx context.Context, in Input, at spot, who actor.Actor) (string, error) {
	number, err := tx.Serial(ctx, s.q, fmt.Sprintf("violation/%d", in.FoundOn.Year()))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("VP-%d-%02d", in.FoundOn.Year(), number)
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO violation (code, kind, what, place, description, ward_id, project_id, unit_id, found_on, due_on, decision_number, decided_on, measure, fine, changed_by)
		 VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7::bigint, 0), $8, $9, $10, $11, $12, $13, $14, $15)`,
		code, KindOf(in.What), in.What, in.Place, in.Description, at.ward, at.project, who.Unit, in.FoundOn, in.DueOn,
		in.Number, in.DecidedOn, in.Measure, in.Fine, who.ID)
	return code, err
}

func (s store) update(ctx context.Context, v id.Violation, c Change, at spot, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE violation SET kind = $2, what = $3, place = $4, description = $5, ward_id = $6, project_id = NULLIF($7::bigint, 0), found_on = $8, due_on = $9,
		   decision_number = $10, decided_on = $11, measure = $12, fine = $13, handled_on = $14, outcome = $15, area = NULLIF($16::numeric, 0), reason = $17,
		   changed_by = $18, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		v, KindOf(c.What), c.What, c.Place, c.Description, at.ward, at.project, c.FoundOn, c.DueOn,
		c.Number, c.DecidedOn, c.Measure, c.Fine, c.HandledOn, c.Outcome, c.Area, c.Reason, by)
	return err
}

func (s store) handle(ctx context.Context, v id.Violation, d Decision, h Handling, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE violation SET decision_number = $2, decided_on = $3, measure = $4, fine = $5, handled_on = $6, outcome = $7, area = NULLIF($8::numeric, 0),
		   changed_by = $9, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		v, d.Number, d.DecidedOn, d.Measure, d.Fine, h.HandledOn, h.Outcome, h.Area, by)
	return err
}
