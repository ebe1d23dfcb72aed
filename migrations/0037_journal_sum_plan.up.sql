-- The same check as before, asked so that it always goes by the journal: an EXISTS lets the planner hope for an early end and read every posting in
-- the order of the cases, which made a commit of many journals quadratic until statistics were gathered.
CREATE OR REPLACE FUNCTION journal_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM (SELECT 1 FROM posting WHERE journal_id = NEW.journal_id GROUP BY case_id HAVING sum(amount) <> 0) AS uneven) > 0 THEN
    RAISE EXCEPTION 'journal % does not sum to zero', NEW.journal_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_sums_to_zero', TABLE = 'posting';
  END IF;
  RETURN NULL;
END $$;
