-- Capital of a year: every assignment, adjustment, carry-over and advance is a line with its decision, never overwritten.
CREATE TABLE funding_source (
  code text PRIMARY KEY,
  name text NOT NULL,
  rank integer NOT NULL
);

CREATE TABLE capital_line (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id      bigint NOT NULL REFERENCES project,
  year            integer NOT NULL CONSTRAINT capital_line_year CHECK (year BETWEEN 2000 AND 2100),
  source          text NOT NULL REFERENCES funding_source,
  kind            text NOT NULL CONSTRAINT capital_line_kind CHECK (kind IN ('assigned', 'adjusted', 'carried_over', 'advanced')),
  amount          dong NOT NULL CONSTRAINT capital_line_not_zero CHECK (amount <> 0),
  decision_number text NOT NULL,
  decided_on      date NOT NULL,
  authority       text NOT NULL,
  recorded_by     bigint NOT NULL REFERENCES app_user,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT capital_line_only_adjustment_falls CHECK (amount > 0 OR kind = 'adjusted'),
  CONSTRAINT capital_line_once UNIQUE (project_id, year, source, kind, decision_number)
);
CREATE INDEX capital_line_project ON capital_line (project_id, year);
CREATE TRIGGER capital_line_append_only BEFORE UPDATE OR DELETE ON capital_line FOR EACH ROW EXECUTE FUNCTION refuse_change();
