package project

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"matbang/internal/actor"
	"matbang/internal/day"
	"matbang/internal/id"
	"matbang/internal/legal"
	"matbang/internal/listing"
	"matbang/internal/vnd"
)

const decisionColumns = `d.kind, d.number, d.decided_on, d.authority, d.total_investment, d.construction, d.equipment, d.clearance, d.management,
	d.consulting, d.other, d.contingency, u.full_name AS recorded_by_name, d.recorded_at
	FROM project_decision d JOIN app_user u ON u.id = d.recorded_by`

func (s store) decisions(ctx context.Context, project id.Project) ([]Decision, error) {
	rows := []Decision{}
	err := s.q.SelectContext(ctx, &rows, `SELECT `+decisionColumns+` WHERE d.project_id = $1 ORDER BY d.decided_on, d.id LIMIT 500`, project)
	return rows, err
}

func (s store) addDecision(ctx context.Context, project id.Project, d Decision, total vnd.Amount, by id.User) error {
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO project_decision (project_id, kind, number, decided_on, authority, total_investment,
		   construction, equipment, clearance, management, consulting, other, contingency, recorded_by)
		 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)`, project, d.Kind, d.Number, d.DecidedOn, d.Authority, d.TotalInvestment,
		d.Construction, d.Equipment, d.Clearance, d.Management, d.Consulting, d.Other, d.Contingency, by); err != nil {
		return err
	}
	_, err := s.q.ExecContext(ctx,
		`UPDATE project SET total_investment = $2, changed_by = $3, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`, project, total, by)
	return err
}

// assigned is the capital assigned and adjusted over all years, in đồng.
func (s store) assigned(ctx context.Context, project id.Project) (vnd.Amount, error) {
	var sum vnd.Amount
	err := s.q.GetContext(ctx, &sum,
		`SELECT COALESCE(sum(amount), 0) FROM capital_line WHERE project_id = $1 AND kind IN ('assigned', 'adjusted')`, project)
	return sum, err
}

func (s store) versions(ctx context.Context, project id.Project) ([]Version, error) {
	rows := []Version{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT v.valid_from, v.name, v.group_code, v.field_group, v.sector, v.investor, n.name AS unit_name, v.ward_names,
		   array_to_string(v.ward_codes, ',') AS ward_codes, v.reason, u.full_name AS recorded_by_name, v.recorded_at
		 FROM project_version v JOIN unit n ON n.id = v.unit_id JOIN app_user u ON u.id = v.recorded_by
		 WHERE v.project_id = $1 ORDER BY v.valid_from, v.id LIMIT 500`, project)
	return rows, err
}

// lastVersion is the day from which the newest version holds; for a row put in by hand the first day of its start year.
func (s store) lastVersion(ctx context.Context, p Project) (day.Date, error) {
	var on day.Date
	err := s.q.GetContext(ctx, &on, `SELECT max(valid_from) FROM project_version WHERE project_id = $1`, p.ID)
	if on.IsZero() {
		on = day.New(p.StartYear, 1, 1)
	}
	return on, err
}

// addVersion copies what the work is now into a version that holds from a day on.
func (s store) addVersion(ctx context.Context, project id.Project, from day.Date, reason string, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO project_version (project_id, valid_from, name, group_code, field_group, sector, investor, unit_id, ward_codes, ward_names, reason, recorded_by)
		 SELECT p.id, $2, p.name, p.group_code, p.field_group, p.sector, p.investor, p.unit_id, w.codes, w.names, $3, $4
		 FROM project p CROSS JOIN LATERAL (
		   SELECT COALESCE(array_agg(w.code ORDER BY w.code), '{}') AS codes, COALESCE(string_agg(w.name, ', ' ORDER BY w.code), '') AS names
		   FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE pw.project_id = p.id) w WHERE p.id = $1`, project, from, reason, by)
	return err
}

// wardsNow names the successors of a work's wards that have ended before a day; empty when all of them still stand.
func (s store) wardsNow(ctx context.Context, project id.Project, on day.Date) (string, error) {
	var names string
	err := s.q.GetContext(ctx, &names,
		`SELECT COALESCE(string_agg(DISTINCT n.name, ', '), '') FROM project_ward pw JOIN ward w ON w.id = pw.ward_id JOIN ward n ON n.id = w.successor_id
		 WHERE pw.project_id = $1 AND w.valid_to < $2`, project, on)
	return names, err
}

func (s store) phases(ctx context.Context, project id.Project) ([]PhaseRow, error) {
	rows := []PhaseRow{}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT f.phase, f.act, f.entered_on, f.reason, f.document, u.full_name AS recorded_by_name, f.recorded_at
		 FROM project_phase f JOIN app_user u ON u.id = f.recorded_by WHERE f.project_id = $1 ORDER BY f.id LIMIT 500`, project)
	return rows, err
}

// lastPhase is what was written last; zero for a row put in by hand.
func (s store) lastPhase(ctx context.Context, project id.Project) (PhaseRow, error) {
	var row PhaseRow
	err := s.q.GetContext(ctx, &row, `SELECT phase, act, entered_on FROM project_phase WHERE project_id = $1 ORDER BY id DESC LIMIT 1`, project)
	if errors.Is(err, sql.ErrNoRows) {
		return row, nil
	}
	return row, err
}

func (s store) addPhase(ctx context.Context, project id.Project, row PhaseRow, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO project_phase (project_id, phase, act, entered_on, reason, document, recorded_by) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		project, row.Phase, row.Act, row.EnteredOn, row.Reason, row.Document, by)
	return err
}

func (s store) place(ctx context.Context, project id.Project) (Place, error) {
	var row struct{ Lat, Lon string }
	err := s.q.GetContext(ctx, &row, `SELECT array_to_string(lat, ',') AS lat, array_to_string(lon, ',') AS lon FROM project_place WHERE project_id = $1`, project)
	if errors.Is(err, sql.ErrNoRows) {
		return Place{}, nil
	}
	return placeOf(row.Lat, row.Lon), err
}

func placeOf(lats, lons string) Place {
	lat, lon := strings.Split(lats, ","), strings.Split(lons, ",")
	vertices := make([]Vertex, len(lat))
	for i := range min(len(lat), len(lon)) {
		vertices[i].Lat, _ = strconv.ParseInt(lat[i], 10, 64) // integers of the database
		vertices[i].Lon, _ = strconv.ParseInt(lon[i], 10, 64)
	}
	return Place{vertices}
}

// setPlace puts a work on the map, or takes it off.
func (s store) setPlace(ctx context.Context, project id.Project, p Place, by id.User) error {
	if len(p.Vertices) == 0 {
		_, err := s.q.ExecContext(ctx, `DELETE FROM project_place WHERE project_id = $1`, project)
		return err
	}
	var lat, lon []string
	for _, v := range p.Vertices {
		lat, lon = append(lat, strconv.FormatInt(v.Lat, 10)), append(lon, strconv.FormatInt(v.Lon, 10))
	}
	_, err := s.q.ExecContext(ctx,
		`INSERT INTO project_place (project_id, kind, lat, lon, changed_by)
		 VALUES ($1, $2, string_to_array($3, ',')::integer[], string_to_array($4, ',')::integer[], $5)
		 ON CONFLICT (project_id) DO UPDATE SET kind = EXCLUDED.kind, lat = EXCLUDED.lat, lon = EXCLUDED.lon, changed_by = EXCLUDED.changed_by,
		   changed_at = clock_timestamp()`, project, p.Kind(), strings.Join(lat, ","), strings.Join(lon, ","), by)
	return err
}

func (s store) spots(ctx context.Context, scope actor.Scope, f Filter, q listing.Query) ([]Spot, error) {
	var rows []struct {
		Code  string
		Name  string
		State State
		Lat   string
		Lon   string
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT p.code, p.name, p.state, array_to_string(m.lat, ',') AS lat, array_to_string(m.lon, ',') AS lon
		 FROM project p JOIN project_place m ON m.project_id = p.id`+listWhere+` ORDER BY p.code LIMIT $11`, append(listArgs(scope, f, q, nil), MapLimit)...)
	spots := make([]Spot, 0, len(rows))
	for _, r := range rows {
		spots = append(spots, Spot{r.Code, r.Name, r.State, placeOf(r.Lat, r.Lon)})
	}
	return spots, err
}

// light reads of the works of a filter what findings need, and no more.
func (s store) light(ctx context.Context, scope actor.Scope, f Filter, q listing.Query) ([]Project, error) {
	works := []Project{}
	err := s.q.SelectContext(ctx, &works,
		`SELECT p.id, p.group_code, p.field_group, p.start_year, p.end_year, COALESCE(p.funding_from, 0) AS funding_from, COALESCE(p.funding_to, 0) AS funding_to,
		   p.total_investment, p.state, `+phaseOfRow+` AS phase FROM project p`+listWhere, listArgs(scope, f, q, nil)...)
	return works, err
}

// have is what the gates of one work find.
func (s store) have(ctx context.Context, project id.Project) (Have, error) {
	facts, err := s.facts(ctx, []Project{{ID: project}}, nil)
	if err != nil {
		return Have{}, err
	}
	return facts[0].Have, nil
}

// facts reads what findings and gates of works are made of, a set at a time, in the order of the works.
func (s store) facts(ctx context.Context, works []Project, law []legal.Rule) ([]Facts, error) {
	ids, at := make([]id.Project, 0, len(works)), make(map[id.Project]int, len(works))
	facts := make([]Facts, len(works))
	for i, p := range works {
		ids, at[p.ID] = append(ids, p.ID), i
		facts[i].Project = p
	}
	for _, read := range []func(context.Context, string, func(id.Project) *Facts) error{s.decidedFacts, s.capitalFacts, s.contractFacts} {
		if err := read(ctx, among(ids), func(p id.Project) *Facts { return &facts[at[p]] }); err != nil {
			return nil, err
		}
	}
	onDay := map[day.Date]map[string]legal.Rule{}
	for i := range facts {
		on := facts[i].LawDay()
		if onDay[on] == nil {
			onDay[on] = legal.ValuesOn(law, on)
		}
		facts[i].Law = onDay[on]
	}
	return facts, nil
}

const inIDs = ` = ANY (string_to_array($1, ',')::bigint[])`

func (s store) decidedFacts(ctx context.Context, ids string, of func(id.Project) *Facts) error {
	var rows []struct {
		Project id.Project `db:"project_id"`
		Decision
	}
	err := s.q.SelectContext(ctx, &rows, `SELECT d.project_id, `+decisionColumns+` WHERE d.project_id`+inIDs+` ORDER BY d.project_id, d.decided_on, d.id`, ids)
	for _, r := range rows {
		f := of(r.Project)
		f.Decisions = append(f.Decisions, r.Decision)
		for kind, have := range map[string]*Decision{Policy: &f.Have.Policy, Investment: &f.Have.Investment, Settlement: &f.Have.Settlement} {
			if r.Kind == kind && have.Kind == "" {
				*have = r.Decision
			}
		}
	}
	return err
}

func (s store) capitalFacts(ctx context.Context, ids string, of func(id.Project) *Facts) error {
	var rows []struct {
		Project id.Project `db:"project_id"`
		YearAmount
		Any bool `db:"any_capital"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT project_id, year, COALESCE(sum(amount) FILTER (WHERE kind IN ('assigned', 'adjusted')), 0) AS amount, sum(amount) > 0 AS any_capital
		 FROM capital_line WHERE project_id`+inIDs+` GROUP BY project_id, year ORDER BY project_id, year`, ids)
	for _, r := range rows {
		f := of(r.Project)
		if r.Amount != 0 {
			f.Assigned = append(f.Assigned, r.YearAmount)
		}
		if r.Any {
			f.Have.CapitalYears = append(f.Have.CapitalYears, r.Year)
		}
	}
	return err
}

// contractFacts reads the first contract that builds or delivers (not one that only advises) and the first acceptance of completion.
func (s store) contractFacts(ctx context.Context, ids string, of func(id.Project) *Facts) error {
	var rows []struct {
		Project id.Project `db:"project_id"`
		What    string     `db:"what"`
		On      day.Date   `db:"since"`
		Number  string     `db:"number"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`(SELECT DISTINCT ON (c.project_id) c.project_id, 'contract' AS what, c.signed_on AS since, c.number
		  FROM contract c JOIN package k ON k.id = c.package_id
		  WHERE c.project_id`+inIDs+` AND k.field <> 'consulting' AND c.state <> 'terminated' ORDER BY c.project_id, c.signed_on, c.id)
		 UNION ALL
		 (SELECT DISTINCT ON (c.project_id) c.project_id, 'completion', a.accepted_on, a.number
		  FROM acceptance a JOIN contract c ON c.id = a.contract_id JOIN package k ON k.id = c.package_id
		  WHERE c.project_id`+inIDs+` AND k.field <> 'consulting' AND a.kind = 'completion' ORDER BY c.project_id, a.accepted_on, a.id)`, ids)
	for _, r := range rows {
		have := &of(r.Project).Have
		if r.What == "contract" {
			have.ContractSigned, have.ContractNumber = r.On, r.Number
		} else {
			have.Completed, have.CompletedNumber = r.On, r.Number
		}
	}
	return err
}
