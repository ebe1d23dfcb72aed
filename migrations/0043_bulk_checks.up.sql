-- The sum of a journal, which was asked row by row at the end of a transaction, is asked once for each statement that writes: a run of reconciliation
-- writes a hundred thousand rows in one. A journal's postings are written in one statement.
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

-- What stands between approved and paid is little among all there ever was; and what was written since a day is looked for by the day.
CREATE INDEX ledger_balance_stands ON ledger_balance (account, case_id) INCLUDE (project_id, amount) WHERE amount <> 0 AND account NOT IN ('approved', 'deducted', 'paid');
CREATE INDEX journal_day ON journal (day);

-- On which day, counted from the day its plan took effect, an award was settled in full: paid or deposited. The page of what is late asks for awards that
-- took longer than the law gives, and for those of cases that still hold something; all others it leaves unread.
CREATE TABLE award_settled (
  award_id bigint PRIMARY KEY REFERENCES award,
  days     integer NOT NULL
);
CREATE INDEX award_settled_days ON award_settled (days);
CREATE FUNCTION award_settled_told(awards bigint[]) RETURNS TABLE (award_id bigint, days integer) LANGUAGE sql STABLE AS $$
  SELECT a.id, (max(r.day) - pl.effective_on)::integer FROM unnest(awards) AS asked(id) JOIN award a ON a.id = asked.id JOIN plan pl ON pl.id = a.plan_id AND pl.effective_on IS NOT NULL
    JOIN payment y ON y.award_id = a.id JOIN payment_result r ON r.payment_id = y.id
      AND (r.kind IN ('paid', 'deposited', 'deposit_released')) <> (r.came_from IN ('paid', 'deposited')) AND NOT EXISTS (SELECT 1 FROM journal x WHERE x.reverses = r.journal_id)
  GROUP BY a.id, pl.id HAVING sum(CASE WHEN r.came_from IN ('paid', 'deposited') THEN -r.amount ELSE r.amount END) = a.total - a.deducted
$$;
-- Two results of one award wait for each other at the balances of its case, so the second sees the first.
CREATE FUNCTION award_settled_keep() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  awards bigint[] := ARRAY(SELECT DISTINCT y.award_id FROM added n JOIN payment y ON y.id = n.payment_id);
BEGIN
  DELETE FROM award_settled s USING unnest(awards) AS asked(id) WHERE s.award_id = asked.id;
  INSERT INTO award_settled SELECT * FROM award_settled_told(awards);
  RETURN NULL;
END $$;
CREATE TRIGGER award_settled_keep AFTER INSERT ON payment_result REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION award_settled_keep();
INSERT INTO award_settled SELECT * FROM award_settled_told(ARRAY(SELECT DISTINCT y.award_id FROM payment_result r JOIN payment y ON y.id = r.payment_id));
