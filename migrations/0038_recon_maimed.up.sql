-- A code cut short or run into other digits, with amount and name, is a rule of its own.
ALTER TABLE recon_match DROP CONSTRAINT recon_match_rule,
  ADD CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'codes_sum', 'code_pieces', 'order_sum', 'account_amount', 'identity_amount', 'maimed_code', 'person', 'classified'));
-- Payments are looked for by amount and name.
CREATE INDEX payment_amount_name ON payment (amount, replace(fold(payee_name), ' ', ''));
