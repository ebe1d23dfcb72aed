package payout

import (
	"context"
	"database/sql"
	"errors"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

// sameNumber is who else in use has the number of account k, another identity: two files of one person are no warning.
const sameNumber = `FROM account_check x JOIN holder_party xp ON xp.id = x.party_id JOIN holder_party kp ON kp.id = k.party_id
	WHERE x.current AND x.account_no = k.account_no AND x.party_id <> k.party_id AND (xp.identity_no <> kp.identity_no OR xp.identity_no = '')`

const accountColumns = `k.code, h.code AS holder_code, k.full_name, k.bank_name, k.account_no, k.account_name, k.state, k.origin, k.current, k.entered_by,
	en.full_name AS entered_by_name, k.entered_at, COALESCE(de.full_name, '') AS decided_by_name, k.decided_at, k.reason, k.version,
	COALESCE((SELECT string_agg(x.full_name, ', ' ORDER BY x.id) ` + sameNumber + `), '') AS others,
	COALESCE((SELECT string_agg(DISTINCT o.code, ', ') FROM payment p JOIN payout_order o ON o.id = p.order_id
	  WHERE p.party_id = k.party_id AND k.current AND o.method = 'transfer' AND o.state IN ('draft', 'submitted')), '') AS orders`

const accountFrom = ` FROM account_check k JOIN holder h ON h.id = k.holder_id JOIN app_user en ON en.id = k.entered_by LEFT JOIN app_user de ON de.id = k.decided_by`

// accountScope: whoever sees works sees the holders of their cases; a ward its own holders.
const accountScope = ` ($2 = 0 OR h.ward_id = $2) AND (($1 = 0 AND $3 = 0) OR EXISTS (SELECT 1 FROM land_case c JOIN project p ON p.id = c.project_id
	WHERE c.holder_id = h.id AND ($1 = 0 OR p.unit_id = $1) AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.user_id = $3))))`

const accountsWhere = ` WHERE k.current AND` + accountScope + ` AND ($4 = '' OR k.account_no = $4 OR fold(k.full_name) LIKE '%' || fold($4) || '%')
	AND ($5 = '' OR k.state = $5) AND (NOT $6 OR EXISTS (SELECT 1 ` + sameNumber + `))`

func accountSorts() map[string]string {
	return map[string]string{"payee": "k.full_name", "bank": "k.bank_name", "entered": "k.id", "state": "k.state"}
}

func (s store) accounts(ctx context.Context, scope actor.Scope, f AccountFilter, q listing.Query) (listing.Answer[Account], error) {
	answer := listing.Answer[Account]{Items: []Account{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Like(), f.State, f.Twice}
	if err := s.q.GetContext(ctx, &answer.Total, `SELECT count(*) FROM (SELECT 1 FROM account_check k JOIN holder h ON h.id = k.holder_id`+accountsWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	err := s.q.SelectContext(ctx, &answer.Items, `SELECT `+accountColumns+accountFrom+accountsWhere+` AND ($7 = '' OR k.id > (SELECT id FROM account_check WHERE code = $7))
		ORDER BY `+q.Order(accountSorts(), "k.id")+` LIMIT $8 OFFSET $9`, append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

func (s store) account(ctx context.Context, scope actor.Scope, code string) (Account, error) {
	var a Account
	err := s.q.GetContext(ctx, &a, `SELECT `+accountColumns+accountFrom+` WHERE`+accountScope+` AND k.code = $4`, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return a, ErrAccountMissing
	}
	return a, err
}

func (s store) lockAccount(ctx context.Context, scope actor.Scope, code string) (Account, error) {
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM account_check WHERE code = $1 FOR UPDATE`, code); err != nil {
		return Account{}, err
	}
	return s.account(ctx, scope, code)
}

func (s store) accountHistory(ctx context.Context, code string) ([]Account, error) {
	rows := []Account{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+accountColumns+accountFrom+`
		WHERE k.party_id = (SELECT party_id FROM account_check WHERE code = $1) ORDER BY k.id DESC LIMIT 500`, code)
	return rows, err
}

func (s store) decideAccount(ctx context.Context, a Account, state AccountState, by id.User, reason string) error {
	_, err := s.q.ExecContext(ctx, `UPDATE account_check SET state = $2, decided_by = $3, decided_at = clock_timestamp(), reason = $4, version = version + 1
		WHERE code = $1 AND version = $5`, a.Code, state, by, reason, a.Version)
	return err
}

func (s store) waitingAccounts(ctx context.Context, scope actor.Scope, who id.User) (n int, err error) {
	err = s.q.GetContext(ctx, &n, `SELECT count(*) FROM account_check k JOIN holder h ON h.id = k.holder_id WHERE k.current AND k.state = 'waiting' AND k.entered_by <> $4 AND`+accountScope,
		scope.Unit, scope.Ward, scope.Member, who)
	return n, err
}
