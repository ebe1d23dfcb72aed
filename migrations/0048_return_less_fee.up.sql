-- A bank may send a payment back less its own fee: the whole payment is returned, the line brings less. withheld is what the bank kept, in đồng.
ALTER TABLE recon_match ADD COLUMN withheld dong NOT NULL DEFAULT 0,
  ADD CONSTRAINT recon_match_withheld CHECK (withheld = 0 OR withheld > 0 AND kind = 'return' AND part = 1 AND piece = 1 AND rule = 'person');
