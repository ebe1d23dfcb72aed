-- A layout is known from somewhere and since some day; one that was never held against a real file of the bank is unconfirmed.
ALTER TABLE statement_profile ADD COLUMN seen_on date, ADD COLUMN basis text NOT NULL DEFAULT '', ADD COLUMN confirmed boolean NOT NULL DEFAULT false;

-- One that an officer changed is the office's own from then on: a newer program leaves it alone.
ALTER TABLE statement_profile ADD COLUMN version integer NOT NULL DEFAULT 1, ADD COLUMN changed_by bigint REFERENCES app_user, ADD COLUMN changed_at timestamptz,
  ADD CONSTRAINT statement_profile_changed CHECK ((changed_by IS NULL) = (changed_at IS NULL));
