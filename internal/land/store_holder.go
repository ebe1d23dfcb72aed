package land

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/listing"
	"matbang/internal/tx"
)

const holderColumns = `h.id, h.code, h.kind, h.name, h.state, w.code AS ward_code, w.name AS ward_name, h.address, h.phone, h.sample,
	u.full_name AS changed_by_name, h.changed_at, h.version`

const holderFrom = ` FROM holder h JOIN ward w ON w.id = h.ward_id JOIN app_user u ON u.id = h.changed_by`

// holderInScope: a holder is seen by whoever sees one of its cases, by the ward it lives in, and, while it has no case yet, by the unit
// (or the person) that entered it. Parameters $1 (unit), $2 (ward), $3 (member).
const holderInScope = ` (($1 = 0 AND $2 = 0 AND $3 = 0) OR ($2 <> 0 AND h.ward_id = $2)
	OR EXISTS (SELECT 1 FROM land_case c JOIN project p ON p.id = c.project_id WHERE c.holder_id = h.id AND` + caseInScope + `)
	OR ($2 = 0 AND ($1 = 0 OR u.unit_id = $1) AND ($3 = 0 OR u.id = $3) AND NOT EXISTS (SELECT 1 FROM land_case c WHERE c.holder_id = h.id)))`

const holderListWhere = ` WHERE` + holderInScope + `
	AND ($4 = '' OR h.name_fold LIKE '%' || fold($5) || '%' OR starts_with(h.code, upper($4)))
	AND ($6 = '' OR h.kind = $6) AND ($7 = '' OR h.state = $7) AND ($8 = '' OR w.code = $8)`

const casesOfHolder = `FROM land_case c JOIN project p ON p.id = c.project_id WHERE c.holder_id = h.id AND` + caseInScope

func (s store) holders(ctx context.Context, scope actor.Scope, f HolderFilter, q listing.Query) (listing.Answer[HolderRow], error) {
	answer := listing.Answer[HolderRow]{Items: []HolderRow{}, Query: q}
	args := []any{scope.Unit, scope.Ward, scope.Member, q.Text, q.Like(), f.Kind, f.State, f.Ward}
	if err := s.q.GetContext(ctx, &answer.Total,
		`SELECT count(*) FROM (SELECT 1`+holderFrom+holderListWhere+` LIMIT 10001) counted`, args...); err != nil {
		return answer, err
	}
	sort := map[string]string{"name": `h.name COLLATE "vi-VN-x-icu"`, "ward": "w.code", "kind": "h.kind", "cases": "cases", "area": "recovered_area"}
	err := s.q.SelectContext(ctx, &answer.Items, `SELECT `+holderColumns+`,
		  (SELECT count(*) FROM holder_party hp WHERE hp.holder_id = h.id) AS parties,
		  (SELECT count(*) `+casesOfHolder+`) AS cases, COALESCE((SELECT sum(c.recovered_area) `+casesOfHolder+`), 0) AS recovered_area`+
		holderFrom+holderListWhere+` AND ($9 = '' OR h.code > $9) ORDER BY `+q.Order(sort, "h.code")+` LIMIT $10 OFFSET $11`,
		append(args, q.After, q.Limit(), q.Offset())...)
	return answer, err
}

func (s store) holder(ctx context.Context, scope actor.Scope, code string, lock bool) (Holder, error) {
	query := `SELECT ` + holderColumns + holderFrom + ` WHERE` + holderInScope + ` AND h.code = $4`
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM holder WHERE code = $1 FOR UPDATE`, code); err != nil {
			return Holder{}, err
		}
	}
	var h Holder
	err := s.q.GetContext(ctx, &h, query, scope.Unit, scope.Ward, scope.Member, code)
	if errors.Is(err, sql.ErrNoRows) {
		return h, ErrHolderMissing
	}
	return h, err
}

func (s store) casesOf(ctx context.Context, scope actor.Scope, holder id.Holder) ([]Case, error) {
	cases := []Case{}
	err := s.q.SelectContext(ctx, &cases, `SELECT `+caseColumns+caseFrom+` WHERE`+caseInScope+` AND c.holder_id = $4 ORDER BY c.code LIMIT 500`,
		scope.Unit, scope.Ward, scope.Member, holder)
	return cases, err
}

func (s store) parties(ctx context.Context, holder id.Holder) ([]Party, error) {
	rows := []Party{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT id, full_name, relation, identity_no, share_bp, bank_name, account_no, account_name FROM holder_party
		 WHERE holder_id = $1 ORDER BY id LIMIT 500`, holder)
	return rows, err
}

// holderIDs are the holders in scope by code.
func (s store) holderIDs(ctx context.Context, scope actor.Scope, codes []string) (map[string]id.Holder, error) {
	var rows []struct {
		Code string    `db:"code"`
		ID   id.Holder `db:"id"`
	}
	err := s.q.SelectContext(ctx, &rows, `SELECT h.code, h.id`+holderFrom+` WHERE`+holderInScope+` AND h.code = ANY($4)`,
		scope.Unit, scope.Ward, scope.Member, pq.StringArray(codes))
	found := make(map[string]id.Holder, len(rows))
	for _, r := range rows {
		found[r.Code] = r.ID
	}
	return found, err
}

// codesTaken are those of the codes that any holder has, in scope or not.
func (s store) codesTaken(ctx context.Context, codes []string) (map[string]bool, error) {
	var rows []string
	err := s.q.SelectContext(ctx, &rows, `SELECT code FROM holder WHERE code = ANY($1)`, pq.StringArray(codes))
	taken := make(map[string]bool, len(rows))
	for _, code := range rows {
		taken[code] = true
	}
	return taken, err
}

// wardIDs are wards by code: the one that stood on the day, else the newest with that code.
func (s store) wardIDs(ctx context.Context, codes []string, on day.Date) (map[string]id.Ward, error) {
	var rows []struct {
		Code string  `db:"code"`
		ID   id.Ward `db:"id"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT DISTINCT ON (code) code, id FROM ward WHERE code = ANY($1)
		 ORDER BY code, (valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)) DESC, valid_from DESC`, pq.StringArray(codes), on)
	found := make(map[string]id.Ward, len(rows))
	for _, r := range rows {
		found[r.Code] = r.ID
	}
	return found, err
}

type newHolder struct {
	Code    string  `json:"code"`
	Kind    string  `json:"kind"`
	Name    string  `json:"name"`
	State   string  `json:"state"`
	Ward    id.Ward `json:"ward_id"`
	Address string  `json:"address"`
	Phone   string  `json:"phone"`
	Sample  bool    `json:"sample"`
}

func (s store) insertHolders(ctx context.Context, rows []newHolder, by id.User) (map[string]id.Holder, error) {
	data, err := rowsJSON(rows)
	if err != nil {
		return nil, err
	}
	var made []struct {
		Code string    `db:"code"`
		ID   id.Holder `db:"id"`
	}
	err = s.q.SelectContext(ctx, &made,
		`INSERT INTO holder (code, kind, name, state, ward_id, address, phone, sample, changed_by)
		 SELECT r.code, r.kind, r.name, r.state, r.ward_id, r.address, r.phone, r.sample, $2
		 FROM jsonb_to_recordset($1::jsonb) AS r(code text, kind text, name text, state text, ward_id bigint, address text, phone text, sample boolean)
		 ORDER BY r.code RETURNING code, id`, data, by)
	found := make(map[string]id.Holder, len(made))
	for _, r := range made {
		found[r.Code] = r.ID
	}
	return found, err
}

// partyRow is a party on its way into the database; Party's own JSON leaves the numbers out.
type partyRow struct {
	Holder      id.Holder `json:"holder_id"`
	ID          id.Party  `json:"id"`
	FullName    string    `json:"full_name"`
	Relation    string    `json:"relation"`
	IdentityNo  string    `json:"identity_no"`
	ShareBP     int       `json:"share_bp"`
	BankName    string    `json:"bank_name"`
	AccountNo   string    `json:"account_no"`
	AccountName string    `json:"account_name"`
}

func partyRows(holder id.Holder, parties []Party) []partyRow {
	rows := make([]partyRow, 0, len(parties))
	for _, p := range parties {
		rows = append(rows, partyRow{holder, p.ID, p.FullName, p.Relation, p.IdentityNo, p.ShareBP, p.BankName, p.AccountNo, p.AccountName})
	}
	return rows
}

const partyRecord = ` ROWS FROM (jsonb_to_recordset($1::jsonb) AS (holder_id bigint, id bigint, full_name text, relation text, identity_no text,
	share_bp integer, bank_name text, account_no text, account_name text)) WITH ORDINALITY
	AS r(holder_id, id, full_name, relation, identity_no, share_bp, bank_name, account_no, account_name, at)`

func (s store) insertParties(ctx context.Context, rows []partyRow) error {
	data, err := rowsJSON(rows)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO holder_party (holder_id, full_name, relation, identity_no, share_bp, bank_name, account_no, account_name)
		 SELECT r.holder_id, r.full_name, r.relation, r.identity_no, r.share_bp, r.bank_name, r.account_no, r.account_name FROM`+partyRecord+`
		 WHERE r.id = 0 ORDER BY r.at`, data)
	return err
}

// replaceParties changes those with an id (empty numbers stay), removes those not named, adds the new ones.
func (s store) replaceParties(ctx context.Context, holder id.Holder, parties []Party) error {
	data, err := rowsJSON(partyRows(holder, parties))
	if err != nil {
		return err
	}
	if _, err := s.q.ExecContext(ctx,
		`DELETE FROM holder_party hp WHERE hp.holder_id = $2 AND NOT EXISTS (SELECT 1 FROM`+partyRecord+` WHERE r.id = hp.id)`, data, holder); err != nil {
		return fmt.Errorf("removing parties: %w", err)
	}
	if _, err := s.q.ExecContext(ctx,
		`UPDATE holder_party hp SET full_name = r.full_name, relation = r.relation, share_bp = r.share_bp, bank_name = r.bank_name, account_name = r.account_name,
		   identity_no = COALESCE(NULLIF(r.identity_no, ''), hp.identity_no), account_no = COALESCE(NULLIF(r.account_no, ''), hp.account_no)
		 FROM`+partyRecord+` WHERE r.id = hp.id AND hp.holder_id = $2`, data, holder); err != nil {
		return err
	}
	return s.insertParties(ctx, partyRows(holder, parties))
}

func (s store) updateHolder(ctx context.Context, holder id.Holder, in HolderInput, ward id.Ward, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE holder SET kind = $2, name = $3, state = $4, ward_id = $5, address = $6, phone = $7, changed_by = $8, changed_at = clock_timestamp(),
		   version = version + 1 WHERE id = $1`, holder, in.Kind, in.Name, in.State, ward, in.Address, in.Phone, by)
	return err
}
