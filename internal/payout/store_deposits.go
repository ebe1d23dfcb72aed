package payout

import (
	"context"
	"database/sql"
	"errors"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

// depositFrom joins to deposits d what became of them: what was handed over, the interest that stands, and the state all that makes.
const depositFrom = ` FROM deposit d JOIN payment p ON p.id = d.payment_id JOIN project pr ON pr.id = p.project_id JOIN land_case c ON c.id = p.case_id
	JOIN payment_result r ON r.id = d.result_id
	CROSS JOIN LATERAL (SELECT COALESCE(sum(x.amount) FILTER (WHERE x.state = 'handed_over'), 0)::bigint AS released,
	  COALESCE(sum(x.interest) FILTER (WHERE x.state = 'handed_over'), 0)::bigint AS interest_paid, max(y.day) FILTER (WHERE x.state = 'handed_over') AS released_on,
	  max(x.state) FILTER (WHERE x.state IN ('waiting', 'approved')) AS step
	  FROM deposit_release x LEFT JOIN payment_result y ON y.id = x.result_id WHERE x.deposit_id = d.id) rel
	CROSS JOIN LATERAL (SELECT COALESCE(sum(n.amount), 0)::bigint AS credited FROM deposit_interest n
	  WHERE n.deposit_id = d.id AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = n.journal_id)) i
	CROSS JOIN LATERAL (SELECT CASE WHEN EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id) THEN 'taken_back'
	  WHEN rel.step = 'approved' THEN 'approved' WHEN rel.step = 'waiting' THEN 'asked' WHEN rel.released >= d.amount THEN 'released' WHEN d.ground = 'unknown' THEN 'incomplete' ELSE 'held' END AS state) st`

const depositColumns = `SELECT d.id, d.code, d.payment_id, p.code AS payment_code, p.case_id, c.code AS case_code, p.project_id, pr.code AS project_code, pr.name AS project_name,
	p.payee_name, d.amount, rel.released, rel.interest_paid, rel.released_on, i.credited, d.opened_on, st.state, d.law, r.reason, d.ground, d.ground_note, d.bank,
	d.account_name, d.account_no, d.minutes_no, d.minutes_day, d.changed_at, d.version, (SELECT u.full_name FROM app_user u WHERE u.id = d.changed_by) AS changed_by_name`

const depositsWhere = depositFrom + ` WHERE` + paymentScope + ` AND ($4 = '' OR p.payee_fold LIKE '%' || fold($4) || '%' OR p.code ILIKE $4 || '%' OR d.code ILIKE $4 || '%' OR c.code = $4)
	AND ($5 = '' OR st.state = $5) AND ($6 = '' OR d.ground = $6) AND ($7 = '' OR pr.code = $7) AND ($8 = '' OR p.code = $8) AND ($9 = 0 OR $10::date - d.opened_on > $9)`

func depositSorts() map[string]string {
	return map[string]string{"code": "d.id", "payee": "p.payee_fold", "amount": "d.amount", "opened": "d.opened_on", "state": "st.state", "ground": "d.ground", "project": "pr.code"}
}

func (s store) deposits(ctx context.Context, scope actor.Scope, f DepositFilter, q listing.Query) (listing.Answer[DepositEntry], DepositSums, error) {
	answer, sums := listing.Answer[DepositEntry]{Items: []DepositEntry{}, Query: q}, DepositSums{}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.State, f.Ground, f.Project, f.Payment, f.Over, f.Today}
	if err := s.q.GetContext(ctx, &sums, `SELECT count(*) AS count, COALESCE(sum(d.amount), 0)::bigint AS amount,
		COALESCE(sum(CASE WHEN st.state <> 'taken_back' THEN d.amount - rel.released END), 0)::bigint AS remaining,
		COALESCE(sum(i.credited - rel.interest_paid), 0)::bigint AS interest`+depositsWhere, args...); err != nil {
		return answer, sums, err
	}
	answer.Total = min(sums.Count, listing.CountCap+1)
	err := s.q.SelectContext(ctx, &answer.Items, depositColumns+depositsWhere+` AND ($11 = '' OR d.id < (SELECT id FROM deposit WHERE code = $11))
		ORDER BY `+q.Order(depositSorts(), "d.id DESC")+` LIMIT $12 OFFSET $13`, append(args, q.After, q.Limit(), q.Offset())...)
	return answer, sums, err
}

func (s store) deposit(ctx context.Context, scope actor.Scope, code string) (DepositEntry, error) {
	var d DepositEntry
	err := s.q.GetContext(ctx, &d, depositColumns+depositFrom+` WHERE`+paymentScope+` AND d.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrDepositMissing
	}
	return d, err
}

// lockDeposit locks a deposit behind its payment, as the order of locks has it, and reads it after.
func (s store) lockDeposit(ctx context.Context, scope actor.Scope, code string) (DepositEntry, error) {
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM payment WHERE id = (SELECT payment_id FROM deposit WHERE code = $1) FOR UPDATE`, code); err != nil {
		return DepositEntry{}, err
	}
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM deposit WHERE code = $1 FOR UPDATE`, code); err != nil {
		return DepositEntry{}, err
	}
	return s.deposit(ctx, scope, code)
}

// lawOf is the article that holds for a deposit d of case c on its day: where the case's rule set has none, the set's basis.
const lawOf = `(SELECT COALESCE((SELECT l.basis FROM legal_rule l WHERE l.rule_set = c.rule_set AND l.key = 'deposit_place' AND l.valid_from <= d.opened_on
	AND COALESCE(l.valid_to >= d.opened_on, true) ORDER BY l.valid_from DESC LIMIT 1), s.basis) FROM rule_set s WHERE s.code = c.rule_set)`

func (s store) completeDeposit(ctx context.Context, e DepositEntry, d DepositDetails, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE deposit d SET ground = $2, ground_note = $3, bank = $4, account_name = $5, account_no = $6, minutes_no = $7, minutes_day = $8, law = `+lawOf+`,
		   changed_by = $10, changed_at = clock_timestamp(), version = d.version + 1 FROM land_case c WHERE d.id = $1 AND c.id = $9`,
		e.ID, d.Ground, d.GroundNote, d.Bank, d.AccountName, d.AccountNo, d.MinutesNo, d.MinutesDay, e.CaseID, by)
	return err
}

// detailOpened writes the details of the deposits that the act has just opened, and gives their codes in the order told.
func (s store) detailOpened(ctx context.Context, told []NewDeposit, by id.User) ([]string, error) {
	n := len(told)
	payments, grounds, notes, banks := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	names, numbers, minutes, days := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, t := range told {
		d := t.Details
		payments[i], grounds[i], notes[i], banks[i] = t.Result.PaymentCode, string(d.Ground), d.GroundNote, d.Bank
		names[i], numbers[i], minutes[i], days[i] = d.AccountName, d.AccountNo, d.MinutesNo, d.MinutesDay.String()
	}
	codes := []string{}
	err := s.q.SelectContext(ctx, &codes,
		`WITH told AS (SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[])
		   WITH ORDINALITY AS t(payment, ground, note, bank, account_name, account_no, minutes_no, minutes_day, at)),
		 written AS (UPDATE deposit d SET ground = t.ground, ground_note = t.note, bank = t.bank, account_name = t.account_name, account_no = t.account_no,
		     minutes_no = t.minutes_no, minutes_day = t.minutes_day, law = `+lawOf+`, changed_by = $1, changed_at = clock_timestamp(), version = d.version + 1
		   FROM told t JOIN payment p ON p.code = t.payment JOIN land_case c ON c.id = p.case_id
		   WHERE d.id = (SELECT max(x.id) FROM deposit x WHERE x.payment_id = p.id) RETURNING t.at, d.code)
		 SELECT code FROM written ORDER BY at`,
		by, pq.Array(payments), pq.Array(grounds), pq.Array(notes), pq.Array(banks), pq.Array(names), pq.Array(numbers), pq.Array(minutes), pq.Array(days))
	return codes, err
}
