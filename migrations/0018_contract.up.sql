-- Tender packages, contracts, their amendments, guarantees, acceptances and bills. What was signed is never overwritten: an amendment is a row,
-- the contract keeps the total. The identities of money hold at the end of every transaction, whoever writes.
CREATE TABLE contractor (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text NOT NULL CONSTRAINT contractor_name_given CHECK (btrim(name) <> ''),
  name_fold  text GENERATED ALWAYS AS (fold(name)) STORED,
  tax_code   text NOT NULL CONSTRAINT contractor_tax_code_once UNIQUE CONSTRAINT contractor_tax_code_form CHECK (tax_code ~ '^[0-9]{10}(-[0-9]{3})?$'),
  changed_by bigint NOT NULL REFERENCES app_user,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version    integer NOT NULL DEFAULT 1
);
CREATE INDEX contractor_name_search ON contractor USING gin (name_fold gin_trgm_ops);

-- The estimate and the method are those of the plan of selecting contractors (kế hoạch lựa chọn nhà thầu), decided on decided_on.
CREATE TABLE package (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id      bigint NOT NULL REFERENCES project,
  code            text NOT NULL CONSTRAINT package_code_form CHECK (code ~ '^[A-Z0-9][A-Z0-9.-]{0,19}$'),
  name            text NOT NULL CONSTRAINT package_name_given CHECK (btrim(name) <> ''),
  name_fold       text GENERATED ALWAYS AS (fold(name)) STORED,
  field           text NOT NULL CONSTRAINT package_field CHECK (field IN ('works', 'consulting', 'goods', 'services', 'mixed')),
  method          text NOT NULL CONSTRAINT package_method CHECK (method IN ('open', 'limited', 'direct', 'shopping', 'direct_purchase', 'self', 'community', 'special')),
  estimate        dong NOT NULL CONSTRAINT package_estimate_positive CHECK (estimate > 0),
  decision_number text NOT NULL CONSTRAINT package_decision_given CHECK (btrim(decision_number) <> ''),
  decided_on      date NOT NULL,
  authority       text NOT NULL,
  note            text NOT NULL DEFAULT '',
  changed_by      bigint NOT NULL REFERENCES app_user,
  changed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  version         integer NOT NULL DEFAULT 1,
  CONSTRAINT package_code_once UNIQUE (project_id, code),
  CONSTRAINT package_of_project UNIQUE (id, project_id)
);

-- original_value and original_ends_on are as signed; value and ends_on are kept with the amendments.
CREATE TABLE contract (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code                 text NOT NULL CONSTRAINT contract_code_once UNIQUE,
  package_id           bigint NOT NULL,
  project_id           bigint NOT NULL REFERENCES project,
  contractor_id        bigint NOT NULL REFERENCES contractor,
  number               text NOT NULL CONSTRAINT contract_number_given CHECK (btrim(number) <> ''),
  signed_on            date NOT NULL,
  kind                 text NOT NULL CONSTRAINT contract_kind CHECK (kind IN ('lump_sum', 'fixed_unit', 'adjustable_unit', 'time_based', 'mixed')),
  original_value       dong NOT NULL CONSTRAINT contract_original_positive CHECK (original_value > 0),
  value                dong NOT NULL CONSTRAINT contract_value_positive CHECK (value > 0),
  starts_on            date NOT NULL,
  original_ends_on     date NOT NULL,
  ends_on              date NOT NULL,
  advance_bp           integer NOT NULL DEFAULT 0 CONSTRAINT contract_advance_range CHECK (advance_bp BETWEEN 0 AND 10000),
  advance_reason       text NOT NULL DEFAULT '',
  retention_bp         integer NOT NULL DEFAULT 0 CONSTRAINT contract_retention_range CHECK (retention_bp BETWEEN 0 AND 10000),
  over_estimate_reason text NOT NULL DEFAULT '',
  state                text NOT NULL DEFAULT 'active' CONSTRAINT contract_state CHECK (state IN ('active', 'completed', 'terminated')),
  ended_on             date,
  end_reason           text NOT NULL DEFAULT '',
  note                 text NOT NULL DEFAULT '',
  changed_by           bigint NOT NULL REFERENCES app_user,
  changed_at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  recorded_by          bigint NOT NULL REFERENCES app_user,
  recorded_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  version              integer NOT NULL DEFAULT 1,
  CONSTRAINT contract_package_of_project FOREIGN KEY (package_id, project_id) REFERENCES package (id, project_id),
  CONSTRAINT contract_number_once UNIQUE (project_id, number),
  CONSTRAINT contract_days_order CHECK (starts_on >= signed_on AND original_ends_on >= starts_on AND ends_on >= starts_on),
  CONSTRAINT contract_end_told CHECK ((state = 'active') = (ended_on IS NULL)),
  CONSTRAINT contract_termination_has_reason CHECK (state <> 'terminated' OR btrim(end_reason) <> '')
);
CREATE INDEX contract_project ON contract (project_id, code);
CREATE INDEX contract_package ON contract (package_id);
CREATE INDEX contract_contractor ON contract (contractor_id);

-- What the parties signed stays: number, days of work and money change by amendment only.
CREATE FUNCTION contract_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.code, NEW.package_id, NEW.project_id, NEW.contractor_id, NEW.number, NEW.signed_on, NEW.kind, NEW.original_value, NEW.original_ends_on, NEW.recorded_by)
     <> (OLD.code, OLD.package_id, OLD.project_id, OLD.contractor_id, OLD.number, OLD.signed_on, OLD.kind, OLD.original_value, OLD.original_ends_on, OLD.recorded_by) THEN
    RAISE EXCEPTION 'contract % is signed', OLD.code
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'contract_fixed', TABLE = 'contract';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER contract_fixed BEFORE UPDATE OR DELETE ON contract FOR EACH ROW EXECUTE FUNCTION contract_fixed();

CREATE TABLE contract_amendment (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contract_id  bigint NOT NULL REFERENCES contract,
  number       text NOT NULL CONSTRAINT contract_amendment_number_given CHECK (btrim(number) <> ''),
  decided_on   date NOT NULL,
  value_change dong NOT NULL DEFAULT 0,
  new_ends_on  date,
  reason       text NOT NULL CONSTRAINT contract_amendment_reason_given CHECK (btrim(reason) <> ''),
  recorded_by  bigint NOT NULL REFERENCES app_user,
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT contract_amendment_once UNIQUE (contract_id, number),
  CONSTRAINT contract_amendment_changes CHECK (value_change <> 0 OR new_ends_on IS NOT NULL)
);
CREATE TRIGGER contract_amendment_append_only BEFORE UPDATE OR DELETE ON contract_amendment FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A guarantee is released, or prolonged by a new row that names the one it takes the place of.
CREATE TABLE guarantee (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code        text GENERATED ALWAYS AS ('BL-' || id::text) STORED CONSTRAINT guarantee_code_once UNIQUE,
  contract_id bigint NOT NULL REFERENCES contract,
  kind        text NOT NULL CONSTRAINT guarantee_kind CHECK (kind IN ('performance', 'advance', 'warranty')),
  bank        text NOT NULL CONSTRAINT guarantee_bank_given CHECK (btrim(bank) <> ''),
  number      text NOT NULL CONSTRAINT guarantee_number_given CHECK (btrim(number) <> ''),
  amount      dong NOT NULL CONSTRAINT guarantee_amount_positive CHECK (amount > 0),
  valid_from  date NOT NULL,
  expires_on  date NOT NULL,
  replaces    bigint CONSTRAINT guarantee_replaced_once UNIQUE REFERENCES guarantee,
  recorded_by bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  released_on date,
  released_by bigint REFERENCES app_user,
  released_at timestamptz,
  CONSTRAINT guarantee_once UNIQUE (contract_id, bank, number),
  CONSTRAINT guarantee_days_order CHECK (expires_on >= valid_from),
  CONSTRAINT guarantee_release_order CHECK (released_on IS NULL OR released_on >= valid_from),
  CONSTRAINT guarantee_release_whole CHECK ((released_on IS NULL) = (released_by IS NULL) AND (released_on IS NULL) = (released_at IS NULL))
);
CREATE INDEX guarantee_contract ON guarantee (contract_id, kind);
CREATE INDEX guarantee_running ON guarantee (expires_on) WHERE released_on IS NULL;

CREATE FUNCTION guarantee_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.released_on IS NOT NULL OR NEW.replaces IS DISTINCT FROM OLD.replaces
     OR (NEW.contract_id, NEW.kind, NEW.bank, NEW.number, NEW.amount, NEW.valid_from, NEW.expires_on, NEW.recorded_by)
        <> (OLD.contract_id, OLD.kind, OLD.bank, OLD.number, OLD.amount, OLD.valid_from, OLD.expires_on, OLD.recorded_by) THEN
    RAISE EXCEPTION 'guarantee % is fixed', OLD.number
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'guarantee_fixed', TABLE = 'guarantee';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guarantee_fixed BEFORE UPDATE OR DELETE ON guarantee FOR EACH ROW EXECUTE FUNCTION guarantee_fixed();

-- The value is that of this acceptance alone. One that was too high is taken back by a negative row with its reason.
CREATE TABLE acceptance (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contract_id bigint NOT NULL REFERENCES contract,
  number      text NOT NULL CONSTRAINT acceptance_number_given CHECK (btrim(number) <> ''),
  kind        text NOT NULL CONSTRAINT acceptance_kind CHECK (kind IN ('stage', 'completion')),
  accepted_on date NOT NULL,
  value       dong NOT NULL,
  note        text NOT NULL DEFAULT '',
  recorded_by bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT acceptance_once UNIQUE (contract_id, number),
  CONSTRAINT acceptance_says_something CHECK (value <> 0 OR kind = 'completion'),
  CONSTRAINT acceptance_fall_has_reason CHECK (value >= 0 OR btrim(note) <> '')
);
CREATE UNIQUE INDEX acceptance_completed_once ON acceptance (contract_id) WHERE kind = 'completion';
CREATE TRIGGER acceptance_append_only BEFORE UPDATE OR DELETE ON acceptance FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A bill asks to pay accepted volume. number counts the bills of a contract; every bill that is not cancelled takes from what is accepted.
CREATE TABLE bill (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code              text GENERATED ALWAYS AS ('HS-' || id::text) STORED CONSTRAINT bill_code_once UNIQUE,
  contract_id       bigint NOT NULL REFERENCES contract,
  number            integer NOT NULL CONSTRAINT bill_number_positive CHECK (number > 0),
  day               date NOT NULL,
  completed_value   dong NOT NULL CONSTRAINT bill_completed_positive CHECK (completed_value > 0),
  advance_recovered dong NOT NULL DEFAULT 0 CONSTRAINT bill_recovered_not_negative CHECK (advance_recovered >= 0),
  retained          dong NOT NULL DEFAULT 0 CONSTRAINT bill_retained_not_negative CHECK (retained >= 0),
  payable           dong NOT NULL CONSTRAINT bill_payable_not_negative CHECK (payable >= 0),
  note              text NOT NULL DEFAULT '',
  state             text NOT NULL DEFAULT 'draft' CONSTRAINT bill_state CHECK (state IN ('draft', 'submitted', 'approved', 'returned', 'cancelled')),
  made_by           bigint NOT NULL REFERENCES app_user,
  edited_by         bigint NOT NULL REFERENCES app_user,
  changed_by        bigint NOT NULL REFERENCES app_user,
  changed_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitted_by      bigint REFERENCES app_user,
  submitted_at      timestamptz,
  approved_by       bigint REFERENCES app_user,
  approved_at       timestamptz,
  returned_by       bigint REFERENCES app_user,
  returned_at       timestamptz,
  return_reason     text NOT NULL DEFAULT '',
  cancelled_by      bigint REFERENCES app_user,
  cancelled_at      timestamptz,
  cancel_reason     text NOT NULL DEFAULT '',
  version           integer NOT NULL DEFAULT 1,
  CONSTRAINT bill_once UNIQUE (contract_id, number),
  CONSTRAINT bill_payable_whole CHECK (payable = completed_value - advance_recovered - retained),
  CONSTRAINT bill_maker_never_approves CHECK (approved_by IS NULL OR (approved_by <> made_by AND approved_by <> edited_by AND approved_by <> submitted_by)),
  CONSTRAINT bill_approved_complete CHECK (state <> 'approved' OR (submitted_by IS NOT NULL AND approved_by IS NOT NULL AND approved_at IS NOT NULL)),
  CONSTRAINT bill_return_has_reason CHECK (state <> 'returned' OR btrim(return_reason) <> ''),
  CONSTRAINT bill_cancel_has_reason CHECK (state <> 'cancelled' OR btrim(cancel_reason) <> '')
);
CREATE INDEX bill_state_day ON bill (state, day DESC);

-- An approved bill is what the treasury is asked to pay: it is closed.
CREATE FUNCTION bill_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state IN ('approved', 'cancelled') OR (NEW.contract_id, NEW.number, NEW.made_by) <> (OLD.contract_id, OLD.number, OLD.made_by) THEN
    RAISE EXCEPTION 'bill % is closed', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bill_closed', TABLE = 'bill';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bill_closed BEFORE UPDATE OR DELETE ON bill FOR EACH ROW EXECUTE FUNCTION bill_closed();

-- Value = original + amendments; accepted <= value; billed <= accepted. The contract is locked: two acts at once would each see only themselves.
CREATE FUNCTION contract_money_whole(the_contract bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  c        contract;
  amended  bigint;
  accepted bigint;
  billed   bigint;
  broken   text;
BEGIN
  SELECT * INTO c FROM contract WHERE id = the_contract FOR NO KEY UPDATE;
  SELECT COALESCE(sum(value_change), 0) INTO amended FROM contract_amendment WHERE contract_id = the_contract;
  SELECT COALESCE(sum(value), 0) INTO accepted FROM acceptance WHERE contract_id = the_contract;
  SELECT COALESCE(sum(completed_value), 0) INTO billed FROM bill WHERE contract_id = the_contract AND state <> 'cancelled';
  broken := CASE WHEN c.value <> c.original_value + amended THEN 'contract_value_whole'
                 WHEN accepted > c.value THEN 'contract_accepted_within_value'
                 WHEN billed > accepted THEN 'contract_billed_within_accepted' END;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'contract %: value %, original % amended by %, accepted %, billed %', c.code, c.value, c.original_value, amended, accepted, billed
      USING ERRCODE = 'check_violation', CONSTRAINT = broken, TABLE = 'contract';
  END IF;
END $$;
CREATE FUNCTION contract_of_self_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM contract_money_whole(NEW.id); RETURN NULL; END $$;
CREATE FUNCTION contract_of_part_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM contract_money_whole(NEW.contract_id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER contract_money_whole AFTER INSERT OR UPDATE OF value ON contract
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contract_of_self_whole();
CREATE CONSTRAINT TRIGGER contract_money_whole AFTER INSERT ON contract_amendment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contract_of_part_whole();
CREATE CONSTRAINT TRIGGER contract_money_whole AFTER INSERT ON acceptance
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contract_of_part_whole();
CREATE CONSTRAINT TRIGGER contract_money_whole AFTER INSERT OR UPDATE OF completed_value, state ON bill
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contract_of_part_whole();

-- Contracts of a package that are not terminated stay within its estimate unless one of them says why not.
CREATE FUNCTION package_within_estimate(the_package bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM package WHERE id = the_package FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM package g JOIN contract c ON c.package_id = g.id AND c.state <> 'terminated' WHERE g.id = the_package
             GROUP BY g.id HAVING sum(c.value) > max(g.estimate) AND NOT bool_or(btrim(c.over_estimate_reason) <> '')) THEN
    RAISE EXCEPTION 'contracts of package % are above its estimate', the_package
      USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_within_estimate', TABLE = 'contract';
  END IF;
END $$;
CREATE FUNCTION contract_within_estimate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM package_within_estimate(NEW.package_id); RETURN NULL; END $$;
CREATE FUNCTION package_estimate_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM package_within_estimate(NEW.id); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER contract_within_estimate AFTER INSERT OR UPDATE OF value, over_estimate_reason, state ON contract
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION contract_within_estimate();
CREATE CONSTRAINT TRIGGER package_estimate_holds AFTER UPDATE OF estimate ON package
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION package_estimate_holds();
