DROP TABLE statement_line;
DROP TABLE statement;
DROP TABLE bank_account;
DROP TABLE statement_profile;
