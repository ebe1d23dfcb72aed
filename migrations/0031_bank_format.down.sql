ALTER TABLE statement DROP CONSTRAINT statement_loaded_once, ADD CONSTRAINT statement_loaded_once UNIQUE (account_id, sha256);
ALTER TABLE statement DROP COLUMN part;
