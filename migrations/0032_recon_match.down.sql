-- Going back keeps the first part of a line that pays several; a rule that was not known before counts as a person's.
DROP TRIGGER recon_match_whole_line ON recon_match;
UPDATE recon_match SET rule = 'person' WHERE rule IN ('codes_sum', 'account_amount', 'identity_amount');
DELETE FROM recon_match WHERE part > 1;
DROP INDEX payment_amount_account, payment_amount_identity;
DROP FUNCTION recon_match_whole_line();
DROP INDEX recon_match_line_once;
CREATE UNIQUE INDEX recon_match_line_once ON recon_match (line_id) WHERE undone_at IS NULL;
ALTER TABLE recon_match DROP CONSTRAINT recon_match_parts_are_payments, DROP CONSTRAINT recon_match_rule,
  ADD CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'person', 'classified')), DROP COLUMN part, DROP COLUMN score;
