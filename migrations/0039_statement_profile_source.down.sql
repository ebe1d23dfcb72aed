ALTER TABLE statement_profile DROP COLUMN version, DROP COLUMN changed_by, DROP COLUMN changed_at;
ALTER TABLE statement_profile DROP COLUMN confirmed, DROP COLUMN basis, DROP COLUMN seen_on;
