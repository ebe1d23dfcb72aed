DROP TABLE capital_line;
DROP TABLE funding_source;
