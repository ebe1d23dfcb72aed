DROP TRIGGER payment_result_by_another ON payment_result;
DROP FUNCTION payment_result_by_another();
ALTER TABLE payment_result DROP COLUMN hand_from;
