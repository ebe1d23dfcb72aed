-- Our book, double entry. A journal sums to zero; nothing in it is changed or deleted, a mistake is reversed.
-- Accounts of a case: approved is the source (negative), the others say where that money stands now (never negative).
CREATE TABLE journal (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL CONSTRAINT journal_kind CHECK (kind IN ('plan_approved', 'order_submitted', 'order_cancelled', 'payment_paid', 'payment_returned',
                'payment_deposited', 'deposit_released', 'reversal')),
  reference   text NOT NULL,
  project_id  bigint NOT NULL REFERENCES project,
  day         date NOT NULL,
  reverses    bigint CONSTRAINT journal_reversed_once UNIQUE REFERENCES journal,
  made_by     bigint NOT NULL REFERENCES app_user,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT journal_reversal_names_its_journal CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
);
CREATE INDEX journal_project_day ON journal (project_id, day);

CREATE TABLE posting (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  journal_id bigint NOT NULL REFERENCES journal,
  account    text NOT NULL CONSTRAINT posting_account CHECK (account IN ('approved', 'deducted', 'not_ordered', 'ordered', 'returned', 'deposited', 'paid')),
  project_id bigint NOT NULL REFERENCES project,
  case_id    bigint NOT NULL REFERENCES land_case,
  amount     dong NOT NULL CONSTRAINT posting_not_zero CHECK (amount <> 0)
);
CREATE INDEX posting_journal ON posting (journal_id);
CREATE INDEX posting_case ON posting (case_id, account);
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER posting_no_truncate BEFORE TRUNCATE ON posting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION journal_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM posting WHERE journal_id = NEW.journal_id GROUP BY case_id HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_sums_to_zero', TABLE = 'posting';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_sums_to_zero AFTER INSERT ON posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_sums_to_zero();

-- Kept totals, changed in the transaction that posts; the sign rule is what stops paying more than approved less deductions.
CREATE TABLE ledger_balance (
  case_id    bigint NOT NULL REFERENCES land_case,
  project_id bigint NOT NULL REFERENCES project,
  account    text NOT NULL,
  amount     dong NOT NULL,
  PRIMARY KEY (case_id, account),
  CONSTRAINT ledger_balance_sign CHECK (CASE WHEN account = 'approved' THEN amount <= 0 ELSE amount >= 0 END)
);
CREATE INDEX ledger_balance_project ON ledger_balance (project_id, account) INCLUDE (amount);

-- First answers of acts that move money: the same key and content gets the answer again, other content is refused.
CREATE TABLE idempotency (
  key         text NOT NULL CONSTRAINT idempotency_key_form CHECK (length(key) BETWEEN 8 AND 255),
  user_id     bigint NOT NULL REFERENCES app_user,
  act         text NOT NULL,
  input_hash  bytea NOT NULL,
  answer      jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT idempotency_once PRIMARY KEY (user_id, key)
);
