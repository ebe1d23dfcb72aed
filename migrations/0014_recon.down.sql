DROP INDEX payment_amount;
DROP TABLE recon_match;
DROP TABLE match_run;
