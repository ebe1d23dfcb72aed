-- Comparing the two: which line proves which payment, by which rule and fields; undone, never deleted.
CREATE TABLE match_run (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint NOT NULL REFERENCES bank_account,
  through    date NOT NULL,
  made_by    bigint NOT NULL REFERENCES app_user,
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  undone_by  bigint REFERENCES app_user,
  undone_at  timestamptz
);

CREATE TABLE recon_match (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  line_id    bigint NOT NULL REFERENCES statement_line,
  kind       text NOT NULL CONSTRAINT recon_match_kind CHECK (kind IN ('payment', 'return', 'fee', 'other')),
  payment_id bigint REFERENCES payment,
  amount     dong NOT NULL CONSTRAINT recon_match_amount_positive CHECK (amount > 0),
  rule       text NOT NULL CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'person', 'classified')),
  why        text NOT NULL,
  -- Whether this match brought the payment's result, so that undoing it takes the result back too.
  recorded   boolean NOT NULL DEFAULT false,
  run_id     bigint REFERENCES match_run,
  made_by    bigint NOT NULL REFERENCES app_user,
  made_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  undone_by  bigint REFERENCES app_user,
  undone_at  timestamptz,
  undo_reason text NOT NULL DEFAULT '',
  CONSTRAINT recon_match_names_payment CHECK ((kind IN ('payment', 'return')) = (payment_id IS NOT NULL)),
  CONSTRAINT recon_match_undo_complete CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
CREATE UNIQUE INDEX recon_match_line_once ON recon_match (line_id) WHERE undone_at IS NULL;
CREATE UNIQUE INDEX recon_match_payment_once ON recon_match (payment_id, kind) WHERE undone_at IS NULL AND payment_id IS NOT NULL;
CREATE INDEX recon_match_run ON recon_match (run_id);
-- Candidates for an open line are looked for by amount.
CREATE INDEX payment_amount ON payment (amount);
