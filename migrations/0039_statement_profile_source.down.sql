ALTER TABLE statement_profile DROP COLUMN confirmed, DROP COLUMN basis, DROP COLUMN seen_on;
