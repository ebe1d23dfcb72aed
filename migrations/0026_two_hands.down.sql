DROP TRIGGER disbursement_advance_stays_guaranteed_new ON guarantee;
CREATE OR REPLACE FUNCTION disbursement_advance_stays_guaranteed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM disbursement_contract d WHERE d.contract_id = NEW.contract_id AND d.balance > 0)
     AND NOT EXISTS (SELECT 1 FROM guarantee g WHERE g.contract_id = NEW.contract_id AND g.kind = 'advance' AND g.id <> NEW.id AND g.released_on IS NULL AND g.expires_on >= NEW.released_on) THEN
    RAISE EXCEPTION 'the advance of contract % is open', NEW.contract_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'disbursement_advance_stays_guaranteed', TABLE = 'guarantee';
  END IF;
  RETURN NULL;
END $$;
DROP FUNCTION advance_secured(bigint, date, bigint);
CREATE OR REPLACE FUNCTION treasury_confirmer_never_recorder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM disbursement_voucher v
             WHERE v.project_id = NEW.project_id AND v.plan_year = NEW.plan_year AND v.source = NEW.source AND v.recorded_by = NEW.recorded_by
               AND v.recorded_at > COALESCE((SELECT max(t.recorded_at) FROM treasury_confirmation t
                 WHERE t.project_id = NEW.project_id AND t.plan_year = NEW.plan_year AND t.source = NEW.source), '-infinity')) THEN
    RAISE EXCEPTION 'user % recorded vouchers that this confirmation covers', NEW.recorded_by
      USING ERRCODE = 'check_violation', CONSTRAINT = 'treasury_confirmer_never_recorder', TABLE = 'treasury_confirmation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER schedule_baseline_takes_hands ON schedule_baseline;
DROP FUNCTION schedule_baseline_takes_hands();
DROP TRIGGER schedule_keep_hands ON schedule;
DROP FUNCTION schedule_keep_hands();
ALTER TABLE schedule_baseline DROP CONSTRAINT schedule_fixer_is_not_editor, DROP COLUMN hands,
  ADD CONSTRAINT schedule_fixer_is_not_editor CHECK (fixed_by <> edited_by);
ALTER TABLE schedule DROP COLUMN hands;
DROP TRIGGER indicator_keep_hands ON indicator_value;
DROP FUNCTION indicator_keep_hands();
ALTER TABLE indicator_value DROP CONSTRAINT indicator_enterer_never_accepts, DROP COLUMN hands,
  ADD CONSTRAINT indicator_enterer_never_accepts CHECK (accepted_by IS NULL OR accepted_by <> entered_by);
DROP TRIGGER progress_keep_hands ON progress_entry;
DROP FUNCTION progress_keep_hands();
ALTER TABLE progress_entry DROP CONSTRAINT progress_enterer_never_accepts, DROP COLUMN hands,
  ADD CONSTRAINT progress_enterer_never_accepts CHECK (accepted_by IS NULL OR (accepted_by <> entered_by AND accepted_by <> changed_by AND accepted_by <> submitted_by));
DROP TRIGGER disbursement_bill_follows ON bill;
DROP FUNCTION disbursement_bill_follows();
CREATE OR REPLACE FUNCTION bill_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state IN ('approved', 'cancelled') OR (NEW.contract_id, NEW.number, NEW.made_by) <> (OLD.contract_id, OLD.number, OLD.made_by) THEN
    RAISE EXCEPTION 'bill % is closed', OLD.id
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bill_closed', TABLE = 'bill';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER bill_keep_hands ON bill;
DROP FUNCTION bill_keep_hands();
ALTER TABLE bill DROP CONSTRAINT bill_maker_never_approves, DROP COLUMN hands,
  ADD CONSTRAINT bill_maker_never_approves CHECK (approved_by IS NULL OR (approved_by <> made_by AND approved_by <> edited_by AND approved_by <> submitted_by));
DROP FUNCTION distinct_hands(bigint[]);
