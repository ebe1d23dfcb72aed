-- Closing a month of the book. What comes to light later about its days is written on the first open day, with the day it happened on beside it.
CREATE TABLE ledger_period (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  month         date NOT NULL CONSTRAINT ledger_period_is_month CHECK (extract(day FROM month) = 1),
  closed_by     bigint NOT NULL REFERENCES app_user,
  closed_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  reopened_by   bigint REFERENCES app_user,
  reopened_at   timestamptz,
  reopen_reason text NOT NULL DEFAULT '',
  CONSTRAINT ledger_period_reopened_whole CHECK ((reopened_at IS NULL) = (reopened_by IS NULL)),
  CONSTRAINT ledger_period_reopened_why CHECK (reopened_at IS NULL OR btrim(reopen_reason) <> ''),
  CONSTRAINT ledger_period_closer_never_reopens CHECK (reopened_by <> closed_by)
);
CREATE UNIQUE INDEX ledger_period_closed_once ON ledger_period (month) WHERE reopened_at IS NULL;

CREATE FUNCTION ledger_closed_through() RETURNS date LANGUAGE sql STABLE AS $$
  SELECT (max(month) + interval '1 month' - interval '1 day')::date FROM ledger_period WHERE reopened_at IS NULL
$$;

ALTER TABLE journal ADD COLUMN occurred_on date CONSTRAINT journal_occurred_before CHECK (occurred_on < day);

CREATE FUNCTION journal_month_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.day <= ledger_closed_through() THEN
    RAISE EXCEPTION 'the month of % is closed', NEW.day
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_month_open', TABLE = 'journal';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER journal_month_open BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION journal_month_open();

-- Whoever loaded a statement of the days that are closed, or matched one of their lines by hand, or took such a match back, does not close them.
CREATE FUNCTION ledger_period_closer_had_no_hand() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before date := COALESCE((SELECT max(month) + interval '1 month' FROM ledger_period WHERE reopened_at IS NULL AND id <> NEW.id), '-infinity');
  ends   date := (NEW.month + interval '1 month')::date;
BEGIN
  IF EXISTS (SELECT 1 FROM statement s WHERE s.loaded_by = NEW.closed_by AND s.to_day >= before AND s.from_day < ends)
     OR EXISTS (SELECT 1 FROM recon_match m JOIN statement_line l ON l.id = m.line_id
                WHERE (m.made_by = NEW.closed_by AND m.run_id IS NULL AND m.undone_at IS NULL OR m.undone_by = NEW.closed_by) AND l.day >= before AND l.day < ends) THEN
    RAISE EXCEPTION 'user % had a hand in month %', NEW.closed_by, NEW.month
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_closer_had_no_hand', TABLE = 'ledger_period';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_period_closer_had_no_hand AFTER INSERT ON ledger_period FOR EACH ROW EXECUTE FUNCTION ledger_period_closer_had_no_hand();
