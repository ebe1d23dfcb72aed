-- A layout is known from somewhere and since some day; one that was never held against a real file of the bank is unconfirmed.
ALTER TABLE statement_profile ADD COLUMN seen_on date, ADD COLUMN basis text NOT NULL DEFAULT '', ADD COLUMN confirmed boolean NOT NULL DEFAULT false;
