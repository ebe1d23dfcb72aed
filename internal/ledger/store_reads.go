package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strconv"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/listing"
)

const journalColumns = `SELECT j.id, j.kind, j.reference, pr.code AS project, j.day, j.occurred_on, COALESCE(j.reverses, 0) AS reverses,
	COALESCE((SELECT r.id FROM journal r WHERE r.reverses = j.id), 0) AS reversed_by, u.full_name AS made_by_name, j.recorded_at,
	COALESCE((SELECT s.number FROM journal_seal s WHERE s.journal_id = j.id), 0) AS seal,
	(SELECT COALESCE(sum(p.amount), 0)::bigint FROM posting p WHERE p.journal_id = j.id AND p.amount > 0) AS amount
	FROM journal j JOIN project pr ON pr.id = j.project_id JOIN app_user u ON u.id = j.made_by`

// journalScope are the works of a scope; somebody who sees a ward sees journals that touch its cases.
const journalScope = ` ($1 = 0 OR pr.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM posting p JOIN land_case c ON c.id = p.case_id WHERE p.journal_id = j.id AND c.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = j.project_id AND m.user_id = $3))`

// where adds only the conditions that are asked for, so that each question has a plan of its own.
func (f BookFilter) where(scope actor.Scope) (string, []any) {
	args := []any{scope.Unit, scope.Ward, scope.Member}
	text := ` WHERE` + journalScope
	add := func(condition string, value any) {
		args = append(args, value)
		text += " AND " + condition + strconv.Itoa(len(args))
	}
	if f.Project != "" {
		add(`pr.code = $`, f.Project)
	}
	if f.Case != "" {
		add(`j.id IN (SELECT p.journal_id FROM posting p JOIN land_case c ON c.id = p.case_id WHERE c.code = $`, f.Case)
		if f.Account != "" {
			add(`p.account = $`, f.Account)
		}
		text += `)`
	} else if f.Account != "" {
		add(`EXISTS (SELECT 1 FROM posting p WHERE p.journal_id = j.id AND p.account = $`, f.Account)
		text += `)`
	}
	if f.Kind != "" {
		add(`j.kind = $`, f.Kind)
	}
	if f.Reference != "" {
		add(`j.reference = $`, f.Reference)
	}
	if !f.From.IsZero() {
		add(`j.day >= $`, f.From)
	}
	if !f.Through.IsZero() {
		add(`j.day <= $`, f.Through)
	}
	return text, args
}

func (s store) journals(ctx context.Context, scope actor.Scope, f BookFilter, answer listing.Answer[JournalRow]) (listing.Answer[JournalRow], error) {
	where, args := f.where(scope)
	from := ` FROM journal j JOIN project pr ON pr.id = j.project_id` + where
	if err := s.q.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1`+from+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	after, err := strconv.ParseInt(answer.After, 10, 64)
	if err != nil || after < 0 {
		after = 0
	}
	n := len(args)
	page := ` AND ($` + strconv.Itoa(n+1) + `::bigint = 0 OR j.id < $` + strconv.Itoa(n+1) + `) ORDER BY j.id DESC LIMIT $` + strconv.Itoa(n+2) + ` OFFSET $` + strconv.Itoa(n+3)
	err = s.q.SelectContext(ctx, &answer.Items, journalColumns+where+page, append(args, after, answer.Limit(), answer.Offset())...)
	return answer, err
}

func (s store) journalOf(ctx context.Context, scope actor.Scope, journal id.Journal) (JournalRow, []PostingRow, error) {
	var row JournalRow
	postings := []PostingRow{}
	err := s.q.GetContext(ctx, &row, journalColumns+` WHERE`+journalScope+` AND j.id = $4`, scope.Unit, scope.Ward, scope.Member, journal)
	if errors.Is(err, sql.ErrNoRows) {
		return row, nil, ErrJournalMissing
	}
	if err != nil {
		return row, nil, err
	}
	err = s.q.SelectContext(ctx, &postings, `SELECT c.code AS case_code, p.account, p.amount FROM posting p JOIN land_case c ON c.id = p.case_id
		WHERE p.journal_id = $1 ORDER BY p.id LIMIT 5000`, journal)
	return row, postings, err
}
