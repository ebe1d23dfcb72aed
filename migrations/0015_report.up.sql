-- Issued reports: the document as it was, its hash, and the moment up to which the data was known.
CREATE TABLE report_issue (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind      text NOT NULL CONSTRAINT report_issue_kind CHECK (kind IN ('monthly')),
  month     month_start NOT NULL,
  number    text NOT NULL CONSTRAINT report_issue_number_given CHECK (btrim(number) <> ''),
  issued_on date NOT NULL,
  document  text NOT NULL,
  sha256    text NOT NULL CONSTRAINT report_issue_hash_form CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  cutoff    timestamptz NOT NULL,
  issued_by bigint NOT NULL REFERENCES app_user,
  issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT report_issue_once UNIQUE (kind, month),
  CONSTRAINT report_issue_number_once UNIQUE (kind, number)
);
CREATE TRIGGER report_issue_append_only BEFORE UPDATE OR DELETE ON report_issue FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- An entry of an issued month is never changed: the report that quoted it could no longer be rebuilt.
CREATE FUNCTION progress_month_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM report_issue WHERE kind = 'monthly' AND month IN (NEW.month, OLD.month)) THEN -- nor moved into or out of it
    RAISE EXCEPTION 'the month % is issued', COALESCE(NEW.month, OLD.month)
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'progress_month_issued', TABLE = 'progress_entry';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER progress_month_issued BEFORE INSERT OR UPDATE OR DELETE ON progress_entry FOR EACH ROW EXECUTE FUNCTION progress_month_issued();
