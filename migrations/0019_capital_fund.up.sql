-- What may be drawn and what is drawn of each source in each plan year, kept beside the lines it is the sum of, so that a draw locks one row;
-- the years of a work within its total investment; the medium-term plan; the plan of a year by months.
CREATE TABLE capital_fund (
  project_id   bigint NOT NULL REFERENCES project,
  year         integer NOT NULL CONSTRAINT capital_fund_year CHECK (year BETWEEN 2000 AND 2100),
  source       text NOT NULL CONSTRAINT capital_fund_source REFERENCES funding_source,
  plan         dong NOT NULL DEFAULT 0 CONSTRAINT capital_fund_plan_not_negative CHECK (plan >= 0),
  carried_over dong NOT NULL DEFAULT 0 CONSTRAINT capital_fund_carried_over_not_negative CHECK (carried_over >= 0),
  advanced     dong NOT NULL DEFAULT 0 CONSTRAINT capital_fund_advanced_not_negative CHECK (advanced >= 0),
  drawn        dong NOT NULL DEFAULT 0 CONSTRAINT capital_fund_drawn_not_negative CHECK (drawn >= 0),
  PRIMARY KEY (project_id, year, source),
  CONSTRAINT capital_fund_drawn_within CHECK (drawn <= plan + carried_over + advanced)
);

INSERT INTO capital_fund (project_id, year, source, plan, carried_over, advanced)
SELECT project_id, year, source, COALESCE(sum(amount) FILTER (WHERE kind IN ('assigned', 'adjusted')), 0),
       COALESCE(sum(amount) FILTER (WHERE kind = 'carried_over'), 0), COALESCE(sum(amount) FILTER (WHERE kind = 'advanced'), 0)
FROM capital_line GROUP BY 1, 2, 3;

-- The sum over years of assigned and adjusted money never passes the total investment. What stood above it before this rule stays: only a
-- rise of the years or a fall of the total is asked. The lock on the work keeps two lines at once apart.
CREATE FUNCTION capital_within_investment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  work  bigint;
  total bigint;
  years numeric;
BEGIN
  IF TG_TABLE_NAME = 'project' THEN
    work := NEW.id;
  ELSE
    work := NEW.project_id;
  END IF;
  SELECT total_investment INTO total FROM project WHERE id = work FOR NO KEY UPDATE;
  SELECT COALESCE(sum(amount), 0) INTO years FROM capital_line WHERE project_id = work AND kind IN ('assigned', 'adjusted');
  IF years > total THEN
    RAISE EXCEPTION 'the years of work % have % together, its total investment is %', work, years, total
      USING ERRCODE = 'check_violation', CONSTRAINT = 'capital_within_investment', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER capital_line_within_investment AFTER INSERT ON capital_line
  FOR EACH ROW WHEN (NEW.amount > 0 AND NEW.kind IN ('assigned', 'adjusted')) EXECUTE FUNCTION capital_within_investment();
CREATE CONSTRAINT TRIGGER project_capital_within_investment AFTER UPDATE OF total_investment ON project
  FOR EACH ROW WHEN (NEW.total_investment < OLD.total_investment) EXECUTE FUNCTION capital_within_investment();

-- The medium-term plan (kế hoạch đầu tư công trung hạn) runs five years: 2021–2025, 2026–2030.
CREATE TABLE medium_term_line (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project_id      bigint NOT NULL REFERENCES project,
  from_year       integer NOT NULL CONSTRAINT medium_term_line_period CHECK (from_year BETWEEN 2001 AND 2096 AND from_year % 5 = 1),
  to_year         integer NOT NULL GENERATED ALWAYS AS (from_year + 4) STORED,
  source          text NOT NULL CONSTRAINT medium_term_line_source REFERENCES funding_source,
  kind            text NOT NULL CONSTRAINT medium_term_line_kind CHECK (kind IN ('assigned', 'adjusted')),
  amount          dong NOT NULL CONSTRAINT medium_term_line_not_zero CHECK (amount <> 0),
  decision_number text NOT NULL,
  decided_on      date NOT NULL,
  authority       text NOT NULL,
  recorded_by     bigint NOT NULL REFERENCES app_user,
  recorded_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT medium_term_line_only_adjustment_falls CHECK (amount > 0 OR kind = 'adjusted'),
  CONSTRAINT medium_term_line_once UNIQUE (project_id, from_year, source, kind, decision_number)
);
CREATE TRIGGER medium_term_line_append_only BEFORE UPDATE OR DELETE ON medium_term_line FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A year's money by months. The 13th month is the January after: money of the plan year may still be drawn in it.
CREATE TABLE capital_month_head (
  project_id bigint NOT NULL REFERENCES project,
  year       integer NOT NULL CONSTRAINT capital_month_head_year CHECK (year BETWEEN 2000 AND 2100),
  changed_by bigint NOT NULL REFERENCES app_user,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  version    integer NOT NULL DEFAULT 1,
  PRIMARY KEY (project_id, year)
);

CREATE TABLE capital_month_plan (
  project_id bigint NOT NULL,
  year       integer NOT NULL,
  month      integer NOT NULL CONSTRAINT capital_month_plan_month CHECK (month BETWEEN 1 AND 13),
  amount     dong NOT NULL CONSTRAINT capital_month_plan_not_negative CHECK (amount >= 0),
  PRIMARY KEY (project_id, year, month),
  FOREIGN KEY (project_id, year) REFERENCES capital_month_head
);
CREATE INDEX capital_month_head_of_year ON capital_month_head (year, project_id);
