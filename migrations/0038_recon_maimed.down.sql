DROP INDEX payment_amount_name;
UPDATE recon_match SET rule = 'person' WHERE rule = 'maimed_code';
ALTER TABLE recon_match DROP CONSTRAINT recon_match_rule,
  ADD CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'codes_sum', 'code_pieces', 'order_sum', 'account_amount', 'identity_amount', 'person', 'classified'));
