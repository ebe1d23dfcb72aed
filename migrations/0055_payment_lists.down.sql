DROP INDEX payment_payee, payment_code_prefix;
