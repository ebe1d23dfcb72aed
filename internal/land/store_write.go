package land

import (
	"context"

	"matbang/internal/area"
	"matbang/internal/day"
	"matbang/internal/id"
)

// takeSerials takes so many numbers of a series at once and gives the first of them.
func (s store) takeSerials(ctx context.Context, series string, count int) (int, error) {
	var last int
	err := s.q.GetContext(ctx, &last,
		`INSERT INTO serial (series, last) VALUES ($1, $2)
		 ON CONFLICT (series) DO UPDATE SET last = serial.last + $2 RETURNING last`, series, count)
	return last - count + 1, err
}

// wardsOf are the wards a work lies in, by code.
func (s store) wardsOf(ctx context.Context, project id.Project) (map[string]id.Ward, error) {
	var rows []struct {
		Code string  `db:"code"`
		ID   id.Ward `db:"id"`
	}
	err := s.q.SelectContext(ctx, &rows, `SELECT w.code, w.id FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE pw.project_id = $1`, project)
	wards := make(map[string]id.Ward, len(rows))
	for _, r := range rows {
		wards[r.Code] = r.ID
	}
	return wards, err
}

type holderInProject struct {
	Project id.Project `db:"project_id"`
	Holder  id.Holder  `db:"holder_id"`
}

// casesHeld are the cases that holders already have in works, by work and holder.
func (s store) casesHeld(ctx context.Context, projects []id.Project, holders []id.Holder) (map[holderInProject]string, error) {
	var rows []struct {
		holderInProject
		Code string `db:"code"`
	}
	err := s.q.SelectContext(ctx, &rows, `SELECT project_id, holder_id, code FROM land_case WHERE project_id = ANY($1) AND holder_id = ANY($2)`,
		ids(projects), ids(holders))
	found := make(map[holderInProject]string, len(rows))
	for _, r := range rows {
		found[r.holderInProject] = r.Code
	}
	return found, err
}

type parcelRow struct {
	Ward   id.Ward   `json:"ward_id"`
	Sheet  string    `json:"map_sheet"`
	Number string    `json:"number"`
	Area   area.Area `json:"area"`
}

const parcelRecord = ` jsonb_to_recordset($1::jsonb) AS r(ward_id bigint, map_sheet text, number text, area numeric)`

// holdParcels makes the parcels that are not there yet, locks all of them in the order of their ids, and tells what other cases than one
// (0 = none) recover from each.
func (s store) holdParcels(ctx context.Context, parcels []parcelRow, besides id.Case) (map[parcelKey]held, error) {
	data, err := rowsJSON(parcels)
	if err != nil {
		return nil, err
	}
	if _, err := s.q.ExecContext(ctx,
		`INSERT INTO parcel (ward_id, map_sheet, number, area) SELECT r.ward_id, r.map_sheet, r.number, r.area FROM`+parcelRecord+`
		 ORDER BY 1, 2, 3 ON CONFLICT ON CONSTRAINT parcel_once DO NOTHING`, data); err != nil {
		return nil, err
	}
	var rows []struct {
		ID     id.Parcel `db:"id"`
		Ward   id.Ward   `db:"ward_id"`
		Sheet  string    `db:"map_sheet"`
		Number string    `db:"number"`
		Area   area.Area `db:"area"`
	}
	if err := s.q.SelectContext(ctx, &rows,
		`SELECT pa.id, pa.ward_id, pa.map_sheet, pa.number, pa.area FROM parcel pa JOIN`+parcelRecord+`
		 ON pa.ward_id = r.ward_id AND pa.map_sheet = r.map_sheet AND pa.number = r.number ORDER BY pa.id FOR UPDATE OF pa`, data); err != nil {
		return nil, err
	}
	list := make([]id.Parcel, 0, len(rows))
	for _, r := range rows {
		list = append(list, r.ID)
	}
	used, err := s.usedOf(ctx, list, besides)
	known := make(map[parcelKey]held, len(rows))
	for _, r := range rows {
		known[parcelKey{r.Ward, r.Sheet, r.Number}] = held{r.ID, r.Area, used[r.ID]}
	}
	return known, err
}

func (s store) usedOf(ctx context.Context, parcels []id.Parcel, besides id.Case) (map[id.Parcel]area.Area, error) {
	var rows []struct {
		ID   id.Parcel `db:"parcel_id"`
		Used area.Area `db:"used"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT parcel_id, sum(recovered) AS used FROM case_parcel WHERE parcel_id = ANY($1) AND case_id <> $2 GROUP BY 1`, ids(parcels), besides)
	used := make(map[id.Parcel]area.Area, len(rows))
	for _, r := range rows {
		used[r.ID] = r.Used
	}
	return used, err
}

// correctAreas writes the areas of parcels on which no other case stands.
func (s store) correctAreas(ctx context.Context, parcels []parcelRow) error {
	data, err := rowsJSON(parcels)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`UPDATE parcel pa SET area = r.area FROM`+parcelRecord+`
		 WHERE pa.ward_id = r.ward_id AND pa.map_sheet = r.map_sheet AND pa.number = r.number AND pa.area <> r.area`, data)
	return err
}

type caseRow struct {
	Code     string     `json:"code"`
	Project  id.Project `json:"project_id"`
	Holder   id.Holder  `json:"holder_id"`
	Ward     id.Ward    `json:"ward_id"`
	RuleSet  string     `json:"rule_set"`
	Area     area.Area  `json:"recovered_area"`
	Note     string     `json:"note"`
	Sample   bool       `json:"sample"`
	OpenedOn day.Date   `json:"opened_on"`
}

func (s store) insertCases(ctx context.Context, rows []caseRow, by id.User) (map[string]id.Case, error) {
	data, err := rowsJSON(rows)
	if err != nil {
		return nil, err
	}
	var made []struct {
		Code string  `db:"code"`
		ID   id.Case `db:"id"`
	}
	err = s.q.SelectContext(ctx, &made,
		`INSERT INTO land_case (code, project_id, holder_id, ward_id, rule_set, recovered_area, note, sample, opened_on, changed_by)
		 SELECT r.code, r.project_id, r.holder_id, r.ward_id, r.rule_set, r.recovered_area, r.note, r.sample, r.opened_on, $2
		 FROM jsonb_to_recordset($1::jsonb) AS r(code text, project_id bigint, holder_id bigint, ward_id bigint, rule_set text, recovered_area numeric,
		   note text, sample boolean, opened_on date) ORDER BY r.code RETURNING code, id`, data, by)
	found := make(map[string]id.Case, len(made))
	for _, r := range made {
		found[r.Code] = r.ID
	}
	return found, err
}

type caseParcelRow struct {
	Case      id.Case   `json:"case_id"`
	Parcel    id.Parcel `json:"parcel_id"`
	LandCode  string    `json:"land_code"`
	Recovered area.Area `json:"recovered"`
}

func (s store) insertCaseParcels(ctx context.Context, rows []caseParcelRow) error {
	data, err := rowsJSON(rows)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO case_parcel (case_id, parcel_id, land_code, recovered) SELECT r.case_id, r.parcel_id, r.land_code, r.recovered
		 FROM jsonb_to_recordset($1::jsonb) AS r(case_id bigint, parcel_id bigint, land_code text, recovered numeric)`, data)
	return err
}

func (s store) clearParcels(ctx context.Context, c id.Case) error {
	_, err := s.q.ExecContext(ctx, `DELETE FROM case_parcel WHERE case_id = $1`, c)
	return err
}

func (s store) updateCase(ctx context.Context, c id.Case, note string, recovered area.Area, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE land_case SET note = $2, recovered_area = $3, changed_by = $4, changed_at = clock_timestamp(), version = version + 1 WHERE id = $1`,
		c, note, recovered, by)
	return err
}

type stepRow struct {
	Case id.Case `json:"case_id"`
	Step
}

func (s store) insertSteps(ctx context.Context, rows []stepRow, by id.User) error {
	data, err := rowsJSON(rows)
	if err != nil {
		return err
	}
	_, err = s.q.ExecContext(ctx,
		`INSERT INTO case_step (case_id, kind, done_on, effective_on, document_no, note, agreed_early, recorded_by)
		 SELECT r.case_id, r.kind, r.done_on, r.effective_on, r.document_no, r.note, r.agreed_early, $2
		 FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (case_id bigint, kind text, done_on date, effective_on date, document_no text, note text,
		   agreed_early boolean)) WITH ORDINALITY AS r(case_id, kind, done_on, effective_on, document_no, note, agreed_early, at) ORDER BY r.at`, data, by)
	return err
}

func (s store) withdrawStep(ctx context.Context, c id.Case, kind, reason string, by id.User) error {
	_, err := s.q.ExecContext(ctx,
		`UPDATE case_step SET withdrawn_by = $3, withdrawn_at = clock_timestamp(), withdrawn_reason = $4
		 WHERE case_id = $1 AND kind = $2 AND withdrawn_at IS NULL`, c, kind, by, reason)
	return err
}

// effectiveOn are the days on which a standing step took effect, by case.
func (s store) effectiveOn(ctx context.Context, cases []id.Case, kind string) (map[id.Case]day.Date, error) {
	var rows []struct {
		Case id.Case  `db:"case_id"`
		On   day.Date `db:"effective_on"`
	}
	err := s.q.SelectContext(ctx, &rows,
		`SELECT case_id, effective_on FROM case_step WHERE case_id = ANY($1) AND kind = $2 AND withdrawn_at IS NULL`, ids(cases), kind)
	days := make(map[id.Case]day.Date, len(rows))
	for _, r := range rows {
		days[r.Case] = r.On
	}
	return days, err
}

// isMember tells whether a work is one of a person's own.
func (s store) isMember(ctx context.Context, project id.Project, user id.User) (bool, error) {
	var member bool
	err := s.q.GetContext(ctx, &member, `SELECT EXISTS (SELECT 1 FROM project_member WHERE project_id = $1 AND user_id = $2)`, project, user)
	return member, err
}
