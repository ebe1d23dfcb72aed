-- Works that broke construction procedure, and encroachments on roads, pavements and public land: where, since when, what was decided, what came
-- of it. No name of a person stands here: places and acts only.
CREATE TABLE violation (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code            text NOT NULL CONSTRAINT violation_code_once UNIQUE,
  kind            text NOT NULL CONSTRAINT violation_kind CHECK (kind IN ('construction_procedure', 'encroachment')),
  what            text NOT NULL CONSTRAINT violation_what CHECK (what IN ('no_permit', 'against_permit', 'against_plan', 'wrong_land', 'no_notice', 'roadway', 'pavement', 'public_land')),
  place           text NOT NULL CONSTRAINT violation_place_given CHECK (btrim(place) <> ''),
  description     text NOT NULL DEFAULT '',
  ward_id         bigint NOT NULL REFERENCES ward,
  project_id      bigint REFERENCES project,
  unit_id         bigint NOT NULL REFERENCES unit, -- who entered it
  found_on        date NOT NULL,
  decision_number text NOT NULL DEFAULT '',
  decided_on      date,
  measure         text NOT NULL DEFAULT '' CONSTRAINT violation_measure CHECK (measure IN ('', 'suspend', 'fine', 'demolish', 'restore', 'legalise', 'remind')),
  fine            dong NOT NULL DEFAULT 0 CONSTRAINT violation_fine CHECK (fine >= 0),
  due_on          date,
  handled_on      date,
  outcome         text NOT NULL DEFAULT '',
  area            area_m2, -- cleared
  reason          text NOT NULL DEFAULT '', -- of the last change of a handled one
  changed_by      bigint NOT NULL REFERENCES app_user,
  changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  version         integer NOT NULL DEFAULT 1,
  CONSTRAINT violation_decision_whole CHECK ((btrim(decision_number) <> '') = (decided_on IS NOT NULL)),
  CONSTRAINT violation_decided_after_found CHECK (decided_on >= found_on),
  CONSTRAINT violation_measure_decided CHECK ((measure = '' AND fine = 0) OR decided_on IS NOT NULL),
  CONSTRAINT violation_due_order CHECK (due_on >= found_on),
  CONSTRAINT violation_handled_decided CHECK (handled_on IS NULL OR (decided_on IS NOT NULL AND handled_on >= decided_on AND btrim(outcome) <> '')),
  CONSTRAINT violation_area_cleared CHECK (area IS NULL OR handled_on IS NOT NULL)
);
CREATE INDEX violation_found ON violation (found_on DESC, id DESC);
CREATE INDEX violation_ward ON violation (ward_id, found_on DESC);
CREATE INDEX violation_open ON violation (due_on) WHERE handled_on IS NULL;

-- What an issued report was told of a violation: a report is built again out of the versions recorded by its cutoff.
CREATE TABLE violation_version (
  violation_id bigint NOT NULL REFERENCES violation,
  version      integer NOT NULL,
  kind         text NOT NULL,
  what         text NOT NULL,
  place        text NOT NULL,
  ward_id      bigint NOT NULL REFERENCES ward,
  found_on     date NOT NULL,
  decided_on   date,
  due_on       date,
  handled_on   date,
  area         area_m2,
  recorded_by  bigint NOT NULL REFERENCES app_user,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (violation_id, version)
);
CREATE INDEX violation_version_known ON violation_version (recorded_at);
CREATE TRIGGER violation_version_append_only BEFORE UPDATE OR DELETE ON violation_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION violation_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO violation_version (violation_id, version, kind, what, place, ward_id, found_on, decided_on, due_on, handled_on, area, recorded_by)
  VALUES (NEW.id, NEW.version, NEW.kind, NEW.what, NEW.place, NEW.ward_id, NEW.found_on, NEW.decided_on, NEW.due_on, NEW.handled_on, NEW.area, NEW.changed_by);
  RETURN NULL;
END $$;
CREATE TRIGGER violation_keep_version AFTER INSERT OR UPDATE ON violation FOR EACH ROW EXECUTE FUNCTION violation_keep_version();
