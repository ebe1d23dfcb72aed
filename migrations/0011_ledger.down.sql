DROP TABLE idempotency;
DROP TABLE ledger_balance;
DROP TABLE posting;
DROP FUNCTION journal_sums_to_zero();
DROP TABLE journal;
