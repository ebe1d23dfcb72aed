DROP TABLE violation_version, violation;
DROP FUNCTION violation_keep_version;
