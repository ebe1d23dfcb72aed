-- What the bank or treasury says. A statement's lines are facts: loaded once, never changed.
CREATE TABLE statement_profile (
  code    text PRIMARY KEY,
  name    text NOT NULL,
  mapping jsonb NOT NULL
);

CREATE TABLE bank_account (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code    text NOT NULL CONSTRAINT bank_account_code_once UNIQUE,
  name    text NOT NULL,
  bank    text NOT NULL,
  number  text NOT NULL CONSTRAINT bank_account_number_once UNIQUE,
  profile text NOT NULL REFERENCES statement_profile,
  sample  boolean NOT NULL DEFAULT false
);

-- Amounts are positive for money in and negative for money out.
CREATE TABLE statement (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES bank_account,
  from_day   date NOT NULL,
  to_day     date NOT NULL,
  opening    dong NOT NULL,
  closing    dong NOT NULL,
  credits    dong NOT NULL CONSTRAINT statement_credits_not_negative CHECK (credits >= 0),
  debits     dong NOT NULL CONSTRAINT statement_debits_not_negative CHECK (debits >= 0),
  line_count integer NOT NULL,
  -- Lines that an earlier statement had brought already: counted, not loaded twice.
  known_count   integer NOT NULL DEFAULT 0,
  known_credits dong NOT NULL DEFAULT 0,
  known_debits  dong NOT NULL DEFAULT 0,
  file_name  text NOT NULL,
  sha256     bytea NOT NULL,
  loaded_by  bigint NOT NULL REFERENCES app_user,
  loaded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT statement_balances CHECK (opening + credits - debits = closing),
  CONSTRAINT statement_days_order CHECK (to_day >= from_day),
  CONSTRAINT statement_loaded_once UNIQUE (account_id, sha256)
);

CREATE TABLE statement_line (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  statement_id         bigint NOT NULL REFERENCES statement,
  account_id           bigint NOT NULL REFERENCES bank_account,
  line_no              integer NOT NULL,
  day                  date NOT NULL,
  value_day            date NOT NULL,
  amount               dong NOT NULL CONSTRAINT statement_line_not_zero CHECK (amount <> 0),
  reference            text NOT NULL DEFAULT '',
  description          text NOT NULL DEFAULT '',
  counterparty         text NOT NULL DEFAULT '',
  counterparty_account text NOT NULL DEFAULT '',
  line_hash            bytea NOT NULL,
  CONSTRAINT statement_line_once UNIQUE (account_id, line_hash),
  CONSTRAINT statement_line_number_once UNIQUE (statement_id, line_no)
);
CREATE INDEX statement_line_account_day ON statement_line (account_id, day, id);
CREATE TRIGGER statement_append_only BEFORE UPDATE OR DELETE ON statement FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_line_append_only BEFORE UPDATE OR DELETE ON statement_line FOR EACH ROW EXECUTE FUNCTION refuse_change();
