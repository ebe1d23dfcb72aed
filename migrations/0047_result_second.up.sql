-- From the office's limit on, whoever made an order does not tell by hand what became of its payments: hand_from is the limit in force when a person told
-- a result, 0 where a rule of reconciliation proved it or no limit stood.
ALTER TABLE payment_result ADD COLUMN hand_from dong NOT NULL DEFAULT 0 CONSTRAINT payment_result_hand_from CHECK (hand_from >= 0);

CREATE FUNCTION payment_result_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM payment p JOIN payout_order o ON o.id = p.order_id WHERE p.id = NEW.payment_id AND p.amount >= NEW.hand_from AND o.made_by = NEW.made_by) THEN
    RAISE EXCEPTION 'the maker of the order tells the result of payment %', NEW.payment_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_result_by_another', TABLE = 'payment_result';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_result_by_another BEFORE INSERT ON payment_result FOR EACH ROW WHEN (NEW.hand_from > 0) EXECUTE FUNCTION payment_result_by_another();
