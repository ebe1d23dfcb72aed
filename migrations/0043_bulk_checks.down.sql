DROP TRIGGER award_settled_keep ON payment_result;
DROP FUNCTION award_settled_keep(), award_settled_told(bigint[]);
DROP TABLE award_settled;
DROP INDEX journal_day, ledger_balance_stands;
DROP TRIGGER payment_parts_need_results_still ON payment;
DROP TRIGGER payment_parts_need_results ON payment;
DROP FUNCTION payment_parts_need_results();
CREATE FUNCTION payment_parts_need_results() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  p payment;
  told record;
BEGIN
  SELECT * INTO p FROM payment WHERE id = NEW.id;
  SELECT * INTO told FROM payment_parts_told(NEW.id);
  IF (p.open - p.amount, p.paid, p.returned, p.deposited)
     <> (COALESCE(told.open, 0), COALESCE(told.paid, 0), COALESCE(told.returned, 0), COALESCE(told.deposited, 0)) THEN
    RAISE EXCEPTION 'the parts of payment % are not those of its results', NEW.code
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_parts_need_results', TABLE = 'payment';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_parts_need_results AFTER INSERT OR UPDATE OF state, open, paid, returned, deposited ON payment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment_parts_need_results();
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
