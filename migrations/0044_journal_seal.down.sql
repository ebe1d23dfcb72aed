DROP TABLE ledger_day;
DROP FUNCTION journal_digest(journal);
DROP TABLE journal_seal;
