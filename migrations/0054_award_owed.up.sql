-- Awards of approved plans that are not settled in full, and beside each settled one the day it was: what is still owed on a day is little among all
-- there ever was, and is asked for alone.
CREATE TABLE award_owed (award_id bigint PRIMARY KEY REFERENCES award);

CREATE FUNCTION award_owed_from_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO award_owed SELECT a.id FROM award a WHERE a.plan_id = NEW.id AND a.total > a.deducted;
  RETURN NULL;
END $$;
CREATE TRIGGER award_owed_from_plan AFTER UPDATE OF state ON plan FOR EACH ROW WHEN (NEW.state = 'approved' AND OLD.state <> 'approved')
  EXECUTE FUNCTION award_owed_from_plan();

DROP TRIGGER award_settled_keep ON payment_result;
DROP FUNCTION award_settled_keep, award_settled_told(bigint[]);
ALTER TABLE award_settled ADD COLUMN settled_on date;
CREATE FUNCTION award_settled_told(awards bigint[]) RETURNS TABLE (award_id bigint, days integer, settled_on date) LANGUAGE sql STABLE AS $$
  SELECT a.id, (max(r.day) - pl.effective_on)::integer, max(r.day) FROM unnest(awards) AS asked(id) JOIN award a ON a.id = asked.id JOIN plan pl ON pl.id = a.plan_id AND pl.effective_on IS NOT NULL
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
  INSERT INTO award_settled (award_id, days, settled_on) SELECT t.award_id, t.days, t.settled_on FROM award_settled_told(awards) t;
  DELETE FROM award_owed o USING unnest(awards) AS asked(id) JOIN award_settled s ON s.award_id = asked.id WHERE o.award_id = asked.id;
  INSERT INTO award_owed SELECT a.id FROM unnest(awards) AS asked(id) JOIN award a ON a.id = asked.id AND a.total > a.deducted
    WHERE NOT EXISTS (SELECT 1 FROM award_settled s WHERE s.award_id = a.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER award_settled_keep AFTER INSERT ON payment_result REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION award_settled_keep();

UPDATE award_settled s SET settled_on = pl.effective_on + s.days FROM award a JOIN plan pl ON pl.id = a.plan_id WHERE a.id = s.award_id;
ALTER TABLE award_settled ALTER COLUMN settled_on SET NOT NULL;
CREATE INDEX award_settled_on ON award_settled (settled_on);
INSERT INTO award_owed SELECT a.id FROM award a JOIN plan p ON p.id = a.plan_id AND p.state = 'approved'
  WHERE a.total > a.deducted AND NOT EXISTS (SELECT 1 FROM award_settled s WHERE s.award_id = a.id);
