CREATE OR REPLACE FUNCTION recon_match_whole_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM recon_match m WHERE m.payment_id = NEW.payment_id AND m.kind = NEW.kind AND m.undone_at IS NULL AND m.piece > 1)
     AND (SELECT sum(m.amount) FROM recon_match m WHERE m.payment_id = NEW.payment_id AND m.kind = NEW.kind AND m.undone_at IS NULL)
         <> (SELECT p.amount FROM payment p WHERE p.id = NEW.payment_id) THEN
    RAISE EXCEPTION 'the lines matched with payment % do not come to it', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'recon_match_whole_payment', TABLE = 'recon_match';
  END IF;
  RETURN NULL;
END $$;
ALTER TABLE recon_match DROP CONSTRAINT recon_match_pieces_are_payments,
  ADD CONSTRAINT recon_match_pieces_are_payments CHECK (piece = 1 OR kind = 'payment' AND part = 1);
