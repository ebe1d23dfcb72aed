-- Going back, the first line of several stands for them; rules not known before count as a person's.
DROP TRIGGER recon_match_whole_payment_made ON recon_match;
DROP TRIGGER recon_match_whole_payment_changed ON recon_match;
DROP FUNCTION recon_match_whole_payment();
UPDATE recon_match SET rule = 'person' WHERE rule IN ('code_pieces', 'order_sum');
DELETE FROM recon_match WHERE piece > 1;
DROP INDEX recon_match_payment_once;
ALTER TABLE recon_match DROP CONSTRAINT recon_match_pieces_are_payments, DROP CONSTRAINT recon_match_rule,
  ADD CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'codes_sum', 'account_amount', 'identity_amount', 'person', 'classified')), DROP COLUMN piece;
CREATE UNIQUE INDEX recon_match_payment_once ON recon_match (payment_id, kind) WHERE undone_at IS NULL AND payment_id IS NOT NULL;
