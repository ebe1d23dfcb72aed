package people

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

type store struct{ q tx.Querier }

const userColumns = `u.id, u.username, u.full_name, n.code AS unit_code, n.name AS unit_name, COALESCE(w.code, '') AS ward_code,
	COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role) FROM user_role r WHERE r.user_id = u.id), '') AS roles,
	u.sample, u.disabled_at, u.created_at, u.version`

const userFrom = ` FROM app_user u JOIN unit n ON n.id = u.unit_id LEFT JOIN ward w ON w.id = u.ward_id`

// find reads one user; lock holds the row until the act ends.
func (s store) find(ctx context.Context, username string, lock bool) (User, error) {
	query := `SELECT ` + userColumns + userFrom + ` WHERE u.username = $1`
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM app_user WHERE username = $1 FOR UPDATE`, username); err != nil {
			return User{}, err
		}
	}
	var u User
	err := s.q.GetContext(ctx, &u, query, username)
	if errors.Is(err, sql.ErrNoRows) {
		return u, ErrMissing
	}
	return u, err
}

// strpos and not LIKE: a typed % or _ is a sign like any other.
const userWhere = ` WHERE ($1 = '' OR strpos(fold(u.full_name), fold($1)) > 0 OR strpos(u.username, lower($1)) > 0)
	AND ($2 = '' OR EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = u.id AND r.role = $2))
	AND ($3 = '' OR n.code = $3)
	AND ($4 = '' OR ($4 = 'disabled') = (u.disabled_at IS NOT NULL))`

func sortColumns() map[string]string {
	return map[string]string{"username": "u.username", "name": `u.full_name COLLATE "vi-VN-x-icu"`, "unit": "n.code", "state": "u.disabled_at", "created": "u.created_at"}
}

func (s store) list(ctx context.Context, f Filter, q listing.Query) (Users, error) {
	answer := Users{Items: []User{}, Query: q}
	args := []any{q.Text, f.Role, f.Unit, f.State}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1`+userFrom+userWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	err := s.q.SelectContext(ctx, &answer.Items,
		`SELECT `+userColumns+userFrom+userWhere+` ORDER BY `+q.Order(sortColumns(), "u.username")+` LIMIT $5 OFFSET $6`,
		append(args, q.Limit(), q.Offset())...)
	return answer, err
}

const insertUser = `INSERT INTO app_user (username, full_name, password_hash, unit_id, ward_id, sample)
	VALUES ($1, $2, $3, $4, NULLIF($5, 0), $6) RETURNING id`

func (s store) insert(ctx context.Context, u NewUser, hash string, unit id.Unit, ward id.Ward) (id.User, error) {
	var user id.User
	err := s.q.GetContext(ctx, &user, insertUser, u.Username, u.FullName, hash, unit, ward, u.Sample)
	return user, refuse(err)
}

const updateUser = `UPDATE app_user SET full_name = $2, unit_id = $3, ward_id = NULLIF($4, 0), version = version + 1 WHERE id = $1`

func (s store) update(ctx context.Context, user id.User, d Details, unit id.Unit, ward id.Ward) error {
	_, err := s.q.ExecContext(ctx, updateUser, user, d.FullName, unit, ward)
	return err
}

const updatePassword = `UPDATE app_user SET password_hash = $2, version = version + 1 WHERE id = $1`

func (s store) setPassword(ctx context.Context, user id.User, hash string) error {
	_, err := s.q.ExecContext(ctx, updatePassword, user, hash)
	return err
}

const updateDisabled = `UPDATE app_user SET disabled_at = CASE WHEN $2 THEN clock_timestamp() END, version = version + 1 WHERE id = $1`

func (s store) setDisabled(ctx context.Context, user id.User, disabled bool) error {
	_, err := s.q.ExecContext(ctx, updateDisabled, user, disabled)
	return err
}

const insertRoles = `INSERT INTO user_role (user_id, role) SELECT $1, unnest(string_to_array($2, ','))`

// setRoles replaces the roles and moves the version on.
func (s store) setRoles(ctx context.Context, user id.User, roles []string) error {
	if _, err := s.q.ExecContext(ctx, `DELETE FROM user_role WHERE user_id = $1`, user); err != nil {
		return err
	}
	if _, err := s.q.ExecContext(ctx, insertRoles, user, strings.Join(roles, ",")); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx, `UPDATE app_user SET version = version + 1 WHERE id = $1`, user)
	return err
}

const countHolders = `SELECT count(DISTINCT u.id) FROM app_user u JOIN user_role r ON r.user_id = u.id
	WHERE u.disabled_at IS NULL AND r.role = ANY (string_to_array($1, ','))`

// holders counts the active users with any of the roles. The lock makes two administrators who remove each other wait for one another.
func (s store) holders(ctx context.Context, roles []string) (int, error) {
	if _, err := s.q.ExecContext(ctx, `LOCK TABLE user_role IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return 0, err
	}
	var n int
	err := s.q.GetContext(ctx, &n, countHolders, strings.Join(roles, ","))
	return n, err
}

// identity is all that a request needs to know of who asks.
type identity struct {
	ID        id.User `db:"id"`
	Username  string  `db:"username"`
	FullName  string  `db:"full_name"`
	Unit      id.Unit `db:"unit_id"`
	Ward      id.Ward `db:"ward"`
	RoleNames string  `db:"roles"`
	Stamp     string  `db:"stamp"`
}

const identityColumns = `u.id, u.username, u.full_name, u.unit_id, COALESCE(u.ward_id, n.ward_id, 0) AS ward,
	COALESCE((SELECT string_agg(r.role, ',' ORDER BY r.role) FROM user_role r WHERE r.user_id = u.id), '') AS roles,
	left(encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex'), 16) AS stamp`

const identityByID = `SELECT ` + identityColumns + ` FROM app_user u JOIN unit n ON n.id = u.unit_id WHERE u.id = $1 AND u.disabled_at IS NULL`

func (s store) identity(ctx context.Context, user id.User) (identity, error) {
	var i identity
	err := s.q.GetContext(ctx, &i, identityByID, user)
	if errors.Is(err, sql.ErrNoRows) {
		return i, ErrMissing
	}
	return i, err
}

const identityByToken = `SELECT ` + identityColumns + ` FROM api_token t JOIN app_user u ON u.id = t.user_id JOIN unit n ON n.id = u.unit_id
	WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > clock_timestamp() AND u.disabled_at IS NULL`

func (s store) identityByToken(ctx context.Context, hash []byte) (identity, error) {
	var i identity
	err := s.q.GetContext(ctx, &i, identityByToken, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return i, ErrTokenInvalid
	}
	return i, err
}

// credentials are what a sign-in is checked against; ID is 0 when there is no such active user.
type credentials struct {
	ID   id.User `db:"id"`
	Hash string  `db:"password_hash"`
}

const findCredentials = `SELECT id, password_hash FROM app_user WHERE username = $1 AND disabled_at IS NULL`

func (s store) credentials(ctx context.Context, username string) (credentials, error) {
	c := credentials{}
	err := s.q.GetContext(ctx, &c, findCredentials, username)
	if errors.Is(err, sql.ErrNoRows) {
		return credentials{Hash: nobodysHash()}, nil
	}
	return c, err
}

type tries struct {
	Account int `db:"account"` // for this account from this address
	Minute  int `db:"minute"`  // from this address in the last minute
}

const countTries = `SELECT count(*) FILTER (WHERE username = $1) AS account, count(*) FILTER (WHERE at > clock_timestamp() - interval '1 minute') AS minute
	FROM login_failure WHERE address = $2 AND at > clock_timestamp() - make_interval(mins => $3)`

func (s store) tries(ctx context.Context, username, address string) (tries, error) {
	var t tries
	err := s.q.GetContext(ctx, &t, countTries, username, address, waitMinutes)
	return t, err
}

// addTry notes a failure and drops those that count no more: the table stays small without a caretaker.
func (s store) addTry(ctx context.Context, username, address string) error {
	if _, err := s.q.ExecContext(ctx, `DELETE FROM login_failure WHERE at < clock_timestamp() - make_interval(mins => $1)`, waitMinutes); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx, `INSERT INTO login_failure (username, address) VALUES ($1, $2)`, username, address)
	return err
}

func (s store) clearTries(ctx context.Context, username, address string) error {
	_, err := s.q.ExecContext(ctx, `DELETE FROM login_failure WHERE username = $1 AND address = $2`, username, address)
	return err
}

const putUnit = `INSERT INTO unit (code, name, kind, ward_id) VALUES ($1, $2, $3, NULLIF($4, 0))
	ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, kind = EXCLUDED.kind, ward_id = EXCLUDED.ward_id
	WHERE (unit.name, unit.kind, unit.ward_id) IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.kind, EXCLUDED.ward_id)`

// putUnit tells whether anything changed.
func (s store) putUnit(ctx context.Context, u Unit, ward id.Ward) (bool, error) {
	res, err := s.q.ExecContext(ctx, putUnit, u.Code, u.Name, u.Kind, ward)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func (s store) units(ctx context.Context) ([]Unit, error) {
	units := []Unit{}
	err := s.q.SelectContext(ctx, &units,
		`SELECT n.id, n.code, n.name, n.kind, COALESCE(w.code, '') AS ward_code FROM unit n LEFT JOIN ward w ON w.id = n.ward_id
		 ORDER BY n.name COLLATE "vi-VN-x-icu" LIMIT 500`)
	return units, err
}

func (s store) unitByCode(ctx context.Context, code string) (id.Unit, error) {
	var unit id.Unit
	err := s.q.GetContext(ctx, &unit, `SELECT id FROM unit WHERE code = $1`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrUnitUnknown
	}
	return unit, err
}

// wardByCode picks the same ward as the register of works does when a code was used twice, so that a person's ward and a work's meet.
func (s store) wardByCode(ctx context.Context, code string) (id.Ward, error) {
	if code == "" {
		return 0, nil
	}
	var ward id.Ward
	err := s.q.GetContext(ctx, &ward, `SELECT id FROM ward WHERE code = $1 ORDER BY valid_from LIMIT 1`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrWardUnknown
	}
	return ward, err
}

func (s store) wards(ctx context.Context) ([]Ward, error) {
	wards := []Ward{}
	err := s.q.SelectContext(ctx, &wards,
		`SELECT code, name FROM (SELECT DISTINCT ON (code) code, name FROM ward ORDER BY code, valid_from) first
		 ORDER BY name COLLATE "vi-VN-x-icu" LIMIT 500`)
	return wards, err
}

const tokenColumns = `t.id, u.username, t.name, t.expires_at, t.created_at, t.revoked_at`

func (s store) tokens(ctx context.Context, user id.User) ([]Token, error) {
	tokens := []Token{}
	err := s.q.SelectContext(ctx, &tokens, `SELECT `+tokenColumns+` FROM api_token t JOIN app_user u ON u.id = t.user_id
		WHERE t.user_id = $1 ORDER BY t.id DESC LIMIT 100`, user)
	return tokens, err
}

func (s store) token(ctx context.Context, token int64) (Token, error) {
	var t Token
	err := s.q.GetContext(ctx, &t, `SELECT `+tokenColumns+` FROM api_token t JOIN app_user u ON u.id = t.user_id WHERE t.id = $1 FOR UPDATE OF t`, token)
	if errors.Is(err, sql.ErrNoRows) {
		return t, ErrTokenMissing
	}
	return t, err
}

const insertToken = `INSERT INTO api_token (user_id, token_hash, name, expires_at)
	VALUES ($1, $2, $3, clock_timestamp() + make_interval(days => $4)) RETURNING expires_at`

func (s store) insertToken(ctx context.Context, user id.User, hash []byte, name string, days int) (time.Time, error) {
	var expires time.Time
	err := s.q.GetContext(ctx, &expires, insertToken, user, hash, name, days)
	return expires, err
}

func (s store) revokeToken(ctx context.Context, token int64) error {
	_, err := s.q.ExecContext(ctx, `UPDATE api_token SET revoked_at = clock_timestamp() WHERE id = $1 AND revoked_at IS NULL`, token)
	return err
}
