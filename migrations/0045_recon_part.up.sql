-- A person may say that a line pays or returns a part of a payment. Each such line records its own result; together they never come to more than the
-- payment. Lines of which only the last records (a run's pieces) still come to it exactly, and stay or go together.
CREATE OR REPLACE FUNCTION recon_match_whole_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  live record;
BEGIN
  SELECT sum(m.amount) AS amount, max(m.piece) AS pieces, bool_and(m.recorded) AS each_recorded, max(p.amount) AS whole INTO live
    FROM recon_match m JOIN payment p ON p.id = m.payment_id WHERE m.payment_id = NEW.payment_id AND m.kind = NEW.kind AND m.undone_at IS NULL;
  IF live.pieces > 1 AND (live.amount > live.whole OR NOT live.each_recorded AND live.amount <> live.whole) THEN
    RAISE EXCEPTION 'the lines matched with payment % do not come to it', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'recon_match_whole_payment', TABLE = 'recon_match';
  END IF;
  RETURN NULL;
END $$;
ALTER TABLE recon_match DROP CONSTRAINT recon_match_pieces_are_payments,
  ADD CONSTRAINT recon_match_pieces_are_payments CHECK (piece = 1 OR kind IN ('payment', 'return') AND part = 1);
