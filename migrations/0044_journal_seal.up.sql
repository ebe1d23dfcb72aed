-- Journals are chained by hash: what was written once shows when it is changed, taken out or put in behind. They are sealed shortly after they are
-- written, not while: the next act need not wait for the chain. The end of the chain is also kept outside the database.
CREATE TABLE journal_seal (
  number     bigint PRIMARY KEY CONSTRAINT journal_seal_number CHECK (number > 0),
  journal_id bigint NOT NULL CONSTRAINT journal_seal_once UNIQUE REFERENCES journal,
  hash       bytea NOT NULL CONSTRAINT journal_seal_hash CHECK (length(hash) = 32),
  sealed_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER journal_seal_append_only BEFORE UPDATE OR DELETE ON journal_seal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_seal_no_truncate BEFORE TRUNCATE ON journal_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Journals that wait for their seal, however long their transactions took. Writing marks them, sealing takes the mark away; one with neither mark nor
-- seal was put in by other ways.
CREATE TABLE journal_unsealed (journal_id bigint PRIMARY KEY REFERENCES journal);
INSERT INTO journal_unsealed SELECT id FROM journal;
CREATE FUNCTION journal_waits_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO journal_unsealed SELECT id FROM added;
  RETURN NULL;
END $$;
CREATE TRIGGER journal_waits_for_seal AFTER INSERT ON journal REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION journal_waits_for_seal();

-- Everything a journal says, postings and all, in one form.
CREATE FUNCTION journal_digest(journal) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(jsonb_build_array($1.id, $1.kind, $1.reference, $1.project_id, $1.day, $1.occurred_on, $1.reverses, $1.made_by,
    extract(epoch FROM $1.recorded_at), (SELECT jsonb_agg(jsonb_build_array(p.id, p.account, p.project_id, p.case_id, p.amount) ORDER BY p.id)
      FROM posting p WHERE p.journal_id = $1.id))::text, 'UTF8'))
$$;

-- What sealed journals moved on each day, so that a balance as of any day is read from days and not from every posting there ever was. Changed by
-- sealing alone, in its transaction; journals not sealed yet are read as they are.
CREATE TABLE ledger_day (
  project_id bigint NOT NULL REFERENCES project,
  account    text NOT NULL,
  day        date NOT NULL,
  amount     dong NOT NULL,
  PRIMARY KEY (project_id, account, day)
);
