package contract

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/fault"
	"matbang/internal/id"
	"matbang/internal/tx"
	"matbang/internal/vnd"
)

// inScope is the three conditions of a scope over works, as parameters $1 (unit), $2 (ward), $3 (member).
const inScope = ` ($1 = 0 OR p.unit_id = $1)
	AND ($2 = 0 OR EXISTS (SELECT 1 FROM project_ward s WHERE s.project_id = p.id AND s.ward_id = $2))
	AND ($3 = 0 OR EXISTS (SELECT 1 FROM project_member m WHERE m.project_id = p.id AND m.user_id = $3))`

type store struct{ q tx.Querier }

// one reads a single row; none is the refusal when there is none.
func (s store) one(ctx context.Context, dest any, none error, query string, args ...any) error {
	err := s.q.GetContext(ctx, dest, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return none
	}
	return err
}

func (s store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.q.ExecContext(ctx, query, args...)
	return err
}

const packageColumns = `g.id, g.project_id, p.code AS project, p.name AS project_name, g.code, g.name, g.field, g.method, g.estimate, g.decision_number,
	g.decided_on, g.authority, g.note, g.changed_at, g.version, u.full_name AS changed_name,
	(SELECT count(*) FROM contract c WHERE c.package_id = g.id) AS contracts,
	(SELECT COALESCE(sum(c.value), 0) FROM contract c WHERE c.package_id = g.id AND c.state <> 'terminated') AS contracted,
	(SELECT min(c.signed_on) FROM contract c WHERE c.package_id = g.id) AS first_signed,
	EXISTS (SELECT 1 FROM contract c WHERE c.package_id = g.id AND c.state <> 'terminated' AND btrim(c.over_estimate_reason) <> '') AS reasoned`

const packageFrom = ` FROM package g JOIN project p ON p.id = g.project_id JOIN app_user u ON u.id = g.changed_by`

func (s store) packages(ctx context.Context, scope actor.Scope, project string) ([]Package, error) {
	rows := []Package{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+packageColumns+packageFrom+` WHERE`+inScope+` AND p.code = $4 ORDER BY g.code LIMIT 500`,
		scope.Unit, scope.Ward, scope.Member, project)
	return rows, err
}

func (s store) findPackage(ctx context.Context, scope actor.Scope, project, code string, lock bool) (Package, error) {
	if lock {
		if err := tx.Lock(ctx, s.q, `SELECT 1 FROM package WHERE code = $2 AND project_id = (SELECT id FROM project WHERE code = $1) FOR NO KEY UPDATE`, project, code); err != nil {
			return Package{}, err
		}
	}
	var p Package
	err := s.one(ctx, &p, ErrPackageMissing, `SELECT `+packageColumns+packageFrom+` WHERE`+inScope+` AND p.code = $4 AND g.code = $5`,
		scope.Unit, scope.Ward, scope.Member, project, code)
	return p, err
}

func (s store) addPackage(ctx context.Context, scope actor.Scope, in PackageInput, by id.User) error {
	var made id.Package
	return s.one(ctx, &made, errProject,
		`INSERT INTO package (project_id, code, name, field, method, estimate, decision_number, decided_on, authority, note, changed_by)
		 SELECT p.id, $5, $6, $7, $8, $9::bigint, $10, $11::date, $12, $13, $14::bigint FROM project p WHERE`+inScope+` AND p.code = $4 RETURNING id`,
		scope.Unit, scope.Ward, scope.Member, in.Project, in.Code, strings.TrimSpace(in.Name), in.Field, in.Method, in.Estimate, in.DecisionNumber,
		in.DecidedOn, in.Authority, in.Note, by)
}

func (s store) updatePackage(ctx context.Context, p id.Package, in PackageInput, by id.User) error {
	return s.exec(ctx, `UPDATE package SET name = $2, field = $3, method = $4, estimate = $5, decision_number = $6, decided_on = $7, authority = $8, note = $9,
		changed_by = $10, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		p, strings.TrimSpace(in.Name), in.Field, in.Method, in.Estimate, in.DecisionNumber, in.DecidedOn, in.Authority, in.Note, by)
}

// ground reads the first investment and policy decision of a work.
func (s store) ground(ctx context.Context, project id.Project) (ground, error) {
	var g ground
	err := s.q.GetContext(ctx, &g, `SELECT min(decided_on) FILTER (WHERE kind = 'investment') AS investment,
		min(decided_on) FILTER (WHERE kind = 'policy') AS policy FROM project_decision WHERE project_id = $1`, project)
	return g, err
}

// contractor finds a firm by its tax code, or enters it under a name.
func (s store) contractor(ctx context.Context, taxCode, name string, by id.User) (int64, error) {
	var firm int64
	err := s.q.GetContext(ctx, &firm, `SELECT id FROM contractor WHERE tax_code = $1`, taxCode)
	if !errors.Is(err, sql.ErrNoRows) {
		return firm, err
	}
	if !given(name) {
		return 0, errContractorName
	}
	err = s.q.GetContext(ctx, &firm, `INSERT INTO contractor (name, tax_code, changed_by) VALUES ($1, $2, $3)
		ON CONFLICT (tax_code) DO UPDATE SET tax_code = EXCLUDED.tax_code RETURNING id`, strings.TrimSpace(name), taxCode, by)
	return firm, err
}

func (s store) contractors(ctx context.Context) ([]Contractor, error) {
	rows := []Contractor{}
	err := s.q.SelectContext(ctx, &rows, `SELECT tax_code, name FROM contractor ORDER BY name_fold LIMIT 500`)
	return rows, err
}

func (s store) addContract(ctx context.Context, p Package, firm int64, in NewContract, by id.User) (string, error) {
	year := in.SignedOn.Year()
	serial, err := tx.Serial(ctx, s.q, fmt.Sprintf("HD-%d", year))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("HD-%d-%04d", year, serial)
	return code, s.exec(ctx,
		`INSERT INTO contract (code, package_id, project_id, contractor_id, number, signed_on, kind, original_value, value, starts_on, original_ends_on, ends_on,
		   advance_bp, advance_reason, retention_bp, over_estimate_reason, note, changed_by, recorded_by)
		 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$8,$9,$10,$10,$11,$12,$13,$14,$15,$16,$16)`,
		code, p.ID, p.ProjectID, firm, strings.TrimSpace(in.Number), in.SignedOn, in.Kind, in.Value, in.StartsOn, in.EndsOn, in.AdvanceBP,
		strings.TrimSpace(in.AdvanceReason), in.RetentionBP, strings.TrimSpace(in.OverReason), in.Note, by)
}

func (s store) amend(ctx context.Context, c id.Contract, a Amendment, by id.User) error {
	if err := s.exec(ctx, `INSERT INTO contract_amendment (contract_id, number, decided_on, value_change, new_ends_on, reason, recorded_by)
		VALUES ($1,$2,$3,$4,$5,$6,$7)`, c, strings.TrimSpace(a.Number), a.DecidedOn, a.ValueChange, a.NewEndsOn, a.Reason, by); err != nil {
		return err
	}
	return s.exec(ctx, `UPDATE contract SET value = value + $2, ends_on = COALESCE($3::date, ends_on),
		over_estimate_reason = COALESCE(NULLIF($4, ''), over_estimate_reason) WHERE id = $1`, c, a.ValueChange, a.NewEndsOn, strings.TrimSpace(a.OverReason))
}

func (s store) end(ctx context.Context, c id.Contract, state State, on day.Date, reason string) error {
	return s.exec(ctx, `UPDATE contract SET state = $2, ended_on = $3, end_reason = $4 WHERE id = $1`, c, state, on, strings.TrimSpace(reason))
}

// lock locks contracts in the order of their keys and reads them as they stand; refuses one that is missing or was changed.
func (s store) lock(ctx context.Context, scope actor.Scope, versions map[string]int) (map[string]Contract, error) {
	codes := strings.Join(slices.Sorted(maps.Keys(versions)), ",")
	if err := tx.Lock(ctx, s.q, `SELECT 1 FROM contract WHERE code = ANY(string_to_array($1, ',')) ORDER BY id FOR UPDATE`, codes); err != nil {
		return nil, err
	}
	rows, err := s.findAll(ctx, scope, codes)
	if err != nil {
		return nil, err
	}
	contracts := make(map[string]Contract, len(rows))
	for _, c := range rows {
		if c.Version != versions[c.Code] {
			return nil, fault.ChangedBy(c.ChangedBy, c.ChangedAt)
		}
		contracts[c.Code] = c
	}
	if len(contracts) < len(versions) {
		return nil, ErrMissing
	}
	return contracts, nil
}

func (s store) touch(ctx context.Context, contracts map[string]Contract, by id.User) error {
	return s.exec(ctx, `UPDATE contract SET changed_by = $2, changed_at = clock_timestamp(), version = version + 1 WHERE code = ANY(string_to_array($1, ','))`,
		strings.Join(slices.Sorted(maps.Keys(contracts)), ","), by)
}

// written is an acceptance or a bill on its way into the database; its names are the columns.
type written struct {
	Contract  id.Contract `json:"contract_id"`
	Number    string      `json:"number,omitempty"`
	Kind      string      `json:"kind,omitempty"`
	Day       day.Date    `json:"day"`
	Value     vnd.Amount  `json:"value"`
	Recovered vnd.Amount  `json:"recovered"`
	Retained  vnd.Amount  `json:"retained"`
	Payable   vnd.Amount  `json:"payable"`
	Note      string      `json:"note"`
}

func encoded(rows []written) (string, error) {
	data, err := json.Marshal(rows)
	if err != nil {
		return "", fmt.Errorf("contract: %w", err)
	}
	return string(data), nil
}

// accept writes acceptances and closes the contracts that are completed by them.
func (s store) accept(ctx context.Context, rows []On[Acceptance], contracts map[string]Contract, by id.User) error {
	all := make([]written, 0, len(rows))
	for _, row := range rows {
		a := row.What
		all = append(all, written{Contract: contracts[row.Contract].ID, Number: strings.TrimSpace(a.Number), Kind: a.Kind, Day: a.AcceptedOn, Value: a.Value,
			Note: strings.TrimSpace(a.Note)})
	}
	data, err := encoded(all)
	if err != nil {
		return err
	}
	return s.exec(ctx, `WITH made AS (
		  INSERT INTO acceptance (contract_id, number, kind, accepted_on, value, note, recorded_by)
		  SELECT x.contract_id, x.number, x.kind, x.day, x.value, x.note, $2::bigint
		  FROM json_to_recordset($1::json) x (contract_id bigint, number text, kind text, day date, value bigint, note text)
		  RETURNING contract_id, kind, accepted_on)
		UPDATE contract c SET state = 'completed', ended_on = m.accepted_on FROM made m WHERE c.id = m.contract_id AND m.kind = 'completion'`, data, by)
}

// addBills writes bills, one a contract, each numbered after the last of its contract, and gives their codes by contract.
func (s store) addBills(ctx context.Context, rows []written, by id.User) (map[id.Contract]string, error) {
	data, err := encoded(rows)
	if err != nil {
		return nil, err
	}
	var made []struct {
		Contract id.Contract `db:"contract_id"`
		Code     string      `db:"code"`
	}
	err = s.q.SelectContext(ctx, &made,
		`INSERT INTO bill (contract_id, number, day, completed_value, advance_recovered, retained, payable, note, made_by, edited_by, changed_by)
		 SELECT x.contract_id, COALESCE((SELECT max(b.number) FROM bill b WHERE b.contract_id = x.contract_id), 0) + 1, x.day, x.value, x.recovered, x.retained,
		   x.payable, x.note, $2::bigint, $2::bigint, $2::bigint
		 FROM json_to_recordset($1::json) x (contract_id bigint, day date, value bigint, recovered bigint, retained bigint, payable bigint, note text)
		 RETURNING contract_id, code`, data, by)
	codes := make(map[id.Contract]string, len(made))
	for _, b := range made {
		codes[b.Contract] = b.Code
	}
	return codes, err
}

func (s store) addGuarantee(ctx context.Context, c id.Contract, g Guarantee, by id.User) (string, error) {
	var code string
	err := s.q.GetContext(ctx, &code, `INSERT INTO guarantee (contract_id, kind, bank, number, amount, valid_from, expires_on, replaces, recorded_by)
		VALUES ($1,$2,$3,$4,$5,$6,$7,(SELECT id FROM guarantee WHERE code = $8),$9) RETURNING code`,
		c, g.Kind, strings.TrimSpace(g.Bank), strings.TrimSpace(g.Number), g.Amount, g.ValidFrom, g.ExpiresOn, g.Replaces, by)
	return code, err
}

// drawn is the cash that went out for a contract.
func (s store) drawn(ctx context.Context, c id.Contract) (vnd.Amount, error) {
	var cash vnd.Amount
	err := s.q.GetContext(ctx, &cash, `SELECT COALESCE((SELECT cash FROM disbursement_contract WHERE contract_id = $1), 0)`, c)
	return cash, err
}

// secured is what of a contract's advances is open, and what secures them on a day without one guarantee.
func (s store) secured(ctx context.Context, c id.Contract, on day.Date, without id.Guarantee) (open, secured vnd.Amount, err error) {
	var row struct{ Open, Secured vnd.Amount }
	err = s.q.GetContext(ctx, &row, `SELECT COALESCE((SELECT balance FROM disbursement_contract WHERE contract_id = $1), 0) AS open,
		advance_secured($1, $2, $3)::bigint AS secured`, c, on, without)
	return row.Open, row.Secured, err
}

// paid is what went out on a bill, and what was recovered with it.
func (s store) paid(ctx context.Context, b id.Bill) (paid, recovered vnd.Amount, err error) {
	var row struct{ Paid, Recovered vnd.Amount }
	err = s.q.GetContext(ctx, &row, `SELECT COALESCE(sum(paid), 0)::bigint AS paid, COALESCE(sum(recovered), 0)::bigint AS recovered
		FROM disbursement_bill WHERE bill_id = $1`, b)
	return row.Paid, row.Recovered, err
}

func (s store) releaseGuarantee(ctx context.Context, g id.Guarantee, on day.Date, by id.User) error {
	return s.exec(ctx, `UPDATE guarantee SET released_on = $2, released_by = $3, released_at = clock_timestamp() WHERE id = $1`, g, on, by)
}

func (s store) updateBill(ctx context.Context, bill id.Bill, b Bill, by id.User) error {
	return s.exec(ctx, `UPDATE bill SET day = $2, completed_value = $3, advance_recovered = $4, retained = $5, payable = $6, note = $7, state = 'draft',
		edited_by = $8, changed_by = $8, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		bill, b.Day, b.Completed, b.Recovered, b.Retained, b.Payable, strings.TrimSpace(b.Note), by)
}

// stepBills writes a step of bills that all stand where it may begin.
func (s store) stepBills(ctx context.Context, bills []Bill, may func(Bill) bool, set string, args ...any) error {
	for _, b := range bills {
		if !may(b) {
			return b.wrongState()
		}
	}
	return s.exec(ctx, set, append([]any{codesOf(bills)}, args...)...)
}

// lockBills locks the contracts of bills and then the bills, and reads them as they stand; refuses one that is missing or was changed.
func (s store) lockBills(ctx context.Context, scope actor.Scope, picks []Pick) ([]Bill, error) {
	if len(picks) == 0 {
		return nil, ErrNothing
	}
	versions := make(map[string]int, len(picks))
	codes := make([]string, 0, len(picks))
	for _, p := range picks {
		versions[p.Code] = p.Version
		codes = append(codes, p.Code)
	}
	list := strings.Join(slices.Sorted(slices.Values(codes)), ",")
	for _, lock := range []string{
		`SELECT 1 FROM contract WHERE id IN (SELECT contract_id FROM bill WHERE code = ANY(string_to_array($1, ','))) ORDER BY id FOR UPDATE`,
		`SELECT 1 FROM bill WHERE code = ANY(string_to_array($1, ',')) ORDER BY id FOR UPDATE`,
	} {
		if err := tx.Lock(ctx, s.q, lock, list); err != nil {
			return nil, err
		}
	}
	bills := []Bill{}
	if err := s.q.SelectContext(ctx, &bills, `SELECT `+billColumns+billFrom+` WHERE`+inScope+` AND b.code = ANY(string_to_array($4, ',')) ORDER BY b.id LIMIT 5000`,
		scope.Unit, scope.Ward, scope.Member, list); err != nil {
		return nil, err
	}
	if len(bills) != len(versions) {
		return nil, ErrBillMissing
	}
	for _, b := range bills {
		if b.Version != versions[b.Code] {
			return nil, fault.ChangedBy(b.ChangedBy, b.ChangedAt)
		}
	}
	return bills, nil
}

func codesOf(bills []Bill) string {
	codes := make([]string, 0, len(bills))
	for _, b := range bills {
		codes = append(codes, b.Code)
	}
	return strings.Join(codes, ",")
}
