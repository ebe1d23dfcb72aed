package debt

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

type store struct{ q tx.Querier }

// inScope is the three conditions of a scope, as parameters $1 (unit of the work), $2 (ward of the case), $3 (member of the work).
const inScope = ` ($1 = 0 OR pr.unit_id = $1) AND ($2 = 0 OR c.ward_id = $2)
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = pr.id AND m.user_id = $3))`

const debtColumns = `SELECT d.id, d.code, d.case_id, c.code AS case_code, h.name AS holder, d.project_id, pr.code AS project_code, pr.name AS project_name, d.kind, d.amount,
	d.repaid, d.paper_no, d.paper_day, d.note, st.state, d.journal_id, d.made_by, u.full_name AS made_by_name, d.made_at, COALESCE(g.full_name, '') AS gone_by_name, d.gone_at,
	x.full_name AS changed_by_name, d.changed_at, d.version`

const debtFrom = ` FROM debt d JOIN land_case c ON c.id = d.case_id JOIN holder h ON h.id = c.holder_id JOIN project pr ON pr.id = d.project_id
	CROSS JOIN LATERAL (SELECT CASE WHEN d.gone_at IS NOT NULL THEN 'taken_back' WHEN d.repaid = d.amount THEN 'settled' ELSE 'open' END AS state) st`

const debtNames = ` JOIN app_user u ON u.id = d.made_by JOIN app_user x ON x.id = d.changed_by LEFT JOIN app_user g ON g.id = d.gone_by`

type caseRef struct {
	CaseID    id.Case    `db:"id"`
	ProjectID id.Project `db:"project_id"`
}

func (s store) caseOf(ctx context.Context, scope actor.Scope, code string) (caseRef, error) {
	var ref caseRef
	err := s.q.GetContext(ctx, &ref, `SELECT c.id, c.project_id FROM land_case c JOIN project pr ON pr.id = c.project_id WHERE`+inScope+` AND c.code = $4`,
		scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return ref, ErrCase
	}
	return ref, err
}

func (s store) insert(ctx context.Context, c caseRef, in New, journal id.Journal, by id.User) (string, error) {
	var code string
	err := s.q.GetContext(ctx, &code, `INSERT INTO debt (case_id, project_id, kind, amount, paper_no, paper_day, note, journal_id, made_by, changed_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) RETURNING code`,
		c.CaseID, c.ProjectID, in.Kind, in.Amount, strings.TrimSpace(in.PaperNo), in.PaperDay, strings.TrimSpace(in.Note), journal, by)
	return code, err
}

func (s store) lock(ctx context.Context, scope actor.Scope, code string) (Debt, error) {
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM debt WHERE code = $1 FOR UPDATE`, code); err != nil {
		return Debt{}, err
	}
	return s.debt(ctx, scope, code)
}

func (s store) debt(ctx context.Context, scope actor.Scope, code string) (Debt, error) {
	var d Debt
	err := s.q.GetContext(ctx, &d, debtColumns+debtFrom+debtNames+` WHERE`+inScope+` AND d.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrMissing
	}
	return d, err
}

func (s store) payments(ctx context.Context, debt int64) ([]Payment, error) {
	rows := []Payment{}
	err := s.q.SelectContext(ctx, &rows, `SELECT y.id, y.day, y.amount, y.receipt, y.journal_id, y.made_by, u.full_name AS made_by_name, y.made_at, y.gone_at IS NOT NULL AS gone
		FROM debt_payment y JOIN app_user u ON u.id = y.made_by WHERE y.debt_id = $1 ORDER BY y.id LIMIT 500`, debt)
	return rows, err
}

// lastPayment is the newest payment that stands, if any.
func (s store) lastPayment(ctx context.Context, debt int64) (Payment, bool, error) {
	var p Payment
	err := s.q.GetContext(ctx, &p, `SELECT y.id, y.amount, y.journal_id, y.made_by FROM debt_payment y WHERE y.debt_id = $1 AND y.gone_at IS NULL ORDER BY y.id DESC LIMIT 1`, debt)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, err
}

func (s store) repay(ctx context.Context, d Debt, in Repayment, journal id.Journal, by id.User) error {
	if _, err := s.q.ExecContext(ctx, `INSERT INTO debt_payment (debt_id, day, amount, receipt, journal_id, made_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.ID, in.Day, in.Amount, strings.TrimSpace(in.Receipt), journal, by); err != nil {
		return err
	}
	return s.carry(ctx, d, in.Amount, by)
}

func (s store) takePaymentBack(ctx context.Context, d Debt, p Payment, by id.User) error {
	if _, err := s.q.ExecContext(ctx, `UPDATE debt_payment SET gone_by = $2, gone_at = clock_timestamp() WHERE id = $1`, p.ID, by); err != nil {
		return err
	}
	return s.carry(ctx, d, -p.Amount, by)
}

// carry changes what is repaid of a locked debt.
func (s store) carry(ctx context.Context, d Debt, amount vnd.Amount, by id.User) error {
	_, err := s.q.ExecContext(ctx, `UPDATE debt SET repaid = repaid + $2, changed_by = $3, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, d.ID, amount, by)
	return err
}

func (s store) takeBack(ctx context.Context, d Debt, by id.User) error {
	_, err := s.q.ExecContext(ctx, `UPDATE debt SET gone_by = $2, gone_at = clock_timestamp(), changed_by = $2, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, d.ID, by)
	return err
}

const debtsWhere = debtFrom + ` WHERE` + inScope + ` AND ($4 = '' OR h.name_fold LIKE '%' || fold($4) || '%' OR c.code ILIKE $4 || '%' OR d.code ILIKE $4 || '%')
	AND ($5 = '' OR st.state = $5) AND ($6 = '' OR d.kind = $6) AND ($7 = '' OR pr.code = $7)`

func debtSorts() map[string]string {
	return map[string]string{"code": "d.id", "holder": "h.name_fold", "amount": "d.amount", "paper": "d.paper_day", "project": "pr.code"}
}

func (s store) debts(ctx context.Context, scope actor.Scope, f Filter, q listing.Query) (listing.Answer[Debt], Sums, error) {
	answer, sums := listing.Answer[Debt]{Items: []Debt{}, Query: q}, Sums{}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.State, f.Kind, f.Project}
	if err := s.q.GetContext(ctx, &sums, `SELECT count(*) AS count, COALESCE(sum(d.amount) FILTER (WHERE d.gone_at IS NULL), 0)::bigint AS amount,
		COALESCE(sum(d.repaid), 0)::bigint AS repaid`+debtsWhere, args...); err != nil {
		return answer, sums, err
	}
	answer.Total = min(sums.Count, listing.CountCap+1)
	err := s.q.SelectContext(ctx, &answer.Items, debtColumns+strings.Replace(debtsWhere, ` WHERE`, debtNames+` WHERE`, 1)+` AND ($8 = '' OR d.id < (SELECT id FROM debt WHERE code = $8))
		ORDER BY `+q.Order(debtSorts(), "d.id DESC")+` LIMIT $9 OFFSET $10`, append(args, q.After, q.Limit(), q.Offset())...)
	return answer, sums, err
}
