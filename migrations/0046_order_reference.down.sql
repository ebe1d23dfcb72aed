UPDATE recon_match SET rule = 'person' WHERE rule IN ('reference_sum', 'reference_amount');
ALTER TABLE recon_match DROP CONSTRAINT recon_match_rule, ADD CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'codes_sum', 'code_pieces', 'order_sum',
  'account_amount', 'identity_amount', 'maimed_code', 'person', 'classified'));
DROP TABLE order_reference;
DROP FUNCTION order_reference_kept();
