-- The register of money held because its person refused it, it is disputed or the person is absent; the interest the bank gives on it, which
-- is the person's; and its release, asked for by one officer and approved by another. And who signed for cash in another's name.

CREATE TABLE deposit (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code         text GENERATED ALWAYS AS ('TG' || id) STORED CONSTRAINT deposit_code UNIQUE,
  payment_id   bigint NOT NULL REFERENCES payment,
  result_id    bigint NOT NULL CONSTRAINT deposit_one_per_result UNIQUE REFERENCES payment_result,
  amount       dong NOT NULL CONSTRAINT deposit_amount_positive CHECK (amount > 0),
  opened_on    date NOT NULL,
  ground       text NOT NULL DEFAULT 'unknown' CONSTRAINT deposit_ground CHECK (ground IN ('unknown', 'refused', 'disputed', 'absent', 'other')),
  ground_note  text NOT NULL DEFAULT '',
  law          text NOT NULL DEFAULT '',
  bank         text NOT NULL DEFAULT '',
  account_name text NOT NULL DEFAULT '',
  account_no   text NOT NULL DEFAULT '',
  minutes_no   text NOT NULL DEFAULT '',
  minutes_day  date,
  changed_by   bigint NOT NULL REFERENCES app_user,
  changed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  version      integer NOT NULL DEFAULT 1,
  CONSTRAINT deposit_details_whole CHECK (ground = 'unknown' OR (minutes_day IS NOT NULL AND minutes_day <= opened_on
    AND '' NOT IN (btrim(law), btrim(bank), btrim(account_name), btrim(account_no), btrim(minutes_no)) AND (ground <> 'other' OR btrim(ground_note) <> '')))
);
CREATE INDEX deposit_payment ON deposit (payment_id);

-- Every result that puts money on deposit has its row, whoever told it; what a person has to add is added by an act.
CREATE FUNCTION deposit_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO deposit (payment_id, result_id, amount, opened_on, changed_by) VALUES (NEW.payment_id, NEW.id, NEW.amount, NEW.day, NEW.made_by);
  RETURN NULL;
END $$;
CREATE TRIGGER deposit_opens AFTER INSERT ON payment_result FOR EACH ROW WHEN (NEW.kind = 'deposited') EXECUTE FUNCTION deposit_opens();
INSERT INTO deposit (payment_id, result_id, amount, opened_on, changed_by)
SELECT payment_id, id, amount, day, made_by FROM payment_result WHERE kind = 'deposited' ORDER BY id;

CREATE FUNCTION deposit_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.payment_id, NEW.result_id, NEW.amount, NEW.opened_on) <> (OLD.payment_id, OLD.result_id, OLD.amount, OLD.opened_on)
     OR (OLD.ground <> 'unknown' AND NEW.ground = 'unknown') THEN
    RAISE EXCEPTION 'deposit % is fixed', OLD.code USING ERRCODE = 'restrict_violation', CONSTRAINT = 'deposit_fixed', TABLE = 'deposit';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deposit_fixed BEFORE UPDATE OR DELETE ON deposit FOR EACH ROW EXECUTE FUNCTION deposit_fixed();

-- Interest of a deposit for a period, as the bank advised it. Taken back by reversing its journal.
CREATE TABLE deposit_interest (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  deposit_id  bigint NOT NULL REFERENCES deposit,
  from_day    date NOT NULL,
  to_day      date NOT NULL,
  amount      dong NOT NULL CONSTRAINT deposit_interest_positive CHECK (amount > 0),
  advice_ref  text NOT NULL CONSTRAINT deposit_interest_advice CHECK (btrim(advice_ref) <> ''),
  advice_day  date NOT NULL,
  journal_id  bigint NOT NULL CONSTRAINT deposit_interest_journal_once UNIQUE REFERENCES journal,
  made_by     bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT deposit_interest_period CHECK (from_day <= to_day AND to_day <= advice_day)
);
CREATE INDEX deposit_interest_of ON deposit_interest (deposit_id);
CREATE TRIGGER deposit_interest_append_only BEFORE UPDATE OR DELETE ON deposit_interest FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A release: asked for with its condition, approved by another person, then handed over by its result. Those handed over before this
-- rule have nobody's approval; they are marked as before.
CREATE TABLE deposit_release (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  deposit_id       bigint NOT NULL REFERENCES deposit,
  amount           dong NOT NULL CONSTRAINT deposit_release_amount CHECK (amount > 0),
  state            text NOT NULL CONSTRAINT deposit_release_state CHECK (state IN ('waiting', 'approved', 'refused', 'handed_over', 'taken_back')),
  origin           text NOT NULL DEFAULT 'asked' CONSTRAINT deposit_release_origin CHECK (origin IN ('asked', 'before')),
  applicant        text NOT NULL,
  paper_no         text NOT NULL DEFAULT '',
  paper_day        date,
  condition        text NOT NULL DEFAULT '' CONSTRAINT deposit_release_condition CHECK (condition IN ('', 'asks_in_writing', 'final_decision', 'identity_proven', 'ground_ended')),
  decision_name    text NOT NULL DEFAULT '',
  decision_no      text NOT NULL DEFAULT '',
  decision_day     date,
  made_by          bigint NOT NULL REFERENCES app_user,
  made_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  decided_by       bigint REFERENCES app_user,
  decided_at       timestamptz,
  refusal          text NOT NULL DEFAULT '',
  result_id        bigint CONSTRAINT deposit_release_result_once UNIQUE REFERENCES payment_result,
  interest         dong NOT NULL DEFAULT 0 CONSTRAINT deposit_release_interest CHECK (interest >= 0),
  interest_journal bigint CONSTRAINT deposit_release_journal_once UNIQUE REFERENCES journal,
  CONSTRAINT deposit_release_two_persons CHECK (decided_by <> made_by),
  CONSTRAINT deposit_release_steps CHECK (origin = 'before' OR (btrim(paper_no) <> '' AND paper_day IS NOT NULL AND condition <> ''
    AND (condition <> 'final_decision' OR (btrim(decision_name) <> '' AND btrim(decision_no) <> '' AND decision_day IS NOT NULL))
    AND (state = 'waiting') = (decided_by IS NULL) AND (state = 'refused') = (btrim(refusal) <> ''))),
  CONSTRAINT deposit_release_handed CHECK ((state IN ('handed_over', 'taken_back')) = (result_id IS NOT NULL)),
  CONSTRAINT deposit_release_interest_in_book CHECK ((interest > 0) = (interest_journal IS NOT NULL))
);
CREATE INDEX deposit_release_of ON deposit_release (deposit_id);
CREATE UNIQUE INDEX deposit_release_one_live ON deposit_release (deposit_id) WHERE state IN ('waiting', 'approved');
INSERT INTO deposit_release (deposit_id, amount, state, origin, applicant, made_by, made_at, result_id)
SELECT d.id, r.amount, CASE WHEN EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id) THEN 'taken_back' ELSE 'handed_over' END,
  'before', p.payee_name, r.made_by, r.recorded_at, r.id
FROM payment_result r JOIN payment p ON p.id = r.payment_id
CROSS JOIN LATERAL (SELECT max(x.id) AS id FROM deposit x WHERE x.payment_id = r.payment_id AND x.result_id < r.id) d WHERE r.kind = 'deposit_released' AND d.id IS NOT NULL ORDER BY r.id;

CREATE FUNCTION deposit_release_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.deposit_id, NEW.amount, NEW.applicant, NEW.paper_no, NEW.condition, NEW.made_by) IS DISTINCT FROM
       (OLD.deposit_id, OLD.amount, OLD.applicant, OLD.paper_no, OLD.condition, OLD.made_by)
     OR (OLD.state, NEW.state) NOT IN (('waiting', 'approved'), ('waiting', 'refused'), ('approved', 'handed_over'), ('handed_over', 'taken_back'))
     OR (OLD.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM OLD.decided_by) OR (OLD.result_id IS NOT NULL AND NEW.result_id IS DISTINCT FROM OLD.result_id) THEN
    RAISE EXCEPTION 'release % is fixed', OLD.id USING ERRCODE = 'restrict_violation', CONSTRAINT = 'deposit_release_fixed', TABLE = 'deposit_release';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deposit_release_fixed BEFORE UPDATE OR DELETE ON deposit_release FOR EACH ROW EXECUTE FUNCTION deposit_release_fixed();

-- No deposit is handed over without a release that one person asked for and another approved; who approved does not hand it over.
CREATE FUNCTION deposit_released_needs_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM deposit_release x JOIN deposit d ON d.id = x.deposit_id WHERE x.result_id = NEW.id AND d.payment_id = NEW.payment_id
                 AND x.amount = NEW.amount AND x.decided_by NOT IN (x.made_by, NEW.made_by)) THEN
    RAISE EXCEPTION 'payment % is handed over without an approved release', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'deposit_released_needs_release', TABLE = 'payment_result';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deposit_released_needs_release AFTER INSERT ON payment_result DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.kind = 'deposit_released') EXECUTE FUNCTION deposit_released_needs_release();

-- Who signed for cash in the payee's name, with the paper that lets them.
CREATE TABLE payment_representative (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  result_id   bigint NOT NULL CONSTRAINT payment_representative_one UNIQUE REFERENCES payment_result,
  full_name   text NOT NULL,
  identity_no text NOT NULL,
  relation    text NOT NULL,
  paper_no    text NOT NULL,
  paper_day   date NOT NULL,
  certified_by text NOT NULL,
  valid_to    date,
  CONSTRAINT payment_representative_whole CHECK ('' NOT IN (btrim(full_name), btrim(identity_no), btrim(relation), btrim(paper_no), btrim(certified_by))),
  CONSTRAINT payment_representative_valid CHECK (valid_to IS NULL OR valid_to >= paper_day)
);
CREATE TRIGGER payment_representative_append_only BEFORE UPDATE OR DELETE ON payment_representative FOR EACH ROW EXECUTE FUNCTION refuse_change();
