DROP TABLE payment_result;
DROP FUNCTION payment_result_needs_release();
DROP TABLE payment;
DROP FUNCTION payment_fixed();
DROP FUNCTION payment_within_award();
DROP FUNCTION payment_state_needs_result();
DROP TABLE payout_order;
DROP FUNCTION payout_order_closed();
