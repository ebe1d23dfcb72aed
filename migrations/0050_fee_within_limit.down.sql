DROP INDEX payment_result_recorded;
ALTER TABLE recon_match DROP CONSTRAINT recon_match_withheld_within, DROP COLUMN withheld_most;
