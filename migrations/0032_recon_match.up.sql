-- One line may pay several payments: its match then has parts, whose amounts come to the line. The score is what a person reads first.
ALTER TABLE recon_match
  ADD COLUMN part smallint NOT NULL DEFAULT 1 CONSTRAINT recon_match_part_positive CHECK (part > 0),
  ADD COLUMN score smallint NOT NULL DEFAULT 100 CONSTRAINT recon_match_score CHECK (score BETWEEN 0 AND 100);
ALTER TABLE recon_match DROP CONSTRAINT recon_match_rule,
  ADD CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'codes_sum', 'account_amount', 'identity_amount', 'person', 'classified'));
-- Only a payment or a return has parts; a name alone is no rule.
ALTER TABLE recon_match ADD CONSTRAINT recon_match_parts_are_payments CHECK (part = 1 OR kind = 'payment');
DROP INDEX recon_match_line_once;
CREATE UNIQUE INDEX recon_match_line_once ON recon_match (line_id, part) WHERE undone_at IS NULL;

-- The live parts of a line come to its amount, no more and no less, when a transaction ends.
CREATE FUNCTION recon_match_whole_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(m.amount) FROM recon_match m WHERE m.line_id = NEW.line_id AND m.undone_at IS NULL)
     <> (SELECT abs(l.amount) FROM statement_line l WHERE l.id = NEW.line_id) THEN
    RAISE EXCEPTION 'the matches of line % do not come to it', NEW.line_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'recon_match_whole_line', TABLE = 'recon_match';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER recon_match_whole_line AFTER INSERT OR UPDATE OF amount, undone_at ON recon_match
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION recon_match_whole_line();

-- Payments are looked for by amount and account, and by amount and identity number, whatever marks stand in them.
CREATE INDEX payment_amount_account ON payment (amount, regexp_replace(account_no, '[^0-9]', '', 'g')) WHERE account_no <> '';
CREATE INDEX payment_amount_identity ON payment (amount, identity_no) WHERE identity_no <> '';
