DROP TABLE payment_representative;
DROP TABLE deposit_release;
DROP TABLE deposit_interest;
DROP TRIGGER deposit_opens ON payment_result;
DROP FUNCTION deposit_opens();
DROP TABLE deposit;
DROP FUNCTION deposit_fixed();
