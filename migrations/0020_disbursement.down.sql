DROP TABLE treasury_confirmation;
DROP FUNCTION treasury_confirmer_never_recorder();
DROP TABLE disbursement_bill;
DROP TABLE disbursement_contract;
DROP TABLE disbursement_advance;
DROP TABLE disbursement_voucher;
