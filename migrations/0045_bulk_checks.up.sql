-- Rules of the book that were asked row by row at the end of a transaction are asked once for each statement that writes: a run of reconciliation writes
-- a hundred thousand rows in one. What is allowed stays the same; a journal's postings, and a payment after its results, are written in one statement.
DROP TRIGGER journal_sums_to_zero ON posting;
CREATE OR REPLACE FUNCTION journal_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wrong bigint;
BEGIN
  SELECT a.journal_id INTO wrong FROM added a GROUP BY a.journal_id, a.case_id HAVING sum(a.amount) <> 0 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'journal % does not sum to zero', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_sums_to_zero', TABLE = 'posting';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER journal_sums_to_zero AFTER INSERT ON posting REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION journal_sums_to_zero();

-- Read by index whatever the planner believed of the tables when the connection was young.
DROP TRIGGER payment_parts_need_results ON payment;
CREATE OR REPLACE FUNCTION payment_parts_need_results() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  wrong text;
BEGIN
  SELECT p.code INTO wrong FROM changed p CROSS JOIN LATERAL (
    SELECT -sum(m.amount * (m.came_from = 'ordered')::int)::bigint AS open,
      sum(m.amount * ((m.kind IN ('paid', 'deposit_released'))::int - (m.came_from = 'paid')::int))::bigint AS paid,
      sum(m.amount * ((m.kind = 'returned')::int - (m.came_from = 'returned')::int))::bigint AS returned,
      sum(m.amount * ((m.kind = 'deposited')::int - (m.came_from = 'deposited')::int))::bigint AS deposited
    FROM payment_result m WHERE m.payment_id = p.id AND m.kind <> 'reversed' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = m.journal_id)) told
  WHERE (p.open - p.amount, p.paid, p.returned, p.deposited)
     <> (COALESCE(told.open, 0), COALESCE(told.paid, 0), COALESCE(told.returned, 0), COALESCE(told.deposited, 0)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the parts of payment % are not those of its results', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_parts_need_results', TABLE = 'payment';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER payment_parts_need_results AFTER INSERT ON payment REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION payment_parts_need_results();
CREATE TRIGGER payment_parts_need_results_still AFTER UPDATE ON payment REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION payment_parts_need_results();
