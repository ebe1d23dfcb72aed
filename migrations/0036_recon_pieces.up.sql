-- Several lines may pay one payment: each match is then a piece, and the live pieces come to the payment. An order's number and the sum of what is
-- open in it is a rule of its own.
ALTER TABLE recon_match ADD COLUMN piece smallint NOT NULL DEFAULT 1 CONSTRAINT recon_match_piece_positive CHECK (piece > 0);
ALTER TABLE recon_match DROP CONSTRAINT recon_match_rule,
  ADD CONSTRAINT recon_match_rule CHECK (rule IN ('code_amount', 'codes_sum', 'code_pieces', 'order_sum', 'account_amount', 'identity_amount', 'person', 'classified'));
ALTER TABLE recon_match ADD CONSTRAINT recon_match_pieces_are_payments CHECK (piece = 1 OR kind = 'payment' AND part = 1);
DROP INDEX recon_match_payment_once;
CREATE UNIQUE INDEX recon_match_payment_once ON recon_match (payment_id, kind, piece) WHERE undone_at IS NULL AND payment_id IS NOT NULL;

-- The live pieces of a payment come to it when a transaction ends, and none of them stays when another is taken back.
CREATE FUNCTION recon_match_whole_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM recon_match m WHERE m.payment_id = NEW.payment_id AND m.kind = NEW.kind AND m.undone_at IS NULL AND m.piece > 1)
     AND (SELECT sum(m.amount) FROM recon_match m WHERE m.payment_id = NEW.payment_id AND m.kind = NEW.kind AND m.undone_at IS NULL)
         <> (SELECT p.amount FROM payment p WHERE p.id = NEW.payment_id) THEN
    RAISE EXCEPTION 'the lines matched with payment % do not come to it', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'recon_match_whole_payment', TABLE = 'recon_match';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER recon_match_whole_payment_made AFTER INSERT ON recon_match
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.piece > 1) EXECUTE FUNCTION recon_match_whole_payment();
CREATE CONSTRAINT TRIGGER recon_match_whole_payment_changed AFTER UPDATE OF amount, undone_at ON recon_match
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.payment_id IS NOT NULL) EXECUTE FUNCTION recon_match_whole_payment();
