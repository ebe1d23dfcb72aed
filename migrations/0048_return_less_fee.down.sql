ALTER TABLE recon_match DROP COLUMN withheld;
