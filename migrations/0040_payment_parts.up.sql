-- What a released order sends stands with the treasury until its result, and a result may be about a part of a payment.

-- The journal that carried an order's money to the treasury. Orders released before this rule have none: their money stayed in "ordered".
ALTER TABLE payout_order ADD COLUMN release_journal bigint REFERENCES journal,
  ADD CONSTRAINT payout_order_released_in_book CHECK (state <> 'released' OR release_journal IS NOT NULL) NOT VALID;

-- How the amount of a payment divides: open is what has no result yet. The state says what is most pressing of it.
ALTER TABLE payment ADD COLUMN open dong NOT NULL DEFAULT 0, ADD COLUMN paid dong NOT NULL DEFAULT 0,
  ADD COLUMN returned dong NOT NULL DEFAULT 0, ADD COLUMN deposited dong NOT NULL DEFAULT 0;
ALTER TABLE payment DISABLE TRIGGER USER;
UPDATE payment SET open = CASE WHEN state IN ('prepared', 'ordered', 'cancelled') THEN amount ELSE 0 END, paid = CASE state WHEN 'paid' THEN amount ELSE 0 END,
  returned = CASE state WHEN 'returned' THEN amount ELSE 0 END, deposited = CASE state WHEN 'deposited' THEN amount ELSE 0 END;
ALTER TABLE payment ENABLE TRIGGER USER;
ALTER TABLE payment DROP CONSTRAINT payment_state,
  ADD CONSTRAINT payment_state CHECK (state IN ('prepared', 'ordered', 'part', 'paid', 'returned', 'deposited', 'cancelled')),
  ADD CONSTRAINT payment_parts_whole CHECK (least(open, paid, returned, deposited) >= 0 AND open + paid + returned + deposited = amount),
  ADD CONSTRAINT payment_state_of_parts CHECK (CASE WHEN open = amount THEN state IN ('prepared', 'ordered', 'cancelled') WHEN open > 0 THEN state = 'part'
    WHEN returned > 0 THEN state = 'returned' WHEN deposited > 0 THEN state = 'deposited' ELSE state = 'paid' END);

CREATE FUNCTION payment_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.open := NEW.amount;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_opens BEFORE INSERT ON payment FOR EACH ROW EXECUTE FUNCTION payment_opens();

DROP INDEX payment_one_live_per_payee;
CREATE UNIQUE INDEX payment_one_live_per_payee ON payment (award_id, party_id) WHERE state IN ('prepared', 'ordered', 'part');

-- Where the money of a result stood before it: what is open, paid, returned or deposited of its payment.
ALTER TABLE payment_result ADD COLUMN came_from text CONSTRAINT payment_result_came_from CHECK (came_from IN ('ordered', 'paid', 'returned', 'deposited'));
ALTER TABLE payment_result DISABLE TRIGGER USER;
UPDATE payment_result r SET came_from = (SELECT t.account FROM posting t WHERE t.journal_id = r.journal_id AND t.amount < 0 LIMIT 1) WHERE r.kind <> 'reversed';
ALTER TABLE payment_result ENABLE TRIGGER USER;
ALTER TABLE payment_result ADD CONSTRAINT payment_result_has_source CHECK ((kind = 'reversed') = (came_from IS NULL));

-- Nothing but results divides a payment: its parts are what the results not taken back make of it. Asked once for each statement that writes, because
-- a run of reconciliation writes a hundred thousand payments in one; results are written before their payments.
CREATE FUNCTION payment_parts_told(payment_id bigint) RETURNS TABLE (open bigint, paid bigint, returned bigint, deposited bigint) LANGUAGE sql STABLE AS $$
  SELECT COALESCE(-sum(m.amount * (m.came_from = 'ordered')::int), 0)::bigint,
    COALESCE(sum(m.amount * ((m.kind IN ('paid', 'deposit_released'))::int - (m.came_from = 'paid')::int)), 0)::bigint,
    COALESCE(sum(m.amount * ((m.kind = 'returned')::int - (m.came_from = 'returned')::int)), 0)::bigint,
    COALESCE(sum(m.amount * ((m.kind = 'deposited')::int - (m.came_from = 'deposited')::int)), 0)::bigint
  FROM payment_result m WHERE m.payment_id = $1 AND m.kind <> 'reversed' AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.reverses = m.journal_id)
$$;
DROP TRIGGER payment_state_needs_result ON payment;
DROP FUNCTION payment_state_needs_result();
-- Read by index whatever the planner believed of the tables when the connection was young.
CREATE FUNCTION payment_parts_need_results() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
  wrong text;
BEGIN
  SELECT p.code INTO wrong FROM changed p CROSS JOIN LATERAL payment_parts_told(p.id) t
   WHERE (p.open - p.amount, p.paid, p.returned, p.deposited) <> (t.open, t.paid, t.returned, t.deposited) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the parts of payment % are not those of its results', wrong
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_parts_need_results', TABLE = 'payment';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER payment_parts_need_results AFTER INSERT ON payment REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION payment_parts_need_results();
CREATE TRIGGER payment_parts_need_results_still AFTER UPDATE ON payment REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION payment_parts_need_results();

-- Of what came back, no more is issued again than came back. The payment it came back of is locked, so that two orders cannot both see it free.
DROP INDEX payment_reissued_once;
CREATE INDEX payment_reissues ON payment (reissue_of) WHERE reissue_of IS NOT NULL;
CREATE FUNCTION payment_reissued_within_returned() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  origin bigint := CASE WHEN TG_ARGV[0] = 'again' THEN NEW.reissue_of ELSE NEW.id END;
BEGIN
  PERFORM 1 FROM payment WHERE id = origin FOR NO KEY UPDATE;
  IF (SELECT COALESCE(sum(n.amount), 0) FROM payment n WHERE n.reissue_of = origin AND n.state <> 'cancelled') > (SELECT returned FROM payment WHERE id = origin) THEN
    RAISE EXCEPTION 'more is issued again of payment % than came back', origin
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_reissued_within_returned', TABLE = 'payment';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payment_reissued_within_returned AFTER INSERT ON payment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.reissue_of IS NOT NULL) EXECUTE FUNCTION payment_reissued_within_returned('again');
CREATE CONSTRAINT TRIGGER payment_returned_covers_reissues AFTER UPDATE OF returned ON payment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.returned < OLD.returned) EXECUTE FUNCTION payment_reissued_within_returned('origin');
