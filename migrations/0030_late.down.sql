DROP TABLE late_payment, late_plan_line, late_plan, late_cause;
DROP FUNCTION late_payment_third_person();
DROP FUNCTION late_plan_fixed();
ALTER TABLE posting DROP CONSTRAINT posting_account,
  ADD CONSTRAINT posting_account CHECK (account IN ('approved', 'deducted', 'not_ordered', 'ordered', 'returned', 'deposited', 'paid'));
ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_sign,
  ADD CONSTRAINT ledger_balance_sign CHECK (CASE WHEN account = 'approved' THEN amount <= 0 ELSE amount >= 0 END);
ALTER TABLE journal DROP CONSTRAINT journal_kind,
  ADD CONSTRAINT journal_kind CHECK (kind IN ('plan_approved', 'order_submitted', 'order_cancelled', 'payment_paid', 'payment_returned', 'payment_deposited', 'deposit_released', 'reversal'));
