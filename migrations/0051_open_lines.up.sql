-- The lines of the bank that nothing explains yet: few among all there ever were, and asked for by every page of whoever reconciles. Lines are never
-- changed nor deleted, so no key leads back to them; verify holds the table against lines and matches.
CREATE TABLE statement_line_open (
  line_id    bigint PRIMARY KEY,
  account_id bigint NOT NULL,
  day        date NOT NULL
);
CREATE INDEX statement_line_open_account_day ON statement_line_open (account_id, day, line_id);

CREATE FUNCTION statement_line_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO statement_line_open SELECT id, account_id, day FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER statement_line_opens AFTER INSERT ON statement_line REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION statement_line_opens();

CREATE FUNCTION recon_match_closes_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM statement_line_open o USING added a WHERE o.line_id = a.line_id AND a.undone_at IS NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER recon_match_closes_line AFTER INSERT ON recon_match REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION recon_match_closes_line();

-- Runs and acts of one account wait for each other at its row, so none opens what another has just closed.
CREATE FUNCTION recon_match_opens_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO statement_line_open SELECT DISTINCT l.id, l.account_id, l.day FROM changed c JOIN statement_line l ON l.id = c.line_id
    WHERE c.undone_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = c.line_id AND m.undone_at IS NULL)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER recon_match_opens_line AFTER UPDATE ON recon_match REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION recon_match_opens_line();

INSERT INTO statement_line_open SELECT l.id, l.account_id, l.day FROM statement_line l WHERE NOT EXISTS (SELECT 1 FROM recon_match m WHERE m.line_id = l.id AND m.undone_at IS NULL);
