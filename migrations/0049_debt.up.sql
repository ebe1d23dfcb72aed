-- What a holder still owes the state of land (fee, rent, price of a resettlement plot) and the compensation could not cover stays recorded, as the amount
-- it was recorded with, until it is paid (decree 88/2024/NĐ-CP, article 25 clause 1 and article 26; article 11 clause 7 as replaced).
ALTER TABLE journal DROP CONSTRAINT journal_kind,
  ADD CONSTRAINT journal_kind CHECK (kind IN ('plan_approved', 'order_submitted', 'order_released', 'order_cancelled', 'payment_paid', 'payment_returned',
    'payment_deposited', 'deposit_released', 'interest_credited', 'interest_paid', 'surcharge_approved', 'surcharge_paid', 'debt_recorded', 'debt_repaid', 'reversal'));

CREATE TABLE debt (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code       text NOT NULL GENERATED ALWAYS AS ('NO-' || lpad(id::text, greatest(4, length(id::text)), '0')) STORED CONSTRAINT debt_code_once UNIQUE,
  case_id    bigint NOT NULL REFERENCES land_case,
  project_id bigint NOT NULL REFERENCES project,
  kind       text NOT NULL CONSTRAINT debt_kind CHECK (kind IN ('land_use_fee', 'land_rent', 'resettlement', 'other')),
  amount     dong NOT NULL CONSTRAINT debt_amount_positive CHECK (amount > 0),
  repaid     dong NOT NULL DEFAULT 0,
  paper_no   text NOT NULL CONSTRAINT debt_paper_given CHECK (btrim(paper_no) <> ''),
  paper_day  date NOT NULL,
  note       text NOT NULL DEFAULT '',
  journal_id bigint NOT NULL CONSTRAINT debt_journal_once UNIQUE REFERENCES journal,
  made_by    bigint NOT NULL REFERENCES app_user,
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  gone_by    bigint REFERENCES app_user, -- who took it back
  gone_at    timestamptz,
  changed_by bigint NOT NULL REFERENCES app_user,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version    integer NOT NULL DEFAULT 1,
  CONSTRAINT debt_repaid_within CHECK (repaid BETWEEN 0 AND amount),
  CONSTRAINT debt_gone_whole CHECK ((gone_by IS NULL) = (gone_at IS NULL) AND (gone_at IS NULL OR repaid = 0)),
  CONSTRAINT debt_taken_back_by_another CHECK (gone_by <> made_by)
);
CREATE UNIQUE INDEX debt_once ON debt (case_id, kind, lower(btrim(paper_no))) WHERE gone_at IS NULL;
CREATE INDEX debt_project ON debt (project_id, id);

CREATE TABLE debt_payment (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  debt_id    bigint NOT NULL REFERENCES debt,
  day        date NOT NULL,
  amount     dong NOT NULL CONSTRAINT debt_payment_positive CHECK (amount > 0),
  receipt    text NOT NULL CONSTRAINT debt_payment_receipt CHECK (btrim(receipt) <> ''),
  journal_id bigint NOT NULL CONSTRAINT debt_payment_journal_once UNIQUE REFERENCES journal,
  made_by    bigint NOT NULL REFERENCES app_user,
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  gone_by    bigint REFERENCES app_user,
  gone_at    timestamptz,
  CONSTRAINT debt_payment_gone_whole CHECK ((gone_by IS NULL) = (gone_at IS NULL)),
  CONSTRAINT debt_payment_taken_back_by_another CHECK (gone_by <> made_by)
);
CREATE UNIQUE INDEX debt_payment_once ON debt_payment (debt_id, lower(btrim(receipt))) WHERE gone_at IS NULL;

-- Nothing of a debt changes but what was paid of it and that it was taken back; the same of its payments. The code is made after this looks.
CREATE FUNCTION debt_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.gone_at IS NOT NULL
     OR to_jsonb(NEW) - ARRAY['code', 'repaid', 'version', 'changed_by', 'changed_at', 'gone_by', 'gone_at'] <> to_jsonb(OLD) - ARRAY['code', 'repaid', 'version', 'changed_by', 'changed_at', 'gone_by', 'gone_at'] THEN
    RAISE EXCEPTION '% % is fixed', TG_TABLE_NAME, OLD.id USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debt_fixed', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER debt_fixed BEFORE UPDATE OR DELETE ON debt FOR EACH ROW EXECUTE FUNCTION debt_fixed();
CREATE TRIGGER debt_payment_fixed BEFORE UPDATE OR DELETE ON debt_payment FOR EACH ROW EXECUTE FUNCTION debt_fixed();
CREATE TRIGGER debt_no_truncate BEFORE TRUNCATE ON debt FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER debt_payment_no_truncate BEFORE TRUNCATE ON debt_payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
