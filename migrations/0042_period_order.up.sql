-- Months close one after another and open again from the end; whoever had a hand in the days of a month does not close it.

-- To which day the book is closed: the end of the last closed month; where all were opened again the eve of the first that was ever closed, because
-- closing that one closed everything before it for good. Null while no month was ever closed.
CREATE OR REPLACE FUNCTION ledger_closed_through() RETURNS date LANGUAGE sql STABLE AS $$
  SELECT COALESCE((max(month) FILTER (WHERE reopened_at IS NULL) + interval '1 month')::date - 1, min(month) - 1) FROM ledger_period
$$;

CREATE FUNCTION ledger_period_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  broken text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    broken := CASE WHEN NEW.month <> ledger_closed_through() + 1 THEN 'ledger_period_follows' END;
  ELSIF TG_OP = 'DELETE' OR OLD.reopened_at IS NOT NULL OR (NEW.month, NEW.closed_by, NEW.closed_at) <> (OLD.month, OLD.closed_by, OLD.closed_at) THEN
    broken := 'ledger_period_kept';
  ELSIF EXISTS (SELECT 1 FROM ledger_period l WHERE l.month > NEW.month AND l.reopened_at IS NULL) THEN
    broken := 'ledger_period_opens_from_the_end';
  END IF;
  IF broken IS NOT NULL THEN
    RAISE EXCEPTION 'month % is out of order', COALESCE(NEW.month, OLD.month)
      USING ERRCODE = 'check_violation', CONSTRAINT = broken, TABLE = 'ledger_period';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_period_order BEFORE INSERT OR UPDATE OR DELETE ON ledger_period FOR EACH ROW EXECUTE FUNCTION ledger_period_order();
CREATE TRIGGER ledger_period_no_truncate BEFORE TRUNCATE ON ledger_period FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a person did in the days that closing a month would close, the first of: loaded a statement, ran matching or took a run back, matched a line by
-- hand or took that back, told what became of money or took it back. Null for who did nothing.
CREATE FUNCTION ledger_period_hand(person bigint, closes date) RETURNS text LANGUAGE sql STABLE AS $$
  WITH span AS MATERIALIZED (SELECT COALESCE(ledger_closed_through() + 1, '-infinity') AS begins, (closes + interval '1 month')::date AS ends),
  hand AS (
    SELECT 1 AS n, 'statement' AS act FROM statement s, span WHERE s.loaded_by = person AND s.to_day >= begins AND s.from_day < ends
    UNION ALL
    SELECT CASE WHEN m.run_id IS NULL THEN 3 ELSE 2 END, CASE WHEN m.run_id IS NULL THEN 'match' ELSE 'run' END
    FROM recon_match m JOIN statement_line l ON l.id = m.line_id, span
    WHERE (m.made_by = person AND m.undone_at IS NULL OR m.undone_by = person) AND l.day >= begins AND l.day < ends
    UNION ALL
    SELECT 4, 'result' FROM journal j LEFT JOIN journal taken ON taken.id = j.reverses, span
    WHERE j.made_by = person AND j.day >= begins AND j.day < ends AND COALESCE(taken.kind, j.kind) IN
      ('payment_paid', 'payment_returned', 'payment_deposited', 'deposit_released', 'interest_credited', 'interest_paid', 'surcharge_paid'))
  SELECT act FROM hand ORDER BY n LIMIT 1
$$;

DROP TRIGGER ledger_period_closer_had_no_hand ON ledger_period;
CREATE OR REPLACE FUNCTION ledger_period_closer_had_no_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ledger_period_hand(NEW.closed_by, NEW.month) IS NOT NULL THEN
    RAISE EXCEPTION 'user % had a hand in month %', NEW.closed_by, NEW.month
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_period_closer_had_no_hand', TABLE = 'ledger_period';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_period_closer_had_no_hand BEFORE INSERT ON ledger_period FOR EACH ROW EXECUTE FUNCTION ledger_period_closer_had_no_hand();

-- What a month took in of months before it: few entries among many.
CREATE INDEX journal_adjusts ON journal (day) WHERE occurred_on IS NOT NULL;
