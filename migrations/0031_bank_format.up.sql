-- A file may hold several statements of one account: each is loaded once, by its place in the file.
ALTER TABLE statement ADD COLUMN part integer NOT NULL DEFAULT 1 CONSTRAINT statement_part_positive CHECK (part > 0);
ALTER TABLE statement DROP CONSTRAINT statement_loaded_once, ADD CONSTRAINT statement_loaded_once UNIQUE (account_id, sha256, part);
