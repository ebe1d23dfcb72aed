DROP TRIGGER award_settled_keep ON payment_result;
DROP FUNCTION award_settled_keep, award_settled_told(bigint[]);
DROP TRIGGER award_owed_from_plan ON plan;
DROP FUNCTION award_owed_from_plan;
DROP TABLE award_owed;
ALTER TABLE award_settled DROP COLUMN settled_on;
CREATE FUNCTION award_settled_told(awards bigint[]) RETURNS TABLE (award_id bigint, days integer) LANGUAGE sql STABLE AS $$
  SELECT a.id, (max(r.day) - pl.effective_on)::integer FROM unnest(awards) AS asked(id) JOIN award a ON a.id = asked.id JOIN plan pl ON pl.id = a.plan_id AND pl.effective_on IS NOT NULL
    JOIN payment y ON y.award_id = a.id JOIN payment_result r ON r.payment_id = y.id
      AND (r.kind IN ('paid', 'deposited', 'deposit_released')) <> (r.came_from IN ('paid', 'deposited')) AND NOT EXISTS (SELECT 1 FROM journal x WHERE x.reverses = r.journal_id)
  GROUP BY a.id, pl.id HAVING sum(CASE WHEN r.came_from IN ('paid', 'deposited') THEN -r.amount ELSE r.amount END) = a.total - a.deducted
$$;
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
