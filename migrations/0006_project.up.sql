-- Capital works: the register, where they lie, who may work on them, and their decisions as versions.
CREATE TABLE project (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code             text NOT NULL CONSTRAINT project_code_once UNIQUE CONSTRAINT project_code_form CHECK (code ~ '^[0-9]{7}$'),
  name             text NOT NULL CONSTRAINT project_name_given CHECK (btrim(name) <> ''),
  name_fold        text GENERATED ALWAYS AS (fold(name)) STORED,
  group_code       text NOT NULL CONSTRAINT project_group CHECK (group_code IN ('A', 'B', 'C')),
  sector           text NOT NULL CONSTRAINT project_sector CHECK (sector IN ('transport', 'urban', 'industry', 'water', 'sport', 'education', 'health', 'lighting', 'public', 'other')),
  unit_id          bigint NOT NULL REFERENCES unit,
  investor         text NOT NULL,
  start_year       integer NOT NULL,
  end_year         integer NOT NULL,
  total_investment dong NOT NULL CONSTRAINT project_total_positive CHECK (total_investment > 0),
  state            text NOT NULL CONSTRAINT project_state CHECK (state IN ('preparing', 'building', 'suspended', 'completed')),
  clearance        boolean NOT NULL DEFAULT false,
  note             text NOT NULL DEFAULT '',
  sample           boolean NOT NULL DEFAULT false,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by       bigint NOT NULL REFERENCES app_user,
  changed_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  version          integer NOT NULL DEFAULT 1,
  CONSTRAINT project_years_order CHECK (end_year >= start_year)
);
CREATE INDEX project_unit ON project (unit_id, code);
CREATE INDEX project_name_search ON project USING gin (name_fold gin_trgm_ops);

CREATE TABLE project_ward (
  project_id bigint NOT NULL REFERENCES project,
  ward_id    bigint NOT NULL REFERENCES ward,
  PRIMARY KEY (project_id, ward_id)
);
CREATE INDEX project_ward_ward ON project_ward (ward_id, project_id);

-- Users whose scope is "own projects" see these.
CREATE TABLE project_member (
  project_id bigint NOT NULL REFERENCES project,
  user_id    bigint NOT NULL REFERENCES app_user,
  PRIMARY KEY (project_id, user_id)
);

CREATE TABLE project_decision (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id       bigint NOT NULL REFERENCES project,
  kind             text NOT NULL CONSTRAINT project_decision_kind CHECK (kind IN ('policy', 'investment', 'adjustment')),
  number           text NOT NULL,
  decided_on       date NOT NULL,
  authority        text NOT NULL,
  total_investment dong NOT NULL CONSTRAINT project_decision_total CHECK (total_investment > 0),
  recorded_by      bigint NOT NULL REFERENCES app_user,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT project_decision_once UNIQUE (project_id, number, decided_on)
);
CREATE TRIGGER project_decision_append_only BEFORE UPDATE OR DELETE ON project_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
