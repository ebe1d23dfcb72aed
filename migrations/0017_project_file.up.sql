-- The file of a work: what its decisions are made of, what it was called and where it lay on any day, the phases of its life and its place
-- on the map. Nothing approved is overwritten: decisions, versions and phases are rows that are only added.

-- Which thresholds of the Law on Public Investment hold for a work (58/2024/QH15 art. 9 to 11: clauses 2 to 5 are field groups 1 to 4),
-- and the years in which it may get capital.
ALTER TABLE project
  ADD COLUMN field_group  smallint NOT NULL DEFAULT 2 CONSTRAINT project_field_group CHECK (field_group BETWEEN 1 AND 4),
  ADD COLUMN funding_from integer,
  ADD COLUMN funding_to   integer,
  ADD CONSTRAINT project_funding_years CHECK (funding_from BETWEEN 2000 AND 2100 AND funding_to BETWEEN funding_from AND 2100),
  ADD CONSTRAINT project_funding_both CHECK ((funding_from IS NULL) = (funding_to IS NULL));
UPDATE project SET field_group = 4 WHERE sector IN ('sport', 'education', 'health', 'public', 'other');

-- The parts of a total investment. Old rows know only the total: all parts zero.
ALTER TABLE project_decision
  ADD COLUMN construction dong NOT NULL DEFAULT 0,
  ADD COLUMN equipment    dong NOT NULL DEFAULT 0,
  ADD COLUMN clearance    dong NOT NULL DEFAULT 0,
  ADD COLUMN management   dong NOT NULL DEFAULT 0,
  ADD COLUMN consulting   dong NOT NULL DEFAULT 0,
  ADD COLUMN other        dong NOT NULL DEFAULT 0,
  ADD COLUMN contingency  dong NOT NULL DEFAULT 0,
  ADD CONSTRAINT project_decision_parts_sign CHECK (LEAST(construction, equipment, clearance, management, consulting, other, contingency) >= 0),
  ADD CONSTRAINT project_decision_parts_add_up
    CHECK (construction + equipment + clearance + management + consulting + other + contingency IN (0, total_investment)),
  DROP CONSTRAINT project_decision_kind,
  ADD CONSTRAINT project_decision_kind CHECK (kind IN ('policy', 'investment', 'adjustment', 'settlement'));

-- The ward that a code means on a day: codes are used again after a merger. Without one that holds on the day, the nearest later one, else the newest.
CREATE FUNCTION ward_on(ward_code text, on_day date) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT id FROM ward WHERE code = ward_code
  ORDER BY valid_from <= on_day AND (valid_to IS NULL OR valid_to >= on_day) DESC, valid_from > on_day DESC,
    CASE WHEN valid_from > on_day THEN valid_from END, valid_from DESC LIMIT 1
$$;

-- What a work was called, who built it and where it lay, from a day on. The newest by day, then by number, holds.
CREATE TABLE project_version (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id  bigint NOT NULL REFERENCES project,
  valid_from  date NOT NULL,
  name        text NOT NULL,
  group_code  text NOT NULL CONSTRAINT project_version_group CHECK (group_code IN ('A', 'B', 'C')),
  field_group smallint NOT NULL CONSTRAINT project_version_field_group CHECK (field_group BETWEEN 1 AND 4),
  sector      text NOT NULL,
  investor    text NOT NULL,
  unit_id     bigint NOT NULL REFERENCES unit,
  ward_codes  text[] NOT NULL,
  ward_names  text NOT NULL,
  reason      text NOT NULL DEFAULT '',
  recorded_by bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX project_version_newest ON project_version (project_id, valid_from, id);
CREATE TRIGGER project_version_append_only BEFORE UPDATE OR DELETE ON project_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO project_version (project_id, valid_from, name, group_code, field_group, sector, investor, unit_id, ward_codes, ward_names, reason, recorded_by, recorded_at)
SELECT p.id, make_date(p.start_year, 1, 1), p.name, p.group_code, p.field_group, p.sector, p.investor, p.unit_id, w.codes, w.names, 'nạp từ sổ cũ', p.changed_by, p.recorded_at
FROM project p CROSS JOIN LATERAL (
  SELECT COALESCE(array_agg(w.code ORDER BY w.code), '{}') AS codes, COALESCE(string_agg(w.name, ', ' ORDER BY w.code), '') AS names
  FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE pw.project_id = p.id) w;

-- Every work as it was on a day. Before its first version a work is shown as it began; a row put in by hand without versions, as it is.
CREATE FUNCTION project_as_of(on_day date)
RETURNS TABLE (project_id bigint, code text, name text, group_code text, field_group smallint, sector text, investor text, unit_id bigint, ward_codes text[], ward_names text, valid_from date)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT p.id, p.code, COALESCE(v.name, p.name), COALESCE(v.group_code, p.group_code), COALESCE(v.field_group, p.field_group), COALESCE(v.sector, p.sector),
    COALESCE(v.investor, p.investor), COALESCE(v.unit_id, p.unit_id), COALESCE(v.ward_codes, now.codes), COALESCE(v.ward_names, now.names), v.valid_from
  FROM project p
  LEFT JOIN LATERAL (
    SELECT * FROM ((SELECT 1 AS turn, * FROM project_version b WHERE b.project_id = p.id AND b.valid_from <= on_day ORDER BY b.valid_from DESC, b.id DESC LIMIT 1)
      UNION ALL (SELECT 2, * FROM project_version f WHERE f.project_id = p.id AND f.valid_from > on_day ORDER BY f.valid_from, f.id LIMIT 1)) found
    ORDER BY turn LIMIT 1) v ON true
  LEFT JOIN LATERAL (
    SELECT COALESCE(array_agg(w.code ORDER BY w.code), '{}') AS codes, COALESCE(string_agg(w.name, ', ' ORDER BY w.code), '') AS names
    FROM project_ward pw JOIN ward w ON w.id = pw.ward_id WHERE v.project_id IS NULL AND pw.project_id = p.id) now ON true
$$;

-- The phases of a work's life, with what stopped it and set it going again. A phase is opened once.
CREATE TABLE project_phase (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id  bigint NOT NULL REFERENCES project,
  phase       text NOT NULL CONSTRAINT project_phase_known CHECK (phase IN ('policy', 'investment', 'procurement', 'construction', 'handover', 'settlement', 'closed')),
  act         text NOT NULL DEFAULT 'opened' CONSTRAINT project_phase_act CHECK (act IN ('opened', 'suspended', 'resumed')),
  entered_on  date NOT NULL,
  reason      text NOT NULL DEFAULT '',
  document    text NOT NULL DEFAULT '',
  recorded_by bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT project_phase_reason CHECK (act = 'opened' OR btrim(reason) <> '')
);
CREATE UNIQUE INDEX project_phase_once ON project_phase (project_id, phase) WHERE act = 'opened';
CREATE INDEX project_phase_newest ON project_phase (project_id, id);
CREATE TRIGGER project_phase_append_only BEFORE UPDATE OR DELETE ON project_phase FOR EACH ROW EXECUTE FUNCTION refuse_change();
INSERT INTO project_phase (project_id, phase, entered_on, reason, recorded_by, recorded_at)
SELECT p.id, CASE p.state WHEN 'completed' THEN 'handover' WHEN 'preparing' THEN 'policy' ELSE 'construction' END,
  CASE p.state WHEN 'completed' THEN (p.changed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date ELSE make_date(p.start_year, 1, 1) END,
  'nạp từ sổ cũ', p.changed_by, p.recorded_at FROM project p ORDER BY p.id;
INSERT INTO project_phase (project_id, phase, act, entered_on, reason, recorded_by, recorded_at)
SELECT p.id, 'construction', 'suspended', (p.changed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, 'nạp từ sổ cũ', p.changed_by, p.recorded_at
FROM project p WHERE p.state = 'suspended' ORDER BY p.id;

-- Where a work lies, WGS84, in millionths of a degree: whole numbers, so that what was typed comes back exactly. About 11 cm at the equator.
CREATE TABLE project_place (
  project_id bigint PRIMARY KEY REFERENCES project,
  kind       text NOT NULL CONSTRAINT project_place_kind CHECK (kind IN ('point', 'line')),
  lat        integer[] NOT NULL,
  lon        integer[] NOT NULL,
  changed_by bigint NOT NULL REFERENCES app_user,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT project_place_pairs CHECK (cardinality(lat) = cardinality(lon) AND cardinality(lat) <= 500),
  CONSTRAINT project_place_vertices CHECK (cardinality(lat) >= CASE kind WHEN 'line' THEN 2 ELSE 1 END AND (kind = 'line' OR cardinality(lat) = 1)),
  CONSTRAINT project_place_in_vietnam CHECK (6000000 <= ALL (lat) AND 23500000 >= ALL (lat) AND 102000000 <= ALL (lon) AND 118000000 >= ALL (lon))
);

-- The list sorts 20,000 works by any column: what it sorts by is read from an index, the rest only for the rows of the page.
CREATE INDEX project_by_name ON project (name, code);
CREATE INDEX project_by_total ON project (total_investment, code);
CREATE INDEX project_by_group ON project (group_code, code);
CREATE INDEX project_by_state ON project (state, code);
CREATE INDEX capital_line_year ON capital_line (year, project_id) INCLUDE (amount) WHERE kind IN ('assigned', 'adjusted');
CREATE INDEX progress_entry_executed ON progress_entry (month, project_id) INCLUDE (executed) WHERE state = 'accepted';
