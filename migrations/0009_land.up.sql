-- Who holds the land, which parcels, one case for one holder in one work, and the legal steps with their day and paper.
CREATE TABLE holder (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code       text NOT NULL CONSTRAINT holder_code_once UNIQUE,
  kind       text NOT NULL CONSTRAINT holder_kind CHECK (kind IN ('household', 'individual', 'organisation')),
  name       text NOT NULL CONSTRAINT holder_name_given CHECK (btrim(name) <> ''),
  name_fold  text GENERATED ALWAYS AS (fold(name)) STORED,
  state      text NOT NULL DEFAULT 'present' CONSTRAINT holder_state CHECK (state IN ('present', 'absent', 'deceased')),
  ward_id    bigint NOT NULL REFERENCES ward,
  address    text NOT NULL DEFAULT '',
  phone      text NOT NULL DEFAULT '',
  sample     boolean NOT NULL DEFAULT false,
  changed_by bigint NOT NULL REFERENCES app_user,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version    integer NOT NULL DEFAULT 1
);
CREATE INDEX holder_name_search ON holder USING gin (name_fold gin_trgm_ops);

-- The persons behind a holder: owner, co-owners, heirs, a representative. Shares of those entitled add up to 10,000 basis points.
CREATE TABLE holder_party (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  holder_id      bigint NOT NULL REFERENCES holder,
  full_name      text NOT NULL CONSTRAINT holder_party_name_given CHECK (btrim(full_name) <> ''),
  relation       text NOT NULL CONSTRAINT holder_party_relation CHECK (relation IN ('owner', 'co_owner', 'heir', 'representative')),
  identity_no    text NOT NULL DEFAULT '',
  share_bp       integer NOT NULL CONSTRAINT holder_party_share CHECK (share_bp BETWEEN 0 AND 10000),
  bank_name      text NOT NULL DEFAULT '',
  account_no     text NOT NULL DEFAULT '',
  account_name   text NOT NULL DEFAULT ''
);
CREATE INDEX holder_party_holder ON holder_party (holder_id);

CREATE FUNCTION holder_shares_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  holder bigint := COALESCE(NEW.holder_id, OLD.holder_id);
  total  bigint;
BEGIN
  SELECT sum(share_bp) INTO total FROM holder_party WHERE holder_id = holder;
  IF total IS NOT NULL AND total <> 10000 THEN
    RAISE EXCEPTION 'shares of holder % add up to % basis points', holder, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'holder_shares_whole', TABLE = 'holder_party';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER holder_shares_whole AFTER INSERT OR UPDATE OR DELETE ON holder_party
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION holder_shares_whole();

-- Map sheet and number stay text: "17+175" and "263A" are real parcel numbers.
CREATE TABLE parcel (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ward_id   bigint NOT NULL REFERENCES ward,
  map_sheet text NOT NULL,
  number    text NOT NULL CONSTRAINT parcel_number_given CHECK (btrim(number) <> ''),
  area      area_m2 NOT NULL,
  CONSTRAINT parcel_once UNIQUE (ward_id, map_sheet, number)
);
CREATE INDEX parcel_number ON parcel (number);

CREATE TABLE land_case (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code           text NOT NULL CONSTRAINT land_case_code_once UNIQUE,
  project_id     bigint NOT NULL REFERENCES project,
  holder_id      bigint NOT NULL REFERENCES holder,
  ward_id        bigint NOT NULL REFERENCES ward,
  rule_set       text NOT NULL REFERENCES rule_set,
  recovered_area area_m2 NOT NULL DEFAULT 0,
  note           text NOT NULL DEFAULT '',
  sample         boolean NOT NULL DEFAULT false,
  recorded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  opened_on      date NOT NULL,
  changed_by     bigint NOT NULL REFERENCES app_user,
  changed_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  version        integer NOT NULL DEFAULT 1,
  CONSTRAINT land_case_one_per_holder_and_project UNIQUE (project_id, holder_id)
);
CREATE INDEX land_case_project_code ON land_case (project_id, code);
CREATE INDEX land_case_ward ON land_case (ward_id, code);
CREATE INDEX land_case_holder ON land_case (holder_id);

CREATE TABLE case_parcel (
  case_id   bigint NOT NULL REFERENCES land_case,
  parcel_id bigint NOT NULL REFERENCES parcel,
  land_code text NOT NULL CONSTRAINT case_parcel_land_code CHECK (land_code ~ '^[A-Z]{3}$'),
  recovered area_m2 NOT NULL CONSTRAINT case_parcel_recovered_positive CHECK (recovered > 0),
  PRIMARY KEY (case_id, parcel_id, land_code)
);
CREATE INDEX case_parcel_parcel ON case_parcel (parcel_id);

-- The parcel is locked first: two cases recorded at once would otherwise each see only themselves.
CREATE FUNCTION parcel_not_over_recovered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM parcel WHERE id = NEW.parcel_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM parcel p WHERE p.id = NEW.parcel_id
             AND p.area < (SELECT sum(recovered) FROM case_parcel cp WHERE cp.parcel_id = p.id)) THEN
    RAISE EXCEPTION 'more is recovered from parcel % than it has', NEW.parcel_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'parcel_not_over_recovered', TABLE = 'case_parcel';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER parcel_not_over_recovered AFTER INSERT OR UPDATE ON case_parcel
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION parcel_not_over_recovered();

-- Steps are written once with their day and paper; a wrong one is withdrawn with a reason and written again.
CREATE TABLE case_step (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_id          bigint NOT NULL REFERENCES land_case,
  kind             text NOT NULL CONSTRAINT case_step_kind CHECK (kind IN ('notice', 'inventory', 'posting', 'recovery_decision', 'handover')),
  done_on          date NOT NULL,
  effective_on     date NOT NULL,
  document_no      text NOT NULL DEFAULT '',
  note             text NOT NULL DEFAULT '',
  agreed_early     boolean NOT NULL DEFAULT false,
  recorded_by      bigint NOT NULL REFERENCES app_user,
  recorded_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  withdrawn_by     bigint REFERENCES app_user,
  withdrawn_at     timestamptz,
  withdrawn_reason text NOT NULL DEFAULT '',
  CONSTRAINT case_step_effective_order CHECK (effective_on >= done_on),
  CONSTRAINT case_step_agreement_described CHECK (NOT agreed_early OR btrim(note) <> ''),
  CONSTRAINT case_step_withdrawal_has_reason CHECK (withdrawn_at IS NULL OR btrim(withdrawn_reason) <> '')
);
CREATE UNIQUE INDEX case_step_once ON case_step (case_id, kind) WHERE withdrawn_at IS NULL;
