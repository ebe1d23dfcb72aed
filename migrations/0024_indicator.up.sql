-- The city's figures of the year that leadership reads beside the works: plan, result, ratio, last year; entered by departments, accepted by
-- another hand. Figures are whole hundredths of their measure: no float ever touches them.
CREATE TABLE indicator (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code      text NOT NULL CONSTRAINT indicator_code_once UNIQUE CONSTRAINT indicator_code_form CHECK (code ~ '^[A-Z][A-Z0-9-]{1,19}$'),
  name      text NOT NULL CONSTRAINT indicator_name_given CHECK (btrim(name) <> ''),
  name_en   text NOT NULL DEFAULT '',
  measure   text NOT NULL CONSTRAINT indicator_measure_given CHECK (btrim(measure) <> ''),
  decimals  smallint NOT NULL DEFAULT 0 CONSTRAINT indicator_decimals CHECK (decimals BETWEEN 0 AND 2),
  direction text NOT NULL DEFAULT 'higher' CONSTRAINT indicator_direction CHECK (direction IN ('higher', 'lower')),
  unit_id   bigint NOT NULL REFERENCES unit, -- the department that answers for it
  rank      integer NOT NULL,
  from_year integer NOT NULL CONSTRAINT indicator_from_year CHECK (from_year BETWEEN 2000 AND 2100),
  to_year   integer CONSTRAINT indicator_to_year CHECK (to_year BETWEEN 2000 AND 2100),
  CONSTRAINT indicator_years_order CHECK (to_year >= from_year)
);
CREATE INDEX indicator_unit ON indicator (unit_id, rank);

-- mark says how exact the result is: a city publishes "over 223" and "nearly 290,000", and no exact figure may be made of that.
CREATE TABLE indicator_value (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  indicator_id bigint NOT NULL REFERENCES indicator,
  year         integer NOT NULL CONSTRAINT indicator_value_year CHECK (year BETWEEN 2000 AND 2100),
  plan         bigint CONSTRAINT indicator_value_plan CHECK (plan BETWEEN 0 AND 9007199254740991),
  result       bigint CONSTRAINT indicator_value_result CHECK (result BETWEEN 0 AND 9007199254740991),
  mark         text NOT NULL DEFAULT 'exact' CONSTRAINT indicator_value_mark CHECK (mark IN ('exact', 'over', 'nearly')),
  ratio_bp     integer CONSTRAINT indicator_value_ratio CHECK (ratio_bp BETWEEN 0 AND 1000000), -- as given, where it cannot be computed
  last_year    bigint CONSTRAINT indicator_value_last_year CHECK (last_year BETWEEN 0 AND 9007199254740991),
  growth_bp    integer CONSTRAINT indicator_value_growth CHECK (growth_bp BETWEEN -10000 AND 1000000), -- as given
  note         text NOT NULL DEFAULT '',
  reason       text NOT NULL DEFAULT '', -- of the last change, when the year's December report was issued already
  state        text NOT NULL CONSTRAINT indicator_value_state CHECK (state IN ('entered', 'accepted')),
  entered_by   bigint NOT NULL REFERENCES app_user,
  entered_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  accepted_by  bigint REFERENCES app_user,
  accepted_at  timestamptz,
  version      integer NOT NULL DEFAULT 1,
  CONSTRAINT indicator_value_once UNIQUE (indicator_id, year),
  CONSTRAINT indicator_value_says_something CHECK (COALESCE(plan, result, ratio_bp, last_year, growth_bp) IS NOT NULL OR btrim(note) <> ''),
  CONSTRAINT indicator_value_mark_of_result CHECK (mark = 'exact' OR result IS NOT NULL),
  CONSTRAINT indicator_enterer_never_accepts CHECK (accepted_by IS NULL OR accepted_by <> entered_by),
  CONSTRAINT indicator_value_accepted_complete CHECK ((state = 'accepted') = (accepted_by IS NOT NULL AND accepted_at IS NOT NULL))
);

-- Every state a value has been in, so that a report rebuilds to what was known when it was issued.
CREATE TABLE indicator_version (
  value_id    bigint NOT NULL REFERENCES indicator_value,
  version     integer NOT NULL,
  plan        bigint,
  result      bigint,
  mark        text NOT NULL,
  ratio_bp    integer,
  last_year   bigint,
  growth_bp   integer,
  note        text NOT NULL,
  reason      text NOT NULL,
  state       text NOT NULL,
  recorded_by bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (value_id, version)
);
CREATE TRIGGER indicator_version_append_only BEFORE UPDATE OR DELETE ON indicator_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The version row is written where the value is: no act can forget it.
CREATE FUNCTION indicator_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO indicator_version (value_id, version, plan, result, mark, ratio_bp, last_year, growth_bp, note, reason, state, recorded_by)
  VALUES (NEW.id, NEW.version, NEW.plan, NEW.result, NEW.mark, NEW.ratio_bp, NEW.last_year, NEW.growth_bp, NEW.note, NEW.reason, NEW.state,
    COALESCE(NEW.accepted_by, NEW.entered_by));
  RETURN NULL;
END $$;
CREATE TRIGGER indicator_keep_version AFTER INSERT OR UPDATE ON indicator_value FOR EACH ROW EXECUTE FUNCTION indicator_keep_version();
