-- Payout orders: made by one person, approved by a second, released by a third; one payment a payee; results only ever added.
CREATE TABLE payout_order (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code          text NOT NULL CONSTRAINT payout_order_code_once UNIQUE,
  project_id    bigint NOT NULL REFERENCES project,
  method        text NOT NULL CONSTRAINT payout_order_method CHECK (method IN ('transfer', 'cash', 'deposit')),
  source        text NOT NULL REFERENCES funding_source,
  content       text NOT NULL DEFAULT '',
  state         text NOT NULL CONSTRAINT payout_order_state CHECK (state IN ('draft', 'submitted', 'approved', 'released', 'cancelled')),
  day           date NOT NULL,
  total         dong NOT NULL DEFAULT 0,
  payment_count integer NOT NULL DEFAULT 0,
  made_by       bigint NOT NULL REFERENCES app_user,
  changed_by    bigint NOT NULL REFERENCES app_user,
  changed_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  submitted_at  timestamptz,
  approved_by   bigint REFERENCES app_user,
  approved_at   timestamptz,
  released_by   bigint REFERENCES app_user,
  released_at   timestamptz,
  released_on   date,
  cancelled_by  bigint REFERENCES app_user,
  cancelled_at  timestamptz,
  cancel_reason text NOT NULL DEFAULT '',
  version       integer NOT NULL DEFAULT 1,
  CONSTRAINT payout_order_maker_never_approves CHECK (approved_by IS NULL OR approved_by <> made_by),
  CONSTRAINT payout_order_three_persons CHECK (released_by IS NULL OR (released_by <> made_by AND released_by <> approved_by)),
  CONSTRAINT payout_order_released_complete CHECK (state <> 'released' OR (approved_by IS NOT NULL AND approved_at IS NOT NULL
    AND released_by IS NOT NULL AND released_at IS NOT NULL AND released_on IS NOT NULL)),
  CONSTRAINT payout_order_approved_complete CHECK (state <> 'approved' OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)),
  CONSTRAINT payout_order_cancel_has_reason CHECK (state <> 'cancelled' OR btrim(cancel_reason) <> '')
);
CREATE INDEX payout_order_project ON payout_order (project_id, code);
CREATE INDEX payout_order_state_day ON payout_order (state, day DESC);

-- What was released or cancelled is closed: corrections are new results or new orders.
CREATE FUNCTION payout_order_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state IN ('released', 'cancelled') OR (NEW.code, NEW.project_id, NEW.made_by) <> (OLD.code, OLD.project_id, OLD.made_by) THEN
    RAISE EXCEPTION 'order % is closed', OLD.code
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payout_order_closed', TABLE = 'payout_order';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payout_order_closed BEFORE UPDATE OR DELETE ON payout_order FOR EACH ROW EXECUTE FUNCTION payout_order_closed();

-- The payee's name stands here from the draft on; name, identity and account are copied when the order is approved and stay from then on:
-- a later change of the person's file cannot move the money.
CREATE TABLE payment (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code         text NOT NULL CONSTRAINT payment_code_once UNIQUE,
  order_id     bigint NOT NULL REFERENCES payout_order,
  project_id   bigint NOT NULL REFERENCES project,
  case_id      bigint NOT NULL REFERENCES land_case,
  award_id     bigint NOT NULL REFERENCES award,
  party_id     bigint NOT NULL REFERENCES holder_party,
  amount       dong NOT NULL CONSTRAINT payment_amount_positive CHECK (amount > 0),
  state        text NOT NULL CONSTRAINT payment_state CHECK (state IN ('prepared', 'ordered', 'paid', 'returned', 'deposited', 'cancelled')),
  payee_name   text NOT NULL DEFAULT '',
  payee_fold   text GENERATED ALWAYS AS (fold(payee_name)) STORED,
  identity_no  text NOT NULL DEFAULT '',
  bank_name    text NOT NULL DEFAULT '',
  account_no   text NOT NULL DEFAULT '',
  reissue_of   bigint REFERENCES payment,
  version      integer NOT NULL DEFAULT 1
);
CREATE INDEX payment_order ON payment (order_id);
CREATE INDEX payment_award ON payment (award_id);
CREATE INDEX payment_payee_search ON payment USING gin (payee_fold gin_trgm_ops);
CREATE INDEX payment_case ON payment (case_id);
CREATE INDEX payment_project_state ON payment (project_id, state);
-- An award's payee is in one live order only, until that payment has its result.
CREATE UNIQUE INDEX payment_one_live_per_payee ON payment (award_id, party_id) WHERE state IN ('prepared', 'ordered');
-- Returned money is issued again by one payment at a time; a cancelled one leaves it free.
CREATE UNIQUE INDEX payment_reissued_once ON payment (reissue_of) WHERE state <> 'cancelled';

-- Whom, for what and how much is written once; the payee's file is copied until the order is approved.
CREATE FUNCTION payment_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR (NEW.code, NEW.order_id, NEW.project_id, NEW.case_id, NEW.award_id, NEW.party_id, NEW.amount)
        <> (OLD.code, OLD.order_id, OLD.project_id, OLD.case_id, OLD.award_id, OLD.party_id, OLD.amount)
     OR NEW.reissue_of IS DISTINCT FROM OLD.reissue_of
     OR EXISTS (SELECT 1 FROM payout_order o WHERE o.id = OLD.order_id AND o.state NOT IN ('draft', 'submitted')) THEN
    RAISE EXCEPTION 'payment % is fixed', OLD.code
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_fixed', TABLE = 'payment';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_fixed BEFORE UPDATE OF code, order_id, project_id, case_id, award_id, party_id, amount, reissue_of, payee_name, identity_no, bank_name, account_no
  OR DELETE ON payment FOR EACH ROW EXECUTE FUNCTION payment_fixed();

-- No more is ordered for an award than it awards less deductions. Money issued again is counted where it was ordered first. The award is
-- locked: two orders written at once would otherwise each see only themselves.
CREATE FUNCTION payment_within_award() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM award WHERE id = NEW.award_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM award a WHERE a.id = NEW.award_id AND a.total - a.deducted <
               (SELECT sum(p.amount) FROM payment p WHERE p.award_id = a.id AND p.reissue_of IS NULL AND p.state <> 'cancelled')) THEN
    RAISE EXCEPTION 'more is ordered for award % than is left of it', NEW.award_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_within_award', TABLE = 'payment';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_within_award AFTER INSERT ON payment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment_within_award();

-- Paid comes only from here: every result names its evidence and its journal.
CREATE TABLE payment_result (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payment_id    bigint NOT NULL REFERENCES payment,
  kind          text NOT NULL CONSTRAINT payment_result_kind CHECK (kind IN ('paid', 'returned', 'deposited', 'deposit_released', 'reversed')),
  day           date NOT NULL,
  amount        dong NOT NULL CONSTRAINT payment_result_amount_positive CHECK (amount > 0),
  reason        text NOT NULL DEFAULT '',
  evidence_kind text NOT NULL CONSTRAINT payment_result_evidence CHECK (evidence_kind IN ('statement_line', 'bank_advice', 'signed_list', 'deposit_minutes', 'correction')),
  evidence_ref  text NOT NULL CONSTRAINT payment_result_evidence_given CHECK (btrim(evidence_ref) <> ''),
  journal_id    bigint NOT NULL CONSTRAINT payment_result_journal_once UNIQUE REFERENCES journal,
  made_by       bigint NOT NULL REFERENCES app_user,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT payment_result_reason_given CHECK (kind IN ('paid', 'deposit_released') OR btrim(reason) <> '')
);
CREATE INDEX payment_result_payment ON payment_result (payment_id, id);
CREATE TRIGGER payment_result_append_only BEFORE UPDATE OR DELETE ON payment_result FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- No result without an order approved and released by two other persons.
CREATE FUNCTION payment_result_needs_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM payment p JOIN payout_order o ON o.id = p.order_id
                 WHERE p.id = NEW.payment_id AND o.state = 'released') THEN
    RAISE EXCEPTION 'payment % has no released order', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_result_needs_release', TABLE = 'payment_result';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_result_needs_release BEFORE INSERT ON payment_result FOR EACH ROW EXECUTE FUNCTION payment_result_needs_release();

-- Nothing but a result makes paid: at the end of each transaction a payment's state is that of its last result not taken back.
CREATE FUNCTION payment_state_needs_result() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_state text;
  last_kind text;
BEGIN
  SELECT state INTO now_state FROM payment WHERE id = NEW.id;
  SELECT r.kind INTO last_kind FROM payment_result r
   WHERE r.payment_id = NEW.id AND r.kind <> 'reversed' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id)
   ORDER BY r.id DESC LIMIT 1;
  IF (last_kind IS NULL AND now_state NOT IN ('prepared', 'ordered', 'cancelled'))
     OR (last_kind IS NOT NULL AND now_state <> CASE last_kind WHEN 'deposit_released' THEN 'paid' ELSE last_kind END) THEN
    RAISE EXCEPTION 'payment % is %, its last result says %', NEW.code, now_state, COALESCE(last_kind, 'nothing')
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_state_needs_result', TABLE = 'payment';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_state_needs_result AFTER INSERT OR UPDATE OF state ON payment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment_state_needs_result();
