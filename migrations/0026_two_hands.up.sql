-- Two hands, and ways round them. Whoever ever had a hand in figures that another accepts stays known, also when somebody has written over
-- them since: otherwise a second person needs only to touch a figure for the first to accept it.

CREATE FUNCTION distinct_hands(hands bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(array_agg(DISTINCT h ORDER BY h), '{}') FROM unnest(hands) h WHERE h IS NOT NULL
$$;

-- Bills: who made, edited or submitted it at any time.
ALTER TABLE bill ADD COLUMN hands bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE bill DISABLE TRIGGER USER;
UPDATE bill SET hands = distinct_hands(ARRAY[made_by, edited_by, submitted_by]);
ALTER TABLE bill ENABLE TRIGGER USER;
ALTER TABLE bill DROP CONSTRAINT bill_maker_never_approves,
  ADD CONSTRAINT bill_maker_never_approves CHECK (approved_by <> ALL (hands));
CREATE FUNCTION bill_keep_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.hands := distinct_hands(CASE WHEN TG_OP = 'UPDATE' THEN OLD.hands END || ARRAY[NEW.made_by, NEW.edited_by, NEW.submitted_by]);
  RETURN NEW;
END $$;
CREATE TRIGGER bill_keep_hands BEFORE INSERT OR UPDATE ON bill FOR EACH ROW EXECUTE FUNCTION bill_keep_hands();

-- An approved bill is closed, but for one way back: the treasury refused it, nothing is paid on it, and somebody who had no hand in it says why.
CREATE OR REPLACE FUNCTION bill_closed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  back boolean;
BEGIN
  back := TG_OP = 'UPDATE' AND OLD.state = 'approved' AND NEW.state = 'returned' AND NEW.approved_by IS NULL AND NEW.returned_by <> ALL (OLD.hands)
    AND (NEW.day, NEW.completed_value, NEW.advance_recovered, NEW.retained, NEW.payable) = (OLD.day, OLD.completed_value, OLD.advance_recovered, OLD.retained, OLD.payable);
  IF TG_OP = 'DELETE' OR OLD.state IN ('approved', 'cancelled') AND back IS NOT TRUE OR (NEW.contract_id, NEW.number, NEW.made_by) <> (OLD.contract_id, OLD.number, OLD.made_by) THEN
    RAISE EXCEPTION 'bill % is closed', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bill_closed', TABLE = 'bill';
  END IF;
  IF back AND EXISTS (SELECT 1 FROM disbursement_bill d WHERE d.bill_id = OLD.id AND (d.paid <> 0 OR d.recovered <> 0)) THEN
    RAISE EXCEPTION 'bill % is paid', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bill_paid', TABLE = 'bill';
  END IF;
  RETURN NEW;
END $$;

-- A bill that came back after a payment was taken back may ask for something else: what is kept beside the money follows, under its CHECKs.
CREATE FUNCTION disbursement_bill_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE disbursement_bill SET payable = NEW.payable, to_recover = NEW.advance_recovered WHERE bill_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER disbursement_bill_follows AFTER UPDATE OF payable, advance_recovered ON bill FOR EACH ROW
  WHEN ((NEW.payable, NEW.advance_recovered) <> (OLD.payable, OLD.advance_recovered)) EXECUTE FUNCTION disbursement_bill_follows();

-- Monthly entries.
ALTER TABLE progress_entry ADD COLUMN hands bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE progress_entry DISABLE TRIGGER USER;
UPDATE progress_entry SET hands = distinct_hands(ARRAY[entered_by, changed_by, submitted_by]);
ALTER TABLE progress_entry ENABLE TRIGGER USER;
ALTER TABLE progress_entry DROP CONSTRAINT progress_enterer_never_accepts,
  ADD CONSTRAINT progress_enterer_never_accepts CHECK (accepted_by <> ALL (hands));
CREATE FUNCTION progress_keep_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.hands := distinct_hands(CASE WHEN TG_OP = 'UPDATE' THEN OLD.hands END || ARRAY[NEW.entered_by, NEW.changed_by, NEW.submitted_by]);
  RETURN NEW;
END $$;
CREATE TRIGGER progress_keep_hands BEFORE INSERT OR UPDATE ON progress_entry FOR EACH ROW EXECUTE FUNCTION progress_keep_hands();

-- Figures of the year: who entered what waits to be accepted. What was accepted before is another hand's word already.
ALTER TABLE indicator_value ADD COLUMN hands bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE indicator_value DISABLE TRIGGER USER;
UPDATE indicator_value SET hands = ARRAY[entered_by];
ALTER TABLE indicator_value ENABLE TRIGGER USER;
ALTER TABLE indicator_value DROP CONSTRAINT indicator_enterer_never_accepts,
  ADD CONSTRAINT indicator_enterer_never_accepts CHECK (accepted_by <> ALL (hands));
CREATE FUNCTION indicator_keep_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.hands := distinct_hands(CASE WHEN TG_OP = 'UPDATE' AND NOT (OLD.state = 'accepted' AND NEW.state = 'entered') THEN OLD.hands END || ARRAY[NEW.entered_by]);
  RETURN NEW;
END $$;
CREATE TRIGGER indicator_keep_hands BEFORE INSERT OR UPDATE ON indicator_value FOR EACH ROW EXECUTE FUNCTION indicator_keep_hands();

-- Schedules: who entered the plan since the last baseline. The baseline takes them along, and the next one begins anew.
ALTER TABLE schedule ADD COLUMN hands bigint[] NOT NULL DEFAULT '{}';
UPDATE schedule SET hands = ARRAY[edited_by];
ALTER TABLE schedule_baseline ADD COLUMN hands bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE schedule_baseline DISABLE TRIGGER USER;
UPDATE schedule_baseline SET hands = ARRAY[edited_by];
ALTER TABLE schedule_baseline ENABLE TRIGGER USER;
ALTER TABLE schedule_baseline DROP CONSTRAINT schedule_fixer_is_not_editor,
  ADD CONSTRAINT schedule_fixer_is_not_editor CHECK (fixed_by <> edited_by AND fixed_by <> ALL (hands));
CREATE FUNCTION schedule_keep_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.hands := ARRAY[NEW.edited_by];
  ELSIF NEW.edited_at <> OLD.edited_at OR NEW.edited_by <> OLD.edited_by THEN
    NEW.hands := distinct_hands(OLD.hands || NEW.edited_by);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER schedule_keep_hands BEFORE INSERT OR UPDATE ON schedule FOR EACH ROW EXECUTE FUNCTION schedule_keep_hands();
CREATE FUNCTION schedule_baseline_takes_hands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT distinct_hands(s.hands || NEW.edited_by) INTO NEW.hands FROM schedule s WHERE s.project_id = NEW.project_id;
  UPDATE schedule SET hands = '{}' WHERE project_id = NEW.project_id;
  RETURN NEW;
END $$;
CREATE TRIGGER schedule_baseline_takes_hands BEFORE INSERT ON schedule_baseline FOR EACH ROW EXECUTE FUNCTION schedule_baseline_takes_hands();

-- The treasury's figure: an agreement made since covers a voucher only when it reaches the voucher's day. Before, an agreement about January made
-- the recorder of December a stranger to December.
CREATE OR REPLACE FUNCTION treasury_confirmer_never_recorder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM disbursement_voucher v
             WHERE v.project_id = NEW.project_id AND v.plan_year = NEW.plan_year AND v.source = NEW.source AND v.recorded_by = NEW.recorded_by
               AND NOT EXISTS (SELECT 1 FROM treasury_confirmation t WHERE t.project_id = NEW.project_id AND t.plan_year = NEW.plan_year AND t.source = NEW.source
                 AND t.recorded_at > v.recorded_at AND t.through >= v.paid_on)) THEN
    RAISE EXCEPTION 'user % recorded vouchers that this confirmation covers', NEW.recorded_by
      USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_confirmer_never_recorder', TABLE = 'treasury_confirmation';
  END IF;
  RETURN NEW;
END $$;

-- What secures an open advance on a day, without one guarantee: those alive that no later one replaced.
CREATE FUNCTION advance_secured(the_contract bigint, on_day date, without bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT COALESCE(sum(g.amount), 0) FROM guarantee g
  WHERE g.contract_id = the_contract AND g.kind = 'advance' AND g.id <> without AND g.released_on IS NULL AND g.valid_from <= on_day AND g.expires_on >= on_day
    AND NOT EXISTS (SELECT 1 FROM guarantee r WHERE r.replaces = g.id)
$$;

-- A guarantee of an open advance is given back, or replaced by a smaller one, only as far as what remains still secures the advance.
CREATE OR REPLACE FUNCTION disbursement_advance_stays_guaranteed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owed    bigint;
  remains numeric;
BEGIN
  SELECT balance INTO owed FROM disbursement_contract WHERE contract_id = NEW.contract_id;
  IF TG_OP = 'INSERT' THEN
    IF NEW.amount >= (SELECT amount FROM guarantee WHERE id = NEW.replaces) THEN
      RETURN NULL;
    END IF;
    remains := NEW.amount + advance_secured(NEW.contract_id, NEW.valid_from, NEW.id);
  ELSE
    remains := advance_secured(NEW.contract_id, NEW.released_on, NEW.id);
  END IF;
  IF COALESCE(owed, 0) > remains THEN
    RAISE EXCEPTION 'the advance of contract % is open: %, secured %', NEW.contract_id, owed, remains
      USING ERRCODE = 'check_violation', CONSTRAINT = 'disbursement_advance_stays_guaranteed', TABLE = 'guarantee';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER disbursement_advance_stays_guaranteed_new AFTER INSERT ON guarantee FOR EACH ROW
  WHEN (NEW.kind = 'advance' AND NEW.replaces IS NOT NULL) EXECUTE FUNCTION disbursement_advance_stays_guaranteed();
