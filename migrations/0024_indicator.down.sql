DROP TABLE indicator_version, indicator_value, indicator;
DROP FUNCTION indicator_keep_version;
