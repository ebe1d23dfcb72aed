DROP TABLE debt_payment;
DROP TABLE debt;
DROP FUNCTION debt_fixed();
-- Journals are never deleted: those of debts repaid keep a kind that an older program knows.
ALTER TABLE journal DISABLE TRIGGER USER;
UPDATE journal SET kind = 'debt_recorded' WHERE kind = 'debt_repaid';
ALTER TABLE journal ENABLE TRIGGER USER;
ALTER TABLE journal DROP CONSTRAINT journal_kind,
  ADD CONSTRAINT journal_kind CHECK (kind IN ('plan_approved', 'order_submitted', 'order_released', 'order_cancelled', 'payment_paid', 'payment_returned',
    'payment_deposited', 'deposit_released', 'interest_credited', 'interest_paid', 'surcharge_approved', 'surcharge_paid', 'debt_recorded', 'reversal'));
