package indicator

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"matbang/internal/actor"
	"matbang/internal/id"
	"matbang/internal/tx"
)

type store struct{ q tx.Querier }

const indicatorColumns = `i.id, i.code, i.name, i.name_en, i.measure, i.decimals, i.direction, u.code AS unit, u.name AS unit_name, i.rank, i.from_year,
	COALESCE(i.to_year, 0) AS to_year`

// rowsSQL: the indicators measured in a year with their values; mine where the scope of entering reaches the department.
const rowsSQL = `SELECT ` + indicatorColumns + `, v.plan, v.result, COALESCE(v.mark, 'exact') AS mark, v.ratio_bp, v.last_year, v.growth_bp,
	COALESCE(v.note, '') AS note, COALESCE(v.reason, '') AS reason, COALESCE(v.state, '') AS state, COALESCE(array_to_string(v.hands, ','), '') AS hands,
	COALESCE(ue.full_name, '') AS entered_name, v.entered_at, COALESCE(ua.full_name, '') AS accepted_name, v.accepted_at, COALESCE(v.version, 0) AS version,
	($2 = 0 OR i.unit_id = $2) AND $3 AS mine
	FROM indicator i JOIN unit u ON u.id = i.unit_id LEFT JOIN indicator_value v ON v.indicator_id = i.id AND v.year = $1
	LEFT JOIN app_user ue ON ue.id = v.entered_by LEFT JOIN app_user ua ON ua.id = v.accepted_by
	WHERE i.from_year <= $1 AND (i.to_year IS NULL OR i.to_year >= $1) ORDER BY i.rank, i.code LIMIT 500`

func (s store) rows(ctx context.Context, year int, enter actor.Scope, may bool) ([]Row, error) {
	rows := []Row{}
	err := s.q.SelectContext(ctx, &rows, rowsSQL, year, enter.Unit, may)
	return rows, err
}

// lock keeps two acts over one year's values apart.
func (s store) lock(ctx context.Context) error {
	return tx.Lock(ctx, s.q, `SELECT 1 FROM indicator ORDER BY id FOR NO KEY UPDATE`)
}

func (s store) define(ctx context.Context, i Indicator, unit id.Unit) error {
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO indicator (code, name, name_en, measure, decimals, direction, unit_id, rank, from_year, to_year)
		 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,NULLIF($10, 0))`,
		i.Code, i.Name, i.NameEN, i.Measure, i.Decimals, i.Direction, unit, i.Rank, i.FromYear, i.ToYear)
	return err
}

func (s store) unit(ctx context.Context, code string) (id.Unit, error) {
	var unit id.Unit
	err := s.q.GetContext(ctx, &unit, `SELECT id FROM unit WHERE code = $1`, code)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrUnitUnknown
	}
	return unit, err
}

// closed tells whether the year's last report is issued.
func (s store) closed(ctx context.Context, year int) (bool, error) {
	var closed bool
	err := s.q.GetContext(ctx, &closed, `SELECT EXISTS (SELECT 1 FROM report_issue WHERE kind = 'monthly' AND month = make_date($1, 12, 1))`, year)
	return closed, err
}

// saved is a value on its way to the database; nil stays NULL.
type saved struct {
	Indicator int64  `json:"indicator_id"`
	Plan      *int64 `json:"plan"`
	Result    *int64 `json:"result"`
	Mark      Mark   `json:"mark"`
	RatioBP   *int   `json:"ratio_bp"`
	LastYear  *int64 `json:"last_year"`
	GrowthBP  *int   `json:"growth_bp"`
	Note      string `json:"note"`
	Reason    string `json:"reason"`
}

// save writes the values of a year in one statement; whoever accepted one before has to look again.
func (s store) save(ctx context.Context, year int, values []saved, by id.User) error {
	data, err := json.Marshal(values)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO indicator_value AS v (indicator_id, year, plan, result, mark, ratio_bp, last_year, growth_bp, note, reason, state, entered_by)
		 SELECT r.indicator_id, $2, r.plan, r.result, r.mark, r.ratio_bp, r.last_year, r.growth_bp, r.note, r.reason, 'entered', $3
		 FROM jsonb_to_recordset($1::jsonb) AS r(indicator_id bigint, plan bigint, result bigint, mark text, ratio_bp int, last_year bigint,
		   growth_bp int, note text, reason text)
		 ON CONFLICT (indicator_id, year) DO UPDATE SET plan = EXCLUDED.plan, result = EXCLUDED.result, mark = EXCLUDED.mark, ratio_bp = EXCLUDED.ratio_bp,
		   last_year = EXCLUDED.last_year, growth_bp = EXCLUDED.growth_bp, note = EXCLUDED.note, reason = EXCLUDED.reason, state = 'entered',
		   entered_by = EXCLUDED.entered_by, entered_at = clock_timestamp(), accepted_by = NULL, accepted_at = NULL, version = v.version + 1`,
		string(data), year, by)
	return err
}

func (s store) accept(ctx context.Context, year int, indicators []int64, by id.User) error {
	data, err := json.Marshal(indicators)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`UPDATE indicator_value SET state = 'accepted', accepted_by = $3, accepted_at = clock_timestamp(), version = version + 1
		 WHERE year = $2 AND indicator_id IN (SELECT jsonb_array_elements_text($1::jsonb)::bigint)`, string(data), year, by)
	return err
}

// reportedSQL: of every value the newest version known at a moment, where that one was accepted.
const reportedSQL = `SELECT ` + indicatorColumns + `, k.plan, k.result, k.mark, k.ratio_bp, k.last_year, k.growth_bp, k.note, k.reason, k.state
	FROM indicator i JOIN unit u ON u.id = i.unit_id JOIN indicator_value v ON v.indicator_id = i.id AND v.year = $1
	JOIN LATERAL (SELECT * FROM indicator_version x WHERE x.value_id = v.id AND ($2::timestamptz IS NULL OR x.recorded_at <= $2)
	  ORDER BY x.version DESC LIMIT 1) k ON k.state = 'accepted'
	ORDER BY i.rank, i.code LIMIT 500`

// Reported reads the accepted values of a year as they were known at a moment (zero: now), in a fixed order: for the report, which asks for
// its own permission.
func Reported(ctx context.Context, q tx.Querier, year int, known time.Time) ([]Row, error) {
	var limit any
	if !known.IsZero() {
		limit = known
	}
	rows := []Row{}
	err := q.SelectContext(ctx, &rows, reportedSQL, year, limit)
	return rows, err
}
