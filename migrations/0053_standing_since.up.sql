-- What stood on accounts of cases at the end of a day, since when without a break, and the day of the newest entry by then. An account is empty on a
-- day when its entries of that day and before come to nothing; what came and went within one day never stood.
-- In plpgsql, which keeps its plan: every posting of money may ask.
CREATE FUNCTION ledger_standing(through date, cases bigint[], accounts text[])
RETURNS TABLE (case_id bigint, account text, amount bigint, since date, moved date) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY WITH days AS (
    SELECT k.case_id, k.account, m.* FROM unnest(cases, accounts) AS k(case_id, account) CROSS JOIN LATERAL (
      SELECT j.day, sum(p.amount)::bigint AS amount FROM posting p JOIN journal j ON j.id = p.journal_id
      WHERE p.case_id = k.case_id AND p.account = k.account AND j.day <= through GROUP BY j.day) m),
  running AS (SELECT d.*, sum(d.amount) OVER (PARTITION BY d.case_id, d.account ORDER BY d.day) AS stands FROM days d),
  emptied AS (SELECT r.*, max(CASE WHEN r.stands = 0 THEN r.day END) OVER (PARTITION BY r.case_id, r.account) AS empty_on FROM running r)
  SELECT e.case_id, e.account, sum(e.amount)::bigint, min(e.day) FILTER (WHERE e.empty_on IS NULL OR e.day > e.empty_on), max(e.day)
  FROM emptied e GROUP BY e.case_id, e.account;
END $$;

-- The same is kept beside each balance, so that the ages of all money between approved and paid are read without its history.
ALTER TABLE ledger_balance ADD COLUMN since date, ADD COLUMN moved date;
UPDATE ledger_balance b SET since = s.since, moved = s.moved
  FROM ledger_standing('infinity', (SELECT array_agg(x.case_id ORDER BY x.case_id, x.account) FROM ledger_balance x), (SELECT array_agg(x.account ORDER BY x.case_id, x.account) FROM ledger_balance x)) s
  WHERE s.case_id = b.case_id AND s.account = b.account;
ALTER TABLE ledger_balance ADD CONSTRAINT ledger_balance_since CHECK ((amount = 0) = (since IS NULL) AND (since IS NULL OR since <= moved));

-- Balances that have moved after a day must be followed through their days when that day is asked for.
CREATE INDEX ledger_balance_moved ON ledger_balance (moved) WHERE account NOT IN ('approved', 'deducted', 'paid');
DROP INDEX ledger_balance_stands;
CREATE INDEX ledger_balance_stands ON ledger_balance (account, case_id) INCLUDE (project_id, amount, since, moved) WHERE amount <> 0 AND account NOT IN ('approved', 'deducted', 'paid');
