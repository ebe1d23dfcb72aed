DROP INDEX ledger_balance_stands;
CREATE INDEX ledger_balance_stands ON ledger_balance (account, case_id) INCLUDE (project_id, amount) WHERE amount <> 0 AND account NOT IN ('approved', 'deducted', 'paid');
ALTER TABLE ledger_balance DROP COLUMN since, DROP COLUMN moved;
DROP FUNCTION ledger_standing(date, bigint[], text[]);
