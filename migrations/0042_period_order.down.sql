DROP INDEX journal_adjusts;
DROP TRIGGER ledger_period_closer_had_no_hand ON ledger_period;
CREATE OR REPLACE FUNCTION ledger_period_closer_had_no_hand() RETURNS trigger LANGUAGE plpgsql AS $$
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
DROP FUNCTION ledger_period_hand(bigint, date);
DROP TRIGGER ledger_period_no_truncate ON ledger_period;
DROP TRIGGER ledger_period_order ON ledger_period;
DROP FUNCTION ledger_period_order();
CREATE OR REPLACE FUNCTION ledger_closed_through() RETURNS date LANGUAGE sql STABLE AS $$
  SELECT (max(month) + interval '1 month' - interval '1 day')::date FROM ledger_period WHERE reopened_at IS NULL
$$;
