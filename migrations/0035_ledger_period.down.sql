DROP TRIGGER journal_month_open ON journal;
DROP FUNCTION journal_month_open();
ALTER TABLE journal DROP COLUMN occurred_on;
DROP TABLE ledger_period;
DROP FUNCTION ledger_period_closer_had_no_hand();
DROP FUNCTION ledger_closed_through();
