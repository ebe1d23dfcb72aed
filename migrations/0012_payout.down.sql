DROP TABLE payment_result;
DROP FUNCTION payment_result_needs_release();
DROP TABLE payment;
DROP TABLE payout_order;
