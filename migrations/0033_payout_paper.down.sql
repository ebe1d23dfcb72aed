DROP TABLE transfer_layout, bank_bin, payment_call, treasury_code;
DROP TRIGGER payout_order_paper ON payout_order;
DROP FUNCTION order_paper_copy();
DROP VIEW payment_paper_now, order_paper_now;
DROP TABLE payment_paper, order_paper;
