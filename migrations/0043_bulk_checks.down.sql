DROP TRIGGER award_settled_keep ON payment_result;
DROP FUNCTION award_settled_keep(), award_settled_told(bigint[]);
DROP TABLE award_settled;
DROP INDEX journal_day, ledger_balance_stands;
DROP TRIGGER journal_sums_to_zero ON posting;
DROP FUNCTION journal_sums_to_zero();
CREATE FUNCTION journal_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM posting WHERE journal_id = NEW.journal_id GROUP BY case_id HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_sums_to_zero', TABLE = 'posting';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER journal_sums_to_zero AFTER INSERT ON posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_sums_to_zero();
