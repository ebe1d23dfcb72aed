-- The numbers under which the treasury or the bank has entered a released order: what its statement prints in the reference column. A wrong one is
-- withdrawn, never changed.
CREATE TABLE order_reference (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id      bigint NOT NULL REFERENCES payout_order,
  reference     text NOT NULL CONSTRAINT order_reference_short CHECK (length(reference) <= 60),
  reference_key text NOT NULL GENERATED ALWAYS AS (regexp_replace(upper(reference), '[^0-9A-Z]', '', 'g')) STORED
    CONSTRAINT order_reference_readable CHECK (length(reference_key) BETWEEN 3 AND 40 AND reference_key ~ '[0-9]'),
  day           date NOT NULL,
  noted_by      bigint NOT NULL REFERENCES app_user,
  noted_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  withdrawn_by  bigint REFERENCES app_user,
  withdrawn_at  timestamptz,
  CONSTRAINT order_reference_withdrawn CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL))
);
CREATE UNIQUE INDEX order_reference_once ON order_reference (order_id, reference_key) WHERE withdrawn_at IS NULL;
CREATE INDEX order_reference_live ON order_reference (reference_key) WHERE withdrawn_at IS NULL;

CREATE FUNCTION order_reference_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT 1 FROM payout_order WHERE id = NEW.order_id AND state = 'released' AND released_on <= NEW.day) THEN
      broken := 'order_reference_after_release';
    END IF;
  ELSIF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
     OR (NEW.order_id, NEW.reference, NEW.day, NEW.noted_by, NEW.noted_at) <> (OLD.order_id, OLD.reference, OLD.day, OLD.noted_by, OLD.noted_at) THEN
    broken := 'order_reference_kept';
  END IF;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'a reference of order % is out of place', COALESCE(NEW.order_id, OLD.order_id)
      USING ERRCODE = 'check_violation', CONSTRAINT = broken, TABLE = 'order_reference';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER order_reference_kept BEFORE INSERT OR UPDATE OR DELETE ON order_reference FOR EACH ROW EXECUTE FUNCTION order_reference_kept();
CREATE TRIGGER order_reference_no_truncate BEFORE TRUNCATE ON order_reference FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE recon_match DROP CONSTRAINT recon_match_rule, ADD CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'codes_sum', 'code_pieces', 'order_sum',
  'reference_sum', 'reference_amount', 'account_amount', 'identity_amount', 'maimed_code', 'person', 'classified'));
