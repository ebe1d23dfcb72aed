DROP INDEX payment_waits;
