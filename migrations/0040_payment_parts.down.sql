-- Fails by its constraint where a payment has been paid in part: that cannot be said in the form before.
DROP TRIGGER payment_returned_covers_reissues ON payment;
DROP TRIGGER payment_reissued_within_returned ON payment;
DROP FUNCTION payment_reissued_within_returned();
DROP INDEX payment_reissues;
CREATE UNIQUE INDEX payment_reissued_once ON payment (reissue_of) WHERE state <> 'cancelled';
DROP TRIGGER payment_parts_need_results_still ON payment;
DROP TRIGGER payment_parts_need_results ON payment;
DROP FUNCTION payment_parts_need_results();
DROP FUNCTION payment_parts_told(bigint);
-- Nothing but a result makes paid: at the end of each transaction a payment's state is that of its last result not taken back.
CREATE FUNCTION payment_state_needs_result() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  now_state text;
  last_kind text;
BEGIN
  SELECT state INTO now_state FROM payment WHERE id = NEW.id;
  SELECT r.kind INTO last_kind FROM payment_result r
   WHERE r.payment_id = NEW.id AND r.kind <> 'reversed' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = r.journal_id)
   ORDER BY r.id DESC LIMIT 1;
  IF (last_kind IS NULL AND now_state NOT IN ('prepared', 'ordered', 'cancelled'))
     OR (last_kind IS NOT NULL AND now_state <> CASE last_kind WHEN 'deposit_released' THEN 'paid' ELSE last_kind END) THEN
    RAISE EXCEPTION 'payment % is %, its last result says %', NEW.code, now_state, COALESCE(last_kind, 'nothing')
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_state_needs_result', TABLE = 'payment';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_state_needs_result AFTER INSERT OR UPDATE OF state ON payment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payment_state_needs_result();
ALTER TABLE payment_result DROP CONSTRAINT payment_result_has_source, DROP COLUMN came_from;
DROP INDEX payment_one_live_per_payee;
CREATE UNIQUE INDEX payment_one_live_per_payee ON payment (award_id, party_id) WHERE state IN ('prepared', 'ordered');
DROP TRIGGER payment_opens ON payment;
DROP FUNCTION payment_opens();
ALTER TABLE payment DROP CONSTRAINT payment_state_of_parts, DROP CONSTRAINT payment_parts_whole, DROP CONSTRAINT payment_state,
  DROP COLUMN open, DROP COLUMN paid, DROP COLUMN returned, DROP COLUMN deposited,
  ADD CONSTRAINT payment_state CHECK (state IN ('prepared', 'ordered', 'paid', 'returned', 'deposited', 'cancelled'));
ALTER TABLE payout_order DROP CONSTRAINT payout_order_released_in_book, DROP COLUMN release_journal;
