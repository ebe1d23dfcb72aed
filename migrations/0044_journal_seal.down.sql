DROP TRIGGER journal_waits_for_seal ON journal;
DROP FUNCTION journal_waits_for_seal();
DROP TABLE journal_unsealed;
DROP TABLE ledger_day;
DROP FUNCTION journal_digest(journal);
DROP TABLE journal_seal;
