DROP TRIGGER holder_party_account ON holder_party;
DROP FUNCTION holder_party_account();
DROP TABLE account_check;
DROP FUNCTION account_check_kept();
CREATE OR REPLACE FUNCTION payment_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP TRIGGER capital_fund_orders_within ON capital_fund;
DROP FUNCTION capital_fund_orders_within();
DROP TRIGGER payout_order_takes_fund ON payout_order;
DROP FUNCTION payout_order_takes_fund();
DROP TRIGGER capital_fund_clearance ON disbursement_voucher;
DROP FUNCTION capital_fund_clearance();
ALTER TABLE capital_fund DROP COLUMN ordered, DROP COLUMN clearance, DROP COLUMN orders_excess;
ALTER TABLE money_step DROP CONSTRAINT money_step_kind,
  ADD CONSTRAINT money_step_kind CHECK (step IN ('draft', 'appraise', 'approve', 'order_make', 'order_approve', 'order_release')) NOT VALID;
DROP TRIGGER payout_order_fill_year ON payout_order;
DROP FUNCTION payout_order_fill_year();
ALTER TABLE payout_order DROP CONSTRAINT payout_order_second_complete, DROP CONSTRAINT payout_order_second_person, DROP CONSTRAINT payout_order_parent,
  DROP COLUMN plan_year, DROP COLUMN draws, DROP COLUMN parent_id, DROP COLUMN parent_kind,
  DROP COLUMN second_from, DROP COLUMN second_needed, DROP COLUMN second_by, DROP COLUMN second_at;
