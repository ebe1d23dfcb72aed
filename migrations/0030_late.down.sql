DROP TABLE late_payment, late_plan_line, late_plan, late_cause;
DROP FUNCTION late_payment_third_person();
DROP FUNCTION late_plan_fixed();
