-- A list of payments by the payee, and a search by the beginning of a code, without reading all payments.
CREATE INDEX payment_payee ON payment (payee_fold, code);
CREATE INDEX payment_code_prefix ON payment (code text_pattern_ops);
